#!/bin/bash
# canon2edi with a ledger: control numbers and what was sent under them are one transaction. Killed anywhere and run
# again it sends the same interchanges, with the same numbers and bytes, once; what has no receipt yet is never sent
# under other numbers.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

acme=$CROSSDOCK_SOURCE/samples/canon/to-acme.jsonl
tundra=$CROSSDOCK_SOURCE/samples/canon/to-tundra.jsonl
at=(--time 2026-11-24T09:30)
later=(--time 2026-11-25T17:45)

numbers_in() { # FOLDER
    find "$1" -name '*.edi' -exec cat {} + | grep -aoE '\*00401\*[0-9]{9}\*' | cut -d'*' -f3 | sort
}

# --- how it is called
run canon2edi -l none -o . "$acme"
status_is 2 'a ledger that is not there'
canon-ledger -l l create
run canon2edi -l l "$acme"
status_is 2 'a ledger wants a folder'
err_like '-o DIR' 'which is said'
run canon2edi -l l --control c -o . "$acme"
status_is 2 'numbers are counted in one place'
mkdir box other
CROSSDOCK_LEDGER=l CROSSDOCK_CONTROL=c run canon2edi -o other "${at[@]}" "$acme"
status_is 0 'both in the environment'
[ -s c ]; ok $? 'a file of numbers goes on'
run canon-ledger -l l numbers
out_is '' 'and the ledger is not asked'
sed 's/"id":"[0-9a-f]*",//' "$acme" | head -n 1 > nameless
run canon2edi -l l -o box nameless
status_is 1 'a record without id is refused'
err_like 'it has no id' 'and told why'
run canon-ledger -l l numbers
out_is '' 'no number is used'

# --- the same records again
CROSSDOCK_LEDGER=l run canon2edi -o box "${at[@]}" "$acme"
status_is 0 'interchanges are written'
mv out receipts
cp -r box first
run canon-ledger -l l numbers
cut -f 1,2 out > got
printf '%s\n' 'GS ZZ:CROSSDOCK 01:555010101 IN	1' 'GS ZZ:CROSSDOCK 01:555010101 PR	1' \
    'GS ZZ:CROSSDOCK 01:555010101 SH	1' 'ISA ZZ:CROSSDOCK 01:555010101	3' > want
same got want 'interchanges count by whom they are from and for, groups by their code, too'
numbers_in box > got
is "$(sort -u got | wc -l)" "$(find box -name '*.edi' | wc -l)" 'each has a number of its own'
run canon2edi -v -l l -o box "${later[@]}" "$acme"
status_is 0 'the same records again, a day later'
same out receipts 'give the same receipts'
diff -r box first > differs
none differs 'and change nothing'
err_like 'read 3 = written 3' 'they count as written'
cat "$acme" "$acme" > twice
canon-ledger -l m create
mkdir twin
run canon2edi -v -l m -o twin "${at[@]}" twice
status_is 0 'records that are there twice in a run'
diff -r twin first > differs
none differs 'are written once'
err_like 'read 6 = written 3 \+ refused 0 \+ ignored 3' 'and that is counted'
rm -rf box/*
run canon2edi -l l -o box "${later[@]}" "$acme"
same out receipts 'what was sent and has left'
find box -type f > there
none there 'is not sent twice'
run canon2edi -l l -o box "${later[@]}" "$acme" "$tundra"
status_is 0 'others beside it'
find box -name '*-tundra-*' > there
is "$(wc -l < there)/$(find box -type f | wc -l)" 1/1 'are sent'

# --- a folder that refuses
canon-ledger -l n create
mkdir shut
run canon2edi -l n -o shut/missing "${at[@]}" "$acme"
status_is 3 'a folder that is not there'
run canon-ledger -l n numbers
out_is '' 'uses no numbers'

# --- in the pipe: what has its receipt can go out anew
export CROSSDOCK_LEDGER=p
canon-ledger create
edi2canon -q --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-plain.edi" | canon-ledger post
mkdir out.acme
send() { canon-ledger take acme | canon2edi -q -o out.acme "$@" > receipts && canon-ledger done acme receipts; }
send "${at[@]}"
is "$(numbers_in out.acme)" 000000001 'an acknowledgment is sent'
cp "$CROSSDOCK_SOURCE/samples/x12/850-acme-plain.edi" resent.edi
edi2canon -q --all resent.edi | canon-ledger post
send "${later[@]}"
is "$(numbers_in out.acme)" 000000002 'the order again: it is acknowledged again, under another number'
if command -v sqlite3 > /dev/null; then
    is "$(sqlite3 p 'SELECT group_concat(interchange) FROM sent_interchanges')" 000000001,000000002 'both are known'
    is "$(sqlite3 p "SELECT count(*), count(ordinal), min(kind), min(set_control) FROM sent_documents")" \
        '2|2|functional_ack|0001' 'with what is in them'
fi
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- two runs with the same records at once
canon-ledger -l q create
mkdir race
: > wrong
for i in 1 2 3 4 5 6; do
    { canon2edi -q -l q -o race "${at[@]}" "$acme" "$tundra" > "race.$i" 2> "race.err.$i"; echo $? > "race.code.$i"; } &
done
wait
grep -vxE '0|3' race.code.? > wrong
none wrong 'six runs with the same records at once: each goes through, or says to run again'
grep -h -vE 'L5302|T[0-9]+ error: .*(busy|in use)' race.err.? > wrong
none wrong 'because another sends them'
is "$(numbers_in race | wc -l)/$(find race -name '*.edi' | wc -l)" 4/4 'each interchange is there'
run canon2edi -q -l q -o race "${at[@]}" "$acme" "$tundra"
status_is 0 'a run afterwards'
is "$(wc -l < out)" "$(cat "$acme" "$tundra" | wc -l)" 'has all receipts'
is "$(numbers_in race | wc -l)" "$(canon-ledger -l q numbers | awk -F '\t' '/^ISA/ { n += $2 } END { print n }')" \
    'no number is lost'

# --- killed at each call that writes
if ! command -v sqlite3 > /dev/null || ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null
then
    skip 'killed at each call' 'strace does not work here, or sqlite3 is not installed'
    done_testing
    exit
fi
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
# state: what the ledger says was sent, and what lies in the folder
state() {
    sqlite3 w/ledger 'SELECT name, last FROM number_series;
        SELECT interchange, group_code, group_control, state, file, sha256 FROM sent_interchanges;
        SELECT id, interchange, set_control FROM sent_documents'
    (cd w/box && find . -type f ! -name '.*.part' -exec sha256sum {} + | sort)
}
begin() {
    rm -rf w
    cp -r "$1" w
}
again() { canon2edi -q -l w/ledger -o w/box "$@" "$acme" "$tundra" > receipts; }

mkdir w w/box
canon-ledger -l w/ledger create
cp -r w nothing
again "${at[@]}"
state > want
cp receipts want.receipts
begin nothing
strace -f -qq -o trace -e trace=openat,write,pwrite64,fsync,fdatasync,renameat,renameat2,rename,unlink,flock,fcntl,ftruncate \
    canon2edi -q -l w/ledger -o w/box "${at[@]}" "$acme" "$tundra" > receipts
sed -nE 's/^[0-9]+ +([a-z0-9]+)\(.*/\1/p' trace | sort | uniq -c > counts
killed=0 n=0
: > wrong
while read -r count name; do
    step=1
    if [ -z "${CROSSDOCK_SLOW:-}" ]; then
        case $name in fdatasync | fsync | rename*) ;; *) step=$((count / 8 + 1)) ;; esac
    fi
    for ((n = 1; n <= count; n += step)); do
        begin nothing
        {
            strace -f -qq -o trace -e trace="$name" -e inject="$name:signal=KILL:when=$n" \
                canon2edi -q -l w/ledger -o w/box "${at[@]}" "$acme" "$tundra" > receipts 2> err
            code=$?
        } 2> said
        [ $code != 137 ] || killed=$((killed + 1))
        # What is in the folder is whole, and has the numbers that the undisturbed run gave it.
        (cd w/box && find . -type f ! -name '.*.part' -exec sha256sum {} +) | sort > lies
        comm -23 lies <(sort want) | sed "s/^/$name $n leaves /" >> wrong
        again "${at[@]}" || echo "$name $n: not again: $?" >> wrong
        state | cmp -s - want || echo "$name $n: another end" >> wrong
        sort receipts | cmp -s - <(sort want.receipts) || echo "$name $n: other receipts" >> wrong
        again "${later[@]}" || echo "$name $n: not a third time: $?" >> wrong
        state | cmp -s - want || echo "$name $n: a further run changes something" >> wrong
    done
done < counts
none wrong 'killed at each call, and run again: the same numbers, the same bytes, once'
[ $killed -gt 30 ]; ok $? "killed $killed times"

done_testing
