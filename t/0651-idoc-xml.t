#!/bin/bash
# SAP's IDocs as XML: the same segments and fields as in flat files, by the same maps. What is written as XML is read
# as the same records, and as a flat file is what it was, byte for byte; broken documents are told with line, character,
# segment and field, and cost themselves alone.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/idoc

# The records but for where they were read.
bodies() {
    sed -E 's/"id":"[0-9a-f]{32}",//; s/"(format|map|file|offset|length)":("[^"]*"|[0-9]+),?//g' "$1"
}

for kind in orders purchase-orders order-changes order-acks vendor-order-acks shipments shipment-confirmations shipment-orders invoices vendor-invoices; do
    erp2canon -m "idoc-$kind" "$samples/$kind.txt" > flat
    run canon2erp --unmapped=error -m "idoc-$kind-xml" flat
    status_is 0 "$kind: written as XML"
    mv out xml
    if command -v xmllint > /dev/null; then
        xmllint --noout xml; ok $? '... which it is'
    else
        skip '... which it is' 'no xmllint'
    fi
    run erp2canon --unmapped=error -m "idoc-$kind-xml" xml
    status_is 0 '... and read' || diag_file err
    mv out read
    bodies flat > want
    bodies read > got
    cmp -s got want; ok $? '... as the same records' || diff got want | head -4 >&2
    is "$(grep -o '"format":"[a-z]*"' read | sort -u)" '"format":"xml"' '... of XML'
    run canon2erp -m "idoc-$kind-xml" read
    cmp -s out xml; ok $? '... which are the same XML'
    run canon2erp -m "idoc-$kind" read
    cmp -s out "$samples/$kind.txt"; ok $? '... and the flat file, byte for byte' ||
        diff out "$samples/$kind.txt" | cut -c1-200 | head -4 >&2
done

# Samples in XML: what is written today.
for kind in orders shipments; do
    run erp2canon --unmapped=error -m "idoc-$kind-xml" "$samples/$kind.xml"
    status_is 0 "the sample $kind.xml is read"
    mv out read
    run canon2erp -m "idoc-$kind-xml" read
    cmp -s out "$samples/$kind.xml"; ok $? '... and written again byte for byte'
done
file=$samples/orders.xml
is "$(grep -c '<IDOC BEGIN="1">' "$file")" 2 'two IDocs in one file'
is "$(grep -cE '<E1[A-Z0-9]+ SEGMENT="1">' "$file")" "$(grep -c ^E2 "$samples/orders.txt")" 'as many segments as the flat file has'
is "$(grep -cE 'SEGNAM|SEGNUM|PSGNUM|HLEVEL' "$file")" 0 '... without what flat files count'
is "$(grep -A99 '<E1EDP01' "$file" | grep -m1 -n '</E1EDP01>' | cut -d: -f1)" \
    "$(($(grep -A99 '<E1EDP01' "$file" | grep -n '</E1EDPT1>' | head -1 | cut -d: -f1) + 1))" 'segments of an item stand in it'

# canon2erp -o gives each its file.
run erp2canon -m idoc-orders-xml "$file"
mv out read
mkdir files
run canon2erp -m idoc-orders-xml -o files read
status_is 0 'a file a document'
is "$(find files -name '*.xml' | wc -l)" 2 '... named as XML'

# --- what no map reads, and what is broken

came() {
    sed -nE 's/.*"keys":\{"order_number":"([^"]*)".*/\1/p' out | xargs
}
# broken FILE STATUS WANT NAME
broken() {
    run erp2canon -m idoc-orders-xml "$1"
    status_is "$2" "$4"
    is "$(came)" "$3" '... and what came out'
}
both='4500018802 4500018803'

sed '0,/<E1EDK03 SEG/s//<Z1CUST SEGMENT="1"><ZTEXT>own \&amp; data<\/ZTEXT><Z1SUB SEGMENT="1"><ZNO>7<\/ZNO><\/Z1SUB><\/Z1CUST>\n    &/' "$file" > own.xml
broken own.xml 0 "$both" 'a segment that the table does not have is passed over'
err_like 'M3008 warn.*: Z1CUST, 1 time, by map idoc-orders-xml' '... and named'
run erp2canon --unmapped=keep -m idoc-orders-xml own.xml
out_like '"tag":"Z1CUST","element":"SDATA","value":"ZTEXT=own & data ZNO=7"' '... and kept with what it holds'
run erp2canon --unmapped=error -m idoc-orders-xml own.xml
is "$(came)" 4500018803 '... or refused'
sed '0,/<CURCY>/s//<NEWER>x<\/NEWER>&/; 0,/<MANDT>/s//<OWN>y<\/OWN>&/; 0,/<BELNR>4500018802<\/BELNR>/s//&<BELNR>twice<\/BELNR>/' "$file" > newer.xml
run erp2canon -m idoc-orders-xml newer.xml
err_like 'EDI_DC40, 1 time' 'a field of the control record that nobody knows is named'
run erp2canon --unmapped=keep -m idoc-orders-xml newer.xml
out_like '"tag":"EDI_DC40","element":"SDATA","value":"OWN=y"' '... and kept'
out_like '"tag":"E1EDK01","element":"SDATA","value":"NEWER=x' '... so is one of a segment'
sed 's/SEGMENT="1">/SEGMENT="1" MORE="2">/' "$file" > attribute.xml
run erp2canon --unmapped=error -m idoc-orders-xml attribute.xml
status_is 1 'so are attributes'
err_like 'column SDATA of E1EDK01, 2 times' '... each'

awk '/<EDI_DC40/ && !done { skip = 1 } !skip { print } /<\/EDI_DC40>/ { if (skip) done = 1; skip = 0 }' "$file" > headless.xml
broken headless.xml 1 4500018803 'an IDoc without its control record'
err_like '^M3609 error headless.xml:4' '... where'
err_like 'E1EDK01: .*no record before it begins a document' '... what is missing'
awk '/<E1EDP01/ && !done { done = 1; next } /<\/E1EDP01>/ && done == 1 { done = 2; next } { print }' "$file" > lost.xml
broken lost.xml 1 4500018803 'an item whose element is gone'
err_like 'column SEGNAM: no record before it .*"E1EDP03"; expected E1EDP01 before it' '... is missed by what stood in it'
sed '0,/<MENGE>24.000</s//<MENGE>24.OOO</' "$file" > number.xml
broken number.xml 1 4500018803 'a number that is none'
err_like "^M3004 error number.xml:$(grep -n '24.OOO' number.xml | cut -d: -f1):7 order_number 4500018802" '... where'
err_like 'E1EDP01: .*column MENGE: this is no number "24.OOO"' '... which field'
sed '0,/<SUMME>2</s//<SUMME>3</' "$file" > count.xml
broken count.xml 1 4500018803 'a number of items that is not theirs'
err_like "^M3604 error count.xml:$(grep -n '<SUMME>3<' count.xml | cut -d: -f1):7" '... where'
sed '0,/ORDERS</s//INVOIC</' "$file" > kind.xml
broken kind.xml 1 4500018803 'an IDoc of another message'
err_like 'column MESTYP "INVOIC"; expected ORDERS' '... is told'
sed '0,/<IDOC BEGIN="1">/s//<IDOC BEGIN="1"\/>&/' "$file" > empty.xml
broken empty.xml 1 "$both" 'an IDoc without anything in it'
err_like 'M3609 error: empty.xml:3: .*there is no record in it' '... is told'
sed '0,/<\/E1EDK01>/s///' "$file" > open.xml
broken open.xml 1 '' 'XML that is none ends the file'
err_like ' error.*open.xml:[0-9]+:[0-9]+' '... where'
head -c 4000 "$file" > half.xml
broken half.xml 1 '' 'half a file'
{ printf '<?xml version="1.0"?>\n<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>\n'; sed 1d "$file"; } > dtd.xml
broken dtd.xml 1 '' 'a DOCTYPE'
run erp2canon --all -m idoc-orders-xml number.xml
out_like '"kind":"reject".*"format":"xml".*"code":"M3004".*"column_name":"MENGE","segment_id":"E1EDP01"' 'rejects say the same'
out_like '"kind":"batch".*"read_count":2,"translated_count":1,.*"rejected_count":1' '... and are counted'
run erp2canon -m idoc-orders-xml "$samples/orders.txt"
status_is 1 'a flat file is no XML'

# Writing: what does not fit a field of the flat file fits none here.
erp2canon -m idoc-orders-xml "$file" | sed 's/"carrier_service_code":"G2"/"carrier_service_code":"GROUND"/' > wide
run canon2erp -m idoc-orders-xml wide
status_is 1 'widths hold in XML, too'
err_like 'carrier_service_code in column VSART of E1EDK01: 6 characters are too many "GROUND"; expected at most 2' '... as it says'

# --- layouts

mkdir -p maps
printf '%s\n' 'map: bad' 'base: idoc-orders' 'layout: {xml: {root: ORDERS05}}' > maps/bad.yaml
run erp2canon -C . -m bad "$file"
status_is 2 'XML without the name of a document'
err_like 'maps/bad.yaml:3:15: .*document: the name of the element' '... is told'
printf '%s\n' 'map: bad' 'format: fixed' 'record: order' 'layout: {xml: {document: X}, records: {H: [{name: a, width: 1}]}}' \
    'tree:' '  - H: {a: order_number}' > maps/bad.yaml
run erp2canon -C . -m bad "$file"
err_like 'maps/bad.yaml:4:.*xml: needs a table with rest' 'so is one without a table'

# --- what others wrote down

facts=$CROSSDOCK_SOURCE/../shared/facts/formats/examples
if [ -d "$facts" ] && command -v xmllint > /dev/null; then
    for pair in orders05:purchase-orders:0000088333:0000200001 delvry03-desadv:shipments:0000006021:0000100001 \
        invoic02:invoices:0000100001:0000100001; do
        IFS=: read -r name kind theirs ours <<< "$pair"
        sed "s/<RCVPRN>$theirs/<RCVPRN>$ours/" "$facts/$name.xml" > theirs.xml
        erp2canon -m "idoc-$kind-xml" theirs.xml > theirs.jsonl 2> err
        is "$(grep -c M3008 err)$(grep -o 'column REFMES' err)" '1column REFMES' "$name.xml of others: read but for REFMES"
        canon2erp -m "idoc-$kind-xml" theirs.jsonl > ours.xml
        for which in theirs ours; do
            xmllint --noblanks --format "$which.xml" | grep -vE '<(SND|RCV)(POR|PRT|PRN)>|<REFMES>|<SERIAL>' > "$which.shown"
        done
        same ours.shown theirs.shown '... and written as it was, but for ports, systems, REFMES and SERIAL'
        erp2canon -m "idoc-$kind" <(sed "1s/$theirs/$ours/" "$facts/$name.idoc") 2> /dev/null | bodies /dev/stdin > want
        bodies theirs.jsonl > got
        same got want '... and says what the flat one says'
    done
else
    skip 'IDocs of others' 'no ../shared, or no xmllint'
fi

done_testing
