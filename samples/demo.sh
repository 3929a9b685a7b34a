#!/bin/bash
# What "./bootstrap demo" shows: translating purchase orders of three partners; then the whole day of three orders,
# from a partner's mailbox through the ERP and back, with what became of each; command by command.
#
#   samples/demo.sh [FOLDER]     works in FOLDER, which it makes anew; by default ./build/demo
#
# The tools are found in PATH ("build/run samples/demo.sh" sees to that), or through the command in RUN.

set -euo pipefail
samples=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-build/demo}

# Made anew, so only what an earlier demo made is removed.
if [ -e "$folder" ] && [ ! -e "$folder/.made-by-demo" ]; then
    echo "demo: $folder is there already, and not from a demo; name another folder" >&2
    exit 2
fi
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
touch .made-by-demo
mkdir inbox out
cp "$samples"/x12/850-*.edi inbox/
tools="edi2canon canon2erp erp2canon canon2edi canon-ledger sftp-poll order-trace reconcile"

for tool in $tools; do
    [ -z "${RUN:-}" ] || eval "$tool() { \$RUN $tool \"\$@\"; }"
    [ -n "${RUN:-}" ] || command -v "$tool" > /dev/null || {
        echo "demo: no $tool in PATH; try build/run $0" >&2
        exit 2
    }
done

say() {
    printf '\n# %s\n' "$@"
}

# show STATUS COMMAND: prints the command, runs it, and stops the demo when it ends otherwise than it should.
show() {
    local expected=$1 command=$2 status=0

    printf '$ %s\n' "$command"
    eval "$command" 2>&1 || status=$?
    if [ "$status" -ne "$expected" ]; then
        echo "demo: exit status $status, where $expected was due" >&2
        exit 1
    fi
    [ "$status" -eq 0 ] || printf '(exit status %s)\n' "$status"
}

say 'A retailer sent three orders; the second is wrong. --check says what is wrong, and what we would answer.'
show 0 'cat inbox/850-acme-one-bad.edi'
show 1 'edi2canon --check inbox/850-acme-one-bad.edi'

say 'A bad order never harms its neighbours: the other two come out, one JSON record a line.'
show 1 'edi2canon inbox/850-acme-one-bad.edi 2> findings.txt | cut -c -150'

say 'Three partners, three habits, two releases of X12: the records are alike. -v counts the sets.'
show 0 'edi2canon -v inbox/850-{acme-typical,zenith-full,nordwind-dropship}.edi > orders.jsonl'
show 0 'sed -n 1p orders.jsonl'

say 'Quantities and prices keep the digits that came.'
show 0 "edi2canon inbox/850-nordwind-bulk.edi | grep -oE '\"(quantity|unit_price)\":\"[^\"]*\"' | paste - -"

say 'For an ERP that imports CSV: one file an order, written whole or not at all; a receipt names each.'
show 0 'canon2erp -m erp-orders-csv -o out orders.jsonl'
show 0 'cut -d , -f 1,9,15,18,23-26 out/*.csv'

say 'The same records as XML and in fixed columns: a format is a map, not a program.'
show 0 'canon2erp -m erp-orders-xml orders.jsonl | sed -n 1,20p'
show 0 'canon2erp -m erp-orders-fixed orders.jsonl | sed -n 1,6p | cut -c -140'

say 'All in one pipe. The file holds four interchanges, each with delimiters of its own.'
show 0 'edi2canon inbox/850-many-delimiters.edi | canon2erp -m erp-orders-csv -o out > receipts.jsonl'
show 0 'wc -l receipts.jsonl'

# --- the day

rm -r inbox
mkdir -p mailbox/out mailbox/in inbox exports erp outbox
cp "$samples"/x12/850-acme-batch.edi mailbox/out/
cp "$samples"/day/exports/*.csv exports/
cp -r "$samples"/day/partners .
mkdir maps
cp "$samples"/../maps/x12-856-erp.yaml maps/
export CROSSDOCK_LEDGER=$PWD/ledger

say 'THE DAY OF AN ORDER. The ledger sees that nothing is lost and nothing is done twice.'
show 0 'canon-ledger create'

say "A partner's mailbox (a mounted folder here; SFTP is the same with a host): each file comes whole, and once."
show 0 'sed -n "/^remote/,\$p" partners/acme.yaml'
show 0 'sftp-poll -C . -v acme'

say 'Translated, checked, acknowledged, and posted: three orders, and the 997 that we owe.'
show 0 'edi2canon -q -C . --all inbox/*.edi | canon-ledger post -v'
say 'The same file once more, as partners do: it is known, and nothing is posted.'
show 0 'edi2canon -q -C . --all inbox/*.edi | canon-ledger post -v'

say 'The ERP takes its orders. Whoever is killed here and runs again delivers each of them once.'
show 0 'canon-ledger take erp --kind order | canon2erp -q -m erp-orders-csv -o erp | canon-ledger done erp'
show 0 'ls erp'

say 'In the evening the ERP says what it promised, shipped and invoiced.'
show 0 'erp2canon -q --all -m erp-acks-csv exports/acks.csv | canon-ledger post'
show 0 'erp2canon -q --all -m erp-shipments-csv exports/shipments.csv | canon-ledger post'
show 0 'erp2canon -q --all -m erp-invoices-csv exports/invoices.csv | canon-ledger post'

say 'What X12 wants and a plain ERP does not say is a map of a few lines over the one for everybody.'
show 0 'grep -v "^#" maps/x12-856-erp.yaml'
say 'Out to the partner: acknowledgments, ship notices, invoices and the 997, under control numbers of the ledger.'
show 0 'canon-ledger take acme | canon2edi -q -C . --ledger=ledger -o outbox | canon-ledger done acme'
show 0 'sftp-poll -C . --send acme && ls mailbox/in'
show 0 'sed -n 1,9p mailbox/in/856-*'

say 'The partner answers: acknowledgments are matched down to the set. It refuses one of the invoices.'
cp "$samples"/day/answers/997-acme.edi mailbox/out/
show 1 'sftp-poll -C . acme && edi2canon -q -C . --all inbox/997-*.edi | canon-ledger post'

say 'What became of an order? Ask by any of its numbers: here that of the shipment.'
show 0 'order-trace CD-91001'

say 'And what does not agree? 4500018804 is clean. This looks from the 9th of December, when all should be done.'
show 1 'reconcile --as-of=2026-12-09 --html=report'

printf '\n# The report as a page, with the life of each order: %s\n' "$PWD/report/index.html"
printf '# All of it is in %s.\n' "$PWD"
