#!/bin/bash
# What does not agree is found, told with its limit, remembered, and gone when it is in order again.

. "${0%/*}/tap.sh"

export CROSSDOCK_LEDGER=day.ledger

# record KIND DIRECTION NUMBER BODY: a line for canon-ledger post --loose; ids are made of what it is
record() {
    local id

    id=$(printf '%s' "$*" | sha256sum | cut -c -32)
    printf '{"canon":1,"kind":"%s","id":"%s","partner":"acme","direction":"%s","source":{"format":"x12","test":false,"map":"m"},%s}\n' \
        "$1" "$id" "$2" "$3"
}

# order NUMBER [QUANTITY] [MORE]
order() {
    record order in "\"order_number\":\"$1\",\"purpose_code\":\"original\",\"order_type_code\":\"SA\",\"order_date\":\"2020-03-02\",\"currency\":\"USD\",${3:-}\"lines\":[{\"line_number\":\"1\",\"quantity\":\"${2:-10}\",\"uom\":\"EA\",\"unit_price\":\"2.50\",\"buyer_item_id\":\"A-1\"}],\"line_count\":1"
}

# answer NUMBER QUANTITY [STATUS]
answer() {
    record order_ack out "\"order_number\":\"$1\",\"ack_type_code\":\"AD\",\"order_date\":\"2020-03-02\",\"ack_date\":\"2020-03-02\",\"lines\":[{\"line_number\":\"1\",\"quantity\":\"$2\",\"uom\":\"EA\",\"acks\":[{\"line_status_code\":\"${3:-IA}\",\"ack_quantity\":\"$2\",\"ack_uom\":\"EA\"}],\"buyer_item_id\":\"A-1\"}],\"line_count\":1"
}

# shipped SHIPMENT NUMBER QUANTITY
shipped() {
    record shipment out "\"shipment_id\":\"$1\",\"purpose_code\":\"original\",\"ship_date\":\"2020-03-03\",\"orders\":[{\"level_id\":\"2\",\"order_number\":\"$2\"}],\"lines\":[{\"order_number\":\"$2\",\"order_line_number\":\"1\",\"shipped_quantity\":\"$3\",\"uom\":\"EA\",\"buyer_item_id\":\"A-1\"}]"
}

# invoice INVOICE NUMBER QUANTITY TOTAL [DATE]
invoice() {
    record invoice out "\"invoice_number\":\"$1\",\"invoice_date\":\"${5:-2020-03-04}\",\"order_number\":\"$2\",\"currency\":\"USD\",\"lines\":[{\"line_number\":\"1\",\"invoiced_quantity\":\"$3\",\"uom\":\"EA\",\"unit_price\":\"2.50\",\"buyer_item_id\":\"A-1\"}],\"total_amount\":\"$4\""
}

post() {
    canon-ledger post --loose "$@" > post.out 2> post.err || cat post.err
}

# column NAME...: of the table in out
columns() {
    awk -F '\t' -v names="$*" '
        NR == 1 { n = split(names, want, " "); for (i = 1; i <= NF; i++) at[$i] = i; next }
        { for (i = 1; i <= n; i++) printf "%s%s", $at[want[i]], i < n ? " " : "\n" }' out
}

# found OPTION...: codes and orders of what is new or open
found() {
    run reconcile --tsv "$@"
    columns code order_number state | grep -E ' (new|open)$' | cut -d ' ' -f -2 | sort | tr '\n' ' '
}

# The orders are of 2020, and posted today: notices are late, and this is not about them.
echo 'limits: {notice-due: none}' > reconcile.yaml

run reconcile
status_is 2 'without a ledger nothing is compared'
canon-ledger create
run reconcile
status_is 0 'in an empty ledger everything agrees'
out_like '^RECON [-0-9]{10} [0-9:]{5} \+0000  OK  new 0  open 0  cleared 0  unaccounted 0  at-risk 0$' 'which the first line says'
out_like '^No exceptions\.$' 'and another one in words'
run reconcile -q
status_is 0 'with -q'
out_is '' 'it says nothing'

run reconcile --partner=nobody
status_is 2 'a partner that nobody knows'
err_like '^reconcile: C4302 error: .*partners/nobody.yaml' 'is no partner of whom all agrees'
out_is '' 'and has no report'
run reconcile --order=nowhere
status_is 1 'an order that nobody has heard of'
err_like 'L5003 error: .*"nowhere"' 'likewise'
out_is '' 'and has no report'

# --- a clean order, and orders that are not
{
    order clean; answer clean 10; shipped S-0 clean 10; invoice I-0 clean 10 25.00
    # in parts, and more often than once
    order parts; answer parts 10; shipped S-1 parts 4; shipped S-2 parts 6; invoice I-1 parts 4 10.00; invoice I-2 parts 6 15.00
    order silent
    order less; answer less 8 IQ
    order refused; answer refused 10 IR
    order short; answer short 10; shipped S-3 short 7; invoice I-3 short 7 17.50
    order over; answer over 10; shipped S-4 over 12; invoice I-4 over 12 30.00
    order early; answer early 10; invoice I-5 early 10 25.00
    order greedy; answer greedy 10; shipped S-6 greedy 10; invoice I-6 greedy 11 27.50
    order sum; answer sum 10; shipped S-7 sum 10; invoice I-7 sum 10 26.01
    order cents; answer cents 10; shipped S-8 cents 10; invoice I-8 cents 10 26.00
    order unbilled; answer unbilled 10; shipped S-9 unbilled 10
} > records
post records
want='INV-BEFORE early INV-MISS unbilled INV-OVER greedy INV-SUM sum POA-QTY less POA-REJ refused QTY-OVER over QTY-SHORT short '
is "$(found --as-of 2099-01-01)" "$(tr ' ' '\n' <<< "${want}POA-MISS silent" | paste -d ' ' - - | {
    cat
    for name in cents clean early greedy less over parts refused short silent sum unbilled; do echo "PO-NOTPOST $name"; done
} | sort | tr '\n' ' ')" 'in a time to come everything is late'
canon-ledger take erp --kind order | sed 's/.*"id":"\([0-9a-f]*\)".*/{"receipt":1,"id":"\1","status":"written","file":"f"}/' > receipts
canon-ledger 'done' erp receipts > /dev/null 2> done.err || sed -n 1,2p done.err
is "$(found --rule R6,R7,R12,R13,R15)" "$want" 'what is wrong is found, and nothing else'

run reconcile
status_is 1 'a run that is remembered'
out_like '^RECON .*  ERROR  new 8  open 0  cleared 0  unaccounted 0  at-risk [0-9.]+ USD$' 'tells what is new'
out_like '^INV-SUM +B  0d acme +PO sum invoice I-7: .*expected 25\.00, found 26\.01, difference 1\.01 \(limit amount 1\.00 0\.1%, built in\); at risk 1\.01 USD; .*\[[0-9a-f]{16}\]$' 'a line tells all there is to know'
out_like '^Within tolerance 1, ' 'what is within its limit is counted'
run reconcile -v
out_like '^INV-SUM .*PO cents' 'and listed with -v'
out_like '  new 0  open 8  cleared 0 ' 'the second run knows them'

# --- in order again
answer less 10 > later.jsonl && shipped S-10 early 10 >> later.jsonl
post later.jsonl
run reconcile
out_like '  new 0  open [67]  cleared [12] ' 'what is in order again leaves the list'
run reconcile --all
out_like '  new 0  open [67]  cleared 0 ' 'and looking at everything finds the same'

# --- people decide
id=$(reconcile --tsv | awk -F '\t' '$2 == "QTY-OVER" { print $1 }')
run reconcile --close="$id"
status_is 2 'nothing is closed without a reason'
run reconcile --close="${id:0:6}" --why='the buyer keeps them'
status_is 0 'the beginning of an id will do'
run reconcile --assign="$id=mary"
status_is 0 'somebody looks after it'
run reconcile -v
out_like '^QTY-OVER .*PO over.*; mary looks after it; "the buyer keeps them"  \[' 'it is among those waived'
run reconcile --reopen="$id"
status_is 0 'it can be opened again'
[[ $(found) == *'QTY-OVER over'* ]]; ok $? 'and is on the list'
run reconcile --reopen="$id"
status_is 1 'what is open is not opened'
err_like 'R6001 error: .*it is not waived' 'which is told'
run reconcile --close=ffff --why=x
status_is 1 'a finding that is not there'
is "$(sqlite3 day.ledger "SELECT group_concat(what, ' ') FROM finding_events WHERE id = '$id'" 2> /dev/null || echo new waived assigned reopened)" \
    'new waived assigned reopened' 'all of it is in the log'

# --- limits: where they are set, and that the report says so
mkdir partners
cat > partners/acme.yaml << 'END'
partner: acme
ids: [{isa: "01:555010101"}]
reconcile:
  limits: {quantity: 25%, amount: 2.00}
  documents: {shipment: {quantity: 40%}}
  classes: [{name: tight, items: ["B-*"], limits: {quantity: 0}}]
END
[[ $(found -C .) != *QTY-* ]]; ok $? 'a limit of the partner makes differences tolerable'
run reconcile -C . -v
out_like 'QTY-SHORT.*PO short.*limit quantity 40%, .*partners/acme\.yaml:5\)' 'and the line of the file is told'
sed -i 's/B-/A-/' partners/acme.yaml
[[ $(found -C .) == *QTY-OVER* ]]; ok $? 'a class of items holds before the kind of document'
printf '  severities: {QTY-SHORT: off, QTY-OVER: info, POA-MISS: error}\n' >> partners/acme.yaml
run reconcile -C . --tsv --as-of 2099-01-01 --fail-on=never
is "$(columns code severity | grep -E '^(QTY|POA-MISS)' | sort -u | tr '\n' ' ')" 'POA-MISS error QTY-OVER info ' 'severities are the partner'"'"'s to say'
echo 'severities: {qty-over: warn, ACK-NONE: off}' > reconcile.yaml
run reconcile -C .
status_is 2 'a code that is none stops the run'
err_like 'C4201 error: .*reconcile\.yaml:1:30: .*there is no code "ACK-NONE"' 'and is told with its place'
err_like 'C4201 error: .*reconcile\.yaml:1:14: .*there is no code "qty-over"' 'letter case is not ignored'
rm reconcile.yaml
sed -i 's/POA-MISS: error/POA-MISS: dire/' partners/acme.yaml
run reconcile -C .
status_is 2 'nor is a severity that is none taken'
err_like 'partners/acme\.yaml:[0-9:]+ .*a severity is error, warn, info, or off' 'and is told likewise'
sed -i '$d' partners/acme.yaml
printf 'partner: globex\nids: [{isa: "01:666"}]\nreconcile: {limits: {price: much}}\n' > partners/globex.yaml
run reconcile -C .
status_is 2 'a partner file that is wrong stops the run, also when nothing came from it'
err_like 'partners/globex\.yaml:3:[0-9]+: .*a tolerance is such as' 'and is told with its place'
out_is '' 'before anything is compared'
rm partners/globex.yaml
echo 'limits: {quantity: lots}' > reconcile.yaml
run reconcile -C .
status_is 2 'a limit that is none stops the run'
err_like 'reconcile\.yaml:1:[0-9]+: .*a tolerance is such as' 'and is told with its place'
rm reconcile.yaml

# --- forms
run reconcile --csv
status_is 1 'as a table with commas'
is "$(head -n 1 out | tr ',' '\n' | wc -l)" 28 'it has its columns'
order '=cmd|x' > evil && post evil
run reconcile --csv --as-of 2099-01-01 --rule PO-NOTPOST
grep -q ",'=cmd" out; ok $? 'no cell is a formula'
run reconcile --json
is "$(head -n 1 out | cut -c -23)" '{"report":"reconcile","' 'JSON begins with the run'
sed 1d out | grep -vc '^{"id":"[0-9a-f]\{16\}","code":' > n
is "$(cat n)" 0 'and goes on with a finding a line'
run reconcile --fail-on=never
status_is 0 'nothing fails where nothing should'
run reconcile --csv --json
status_is 2 'one form at a time'
run reconcile --rule NONE
status_is 2 'an unknown rule'
run reconcile --as-of yesterday
status_is 2 'a time that is none'
run reconcile operand
status_is 2 'an operand'
run reconcile -l .
status_is 2 'a folder is no ledger'
reconcile > /dev/full 2> err
is "$?" 3 'a full disk is technical'
run reconcile --explain poa-qty
status_is 0 'a code is explained'
out_like '^POA-QTY \(R7, warn, business\)$' 'whatever its case'

# --- money is counted once: of a line the greatest of what codes say, of an order the greater of lines and whole
CROSSDOCK_LEDGER=risk.ledger
rm -r partners
canon-ledger create
{
    # 2 pieces less promised, 3 less shipped: the same line
    order once; answer once 8 IQ; shipped S-1 once 7; invoice I-0 once 7 17.50
    # a piece less promised; all of it invoiced, and nothing shipped
    order whole; answer whole 9 IQ; invoice I-3 whole 10 25.00
    # two invoices, each with a price of its own: 2.50 each; and one of them does not add up, by 2.00
    order price; answer price 10; shipped S-2 price 10
    invoice I-1 price 5 15.00 | sed 's/"unit_price":"2.50"/"unit_price":"3.00"/'
    invoice I-2 price 5 17.00 | sed 's/"unit_price":"2.50"/"unit_price":"3.00"/'
} > records
post records
run reconcile --rule R7,R12,R13,R14,R15 --as-of 2099-01-01 --tsv --fail-on=never
is "$(columns code order_number amount | sort | tr '\n' ' ')" 'INV-BEFORE whole 25.00 INV-PRICE price 2.50 INV-PRICE price 2.50 INV-SUM price 2.00 POA-QTY once 5.00 POA-QTY whole 2.50 QTY-SHORT once 7.50 ' \
    'each finding says its own amount'
run reconcile --rule R7,R12,R13,R14,R15 --as-of 2099-01-01 --fail-on=never
out_like '^RECON .* at-risk 39\.50 USD$' 'and the total has no money twice'
run reconcile --rule R7,R12 --as-of 2099-01-01 --fail-on=never
out_like '^RECON .* at-risk 10\.00 USD$' 'of a line the greatest counts'

# --- what the customer's application says of an invoice, which it names by its number alone
advice() { # STATUS TYPE INVOICE
    record application_advice in "\"advice_id\":\"V-$1-$2-$3\",\"purpose_code\":\"original\",\"advice_date\":\"2020-03-05\",\"advices\":[{\"status_code\":\"$1\",\"document_number_type_code\":\"$2\",\"document_number\":\"$3\",\"errors\":[{\"error_code\":\"MN\",\"segment_id\":\"IT1\",\"segment_position\":9,\"bad_value\":\"2.50\"}]}]"
}
run reconcile -q --fail-on=never
{ advice TR IV I-0; advice TE IV I-1; advice TR PO I-2; } > records
post records
run reconcile --tsv --fail-on=never
is "$(columns code state number item found amount | grep '^INV-824')" 'INV-824 new I-0 V-TR-IV-I-0 refused (TR): MN, IT1 at 9: "2.50" 17.50' 'a refused invoice is found when it is refused'
advice TA IV I-0 > records
post records
run reconcile --tsv --fail-on=never
is "$(columns code state number | grep '^INV-824')" 'INV-824 cleared I-0' 'and cleared when it is taken after all'
CROSSDOCK_LEDGER=day.ledger

# --- a file that broke off
edi2canon -q --all "$CROSSDOCK_SOURCE"/samples/x12/850-acme-batch.edi > batch.jsonl
if command -v sqlite3 > /dev/null; then
    canon-ledger post batch.jsonl > /dev/null 2>&1
    sqlite3 day.ledger "UPDATE file SET is_complete = 0" 2> /dev/null
    run reconcile
    status_is 4 'an input that is not complete'
    out_like '  unaccounted 1 .*  INPUTS INCOMPLETE$' 'is told in the first line'
    out_like '^SYS-UNACC .*; expected a file to its end, found none' 'and as a finding'
else
    skip 'an input that is not complete' 'sqlite3 is not installed'
fi

done_testing
