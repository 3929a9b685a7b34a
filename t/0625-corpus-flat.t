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

done_testing
