#!/bin/bash
# canon2edi killed before each of its writes, and run again: no control number is used twice, no file is torn, and in the
# end everything is there. And what else a sending run may meet: the same records again, a pipe that closes.

. "${0%/*}/tap.sh"

acme=$CROSSDOCK_SOURCE/samples/canon/to-acme.jsonl
at=(--time 2026-11-24T09:30)

numbers_in() { # FOLDER
    find "$1" -name '*.edi' -exec cat {} + | grep -aoE '\*00401\*[0-9]{9}\*' | cut -d'*' -f3 | sort
}

is_whole() { # FILE: as many ISA as IEA, and nothing behind the last
    [ "$(head -c 3 "$1")" = ISA ] && tail -c 20 "$1" | grep -qE 'IEA\*[01]\*[0-9]{9}~$'
}

# --- the same records again get numbers of their own
run canon2edi --control again "${at[@]}" "$acme"
grep -oE '\*00401\*[0-9]{9}' out > first
run canon2edi --control again "${at[@]}" "$acme"
grep -oE '\*00401\*[0-9]{9}' out > second
is "$(sort first second | uniq -d | wc -l) $(cat first second | wc -l)" '0 6' 'the same records again: other numbers'

# --- a pipe that closes
for i in $(seq 400); do sed "s/INV-[0-9]*/&-$i/" "$acme"; done > many
{
    canon2edi --control pipe "${at[@]}" --max-sets 1 many 2> err
    echo $? > code
} | head -c 300 > /dev/null
like "$(cat code)" '^(3|141)$' 'a pipe that closes is technical'
sort pipe | uniq -d > torn
grep -vE '^[^	]+	[^	]+	(ISA|[A-Z]{2})	[0-9]+$' pipe >> torn
none torn 'and the numbers are whole'

# --- killed
if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip 'killed before each write' 'strace does not work here'
    done_testing
fi
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
calls=openat,write,fsync,fdatasync,rename,renameat,renameat2,linkat,unlink,unlinkat,flock
: > seen
: > wrong
n=0
ended=
while [ "$n" -lt 400 ]; do
    n=$((n + 1))
    mkdir box
    # The shell says "Killed", too.
    {
        strace -f -qq -o trace -e trace=$calls -e inject=$calls:signal=KILL:when=$n \
            canon2edi --control counted -o box "${at[@]}" "$acme" > receipts 2> err
        code=$?
    } 2> killed
    find box -name '*.edi' > files
    while IFS= read -r file; do
        is_whole "$file" || echo "killed at call $n: $file is torn" >> wrong
    done < files
    [ ! -e counted ] || grep -vE '^[^	]+	[^	]+	(ISA|[A-Z]{2})	[0-9]+$' counted >> wrong
    numbers_in box > before
    if [ "$code" = 0 ]; then
        ended=yes
        cat before >> seen
        break
    fi
    [ "$code" = 137 ] || echo "killed at call $n: exit status $code" >> wrong
    canon2edi --control counted -o box "${at[@]}" "$acme" > receipts 2> err || echo "call $n: not again: $?" >> wrong
    numbers_in box > after
    [ "$(wc -l < after)" = 3 ] || echo "call $n: $(wc -l < after) interchanges after the second run" >> wrong
    [ "$(grep -c '"status":"written"' receipts)" = 3 ] || echo "call $n: receipts are missing" >> wrong
    comm -12 before after | sed "s/^/call $n: both runs used /" >> wrong
    cat before after >> seen
    rm -rf box
done
[ -n "$ended" ]; ok $? "killed before each of $n calls, and once not"
sort seen | uniq -d | sed 's/^/used twice: /' >> wrong
none wrong 'no number twice, no file torn, nothing missing in the end'
[ "$n" -gt 10 ]; ok $? 'there was something to kill'

done_testing
