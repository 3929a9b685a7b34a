#!/bin/bash
# canon-ledger, and canon2edi with a ledger, killed at each call that writes, and run again: the ledger is what it would
# have been, nothing is lost, nothing is there twice, and a further run changes nothing.
#
# CROSSDOCK_SLOW=1 takes every call, else a sample of them.

# shellcheck disable=SC1010,SC2034,SC2317
. "${0%/*}/tap.sh"

if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip_all 'strace does not work here'
fi
command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
# Leaks cannot be looked for under strace.
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
calls=write,pwrite64,fsync,fdatasync,ftruncate,unlink,link,rename,renameat2,flock,fcntl,close
points=28
[ -z "${CROSSDOCK_SLOW:-}" ] || points=100000

samples=$CROSSDOCK_SOURCE/samples/x12
edi2canon -q --all "$samples"/850-acme-{batch,plain,one-bad}.edi > records.jsonl 2> err
sed 's/4500018804/4500018899/' "$samples/850-acme-batch.edi" > other.edi
edi2canon -q --all other.edi >> records.jsonl
export CROSSDOCK_LEDGER=w/ledger

# dump: what the ledger says, but for times and for who took what how often
dump() {
    canon-ledger check --full || echo 'it does not add up'
    sqlite3 w/ledger 'SELECT id, kind, state, file FROM documents ORDER BY ordinal;
        SELECT name, value, id FROM document_keys ORDER BY 1, 2, 3;
        SELECT consumer, id, state, file FROM deliveries ORDER BY 1, 2;
        SELECT cause, id, consumer, text FROM open_exceptions ORDER BY exception;
        SELECT what, id, file, consumer FROM events ORDER BY ordinal;
        SELECT name, last FROM number_series; SELECT * FROM position ORDER BY 1, 2;
        SELECT interchange, group_control, state, file, sha256 FROM sent_interchanges ORDER BY 1, 2;
        SELECT id, interchange, set_control FROM sent_documents ORDER BY 1, 2' |
        sed 's/, posted 20[-0-9T:Z]*//'
    [ ! -d w/box ] || (cd w/box && find . -type f ! -name '.*.part' -exec sha256sum {} + | sort -k 2)
}

begin() {
    rm -rf w
    cp -r "$1" w
}

# The steps: each from the state that the one before it left.
step_create() { canon-ledger create 2> /dev/null || canon-ledger migrate; }
step_post() { canon-ledger post records.jsonl; }
step_take() { canon-ledger take erp --kind order > taken; }
step_done() { canon-ledger done erp receipts; }
step_answer() { canon2edi -q -l w/ledger -o w/box --time 2026-11-24T09:30 acks; }
args_create=(canon-ledger create)
args_post=(canon-ledger post records.jsonl)
args_take=(canon-ledger take erp --kind order)
args_done=(canon-ledger done erp receipts)
args_answer=(canon2edi -q -l w/ledger -o w/box --time 2026-11-24T09:30 acks)

# again STEP: as cron would run it, in a process group of its own
again() {
    export -f "step_$1"
    setsid -w bash -c "step_$1" > again.out 2>&1
}

killed=0
# torture STEP FROM: kills it at its calls, in turn, and compares
torture() {
    local step=$1 from=$2 count name n total=0 pick=0
    local -n args=args_$1

    begin "$from"
    again "$step"
    dump > want
    cp taken want.taken 2> /dev/null
    cp -r w "after-$step"
    begin "$from"
    strace -f -qq -o trace -e trace=$calls "${args[@]}" > /dev/null 2>&1
    sed -nE 's/^[0-9]+ +([a-z0-9]+)\(.*/\1/p' trace | sort | uniq -c > counts
    while read -r count name; do
        for ((n = 1; n <= count; n++)); do echo "$name $n"; done
    done < counts > all
    total=$(wc -l < all)
    awk -v total="$total" -v points=$points 'int((NR - 1) * points / total) != int(NR * points / total) || points >= total' \
        all > chosen
    while read -r name n; do
        begin "$from"
        rm -f taken
        {
            setsid -w strace -f -qq -o trace -e trace="$name" -e inject="$name:signal=KILL:when=$n" \
                "${args[@]}" > taken 2> err
            code=$?
        } 2> said
        [ "$code" != 137 ] || killed=$((killed + 1))
        again "$step"
        dump > got
        cmp -s got want || { echo "$step killed at $name $n:"; diff want got | head -n 5; } >> wrong
        if [ "$step" = take ] && [ "$code" = 137 ]; then
            cmp -s taken want.taken || echo "take killed at $name $n: the next one prints something else" >> wrong
        fi
        again "$step"
        dump > got
        [ "$step" = take ] || cmp -s got want || echo "$step killed at $name $n: a further run changes something" >> wrong
        pick=$((pick + 1))
    done < chosen
    none wrong "$step: killed at $pick of $total calls, it is completed by the next run"
    rm -f wrong
    : > wrong
}

: > wrong
mkdir nothing
begin nothing
torture create nothing
torture post after-create
held=$(canon-ledger -l after-post/ledger find 4500018899 | cut -f 1)
[ -n "$held" ]; ok $? 'one of the documents is held'
torture take after-post
sed 's/.*"id":"\([0-9a-f]\{32\}\)","partner".*/{"receipt":1,"id":"\1","status":"written","file":"f","sha256":"s","size":1}/' \
    want.taken > receipts
sed -i '1s/"written".*/"refused","reasons":[{"code":"M3501","text":"too long"}]}/' receipts
torture done after-take
begin after-post
mkdir w/box
canon-ledger take acme > acks
[ -s acks ]; ok $? 'there is something to answer'
cp -r w before-answer
torture answer before-answer
[ "$killed" -ge 100 ]; ok $? "$killed were killed"

done_testing
