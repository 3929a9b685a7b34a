#!/bin/bash
# Mailboxes on a server when the connection is cut anywhere, when there are very many files, when ten poll one mailbox at
# once, when there is no room here, and when the server gives one session and new keys all the time.
# CROSSDOCK_SLOW: 1,000 cuts and 10,000 files in place of 60 and 500.

. "${0%/*}/tap.sh"
# shellcheck source=t/remote/server.sh
. "$CROSSDOCK_SOURCE/t/remote/server.sh"
command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'

export CROSSDOCK_LEDGER=l.db
cuts=60 many=500
[ -z "${CROSSDOCK_SLOW:-}" ] || { cuts=1000 many=10000; }
lanes=4
seed=${CROSSDOCK_SEED:-$((RANDOM * 32768 + RANDOM))}
diag "CROSSDOCK_SEED=$seed"
start || skip_all "sshd does not start here: $(head -n 1 sshd.log)"
known ed25519
here=$PWD
head -c 100000 /dev/urandom > large

# partner [LINE]...: partner acme and an empty mailbox, in this folder
partner() {
    rm -rf box in outgoing
    mkdir -p box/out box/in in outgoing partners
    {
        printf 'partner: acme\nremote:\n  host: 127.0.0.1\n  port: %s\n  user: %s\n' "$port" "$(id -un)"
        printf '  key: %s\n  known_hosts: known\n  back_off: 0\n' "$here/user_ed25519"
        [ $# -eq 0 ] || printf '  %s\n' "$@"
        printf "  fetch: {from: '%s/box/out', into: in, names: ['*.edi'], after: delete}\n" "$PWD"
        printf "  send: {from: outgoing, to: '%s/box/in', after: delete}\n" "$PWD"
    } > partners/acme.yaml
    cp "$here/known" known 2> /dev/null
    rm -f l.db*
    canon-ledger create
}

# all_whole FOLDER N NAME: the N files of `fill` are in it, whole, and nothing else
fill() { # FOLDER N
    local i

    for ((i = 1; i <= $2; i++)); do printf 'file %d\n' "$i" > "$1/$i.edi"; done
}
all_whole() {
    local i text

    for ((i = 1; i <= $2; i++)); do
        { text=; read -r text < "$1/$i.edi"; } 2> /dev/null
        [ "$text" = "file $i" ] || echo "$i"
    done > wrong
    [ "$(ls -A "$1" | wc -l)" = "$2" ] || echo "$(ls -A "$1" | wc -l) names" >> wrong
    none wrong "$3"
}

# --- cut anywhere
# cut_at OFFSET --send|--fetch: the story goes to `told`
cut_at() {
    local from=box/out into=in way=() status proxy file

    [ "$2" = --fetch ] || { from=outgoing into=box/in way=(--send); }
    rm -rf box/*/* box/*/.[!.]* in outgoing
    mkdir -p in outgoing
    printf 'alpha %s' "$1" > $from/a.edi
    { cat "$here/large"; echo "$1"; } > $from/b.edi
    cp $from/b.edi b
    "$CROSSDOCK_BUILD/t/remote/proxy" --cut="$1" "$port" > proxy.port &
    proxy=$!
    until [ -s proxy.port ]; do sleep 0.02; done
    sed -i "s/  port: .*/  port: $(cat proxy.port)/; s/  timeout: .*/  timeout: 2s/" partners/acme.yaml
    sed "s/^\[127.0.0.1\]:[0-9]*/[127.0.0.1]:$(cat proxy.port)/" "$here/known" > known
    timeout -k 5 60 sftp-poll "${way[@]}" acme > stdout 2> stderr
    status=$?
    { kill $proxy && wait $proxy; } 2> /dev/null
    case $status in
    0 | 3) ;;
    *) echo "cut at $1, $2: status $status"; cat stderr ;;
    esac
    for file in a b; do
        [ -e $from/$file.edi ] || [ -e $into/$file.edi ] || echo "cut at $1, $2: $file is lost"
    done
    [ ! -e $into/b.edi ] || cmp -s $into/b.edi b || echo "cut at $1, $2: what is here is torn"
    [ ! -e $from/b.edi ] || cmp -s $from/b.edi b || echo "cut at $1, $2: the original is changed"
    sed -i "s/  port: .*/  port: $port/; s/  timeout: .*/  timeout: 60s/" partners/acme.yaml
    cp "$here/known" known
    timeout -k 5 100 sftp-poll "${way[@]}" acme > stdout 2> stderr || { echo "cut at $1, $2: again: status $?"; cat stderr; }
    { cmp $into/b.edi b && [ "$(cat $into/a.edi)" = "alpha $1" ]; } 2>&1 || echo "cut at $1, $2: again: not whole"
    [ "$(ls -A $into | wc -l) $(ls -A $from)" = '2 ' ] || echo "cut at $1, $2: again: $(ls -A $into $from)"
    [ $status != 0 ] || echo 0 >> uncut
}

RANDOM=$((seed % 32768))
for ((i = 0; i < cuts; i++)); do
    offsets[i]=$(((RANDOM * 32768 + RANDOM) % 115000 + 1))
done
for ((lane = 0; lane < lanes; lane++)); do
    mkdir -p lane$lane
    (
        cd lane$lane || exit
        export CROSSDOCK_PATH=$PWD:$CROSSDOCK_PATH
        partner 'retries: 0' 'timeout: 2s'
        for ((i = lane; i < cuts; i += lanes)); do
            cut_at "${offsets[i]}" "$([ $((i / lanes % 2)) = 0 ] && echo --fetch || echo --send)"
        done > told
        echo 'done' >> told
    ) &
    jobs[lane]=$!
done
wait "${jobs[@]}"
cat lane*/told > told
is "$(grep -c '^done$' told)" $lanes "the connection cut at $cuts offsets"
grep -v '^done$' told > wrong
none wrong 'each run ends; nothing is lost or torn; run again, all is there, once'
[ "$(cat lane*/uncut 2> /dev/null | wc -l)" -lt $((cuts / 2)) ]; ok $? 'and most cuts were before the end'

CROSSDOCK_PATH=$PWD:$CROSSDOCK_PATH
# --- very many files
partner
fill box/out $many
run sftp-poll acme
status_is 0 "$many files are fetched"
all_whole in $many 'whole, and nothing else'
is "$(ls -A box/out)" '' 'and deleted there'
is "$(sqlite3 l.db "SELECT count(*), count(DISTINCT sha256) FROM transfers WHERE state = 'done'")" "$many|$many" \
    'the ledger knows each'
mv in/* outgoing
run sftp-poll --send acme
status_is 0 "$many files are sent"
all_whole box/in $many 'whole, and nothing else'
is "$(ls -A outgoing)" '' 'and deleted here'

# --- ten at once
partner
fill box/out 200
for i in 1 2 3 4 5 6 7 8 9 10; do
    { sftp-poll acme 2> race.err.$i; echo $? > race.code.$i; } &
    jobs[i]=$!
done
wait "${jobs[@]}"
is "$(sort -u race.code.*)" 0 'ten poll one mailbox at once: all are content'
cat race.err.* | grep -v 'P0002' > wrong
none wrong 'whoever comes second says so, and nothing else'
run sftp-poll acme
all_whole in 200 'every file is there, once, whole'
is "$(ls -A box/out)$(sqlite3 l.db 'SELECT count(*) FROM transfers')" 200 'and was fetched once'

# --- a server that gives little
start 'MaxSessions 1' 'RekeyLimit 100K'
known ed25519
partner
fill box/out 30
cat large large large large large > box/out/large.edi
cp box/out/large.edi largest
run sftp-poll acme
status_is 0 'one session, and new keys every 100 KiB'
cmp -s in/large.edi largest; ok $? 'a large file is whole'
rm in/large.edi
all_whole in 30 'and so are small ones'
mv in/* outgoing
cp largest outgoing/large.edi
run sftp-poll --send acme
status_is 0 'the same when sending'
cmp -s box/in/large.edi largest; ok $? 'a large file is whole'
rm box/in/large.edi
all_whole box/in 30 'and so are small ones'

# --- no room here
partner 'retries: 0'
cp largest box/out/large.edi
printf 'file 1\n' > box/out/1.edi
cat > full <<'END'
mount -t tmpfs -o size=200k none in || exit 77
sftp-poll acme
echo $? > code.1
ls -A in > in.1
mount -o remount,size=4m in || exit 77
sftp-poll acme
echo $? > code.2
cp -r in arrived
END
unshare -rm bash full > full.out 2> full.err
if [ $? = 0 ]; then
    is "$(cat code.1)" 3 'a disk that is full'
    grep -q 'T7002.*large.edi.*No space' full.err; ok $? 'is told' || diag_file full.err
    is "$(grep -v '^\.' in.1)" 1.edi 'what found room is here'
    is "$(cat code.2)" 0 'with room, all is fetched'
    cmp -s arrived/large.edi largest && [ "$(ls -A arrived box/out | tr '\n' ' ')" = 'arrived: 1.edi large.edi  box/out: ' ]
    ok $? 'whole, and once' || diag "$(ls -A arrived box/out)"
else
    skip 'a disk that is full' 'no file systems of our own here'
fi

stop
trap - EXIT
done_testing
