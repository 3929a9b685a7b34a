#!/bin/bash
# erp2canon as its users meet it: good files, and each kind of broken one: told with file, line, character, column,
# value and expectation, its document refused, its neighbours translated.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/erp
head=order_number,order_date,line_number,quantity,uom,unit_price,description

# csv ROW...: a file under the header
csv() {
    printf '%s\n' "$head" "$@" > file.csv
}

# expect STATUS WANT NAME: the documents that came out, by number
expect() {
    status_is "$1" "$3"
    is "$(sed -nE 's/.*"kind":"order".*"keys":\{"order_number":"([^"]*)".*/\1/p' out | xargs)" "$2" '... and what came out'
}

# --- files that are no files

run erp2canon -m erp-orders-csv /dev/null
status_is 0 'an empty file is nothing to do'
quiet '... and nothing to say'
run erp2canon -m erp-orders-csv .
status_is 3 'a folder is technical'
run erp2canon -m erp-orders-csv absent.csv
status_is 3 'so is a file that is not there'
erp2canon -m erp-orders-csv "$samples/orders.csv" > /dev/full 2> err
status=$?
status_is 3 'and a full disk'
run erp2canon "$samples/orders.csv"
status_is 2 'no map is misuse'
run erp2canon -m no-such-map "$samples/orders.csv"
status_is 2 'so is an unknown one'
run erp2canon -m x12-850 "$samples/orders.csv"
status_is 2 'and x12-850, which is of another format'
err_like 'M3401' '... that is said'

# --- whose, and in which direction

run erp2canon -m erp-acks-csv "$samples/acks.csv"
out_like '"partner":"acme","direction":"out"' 'the column of the partner says whose a document is'
run erp2canon --in -p polar -m erp-acks-csv "$samples/acks.csv"
out_like '"partner":"polar","direction":"in"' 'unless the command line does'
sed '2s/^acme/A\/..\/B/; 3s/^acme/A\/..\/B/; 4s/^acme/A\/..\/B/' "$samples/acks.csv" > file.csv
run erp2canon -m erp-acks-csv file.csv
status_is 1 'a name that cannot be one refuses the document'
err_like '^ *.*M3612.*file.csv:2' '... and is told'
is "$(wc -l < out)" 1 '... its neighbour goes on'

# --- rows that are wrong

csv A1,2026-11-20,1,24,EA,12.50,ok A2,2026-11-20,1,12O,EA,1,x A3,2026-11-20,1,1,EA,1,ok
run erp2canon -m erp-orders-csv file.csv
expect 1 'A1 A3' 'a number that is none'
err_like '^M3004 error file.csv:3:17 order_number A2$' '... where, and whose'
err_like 'column quantity: this is no number "12O"' '... column and value'

csv A1,2026-11-20,1,24,EA,12.50,ok A2,2026-02-30,1,1,EA,1,x A3,2026-11-20,1,1E3,EA,1,x
run erp2canon -m erp-orders-csv file.csv
expect 1 A1 'a day of no calendar, and an exponent'
err_like '^M3006 error file.csv:3:4 ' '... the day'
err_like 'column order_date: .*"2026-02-30"' '... in its column'
err_like '^M3004 error file.csv:4:17 ' '... the exponent'

csv A1,2026-11-20,1,1,EA,1,ok A2,2026-11-20,1,1,EA,1,a,b A2,2026-11-20,2,1,EA,1,ok A3,2026-11-20,1,1,EA A4,2026-11-20,1,1,EA,1,ok
run erp2canon -m erp-orders-csv file.csv
expect 1 'A1 A4' 'rows with too many and too few cells refuse their documents alone'
err_like 'M3601 error: file.csv:3:26: .*more cells than columns "b"; expected 7 cells' '... too many'
err_like 'M3601 error: file.csv:5:21: .*ends too early; expected 7 cells, and there are 5' '... too few'

csv A1,2026-11-20,1,1,EA,1,ok 'A2,2026-11-20,1,1,EA,"1"x,bad' A2,2026-11-20,2,1,EA,1,ok A3,2026-11-20,1,1,EA,1,ok
run erp2canon -m erp-orders-csv file.csv
expect 1 'A1 A3' 'text behind a closing quote'
err_like 'file.csv:3:25: .*text behind the quote' '... where'

csv A1,2026-11-20,1,1,EA,1,ok A1,2026-11-20,2,1,EA,1,ok 'A2,2026-11-20,1,1,EA,1,"never closed' A3,2026-11-20,1,1,EA,1,ok A4,2026-11-20,1,1,EA,1,ok
run erp2canon -m erp-orders-csv file.csv
expect 1 'A1 A3 A4' 'a quote that nothing closes costs its row alone'
err_like 'file.csv:4:24: .*never closed' '... where it opened'

csv A1,2026-11-20,1,1,EA,1,ok '"A2,2026-11-20,1,1,EA,1,x' A3,2026-11-20,1,1,EA,1,ok A4,2026-11-20,1,1,EA,1,ok
run erp2canon -m erp-orders-csv file.csv
expect 1 A4 'a row whose key cannot be read refuses what it may belong to, before and behind it'

csv A1,2026-11-20,1,1,EA,1,ok 'A1,2026-11-20,2,1,EA,"1"x,bad' A1,2026-11-20,3,1,EA,1,ok A2,2026-11-20,1,1,EA,1,ok
run erp2canon --all -m erp-orders-csv file.csv
expect 1 A2 'a broken row in the midst of a document'
out_like '"kind":"reject".*"document_number":"A1".*"code":"M3601".*"line":3,"place":25.*"raw":"A1,.*ok\\n","raw_encoding":"text","raw_length":[0-9]+,"raw_sha256":"[0-9a-f]{64}"' '... is a reject with all its rows'
out_like '"kind":"batch".*"segment_count":4,"read_count":2,"translated_count":1,.*"rejected_count":1,' '... and counted once'

csv A1,2026-11-20,1,1,EA,1,ok A2,2026-11-20,1,1,EA,1,ok A1,2026-11-20,2,1,EA,1,late
run erp2canon -m erp-orders-csv file.csv
expect 1 'A1 A2' 'rows of a document that do not stand together'
err_like 'M3611 error: file.csv:4:1: .*"A1"' '... are told, and not taken for another one'

csv A1,2026-11-20,1,1,EA,1,ok A1,2026-11-21,2,1,EA,1,ok A2,2026-11-20,1,1,EA,1,ok
run erp2canon -m erp-orders-csv file.csv
expect 1 A2 'rows of a document that disagree'
err_like '^M3603 error file.csv:3:4 order_number A1' '... where'
err_like 'column order_date "2026-11-21"; expected 2026-11-20' '... about what'

csv A1,2026-11-20,1,1,,1,ok A2,2026-11-20,1,1,EA,1,ok ,2026-11-20,1,1,EA,1,ok '' ,,,,,, A3,2026-11-20,1,1,EA,1,ok
run erp2canon -m erp-orders-csv file.csv
expect 1 'A2 A3' 'what a document must have, and a row without a key; blank rows are passed over'
err_like '^M3608 error file.csv:2 order_number A1' '... the missing field'
err_like 'lines\[0\]\.uom' '... which'
err_like 'M3609 error: file.csv:4:1: ' '... the missing key'

csv A1,2026-11-20,1,1,EA,1,ok '(1 row affected)'
run erp2canon -m erp-orders-csv file.csv
expect 1 A1 'garbage at the end is a document of its own'

{ cat file.csv; head -c 3000000 /dev/zero | tr '\0' x; printf '\nA5,2026-11-20,1,1,EA,1,ok\nA6,2026-11-20,1,1,EA,1,ok\n'; } > long.csv
run erp2canon -m erp-orders-csv long.csv
expect 1 A6 'a line of 3 MB is passed over, with what it may belong to'
err_like 'long.csv:4:1: .*longer than one may be' '... and told'
run erp2canon --max-row=4096 -m erp-orders-csv long.csv
expect 1 'A1 A5 A6' '... and with a wider bound, a row with too few cells'

printf '%s\nA1,2026-11-20,1,1,EA,1,caf\351\nA2,2026-11-20,1,1,EA,1,ok\n' "$head" > file.csv
run erp2canon -m erp-orders-csv file.csv
expect 1 A2 'bytes that are no UTF-8'
err_like '^M3003 error file.csv:2:24 order_number A1' '... where'
run erp2canon --charset windows-1252 -m erp-orders-csv file.csv
expect 0 'A1 A2' '... and are letters in another charset'
out_like $'"description":"caf\xc3\xa9"' '... the right ones'
run erp2canon --charset no-such -m erp-orders-csv file.csv
status_is 2 'a charset that nobody knows is misuse'

# --- quotes and line ends as people write them

printf '\357\273\277"order_number","order_date",line_number, quantity ,uom,description\r\n"A1",2026-11-20,1, 24 ,EA,"two\r\nlines, ""quoted"""\r\nA2,2026-11-20,1,1,EA,5" pipe' > file.csv
run erp2canon -m erp-orders-csv file.csv
expect 0 'A1 A2' 'a BOM, quoted headings, CR LF, line ends in a cell, no last line end'
err_like 'M3614 warn: file.csv:4: .*no line end: "A2,.*pipe"' '... the missing one is told, for the file may be cut off'
out_like '"quantity":"24"' '... blanks around a number'
out_like '"description":"two\\r\\nlines, \\"quoted\\""' '... doubled quotes'
out_like '"description":"5\\" pipe"' '... a quote within a cell that begins with none'

# --- headers

printf 'orders,dates\nA1,2026-11-20\n' > file.csv
run erp2canon --all -m erp-orders-csv file.csv
status_is 1 'a first line that is no header refuses the file'
err_like 'M3602 error: file.csv:1:1: .*names no column of the layout "orders"' '... as it says'
out_like '"kind":"reject".*"level_code":"file".*"raw":"orders,dates\\n".*"is_truncated":true' '... is one reject'
out_like '"kind":"batch".*"byte_count":27,.*"is_complete":true,.*"read_count":1,.*"rejected_count":1,' '... counted once'
sum=$(sha256sum file.csv | cut -d' ' -f1)
is "$(grep -c "$sum" out)" 2 '... with the SHA-256 of all of the file'
{ printf 'orders,dates\n'; seq 200000; } > file.csv
run erp2canon --all -m erp-orders-csv file.csv
out_like '"raw_length":1288908,' '... however long it is'
sum=$(sha256sum file.csv | cut -d' ' -f1)
is "$(grep -c "$sum" out)" 2 '... all of it, again'
run erp2canon --all -p polar --in -m 3pl/landmark-stock file.csv
status_is 1 'a file whose name is not of the pattern is refused'
err_like 'M3602 error: file.csv: ' '... by its name'
err_like 'not of the file_name that is wanted "file.csv"; expected a name like .*\\.csv$' '... what it should be'
out_like '"kind":"reject".*"partner":"polar".*"level_code":"file"' '... is a reject, too'
is "$(grep -c "$sum" out)" 2 '... all of it'
printf 'order_number,order_date,order_number\nA1,2026-11-20,A2\n' > file.csv
run erp2canon -m erp-orders-csv file.csv
status_is 1 'so does a heading that stands there twice'
err_like 'file.csv:1:25: .*twice "order_number"' '... where'
printf 'partner,shipment_no,ship_date,line_number\nacme,1,2026-11-20,1\n' > file.csv
run erp2canon -m erp-shipments-csv file.csv
status_is 1 'and a column that must be there and is not'
err_like 'lacks a column that must be there "shipment_id"; expected it, in just this spelling' '... which'
printf 'uom,unit_cost,quantity,line_number,order_date,order_number\nEA,1,24,1,2026-11-20,A1\n' > file.csv
run erp2canon -m erp-orders-csv file.csv
expect 0 A1 'columns in any order'
err_like 'M3610 warn: file.csv:1: .*"unit_cost"; expected .*unit_price' '... a heading like none is told with those that miss'
err_like 'M3008 warn: .*column unit_cost of row, 1 time' '... and counted'
run erp2canon --unmapped=error -m erp-orders-csv file.csv
expect 1 '' '... or refuses the document'
run erp2canon --unmapped=keep -m erp-orders-csv file.csv
out_like '"extra":\[\{"at":"row","ordinal":1,"tag":"row","element":"unit_cost","value":"1"\}\]' '... or is kept'
printf '\377\376o\0r\0' > file.csv
run erp2canon -m erp-orders-csv file.csv
status_is 1 'UTF-16 is refused'
err_like 'UTF-16' '... by name'

# --- lines beside each other

mkdir -p maps
cat > maps/beside.yaml << 'END_OF_MAP'
map: beside
title: Orders, a row each, with up to three lines in it
format: delimited
record: order
layout:
  date: YYYYMMDD
  columns: [{name: Order, required: yes}, {name: Day, required: yes}, ITEM1, QTY1, ITEM2, QTY2, ITEM3, QTY3]
tree:
  - row:
      Order: order_number
      Day: order_date
      groups:
        - {from: ITEM1, to: QTY1, each: lines, fields: [seller_item_id, quantity], set: {line_number: "1", uom: EA}}
        - {from: ITEM2, to: QTY2, each: lines, fields: [seller_item_id, quantity], set: {line_number: "2", uom: EA}}
        - {from: ITEM3, to: QTY3, each: lines, fields: [seller_item_id, quantity], set: {line_number: "3", uom: EA}}
END_OF_MAP
printf '%s\n' Order,Day,ITEM1,QTY1,ITEM2,QTY2,ITEM3,QTY3 A1,20261120,WID-1,24,WID-2,100,, A2,20261120,WID-1,3,,,, > beside.csv
run erp2canon -C . --unmapped=error -m beside beside.csv
status_is 0 'lines beside each other in a row'
is "$(sed 's/.*"lines"://' out)" \
    '[{"line_number":"1","quantity":"24","uom":"EA","seller_item_id":"WID-1"},{"line_number":"2","quantity":"100","uom":"EA","seller_item_id":"WID-2"}]}
[{"line_number":"1","quantity":"3","uom":"EA","seller_item_id":"WID-1"}]}' '... are its lines, those that are there'
mv out beside.jsonl
run canon2erp -C . --unmapped=error -m beside beside.jsonl
same out beside.csv '... and are written again'
sed '1s/"line_number":"2"/"line_number":"7"/' beside.jsonl > other.jsonl
run canon2erp -C . -m beside other.jsonl
status_is 1 'a line that has no place there'
is "$(grep -c 'an object that no groups of the rule have a place for' err)" 1 '... refuses its order, and is told once'

# --- fixed width

good=$samples/invoices.txt
awk 'NR == 2 { sub(/^A/, "Q") } 1' "$good" > file.txt
run erp2canon -m erp-invoices-fixed file.txt
is "$(wc -l < out)" 1 'a record of no type refuses its document'
err_like '^M3601 error file.txt:2:1 invoice_number 90012311' '... where'
err_like 'of this type "Q"; expected H, A, D or T' '... and what is known'
awk 'NR == 4 { $0 = substr($0, 1, 80) "\r" } 1' "$good" > file.txt
run erp2canon -m erp-invoices-fixed file.txt
is "$(wc -l < out)" 1 'so does a short one'
err_like '^M3601 error file.txt:4:81 ' '... where'
err_like 'D: .*too short; expected 284 characters, and there are 80' '... how long it should be'
awk 'NR == 7 { sub(/\r/, "junk\r") } 1' "$good" > file.txt
run erp2canon -m erp-invoices-fixed file.txt
is "$(wc -l < out)" 1 'and a long one'
err_like 'file.txt:7:556' '... where'
err_like 'too long "junk"; expected nothing behind character 555' '... what is too much'
sed 's/000002\r/000003\r/' "$good" > file.txt
run erp2canon -m erp-invoices-fixed file.txt
is "$(wc -l < out)" 1 'a total that disagrees refuses its document'
err_like '^M3604 error file.txt:6:24 ' '... where'
err_like "column line_count \"3\"; expected 2, by the document's own lines" '... what it should be'
sed '4s/90012311/90012399/' "$good" > file.txt
run erp2canon -m erp-invoices-fixed file.txt
is "$(wc -l < out)" 1 'a record of another document among its records'
err_like 'D: .*disagree: column invoice_number "90012399"; expected 90012311' '... is told'
sed 1d "$good" > file.txt
run erp2canon --rejects -m erp-invoices-fixed file.txt
status_is 1 'records without the one that begins a document'
err_like 'M3609 error file.txt:1:1' '... are told'
out_like '"kind":"reject".*"offset":0,.*"segment_id":"A"' '... and rejected as one'
tr -d '\r' < "$good" | sed 's/20261202/00000000/' | tail -3 > file.txt
run erp2canon -m erp-invoices-fixed file.txt
status_is 0 'LF will do for CR LF'
run erp2canon -m erp-invoices-fixed --max-document=0 "$good"
status_is 0 'a bound of nothing is the default'

# --- several files, one of them bad

run erp2canon -v -m erp-orders-csv "$samples/orders.csv" absent "$samples/orders.csv"
status_is 3 'a file that is missing'
is "$(wc -l < out)" 6 '... and the others go on'
err_like 'orders.csv: .*read 3 = translated 3 \+ rejected 0 \+ ignored 0' '... each counted'

done_testing
