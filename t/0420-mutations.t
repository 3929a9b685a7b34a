#!/bin/bash
# Clean files, broken in one place each: every rule of the standard and of the envelope once, end to end. One finding
# each, the right one, in the right place; the right codes in the acknowledgment; the right verdict and exit status.
. "${0%/*}/tap.sh"

table=$CROSSDOCK_SOURCE/t/0420-mutations.tsv

# Partners who take the files, by -p: one without habits; one for each policy that is off by default, which makes
# it an error; one who always wants a TA1, one who wants a 999, one with a guide, and one with both.
mkdir partners guides mutants
partner() {
    printf 'partner: %s\nids: [{isa: "ZZ:%s"}]\n' "$1" "$1" > "partners/$1.yaml"
    cat >> "partners/$1.yaml"
}
partner plain <<< 'ack: {ta1: on-error}'
partner niner <<< 'ack: {fa: "999"}'
partner asking <<< 'ack: {ta1: always}'
partner guided <<< 'documents: {"850": {guide: narrow}}'
partner guided-niner <<< 'ack: {fa: "999"}
documents: {"850": {guide: narrow}}'
partner touchy <<< 'us: [{isa: "ZZ:CROSSDOCK"}]
ack: {ta1: on-error}
rules: {interchange-receiver: error, interchange-duplicate: error}'
partner known <<< 'us: [{isa: "ZZ:CROSSDOCK"}]
test_data: refuse'
for policy in trailing-separators leading-blanks trailing-blanks leading-zeros trailing-zeros extended-characters \
    national-characters; do
    partner $policy <<< "rules: {$policy: error}"
done
cat > guides/narrow.yaml << 'END'
guide: narrow
set: "850"
segments:
  FOB: unused
  DTM: required
  REF: {max: 3}
  BEG: {elements: {"02": {codes: [SA, NE]}, "04": unused}}
  PO1: {elements: {"01": required}}
END

# observe NAME OPTION...: the findings, the acknowledgment and the exit status for a mutant, as the table has them.
observe() {
    local file=mutants/$1.edi

    shift
    run edi2canon -C . --check --diagnostics=json "$@" "$file"
    sed -n 's/.*"code":"\([A-Z0-9]*\)"/\1\t&/p' err | awk -F '\t' '
        function member(name, at) {
            if (!match($2, "\"" name "\":(\"[^\"]*\"|[0-9]+)"))
                return ""
            at = substr($2, RSTART + length(name) + 3, RLENGTH - length(name) - 3)
            gsub(/"/, "", at)
            return at
        }
        {
            line = $1
            if (member("segment") != "")
                line = line " " member("segment")
            if (member("ordinal") != "")
                line = line " " member("ordinal")
            if (member("element") != "")
                line = line sprintf(" %02d", member("element"))
            if (member("component") != "")
                line = line sprintf("-%02d", member("component"))
            if (member("repeat") != "")
                line = line "/" member("repeat")
            printf "%s%s", between, line
            between = ", "
        }' > finding
    # Of the acknowledgment what says something: not ST, AK1 and SE, nor AK2 where there is one set.
    awk -v RS='~\n*' '
        /^(ST|AK1|SE)/ || NF == 0 { next }
        /^AK2/ { sets++ }
        { line[++n] = $0 }
        END {
            for (i = 1; i <= n; i++) {
                if (line[i] ~ /^AK2/ && sets < 2)
                    continue
                gsub(/^AK2\*[0-9A-Z]*\*/, "", line[i])
                printf "%s%s", between, line[i]
                between = " "
            }
        }' out > ack
    echo "$(cat finding) | $(cat ack) | $status"
}

# ---- what is clean ----------------------------------------------------------------------------------------

for sample in "$CROSSDOCK_SOURCE"/samples/x12/*.edi; do
    name=${sample##*/}
    [ "$name" != 850-acme-one-bad.edi ] || continue
    run edi2canon -C . --check -p plain "$sample"
    is "$status $(cat err)" '0 ' "${name%.edi}: nothing to find"
done

# ---- what is not ------------------------------------------------------------------------------------------

holds 'the table is well-formed' eval "awk -f '$CROSSDOCK_SOURCE/t/0420-mutate.awk' \
    -v samples='$CROSSDOCK_SOURCE/samples/x12' -v into=mutants '$table' > rows"
while IFS=$'\037' read -r number options want row; do
    # shellcheck disable=SC2086
    is "$(observe "$number" ${options:--p plain})" "$want" "$number: $row"
done < rows
echo "# $(wc -l < rows) mutations"

# ---- too many ---------------------------------------------------------------------------------------------

awk '/^SE/ { sub(/21/, 1221) } { print } /^PO1\*1/ { for (i = 0; i < 1200; i++) print "PO1*" i "*1*QQ~" }' \
    "$CROSSDOCK_SOURCE/samples/x12/850-acme-typical.edi" > many.edi
run edi2canon -C . --check --max-findings 0 --diagnostics=json -p plain many.edi
is "$(sed -n 's/.*"code":"\(S[0-9]*\)".*/\1/p' err | sort | uniq -c | tr -s ' \n' ' ')" ' 1000 S2209 1 S2901 ' \
    'of a set that is broken throughout the first thousand findings are told'
like "$(grep S2901 err)" '200 more in this set' '... and the others counted'

# ---- every complaint --------------------------------------------------------------------------------------

# Of envelopes and of the standard; those that others hold are named with who does.
sed -n 's/^COMPLAINT([A-Z0-9_]*, "\([XS][12][0-9]*\)".*/\1/p' "$CROSSDOCK_SOURCE/src/diag/catalogue.def" | sort > complaints
{ sed '/^#/d' "$table" | cut -f 3 | grep -Eo '[XS][0-9]{4}'; echo S2901; } | sort -u > provoked
# (Files of partners that are no X12: t/0510-flat-partners.t.)
grep -Eo 'X140[45]' "$CROSSDOCK_SOURCE/t/0510-flat-partners.t" | sort -u | sort -u - provoked > all
mv all provoked
comm -23 complaints provoked > silent
none silent 'every complaint of the catalogue is provoked by a row'
comm -13 complaints provoked > unknown
none unknown '... and no row names another'
: > unexplained
while read -r code; do
    run edi2canon --explain "$code"
    [ "$status" = 0 ] && grep -q "^$code " out && grep -q "^\.It Sy $code " "$CROSSDOCK_SOURCE/man/crossdock-messages.7" ||
        echo "$code" >> unexplained
done < complaints
none unexplained '... and each is explained by --explain and in crossdock-messages(7)'

# What the catalogue says the acknowledgment will say stands in one.
sed -n 's/^ *"//p; /^COMPLAINT/p' "$CROSSDOCK_SOURCE/src/diag/catalogue.def" | awk -F '\t' '
    FILENAME == ARGV[1] {
        if (/^#/ || NF != 5)
            next
        code = substr($3, 1, 5)
        text = $4
        while (match(text, /(AK[3459]|TA1)\*[^ ]*/)) {
            split(substr(text, RSTART, RLENGTH), part, "*")
            text = substr(text, RSTART + RLENGTH)
            if (part[1] == "AK3") said[code " AK304 " part[5]] = 1
            if (part[1] == "AK4") said[code " AK403 " part[4]] = 1
            if (part[1] == "AK5") said[code " AK502 " part[3]] = 1
            if (part[1] == "AK9") said[code " AK905 " part[6]] = 1
            if (part[1] == "TA1") said[code " TA1 " part[5] " " part[6]] = 1
        }
        next
    }
    /^COMPLAINT/ { split($0, part, "\""); code = part[2] }
    code ~ /^[XS]/ {
        text = $0
        while (match(text, /AK(304|403|502|905) [0-9]+/)) {
            promised = code " " substr(text, RSTART, RLENGTH)
            text = substr(text, RSTART + RLENGTH)
            if (!(promised in said)) print promised
        }
        text = $0
        while (match(text, /TA1 \(?[AER], [0-9]+/)) {
            promised = substr(text, RSTART, RLENGTH)
            text = substr(text, RSTART + RLENGTH)
            gsub(/[(,]/, "", promised)
            if (!(code " " promised in said)) print code " " promised
        }
    }' "$table" - > unsaid
none unsaid '... and what it promises of acknowledgments is held by one'
done_testing
