#!/bin/bash
# What is held against other systems, control numbers, acknowledgments, stock and other days: found beyond its limit,
# and not within.

. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
sqlite3 x.db 'SELECT 1' > /dev/null 2>&1 || skip_all 'sqlite3 does not run here'
export CROSSDOCK_LEDGER=l

# record PARTNER KIND DIRECTION POSTED BODY [SOURCE]: its id is made of what it is
record() {
    local id

    id=$(printf '%s' "$*" | sha256sum | cut -c -32)
    printf '{"canon":1,"kind":"%s","id":"%s","partner":"%s","direction":"%s","source":{"format":"x12",%s"created":"%s","test":false,"map":"m"},%s}\n' \
        "$2" "$id" "$1" "$3" "${6:-}" "$4" "$5"
}

# post: what comes in, at the times that it says
post() {
    canon-ledger -q post --loose > /dev/null 2> post.err || cat post.err
    sqlite3 l "UPDATE document SET posted_at = (SELECT line ->> '\$.source.created' || 'Z' FROM record r
        WHERE r.document_id = document.document_id);
        UPDATE acknowledgment SET at = (SELECT posted_at FROM document d WHERE d.document_id = acknowledgment.document_id);
        UPDATE sent SET acked_at = (SELECT at FROM acknowledgment a WHERE a.sent_id = sent.sent_id AND outcome = 'matched')"
}

# found CODES: what reconcile finds of them, "CODE NUMBER ITEM", sorted
found() {
    reconcile -C . --as-of 2025-12-17T12:00:00Z --rule "$1" --fail-on=never --tsv > out 2> err || cat err
    awk -F '\t' 'NR > 1 && $5 != "tolerated" { print $2, ($8 != "" ? $8 : $12), $10 }' out | sed 's/ *$//' | sort
}

begin() {
    rm -rf l l-* reconcile.yaml
    canon-ledger create
}

order() {
    record acme order in "$2" "\"order_number\":\"$1\",\"purpose_code\":\"original\",\"order_type_code\":\"SA\",\"order_date\":\"2025-12-15\",\"currency\":\"USD\",\"lines\":[{\"line_number\":\"1\",\"quantity\":\"10\",\"uom\":\"EA\",\"unit_price\":\"100.00\",\"buyer_item_id\":\"A-1\"}],\"line_count\":1"
}

# --- our own system's view of orders
begin
at=2025-12-16T02:00:00Z
{
    for number in same absent absent2 twice twice2 lines quantity total total-near released released2 fresh; do
        order "$number" "$([ "$number" = fresh ] && echo 2025-12-16T01:00:00 || echo 2025-12-12T10:00:00)"
    done
    printf '{"canon":1,"kind":"snapshot","id":"%032x","partner":"","direction":"in","source":{"format":"delimited","created":"2025-12-16T02:10:00","test":false,"map":"m"},"system_id":"erp","snapshot_type_code":"orders","snapshot_at":"%s","is_full_snapshot":true,"orders":[' 1 "$at"
    one() { printf '%s{"order_number":"%s","erp_order_number":"%s","status_code":"%s","total_amount":"%s","line_count":%s,"total_quantity":"%s"}' "$comma" "$1" "$2" "${6:-open}" "${3:-1000.00}" "${4:-1}" "${5:-10}"; comma=,; }
    comma=
    one same S1; one twice S2; one twice S3; one twice2 S4; one twice2 S5; one lines S6 1000.00 2; one quantity S7 1000.00 1 11
    one total S8 1001.01; one total-near S9 1001.00; one released SA 1000.00 1 10 released; one released2 SB 1000.00 1 10 released
    printf '],"order_count":11}\n'
} > records
post < records
sqlite3 l "INSERT INTO consumer(name, direction) VALUES('erp', 'in'); INSERT INTO delivery(consumer_id, document_id, state, at)
    SELECT 1, document_id, 'done', posted_at FROM document WHERE kind = 'order'"
is "$(found R6,WH-NOTSENT)" "$(sort << 'END'
PO-NOTPOST absent erp
PO-NOTPOST absent2 erp
PO-DUP twice S3
PO-DUP twice2 S5
PO-LINEDIFF lines lines
PO-LINEDIFF quantity quantity
PO-LINEDIFF total total
WH-NOTSENT released
WH-NOTSENT released2
END
)" 'orders are held against our own system'
run reconcile -C . --as-of 2025-12-17T04:00:00Z --fail-on=never
status_is 0 'a view of 26 hours is new enough'
run reconcile -C . --as-of 2025-12-17T04:00:01Z --fail-on=never
status_is 4 'one that is a second older is not'
out_like 'INPUTS INCOMPLETE$' 'which the first line says'
out_like '^  orders of erp: 2025-12-16 02:00 \+0000, 11 records  older than it may be \(limit 26h, built in\)$' 'and its own'
run reconcile -q --fail-on=never
sqlite3 l "SELECT count(*) FROM findings WHERE code = 'PO-NOTPOST'" > before
sed -n '$p' records | sed "s/\"id\":\"0*1\"/\"id\":\"$(printf %032x 2)\"/; s/$at/2025-12-17T02:00:00Z/; s/\"order_number\":\"same\"/\"order_number\":\"absent\"/; s/02:10:00/02:11:00/" | canon-ledger -q post --loose > /dev/null 2>&1
run reconcile --json --fail-on=never
is "$(grep -c '"code":"PO-NOTPOST","class":"technical","severity":"error","state":"cleared".*"order_number":"absent"' out)" 1 'a new view is looked at by the next run'
is "$(grep -c '"code":"PO-NOTPOST".*"state":"new".*"order_number":"same"' out)" 1 'also for what is not in it any more'

# --- control numbers, per pair
begin
come() { # SENDER NUMBER ORDER: an interchange with an order in it
    record "$1" order in 2025-12-1"$((4 + ${4:-0}))"T10:00:00 "\"order_number\":\"$3\",\"purpose_code\":\"original\",\"order_type_code\":\"SA\",\"order_date\":\"2025-12-12\",\"lines\":[],\"line_count\":0" \
        "\"sender\":\"ZZ:$1\",\"receiver\":\"ZZ:US\",\"interchange\":\"$2\",\"group\":\"1\",\"set\":\"0001\",\"type\":\"850\",\"file\":\"$1-$2-${5:-a}\"," |
        sed 's/"created"/"offset":1,"length":2,"created"/'
}
{
    come even 000000001 e1; come even 000000002 e2; come even 000000003 e3
    come holes 000000001 h1; come holes 000000004 h4; come holes 000000006 h6
    come again 000005000 a1; come again 000000001 a2; come again 000000002 a3
} > records
while read -r line; do
    echo "$line" > one && canon-ledger -q post --loose one > /dev/null 2>&1
done < records
sqlite3 l "UPDATE interchange SET first_at = '2025-12-15T10:00:00Z', file_id = NULL; UPDATE document SET posted_at = '2025-12-15T10:00:00Z'"
sqlite3 l "INSERT INTO file(sha256, name, byte_count, is_complete, posted_at, read_count) SELECT interchange_id, 'f' || interchange_id, 1, 1, '2025-12-15T10:00:00Z', 0 FROM interchange;
    UPDATE interchange SET file_id = (SELECT file_id FROM file WHERE name = 'f' || interchange_id);
    UPDATE arrival SET file_id = (SELECT i.file_id FROM interchange i WHERE i.interchange_id = arrival.interchange_id)"
is "$(found CTL-GAP,CTL-RESET | cut -d ' ' -f -2)" "$(printf '%s\n' 'CTL-GAP 000000004' 'CTL-GAP 000000006' 'CTL-RESET 000000001')" 'gaps and new beginnings'
echo 'limits: {gap: "1"}' > reconcile.yaml
is "$(found CTL-GAP | cut -d ' ' -f -2)" 'CTL-GAP 000000004' 'as many may be missing as the limit says'
echo 'limits: {gap: none}' > reconcile.yaml
is "$(found CTL-GAP)" '' 'or any'
rm reconcile.yaml
# the same number in another file: with the same documents, and with others
sqlite3 l "INSERT INTO file(sha256, name, byte_count, is_complete, posted_at, read_count) VALUES('x', 'same', 1, 1, '2025-12-15T11:00:00Z', 0), ('y', 'other', 1, 1, '2025-12-15T11:00:00Z', 0);
    INSERT INTO interchange(sender, receiver, control, file_id, first_at) SELECT 'ZZ:even', 'ZZ:US', '000000002', file_id, '2025-12-15T11:00:00Z' FROM file WHERE name = 'same';
    INSERT INTO interchange(sender, receiver, control, file_id, first_at) SELECT 'ZZ:even', 'ZZ:US', '000000003', file_id, '2025-12-15T11:00:00Z' FROM file WHERE name = 'other';
    INSERT INTO arrival(file_id, document_id, interchange_id, is_counted, outcome) SELECT i.file_id, 1, i.interchange_id, 1, 'duplicate' FROM interchange i WHERE first_at LIKE '%11:00:00Z'"
come even 000000003 e4 1 b | canon-ledger -q post --loose > /dev/null 2>&1
sqlite3 l "UPDATE document SET state = 'open', interchange_id = (SELECT interchange_id FROM interchange i JOIN file USING(file_id) WHERE name = 'other'), posted_at = '2025-12-15T11:00:00Z' WHERE number = 'e4'"
is "$(found CTL-DUP,CTL-COLL | cut -d ' ' -f -2)" "$(printf '%s\n' 'CTL-COLL 000000003' 'CTL-DUP 000000002')" 'a number again, with the same and with other documents'

# --- what we sent, and what they said
begin
invoice() { record acme invoice out 2025-12-15T09:00:00 "\"invoice_number\":\"$1\",\"invoice_date\":\"2025-12-15\",\"lines\":[{\"line_number\":\"1\",\"invoiced_quantity\":\"1\",\"uom\":\"EA\",\"unit_price\":\"1.00\"}]"; }
for n in 1 2 3 4 5 6 7 8; do invoice "I$n"; done | post
group=0
sent() { # TIME SET DOCUMENTS: a group that went out
    local hours=24

    [ "$2" != 856 ] || hours=4
    group=$((group + 1))
    sqlite3 l "INSERT INTO sent(partner, sender, receiver, control, group_code, group_control, set_code, release, set_count, is_test, state, name, file, byte_count, sha256, recorded_at, sent_at, ack, due_at)
        VALUES('acme', 'ZZ:US', '01:1', $group, 'IN', $group, '$2', '004010', 2, 0, 'sent', 'f', 'f$group', 1, 'x', '$1', '$1',
            CASE '$2' WHEN '997' THEN NULL ELSE 'due' END, CASE '$2' WHEN '997' THEN NULL ELSE strftime('%Y-%m-%dT%H:%M:%SZ', '$1', '+$hours hours') END)"
    local ordinal=0 id
    for id in $3; do
        ordinal=$((ordinal + 1))
        sqlite3 l "INSERT INTO sent_set(sent_id, ordinal, id, partner, kind, document_id, is_settled) SELECT $group, $ordinal, id, 'acme', kind, document_id, 1 FROM document WHERE number = '$id'"
    done
}
answer() { # GROUP STATUS [MESSAGES]
    record acme functional_ack in "2025-12-15T15:0${4:-0}:00" "\"ack_type_code\":\"997\",\"acked_group_code\":\"IN\",\"acked_group_control_number\":\"$1\",\"group_status_code\":\"$2\",\"messages_included\":2,\"messages_received\":2,\"messages_accepted\":1,\"messages\":[$3]"
}
message() { printf '{"acked_message_type":"810","acked_message_control_number":"%s","message_status_code":"%s"}' "$1" "$2"; }
sent 2025-12-15T10:00:00Z 810 'I1 I2' # 1: accepted
sent 2025-12-15T10:00:00Z 810 'I3 I4' # 2: in part
sent 2025-12-15T10:00:00Z 810 'I5 I6' # 3: with errors
sent 2025-12-16T12:00:00Z 810 'I7'    # 4: a day ago, to the second
sent 2025-12-16T12:00:01Z 810 'I8'    # 5: a second less
sent 2025-12-17T08:00:00Z 856 'I8'    # 6: a notice, four hours ago
sent 2025-12-15T10:00:00Z 997 ''      # 7: an acknowledgment is not acknowledged
sent 2025-12-15T10:00:00Z 810 'I1'    # 8: all of it rejected
# a notice under the number of group 1, and of another code: nobody has acknowledged it
sqlite3 l "INSERT INTO sent SELECT 100, partner, sender, receiver, 100, 'SH', 1, '856', release, 1, is_test, state, name, file, byte_count, sha256, content, recorded_at, sent_at,
    '2025-12-15T14:00:00Z', ack, ta1, acked_at FROM sent WHERE sent_id = 1"
{
    answer 1 A "$(message 0001 A),$(message 0002 A)"
    answer 2 P "$(message 0001 R),$(message 0002 A)"
    answer 3 E "$(message 0001 E),$(message 0002 E)"
    answer 8 R ''
    answer 99 A ''
    answer 98 P ''
    answer 1 A '' 1
    answer 2 A '' 2
} | post
is "$(found ACK-REJ,ACK-ERR,ACK-PART,ACK-ORPH,ACK-DUP)" "$(sort << 'END'
ACK-PART 2
ACK-PART 98
ACK-REJ I3 GS 2 ST 0001
ACK-REJ 8
ACK-ERR I5 GS 3 ST 0001
ACK-ERR I6 GS 3 ST 0002
ACK-ORPH 98
ACK-ORPH 99
ACK-DUP 1
ACK-DUP 2
END
)" 'what partners said of what we sent'
found ACK-LATE > late
is "$(grep -v '^$' late | cut -d ' ' -f -2 | tr '\n' ' ')" 'ACK-LATE 1 ACK-LATE 4 ACK-LATE 5 ACK-LATE 6 ' 'what is not acknowledged is late, or soon'
is "$(awk -F '\t' 'NR > 1 { print $12, $4 }' out | sort | tr '\n' ' ')" '1 error 4 error 5 warn 6 error ' 'to the second; a notice after four hours'

run reconcile -C . --rule ACK-LATE --fail-on=never
out_like '^  acme  read 0 = translated 0; sent 15 = acknowledged 5 \+ pending 7 \+ refused 3$' 'all that was sent adds up'
run reconcile -C . --rule ACK-LATE --fail-on=never --as-of 2025-12-15T14:30:00Z
out_like '^  acme  read 0 = translated 0; sent 9 = acknowledged 0 \+ pending 9$' 'as it did on a day before anybody answered'

# --- what we owe
begin
edi2canon -q --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-plain.edi" "$CROSSDOCK_SOURCE/samples/x12/850-acme-typical.edi" | canon-ledger -q post
sqlite3 l "UPDATE document SET posted_at = '2025-12-16T12:00:00Z'"
is "$(found ACK-OWED | wc -l)" 2 'our acknowledgments are owed after a day'
sqlite3 l "UPDATE document SET posted_at = '2025-12-16T12:00:01Z'"
is "$(found ACK-OWED | wc -l) $(awk -F '\t' 'NR > 1 { print $4 }' out | sort -u)" '2 warn' 'and a second before it is a warning'

# --- stock
begin
echo 'limits: {stock: "2"}' > reconcile.yaml
item() { printf '%s{"seller_item_id":"%s","warehouse_id":"W1","stock_status_code":"%s","quantity_type_code":"%s","quantity":"%s","uom":"EA"}' "$comma" "$1" "${3:-good}" "${4:-on_hand}" "$2"; comma=,; }
view() { # SYSTEM AT
    printf '{"canon":1,"kind":"snapshot","id":"%s","partner":"","direction":"in","source":{"format":"delimited","created":"2025-12-17T03:00:00","test":false,"map":"m"},"system_id":"%s","snapshot_type_code":"stock","snapshot_at":"%s","is_full_snapshot":true,"stocks":[' "$(printf %s "$1$2" | md5sum | cut -c -32)" "$1" "$2"
    comma=
}
stock() { # DAY TIME LINES: a report of the warehouse
    record whse inventory in "$1T$2" "\"report_id\":\"R$1\",\"report_date\":\"$1\",\"report_time\":\"$2\",\"warehouse\":{\"id\":\"W1\"},\"lines\":[$3]"
}
line() { printf '%s{"seller_item_id":"%s","quantity_type_code":"33","quantity":"%s","uom":"EA"}' "${3:-}" "$1" "$2"; }
{
    view erp 2025-12-17T02:00:00Z
    item A 100; item B 100; item C 90; item C 10 damaged; item D 100; item E 5; item F 999 good available
    printf ']}\n'
    view wms 2025-12-17T02:00:00Z
    item A 98; item B 97; item C 100; item D 103; item G 7
    printf ']}\n'
    stock 2025-12-16 05:00:00 "$(line A 100)$(line B 100 ,)$(line C 100 ,)$(line H 50 ,)"
    record whse receipt in 2025-12-16T08:00:00 '"receipt_id":"R1","receipt_date":"2025-12-16","lines":[{"line_number":"1","received_quantity":"30","uom":"EA","seller_item_id":"A"}]'
    record whse shipment in 2025-12-16T09:00:00 '"shipment_id":"S1","depositor_order_number":"D1","lines":[{"shipped_quantity":"20","uom":"EA","seller_item_id":"B"},{"shipped_quantity":"30","uom":"EA","seller_item_id":"A"}]'
    record whse inventory in 2025-12-16T10:00:00 '"report_id":"ADJ","report_date":"2025-12-16","warehouse":{"id":"W1"},"lines":[{"seller_item_id":"C","uom":"EA","adjustment_quantity":"-5","adjustment_reason_code":"06"}]'
    stock 2025-12-17 05:00:00 "$(line A 102)$(line B 77 ,)$(line C 95 ,)$(line H 53 ,)"
} | post
is "$(found STK-ROLL)" "$(printf '%s\n' 'STK-ROLL W1 B' 'STK-ROLL W1 H')" 'stock and what moved make the next stock, within 2'
is "$(found STK-QTY,STK-ITEM | sort -u)" "$(sort << 'END'
STK-ITEM W1 D
STK-ITEM W1 E
STK-ITEM W1 G
STK-ITEM W1 H
STK-QTY W1 B
STK-QTY W1 C
STK-QTY W1 D
END
)" 'balances are held against our own, statuses taken together'
is "$(found STK-OLD)" '' 'nothing is too old'
is "$(reconcile -C . --as-of 2025-12-18T07:01:00Z --rule STK-OLD --fail-on=never --tsv | cut -f 12 | sed 1d | sort | tr '\n' ' ')" 'erp whse wms ' 'later all are'
is "$(reconcile -C . --as-of 2025-12-18T04:00:00Z --rule STK-OLD --fail-on=never --tsv | cut -f 12 | sed 1d | sort | tr '\n' ' ')" '' 'but not before'

# --- stock by status, where both sides have statuses
begin
mkdir -p partners
cat > reconcile.yaml << 'END'
statuses: {good: available, bad: damaged}
END
cat > partners/whse.yaml << 'END'
partner: whse
ids: [{isa: "ZZ:WHSE"}]
reconcile:
  statuses: {"33": available, QH: damaged}
  limits: {stock: "1"}
END
{
    view erp 2025-12-17T02:00:00Z
    item A 90; item A 10 bad; item B 50; item B 5 bad; item C 10; item D 7
    printf ']}\n'
    view wms 2025-12-17T02:00:00Z
    item A 80; item A 20 bad; item B 50; item B 5 bad; item C 8; item C 2 bad; item D 7; item E 1 lost
    printf ']}\n'
    qty() { printf '%s{"seller_item_id":"%s","uom":"EA","quantities":[{"type_code":"33","quantity":"%s"},{"type_code":"QH","quantity":"%s"}]}' "${4:-}" "$1" "$2" "$3"; }
    stock 2025-12-17 05:00:00 "$(qty A 88 12)$(qty B 49 6 ,)$(line C 10 ,)$(line D 7 ,)"
} | post
is "$(found STK-QTY,STK-ITEM)" "$(sort << 'END'
STK-ITEM W1 lost E
STK-QTY W1 available A
STK-QTY W1 available A
STK-QTY W1 available C
STK-QTY W1 damaged A
STK-QTY W1 damaged A
STK-QTY W1 damaged C
END
)" 'balances are held against each other status by status, each with its limit'
is "$(awk -F '\t' '$2 == "STK-QTY" && $10 == "A" && $12 == "W1 damaged" && $7 == "whse" { print $13 ", " $14 }' out)" '10 EA damaged (erp), 12 EA damaged (whse)' \
    'and each by its name'
rm -r reconcile.yaml partners
# the warehouse says quantities of qualifiers that mean nothing then: it is as if it did not know A and B
is "$(found STK-QTY,STK-ITEM | sort -u | tr '\n' ' ')" 'STK-ITEM W1 A STK-ITEM W1 B STK-ITEM W1 E ' 'where nobody says what they are called, they are taken together'

# --- as much as on such a day: Tuesdays, of which 2025-12-16 is one
begin
for day in 11-18 11-25 12-02 12-09 12-16; do
    for partner in none none1 low low-near high high-near odd; do
        n=20
        case $day-$partner in
            12-16-none | 12-16-none1) n=0 ;; *-none1) n=1 ;;
            12-16-low) n=5 ;; 12-16-low-near) n=6 ;; 12-16-high) n=35 ;; 12-16-high-near) n=34 ;;
            12-09-odd | 12-16-odd) n=0 ;;
        esac
        for ((i = 0; i < n; i++)); do
            printf '{"canon":1,"kind":"order","id":"%s","partner":"%s","direction":"in","source":{"format":"x12","created":"2025-%sT10:00:00","test":false,"map":"m"},"order_number":"%s-%s-%s","purpose_code":"original","order_type_code":"SA","order_date":"2025-%s","lines":[],"line_count":0}\n' \
                "$(printf %08x%024x "$((10#${day/-/}))" "$((i * 1000 + ${#partner} * 100 + $(printf %d "'${partner: -1}")))")" "$partner" "$day" "$partner" "$day" "$i" "$day"
        done
    done
done > records
post < records
is "$(found R21 | wc -l) $(awk -F '\t' 'NR > 1 && $5 != "tolerated" { print $2, $7 }' out | sort | tr '\n' ' ')" '4 VOL-HIGH high VOL-LOW low VOL-NONE none VOL-NONE none1 ' \
    'nothing, far less and far more than usual is told'

done_testing
