#!/bin/bash
# What "./bootstrap demo" shows: purchase orders of three partners on their way to an ERP, command by command.
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

if [ -n "${RUN:-}" ]; then
    edi2canon() { $RUN edi2canon "$@"; }
    canon2erp() { $RUN canon2erp "$@"; }
fi
for tool in edi2canon canon2erp; do
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
show 0 'ls out'

printf '\n# All of it is in %s.\n' "$PWD"
