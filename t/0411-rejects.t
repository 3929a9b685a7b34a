#!/bin/bash
# What is refused: the good sets beside it come out, its bytes and the reasons are kept, and the counts add up.
. "${0%/*}/tap.sh"

isa() {
    printf 'ISA*00*          *00*          *ZZ*SENDER         *ZZ*CROSSDOCK      *261120*1201*U*00401*%s*0*P*:~\n' \
        "${1:-000000101}"
}
gs() {
    printf 'GS*%s*SENDERAPP*CROSS*20261120*1201*%s*X*004010~\n' "${1:-PO}" "${2:-101}"
}
order() {
    printf 'ST*850*%s~\nBEG*00*SA*PO-%s**20261120~\nPO1*1*10*EA*2.50**VP*X-1~\nCTT*1~\nSE*5*%s~\n' "$1" "$1" "$1"
}
trailers() {
    printf 'GE*%s*101~\nIEA*1*000000101~\n' "$1"
}

# member NAME: the first of that name on stdin: a string without escapes, a number, true or false
member() {
    grep -oE "\"$1\":(\"[^\"\\]*\"|[0-9a-z]+)" | head -n 1 | sed 's/[^:]*://; s/"//g'
}

# ---- a bad set among good ones ----------------------------------------------------------------------------

{ isa; gs; order 0001; order 0002 | sed 's/\*EA\*/*EAEA*/; s/SE\*5/SE*7/'; order 0003; trailers 3; } > mixed.edi
run edi2canon --rejects mixed.edi
status_is 1 'a refused set is a finding'
is "$(grep -c '"kind":"order"' out)" 2 'the others of its group come out'
is "$(grep -c '"kind":"reject"' out)" 1 '... and it is one record'
is "$(sed 's/.*"kind":"\([a-z]*\)".*/\1/' out | paste -s -d ' ')" 'order reject order' '... in its place'
grep '"kind":"reject"' out > reject
is "$(member class_code < reject) $(member level_code < reject) $(member document_type < reject)" 'business message 850' \
    'who must act, what it is'
like "$(cat reject)" '"source":\{"format":"x12","file":"mixed.edi","offset":[0-9]+,"length":[0-9]+,.*"interchange":"000000101","group":"101","set":"0002","type":"850"' \
    'where it stood'
offset=$(member offset < reject) length=$(member length < reject)
dd if=mixed.edi of=slice bs=1 skip="$offset" count="$length" 2> /dev/null
like "$(head -n 1 slice) $(grep -c . slice)" '^ST\*850\*0002~ 5$' '... from ST to SE'
sed 's/.*"raw":"\([^"]*\)".*/\1/; s/\\n/\n/g' reject > raw
holds 'its bytes as text' diff <(cat slice; echo) <(cat raw)
is "$(member raw_encoding < reject) $(member raw_length < reject)" "text $length" '... said to be'
is "$(member raw_sha256 < reject)" "$(sha256sum < slice | cut -d ' ' -f 1)" '... and their SHA-256'
is "$(member reason_count < reject)" 2 'each cause is a reason'
like "$(cat reject)" '"code":"S2204","rule":"element-too-long","severity":"error","class_code":"business","message":"[^}]*"value":"EAEA","expected":"2 characters","origin":"X12 004010","offset":[0-9]+,"segment_id":"PO1","segment_position":3,"loop":"PO1\[1\]","element_position":3,"element_ref":"355","element_name":"[^"]+","segment_error_code":"8","element_error_code":"5","message_error_code":"5"\}' \
    'with its place, its value, what was expected, and the codes of the acknowledgment'
like "$(cat reject)" '"code":"X1304","rule":"set-count",[^}]*"value":"7","expected":"5",[^}]*"message_error_code":"4"\}' \
    '... also outside segments'
like "$(cat reject)" '"summary":"PO103 \\"EAEA\\": ' 'and a summary of the first'

# ---- mended and sent again --------------------------------------------------------------------------------

{ isa 000000102; gs; sed '/^$/d; s/EAEA/EA/; s/SE\*7/SE*5/' raw; trailers 1 | sed 's/000000101/000000102/'; } > mended.edi
run edi2canon --rejects mended.edi
status_is 0 'what was refused can be mended and read'
like "$(cat out)" '"kind":"order".*"order_number":"PO-0002"' '... to the order that it was'
{ isa 000000103; gs; order 0002 | sed 's/\*EA\*/*EAEA*/; s/SE\*5/SE*7/'; trailers 1 | sed 's/000000101/000000103/'; } > again.edi
run edi2canon --rejects again.edi
is "$(member id < out)" "$(member id < reject)" 'sent again as it was it is known again'

# ---- bytes that are no text -------------------------------------------------------------------------------

{ isa; gs; order 0001 | sed 's/PO-0001/M\xfcller/; s/SE\*5/SE*9/'; trailers 1; } > latin.edi
run edi2canon --rejects latin.edi
grep '"kind":"reject"' out > reject
is "$(member raw_encoding < reject)" base64 'what is no UTF-8 comes in base64'
sed 's/.*"raw":"\([^"]*\)".*/\1/' reject | base64 -d > raw
holds '... byte by byte' cmp raw <(dd if=latin.edi bs=1 skip="$(member offset < reject)" count="$(member length < reject)" 2> /dev/null)

# ---- what is not all there --------------------------------------------------------------------------------

{ isa; gs; order 0001; order 0002 | sed '/^CTT/,$d'; } > broken.edi
run edi2canon --all broken.edi
is "$(grep '"kind":"reject"' out | sed 's/.*"raw":"\([^"]*\)".*/\1/; s/\\n/\n/g' | head -n 1)" 'ST*850*0002~' \
    'a set that breaks off is kept as far as it came'
like "$(grep '"kind":"reject"' out)" '"code":"X1302"' '... and why'
{ isa; gs; order 0001
    awk 'BEGIN {
        printf "ST*850*0002~\nBEG*00*SA*PO-0002**20261120~\n"
        for (n = 1; n <= 40000; n++)
            printf "PO1*%d*10*EA*2.50**VP*X-1~\n", n
        printf "CTT*40000~\nSE*40004*0002~\n"
    }'
    order 0003; trailers 3; } > large.edi
run edi2canon --rejects --max-set 1000000 large.edi
grep '"kind":"reject"' out > reject
is "$(grep -c '"kind":"order"' out) $(grep -c . reject)" '2 1' 'a set over the limit does not harm its neighbours'
like "$(cat reject)" '"raw_length":[0-9]+,.*"is_truncated":true\}' '... and is not kept whole, which is said'

# ---- the counts -------------------------------------------------------------------------------------------

{ isa; gs; order 0001; order 0002 | sed 's/SE\*5/SE*7/'; order 0003; printf 'GE*3*101~\n'
    gs FA 102; printf 'ST*997*0001~\nAK1*PO*7~\nAK9*A*1*1*1~\nSE*4*0001~\nGE*1*102~\nIEA*2*000000101~\n'; } > all.edi
run edi2canon --all all.edi
tail -n 1 out > closing
is "$(member kind < closing)" batch 'a file ends with its batch record'
is "$(member sha256 < closing)" "$(sha256sum < all.edi | cut -d ' ' -f 1)" '... of these bytes'
is "$(member byte_count < closing)" "$(wc -c < all.edi)" '... all of them'
like "$(cat closing)" '"is_complete":true,"interchange_count":1,"group_count":2,.*"read_count":4,"translated_count":3,"held_count":0,"rejected_count":1,"duplicate_count":0,"ignored_count":0[,}]' \
    'read = translated + held + rejected + duplicate + ignored'
run edi2canon --all broken.edi
is "$(tail -n 1 out | member is_complete)" false 'a file that broke off is not complete'
is "$(tail -n 1 out | member read_count) $(tail -n 1 out | member translated_count) $(tail -n 1 out | member rejected_count)" \
    '2 1 1' '... and counted all the same'
run edi2canon all.edi
is "$(sed 's/.*"kind":"\([a-z_]*\)".*/\1/' out | sort | uniq -c | paste -s -d ' ' | tr -s ' ')" ' 2 order' \
    'without being asked a translator prints documents alone'
run edi2canon --all - < all.edi
like "$(tail -n 1 out)" '"kind":"batch"' 'standard input too'
holds '... which has no name' eval '! tail -n 1 out | grep -q file_name'
done_testing
