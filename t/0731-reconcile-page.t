#!/bin/bash
# The page that reconcile writes: whole, well-formed, with nothing of a document taken for markup or for a formula.
# (t/web/reconcile.t looks at it with a browser.)

. "${0%/*}/tap.sh"
. "$CROSSDOCK_SOURCE/t/web/findings.sh"

export CROSSDOCK_LEDGER=page.ledger
canon-ledger create
run reconcile --html=empty
status_is 0 'of an empty ledger'
holds 'there is a page' grep -q '<h1>OK: reconciliation of ' empty/index.html
holds 'which says that all is well' grep -q '<p class="whole">No exceptions.</p>' empty/index.html
is "$(ls empty)" index.html 'and no other'

rm -f page.ledger*
findings_post
run reconcile --html=pages
status_is 1 'something does not agree'
out_like '^RECON .* ERROR|^RECON .* WARN' 'the text is there as ever'
is "$(find pages -name 'order-*.html' | wc -l)" 5 'a page for each order that is spoken of'
is "$(grep -o 'href="order-[^"]*"' pages/index.html | cut -d '"' -f 2 | sort -u)" \
    "$(find pages -name 'order-*.html' -printf '%f\n' | sort)" 'the report leads to them'
is "$(find pages -name '.*' ! -name pages)" '' 'nothing half done is left'
is "$(grep -c '<tr data-state="new"' pages/index.html)" 5 'a row a finding'
holds 'a formula is none' grep -q 'data-order="&#39;=1+1&lt;script&gt;' pages/index.html
is "$(grep -c '<script' pages/index.html)" 1 'one script, our own'
is "$(grep -coE 'https?://|src=|@import|url\(' pages/index.html)" 0 'nothing is fetched from anywhere'

if command -v openssl > /dev/null && command -v xmllint > /dev/null; then
    sed -n '/<script>/,/<\/script>/p' pages/index.html | sed '1s/.*<script>//; $d' > script
    is "$(grep -o "sha256-[^&]*" pages/index.html)" "sha256-$(openssl dgst -sha256 -binary script | base64)" \
        'no other script would run'
    sed '/<script>/,/<\/script>/d; 1d' pages/index.html > page.xml
    holds 'it is well-formed' xmllint --noout page.xml
else
    skip 'no other script would run' 'openssl or xmllint is not installed'
    skip 'it is well-formed' 'openssl or xmllint is not installed'
fi

cp -r pages before
reconcile -q --html=pages > again
is "$(diff -rq before pages | grep -v index.html)" '' 'again: the pages of orders are the same'
holds 'what was new is open' grep -q '<tr data-state="open"' pages/index.html

run reconcile --html=/dev/null
status_is 3 'where no folder can be'
err_like 'T7002 error: /dev/null: .*Not a directory; nothing was compared' 'which is told'
out_is '' 'and nothing is compared: it would not be new any more'
run reconcile --html=none/of/these
status_is 3 'nor in a folder that is not there'
out_is '' 'likewise'
done_testing
