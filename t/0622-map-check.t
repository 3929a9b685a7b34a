#!/bin/bash
# map-check: all that is wrong in maps, partners and guides, each with its line and column, and what a map reads,
# writes, leaves and lacks.

. "${0%/*}/tap.sh"

# --- how it is called
run map-check --refused
status_is 2 'an option of another way of calling'
run map-check --coverage --release 004010
status_is 2 'and the other way round'
run map-check x12-85O
status_is 2 'a map that is not there'
err_like 'did you mean x12-850' 'and the nearest one'
run map-check -p acmee
status_is 2 'a partner that is not there'
run map-check --release 1 x12-850
status_is 2 'a release that is none'
run map-check -C /no/such/folder erp-orders-csv
status_is 0 'a folder that is not there is passed over, as in other tools'
map-check x12-850 > /dev/full 2> err
status=$?
status_is 3 'a full disk'

# --- what comes with it is clean
run map-check
status_is 0 'all that comes with crossdock is well'
quiet 'in silence'
out_is '' 'without a listing'

# --- warnings
mkdir -p maps partners guides
cat > maps/odd.yaml << 'END'
map: old
format: x12
set: "850"
record: order
base: x12-parts
tables: {mine: {A: b}, used: {C: d}}
parts:
  lost: [{REF: {each: references, "01": type_code}}]
  kept: [{MSG: {"01": text}}]
tree:
  - BEG: {"01": {value: "0X"}, "3": order_number, "03": release_number, "02": order_type_code, "07": order_type_code}
  - REF:
      - {when: {"01": [DP, IA]}, each: references, "01": type_code, "02": value}
      - {when: {"01": DP, "03": ""}, "02": department_code}
      - {when: {"01": QQQ}, "02": vendor_number}
      - {when: {"01": VN}, "02": seller_order_number}
  - N1:
      - {when: {"01": ST}, at: ship_to, "02": name}
      - {when: {"01": ST}, at: ship_to, "02": name}
      - {when: {"01": ST}, at: ship_from, "02": name}
  - N9: {each: notes, then: kept}
  - PO1:
      each: lines
      "02": {field: uom, table: used}
      "07": unit_price
      pairs: {from: "06", to: "25", by: {ZQZ: sku}, rest: item_ids}
END
run map-check -C . -m odd
status_is 1 'what cannot be meant'
out_is '' '-m lists nothing'
at() { # CODE LINE:COLUMN TEXT NAME
    tap_file_like err "$1 warn: maps/odd\\.yaml:$2: .*$3" "$4"
}
at M3205 1:6 'old' 'a name that differs'
at M3204 6:10 '"mine"' 'a table nobody uses'
at M3204 8:3 '"lost"' 'a part nobody uses'
at M3203 11:17 'BEG01 .*"0X"; hint: the standard has 00,' 'a constant that is no code'
at M3202 11:57 'BEG03 is the place of 3' 'an element named twice'
at M3202 11:102 'BEG 07 fills order_type_code' 'a field filled twice'
at M3201 14:9 'REF: the rule of line 13' 'a rule after one that takes all'
at M3203 15:17 'REF01 .*"QQQ"' 'a code that the standard does not list'
at M3202 19:9 'line 18' 'a rule that fills the same'
at M3202 25:13 'PO107 is among the pairs' 'an element among pairs'
at M3203 26:47 'PO106 .*"ZQZ"' 'a qualifier that is no code'
is "$(wc -l < err)" 11 'and nothing else'
run map-check -C . --diagnostics=json -m odd
is "$(grep -c '"code":"M32..".*"line":[0-9]*,"column":[0-9]*' err)" 11 'the same as JSON'
run map-check -C . -q -m odd
quiet '-q prints no warnings'
status_is 1 'but the status says it'

# --- errors: all of a file
cat > maps/wrong.yaml << 'END'
map: wrong
titel: Misspelt
format: x12
set: "850"
record: order
tree:
  - BEG: {"03": order_numbr, "05": order_date}
  - REF:
      - {eech: references, "01": type_code}
      - {when: {"01": DP}, "02": department, "03": department_name}
  - PO1: {each: lines, "02": qty, then: [{PID: {"05": descripton}}, nowhere]}
END
run map-check -C . maps/wrong.yaml
status_is 2 'errors'
err_like 'C4201 error: maps/wrong\.yaml:2:1: .*"titel"; hint: did you mean "title"' 'a key of the file'
err_like 'wrong.yaml:11:69: .*no part named "nowhere"' 'a part'
sed -i '/titel/d; s/, nowhere//' maps/wrong.yaml
run map-check -C . maps/wrong.yaml
err_like 'wrong.yaml:6:17: .*"order_numbr".*did you mean "order_number"' 'a field'
err_like 'wrong.yaml:8:10: .*"eech"; hint: did you mean "each"' 'a key of a rule'
err_like 'wrong.yaml:9:34: .*"department"' 'a field of the next rule'
err_like 'wrong.yaml:10:30: .*"qty"' 'of another segment'
err_like 'wrong.yaml:10:55: .*"descripton".*did you mean "description"' 'and below it: one run tells all'
cat > maps/nosuch.yaml << 'END'
map: nosuch
format: x12
set: "851"
record: order
tree: [{BEG: {"03": order_number}}]
END
run map-check -C . nosuch
err_like 'no release has a transaction set "851"' 'a set that no release has'
: > maps/empty.yaml
run map-check -C . empty
status_is 0 'a file without a tree is there for others'

# --- partners and guides
cat > partners/kate.yaml << 'END'
partner: kate
ids: [{isa: "ZZ:KATE"}]
maps:
  "850": x12-8500
  "810": x12-850
documents:
  "856": {guide: kate-856}
  "855": {guide: kate-850, map: x12-855}
xrefs:
  places: {file: xrefs/places.csv, theirs: store, ours: place}
  lost: {file: xrefs/lost.csv, theirs: store, ours: place}
END
mkdir -p xrefs
printf 'store,place\n1,A\n2,A\n3,\n' > xrefs/places.csv
cat > guides/kate-850.yaml << 'END'
guide: kate-850
set: "850"
segments: {N1/N5: required}
END
run map-check -C . -p kate
status_is 2 'a partner that names what is not there'
err_like 'C4304 error: .*kate.yaml:4:10: .*x12-8500.*did you mean x12-850' 'a map'
err_like 'kate.yaml:5:10: .*the map x12-850 is for x12 850, not X12 810' 'a map for another set'
err_like 'C4310 error: .*kate.yaml:7:18: .*guides/kate-856.*did you mean kate-850' 'a guide'
err_like 'kate.yaml:8:18: .*the guide kate-850 is for 850, not 855' 'a guide for another set'
err_like 'C4311 error: .*kate-850.yaml:3:12: .*N1/N5' 'and what is wrong in it'
err_like 'M3204 warn: .*kate.yaml:10:3: .*"places"' 'a cross-reference that no map uses'
err_like 'C4317 warn: .*places.csv:3:' 'its rows are looked at all the same: two for one'
err_like 'C4316 warn: .*places.csv:4:' 'an incomplete one'
err_like 'lost\.csv' 'a file that is not there'
run map-check -C .
status_is 2 'all that is found'
for file in wrong odd kate kate-850; do
    err_like "/$file\\.yaml:" "$file is among it"
done

# --- the listing
run map-check x12-850
status_is 0 'a listing'
out_like '^x12 850 in 004010, record order$' 'what it is for'
out_like '^  BEG01  purpose_code  by table purpose$' 'an element, its field and its table'
out_like '^  REF02  department_code  when 01=DP, 04=$' 'with its condition'
out_like '^  PO1/PID05  lines\.description' 'in a loop'
out_like '^  PO106\.\.25 UP  lines\.gtin' 'pairs'
out_like '^  CTT01  line_count  count of lines$' 'a total'
sed -n '/^leaves unread:/,/^cannot carry:/p' out > left
grep -qx '  PO1/SLN05-02  Exponent' left; ok $? 'a component that nobody reads'
grep -qx '  ADV  Advertising Demographic Information' left; ok $? 'a loop that nobody enters'
grep -q 'BEG0' left; [ $? = 1 ]; ok $? 'and nothing that is read'
sed -n '/^cannot carry:/,$p' out > lacks
grep -q '^  erp_order_number ' lacks; ok $? 'a field that no line names'
grep -q '^  order_number' lacks; [ $? = 1 ]; ok $? 'and none that has one'
grep -q '^does not bring back' out; [ $? = 1 ]; ok $? 'nothing that does not come back'
cat > maps/one-way.yaml << 'END'
map: one-way
format: x12
set: "850"
record: order
lossy: {REF: we never send them}
tree:
  - BEG:
      "02": {fields: [order_type_code], read: '(.*)'}
      "03": order_number
END
run map-check -C . one-way
sed -n '/^does not bring back as it came:/,/^cannot carry:/p' out > losses
grep -qx '  REF  we never send them' losses; ok $? 'a segment that is declared'
grep -qx '  BEG02  its pattern has no write:, and it is not written' losses; ok $? 'a converter of one way'
run map-check -C . --json one-way
out_like '"what":"loses","place":"BEG","element":"02","why":"its pattern' 'also in JSON'
rm maps/one-way.yaml
run map-check "$CROSSDOCK_SOURCE/maps/acme/850.yaml"
out_like '^acme/850: ' 'a file by its path'
run map-check --release 005010 x12-850
out_like '^x12 850 in 005010, record order$' 'another release'
run map-check erp-orders-csv
out_like '^  row ship_to_city  ship_to\.city$' 'a flat map'
grep -q '^leaves' out; [ $? = 1 ]; ok $? 'has no standard to leave something of'
run map-check --json acme/850
out_like '^\{"map":"acme/850","what":"map",.*"set":"850","release":"004010","record":"order","stamp":"acme/850@' 'JSON'
out_like '^\{"map":"acme/850","what":"carries","place":"BEG","element":"03","name":"[^"]*","field":"order_number","file":"[^"]*","line":[0-9]+\}$' \
    'a place'
out_like '^\{"map":"acme/850","what":"leaves","place":"PO1/SLN","element":"05-02","name":"Exponent"\}$' 'what it leaves'
out_like '^\{"map":"acme/850","what":"lacks","field":"order_time","type":"time","meaning":"[^"]*"\}$' 'what it lacks'

done_testing
