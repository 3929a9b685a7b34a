#!/bin/bash
# A month of orders with all their documents: every disagreement that was planted is found, and nothing else.

. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
sqlite3 x.db 'SELECT 1' > /dev/null 2>&1 || skip_all 'sqlite3 does not run here'
orders=700
# 20,000, and as long as it takes.
[ -z "${CROSSDOCK_SLOW:-}" ] || { orders=20000; tap_limit=1200; }
cp "$CROSSDOCK_SOURCE/bench/month.yaml" reconcile.yaml

for seed in 1 2; do
    run "$CROSSDOCK_SOURCE/bench/month-ledger" "month$seed" "$orders" "$seed" "planted$seed"
    status_is 0 "a month of $orders orders is made and posted"
    run reconcile -C . -l "month$seed" --as-of 2025-12-31 --tsv --fail-on=never
    status_is 0 'and looked at'
    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["state"] != "tolerated" && $at["code"] !~ /^STK|^VOL/ {
            order = $at["order_number"]
            sub(/^[A-Z]*P0/, "P0", order)
            print $at["code"], order
        }' out | sort > found
    sort "planted$seed" > wanted
    comm -23 wanted found | sed 's/^/not found: /' > wrong
    comm -13 wanted found | sed 's/^/found, and not planted: /' >> wrong
    none wrong 'what was planted is found, and nothing else'
    is "$(($(cut -d ' ' -f 1 wanted | sort | uniq -c | awk '$1 < 2' | wc -l)))" 0 'each code twice at least'
    [ "$(wc -l < wanted)" -ge 60 ]; ok $? "and many: $(wc -l < wanted)"
done

# --- the same, one run after the other: nothing is new the second time
run reconcile -C . -l month1 -q --fail-on=never
status_is 0 'a run that is remembered'
run reconcile -C . -l month1 --fail-on=never
out_like '^RECON .*  new 0  open [0-9]+  cleared 0 ' 'and another one, that looks only at what changed'
sqlite3 month1 'SELECT id, state FROM findings ORDER BY 1' > before
run reconcile -C . -l month1 --all --fail-on=never
sqlite3 month1 'SELECT id, state FROM findings ORDER BY 1' > after
cmp -s before after; ok $? 'looking at everything again finds the same'

done_testing
