#!/bin/bash
# What samples/day's crontab and systemd units contain is run, as cron and systemd would; runs that overlap do
# nothing twice; files that come again under other names, in any order, are posted once.
#
# CROSSDOCK_SLOW=1: more rounds. The seed of the order is printed; SEED repeats it.

# shellcheck disable=SC1010,SC2034
. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples
day=$samples/day
mkdir -p bin spool/inbox spool/exports
cp "$day"/{day,night}.sh bin
printf '#!/bin/sh\necho "$*" >> %s/logged\n' "$PWD" > bin/logger
chmod +x bin/logger
cp "$samples"/x12/850-{acme-batch,zenith-plain}.edi spool/inbox
grep -av 4500018802 "$samples/erp/acks.csv" > spool/exports/acks.csv
here() { sed "s|/srv/edi|$PWD/spool|g; s|/usr/local/bin/|$PWD/bin/|g"; }

# --- cron: a line's first five words say when, the rest is for its SHELL
grep -E '^[*0-9]' "$day/crontab" | here | sed -E 's/^([^ ]+ +){5}//' > commands
is "$(wc -l < commands)" 2 'the crontab has two lines'
is "$(grep -cvE '^(([*]|[0-9]+)(/[0-9]+)? +){5}[^ ]' <(grep -E '^[*0-9]' "$day/crontab"))" 0 'as cron reads them'
shell=$(sed -n 's/^SHELL=//p' "$day/crontab")
while read -r command; do
    run env PATH="$PWD/bin:$PATH" setsid -w "$shell" -c "$command"
    status_is 0 "cron runs: ${command%% *}"
    out_is '' 'nothing is printed'
    quiet 'so no mail is sent'
done < commands
[ ! -e logged ]; ok $? 'and nothing is logged'
is "$(find spool/inbox spool/exports -type f | wc -l)" 0 'what came was posted, and went to the archive'
is "$(find spool/ledger-archive -name '*.zst' | wc -l)" 3 'all of it'
is "$(find spool/erp -name 'order-*.csv' | wc -l)" 4 'the ERP has its orders'
is "$(find spool/backup -type f -name 'ledger-????-??-??' | wc -l)" 1 'there is a copy of the ledger'
grep -q '^crossdock_files_total 3$' spool/edi.prom; ok $? 'and numbers'
echo garbage > spool/inbox/garbage.edi
run env PATH="$PWD/bin:$PATH" setsid -w "$shell" -c "$(head -n 1 commands)"
err_like 'garbage.edi' 'what is wrong is mailed'
is "$(cat logged)" '-t edi day.sh: status 1' 'and logged'
rm -f spool/inbox/garbage.edi

# --- old copies go
for i in 1 2 3 4 5 6 7 8 9; do cp spool/backup/ledger-20* "spool/ledger-2020-01-0$i"; done
mv spool/ledger-2020-* spool/backup
run env PATH="$PWD/bin:$PATH" KEEP=3 night.sh spool
status_is 0 'another night'
is "$(find spool/backup -type f -name 'ledger-*-??' | sed 's|.*/||' | LC_ALL=C sort | head -n 2 | tr '\n' ' ')" \
    'ledger-2020-01-08 ledger-2020-01-09 ' 'the oldest copies have gone'

# --- systemd: the same commands, and units that it takes
for what in day night; do
    command=$(sed -n 's/^ExecStart=//p' "$day/edi-$what.service" | here)
    run setsid -w $command
    status_is 0 "systemd runs: $what.sh"
    quiet 'in silence'
    sed 's/^User=.*/User=root/' "$day/edi-$what.service" | here > "edi-$what.service"
    cp "$day/edi-$what.timer" .
    if command -v systemd-analyze > /dev/null; then
        systemd-analyze verify --man=no "./edi-$what.timer" "./edi-$what.service" > verified 2>&1
        grep "edi-$what" verified > wrong
        none wrong "systemd takes edi-$what"
    else
        skip "systemd takes edi-$what" 'there is no systemd here'
    fi
done

# --- overlap, and files that come again under other names, in any order
rm -rf spool && mkdir -p spool/inbox
seed=${SEED:-$(date +%Y%m%d)}
rounds=6 files=40
[ -z "${CROSSDOCK_SLOW:-}" ] || { rounds=100 files=1000; }
diag "seed $seed"
RANDOM=$seed
# Interchanges that differ in their numbers alone.
for ((n = 1; n <= files; n++)); do
    printf -v control '%09d' $((n + 1000))
    sed "s/4500018801/$((7700000000 + n))/; s/000000101/$control/g" "$samples/x12/850-acme-plain.edi" > "interchange-$n"
done
grep -c 7700000001 interchange-1 > /dev/null; ok $? 'interchanges are made'
: > sent
for ((n = 1; n <= files; n++)); do
    for ((i = 0; i <= RANDOM % 5; i++)); do echo "$RANDOM $n $i"; done
done | sort -n > sent
total=$(wc -l < sent)
each=$(((total + rounds - 1) / rounds))
: > statuses
: > said
for ((round = 0; round < rounds; round++)); do
    while read -r _ n i; do
        cp "interchange-$n" "spool/.x" && mv spool/.x "spool/inbox/again-$n-$i.edi"
    done < <(tail -n +$((round * each + 1)) sent | head -n $each)
    for i in 1 2 3 4 5; do
        { GRACE=0 setsid -w bin/day.sh spool 2>> said; echo $? >> statuses; } &
    done
    wait
done
grep -v '^0$' statuses > wrong
none wrong "5 runs at once, $rounds times: each is well"
none said 'in silence'
run env GRACE=0 bin/day.sh spool
status_is 0 'a last one'
is "$(canon-ledger -l spool/ledger check | awk '/^translated|^duplicate/ { printf "%s ", $2 }')" \
    "$files $((total - files)) " "of $total files $files are new, and the others known"
is "$(find spool/erp -name 'order-*.csv' | wc -l)" $files 'each order is there once'
is "$(find spool/inbox -type f | wc -l)" 0 'no file is left'
is "$(find spool/ledger-archive -name '*.zst' | wc -l)" $files 'in the archive each once'

done_testing
