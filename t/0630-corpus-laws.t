#!/bin/bash
# The laws over files that others wrote: what edi2canon --unmapped=keep made of a set, canon2edi --relay writes with
# same segments in the same order, and it is read as the same record.  A set that comes back otherwise needs a cause that
# is known here.  The log has the table and every difference.

. "${0%/*}/tap.sh"

[ -n "$corpus" ] || skip_all 'the corpus is not here'

source_of() { # FIELD < RECORD
    sed -nE "s/.*\"source\":\{[^}]*\"$1\":\"?([^\",}]*).*/\1/p" record
}

segments() { # FILE OFFSET PLAIN
    awk -v at="$2" -v plain="$3" -f "$CROSSDOCK_SOURCE/t/0630-corpus-laws.awk" "$1"
}

# A record without what may move or depends on the file.
body() {
    sed -E 's/^\{"canon":1,"kind":"([a-z_]*)".*"direction":"[a-z]*",("keys":\{[^}]*\},)?("source":\{[^}]*\},)?/\1 {/
        s/,?\{"at":"ST"[^]]*\]\}//; s/,?"extra":\[\]//' "$1"
}

# Why the segments differ; nothing: nobody knows.
cause() { # FILE OFFSET WRITTEN OFFSET
    segments "$1" "$2" 1 > want
    segments "$3" "$4" 1 > got
    cmp -s want got && echo 'a number in another form than the standard'"'"'s'
}

printf '%-8s %5s %10s %8s %6s %6s %9s %8s\n' set files translated written record exact explained unknown > table
: > unexplained
: > notes
for type in 850 855 856 810 940 943 945 214; do
    files=0 made=0 written=0 same=0 exact=0 explained=0 unknown=0
    for file in "$corpus/x12-$type"/*; do
        name=${file##*/}
        files=$((files + 1))
        run edi2canon --unmapped=keep --diagnostics=json "$file"
        mv out records
        [ "$status" = 0 ] ||
            echo "$type $name: not translated: $(grep -F '"error"' err | sed -nE 's/.*"code":"([^"]*)".*/\1/p' | sort -u | paste -sd, -)" >> notes
        while IFS= read -r line; do
            printf '%s\n' "$line" > record
            [ "$(source_of type)" = "$type" ] || continue
            offset=$(source_of offset)
            made=$((made + 1))
            run canon2edi --relay --unmapped=error --control numbers --time 2026-11-24T09:30 record
            if [ "$status" != 0 ]; then
                { echo "$type $name byte $offset: refused by canon2edi"; cat err; } >> unexplained
                continue
            fi
            written=$((written + 1))
            mv out again.edi
            edi2canon --unmapped=keep again.edi > again 2> /dev/null
            body record > want
            body again > got
            if cmp -s want got; then
                same=$((same + 1))
            else
                { echo "$type $name byte $offset: another record"; diff want got | cut -c1-400; } >> unexplained
            fi
            mv again record
            second=$(source_of offset)
            segments "$file" "$offset" 0 > one
            segments again.edi "$second" 0 > two
            if [ -s one ] && cmp -s one two; then
                exact=$((exact + 1))
                continue
            fi
            why=$(cause "$file" "$offset" again.edi "$second")
            if [ -n "$why" ]; then
                explained=$((explained + 1))
                { echo "$type $name byte $offset: $why"; diff one two | head -4; } >> notes
            else
                unknown=$((unknown + 1))
                { echo "$type $name byte $offset: other segments"; diff one two | head -20; } >> unexplained
            fi
        done < records
    done
    printf '%-8s %5d %10d %8d %6d %6d %9d %8d\n' "$type" $files $made $written $same $exact $explained $unknown >> table
done
diag 'sets: translated by edi2canon, written by canon2edi, read as the same record, with exactly the same segments'
diag_file table
diag_file notes 200
none unexplained 'what is translated comes back, or it is known why not'
[ "$(awk 'NR > 1 { n += $3 } END { print n }' table)" -ge 20 ]; ok $? 'there was something to see'

done_testing
