#!/bin/bash
# The demo ends as it should, twice, and what it shows is so.

. "${0%/*}/tap.sh"

for time in first second; do
    run "$CROSSDOCK_SOURCE/samples/demo.sh" demo
    status_is 0 "the demo ends well, the $time time" || diag_file out
    quiet 'and complains of nothing'
done
out_like '^RECON 2026-12-09 .* ERROR  new 8  open 0 .* unaccounted 0 ' 'what does not agree is found'
is "$(sed -n '/^RECON/,$s/^\([A-Z-]*\) .*PO \(45[0-9]*\).*/\1 \2/p' out | sort | tr '\n' ' ')" \
    'INV-BEFORE 4500018806 INV-OVER 4500018805 PO-STALE 4500018806 POA-QTY 4500018805 QTY-SHORT 4500018805 ' \
    'and nothing else'
out_like '^ACK-REJ .* invoice 90013003, GS 1 ST 0003: ' 'a set that was refused is told by its document, of its kind of group'
out_like "^# The report as a page, .*: $PWD/demo/report/index.html$" 'it says where the page is'
holds 'and there it is' test -s demo/report/index.html
is "$(find demo/mailbox/in -name '*.edi' -printf '%f\n' | cut -c -3 | sort | tr '\n' ' ')" '810 855 856 997 ' \
    'the partner has its answers'
run edi2canon --check demo/mailbox/in/*.edi
status_is 0 'which are right'
run canon-ledger -l demo/ledger check
status_is 0 'and so is the ledger'

mkdir other
run "$CROSSDOCK_SOURCE/samples/demo.sh" other
status_is 2 'a folder that is not its own is left alone'
done_testing
