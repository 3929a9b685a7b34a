#!/bin/bash
# What a map's rules write: which units there are, and which value each field gets.

. "${0%/*}/tap.sh"

mkdir maps

# map TREE [MORE]: a map of rows "tag|a|b|c"; MORE goes before the layout.
map() {
    printf 'map: x\ntitle: a test\nformat: delimited\nrecord: order\n%s\nlayout:\n  separator: "|"\n  records:\n' "${2:-}"
    for tag in A B C D; do
        printf '    %s: [{name: t, value: %s}, a, b, c]\n' "$tag" "$tag"
    done
    printf 'tree:\n%s\n' "$1"
}

# writes NAME WANT: with maps/x.yaml, for the orders on standard input.
writes() {
    run canon2erp -C . -m x
    status_is 0 "$1"
    out_is "$2" 'as it should be'
}

order='{"canon":1,"kind":"order","order_number":"7","purpose_code":"replace","purpose_code_raw":"05","order_date":"2026-11-20",
"ship_to":{"id":"6021","city":"Dallas"},"bill_to":{"name":"B"},
"parties":[{"role_code":"SU","name":"one"},{"role_code":"CA","name":"two"},{"name":"three"}],
"references":[{"type_code":"DP","value":"42"},{"type_code":"ZZ","value":"z","text":"t"}],
"lines":[{"line_number":"1","quantity":"1.5","uom":"EA","uom_raw":"PCE","gtin":"00614141010011","gtin_raw":"614141010011",
"references":[{"type_code":"LI","value":"l1"}]},
{"line_number":"2","quantity":"-0.75","uom":"MTR","uom_raw":"MTR","unit_price":"2"}]}'
order=$(echo "$order" | tr -d '\n')
echo "$order" > order.jsonl
exec < order.jsonl
again() { exec < order.jsonl; }

# --- units
map '  - A: {a: order_number, b: department_code}
  - B: {a: department_code, b: vendor_number}
  - C: {at: ship_to, a: id, b: name}
  - D: {at: ship_from, a: id}' > maps/x.yaml
writes 'a unit stands where the record has a value for it' 'A|7||
C|6021||'
again
map '  - A: {a: {value: "//"}}
  - B: {at: ship_to, a: name, b: contact_name}
  - C: {a: {field: vendor_number, default: none}}
  - D: {b: {count: lines, field: line_count}, c: {sum: lines.quantity, field: total_quantity}}' > maps/x.yaml
writes 'constants stand for themselves; an object without a value for the unit, or a default alone, makes none' 'A|//||
D||2|0.75'
again
map '  - A: {a: /order_number, then: [{B: {each: lines, a: line_number, b: /order_number, then: [{C: {each: references, a: type_code, b: value}}]}}]}' > maps/x.yaml
writes 'lists nest' 'A|7||
B|1|7|
C|LI|l1|
B|2|7|'
again
map '  - A:
      each: lines
      a: line_number
      then:
        - B: [{a: unit_price, b: /order_number}, {b: /order_number, write: otherwise}]
        - C: [{a: gtin}, {a: unit_price, write: otherwise}]' > maps/x.yaml
writes 'a rule that is written otherwise, where the one before it gave nothing for the object' 'A|1||
B||7|
C|00614141010011||
A|2||
B|2|7|
C|2||'
again
map '  - A: {then: [{B: {at: bill_to, a: name}}]}
  - A: {then: [{B: {at: bill_to, a: id}}]}
  - C: {a: department_code, then: [{D: {each: lines, a: quantity}}]}' > maps/x.yaml
writes 'a unit without values stands where one inside it does' 'A|||
B|B||
C|||
D|1.5||
D|-0.75||'

# --- alternatives
again
map '  - A:
      - {when: {a: [SU, VN]}, each: parties, a: role_code, b: name}
      - {when: {a: CA}, each: parties, a: role_code, b: name, c: {value: carrier}}
      - {each: parties, a: role_code, b: name, c: {value: other}}
  - B:
      - {when: {a: ST}, at: ship_to, b: id}
      - {when: {a: BT}, at: bill_to, b: id, c: name}' > maps/x.yaml
writes 'an element belongs to the first alternative that takes it' 'A|SU|one|
A|CA|two|carrier
A||three|other
B|ST|6021|
B|BT||B'

# --- values
again
tables='tables:
  purpose: {R: replace, N: original}
  uom: {ST: EA, PCE: EA, M: MTR}
  none: {X: Y}'
map '  - A: {a: {field: purpose_code, table: purpose}, b: {field: purpose_code, table: none}, c: purpose_code_raw}
  - B: {each: lines, a: {field: uom, table: uom}, b: {field: gtin, pad: 14}, c: {field: unit_price, default: "0"}}' "$tables" > maps/x.yaml
writes 'tables are turned around; of several codes the sender'"'"'s own; what a table does not have passes' 'A|R|replace|05
B|PCE|614141010011|0
B|M||2'
again
map '  - A: {a: {field: purpose_code, table: none, miss: error}}' "$tables" > maps/x.yaml
run canon2erp -C . -m x
status_is 1 'unless it must not'
err_like 'M3502 error .*order 7' 'and says of which order'
err_like 'purpose_code in table none "replace".*maps/x.yaml:17:' 'which word, which table, which line of the map'
again
map '  - B: {each: lines, a: {field: uom, table: uom}}' 'tables:
  uom: {EA: PCE, MTR: M}' > maps/x.yaml
run canon2erp -C . -m x
status_is 1 'a word that is the code of another one is not kept'
err_like 'lines\[0\].uom in table uom "EA"' '... it would be read as that one'

# --- nothing is lost without a word
again
map '  - A: {each: taxes, a: type_code, b: /order_number}' > maps/x.yaml
run canon2erp -C . -m x
status_is 1 'a document of which the file would say nothing is refused'
err_like 'the file would say nothing of it' '... and says so'
again
map '  - A: {a: order_number, then: [{B: {each: taxes, a: type_code, b: /purpose_code}}, {C: {each: notes, a: /purpose_code}}]}' \
    > maps/x.yaml
run canon2erp -C . -v -m x
status_is 0 'a field of the record that goes along with units, of which there are none'
err_like 'M3505 .*: purpose_code, 1 time' '... is unwritten, and counted once'
again
run canon2erp -C . --unmapped=error -m x
status_is 1 '... which --unmapped=error refuses'
err_like 'purpose_code.*"replace"' '... with its value'
rows() {
    printf 'map: x\ntitle: a test\nformat: delimited\nrecord: order\nlayout:\n  key: [n, r]\n  columns: %s\n' \
        '[{name: n}, {name: r}, {name: l, required: yes}, {name: g}]'
    printf 'tree:\n  - row: {each: lines, n: /order_number, r: /release_number, l: line_number, g: gtin}\n'
}
rows > maps/x.yaml
line='"lines":[{"line_number":"1"}]'
head='{"canon":1,"kind":"order",'
printf '%s\n' "$head\"order_number\":\"1\",$line}" "$head\"order_number\":\"2\",$line}" \
    "$head\"order_number\":\"1 \",$line}" "$head\"order_number\":\"1\",\"release_number\":\"2\",$line}" \
    "$head$line}" "$head\"order_number\":\"3\",\"lines\":[{\"gtin\":\"1\"}]}" > several
run canon2erp -C . -m x several
status_is 1 'documents that nobody could tell apart in the file'
out_is 'n,r,l,g
1,,1,
2,,1,
1,2,1,' '... are refused, and the others written'
err_like 'several:3 .*' 'the second of a key'
err_like 'taken for those of another document of the file' '... says why'
err_like 'nothing would tell its rows from those of other documents' '... so does one without a key'
err_like 'in column l of row: it has no value' '... and one without a value that each row must have'
run canon2erp -C . -m x -o . several
is "$(ls -- *.csv | wc -l)" 4 '... in files of their own each is written'

# --- a map laid over another one
again
mkdir -p maps/acme
cat > maps/acme/orders.yaml <<'END'
map: acme/orders
title: a system that wants fewer columns, and its own number for the customer
base: erp-orders-csv
layout:
  separator: ;
  columns:
    - {name: Number, from: order_number}
    - {name: Customer, from: buyer_id}
    - {name: Item, from: gtin}
    - {name: Qty, from: quantity, decimals: 2}
tree:
  - row: {each: lines, buyer_id: {value: C-100}}
END
run canon2erp -C . -m acme/orders
status_is 0 'an overlay with a layout of its own writes what that has'
out_is 'Number;Customer;Item;Qty
7;C-100;00614141010011;1.50
7;C-100;;-0.75' 'with its own headings and rules'
again
run canon2erp -C . -v -m acme/orders
err_like 'M3505 .*lines\.unit_price, 1 time' 'and what it leaves out is not written'
sed -i 's/{each: lines, buyer_id/{each: lines, byer_id/' maps/acme/orders.yaml
again
run canon2erp -C . -m acme/orders
status_is 2 'but it may not misspell'
err_like 'maps/acme/orders.yaml:12:.*"byer_id"' 'and is told where'

done_testing
