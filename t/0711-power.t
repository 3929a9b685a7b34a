#!/bin/bash
# What was acknowledged is there when the power fails, at whatever moment, and the next run completes the rest:
# t/survive/powerloss says how that is tried. A sample here; all of it with CROSSDOCK_SLOW (make check-slow).

. "${0%/*}/tap.sh"

powerloss=$CROSSDOCK_SOURCE/t/survive/powerloss
command -v perl > /dev/null && perl -MDigest::SHA -e 1 2> /dev/null || skip_all 'there is no perl here, or no Digest::SHA'
command -v sqlite3 > /dev/null || skip_all 'there is no sqlite3 here, which looks into the ledger'
if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip_all 'strace does not work here'
fi
# A process that is traced cannot look for leaks.
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 LSAN_OPTIONS=$LSAN_OPTIONS:detect_leaks=0

# The instrument itself: a step that gives a receipt before its file is on the disk is found out.
run "$powerloss" --liar
status_is 1 'a file that was not flushed is found out'
out_like 'liar.*was acknowledged and is not there' 'as what it is'

points=64
[ -z "${CROSSDOCK_SLOW:-}" ] || points=0
# The seed is that of the day: what fails can be repeated with the seed that the output names.
"$powerloss" --points $points --seed "${SURVIVE_SEED:-$(date +%Y%m%d)}" --jobs "$(nproc)" > out 2> err
ok $? "$(tail -n 1 out)" || { diag_file out; diag_file err; }
states=$(sed -n 's/.*, \([0-9]*\) states$/\1/p' out)
[ "${states:-0}" -ge 5000 ]; ok $? "of $states states that there are"

done_testing
