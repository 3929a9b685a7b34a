#!/bin/bash
# Reads and writes that take a few bytes at a time and are interrupted change nothing of what comes out; pipes that
# break at any stage are no success, lose nothing, and the next run completes what they left.

# shellcheck disable=SC2030,SC2031,SC2086,SC2317
. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'there is no sqlite3 here, which looks into the ledger'
samples=$CROSSDOCK_SOURCE/samples
at=(--time 2026-11-24T09:30)
shim=$CROSSDOCK_BUILD/t/survive/short.so

# --- the day, with every tool in it
begin() {
    rm -rf "$1"
    mkdir -p "$1"/inbox "$1"/exports "$1"/erp "$1"/outbox/{acme,zenith,tundra}
    cp "$samples"/x12/850-acme-{batch,typical,one-bad}.edi "$samples"/x12/850-zenith-plain.edi \
        "$samples"/x12/{855,856,810}-tundra.edi "$samples"/x12/860-acme-plain.edi "$1/inbox"
    cp "$samples"/erp/{acks,shipments,invoices}.csv "$1/exports"
    cd "$1" || exit 3
    export CROSSDOCK_LEDGER=$PWD/ledger
}

# In bash of its own, in a process group of its own: what it took is free when it has ended.
cat > parts <<'END'
set -o pipefail
come_in() { edi2canon -q --all inbox/*.edi | canon-ledger post; }
from_erp() {
    local what

    for what in acks shipments invoices; do
        erp2canon -q --all -m erp-$what-csv exports/$what.csv | canon-ledger post || return
    done
}
to_erp() { canon-ledger take erp --kind order | canon2erp -q -m erp-orders-csv -o erp | canon-ledger done erp; }
out() { canon-ledger take "$1" | canon2edi -q -o "outbox/$1" --time 2026-11-24T09:30 | canon-ledger done "$1"; }
END
part() {
    setsid -w bash -c '. ../parts; "$@"' - "$@"
}

day() {
    [ -e ledger ] || canon-ledger create
    part come_in
    part from_erp
    part to_erp
    for partner in acme zenith tundra; do part out $partner; done
}

look() {
    canon-ledger check --full
    canon-ledger find 4500018802 | cut -f 1,2
    # What happened within a second, or not, is told in another order.
    { order-trace --json 4500018802; order-trace TM-5001; } | tr ',' '\n' | tr -d '{}[]' | LC_ALL=C sort
    canon-ledger show "$(canon-ledger find 4500018802 | head -n 1 | cut -f 1)"
    canon-ledger dead list
    reconcile --json --as-of 2026-12-24 | sed -E 's,.*"code":"([^"]*)".*"(partner":"[^"]*)".*,\1 \2,'
    canon-ledger sweep inbox exports
    canon-ledger archive check
}

# content: what the ledger and the folders hold, but for clocks, and for which sets went out together
content() {
    sqlite3 ledger "SELECT id, kind, partner, direction, number, state, file FROM documents ORDER BY 1;
        SELECT line FROM records ORDER BY 1;
        SELECT name, value, id FROM document_keys ORDER BY 1, 2, 3;
        SELECT name, sha256, read_count, translated_count, held_count FROM files ORDER BY 1;
        SELECT consumer, id, state, CASE consumer WHEN 'erp' THEN file || sha256 END FROM deliveries ORDER BY 1, 2;
        SELECT cause, id, consumer FROM open_exceptions ORDER BY 1, 2;
        SELECT kind, id, count(*) FROM sent_documents GROUP BY 1, 2 ORDER BY 1, 2"
    (find erp -type f -exec sha256sum {} + | LC_ALL=C sort -k 2)
    find outbox -name '*.edi' -exec cat {} + | tr -d '\n' | tr '~|' '\n*' |
        sed -E 's/^((ST|SE)\*[0-9]+)\*[0-9]+/\1/' |
        awk -F '*' '$1 == "ST" { set = "" } $1 == "SE" { print set } { set = set "~" $0 }' | LC_ALL=C sort
}

steady() {
    sed -E 's/20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z/TIME/g' | tr -d '\0'
}

begin whole
day > ../said 2>&1
content > ../want
(find erp outbox -type f -exec sha256sum {} + | LC_ALL=C sort -k 2) > ../want.files
part come_in 2> /dev/null
content > ../again
look 2>&1 | steady > ../want.look
cd ..
same again want 'the day, undisturbed, run again: nothing changes'
[ "$(wc -l < want.files)" -gt 8 ] && [ "$(wc -l < want.look)" -gt 20 ]; ok $? 'there is something to compare'

# --- a few bytes at a time
if grep -qs '^SANITIZE = .*-fsanitize' "$CROSSDOCK_BUILD/Makefile"; then
    skip 'a few bytes at a time' 'a sanitizer stands between a program and its system calls'
elif [ -e "$shim" ]; then
    # The tools alone: a shell reads its scripts at once or not at all.
    mkdir -p few
    for tool in $CROSSDOCK_TOOLS; do
        printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' "$shim" "$CROSSDOCK_BIN/$tool" > "few/$tool"
        chmod +x "few/$tool"
    done
    few=$PWD/few
    for bytes in 1 7 4095; do
        begin short
        (
            export PATH=$few:$PATH SHORT_BYTES=$bytes
            day
            part come_in
        ) > ../short.said 2>&1
        content > ../got
        (find erp outbox -type f -exec sha256sum {} + | LC_ALL=C sort -k 2) > ../got.files
        (
            export PATH=$few:$PATH SHORT_BYTES=$bytes
            look
        ) 2>&1 | steady > ../got.look
        cd ..
        same got want "$bytes bytes at a time, interrupted: the ledger is the same"
        same got.files want.files 'so is every file'
        same got.look want.look 'and what the tools say'
    done
else
    skip 'a few bytes at a time' "there is no $shim: make check builds it"
fi

# --- downstream is gone before the first byte: perl closes the other end, with SIGPIPE as it is, and ignored
cat > gone <<'END'
$SIG{PIPE} = 'IGNORE' if shift @ARGV eq 'ignored';
pipe my $read, my $write or die;
close $read;
open STDOUT, '>&', $write or die;
exec @ARGV or die;
END
begin broken
day > ../said 2>&1
: > ../wrong
for signal in ignored usual; do
    for tool in "edi2canon -q inbox/850-acme-batch.edi" "edi2canon -q --all inbox/850-acme-batch.edi" \
        "erp2canon -q -m erp-acks-csv exports/acks.csv" "canon-ledger take gone.$signal --kind order" \
        "canon2erp -q -m erp-orders-csv -o erp ../orders" "canon2erp -q -m erp-orders-csv ../orders" \
        "canon2edi -q -o outbox/acme ${at[*]} $samples/canon/to-acme.jsonl" "order-trace 4500018802" \
        "canon-ledger find 4500018802" "canon-ledger events" "canon-ledger metrics" \
        "reconcile --json --as-of 2026-12-24" "canon-ledger dead list" "canon-ledger check" "edi2canon --help"; do
        canon-ledger take fresh --kind order --again > ../orders 2> /dev/null
        perl ../gone $signal $tool > /dev/null 2> ../err
        code=$?
        case $code in 3 | 141) ;; *) echo "$tool, SIGPIPE $signal: status $code" >> ../wrong ;; esac
    done
done
cd ..
none wrong 'a pipe that nobody reads is no success, whoever writes'

# --- each stage cut after some bytes: what stands before it has died, or what stands behind it
cuts='0 1 100 1000 2500 4000 6000'
: > wrong
tried=0
for where in records orders receipts acks sent; do
    for cut in $cuts; do
        begin cut
        canon-ledger create
        codes=
        case $where in
        records) part eval "edi2canon -q --all inbox/*.edi | head -c $cut | canon-ledger post" ;;
        *) part come_in ;;
        esac > ../said 2>&1
        codes=$?
        case $where in
        orders) part eval "canon-ledger take erp --kind order | head -c $cut | canon2erp -q -m erp-orders-csv -o erp |
            canon-ledger done erp" ;;
        receipts) part eval "canon-ledger take erp --kind order | canon2erp -q -m erp-orders-csv -o erp | head -c $cut |
            canon-ledger done erp" ;;
        acks) part eval "canon-ledger take acme | head -c $cut | canon2edi -q -o outbox/acme ${at[*]} |
            canon-ledger done acme" ;;
        sent) part eval "canon-ledger take acme | canon2edi -q -o outbox/acme ${at[*]} | head -c $cut |
            canon-ledger done acme" ;;
        esac > ../said 2>&1
        code=$?
        [ $where != records ] || code=$codes
        [ $code -le 3 ] || [ $code = 141 ] || echo "$where cut at $cut: status $code" >> ../wrong
        # Records without the batch that closes them are not posted, and that is said.
        [ $where != records ] || [ $cut -lt 100 ] || [ $code -ge 3 ] || echo "records cut at $cut: status $code" >> ../wrong
        day > ../said 2>&1
        content > ../got
        cd ..
        cmp -s got want || { echo "$where cut at $cut:"; diff want got | head -n 4 | cut -c 1-200; } >> wrong
        tried=$((tried + 1))
    done
done
none wrong "$tried pipelines, cut at each stage: the next run completes them, and all is as it would have been"

done_testing
