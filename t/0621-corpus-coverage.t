#!/bin/bash
# Of the files that others wrote, the maps read at least 95 % of the elements of each document that partners use most:
# of the valid sets, and, where there is none (945), of all that can be read.

. "${0%/*}/tap.sh"

[ -n "$corpus" ] || skip_all 'there is no ../shared/corpus'

# percent_of TYPE FILE: hundredths of a per cent; nothing when there is none
percent_of() {
    sed -nE "s/^\{\"set\":\"$1\",.*\"percent\":\"([0-9]+)\.([0-9]{2})\".*/\1\2/p" "$2"
}

files=("$corpus"/x12-*/*)
run map-check --coverage --json -q --max-findings 1 "${files[@]}"
[ "$status" -le 1 ]; ok $? 'the corpus is measured' || diag_file err
mv out valid
run map-check --coverage --json --refused -q --max-findings 1 "${files[@]}"
[ "$status" -le 1 ]; ok $? 'with the sets that are refused' || diag_file err
mv out all

for type in 850 855 856 810 940 945; do
    for measure in valid all; do
        percent=$(percent_of "$type" $measure)
        if [ -n "$percent" ]; then
            [ "$percent" -ge 9500 ]; ok $? "$type, $measure sets: ${percent:0:-2}.${percent: -2} % are read"
        else
            [ $measure = valid ] && skip "$type, $measure sets" 'the corpus has none'
            [ $measure = all ] && fail "$type: the corpus has some"
        fi
    done
done

done_testing
