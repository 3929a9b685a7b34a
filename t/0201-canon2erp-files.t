#!/bin/bash
# canon2erp and the system: inputs that are not there, disks that are full, files that appear whole, receipts.

. "${0%/*}/tap.sh"

orders=$CROSSDOCK_SOURCE/t/0200-canon2erp/orders.jsonl
first=3f0c8e5b9a7d4f21b6c0d9e8f7a65b01

# --- inputs
run canon2erp -m erp-orders-csv missing.jsonl "$orders"
status_is 3 'a missing input is technical'
same out "$CROSSDOCK_SOURCE/t/0200-canon2erp/orders.csv" 'the others are translated'
err_like 'T7001 error: missing.jsonl: .*No such file' 'and it is named'
mkdir folder
run canon2erp -m erp-orders-csv folder
status_is 3 'a folder is no input'
err_like 'T7001.*folder.*is a directory' 'and told so'
if [ "$(id -u)" -ne 0 ]; then
    : > secret && chmod 000 secret
    run canon2erp -m erp-orders-csv secret
    status_is 3 'neither is a file that may not be read'
else
    skip 'neither is a file that may not be read' 'root may read everything'
fi
canon2erp -m erp-orders-csv <&- > out 2> err
status=$?
status_is 3 'nor a closed standard input'

# --- usage
run canon2erp "$orders"
status_is 2 'a map is wanted'
err_like 'U8004' 'and asked for'
run canon2erp -m no-such-map "$orders"
status_is 2 'one that is there'
err_like 'no-such-map' 'and named'
run canon2erp -m ../../etc/passwd "$orders"
status_is 2 'and no path out of maps/'
run canon2erp -m x12-850 "$orders"
status_is 2 'and one that writes files'
err_like 'M3401.*x12' 'not X12'
run canon2erp --singel -m erp-orders-csv "$orders"
status_is 2 'a misspelt option is refused'
err_like 'did you mean --single\?' 'and the one that was meant, named'
run canon2erp --single -m erp-orders-csv "$orders"
status_is 2 '--single goes with -o'
run canon2erp --unmapped=sometimes -m erp-orders-csv "$orders"
status_is 2 'a word that the option does not know'
err_like 'ignore\|warn\|error' 'and those it does'
run canon2erp -m
status_is 2 'an option without its argument'
run canon2erp --max-record=lots -m erp-orders-csv "$orders"
status_is 2 'a number that is none'
run canon2erp --diagnostics=json --zork
err_like '^\{.*"U8001"' 'as JSON where that is asked for'

# --- outputs
canon2erp -m erp-orders-csv "$orders" > /dev/full 2> err
status=$?
status_is 3 'a full disk is technical'
is "$(grep -c T7002 err)" 1 'told once'
canon2erp -m erp-orders-csv "$orders" >&- 2> err
status=$?
status_is 3 'so is a closed standard output'
for _ in 1 2 3 4 5 6 7 8 9 10 11 12; do cat "$orders" "$orders"; done > several
for _ in 1 2 3 4 5 6 7 8 9 10; do cat several several; done > large
{ canon2erp -m erp-orders-xml large 2> err; echo $? > code; } | head -c 100 > out
status=$(cat code)
status_is 3 'a reader that goes away'
quiet 'is no news'

# --- files
mkdir box
run canon2erp -v -m erp-orders-csv -o box "$orders"
status_is 0 '-o writes a file for each document'
is "$(cd box && ls -A | tr '\n' ' ')" \
    "order-1-${first%1}3.csv order-4500012345-$first.csv order-NW_7-_A_-${first%1}2.csv " 'named after it'
is "$(stat -c %a box/* | sort -u)" 600 'for the owner alone'
is "$(head -1 box/order-1-*.csv | cut -c1-12)" order_number 'each with its header'
out_like "^\{\"receipt\":1,\"id\":\"$first\",\"kind\":\"order\",\"partner\":\"acme\",\"status\":\"written\",\"file\":\"box/order-4500012345-$first.csv\",\"sha256\":\"[0-9a-f]{64}\",\"size\":[0-9]+\}\$" \
    'and its receipt'
is "$(sed 's/.*"file":"\([^"]*\)","sha256":"\([^"]*\)".*/\2  \1/' out | sha256sum --check --quiet 2>&1)" '' \
    'whose SHA-256 is the file'"'"'s'
is "$(sed 's/.*"size":\([0-9]*\).*/\1/' out | tr '\n' ' ')" \
    "$(sed 's/.*"file":"\([^"]*\)".*/\1/' out | xargs stat -c %s | tr '\n' ' ')" 'and whose size is too'
cp -r box before && cp out receipts
run canon2erp -m erp-orders-csv -o box "$orders"
holds 'run again, the same files come out' diff -r before box
holds 'and the same receipts' cmp out receipts

mkdir all
run canon2erp -m erp-orders-xml -o all --single "$orders"
status_is 0 '--single writes one file'
name=$(cd all && ls -A)
like "$name" '^order-batch-[0-9a-f]{32}\.xml$' 'named after what is in it'
same "all/$name" "$CROSSDOCK_SOURCE/t/0200-canon2erp/orders.xml" 'which is what would go to standard output'
is "$(grep -c "\"status\":\"written\",\"file\":\"all/$name\"" out)" 3 'with a receipt for each document'
head -2 "$orders" | run canon2erp -m erp-orders-xml -o all --single
is "$(ls -A all | wc -l)" 2 'another batch is another file'

mkdir some
{
    cat "$orders"
    sed 's/"order_number":"1"/"order_number":"99999999999999999999999"/; s/65b03/65b04/' "$orders" | tail -1
} > three-good
run canon2erp -m erp-orders-fixed -o some three-good
status_is 1 'a document that does not fit'
is "$(ls -A some | wc -l)" 3 'has no file'
out_like '"id":"3f0c8e5b9a7d4f21b6c0d9e8f7a65b04","kind":"order","partner":"zenith","status":"refused","reasons":\[\{"code":"M3501","text":".*23 characters' \
    'and a receipt that says why'

for how in '' --single; do
    run canon2erp -m erp-orders-csv -o nowhere $how "$orders"
    status_is 3 "a missing folder is technical $how"
    err_like 'T7002.*nowhere.*No such file' 'and named'
done
run canon2erp -m erp-orders-csv -o "$orders" "$orders"
status_is 3 'a file is no folder'
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked && chmod 500 locked
    run canon2erp -m erp-orders-csv -o locked "$orders"
    status_is 3 'a folder that may not be written'
    out_is '' 'gives no receipts'
fi

# --- no room: the shell's limit on file sizes stands in for a full disk
mkdir tight
{ tail -n 1 "$orders"; cat "$orders"; } > uneven
for how in '' --single; do
    # shellcheck disable=SC2086
    (ulimit -f 1 && canon2erp -v -m erp-orders-xml -o tight $how uneven 2>&1 > /dev/null | cat > err; exit "${PIPESTATUS[0]}")
    status=$?
    status_is 3 "no room for a file is technical $how"
    err_like 'T7002 error: tight: .*File too large' 'and told'
    err_like 'read [0-9]+ = .* \+ failed [0-9]+$' 'and counted'
    is "$(cd tight && ls -A)" "order-1-${first%1}3.xml" 'and there is only what is whole'
done

# --- names never lead out of the folder, whatever the document says
mkdir in
sed '3!d; s/"order_number":"1"/"order_number":"..\/..\/escape"/' "$orders" > evil
run canon2erp -m erp-orders-csv -o in evil
is "$(ls -A in)" "order-.._.._escape-${first%1}3.csv" 'a number with slashes is one name'
[ ! -e escape.csv ] && [ ! -e ../escape.csv ]; ok $? 'and nothing lies elsewhere'

done_testing
