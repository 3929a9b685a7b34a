#!/bin/bash
# erp2canon over XML and JSON as its users meet it: good files, and each kind of broken one: told with file, line, character,
# the way to the element, value and expectation; the document refused, its neighbours translated.

. "${0%/*}/tap.sh"

# xml ORDER...: a file of orders
xml() {
    printf '<orders xmlns="urn:crossdock:erp-orders:1">\n' > file.xml
    printf '%b\n' "$@" >> file.xml
    printf '</orders>\n' >> file.xml
}

# order NUMBER [INSIDE [LINE]]
order() {
    printf '<order number="%s"><order_date>2026-11-20</order_date>%s<lines><line number="1"><quantity uom="EA">1</quantity>%s</line></lines></order>' \
        "$1" "${2:-}" "${3:-}"
}

# expect STATUS WANT NAME: the documents that came out, by number
expect() {
    status_is "$1" "$3"
    is "$(sed -nE 's/.*"kind":"order".*"keys":\{"order_number":"([^"]*)".*/\1/p' out | xargs)" "$2" '... and what came out'
}

map=erp-orders-xml

# The last reject is the end of the file, from the byte on that it says it begins at.  WHAT: it begins so.
rest_is_kept() { # FILE WHAT NAME
    local offset length sha256

    read -r offset length sha256 < <(grep '"kind":"reject"' out | tail -1 |
        sed -nE 's/.*"offset":([0-9]+),"length":([0-9]+).*"raw_sha256":"([0-9a-f]+)".*/\1 \2 \3/p')
    is "$((offset + length))" "$(wc -c < "$1")" "$3"
    is "$(tail -c +$((offset + 1)) "$1" | head -c ${#2})" "$2" '... from where it begins'
    is "$(tail -c +$((offset + 1)) "$1" | sha256sum | cut -d' ' -f1)" "$sha256" '... each byte'
    is "$(grep '"kind":"batch"' out |
        sed -nE 's/.*"is_complete":false,.*"read_count":([0-9]+),.*"rejected_count":([0-9]+),.*/\1 \2/p')" \
        "$(grep -cE '"kind":"(order|reject)"' out) 1" '... and it is counted'
}

# --- files that are none, or others

run erp2canon -m $map /dev/null
status_is 0 'an empty file is nothing to do'
quiet '... and nothing to say'
run erp2canon -m $map .
status_is 3 'a folder is technical'
xml "$(order A1)"
erp2canon -m $map file.xml > /dev/full 2> err
# shellcheck disable=SC2034
status=$?
status_is 3 'and a full disk'
printf 'order_number,order_date\n' > file.csv
run erp2canon -m $map file.csv
expect 1 '' 'a file that is no XML'
err_like 'M3621 error: file.csv:1:1: .*this is no XML' '... is told'
xml "$(order A1)" 'adrift' "$(order A2)"
run erp2canon -m $map file.xml
expect 0 'A1 A2' 'text that stands beside the documents'
err_like 'M3008 warn: no map line reads this: text outside of every document, 1 time' '... is told'
printf '<orders/>' > file.xml
run erp2canon -m $map file.xml
expect 1 '' 'another namespace refuses the file'
err_like 'M3602 error: file.xml:1:1: .*the outermost element is orders; expected orders of urn:crossdock:erp-orders:1' '... which'
printf '<!DOCTYPE orders [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<orders xmlns="urn:crossdock:erp-orders:1">%s</orders>' "$(order '&a;')" > file.xml
run erp2canon -m $map file.xml
expect 1 '' 'so does a DOCTYPE'
err_like 'M3602 error: file.xml:1:[0-9]+: .*DOCTYPE' '... where'

# --- values

xml "$(order A1)" "$(order A2 '' '<unit_price>12,5O</unit_price>')" "$(order A3)"
run erp2canon -m $map file.xml
expect 1 'A1 A3' 'a number that is none refuses its document'
err_like '^M3004 error file.xml:3:110 order_number A2$' '... where'
err_like 'order/lines/line/unit_price: this is no number "12,5O"' '... and the way to it'
run erp2canon --all -m $map file.xml
out_like '"kind":"reject".*"offset":[0-9]+,"length":[0-9]+.*"document_number":"A2".*"line":3,"place":110,"column_name":"order/lines/line/unit_price".*"raw":"<order number' '... the reject has its bytes'
out_like '"kind":"batch".*"read_count":3,"translated_count":2,.*"rejected_count":1,' '... and each is counted once'
xml "$(order A1 '<line_count>2</line_count>')" "$(order A2 '<order_date>2026-11-21</order_date>')" '<order number="A3"/>'
run erp2canon -m $map file.xml
expect 1 A2 'a total that disagrees, and what a document must have'
err_like '^M3604 error file.xml:2:55 order_number A1' '... the total'
err_like "order/line_count \"2\"; expected 1, by the document's own lines" '... what it should be'
err_like '^M3608 error file.xml:4 order_number A3' '... the lack'
err_like 'M3008 warn: .*order/order_date, 1 time' '... a date that stands there twice is unread once'

# --- what no rule reads

xml "$(order A1 '<x:y xmlns:x="urn:x" z="1"><w>2</w></x:y>')" '<trailer>9</trailer>'
run erp2canon -m $map file.xml
expect 0 A1 'elements that no rule reads'
err_like 'M3008 warn: .*: order/y, 1 time, by map' '... are named'
err_like 'M3008 warn: .*: trailer, 1 time, by map' '... those beside the documents, too'
run erp2canon --unmapped=error -m $map file.xml
expect 1 '' '... or refuse the document'
run erp2canon --unmapped=keep -m $map file.xml
out_like '"extra":\[\{"at":"order/y","tag":"y","element":"z","value":"1"\},\{"at":"order/y","tag":"y","element":"w","value":"2"\}\]' '... or are kept'

# --- what is broken

xml "$(order A1)" "$(order 'A\xe9')" "$(order A3 '<department>\x01</department>')" "$(order A4)"
run erp2canon --rejects -m $map file.xml
expect 1 'A1 A4' 'bytes that are no UTF-8, and a control character'
err_like 'M3621 error: file.xml:3:17: .*no UTF-8 "\\xe9' '... the byte'
err_like 'M3621 error: file.xml:4:67: .*order/department: there is a character that XML does not know "\\x01' '... the character'
is "$(grep -c '"kind":"reject"' out)" 2 '... each is rejected'
xml "$(order A1)" '<order number="A2"><order_date>' "$(order A3)"
run erp2canon --all -m $map file.xml
expect 1 A1 'a tag that nothing closes ends the file'
err_like 'M3621 error: file.xml:5:10: .*order/order_date: Opening and ending tag mismatch' '... where'
out_like '"kind":"batch".*"is_complete":false.*"read_count":2,"translated_count":1' '... which is not complete'
rest_is_kept file.xml '<order number="A2"><order_date>' '... the rest is a reject'
out_like '"kind":"reject".*"document_kind":"order".*"line":5,"place":10,.*"raw":"<order number=\\"A2\\">.*</orders>\\n"' '... of an order, with its text'
xml "$(order A1)" "$(order A2)"
head -c 200 file.xml > cut.xml
run erp2canon -m $map cut.xml
expect 1 A1 'a file that was cut off'
err_like 'M3621 error: cut.xml:3:[0-9]+: .*: order.*the file ends before' '... is told'
run erp2canon --all -m $map cut.xml
rest_is_kept cut.xml '<order number="A2">' '... what is left of the second is a reject'
sed '$d' file.xml > cut.xml
run erp2canon --all -m $map cut.xml
expect 1 'A1 A2' 'a file that was cut off behind a document'
err_like 'M3621 error: cut.xml:4:1: .*the file ends before its outermost element does' '... is told'
out_unlike '"kind":"reject"' '... there is no rest'
out_like '"is_complete":false.*"read_count":2,"translated_count":2' '... and it is not complete'
cat file.xml file.xml > two.xml
run erp2canon --all -m $map two.xml
expect 1 'A1 A2' 'two files in one'
err_like 'M3621 error: two.xml:5:1: .*Extra content' '... the second is told'
rest_is_kept two.xml $'\n<orders xmlns' '... and is a reject'
{ cat file.xml; head -c 3000000 /dev/zero | tr '\0' x; echo; } > two.xml
run erp2canon --all --max-document=1 -m $map two.xml
rest_is_kept two.xml $'\nxxxx' 'megabytes behind the end are one, too'
{ printf '<?xml version="1.0" encoding="iso-8859-1"?>\n'; sed 's/A2/\xe9/' file.xml; printf '\xe9'; } > two.xml
run erp2canon --all -m $map two.xml
is "$(tail -2 out | head -1 | sed -nE 's/.*"offset":([0-9]+),"length":([0-9]+).*"raw":"(.*)","raw_enc.*/\1 \2 \3/p')" \
    "$(($(wc -c < two.xml) - 2)) 2 "$'\\n\xc3\xa9' 'the text of a rest is decoded, its place that of the file'
xml "$(order A1)" "$(order A2 "$(awk 'BEGIN { for (i = 0; i < 120; i++) printf "<d>"; for (i = 0; i < 120; i++) printf "</d>" }')")" "$(order A3)"
run erp2canon -m $map file.xml
expect 1 'A1 A3' 'elements nested too deep refuse their document'
err_like 'M3621 error: file.xml:3:352: .*nested too deep; expected at most 99 levels' '... where'
{ printf '<orders xmlns="urn:crossdock:erp-orders:1">%s' "$(order A1)"; awk 'BEGIN { for (i = 0; i < 1000000; i++) printf "<d>" }'; } > bomb.xml
run erp2canon -m $map bomb.xml
expect 1 A1 'a bomb of them ends the file'
{ printf '<orders xmlns="urn:crossdock:erp-orders:1">\n%s\n<order number="A2"><department>' "$(order A1)"; head -c 3000000 /dev/zero | tr '\0' x; printf '</department></order>\n%s</orders>' "$(order A3)"; } > large.xml
run erp2canon --max-document=1 -m $map large.xml
expect 1 'A1 A3' 'a text of 3 MB in a document of at most 1 is passed over'
err_like 'M3613 error: large.xml:3: .*--max-document' '... and told'

# --- encodings

printf '<?xml version="1.0" encoding="windows-1252"?>\n<orders xmlns="urn:crossdock:erp-orders:1">%s</orders>' "$(order A1 '<department>caf@</department>')" | tr @ '\351' > file.xml
run erp2canon -m $map file.xml
expect 0 A1 'the encoding that the first line names'
out_like $'"department_code":"caf\xc3\xa9"' '... has its letters'

# --- JSON

mkdir maps
cat > maps/shop.yaml <<'END'
map: shop
title: Orders of a shop
format: json
record: order
layout: {root: orders, document: order, skip: [colour]}
tree:
  - order:
      number: order_number
      date: order_date
      total: {field: total_quantity, sum: lines.quantity}
      then:
        - lines[]: {each: lines, number: line_number, pieces: quantity, price: unit_price, set: {uom: EA}}
END
printf 'map: log\nbase: shop\nlayout: {root: ~, lines: yes}\n' > maps/log.yaml

# member NUMBER [INSIDE [LINE]]
member() {
    printf '{"number":"%s","date":"2026-11-20",%s"lines":[{"number":1,"pieces":1%s}]}' "$1" "${2:-}" "${3:-}"
}

{ printf '{"orders":[\n%s,\n' "$(member A1)"; member A2 '' ',"price":"12,5O"'; printf ',\n%s],\n"next":"x"}\n' "$(member A3)"; } > file.json
run erp2canon -C . -m shop file.json
expect 1 'A1 A3' 'a number that is none refuses its document'
err_like '^M3004 error file.json:3:76 order_number A2$' '... where'
err_like 'order/lines/price: this is no number "12,5O"' '... and the way to it'
err_like 'M3008 warn: .*: next, 1 time' '... what stands beside the documents is named'
{ printf '{"orders":[%s,' "$(member A1 '"total":1.50,')"; member A2 '"colour":"red","total":0.1e1,' ',"price":1.10'; printf ',%s]}' "$(member A3 '"total":2,')"; } > file.json
run erp2canon -C . -m shop file.json
expect 1 '' 'totals that disagree, and a number with an exponent'
err_like 'M3604 error file.json:1:55 order_number A1' '... where'
err_like 'order/total.*exponent.*"0.1e1"|order/total.*"0.1e1"' '... the exponent is refused, for who wrote it lost digits'
{ member A1; echo; member A2 '' ',"price":12345678901234567890.12345678901234567890'; } > log.json
run erp2canon -C . -m log log.json
expect 0 'A1 A2' 'a document a line'
out_like '"unit_price":"12345678901234567890.12345678901234567890"' '... numbers keep their digits'
{ member A1; printf '\n{"number":"A2",\n'; member A3 '"number":"A4",'; printf '\n'; member A5; member A6; printf '\n%b\n' "$(member A7 '' ',"q":"\xe9"')"; member A8; } > log.json
run erp2canon -C . -m log log.json
expect 1 'A1 A8' 'lines that are broken refuse themselves alone'
err_like 'log.json:2:16: .*expected a name in quotes' '... one that was cut off'
err_like 'log.json:3:[0-9]+: .*the member number stands there twice' '... a member that stands there twice'
err_like 'log.json:4:70: .*behind the document' '... two in a line'
err_like 'log.json:5:73: .*order/lines/q: the string is not UTF-8' '... another encoding'
printf '{"orders":[%s,%s' "$(member A1)" "$(member A2)" > file.json
run erp2canon -C . --all -m shop file.json
expect 1 'A1 A2' 'a file that was cut off'
err_like 'M3621 error: file.json:1:[0-9]+: .*ends within the array|M3621 error: file.json:1:[0-9]+: .*the array of documents' '... is told'
out_like '"is_complete":false' '... and is not complete'
printf '{"orders":[%s,%.30s' "$(member A1)" "$(member A2)" > file.json
run erp2canon -C . --all -m shop file.json
expect 1 A1 'a file that was cut off within a document'
rest_is_kept file.json '{"number":"A2"' '... what is left of it is a reject'
printf '{"orders":[%s %s,\n%s]}' "$(member A1)" "$(member A2)" "$(member A3)" > file.json
run erp2canon -C . --all -m shop file.json
expect 1 A1 'a comma that is missing'
rest_is_kept file.json '{"number":"A2"' '... all behind it is a reject'
printf '{"orders":[%s]} {"orders":[]}' "$(member A1)" > file.json
run erp2canon -C . --all -m shop file.json
expect 1 A1 'text behind the end'
err_like 'there is text behind the end' '... is told'
rest_is_kept file.json '{"orders":[]}' '... and is a reject'
for text in '[]' '{"order":[]}' '<orders/>' '\377\376'; do
    printf "$text" > file.json
    run erp2canon -C . -m shop file.json
    expect 1 '' "a file that is another: $text"
    err_like 'M3602 error: file.json:1:' '... refused as a whole'
done
{ printf '{"orders":[%s,{"number":' "$(member A1)"; head -c 2000000 /dev/zero | tr '\0' '['; } > bomb.json
run erp2canon -C . --max-document=1 -m shop bomb.json
expect 1 A1 'a bomb of brackets'
{ member A1; printf '\n{"x":"'; head -c 3000000 /dev/zero | tr '\0' x; printf '"}\n%s' "$(member A3)"; } > log.json
run erp2canon -C . --max-document=1 -m log log.json
expect 1 'A1 A3' 'a line of 3 MB where one may have 1'
err_like 'M3613 error: log.json:2: ' '... is told'

# --- maps that are wrong

cat > maps/wrong.yaml <<'END'
map: wrong
title: Wrong in several ways
format: json
record: order
layout: {document: order}
tree:
  - order: {number: order_number}
  - ordr: {date: order_date, groups: {from: a, to: a, each: notes, fields: [text]}}
END
run erp2canon -C . -m wrong /dev/null
status_is 2 'a map that is wrong is misuse'
err_like 'M3402 error: maps/wrong.yaml:8:11: .*"ordr"; expected order, the document of the layout' '... a tag that is no document'
err_like 'maps/wrong.yaml:8:[0-9]+: .*groups are of rows; here each: serves' '... a key of rows'
run map-check -C . wrong
status_is 2 'map-check says so before'
err_like '"ordr"; expected order' '... the same'
printf 'map: wrong\nbase: shop\nlayout: {roots: x, types: {a: numeral}}\n' > maps/wrong.yaml
run map-check -C . wrong
err_like 'maps/wrong.yaml:3:10: no such key: roots; hint: did you mean root' 'a key that is none'
err_like 'a is one of: string number boolean' '... a type that is none'

done_testing
