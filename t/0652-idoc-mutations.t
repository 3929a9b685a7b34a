#!/bin/bash
# A good IDoc broken in every line of it in many ways, another one behind it. Whatever is done to the first: nothing
# crashes, the second comes out as it is, and the first is either refused, with an error that names the file and a line
# and a reject record of its bytes; or what it says now stands in its record, is written, and read again as the same.
# No mutant is taken for the original in silence.

. "${0%/*}/tap.sh"

sample=$CROSSDOCK_SOURCE/samples/idoc/orders.txt
count=$(grep -n ^EDI_DC40 "$sample" | sed -n 2p | cut -d: -f1)
count=$((count - 1)) # lines of the first IDoc

# mutate KIND: a file for each line of the first IDoc, mutants/KIND-LINE
mkdir mutants
mutate() {
    awk -v kind="$1" -v count="$count" '
        { line[NR] = $0 }
        function change(text, n) {
            if (kind == "name")      # a type that is another
                return substr(text, 1, 2) "X" substr(text, 4)
            if (kind == "lower")     # a type in small letters
                return tolower(substr(text, 1, 10)) substr(text, 11)
            if (kind == "cut")       # a record cut off in its head
                return substr(text, 1, 50)
            if (kind == "shift")     # everything one character to the right
                return substr(text, 1, 63) "#" substr(text, 64)
            if (kind == "unshift")   # ... to the left
                return substr(text, 1, 63) substr(text, 65)
            if (kind == "qualifier") # the first characters of the fields
                return substr(text, 1, 63) "~~~" substr(text, 67)
            if (kind == "digits")    # every number and date
                return substr(text, 1, 63) gensub_digits(substr(text, 64))
            if (kind == "tail")      # something behind the record
                return text "TAIL"
            if (kind == "control")   # a control character
                return substr(text, 1, 66) "\001" substr(text, 68)
            if (kind == "byte")      # a byte that is no UTF-8
                return substr(text, 1, 66) "\377" substr(text, 68)
            if (kind == "number")    # of another IDoc
                return substr(text, 1, 33) "0000000000000007" substr(text, 50)
            if (kind == "client")    # of another system
                return substr(text, 1, 30) "900" substr(text, 34)
            return text
        }
        function gensub_digits(text) {
            gsub(/[0-9]/, "O", text)
            return text
        }
        END {
            for (n = 1; n <= count; n++) {
                file = "mutants/" kind "-" n
                for (i = 1; i <= NR; i++) {
                    if (kind == "swap" && n < count && (i == n || i == n + 1))
                        print line[i == n ? n + 1 : n] > file
                    else if (i != n)
                        print line[i] > file
                    else if (kind == "twice")
                        printf "%s\n%s\n", line[i], line[i] > file
                    else if (kind == "garbage")
                        printf "%s\nERROR: connection lost\n", line[i] > file
                    else if (kind == "join")
                        printf "%s", line[i] > file
                    else if (kind != "drop")
                        print change(line[i], n) > file
                }
                close(file)
            }
        }' "$sample"
}
kinds='drop twice swap join garbage name lower cut shift unshift qualifier digits tail control byte number client'
for kind in $kinds; do
    mutate "$kind"
done
is "$(find mutants -type f | wc -l)" "$(($(wc -w <<< "$kinds") * count))" "$count lines, each in $(wc -w <<< "$kinds") ways"

# bodies FILE: file, a tab, and the record but for where and when it was read
bodies() {
    sed -nE 's/^.*"kind":"order".*"file":"([^"]*)".*"map":"[^"]*"\},(.*)$/\1\t\2/p' "$1"
}
erp2canon --rejects --diagnostics=json -m idoc-orders mutants/* > out 2> err
status=$?
status_is 1 'all mutants in one run: some are refused, nothing crashes'
bodies out > got
erp2canon -m idoc-orders "$sample" > clean
bodies clean | cut -f2 > want
second=$(sed -n 2p want)
first=$(sed -n 1p want)

# The neighbour, once in each file. Where lines of two records became one, or a control record is that of another, its
# own begins all the same.
awk -F '\t' -v second="$second" 'BEGIN { ARGC = 2 } $2 == second { seen[$1]++ } END { for (f in seen) print f, seen[f] }' got |
    sort > neighbours
find mutants -type f -printf '%f 1\n' | sort > all
# The last line of the first IDoc, where it swallows the line end, or the one behind it, is the neighbour's own.
grep -vE "^join-$count " all > expected
grep -vE "^join-$count " neighbours > found
comm -3 expected found | sed 's/^/the second IDoc: /' > wrong
none wrong 'the IDoc behind the mutant comes out as it is, once'

# The first: refused, or read as something else than it was.
sed -nE 's/^.*"kind":"reject".*"file":"([^"]*)".*"reasons":\[\{"code":"M[0-9]{4}".*"message":"[^"]+".*"line":[0-9]+.*/\1/p' out |
    sort -u > told
sed -nE 's/^.*"kind":"reject".*"file":"([^"]*)".*"raw":.*/\1/p' out | sort -u > rejects
awk -F '\t' -v second="$second" '$2 != second { print $1 }' got | sort -u > taken
cat taken rejects | sort -u > answered
comm -13 answered <(cut -d' ' -f1 all) | sed 's/$/: neither a record nor a reject/' > wrong
none wrong 'each mutant becomes a record or a reject'
comm -23 rejects told | sed 's/$/: refused, and no error says why/' > wrong
none wrong 'what is refused is told, with its line'
grep '"severity":"error"' err | grep -vE '"line":[0-9]+' > wrong
none wrong '... on stderr, too'

# What is read as the original though something was changed: what nobody reads, or says twice.
awk -F '\t' -v first="$first" '$2 == first { print $1 }' got | sort > same_as_before
# SEGNUM, PSGNUM and HLEVEL are nobody's; the order of segments that belong to nothing before them is not kept;
# segments that say what another says may be missing, or be there twice and be told as unread.
for name in $(cat same_as_before); do
    cmp -s "mutants/$name" "$sample" && continue # texts without digits
    line=${name#*-}
    segment=$(sed -n "${line}p" "$sample" | cut -c1-10 | xargs)
    next=$(sed -n "$((line + 1))p" "$sample" | cut -c1-10 | xargs)
    case "$name $segment $next" in
    swap-*) ;;                                  # in another order
    twice-*' E2EDK'* | twice-*' E2EDP'* | twice-*' E2EDS'*) ;; # again
    number-*' EDI_DC40 '* | client-*' EDI_DC40 '*) ;;          # the control record's own, empty in what follows
    number-*) ;;                                # DOCNUM, which the control record leaves empty
    *' E2EDK02 '* | *' E2EDS01 '* | *-3' '*) ;; # the order's number and date, which stand elsewhere, too; totals
    control-2' '* | qualifier-2' '*) ;;         # KZABS and ACTION, which are told as unread
    *) echo "$name: $segment was changed, and nothing of it is seen" ;;
    esac
done > wrong
none wrong 'no change passes for the original, but where it says nothing else'

# What was taken is written, and read again as the same: with the number of lines where S01 was lost, and the purpose
# that K01 stands for.
grep -v '"kind":"reject"' out > records
run canon2erp -m idoc-orders records
mv out written
erp2canon -m idoc-orders written > again 2> /dev/null
texts() {
    grep -oE '"map":"[^"]*"\},.*' "$1" |
        sed -E 's/.*"map":"[^"]*"\},//; s/"[a-z_]*_raw":"[^"]*",//g; s/,"line_count":[0-9]+//; s/,"purpose_code":"original"//' |
        sort -u
}
texts again > again.bodies
sed -nE 's/^M[0-9]+ .*records:([0-9]+) .*/\1/p' err | sort -un > unwritten
awk 'NR == FNR { skip[$1]; next } !(FNR in skip)' unwritten records > writable
texts writable > writable.bodies
comm -3 writable.bodies again.bodies | cut -c1-300 > wrong
none wrong 'what is read of a mutant is written, and read again as the same'
[ "$(wc -l < writable.bodies)" -gt 50 ]; ok $? '... and there are many such'
diag "$(wc -l < all) mutants: $(wc -l < rejects) refused, $(wc -l < taken) read as something else or the same, $(wc -l < same_as_before) as before"

done_testing
