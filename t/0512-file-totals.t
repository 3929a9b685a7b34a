#!/bin/bash
# Totals of a whole file: the record at its end, or its beginning, or the row of a CSV, is written with what was written,
# and held against what was read.

. "${0%/*}/tap.sh"

mkdir maps
cat > maps/picked.yaml << 'END_OF_MAP'
map: picked
format: fixed
record: order
layout:
  date: YYYYMMDD
  records:
    H: [{name: type, width: 1, value: H}, {name: no, width: 6}, {name: day, width: 8}]
    D: [{name: type, width: 1, value: D}, {name: line, width: 2}, {name: unit, width: 2},
        {name: qty, width: 7, align: right, pad: "0", decimals: 2, point: implied}]
    Z: [{name: type, width: 1, value: Z}, {name: orders, width: 3, align: right, pad: "0"},
        {name: lines, width: 4, align: right, pad: "0"},
        {name: pieces, width: 9, align: right, pad: "0", decimals: 2, point: implied}]
  totals: {record: Z, documents: orders, records: lines, sums: {pieces: D.qty}}
tree:
  - H: {no: order_number, day: order_date}
  - D: {each: lines, line: line_number, unit: uom, qty: quantity}
END_OF_MAP
cat > good << 'END_OF_FILE'
HA1    20261120
D1 EA0000150
D2 EA0001000
HA2    20261121
D1 EA0000025
Z0020005000001175
END_OF_FILE

run erp2canon -C . --all -m picked good
status_is 0 'totals that are so'
is "$(grep -c '"kind":"order"' out)" 2 '... the record of them is of no document'
out_like '"kind":"batch".*"is_complete":true' '... and the file is whole'
grep '"kind":"order"' out > records
run canon2erp -C . -m picked records
same out good 'they are written again'
cat good good > twice
run erp2canon -C . -m picked twice
status_is 0 'two files put together have two of them'

# broken SCRIPT: the good file, changed
broken() {
    sed "$1" good > bad
    run erp2canon -C . --all -m picked bad
}

broken 's/^Z002/Z003/'
status_is 1 'another number of documents'
err_like '^M3617 error bad:6:2$' '... where'
err_like 'column orders "3"; expected 2, by the documents of the file' '... and how many there are'
is "$(grep -c '"kind":"order"' out)" 2 '... the documents come out'
out_like '"kind":"batch".*"is_complete":false,.*"translated_count":2' '... and the batch says that the file is not whole'
broken 's/0005000/0006000/'
err_like '^M3617 error bad:6:5$' 'another number of records'
err_like 'column lines "6"; expected 5, by the records of the file' '... is told'
broken 's/D2 EA0001000/D2 EA0001001/'
err_like 'column pieces "11\.75"; expected 11\.76, by the records of the file' 'another sum is told, exactly'
broken '4,5d'
status_is 1 'a document that is missing'
is "$(grep -c M3617 err)" 3 '... makes all three wrong'
broken '6d'
status_is 1 'a file without its end'
err_like 'M3618 error: bad: .*"Z"' '... is told'
is "$(grep -c '"kind":"order"' out)" 2 '... the documents come out'
head -6 good > behind
printf 'HA3    20261122\nD1 EA0000001\n' >> behind
run erp2canon -C . --all -m picked behind
status_is 1 'documents behind it have none'
err_like 'M3618 error: behind: ' '... and that is told'
broken 's/^Z002/Z0x2/'
status_is 1 'a total that is no number'
err_like '^M3004 error bad:6:2$' '... is told'
broken 's/^Z002/Z   /'
status_is 0 'one that is empty says nothing'
broken 's/^D2 EA0001000/X2 EA0001000/'
status_is 1 'a record that cannot be read'
is "$(grep -c '"kind":"order"' out)" 1 '... refuses its document'
err_like 'M3617 .*|column pieces "11\.75"; expected 1\.75' '... and the sum is what could be read'

# --- writing

run erp2canon -C . -m picked good
mv out records
sed -n '1p;2p' records | sed '1s/"A1"/"A1TOOLONG"/' > some
run canon2erp -C . -m picked some
status_is 1 'a document that does not fit'
is "$(tail -1 out)" Z0010002000000025 '... is not in the totals'
mkdir outbox
run canon2erp -C . -m picked -o outbox records
is "$(cat outbox/*A1* | tail -1)" Z0010003000001150 'a file a document has totals each'
is "$(cat outbox/*A2* | tail -1)" Z0010002000000025 '... of its own'
run canon2erp -C . -m picked -o outbox --single records
same "$(echo outbox/order-batch-*)" good '... and one file for all of them has those of all'
sed 's/width: 9/width: 3/; s/width: 3, align: right, pad: "0", decimals/width: 3, align: right, decimals/' maps/picked.yaml |
    sed 's/map: picked/map: narrow/' > maps/narrow.yaml
run canon2erp -C . -m narrow records
status_is 1 'a document with which the totals would not fit'
err_like '^M3503 error records:1 .* order A1' '... is refused'
err_like 'with it the file.s total in column pieces would not fit: 4 characters are too many; expected at most 3' '... and why is told'
is "$(tail -1 out)" 'Z0010002 25' '... so that they fit'
sed 's/map: picked/map: itself/; s/record: Z,/record: Z, itself: yes,/' maps/picked.yaml > maps/itself.yaml
run canon2erp -C . -m itself records
mv out itself
run erp2canon -C . -m itself itself
status_is 0 '... is read so, too'
cp itself out
is "$(tail -1 out)" Z0020006000001175 'a record that counts itself'

# --- a row of a CSV with a header

cat > maps/sold.yaml << 'END_OF_MAP'
map: sold
format: delimited
record: order
layout:
  separator: ";"
  key: Order
  columns:
    - {name: Order, required: yes}
    - {name: Day, required: yes, date: DD.MM.YYYY}
    - {name: Line}
    - {name: Unit, value: EA}
    - {name: Pieces, sign: none, decimals: 2, point: comma}
  totals: {when: {Order: TOTAL}, documents: Day, records: Line, sums: {Pieces: Pieces}}
tree:
  - row: {each: lines, Order: /order_number, Day: /order_date, Line: line_number, Unit: uom, Pieces: quantity}
END_OF_MAP
cat > sold.csv << 'END_OF_FILE'
Order;Day;Line;Unit;Pieces
A1;20.11.2026;1;EA;1,50
A1;20.11.2026;2;EA;10,00
A2;21.11.2026;1;EA;0,25
TOTAL;2;3;;11,75
END_OF_FILE
run erp2canon -C . --all --unmapped=error -m sold sold.csv
status_is 0 'a row of totals that are so'
is "$(grep -c '"kind":"order"' out)" 2 '... is of no document'
grep '"kind":"order"' out > records
run canon2erp -C . -m sold records
same out sold.csv 'it is written again'
{ cat sold.csv; sed 1d sold.csv | sed 's/^A/B/'; } > twice.csv
run erp2canon -C . -m sold twice.csv
status_is 0 'two files put together have two of them'
is "$(grep -c '"uom":"EA"' out)" 4 '... and all orders their cells: nothing is taken over from the row of totals'
sed '$s/;;11,75$//' sold.csv > short.csv
run erp2canon -C . -m sold short.csv
status_is 0 'it may end early'
sed '$s/;2;/;3;/' sold.csv > bad.csv
run erp2canon -C . --all -m sold bad.csv
status_is 1 'another number of documents'
err_like 'M3617 error: bad.csv:5:7: ' '... where'
err_like 'column Day "3"; expected 2, by the documents of the file' '... and how many there are'
is "$(grep -c '"kind":"order"' out)" 2 '... the documents come out'
out_like '"is_complete":false' '... of a file that is not whole'
sed '$s/11,75/11,76/' sold.csv > bad.csv
run erp2canon -C . -m sold bad.csv
err_like 'column Pieces "11\.76"; expected 11\.75, by the records' 'another sum'
sed '$s/11,75/much/' sold.csv > bad.csv
run erp2canon -C . -m sold bad.csv
err_like 'M3004 error: bad.csv:5:12: .*Pieces' 'a sum that is no number'
sed '$d' sold.csv > bad.csv
run erp2canon -C . -m sold bad.csv
status_is 1 'a file without the row'
err_like 'M3618 error: bad.csv: .*"TOTAL"' '... is told'
sed 's/"A1"/"TOTAL"/g' records > mistaken
run canon2erp -C . -m sold mistaken
status_is 1 'an order that would be taken for the totals'
err_like '^M3501 error mistaken:1 .* order TOTAL$' '... is refused'
err_like 'the row would be taken for that of the file.s totals "TOTAL"; expected another value' '... and why'
is "$(tail -1 out)" 'TOTAL;1;1;;0,25' '... and is not in them'
sed 's/quote: .*//; s/  separator: ";"/  separator: ";"\n  quoting: always/; s/map: sold/map: quoted/' maps/sold.yaml > maps/quoted.yaml
run canon2erp -C . -m quoted records
is "$(tail -1 out)" '"TOTAL";"2";"3";"";"11,75"' 'it is quoted as rows are'
cat > maps/wide.yaml << 'END_OF_MAP'
map: wide
format: fixed
record: order
layout:
  key: no
  columns: [{name: no, width: 6, required: yes}, {name: line, width: 3, required: yes}, {name: qty, width: 6, align: right}]
  totals: {when: {no: "999999"}, sums: {qty: qty}}
tree:
  - row: {each: lines, no: /order_number, line: line_number, qty: quantity, set: {/order_date: "2026-11-20", uom: EA}}
END_OF_MAP
printf 'A1    1      15\nA2    1     2.5\n999999     17.5\n' > wide
run erp2canon -C . -m wide wide
status_is 0 'a row of fixed width'
mv out records.wide
run canon2erp -C . -m wide records.wide
same out wide '... is written again'

# --- the first record of a file

# starts MAP: the map with its totals at the beginning, as starts-MAP
starts() {
    sed "s/map: $1/map: starts-$1/; s/totals: {/totals: {at: start, /" "maps/$1.yaml" > "maps/starts-$1.yaml"
}
starts picked
starts sold
{ tail -1 good; head -5 good; } > first
run erp2canon -C . -m starts-picked first
status_is 0 'a first record that is so'
mv out records.first
is "$(grep -c '"kind":"order"' records.first)" 2 '... two orders'
run canon2erp -C . -m starts-picked records.first
same out first 'it is written again, before them'
cat first first > twice
run erp2canon -C . -m starts-picked twice
status_is 0 'two files put together'
sed '1s/^Z002/Z003/' first > bad
run erp2canon -C . --all -m starts-picked bad
status_is 1 'a first record that promises more'
err_like '^M3617 error bad:1:2$' '... where it says so'
err_like 'column orders "3"; expected 2, by the documents of the file' '... and how many there are'
is "$(grep -c '"kind":"order"' out)" 2 '... the documents come out'
out_like '"is_complete":false' '... of a file that is not whole'
head -4 first > bad
run erp2canon -C . -m starts-picked bad
is "$(grep -c M3617 err)" 3 'a file that broke off behind a document'
{ cat first; sed '1s/^Z002/Z001/' first; } > bad
run erp2canon -C . -m starts-picked bad
err_like '^M3617 error bad:7:2$' 'the second of two files'
run erp2canon -C . -m starts-picked good
status_is 1 'a file that has it at the end'
err_like 'M3618 error: good: .*"Z"' '... lacks it at the beginning'
sed 1d first > bad
run erp2canon -C . -m starts-picked bad
status_is 1 'a file without it'
err_like 'M3618 error: bad: .*"Z"' '... is told'
mkdir all each
run canon2erp -C . -m starts-picked -o all --single records.first
same "$(echo all/order-batch-*)" first 'in one file in a folder'
is "$(sed -nE 's/.*"file":"([^"]*)","sha256":"([^"]*)".*/\2  \1/p' out | sha256sum --check --quiet 2>&1)" '' \
    '... and its receipts have its hash'
run canon2erp -C . -m starts-picked -o each records.first
is "$(head -1 each/*A1*) $(wc -l < "$(echo each/*A1*)")" 'Z0010003000001150 4' 'a file a document begins with its own'
is "$(sed -nE 's/.*"file":"([^"]*)","sha256":"([^"]*)".*/\2  \1/p' out | sha256sum --check --quiet 2>&1)" '' \
    '... and its receipts have its hash'
sed -n '1p;2p' records.first | sed '1s/"A1"/"A1TOOLONG"/' > some
run canon2erp -C . -m starts-picked some
is "$(head -1 out)" Z0010002000000025 'a document that is refused is not in it'
{ head -1 sold.csv; tail -1 sold.csv; sed '1d;$d' sold.csv; } > first.csv
run erp2canon -C . -m starts-sold first.csv
status_is 0 'a first row, behind the header'
mv out records.csv
run canon2erp -C . -m starts-sold records.csv
same out first.csv '... is written again, there'
run canon2erp -C . -m starts-sold /dev/null
status_is 0 'no record, no file'
is "$(wc -c < out)" 0 '... at all'
TMPDIR=$PWD/none run canon2erp -C . -m starts-sold records.csv
status_is 3 'no folder for temporary files'
err_like 'T7006 error: .*none' '... is told'
# More than is held in memory at once.
awk 'BEGIN { for (i = 1; i <= 60000; i++) printf "HB%-5d20261120\nD1 EA0000150\n", i }' > many
sed 's/width: 3, align/width: 6, align/; s/width: 4, align/width: 7, align/; s/starts-picked/starts-large/' maps/starts-picked.yaml > maps/starts-large.yaml
{ printf 'Z%22s\n' ''; cat many; } > long
run erp2canon -C . -m starts-large long
status_is 0 'a first record that states nothing'
mv out records.long
run canon2erp -C . -m starts-large records.long
is "$(head -1 out)" 'Z0600000120000009000000' 'it has the totals of megabytes'
same <(sed 1d out) many '... which follow'

# --- layouts that are wrong

# wrong SED MESSAGE NAME
wrong() {
    sed "$1; s/map: picked/map: wrong/" maps/picked.yaml > maps/wrong.yaml
    run erp2canon -C . -m wrong good
    if [ "$status" -eq 2 ] && grep -qE "$2" err; then pass "$3"; else fail "$3"; diag_file err; fi
}
wrong 's/record: Z/record: Q/' 'one of records' 'a record that is none'
wrong 's/record: Z/record: H/' 'not the one that begins' 'the one that begins documents'
wrong 's/documents: orders/documents: order/' '"order" is no column of Z' 'a column that is none'
wrong 's/D.qty/D.quantity/' '"quantity" is no column of D' 'one of the sum'
wrong 's/pieces: D.qty/pieces: qty/' 'TAG.COLUMN' 'a sum of no record'
wrong 's/totals: {/totals: {when: {type: Z}, /' 'one of records' 'a mark where the type says so'
wrong 's/totals: {/totals: {at: middle, /' 'at is one of: end start' 'another place'
wrong 's/^  - H: /  - Z: {orders: order_number}\n  - H: /' 'no rule for the record of the layout.s totals' 'a rule that reads it'

done_testing
