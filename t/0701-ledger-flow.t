#!/bin/bash
# Out of the ledger to consumers: each document to each of them once, whatever breaks, and what is refused waits.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/x12
export CROSSDOCK_LEDGER=day.ledger

# flow COMMAND: in bash, in a process group of its own, as a crontab or a terminal would start it
flow() {
    run setsid -w bash -c "set -o pipefail; $1"
}

ids() {
    sed -n 's/.*"id":"\([0-9a-f]\{32\}\)","partner".*/\1/p' "$1" | LC_ALL=C sort
}

fresh() {
    rm -rf day.ledger day.ledger-* outbox
    mkdir outbox
    canon-ledger create
    canon-ledger post all.jsonl
}

edi2canon -q --all "$samples"/850-acme-{batch,plain,typical,wrapped}.edi "$samples"/850-zenith-plain.edi > all.jsonl
fresh
grep '"kind":"order"' all.jsonl > orders
n=$(wc -l < orders)
[ "$n" -gt 5 ]; ok $? "there are some orders ($n)"

# --- the pipeline of the day
pipe='canon-ledger take erp --kind order | canon2erp -m erp-orders-csv -o outbox | canon-ledger done erp'
flow "$pipe"
status_is 0 'take, translate, done'
quiet 'in silence'
is "$(find outbox -name '*.csv' | wc -l)" "$n" 'gives a file for each order'
flow "$pipe"
status_is 0 'once more'
run canon-ledger take erp --kind order
out_is '' 'nothing is offered twice'
is "$(sqlite3 day.ledger "SELECT count(*), sum(times) FROM deliveries WHERE consumer = 'erp' AND state = 'done'")" \
    "$n|$n" 'each was offered once'
is "$(sqlite3 day.ledger "SELECT count(*) FROM deliveries WHERE file NOT LIKE 'outbox/order-%.csv' OR length(sha256) <> 64")" \
    0 'and the ledger knows what was made of it'
sqlite3 day.ledger 'SELECT file FROM deliveries' | while read -r file; do [ -s "$file" ] || echo "no $file"; done > wrong
none wrong 'which is there'

# --- consumers are apart, and partners get what goes out to them
run canon-ledger take warehouse --kind order
ids out > got; ids orders > want
same got want 'another consumer has its own place'
run canon-ledger take acme
grep -c . out > got
is "$(grep -c '"direction":"out"' out)" "$(cat got)" 'a partner gets what goes out'
is "$(grep -c '"partner":"acme"' out)" "$(cat got)" 'to it'
[ "$(cat got)" -gt 0 ]; ok $? 'and there is some'
run canon-ledger take zenith --kind functional_ack
is "$(grep -c '"partner":"zenith"' out)/$(grep -c . out)" 1/1 'each partner its own'
run canon-ledger take erp --direction out
status_is 2 'what a consumer takes is not changed by the way'
err_like 'L5203' 'which is said'
run canon-ledger take acme-orders -p acme --direction in --kind order
is "$(grep -c '"partner":"acme"' out)/$(grep -c . out)" "$((n - 1))/$((n - 1))" 'orders of one partner'
run canon-ledger take x -p nobody
status_is 2 'there is no such partner'
run canon-ledger take ../x
status_is 2 'nor a consumer of that name'
run canon-ledger take erp --kind ordr
status_is 2 'nor a kind'
err_like 'ordr' 'which is said'

# --- two pipelines at once
fresh
for i in 1 2 3 4; do
    setsid bash -c "canon-ledger take erp --kind order --limit 2 > got.$i; : > ready.$i; sleep 30" &
    group[i]=$!
done
for i in 1 2 3 4; do
    for ((wait = 0; wait < 500; wait++)); do
        [ -e ready.$i ] && break
        sleep 0.05
    done
done
cat got.[1-4] > got
is "$(ids got | uniq -d | wc -l)" 0 'pipelines side by side take different documents'
is "$(wc -l < got)" "$((n < 8 ? n : 8))" 'each its share'
run canon-ledger take erp --kind order
is "$(cat out got | wc -l)" "$n" 'and what they have is not offered while they live'
kill -- "${group[@]/#/-}" 2> kill.err
wait 2> /dev/null
flow "canon-ledger take erp --kind order > rest"
ids rest > have; ids orders > want
is "$(comm -13 have want | wc -l)" "$(wc -l < out)" 'of those that died it is, and not that of the living'

# --- a pipeline that breaks
for broken in 'head -n 2 > /dev/null' 'head -c 900 | canon2erp -m erp-orders-csv -o outbox' \
    'canon2erp -m erp-orders-csv -o outbox | head -n 1' 'false' \
    'canon2erp -m erp-orders-csv -o no/such/folder'; do
    fresh
    flow "canon-ledger take erp --kind order | $broken | canon-ledger done erp"
    flow "$pipe"
    status_is 0 "after ... | $broken | ... a rerun"
    is "$(find outbox -name '*.csv' | wc -l)" "$n" 'completes it'
    canon-ledger check > /dev/null; ok $? 'and all adds up'
    flow "canon-ledger take erp --kind order"
    out_is '' 'and nothing is left'
done
fresh
flow 'canon-ledger take erp --kind order | head -c 900 | canon2erp -m erp-orders-csv -o outbox'
status_is 3 'a record that breaks off is technical'
err_like 'T7001 error: .*ends within the record of line 1' 'which is said'
out_is '' 'and not refused'
flow 'canon-ledger take acme --again | head -c 300 | canon2edi -o outbox'
status_is 3 'by canon2edi, too'
out_is '' 'nor refused'
fresh
flow 'canon-ledger take erp --kind order > /dev/full'
status_is 3 'a full disk is technical'
flow "$pipe"
is "$(find outbox -name '*.csv' | wc -l)" "$n" 'and the next run has it all'

# --- the same process group: only when it is said
fresh
canon-ledger take erp --kind order > got
run canon-ledger take erp --kind order
out_is '' 'what was taken by this group may be at work'
run canon-ledger take erp --kind order --again
same out got '--again says that it is not'
canon-ledger take short --kind order --lease 1 > got
sleep 2.1
run canon-ledger take short --kind order
same out got 'a lease ends by itself'

# --- the limit, and the order of things
fresh
: > got
for ((i = 0; i < 100; i++)); do
    canon-ledger take erp --kind order --limit 1 > one
    [ -s one ] || break
    is "$(wc -l < one)" 1 'one at a time'
    cat one >> got
done
same got orders 'in the order they came'

# --- refused
fresh
flow 'canon-ledger take erp --kind order | canon2erp -m erp-orders-csv -o outbox > receipts'
id=$(head -n 1 receipts | sed 's/.*"id":"\([0-9a-f]*\)".*/\1/')
{
    printf '{"receipt":1,"id":"%s","kind":"order","partner":"acme","status":"refused",' "$id"
    printf '"reasons":[{"code":"M3501","text":"too \\"long\\""},{"code":"M3502","text":"x"}]}\n'
    tail -n +2 receipts
} > mixed
run canon-ledger done erp mixed
status_is 1 'a refusal is something to look at'
err_like "L5201 error: mixed:1: .*by erp: M3501: too .*long.*; M3502: x \"$id\"" 'and told, with its reasons'
is "$(sqlite3 day.ledger 'SELECT cause, id, consumer, text FROM open_exceptions')" \
    "refusal|$id|erp|M3501: too \"long\"; M3502: x" 'it is an open exception of that consumer'
flow 'canon-ledger take erp --kind order'
out_is '' 'and not offered again'
flow 'canon-ledger take other --kind order'
is "$(grep -c "$id" out)" 1 'but to others'
run canon-ledger done erp mixed
status_is 0 'the same receipts again'
is "$(sqlite3 day.ledger 'SELECT count(*) FROM open_exceptions')" 1 'change nothing'
run canon-ledger release "$id" --consumer erp --reason 'map mended'
status_is 0 'it is released'
is "$(sqlite3 day.ledger "SELECT what, consumer, text FROM events WHERE what IN ('refused', 'released')" | tail -n 1)" \
    'released|erp|map mended' 'which the log says'
flow 'canon-ledger take erp --kind order'
is "$(ids out)" "$id" 'and offered again, alone'
run canon-ledger done erp receipts
status_is 0 'and done'
is "$(sqlite3 day.ledger 'SELECT count(*) FROM open_exceptions')" 0 'nothing is open'
run canon-ledger release "$id"
status_is 1 'what is neither held nor refused is not released'
err_like 'L5204' 'which is said'

# --- held, and released when consumers were past it
fresh
flow "$pipe"
sed 's/4500018804/4500018899/' "$samples/850-acme-batch.edi" > other.edi
edi2canon -q --all other.edi > other.jsonl
canon-ledger post other.jsonl 2> err
id=$(canon-ledger find 4500018899 | cut -f 1)
flow 'canon-ledger take erp --kind order'
out_is '' 'what is held is offered to nobody'
edi2canon -q --all "$samples/850-acme-full.edi" > later.jsonl 2> err
canon-ledger post later.jsonl 2> err
flow "$pipe"
run canon-ledger release "${id:0:10}"
status_is 0 'it is released by the beginning of its id'
flow 'canon-ledger take erp --kind order'
is "$(ids out)" "$id" 'and offered to those who were past it'
run canon-ledger take new --kind order
is "$(grep -c "$id" out)" 1 'and to those who were not, once'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- an acknowledgment is sent again when its file comes again
fresh
flow 'canon-ledger take acme --kind functional_ack > acks'
sed 's/.*"id":"\([0-9a-f]*\)","partner".*/{"receipt":1,"id":"\1","status":"written","file":"x","sha256":"y","size":1}/' \
    acks | canon-ledger done acme
flow 'canon-ledger take acme'
out_is '' 'acknowledgments are sent once'
is "$(sqlite3 day.ledger "SELECT count(*) FROM acks_due WHERE partner = 'acme'")" 0 'none is owed'
cp "$samples/850-acme-plain.edi" resent.edi
edi2canon -q --all resent.edi | canon-ledger post
flow 'canon-ledger take acme'
is "$(wc -l < out)" 1 'and again for a file that was sent again'
grep -qF "$(cat out)" acks; ok $? 'the same'

# --- everybody at once: eight pipelines post the same files in other orders, and take, and number
rm -rf day.ledger day.ledger-* one outbox
mkdir one outbox
canon-ledger create
for i in 01 02 03 04 05 06 07 08 09 10 11 12; do
    sed "s/4500018804/45001$i/; s/4500018805/45002$i/; s/4500018806/45003$i/; s/000000104/0000007$i/" \
        "$samples/850-acme-batch.edi" > "one/$i.edi"
done
for i in 1 2 3 4 5 6 7 8; do
    setsid bash -c "
        set -o pipefail
        ls one/*.edi | shuf --random-source=<(yes $i) | xargs edi2canon -q --all | canon-ledger post &&
        canon-ledger take erp --kind order | canon2erp -m erp-orders-csv -o outbox | canon-ledger done erp &&
        canon-ledger numbers next x --count 5 > numbers.$i
        echo \$? > status.$i" 2> "err.$i" &
done
wait
is "$(cat status.? | sort -u)" 0 'eight at once end well'
cat err.? > wrong
none wrong 'in silence'
like "$(canon-ledger check | tr '\t\n' '= ')" 'files=12 read=36 translated=36 .*duplicate=0 .*documents=48 ' \
    'each file is there once'
is "$(find outbox -name '*.csv' | wc -l)" 36 'and each order a file'
is "$(sqlite3 day.ledger "SELECT count(*), sum(times), max(state) FROM deliveries")" '36|36|done' 'offered once'
is "$(cat numbers.? | sort -n | uniq | wc -l)" 40 'and no number used twice'
canon-ledger check --full > /dev/null; ok $? 'and all adds up'

# --- what is no receipt
fresh
canon-ledger take acme > /dev/null
flow "$pipe"
printf '%s\n' '{"receipt":1}' 'nonsense' '{"receipt":1,"id":"00","status":"written"}' \
    '{"receipt":1,"id":"ffffffffffffffffffffffffffffffff","status":"written"}' '{"receipt":1,"id":"00","status":"lost"}' \
    "$(head -c 3000 /dev/zero | tr '\0' '[')" > bad
run canon-ledger done acme bad
status_is 1 'what is no receipt is passed over'
is "$(grep -c L5202 err)" 6 'and each line told'
run canon-ledger done nobody receipts
status_is 2 'a consumer that took nothing has no receipts'
err_like 'L5203 error: .*nobody' 'which is said'
run canon-ledger done acme /dev/null
status_is 0 'no receipts are nothing to do'
run canon-ledger done
status_is 2 'done wants a consumer'
run canon-ledger take
status_is 2 'so does take'

done_testing
