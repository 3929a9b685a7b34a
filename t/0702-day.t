#!/bin/bash
# The day of samples/day goes through, once, and a second run has nothing to do.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples
mkdir -p spool/inbox spool/exports
cp "$samples"/x12/850-acme-{batch,typical}.edi "$samples"/x12/850-zenith-plain.edi spool/inbox
grep -av 4500018802 "$samples/erp/acks.csv" > spool/exports/acks.csv

# state: what came out, and what the ledger says
state() {
    (cd spool && find erp outbox -type f | LC_ALL=C sort)
    canon-ledger -l spool/ledger check
    sqlite3 spool/ledger "SELECT consumer, kind, state, count(*), sum(times) FROM deliveries GROUP BY 1, 2, 3"
}

run setsid -w "$samples/day/day.sh" spool
status_is 0 'the day goes through'
quiet 'in silence'
out_is '' 'and prints nothing'
is "$(find spool/erp -name 'order-*.csv' | wc -l)" 5 'each order is a file for the ERP'
is "$(find spool/outbox/acme -name '855-*.edi' | wc -l)" 1 'the answers are an interchange for acme'
is "$(find spool/outbox -name '99[79]-*.edi' | wc -l)" 2 'both partners are acknowledged'
state > first
run setsid -w "$samples/day/day.sh" spool
status_is 0 'a second run'
quiet 'has nothing to do'
state > second
same second first 'and changes nothing'

# --- what cannot be sent waits for somebody: the answer to 4500018802 has a name that acme's character set lacks
cp "$samples/erp/acks.csv" spool/exports/acks-2.csv
run setsid -w "$samples/day/day.sh" spool
status_is 1 'an answer that cannot be written in X12'
err_like 'L5201 error: .*by acme' 'is told'
[ -n "$(sqlite3 spool/ledger 'SELECT 1 FROM open_exceptions')" ]; ok $? 'and an open exception'
run setsid -w "$samples/day/day.sh" spool
status_is 0 'which is told once'

# --- cron starts the next while one runs
exec 8> spool/day.lock
flock 8
run "$samples/day/day.sh" spool
status_is 0 'while one runs the next does nothing'
quiet 'in silence'
exec 8>&-
run "$samples/day/day.sh" no/such/folder
status_is 3 'a folder that is missing is technical'

done_testing
