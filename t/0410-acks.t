#!/bin/bash
# The acknowledgments we owe: what a 997, 999 and TA1 say of each set, group and interchange; and those that came in.
. "${0%/*}/tap.sh"

# ---- files, made of parts ---------------------------------------------------------------------------------

# isa [ISA13 [ISA14 [ISA12]]]
isa() {
    local repetition=U

    [ "${3:-00401}" = 00401 ] || repetition='^'
    printf 'ISA*00*          *00*          *ZZ*SENDER         *ZZ*CROSSDOCK      *261120*1201*%s*%s*%s*%s*P*:~\n' \
        "$repetition" "${3:-00401}" "${1:-000000101}" "${2:-0}"
}

# gs [GS01 [GS06 [GS08]]]
gs() {
    printf 'GS*%s*SENDERAPP*CROSS*20261120*1201*%s*X*%s~\n' "${1:-PO}" "${2:-101}" "${3:-004010}"
}

# set ST02 [SE01 [ST03]]: an order without a fault but for the count
order() {
    printf 'ST*850*%s%s~\nBEG*00*SA*PO-%s**20261120~\nPO1*1*10*EA*2.50**VP*X-1~\nCTT*1~\nSE*%s*%s~\n' \
        "$1" "${3:+*$3}" "$1" "${2:-5}" "$1"
}

ge() {
    printf 'GE*%s*%s~\n' "$1" "${2:-101}"
}

iea() {
    printf 'IEA*%s*%s~\n' "${1:-1}" "${2:-000000101}"
}

# What --check prints for the file on stdin, without line ends: one acknowledgment a line.
preview() {
    cat > in.edi
    run edi2canon -C . --check in.edi
    echo "$status" > ended
    tr -d '\n' < out | sed 's/ST\*99/\n&/g; s/TA1\*/\n&/g' | sed '/^$/d'
}

# The record of --acks, without what it has in common with all others.
record() {
    cat > in.edi
    run edi2canon -C . --acks in.edi
    grep '"kind":"functional_ack"' out
}

# ---- groups, set by set -----------------------------------------------------------------------------------

is "$({ isa; gs; order 0001; order 0002; ge 2; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK2*850*0002~AK5*A~AK9*A*2*2*2~SE*8~' 'a clean group is accepted'
is "$({ isa; gs; order 0001; order 0002 9; order 0003; ge 3; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK2*850*0002~AK5*R*4~AK2*850*0003~AK5*A~AK9*P*3*3*2~SE*10~' \
    'a bad set does not harm its neighbours: P, and true counts'
is "$({ isa; gs; order 0001 9; order 0002 9; ge 2; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*R*4~AK2*850*0002~AK5*R*4~AK9*R*2*2*0~SE*8~' \
    'all rejected: R, none accepted, and written all the same'
is "$({ isa; gs; order 0001; order 0001; ge 2; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK2*850*0001~AK5*R*23~AK9*P*2*2*1~SE*8~' 'an ST02 that was there before'
is "$({ isa; gs; order 0001 | sed 's/SE\*5\*0001/SE*5*0002/'; ge 1; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*R*3~AK9*R*1*1*0~SE*6~' 'SE02 is not ST02'
is "$({ isa; gs; order 0001 | sed 's/\*850/*899/'; order 0002; ge 2; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*899*0001~AK5*R*1~AK2*850*0002~AK5*A~AK9*P*2*2*1~SE*8~' 'a set that nobody knows'
is "$({ isa; gs; ge 0; iea; } | preview)" 'ST*997~AK1*PO*101~AK9*A*0*0*0~SE*4~' 'a group without sets'
is "$({ isa; gs; order 0001; ge 2; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK9*E*2*1*1*5~SE*6~' 'what is wrong with a GE is noted: the sets were taken already'
is "$({ isa; gs; order 0001; ge 1 102; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK9*E*1*1*1*4~SE*6~' 'GE02 is not GS06'

# ---- segments and elements --------------------------------------------------------------------------------

is "$({ isa; gs; order 0001 | sed '/^BEG/d; s/SE\*5/SE*4/'; ge 1; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK3*BEG*2**3~AK5*R*5~AK9*R*1*1*0~SE*7~' 'a missing segment is named where it should be'
is "$({ isa; gs; order 0001 | sed 's/\*SA\*/*XX*/; s/\*EA\*/*E*/'; ge 1; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK3*BEG*2**8~AK4*2*92*7*XX~AK3*PO1*3**8~AK4*3*355*4*E~AK5*R*5~AK9*R*1*1*0~SE*10~' \
    'elements: position, data element, code, copy'
is "$({ isa; gs; order 0001 | sed 's/PO1\*1\*10\*EA/PO1*1**EA/'; ge 1; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK3*PO1*3**8~AK4*2*330*2~AK5*R*5~AK9*R*1*1*0~SE*8~' \
    'a condition: the element that lacks, without a copy'

# ---- what has no end --------------------------------------------------------------------------------------

is "$({ isa; gs; order 0001 | sed '/^SE/d'; order 0002; ge 2; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*R*2~AK2*850*0002~AK5*A~AK9*P*2*2*1~SE*8~' 'a set without SE, and the next one'
is "$({ isa; gs; order 0001; iea; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK9*E*1*1*1*3~SE*6~' 'a group without GE'
is "$({ isa; gs; order 0001; gs PO 102; order 0001; ge 1 102; iea 2; } | preview)" \
    "$(printf '%s\n' 'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK9*E*1*1*1*3~SE*6~' \
        'ST*997~AK1*PO*102~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6~')" 'a group without GE, and the next one'
is "$({ isa; gs; order 0001; order 0002 | sed '/^CTT/,$d'; } | preview)" \
    'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK2*850*0002~AK5*R*2~AK9*P*2*2*1*3~SE*8~' 'a file that breaks off is answered'
is "$(cat ended)" 1 '... and told by the exit status'
is "$({ isa 000000101 1; gs; order 0001; } | preview | tail -n 1)" 'TA1*000000101*261120*1201*E*023~' '... TA1 and all'

# ---- releases ---------------------------------------------------------------------------------------------

is "$({ isa 000000101 0 00501; gs PO 101 005010; order 0001 5 005010UCS1; order 0002; ge 2; iea; } | preview)" \
    'ST*997~AK1*PO*101*005010~AK2*850*0001*005010UCS1~AK5*A~AK2*850*0002~AK5*A~AK9*A*2*2*2~SE*8~' \
    'from 005010 on AK103 and AK203'
cp in.edi late.edi
record < late.edi > record
like "$(cat record)" '"acked_group_release":"005010".*"acked_message_release":"005010UCS1"' '... in the record too'
like "$(cat record)" '"source":\{[^}]*"release":"005010"' '... which knows the release to answer in'
{ isa; gs; order 0001; ge 1; iea; } | record > record
like "$(cat record)" '"ack_type_code":"997".*"group_status_code":"A"' 'in 004010 a 997'
holds '... without them' eval '! grep -q acked_group_release record'

mkdir partners
cat > partners/niner.yaml << 'END'
partner: niner
ids: [{isa: "ZZ:SENDER"}]
ack: {fa: 999}
END
is "$({ isa 000000101 0 00501; gs PO 101 005010; order 0001 | sed 's/PO1\*1\*10\*EA/PO1*1**EA/'; ge 1; iea; } | preview)" \
    'ST*999~AK1*PO*101*005010~AK2*850*0001~IK3*PO1*3**8~IK4*2*380*2~CTX*SITUATIONAL TRIGGER*PO1*3**3~IK5*R*5~AK9*R*1*1*0~SE*9~' \
    'a 999 for whoever wants it'
is "$({ isa; gs; order 0001; ge 1; iea; } | preview)" 'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6~' \
    '... but not before 005010'
is "$({ isa 000000101 0 00501; gs PO 101 005010; order 0001; ge 1; iea; } | record | sed 's/.*"ack_type_code":"\([^"]*\).*/\1/')" \
    999 '... as a record'

# ---- what the partner wants -------------------------------------------------------------------------------

answers() {
    printf 'partner: niner\nids: [{isa: "ZZ:SENDER"}]\nack: {%s}\n' "$1" > partners/niner.yaml
    shift
    { isa 000000101 "${1:-0}"; gs; order 0001; order 0002 "${2:-9}"; ge 2; iea "${3:-1}"; } | preview
}
is "$(answers 'detail: rejected')" 'ST*997~AK1*PO*101~AK2*850*0002~AK5*R*4~AK9*P*2*2*1~SE*6~' 'rejected sets alone'
is "$(answers 'detail: none')" 'ST*997~AK1*PO*101~AK9*P*2*2*1~SE*4~' 'no sets at all'
is "$(answers 'fa: none')" '' 'no acknowledgment'
is "$(answers 'fa: none' 1)" 'TA1*000000101*261120*1201*A*000~' '... which says nothing about the TA1'
is "$(answers 'fa: none, ta1: never' 1)" '' 'ta1: never, even when asked'
is "$(answers 'fa: none, ta1: always' 0)" 'TA1*000000101*261120*1201*A*000~' 'ta1: always, even when not'
is "$(answers 'fa: none, ta1: on-error' 1)" '' 'ta1: on-error, and there is none'
is "$(answers 'fa: none, ta1: on-error' 0 5 7)" 'TA1*000000101*261120*1201*E*021~' 'ta1: on-error, and there is one'
is "$(answers 'fa: none, ta1: isa14' 0 5 7)" '' 'ta1: isa14 is the default: not asked, not sent'
rm -r partners

# ---- headers that are wrong: nothing behind them is taken -------------------------------------------------

is "$({ isa 000000101 1 | sed 's/1201/3301/'; gs; order 0001; ge 1; iea; } | preview)" 'TA1*000000101*261120*3301*R*015~' \
    'a wrong ISA is refused by TA1, and its groups are not answered'
is "$({ isa | sed 's/1201/3301/'; gs; order 0001; ge 1; iea; } | preview)" '' '... unless it was not asked for'
is "$({ isa; gs | sed 's/20261120/20261320/'; order 0001; ge 1; gs PO 102; order 0002; ge 1 102; iea 2; } | preview)" \
    "$(printf '%s\n' 'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK9*R*1*1*0*1~SE*6~' \
        'ST*997~AK1*PO*102~AK2*850*0002~AK5*A~AK9*A*1*1*1~SE*6~')" 'a wrong GS is refused, and its neighbour is not'
is "$(run edi2canon in.edi; sed 's/.*"order_number":"\([^"]*\)".*/\1/' out)" PO-0002 '... and of the two that alone comes out'

# ---- acknowledgments are not acknowledged -----------------------------------------------------------------

functional() {
    printf 'ST*%s*0001~\nAK1*PO*55%s~\nAK2*850*0007%s~\n%s\nAK9*%s~\nSE*%s*0001~\n' "$1" "$2" "$3" "$4" "$5" "$6"
}
{ isa; gs FA; functional 997 '' '' 'AK3*PO1*3**8~AK4*2:1*330*1*X~AK4*3*355*7~AK3*N1*5*LOOP*3~AK5*R*5*4~' 'P*2*2*1*5' 10
    ge 1; iea; } > fa.edi
is "$(preview < fa.edi)" '' 'a group of acknowledgments is not answered'
is "$(isa; gs FA; functional 997 '' '' 'AK5*A~' 'A*1*1*1' 99; ge 1; iea)" \
    "$(isa; gs FA; functional 997 '' '' 'AK5*A~' 'A*1*1*1' 99; ge 1; iea)" 'the parts are what they seem'
is "$({ isa; gs FA; functional 997 '' '' 'AK5*A~' 'A*1*1*1' 99; ge 1; iea; } | preview)" '' '... not even a bad one'
is "$(cat ended)" 1 '... which is told'

# ---- those that came in -----------------------------------------------------------------------------------

record < fa.edi > record
is "$(wc -l < record)" 1 'a 997 that came in is one record, and nothing is owed for it'
like "$(cat record)" '"direction":"in","keys":\{"acked_group_control_number":"55","acked_message_control_number":\["0007"\]\}' \
    '... with its keys'
like "$(cat record)" '"ack_type_code":"997","ack_date":"2026-11-20","ack_time":"12:01","acked_group_code":"PO"' \
    '... its type and date, which no map reads'
like "$(cat record)" '"group_status_code":"P","group_error_codes":\["5"\],"messages_included":2,"messages_received":2,"messages_accepted":1,' \
    '... the group'"'"'s verdict'
like "$(cat record)" '"message_status_code":"R","message_error_codes":\["5","4"\],"errors":\[' '... the sets'
like "$(cat record)" '"errors":\[\{"segment_id":"PO1","segment_position":3,"segment_error_code":"8","elements":\[\{"element_position":2,"component_position":1,"element_ref":"330","element_error_code":"1","bad_value":"X"\},\{"element_position":3,"element_ref":"355","element_error_code":"7"\}\]\},\{"segment_id":"N1","segment_position":5,"loop_id":"LOOP","segment_error_code":"3"\}\]' \
    '... segments and elements'
run edi2canon fa.edi
status_is 0 'without --acks it is passed over'
out_is '' '... and no document'

{ isa 000000101 0 00501; gs FA 101 005010X231A1
    functional 999 '*005010' '*005010UCS' \
        'IK3*PO1*3**8~CTX*PO104:17*PO1*3~IK4*2*330*2~CTX*SITUATIONAL TRIGGER*PO1*3**3:1*355~IK5*R*5~' 'R*1*1*0' 10
    ge 1; iea; } | record > record
like "$(cat record)" '"ack_type_code":"999".*"acked_group_release":"005010".*"acked_message_release":"005010UCS"' \
    'a 999 that came in'
like "$(cat record)" '"contexts":\[\{"name":"PO104","value":"17","segment_id":"PO1","segment_position":3\}\],"elements":' \
    '... CTX of a segment'
like "$(cat record)" '"contexts":\[\{"name":"SITUATIONAL TRIGGER","segment_id":"PO1","segment_position":3,"element_position":3,"component_position":1,"element_ref":"355"\}\]' \
    '... and of an element'

{ isa; echo 'TA1*000000044*261119*0900*R*021~'; iea 0; } | record > record
like "$(cat record)" '"direction":"in".*"ack_type_code":"TA1".*"acked_interchange_control_number":"000000044","acked_interchange_date":"2026-11-19","acked_interchange_time":"09:00","interchange_status_code":"R","interchange_note_code":"021"\}' \
    'a TA1 that came in'

# ---- identity ---------------------------------------------------------------------------------------------

id() {
    sed 's/.*"id":"\([0-9a-f]*\)".*/\1/'
}
{ isa 000000101 1; gs; order 0001; order 0002 9; ge 2; iea; } > once.edi
first=$(record < once.edi | id)
is "$(wc -l <<< "$first")" 2 'a 997 and a TA1'
cp once.edi elsewhere.edi
run edi2canon --acks elsewhere.edi
is "$(grep functional_ack out | id)" "$first" 'the same file acknowledged again has the same ids'
is "$(sed 's/000000101/000000102/' once.edi | record | id | sort - <(echo "$first") | uniq -d | wc -l)" 0 \
    'the same content in another interchange has others'
record < once.edi > record
run edi2canon --acks in.edi in.edi
is "$(grep -c '"kind":"functional_ack"' out)" 4 'each file is answered'
done_testing
