#!/bin/bash
# Texts of IDocs that are longer than a segment go on in others and are put together again, flat and in XML, letter by
# letter; and a segment that each IDoc of its kind has is missed.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/idoc
file=$samples/orders.txt
command -v jq > /dev/null || skip_all 'jq is not here'

erp2canon -m idoc-orders "$file" > records

# with TEXT: the first order, with that text in its first note
with() {
    head -1 records | jq -c --arg text "$1" '.notes = [{type_code: "0001", text: $text}]'
}

# texts FILE: TDFORMAT and TDLINE of the order's texts, by SAP's offsets
texts() {
    sed -nE '/^E2EDKT2/s/^.{63}(.{70})(.{2}).*/[\2]\1/p' "$1" | sed -E 's/ +$//'
}

# --- written and read

long='Deliver to the gate at the north side, and ring twice; the porter has the keys to hall 7. Pallets of more than '
long+='1.60 m do not fit through the door, so leave them at the ramp.'
with "$long" > order
for map in idoc-orders idoc-orders-xml; do
    run canon2erp --unmapped=error -m "$map" order
    status_is 0 "$map: a text of ${#long} characters is written" || diag_file err
    mv out idoc
    run erp2canon --unmapped=error -m "$map" idoc
    status_is 0 '... read again'
    is "$(jq -c .notes out)" "$(jq -c .notes order)" '... as one text, as it was'
    canon2erp -m "$map" out > again
    same again idoc '... and written as it was'
done
canon2erp -m idoc-orders order > idoc
cat > want << 'END_OF_TEXTS'
[  ]Deliver to the gate at the north side, and ring twice; the porter ha
[= ]s the keys to hall 7. Pallets of more than 1.60 m do not fit through t
[= ]he door, so leave them at the ramp.
END_OF_TEXTS
texts idoc > got
same got want '... in three segments, those behind the first marked, cut within words'
is "$(sed -n '/^E2EDKT2/p' idoc | cut -c56-63 | uniq)" "$(sed -n '/^E2EDKT1/p' idoc | cut -c50-55)03" '... all in the same text'
is "$(grep '^E2' idoc | cut -c50-55 | awk '$1 + 0 != NR { bad = 1 } END { print bad + 0 }')" 0 '... and counted'

# Texts of every length about the bounds, of letters of one byte, two, three and four, and blanks anywhere.
for letters in 69 70 71 139 140 141 142 1000; do
    jq -nr --argjson n "$letters" '[range($n)] | map(["a", "é", "€", "😀", "b", " c"][. % 6]) | join("")' |
        sed 's/ *$//'
done > made
while IFS= read -r text; do with "$text"; done < made > orders
for map in idoc-orders idoc-orders-xml; do
    run canon2erp -m "$map" orders
    status_is 0 "$map: texts of many lengths are written"
    mv out idocs
    erp2canon -m "$map" idocs | jq -r '.notes[0].text' > got
    same got made '... and come back'
done
is "$(sed -nE '/^E2EDKT2/p' idocs | wc -l)" 0 '... in XML there are no records'
canon2erp -m idoc-orders orders > idocs
is "$(grep ^E2EDKT2 idocs | sed 's/[\x80-\xbf]//g' | awk 'length($0) != 1063' | wc -l)" 0 '... each segment as wide as it should be'

single="$(printf 'a %.0s' {1..60})a"
with "$single" > blanks
run canon2erp -m idoc-orders blanks
status_is 0 'a text of single letters is cut before blanks'
mv out idoc
run erp2canon -m idoc-orders idoc
is "$(jq -r '.notes[0].text' out)" "$single" '... and comes back'
with "$(printf 'a%80sb' '')" > blanks
run canon2erp -m idoc-orders blanks
status_is 1 'one with nothing but blanks where it would be cut is refused: those at the end would be lost'
err_like 'notes\[0\]\.text in column TDLINE of E1EDKT2: 81 characters are too many' '... and told'

# --- read from others

# put FORMAT TEXT...: the sample with those lines in its first text, in place of what it says
put() {
    awk -v lines="$(printf '%s\n' "$@")" '/^E2EDKT2/ && !done {
            n = split(lines, line, "\n")
            for (i = 1; i <= n; i++) {
                split(line[i], part, "|")
                printf "%s%-70s%-2s\n", substr($0, 1, 63), part[2], part[1]
            }
            done = 1
            next
        }
        /^E2EDKT2/ && done == 1 { next }
        /^E2EDKT1/ && done { done = 2 }
        1' "$file"
}
put '*|First paragraph, which' '=| goes on' '=|.' '*|Second' '=| one' ' |third' > put
run erp2canon --unmapped=error -m idoc-orders put
status_is 0 'what others cut is read'
is "$(head -1 out | jq -c '.notes[0]')" \
    '{"type_code":"0001","text":"First paragraph, which goes on.","control_code":"*","language_code":"EN","lines":[{"text":"Second one","control_code":"*"},{"text":"third"}]}' \
    '... each = goes on with the line before it; blanks at the ends of segments are none of theirs' || diag_file out
put '=|begins so' '=| and goes on' > put
run erp2canon -m idoc-orders put
is "$(head -1 out | jq -c '.notes[0] | [.text, .control_code]')" '["begins so and goes on","="]' \
    'a first line goes on with nothing'
mv out odd
run canon2erp -m idoc-orders <(head -1 odd)
status_is 0 '... and is written as it stands'
head -1 odd | jq -c '.notes[0].lines = [{text: "b", control_code: "="}]' > marked
run canon2erp -m idoc-orders marked
status_is 1 'a line that would be read as more of the one before is refused'
err_like 'notes\[0\]\.lines\[0\]\.control_code in column TDFORMAT of E1EDKT2: it would be read as more of the text before it "="' \
    '... and told'

# --- segments that each IDoc has

grep -v '^E2EDK01' "$file" > headless
run erp2canon -m idoc-orders headless
status_is 1 'an order without its E1EDK01'
is "$(grep -c 'M3619 error headless' err) $(wc -l < out)" '2 0' '... is refused'
err_like '^M3619 error headless:1 ' '... where'
err_like 'E1EDK01: ' '... which is told'
{ sed -n '2,40p' "$file" | grep -v '^E2EDK01' | cat <(sed -n 1p "$file") -; sed -n '41,$p' "$file"; } > one
run erp2canon -m idoc-orders one
is "$(wc -l < out)" 1 '... and the other goes on'
grep -v '^E2EDL20' "$samples/shipments.txt" > headless
run erp2canon -m idoc-shipments headless
status_is 1 'so is a delivery without its E1EDL20'
mkdir maps
printf '%s\n' 'map: own' 'base: idoc-orders' 'layout: {needs: [E1EDK99]}' > maps/own.yaml
run erp2canon -C . -m own "$file"
status_is 2 'a record that the layout lacks cannot be needed'
err_like 'maps/own.yaml:3:.*"E1EDK99" is no record of the layout' '... which is told'
for more in '{E1EDKT2: {column: TDLINE}}' '{E1EDKT2: {column: NONE, when: {TDFORMAT: C}}}' \
    '{E1EDKT2: {column: TDLINE, when: {NONE: C}}}' '{NONE: {column: TDLINE, when: {TDFORMAT: C}}}' '[E1EDKT2]' \
    '{E1EDKT2: {column: SEGNUM, when: {TDFORMAT: C}}}'; do
    printf '%s\n' 'map: own' 'base: idoc-orders' "layout: {more: $more}" > maps/own.yaml
    run erp2canon -C . -m own "$file"
    status_is 2 "more: $more is no layout"
done

done_testing
