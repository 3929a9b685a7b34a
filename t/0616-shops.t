#!/bin/bash
# Shops and carriers that speak JSON: their samples become the records in t/0616-shops, and what must not become work
# is refused. What Tryton imports.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/json
expected=$CROSSDOCK_SOURCE/t/0616-shops

bodies() {
    sed -E 's/^\{"canon":1,"kind":"([a-z_]*)".*"test":false,"map":"[^"]*"\},/\1 {/' "$1"
}

# is_read PARTNER MAP FILE
is_read() {
    run erp2canon -p "$1" --unmapped=error -m "$2" "$samples/$3"
    status_is 0 "$2: $3 is read" || diag_file err
    sed -E 's/"map":"([^@"]*)@[^"]*"/"map":"\1"/' out > got
    same got "$expected/$2.jsonl" '... as these records'
}

is_read shop shopify-orders shopify-orders.json
mv out orders
run canon2erp --unmapped=error -m shopify-orders orders
status_is 0 'the orders can be written'
mv out again.json
erp2canon -p shop -m shopify-orders again.json > reread
bodies orders > want
bodies reread > got
same got want '... and read again as they were'
sed -n '2,/^ {"id":5551234567891/p' "$samples/shopify-orders.json" | sed '$d' | sed '$s/,$//' > one.json
run erp2canon -p shop -m shopify-order one.json
status_is 0 'the body of a webhook is one of them'
bodies out > got
is "$(cat got)" "$(head -1 want)" '... the same'
sed 's/"test":false,"cancelled_at":null/"test":true,"cancelled_at":null/' "$samples/shopify-orders.json" > test.json
run erp2canon -p shop -m shopify-orders test.json
status_is 1 'an order that is a test is refused'
err_like 'M3616 error: test.json:19:2: ' '... where'
is "$(wc -l < out)" 1 '... the other one goes on'
sed 's/"cancelled_at":null,"closed/"cancelled_at":"2026-11-20T10:00:00-05:00","closed/' "$samples/shopify-orders.json" > cancelled.json
run erp2canon -p shop -m shopify-orders cancelled.json
status_is 1 'so is one that was cancelled'
sed 's/"refunds":\[\]/"refunds":[{"id":1}]/' "$samples/shopify-orders.json" > refund.json
run erp2canon -p shop -m shopify-orders refund.json
err_like 'M3008 warn: .*order/refunds, 1 time' 'a refund is named'

# What an order was charged: 24 x 12.50 + 10 x 3.75, less 3.00, shipping, taxes; each on the level it comes from, never
# in the price.
jq_there=$(command -v jq)
sed 's/"discount_allocations":\[\]/"discount_allocations":[{"amount":"1.25","discount_application_index":0}]/; s/"price":"0.00","rate"/"price":"19.23","rate"/' \
    "$samples/shopify-orders.json" > charged.json
run erp2canon -p shop -m shopify-orders charged.json
if [ -n "$jq_there" ]; then
    is "$(head -1 out | jq -c '[.adjustments[] | [.indicator, .code, .amount, .text]]')" '[["charge","D240","10.00","Ground"]]' \
        'shipping is a charge of the order'
    is "$(head -1 out | jq -c '[.taxes[] | [.type_code, .amount, .jurisdiction]]')" '[["ST","19.23","OH State Tax"]]' 'a tax is one'
    is "$(head -1 out | jq -c '[.lines[].adjustments[]? | [.indicator, .code, .amount]]')" \
        '[["allowance","C310","3.00"],["allowance","C310","1.25"]]' 'discounts are those of their lines'
    is "$(head -1 out | jq -c '[.lines[] | [.unit_price, .quantity]]')" '[["12.50","24"],["3.75","10"]]' '... and the price is as it was'
    is "$(head -1 out | jq -c '[.lines[].notes[]? | [.type_code, .text]]')" '[["engraving","Zoë"]]' 'properties are notes of the line'
    is "$(head -1 out | jq -r .total_amount)" 344.50 'the total is what the shop says'
fi
sed 's/"fulfillments":\[\]/"fulfillments":[{"id":1,"tracking_number":"1Z"}]/' "$samples/shopify-orders.json" > shipped.json
run erp2canon -p shop -m shopify-orders shipped.json
err_like 'M3008 warn: .*order/fulfillments, 1 time' 'so is what was shipped already'

is_read easypost easypost-trackers easypost-delivered.json
out_like '"milestone":"delivered".*"status_code":"pre_transit".*"events":\[\{"status_code":"in_transit"' 'the milestone is the parcel'\''s, events are as they came'
sed 's/"status":"delivered",$/"status":"teleported",/' "$samples/easypost-delivered.json" > other.json
run erp2canon -m easypost-trackers other.json
status_is 1 'a status that nobody knows is refused'
err_like 'tracker/status "teleported"|tracker/status: .*"teleported"' '... by its name'
# Every status that EasyPost has, by what the project was given to know of it, or by the table itself.
facts=$CROSSDOCK_SOURCE/../shared/facts/formats/status-map.tsv
table=$CROSSDOCK_SOURCE/maps/tables/easypost-milestone.tsv
if [ -e "$facts" ]; then
    awk -F'\t' '$1 == "easypost" { print $2 "\t" $4 }' "$facts" | sort > statuses
    grep -v '^#' "$table" | sort > got
    same got statuses 'the table of milestones has every status, and no other'
else
    grep -v '^#' "$table" | sort > statuses
    skip 'the table of milestones has every status, and no other' 'no ../shared'
fi
for word in $(tr '\t' : < statuses); do
    sed "s/\"status\":\"delivered\",$/\"status\":\"${word%:*}\",/" "$samples/easypost-delivered.json" > other.json
    run erp2canon -m easypost-trackers other.json
    out_like "\"milestone\":\"${word#*:}\"" "${word%:*} is ${word#*:}"
done

# A carrier is a partner: edi2canon reads its files, too.
run edi2canon -p easypost -m easypost-trackers "$samples/easypost-delivered.json"
status_is 0 'edi2canon reads JSON'
out_like '"direction":"in".*"milestone":"delivered"' '... as what came in'
run edi2canon -m erp-orders-xml "$samples/easypost-delivered.json"
status_is 1 '... which is no XML'
err_like 'M3621 error: .*easypost-delivered.json:1:1: ' '... as it says'

# What Tryton imports: the sale on the first row of each.
erp2canon -m erp-orders-csv "$CROSSDOCK_SOURCE/samples/erp/orders.csv" | sed 's/"uom":"[A-Z]*"/"uom":"EA"/g' > orders
run canon2erp -m tryton-orders orders
status_is 0 'sales for Tryton are written'
same out "$expected/tryton-orders.csv" '... as its importer wants them'
sed 's/"uom":"EA"/"uom":"CS"/' orders > cartons
run canon2erp -m tryton-orders cartons
status_is 1 'cartons are refused: Tryton would take them for pieces'

done_testing
