#!/bin/bash
# What partners say of what we sent: expected, overdue, late, accepted, rejected set by set, orphans, duplicates; and what
# we owe them.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'
mkdir -p site/partners box
sed 's/^send: .*/send: {delimiters: "*>~", line_end: LF}/' "$CROSSDOCK_SOURCE/partners/acme.yaml" \
    > site/partners/acme.yaml
cat >> site/partners/acme.yaml << 'END'
reconcile:
  workdays: [mon, tue, wed, thu, fri, sat, sun]
  limits: {ack-due: 1h}
  documents: {invoice: {ack-due: none}}
END
mkdir records
cp "$CROSSDOCK_SOURCE/samples/canon/to-acme.jsonl" records/one
sed 's/"id":"\(......\)../"id":"\1ff/; s/4500018802/4500018803/g; s/90311/90312/g; s/90012311/90012312/g' records/one > records/two
export CROSSDOCK_LEDGER=l
canon-ledger create
cat records/one records/two | canon-ledger -C site post --loose
send() { canon-ledger -C site take acme | canon2edi -q -C site -o box > receipts; canon-ledger done acme receipts; }
holds 'three groups are sent' send
tell() { sqlite3 l "$1"; }
numbers() { tell "SELECT group_control FROM sent_interchanges WHERE group_code = '$1' ORDER BY ordinal DESC LIMIT 1"; }

# answer NAME SEGMENT...: a 997 from acme in the file NAME, under a number of its own
count=0
answer() {
    local name=$1 segments=("${@:2}")

    count=$((count + 1))
    {
        printf 'ISA*00*          *00*          *01*555010101      *ZZ*CROSSDOCK      *261124*0915*U*00401*%09d*0*P*>~\n' \
            $((200 + count))
        echo "GS*FA*555010101*CROSSDOCK*20261124*0915*$((200 + count))*X*004010~"
        printf '%s~\n' "ST*997*${count}001" "${segments[@]}" "SE*$((${#segments[@]} + 2))*${count}001" "GE*1*$((200 + count))"
        printf 'IEA*1*%09d~\n' $((200 + count))
    } > "$name"
    edi2canon -q -C site --all "$name" > records.jsonl && run canon-ledger -C site post records.jsonl
}

# --- expected
run canon-ledger acks
status_is 0 'what is open is listed'
cut -f 1,2,3 out | sort > got
printf 'expected	acme	%s 1\n' IN PR SH > want
same got want 'each group is waited for'
is "$(tell "SELECT count(*) FROM sent_interchanges WHERE due_at IS NULL")" 1 'not all for a limited time'
is "$(tell "SELECT count(*) FROM sent_documents WHERE ack = 'due'")" 6 'down to the set'
sqlite3 l "SELECT strftime('%s', due_at) - strftime('%s', recorded_at) FROM sent_interchanges WHERE group_code = 'SH'" > got
like "$(cat got)" '^360[01]$' 'as long as the partner has'
run canon-ledger acks --overdue
out_is '' 'none is overdue'
sqlite3 l "UPDATE sent SET due_at = '2026-01-01T00:00:00Z' WHERE due_at IS NOT NULL"
run canon-ledger acks --overdue
is "$(cut -f 1,3 out | sort | tr '\t\n' ' ,')" 'overdue PR 1,overdue SH 1,' 'until their time is over'
# agrees CODE: what reconcile finds of it, as acks writes it
agrees() { reconcile -q -C site --rule "$1" --fail-on=never --tsv 2> /dev/null | awk -F '\t' 'NR > 1 && $5 != "cleared" { print $12, $10 }' | sort; }
is "$(agrees ACK-LATE)" "$(printf '1 GS 1, 855\n1 GS 1, 856')" 'and reconcile says the same'

# --- accepted, late
answer pr.edi 'AK1*PR*1' 'AK9*A*2*2*2'
status_is 0 'a group is accepted'
is "$(tell "SELECT DISTINCT ack FROM sent_documents WHERE group_code = 'PR'")" accepted 'and so are its sets'
run canon-ledger acks --late
out_like '^late	acme	997 of PR 1	[0-9a-f]{32}' 'it came late'
run canon-ledger acks --overdue
is "$(cut -f 3 out)" 'SH 1' 'and is overdue no more'
is "$(agrees ACK-LATE)" '1 GS 1, 856' 'as reconcile says'

# --- each set by itself
answer in.edi 'AK1*IN*1' 'AK2*810*0001' 'AK5*E*5' 'AK2*810*0002' 'AK3*TDS*21**8' 'AK4*1*610*6*12.5O' 'AK5*R*5' 'AK9*P*2*2*1'
status_is 1 'a set is rejected'
err_like 'a partner rejected a document that we sent: rejected in their 997 of IN 1, set 0002: code 5; TDS at 21, element 1: code 6' 'which is told, with all of it'
is "$(tell "SELECT ack, set_control FROM sent_documents WHERE group_code = 'IN' ORDER BY set_control")" \
    "$(printf 'errors|0001\nrejected|0002')" 'the other is accepted with errors'
is "$(tell "SELECT ack FROM sent_interchanges WHERE group_code = 'IN'")" partly 'the group in part'
bad=$(tell "SELECT id FROM sent_documents WHERE ack = 'rejected'")
run canon-ledger dead
out_like "refusal	$bad	invoice	acme	90012312	acme	.*rejected in their 997 of IN 1, set 0002" 'it is an open exception'
is "$(wc -l < out)" 1 'and the only one'
run canon-ledger acks --rejected
is "$(cut -f 1,2,3 out | tr '\t\n' ' ,')" 'errors acme IN 1, set 0001,rejected acme IN 1, set 0002,' 'they are listed'
run canon-ledger done acme receipts
is "$(canon-ledger dead | wc -l)" 1 'a receipt that comes late settles nothing'
is "$(agrees ACK-REJ) $(agrees ACK-ERR) $(agrees ACK-PART)" '90012312 GS 1 ST 0002 90012311 GS 1 ST 0001 1 ' 'reconcile says what must be mended'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- sent anew
run canon-ledger release "$bad" --reason 'TDS is mended'
status_is 0 'it is released'
send
is "$(numbers IN)" 2 'and goes out under another number'
is "$(tell "SELECT count(*) FROM sent_documents WHERE id = '$bad'")" 2 'both are known'
is "$(canon-ledger dead | wc -l)" 0 'nobody must look any more'
is "$(agrees ACK-REJ)$(agrees ACK-PART)" '' 'and reconcile is content'
answer in2.edi 'AK1*IN*2' 'AK2*810*0001' 'AK5*A' 'AK9*A*1*1*1'
status_is 0 'now it is accepted'

# --- second answers, and answers to nothing
answer in3.edi 'AK1*IN*2' 'AK9*A*1*1*1'
status_is 0 'a second one that says the same'
answer in4.edi 'AK1*IN*2' 'AK2*810*0001' 'AK5*R*5' 'AK9*R*1*1*0'
status_is 1 'and one that says something else'
err_like 'says something else than the first: 997 of IN 2: first it was accepted, now rejected' 'is told'
is "$(tell "SELECT DISTINCT ack FROM sent_interchanges WHERE group_code = 'IN' AND group_control = '2'")" accepted 'the first one holds'
answer none.edi 'AK1*IN*77' 'AK9*A*1*1*1'
status_is 1 'an answer to what was never sent'
err_like 'an acknowledgment of what was never sent: 997 of IN 77' 'is told'
answer sets.edi 'AK1*SH*1' 'AK2*856*0001' 'AK5*A' 'AK2*856*0009' 'AK5*A' 'AK9*A*2*2*2'
status_is 1 'so is one to a set that was never there'
err_like 'an acknowledgment of what was never sent: 997 of SH 1: set 0009' 'by its number'
is "$(tell "SELECT DISTINCT ack FROM sent_documents WHERE group_code = 'SH'")" accepted 'the others are matched'
cp none.edi again.edi
edi2canon -q -C site --all again.edi | canon-ledger -C site post
run canon-ledger acks --orphan --duplicate
is "$(cut -f 1,3 out | tr '\t\n' ' ,')" \
    'orphan 997 of IN 77,duplicate 997 of IN 2,duplicate 997 of IN 2,duplicate 997 of IN 77,' 'they are listed'
run canon-ledger acks
out_is '' 'nothing is open'

# --- what we owe
edi2canon -q --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-plain.edi" | canon-ledger post
run canon-ledger acks
out_like '^owed	acme	acknowledgment of 000000101' 'an order came: we owe'
send
run canon-ledger acks
out_is '' 'until our answer has left'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- who sends by other means gets answers all the same
canon-ledger -l o create
edi2canon -q --all "$CROSSDOCK_SOURCE/samples/x12/997-acme.edi" > records.jsonl
run canon-ledger -l o post records.jsonl
status_is 0 'an answer to what another sent'
err_like 'L5304 warn' 'is a warning'
is "$(canon-ledger -l o acks --orphan | wc -l)" 1 'and listed'

# --- TA1: the interchange itself
sed -i 's/line_end: LF/line_end: LF, ack_requested: yes/' site/partners/acme.yaml
canon-ledger -l m create
CROSSDOCK_LEDGER=m
canon-ledger -C site post --loose records/one
send
is "$(canon-ledger acks | wc -l)" 3 'groups and their interchanges are waited for'
{
    printf 'ISA*00*          *00*          *01*555010101      *ZZ*CROSSDOCK      *261124*0915*U*00401*000000900*0*P*>~\n'
    printf 'TA1*000000002*261124*0915*R*006~\nTA1*000000001*261124*0915*A*000~\nIEA*0*000000900~\n'
} > ta1.edi
edi2canon -q -C site --all ta1.edi > records.jsonl
run canon-ledger -C site post records.jsonl
status_is 1 'an interchange is rejected'
is "$(sqlite3 m "SELECT interchange, ta1, ack FROM sent_interchanges ORDER BY 1")" \
    "$(printf '%s\n' '000000001|accepted|due' '000000002|rejected|rejected' '000000003|due|due')" 'with all that is in it'
is "$(canon-ledger dead | wc -l)" 1 'which is an exception'

# --- who does not answer, and how long all others have
sed -i 's/line_end: LF.*/line_end: LF, expect_ack: no}/; /^reconcile/,$d' site/partners/acme.yaml
rm -rf box
mkdir box
canon-ledger -l n create
CROSSDOCK_LEDGER=n
canon-ledger -C site post --loose records/one
send
is "$(canon-ledger acks | wc -l)" 0 'nobody waits for what does not come'
sed -i 's/expect_ack: no/expect_ack: yes/' site/partners/acme.yaml
printf 'workdays: [mon, tue, wed, thu, fri, sat, sun]\nlimits: {ack-due: 3h}\n' > site/reconcile.yaml
canon-ledger -C site post --loose records/two
send
is "$(sqlite3 n "SELECT DISTINCT (strftime('%s', due_at) - strftime('%s', recorded_at)) / 3600 FROM sent WHERE ack = 'due'")" 3 \
    'reconcile.yaml says how long'
echo 'limits: {ack-due: soon}' > site/reconcile.yaml
sed 's/"id":"\(......\)../"id":"\1ee/; s/45000188../4500018899/g; s/9031./90399/g; s/9001231./90012399/g' records/one | canon-ledger -C site post --loose -q
canon-ledger -C site take acme > taken
run canon2edi -q -C site -o box taken
status_is 2 'a wrong one is told'
err_like 'site/reconcile.yaml:1:' 'with its place'
is "$(wc -l < taken)" "$(wc -l < records/one)" 'nothing is sent meanwhile'
[ ! -s out ]; ok $? 'and nothing refused'

done_testing
