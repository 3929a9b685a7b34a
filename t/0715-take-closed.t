#!/bin/bash
# Whoever takes documents is killed in the middle of it: what goes out to partners goes out in the interchanges that it
# would have gone out in.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

export CROSSDOCK_LEDGER=w/l
begin() {
    rm -rf w
    mkdir -p w/box
    canon-ledger create
    canon-ledger -q post --loose records
}
sent() { (cd w/box && sha256sum -- *) 2> /dev/null; }
cp "$CROSSDOCK_SOURCE/samples/canon/to-acme.jsonl" records
send() { canon2edi -q --time 2026-11-24T09:30 -o w/box "$@" > receipts 2> err; }

begin
canon-ledger take acme > plain
canon-ledger take acme --again --close > closed
n=$(wc -l < plain)
head -n "$n" closed > got
same got plain 'what is taken is what is taken without'
tail -n 1 closed > got
like "$(cat got)" "\"kind\":\"batch\".*\"sha256\":\"$(sha256sum < plain | cut -c -64)\",\"byte_count\":$(wc -c < plain),.*\"read_count\":$n," 'and a batch record, which says how much that is'
send --closed closed
is $? 0 'with it all is sent'
canon-ledger done acme receipts
sent > want
run canon-ledger take acme --close
out_is '' 'of nothing there is no batch'
send --closed < /dev/null
is $? 0 'which is all there is'

begin
for lines in 1 $((n - 1)) "$n"; do
    canon-ledger take acme --again --close | head -n "$lines" > part
    send --closed part
    is $? 3 "$lines came, and nothing closes them"
    is "$(wc -c < receipts)$(sent)" 0 'nothing is sent'
    grep -q 'L5104 error: part:.*none of them is sent' err
    ok $? 'which is told'
done
{ sed 1d closed; } > short
send --closed short
is $? 3 'one is missing'
canon-ledger take acme --again --close > closed
send --closed closed
canon-ledger done acme receipts
sent > got
same got want 'the next run sends the same interchanges, under the same numbers'
canon-ledger check > /dev/null; ok $? 'all adds up'
send plain
is $? 0 'who does not ask for it, goes without'

# --- killed, at each call that writes
if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip 'killed on the way' 'strace does not work here'
    done_testing
    exit
fi
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
for ((i = 1; i <= 1200; i++)); do
    sed -n '/"kind":"invoice"/{p;q}' "$CROSSDOCK_SOURCE/samples/canon/to-acme.jsonl" | sed "s/\"id\":\"......../\"id\":\"$(printf %08x $i)/; s/90012311/9$(printf %07d $i)/g"
done > records
begin
canon-ledger take acme --close > closed
send --closed closed
sent > want
: > wrong
killed=0
begin
strace -f -qq -o trace -e trace=write canon-ledger take acme --close > closed
writes=$(grep -c 'write(1,' trace)
cuts=$(grep -n 'write(1,' trace | cut -d : -f 1)
for n in $cuts; do
    begin
    { setsid strace -f -qq -o trace -e trace=write -e inject="write:signal=KILL:when=$n" canon-ledger take acme --close > part; } 2> said
    [ "$(tail -n 1 part | grep -c '"kind":"batch"')" = 1 ] || killed=$((killed + 1))
    send --closed part
    canon-ledger take acme --again --close > closed
    send --closed closed
    sent | cmp -s - want || echo "killed at $n: other interchanges" >> wrong
done
none wrong "killed at each of $writes writes, the next run sends the same"
[ $killed -gt 0 ]; ok $? "killed $killed times in the middle"

done_testing
