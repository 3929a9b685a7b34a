#!/bin/bash
# Each kind of broken file, for each shape of files: the message says where (file, line, character; the column,
# where there is one), what stands there and what was expected; a message a cause; and the good documents go on.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples

# --- a whole file of each shape: three orders, 1 to 3
cat "$samples/erp/orders.csv" > whole.csv
cat "$samples/erp/orders.txt" > whole.txt
erp2canon -m erp-orders-csv whole.csv | canon2erp -m erp-orders-xml > whole.xml
{
    printf '{"orders":[\n'
    for i in 1 2 3; do
        [ $i = 1 ] || printf ',\n'
        printf '{"order_number":900%s,"id":5%s,"created_at":"2026-11-20T09:15:00-05:00",' $i $i
        printf '"currency":"USD","test":false,\n'
        printf ' "line_items":[\n  {"id":%s,"sku":"WID-1","quantity":24,"price":"12.50"}]}' 7$i
    done
    printf '\n]}\n'
} > whole.json
head -41 "$samples/idoc/orders.txt" > first.idoc
tail -n +42 "$samples/idoc/orders.txt" > second.idoc
cat second.idoc first.idoc second.idoc > whole.idoc
declare -A map=([csv]=erp-orders-csv [txt]=erp-orders-fixed [xml]=erp-orders-xml [json]=shopify-orders
    [idoc]=idoc-orders)
for shape in csv txt xml json idoc; do
    run erp2canon --unmapped=ignore -m "${map[$shape]}" whole.$shape
    status_is 0 "$shape: the whole file is read"
    is "$(wc -l < out)" 3 '... three orders'
done

sha256() {
    sha256sum < "$1" | cut -d' ' -f1
}

# broken SHAPE GOOD MESSAGES WHERE SAYS NAME: of the file on standard input so many orders come out, and there
# are so many messages at most; one of them is at WHERE, and says SAYS. The batch record is of all of the file.
broken() {
    local shape=$1 good=$2 messages=$3 where=$4 says=$5 name=$6 errors

    cat > "broken.$shape"
    run erp2canon --all --unmapped=ignore -m "${map[$shape]}" "broken.$shape"
    status_is 1 "$shape: $name"
    is "$(grep -c '"kind":"order"' out)" "$good" '... the good orders come out'
    errors=$(grep -cE '(^|: )[MX][0-9]{4} error' err)
    [ "$errors" -gt 0 ] && [ "$errors" -le "$messages" ]
    ok $? "... in $messages messages at most" || diag "$errors"
    tr '\n' ' ' < err | grep -Eq "error:? broken\.$shape:($where)[ :].*($says)"
    ok $? '... that say where and what' || diag_file err
    is "$(tail -1 out | sed -nE 's/.*"sha256":"([0-9a-f]*)".*"byte_count":([0-9]*).*/\1 \2/p')" \
        "$(sha256 "broken.$shape") $(wc -c < "broken.$shape")" '... the batch is of all of it'
}

# --- short records
broken csv 2 1 4:88 'the row ends too early; expected 32 cells, and there are 23' \
    'a row that is cut' \
    < <(sed '4s/,200,EA.*//' whole.csv)
broken txt 2 1 6:86 'too short; expected 285 characters, and there are 85' \
    'a record that is cut' \
    < <(sed '6s/.\{200\}\r$/\r/' whole.txt)
broken idoc 2 1 11:41 'too short; expected 63 characters at least, and there are 40' \
    'a segment cut in its head' \
    < <(sed '11s/^\(.\{40\}\).*/\1/' whole.idoc)

# --- long records
broken csv 2 1 4:121 'more cells than columns "and"; expected 32 cells' \
    'a row with more cells than the header' \
    < <(sed '4s/$/,and,more/' whole.csv)
broken txt 2 1 6:286 'too long "and more"; expected nothing behind' \
    'a record with more behind it' \
    < <(sed '6s/\r$/and more\r/' whole.txt)
broken idoc 2 1 11:1064 'too long "and more"; expected nothing behind' \
    'a segment with more behind it' \
    < <(sed '11s/ *$/&and more/' whole.idoc)

# --- records of another type
broken txt 2 1 6:1 '"X"; expected H, D or T' 'a record of no type' \
    < <(sed '6s/^D/X/' whole.txt)
broken idoc 2 1 10 'lacks a record that each has: E1EDK01' \
    'a segment of no type, in the place of one that each document has' \
    < <(sed '11s/^E2EDK01005/E2QQQ01005/' whole.idoc)

# --- quotes
broken csv 2 1 4:67 'never closed "\\"ACME DC.*expected a quote at its end' 'a quote that is never closed' \
    < <(sed '4s/ACME DC 6022/"ACME DC 6022/' whole.csv)
broken csv 2 1 4:74 'text behind the quote that ends the cell .*expected a separator' \
    'text behind a closing quote' \
    < <(sed '4s/ACME DC 6022/"ACME" DC 6022/' whole.csv)
broken json 1 1 '7:[0-9]+' 'order/line_items' 'a quote that is never closed' \
    < <(sed '7s/WID-1"/WID-1/' whole.json)

# --- encodings
broken csv 2 1 4:67 'column ship_to_name "ACME .xdf 6022"; expected utf-8' 'Latin-1 in a file of UTF-8' \
    < <(sed '4s/ACME DC 6022/ACME \xdf 6022/' whole.csv)
broken txt 2 1 5:188 'no UTF-8.*xdf 6022.*expected UTF-8' \
    'Latin-1 in a file of UTF-8' \
    < <(sed '5s/ACME DC 6022/ACME \xdf 6022/' whole.txt)
broken idoc 2 1 '11:[0-9]+' 'no UTF-8.*expected UTF-8' 'Latin-1 in a file of UTF-8' \
    < <(sed '11s/100/1\xdf0/' whole.idoc)
broken xml 2 1 38:18 'order/ship_to/name: there are bytes that are no UTF-8.*expected UTF-8' \
    'Latin-1 in a file of UTF-8' \
    < <(sed 's/ACME DC 6022/ACME \xdf 6022/' whole.xml)
broken json 2 1 7:23 'order/line_items/sku: the string is not UTF-8 ".xdf' 'Latin-1 in a file of UTF-8' \
    < <(sed '7s/WID-1/WID-\xdf/' whole.json)

# --- headers, and what begins a document
broken csv 0 1 1:1 'no column of the layout "4500018804"; expected order_number' 'no header' \
    < <(sed 1d whole.csv)
broken csv 3 1 4:1 'the header stands here again.*expected a row' 'the header a second time' \
    < <(sed "4{h;s/.*/$(head -1 whole.csv)/;p;x}" whole.csv)
broken txt 1 2 5:2 'rows of one document disagree: column order_number "4500018805"; expected 4500018804' \
    'no record that begins the order: two run into each other' \
    < <(sed 5d whole.txt)
broken idoc 1 1 10:1 'E1EDK01.*there is one already "E2EDK01005"; expected one' \
    'no control record: two IDocs run into each other' \
    < <(sed 10d whole.idoc)
broken txt 3 1 5 'lacks a field that it must have: lines' 'the record that begins the order twice' \
    < <(sed 5p whole.txt)
broken idoc 3 1 10 'lacks a record that each has: E1EDK01' 'the control record twice' \
    < <(sed 10p whole.idoc)

# --- behind the end
broken csv 3 1 8:12 'the row ends too early; expected 32 cells' 'a line behind the last row' \
    < <({ cat whole.csv; echo 'END OF FILE'; })
broken txt 2 1 13:1 'of this type "E"; expected H, D or T' \
    'a line behind the last record, which may be of the last order' \
    < <({ cat whole.txt; printf 'END OF FILE\r\n'; })
broken idoc 2 1 60:1 '"END OF FILE"; expected EDI_DC40' \
    'a line behind the last segment, which may be of the last order' \
    < <({ cat whole.idoc; echo 'END OF FILE'; })
broken xml 3 1 79:1 'Extra content at the end' 'a line behind the last tag' \
    < <({ cat whole.xml; echo 'END OF FILE'; })
broken json 3 1 12:1 'text behind the end "END OF FILE.*expected nothing' \
    'a line behind the last bracket' \
    < <({ cat whole.json; echo 'END OF FILE'; })

# --- totals
broken txt 2 1 7:24 'column line_count "2"; expected 1, by' 'an order that counts its lines otherwise' \
    < <(sed '7s/000001/000002/' whole.txt)

# --- not well-formed
broken xml 1 1 '[0-9]+:[0-9]+' 'order/purpose: .*mismatch: purpose.*porpoise' \
    'a tag that closes another' \
    < <(sed '28,40s/<\/purpose>/<\/porpoise>/' whole.xml)
broken json 2 1 '[67]:[0-9]+' 'order' 'a bracket that closes another' \
    < <(sed '6s/"line_items":\[/"line_items":{/' whole.json)
broken xml 2 1 '74:30' 'ends before its outermost element does; expected the rest of it' \
    'a file that broke off' \
    < <(head -c -60 whole.xml)
broken json 2 1 '10:2' 'ends within a document; expected the rest of it' 'a file that broke off' \
    < <(head -c -60 whole.json)

# --- depth bombs
broken json 1 1 '5:[0-9]+' 'order/.*deep' 'a bomb of brackets in a document' \
    < <({ head -4 whole.json; printf '{"id":'; head -c 2000000 /dev/zero | tr '\0' '['; })
broken json 1 1 5:1 'a document is an object "\[\[' 'a bomb of brackets' \
    < <({ head -4 whole.json; head -c 2000000 /dev/zero | tr '\0' '['; })
broken xml 1 1 '28:[0-9]+' 'expected' 'a bomb of elements' \
    < <({ sed '/<\/order>/q' whole.xml; awk 'BEGIN { for (i = 0; i < 500000; i++) printf "<d>" }'; })

# --- endless lines: 16 MiB of them here, a gigabyte in check-slow
long=16M
[ -z "${CROSSDOCK_SLOW:-}" ] || long=1024M
endless() {
    head -c "$long" /dev/zero | tr '\0' D
}
broken csv 2 1 8:1 'longer than one may be "DDDD.*expected at most 1048576 bytes' 'a row without end' \
    < <({ cat whole.csv; endless; })
broken txt 2 1 13:1 'longer than one may be "DDDD.*expected at most 1048576 bytes' 'a record without end' \
    < <({ cat whole.txt; endless; })
broken idoc 2 1 60:1 'longer than one may be "DDDD.*expected at most 1048576 bytes' 'a segment without end' \
    < <({ cat whole.idoc; endless; })
broken xml 1 1 '28:[0-9]+' '.' 'a value without end' \
    < <({ sed '/<\/order>/q' whole.xml; printf '<order number="'; endless; })
broken json 1 1 '5:[0-9]+' '.' 'a value without end' \
    < <({ head -4 whole.json; printf ',{"id":"'; endless; })

# --- a file of another kind
broken txt 0 4 1:1 '"o"; expected H, D or T' 'a CSV' < whole.csv
broken idoc 0 4 1:1 'order_number.*expected EDI_DC40' 'a CSV' < whole.csv
broken idoc 0 4 1:1 'expected EDI_DC40.* 74 more like this' 'XML' < whole.xml
broken csv 0 1 1:1 'no header.*<.xml.*expected order_number' 'XML' < whole.xml
broken xml 0 1 1:1 'no XML: it does not begin with an element' 'a CSV' < whole.csv
broken json 0 1 1:1 'does not begin as JSON.*expected an object' 'XML' < whole.xml
broken xml 0 1 1:1 'no XML: it does not begin with an element' 'JSON' < whole.json

# A file of which nothing is read is a reject, whatever its shape.
for shape in csv xml json; do
    case $shape in csv) cat whole.xml ;; *) cat whole.csv ;; esac > wrong.$shape
    run erp2canon --rejects -m "${map[$shape]}" wrong.$shape
    status_is 1 "$shape: a wrong file"
    is "$(sed -nE 's/.*"kind":"reject".*"level_code":"([a-z]*)".*"raw_sha256":"([0-9a-f]*)".*/\1 \2/p' out)" \
        "file $(sha256 wrong.$shape)" '... is rejected with its hash'
done

done_testing
