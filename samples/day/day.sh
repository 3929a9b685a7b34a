#!/bin/bash
# The day of an order, as cron runs it: everything that lies in SPOOL goes where it belongs, once.
#
#     day.sh SPOOL [PART]...
#
#   PART: in, to-erp, from-erp, out, sweep; those alone, in that order (all)
#
#   SPOOL/ledger          the ledger, with the control numbers of what we send; made the first time
#   SPOOL/inbox/*         what partners sent
#   SPOOL/exports/*       what our ERP wrote: acks*.csv, shipments*.csv, invoices*.csv
#   SPOOL/erp/            files for our ERP
#   SPOOL/outbox/PARTNER/ files for partners
#   SPOOL/ledger-archive/ what came, as it came, once it is posted
#
# It can be killed at any moment and run again. Silent when all is well. Exit status: the worst of its parts, as in
# crossdock(7): 0 all is well, 1 somebody must look, 2 configuration, 3 technical: run again.
#
# Every few minutes: samples/day/crontab, or the systemd units beside it. While one runs, the next does nothing.

# shellcheck disable=SC1010
set -uo pipefail
umask 077
spool=${1:?usage: day.sh SPOOL [PART]...}
shift
parts=" ${*:-in to-erp from-erp out sweep} "
for part in $parts; do
    case $part in in | to-erp | from-erp | out | sweep) ;; *) echo "day.sh: there is no part \"$part\"" >&2; exit 2 ;; esac
done
cd "$spool" || exit 3
mkdir -p inbox exports erp outbox || exit 3
exec 9> day.lock || exit 3
flock --nonblock 9 || exit 0

export CROSSDOCK_LEDGER=$PWD/ledger
unset CROSSDOCK_CONTROL
worst=0

# all STATUS...: of each part of a pipe
all() {
    local status

    for status; do
        # 128 and more: a signal; 126, 127: it could not even begin.
        [ "$status" -lt 4 ] || status=3
        [ "$status" -le "$worst" ] || worst=$status
    done
}

# files PATTERN...: those that there are, in $found
files() {
    local file

    found=()
    for file; do
        [ ! -f "$file" ] || found+=("$file")
    done
}

[ -s ledger ] || canon-ledger create || exit

# --- in: translated, checked, acknowledged, committed
come_in() {
    files inbox/*
    [ ${#found[@]} -gt 0 ] || return 0
    edi2canon -q --all "${found[@]}" | canon-ledger post
    all "${PIPESTATUS[@]}"
}

to_erp() {
    canon-ledger take erp --kind order | canon2erp -q -m erp-orders-csv -o erp | canon-ledger done erp
    all "${PIPESTATUS[@]}"
}

from_erp() {
    local what

    for what in acks shipments invoices; do
        files exports/$what*.csv
        [ ${#found[@]} -gt 0 ] || continue
        erp2canon -q --all -m erp-$what-csv "${found[@]}" | canon-ledger post
        all "${PIPESTATUS[@]}"
    done
}

# --- out: what we answer, and what the ERP said
go_out() {
    local partner

    for partner in ${PARTNERS:-acme zenith}; do
        mkdir -p "outbox/$partner" || exit 3
        canon-ledger take --close "$partner" | canon2edi -q --closed -o "outbox/$partner" | canon-ledger done "$partner"
        all "${PIPESTATUS[@]}"
    done
}

# --- sweep: what is posted leaves inbox and exports; what does not get posted is told after a while
sweep() {
    canon-ledger sweep -q --grace="${GRACE:-600}" inbox exports
    all $?
}

[[ $parts != *" in "* ]] || come_in
[[ $parts != *" to-erp "* ]] || to_erp
[[ $parts != *" from-erp "* ]] || from_erp
[[ $parts != *" out "* ]] || go_out
[[ $parts != *" sweep "* ]] || sweep
exit "$worst"
