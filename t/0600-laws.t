#!/bin/bash
# Reading and writing are each other's inverse, for every map over every sample: a record that was written is read
# again as it was, and a set that was read is written again with the same segments, but for those that its map
# declares lossy. map-check --laws knows the laws; here they hold, and are seen to be broken.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples

# --- the samples
accepted=("$samples"/x12/[0-9]*.edi "$samples"/canon/*.jsonl)
for i in "${!accepted[@]}"; do
    [[ ${accepted[i]} != *850-acme-one-bad.edi ]] || unset "accepted[$i]"
done
run map-check --laws -v --max-findings 0 "${accepted[@]}"
status_is 0 'all samples come back' || grep -A 1 ' error ' err | head -40 >&2
cp out tally
is "$(grep -v ', 0 differ;' tally)" '' 'not one differs'
[ "$(awk '{ n += $5 } END { print n }' tally)" -gt 60 ]; ok $? 'more than 60 documents'
for set in 214 810 824 846 850 855 856 860 865 940 943 944 945 947 997 999; do
    grep -q "^$set by " tally; ok $? "$set is among them"
done
is "$(grep -A 1 '^M3705' err | grep '^ ' | grep -v 'in the form of the standard$')" '' 'but for the form of numbers'
run map-check --laws "$samples/x12/850-acme-one-bad.edi"
status_is 1 'a refused set is told'
out_like '^850 by acme/850: of 2 documents 2 come back' 'and the others are tested'

# --- how it is called
run map-check --laws --coverage x
status_is 2 'one thing at a time'
run map-check --laws --release 004010 x
status_is 2 'an option of the listing'
run map-check --laws -p nobody "$samples/canon/to-acme.jsonl"
status_is 2 'a partner nobody knows'
run map-check --laws missing.jsonl
status_is 3 'a file that is not there'
echo '{"canon":1,"kind":"order","nonsense":1}' > bad.jsonl
run map-check --laws bad.jsonl
status_is 1 'a line that is no record'
err_like 'J9001 error bad\.jsonl:1 ' 'is told with its place'
map-check --laws "$samples/x12/850-acme-typical.edi" > /dev/full 2> err
status=$?
status_is 3 'a full disk'
run map-check --laws --json "$samples/x12/850-acme-typical.edi"
out_is '{"set":"850","map":"acme/850","documents":1,"same":1,"differ":0,"declared":0}' 'JSON'

# --- two segments that would be written as one: the second is kept whole
halves() { # BEFORE-THE-LEVELS IN-THE-SHIPMENT
    printf '%s~\n' 'ISA*00*          *00*          *ZZ*NOBODY         *ZZ*CROSSDOCK      *261124*0930*U*00401*000000008*0*P*:' \
        'GS*SH*NOBODY*CROSSDOCK*20261124*0930*8*X*004010' 'ST*856*0001' 'BSN*00*77*20261124*0930' \
        "$1" 'HL*1**S' "$2" 'SE*6*0001' 'GE*1*8' 'IEA*1*000000008' > halves.edi
    run map-check --laws -q halves.edi
    status_is 0 "$1 and $2 come back"
    run edi2canon -q --unmapped=keep halves.edi
    out_like "\"extra\":\\[\\{\"at\":\"HL/DTM\",\"ordinal\":5,\"tag\":\"DTM\",\"elements\":\\[\"011\"" 'and the second is in extra'
}
halves 'DTM*011**0905' 'DTM*011**1518'
halves 'DTM*011*20261124' 'DTM*011*20261125'
halves 'DTM*011**0905' 'DTM*011*20261125'
halves 'DTM*011*20261124' 'DTM*011*20261125*1518'

# --- what can be said in several ways comes back as it was said, in its order
said() { # SEGMENT...: in an order
    {
        printf '%s~\n' 'ISA*00*          *00*          *ZZ*NOBODY         *ZZ*CROSSDOCK      *261124*0930*U*00401*000000007*0*P*:' \
            'GS*PO*NOBODY*CROSSDOCK*20261124*0930*7*X*004010' 'ST*850*0001' 'BEG*00*SA*4711**20261124'
        printf '%s~\n' "$@" "SE*$(($# + 3))*0001" 'GE*1*7' 'IEA*1*000000007'
    } > said.edi
    run map-check --laws -q said.edi
    status_is 0 "$* come back"
}
said 'PO1*1*1*EA*2' 'IT8*BK' 'CSH*C' 'CTT*1*1'
said 'PO1*1*1*EA*2' 'IT8*C' 'CSH*BK' 'CSH*C' 'CTT*1*1'
said 'PO1*1*1*EA*2' 'CSH*C' 'PO1*2*1*EA*2' 'IT8*C' 'CTT*2*2'
said 'N9*L1*7' 'MSG*Fragile' 'N9*L1*8' 'MSG*Handle with care' 'PO1*1*1*EA*2' 'N9*L1**Call first' 'CTT*1*1'
run map-check --laws -v said.edi
status_is 0 'they are no differences'
said 'PO1*1*007*EA*0.5*TE' 'CTT*1*7'
run map-check --laws -v said.edi
err_like 'PO102 .*is "007".*it became "7"; numbers come back in the form of the standard' 'a number in another form is told, if asked for'
out_like '0 differ; 2 differences as the map declares' 'and counted as declared'

# --- maps that break them
mkdir -p maps
cat > one.edi << 'END'
ISA*00*          *00*          *ZZ*NOBODY         *ZZ*CROSSDOCK      *261124*0930*U*00401*000000007*0*P*:~
GS*PO*NOBODY*CROSSDOCK*20261124*0930*7*X*004010~
ST*850*0001~
BEG*00*SA*4711**20261124~
REF*DP*017~
REF*IA*99~
PO1*1*10*EA*0.5~
PO1*2*10*EA*2~
CTT*2~
SE*8*0001~
GE*1*7~
IEA*1*000000007~
END
broken() { # TREE-LINE... : a map of these lines, tried on one.edi
    {
        printf 'map: broken\nformat: x12\nset: "850"\nrecord: order\n'
        printf '%s\n' "$@"
    } > maps/broken.yaml
    run map-check --laws -q -C . -m broken one.edi
}
broken 'tree: [{BEG: {"03": order_number}}]'
status_is 0 'what no rule reads comes back as it was'
broken 'tree:' '  - BEG: {"02": {value: DS}, "03": order_number}'
status_is 1 'a constant that is not what came'
err_like 'M3701 error one\.edi .*ISA 000000007 GS 7 ST 850 0001' 'is told with its place'
err_like '^  segment 2: BEG02 Purchase Order Type Code \(DE 92\) is "SA": .*it became "DS"' 'element, was and became'
out_like '^850 by broken: of 1 document 0 come back, 1 differs; 0 differ' 'and counted'
broken 'tables: {type: {SA: sa, NE: sa}}' 'tree:' '  - BEG: {"02": {field: order_type_code, table: type}, "03": order_number}'
status_is 0 'a table of two codes: the raw one is there'
broken 'tables: {up: {"10": "11", "12": "11"}}' 'tree:' \
    '  - PO1: {each: lines, "01": line_number, "02": {field: description, table: up}}' \
    '  - BEG: {"02": {value: DS}, "03": order_number}' 'lossy: {BEG: the type is always DS, PO1: its quantity is a word}'
status_is 0 'what is declared is no finding'
out_like '; [0-9]+ differences as the map declares$' 'but counted'
broken 'tree:' '  - BEG: {"03": order_number}' '  - CTT: {"01": {field: line_count}, "03": {value: "5"}}'
status_is 1 'a constant where there was nothing'
err_like 'segment 7: CTT03 .*is "": .*it became "5"' 'is told'
broken 'tree:' '  - BEG: {"03": order_number}' '  - CSH: {"01": {value: "N"}}'
status_is 1 'a segment that was not there'
err_like 'M3703 error' 'has a code of its own'
err_like 'CSH.*: "CSH\*N"' 'and is shown'
broken 'tree: [{BEG: {"03": order_number}}]' 'lossy: [BEG]'
status_is 2 'lossy: is a mapping'
broken 'tree: [{BEG: {"03": order_number}}]' 'lossy: {BEG: }'
status_is 2 'with reasons'

# --- and the tools keep them, through whole files
bodies() {
    sed -E 's/^\{"canon":1,"kind":"([a-z_]*)".*"direction":"[a-z]*",("keys":\{[^}]*\},)?("source":\{[^}]*\},)?/\1 {/
        s/"ordinal":[0-9]+,//g
        s/,?\{"at":"ST"[^]]*\]\}//; s/,?"extra":\[\]//
        /^functional_ack/s/"ack_(date|time)":"[^"]*",?//g' "$1" | LC_ALL=C sort
}

reading() { # acknowledgments that came in are records when they are asked for
    case $1 in
    99*) edi2canon --acks --unmapped=keep "$2" ;;
    *) edi2canon --unmapped=keep "$2" ;;
    esac
}

for sample in "$samples"/x12/[0-9]*.edi; do
    name=${sample##*/}
    reading "$name" "$sample" > once 2> once.err
    run canon2edi --relay --unmapped=error --control numbers --time 2026-11-24T09:30 once
    if [ ! -s once ] || [ "$status" != 0 ]; then
        fail "$name: is read and written" || diag_file err
        continue
    fi
    mv out written
    reading "$name" written > again 2> again.err
    bodies once > want
    bodies again > got
    cmp -s want got; ok $? "$name: read, written and read again" || diff want got | cut -c1-600 | head -6 >&2
done

# Elements that repeat where the standard lets none, of a partner who may: the first is read, the rest is kept, and
# comes back behind it.
mkdir -p repeats/partners
cat > repeats/partners/lenient.yaml <<'END'
partner: lenient
title: A partner whose elements repeat
ids:
  - {isa: "01:555010101"}
us:
  - {isa: "ZZ:CROSSDOCK"}
send: {release: "005010", delimiters: "*>~^"}
rules: {repeat-too-many: warn}
END
{
    printf 'ISA*00*          *00*          *01*555010101      *ZZ*CROSSDOCK      '
    printf '*261120*0930*^*00501*000000101*0*P*>~'
    printf 'GS*PO*555010101*CROSSDOCK*20261120*0930*101*X*005010~ST*850*0001~BEG*00*SA*4500018802**20261120~'
    printf 'REF*DP*042^043^044~REF*ZZ*1**AB>B1^CT>D2~PO1*1*24*EA*12.5**BP*CT-1001^CT-1002*VN*X^Y~'
    printf 'PID*F*08***BLUE^RED~CTT*1~SE*8*0001~GE*1*101~IEA*1*000000101~'
} > repeats.edi
run edi2canon -C repeats -p lenient --unmapped=keep repeats.edi
status_is 0 'elements that repeat'
like "$(cat out)" '"department_code":"042"' 'the first is read'
like "$(cat out)" '"buyer_item_id":"CT-1001","seller_item_id":"X"' '... of pairs, too'
like "$(cat out)" '"element":"02","value":"\^043\^044"' 'the rest is kept'
mv out record
run canon2edi -C repeats -p lenient --control numbers.repeats record
status_is 0 '... and written'
is "$(tr -d '\n' < out | grep -o 'BEG.*CTT')" "$(grep -o 'BEG.*CTT' repeats.edi)" '... as it came'

done_testing
