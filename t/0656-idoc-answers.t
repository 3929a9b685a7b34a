#!/bin/bash
# Answers to orders, through SAP: what becomes of each quantity of a line stands in its schedules, and what X12 says of
# it comes back; what SAP says of a line alone goes into each of its answers, and a rejected line is never a confirmed
# one.

. "${0%/*}/tap.sh"

command -v jq > /dev/null || skip_all 'jq is not here'
samples=$CROSSDOCK_SOURCE/samples
file=$samples/idoc/order-acks.txt

# answers: of each line in out, what becomes of which quantity
answers() {
    jq -r '.lines[] | "\(.line_number): " + ([.acks[] | [.line_status_code, .ack_quantity // "-", .ack_uom // "-",
        .ack_date_type_code // "-", .ack_date // "-"] | join(" ")] | join(", "))' "${1:-out}"
}

# --- from SAP

run erp2canon --unmapped=error -m idoc-order-acks "$file"
status_is 0 'the sample'
cat > want << 'END_OF_ANSWERS'
10: IA 20.000 EA 067 2026-12-04, IB 4.000 EA - -
20: IQ 100.000 H87 067 2026-12-04, IR 20.000 H87 - -
30: R2 - - - -
1: IA 6 CS 067 2026-12-01
END_OF_ANSWERS
answers > got
same got want '... each schedule is an answer, in the unit of its line'
mv out answers
# What a partner's map says beside it.
jq -c '.currency_role_code = "SE" | del(.buyer, .ship_to, .notes)' answers > asked
run canon2edi --control numbers asked
status_is 0 '... and they become 855s'
is "$(grep -o 'ACK\*[^~]*' out | xargs)" \
    'ACK*IA*20.000*EA*067*20261204 ACK*IB*4.000*EA ACK*IQ*100.000*PC*067*20261204 ACK*IR*20.000*PC ACK*R2 ACK*IA*6*CA*067*20261201' \
    '... that say so' || diag_file out
is "$(grep -c '^E2EDP20' "$file") $(grep '^E2EDP20' "$file" | grep -c '^.\{121\}003')" '6 1' 'a rejected quantity'
is "$(grep '^E2EDP20' "$file" | grep '^.\{121\}003' | cut -c64-93)" '               20.000         ' \
    '... stands in AMENG, and none in WMENG'

# What SAP says of a line as a whole: in the first order's lines ACTION (at 69) 002, 003 and nothing, no ACTION (at 121)
# in schedules.
awk '/^E2EDP01/ { n++; substr($0, 70, 3) }
    /^E2EDP01/ && n <= 3 { $0 = substr($0, 1, 69) (n == 1 ? "002" : n == 2 ? "003" : "   ") substr($0, 73) }
    /^E2EDP20/ { $0 = substr($0, 1, 121) "   " substr($0, 125) }
    /^E2EDP20/ && n == 2 { if (p++) next; $0 = substr($0, 1, 63) sprintf("%-58s", "0.000") substr($0, 122) }
    /^E2EDP20/ && n == 3 { $0 = substr($0, 1, 63) sprintf("%-30s", "6.000") substr($0, 94) }
    1' "$file" > theirs
run erp2canon -m idoc-order-acks theirs
status_is 0 'schedules that say nothing'
cat > want << 'END_OF_ANSWERS'
10: IC 20.000 EA 067 2026-12-04, IC 4.000 EA - -
20: IR - - - -, IR 0.000 H87 - -
30: IA 6.000 CS - -
1: IA 6 CS 067 2026-12-01
END_OF_ANSWERS
answers > got
same got want '... are what their line is: changed, rejected, accepted'
mv out answers
run canon2erp --unmapped=error -m idoc-order-acks answers
status_is 0 '... it is written'
mv out again
run erp2canon --unmapped=error -m idoc-order-acks again
answers > got
same got want '... and read again as it was'
sed '/^E2EDP20/d' "$file" > none
run erp2canon -m idoc-order-acks none
status_is 1 'a line without an answer refuses its document'
err_like 'M3608 error none:1 ' '... which is told'
err_like 'lines\[0\]\.acks' '... with the line'

# --- into SAP

edi2canon "$samples/x12/855-tundra.edi" > order
run canon2erp -m idoc-vendor-order-acks order
status_is 1 'dates of shipping are no dates of delivery'
err_like 'lines\[0\]\.acks\[0\]\.ack_date_type_code .*"068"; expected 067' '... which is told'
mkdir maps
# The map that the comment of idoc-order-acks has.
{ printf '%s\n' 'map: own' 'base: idoc-vendor-order-acks' ''
    sed -n '/^#   tree:/,/^$/s/^#   //p' "$CROSSDOCK_SOURCE/maps/idoc-order-acks.yaml"; } > maps/own.yaml
run canon2erp -C . -m own order
status_is 0 '... unless a map says so'
mv out idoc
run erp2canon -C . --in -m own idoc
is "$(answers)" "$(answers order)" '... and then what X12 says comes back'
is "$(grep -oE '"(interchange|group|set)":"[^"]*"' out | xargs)" "$(grep -oE '"(interchange|group|set)":"[^"]*"' order | xargs)" \
    '... with the control numbers'
sed '1s/"ack_quantity":"100","ack_uom":"EA",//' order > none
run canon2erp -m idoc-vendor-order-acks none
status_is 1 'nor is one of an answer without a quantity'
err_like 'lines\[0\]\.acks\[0\]\.ack_date_type_code .*"068"; expected 067' '... which is told'
sed 's/"ack_date_type_code":"068"/"ack_date_type_code":"067"/g; s/"ack_quantity":"100","ack_uom":"EA"/"ack_quantity":"100","ack_uom":"CS"/' \
    order > other
run canon2erp -m idoc-vendor-order-acks other
status_is 1 'an answer in another unit than its line'
err_like 'lines\[0\]\.acks\[0\]\.ack_uom has no place in the file, which has one for all of the object around "CS"; expected EA' \
    '... is refused'

# --- maps that are wrong

for inherit in '{ack_uom: nothing}' '{nothing: uom}' '{ack_uom: acks}' '{ack_uom: quantity}' '[uom]' 'uom'; do
    printf '%s\n' 'map: own' 'base: idoc-order-acks' 'tree:' '  - E1EDP01:' '      when: {ACTION: "002"}' \
        "      then: [{E1EDP20: {each: acks, inherit: $inherit}}]" > maps/own.yaml
    run erp2canon -C . -m own "$file"
    status_is 2 "inherit: $inherit"
    err_like 'maps/own.yaml:6:' '... is told'
done

done_testing
