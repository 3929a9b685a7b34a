#!/bin/bash
# What waits for somebody is listed, exported as it came, and put aside with a reason; numbers, the log, copies.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/x12
export CROSSDOCK_LEDGER=day.ledger
canon-ledger create

# --- rejects
edi2canon -q --all "$samples/850-acme-one-bad.edi" 2> edi.err | canon-ledger post
run canon-ledger dead
status_is 0 'what waits is listed'
out_like '^1	reject	[0-9a-f]{32}	reject	acme	4500018851		20[^	]*Z	rejected on reading$' 'with all there is to say'
id=$(cut -f 3 out)
run canon-ledger dead list
is "$(wc -l < out)" 1 'dead list is the same'
run canon-ledger dead export "$id"
status_is 0 'its bytes are exported'
tr -d '\r\n' < "$samples/850-acme-one-bad.edi" | grep -o 'ST\*850\*0002.*SE\*[0-9]*\*0002~' |
    tr -d '\n' > want
tr -d '\r\n' < out > got
same got want 'as they came'
printf 'ST*850*0001~\001\200BEG*00~SE*3*0001~' > odd
{
    printf '{"canon":1,"kind":"reject","id":"00000000000000000000000000000001","partner":"acme","direction":"in",'
    printf '"class_code":"business","level_code":"message","summary":"x","reason_count":1,"raw":"%s",' "$(base64 -w 0 odd)"
    printf '"raw_encoding":"base64","raw_length":%d}\n' "$(wc -c < odd)"
} > odd.jsonl
run canon-ledger post --loose odd.jsonl
status_is 0 'a reject in base64'
run canon-ledger dead export 00000000000000000000000000000001
same out odd 'gives its bytes, too'
canon-ledger dead export "$id" > /dev/full 2> err
status=$?
status_is 3 'a full disk is technical'
order=$(canon-ledger find 4500018850 | cut -f 1)
run canon-ledger dead export "$order"
status_is 1 'a document that was read has no raw bytes'
err_like 'L5204.*no reject' 'which is said'

run canon-ledger dead dismiss "$id"
status_is 2 'nothing is put aside without a reason'
run canon-ledger dead dismiss "$id" --reason 'acme sent it again by mail'
status_is 0 'with one it is'
run canon-ledger dead
is "$(wc -l < out)" 1 'and waits no more'
run canon-ledger dead show "$id"
out_like '^1	reject	dismissed		20.*	20.*	rejected on reading	acme sent it again by mail$' 'which can be seen'
run canon-ledger dead dismiss "$id" --reason twice
status_is 1 'twice is once too much'
run canon-ledger dead show "$order"
status_is 1 'nothing was ever wrong with others'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- held, put aside, and called back
sed 's/4500018804/4500018899/' "$samples/850-acme-batch.edi" > other.edi
edi2canon -q --all "$samples/850-acme-batch.edi" other.edi | canon-ledger post 2> err
held=$(canon-ledger find 4500018899 | cut -f 1)
run canon-ledger dead
out_like "^[0-9]+	collision	$held	order	acme	4500018899		20.*interchange 000000104 was used by document" \
    'what is held is listed, with what it met'
run canon-ledger dead dismiss "${held:0:8}" --reason 'sent by mistake'
status_is 0 'it is dismissed'
is "$(canon-ledger find 4500018899 | cut -f 5)" dismissed 'and says so'
run canon-ledger take erp --kind order
is "$(grep -c "$held" out)" 0 'nobody is offered it'
run canon-ledger release "$held" --reason 'it was none'
status_is 0 'it can be called back'
run canon-ledger take erp --kind order
is "$(grep -c "$held" out)" 1 'and then is offered'

# --- refused, and put aside for one consumer
printf '{"receipt":1,"id":"%s","status":"refused","reasons":[]}\n' "$held" | canon-ledger done erp 2> err
run canon-ledger dead dismiss "$held" --consumer nobody --reason x
status_is 2 'there is no such consumer'
run canon-ledger dead dismiss "$held" --consumer erp --reason 'entered by hand'
status_is 0 'what one consumer refused is dismissed'
is "$(canon-ledger find 4500018899 | cut -f 5)" open 'for that one alone'
canon-ledger check > /dev/null; ok $? 'all adds up'

# --- control numbers
run canon-ledger numbers next 'ISA 01:555010101 ZZ:CROSSDOCK'
out_is 1 'a series begins with 1'
run canon-ledger numbers next 'ISA 01:555010101 ZZ:CROSSDOCK' --count 3
out_is "$(printf '2\n3\n4')" 'and counts'
run canon-ledger numbers next other
out_is 1 'others for themselves'
run canon-ledger numbers
out_like '^ISA 01:555010101 ZZ:CROSSDOCK	4	20' 'they are listed'
run canon-ledger numbers reset other
status_is 2 'a reset wants a number and a reason'
run canon-ledger numbers reset other --to 999999999 --reason 'the partner counted on'
status_is 0 'with them it is done'
run canon-ledger numbers next other
out_is 999999999 'and is where it goes on'
run canon-ledger numbers next other
status_is 1 'at the end there are no more'
out_is '' 'and none is printed'
err_like 'L5301 error: .*at its end' 'which is said'
run canon-ledger numbers next "$(printf 'a\tb')"
status_is 1 'a name has no control characters'
for i in 1 2 3 4 5 6 7 8; do
    for ((n = 0; n < 25; n++)); do canon-ledger numbers next many; done > numbers.$i &
done
wait
is "$(cat numbers.? | sort -n | uniq | wc -l)/$(cat numbers.? | sort -n | tail -n 1)" 200/200 \
    'eight at once get each number once, without a gap'
canon-ledger numbers next many > /dev/full 2> err
status=$?
status_is 3 'a number that could not be printed'
run canon-ledger numbers next many
out_is 202 'is used all the same'

# --- the log
run canon-ledger events
status_is 0 'the log is printed'
cut -f 3 out > whats
printf '%s\n' posted dismissed posted held posted dismissed released refused dismissed 'numbers reset' > want
same whats want 'as it happened'
run canon-ledger events --last 2
is "$(cut -f 3 out | tr '\n' ,)" 'dismissed,numbers reset,' 'or its end'
out_like '	other: from 1 to 999999998: the partner counted on$' 'with reasons'
timeout 20 canon-ledger events --last 1 --follow > followed 2> err &
for ((i = 0; i < 200 && $(wc -l < followed) < 1; i++)); do sleep 0.05; done
canon-ledger numbers reset other --to 7 --reason again
for ((i = 0; i < 200 && $(wc -l < followed) < 2; i++)); do sleep 0.05; done
kill %% && wait
is "$(cut -f 3 followed | tr '\n' ,)" 'numbers reset,numbers reset,' '--follow waits for more'
if command -v sqlite3 > /dev/null; then
    ! sqlite3 day.ledger 'DELETE FROM event' 2> err
    ok $? 'the log is not cut by mistake'
else
    skip 'the log is not cut by mistake' 'sqlite3 is not installed'
fi

# --- copies
run canon-ledger backup copy.ledger
status_is 0 'a copy is made'
quiet 'in silence'
is "$(stat -c %a copy.ledger)" 600 'for its owner alone'
canon-ledger check > want; canon-ledger -l copy.ledger check > got
same got want 'it is a ledger, and holds the same'
run canon-ledger backup copy.ledger
status_is 3 'nothing is written over'
err_like 'copy.ledger: .*File exists' 'which is said'
run canon-ledger backup no/such/folder/copy
status_is 3 'a folder that is missing is technical'
run canon-ledger backup /dev/full
status_is 3 'so is a device'
find . -name '*.part*' > wrong
none wrong 'no part of a copy is left'

done_testing
