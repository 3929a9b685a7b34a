#!/bin/bash
# Reading and writing XML and JSON are each other's inverse: what a map writes of records is read as those records, and
# written again byte for byte.

. "${0%/*}/tap.sh"

# law MAP RECORDS: written, read, written again
law() {
    run canon2erp -C . -m "$1" "$2"
    status_is 0 "$1: ${2##*/} is written"
    mv out first
    run erp2canon -C . --unmapped=error -m "$1" first
    status_is 0 '... and read' || diag_file err
    mv out again
    is "$(wc -l < again)" "$(wc -l < "$2")" '... each'
    canon2erp -C . -m "$1" again > second
    cmp -s first second; ok $? '... and written again byte for byte'
}

# Orders of X12, as far as the layout has them.
edi2canon "$CROSSDOCK_SOURCE"/samples/x12/850-*.edi > orders 2> /dev/null
law erp-orders-xml orders
if command -v xmllint > /dev/null; then
    canon2erp -m erp-orders-xml orders > orders.xml
    run xmllint --noout --schema "$CROSSDOCK_SOURCE/maps/erp-orders.xsd" orders.xml
    status_is 0 'what is written is of its schema'
else
    skip 'what is written is of its schema' 'no xmllint'
fi

# Records made up of all that the layout has: every decimal and text comes back, and nothing else does.
awk 'BEGIN {
    srand(11)
    many = split("a|b|&|;|<x>|>|]]>| |0|.|-|\\\"|&amp;|\\t|\\n|\\r|\303\251|\342\202\254|/|\360\237\230\200", part, "|")
    for (i = 1; i <= 400; i++) {
        text = "x"
        for (k = int(rand() * 12); k > 0; k--)
            text = text part[1 + int(rand() * many)]
        if (rand() < 0.5)
            text = " " text " "
        printf "{\"canon\":1,\"kind\":\"order\",\"id\":\"%032d\",\"partner\":\"acme\",\"direction\":\"out\",", i
        printf "\"order_number\":\"N%d\",\"order_date\":\"20%02d-%02d-%02d\",", i, rand() * 50, 1 + rand() * 12,
            1 + rand() * 28
        if (rand() < 0.5)
            printf "\"ship_to\":{\"id\":\"%s\",\"name\":\"%s\",\"city\":\"%s\"},", text, text, text
        if (rand() < 0.5)
            printf "\"references\":[{\"type_code\":\"IA\",\"value\":\"%s\"},{\"type_code\":\"DP\",\"value\":\"1\"}],", text
        if (rand() < 0.5)
            printf "\"notes\":[{\"type_code\":\"GEN\",\"text\":\"%s\"},{\"lines\":[{\"text\":\"%s\"},{\"text\":\"b\"}]}],", text, text
        printf "\"lines\":["
        n = int(rand() * 4) + 1
        for (l = 1; l <= n; l++) {
            printf "%s{\"line_number\":\"%d\",\"quantity\":\"%d.%03d\",\"uom\":\"EA\",", (l > 1 ? "," : ""), l,
                rand() * 1e6, rand() * 1000
            printf "\"unit_price\":\"%d.%04d\"", rand() * 1e5, rand() * 10000
            printf ",\"description\":\"%s\"", text
            if (rand() < 0.3)
                printf ",\"notes\":[{\"text\":\"%s\"}],\"ship_to\":{\"id\":\"%d\"}", text, l
            printf "}"
        }
        printf "],\"line_count\":%d}\n", n
    }
}' > made
is "$(wc -l < made)" 400 'records are made up'
came_back() {
    sed -E 's/.*"direction":"out",//; s/,"line_count":[0-9]+//' made > want
    sed -E 's/.*"map":"[^"]*"\},//; s/,"line_count":[0-9]+//; s/,"total_quantity":"[^"]*"//' again > got
    cmp -s want got; ok $? '... and comes back as it was' || diff want got | head -4 >&2
}

law erp-orders-xml made
came_back

# The same as JSON, in each form that a file can have.
mkdir maps
cat > maps/plain.yaml <<'END'
map: plain
title: Orders as JSON
format: json
record: order
layout: {root: orders, document: order, types: {quantity: string}}
tree:
  - order:
      number: order_number
      date: order_date
      count: {field: line_count, count: lines}
      then:
        - to: {at: ship_to, id: id, name: name, town/city: city}
        - references[]: {each: references, type: type_code, value: value}
        - "notes[]":
            each: notes
            type: type_code
            text: text
            then:
              - "lines[]": {each: lines, ".": text}
        - lines[]:
            each: lines
            number: line_number
            quantity: quantity
            unit: uom
            price: unit_price
            description: description
            then:
              - notes[]: {each: notes, text: text}
              - to: {at: ship_to, id: id}
END
printf 'map: array\nbase: plain\nlayout: {root: "[]", indent: 0}\n' > maps/array.yaml
printf 'map: lines\nbase: plain\nlayout: {root: ~, lines: yes}\n' > maps/lines.yaml
for map in plain array lines; do
    law $map made
    came_back
done
mkdir out.d one.d
head -1 first | grep -q '^{"number":"N1","date":"'; ok $? 'lines have no blanks'
run canon2erp -C . -m plain -o out.d made
status_is 0 'a file each'
is "$(find out.d -name '*.json' | wc -l)" 400 '... all of them'
sed -i 's/layout: {root: "\[\]"/layout: {root: ~/' maps/array.yaml
run canon2erp -C . -m array made
status_is 1 'a file without a root holds one document'
err_like 'one file a document' '... as it says'
run canon2erp -C . -m array -o one.d made
status_is 0 '... which is written as it is'
for file in one.d/*; do head -c 1 "$file"; done | tr -d '{' > other
is "$(wc -c < other)" 0 '... an object each'

# What JSON cannot say.
sed -i 's/types: {quantity: string}/types: {number: number}/' maps/plain.yaml
run canon2erp -C . -m plain made
status_is 1 'a text that the layout makes a number'
err_like 'order_number in column number of order: the layout makes it a number, and it is none "N1"; expected digits' '... is refused'

done_testing
