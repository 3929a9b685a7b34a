#!/bin/bash
# Control numbers that are missing are listed until they come, or nobody waits for them; those that come again, too.
# reconcile tells of the same.

. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
export CROSSDOCK_LEDGER=l
mkdir -p site/partners
cp "$CROSSDOCK_SOURCE/partners/acme.yaml" site/partners
come() { # ISA13 GS06 ORDER: an interchange from acme with an order in it
    sed "s/000000101/$(printf '%09d' "$1")/; s/\*101\([*~]\)/*$2\1/; s/4500018801/$3/" "$CROSSDOCK_SOURCE/samples/x12/850-acme-plain.edi" > "$1-$3.edi"
    edi2canon -q -C site --all "$1-$3.edi" | canon-ledger -C site -q post > /dev/null 2>> post.err
}
gaps() { canon-ledger numbers gaps | cut -f 1-5 | tr '\t\n' ' ,'; }
isa='ISA 01:555010101 ZZ:CROSSDOCK'
gs='GS 01:555010101 ZZ:CROSSDOCK order'
found() { reconcile -q -C site --rule CTL-GAP --fail-on=never --tsv 2> /dev/null | awk -F '\t' 'NR > 1 && $5 != "cleared" { print $12 }' | tr '\n' ' '; }
canon-ledger create

run canon-ledger numbers gaps
status_is 0 'nothing came'
out_is '' 'nothing is missing'
come 101 1 A1
come 102 2 A2
is "$(gaps)" '' 'nor of two in a row'
come 106 4 A6
is "$(gaps)" "$gs 3 3 1 acme,$isa 103 105 3 acme," 'what is missing is listed, interchanges and groups'
is "$(found)" '000000106 ' 'and reconcile says so'
come 104 3 A4
is "$(gaps)" "$isa 103 103 1 acme,$isa 105 105 1 acme," 'what comes late is missing no more'
come 110 5 A10
run canon-ledger numbers waive "$isa" 103
status_is 2 'nothing is waived without a reason'
run canon-ledger numbers waive "$isa" 103 --reason 'a test of theirs'
status_is 0 'with one it is'
run canon-ledger numbers waive "$isa" 107 109 --reason 'they were ill'
status_is 0 'three at once'
is "$(gaps)" "$isa 105 105 1 acme," 'the others stay'
is "$(found)" '000000106 ' 'for reconcile, too'
is "$(sqlite3 l "SELECT first, last, waived FROM number_gaps WHERE waived IS NOT NULL ORDER BY 1")" "$(printf '103|103|a test of theirs\n107|109|they were ill')" 'the reason is kept'
out=$(canon-ledger events | tail -n 1 | cut -f 3,9)
is "$out" "numbers waived	$isa: 107 to 109: they were ill" 'and in the log'
run canon-ledger numbers waive "$isa" 107 --reason again
status_is 1 'once'
err_like 'L5301 .*no gap begins with this number' 'which is said'
run canon-ledger numbers waive "$isa" 105 108 --reason 'too many'
status_is 1 'as it is'
err_like 'L5301 .*the gap ends with 105' 'which is said'
run canon-ledger numbers waive "$isa" five --reason x
status_is 2 'a word is no number'
come 108 6 A8
is "$(gaps)" "$isa 105 105 1 acme," 'what comes of a waived one makes no new ones'
come 105 7 A5
is "$(gaps)" '' 'all are there'
is "$(found)" '' 'and reconcile is content'

# --- began anew, and under one group number
come 9000 8 B1
run canon-ledger numbers waive "$isa" 111 --reason 'another system'
come 1 9 B2
come 3 10 B3
is "$(gaps)" "$isa 2 2 1 acme," 'numbers that begin anew are no gap'
run canon-ledger numbers reused
out_is '' 'no group number came twice'
come 4 9 B4
run canon-ledger numbers reused
status_is 0 'one did'
out_like "^$gs	9	000000001	000000004	acme	" 'in another interchange'
is "$(wc -l < out)" 1 'once'
sqlite3 l "UPDATE document SET posted_at = '2020-01-01T00:00:00Z' WHERE number = 'B2'"
is "$(canon-ledger -C site numbers reused | wc -l)" 1 'for ever'
sed -i '$a duplicates: {window: 400d}' site/partners/acme.yaml
run canon-ledger -C site numbers reused
out_is '' 'or as long as the partner file looks back'

# --- groups are counted by kind of document, or all together
canon-ledger -l m create
CROSSDOCK_LEDGER=m
put() { # GS06 KIND
    sqlite3 m "INSERT INTO interchange(sender, receiver, control, first_at) SELECT 'A', 'B', printf('%09d', count(*) + 1), '2026-01-01T00:00:00Z' FROM interchange;
        INSERT INTO document(id, kind, partner, direction, state, interchange_id, group_control, set_control, posted_at)
        SELECT hex(randomblob(16)), '$2', 'p', 'in', 'open', max(interchange_id), '$1', '0001', '2026-01-01T00:00:00Z' FROM interchange"
}
for number in 1 3 5; do put $number order; put $((number + 1)) invoice; done
is "$(gaps)" '' 'together'
for number in 501 502 504; do put $number receipt; done
is "$(gaps)" 'GS A B receipt 503 503 1 ,' 'each for itself'
put 503 reject
is "$(gaps)" '' 'what was rejected came'

# --- what we sent
run canon-ledger numbers next 'ISA ZZ:US 01:1'
sqlite3 m "INSERT INTO sent(partner, sender, receiver, control, group_code, group_control, set_code, release, set_count, is_test, state, name, file, byte_count, sha256, recorded_at)
    SELECT 'acme', 'ZZ:US', '01:1', value, 'IN', value, '810', '004010', 1, 0, 'sent', 'f', 'f', 1, 'x', '2026-01-01T00:00:00Z' FROM json_each('[2,3,5]')"
is "$(gaps)" 'GS ZZ:US 01:1 IN 4 4 1 acme,ISA ZZ:US 01:1 4 4 1 acme,' 'ours are listed, too'
canon-ledger -l l check > /dev/null; ok $? 'all adds up'

done_testing
