#!/bin/bash
# Flat files that others wrote, and what their programs made of them: each agreement and each difference with its
# reason.  The files are in ../shared/corpus/flat, and no part of the project.

. "${0%/*}/tap.sh"

corpus=$CROSSDOCK_SOURCE/../shared/corpus
flat=$corpus/flat/jf-tech__omniparser
[ -d "$corpus/flat" ] || skip_all 'the corpus (../shared/corpus) is not here'
command -v jq > /dev/null || skip_all 'jq is not here'

mkdir maps

# --- CSV of two kinds of records, H and the D that belong to it
cat > maps/parcels.yaml << 'END_OF_MAP'
map: parcels
format: delimited
record: shipment
layout:
  date: YYYYMMDD
  records:
    H: [{name: type, value: H}, number, day, {name: time, skip: yes}]
    D: [{name: type, value: D}, number, tracking, {name: what, skip: yes}, {name: from, skip: yes},
        {name: place, skip: yes}, {name: code, skip: yes}]
tree:
  - H: {number: shipment_id, day: ship_date}
  - D: {each: packages, number: /shipment_id, tracking: tracking_number}
END_OF_MAP
run erp2canon -C . -m parcels "${flat}__csv2__4_nested.input.csv"
status_is 0 'csv2 4_nested: agrees: every H is a document'
awk -F, '$1 == "H" { n = $2 } $1 == "D" { gsub(/"/, "", $3); print n, $3 }' "${flat}__csv2__4_nested.input.csv" > want
jq -r '.shipment_id as $n | .packages[] | "\($n) \(.tracking_number)"' out > got
same got want '... and has the D behind it, in their order'

# --- fixed width, records within records; the other program's result is known
cat > maps/works.yaml << 'END_OF_MAP'
map: works
format: fixed
record: order
layout:
  ragged: yes
  records:
    NWR: [{name: type, width: 3, value: NWR}, {name: x, width: 16, skip: yes}, {name: title, width: 60},
          {name: rest, width: 200, skip: yes}]
    SPU: [{name: type, width: 3, value: SPU}, {name: x, width: 16, skip: yes}, {name: y, width: 11, skip: yes},
          {name: name, width: 45}, {name: rest, width: 200, skip: yes}]
    SPT: [{name: type, width: 3, value: SPT}, {name: x, width: 200, skip: yes}]
    SWR: [{name: type, width: 3, value: SWR}, {name: x, width: 200, skip: yes}]
    SWT: [{name: type, width: 3, value: SWT}, {name: x, width: 200, skip: yes}]
tree:
  - NWR: {title: order_number, set: {order_date: "2026-01-01"}}
  - SPU: {each: lines, name: description, set: {line_number: "1", quantity: "1", uom: EA}}
END_OF_MAP
run erp2canon -q -C . -m works "${flat}__fixedlength2__4_nested.input.txt"
status_is 1 'fixedlength2 4_nested: differs: HDR, GRH, GRT and TRL are of no document, and are told as broken'
err_like 'no record of the layout is of this type' '... each of them'
expected=$corpus/expected/jf-tech__omniparser__fixedlength2__.snapshots__Test4_Nested
grep -v '^HDR\|^GRH\|^GRT\|^TRL' "${flat}__fixedlength2__4_nested.input.txt" > works.txt
run erp2canon -q -C . -m works works.txt
status_is 0 '... without those it agrees'
jq -r '"\(.order_number): \([.lines[].description] | join(", "))"' out > got
jq -r '.[].TransformedRecord | "\(.title | sub(" +$"; "")): \([.SPU] | flatten | map(.publisher_name | sub(" +$"; "")) |
    join(", "))"' "$expected" > want
same got want '... documents, titles and publishers are those, freed of their pads'

# --- a row that nothing closes
cat > maps/weather.yaml << 'END_OF_MAP'
map: weather
format: delimited
record: order
layout:
  separator: pipe
  columns: [DATE, {name: HIGH TEMP C, skip: yes}, {name: LOW TEMP F, skip: yes}, {name: WIND DIR, skip: yes},
            {name: WIND SPEED KMH, skip: yes}, NOTE, {name: LAT, skip: yes}, {name: LONG, skip: yes},
            {name: UV INDEX, skip: yes}]
tree:
  - row: {NOTE: order_number, set: {order_date: "2026-01-01"}}
END_OF_MAP
run erp2canon -q -C . -m weather "${flat}__csv2__1_single_row.input.csv"
status_is 1 'csv2 1_single_row: differs: what is broken refuses its row'
err_like 'M3601 error: .*csv:3:[0-9]+: .*ends too early' '... a line with one cell'
err_like 'M3601 error: .*csv:4:[0-9]+: .*never closed' '... a quote that nothing closes, where the other program takes it for a letter'

# --- fixed width, a record and lines that belong to it, which name what they say
cat > maps/loads.yaml << 'END_OF_MAP'
map: loads
format: fixed
record: shipment
layout:
  ragged: yes
  date: YYYYMMDD
  records:
    H001: [{name: type, width: 4, value: H001}, {name: kind, width: 20, skip: yes}, {name: number, width: 19},
           {name: x, width: 110, skip: yes}, {name: day, width: 8}, {name: rest, width: 1300, skip: yes}]
    H002: [{name: type, width: 4, value: H002}, {name: number, width: 19}, {name: what, width: 4}, {name: value, width: 400}]
tree:
  - H001: {number: shipment_id, day: ship_date}
  - H002: {each: references, number: /shipment_id, what: type_code, value: value}
END_OF_MAP
file=${flat}__fixedlength2__2_multi_rows.input.txt
day=$(head -1 "$file" | grep -bo '20190826' | head -1 | cut -d: -f1)
sed -i "s/width: 110/width: $((day - 43))/" maps/loads.yaml
run erp2canon -C . --unmapped=error -m loads "$file"
status_is 0 'fixedlength2 2_multi_rows: agrees: every H001 is a document'
awk '/^H001/ { n++ } /^H002/ { v = substr($0, 28); sub(/[ \r]+$/, "", v); w = substr($0, 24, 4); sub(/ +$/, "", w)
    print substr($0, 5, 10), w, v }' "$file" | sed 's/ $//' > want
jq -r '.shipment_id as $n | .references[] | "\($n) \(.type_code) \(.value // "")"' out | sed 's/ $//' > got
same got want '... with the H002 behind it, in their order'
is "$(jq -r .ship_date out | sort -u | xargs)" 2019-08-26 '... and its date'

# --- fixed width, documents of many records between a header and a footer of the file
{ cat << 'END_OF_MAP'
map: parcels-nl
format: fixed
record: shipment
layout:
  ragged: yes
  date: YYYYMMDD
  begins: V010
  records:
END_OF_MAP
    sed -nE 's/^(V[0-9]+).*/\1/p' "${flat}__fixedlength2__3_header_footer.input.txt" | sort -u |
        sed 's/.*/    &: [{name: type, width: 4, value: &}, {name: x, width: 1, skip: yes}, {name: value, width: 100}]/'
    cat << 'END_OF_MAP'
tree:
  - V010: {value: {value: V}}
  - V020: {value: shipment_id}
  - V035: {value: depositor_order_number}
  - V040: {value: pro_number}
  - V080: {value: ship_date}
  - V140: {value: ship_to.name}
  - V170: {value: ship_to.address1}
  - V160: {value: ship_to.postal_code}
  - V180: {value: ship_to.city}
  - V200: {value: ship_to.country}
END_OF_MAP
} > maps/parcels-nl.yaml
file=${flat}__fixedlength2__3_header_footer.input.txt
run erp2canon -q -C . -m parcels-nl "$file"
status_is 1 'fixedlength2 3_header_footer: differs: the records of the header and the footer are of no document, and told'
err_like '3_header_footer\.input\.txt:1:1: .*no record of the layout is of this type "A010"' '... the header'
err_like '3_header_footer\.input\.txt:94:1 shipment_id 3SDMNN0129501' '... the footer, which refuses what it may belong to'
is "$(wc -l < out)" 3 '... the other documents come out'
grep '^V' "$file" > parcels.txt
run erp2canon -q -C . -m parcels-nl parcels.txt
status_is 0 '... without those it agrees'
awk '{ sub(/[ \r]+$/, "") } /^V020/ { id = substr($0, 6) } /^V140/ { name = substr($0, 6) } /^V180/ { city = substr($0, 6) }
    /^V999/ { print id, name, city }' "$file" > want
jq -r '"\(.shipment_id) \(.ship_to.name) \(.ship_to.city)"' out > got
same got want '... every V010 to V999 is a document'

# --- rows that nothing but their place tells apart
cat > maps/pairs.yaml << 'END_OF_MAP'
map: pairs
format: delimited
record: order
layout:
  records:
    numbers: [a, b, c, d]
    letters: [e, f, g, h]
tree:
  - numbers: {a: order_number}
  - letters: {e: currency}
END_OF_MAP
run erp2canon -C . -m pairs "${flat}__csv2__2_fixed_multi_row.input.csv"
status_is 2 'csv2 2_fixed_multi_row: differs: the other program counts rows, two a document; here a record is known by what it says'
err_like 'nothing tells records of type numbers: one of its columns needs a value' '... and a layout that has no such column is told so'
cat > maps/between.yaml << 'END_OF_MAP'
map: between
format: delimited
record: order
layout:
  records:
    B: [{name: type, value: B}]
    E: [{name: type, value: E}]
tree:
  - B: {set: {order_number: "1"}}
END_OF_MAP
run erp2canon -C . -m between "${flat}__csv2__3_multi_row_headerfooter.input.csv"
status_is 1 'csv2 3_multi_row_headerfooter: differs, for the same reason: rows between B and E say not what they are'
is "$(grep -c 'M3601 error' err)" "$(grep -vc '^[BE]' "${flat}__csv2__3_multi_row_headerfooter.input.csv")" '... each is told as of no type'
is "$(wc -l < out)" 0 '... and nothing is made of them'

# Nothing else is there to compare, and of IDocs the corpus has none: those that others wrote down are in t/0650-idoc.t.
is "$(find "$corpus/flat" -type f | wc -l) $(find "$corpus" -iname '*idoc*' | wc -l)" '7 0' 'all files were compared'

done_testing
