#!/bin/bash
# Every transaction set of every release, made from the tables: as little as it can be, without each of its mandatory
# segments, and with everything it can have. And what a partner's rules and guide make of one.
. "${0%/*}/tap.sh"

partner() {
    printf 'partner: %s\nids: [{isa: "ZZ:%s"}]\n' "$1" "$1" > "partners/$1.yaml"
    cat >> "partners/$1.yaml"
}
mkdir -p partners guides
partner plain < /dev/null
partner patient <<< 'rules: {balance-*: off, level-*: off}'

# check OPTION... FILE: the findings as lines of JSON, and out.
check() {
    run edi2canon -C . --check --max-findings 0 --diagnostics=json "$@"
}

make() {
    awk -f "$CROSSDOCK_SOURCE/t/0430-sets.awk" -v tables="$CROSSDOCK_SOURCE/maps/x12" -v release="$1" -v full="$2" \
        -v into=sets.edi > want
}

# ---- every set --------------------------------------------------------------------------------------------

left_out=0
for release in "$CROSSDOCK_SOURCE"/maps/x12/0*/; do
    release=$(basename "$release")
    make "$release" 0
    check -p plain sets.edi
    sed -n 's/.*"code":"\([^"]*\)".*"group":"\([^"]*\)".*"set":"\([^"]*\)","set_id":"\([^"]*\)".*"segment":"\([^"]*\)".*/\4 \2 \3 \5 \1/p' \
        err > got
    [ "$(wc -l < got)" = "$(wc -l < err)" ] || mv err got
    awk -F '\t' '$4 != "" { print $1, $2, $3, $4, $5 }' want | diff - got > differ
    none differ "$release: the least of each of $(cut -f 1 want | sort -u | wc -l) sets, and one finding for each of $(wc -l < got) mandatory segments left out"
    is "$(grep -c '^AK5\*A' out) $(grep -c '^AK5\*R\*5' out)" \
        "$(awk -F '\t' '$1 != "997" && $1 != "999" { if ($4 == "") a++; else r++ } END { print a, r }' want)" \
        '... and acknowledged so'
    left_out=$((left_out + $(wc -l < got)))

    make "$release" 1
    check -p patient sets.edi
    none err "$release: everything that each set can have"
    is "$status $(grep -c '^AK5\*A' out)" "0 $(awk -F '\t' '$1 != "997" && $1 != "999"' want | wc -l)" '... is accepted'
done
holds 'that was something' test "$left_out" -gt 300

# ---- rules ------------------------------------------------------------------------------------------------

# order SEGMENTS [CTT01]
order() {
    local ends=${1//[^\~]/}

    printf 'ISA*00*          *00*          *ZZ*SENDER         *ZZ*CROSSDOCK      *261124*1201*U*00401*000000101*0*P*:~\n'
    printf 'GS*PO*SENDERAPP*CROSS*20261124*1201*101*X*004010~\n'
    printf 'ST*850*0001~\nBEG*00*SA*PO-1**20261124~\n%s\nCTT*%s~\nSE*%d*0001~\nGE*1*101~\nIEA*1*000000101~\n' \
        "$1" "${2:-1}" "$((${#ends} + 4))"
}

# verdict RULES [DOCUMENT]: the severity told, AK5 and AK9, and the exit status, of what is in order.edi.
verdict() {
    partner ruled <<< "${1:+rules: {$1\}}
${2:+documents: {\"850\": {rules: {$2\}\}\}}"
    check -v -p ruled order.edi
    echo "$(grep -v X1010 err | sed 's/.*"code":"\([^"]*\)".*"severity":"\([^"]*\)".*/\1 \2/') $(grep -o '^AK[59].*' out |
        tr -d '~' | paste -s -d ' ') $status"
}

order 'PO1*1*10*QQ*2.50**VP*X-1~' > order.edi
is "$(verdict)" 'S2209 error AK5*R*5 AK9*R*1*1*0 1' 'a code that is none is an error'
is "$(verdict 'element-code: warn')" 'S2209 warn AK5*E*5 AK9*E*1*1*1 0' '... a warning, where the partner'"'"'s rules say so'
is "$(verdict 'element-code: info')" 'S2209 info AK5*A AK9*A*1*1*1 0' '... or only said'
is "$(verdict 'element-code: off')" ' AK5*A AK9*A*1*1*1 0' '... or nothing'
is "$(verdict 'S2209: off')" ' AK5*A AK9*A*1*1*1 0' 'by its code'
is "$(verdict 'element-*: warn')" 'S2209 warn AK5*E*5 AK9*E*1*1*1 0' 'by the beginning of its name'
is "$(verdict 'element-*: off, element-code: error')" 'S2209 error AK5*R*5 AK9*R*1*1*0 1' 'the later line has the last word'
is "$(verdict 'element-code: off' 'element-code: error')" 'S2209 error AK5*R*5 AK9*R*1*1*0 1' 'and the document over the partner'
is "$(verdict '' 'element-code: off')" ' AK5*A AK9*A*1*1*1 0' 'by document alone'
partner ruled <<< 'documents: {"855": {rules: {element-code: off}}}'
check -p ruled order.edi
is "$status" 1 '... and not by that of another'

order 'PO1*1*10*EA*2.50**VP*X-1~' 2 > order.edi
is "$(verdict)" 'S2401 warn AK5*A AK9*A*1*1*1 0' 'a total that is wrong is a warning, and no acknowledgment speaks of it'
is "$(verdict 'balance-*: error')" 'S2401 error AK5*A AK9*A*1*1*1 1' '... as an error it refuses the set'
run edi2canon -C . -p ruled order.edi
is "$status $(cat out)" '1 ' '... which then gives no record'
is "$(verdict 'balance-*: off')" ' AK5*A AK9*A*1*1*1 0' '... or nothing'

# Each rule of segments, elements and conditions, by every severity.
while IFS='|' read -r rule segments; do
    order "$segments" > order.edi
    found=
    for severity in error warn info off; do
        found+="$(verdict "$rule: $severity" | sed 's/^S[0-9]* //; s/AK9.*1 / /; s/AK9.*0 / /'), "
    done
    is "$found" 'error AK5*R*5  1, warn AK5*E*5  0, info AK5*A  0,  AK5*A  0, ' "$rule: error, warn, info, off"
done << 'END'
segment-unknown|QQQ*1~PO1*1*10*EA*2.50~
segment-id-malformed|qqq*1~PO1*1*10*EA*2.50~
segment-not-in-set|W01*1*EA~PO1*1*10*EA*2.50~
segment-out-of-order|DTM*002*20261124~CUR*BY*USD~PO1*1*10*EA*2.50~
segment-missing|LM*10~PO1*1*10*EA*2.50~
segment-too-many|CUR*BY*USD~CUR*BY*USD~PO1*1*10*EA*2.50~
segment-empty|CUR~PO1*1*10*EA*2.50~
element-missing|CUR*BY~PO1*1*10*EA*2.50~
element-too-many|REF*DP*1*X**Y~PO1*1*10*EA*2.50~
element-too-short|PO1*1*10*E*2.50~
element-too-long|PO1*1*10*EAEA*2.50~
element-number|PO1*1*1O*EA*2.50~
element-date|DTM*002*20261324~PO1*1*10*EA*2.50~
element-time|DTM*002*20261124*2500~PO1*1*10*EA*2.50~
element-code|PO1*1*10*QQ*2.50~
element-blank|REF*DP*  ~PO1*1*10*EA*2.50~
separator-in-element|REF*DP*A:B~PO1*1*10*EA*2.50~
condition-paired|PO1*1*10*EA*2.50**VP~
condition-required|REF*DP~PO1*1*10*EA*2.50~
condition-conditional|PO1*1**EA*2.50~
END

# The same of envelopes, of which the partner's rules alone speak.
while IFS='|' read -r rule change want; do
    order 'PO1*1*10*EA*2.50**VP*X-1~' > order.edi
    sed -i "$change" order.edi
    for severity in error warn off; do
        is "$(verdict "$rule: $severity" | sed 's/^[XS][0-9]* //')" "${want%%|*}" "$rule: $severity"
        want=${want#*|}
    done
done << 'END'
set-count|s/^SE\*5/SE*7/|error AK5*R*4 AK9*R*1*1*0 1|warn AK5*E*4 AK9*E*1*1*1 0| AK5*A AK9*A*1*1*1 0
set-control-number|s/^SE\*5\*0001/SE*5*0002/|error AK5*R*3 AK9*R*1*1*0 1|warn AK5*E*3 AK9*E*1*1*1 0| AK5*A AK9*A*1*1*1 0
set-not-of-group|s/^GS\*PO/GS*IN/|error AK5*R*1 AK9*R*1*1*0 1|warn AK5*E*1 AK9*E*1*1*1 0| AK5*A AK9*A*1*1*1 0
group-element|s/\*X\*004010/*Q*004010/|error AK5*A AK9*R*1*1*0*1 1|warn AK5*A AK9*E*1*1*1*1 0| AK5*A AK9*A*1*1*1 0
group-count|s/^GE\*1/GE*2/|error AK5*A AK9*E*2*1*1*5 1|warn AK5*A AK9*E*2*1*1*5 0| AK5*A AK9*A*2*1*1 0
interchange-element|s/\*0\*P\*:/*7*P*:/|error  1|warn AK5*A AK9*A*1*1*1 0| AK5*A AK9*A*1*1*1 0
interchange-count|s/^IEA\*1/IEA*2/|error AK5*A AK9*A*1*1*1 1|warn AK5*A AK9*A*1*1*1 0| AK5*A AK9*A*1*1*1 0
END

# ---- a guide ----------------------------------------------------------------------------------------------

cat > guides/narrow.yaml << 'END'
guide: narrow
set: "850"
release: "004010"
segments:
  CUR: unused
  DTM:
    need: required
    max: 2
  REF:
    elements:
      "01":
        codes: [DP, IA]
      "02":
        need: required
        min: 3
        max: 6
      "03": unused
  PO1:
    elements:
      "01": required
      "02":
        type: N0
    conditions:
      drop: [C0302]
      add: [R0607]
  PO1/PID:
    need: unused
elements:
  "355":
    more_codes: [QX]
add:
  - segment: ZZA
    after: PO1
    elements:
      "01":
        type: AN
        max: 3
        need: required
END
partner guided <<< 'documents: {"850": {guide: narrow}}'

# guided HEADING [LINE]: what the guide makes of an order with these: findings with their origin, AK3 to AK5, status.
guided() {
    order "$1${2:-PO1*1*10*EA*2.50**VP*X-1~}" > order.edi
    check -p guided order.edi
    sed 's/.*"code":"\([^"]*\)".*"segment":"\([^"]*\)".*"origin":"\([^"]*\)".*/\1 \2 \3 /' err | tr -d '\n'
    grep -o '^AK[345].*' out | tr -d '~' | paste -s -d ' '
}
# The line of the guide that says so.
says() {
    echo "guides/narrow.yaml:$1"
}
line() {
    grep -n -m 1 -A 9 -e "$1" guides/narrow.yaml | grep -m 1 -e "$2" | sed 's/[:-].*//'
}

order 'REF*DP*0421~DTM*002*20261124~PO1*1*10*EA*2.50**VP*X-1~' > order.edi
check -p guided order.edi
is "$status $(cat err)" '0 ' 'what the guide allows'
is "$(guided 'DTM*002*20261124~CUR*BY*USD~' | sed 's/ .*//')" S2104 'the order is the standard'"'"'s still'
is "$(guided 'CUR*BY*USD~DTM*002*20261124~')" "S2109 CUR $(says "$(line 'CUR' CUR)") AK3*CUR*3**2 AK5*E*5" 'a segment that is not used'
is "$(guided '')" "S2105 DTM $(says "$(line DTM need)") AK3*DTM*3**3 AK5*R*5" 'one that is required'
is "$(guided 'DTM*002*20261124~DTM*010*20261124~DTM*037*20261124~')" \
    "S2107 DTM $(says "$(line DTM max)") AK3*DTM*5**5 AK5*R*5" 'one that may stand here less often'
d='DTM*002*20261124~'
is "$(guided "REF*CO*0421~$d")" "S2209 REF $(says "$(line REF codes)") AK3*REF*3**8 AK4*1*128*7*CO AK5*R*5" 'fewer codes'
is "$(guided "REF*XXXX*0421~$d")" 'S2204 REF X12 004010 AK3*REF*3**8 AK4*1*128*5*XXXX AK5*R*5' \
    '... whose length is the standard'"'"'s'
is "$(guided "REF*DP*04~$d")" "S2203 REF $(says "$(line REF min)") AK3*REF*3**8 AK4*2*127*4*04 AK5*R*5" 'a least length'
is "$(guided "REF*DP*0421042~$d")" "S2204 REF $(says "$(line REF max)") AK3*REF*3**8 AK4*2*127*5*0421042 AK5*R*5" \
    'a greatest length'
is "$(guided "REF*DP*0421*A text~$d")" "S2210 REF $(says "$(line REF 03)") AK3*REF*3**8 AK4*3*352*10*A text AK5*E*5" \
    'an element that is not used'
is "$(guided "REF*DP**A text~$d" | sed 's/,.*//' | cut -d ' ' -f 1-3)" "S2201 REF $(says "$(line REF need)")" 'one that is required'
is "$(guided "$d" 'PO1**10*EA*2.50**VP*X-1~')" "S2201 PO1 $(says "$(line PO1 01)") AK3*PO1*4**8 AK4*1*350*1 AK5*R*5" '... in a line'
is "$(guided "$d" 'PO1*1*1.5*EA*2.50**VP*X-1~')" "S2206 PO1 $(says "$(line PO1 type)") AK3*PO1*4**8 AK4*2*330*6*1.5 AK5*R*5" 'another type'
is "$(guided "$d" 'PO1*1*10*EA*2.50~')" "S2302 PO1 $(says "$(line PO1 add)") AK3*PO1*4**8 AK4*6*235*2 AK5*R*5" 'a condition more'
is "$(guided "$d" 'PO1*1**EA*2.50**VP*X-1~')" 'AK5*A' 'a condition less'
is "$(guided "$d" 'PO1*1*10*QX*2.50**VP*X-1~')" 'AK5*A' 'a code more'
is "$(guided "$d" 'PO1*1*10*EA*2.50**VP*X-1~PID*F****A text~')" "S2109 PID $(says "$(line PO1/PID need)") AK3*PID*5**2 AK5*E*5" \
    'a loop that is not used'
is "$(guided "$d" 'PO1*1*10*EA*2.50**VP*X-1~ZZA*A1~')" 'AK5*A' 'a segment of the partner'"'"'s own'
is "$(guided "$d" 'PO1*1*10*EA*2.50**VP*X-1~ZZA*A123~')" "S2204 ZZA $(says "$(line ZZA max)") AK3*ZZA*5**8 AK4*1**5*A123 AK5*R*5" \
    '... is checked'
is "$(guided "ZZA*A1~$d" | cut -d ' ' -f 1)" S2104 '... also where it stands'
done_testing
