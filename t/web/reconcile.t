#!/bin/bash
# The page of reconcile in a real browser: it can be sorted and narrowed, and is readable on a telephone, on paper
# and without its script. Run by "make check-web"; WEB_PICTURES=DIR keeps what was seen.

. "${0%/*}/../tap.sh"
. "$CROSSDOCK_SOURCE/t/web/browser.sh"
. "$CROSSDOCK_SOURCE/t/web/findings.sh"

command -v jq > /dev/null || skip_all 'jq is not installed'
browser_find > /dev/null || skip_all 'chromium is not installed'

export CROSSDOCK_LEDGER=web.ledger
findings_post
reconcile --html=page > text
pictures=${WEB_PICTURES:-$PWD}
mkdir -p "$pictures"

browser_start 1360 900
ok $? 'the browser runs'
browser_open page/index.html
ok $? 'and has the page'

is "$(browser_tell 'document.querySelectorAll("table.findings tbody tr").length')" 5 'five findings'
is "$(browser_tell 'document.querySelector("form.filter").hidden')" false 'there is something to narrow them with'
is "$(browser_tell 'document.querySelectorAll("script").length')" 1 'no markup of a document became an element'
is "$(browser_tell 'document.documentElement.scrollWidth <= innerWidth')" true 'nothing is wider than the window'
browser_picture "$pictures/desktop.png"
ok $? 'a picture of it'

# shown COLUMN: that cell of each row that is shown
shown() {
    browser_tell "Array.from(document.querySelectorAll('table.findings tbody tr')).filter(row => !row.hidden)
                  .map(row => 'key' in row.cells[$1].dataset ? row.cells[$1].dataset.key : row.cells[$1].textContent.trim())
                  .join(' ')"
}

# click COLUMN: its head
click() {
    browser_tell "document.querySelectorAll('table.findings th button')[$1].click()" > /dev/null
}

# choose NAME VALUE
choose() {
    browser_tell "{ const field = document.querySelector('form.filter [name=$1]'); field.value = '$2';
                  field.dispatchEvent(new Event('input', {bubbles: true})); }" > /dev/null
}

click 5
is "$(shown 5)" '2.50 5.00 12.50 20.00 22.50' 'sorted by the amount at risk, as numbers'
is "$(browser_tell 'document.querySelectorAll("table.findings th")[5].getAttribute("aria-sort")')" ascending \
    'which the head says'
click 5
is "$(shown 5)" '22.50 20.00 12.50 5.00 2.50' 'and the other way round'
click 3
is "$(shown 3 | grep -o 'PO PO-[0-9]*' | tr '\n' ' ')" 'PO PO-7 PO PO-9 PO PO-10 PO PO-200 ' \
    'sorted by order, numbers in texts as numbers'
choose partner globex
is "$(browser_tell 'document.querySelector("form.filter output").value')" '2 of 5' 'narrowed to a partner'
is "$(browser_tell 'document.querySelector("pre.numbers").textContent.split("\n").sort().join(" ")')" \
    "'=1+1<script>alert(1)</script> PO-7" 'so is the list of order numbers, in which no number is a formula'
choose partner ''
choose text 'po-10 20.00'
is "$(browser_tell 'document.querySelector("form.filter output").value')" '1 of 5' 'narrowed to words, all of them'
choose text 'nowhere'
is "$(browser_tell 'document.querySelector("form.filter output").value')" '0 of 5' 'to none'
choose text ''
choose state open
is "$(shown 1)" '' 'nothing is open from before'
choose state new
is "$(browser_tell 'document.querySelector("form.filter output").value')" '5 of 5' 'all are new'

browser_tell 'document.querySelector("td.keys a").click()' > /dev/null
sleep 1
is "$(browser_tell 'document.querySelectorAll("svg.timeline").length')" 1 'a finding leads to the life of its order'

browser_size 390 844
browser_open page/index.html
is "$(browser_tell 'document.documentElement.scrollWidth <= innerWidth')" true 'on a telephone nothing is cut off'
is "$(browser_tell 'getComputedStyle(document.querySelector("table.findings thead")).display')" none \
    'findings stand one below the other'
browser_picture "$pictures/telephone.png"
ok $? 'a picture of it'

browser_call Emulation.setEmulatedMedia '{"media": "print"}'
is "$(browser_tell 'getComputedStyle(document.querySelector("form.filter")).display')" none \
    'on paper there is nothing to narrow them with'
browser_call Emulation.setEmulatedMedia '{"media": ""}'
browser_call Emulation.setScriptExecutionDisabled '{"value": true}'
browser_open page/index.html
is "$(browser_tell 'document.querySelector("form.filter").hidden')" true 'without scripts neither'
is "$(browser_tell 'Array.from(document.querySelectorAll("table.findings tbody tr")).every(row => row.offsetHeight > 0)')" true \
    'and every finding is there'
browser_stop
done_testing
