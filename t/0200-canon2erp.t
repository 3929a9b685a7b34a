#!/bin/bash
# canon2erp writes what its maps say, digit by digit, and refuses what does not fit.

. "${0%/*}/tap.sh"

data=$CROSSDOCK_SOURCE/t/0200-canon2erp
orders=$data/orders.jsonl

# --- the maps that come with it
for map in erp-orders-csv:csv erp-orders-fixed:txt erp-orders-xml:xml netsuite-orders:netsuite.csv; do
    run canon2erp -m "${map%:*}" "$orders"
    status_is 0 "${map%:*} writes the orders"
    quiet 'in silence'
    same out "$data/orders.${map#*:}" 'as it did before'
done

run canon2erp -m erp-orders-xml "$orders"
if command -v xmllint > /dev/null; then
    xmllint --noout --schema "$CROSSDOCK_SOURCE/maps/erp-orders.xsd" out 2> xmllint.err
    ok $? 'the XML is valid by its schema' || diag_file xmllint.err
else
    skip 'the XML is valid by its schema' 'xmllint is not installed'
fi

run canon2erp -m erp-orders-csv - < "$orders"
same out "$data/orders.csv" 'standard input gives the same'

# --- digits
run canon2erp -m erp-orders-csv "$orders"
out_like ',10\.500,MTR,1234567\.8901,' 'quantity and price keep their digits'
run canon2erp -m erp-orders-fixed "$orders"
out_like '^D.*000000000010500MTR *1234567\.8901 ' 'in fixed columns too, by their scale'
out_like '^T.{22}000002000000000000010625' 'sums are exact'
while IFS= read -r line; do
    LC_ALL=C.UTF-8
    echo "${line:0:1}$((${#line} - 1))"
done < out | sort -u > widths
is "$(tr '\n' ' ' < widths)" 'D285 H403 T47 ' 'each record has its width, in characters'

# --- several kinds in a stream
ack='{"canon":1,"kind":"order_ack","id":"3f0c8e5b9a7d4f21b6c0d9e8f7a65b0f","order_number":"1"}'
{ cat "$orders"; echo "$ack"; echo; } > mixed
run canon2erp -v -m erp-orders-csv mixed
status_is 0 'a record of another kind is passed over'
same out "$data/orders.csv" 'and the others are written'
err_like 'read 4 = written 3 \+ refused 0 \+ ignored 1$' 'which -v counts'
run canon2erp --strict -m erp-orders-csv mixed
status_is 1 '--strict refuses it'
err_like 'M3504 error' 'and says so'

# --- what does not fit
order() {
    printf '{"canon":1,"kind":"order","id":"%032d","order_number":"%s","purpose_code":"%s","order_date":"2026-11-20",' \
        "$1" "$2" "${4:-original}"
    printf '"lines":[{"line_number":"1","quantity":"%s","uom":"EA"%s}]}\n' "$3" "${5:-}"
}
{
    order 1 GOOD-1 1
    order 2 12345678901234567890123 1
    order 3 X3 1.0005
    order 4 X4 1 confused
    order 5 X5 -1
    order 6 X6 1.5000 original ',"unit_price":"-0.5"'
    order 7 X7 1 original ',"description":"two\nlines"'
    order 8 GOOD-8 999999999999.999
} > misfits
run canon2erp -v -m erp-orders-fixed misfits
status_is 1 'documents that do not fit are refused'
is "$(cut -c1-9 out | tr -d ' ' | tr '\n' ' ')" 'HGOOD-1 DGOOD-1 TGOOD-1 HX6 DX6 TX6 HGOOD-8 DGOOD-8 TGOOD-8 ' 'the others are written, whole'
is "$(grep -c 'M3501 error misfits:2 ' err)" 1 'a value that stands in many records is told once, with its line'
err_like 'order_number in column order_number of H: 23 characters are too many' 'and its field, its column and its width'
err_like 'at most 22 characters' 'and what would fit'
err_like 'lines\[0\]\.quantity in column quantity of D: it has more decimals' 'so are decimals that would be lost'
err_like 'erp-orders-fixed\.yaml:[0-9]+:[0-9]+' 'and the line of the map'
err_like 'purpose_code in table purpose "confused"' 'a word without a code is refused'
err_like '"-1".*negative' 'a minus without a place'
err_like 'line end .*two\\x0alines' 'a line end in a fixed column'
err_like 'read 8 = written 3 \+ refused 5 \+ ignored 0$' 'and all is counted'
out_like '^DX6.*000000000001500EA  *-0\.5000' 'zeros beyond the decimals are no loss; a sign stands before the digits'

{
    order 1 TWO 1
    printf '{"canon":1,"kind":"order","order_number":"1","order_date":"2026-11-20","lines":[{"line_number":"1",'
    printf '"quantity":"1","uom":"EA","description":"bell \\u0007"}]}\n'
} > bell
run canon2erp -m erp-orders-xml bell
status_is 1 'a character that XML does not know is refused'
err_like 'XML does not know "bell \\x07"' 'and shown'
out_like '<order number="TWO">' 'the other order is there'
is "$(grep -c '<order ' out)" 1 'and nothing of the refused one'

# --- lines that are no records
{
    order 1 GOOD-1 1
    echo '{"canon":1,"kind":"order","order_number":"2","order_date":"2026-11-20","lines":[{"quantiti":"1"}]}'
    echo 'no JSON'
    echo '{"canon":1,"kind":"ordr"}'
    echo '{"canon":1,"kind":"order","order_number":7}'
    order 6 GOOD-6 1
} > broken
run canon2erp -v -m erp-orders-csv broken
status_is 1 'lines that are no records are refused'
is "$(cut -d, -f1 out | tr '\n' ' ')" 'order_number GOOD-1 GOOD-6 ' 'the others are written'
err_like 'J9001 error broken:2:[0-9]+' 'with line and column'
err_like 'lines\[0\]\.quantiti: no such field' 'the field'
err_like 'did you mean quantity' 'and the one that was meant'
err_like 'broken:3:1' 'text that is no JSON'
err_like 'broken:4' 'an unknown kind'
err_like 'order_number: expected a string' 'a number for a string'
err_like 'read 6 = written 2 \+ refused 4 \+ ignored 0$' 'and all is counted'

head -c 3000000 /dev/zero | tr '\0' x > long
{ order 1 GOOD-1 1; cat long; echo; order 3 GOOD-3 1; } > longline
run canon2erp --max-record 1 -m erp-orders-csv longline
status_is 1 'a line without an end is refused'
err_like 'J9002 error longline:2 ' 'with its line'
err_like '3000000 bytes' 'and its length'
out_like '^GOOD-3,' 'and the next one is read'

# --- what no line of the map writes
run canon2erp -v -m netsuite-orders "$orders"
err_like 'M3505 info.*references' '-v names fields that are not written'
run canon2erp --unmapped=warn -m netsuite-orders "$orders"
status_is 0 'a warning is no refusal'
err_like 'M3505 warn: .*references' '--unmapped=warn warns of them'
run canon2erp --unmapped=error -m netsuite-orders "$orders"
status_is 1 '--unmapped=error refuses the documents'
out_is '' 'all of them here'
err_like 'M3505 error .*orders.jsonl:1 ' 'with their place'

run canon2erp -m erp-orders-csv /dev/null
status_is 0 'nothing to do is no error'
out_is '' 'and no file: not even a header'

done_testing
