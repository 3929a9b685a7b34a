#!/bin/bash
# The night after: does everything add up, a copy of the ledger, and what is old goes.
#
#     night.sh SPOOL
#
#   SPOOL/ledger          as day.sh keeps it; it may go on meanwhile
#   SPOOL/backup/         a copy a day, the newest KEEP (7) of them
#   SPOOL/edi.prom        numbers for a monitoring system
#
# DAYS (400): how long bytes stay in the archive; REFUSED_DAYS (800): those of what was refused.
# Silent when all is well. Exit status as in crossdock(7); the worst of its steps.

set -uo pipefail
umask 077
spool=${1:?usage: night.sh SPOOL}
cd "$spool" || exit 3
mkdir -p backup || exit 3
exec 9> night.lock || exit 3
flock --nonblock 9 || exit 0

export CROSSDOCK_LEDGER=$PWD/ledger
worst=0

step() {
    "$@"
    set -- $?
    [ "$1" -lt 4 ] || set -- 3
    [ "$1" -le "$worst" ] || worst=$1
}

copy=backup/ledger-$(date -u +%F)
step canon-ledger check > /dev/null
[ -e "$copy" ] || step canon-ledger backup "$copy"
[ ! -d ledger-archive ] || step canon-ledger archive check > /dev/null
step canon-ledger retain --days="${DAYS:-400}" --refused-days="${REFUSED_DAYS:-800}"
step canon-ledger metrics -o edi.prom

# Of copies that are whole; one that was cut short has another name.
mapfile -t copies < <(printf '%s\n' backup/ledger-????-??-?? | sort -r)
for old in "${copies[@]:${KEEP:-7}}"; do
    step rm -f -- "$old" "$old-lock" "$old-wal" "$old-shm"
done
exit "$worst"
