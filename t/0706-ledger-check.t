#!/bin/bash
# canon-ledger check finds each thing that does not add up, and names it.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
samples=$CROSSDOCK_SOURCE/samples/x12
canon-ledger -l good create
edi2canon -q --all "$samples"/850-acme-{batch,one-bad}.edi 2> err | canon-ledger -l good post 2> err
sed 's/4500018804/4500018899/' "$samples/850-acme-batch.edi" > other.edi
edi2canon -q --all other.edi | canon-ledger -l good post 2> err
canon-ledger -l good take erp --kind order > taken
sed -n '1s/.*"id":"\([0-9a-f]*\)","partner".*/{"receipt":1,"id":"\1","status":"refused","reasons":[]}/p' taken |
    canon-ledger -l good done erp 2> err
run canon-ledger -l good check --full
status_is 0 'a ledger as it should be'
quiet 'has nothing wrong'
is "$(awk '$1 == "read" { read = $2 } $1 ~ /^(translated|held|rejected|duplicate|ignored)$/ { sum += $2 }
    END { print read - sum }' out)" 0 'read = translated + held + rejected + duplicate + ignored'

# found NAME SQL WANT [ALSO]: what the statement does to a copy is told
found() {
    rm -f bad*
    canon-ledger -l good backup bad
    sqlite3 bad "$2" || diag "$2"
    run canon-ledger -l bad check
    status_is 3 "$1 is technical"
    err_like "$3" '... and named'
}

order=$(sqlite3 good "SELECT min(document_id) FROM document WHERE kind = 'order'")
found 'a document without its record' "DELETE FROM record WHERE document_id = $order" 'L5005.*has no record'
found 'a record without its document' "INSERT INTO record VALUES(9999, '{}')" 'L5004.*record 9999 belongs to no document'
found 'one of each' "UPDATE record SET document_id = 9999 WHERE document_id = $order" 'L5004.*record 9999'
err_like 'L5005.*has no record' '... both'
found 'a key of nothing' "INSERT INTO document_key VALUES('x1', 'order_number', 9999)" \
    'L5004.*key order_number x1 belongs to no document'
found 'a document from nowhere' "DELETE FROM arrival WHERE document_id = $order" 'L5005.*came from nowhere'
found 'an arrival of nothing' "UPDATE arrival SET document_id = 9999 WHERE document_id = $order" \
    'L5004.*arrival has a row without its document'
found 'a file whose counts do not add up' 'UPDATE file SET read_count = read_count + 1 WHERE file_id = 1' \
    'L5005.*850-acme-batch.edi: read 4, but translated 3'
found 'a file that says more than it brought' \
    'UPDATE file SET read_count = read_count + 1, translated_count = translated_count + 1 WHERE file_id = 1' \
    'L5005.*its counts are not those of its documents'
found 'a document held for nothing' "UPDATE exception SET state = 'released' WHERE cause = 'collision'" \
    'L5005.*is held without an open exception'
found 'a refusal that nobody sees' "UPDATE exception SET state = 'released' WHERE cause = 'refusal'" \
    'L5005.*is refused without an open exception'

# --- the file itself
canon-ledger -l good backup torn
page=$(sqlite3 torn "SELECT rootpage FROM sqlite_schema WHERE name = 'document_key'")
printf 'garbage' | dd of=torn bs=1 seek=$(((page - 1) * 4096)) conv=notrunc 2> err
run canon-ledger -l torn check
status_is 3 'a page that was overwritten'
err_like 'L500[24]' '... is told'

done_testing
