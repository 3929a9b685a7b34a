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
    status_is 4 'and looked at, but for two files that broke off and what is old'
    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
        $at["state"] != "tolerated" {
            key = $at["order_number"] != "" ? $at["order_number"] : $at["number"]
            sub(/^[A-Z]*P0/, "P0", key)
            print $at["code"], $at["code"] ~ /^STK/ ? key ":" $at["item"] : key
        }' out | sort > found
    sort "planted$seed" > wanted
    comm -23 wanted found | sed 's/^/not found: /' > wrong
    comm -13 wanted found | sed 's/^/found, and not planted: /' >> wrong
    none wrong 'what was planted is found, and nothing else'
    # Each code of the table twice at least, so that none is without a test that plants it.
    sed -n 's/^RULE([A-Z0-9_]*, "\([A-Z0-9-]*\)".*/\1/p' "$CROSSDOCK_SOURCE/src/report/rule.def" | sort > codes
    [ "$(wc -l < codes)" -gt 50 ]; ok $? 'the table has its codes'
    cut -d ' ' -f 1 wanted | uniq -d | comm -23 codes - | sed 's/$/ is not planted twice/' > wrong
    none wrong 'each code is planted twice at least'
    [ "$(wc -l < wanted)" -ge 60 ]; ok $? "and many: $(wc -l < wanted)"
done

# --- the same, one run after the other: nothing is new the second time
run reconcile -C . -l month1 -q --fail-on=never
status_is 4 'a run that is remembered'
run reconcile -C . -l month1 --fail-on=never
out_like '^RECON .*  new 0  open [0-9]+  cleared 0 ' 'and another one, that looks only at what changed'
sqlite3 month1 'SELECT id, state FROM findings ORDER BY 1' > before
run reconcile -C . -l month1 --all --fail-on=never
sqlite3 month1 'SELECT id, state FROM findings ORDER BY 1' > after
cmp -s before after; ok $? 'looking at everything again finds the same'

done_testing
