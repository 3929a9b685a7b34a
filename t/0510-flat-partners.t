#!/bin/bash
# Partners whose files are no X12: the partner's file says by their names which map reads them, X12 among them is told
# apart, and what nobody knows is told.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples
flat=$samples/3pl

# kinds: of the records that came out, with their partner
kinds() {
    sed -nE 's/.*"kind":"([a-z_]*)","id":"[0-9a-f]*","partner":"([a-z]*)","direction":"in".*/\2 \1/p' out | uniq -c |
        sed 's/^ *//' | paste -sd,
}

# --- told apart

run edi2canon -v -p carlisle "$flat/landmark-shipped.csv" "$flat/stock_20261126_0200.csv" "$flat/xpress-received.rcv"
status_is 0 'three kinds of files of one partner'
is "$(kinds)" '2 carlisle shipment,2 carlisle inventory,1 carlisle receipt' '... each by its map'
err_like 'landmark-shipped.csv: .*read 2 = translated 2 .*; 3 rows, 741 bytes' '... and counted'
mv out given
run edi2canon "$flat/landmark-shipped.csv" "$flat/stock_20261126_0200.csv" "$flat/xpress-received.rcv"
same out given 'without -p the names say whose they are'
out_like '"report_id":"stock_20261126_0200"' 'groups of the pattern are columns'
run erp2canon --in -p carlisle -m 3pl/landmark-shipped "$flat/landmark-shipped.csv"
is "$(grep -c . out)" "$(grep -cFf out given)" 'the records are those of erp2canon'

run edi2canon "$samples/x12/850-acme-plain.edi" "$flat/landmark-shipped.csv" "$samples/x12/945-polar.edi"
status_is 0 'X12 and other files in one run'
is "$(kinds | sed 's/[0-9][0-9]* //g')" 'acme order,carlisle shipment,polar shipment' '... in their order'
cp "$samples/x12/850-acme-plain.edi" landmark-shipped-2.csv
printf '\357\273\277\r\n ' | cat - "$samples/x12/850-acme-plain.edi" > x.rcv
run edi2canon landmark-shipped-2.csv x.rcv
is "$(kinds)" '2 acme order' 'what begins with ISA is X12, whatever its name, behind a BOM and blanks, too'
run edi2canon -p carlisle -m 3pl/landmark-shipped < "$flat/landmark-shipped.csv"
is "$(kinds)" '2 carlisle shipment' '-m reads what has no name'
run edi2canon -m 3pl/landmark-shipped "$samples/x12/850-acme-plain.edi"
is "$(kinds)" '1 acme order' '... but no X12'
run edi2canon -m x12-850 "$flat/landmark-shipped.csv" "$samples/x12/850-acme-plain.edi"
is "$(kinds)" '2 carlisle shipment,1 acme order' '-m of X12 is for that alone'

# --- XML

xml=$samples/erp/vega-orders.xml
run edi2canon -v "$xml" "$flat/landmark-shipped.csv" "$samples/x12/850-acme-plain.edi"
status_is 0 'XML of a partner, by its name, among other files'
is "$(kinds)" '3 vega order,2 carlisle shipment,1 acme order' '... each by its map'
err_like 'vega-orders.xml: .*read 3 = translated 3 ' '... and counted'
out_like '"kind":"order",.*"partner":"vega","direction":"in",.*"format":"xml","file":"vega-orders.xml"' '... as what came in'
run erp2canon --in -p vega -m erp-orders-xml "$xml"
mv out orders
run edi2canon -p vega -m erp-orders-xml < "$xml"
is "$(sed 's/"file":"[^"]*",//' out | cmp - <(sed 's/"file":"[^"]*",//' orders) && echo same)" same '... the records are those of erp2canon'
sed 's/"direction":"in"/"direction":"out"/; s/"id":"\(....\)/"id":"\1/' orders > ours
run canon2edi -p vega ours
status_is 0 'orders to a partner whose files are XML'
cmp -s out "$xml"; ok $? '... are written as it writes its own, without control numbers' || diff out "$xml" | head -4 >&2
mkdir xml
run canon2edi -p vega -o xml ours
is "$(find xml -name 'order-*.xml' | wc -l) $(grep -c '"status":"written"' out)" '3 3' '... in a folder each its own file'
sed '0,/<\/order_date>/s//<\/order_data>/' "$xml" > vega-torn.xml
run edi2canon --all vega-torn.xml "$flat/landmark-shipped.csv"
status_is 1 'one that is torn'
err_like 'M3621 error.* vega-torn.xml:6:' '... where'
out_like '"kind":"reject".*"partner":"vega","direction":"in"' '... is a reject of the partner'
is "$(kinds | tr , '\n' | grep -c 'carlisle shipment')" 1 '... and the others go on'
: > vega-empty.xml
run edi2canon vega-empty.xml
status_is 0 'an empty one holds nothing'
mkdir vega-folder.xml
run edi2canon vega-folder.xml
status_is 3 'so is a folder'
holds 'a tool that meets no XML does not load the library for it' \
    bash -c '! LD_DEBUG=files edi2canon "$1" 2>&1 > /dev/null | grep -q libxml2' _ "$samples/x12/850-acme-plain.edi"
holds '... and one that does, does' \
    bash -c 'LD_DEBUG=files edi2canon "$1" 2>&1 > /dev/null | grep -q libxml2' _ "$xml"

# --- what nobody knows

cp "$flat/landmark-shipped.csv" other.csv
run edi2canon --all -p carlisle other.csv
status_is 1 'a name that the partner does not list'
err_like 'X1404 warn: other.csv' '... is told'
err_like 'its name: "other.csv"; expected landmark-shipped.* or .*\\.rcv \(.*carlisle.yaml\)' '... with those it lists'
err_like 'X1001 error other.csv' '... and what the file is not'
mkdir partners maps
cat > partners/dahlia.yaml << 'END_OF_PARTNER'
partner: dahlia
charset: windows-1252
unmapped: error
files:
  - {name: 'ORD[0-9]+\.csv', map: dahlia, unmapped: keep}
  - {name: 'landmark-.*', map: 3pl/landmark-shipped}
  - {name: 'new.*', map: dahlia}
END_OF_PARTNER
cat > maps/dahlia.yaml << 'END_OF_MAP'
map: dahlia
format: delimited
record: order
layout: {key: no, columns: [no, day, line, qty, unit, what]}
tree:
  - row: {each: lines, no: /order_number, day: /order_date, line: line_number, qty: quantity, unit: uom, what: description}
END_OF_MAP
run edi2canon -C . "$flat/landmark-shipped.csv"
status_is 1 'a name that two partners list'
err_like 'X1405 warn: .*landmark-shipped.csv' '... is told'
err_like 'expected -p, which says whose it is' '... and what would help'
run edi2canon -C . -p dahlia "$flat/landmark-shipped.csv"
is "$(kinds)" '2 dahlia shipment' '... and does'
run edi2canon -C . -p dahlia other.csv ORD1.csv
status_is 3 'a file that is not there is technical'

# --- what the partner's file says of them

printf 'no,day,line,qty,unit,what,more\nA1,2026-11-20,1,1,EA,caf\351,x\n' | tee ORD1.csv > new.csv
run edi2canon -C . ORD1.csv
status_is 0 'the charset of the partner'
out_like $'"description":"caf\xc3\xa9"' '... is that of its files'
out_like '"extra":\[.*"element":"more"' '... and unmapped that of the entry'
run edi2canon -C . new.csv
status_is 1 '... else of the partner'
run edi2canon -C . --unmapped=ignore new.csv
status_is 0 '... unless the command line says it'
run edi2canon -C . --check --unmapped=ignore new.csv
status_is 0 '--check'
is "$(wc -c < out)" 0 '... writes no records'
sed 's/^no/number/' ORD1.csv > ORD2.csv
run edi2canon -C . --all ORD1.csv ORD2.csv ORD1.csv
status_is 1 'a file without the column of the key'
is "$(sed -nE 's/.*"kind":"([a-z]*)".*/\1/p' out | xargs)" 'order batch reject batch order batch' '... and the others go on'
printf 'number;qty\nA1,1\n' > ORD2.csv
run edi2canon -C . --all ORD1.csv ORD2.csv ORD1.csv
status_is 1 'a file with none'
is "$(sed -nE 's/.*"kind":"([a-z]*)".*/\1/p' out | xargs)" 'order batch reject batch order batch' '... is one reject'
out_like '"kind":"reject".*"partner":"dahlia","direction":"in".*"level_code":"file"' '... of the partner'

# --- partner files that are wrong

cat > partners/ellis.yaml << 'END_OF_PARTNER'
partner: ellis
files:
  - {name: '(unclosed', map: dahlia}
  - {nome: x, map: dahlia}
END_OF_PARTNER
run edi2canon -C . -p ellis ORD1.csv
status_is 2 'a pattern that is none'
err_like 'ellis.yaml:3:12.*no regular expression: ' '... where'
err_like 'ellis.yaml:4:.*nome' '... and a key that is none'
printf 'partner: ellis\ntitle: x\n' > partners/ellis.yaml
run edi2canon -C . -p ellis ORD1.csv
status_is 2 'a partner that nothing can be known by'
err_like 'ids: .*files: ' '... is told'
cat > partners/ellis.yaml << 'END_OF_PARTNER'
partner: ellis
files:
  - {name: a, map: x12-850}
  - {name: b, map: no-such}
  - {name: c, map: 3pl/landmark-stock}
send: {files: {order: 3pl/carlisle-orders}}
END_OF_PARTNER
run map-check -C . -p ellis
status_is 2 'map-check looks at them, too'
err_like 'ellis.yaml:3.*x12-850 is for X12 850: it belongs to maps' '... a map of X12'
err_like 'C4304.*ellis.yaml:4.*maps/no-such.yaml' '... one that is not there'
err_like 'a group of this name in the pattern of the file.s name' '... a column that the name does not give'
err_like 'ellis.yaml:6.*carlisle-orders is for shipment_order, not order' '... and the kind of what is sent'

# --- sending

rm -r partners maps
run erp2canon -p carlisle -m 3pl/carlisle-orders "$flat/carlisle-orders.txt"
mv out ship
run canon2edi -p carlisle ship
status_is 0 'orders to ship, for a warehouse whose files are flat'
same out "$flat/carlisle-orders.txt" '... are its files, and need no control numbers'
run canon2edi --control numbers ship
same out "$flat/carlisle-orders.txt" '... also when the records say whose they are'
holds '... nor use any' [ ! -e numbers ]
run canon2erp -m 3pl/cdr-order-lines ship
mv out lines
run canon2edi -m 3pl/cdr-order-lines ship
same out lines '-m writes with a map that is not for X12, as canon2erp does'
acme=$samples/canon/to-acme.jsonl
run canon2edi "$acme"
status_is 2 'others need control numbers'
run canon2edi -p carlisle "$acme" ship
status_is 1 'and what the warehouse has no map for is X12'
err_like 'M3503 error .*to-acme.jsonl:1 .*' '... refused, without them'
err_like 'an interchange needs control numbers; expected .*--control FILE' '... and told why'
same out "$flat/carlisle-orders.txt" '... the others go'
run canon2edi --control numbers "$acme" ship
status_is 1 'one output cannot hold both'
err_like 'what went to standard output before it is another kind of file; expected -o DIR' '... that is told'
is "$(head -c 3 out)" ISA '... and the first kind has it'
mkdir outbox
run canon2edi -v --control numbers -o outbox "$acme" ship
status_is 0 'a folder holds both'
err_like 'read 5 = written 5 \+ refused 0 \+ ignored 0' '... all of it counted'
is "$(find outbox -name '*.edi' | wc -l) $(find outbox -name 'shipment_order-*.txt' | wc -l)" '3 2' '... each its own file'
is "$(grep -c '"receipt":1.*"partner":"carlisle","status":"written"' out)" 2 '... and its receipt'
cat outbox/shipment_order-PO-7001-*.txt outbox/shipment_order-PO-7002-*.txt > files
same files "$flat/carlisle-orders.txt" '... as it should be'
sed 's/"quantity":"24"/"quantity":"24000000000"/' ship > long
run canon2edi -p carlisle -o outbox long
status_is 1 'a quantity that does not fit'
err_like 'M3501 error long:1 .*carlisle .*PO-7001' '... refuses its document'
out_like '"status":"refused","reasons":\[\{"code":"M3501"' '... and its receipt says so'
run edi2canon "$flat/landmark-shipped.csv"
mv out came
run canon2edi --control numbers came
is "$(wc -c < out)" 0 'what came from the warehouse does not go back to it'
run canon2edi --strict --control numbers came
err_like 'it came from this partner' '... and --strict tells'
rm -rf outbox/*
run canon2edi -p carlisle ship > /dev/full
erp2canon -p carlisle -m 3pl/carlisle-orders "$flat/carlisle-orders.txt" | canon2edi -p carlisle > /dev/full 2> err
status=$?
status_is 3 'a full disk is technical'
run canon2edi -p carlisle -o no/such/folder ship
status_is 3 'so is a folder that is not there'

done_testing
