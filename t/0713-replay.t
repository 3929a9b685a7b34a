#!/bin/bash
# A document is translated again: what would change is shown, what changes is kept with what it was, and everybody has it
# as often as they should.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
export CROSSDOCK_LEDGER=w/l
tell() { sqlite3 w/l "$1"; }
state() { # all but times
    sqlite3 w/l "SELECT id, kind, state, number, map FROM documents ORDER BY ordinal; SELECT id, line FROM records ORDER BY ordinal;
        SELECT * FROM document_keys ORDER BY 1, 2, 3; SELECT name, read_count, translated_count, held_count, rejected_count, duplicate_count FROM files;
        SELECT consumer, id, state, times FROM deliveries ORDER BY 1, 2; SELECT cause, id, text FROM open_exceptions ORDER BY exception;
        SELECT id, line, reason FROM revisions ORDER BY ordinal; SELECT id, parent, reason FROM replays ORDER BY ordinal;
        SELECT what, id, text FROM events ORDER BY ordinal"
}
map() { # LINE...: acme/850 has them, too
    { sed '/^tree:/q' "$CROSSDOCK_SOURCE/maps/acme/850.yaml"; [ $# = 0 ] || printf '  - %s\n' "$@"; sed '1,/^tree:/d' "$CROSSDOCK_SOURCE/maps/acme/850.yaml"; } > w/site/maps/acme/850.yaml
}
begin() { # FILE...: posted, taken by the ERP, and in the archive
    rm -rf w
    mkdir -p w/site/partners w/site/maps/acme w/in w/erp w/out w/wms
    cp "$CROSSDOCK_SOURCE/partners/acme.yaml" w/site/partners
    cp "$CROSSDOCK_SOURCE/maps/acme/850.yaml" w/site/maps/acme
    cp "$@" w/in
    canon-ledger create
    edi2canon -q -C w/site --all w/in/* 2> edi.err | canon-ledger -C w/site -q post
    canon-ledger sweep w/in > /dev/null
    canon-ledger take erp --kind order | canon2erp -q -m erp-orders-csv -o w/erp | canon-ledger done erp
}
replay() { run canon-ledger -C w/site replay "$@"; }
samples=$CROSSDOCK_SOURCE/samples/x12
order=916bd7b27b8145eac26148944f124a45 # of 850-acme-one-bad.edi, the first of two
reject=d8da39eb33e85f3c9181d0525978d475

# --- a map was mended
begin "$samples/850-acme-one-bad.edi"
replay "$order" -n
status_is 0 'nothing has changed'
out_is "same	$order	order	acme	4500018850" 'which is said'
map 'REF: {when: {"01": DP}, "02": contract_number}'
state > before
printf 'changed	%s	order	acme	4500018850\n  + contract_number: 042\n  - department_code: 042\n' $order > want
replay "$order" -n
status_is 0 'what would change'
same out want 'is shown, field by field'
replay "$order" -n --json
out_is "{\"change\":\"changed\",\"kind\":\"order\",\"id\":\"$order\",\"partner\":\"acme\",\"number\":\"4500018850\",\"fields\":[{\"path\":\"contract_number\",\"new\":\"042\"},{\"path\":\"department_code\",\"old\":\"042\"}]}" 'for machines, too'
canon-ledger archive show "$order" > 850-acme-one-bad.edi
edi2canon -q -C w/site --all 850-acme-one-bad.edi 2> edi.err > records
run canon-ledger -C w/site replay -n < records
is "$(cut -f 1,2 out | sed '/^ /d' | tr '\t\n' ' ,')" "changed $order,same $reject,changed d6fc6b1c9b49b3fe005c52a2af24c8f3," 'a pipe shows the whole file'
state > after
same after before 'and nothing has changed'
replay "$order"
status_is 2 'nothing changes without a reason'
replay "${order:0:8}" --reason 'DP is a contract'
status_is 0 'with one it does'
same out want 'and says what'
is "$(canon-ledger show "$order" | grep -c '"contract_number":"042"')" 1 'the record is the new one'
is "$(tell "SELECT line LIKE '%\"department_code\":\"042\"%', reason FROM revisions")" '1|DP is a contract' 'and what it was is kept'
run order-trace 4500018850
out_like 'replayed 20.* 2 fields differ' 'its trace tells of it'
run canon-ledger take erp --kind order
out_is '' 'who had it keeps it'
state > before
replay "$order" --reason again
status_is 0 'once more'
out_is "same	$order	order	acme	4500018850" 'changes nothing'
state > after
same after before 'at all'
canon-ledger check > /dev/null; ok $? 'all adds up'
run canon-ledger -C w/site replay --reason 'the rest' --offer < records
status_is 0 'the rest comes by a pipe'
is "$(canon-ledger take erp --kind order | grep -o '"order_number":"[0-9]*","purpose')" '"order_number":"4500018852","purpose' 'what changed is offered again, as it was asked for'
map
replay d6fc6b1c --reason 'no contract'
status_is 1 'what is on its way'
err_like 'cannot be replayed: it is on its way to a consumer' 'is left alone'
canon-ledger take erp --again --kind order | canon2erp -q -m erp-orders-csv -o w/erp | canon-ledger done erp
replay d6fc6b1c --reason 'no contract'
status_is 0 'until it is there'

# --- its number was wrong
map 'BEG: {"01": purpose_code, "02": order_type_code, "03": contract_number, "05": order_date}' 'REF: {when: {"01": IA}, "02": order_number}'
replay "$order" --reason 'IA is the number'
status_is 0 'another number'
is "$(canon-ledger find 77130 | cut -f 1)" "$order" 'is found'
canon-ledger find 4500018850 > found 2> err
none found 'the old one is not'
replay d6fc6b1c --reason 'IA is the number'
status_is 1 'the number of another document'
err_like "cannot be replayed: its number 77130 was used by document $order" 'is a duplicate'
is "$(canon-ledger find 4500018852 | cut -f 1)" d6fc6b1c9b49b3fe005c52a2af24c8f3 'and the document stays as it is'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- a dead letter
sed 's/BEG\*00\*SA/BEG*00*SX/' "$samples/850-acme-plain.edi" > odd.edi
begin odd.edi
dead=$(canon-ledger dead | cut -f 3)
canon-ledger take acme --kind functional_ack | canon2edi -q -o w/out | canon-ledger done acme
echo 'rules: {element-code: warn}' >> w/site/partners/acme.yaml
state > before
run canon-ledger -C w/site dead replay "$dead" -n
status_is 0 'a dead letter'
out_like "^replaces	[0-9a-f]*	order	acme	4500018801	$dead$" 'would be an order'
state > after
same after before 'and is not yet'
run canon-ledger -C w/site dead replay "$dead" --reason 'SX is allowed'
status_is 0 'and then is'
new=$(cut -f 2 out)
is "$(tell 'SELECT id, parent, parent_kind, reason FROM replays')" "$new|$dead|reject|SX is allowed" 'each names the other'
run canon-ledger dead
out_is '' 'nobody must look any more'
is "$(tell 'SELECT read_count, translated_count, rejected_count FROM files')" '1|1|0' 'the file has an order'
canon-ledger check > /dev/null; ok $? 'all adds up'
run canon-ledger take acme
out_is '' 'nothing is acknowledged once more'
is "$(canon-ledger take erp --kind order | grep -c "$new")" 1 'the ERP gets it'
run order-trace 4500018801
out_like "$dead: SX is" 'its trace says where it is from'
replay "$new" -n
out_is "same	$new	order	acme	4500018801" 'it is as good as any'
canon-ledger archive show "$new" > odd.edi
edi2canon -q -C w/site --all odd.edi > records
run canon-ledger -v -C w/site post records
err_like 'new 0 .* refused 0; rejects 0' 'posting it again adds nothing'
run canon-ledger take acme
out_is '' 'nor another answer'
run canon-ledger -C w/site replay --acknowledge --reason 'they want it' < records
is "$(canon-ledger take acme | grep -c '"group_status_code":"[AE]"')" 1 'it is acknowledged when that is asked for'

# --- now it would be rejected
canon-ledger take erp --again --kind order | canon2erp -q -m erp-orders-csv -o w/erp | canon-ledger done erp
cp "$CROSSDOCK_SOURCE/partners/acme.yaml" w/site/partners
state > before
replay "$new" --reason worse
status_is 1 'what would be rejected now'
err_like 'cannot be replayed: it would be rejected now' 'is told'
state > after
same after before 'and stays as it is'

# --- a consumer refused it
begin "$samples/850-acme-plain.edi"
id=c9ed5032ca857a0ffd4acdb5e9df5d4a
canon-ledger take wms --kind order > taken
sqlite3 w/l "UPDATE delivery SET state = 'refused', owner = NULL, until = NULL WHERE consumer_id = (SELECT consumer_id FROM consumer WHERE name = 'wms');
    INSERT INTO exception(document_id, cause, consumer_id, text, opened_at) SELECT 1, 'refusal', consumer_id, 'no contract', '2026-01-01T00:00:00Z' FROM consumer WHERE name = 'wms'"
map 'BEG: {"01": purpose_code, "02": order_type_code, "03": order_number, "05": requested_ship_date}'
replay $id --reason 'BEG05 is the day to ship'
status_is 0 'what a consumer refused'
is "$(canon-ledger dead | wc -l)" 0 'waits for nobody'
is "$(canon-ledger take wms | grep -c '"requested_ship_date"')" 1 'and is offered to it'
run canon-ledger take erp --kind order
out_is '' 'to nobody else'

# --- what our own system exports
begin "$samples/850-acme-plain.edi"
cp "$CROSSDOCK_SOURCE/samples/day/exports/acks.csv" w/in
erp2canon -q -m erp-acks-csv --all w/in/acks.csv > records
canon-ledger post -q records
canon-ledger sweep w/in
ack=$(tell "SELECT id FROM documents WHERE kind = 'order_ack' LIMIT 1")
replay "$ack" -n
status_is 0 'an export is read again'
out_like "^same	$ack	order_ack	acme" 'by the map that read it'

# --- what goes wrong
replay 1234 -n
status_is 1 'no document has this id'
begin "$samples/850-acme-plain.edi"
rm -rf w/l-archive
replay c9ed5032 -n
status_is 3 'its bytes are not there'
begin "$samples/850-acme-plain.edi"
echo 'tree: [' >> w/site/maps/acme/850.yaml
replay c9ed5032 -n
status_is 3 'a map is wrong'
err_like 'L5206 .*edi2canon ended with status 2' 'which the translator says'
run canon-ledger replay -n < /dev/null
status_is 0 'nothing comes'
echo 'no record' > records
run canon-ledger replay -n records
status_is 1 'a file is not an id'
run canon-ledger replay -n < records
status_is 3 'what is no record is told'
none <(find "${TMPDIR:-/tmp}" -maxdepth 1 -name 'canon-ledger-*' -newer want) 'nothing is left behind'

# --- killed on the way
if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip 'killed on the way' 'strace does not work here'
    done_testing
    exit
fi
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
begin odd.edi
echo 'rules: {element-code: warn}' >> w/site/partners/acme.yaml
cp w/in/* . 2> /dev/null
canon-ledger archive show "$(canon-ledger dead | cut -f 3)" > odd.edi
edi2canon -q -C w/site --all odd.edi > records
rm -rf kept
cp -r w kept
again() { canon-ledger -C w/site replay --reason r < records > out 2> err; }
again
state > want
: > wrong
calls=openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,flock,fcntl
rm -rf w
cp -r kept w
strace -f -qq -o trace -e trace=$calls canon-ledger -C w/site replay --reason r < records > out 2> err
sed -nE 's/^[0-9]+ +([a-z0-9]+)\(.*/\1/p' trace | sort | uniq -c > counts
killed=0
while read -r count name; do
    for ((n = 1; n <= count; n++)); do
        [ -n "${CROSSDOCK_SLOW:-}" ] || [ $((n % 6)) = 0 ] || [ "$name" = fdatasync ] || continue
        rm -rf w
        cp -r kept w
        {
            strace -f -qq -o trace -e trace="$name" -e inject="$name:signal=KILL:when=$n" canon-ledger -C w/site replay --reason r < records > out 2> err
            code=$?
        } 2> said
        [ $code != 137 ] || killed=$((killed + 1))
        again || echo "killed at $name $n: not again" >> wrong
        state | cmp -s - want || echo "killed at $name $n: another ledger" >> wrong
    done
done < counts
none wrong 'killed at each call that writes, the next run completes it'
[ $killed -gt 5 ]; ok $? "killed $killed times"

done_testing
