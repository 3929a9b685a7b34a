#!/bin/bash
# sftp-poll killed before a call that changes something, itself or its worker, with a mailbox on a real OpenSSH server and
# with a folder: at no time is a file lost, torn or twice, and nothing is done there before it is in the ledger; run again,
# all is there; a third run does nothing. A sample here, all calls with CROSSDOCK_SLOW (make check-slow).

. "${0%/*}/tap.sh"
# shellcheck source=t/remote/server.sh
. "$CROSSDOCK_SOURCE/t/remote/server.sh"
for program in sqlite3 strace shuf; do
    command -v $program > /dev/null || skip_all "$program is not installed"
done
strace -qq -e trace=none true 2> /dev/null || skip_all 'strace does not work here'
start || skip_all "sshd does not start here: $(head -n 1 sshd.log)"
known ed25519
# A process that is traced cannot look for leaks.
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 CROSSDOCK_LEDGER=l.db
CROSSDOCK_PATH=$PWD:$CROSSDOCK_PATH
seed=${CROSSDOCK_SEED:-$((RANDOM * 32768 + RANDOM))}
points=${CROSSDOCK_POINTS:-8}
diag "CROSSDOCK_SEED=$seed"
mkdir partners
head -c 150000 /dev/urandom > large
# What changes something, or tells somebody.
calls=pwrite64,pwritev,write,writev,fsync,fdatasync,sync_file_range,ftruncate,renameat,renameat2,linkat,unlink,unlinkat,sendmsg,sendto,flock,clone,clone3,connect
[ -z "${CROSSDOCK_SLOW:-}" ] || calls=$calls,openat,close,recvmsg,recvfrom,fcntl,mkdirat

# prepare WHERE: partner acme, a mailbox on the server or a folder, with three files to come and three to go
prepare() {
    local folder=box

    rm -rf box in out l.db*
    mkdir -p box/out box/in in out
    printf 'alpha\n' > box/out/a.edi
    cp large box/out/b.edi
    : > box/out/c.edi
    cp box/out/* out
    {
        printf 'partner: acme\nremote:\n'
        if [ "$1" = server ]; then
            folder=$PWD/box
            printf '  host: 127.0.0.1\n  port: %s\n  user: %s\n  key: user_ed25519\n  known_hosts: known\n' "$port" "$(id -un)"
        else
            printf '  dir: .\n'
        fi
        printf '  retries: 0\n  back_off: 0\n'
        printf "  fetch: {from: '%s/out', into: in, after: delete}\n  send: {from: out, to: '%s/in', after: delete}\n" \
            "$folder" "$folder"
    } > partners/acme.yaml
    canon-ledger create
}

whole() {
    case $1 in
    */a.edi) [ "$(cat "$1")" = alpha ] ;;
    */b.edi) cmp -s "$1" large ;;
    */c.edi) [ ! -s "$1" ] ;;
    esac
}

state() { # of the last transfer of that name: claimed, whole, kept, done
    sqlite3 l.db "SELECT state FROM transfers WHERE name = '$1' ORDER BY ordinal DESC LIMIT 1"
}

# holds STORY FROM INTO WAY: what must be so at any time
holds() {
    local file

    for file in a.edi b.edi c.edi; do
        [ -e "$2/$file" ] || [ -e "$3/$file" ] || echo "$1: $file is lost"
        [ ! -e "$2/$file" ] || whole "$2/$file" || echo "$1: the original of $file is changed"
        [ ! -e "$3/$file" ] || whole "$3/$file" || echo "$1: $file is torn"
        case "$4 $([ -e "$2/$file" ] && echo original) $([ -e "$3/$file" ] && echo there) $(state $file)" in
        'fetch original there whole' | 'fetch original there kept' | 'fetch original  '*) ;;
        'fetch  there kept' | 'fetch  there done') ;;
        'send original there whole' | 'send original there done' | 'send original  '*) ;;
        'send  there done') ;;
        *) echo "$1: $file is ahead of its record: $(state $file)" ;;
        esac
    done
}

# tried WHERE WAY: killed at each of the points of `points.list`, or a sample of them
tried() {
    local where=$1 way=$2 from=box/out into=in arguments=() who call n story is_so times=0 killed=0

    [ "$way" = fetch ] || { from=out into=box/in arguments=(--send); }
    prepare "$where"
    strace -f -qq -o trace -e trace=$calls sftp-poll "${arguments[@]}" acme > stdout 2> stderr
    is "$?$(cat stderr)" 0 "$where, $way: undisturbed"
    # The first process is sftp-poll itself, all others its worker and its threads.
    awk -F'[ (]+' 'NR == 1 { self = $1 } $2 ~ /^[a-z]/ { who = $1 == self ? "self" : "other"; print who, $2, ++count[who, $2] }' \
        trace > points.list
    [ -n "${CROSSDOCK_SLOW:-}" ] || {
        shuf -n "$points" --random-source=<(yes "$seed") points.list > points.some
        mv points.some points.list
    }
    : > wrong
    while read -r who call n <&3; do
        story="$where, $way, $who before $call $n"
        prepare "$where"
        # Each process counts for itself. Without -f it is sftp-poll alone that is killed.
        {
            if [ "$who" = self ]; then
                strace -qq -o trace -e trace="$call" -e inject="$call:signal=KILL:when=$n" \
                    sftp-poll "${arguments[@]}" acme > stdout 2> stderr
            else
                strace -f -qq -o trace -e trace="$call" -e inject="$call:signal=KILL:when=$n" \
                    sftp-poll "${arguments[@]}" acme > stdout 2> stderr
            fi
        } 2> /dev/null
        [ $? = 0 ] || killed=$((killed + 1))
        holds "$story" $from $into "$way"
        times=$((times + 1))
        sftp-poll "${arguments[@]}" acme > stdout 2> stderr || { echo "$story: again: $?"; cat stderr; }
        for file in a b c; do
            [ -e $into/$file.edi ] && whole $into/$file.edi || echo "$story: again: $file is not there, or not whole"
        done
        [ "$(ls -A $into | wc -l) $(ls -A $from)" = '3 ' ] || echo "$story: again: $(ls -A $into $from | tr '\n' ' ')"
        is_so=$(ls -A box/* in out | md5sum)
        sftp-poll "${arguments[@]}" acme > stdout 2> stderr || { echo "$story: a third time: $?"; cat stderr; }
        [ "$(ls -A box/* in out | md5sum)" = "$is_so" ] || echo "$story: a third run does something"
    done 3< points.list > told 2>&1
    cat told >> wrong
    none wrong "$where, $way: killed, and run again: all is there, once"
    diag "$where, $way: $times points"
    # Who goes another way the second time is not always met.
    [ $times -ge "$points" ] && [ $killed -ge $((times / 2)) ]; ok $? "$where, $way: at $points points at least"
}

# --- the instrument itself
prepare folder
rm box/out/a.edi
holds broken box/out in fetch > told
is "$(cat told)" "$(printf '%s\n' 'broken: a.edi is lost' 'broken: a.edi is ahead of its record: ')" 'what is lost is found out'
prepare folder
mv box/out/a.edi in
head -c 1000 large > in/b.edi
rm out/c.edi
: > box/in/c.edi
{ holds broken box/out in fetch; holds broken out box/in send; } > told
is "$(grep -c -e 'a.edi is ahead' -e 'b.edi is torn' -e 'b.edi is ahead' -e 'c.edi is ahead' told)" 4 \
    'so is what is torn, and what is done before it is written down'

for where in server folder; do
    for way in fetch send; do
        tried $where $way
    done
done

stop
trap - EXIT
done_testing
