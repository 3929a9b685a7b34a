#!/bin/bash
# Converters of maps, in both tools: a partner with cross-references, fill, splits, patterns and periods, and what is
# told when they do not fit.

. "${0%/*}/tap.sh"

sample=$CROSSDOCK_SOURCE/samples/x12/850-harbor.edi
at=(--control numbers --time 2026-11-24T09:30)

# --- the sample partner, there and back
run edi2canon "$sample"
status_is 0 'orders of a partner with numbers of its own'
quiet 'in silence'
out_like '"order_number":"81200455","release_number":"02"' 'a pattern takes BEG03 apart'
out_like '"department_code":"042","department_name":"HARDWARE"' 'a split takes REF02 apart'
out_like '"vendor_number":"77130"' 'fill is stripped'
out_like '"do_not_ship_before_date":"2026-12-01","do_not_ship_after_date":"2026-12-07"' 'RD8 becomes two dates'
out_like '"ship_to":\{"id":"HG-SALEM"' 'their store becomes our location'
out_like '"unit_price":"37.20".*"seller_item_id":"CT-1002"' 'their item becomes ours'
out_like '"order_number":"81200460","purpose' 'an order without a release has none'
out_like '"currency":"USD"' 'a constant of the record'
out_like '"quantity":"10","uom":"CS","uom_raw":"CA","base_quantity":"120","base_uom":"EA"' '10 cases of 12 are 120 pieces'
out_like '"quantity":"2","uom":"CS","uom_raw":"CA","base_quantity":"48","base_uom":"EA"' 'of another item, of 24'
out_like '"quantity":"24","uom":"EA","base_quantity":"24","base_uom":"EA"' 'a piece is a piece'
cp out orders
run canon2edi --relay "${at[@]}" orders
status_is 0 'and back'
quiet 'in silence'
tr '~' '\n' < out > segments
for segment in 'BEG*00*SA*81200455-02**20261123' 'REF*DP*042/HARDWARE' 'REF*IA*0000077130' \
    'DTM*118****RD8*20261201-20261207' 'N1*ST*HARBOR GOODS SALEM*92*0112' 'PO1*1*24*EA*12.50**SK*HD-2201' \
    'BEG*00*SA*81200460**20261123' 'REF*DP*042' 'N1*ST*HARBOR GOODS DC*92*0900'; do
    grep -Fxq "$segment" segments
    ok $? "$segment"
done

# The cross-reference is part of what the map is: the stamp changes with it.
stamp=$(grep -o '"map":"[^"]*"' orders | sort -u)
mkdir -p mine/xrefs
sed '/^0112/s/HG-SALEM/HG-SALEM-2/' "$CROSSDOCK_SOURCE/xrefs/harbor-stores.csv" > mine/xrefs/harbor-stores.csv
run edi2canon -C mine "$sample"
out_like '"ship_to":\{"id":"HG-SALEM-2"' 'a file of one'"'"'s own goes before the installed one'
[ "$stamp" != "$(grep -o '"map":"[^"]*"' out | sort -u)" ]; ok $? 'and records say that another one was used'

# --- what has no row
sed 's/\*0112~/*0113~/' "$sample" > unknown.edi
run edi2canon unknown.edi
status_is 1 'a store nobody knows: the set is rejected'
err_like 'M3002 error unknown.edi:8 .*ST 850 0001' 'with its place'
err_like 'N104 .*"0113".*expected a row in .*xrefs/harbor-stores.csv' 'the value, and where a row is missing'
is "$(wc -l < out)" 1 'the other order came'
sed 's/HD-2202/HD-9999/' "$sample" > item.edi
run edi2canon item.edi
status_is 0 'an item nobody knows: miss is warn'
err_like 'M3009 warn item.edi:.*' 'it is told'
err_like 'PO107 .*"HD-9999".*a row in .*xrefs/harbor-items.tsv' 'with the value'
out_like '"seller_item_id":"HD-9999"' 'and kept'
mv out kept
run canon2edi --relay "${at[@]}" kept
status_is 0 'on its way back it is told, too'
err_like 'M3506 warn kept:1 ' 'with its place'
err_like 'PO109 is "HD-9999".*lines\[1\]\.seller_item_id; expected a row in .*harbor-items.tsv' 'and the field'
out_like 'SK\*HD-9999' 'and written as it is'
sed 's/HG-SALEM/HG-NOWHERE/' orders > nowhere
run canon2edi --relay "${at[@]}" nowhere
status_is 1 'a location that they have no number for'
err_like 'M3502 error nowhere:1 .*' 'is refused'
err_like 'N104 .*"HG-NOWHERE".*ship_to\.id.*a row in .*harbor-stores.csv' 'by field and file'

# --- what has no way back
sed 's/REF\*IA\*0000077130/REF*IA*00077130/' "$sample" > narrow.edi
run edi2canon narrow.edi
status_is 0 'another width is read'
err_like 'M3011 warn narrow.edi:6 .*' 'and told'
err_like 'REF02 .*"00077130".*10 characters, filled with "0"' 'with what would come'
sed 's/"vendor_number":"77130"/"vendor_number":"077130"/; s/"department_code":"042","department_name"/"department_code":"04\/2","department_name"/' orders > lossy
run canon2edi --relay "${at[@]}" lossy
status_is 1 'what reading would not give back'
err_like 'vendor_number: reading would take a part of it for fill' 'fill'
err_like 'department_code: it holds what stands between the parts' 'a separator in a part'

# --- time zones
mkdir -p zones/maps
printf 'map: z\nbase: harbor/850\ntables: {zone: {file: tables/x12-time-zone.tsv}}\ntree:\n  - DTM: {when: {"01": "002", "05": ""}, "04": {field: requested_delivery_time_zone_code, table: zone}}\n' > zones/maps/z.yaml
sed '/^DTM/s/.*/DTM*002*20261204*0930*20~/' "$sample" > zones.edi
run edi2canon -C zones -m z zones.edi
status_is 0 'a time with its zone'
out_like '"requested_delivery_time":"09:30","requested_delivery_time_zone_code":"-05:00"' 'as an offset'
mv out zoned
run canon2edi -C zones -m z --relay "${at[@]}" zoned
out_like 'DTM\*002\*20261204\*0930\*20~' 'and back'

# --- constants
sed 's/"currency":"USD"/"currency":"EUR","currency_role_code":"BY"/' orders > eur
run canon2edi --relay "${at[@]}" eur
out_like 'CUR\*BY\*EUR~' 'another value than the constant is written'
mv out eur.edi
run edi2canon eur.edi
out_like '"currency":"EUR"' 'and read again: a segment further down goes before the constant'

# --- units
sed 's/HD-2202/HD-2290/; s/\*10\*CA/*1.5*PL/; s/CTT\*3\*36/CTT*3*27.5/' "$sample" > pallets.edi
run edi2canon pallets.edi
out_like '"quantity":"1.5","uom":"PF","uom_raw":"PL","base_quantity":"1440.0"|"quantity":"1.5","uom":"[A-Z0-9]+"(,"uom_raw":"PL")?,"base_quantity":"1440.0"' \
    'reckoned in decimals'
sed 's/\*10\*CA/*10*PK/' "$sample" > packs.edi
run edi2canon packs.edi
status_is 0 'a unit that the item has no row for: miss is warn'
err_like 'M3009 warn packs.edi:.*' 'told'
err_like 'CT-1002.*a row for it with the unit .* in .*harbor-packs.csv' 'with item, unit and file'
is "$(grep -o '"base_quantity"' out | wc -l)" 3 'and the line has no base quantity'
sed 's/"base_quantity":"120"/"base_quantity":"121"/' orders > differ
run canon2edi --relay "${at[@]}" differ
status_is 1 'a base quantity that is not that of the quantity'
err_like 'lines\[1\]\.base_quantity: it is not what the quantity is in base units "121"; expected 120 EA' 'is refused'
sed 's/"quantity":"10","uom":"CS","uom_raw":"CA",//' orders > pieces
run canon2edi --relay "${at[@]}" pieces
status_is 0 'what is known in base units alone'
out_like 'PO1\*2\*120\*EA\*' 'is written in those'
sed "s/\*10\*CA/*99999999999999*CA/" "$sample" > large.edi
printf 'item,unit,contains,base\nCT-1002,CA,9999999999999999999999999,EA\n' > mine/xrefs/harbor-packs.csv
run edi2canon -C mine large.edi
err_like 'M3013 error large.edi' 'more digits than can be reckoned with'
printf 'item,unit,contains,base\nCT-1002,CA,12,EA\nCT-1002,PL,0,EA\nCT-1002,IN,3,PR\nCT-1002,CA,24,EA\n' > mine/xrefs/harbor-packs.csv
run edi2canon -C mine "$sample"
status_is 2 'packs that cannot be'
err_like 'harbor-packs.csv:3:12: .*must be a number above zero' 'nothing is no pack'
err_like 'harbor-packs.csv:4:1: .*base unit is PR here and EA in line 2' 'an item has one base unit'
err_like 'harbor-packs.csv:5:1: .*CA of it holds 24 EA, and 12 EA in line 2' 'and one size of a unit'
rm mine/xrefs/harbor-packs.csv

# --- totals
mkdir -p totals/maps
printf 'map: t\nbase: harbor/850\ntree:\n  - CTT: {"02": {field: total_quantity, sum: lines.quantity, check: yes}}\n' > totals/maps/t.yaml
sed 's/CTT\*3\*36/CTT*3*37/' "$sample" > total.edi
run edi2canon -C totals -m t total.edi
err_like 'M3012 warn total.edi' 'a total is compared'
err_like '"37".*expected 36: total_quantity is the sum of lines.quantity' 'and said what it is'
mkdir -p totals/partners
{ cat "$CROSSDOCK_SOURCE/partners/harbor.yaml"; echo 'rules: {computed-total: error, balance-*: off}'; } > totals/partners/harbor.yaml
run edi2canon -C totals -m t total.edi
status_is 1 'an error where the partner file says so'
is "$(wc -l < out)" 1 'of that document alone'
run edi2canon -C totals -m t "$sample"
status_is 0 'and nothing when it agrees'

# --- a mistake in a file is one of the configuration
printf 'store,location\n0107,A\n0107,B\n' > mine/xrefs/harbor-stores.csv
run edi2canon -C mine "$sample"
status_is 2 'one of theirs for two of ours'
err_like 'C4314 error: mine/xrefs/harbor-stores.csv:3:1: .*"A" in line 2' 'with file, line and column'
out_is '' 'nothing is translated'
: > mine/xrefs/harbor-stores.csv
run edi2canon -C mine "$sample"
status_is 2 'an empty file'
err_like 'C4313 .*harbor-stores.csv' 'is told'
rm mine/xrefs/harbor-stores.csv && mkdir mine/xrefs/harbor-stores.csv
run edi2canon -C mine "$sample"
status_is 0 'a folder of that name is none'
printf 'store,location\n0112,A\n0900,A\n' > mine/xrefs/other.csv
mkdir mine/partners
sed 's/harbor-stores/other/' "$CROSSDOCK_SOURCE/partners/harbor.yaml" > mine/partners/harbor.yaml
run edi2canon -C mine "$sample"
status_is 0 'two of theirs for one of ours'
err_like 'C4317 warn: mine/xrefs/other.csv:3:1: .*on writing it becomes "0112"' 'are told at the start'
sed -i 's/miss: error}/miss: error, shared: yes}/' mine/partners/harbor.yaml
run edi2canon -C mine "$sample"
quiet 'unless the partner file says that it is meant'
sed -i '/stores:/d' mine/partners/harbor.yaml
run edi2canon -C mine "$sample"
status_is 2 'a map that needs a cross-reference nobody names'
err_like 'C4312 error: .*maps/harbor/850.yaml:[0-9]+:[0-9]+: .*"stores"' 'is told by the map'"'"'s line'

map_is() { # TEXT-BEHIND-PO1 MESSAGE
    printf 'map: w\nbase: harbor/850\ntree:\n  - PO1:\n      each: lines\n      %s\n' "$1" > totals/maps/w.yaml
    run edi2canon -C totals -m w "$sample"
    is "$status" 2 "$1"
    err_like "w.yaml:6:[0-9]+: .*$2" "$2"
}
map_is 'set: {nothing: x}' '"nothing" in order_line'
map_is 'set: {quantity: many}' 'this is no text for "quantity"'
map_is 'set: []' 'set is'
map_is 'units: {xref: stores, item: seller_item_id}' 'does not name the columns'
map_is 'units: {xref: packs}' 'units is'
map_is 'units: {xref: packs, item: seller_item_id, base: x}' 'units knows'
map_is 'units: {xref: packs, item: nothing}' '"nothing" in order_line'
map_is 'units: {xref: packs, item: seller_item_id, quantity: uom}' 'quantities of decimals'
map_is '"01": {field: line_number, check: yes}' 'check is of a field with count or sum'
map_is '"01": {field: line_count, count: lines, check: yes}' '"line_count" in order_line'

# Of two partners with one map each has its own.
mkdir -p two/partners two/xrefs two/maps
printf 'map: shared\nbase: x12-850\ntree:\n  - REF: {when: {"01": IA, "03": "", "04": ""}, "02": {field: vendor_number, xref: ours}}\n' > two/maps/shared.yaml
for p in a b; do
    printf 'partner: %s\nids: [{isa: "ZZ:PARTNER%s"}]\nxrefs: {ours: {file: xrefs/%s.csv, theirs: t, ours: o}}\nmaps: {"850": shared}\n' \
        "$p" "${p^^}" "$p" > "two/partners/$p.yaml"
    printf 't,o\n0000077130,%s-OURS\n' "$p" > "two/xrefs/$p.csv"
done
for p in A B; do sed "s/HARBORGOODS    /PARTNER$p       /" "$sample"; done > two.edi
run edi2canon -C two two.edi
is "$(grep -o '"vendor_number":"[^"]*"' out | tr '\n' ' ')" '"vendor_number":"a-OURS" "vendor_number":"b-OURS" ' \
    'two partners, one map, a cross-reference each'

# --- flat files take the same converters
mkdir -p flat/maps flat/xrefs
printf 'ours;wms\nCT-1001;900001\nCT-1002;900002\nCT-1003;900003\n' > flat/xrefs/wms.csv
cat > flat/maps/wms.yaml << 'END'
map: wms
format: delimited
record: order
layout: {key: order, columns: [order, vendor, ship, placed, line, quantity, unit, item, dates, who]}
xrefs: {wms: {file: xrefs/wms.csv, theirs: wms, ours: ours}}
tree:
  - row:
      each: lines
      order: {fields: [/order_number, /release_number], by: "-"}
      vendor: {field: /vendor_number, fill: {with: "0", to: 8}}
      ship: {write: "to {line_number}"}
      placed: /order_date
      line: line_number
      quantity: quantity
      unit: {field: uom, default: {read: EA}}
      item: {field: seller_item_id, xref: wms}
      dates: {fields: [{field: /do_not_ship_before_date, form: D6}, {field: /do_not_ship_after_date, form: D6}], by: "-"}
      who: {fields: [/ship_to.id, /ship_to.name], read: '(\S+) (.*)', write: "{1} {2}"}
END
run canon2erp -C flat -m wms orders
status_is 0 'canon2erp writes through them'
out_like '^81200455-02,00077130,to 1,2026-11-23,1,24,EA,900001,261201-261207,HG-SALEM HARBOR GOODS SALEM' \
    'fields joined, filled, in a template, looked up, in a form'
out_like '^81200460,,to 1,' 'what is not there leaves nothing'
mv out wms.csv
run erp2canon -C flat -m wms wms.csv
status_is 0 'erp2canon reads through them'
quiet 'in silence'
for field in '"order_number":"81200455","release_number":"02"' '"vendor_number":"77130"' \
    '"do_not_ship_before_date":"2026-12-01","do_not_ship_after_date":"2026-12-07"' \
    '"ship_to":{"id":"HG-SALEM","name":"HARBOR GOODS SALEM"}' '"seller_item_id":"CT-1003"'; do
    grep -Fq -- "$field" out
    ok $? "$field"
done
mv out again
run canon2erp -C flat -m wms again
cmp -s out wms.csv
ok $? 'and the same file is written again'
sed 's/,900002,/,900009,/' wms.csv > unknown.csv
run erp2canon -C flat -m wms unknown.csv
status_is 1 'an item of theirs without a row'
err_like 'M3002 error unknown.csv:3' 'refuses the document'
err_like '"900009".*a row in .*wms.csv' 'and says where'
sed 's/CT-1001/CT-9/' orders > item
run canon2erp -C flat -m wms item
status_is 1 'and refuses what has no row'
err_like 'lines\[0\]\.seller_item_id.*"CT-9"' 'with the field'

# --- what our system does not say and a partner wants: defaults of writing, in X12
for file in acks shipments invoices; do
    erp2canon -q -m "erp-$file-csv" "$CROSSDOCK_SOURCE/samples/day/exports/$file.csv"
done > unsaid
run canon2edi --control wanting -p acme unsaid
status_is 1 'a currency without a role, a place without a scheme'
out_is '' 'go nowhere'
err_like 'currency_role_code' 'the field is named'
run canon2edi -q -C "$CROSSDOCK_SOURCE/samples/day" --control wanting --time 2026-11-24T09:30 -p acme unsaid
status_is 0 'with a default for each they do'
quiet 'in silence'
tr '~' '\n' < out > segments
for segment in 'CUR*SE*USD' 'N1*ST*ACME DC 6021*92*6021' 'TD5**2*NTRX**Northern Transit' 'ITD*05******30'; do
    grep -Fqx -- "$segment" segments
    ok $? "$segment"
done

done_testing
