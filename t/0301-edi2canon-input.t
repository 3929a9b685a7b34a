#!/bin/bash
# edi2canon and input that is not as it should be: a clear message, the right exit status, and what is good comes out.

. "${0%/*}/tap.sh"

x12=$CROSSDOCK_SOURCE/samples/x12
plain=$x12/850-acme-plain.edi

# expect STATUS RECORDS CODE NAME: of the last run; CODE is a regular expression, or - for silence.
expect() {
    status_is "$1" "$4"
    is "$(wc -l < out)" "$2" "... $2 records"
    if [ "$3" = - ]; then
        quiet '... in silence'
    else
        err_like "$3" "... $3"
    fi
}

# --- no X12

echo 'hello, world' > text
run edi2canon text
expect 1 0 '^X1001 error text:1 \(byte 0\)' 'a text is no X12'
err_like '"hello, world.*expected ISA' 'what stands there is shown, and what should'
for case in "UNB+UNOA:EDIFACT" "<Order>:XML or JSON" "{\"a\":XML or JSON" "GS*PO*:--check" "ST*850*1~:--check"; do
    printf '%s\n' "${case%:*}" > other
    run edi2canon other
    [ "$status" -eq 1 ] && grep -q "hint: .*${case##*:}" err || echo "$case: $(cat err)"
done > wrong
none wrong 'what it looks like is said'
printf '\xff\xfeI\0S\0A\0*\0' > utf16
run edi2canon utf16
expect 1 0 'hint: .*UTF-16' 'UTF-16 is told'
printf '\xc9\xe2\xc1\x5c\xf0\xf0' > ebcdic
run edi2canon ebcdic
expect 1 0 'hint: .*EBCDIC' 'EBCDIC is told'
head -c 5000 /dev/zero > zeros
run edi2canon zeros
expect 1 0 'X1001 error zeros:1 .*' 'a file of NUL bytes is none that is empty'
err_like 'hint: .*NUL' 'and the cause is said'
head -c 5000 /dev/urandom > noise
run edi2canon -v noise
[ "$status" -eq 1 ]; ok $? 'noise is no X12'
run edi2canon text "$plain"
expect 1 1 'X1001' 'the other files are read'

# --- nothing

: > empty
printf ' \r\n\t\n' > blank
for file in empty blank; do
    run edi2canon $file
    expect 0 0 - "a file that is $file is no error"
    run edi2canon -v $file
    expect 0 0 "X1009 info: $file: the file is empty" 'but is told with -v'
done
run edi2canon < /dev/null
expect 0 0 - 'nor is empty standard input'
run edi2canon --all empty
expect 0 1 - 'it has its batch record'
out_like '"kind":"batch".*"byte_count":0,' 'of no bytes'

# --- cut off

head -c 50 "$plain" > cut.isa
run edi2canon cut.isa
expect 1 0 'X1003 error cut.isa:1 .*' 'a file that ends in its ISA'
err_like 'the file ends 50 bytes into it' 'is told with the place'
head -c 230 "$plain" > cut.set
run edi2canon -v cut.set
expect 1 0 'X1302 error cut.set:[0-9]+ \(byte 230\) acme ISA 000000101 GS 101 ST 850 0001' 'a file that ends in a set'
is "$(grep -c '^X.* error' err)" 1 'one message for one cause'
err_like 'read 1 = translated 0 \+ rejected 1 \+ ignored 0' 'the set is counted'
run edi2canon --acks cut.set
out_like '"message_status_code":"R","message_error_codes":\["2"\]' 'and answered (AK502 2)'
head -n -1 "$plain" > cut.iea
run edi2canon cut.iea
expect 1 1 'X1106 error' 'a file without IEA: its set comes out'
head -c -2 "$plain" > cut.end
run edi2canon cut.end
expect 0 1 'X1007 warn' 'a last segment without terminator: all comes out'
{ head -c 230 "$plain"; cat "$x12/850-acme-batch.edi"; } > appended
run edi2canon appended
expect 1 3 'X1302 error appended' 'a file behind one that broke off in a segment is read'
{ head -c 50 "$plain"; echo; cat "$x12/850-acme-batch.edi"; } > appended
run edi2canon appended
expect 1 3 'X1003 error appended:1 ' 'and behind one that broke off in the ISA'
is "$(grep -c ' error ' err)" 1 'with one message'

# --- bytes that do not belong there

sed 's/^PO1\*1\*24/PO1*1*2\x004/' "$plain" > nul
run edi2canon nul
expect 1 0 'PO102 .* is "2\\x004"' 'a NUL byte is shown'
sed 's/^PO1.*/&\n\n/; s/^GS/  \t GS/' "$plain" > spaced
run edi2canon spaced
expect 0 1 - 'blank lines and blanks before segments are passed over'
{ printf '\xef\xbb\xbf'; cat "$plain"; printf '\032'; } > dos
run edi2canon dos
expect 0 1 - 'so are a byte order mark and the end mark of DOS'
{ printf 'From: x\n\n'; cat "$plain"; printf -- '-- \nsent by y\n'; cat "$plain"; echo bye; } > mail
run edi2canon -v mail
is "$(wc -l < out)" 2 'interchanges are found in a mail'
is "$(grep -c '^X1002 warn' err)" 3 'what is around them is told'
err_like 'X1002 warn mail:1 \(byte 0\)' 'with its place'
err_like "bytes, 27 of them junk" 'and counted'
sed '1s/P\*>~/P*>/' "$plain" | tr -d '\n' > noterminator
run edi2canon noterminator
expect 1 0 'X1003 error' 'an ISA without terminator'
sed '1s/      \*ZZ/*ZZ/' "$plain" > narrow
run edi2canon narrow
expect 0 1 'X1004 warn narrow:1 ' 'an ISA of another width is read'
err_like 'ISA06 is 9 characters long, expected 15' 'and told precisely'
sed 's/^PO1\*1/PO1~&/; s/^SE\*5/SE*6/' "$plain" > double
run edi2canon double
status_is 1 'an empty segment is told'

# --- too large

{ head -n 4 "$plain"; printf 'MSG*'; } > huge
truncate -s 2G huge
run edi2canon -v huge
expect 1 0 'X1005 error huge:5 .*' 'a segment of two gigabytes is refused'
err_like 'X1302|read 1 = translated 0 \+ rejected 1' 'and its set with it'
rm huge
{
    head -n 3 "$plain"
    sed -n 4,5p "$plain"
    head -c 3000000 /dev/zero | tr '\0' x
    sed -n '5,$p' "$plain"
    cat "$x12/850-acme-batch.edi"
} > long
run edi2canon long
expect 1 3 'X1005 error long:6 .*' 'one of three megabytes is passed over'
err_like 'hint: the limit is --max-segment' 'and the option named'
run edi2canon --max-segment=4000000 long
grep -q X1005 err
[ $? -eq 1 ]; ok $? 'that lets it in'
run edi2canon --max-set=1000 "$x12/850-acme-full.edi" "$plain"
expect 1 1 'X1006 error .*850-acme-full\.edi:[0-9]+ .* ST 850 0001' 'a set over the limit is refused'
run edi2canon --rejects --acks --max-set=1000 "$x12/850-acme-full.edi"
is "$(grep -c '"kind":"reject"' out)" 1 'with a reject record'
out_like '"acked_message_control_number":"0001","message_status_code":"R"' 'and an answer that has its number'

# --- files that are none

run edi2canon missing
expect 3 0 'T7001 error: missing: .*No such file' 'a file that is missing'
run edi2canon missing "$plain"
expect 3 1 'T7001' 'does not keep the others from being read'
run edi2canon "$CROSSDOCK_SOURCE/t"
expect 3 0 'T7001 error: .*directory' 'a directory'
if [ "$(id -u)" -ne 0 ]; then
    cp "$plain" secret
    chmod 000 secret
    run edi2canon secret
    expect 3 0 'T7001 error: secret: .*[Pp]ermission' 'a file that may not be read'
else
    skip 'a file that may not be read' 'root may read everything'
fi
run edi2canon - <&-
expect 3 0 'T7001' 'standard input that is closed'
run bash -c 'exec edi2canon "$1" > /dev/full' - "$plain"
expect 3 0 'T7002 error: standard output: .*No space left' 'a full disk'

# --- a reader that goes away

for _ in {1..300}; do cat "$x12/850-acme-full.edi"; done > many
run bash -c 'edi2canon -q "$1" | head -c 10 > /dev/null; echo "${PIPESTATUS[0]}"' - many
out_is 3 'a closed pipe: not done'
quiet 'and no news to anybody'

# --- usage and configuration

run edi2canon --no-such-option "$plain"
expect 2 0 'U8[0-9]{3} error: .*--no-such-option' 'an unknown option'
run edi2canon --unmapped=sometimes "$plain"
expect 2 0 'U8[0-9]{3} error: .*sometimes.*ignore\|warn\|error\|keep' 'a word that an option does not take'
run edi2canon --max-set=much "$plain"
expect 2 0 'U8[0-9]{3} error: .*much' 'a number that is none'
run edi2canon -p acmee "$plain"
expect 2 0 'C4302 error: .*acmee.*did you mean acme\?' 'a partner that there is not'
run edi2canon -p ../acme "$plain"
expect 2 0 'C4302' 'nor one that leads elsewhere'
run edi2canon -m acme/580 "$plain"
expect 2 0 'C4303 error: .*acme/580.*did you mean .*acme/850' 'a map that there is not'
mkdir -p maps partners
printf 'map: typo\nbase: x12-850\ntree:\n  - BEG: {"03": order_nummber}\n' > maps/typo.yaml
run edi2canon -C . -m typo "$plain"
expect 2 0 'C4[0-9]{3} error: .*maps/typo\.yaml:4:[0-9]+: .*order_nummber' 'a map with a field that there is not'
err_like 'did you mean .*order_number' 'the one that was meant'
printf 'map: typo\nbase: x12-850\ntre:\n  - BEG: {"03": order_number}\n' > maps/typo.yaml
run edi2canon -C . -m typo "$plain"
expect 2 0 'C4[0-9]{3} error: .*maps/typo\.yaml:3:1: .*"tre".*did you mean .*tree' 'a map with a misspelt key'
printf 'map: typo\nbase: x12-850\ntree:\n  - PO1: {each: lines, "O2": quantity}\n' > maps/typo.yaml
run edi2canon -C . -m typo "$plain"
expect 2 0 'C4[0-9]{3} error: .*maps/typo\.yaml:4:[0-9]+: .*"O2"' 'a map with an element that there cannot be'
printf 'map: typo\nbase: x12-850\ntree:\n  - BEGG: {"03": order_number}\n' > maps/typo.yaml
run edi2canon -C . -m typo "$plain"
expect 2 0 'C4[0-9]{3} error: .*maps/typo\.yaml:4:[0-9]+: .*"BEGG"' 'a map with a segment that there is not'
printf 'map: typo\nbase: x12-580\n' > maps/typo.yaml
run edi2canon -C . -m typo "$plain"
expect 2 0 'maps/typo\.yaml:2:[0-9]+' 'a map without its base'
printf 'map: typo\nbase: [\n' > maps/typo.yaml
run edi2canon -C . -m typo "$plain"
expect 2 0 'maps/typo\.yaml:[0-9]+' 'a map that is no YAML'
printf 'partner: lost\nids: [{isa: "01:555010101"}]\nmaps: {"850": lost/850}\n' > partners/lost.yaml
run edi2canon -C . -p lost "$plain"
expect 2 0 'C4[0-9]{3} error: .*lost/850' 'a partner whose map is missing'
err_like 'partners/lost\.yaml' 'is named with its file'
printf 'partner: lost\nids: [{isa: "ZZ:LOST"}]\nchaset: utf-8\n' > partners/lost.yaml
run edi2canon -C . -p lost "$plain"
expect 2 0 'partners/lost\.yaml:3:1: .*"chaset".*charset' 'a partner file with a misspelt key'
rm -r maps partners

# --- one run, several mishaps: the worst counts

run edi2canon missing text "$plain"
expect 3 1 'T7001' 'technical over business'

# --- a partner's file that is wrong, or cannot be read: what it mentions is not translated by guess
mkdir -p guess/partners
sed 's/^partner:/partnr:/' "$CROSSDOCK_SOURCE/partners/acme.yaml" > guess/partners/acme.yaml
run edi2canon -C guess --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-typical.edi"
status_is 2 'a partner whose file is wrong: configuration'
out_is '' 'and nothing is translated as if it were nobody'
err_like 'C4201 error: guess/partners/acme.yaml:3:1: .*partnr' 'the file is told'
run edi2canon -C guess --all "$CROSSDOCK_SOURCE/samples/x12/850-zenith-plain.edi"
status_is 0 'another partner is no worse off'
rm guess/partners/acme.yaml
mkdir guess/partners/acme.yaml
run edi2canon -C guess --all "$CROSSDOCK_SOURCE/samples/x12/850-acme-typical.edi"
status_is 2 'one that is a folder'
out_is '' 'neither'

done_testing
