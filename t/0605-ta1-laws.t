#!/bin/bash
# A TA1 is no transaction set, and no map reads it: its record comes back through canon2edi and edi2canon all the same,
# of all states and reasons that X12 has. CROSSDOCK_SEED says which are drawn; CROSSDOCK_SLOW tests 10,000.

. "${0%/*}/tap.sh"

seed=${CROSSDOCK_SEED:-4}
documents=${CROSSDOCK_DOCUMENTS:-${CROSSDOCK_SLOW:+10000}}
documents=${documents:-300}

awk -v n="$documents" -v seed="$seed" '
    function below(m) {
        return int(rand() * m)
    }
    BEGIN {
        srand(seed)
        split("A E R", states, " ")
        for (i = 1; i <= n; i++) {
            printf "{\"canon\":1,\"kind\":\"functional_ack\",\"id\":\"%032x\",\"partner\":\"acme\",\"direction\":\"out\",", i
            printf "\"ack_type_code\":\"TA1\",\"acked_interchange_control_number\":\"%09d\",", below(1000000000)
            printf "\"acked_interchange_date\":\"20%02d-%02d-%02d\",", below(50), 1 + below(12), 1 + below(28)
            printf "\"acked_interchange_time\":\"%02d:%02d\",", below(24), below(60)
            printf "\"interchange_status_code\":\"%s\",\"interchange_note_code\":\"%03d\"}\n", states[1 + below(3)], below(32)
        }
    }' > drawn
is "$(wc -l < drawn)" "$documents" "seed $seed: $documents TA1 are drawn"

# The body, without the date of the acknowledgment itself: that is the interchange's.
bodies() {
    sed -E 's/.*"ack_type_code"/"ack_type_code"/; s/"ack_(date|time)":"[^"]*",//g' "$1"
}

run canon2edi --control numbers --time 2026-11-24T09:30 drawn
status_is 0 'they are written'
quiet 'in silence'
mv out interchanges
is "$(grep -o 'TA1\*[^~]*' interchanges | wc -l)" "$documents" 'each of them'
run edi2canon -q --acks interchanges
status_is 0 'and read again'
bodies drawn > want
bodies out > got
cmp want got; ok $? 'as they were' || diff want got | head -6 >&2
canon2edi --control numbers --time 2026-11-24T09:30 --relay out > second 2> /dev/null
is "$(grep -o 'TA1\*[^~]*' second | cksum)" "$(grep -o 'TA1\*[^~]*' interchanges | cksum)" 'and written again with the same segment'

done_testing
