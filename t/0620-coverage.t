#!/bin/bash
# map-check --coverage: what of real files the maps read is counted value by value, and what they leave has a place,
# a name and an example.

. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/x12

# --- how it is called
run map-check --coverage --no-such
status_is 2 'an option nobody knows'
out_is '' 'no data'
run map-check --coverage missing.edi
status_is 3 'a file that is not there'
err_like 'missing\.edi' 'is named'
run map-check --coverage .
status_is 3 'a folder'
: > empty
run map-check -v --coverage empty
out_is '' 'an empty file has nothing to measure'
err_like 'empty' 'which is told'
run map-check --coverage -p nobody "$samples/850-acme-typical.edi"
status_is 2 'a partner nobody knows'
run map-check --coverage -m x12-85O "$samples/850-acme-typical.edi"
status_is 2 'a map that is not there'
err_like 'did you mean x12-850' 'and the nearest one'
map-check --coverage "$samples/850-acme-typical.edi" > /dev/full 2> err
status=$?
status_is 3 'a full disk'

# --- the samples are read whole
run map-check --coverage "$samples"/[2-8]*-full.edi "$samples"/94*-full.edi
status_is 0 'the samples'
is "$(grep -vc ': 100.00 % read' out)" 0 'are read whole'
is "$(grep -c '^945: ' out)" 1 'a line a type'

# --- what a map leaves
mkdir -p maps
cat > maps/small.yaml << 'END'
map: small
format: x12
set: "850"
record: order
tree:
  - BEG: {"03": order_number, "05": order_date}
  - PO1: {each: lines, "01": line_number, "02": quantity, "03": uom}
END
cat > one.edi << 'END'
ISA*00*          *00*          *ZZ*NOBODY         *ZZ*CROSSDOCK      *261124*0930*U*00401*000000007*0*P*:~
GS*PO*NOBODY*CROSSDOCK*20261124*0930*7*X*004010~
ST*850*0001~
BEG*00*SA*4711**20261124~
REF*DP*017~
REF*IA*99~
PO1*1*10*EA*1.5~
PO1*2*10*EA*2~
SLN*1**I*2*EA:2:3*9.5~
CTT*2~
SE*9*0001~
GE*1*7~
IEA*1*000000007~
END
run map-check -q -C . -m small --coverage one.edi
status_is 0 'a small map'
# BEG 4, REF 4, PO1 8, SLN 7 (a composite of three), CTT 1.
out_like '^850: 33\.33 % read: 8 of 24 elements in 1 set, by small$' 'counts values'
out_like '^ +1 of 1 +BEG01 .*Purpose.*: "00" in one\.edi ISA 000000007 ST 0001 segment 2 BEG$' 'an element: its first example'
out_like '^ +2 of 2 +REF02 .*: "017" in .*segment 3 REF$' 'a segment no rule takes: each of its elements'
out_like '^ +2 of 2 +PO104 .*: "1\.5" in .*segment 5' 'an element of a segment that is read'
out_like '^ +1 of 1 +PO1/SLN05-02 Exponent: "2" in .*segment 7 SLN' 'a component, with the loop'
is "$(grep -c 'BEG03' out)" 0 'what is read is not listed'
run map-check -qv -C . -m small --coverage one.edi
out_like '^ +0 of 1 +BEG03 Purchase Order Number$' 'but with -v'
run map-check -q -C . -m small --coverage --json one.edi
out_like '^\{"set":"850","sets":1,"present":24,"read":8,"unread":16,"percent":"33\.33","maps":\["small"\]\}$' 'JSON: totals'
out_like '^\{"place":"REF02","name":"[^"]*","set":"850","present":2,"read":0,"unread":2,"file":"one\.edi","interchange":"000000007","group":"7","control":"0001","segment":3,"tag":"REF","value":"017"\}$' \
    'and places'
run map-check -q -C . -m small --coverage one.edi one.edi
out_like '^850: 33\.33 % read: 16 of 48 elements in 2 sets, by small$' 'two files add up'
run map-check -q -C . -m small --coverage < one.edi
out_like '^850: 33\.33 %' 'standard input'

# --- refused sets
sed 's/CTT\*2/CTT*2*x/' one.edi > bad.edi
run map-check -q -C . -m small --coverage bad.edi
status_is 1 'a refused set'
out_is '' 'is not measured'
err_like 'CTT02' 'and why is told'
run map-check -q -C . -m small --coverage --refused bad.edi
out_like '^850: 32\.00 % read: 8 of 25 elements' 'but with --refused'
sed 's/^SLN/ZZZ/' one.edi > lost.edi
run map-check -q -C . -m small --coverage --refused lost.edi
out_like '^ +1 of 1 +\(no place\)01: "1" in .*segment 7 ZZZ$' 'a segment without a place'

# --- repetitions
sed 's/00401/00501/; s/004010/005010/; s/\*U\*/*^*/; s/^SLN.*/REF*ZZ*1^2*x~/' one.edi > repeats.edi
run map-check -q -C . -m small --coverage --refused repeats.edi
out_like '^ +2 of 2 +PO1/REF02' 'each repetition is a value'

# --- cross-references
run map-check --coverage "$samples/850-harbor.edi"
status_is 0 'a partner with cross-references'
out_like '^stores of harbor/850: 2 of 4 rows were not needed, 0 values had none$' 'tells what of them was needed'
[ "$(grep -c 'unused line' out)" = 0 ]; ok $? 'without the rows'
run map-check -v --coverage "$samples/850-harbor.edi"
out_like '^  unused line 4 theirs "0121" ours "HG-EUGENE"$' '-v lists them'
sed 's/\*92\*0112/*92*0999/' "$samples/850-harbor.edi" > missing.edi
cmp -s missing.edi "$samples/850-harbor.edi" && fail 'the sample has store 0112'
run map-check --coverage missing.edi
status_is 1 'a store that nobody knows: the set is refused'
out_like '^stores of harbor/850: .* 1 value had none$' 'and the value that is missing'
out_like '^  missing theirs "0999", 1 time$' 'is named'
run map-check --coverage --json missing.edi
out_like '^\{"xref":"stores","map":"harbor/850","file":"[^"]*harbor-stores\.csv","rows":4,"unused":[0-9]+,"missing":1\}$' 'JSON'
out_like '^\{"xref":"stores","what":"missing","theirs":"0999","count":1\}$' 'a value'

done_testing
