#!/bin/bash
# The life of an order is told from any of its numbers, all of it, and nothing of another's.

. "${0%/*}/tap.sh"

expected=$CROSSDOCK_SOURCE/t/0720-order-trace
samples=$CROSSDOCK_SOURCE/samples
export CROSSDOCK_LEDGER=day.ledger

# steady FILE: without the times of posting, which differ by the run
steady() {
    sed -E 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' "$1"
}

# traced NAME ARGUMENT...: is as it is expected
traced() {
    local name=$1

    shift
    run order-trace "$@"
    status_is 0 "$name is traced"
    quiet 'in silence'
    steady out > steady.out
    same steady.out "$expected/$name" 'and told as expected'
    awk 'length($0) > 80 { print FILENAME ":" FNR ": " $0 }' out > wide
}

run order-trace 4500018802
status_is 2 'without a ledger nothing is done'
canon-ledger create
cp "$samples"/x12/850-acme-typical.edi "$samples"/x12/{940,945,943,944}-polar.edi "$samples"/x12/214-ntrx.edi \
    "$samples"/x12/{855,856,810}-tundra*.edi "$samples"/x12/865-tundra-plain.edi .
rm ./*-full.edi
edi2canon -q --all ./*.edi > records.jsonl
canon-ledger post records.jsonl
canon-ledger post --loose "$samples/canon/to-acme.jsonl"

# --- a sale that a warehouse ships, and a purchase
traced sale.txt 4500018802
none wide 'within 80 columns'
traced purchase.txt TM-5001
traced consolidated.txt TM-5011 TM-5010
none wide 'within 80 columns'
for key in D-61001 SH-4410 BOL-4410 PRO9912 CD-90311 90012311 00095200000000000196 "$(canon-ledger find PRO9912 | head -n 1 | cut -f 1)"; do
    run order-trace "$key"
    steady out > steady.out
    cmp -s steady.out "$expected/sale.txt" || echo "$key: status $status, and not the trace of 4500018802"
done > wrong
none wrong 'it is found by every number of it'
run order-trace PRO9912 D-61001 4500018802
is "$(grep -c ^Order out)" 1 'keys of one order tell it once'
traced sale.json --json 4500018802

# --- several orders, and none
run order-trace SH-88140
status_is 1 'a shipment of two orders is no order'
out_is '' 'nothing is told'
err_like 'L5401 error: day.ledger: .*TM-5010 of tundra, TM-5011 of tundra "SH-88140"' 'but which they are'
run order-trace nothing TM-5010
status_is 1 'a key that nobody knows'
err_like 'L5003 error: day.ledger: .*looked among the numbers of orders.*"nothing"' 'and where it was looked for'
out_like '^Order TM-5010 to tundra' 'the others are traced'
run order-trace -p acme TM-5010
status_is 1 'nor has this partner one'
err_like 'L5003 .*of acme' 'which is said'
printf '%s\n' '{"canon":1,"kind":"invoice","id":"0123456789abcdef0123456789abcdef","partner":"acme","direction":"out","invoice_number":"LOST-1"}' |
    canon-ledger post --loose
run order-trace LOST-1
status_is 1 'a document that belongs to no order'
err_like 'L5402 error: .*1 document ' 'is told from one that is not there'

# --- two customers, one number
sed 's/"partner":"acme"/"partner":"zenith"/; s/"id":"...."/"id":"0000"/; s/"id":"..../"id":"0000/' "$samples/canon/to-acme.jsonl" |
    canon-ledger post --loose
run order-trace 4500018802
status_is 1 'a number of two customers is asked for again'
err_like '4500018802 of acme, 4500018802 of zenith' 'with both'
run order-trace -p zenith 4500018802
status_is 0 'and with the partner it is one'
out_like '^Order 4500018802 of zenith' 'that of it'
run order-trace -p acme --json 4500018802
is "$(grep -o '"partner":"[a-z]*"' out | sort -u | tr '\n' ' ')" \
    '"partner":"acme" "partner":"northern" "partner":"polar" ' 'the other is not mixed into it'

# --- the page
run order-trace --html page.html -p acme 4500018802
status_is 0 'a page is written'
out_is '' 'and nothing printed'
run order-trace --html=- -p acme 4500018802
status_is 0 'or printed'
same out page.html 'the same'
steady page.html > steady.html
same steady.html "$expected/sale.html" 'and as expected'
if command -v xmllint > /dev/null; then
    sed -n '/<svg/,/<\/svg>/p' page.html > timeline.svg
    holds 'its timeline is SVG' xmllint --noout timeline.svg
else
    skip 'its timeline is SVG' 'xmllint is not installed'
fi
grep -nE '<script|<link|<img|url\(|src=|href=|@import' page.html > fetched
none fetched 'it fetches nothing and runs nothing'
run order-trace --html none.html nothing
[ ! -e none.html ]; ok $? 'there is no page of nothing'
run order-trace --html no/such/folder/x.html -p acme 4500018802
status_is 3 'a page that cannot be written is technical'
err_like 'T7002 error: no/such/folder/x.html' 'which is said'
run order-trace --json --html=- -p acme 4500018802
status_is 2 'two outputs at one place are refused'

# --- what is foreign stays text
printf '%s\n' '{"canon":1,"kind":"order","id":"00000000000000000000000000000bad","partner":"acme","direction":"in","order_number":"<script>alert(1)</script>","order_date":"2026-01-01","lines":[{"line_number":"\"><b>","quantity":"1","uom":"EA","buyer_item_id":"\u001b[31mred\u202e","description":"a & b <i>"}]}' |
    canon-ledger post --loose
run order-trace --html bad.html '<script>alert(1)</script>'
status_is 0 'markup in a number'
grep -nE '<script|<b>[^<]|<i>' bad.html | grep -v 'class="numbers"' > live
none live 'is escaped'
LC_ALL=C grep -n "$(printf '\033')" bad.html > live
none live 'and so are control characters'
run order-trace '<script>alert(1)</script>'
LC_ALL=C grep -n "$(printf '[\033\342]')" out > live
none live 'in text, too'

# --- how it ends
order-trace -p acme 4500018802 > /dev/full 2> err
status=$?
status_is 3 'a full disk is technical'
run order-trace
status_is 2 'no key'
run order-trace ''
status_is 2 'an empty key'
run order-trace -l records.jsonl x
status_is 3 'a file that is no ledger'
run order-trace -l . x
status_is 2 'a folder'
sqlite3 day.ledger 'SELECT 1' > /dev/null 2>&1 && {
    before=$(sqlite3 day.ledger .dump | cksum)
    order-trace -p acme 4500018802 > /dev/null
    is "$(sqlite3 day.ledger .dump | cksum)" "$before" 'and nothing is written into the ledger'
}

# --- a ledger of the first version, which had no document_timeline
if sqlite3 old.ledger < "$CROSSDOCK_SOURCE/t/ledger-versions/1.sql" 2> /dev/null; then
    run order-trace -l old.ledger -p acme 4500018801
    status_is 2 'an older ledger is left alone'
    err_like 'L5001 .*migrate' 'and it is said how it is brought up to date'
    run canon-ledger -l old.ledger migrate
    status_is 0 'then it is'
    run order-trace -l old.ledger -p acme 4500018801
    status_is 0 'and traced'
fi

done_testing
