#!/bin/bash
# Other people's files, and what other programs answered to them, against our answers. Each fact is said to agree
# or to differ; a difference must stand in 0400-corpus-acks.tsv with its reason, word for word as it is found, and
# what stands there must still be found.
#
# Compared are control structure and syntax. Sets that our dictionary does not have (834, 837, 835, 278, 270) are
# refused whole, code 1: of them the envelope, control numbers, counts and the codes of both are compared, and
# nothing of their inside.
. "${0%/*}/tap.sh"

[ -n "$corpus" ] || skip_all 'there is no ../shared/corpus'
command -v edi2canon > /dev/null || skip_all 'edi2canon is not built'

known=$CROSSDOCK_SOURCE/t/0400-corpus-acks.tsv
: > used
: > agreed
: > differed

# compare FILE: the facts in `theirs` and `ours` (name, tab, value), told and judged as one test.
compare() {
    awk -F '\t' -v file="$1" -v used=used '
        FILENAME == ARGV[1] {
            if ($0 !~ /^#/ && $1 == file)
                why[$2 FS $3 FS $4] = $5
            next
        }
        !($1 in seen) { seen[$1] = 1; name[++n] = $1 }
        FILENAME == "theirs" { theirs[$1] = $2 }
        FILENAME == "ours" { ours[$1] = $2 }
        END {
            for (i = 1; i <= n; i++) {
                a = theirs[name[i]]; b = ours[name[i]]
                key = name[i] FS a FS b
                if (a == b) {
                    print "agrees\t" name[i] ": " a
                } else if (key in why) {
                    print "differs\t" name[i] ": theirs " (a == "" ? "none" : a) ", ours " (b == "" ? "none" : b) \
                        ": " why[key]
                    print file FS key >> used
                } else {
                    print "NEW\t" file FS key
                }
            }
        }' "$known" theirs ours > judged
    sed 's/^/#   /' judged
    grep '^agrees' judged >> agreed
    grep '^differs' judged >> differed
    grep '^NEW' judged | cut -f 2- > new
    none new "$1"
}

# check FILE: what we say of it: out, codes (a code a line), findings (JSON).
check() {
    run edi2canon --check --max-findings 0 --diagnostics=json "$1"
    mv err findings
    # Who the sender is, in-between releases and mere counts are nobody's concern here.
    sed -n 's/.*"code":"\([A-Z0-9]*\)".*/\1/p' findings | grep -Evx 'X1401|X1402|X1204|X1008|X1010' > codes
}

# Names of files are long; the beginning is the origin.
short() {
    sed 's/.*__//' <<< "${1##*/}"
}

# ---- acknowledgments -------------------------------------------------------------------------------------

# ack_facts FILE: of the acknowledgments in it. `unknown` lists group and set of those we do not know.
ack_facts() {
    awk -v RS='~[\r\n]*' -F '*' '
        function rest(from, text) {
            for (; from <= NF; from++)
                text = text (text == "" ? "" : " ") $from
            return text
        }
        # Codes have no order.
        function codes(from, which, text, least, i, n, list) {
            for (; from <= NF; from++)
                if ($from ~ which)
                    list[++n] = $from
            while (n > 0) {
                least = 1
                for (i = 2; i <= n; i++)
                    if (list[i] + 0 < list[least] + 0)
                        least = i
                text = text " " list[least]
                list[least] = list[n--]
            }
            return text
        }
        function say(name, value) { printf "%s\t%s\n", name, value }
        FILENAME == "unknown" {
            split($0, lines, "\n")
            for (i in lines) { no[lines[i]] = 1; split(lines[i], part, " "); none[part[1]] = 1 }
            next
        }
        $1 == "TA1" { say("TA1 " ++t, rest(2)) }
        $1 == "AK1" { g++; s = 0; say("group " g, rest(2)) }
        $1 == "AK2" { s++; errors = ""; at = "group " g " set " s; say(at, rest(2)) }
        $1 ~ /^[AI]K[34]$|^CTX$/ { errors = errors (errors == "" ? "" : ", ") rest(1) }
        $1 ~ /^[AI]K5$/ && !((g " " s) in no) { say(at " errors", errors); say(at " verdict", $2 codes(3, "."))}
        $1 ~ /^[AI]K5$/ && ((g " " s) in no) { say(at " structure", substr(codes(3, "^(2|3|4|7|23)$"), 2)) }
        $1 == "AK9" && !(g in none) { say("group " g " verdict", $2 " " $3 " " $4 " " $5 codes(6, ".")) }
        $1 == "AK9" && (g in none) {
            say("group " g " counts", $3 " " $4)
            say("group " g " codes", substr(codes(6, "."), 2))
        }
        ' unknown "$1"
}

# Group and set, by number, of the sets that we refuse as unknown.
unknown_sets() {
    awk -v RS='~[\r\n]*' -F '*' '
        $1 == "AK1" { g++; s = 0 }
        $1 == "AK2" { s++; type = $2 }
        $1 ~ /^[AI]K5$/ { for (i = 3; i <= NF; i++) if ($i == "1") print g, s, type }' out
}

for answer in "$corpus"/ack-pairs/*.expected-* "$corpus"/ack-pairs/*.999.txt; do
    [ -e "$answer" ] || continue
    name=${answer##*/}
    name=${name%.expected-*}
    name=${name%.999.txt}
    input=
    for candidate in "$corpus/ack-pairs/$name.input.edi" "$corpus/ack-pairs/$name.txt"; do
        [ ! -e "$candidate" ] || input=$candidate
    done
    if [ -z "$input" ]; then
        skip "$(short "$name")" 'its input is not in the corpus'
        continue
    fi
    check "$input"
    unknown_sets > sets
    cut -d ' ' -f 1,2 sets > unknown
    [ -s unknown ] || echo none > unknown
    [ ! -s sets ] ||
        echo "#   envelope and structure alone, not in the dictionary: $(cut -d ' ' -f 3 sets | sort -u | paste -s -d ' ')"
    ack_facts "$answer" > theirs
    ack_facts out > ours
    compare "$(short "$name")"
done

# ---- expectations of other programs' tests ---------------------------------------------------------------

# What they say, as our codes: some words each, of the second column.
expectation() {
    local words=$1

    case $words in
    'no validation errors'* | clean | 'clean;'*) echo accepted ;;
    *'segments. Found'*) echo X1304 ;;
    *EdiParsingException*) echo X1001 ;;
    'syntax-note'*) echo conditions ;;
    X12-*)
        sed 's/ (.*//; s/,//g; s/X12-IEA02-CONTROL/X1107/; s/X12-GE01-COUNT/X1207/; s/X12-SE01-COUNT/X1304/' <<< "$words" |
            tr ' ' '\n' | sort | paste -s -d ' '
        ;;
    *) echo "?" ;;
    esac
}

for list in "$corpus"/expected/*EXPECTATIONS.tsv; do
    [ -e "$list" ] || continue
    while IFS=$'\t' read -r name words; do
        [[ $name != '#'* ]] || continue
        input=$(find "$corpus" -path '*/x12-*' -name "*__$name" -o -path '*/expected/*' -name "*__$name" | head -n 1)
        want=$(expectation "$words")
        if [ -z "$input" ]; then
            skip "$name" 'not in the corpus'
            continue
        elif [ "$want" = '?' ]; then
            skip "$name" 'says nothing about structure or syntax'
            continue
        fi
        check "$input"
        grep '"severity":"error"' findings | sed 's/.*"code":"\([A-Z0-9]*\)".*/\1/' | sort > errors
        case $want in
        accepted) got=$(sort -u errors | paste -s -d ' ') && got=${got:-accepted} ;;
        conditions) if grep -q '^S23' errors; then got=conditions; else got=$(paste -s -d ' ' errors); fi ;;
        *) got=$(grep '^X' errors | paste -s -d ' ') ;;
        esac
        printf 'verdict\t%s\n' "$want" > theirs
        printf 'verdict\t%s\n' "$got" > ours
        compare "$name"
    done < "$list"
done

# ---- errors of a stream reader's tests -------------------------------------------------------------------

# Our findings, in their words: element, tab, kind.
in_their_words() {
    sed -n 's/.*"code":"\([A-Z0-9]*\)".*/\1 &/p' findings | awk '
        BEGIN {
            split("S2101 SEGMENT_NOT_IN_DEFINED_TRANSACTION_SET S2103 SEGMENT_NOT_IN_DEFINED_TRANSACTION_SET " \
                  "S2104 SEGMENT_NOT_IN_PROPER_SEQUENCE S2105 MANDATORY_SEGMENT_MISSING " \
                  "S2107 SEGMENT_EXCEEDS_MAXIMUM_USE S2108 LOOP_OCCURS_OVER_MAXIMUM_TIMES " \
                  "S2201 REQUIRED_DATA_ELEMENT_MISSING S2202 TOO_MANY_DATA_ELEMENTS S2203 DATA_ELEMENT_TOO_SHORT " \
                  "S2204 DATA_ELEMENT_TOO_LONG S2205 INVALID_CHARACTER_DATA S2206 INVALID_CHARACTER_DATA " \
                  "S2207 INVALID_DATE S2208 INVALID_TIME S2209 INVALID_CODE_VALUE S2212 TOO_MANY_COMPONENTS " \
                  "S2214 TOO_MANY_REPETITIONS X1107 CONTROL_REFERENCE_MISMATCH " \
                  "X1206 CONTROL_REFERENCE_MISMATCH X1303 CONTROL_REFERENCE_MISMATCH", pair, " ")
            for (i = 1; i in pair; i += 2)
                word[pair[i]] = pair[i + 1]
        }
        {
            at = match($0, /"reference":"[^"]*"/) ? substr($0, RSTART + 13, RLENGTH - 14) : "-"
            kind = word[$1]
            if ($1 == "X1201" && at == "GS04") kind = "INVALID_DATE"
            if ($1 == "X1201" && at == "GS05") kind = "INVALID_TIME"
            if (kind != "")
                print at "\t" kind
        }'
}

for answer in "$corpus"/staedi-errors/*.expected.txt; do
    [ -e "$answer" ] || continue
    name=$(short "${answer%.expected.txt}")
    input=$(sed -n 's/^# input: //p' "$answer")
    schema=$(sed -n 's/^# test schema: //p' "$answer")
    found=$(find "$corpus" -name "*__${input##*/}" | head -n 1)
    if [[ $name$schema == *EDIFACT* ]]; then
        skip "$name" EDIFACT
        continue
    elif [[ $schema != 'none (control schema only)' && $schema != /x12/EDISchema99[79].xml ]]; then
        skip "$name" 'judged by a schema made for that test'
        continue
    elif [ -z "$found" ]; then
        skip "$name" 'its input is not in the corpus'
        continue
    fi
    check "$found"
    in_their_words > words
    # With a place (AK302) by element, else all kinds at once.
    if grep -q 'ValidationError\.[A-Z_]*, *"' "$answer"; then
        sed -n 's/.*ValidationError\.\([A-Z_]*\), *"\([A-Z0-9]*\)", [0-9]*, \([0-9]*\),.*/\2 \3 \1/p' "$answer" |
            awk '{ printf "%s%02d\t%s\n", $1, $2, $3 }' | sort -u > theirs_all
        sort -u words > ours_all
    else
        sed -n 's/.*ValidationError\.\([A-Z_]*\).*/kinds\t\1/p' "$answer" | sort -u > theirs_all
        sed 's/.*\t/kinds\t/' words | sort -u > ours_all
    fi
    for side in theirs ours; do
        awk -F '\t' '{ all[$1] = all[$1] (all[$1] == "" ? "" : " ") $2 } END { for (at in all) print at "\t" all[at] }' \
            ${side}_all | sort > $side
    done
    compare "$name"
done

# ---- what the corpus's own list says of envelopes ---------------------------------------------------------

# Where a file breaks off, all trailers are missing that were due; we tell the innermost.
innermost() {
    awk '{ code[NR] = $0; if ($0 == "X1302") set = 1; if ($0 == "X1205") group = 1 }
        END {
            for (i = 1; i <= NR; i++)
                if (!(code[i] == "X1205" && set) && !(code[i] == "X1106" && (set || group)))
                    print code[i]
        }'
}

# Its words and our codes. The notes are cut at a bound: what was cut off is not compared.
envelope_notes() {
    sed -n 's/.*ENVELOPE: //p' <<< "$1" | sed 's/;.*//; s/ \[.*//' | tr ',' '\n' | sed -n '
        s/^ISA-notfixed$/X1004/p
        s/^lastseg-unterminated$/X1007/p
        s/^trailing:.*/X1002/p
        s/^ISA-noterm$/X1003/p
        s/^SE01=[0-9]*!=[0-9]*$/X1304/p
        s/^SE02!=ST02$/X1303/p
        s/^GE01=[0-9A]*!=[0-9]*$/X1207/p
        s/^GE02!=GS06$/X1206/p
        s/^IEA01=[0-9]*!=[0-9]*$/X1108/p
        s/^IEA02!=ISA13$/X1107/p
        s/^missing-SE$/X1302/p
        s/^missing-GE$/X1205/p
        s/^missing-IEA$/X1106/p
        s/^[GS]E-without-[GS][ST]$/X1109/p' | innermost | sort | paste -s -d ' '
}

while IFS=$'\037' read -r file kind _ notes _; do # no blank: empty columns count
    [[ $file == x12-* && $kind != x12-frag ]] || continue
    # A note of the length where they were cut may lack its end.
    if [[ ${#notes} -ge 158 && $notes == *ENVELOPE* && $notes != *ENVELOPE*';'* ]]; then
        skip "${file#x12-}" 'the note in the list was cut'
        continue
    fi
    check "$corpus/$file"
    grep -Ex 'X1002|X1003|X1004|X1007|X1106|X1107|X1108|X1109|X1205|X1206|X1207|X1302|X1303|X1304' codes |
        innermost | sort | paste -s -d ' ' > found
    printf 'envelope\t%s\n' "$(envelope_notes "$notes")" > theirs
    printf 'envelope\t%s\n' "$(cat found)" > ours
    if [[ $notes == *'peer suite marks PASS'* ]]; then
        printf 'verdict\tPASS\n' >> theirs
    elif [[ $notes == *'peer suite marks FAIL'* ]]; then
        printf 'verdict\tFAIL\n' >> theirs
    fi
    if [[ $notes == *'peer suite marks'* ]]; then
        if [ "$status" = 0 ]; then
            printf 'verdict\tPASS\n' >> ours
        else
            printf 'verdict\tFAIL %s\n' "$(grep '"severity":"error"' findings |
                sed 's/.*"code":"\([A-Z0-9]*\)".*/\1/' | sort -u | paste -s -d ' ')" >> ours
            grep -q 'marks FAIL' <<< "$notes" && sed -i 's/^\(verdict\tFAIL\) .*/\1/' ours
        fi
    fi
    compare "${file#x12-}"
done < <(tr '\t' '\037' < "$corpus/MANIFEST.tsv")

# ---- the list of known differences ------------------------------------------------------------------------

grep -v '^#' "$known" | cut -f 1-4 | sort > listed
sort used > found
comm -23 listed found > stale
none stale 'every known difference is still one'
awk -F '\t' '!/^#/ && ($5 == "" || NF != 5)' "$known" > silent
none silent 'every known difference has its reason'
echo "# $(wc -l < agreed) facts agree, $(wc -l < differed) differ for known reasons"
done_testing
