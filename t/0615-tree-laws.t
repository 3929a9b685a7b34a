#!/bin/bash
# Reading and writing XML are each other's inverse: what a map writes of records is read as those records, and
# written again byte for byte.

. "${0%/*}/tap.sh"

# law MAP RECORDS: written, read, written again
law() {
    run canon2erp -m "$1" "$2"
    status_is 0 "$1: ${2##*/} is written"
    mv out first
    run erp2canon --unmapped=error -m "$1" first
    status_is 0 '... and read' || diag_file err
    mv out again
    is "$(wc -l < again)" "$(wc -l < "$2")" '... each'
    canon2erp -m "$1" again > second
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
law erp-orders-xml made
sed -E 's/.*"direction":"out",//; s/,"line_count":[0-9]+//' made > want
sed -E 's/.*"map":"[^"]*"\},//; s/,"line_count":[0-9]+//; s/,"total_quantity":"[^"]*"//' again > got
cmp -s want got; ok $? '... and comes back as it was' || diff want got | head -4 >&2

done_testing
