#!/bin/bash
# A ledger of every earlier version is brought up to date: its tables become those of a new one, all that was in it is
# there, and it goes on. Also when that is killed on the way. t/ledger-versions has one of each, as sqlite3 .dump
# printed it; whoever adds a step to migration.c adds that of the version before.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
versions=$CROSSDOCK_SOURCE/t/ledger-versions
export CROSSDOCK_LEDGER=w/ledger
acme=c9ed5032ca857a0ffd4acdb5e9df5d4a # the order of 850-acme-plain.edi

# shape: the tables, indexes, triggers and views
shape() {
    sqlite3 w/ledger "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 1, 2; PRAGMA user_version"
}

# held: what every version has, as the views tell it
held() {
    sqlite3 w/ledger 'SELECT id, kind, partner, state, number, file, posted_at FROM documents ORDER BY ordinal;
        SELECT id, line FROM records ORDER BY ordinal; SELECT * FROM document_keys ORDER BY 1, 2, 3;
        SELECT name, sha256, byte_count, read_count, held_count, rejected_count, run FROM files; SELECT consumer, id, state, file FROM deliveries ORDER BY 1, 2;
        SELECT exception, cause, id, consumer, text FROM open_exceptions ORDER BY 1;
        SELECT * FROM events; SELECT * FROM number_series'
}

# begin FILE: a ledger as it was
begin() {
    rm -rf w
    mkdir w
    sqlite3 w/ledger < "$1"
}

mkdir w
canon-ledger create
shape > want.shape
newest=$(sqlite3 w/ledger 'PRAGMA user_version')
for ((version = 1; version < newest; version++)); do
    file=$versions/$version.sql
    [ -f "$file" ] || { fail "there is a ledger of version $version"; continue; }
    begin "$file"
    is "$(sqlite3 w/ledger 'PRAGMA user_version')" "$version" "version $version"
    held > want
    run canon-ledger show "$acme"
    status_is 2 'is not read as it is'
    err_like 'L5001 .*migrate' 'and it is said what to do'
    run canon-ledger migrate
    status_is 0 'it is brought up to date'
    shape > got
    same got want.shape 'to the tables of a new one'
    held > got
    same got want 'and what was in it is there'
    canon-ledger check --full > /dev/null
    ok $? 'all adds up'
    run canon-ledger find 4500018801
    out_like "^$acme" 'a document is found'
    edi2canon -q --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-batch.edi" | canon-ledger post
    is "${PIPESTATUS[*]}" '0 0' 'others are posted'
    run canon-ledger take erp --kind order
    is "$(wc -l < out)" 4 'and offered, with the one whose lease is over'
done

# --- what was sent before anybody waited for acknowledgments
begin "$versions/7.sql"
answered='{"ack_type_code":"997","acked_group_code":"IN","group_status_code":"P","messages":[{"acked_message_control_number":"0001","message_status_code":"A"},{"acked_message_control_number":"0002","message_status_code":"R"}]}'
sqlite3 w/ledger "WITH n(i, code, control, sent) AS (VALUES(1, 'IN', 1, '2026-11-01T10:00:00Z'), (2, 'SH', 1, '2026-11-01T10:00:00Z'), (3, 'FA', 1, '2026-11-01T10:00:00Z'))
    INSERT INTO sent SELECT i, 'acme', 'ZZ:US', '01:1', i, code, control, CASE code WHEN 'IN' THEN '810' WHEN 'SH' THEN '856' ELSE '997' END,
        '004010', 2, 0, 'sent', 'f' || i, 'f' || i, 1, 'x', NULL, sent, sent FROM n;
    INSERT INTO sent_set SELECT sent_id, o.value, printf('%032x', sent_id * 10 + o.value), 'acme', 'invoice', NULL, 1 FROM sent, json_each('[1,2]') o;
    WITH n(i) AS (VALUES(1), (2), (3)) INSERT INTO document SELECT 900 + i, printf('%032x', 900 + i), 'functional_ack', 'acme', 'in', NULL, NULL, 'open', NULL, NULL, NULL, NULL, NULL, '2026-11-02T10:00:00Z' FROM n;
    INSERT INTO record SELECT document_id, '$answered' FROM document WHERE document_id > 900;
    INSERT INTO document_key SELECT CASE document_id WHEN 903 THEN '9' ELSE '1' END, 'acked_group_control_number', document_id FROM document WHERE document_id > 900"
run canon-ledger migrate
status_is 0 'it is brought up to date'
sqlite3 w/ledger "SELECT group_code, ack, due_at FROM sent_interchanges; SELECT group_code, set_control, ack FROM sent_documents ORDER BY 1, 2;
    SELECT what, outcome, sent FROM acks_received" > got
cat > want << 'END'
IN|partly|
SH|due|2026-11-02T10:00:00Z
FA||
FA|0001|
FA|0002|
IN|0001|accepted
IN|0002|rejected
SH|0001|due
SH|0002|due
IN 1|matched|1
IN 1|duplicate|1
IN 9|orphan|
END
same got want 'what was answered is, and the rest is waited for'

# --- killed on the way
if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip 'killed on the way' 'strace does not work here'
    done_testing
    exit
fi
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
: > wrong
begin "$versions/1.sql"
held > want
strace -f -qq -o trace -e trace=openat,write,pwrite64,fsync,fdatasync,ftruncate,unlink,flock,fcntl canon-ledger migrate
sed -nE 's/^[0-9]+ +([a-z0-9]+)\(.*/\1/p' trace | sort | uniq -c > counts
killed=0
while read -r count name; do
    for ((n = 1; n <= count; n++)); do
        [ -n "${CROSSDOCK_SLOW:-}" ] || [ $((n % 4)) = 0 ] || [ "$name" = fdatasync ] || continue
        begin "$versions/1.sql"
        {
            strace -f -qq -o trace -e trace="$name" -e inject="$name:signal=KILL:when=$n" canon-ledger migrate 2> err
            code=$?
        } 2> said
        [ $code != 137 ] || killed=$((killed + 1))
        canon-ledger migrate 2> err || echo "killed at $name $n: not again" >> wrong
        shape | cmp -s - want.shape || echo "killed at $name $n: the tables differ" >> wrong
        held | cmp -s - want || echo "killed at $name $n: what is in it differs" >> wrong
    done
done < counts
none wrong 'killed at each call that writes, the next run completes it'
[ $killed -gt 10 ]; ok $? "killed $killed times"

done_testing
