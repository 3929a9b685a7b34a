#!/bin/bash
# canon-ledger metrics: numbers in the text format of Prometheus, which are those of the ledger.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/x12
export CROSSDOCK_LEDGER=day.ledger
canon-ledger create
run canon-ledger metrics
status_is 0 'an empty ledger has metrics'
out_like '^crossdock_files_total 0$' 'which say so'
mkdir inbox
cp "$samples"/850-acme-{batch,one-bad}.edi inbox
sed 's/4500018804/4500018899/' "$samples/850-acme-batch.edi" > inbox/other.edi
edi2canon -q --all inbox/*.edi 2> err | canon-ledger post 2> err
canon-ledger take erp --kind order --limit 2 > taken
canon-ledger numbers next 'a "b" \c' > /dev/null
canon-ledger sweep inbox
run canon-ledger metrics
status_is 0 'metrics are printed'
quiet 'in silence'

# --- the format: HELP, TYPE, then lines of that metric, each name once; counters end in _total
awk '
    /^# HELP / { name = $3; if (seen[name]++) print "twice: " name; if (NF < 4) print "no help: " $0; helped = 1; next }
    /^# TYPE / { if ($3 != name || !helped) print "misplaced: " $0
        if ($4 !~ /^(counter|gauge)$/ || ($4 == "counter") != (name ~ /_total$/)) print "type: " $0
        helped = 0; next }
    { if ($0 !~ "^" name "(\\{[a-z]+=\"([^\"\\\\]|\\\\[\\\\\"n])*\"(,[a-z]+=\"([^\"\\\\]|\\\\[\\\\\"n])*\")*\\})? -?[0-9]+$")
        print "not of " name ": " $0; if (line[$1]++) print "twice: " $0 }
' out > wrong
none wrong 'as Prometheus reads them'

# --- the numbers
is "$(grep -c '^crossdock_documents_total{direction="in",kind="order"} 6$' out)" 1 'orders, those that are held, too' ||
    diag_file out
is "$(awk '/^crossdock_file_documents_total/ { sum += $2 } END { print sum }' out)" \
    "$(canon-ledger check | sed -n 's/^read.//p')" 'what became of documents adds up to those that were read'
out_like '^crossdock_open_exceptions\{cause="collision"\} 1$' 'what is held'
out_like '^crossdock_open_exceptions\{cause="reject"\} 1$' 'and what is rejected waits'
out_like '^crossdock_pending_deliveries\{consumer="erp",state="leased"\} 2$' 'what a consumer is at'
out_like '^crossdock_not_offered\{consumer="erp",kind="order"\} 3$' 'and was not offered yet'
out_like '^crossdock_acks_due\{due="owed",partner="acme"\} 2$' 'what we owe'
out_like '^crossdock_control_number\{series="a \\"b\\" \\\\c"\} 1$' 'control numbers'
out_like '^crossdock_archive_files\{state="kept"\} 3$' 'the archive'
now=$(date +%s)
awk -v now="$now" '/^crossdock_last_post_timestamp_seconds/ { if ($2 > now || $2 < now - 300) print }' out > wrong
none wrong 'times are of today'
canon-ledger metrics > /dev/full 2> err
status=$?
status_is 3 'a full disk is technical'

# --- into a file
mv out want
run canon-ledger metrics -o edi.prom
status_is 0 'metrics go into a file'
out_is '' 'and nothing else'
same edi.prom want 'the same'
is "$(stat -c %a edi.prom)" 644 'which everybody may read'
echo old > edi.prom
(ulimit -f 0; canon-ledger metrics -o edi.prom > out 2> err)
is "$?,$(cat edi.prom)" 3,old 'a full disk leaves the old one'
run canon-ledger metrics -o nowhere/edi.prom
status_is 3 'a folder that is missing is technical'
run canon-ledger check -o edi.prom
status_is 2 'other commands have no -o'
find . -name '*.part*' > wrong
none wrong 'no part of a file is left'

done_testing
