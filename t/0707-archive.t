#!/bin/bash
# Input files that are posted go to the archive, as they came, once, and are found again by their numbers; those that
# are not posted stay, and are named. What is finished goes after its time, and nothing else does.

# shellcheck disable=SC1010
. "${0%/*}/tap.sh"

samples=$CROSSDOCK_SOURCE/samples/x12
export CROSSDOCK_LEDGER=day.ledger
canon-ledger create
mkdir inbox inbox/below
cp "$samples"/850-acme-{batch,typical,one-bad}.edi inbox
edi2canon -q --all inbox/*.edi 2> err | canon-ledger post 2> err
printf 'ISA' > inbox/.hidden; printf 'ISA' > inbox/half.part; printf 'ISA' > inbox/x.tmp; printf 'ISA' > inbox/y.filepart

# --- what is posted goes
cp "$samples/850-zenith-plain.edi" inbox/late.edi
cp "$samples/850-acme-typical.edi" inbox/other-name.edi
head -c 500 "$samples/850-acme-plain.edi" > inbox/broken.edi
# (As a translator says it that had to stop in the midst.)
edi2canon -q --all inbox/broken.edi 2> err | sed 's/"is_complete":true/"is_complete":false/' |
    canon-ledger post 2> err
ln -s /etc/passwd inbox/link
run canon-ledger sweep inbox
status_is 1 'not all can be swept'
out_is '' 'nothing is printed'
err_like 'L5501 error: inbox/late.edi: .*no batch of it was posted' 'one was not posted'
err_like 'L5501 error: inbox/other-name.edi: .*posted as 850-acme-typical.edi, but not under this name' \
    'one under another name'
err_like 'L5501 error: inbox/broken.edi: .*breaks off' 'one breaks off'
err_like 'L5501 error: inbox/link: .*no regular file' 'one is none'
is "$(ls -A inbox | tr '\n' ' ')" \
    '.hidden below broken.edi half.part late.edi link other-name.edi x.tmp y.filepart ' 'they stay, and the rest has gone'
rm inbox/{link,broken.edi}
run canon-ledger sweep --grace=3600 inbox
status_is 0 'of what came just now nothing is said'
quiet 'in silence'
touch -d '2 hours ago' inbox/late.edi inbox/other-name.edi
run canon-ledger sweep --grace=3600 inbox
status_is 1 'of what is older it is'
edi2canon -q --all inbox/late.edi inbox/other-name.edi | canon-ledger post
run canon-ledger -v sweep inbox
status_is 0 'what is posted then goes'
err_like 'archived 2, left 0' 'is counted'
is "$(find day.ledger-archive -name '*.zst' | wc -l)" 4 'bytes are there once, whatever they are called'
is "$(stat -c %a day.ledger-archive)" 700 'for their owner alone'
find day.ledger-archive -type f ! -perm 600 > wrong
none wrong 'each of them'

# --- found again
run canon-ledger archive list 4500018805
out_like '^[0-9a-f]{64}	850-acme-batch.edi	[0-9]+	[0-9]+	kept	20' 'by a business number'
sha=$(cut -f 1 out)
is "$sha" "$(sha256sum < "$samples/850-acme-batch.edi" | cut -d ' ' -f 1)" 'it is called by its SHA-256'
run canon-ledger archive show "${sha:0:10}"
same out "$samples/850-acme-batch.edi" 'printed as it came'
order=$(canon-ledger find 4500018805 | cut -f 1)
run canon-ledger archive show "$order"
same out "$samples/850-acme-batch.edi" 'also by a document of it'
command -v zstd > /dev/null && { zstd -dqc "day.ledger-archive/${sha:0:2}/$sha.zst" > got; same got out 'zstd reads it'; }
run canon-ledger archive list
is "$(wc -l < out)" 4 'all are listed'
run canon-ledger archive list 4711
status_is 1 'a number of nothing'
err_like 'L5502' 'is told'
run canon-ledger archive show 0123456789
status_is 1 'so is an id of nothing'
run canon-ledger archive show ''
status_is 1 'and no id'
canon-ledger archive show "$sha" > /dev/full 2> err
status=$?
status_is 3 'a full disk is technical'
canon-ledger events | cut -f 3,9 | grep archived > got
is "$(wc -l < got)" 4 'the log tells of each once'

# --- by hand
: > empty; head -c 3000000 /dev/urandom > large
run canon-ledger archive add empty large large
status_is 0 'any bytes can be added'
is "$(cut -f 2 out | tr '\n' ' ')" 'empty large large ' 'and are named'
for name in empty large; do
    run canon-ledger archive show "$(sha256sum < $name | cut -d ' ' -f 1)"
    same out $name "$name comes back as it was"
done
run canon-ledger archive add . nothing
status_is 3 'a folder is none, nor what is not there'
run canon-ledger archive check
status_is 0 'all is whole'
out_like '^files	6$' 'all was read'
out_like '^wrong	0$' 'nothing is wrong'

# --- damaged
file=day.ledger-archive/${sha:0:2}/$sha.zst
cp "$file" saved
for at in 0 4 20 100; do
    cp saved "$file"
    printf '\377\376' | dd of="$file" bs=1 seek=$at conv=notrunc 2> /dev/null
    run canon-ledger archive show "$sha"
    status_is 3 "a byte at $at that is another"
    err_like 'L5504.*the content is damaged' 'is told'
    out_is '' 'and nothing printed'
done
cp saved "$file"; printf x >> "$file"
run canon-ledger archive show "$sha"
status_is 3 'so is something behind it'
head -c 200 saved > "$file"
run canon-ledger archive check
status_is 3 'and an end that is missing'
cp "day.ledger-archive/$(sha256sum < large | cut -c 1-2)/$(sha256sum < large | cut -d ' ' -f 1).zst" "$file"
run canon-ledger archive show "$sha"
status_is 3 'other bytes under its name'
rm "$file"
run canon-ledger archive check
status_is 3 'a file that is gone'
err_like "L5504.*$sha" 'is named'
cp saved "$file"
run canon-ledger archive check
status_is 0 'all is whole again'

# --- how long
run canon-ledger retain
status_is 2 'retain wants to know how long'
run canon-ledger retain --days 30 -n
status_is 0 'nothing is old'
out_is '' 'so there is nothing to say'
if ! command -v sqlite3 > /dev/null; then
    skip 'old ones' 'sqlite3 is not installed'
    done_testing
    exit
fi
sqlite3 day.ledger "UPDATE archived SET archived_at = '2020-01-01T00:00:00Z'"
run canon-ledger retain --days 30 -n
grep -o '^[a-z]*	[0-9a-f]*	[^	]*	[^	]*	.*' out | cut -f 1,3,5 | LC_ALL=C sort > got
{
    printf 'keep	850-acme-batch.edi	an acknowledgment is due: functional_ack \n'
    printf 'keep	850-acme-one-bad.edi	an open exception: reject 4500018851\n'
    printf 'keep	850-acme-typical.edi	an acknowledgment is due: functional_ack \n'
    printf 'keep	empty	it was neither posted nor delivered\n'
    printf 'keep	large	it was neither posted nor delivered\n'
    printf 'keep	late.edi	an acknowledgment is due: functional_ack \n'
} > want
sed -i 's/functional_ack .*/functional_ack /; s/reject [0-9a-f]\{32\}$/reject 4500018851/' got
same got want 'what is not finished stays, and why'
# delivered TAKER [OPTION]...: all it is offered is done
delivered() {
    canon-ledger take "$@" > taken
    sed -n 's/.*"id":"\([0-9a-f]\{32\}\)","partner".*/{"receipt":1,"id":"\1","status":"written","file":"f"}/p' \
        taken | canon-ledger done "$1"
}
delivered acme
delivered zenith
canon-ledger take erp --kind order --limit 1 > taken
run canon-ledger retain --days 30 -n
is "$(grep -c 'keep.*a delivery is under way: order' out)" 1 'what a consumer has is not finished'
is "$(grep -c 'keep.*a consumer has not had it yet: order' out)" 3 'nor what it is still to be offered'
setsid -w bash -c 'canon-ledger take erp --again --kind order' > taken
sed -n 's/.*"id":"\([0-9a-f]\{32\}\)","partner".*/{"receipt":1,"id":"\1","status":"written","file":"f"}/p' taken |
    canon-ledger done erp
run canon-ledger retain --days 30 --refused-days 9999 -n
is "$(grep -c '^remove' out)" 3 'the rest is'
is "$(find day.ledger-archive -name '*.zst' | wc -l)" 6 'looking removes nothing'
run canon-ledger -v retain --days 30
status_is 0 'what is finished goes'
out_is '' 'and nothing is printed'
err_like 'removed 3, unfinished 3' 'but counted'
is "$(find day.ledger-archive -name '*.zst' | wc -l)" 3 'as many files'
run canon-ledger archive list 4500018805
out_like '	850-acme-batch.edi	.*	gone	' 'its number still tells of it'
run canon-ledger archive show "$sha"
status_is 1 'its bytes are not there'
run canon-ledger archive check
status_is 0 'and all is well'
reject=$(canon-ledger dead | cut -f 3)
canon-ledger dead dismiss "$reject" --reason 'sent again by mail'
run canon-ledger retain --days 30 --refused-days 9999
is "$(find day.ledger-archive -name '*.zst' | wc -l)" 3 'what was refused has a time of its own'
run canon-ledger retain --days 30
is "$(find day.ledger-archive -name '*.zst' | wc -l)" 2 'and then goes, too'
cp "$samples/850-acme-batch.edi" inbox
run canon-ledger sweep inbox
status_is 0 'what went can come back'
run canon-ledger archive show "$sha"
same out "$samples/850-acme-batch.edi" 'as it was'
canon-ledger check --full > /dev/null; ok $? 'all adds up'

# --- no room, no folder
run canon-ledger sweep nowhere
status_is 3 'a folder that is missing is technical'
cp "$samples/850-acme-typical.edi" inbox
mv day.ledger-archive away; : > day.ledger-archive
run canon-ledger sweep inbox
status_is 3 'an archive that is no folder'
err_like 'L5503' 'is told'
[ -e inbox/850-acme-typical.edi ]; ok $? 'and the file stays'
rm day.ledger-archive; ln -s away day.ledger-archive
run canon-ledger sweep inbox
status_is 0 'it can be a link to a folder'
cp "$samples/850-acme-typical.edi" inbox
(ulimit -f 0; canon-ledger sweep inbox > out 2> err)
[ $? = 3 ] && [ -e inbox/850-acme-typical.edi ]; ok $? 'a full disk leaves the file where it is'

done_testing
