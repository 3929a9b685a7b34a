#!/bin/bash
# The laws over files that others wrote: every set that is translated comes back with the same segments in the same
# order, and gives the same record, also through edi2canon and canon2edi.  Nothing differs but the form of numbers.
# The log has the table, and why what is not translated is not.

. "${0%/*}/tap.sh"

[ -n "$corpus" ] || skip_all 'the corpus is not here'

files=("$corpus"/x12-*/*)
run map-check --laws -v --json --diagnostics=json --max-findings 0 "${files[@]}"
mv out table
mv err findings
[ "$status" -le 1 ]; ok $? 'the corpus is tested' || diag_file findings 20
grep -E '"code":"M37|"code":"M3[0-9]*","severity":"error"' findings | grep -v 'in the form of the standard"' > unexplained
none unexplained 'what is translated comes back, but for the form of numbers'
is "$(grep -v '"differ":0,' table)" '' 'no document differs'
[ "$(sed -E 's/.*"documents":([0-9]+).*/\1/' table | awk '{ n += $1 } END { print n }')" -ge 30 ]; ok $? 'there was something to see'
for type in 214 810 850 855 856 940 943 997 999; do
    grep -q "\"set\":\"$type\"" table; ok $? "$type is among them"
done
diag 'sets tested, those that come back, and differences in the form of a number ("declared")'
diag_file table 40
diag 'files with sets that are not translated, and the codes of the errors'
sed -nE '/"severity":"error"/s/.*"code":"([^"]*)".*"file":"([^"]*)".*/\2 \1/p' findings | sort -u |
    awk '{ all[$1] = all[$1] " " $2 } END { for (file in all) print file all[file] }' | sed 's|.*/x12-|x12-|' | sort > refused
diag_file refused 300

# The record without what depends on the file, and what canon2edi does with numbers.
bodies() {
    sed -E 's/^\{"canon":1,"kind":"([a-z_]*)".*"direction":"[a-z]*",("keys":\{[^}]*\},)?("source":\{[^}]*\},)?/\1 {/
        s/,?\{"at":"ST"[^]]*\]\}//; s/,?"extra":\[\]//' "$1" | LC_ALL=C sort
}

: > others
through=0
for file in "${files[@]}"; do
    edi2canon -q --unmapped=keep "$file" > once 2> once.err
    [ -s once ] || continue
    run canon2edi --relay --unmapped=error --control numbers --time 2026-11-24T09:30 once
    if [ "$status" != 0 ]; then
        { echo "${file##*/}: refused by canon2edi"; cat err; } >> others
        continue
    fi
    mv out again.edi
    edi2canon -q --unmapped=keep again.edi > again 2> again.err
    bodies once > want
    bodies again > got
    cmp -s want got || { echo "${file##*/}: another record"; diff want got | cut -c1-400; } >> others
    through=$((through + 1))
done
none others 'nor through the tools'
[ "$through" -ge 15 ]; ok $? "$through files went through them"

done_testing
