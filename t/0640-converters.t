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
out_like '"uom":"CS","uom_raw":"CA","unit_price":"37.20".*"seller_item_id":"CT-1002"' 'their item becomes ours'
out_like '"order_number":"81200460","purpose' 'an order without a release has none'
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

done_testing
