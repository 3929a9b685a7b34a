#!/bin/bash
# Layouts: each misspelt or impossible key of a map is told with its place, and nothing is written.

. "${0%/*}/tap.sh"

orders=$CROSSDOCK_SOURCE/t/0200-canon2erp/orders.jsonl
mkdir maps

# map FORMAT LAYOUT TREE: writes maps/x.yaml.
map() {
    printf 'map: x\ntitle: a test\nformat: %s\nrecord: order\nlayout:\n%s\ntree:\n%s\n' "$1" "$2" "$3" > maps/x.yaml
}

refused() {
    run canon2erp -C . -m x "$orders"
    status_is 2 "$1"
    out_is '' 'and nothing is written'
    err_like "$2" 'with its place'
}

written() {
    run canon2erp -C . -m x "$orders"
    status_is 0 "$1"
    out_is "$2" 'as it should be'
}

row='  - row: {each: lines, a: /order_number, b: quantity}'

map delimited '  seperator: ";"
  columns: [a, b]' "$row"
refused 'a misspelt key of a layout' 'maps/x.yaml:6:3: no such key: seperator; hint: did you mean separator'
map delimited '  columns: [a, {name: b, widht: 3}]' "$row"
refused 'a misspelt key of a column' 'maps/x.yaml:6:26: no such key: widht; hint: did you mean width'
map delimited '  columns: [a, b]' '  - row: {each: lines, a: /order_number, c: quantity}'
refused 'a column that the layout does not have' 'maps/x.yaml:8:[0-9]+: .*: "c"; expected a column of row: a, b'
map delimited '  columns: [a, b]' '  - line: {each: lines, a: /order_number}'
refused 'a record that the layout does not have' 'maps/x.yaml:8:[0-9]+: .*: "line"; expected a record of the layout: row'
map delimited '  columns: [a, b, a]' "$row"
refused 'a column twice' 'maps/x.yaml:6:19.*the column a is there already'
map delimited '  columns: [a, b]
  date: DD.MON.YY' "$row"
refused 'a form of dates that is none' 'maps/x.yaml:7:9.*no form of dates'
map delimited '  columns: [a, b]
  separator: ab' "$row"
refused 'a separator of two characters' 'maps/x.yaml:7:14.*one ASCII character'
map delimited '  columns: [a, b]
  header: maybe' "$row"
refused 'neither yes nor no' 'maps/x.yaml:7:11.*yes or no'
map delimited '  header: yes' "$row"
refused 'a layout without columns' 'maps/x.yaml:6:3.*either columns'
map delimited '  columns: [a, {name: b, point: implied}]' "$row"
refused 'implied decimals, but how many?' 'maps/x.yaml:6:[0-9]+.*implied point needs decimals'
map delimited '  columns: [a, b]' '  - row: {each: lines, a: /ordernumber}'
refused 'a field that the record does not have' 'maps/x.yaml:8:[0-9]+.*ordernumber'
map delimited '  columns: [a, b]' '  - row: {each: lines, a: /lines}'
refused 'a list where a value is wanted' 'maps/x.yaml:8:'
map delimited '  columns: [a, b]' '  - row: {each: lines, a: line_number, pairs: {from: "1", to: "3", rest: item_ids}}'
refused 'pairs, which are for X12' 'maps/x.yaml:8:.*pairs'
map fixed '  records:
    H: [{name: a, width: 5}, {name: b}]' '  - H: {a: order_number}'
refused 'a fixed column without a width' 'maps/x.yaml:7:30.*column b needs a width'
map fixed '  records:
    H: [{name: a, width: 2, value: ABC}]' '  - H: {a: order_number}'
refused 'a constant wider than its column' 'maps/x.yaml:7:36.*2 characters'
map xml '  document: "1order"' '  - order: {"@n": order_number}'
refused 'a name that XML does not take' 'maps/x.yaml:6:13.*1order'
map xml '  document: order' '  - order: {"@n/x": order_number}'
refused 'a path below an attribute' 'maps/x.yaml:8:[0-9]+: .*: "@n/x"; expected a path'
map pdf '  columns: [a]' "$row"
refused 'a format that there is not' 'pdf'
printf 'map: x\ntitle: a test\nformat: delimited\nrecord: order\ntree:\n%s\n' "$row" > maps/x.yaml
refused 'a map without a layout' 'layout'

# --- what layouts can do
map delimited '  separator: tab
  quoting: always
  columns: [{name: "Order, no", from: a}, b]' "$row"
written 'another separator, quotes always, other headings' "$(printf '"Order, no"\t"b"\n"4500012345"\t"24"\n"4500012345"\t"120"\n"NW/7-""A"""\t"10.500"\n"NW/7-""A"""\t"0.125"\n"1"\t"1"')"
map delimited '  header: no
  separator: ";"
  columns: [{name: a, repeat: no}, {name: b, decimals: 3, point: comma}]' "$row"
written 'the header data in the first row alone, a decimal comma' '4500012345;24,000
;120,000
"NW/7-""A""";10,500
;0,125
1;1,000'
map delimited '  separator: "|"
  quote: none
  records:
    H: [{name: t, value: PH}, n, d]
    L: [{name: t, value: PD}, n, q]' '  - H: {n: order_number, d: order_date}
  - L: {each: lines, n: line_number, q: quantity}'
sed -i 's/^tree/  date: DD.MM.YY\ntree/' maps/x.yaml
written 'records of several kinds, without quotes' 'PH|4500012345|20.11.26
PD|1|24
PD|2|120
PH|NW/7-"A"|02.01.26
PD|0010|10.500
PD|0020|0.125
PH|1|21.11.26
PD|1|1'
map fixed '  line_end: LF
  records:
    L:
      - {name: a, width: 12, align: right, pad: "*"}
      - {name: q, width: 10, align: right, pad: "0", decimals: 3, sign: trailing}
      - {name: m, width: 8, align: right, pad: "0", decimals: 2, point: implied}
      - {name: s, width: 4, cut: yes}
      - {name: end, width: 2, value: //}' '  - L: {each: lines, a: /order_number, q: quantity, s: buyer_item_id, m: {field: line_amount, default: "-1.50"}}'
written 'fixed columns: pads, signs, cuts, constants, defaults' '**450001234500024.000 -00001503018//
**450001234500120.000 -00001503018//
****NW/7-"A"00010.500 -0000150=1+1//
****NW/7-"A"00000.125 -0000150x;y,//
***********100001.000 -0000150    //'
map xml '  document: c:order
  indent: 0
  namespaces: {c: "urn:c"}' '  - c:order: {name: ship_to.name, "name/@lang": {value: de}, "@no": order_number, then: [{lines: {then: [{line: {each: lines, ".": quantity, "@uom": uom}}]}}]}'
sed -n 2p "$orders" > one
run canon2erp -C . -m x one
status_is 0 'XML without a root, with prefixes'
out_is '<?xml version="1.0" encoding="UTF-8"?>
<c:order xmlns:c="urn:c" no="NW/7-&quot;A&quot;"><name lang="de">Jürgen Groß</name><lines><line uom="MTR">10.500</line><line uom="KGM">0.125</line></lines></c:order>' 'as it should be'
run canon2erp -C . -m x "$orders"
status_is 1 'of which a file holds one'
err_like 'holds one document' 'and the second is refused'

done_testing
