#!/bin/bash
# The day of samples/day goes on as if nothing had happened when a tool of it is killed at a system call, or a call
# fails: t/survive/survive says how that is tried. A sample here; all of it with CROSSDOCK_SLOW (make check-slow), which
# takes hours: SURVIVE_PART=3/10 is the third tenth of it.

. "${0%/*}/tap.sh"

survive=$CROSSDOCK_SOURCE/t/survive/survive
command -v perl > /dev/null || skip_all 'there is no perl here'
command -v sqlite3 > /dev/null || skip_all 'there is no sqlite3 here, which looks into the ledger'
if ! command -v strace > /dev/null || ! strace -qq -e trace=none true 2> /dev/null; then
    skip_all 'strace does not work here'
fi
# A process that is traced cannot look for leaks.
export ASAN_OPTIONS=$ASAN_OPTIONS:detect_leaks=0 LSAN_OPTIONS=$LSAN_OPTIONS:detect_leaks=0
if grep -qs '^SANITIZE = .*-fsanitize' "$CROSSDOCK_BUILD/Makefile"; then
    export SURVIVE_SANITIZED=yes
fi

# survives NAME MODE ARGUMENT...
survives() {
    local name=$1

    shift
    "$survive" "$@" > out 2> err
    ok $? "$name: $(tail -n 1 out)" || { diag_file out; diag_file err; }
}

# The instrument itself: a canon2erp that gives its receipts before its files are there is found out.
mkdir -p liar
for tool in edi2canon canon2edi erp2canon canon-ledger; do
    ln -s "$CROSSDOCK_BIN/$tool" liar
done
cat > liar/canon2erp <<END
#!/bin/sh
set -e
mkdir -p liar
PATH=$PATH
"$CROSSDOCK_BIN/canon2erp" -q -m erp-orders-csv -o liar | sed 's/"liar/"erp/'
[ -z "\$(ls liar)" ] || exec mv liar/* erp
END
chmod +x liar/canon2erp
SURVIVE_BIN=$PWD/liar "$survive" kill --only '^orders: canon2erp renameat2?\(' > out 2> err
[ $? = 1 ] && grep -q 'run again: - ' out; ok $? 'a receipt before its file is found out' ||
    { diag_file out; diag_file err; }

if [ -n "${CROSSDOCK_SLOW:-}" ]; then
    seed=${SURVIVE_SEED:-1} part=${SURVIVE_PART:-1/1}
    survives 'killed before every call' kill --seed "$seed" --part "$part" --jobs "$(nproc)"
    survives 'killed, and killed again while it recovers' twice --points 2000 --seed "$seed" --part "$part" \
        --jobs "$(nproc)"
    survives 'calls that fail' fail --points 12000 --seed "$seed" --part "$part" --jobs "$(nproc)"
else
    # The seed is that of the day: what fails can be repeated with the seed that the output names.
    seed=${SURVIVE_SEED:-$(date +%Y%m%d)}
    survives 'killed' kill --points 250 --seed "$seed" --jobs "$(nproc)"
    survives 'calls that fail' fail --points 250 --seed "$seed" --jobs "$(nproc)"
fi

done_testing
