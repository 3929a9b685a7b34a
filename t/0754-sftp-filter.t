#!/bin/bash
# Files that are encrypted on their way: what arrives is whole or not there, what fails is told and stays, and a run that
# was killed is followed by one that completes it. With gpg where there is one.

. "${0%/*}/tap.sh"

export CROSSDOCK_LEDGER=l.db
mkdir partners
CROSSDOCK_PATH=$PWD:$CROSSDOCK_PATH
canon-ledger create

# partner NAME DECRYPT ENCRYPT [LINE]: with a new mailbox
partner() {
    rm -rf "$1.box" "$1.in" "$1.out"
    mkdir -p "$1.box/out" "$1.box/in" "$1.in" "$1.out"
    cat > "partners/$1.yaml" <<END
partner: $1
remote:
  dir: $1.box
  retries: 0
  ${4:-back_off: 0}
  fetch: {from: out, into: $1.in, after: delete, decrypt: $2}
  send: {from: $1.out, to: in, after: delete, encrypt: $3}
END
}

# --- any command
partner acme '[tr, a-m, n-z]' '[tr, n-z, a-m]'
printf 'abc' > acme.box/out/a.edi
: > acme.box/out/empty.edi
head -c 3000000 /dev/zero | tr '\0' a > acme.box/out/large.edi
run sftp-poll acme
status_is 0 'files are decrypted'
quiet 'in silence'
is "$(cat acme.in/a.edi)" nop 'each is what the command made of it'
is "$(head -c 3000000 /dev/zero | tr '\0' n | cmp - acme.in/large.edi 2>&1)$(stat -c '%s %a' acme.in/empty.edi)" '0 600' \
    'whole, large or empty'
is "$(ls -A acme.in acme.box/out | tr '\n' ' ')" 'acme.box/out:  acme.in: a.edi empty.edi large.edi ' \
    'and the originals are deleted'
printf 'abc' > acme.box/out/a.edi
run sftp-poll -v acme
err_like 'P0210' 'what comes again is known by what came'
printf 'nop' > acme.out/b.edi
run sftp-poll --send acme
status_is 0 'files are encrypted'
is "$(cat acme.box/in/b.edi)$(ls -A acme.out acme.box/in | tr '\n' ' ')" 'abcacme.box/in: b.edi  acme.out: ' 'and sent, once'

# --- names
partner named '[tr, a-m, n-z]' '[cat]'
for name in po.edi.pgp PO2.EDI.GPG po3.asc po4.edi.PGP pgp x.pgp.edi; do printf 'abc%s' "$name" > "named.box/out/$name"; done
printf plain > named.in/po4.edi
run sftp-poll named
status_is 0 'a name says that it is encrypted'
is "$(ls named.in | tr '\n' ' ')" 'PO2.EDI pgp po.edi po3 po4.edi po4~2.edi x.pgp.edi ' 'and does not once it is decrypted'
is "$(cat named.in/po4.edi)" plain 'none takes the place of another'
printf 'abcpo.edi.pgp' > named.box/out/po.edi.pgp
run sftp-poll -v named
err_like 'P0210 info: named:out/po.edi.pgp' 'it is known by the name that it has there'

# --- what goes wrong
cat > fails <<'END'
#!/bin/sh
cat > /dev/null
echo half
echo 'no such
key' >&2
exit 7
END
chmod +x fails
partner fails "[$PWD/fails]" "[$PWD/fails]"
printf one > fails.box/out/a.edi
printf two > fails.out/b.edi
run sftp-poll fails
status_is 1 'a command that fails'
err_like 'P0215 error: fails:out/a\.edi: .*status 7: no such key$' 'is told, with what it said'
is "$(cat fails.box/out/a.edi)$(ls fails.in)" one 'the original stays, and nothing is here'
run sftp-poll --send fails
status_is 1 'the same when sending'
err_like 'P0215 error: fails:in/b\.edi: .*status 7' 'is told'
is "$(cat fails.out/b.edi)$(ls -A fails.box/in)" two 'nothing is there'
sed -i "s|$PWD/fails|cat|g" partners/fails.yaml
run sftp-poll fails
status_is 0 'once the command works'
run sftp-poll --send fails
status_is 0 'both ways'
is "$(cat fails.in/a.edi fails.box/in/b.edi)$(ls -A fails.in fails.box/in | wc -l)" 'onetwo5' 'all is there, whole'
partner none '[/nonexistent/gpg]' '[/nonexistent/gpg]'
printf one > none.box/out/a.edi
run sftp-poll none
status_is 3 'a command that is not there'
err_like 'P0216 .*/nonexistent/gpg: No such file' 'is told'
printf two > none.out/b.edi
run sftp-poll --send none
status_is 3 'the same when sending'
err_like 'P0216 error: none:in/b\.edi: .*/nonexistent/gpg: No such file' 'is told'
is "$(cat none.box/out/a.edi none.out/b.edi)$(ls none.in none.box/in | wc -l)" 'onetwo3' 'both stay, and nothing half is there'
partner shell "[echo, '\$HOME;', '> pwned']" '[cat]'
printf one > shell.box/out/a.edi
run sftp-poll shell
# shellcheck disable=SC2016
is "$(cat shell.in/a.edi)$([ ! -e pwned ] || echo pwned)" '$HOME; > pwned' 'no shell looks at it'
partner slow '[sleep, 1000]' '[cat]' 'time: 2s'
printf one > slow.box/out/a.edi
run sftp-poll slow
[ "$status" != 0 ]; ok $? 'a command that does not end is ended'
status_is 3 'as a technical failure'
err_like 'P0216 .*time' 'and told'
is "$(cat slow.box/out/a.edi)$(ls slow.in)" one 'the original stays'
partner full '[head, -c, 9000000, /dev/zero]' '[cat]'
printf one > full.box/out/a.edi
(ulimit -f 4096; exec sftp-poll full) > out 2> err
is $? 3 'one that finds no room'
err_like 'P0216 .*killed' 'is told'
is "$(cat full.box/out/a.edi)$(ls full.in)" one 'and the original stays'
for wrong in '[]' '{a: b}'; do
    partner wrong "$wrong" '[cat]'
    run sftp-poll wrong
    status_is 2 "no command: $wrong"
done

# --- killed at every call
if command -v strace > /dev/null && strace -qq -e trace=none true 2> /dev/null; then
    export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0
    : > wrong
    times=0
    for way in '' --send; do
        for call in openat unlinkat renameat renameat2 fsync pwrite64 sendmsg pidfd_open; do
            [ $call != openat ] || [ -n "${CROSSDOCK_SLOW:-}" ] || continue
            for ((n = 1; n < 100; n++)); do
                partner kill '[tr, a-m, n-z]' '[tr, n-z, a-m]'
                rm -f l.db*
                canon-ledger create
                printf abc > kill.box/out/a.edi
                printf nop > kill.out/a.edi
                # shellcheck disable=SC2086
                {
                    strace -f -qq -o trace -e trace=$call -e inject=$call:signal=KILL:when=$n sftp-poll $way kill > out 2> err
                    code=$?
                } 2> /dev/null
                times=$((times + 1))
                # shellcheck disable=SC2086
                sftp-poll $way kill > out 2> err || { echo "killed at $call $n: again: $?"; cat err; } >> wrong
                if [ -z "$way" ]; then
                    got="$(cat kill.in/a.edi) $(ls -A kill.in kill.box/out | tr '\n' ' ')"
                    want='nop kill.box/out:  kill.in: a.edi '
                else
                    got="$(cat kill.box/in/a.edi) $(ls -A kill.box/in kill.out | tr '\n' ' ')"
                    want='abc kill.box/in: a.edi  kill.out: '
                fi 2>> wrong
                [ "$got" = "$want" ] || echo "killed at $call $n: $got" >> wrong
                [ $code != 0 ] || break
            done
        done
    done
    none wrong "killed at any call, $times times, and run again: all is there, once, and nothing else"
    [ $times -gt 30 ]; ok $? 'and that was often'
else
    skip 'killed at every call' 'strace does not work here'
fi

# --- gpg
if command -v gpg > /dev/null && mkdir -m 700 gnupg && export GNUPGHOME=$PWD/gnupg && gpg --batch --quiet --pinentry-mode loopback \
    --passphrase '' --quick-generate-key partner@example.test > gpg.log 2>&1; then
    partner pgp '[gpg, --batch, --quiet, --decrypt]' \
        '[gpg, --batch, --quiet, --trust-model, always, --encrypt, --recipient, partner@example.test]'
    head -c 100000 /dev/urandom > pgp.out/po.edi
    cp pgp.out/po.edi po
    run sftp-poll --send pgp
    status_is 0 'gpg encrypts'
    ! cmp -s pgp.box/in/po.edi po && [ -s pgp.box/in/po.edi ]; ok $? 'what is there is something else'
    cp pgp.box/in/po.edi pgp.box/out
    run sftp-poll pgp
    status_is 0 'gpg decrypts'
    cmp -s pgp.in/po.edi po; ok $? 'and it is what it was'
    head -c 5000 pgp.box/in/po.edi > pgp.box/out/cut.edi
    run sftp-poll pgp
    status_is 1 'what is cut is refused'
    err_like 'P0215 .*gpg' 'and told'
    [ ! -e pgp.in/cut.edi ] && [ -e pgp.box/out/cut.edi ]; ok $? 'nothing of it is here, and it stays there'
    gpgconf --kill all 2> /dev/null
else
    skip 'gpg' 'there is none here'
fi

done_testing
