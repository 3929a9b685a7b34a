#!/bin/bash
# Totals of a whole file: the record at its end is written with what was written, and held against what was read.

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
wrong 's/^  - H: /  - Z: {orders: order_number}\n  - H: /' 'no rule for the record of the layout.s totals' 'a rule that reads it'

done_testing
