#!/bin/bash
# Reading and writing flat files are each other's inverse: a sample that was read is written again byte for byte, and
# read again as the same records; and what X12 samples become as flat files comes back, as far as the layout has it.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples

# Kinds and bodies: where a record was read stands in its envelope.
bodies() {
    sed -E 's/^\{"canon":1,"kind":"([a-z_]*)".*"test":(false|true),"map":"[^"]*"\},/\1 {/
        s/^\{"canon":1,"kind":"([a-z_]*)".*"test":(false|true)\},/\1 {/' "$1"
}

# Numbers without the zeros that a column of so many decimals adds, and words without what they were.
values() {
    sed -E ':a
        s/("-?[0-9]+\.[0-9]*[1-9])0+"/\1"/
        ta
        s/"(-?[0-9]+)\.0+"/"\1"/g
        s/"[a-z_]*_raw":"[^"]*",//g'
}

# law MAP FILE...
law() {
    local map=$1
    shift
    for file; do
        run erp2canon --unmapped=error -m "$map" "$file"
        status_is 0 "$map: ${file##*/} is read" || { diag_file err; continue; }
        mv out read
        [ -s read ]; ok $? '... and gives records'
        run canon2erp --unmapped=error -m "$map" read
        status_is 0 '... that are written again'
        cmp -s out "$file"; ok $? '... byte for byte' || diff out "$file" | head -4 >&2
        mv out again
        erp2canon --unmapped=error -m "$map" again > reread
        bodies read > want
        bodies reread > got
        cmp -s want got; ok $? '... and read again as the same records' || diff want got | head -4 >&2
    done
}

for kind in orders acks shipments invoices; do
    law "erp-$kind-csv" "$samples/erp/$kind.csv"
    law "erp-$kind-fixed" "$samples/erp/$kind.txt"
    erp2canon -m "erp-$kind-csv" "$samples/erp/$kind.csv" > csv
    erp2canon -m "erp-$kind-fixed" "$samples/erp/$kind.txt" > fixed
    bodies csv | values > want
    bodies fixed | values | sed -E 's/,"line_count":[0-9]+//; s/,"total_quantity":"[^"]*"//' > got
    same got want "$kind: both layouts say the same"
done

# NetSuite and Tryton: what they import and what they export.
for map in netsuite-orders netsuite-shipments tryton-orders tryton-shipments; do
    law "$map" "$samples/erp/$map.csv"
done
sed '2s/,Shipped,/,Packed,/' "$samples/erp/netsuite-shipments.csv" > packed.csv
run erp2canon -m netsuite-shipments packed.csv
status_is 1 'what NetSuite has packed is not shipped'
err_like 'M3606 error: packed.csv:2:40: ' '... and told'
err_like 'column Status "Packed"; expected Shipped' '... by its status'
is "$(wc -l < out)" 1 '... the other shipment goes on'
sed '3s/,u,/,box,/' "$samples/erp/tryton-shipments.csv" > boxes.csv
run erp2canon -m tryton-shipments boxes.csv
status_is 1 'a unit that Tryton has and the map has not'
err_like 'column outgoing_moves/uom/symbol "box"; expected unit' '... is told'
sed '3s/^,/3,/; 4,5d' "$samples/erp/tryton-shipments.csv" > early.csv
run erp2canon -m tryton-shipments early.csv
status_is 1 'a shipment that begins without its own columns'
err_like 'M3608 error early.csv:3 shipment_id 3' '... lacks them'
# Two partners of one number: what the map says in its comment.
mkdir -p maps
{ printf '%s\n' 'map: cont' 'base: netsuite-orders' ''
    sed -n '/^#   tree:/,/^#$/s/^#   //p' "$CROSSDOCK_SOURCE/maps/netsuite-orders.yaml"; } > maps/cont.yaml
run erp2canon -m netsuite-orders "$samples/erp/netsuite-orders.csv"
mv out orders
run canon2erp -C . -m cont orders
status_is 0 'an external id of one partner alone'
is "$(sed -n 2p out | cut -d, -f1,4)" EDI-CONT-4500018802,4500018802 '... is written'
mv out cont.csv
run erp2canon -C . --unmapped=error -m cont cont.csv
bodies out > got
bodies orders > want
same got want '... and read again'

# A system's view of its orders and its stock.
for kind in orders stock; do
    law "snapshot-$kind-csv" "$samples/snapshot/$kind.csv"
    law "snapshot-$kind-fixed" "$samples/snapshot/$kind.txt"
done
erp2canon -m snapshot-stock-fixed "$samples/snapshot/stock.txt" > fixed
erp2canon -m snapshot-stock-csv "$samples/snapshot/stock.csv" > csv
bodies csv | values > want
bodies fixed | values | sed 's/,"stock_count":3//' > got
same got want 'stock: both layouts say the same'
sed '3s/,455,/,1,/; 3s/,432,/,43Z,/' "$samples/snapshot/stock.csv" > stock.csv
run erp2canon -m snapshot-stock-csv stock.csv
status_is 1 'a snapshot with one bad row is refused whole: what is missing would be zero'
out_is '' '... and nothing comes out'

# Orders of X12: written, read, written again.
edi2canon "$samples"/x12/850-*.edi > orders 2> /dev/null
for map in erp-orders-csv erp-orders-fixed; do
    canon2erp -m "$map" orders > first
    run erp2canon --unmapped=error -m "$map" first
    status_is 0 "$map: the orders of all X12 samples are read"
    is "$(wc -l < out)" "$(wc -l < orders)" '... each'
    mv out read
    canon2erp -m "$map" read > second
    cmp -s first second; ok $? '... and written again byte for byte'
done

# Records made up: every decimal and text that a column takes comes back.
awk 'BEGIN {
    srand(7)
    many = split("a|b|,|;|x| |0|.|-|\\\"|\303\251|\342\202\254|/", part, "|")
    for (i = 1; i <= 400; i++) {
        text = ""
        for (k = int(rand() * 12) + 1; k > 0; k--)
            text = text part[1 + int(rand() * many)]
        gsub(/^ +| +$/, "", text)
        if (text == "")
            text = "x"
        printf "{\"canon\":1,\"kind\":\"order\",\"id\":\"%032d\",\"partner\":\"acme\",\"direction\":\"out\",", i
        printf "\"order_number\":\"N%d\",\"order_date\":\"20%02d-%02d-%02d\",", i, rand() * 50, 1 + rand() * 12,
            1 + rand() * 28
        printf "\"lines\":["
        n = int(rand() * 4) + 1
        for (l = 1; l <= n; l++) {
            printf "%s{\"line_number\":\"%d\",\"quantity\":\"%d.%03d\",\"uom\":\"EA\",", (l > 1 ? "," : ""), l,
                rand() * 1e6, rand() * 1000
            printf "\"unit_price\":\"%d.%04d\",\"description\":\"%s\"}", rand() * 1e5, rand() * 10000, text
        }
        printf "],\"line_count\":%d}\n", n
    }
}' > made
is "$(wc -l < made)" 400 'records are made up'
for map in erp-orders-csv erp-orders-fixed; do
    run canon2erp -m "$map" made
    status_is 0 "$map: 400 records made up are written"
    mv out file
    erp2canon --unmapped=error -m "$map" file > back 2> err
    sed -E 's/.*"direction":"out",//; s/,"line_count":[0-9]+//' made > want
    sed -E 's/.*"map":"[^"]*"\},//; s/,"line_count":[0-9]+//; s/,"total_quantity":"[^"]*"//' back > got
    cmp -s want got; ok $? '... and come back' || diff want got | head -4 >&2
done

done_testing
