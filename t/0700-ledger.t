#!/bin/bash
# What is posted is in the ledger once, whatever comes how often, and the ledger adds up.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/x12
export CROSSDOCK_LEDGER=day.ledger

# sums NAME: those of check, on one line
sums() {
    canon-ledger check | tr '\t\n' '= '
}

# set_of ISA13 ORDER [QUANTITY [SET [T]]]: an interchange of acme with one order
set_of() {
    printf 'ISA*00*          *00*          *01*555010101      *ZZ*CROSSDOCK      *261121*1800*U*00401*%09d*0*%s*>~' \
        "$1" "${5:-P}"
    printf 'GS*PO*555010101*CROSSDOCK*20261121*1800*%s*X*004010~' "$1"
    printf 'ST*850*%04d~BEG*00*SA*%s**20261121~REF*DP*042~REF*IA*77130~DTM*002*20261207~N1*ST*ACME*92*6021~' \
        "${4:-1}" "$2"
    printf 'PO1*1*%s*EA*12.5**UP*614141010011~CTT*1*%s~SE*9*%04d~' "${3:-48}" "${3:-48}" "${4:-1}"
    printf 'GE*1*%d~IEA*1*%09d~' "$1" "$1"
}

# post FILE...: translated and posted
post() {
    edi2canon -q --all "$@" > records.jsonl 2> edi.err
    run canon-ledger post records.jsonl
}

# --- a ledger is made on purpose, and by nobody else
run canon-ledger find x
status_is 2 'without a ledger nothing is done'
err_like 'L5001 error: day.ledger: .*canon-ledger create' 'and it is said how one is made'
[ ! -e day.ledger ]; ok $? 'nor is one made by the way'
run canon-ledger create
status_is 0 'a ledger is created'
quiet 'in silence'
is "$(stat -c %a day.ledger)" 600 'for its owner alone'
run canon-ledger create
status_is 2 'not a second time'
err_like 'there already' 'and it says why'
: > empty.ledger
run canon-ledger -l empty.ledger check
status_is 2 'what a killed create left behind is no ledger yet'
run canon-ledger -l empty.ledger migrate
status_is 0 'migrate completes it'
run canon-ledger -l empty.ledger check
status_is 0 'and then it is one'
echo 'something else entirely, of more than a hundred bytes: ........................................' > text
run canon-ledger -l text check
status_is 3 'a text is no database'
err_like 'L5002 error: text: .*not a database' 'and that is said'
sqlite3 other.db 'CREATE TABLE t(a)' 2> /dev/null
if [ -e other.db ]; then
    run canon-ledger -l other.db post
    status_is 2 'a database of somebody else is refused'
    err_like 'a database, but no ledger' 'and it says why'
    version=$(sqlite3 day.ledger 'PRAGMA user_version')
    sqlite3 day.ledger 'PRAGMA user_version = 99' 2> /dev/null
    run canon-ledger check
    status_is 2 'so is a ledger of a later version'
    err_like 'newer version' 'and it says why'
    sqlite3 day.ledger "PRAGMA user_version = $version" 2> /dev/null
else
    skip 'databases of others' 'sqlite3 is not installed'
fi
ln -s day.ledger link
run canon-ledger -l link check
status_is 2 'a link is not followed'
run canon-ledger -l . check
status_is 2 'a folder is no ledger'
run canon-ledger -l no/such/folder create
status_is 2 'nor is there one in a missing folder'

# --- posted, and posted again
cp "$samples"/850-acme-*.edi .
post 850-acme-*.edi
status_is 0 'the day is posted'
quiet 'in silence'
out_is '' 'and nothing is passed on'
before=$(sums)
like "$before" 'files=8 read=13 translated=12 held=0 rejected=1 duplicate=0 ignored=0 documents=22' \
    'all that was read is there'
post 850-acme-*.edi
status_is 0 'the same run again changes nothing'
is "$(sums)" "$before" 'and the sums are what they were'
run canon-ledger -v post records.jsonl
err_like 'posted 0 files, 8 known' 'which -v says'
canon-ledger check --full > /dev/null; ok $? 'it adds up, indexes too'

# --- three kinds of the same
cp 850-acme-plain.edi resent.edi
post resent.edi
status_is 0 'a retransmission is nothing to look at'
like "$(sums)" 'duplicate=1 ' 'it is counted'
like "$(sums)" 'documents=22 ' 'and dropped'

set_of 900 4500077001 > first.edi
set_of 900 4500077002 > second.edi
post first.edi
status_is 0 'a new order'
post second.edi
status_is 1 'another order under the same ISA13 is a collision'
err_like 'L5101 error second.edi .*ISA 000000900' 'which is told with its place'
err_like 'interchange 000000900 was used by document [0-9a-f]{32} of file first.edi, posted 20' \
    'and with the document it met'
err_like 'held' 'and what became of it'
is "$(canon-ledger find 4500077002 | cut -f 5)" held 'it is held'
post second.edi
status_is 0 'run again, it is known'
is "$(canon-ledger find 4500077002 | wc -l)" 1 'and there once'

set_of 901 4500077001 50 > changed.edi
post changed.edi
status_is 1 'another order under a business number that was used is a duplicate document'
err_like 'L5102 error changed.edi .*' 'which is told with its place'
err_like 'number 4500077001.* was used by document [0-9a-f]{32} of file first.edi' 'and what it met'
like "$(sums)" 'held=2 ' 'both are counted as held'
like "$(sums)" 'open_exceptions=3' 'and are exceptions'

# (edi2canon refuses it by itself, unless the partner's rules let it pass.)
set_of 902 4500077003 > sets.edi
edi2canon -q --all sets.edi > records.jsonl
{
    grep '"kind":"order"' records.jsonl
    grep '"kind":"order"' records.jsonl | sed 's/"id":"..../"id":"0000/; s/4500077003/4500077004/g'
    grep '"kind":"batch"' records.jsonl | sed 's/\("[rt][a-z]*_count":\)1/\12/g'
} > twice
run canon-ledger post twice
status_is 1 'the same set number twice in a group'
err_like 'L5101 error sets.edi .*ST 850 0001' 'is a collision, too'
err_like 'set 0001 was used by document' 'and says which'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- by the partner's file
mkdir -p lax/partners
for policy in accept flag; do
    cp "$CROSSDOCK_SOURCE/partners/acme.yaml" lax/partners/acme.yaml
    echo "duplicates: {document: $policy, interchange: $policy}" >> lax/partners/acme.yaml
    set_of "91${#policy}" 4500077001 "6${#policy}" > lax.edi
    edi2canon -C lax -q --all lax.edi > records.jsonl
    run canon-ledger -C lax post records.jsonl
    status_is 0 "duplicates: $policy lets it go on"
    is "$(canon-ledger find 4500077001 | cut -f 5 | sort | uniq -c | tr -s ' \n' ' ')" \
        " 1 held $((${#policy} == 6 ? 2 : 3)) open " 'and it is there'
    if [ $policy = flag ]; then
        err_like 'L5102 warn' 'with a warning'
    else
        quiet 'in silence'
    fi
done
echo 'duplicates: {document: never}' >> lax/partners/acme.yaml
run canon-ledger -C lax post records.jsonl
status_is 0 'a partner file is not asked for what is known'

# --- test data stays out, and goes where it belongs
set_of 950 4500077100 1 1 T > test.edi
post test.edi
status_is 1 'test data is refused'
err_like 'L5103 error test.edi .*not posted|L5103 error test.edi' 'and that is said'
run canon-ledger find 4500077100
status_is 1 'it is not there'
err_like 'L5003 error: .*4500077100' 'which is said'
canon-ledger check > /dev/null; ok $? 'and all adds up'
run canon-ledger -l tests.ledger create --test
status_is 0 'a ledger for tests'
run canon-ledger -l tests.ledger post records.jsonl
status_is 0 'takes it'
is "$(canon-ledger -l tests.ledger find 4500077100 | cut -f 5)" open 'as it takes others'

# --- a map is mended: what was rejected is an order now
sed 's/4500018851/4500088851/g; s/^ISA\(.*\)000000107/ISA\1000000777/; s/IEA\*1\*000000107/IEA*1*000000777/' \
    850-acme-one-bad.edi > mended.edi
post mended.edi
good=$(canon-ledger check | sed -n 's/^translated.//p')
sed -n '/"kind":"batch"/!p' records.jsonl > rest
set_of 777 4500088851 > as-if.edi
edi2canon -q --all as-if.edi 2> /dev/null | grep '"kind":"order"' > order
grep -v '"kind":"reject"' rest > anew
cat order >> anew
grep '"kind":"batch"' records.jsonl | sed 's/"translated_count":2/"translated_count":3/; s/"rejected_count":1/"rejected_count":0/' >> anew
run canon-ledger post anew
status_is 0 'a file that is translated to something else now is posted anew'
is "$(canon-ledger check | sed -n 's/^translated.//p')" "$((good + 1))" 'what is new is added'
is "$(canon-ledger find 4500088851 | grep -c '	order	')" 1 'and can be found'
run canon-ledger post anew
status_is 0 'once'
is "$(canon-ledger check | sed -n 's/^translated.//p')" "$((good + 1))" 'and only once'

# the same with a partner's file that is mended, and a real reject
set_of 960 4500077200 | sed 's/BEG\*00\*SA/BEG*00*QX/' > odd.edi
edi2canon -q --all odd.edi > records.jsonl 2> edi.err
run canon-ledger post records.jsonl
status_is 0 'a set with an unknown code is a reject'
is "$(canon-ledger dead | cut -f 2,6 | grep -c 'reject	4500077200')" 1 'that waits'
cp "$CROSSDOCK_SOURCE/partners/acme.yaml" lax/partners/acme.yaml
echo 'rules: {element-code: warn}' >> lax/partners/acme.yaml
run canon-ledger take acme-acks -p acme --kind functional_ack
sed 's/.*"id":"\([0-9a-f]*\)","partner".*/{"receipt":1,"id":"\1","status":"written"}/' out | canon-ledger done acme-acks
first=$(grep '"interchange_\?[a-z_]*":"\?000000960\|000000960' out | sed 's/.*"id":"\([0-9a-f]*\)","partner".*/\1/')
edi2canon -C lax -q --all odd.edi > records.jsonl
run canon-ledger post records.jsonl
status_is 0 'once the rules let it pass, the same file again brings the order'
is "$(canon-ledger find 4500077200 | cut -f 2,5 | sort | tr '\t\n' ' ,')" 'order open,reject open,' 'it is there'
is "$(canon-ledger dead | grep -c 4500077200)" 0 'and the reject waits no more'
second=$(grep '"kind":"functional_ack"' records.jsonl | sed 's/.*"id":"\([0-9a-f]*\)","partner".*/\1/')
[ -n "$first" ] && [ "$first" != "$second" ]; ok $? 'it would be acknowledged otherwise now'
run canon-ledger take acme-acks --kind functional_ack
out_is '' 'but it was acknowledged'
is "$(canon-ledger find "$second" | cut -f 5)" dismissed 'so that answer is kept aside'
run canon-ledger release "$second"
run canon-ledger take acme-acks --kind functional_ack
is "$(grep -c "\"id\":\"$second\"" out)" 1 'and goes when it is asked for'
set_of 961 4500077201 | sed 's/BEG\*00\*SA/BEG*00*QX/' > odd.edi
edi2canon -q --all odd.edi 2> edi.err | canon-ledger post
edi2canon -C lax -q --all odd.edi | canon-ledger post
run canon-ledger take acme-acks --kind functional_ack
is "$(wc -l < out)" 1 'when the first answer had not left, there is one'
grep -q '"messages_accepted":1,' out; ok $? 'the second'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- pipes that break
edi2canon -q --all 850-acme-batch.edi > whole 2> /dev/null
run canon-ledger -l cut.ledger create
lines=$(wc -l < whole)
for ((n = 1; n < lines; n++)); do
    head -n $n whole > part
    run canon-ledger -l cut.ledger post part
    [ "$status" = 3 ] || echo "after line $n: status $status"
done > wrong
none wrong 'a file without its batch record is a technical failure'
err_like 'L5104 error: part:.*no batch record behind them, which --all prints' 'which is said'
is "$(canon-ledger -l cut.ledger check | sed -n 's/^documents.//p')" 0 'and nothing of it is there'
sed 3d whole > lost
run canon-ledger -l cut.ledger post lost
status_is 3 'nor of one of which a line was lost'
err_like 'L5105 error: lost:1: .*speaks of 3 documents, and 2 came' 'which is said'
head -c $(($(wc -c < whole) - 40)) whole > torn
run canon-ledger -l cut.ledger post torn
status_is 3 'nor of one that ends within a line'
{ head -n 2 whole; echo '{"canon":1,"kind":"order",'; tail -n +3 whole; cat records.jsonl; } > bad
run canon-ledger -l cut.ledger post bad
status_is 1 'nor of one that has a bad line'
err_like 'J9001 error: bad:3:' 'and the line is named'
is "$(canon-ledger -l cut.ledger check | sed -n 's/^files.//p')" 1 'but of the file behind it'
run canon-ledger -l cut.ledger post whole
status_is 0 'a rerun completes it'
is "$(canon-ledger -l cut.ledger check | sed -n 's/^files.//p')" 2 'and it is there'

# --- what was new goes on
run canon-ledger -l tee.ledger create
cat whole records.jsonl > both
run canon-ledger -l tee.ledger post --tee both
grep -v '"kind":"batch"' both > want
same out want '--tee passes on what was new, byte by byte'
run canon-ledger -l tee.ledger post --tee both
out_is '' 'and not what was known'
run canon-ledger -l tee.ledger post --loose want
status_is 0 '--loose takes records without a batch'
run canon-ledger -l loose.ledger create
run canon-ledger -l loose.ledger post --loose --tee want
same out want 'and passes them on'
canon-ledger -l loose.ledger check > /dev/null; ok $? 'and the ledger adds up'
canon-ledger -l full.ledger create
canon-ledger -l full.ledger post --tee both > /dev/full 2> err
status=$?
status_is 3 'a full disk behind --tee is technical'
is "$(canon-ledger -l full.ledger check | sed -n 's/^files.//p')" 2 'and what was committed is there'

# --- found and shown
id=$(canon-ledger find 4500018804 | cut -f 1)
run canon-ledger show "$id"
status_is 0 'a record is shown by its id'
is "$(cat out)" "$(grep "\"id\":\"$id\"" whole)" 'as it came'
run canon-ledger show "${id:0:12}"
status_is 0 'by the beginning of it'
run canon-ledger show ffffffffffffffffffffffffffffffff
status_is 1 'none has that id'
run canon-ledger show "no id'; DROP TABLE document"
status_is 1 'nor that'
run canon-ledger find "$id"
out_like "^$id	order	acme	in	open	4500018804	000000104	850-acme-batch.edi	20" 'a document is found by its id'
run canon-ledger find 4500018804 nothing
status_is 1 'one of two is not there'
out_like '^[0-9a-f]{32}	order' 'and the other is printed'

# --- the command line
run canon-ledger
status_is 2 'no command'
run canon-ledger pots
status_is 2 'no such command'
err_like 'U8006' 'which is said'
run canon-ledger show
status_is 2 'show wants an id'
run canon-ledger check more
status_is 2 'check takes nothing'
run canon-ledger find --tee x
status_is 2 'an option of another command'
err_like '\-\-tee is not for find' 'which is said'
run canon-ledger post no-such-file
status_is 3 'a file that is not there'
run canon-ledger post .
status_is 3 'a folder'
run canon-ledger post /dev/null
status_is 0 'nothing to post is nothing to do'
run env -u CROSSDOCK_LEDGER canon-ledger check
status_is 2 'no ledger is named'
err_like 'CROSSDOCK_LEDGER' 'and it is said how'

done_testing
