#!/bin/bash
# Mailboxes on a real OpenSSH server, started here with its own keys: who it is, whether it lets us in, and what becomes of
# files when it dies or is silent half-way. Each run ends in time; the originals are intact; a rerun converges.

. "${0%/*}/tap.sh"

# shellcheck source=t/remote/server.sh
. "$CROSSDOCK_SOURCE/t/remote/server.sh"
command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'

export CROSSDOCK_LEDGER=l.db
CROSSDOCK_PATH=$PWD:$CROSSDOCK_PATH
mkdir partners
canon-ledger create
ssh-keygen -q -t ed25519 -N '' -f stranger

# partner [LINE]...: partner acme of that server; lines stand in for the usual ones of the same key
partner() {
    local line usual

    mkdir -p box/out box/in in outgoing
    printf 'partner: acme\nremote:\n  host: 127.0.0.1\n  port: %s\n' "$port" > partners/acme.yaml
    for usual in "user: $(id -un)" 'key: user_ed25519' 'known_hosts: known' 'timeout: 30s' 'retries: 0' 'back_off: 0'; do
        for line in "$@"; do [ "${line%%:*}" != "${usual%%:*}" ] || continue 2; done
        printf '  %s\n' "$usual" >> partners/acme.yaml
    done
    for line in "$@"; do [ "${line#*: }" = none ] || printf '  %s\n' "$line"; done >> partners/acme.yaml
    printf "  fetch: {from: '%s', into: in, names: ['*.edi'], after: delete}\n" "$PWD/box/out" >> partners/acme.yaml
    printf "  send: {from: outgoing, to: '%s', after: delete}\n" "$PWD/box/in" >> partners/acme.yaml
}

start || skip_all "sshd does not start here: $(head -n 1 sshd.log)"
known ed25519 ecdsa
partner

# --- files there and back
printf one > box/out/a.edi
: > box/out/empty.edi
head -c 9000000 /dev/urandom > box/out/large.edi
cp box/out/large.edi large
ln -s a.edi box/out/link.edi
run sftp-poll --list acme
status_is 0 'a list'
out_like '^ready	acme	.*	large\.edi	9000000	20' 'has sizes and times'
out_like '^refused	acme	.*	link\.edi' 'and links'
run sftp-poll acme
status_is 1 'files are fetched, a link is not'
rm box/out/link.edi
cmp -s in/large.edi large; ok $? 'a large file is whole'
is "$(cat in/a.edi)$(stat -c %s in/empty.edi)" one0 'so are small ones, and an empty one'
is "$(ls box/out)" '' 'and the originals are deleted'
for i in $(seq 200); do printf "file $i" > box/out/$i.edi; done
run sftp-poll -v acme
status_is 0 'many small files'
for i in $(seq 200); do [ "$(cat in/$i.edi)" = "file $i" ] || echo "$i"; done > wrong 2>&1
none wrong 'are all here'
cp large outgoing/large.edi
for i in $(seq 100); do printf "out $i" > outgoing/$i.edi; done
run sftp-poll --send acme
status_is 0 'files are sent'
quiet 'in silence'
cmp -s box/in/large.edi large; ok $? 'a large one is whole'
for i in $(seq 100); do [ "$(cat box/in/$i.edi)" = "out $i" ] || echo "$i"; done > wrong 2>&1
none wrong 'and so are small ones'
is "$(ls -A box/in | wc -l) $(ls outgoing)" '101 ' 'nothing is left over, there or here'
printf other > outgoing/1.edi
run sftp-poll --send acme
status_is 1 'what is there is not replaced'
err_like 'P0208' 'and that is told'
is "$(cat box/in/1.edi)" 'out 1' 'it is as it was'
rm box/in/1.edi
run sftp-poll --send acme
is "$status $(cat box/in/1.edi)" '0 other' 'when it is gone, the other one comes'

# --- how far it has come
for i in 1 2 3; do printf "seen $i" > box/out/seen$i.edi; done
cp large box/out/seenlarge.edi
run sftp-poll --progress acme
status_is 0 'progress is told'
err_like '^acme: 4 of 4 files, 100 % of 9\.0 MB, .*/s: seenlarge\.edi$' 'in a line a file, when it is no terminal'
is "$(grep -c '^acme: [1-4] of 4 files' err)" 4 'and nothing else'
cp box/in/[1-9].edi outgoing
for file in outgoing/*; do echo more >> "$file"; done
rm box/in/[1-9].edi
run sftp-poll --send --progress acme
err_like '^acme: 9 of 9 files, .*: 9\.edi$' 'also when sending'
if command -v script > /dev/null; then
    head -c 60000000 /dev/zero > box/out/seen.edi
    SHELL=/bin/sh script -qec 'sftp-poll --progress acme' /dev/null > out 2> err < /dev/null
    is "$?" 0 'on a terminal'
    out_like $'\racme: 0 of 1 files, [0-9]+ % of 60\\.0 MB' 'a line is drawn'
    is "$(tail -c 4 out | od -An -c | tr -d ' ')" '\r033[K' 'and goes away'
    rm in/seen.edi
else
    skip 'on a terminal' 'script is not installed'
fi
sed -i 's/  send: {/  send: {replace: true, /' partners/acme.yaml
printf third > outgoing/1.edi
run sftp-poll --send acme
is "$status $(cat box/in/1.edi) $(ls -A box/in | wc -l)" '0 third 101' 'replaced, when the partner wants that'
partner

# --- who it is
printf one > box/out/k.edi
# refused CODE NAME: the server is not the right one, or we are not; nothing is done
refused() {
    run sftp-poll acme
    [ "$status" -ge 2 ]; ok $? "$2: refused"
    err_like "$1" "$2: told"
    [ -e box/out/k.edi ] && [ ! -e in/k.edi ]; ok $? "$2: nothing is done"
}
: > known
refused 'P0104 .*SHA256:[A-Za-z0-9+/]{43}' 'no key is known'
cp host_ed25519.pub right.pub
printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 stranger.pub)" > known
refused 'P0104 .*SHA256:.*another key' 'the key is another'
known rsa
refused 'P0104' 'a key of a type that is not asked for'
{ printf '@revoked '; cat known; } > known.new && mv known.new known
refused 'P0107 .*marker' 'a marker'
known ed25519
sed -i 's/$/\r/' known
refused 'P0107 .*CR' 'a CR'
{ echo garbage; printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 host_ed25519.pub)"; } > known
refused 'P0107 .*line 1' 'a line that is none'
known ed25519
chmod 666 known
refused 'P0107 .*others' 'a file that others may write'
chmod 600 known
partner 'known_hosts: missing'
refused 'P0107' 'a missing file'
partner 'known_hosts: none' "fingerprint: 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'"
refused 'P0104 .*SHA256:' 'another fingerprint'
for type in ed25519 ecdsa; do
    partner 'known_hosts: none' "fingerprint: '$(ssh-keygen -lf host_$type.pub | cut -d' ' -f2)'"
    run sftp-poll --list acme
    status_is 0 "the fingerprint of its $type key"
    known $type
    partner
    run sftp-poll --list acme
    status_is 0 "its $type key alone is known"
done
ssh-keygen -q -H -f known 2> /dev/null
run sftp-poll --list acme
status_is 0 'names that are hashed'

# --- are we let in
known ed25519
for type in ed25519 ecdsa; do
    partner "key: user_$type"
    run sftp-poll --list acme
    status_is 0 "with a key of type $type"
done
partner 'key: user_rsa'
refused 'P0105 .*ed25519' 'an RSA key'
partner 'key: stranger'
refused 'P0105' 'a key that is not entered'
cp user_ed25519 open && chmod 644 open
partner 'key: open'
refused 'P0107 .*chmod 600' 'a key that others may read'
for type in ed25519 ecdsa; do
    ssh-keygen -q -t $type -N CANARY-91 -f locked_$type
    cat locked_$type.pub >> authorized
    partner "key: locked_$type" 'password_command: echo CANARY-91'
    run sftp-poll --list acme
    status_is 0 "a $type key with a passphrase, which the command gives"
    partner "key: locked_$type" 'password_command: echo wrong'
    refused 'P0107 .*passphrase' "a wrong passphrase for a $type key"
    partner "key: locked_$type"
    refused 'P0107 .*passphrase' "none for a $type key"
done
partner 'key: missing'
refused 'P0107' 'a missing key'
partner 'key: none' 'password_command: exit 3'
refused 'P0107' 'a password command that fails'
partner 'key: none' 'password_command: echo CANARY-73'
refused 'P0105' 'a wrong password'
grep -rlas -e CANARY-73 -e CANARY-91 l.db* err out > wrong
none wrong 'which is not to be found anywhere'
stop
partner
refused 'P0101' 'a server that is down'
start "HostKey $PWD/host_rsa"
known rsa
partner
refused 'P0106 .*ed25519' 'a server with an RSA key alone'
start 'Ciphers aes256-gcm@openssh.com,chacha20-poly1305@openssh.com'
known ed25519
partner
refused 'P0106 .*aes256-ctr' 'a server with modern ciphers alone'
start 'Subsystem nothing /bin/false'
known ed25519
partner
refused 'P0101' 'a server without SFTP'

# --- a server that gives little
start 'MaxSessions 2' 'RekeyLimit 1M'
known ed25519
partner
for i in $(seq 20); do printf "few $i" > box/out/few$i.edi; done
cp large box/out/rekeyed.edi
run sftp-poll acme
status_is 0 'few sessions, and new keys every MiB'
for i in $(seq 20); do [ "$(cat in/few$i.edi)" = "few $i" ] || echo "$i"; done > wrong 2>&1
none wrong 'all is here'
cmp -s in/rekeyed.edi large; ok $? 'and whole'

# --- a server that dies, or says nothing, half-way
for blow in KILL STOP; do
    cat > dying <<END
#!/bin/bash
# sftp-server that is struck a moment after it began to give
{ sleep 0.2; pkill -$blow -P \$\$ sftp-server; } > /dev/null 2>&1 &
exec 3>&1
{ $sftp_server; } | { head -c 600000 >&3; sleep 0.1; [ $blow = KILL ] || sleep 60; }
END
    chmod +x dying
    start "Subsystem sftp $PWD/dying"
    known ed25519
    partner 'timeout: 2s'
    rm -f box/out/*.edi
    cp large box/out/cut-$blow.edi
    began=$SECONDS
    run sftp-poll acme
    status_is 3 "a server struck by $blow within a file"
    err_like 'P010[23]' 'is told'
    [ $((SECONDS - began)) -le 12 ]; ok $? 'in time'
    cmp -s box/out/cut-$blow.edi large && [ ! -e in/cut-$blow.edi ]; ok $? 'the original is intact, and nothing half is here'
    start
    known ed25519
    partner
    run sftp-poll acme
    status_is 0 'run again'
    cmp -s in/cut-$blow.edi large && [ ! -e box/out/cut-$blow.edi ]; ok $? 'it is here'
    is "$(find in -name '.*.part')" '' 'and nothing is left over'
done

# --- a server that ends inside a reply: the library may spin for ever then
rm -f box/out/*.edi in/*.edi
cp large box/out/inside.edi
for bytes in 3 11 60 150 211 400 5000 300001; do
    printf '#!/bin/bash\n%s | head -c %s\n' $sftp_server $bytes > ending
    chmod +x ending
    start "Subsystem sftp $PWD/ending"
    known ed25519
    partner 'timeout: 2s'
    began=$SECONDS
    run sftp-poll acme
    status_is 3 "a server that ends after $bytes bytes"
    [ $((SECONDS - began)) -le 12 ]; ok $? 'in time'
    cmp -s box/out/inside.edi large && [ -z "$(ls in)" ]; ok $? 'the original is intact'
done
start
known ed25519
partner
run sftp-poll acme
status_is 0 'run again'
cmp -s in/inside.edi large; ok $? 'it is here'
is "$(ls -A in)$(ls box/out)" inside.edi 'and nothing else'

stop
trap - EXIT
done_testing
