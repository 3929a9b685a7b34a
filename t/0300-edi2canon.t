#!/bin/bash
# edi2canon: what goes in comes out or is told, however it goes in; and each option does what the manual says.

. "${0%/*}/tap.sh"

x12=$CROSSDOCK_SOURCE/samples/x12

# --- what is read is translated, rejected or ignored; each record is counted; every byte is read

# Says what is wrong with the last run over $1.
wrong_counts() {
    local file=$1 line
    local pattern='read ([0-9]+) = translated ([0-9]+) \+ rejected ([0-9]+) \+ ignored ([0-9]+);.* ([0-9]+) bytes,'

    [ "$status" -le 1 ] || echo "$file: exit status $status"
    line=$(grep -a ' X1010 ' err)
    if ! [[ $line =~ $pattern ]]; then
        echo "$file: no counts: $line"
    else
        [ $((BASH_REMATCH[2] + BASH_REMATCH[3] + BASH_REMATCH[4])) -eq "${BASH_REMATCH[1]}" ] &&
            [ "$(wc -l < out)" -eq "${BASH_REMATCH[2]}" ] &&
            [ "$(stat -L -c %s "$file")" -eq "${BASH_REMATCH[5]}" ] ||
            echo "$file: $(wc -l < out) records, $(stat -L -c %s "$file") bytes: $line"
        if [ "${BASH_REMATCH[3]}" -gt 0 ] && [ "$status" -ne 1 ]; then
            echo "$file: sets are rejected, and the exit status is $status"
        fi
    fi
    if [ "$status" -eq 1 ] && ! grep -Eaq '^[A-Z][0-9]{4} error ' err; then
        echo "$file: exit status 1 without an error"
    fi
}

for file in "$x12"/*.edi; do
    run edi2canon -v --max-findings=0 "$file"
    wrong_counts "$file"
done > wrong
none wrong 'of every sample, read = translated + rejected + ignored'

if [ -n "$corpus" ]; then
    for file in "$corpus"/x12-*/* "$corpus"/staedi-errors/*.edi; do
        run edi2canon -v --max-findings=0 "$file"
        wrong_counts "$file"
    done > wrong
    none wrong 'and of every file that others wrote'
else
    skip 'and of every file that others wrote' 'there is no ../shared/corpus'
fi

# --- digits

order() {
    printf 'ISA*00*          *00*          *%s*%-15s*ZZ*CROSSDOCK      *261124*0800*U*00401*%09d*0*P*>~\n' \
        "${sender_qualifier:-ZZ}" "${sender:-NOBODY}" "${isa13:-1}"
    printf 'GS*PO*%s*CROSSDOCK*20261124*0800*%s*X*004010~\nST*850*0001~\nBEG*00*SA*4711**20261124~\n' \
        "${sender:-NOBODY}" "${isa13:-1}"
    cat
    printf 'SE*%s*0001~\nGE*1*%s~\nIEA*1*%09d~\n' "$1" "${isa13:-1}" "${isa13:-1}"
}

order 8 > digits.edi << 'END'
SAC*C*D240***1250**********Freight~
PO1*1*10.500*EA*1234567.8901**VP*A-1~
PO1*2*.5*EA*007.10**VP*A-2~
PO1*3*-3*EA*0**VP*A-3~
CTT*3~
END
run edi2canon -q digits.edi
status_is 0 'numbers of all forms are read'
record=$(cat out)
like "$record" '"amount":"12\.50"' 'an element of two implied decimals gets its point'
like "$record" '"quantity":"10\.500","uom":"EA","unit_price":"1234567\.8901"' 'digits and scale stay as they came'
like "$record" '"quantity":"0\.5","uom":"EA","unit_price":"7\.10"' 'a number gets a digit before its point, and no zeros'
like "$record" '"quantity":"-3","uom":"EA","unit_price":"0"' 'a sign stays'

# --- files, standard input, a pipe; whole runs

nameless() {
    sed 's/"file":"[^"]*",//' "$@"
}

run edi2canon -q "$x12"/850-acme-batch.edi "$x12"/850-nordwind-bulk.edi
nameless out > together
like "$(head -n 1 out)" '"file":"850-acme-batch\.edi"' 'a record names its file, without folders'
{
    edi2canon -q "$x12"/850-acme-batch.edi
    edi2canon -q "$x12"/850-nordwind-bulk.edi
} | nameless > apart
same together apart 'files together give what they give apart'
run edi2canon -q < "$x12"/850-acme-batch.edi
nameless out > stdin
run edi2canon -q - "$x12"/850-nordwind-bulk.edi < "$x12"/850-acme-batch.edi
nameless out > dash
head -n 3 together > first
same stdin first 'so does standard input'
same dash together 'and - among files'
# shellcheck disable=SC2002
cat "$x12"/850-acme-batch.edi "$x12"/850-nordwind-bulk.edi > both.edi
run edi2canon -q both.edi
nameless out | sed 's/"offset":[0-9]*,//' > joined
sed 's/"offset":[0-9]*,//' together > want
same joined want 'one file of both gives the same, but for the places'
mkfifo slow
for piece in 1 7 4095; do
    for file in 850-acme-full 850-many-delimiters 850-acme-one-bad 850-nordwind-dropship; do
        edi2canon -q "$x12/$file.edi" 2> want.err | nameless > want
        dd if="$x12/$file.edi" of=slow bs=$piece 2> /dev/null &
        run edi2canon -q slow
        wait
        nameless out > got
        cmp -s got want || echo "$file in pieces of $piece: the records differ"
        sed "s,$x12/$file.edi,slow," want.err | cmp -s - err || echo "$file in pieces of $piece: the findings differ"
    done
done > wrong
none wrong 'pieces of any size give the same records and findings'

edi2canon -q "$x12"/*.edi > one 2> /dev/null
(cd / && edi2canon -q "$x12"/*.edi) > two 2> /dev/null
TZ=Asia/Tokyo LC_ALL=C.UTF-8 edi2canon -q "$x12"/*.edi > three 2> /dev/null
same two one 'the same bytes from another folder'
same three one 'and in another zone and language'

# --- ids

ids() {
    grep -o '"id":"[0-9a-f]\{32\}"' | sort -u
}

order 5 > first.edi << 'END'
PO1*1*1*EA*1**VP*A-1~
CTT*1~
END
sed 's/000000001/000000002/; s/\*1\*X\*/*2*X*/; s/^GE\*1\*1~/GE*1*2~/' first.edi > again.edi
sed 's/A-1/A-2/' first.edi > other.edi
edi2canon -q first.edi | ids > id1
edi2canon -q again.edi | ids > id2
edi2canon -q other.edi | ids > id3
edi2canon -q -p zenith -m x12-850 first.edi 2> /dev/null | ids > id4
is "$(wc -l < id1)" 1 'a record has an id of 32 hexadecimal digits'
same id2 id1 'sent again in another interchange it has the same id'
is "$(sort -u id1 id3 | wc -l)" 2 'other bytes give another id'
is "$(sort -u id1 id4 | wc -l)" 2 'and so does another partner'
run edi2canon -q again.edi
out_like '"interchange":"000000002","group":"2","set":"0001"' 'while its source says where it came from'
tr '~' "'" < first.edi > quoted.edi
run edi2canon -q quoted.edi
out_like '"order_number":"4711"' 'a set with other delimiters is read'
is "$(cut -d, -f8- out | sed 's/.*"order_number"/"order_number"/')" \
    "$(edi2canon -q first.edi | sed 's/.*,"order_number"/"order_number"/')" 'to the same fields'

# --- elements that no map reads

order 6 > unmapped.edi << 'END'
PO1*1*1*EA*1**VP*A-1~
SPI*00~
CTT*1~
END
run edi2canon -p acme -m x12-850 unmapped.edi
status_is 0 'an element without a line of the map is no error'
err_like 'M3[0-9]{3} warn.*SPI.*1 time' 'it is named, with how often it came'
out_like '"order_number":"4711"' 'and the record is there'
cp out plain
for word in ignore warn error keep; do
    run edi2canon --unmapped=$word -p acme -m x12-850 unmapped.edi
    cp out out.$word
    cp err err.$word
    echo "$status" > status.$word
done
none err.ignore '--unmapped=ignore is silent'
same out.ignore plain 'and changes nothing in the record'
same out.warn plain 'nor does --unmapped=warn'
is "$(cat status.error)" 1 '--unmapped=error refuses the set'
none out.error 'without a record'
is "$(cat status.keep)" 0 '--unmapped=keep does not'
like "$(cat out.keep)" '"extra":\[\{[^}]*"tag":"SPI"' 'and carries it'
mkdir -p partners
printf 'partner: keeper\nids: [{isa: "ZZ:NOBODY"}]\nunmapped: keep\n' > partners/keeper.yaml
run edi2canon -q -C . unmapped.edi
out_like '"partner":"keeper".*"extra":\[' 'the partner file may say so'
run edi2canon -q --unmapped=error -C . unmapped.edi
status_is 1 'and the option goes before it'
rm -r partners

# --- partners

run edi2canon first.edi
status_is 0 'an unknown sender is no error'
err_like 'X1401 warn first.edi:1 .*' 'it is told'
err_like 'ZZ:NOBODY' 'with its identity'
out_like '"map":"x12-850@' 'and the generic map reads it'
run edi2canon --known-partners-only first.edi
status_is 1 '--known-partners-only refuses it'
out_is '' 'all of it'
sender_qualifier=01 sender=555010102 order 5 > near.edi << 'END'
PO1*1*1*EA*1**VP*A-1~
CTT*1~
END
run edi2canon near.edi
err_like 'hint: the nearest is partner acme, 01:555010101 \(.*acme\.yaml\)' 'the nearest one is named'
sender_qualifier=ZZ sender=555010101 order 5 > qualifier.edi << 'END'
PO1*1*1*EA*1**VP*A-1~
CTT*1~
END
run edi2canon qualifier.edi
err_like 'X140[0-9] warn' 'another qualifier is told'
out_like '"partner":"acme"' 'and the partner is taken'
run edi2canon -q -p acme first.edi
out_like '"partner":"acme".*"map":"acme/850@' '-p names the partner, whoever sent it'
run edi2canon -q -p acme -m x12-850 first.edi
out_like '"partner":"acme".*"map":"x12-850@' '-m names the map'
run edi2canon -q -m x12-850 first.edi "$x12/855-tundra.edi"
out_like '"kind":"order_ack"' 'for the sets it is made for, and no others'
mkdir -p mine/maps mine/partners
printf 'partner: own\nids: [{isa: "ZZ:NOBODY"}]\nmaps: {"850": mine}\n' > mine/partners/own.yaml
printf 'map: mine\nbase: x12-850\ntree:\n  - BEG: {"03": release_number}\n' > mine/maps/mine.yaml
run edi2canon -q -C mine first.edi
status_is 0 '-C names the folder'
out_like '"partner":"own".*"map":"mine@' 'whose partners and maps are taken'
out_like '"release_number":"4711"' 'and whose map reads'

# --- character sets

latin=$(printf 'PO1*1*1*EA*1**VP*N\xfcrnberg~')
for case in nordwind:0 acme:1 zenith:1; do
    printf '%s\nCTT*1~\n' "$latin" | order 5 > latin.edi
    run edi2canon -q -p "${case%:*}" -m x12-850 latin.edi
    status_is "${case#*:}" "a byte of ISO-8859-1 from ${case%:*}"
done
run edi2canon -q -p nordwind latin.edi
out_like $'N\xc3\xbcrnberg' 'becomes UTF-8'
run edi2canon -p acme -m x12-850 latin.edi
err_like 'N\\xfcrnberg' 'or is told as it came'
mkdir -p partners
for policy in error keep replace; do
    printf 'partner: p\nids: [{isa: "ZZ:P"}]\ncharset: utf-8\nbad_bytes: %s\n' $policy > partners/p.yaml
    run edi2canon -q -C . -p p -m x12-850 latin.edi
    cp out out.$policy
done
none out.error 'bad_bytes: error refuses the set'
grep -q $'N\xc3\xbcrnberg' out.keep; ok $? 'keep takes the byte for the character of that number'
grep -q $'N\xef\xbf\xbdrnberg' out.replace; ok $? 'replace puts a mark in its place'
rm -r partners

# --- checking

run edi2canon --check "$x12/850-acme-plain.edi"
status_is 0 '--check of a sound file'
is "$(tr -d '\n' < out)" 'ST*997~AK1*PO*101~AK2*850*0001~AK5*A~AK9*A*1*1*1~SE*6~' 'prints what would be sent'
quiet 'and nothing else'
echo 'BEG*00*XX*1**20261124~PO1*1*1~' > fragment
run edi2canon --check fragment
status_is 1 'a fragment is checked'
err_like '^X1008 ' 'and called one'
err_like 'BEG02 .*"XX"' 'its elements are'
out_is '' 'no acknowledgment belongs to it'
run edi2canon fragment
status_is 1 'without --check it is no X12'
err_like 'X1001 error' 'says so'
err_like 'hint: .*--check' 'and how to look at it'
for file in "$x12"/*.edi; do
    run edi2canon -v --check "$file"
    grep -aq 'translated 0 ' err || echo "$file: translated"
    ! grep -q '^{' out || echo "$file: a record"
    [ "$status" = 0 ] || case $file in *one-bad*) [ "$status" = 1 ] ;; *) echo "$file: exit status $status" ;; esac
done > wrong
none wrong 'no sample gives a record with --check'

# --- findings as data

if command -v jq > /dev/null; then
    run edi2canon --diagnostics=json "$x12/850-acme-one-bad.edi"
    status_is 1 'findings can be had as JSON'
    holds 'an object a line' jq -e . err
    is "$(jq -rs '.[0] | [.code, .rule, .severity, .class, .line, .offset, .partner, .interchange, .group, .set,
            .segment, .element, .element_id, .value] | map(tostring) | join(" ")' err)" \
        'S2209 element-code error business 13 348 acme 000000107 107 0002 BEG 2 92 SX' 'with all that is known'
    jq -rs '.[0] | keys[]' err > members
    for member in file set_id ordinal element_name summary expected consequence; do
        grep -qx "$member" members || echo "no member $member"
    done > wrong
    none wrong 'and all that is said'
    run edi2canon --diagnostics=json -v --unmapped=warn "$x12"/*.edi
    holds 'also of what is counted' jq -e '.code' err
    run edi2canon --diagnostics=json --no-such-option
    status_is 2 'and of usage'
    printf 'ISA\001\033[31m\n' > hostile
    run edi2canon --diagnostics=json hostile "$x12/../../t" nothing
    status_is 3 'and of files'
    holds 'whatever they hold' jq -e '.code' err
    is "$(tr -d '\n' < err | tr -d '[:print:]' | wc -c)" 0 'nothing that a terminal obeys'
else
    skip 'findings can be had as JSON' 'jq is not installed'
fi
run edi2canon --max-findings=2 "$x12/850-acme-one-bad.edi"
is "$(grep -c '^S2' err)" 2 '--max-findings prints so many'
err_like '[0-9]+ (more|further)' 'and counts the rest'

# --- acks, rejects, all

run edi2canon -q --acks "$x12/850-acme-one-bad.edi"
is "$(grep -o '"kind":"[a-z_]*"' out | tr '\n' ' ')" \
    '"kind":"order" "kind":"order" "kind":"functional_ack" ' '--acks adds what we owe'
run edi2canon -q --rejects "$x12/850-acme-one-bad.edi"
is "$(grep -o '"kind":"[a-z_]*"' out | tr '\n' ' ')" \
    '"kind":"order" "kind":"reject" "kind":"order" ' '--rejects adds what was refused, in its place'
run edi2canon -q --all "$x12/850-acme-one-bad.edi" "$x12/997-acme.edi"
is "$(grep -o '"kind":"[a-z_]*"' out | tr -d '"' | cut -d: -f2 | tr '\n' ' ')" \
    'order reject order functional_ack batch functional_ack batch ' '--all adds both, and a batch a file'
out_like "\"sha256\":\"$(sha256sum < "$x12/997-acme.edi" | cut -d' ' -f1)\"" 'with the SHA-256 of the file'
out_like '"byte_count":742,.*"read_count":3,"translated_count":2,"held_count":0,"rejected_count":1,' 'and its counts'

# --- interrupted

for _ in {1..400}; do cat "$x12/850-acme-full.edi"; done > many.edi
for signal in INT TERM HUP; do
    rm -f slow got
    mkfifo slow
    (
        exec 3< slow
        for _ in {1..40}; do
            head -c 5000 <&3
            sleep 0.01
        done
        cat <&3
    ) > got &
    reader=$!
    env --default-signal=$signal "$CROSSDOCK_BIN/edi2canon" -q many.edi > slow 2> /dev/null &
    writer=$!
    for _ in {1..200}; do
        [ ! -s got ] || break
        sleep 0.05
    done
    kill -$signal $writer
    wait $writer 2> /dev/null
    wait $reader
    [ -s got ] && [ "$(tail -c 1 got | od -An -tx1 | tr -d ' ')" = 0a ] || echo "SIG$signal: half a record"
done > wrong
none wrong 'a run that is interrupted leaves whole records'

done_testing
