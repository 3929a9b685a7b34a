#!/bin/bash
# Acknowledgments, ship notices, changes and their answers among the samples become the records in
# t/0311-answer-maps; the levels of a ship notice keep their tree, and none is made up.

. "${0%/*}/tap.sh"
# shellcheck source=t/records.sh
. "$CROSSDOCK_SOURCE/t/records.sh"

records_of 0311-answer-maps 855 856 860 865

for file in "$CROSSDOCK_SOURCE"/samples/x12/{855,856,860,865}-*.edi; do
    name=$(basename "$file" .edi)
    run edi2canon --check "$file"
    status_is 0 "$name: valid"
    quiet "$name: without a finding"
done

# tree FILE: a line a level of a ship notice, from its HL segments.
tree() {
    sed -nE 's/.*\bHL[*|]([^*|~]*)[*|]([^*|~]*)[*|]([^*|~]*).*/\1 \2 \3/p' <(tr '~' '\n' < "$1") |
        sed 's/  / - /' | sort -n
}

# levels: the same from the records of the last run.
levels() {
    jq -r 'def up: .parent_level_id // "-";
           "\(.level_id) \(up) S", (.orders[]? | "\(.level_id) \(up) O"),
           (.packages[]? | "\(.package_id) \(up) \(.level_code)"), (.lines[]? | "\(.level_id) \(up) I"),
           (.levels[]? | "\(.level_id) \(up) \(.level_code)")' out | sort -n
}

if command -v jq > /dev/null; then
    for file in "$CROSSDOCK_SOURCE"/samples/x12/856-*.edi; do
        name=$(basename "$file" .edi)
        run edi2canon -q "$file"
        is "$(levels)" "$(tree "$file")" "$name: the tree of its levels"
    done
else
    skip 'the tree of the levels' 'jq is not installed'
fi

# Any other order of levels reads too: a second shipment below the order, a pallet below an item.
sed -e '/^HL\*3/,$d' "$CROSSDOCK_SOURCE/samples/x12/856-tundra.edi" > odd.edi
printf '%s\n' 'HL*3*2*S*1~' 'REF*BM*SECOND~' 'HL*4*3*I~' 'LIN**UP*614141040018~' 'SN1**1*EA~' 'HL*5*4*T~' \
    'MAN*GM*00095200000000000011~' 'CTT*5*1~' 'SE*27*0001~' 'GE*1*52~' 'IEA*1*000000052~' >> odd.edi
run edi2canon --unmapped=error odd.edi
status_is 0 'an odd order of levels: read whole'
out_like '"level_id":"3","parent_level_id":"2","level_code":"S","child_code":"1",.*"BM","value":"SECOND"' \
    'a second shipment is a level of its own'
out_like '"packages":\[\{"package_id":"5","parent_level_id":"4","level_code":"T"' 'a pallet below an item'

# Nothing that nobody packed.
run edi2canon -q "$CROSSDOCK_SOURCE/samples/x12/856-glacier-items.edi"
grep -o '"packages"' out > packed
none packed 'a notice without packing has no packages'

done_testing
