#!/bin/bash
# Reading and writing are each other's inverse, for every map over every sample: a record that was written is read
# again as it was, and a file that was read with --unmapped=keep is written again with the same segments, but for
# those listed in t/0600-laws.lossy.

. "${0%/*}/tap.sh"

# The records' kinds and bodies. An ordinal of what no map read may move with the order of segments; when an
# acknowledgment was made stands in its envelope.
bodies() {
    sed -E 's/^\{"canon":1,"kind":"([a-z_]*)".*"direction":"[a-z]*",("keys":\{[^}]*\},)?("source":\{[^}]*\},)?/\1 {/
        s/"ordinal":[0-9]+,//g
        /^functional_ack/s/"ack_(date|time)":"[^"]*",?//g' "$1" | LC_ALL=C sort
}

# ISA13, GS06 and ST02 of the records.
numbers() {
    sed -nE 's/.*"interchange":"([^"]*)","group":"([^"]*)","set":"([^"]*)".*/\1 \2 \3/p' "$1"
}

# segments FILE RECORDS: those of the sets that became records
segments() {
    numbers "$2" > accepted
    awk -v accepted=accepted -f "$CROSSDOCK_SOURCE/t/0600-laws.awk" "$1" | LC_ALL=C sort
}

# Acknowledgments that came in are records when they are asked for; those we owe for other samples are none.
reading() {
    case $1 in
    99*) edi2canon --acks --unmapped=keep "$2" ;;
    *) edi2canon --unmapped=keep "$2" ;;
    esac
}

: > lossy
sets=0
for sample in "$CROSSDOCK_SOURCE"/samples/x12/[0-9]*.edi; do
    name=${sample##*/}
    name=${name%.edi}
    reading "$name" "$sample" > read 2> read.err
    if [ ! -s read ]; then
        fail "$name: gives records" || diag_file read.err
        continue
    fi
    sets=$((sets + $(wc -l < read)))
    run canon2edi --relay --unmapped=error --control numbers --time 2026-11-24T09:30 read
    status_is 0 "$name: is written again" || { diag_file err; continue; }
    mv out written
    reading "$name" written > again 2> read.err
    bodies read > want
    bodies again > got
    cmp -s want got
    ok $? "$name: and read as the same records" || diff want got | cut -c1-600 | head -6 >&2
    # The form of the file is not kept: this one is cut into lines of 80 characters.
    [ "$name" = 850-acme-wrapped ] && continue
    segments "$sample" read > want
    segments written again > got
    diff want got | sed -n "s/^< /$name - /p; s/^> /$name + /p" >> lossy
done
same lossy "$CROSSDOCK_SOURCE/t/0600-laws.lossy" 'the same segments come back, but for those that are listed'
[ "$sets" -gt 50 ]; ok $? "$sets sets were held to it"

for records in "$CROSSDOCK_SOURCE"/samples/canon/*.jsonl; do
    name=${records##*/}
    partner=${name#to-}
    partner=${partner%.jsonl}
    run canon2edi --unmapped=error --control numbers --time 2026-11-24T09:30 "$records"
    status_is 0 "$name: is written" || diag_file err
    mv out written
    edi2canon -p "$partner" --unmapped=keep written > again 2> read.err
    # Reading keeps the code that a word was written as: those fields may come in addition.
    bodies "$records" | sed -E 's/"[a-z_]+_raw":"[^"]*",//g' > want
    bodies again | sed -E 's/"[a-z_]+_raw":"[^"]*",//g' > got
    cmp -s want got
    ok $? "$name: and read as the same records" || diff want got | cut -c1-600 | head -6 >&2
done

done_testing
