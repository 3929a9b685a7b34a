#!/bin/bash
# Ten pipelines post, take, translate and number on one ledger at once: what comes of it is what comes of ten
# pipelines one after another; no document is delivered twice, no control number is used twice or missing.
#
# CROSSDOCK_SLOW=1: more files and more rounds. SEED repeats the order of a run; the seed is printed.

. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'there is no sqlite3 here, which looks into the ledger'
samples=$CROSSDOCK_SOURCE/samples/x12
pipelines=10 files=30 rounds=1
[ -z "${CROSSDOCK_SLOW:-}" ] || { files=300 rounds=20; }
seed=${SEED:-$(date +%Y%m%d)}
diag "seed $seed"

# Interchanges of two partners, and some of their orders again with other content: what is there when they come is
# the same in each order of things, for the first ones are posted before all else.
mkdir inbox first
for ((n = 1; n <= files; n++)); do
    printf -v control '%09d' $((n + 1000))
    sed "s/4500018801/$((7700000000 + n))/; s/000000101/$control/g" "$samples/850-acme-plain.edi" > "inbox/acme-$n.edi"
    sed "s/Z-200417/Z-$n/; s/000003301/$control/g" "$samples/850-zenith-plain.edi" > "inbox/zenith-$n.edi"
done
mv inbox/acme-[12].edi first
for n in 1 2; do
    sed "s/00000100$n/00000200$n/g; s/PO1\*1\*24/PO1*1*36/" "first/acme-$n.edi" > "inbox/other-$n.edi"
done
is "$(cat {inbox,first}/*.edi | tr '*|' '\n' | grep -E '^(77000|Z-)' | sort -u | wc -l)" $((2 * files)) \
    'there are orders'

# pipeline I: its files, some of which another one has, too; then all that there is for the ERP and for partners
cat > pipeline <<'END'
#!/bin/bash
set -uo pipefail
i=$1 seed=$2
worst=0
part() {
    "$@" || { status=$?; [ $status -le $worst ] || worst=$status; }
}
come_in() { edi2canon -q --all "${mine[@]}" | canon-ledger post; }
to_erp() {
    canon-ledger take erp --kind order --limit 7 | canon2erp -q -m erp-orders-csv -o erp | canon-ledger done erp
}
out() { canon-ledger take "$1" | canon2edi -q -o "outbox/$1" --time 2026-11-24T09:30 | canon-ledger done "$1"; }
mapfile -t mine < <([ "$i" = rest ] || find ../inbox -name '*.edi' | LC_ALL=C sort |
    awk -v i="$i" 'NR % 10 == i % 10 || NR % 10 == (i + 3) % 10' | shuf --random-source=<(yes "$seed $i"))
[ ${#mine[@]} = 0 ] || part come_in
part to_erp
part out acme
part out zenith
canon-ledger numbers next lorry --count 5 >> "numbers.$i" || worst=3
exit $worst
END
chmod +x pipeline

begin() {
    mkdir -p "$1"/erp "$1"/outbox/{acme,zenith}
    export CROSSDOCK_LEDGER=$PWD/$1/ledger
    canon-ledger create
    edi2canon -q --all first/*.edi | canon-ledger post
}

# The rest, alone: until nothing is left.
finish() {
    for ((i = 0; i < 50; i++)); do
        (cd "$1" && setsid -w ../pipeline rest "$seed" > /dev/null 2>> rest.said)
        [ -z "$(sqlite3 "$1/ledger" "SELECT 1 FROM deliveries WHERE state <> 'done' LIMIT 1")" ] &&
            [ "$(find "$1/erp" -name '*.csv' | wc -l)" = "$orders" ] && break
    done
}

# content: all that the ledger and the folders hold, but for clocks, for which file of two of the same content came
# first, and for which sets went into one interchange
content() {
    canon-ledger check --full || echo 'it does not add up'
    sqlite3 "$1/ledger" "SELECT id, kind, partner, direction, number, state FROM documents ORDER BY 1;
        SELECT name, value, id FROM document_keys ORDER BY 1, 2, 3;
        SELECT name, sha256, read_count, translated_count, held_count FROM files ORDER BY 1;
        SELECT consumer, id, state, times FROM deliveries ORDER BY 1, 2;
        SELECT cause, id, consumer FROM open_exceptions ORDER BY 1, 2;
        SELECT what, id, count(*) FROM events WHERE id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2;
        SELECT kind, id, count(*) FROM sent_documents GROUP BY 1, 2 ORDER BY 1, 2"
    (cd "$1" && find erp -type f -exec sha256sum {} + | LC_ALL=C sort -k 2)
    # Sets without their numbers.
    find "$1/outbox" -name '*.edi' -exec cat {} + | tr -d '\n' | tr '~|' '\n*' |
        sed -E 's/^((ST|SE)\*[0-9]+)\*[0-9]+/\1/' |
        awk -F '*' '$1 == "ST" { set = "" } $1 == "SE" { print set } { set = set "~" $0 }' |
        LC_ALL=C sort
}

# numbers_of FOLDER PARTNER: control numbers of interchanges
numbers_of() {
    find "$1/outbox/$2" -name '*.edi' -exec head -c 106 {} \; -exec echo \; | tr '|' '*' | cut -d '*' -f 14 | LC_ALL=C sort
}

orders=$((2 * files))
begin alone
for ((i = 1; i <= pipelines; i++)); do
    (cd alone && setsid -w ../pipeline $i "$seed" > /dev/null 2>> said) || echo "pipeline $i: status $?" >> alone.failed
done
finish alone
content alone > want
is "$(find alone/erp -name '*.csv' | wc -l)" "$orders" 'one after another: each order is there'
grep -E '^[^ ]' alone/said | grep -v '^L5102 ' > wrong
grep -v ' status 1$' alone.failed >> wrong
none wrong 'conflicts are told, and nothing else'
is "$(sqlite3 alone/ledger 'SELECT count(*) FROM open_exceptions')" 2 'and held'

for ((round = 1; round <= rounds; round++)); do
    rm -rf together together.*
    begin together
    for ((i = 1; i <= pipelines; i++)); do
        {
            (cd together && setsid -w ../pipeline $i "$seed $round" > "out.$i" 2> "said.$i")
            echo $? > "together/status.$i"
        } &
    done
    wait
    grep -hvxE '0|1' together/status.* > wrong
    grep -hE '^[^ ]' together/said.* | grep -v '^L5102 ' >> wrong
    none wrong "round $round: ten at once end well"
    finish together
    content together > got
    same got want 'they come to the same as one after another'
    is "$(sqlite3 together/ledger 'SELECT max(times), max(state), min(state) FROM deliveries')" '1|done|done' \
        'each document was offered once'
    for partner in acme zenith; do
        numbers_of together $partner > numbers
        printf -v last '%09d' "$(wc -l < numbers)"
        is "$(sort -u numbers | wc -l)/$(tail -n 1 numbers)" "$(wc -l < numbers)/$last" \
            "control numbers of $partner: none twice, none missing"
    done
    cat together/numbers.* | sort -n > numbers
    is "$(uniq numbers | wc -l)/$(tail -n 1 numbers)" "$(wc -l < numbers)/$(wc -l < numbers)" 'nor numbers of the series'
done

done_testing
