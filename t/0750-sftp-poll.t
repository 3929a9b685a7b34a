#!/bin/bash
# Files of a mailbox that is a folder: each whole, once, whatever its name, whoever else polls, wherever it is killed.

. "${0%/*}/tap.sh"

export CROSSDOCK_LEDGER=l.db
mkdir partners
CROSSDOCK_PATH=$PWD:$CROSSDOCK_PATH

# partner NAME [FETCH [REMOTE]]: a partner with a new mailbox, NAME.box, and folders here
partner() {
    local names="names: ['*.edi'], "

    [[ ${2:-} != *names:* ]] || names=
    rm -rf "$1.box" "$1.in" "$1.out"
    mkdir -p "$1.box/out" "$1.box/in" "$1.box/done" "$1.in" "$1.out"
    cat > "partners/$1.yaml" <<END
partner: $1
remote:
  dir: $1.box
  back_off: 0
  ${3:-retries: 0}
  fetch: {from: out, into: $1.in, $names${2:-after: delete}}
  send: {from: $1.out, to: in, after: delete}
END
}

# states PARTNER: how many transfers are in which state
states() {
    sqlite3 l.db "SELECT state || ' ' || count(*) FROM transfers WHERE partner = '$1' GROUP BY state" | tr '\n' ' '
}

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'

# --- used wrongly
run sftp-poll
status_is 2 'a partner must be named'
partner acme
run sftp-poll acme
status_is 2 'and there must be a ledger'
err_like 'L5001' 'which is said'
canon-ledger create
run sftp-poll nobody
status_is 2 'a partner that nobody knows'
err_like 'C4302' 'is told'
run sftp-poll zenith
status_is 2 'a partner without a mailbox'
err_like 'P0001' 'is told'
run sftp-poll --list --send acme
status_is 2 '--list and --send do not go together'
for wrong in 'remote: {fetch: {from: out, into: in}}' 'remote: {dir: box, fetch: {from: out}}' \
    'remote: {dir: box, fetch: {from: out, into: in, after: move}}' \
    'remote: {dir: box, fetch: {from: out, into: in, move_to: x}}' \
    'remote: {dir: box, fetch: {from: out, into: in, pattern: "(" }}' \
    'remote: {dir: box, timeout: 0, fetch: {from: out, into: in}}' 'remote: {dir: box, fetsh: {}}'; do
    printf 'partner: wrong\n%s\n' "$wrong" > partners/wrong.yaml
    run sftp-poll wrong
    status_is 2 "refused: $wrong"
    err_like 'C42.*wrong.yaml:[0-9]+:[0-9]+' 'with its place'
done
rm partners/wrong.yaml

# --- a day
printf one > acme.box/out/a.edi
printf two > acme.box/out/b.edi
: > acme.box/out/empty.edi
echo text > acme.box/out/c.txt
touch -d '2026-01-02 03:04:05' acme.box/out/a.edi
run sftp-poll --list acme
status_is 0 'a list'
out_like "^ready	acme	out	a\.edi	3	2026-01-02T03:04:05Z$" 'has what is ready'
out_like '^other	acme	out	c\.txt	5	' 'and what is not meant'
run sftp-poll -n acme
out_like '^fetch	acme	out	b\.edi	3	' '-n says what would be fetched'
is "$(ls acme.in)$(states acme)" '' 'and does nothing'
run sftp-poll acme
status_is 0 'they are fetched'
quiet 'in silence'
out_is '' 'on both sides'
is "$(cd acme.in && head -c 9 a.edi b.edi empty.edi | tr '\n' ' ')" '==> a.edi <== one ==> b.edi <== two ==> empty.edi <== ' \
    'whole'
is "$(stat -c %a acme.in/a.edi)" 600 'for their owner alone'
is "$(ls acme.box/out)" c.txt 'and deleted there'
is "$(ls -A acme.in | wc -l)" 3 'and nothing else is left here'
is "$(states acme)" 'done 3 ' 'the ledger knows them'
is "$(sqlite3 l.db "SELECT sha256 FROM transfers WHERE name = 'a.edi'")" "$(printf one | sha256sum | cut -d' ' -f1)" \
    'with their SHA-256'
run sftp-poll acme
status_is 0 'again, there is nothing to do'
is "$(states acme)" 'done 3 ' 'and nothing is done'

# --- the same again, and something else under the same name
printf one > acme.box/out/a.edi
printf 'two again' > acme.box/out/b.edi
run sftp-poll -v acme
status_is 0 'files come again'
err_like 'P0210 info: acme:out/a.edi' 'the same content is known'
is "$(ls acme.in | tr '\n' ' ')" 'a.edi b.edi b~2.edi empty.edi ' 'and comes once; other content is another file'
is "$(cat acme.in/b~2.edi)" 'two again' 'which is whole'
is "$(ls acme.box/out)" c.txt 'both are deleted there'

# --- what stays there
partner leave 'after: leave'
printf one > leave.box/out/a.edi
run sftp-poll leave
rm leave.in/a.edi
run sftp-poll -v leave
err_like 'known 1,' 'what stays is known'
is "$(ls leave.in)" '' 'and does not come again'
printf other > leave.box/out/a.edi
run sftp-poll leave
is "$(cat leave.in/a.edi)" other 'unless it is another'
run sftp-poll --list leave
out_like '^known	' 'a list says what is known'

# --- what is moved
partner move 'after: move, move_to: done'
printf one > move.box/out/a.edi
run sftp-poll move
printf two > move.box/out/a.edi
run sftp-poll move
status_is 0 'files are moved'
is "$(cd move.box && find . -type f | sort | tr '\n' ' ')" "./done/a.edi ./done/a.edi~$(sqlite3 l.db 'SELECT max(ordinal) FROM transfers') " 'also when the name is taken'
rm -rf move.box/done
printf three > move.box/out/b.edi
run sftp-poll move
status_is 3 'where they cannot be moved'
err_like 'P0203 error: move:out/b.edi' 'that is told'
is "$(cat move.in/b.edi)" three 'the file is here'
run sftp-poll move
is "$(states move)$(ls move.in | wc -l)" 'done 2 kept 1 3' 'and is not fetched again'
mkdir move.box/done
run sftp-poll move
status_is 0 'once they can, they are'
is "$(states move)" 'done 3 ' 'and done'

# --- when it is ready
partner ready 'after: delete, marker: .done'
printf one > ready.box/out/a.edi
printf two > ready.box/out/b.edi
: > ready.box/out/b.edi.done
run sftp-poll ready
is "$(ls ready.in) $(ls ready.box/out)" 'b.edi a.edi' 'a marker makes a file ready, and is taken away'
partner suffix "after: delete, names: ['*'], unready: [.tmp]"
printf one > suffix.box/out/a.edi.tmp
printf one > suffix.box/out/b.edi
run sftp-poll suffix
is "$(ls suffix.in)" b.edi 'a suffix says what is being written'
partner stable 'after: delete, stable: 2s'
printf one > stable.box/out/a.edi
printf one > stable.box/out/grows.edi
(for i in 1 2 3 4 5 6 7 8 9; do sleep 0.3; printf more >> stable.box/out/grows.edi; done) &
run sftp-poll stable
wait
is "$(ls stable.in)" a.edi 'what grows is not taken'
partner regex "after: delete, pattern: '[0-9]+\\.x12'"
printf one > regex.box/out/17.x12
printf one > regex.box/out/17.x12.bak
run sftp-poll regex
is "$(ls regex.in)" 17.x12 'a pattern is of whole names'
partner runaway "after: delete, pattern: '(a*)*[bc]'"
printf one > runaway.box/out/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
run sftp-poll runaway
status_is 1 'a pattern that runs away'
err_like 'P0204' 'is told'

# --- names and kinds
partner hostile "after: delete, names: ['*']"
(
    cd hostile.box/out || exit
    printf x > ./-rf
    printf x > $'nl\nname.edi'
    printf x > $'\e]0;pwn\a.edi'
    printf x > $'\xff\xfe.edi'
    printf x > $'c1\xc2\x9b.edi'
    printf x > 'back\slash.edi'
    printf x > "$(printf 'X%.0s' {1..201}).edi"
    printf x > .hidden
    printf x > ok.edi
    printf x > 'blank in it.edi'
    ln -s /etc/passwd link.edi
    mkfifo pipe.edi
    mkdir folder.edi
)
run sftp-poll --diagnostics=json hostile
status_is 1 'hostile names'
is "$(ls hostile.in | tr '\n' ' ')" 'blank in it.edi ok.edi ' 'are not taken'
is "$(grep -c P0204 err) $(grep -c P0205 err) $(wc -l < err)" '7 2 9' 'each is told, in a line of its own'
LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f-\xff]' err; is $? 1 'and nothing of them reaches a terminal'
is "$(find hostile.box/out -mindepth 1 -printf x | wc -c)" 11 'they stay'
rm -rf hostile.box/out
ln -s /etc hostile.box/out
run sftp-poll hostile
status_is 3 'a folder that is a link is not followed'
for folder in ../acme.box/out /../out out/../../acme.box; do
    sed "s|from: out,|from: $folder,|" partners/acme.yaml > partners/escape.yaml
    sed -i 's/^partner: acme/partner: escape/' partners/escape.yaml
    run sftp-poll --list escape
    status_is 3 "$folder does not lead out of the mailbox"
done

# --- limits
partner limit 'after: delete' 'max_size: 1'
head -c 1048577 /dev/zero > limit.box/out/large.edi
head -c 1048576 /dev/zero > limit.box/out/small.edi
run sftp-poll limit
status_is 1 'a file over the limit'
err_like 'P0206 error: limit:out/large.edi' 'is told'
is "$(ls limit.in)" small.edi 'and stays'
partner few 'after: delete' 'max_files: 3'
for i in 1 2 3 4 5; do printf "$i" > few.box/out/$i.edi; done
run sftp-poll few
status_is 0 'more files than one run takes'
err_like 'P0211 warn: few:out: .*: 2 files' 'are told'
is "$(ls few.in | wc -l)" 3 'some are taken'
run sftp-poll few
is "$(ls few.in | wc -l)" 5 'and then the others'
partner endless 'after: delete' 'max_list: 4'
for i in 1 2 3 4 5; do printf "$i" > endless.box/out/$i.edi; done
run sftp-poll endless
status_is 3 'a folder with too many names'
err_like 'P0207' 'is told'
is "$(ls endless.in)" '' 'and nothing is taken out of it'

# --- trouble here and there
partner trouble
printf one > trouble.box/out/a.edi
mv trouble.in away
run sftp-poll trouble
status_is 3 'a missing folder here'
err_like 'T7002 error: trouble.in' 'is told'
mv away trouble.in
mv trouble.box away
run sftp-poll trouble
status_is 3 'a missing mailbox'
err_like 'P0101 error: trouble: ' 'is told'
mv away trouble.box
head -c 4194304 /dev/urandom > trouble.box/out/big.edi
(ulimit -f 2048; exec sftp-poll trouble) > out 2> err
is "$?" 3 'a file that finds no room here'
err_like 'T7002 error: trouble.in: .*big.edi.*File too large' 'is told'
is "$(ls trouble.in)" a.edi 'and is not here, but the other is'
run sftp-poll trouble
status_is 0 'with room'
is "$(ls trouble.in | tr '\n' ' ')$(ls trouble.box/out)" 'a.edi big.edi ' 'it comes'

# --- sent
partner give
printf one > give.out/a.edi
printf two > give.out/b.edi
mkdir give.out/folder
ln -s a.edi give.out/link
run sftp-poll -n --send give
out_like '^send	give	give.out	a\.edi	3	' '-n says what would be sent'
run sftp-poll --send give
status_is 1 'a link is not sent'
err_like 'P0205 error: give:give.out: .*link' 'and told'
rm give.out/link
is "$(ls -A give.box/in | tr '\n' ' ')$(ls give.out)" 'a.edi b.edi folder' 'the others are there, and deleted here'
printf one > give.out/a.edi
run sftp-poll --send -v give
err_like 'known 1,' 'what was sent is known'
is "$(ls give.out)" folder 'and deleted'
printf 'another' > give.out/b.edi
run sftp-poll --send give
status_is 1 'a name that is taken there'
err_like 'P0208 error: give:in/b.edi' 'is told'
is "$(cat give.box/in/b.edi)" two 'and nothing is replaced'
run sftp-poll --send give
status_is 1 'that is so until it is free'
rm give.box/in/b.edi
run sftp-poll --send give
status_is 0 'then it is sent'
is "$(cat give.box/in/b.edi)$(ls -A give.box/in | wc -l)" another2 'whole'
run sftp-poll --send give
is "$(ls give.out)" folder 'and deleted here'

# --- what is there is replaced
partner feed
sed -i 's/  send: {/  send: {replace: true, /' partners/feed.yaml
for text in one two two one; do
    printf $text > feed.out/stock.csv
    run sftp-poll --send feed
    is "$status $(cat feed.box/in/stock.csv) $(ls -A feed.box/in feed.out | wc -l)" "0 $text 4" "replaced: $text"
done
is "$(states feed)" 'done 3 ' 'what is there already is not sent again'
printf three > feed.out/stock.csv
run sftp-poll -n --send feed
out_like '^send	feed	feed.out	stock.csv	5	' '-n knows'
rm feed.box/in/stock.csv
mkdir feed.box/in/stock.csv
run sftp-poll --send feed
status_is 3 'a folder is not replaced'
rmdir feed.box/in/stock.csv
run sftp-poll --send feed
is "$status $(cat feed.box/in/stock.csv)" '0 three' 'when it is gone, the file is there'
[ -e feed.out/stock.csv ] && run sftp-poll --send feed
is "$(ls -A feed.out)" '' 'and deleted here'

# --- several, and at once
partner p1
partner p2
partner p3
for i in 1 2 3; do printf "$i" > p$i.box/out/$i.edi; done
run sftp-poll -j 2 p1 p2 p3 p1
status_is 0 'several partners'
is "$(cat p1.in/1.edi p2.in/2.edi p3.in/3.edi)" 123 'each its own'
rm -rf p2.box
printf 3 > p3.box/out/4.edi
run sftp-poll p1 p2 p3
status_is 3 'one that fails'
is "$(cat p3.in/4.edi)" 3 'harms no other'

partner race
for i in $(seq 300); do printf "file $i" > race.box/out/$i.edi; done
for i in 1 2 3 4 5 6 7 8 9 10; do
    { sftp-poll race 2> race.err.$i; echo $? > race.code.$i; } &
done
wait
is "$(sort -u race.code.*)" 0 'ten at once: all are content'
run sftp-poll race
for i in $(seq 300); do
    [ "$(cat race.in/$i.edi 2> /dev/null)" = "file $i" ] || echo "$i"
done > wrong
none wrong 'every file is there, whole'
is "$(ls -A race.in | wc -l) $(states race)" '300 done 300 ' 'and once'
cat race.err.* > race.err
grep -v 'P0002' race.err > wrong
none wrong 'whoever comes second says so, and nothing else'

# --- killed at every call, and run again
if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip 'killed at every call' 'strace does not work here'
    done_testing
fi
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
# killed NAME ARGUMENT...: partner kill, killed before its n-th such call, for every n
killed() {
    local name=$1 n=0 times=0 ended=
    local calls=(pwrite64 write fsync fdatasync renameat2 unlinkat sendmsg flock)

    shift
    : > wrong
    # strace counts each process and each call for itself.
    while [ ${#calls[@]} -gt 0 ] && [ "$n" -lt 200 ]; do
        if [ -n "$ended" ]; then
            calls=("${calls[@]:1}")
            n=0
            ended=
            continue
        fi
        n=$((n + 1))
        times=$((times + 1))
        partner kill 'after: delete' 'retries: 0'
        rm -f l.db*
        canon-ledger create
        for i in 1 2; do
            printf "in $i" > kill.box/out/$i.edi
            printf "out $i" > kill.out/$i.edi
        done
        {
            strace -f -qq -o trace -e trace="${calls[0]}" -e inject="${calls[0]}:signal=KILL:when=$n" \
                sftp-poll "$@" kill > out 2> err
            code=$?
        } 2> /dev/null
        [ $code -ne 0 ] || ended=yes
        for file in kill.in/*.edi kill.box/in/*.edi; do
            [ ! -e "$file" ] || [ "$(wc -c < "$file")" -ge 4 ] || echo "killed at ${calls[0]} $n: $file is torn" >> wrong
        done
        for i in 1 2; do
            [ -e kill.box/out/$i.edi ] || [ -e kill.in/$i.edi ] || echo "killed at ${calls[0]} $n: $i is lost" >> wrong
            [ -e kill.out/$i.edi ] || [ -e kill.box/in/$i.edi ] || echo "killed at ${calls[0]} $n: $i is not sent" >> wrong
        done
        sftp-poll "$@" kill > out 2> err || { echo "killed at ${calls[0]} $n: run again: $?"; cat err; } >> wrong
        for i in 1 2; do
            case $1 in
            --send) [ "$(cat kill.box/in/$i.edi)" = "out $i" ] || echo "killed at ${calls[0]} $n: $i is not there" ;;
            *) [ "$(cat kill.in/$i.edi)" = "in $i" ] || echo "killed at ${calls[0]} $n: $i is not there" ;;
            esac
        done >> wrong 2>&1
        is_so=$(ls -A kill.in kill.box/in kill.box/out kill.out | md5sum)
        sftp-poll "$@" kill > out 2> err || echo "killed at ${calls[0]} $n: a third time" >> wrong
        [ "$(ls -A kill.in kill.box/in kill.box/out kill.out | md5sum)" = "$is_so" ] ||
            echo "killed at ${calls[0]} $n: a third run does something" >> wrong
        # Nothing twice, no part left.
        case $1 in
        --send) [ "$(ls -A kill.box/in | wc -l) $(ls -A kill.out | wc -l)" = "2 0" ] ;;
        *) [ "$(ls -A kill.in | wc -l) $(ls -A kill.box/out | wc -l)" = "2 0" ] ;;
        esac || { echo "killed at ${calls[0]} $n: too much or too little"; ls -AR kill.in kill.box kill.out; } >> wrong
    done
    diag "$name: killed $times times, at most"
    none wrong "$name: killed at any call, and run again: all is there, once"
    [ "$times" -gt 40 ] && [ ${#calls[@]} -eq 0 ]; ok $? "$name: at every call there is"
}
killed fetching --diagnostics=text
killed sending --send

done_testing
