#!/bin/bash
# A set too large for memory waits in a temporary file: the same records, the same findings, little memory, and a
# clear word when there is no room for the file.

. "${0%/*}/tap.sh"

x12=$CROSSDOCK_SOURCE/samples/x12

# same_spooled NAME OPTION... -- FILE...: what comes out is the same when every segment spills the record.
same_spooled() {
    local name=$1 options=()

    shift
    while [ "$1" != -- ]; do
        options+=("$1")
        shift
    done
    shift
    edi2canon "${options[@]}" "$@" > held.out 2> held.err
    echo "$?" >> held.err
    edi2canon "${options[@]}" --spool-above=1 "$@" > spooled.out 2> spooled.err
    echo "$?" >> spooled.err
    if [ -s held.out ] || [ -s held.err ]; then pass "$name: something came out"; else fail "$name"; fi
    holds "... the same records" cmp held.out spooled.out
    holds "... the same findings" cmp held.err spooled.err
}

same_spooled 'the samples' -- "$x12"/*.edi
same_spooled 'the samples with all that is said of them' --all --unmapped=keep -v --max-findings=0 -- "$x12"/*.edi
same_spooled 'the samples under a strict eye' --rejects --unmapped=error --max-findings=0 -- "$x12"/*.edi
if [ -n "$corpus" ]; then
    mapfile -t files < <(find "$corpus" -type f -path '*/x12*' | sort)
    same_spooled "${#files[@]} files of others" --all --unmapped=keep --max-findings=0 -- "${files[@]}"
else
    skip 'files of others' 'there is no ../shared/corpus here'
fi

# --- one set of some megabytes

# order LINES [EDIT]: an interchange with one order
order() {
    printf 'ISA*00*          *00*          *ZZ*SENDER         *ZZ*CROSSDOCK      *261120*1201*U*00401*%s*0*P*:~\n' 000000101
    printf 'GS*PO*SENDERAPP*CROSS*20261120*1201*101*X*004010~\n'
    awk -v lines="$1" 'BEGIN {
        printf "ST*850*0001~\nBEG*00*SA*PO-1**20261120~\nREF*DP*77~\nREF*ZZ*first~\nREF*ZZ*second~\n"
        for (n = 1; n <= lines; n++)
            printf "PO1*%d*10*EA*2.50**VP*X-%d*ZZ*\"%d\"~\nPID*F****Line %d~\nREF*ZZ*%d~\nSDQ*EA*92*%04d*4*0002*6~\n",
                n, n, n, n, n, n % 10000
        printf "CTT*%d~\nSE*%d*0001~\n", lines, lines * 4 + 7
    }'
    printf 'GE*1*101~\nIEA*1*000000101~\n'
}

order 60000 > large.edi
edi2canon --spool-above=4000000000 large.edi > held.out 2> held.err
ok $? 'a large set, held' || diag_file held.err
run edi2canon large.edi
status_is 0 '... and as it is held by default'
holds '... is the same record' cmp out held.out
run edi2canon - < <(cat large.edi)
status_is 0 '... through a pipe'
like "$(head -c 2000 out)" '"order_number":"PO-1"' '... too'
ls -A > files
is "$(grep -c crossdock- files)" 0 'no temporary file is left'

sed '/^REF\*DP/d; s/^REF\*ZZ\*second~/&\nREF*DP*77~/' large.edi > unusual.edi
same_spooled 'a large set whose order is kept' -q --unmapped=keep -- unusual.edi
holds '... and it is there' grep -q '"at":"ST","ordinal":1,"tag":"ST","elements":."BEG\*00\*SA\*PO-1\*\*20261120","REF\*ZZ\*first"' held.out

# peak OPTION... FILE: KiB of resident memory at their peak
peak() {
    "$CROSSDOCK_BUILD/bench/measure" edi2canon -q "$@" 2> /dev/null | awk '{ print $4 }'
}
if grep -qs '^SANITIZE = .*-fsanitize' "$CROSSDOCK_BUILD/Makefile"; then
    skip 'little memory' 'a sanitizer holds much itself'
elif [ -n "${CROSSDOCK_VALGRIND:-}" ]; then
    skip 'little memory' 'valgrind holds much itself'
else
    bytes=$(wc -c < large.edi)
    spooled=$(peak large.edi) held=$(peak --spool-above=4000000000 large.edi)
    [ "$((spooled * 1024))" -lt "$((3 * bytes + 20000000))" ] && [ "$spooled" -lt "$held" ]
    ok $? 'the set, and not much more, is in memory' || diag "$spooled KiB, $held KiB held, for $bytes bytes"
    kept=$(peak --unmapped=keep unusual.edi)
    [ "$kept" -lt "$((spooled + 8000))" ]; ok $? '... nor with its order' || diag "$kept KiB for $bytes bytes"
fi

# --- refused

sed 's/^PO1\*59999\*10\*EA/PO1*59999*ten*EA/' large.edi > refused.edi
run edi2canon --rejects refused.edi
status_is 1 'a large set with an error is refused'
is "$(grep -c . out) $(grep -c '"kind":"reject"' out)" '1 1' '... as one record'
edi2canon --rejects --spool-above=4000000000 refused.edi > held.out 2> held.err
holds '... the same as if it had been held' cmp out held.out
holds '... and so are the findings' cmp err held.err
{ sed '/^GE/,$d; s/\*000000101\*/*000000102*/' refused.edi
    sed '1,2d; s/\*0001~$/*0002~/; s/^GE\*1/GE*2/; s/000000101/000000102/' large.edi; } > both.edi
run edi2canon both.edi
status_is 1 'what stands behind it'
is "$(grep -c '"kind":"order"' out)" 1 '... comes out'
like "$(head -c 2000 out)" '"set":"0002"' '... in its own words'

# --- no room

TMPDIR=$PWD/nowhere run edi2canon large.edi
status_is 3 'no folder for it is technical'
err_like "T7006 error: .*/nowhere: .*No such file or directory" '... and told'
is "$(grep -c . out)" 0 '... with nothing of the order in the output'
TMPDIR=$PWD/nowhere run edi2canon "$x12/850-acme-full.edi"
status_is 0 'who does not need one does not miss it'
mkdir locked && chmod 500 locked
if [ "$(id -u)" -eq 0 ]; then
    skip 'a folder that may not be written' 'root may write everywhere'
else
    TMPDIR=$PWD/locked run edi2canon large.edi
    status_is 3 'a folder that may not be written is technical'
fi
chmod 700 locked
(ulimit -f 1000 && edi2canon large.edi 2> err | cat > out; exit "${PIPESTATUS[0]}")
status=$?
status_is 3 'a file that may not become so long'
err_like 'T7006 error: .*: File too large' '... is told'
is "$(grep -c . out)" 0 '... with nothing of the order in the output'
mkdir small
# shellcheck disable=SC2016
if unshare -rm sh -c 'mount -t tmpfs -o size=1m none small' 2> /dev/null; then
    run unshare -rm sh -c 'mount -t tmpfs -o size=1m none small && TMPDIR=$PWD/small exec edi2canon large.edi'
    status_is 3 'a full disk is technical'
    err_like 'T7006 error: .*/small: .*No space left on device' '... and told'
    is "$(grep -c . out)" 0 '... with nothing of the order in the output'
else
    skip 'a full disk' 'unshare may not mount here'
fi
run edi2canon --spool-above=much large.edi
status_is 2 'bytes are a number'

done_testing
