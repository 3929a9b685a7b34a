#!/bin/bash
# canon2edi: envelopes with true counts, control numbers that are never used twice, and no set that a partner would
# refuse.

. "${0%/*}/tap.sh"

acme=$CROSSDOCK_SOURCE/samples/canon/to-acme.jsonl
tundra=$CROSSDOCK_SOURCE/samples/canon/to-tundra.jsonl
at=(--time 2026-11-24T09:30)

# --- how it is called
run canon2edi "$acme"
status_is 2 'without control numbers nothing is done'
err_like '-l LEDGER and -o DIR, or --control FILE' 'and it says what is missing'
out_is '' 'no data'
run canon2edi --control n -p nobody "$acme"
status_is 2 'a partner nobody knows'
out_is '' 'nothing is written'
run canon2edi --control n --time yesterday "$acme"
status_is 2 'a time that is none'
run canon2edi --control n -m no-such-map "$acme"
status_is 2 'a map that nobody has'
run canon2edi --control n missing.jsonl
status_is 3 'an input that is not there'
run canon2edi --control no/such/folder "$tundra"
status_is 3 'control numbers that cannot be kept'
out_is '' 'nothing leaves without a number'
[ ! -e n ]; ok $? 'and none was used up'

# --- envelopes
run canon2edi --control numbers "${at[@]}" "$acme"
status_is 0 'three documents'
quiet 'in silence'
cp out interchanges
is "$(grep -c '^ISA' out)" 3 'of three kinds: three interchanges'
out_like '^ISA\*00\* {10}\*00\* {10}\*ZZ\*CROSSDOCK {6}\*01\*555010101 {6}\*261124\*0930\*U\*00401\*000000001\*0\*P\*>~$' \
    'ISA has its fixed lengths'
out_like '^GS\*SH\*CROSSDOCK\*555010101\*20261124\*0930\*1\*X\*004010~$' 'GS names the group of the set'
out_like '^TDS\*32000~$' 'implied decimals'
out_like '^HL\*4\*3\*I\*0~$' 'levels in their order'
run edi2canon --check -p acme interchanges
status_is 0 'our own checks find nothing in it'

run canon2edi --test --control numbers "${at[@]}" "$tundra"
out_like 'ISA.*\*000000001\*0\*T\*>~GS\*PO' 'other partners count by themselves; --test says T'
run canon2edi --control numbers "${at[@]}" "$acme"
out_like '\*000000006\*0\*P' 'ISA13 counts up'
out_like '^GS\*IN\*.*\*2\*X\*' 'GS06 counts by group'
out_like '^IEA\*1\*000000006~$' 'and IEA repeats it'

# --- batches
for i in 1 2 3 4 5; do sed "s/TM-5010/TM-502$i/g; s/d4c3f8e5/d4c3f8e$i/" "$tundra"; done > five
run canon2edi --control numbers --max-sets 2 "${at[@]}" five
status_is 0 'five orders'
tr '~' '\n' < out > lines
is "$(grep -c '^ISA' lines)" 3 'two an interchange'
is "$(grep '^GE' lines | cut -d'*' -f2 | tr '\n' ' ')" '2 2 1 ' 'counted in GE01'
is "$(grep '^ST' lines | cut -d'*' -f3 | tr '\n' ' ')" '0001 0002 0001 0002 0001 ' 'ST02 counts within the group'
run canon2edi --control numbers --max-bytes 100 "${at[@]}" five
is "$(grep -o 'ISA\*' out | wc -l)" 5 '--max-bytes bounds them too'

# --- files and receipts
mkdir box
run canon2edi --control numbers -o box "${at[@]}" "$acme"
status_is 0 'into a folder'
is "$(find box -type f | wc -l)" 3 'a file an interchange'
is "$(grep -c '"status":"written"' out)" 3 'a receipt a document'
while IFS= read -r line; do
    file=$(sed -nE 's/.*"file":"([^"]*)".*/\1/p' <<< "$line")
    echo "$(sed -nE 's/.*"sha256":"([^"]*)".*/\1/p' <<< "$line")  $file"
done < out > sums
sha256sum -c sums > /dev/null 2>&1; ok $? 'with the hash of the file'
ls box > before
run canon2edi --control numbers -o box "${at[@]}" "$acme"
ls box > after
cmp -s before after; ok $? 'the same documents again replace their files'
run canon2edi --control numbers -o missing "$acme"
status_is 3 'a folder that is not there'

# --- refusing
order() { # NUMBER FIELD-OF-LINE...
    printf '{"canon":1,"kind":"order","id":"%032d","partner":"tundra","direction":"out","order_number":"%s",' "$1" "$2"
    printf '"purpose_code":"original","order_type_code":"SA","order_date":"2026-11-24"%s,' "${4:-}"
    printf '"lines":[{"line_number":"1","quantity":"1","uom":"EA"%s}]}\n' "$3"
}
{
    order 1 GOOD-1 ',"unit_price":"4.20"'
    order 2 "$(printf 'X%.0s' {1..30})" ''
    order 3 STAR '' ',"department_code":"4*2"'
    order 4 LONG-PRICE ',"unit_price":"1.23456789012345678"'
    order 5 UNIT ',"unit_price":"1","uom_raw":""' | sed 's/,"uom_raw":""//'
    order 6 GOOD-2 ''
    order 7 CODE ',"price_basis_code":"??"'
} > some
run canon2edi --control numbers "${at[@]}" some
status_is 1 'some cannot go'
is "$(grep -o 'BEG\*00\*SA\*[A-Z0-9-]*' out | cut -d'*' -f4 | tr '\n' ' ')" 'GOOD-1 UNIT GOOD-2 ' 'the others go'
err_like '^S2204 error some:2 .* tundra ST 850' 'a value too long: by the standard'"'"'s rule'
err_like 'BEG03 .*: order_number; length 30; expected 1 to 22' 'which names the field of the record'
err_like 'department_code: it holds "\*", a delimiter' 'a delimiter in a text'
err_like 'lines\[0\]\.unit_price' 'a field of a line, with its place'
err_like 'PO105 .*"\?\?".*lines\[0\]\.price_basis_code' 'a code that the list does not have'
mkdir -p box2
run canon2edi --control numbers -o box2 "${at[@]}" some
is "$(grep -c '"status":"refused","reasons":\[{"code":"' out)" 4 'refusals have receipts, with reasons'

# Digits that the element has no place for are not rounded away.
sed 's/"amount":"20.00"/"amount":"20.005"/' "$acme" > digits
run canon2edi --control numbers "${at[@]}" digits
status_is 1 'implied decimals: digits would be lost'
err_like 'SAC05 is "20.005".*adjustments\[0\]\.amount: digits would be lost.*at most 2 decimals' 'so it is refused'

# A missing segment and a missing element name what would have filled them.
sed 's/"invoice_date":"2026-12-02",//; s/"total_amount":"320.00",//' "$acme" > lacking
run canon2edi --control numbers "${at[@]}" lacking
status_is 1 'what is missing'
err_like 'BIG01 .*a mandatory element is missing: invoice_date' 'names the field: an element'
err_like 'a mandatory segment is missing: .*none of .*total_amount' 'and a segment'

# --- delimiters in data, as the partner says
mkdir partners
cat > partners/mild.yaml << 'END'
partner: mild
ids: [{isa: "ZZ:MILD"}]
us: [{isa: "ZZ:CROSSDOCK"}]
charset: us-ascii
send: {delimiter_in_data: "-", release: "005010", delimiters: "|:~^", line_end: CRLF, ack_requested: yes}
END
{
    order 1 A '' ',"department_code":"4|2"'
    order 2 B '' ',"department_code":"Gr\u00fcn"'
} > texts
run canon2edi -C . -p mild --control numbers "${at[@]}" texts
status_is 0 'a replacement for delimiters'
out_like '^REF\|DP\|4-2~.?$' 'is written'
out_like '^REF\|DP\|Gr-n~.?$' 'for letters that the character set does not have, too'
out_like '\|\^\|00501\|000000001\|1\|P\|:~.?$' '005010: repetition separator, ISA14 as the file says'
grep -q $'~\r$' out; ok $? 'CRLF behind segments'
sed -i 's/send:.*/send: {delimiters: "**~"}/' partners/mild.yaml
run canon2edi -C . -p mild --control numbers texts
status_is 2 'delimiters must differ'
err_like 'mild.yaml:5:.*same character' 'which is said with its place'

# --- what is not for partners
run canon2edi --control numbers "${at[@]}" < <(edi2canon --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-one-bad.edi" 2> /dev/null)
status_is 0 'what came in does not go back'
is "$(grep -c '^ST\*' out)" 1 'but its acknowledgment goes'
out_like '^AK9\*P\*3\*3\*2~$' 'as a 997'
out_like '^GS\*FA\*' 'in a group of its own'
quiet 'in silence'
cat > ta1 << 'END'
{"canon":1,"kind":"functional_ack","id":"11111111111111111111111111111111","partner":"acme","direction":"out","source":{"format":"x12","file":"850.edi","sender":"01:555010101","receiver":"ZZ:CROSSDOCK","interchange":"000000101","created":"2026-11-20T15:02","test":false},"ack_type_code":"TA1","acked_interchange_control_number":"000000101","acked_interchange_date":"2026-11-20","acked_interchange_time":"15:02","interchange_status_code":"A","interchange_note_code":"000"}
END
run canon2edi --control numbers "${at[@]}" ta1
status_is 0 'a TA1'
out_like '^TA1\*000000101\*261120\*1502\*A\*000~$' 'is written'
out_like '^IEA\*0\*' 'in an interchange without groups'
run canon2edi --strict --control numbers "${at[@]}" < <(edi2canon --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-plain.edi" 2> /dev/null)
status_is 1 '--strict refuses what is passed over otherwise'
run canon2edi -p tundra --control numbers "${at[@]}" < <(edi2canon "$CROSSDOCK_SOURCE/samples/x12/850-acme-plain.edi")
status_is 0 'an order is passed on with -p'
out_like 'TUNDRAMILLS' 'to somebody else'

# --- levels without numbers
sed -n 2p "$acme" | sed -E 's/"(parent_)?level_id":"[0-9]",//g; s/"child_code":"[01]",//g; s/"package_id":"3",//; s/,"level_count":4/,"level_count":4/' > levels
run canon2edi --control numbers "${at[@]}" levels
status_is 0 'levels without numbers'
is "$(grep '^HL' out | tr '\n' ' ')" 'HL*1**S*1~ HL*2*1*O*1~ HL*3*2*P*1~ HL*4*3*I*0~ ' 'get them, where there is one way'
sed 's/"packages":\[{/"packages":[{"level_code":"P","sscc":"00095200000000000202"},{/' levels > unclear
run canon2edi --control numbers "${at[@]}" unclear
status_is 1 'two cartons and an item in one of them'
err_like 'lines\[0\].*not told to which level' 'nobody guesses in which'

# --- the dates of a shipment
levels_of() { # < INTERCHANGES: the ids of an 856, without what is not said here
    tr '~' '\n' < out | sed -nE 's/^(BSN|HL\*[0-9]+\*[0-9]*\*.|DTM\*[0-9]+).*/\1/p' | paste -sd ' '
}
sed -n 2p "$acme" | sed 's/,"ship_to":/,"dates":[{"type_code":"067","date":"2026-12-04"}]&/' > dated
run canon2edi --control numbers "${at[@]}" dated
status_is 0 'dates of a shipment'
is "$(levels_of)" 'BSN HL*1**S DTM*011 DTM*017 DTM*067 HL*2*1*O HL*3*2*P HL*4*3*I' 'stand in its level'
mkdir -p early/maps early/partners
cat > early/maps/early.yaml << 'END'
map: early
base: x12-856
tree:
  - DTM:
      - {when: {"01": "011", "05": ""}, write: ~}
      - {when: {"01": "017", "05": ""}, write: ~}
END
run canon2edi -C early -m early --control numbers "${at[@]}" dated
is "$(levels_of)" 'BSN DTM*011 DTM*017 HL*1**S DTM*067 HL*2*1*O HL*3*2*P HL*4*3*I' 'or before, as an overlay says'
sed 's/write: ~/write: never/; s/map: early/map: wrong/' early/maps/early.yaml > early/maps/wrong.yaml
run canon2edi -C early -m wrong --control numbers "${at[@]}" dated
status_is 2 'write: of a rule takes one word'
err_like 'wrong\.yaml:5:.*write: is otherwise' 'and says which'
printf '%s~\n' 'ISA*00*          *00*          *ZZ*TUNDRAMILLS    *ZZ*CROSSDOCK      *261124*0930*U*00401*000000009*0*P*:' \
    'GS*SH*TUNDRAMILLS*CROSSDOCK*20261124*0930*9*X*004010' 'ST*856*0001' 'BSN*00*77*20261124*0930' \
    'DTM*011*20261124' 'HL*1**O' 'PRF*4711' 'SE*6*0001' 'GE*1*9' 'IEA*1*000000009' > no-shipment
edi2canon no-shipment > records
run canon2edi --relay --control numbers "${at[@]}" records
is "$(levels_of)" 'BSN DTM*011 HL*1**O' 'no level is made for a date alone'

# --- control numbers
printf 'ZZ:CROSSDOCK\tZZ:TUNDRAMILLS\tISA\t999999999\n' > used
cp used used.before
run canon2edi --control used "$tundra"
status_is 3 'numbers that are used up'
out_is '' 'nothing goes out'
cmp -s used used.before; ok $? 'and they do not begin again by themselves'
echo nonsense > wrong
run canon2edi --control wrong "$tundra"
status_is 3 'a file that is none'

# Runs side by side.
for i in 1 2 3 4 5 6 7 8; do
    canon2edi --control shared --max-sets 1 "${at[@]}" five > "side.$i" 2>> side.err &
done
wait
cat side.[1-8] | grep -oE '00401\*[0-9]{9}' | sort > all
is "$(wc -l < all) $(sort -u all | wc -l)" '40 40' 'eight runs share a file: no number twice'
is "$(sed -nE 's/.*ISA\t//p' shared)" 40 'and none is lost'

run canon2edi --control numbers "$acme" > /dev/full
canon2edi --control numbers "$acme" > /dev/full 2> err
status=$?
status_is 3 'a full disk is technical'

done_testing
