#!/bin/bash
# The dictionary's compiler: what does not fit together is refused with file and line; the same tables give
# the same bytes, in whatever order their rows stand.

. "${0%/*}/tap.sh"

compile=$CROSSDOCK_BUILD/src/compile/compile-x12
tables=$CROSSDOCK_SOURCE/maps/x12
[ -x "$compile" ] || skip_all 'no compile-x12 in the build'

run "$compile"
status_is 2 'no arguments'
err_like '^usage: compile-x12 ' 'told how to call it'
run "$compile" "$tables" all.image
status_is 0 'the tables are consistent'
quiet 'and nothing is said'
holds 'the build has the same image' cmp all.image "$CROSSDOCK_BUILD/maps/x12.image"
is "$(ls)" "$(printf 'all.image\nerr\nout')" 'no temporary file stays'

# A small dictionary to break: one release, its 997, half of the lists.
small() {
    rm -rf small && mkdir -p small/004010/sets
    cp "$tables/004010/"{sets,segments,composites,elements}.tsv small/004010/
    cp "$tables/004010/sets/997.tsv" small/004010/sets/
    cp "$tables/open.tsv" small/
    cut -f 1-3,6 "$tables/codes.tsv" | awk -F '\t' 'NR == 1 || $3 != "N"' > small/codes.tsv
    awk 'NR == 1 || $1 == 997' "$tables/004010/sets.tsv" > small/004010/sets.tsv
    chmod -R u+w small
}

small
run "$compile" small small.image
status_is 0 'a small dictionary'

# Rows in another order (those of a segment stay together, and in order).
shuffled() {
    { head -n 1 "$1"; tail -n +2 "$1" | sort -r -s -t $'\t' -k 1,1; } > sorted && mv sorted "$1"
}
for table in codes open 004010/elements 004010/segments 004010/composites; do
    shuffled small/$table.tsv
done
printf '\n# a remark\n' >> small/codes.tsv
run "$compile" small shuffled.image
status_is 0 'its rows in another order, and a remark'
holds 'give the same image' cmp small.image shuffled.image

# breaks WHAT FILE SED-SCRIPT MESSAGE: after the change, one problem, and it is this.
breaks() {
    small
    sed -i "$3" "small/$2"
    run "$compile" small broken.image
    status_is 2 "$1"
    err_like "^small/$2(:[0-9]+)?: $4" "$1: said"
    err_like '^compile-x12: 1 problems; broken.image was not written$' "$1: and nothing else"
    [ ! -e broken.image ]; ok $? "$1: no image"
}

segments=004010/segments.tsv elements=004010/elements.tsv set=004010/sets/997.tsv

breaks 'an unknown element' $segments 's/^AK1\t01\t479/AK1\t01\t4799/' \
    "element '4799' is not in elements.tsv nor composites.tsv$"
breaks 'a composite in a composite' 004010/composites.tsv 's/^C001\t02\t1018/C001\t02\tC002/' \
    "element 'C002' is not in elements.tsv$"
breaks 'a missing position' $segments '/^AK2\t01/d' "position '02' of AK2 should be 01"
breaks 'a need' $segments 's/^AK1\t01\t479\tM/AK1\t01\t479\tX/' "need 'X' is neither M nor O"
breaks 'a repeat' $segments 's/^AK1\t01\t479\tM\t1/AK1\t01\t479\tM\t0/' "repeat '0' is no number"
breaks 'a condition' $segments 's/^\(PO1\t01\t.*\)C0302/\1C0333/' \
    "PO1: 'C0333' is no condition on its 25 elements"
breaks 'a condition of one' $segments 's/^\(PO1\t01\t.*\)C0302/\1C03/' "PO1: 'C03' is no condition"
breaks 'a name in the middle' $segments 's/^AK1\t02.*/&Name/' \
    'conditions and name stand on the first row of AK1 only'
breaks 'a segment twice' $segments '$a AK1\t01\t479\tM\t1\t\tagain' 'AK1 again: see line [0-9]+'
breaks 'an element twice' $elements '$a 479\tID\t2\t2\tagain' 'element 479 again: see line [0-9]+'
breaks 'a type' $elements 's/^479\tID/479\tIDX/' "type 'IDX' is none of AN, ID"
breaks 'lengths' $elements 's/^324\tAN\t1\t22/324\tAN\t23\t22/' "lengths '23' to '22'"
breaks 'a code twice' codes.tsv '$a 353\t00\tY\tagain' 'code 00 of element 353 again: see line [0-9]+'
breaks 'a code of no release' codes.tsv '$a 353\t0X\tN\tnowhere' 'no release has this code'
breaks 'a code with a blank' codes.tsv '$a 353\t0 X\tY\tblank' "'0 X' is no code"
breaks 'a letter' codes.tsv '$a 353\t0X\ty\tletter' "004010: 'y' is none of Y, N and \?"
breaks 'a missing cell' codes.tsv '$a 353\t0X\tY' '3 cells where the heading has 4'
breaks 'a blank at the end' codes.tsv '$a 353\t0X\tY\ttext ' 'meaning: blanks at the end'
breaks 'a line end of another system' codes.tsv '$a 353\t0X\tY\ttext\r' 'meaning: blanks at the end'
breaks 'an unknown release' codes.tsv '1s/004010/004099/' "column '004099' is neither a release"
breaks 'an open list that is none' open.tsv '$a 324\twhy not' "element '324' has no list in codes.tsv"
breaks 'a heading' 004010/sets.tsv '1s/group/gruop/' 'the columns must be: set group'
breaks 'a set twice' 004010/sets.tsv '$a 997\tFA' 'set 997 again'
breaks 'an unknown segment' $set 's/\tAK9\t/\tAK99\t/' 'AK99: the segment is not in segments.tsv'
breaks 'an area' $set '$s/^[0-9]/4/' 'SE: the area must be 1'
breaks 'no end' $set '$d' 'a set begins with ST and ends with SE'
breaks 'a loop that is not open' $set 's,AK2/AK3$,AK7/AK3,' \
    'AK3: the path leads into a loop that is not open here'
breaks 'a loop named by another' $set 's,AK2/AK3$,AK2/AK4,' \
    'AK3: the first segment of a loop gives the path its name'
breaks 'a loop begun again' $set '$s,$,AK2,' 'SE: the loop of this path has ended before'
breaks 'a use' $set 's/\tAK9\tM\t1\t/\tAK9\tM\tmany\t/' 'AK9: max_use or loop_repeat must be a number'

small
sed -i 's/^353\t00\t/353\t001\t/' small/codes.tsv
run "$compile" small broken.image
status_is 2 'a code too long for its element'
err_like ': element 353 has 2 to 2 characters, and codes.tsv:[0-9]+ the code 001' \
    'said'
small
cp small/004010/sets/997.tsv small/004010/sets/998.tsv
run "$compile" small broken.image
status_is 2 'a set that is not listed'
err_like '^small/004010/sets: 998.tsv: the set is not in sets.tsv$' 'said'
small
rm small/004010/sets/997.tsv
run "$compile" small broken.image
status_is 2 'a set without its file'
err_like '^small/004010/sets/997.tsv: No such file or directory$' 'said'

run "$compile" nowhere broken.image
status_is 2 'no tables'
err_like '^nowhere: No such file or directory$' 'said'
small
run "$compile" small nowhere/x.image
status_is 3 'an image that cannot be written'
err_like '^compile-x12: nowhere/x.image: No such file or directory$' 'said'

# local.mk names every table, so that a release has them and make knows them.
(cd "$tables" && find . -name '*.tsv' | sed 's,^\./,,' | sort) > there
sed -n 's,^\t%reldir%/\([^ ]*\.tsv\).*,\1,p' "$tables/local.mk" | sort > named
diff there named > difference; none difference 'local.mk names the tables that are there'

# Rows stand sorted, for diffs that show what changed.
for table in "$tables"/*/sets.tsv "$tables"/open.tsv; do
    tail -n +2 "$table" | sort -c -s -t $'\t' -k 1,1n || echo "$table"
done > unsorted 2>&1
for table in "$tables"/*/segments.tsv "$tables"/*/composites.tsv; do
    tail -n +2 "$table" | sort -c -t $'\t' -k 1,1 -k 2,2 || echo "$table"
done >> unsorted 2>&1
none unsorted 'the tables are sorted'

done_testing
