#!/bin/bash
# Files of warehouses: each sample becomes the records in t/0611-3pl, is written again byte for byte, and read again as
# the same records; what only such layouts have (end marks, names of files, several values in a cell) is held to.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/3pl
expected=$CROSSDOCK_SOURCE/t/0611-3pl

bodies() {
    sed -E 's/^\{"canon":1,"kind":"([a-z_]*)".*"test":false,"map":"[^"]*"\},/\1 {/' "$1"
}

# law MAP FILE
law() {
    local map=3pl/$1 name=$2

    run erp2canon --in -p polar --unmapped=error -m "$map" "$samples/$name"
    status_is 0 "$map: $name is read" || { diag_file err; return; }
    mv out read
    sed -E 's/"map":"([^@"]*)@[^"]*"/"map":"\1"/' read > got
    same got "$expected/$1.jsonl" '... as these records'
    run canon2erp --unmapped=error -m "$map" read
    status_is 0 '... that are written again'
    cmp -s out "$samples/$name"; ok $? '... byte for byte' || diff out "$samples/$name" | head -4 >&2
    mkdir -p again
    mv out "again/$name"
    erp2canon --in -p polar --unmapped=error -m "$map" "again/$name" > reread
    bodies read > want
    bodies reread > got
    cmp -s want got; ok $? '... and read again as the same records' || diff want got | head -4 >&2
}

law dropstream-orders dropstream-orders.csv
law carlisle-orders carlisle-orders.txt
law cdr-order-lines OD1120.txt
law shipwire-orders shipwire-orders.tsv
law landmark-shipped landmark-shipped.csv
law orderlogix-shipped orderlogix-shipped.csv
law xpress-received xpress-received.rcv
law wd40-received GRN20261126-101500.01.csv
law landmark-stock stock_20261126_0200.csv
law stock-fixed stock.txt
law shipped-fixed shipped.txt

# --- totals of a file

sed '3d' "$samples/stock.txt" > lost.txt
run erp2canon --in -p polar --all -m 3pl/stock-fixed lost.txt
status_is 1 'a file that lost an article'
err_like '^M3604 error lost.txt:3:2 ' '... the report says so'
err_like 'column line_count "2"; expected 1, by' '... with both numbers'
err_like '^M3617 error lost.txt:4:11 ' '... and so does the end of the file, where it stands'
err_like 'Z: .*column records "4"; expected 3, by the records of the file' '... of its records'
err_like 'Z: .*column on_hand "456\.125"; expected 456(\.000)?, by the records of the file' '... and what is on hand'
out_like '"kind":"batch".*"is_complete":false' '... which is not complete'
sed '$d' "$samples/stock.txt" > cut.txt
run erp2canon --in -p polar -m 3pl/stock-fixed cut.txt
status_is 1 'a file that was cut'
err_like 'M3618 error: cut.txt: ' '... is told'
is "$(wc -l < out)" 1 '... the report comes out'

sed '1s/000000002/000000003/' "$samples/shipped.txt" > more.txt
run erp2canon --in -p polar --all -m 3pl/shipped-fixed more.txt
status_is 1 'a first record that promises more'
err_like '^M3617 error more.txt:1:2 ' '... where it stands'
err_like 'A: .*column shipments "3"; expected 2, by the documents of the file' '... and how many came'
is "$(grep -c '"kind":"shipment"' out)" 2 '... they come out'

# --- what one layout or another has of its own

sed '2s/..$/xx/' "$samples/OD1120.txt" > OD1.txt
run erp2canon --in -m 3pl/cdr-order-lines OD1.txt
status_is 1 'an end mark that is none refuses its document'
err_like '^M3606 error OD1.txt:2:164 depositor_order_number PO-7001' '... where'
err_like 'column end "xx"; expected //' '... what should stand there'
is "$(wc -l < out)" 1 '... the other order goes on'
cp "$samples/OD1120.txt" lines.txt
run erp2canon --in -m 3pl/cdr-order-lines lines.txt
status_is 1 'a file of another name is another file'
err_like 'M3602 error: lines.txt: .*file_name that is wanted "lines.txt"; expected a name like' '... and is told so'
is "$(wc -l < out)" 0 '... nothing of it comes out'

sed 's/,Unit/,/; 2s/2026-11-27 14:30:00/2026-11-27 25:30:00/' "$samples/landmark-shipped.csv" > file.csv
run erp2canon --in -m 3pl/landmark-shipped file.csv
err_like 'column Processed Date: no clock has that time "2026-11-27 25:30:00"' 'a time of no clock'
sed '3s/1Z999AA10123456793/1Z999AA10123456700/' "$samples/landmark-shipped.csv" > file.csv
run erp2canon --in -m 3pl/landmark-shipped file.csv
is "$(wc -l < out)" 1 'tracking numbers that differ from row to row refuse their document'
err_like '^M3603 error file.csv:3:[0-9]+ shipment_id EDI-70011' '... where'

sed '1s/|.*,GROUND,,2$/,GROUND,,3/' "$samples/orderlogix-shipped.csv" > file.csv
run erp2canon --in -m 3pl/orderlogix-shipped file.csv
is "$(wc -l < out)" 1 'a count of lines that is not theirs refuses its document'
err_like 'O: .*column shipped_lines "3"; expected 2, by' '... and is told'

# A unit that the layout has no place for, and always means another; two values where one goes.
erp2canon --in -m 3pl/dropstream-orders "$samples/dropstream-orders.csv" | sed '1s/"uom":"EA"/"uom":"CS"/' > cases
run canon2erp -m 3pl/dropstream-orders cases
status_is 1 'a unit that would be lost refuses the document'
err_like 'lines\[0\]\.uom.*"CS"; expected EA' '... and is told'
is "$(grep -c '"PH"' out)" 1 '... the other order is written'
erp2canon --in -m 3pl/landmark-stock "$samples/stock_20261126_0200.csv" | sed '1s/"type_code":"27"/"type_code":"99"/' > other
run canon2erp -m 3pl/landmark-stock other
status_is 1 'a quantity of a kind that has no column refuses the document'
erp2canon --in -m 3pl/landmark-shipped "$samples/landmark-shipped.csv" | sed '1s/1Z999AA10123456784/1Z, 999/' > other
run canon2erp -m 3pl/landmark-shipped other
status_is 1 'so does a value that holds what stands between values'

# From X12: an order to the warehouse becomes its file, or is refused for what the file cannot say.
edi2canon "$CROSSDOCK_SOURCE/samples/x12/940-polar-plain.edi" > order
run canon2erp -m 3pl/carlisle-orders order
status_is 0 'an X12 940 becomes records of fixed width'
is "$(grep -c ^D out)" "$(grep -o '"quantity":' order | wc -l)" '... a D a line'
run canon2erp -m 3pl/shipwire-orders order
status_is 1 '... and no sheet whose lines have no unit, for it orders cartons'
err_like 'lines\[0\]\.uom .*"CT"; expected EA' '... as it says'

# What others wrote down of three of the layouts.
facts=$CROSSDOCK_SOURCE/../shared/facts/formats/examples
if [ -d "$facts" ]; then
    run erp2canon --in -m 3pl/carlisle-orders "$facts/carlisle.txt"
    status_is 0 'the example of Carlisle'
    out_like '"gtin":"00012345678905".*"quantity":"24".*|"quantity":"24".*"gtin":"00012345678905"' '... with its line'
    cp "$facts/cdr-od.txt" OD2.txt
    run erp2canon --in -m 3pl/cdr-order-lines OD2.txt
    status_is 0 'the example of CDR'
    out_like '"depositor_order_number":"PO-7001"' '... with its order'
else
    skip 'the example of Carlisle' 'no ../shared'
    skip 'the example of CDR' 'no ../shared'
fi

done_testing
