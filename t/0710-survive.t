#!/bin/bash
# The day of samples/day goes on as if nothing had happened when a tool of it is killed at a system call, or a call
# fails: t/survive/survive says how that is tried. A sample here: 500 kills and 250 calls (50 and 150 where a sanitizer
# watches); all kills, and 12,000 calls, with CROSSDOCK_SLOW (make check-slow), which takes hours: SURVIVE_PART=3/10 is
# a tenth of it.

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

# survives MODE[=N]... OPTION...: a test for each mode
survives() {
    local mode

    "$survive" "$@" --jobs "$(nproc)" > out 2> err
    for mode in kill twice fail; do
        case " $* " in *" $mode "* | *" $mode="*) ;; *) continue ;; esac
        grep -q "^$mode: [1-9][0-9]* cases, [1-9][0-9]* hit, 0 wrong$" out; ok $? "$(grep "^$mode: " out || echo "$mode")" ||
            { diag_file out; diag_file err; }
    done
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
SURVIVE_BIN=$PWD/liar "$survive" kill --step orders --only 'canon2erp renameat2?\(' > out 2> err
[ $? = 1 ] && grep -q 'run again: - ' out; ok $? 'a receipt before its file is found out' ||
    { diag_file out; diag_file err; }

seed=${SURVIVE_SEED:-1} part=${SURVIVE_PART:-1/1}
if [ -n "${CROSSDOCK_SLOW:-}" ]; then
    survives kill --seed "$seed" --part "$part"
    survives twice=2000 --seed "$seed" --part "$part"
    survives fail=12000 --seed "$seed" --part "$part"
else
    # The seed is that of the day: what fails can be repeated with the seed that the output names. A sanitizer sees
    # what goes wrong where a call fails, and little of a kill, and takes five times as long.
    drawn=(kill=500 fail=250)
    [ -z "${SURVIVE_SANITIZED:-}" ] || drawn=(kill=50 fail=150)
    survives "${drawn[@]}" --seed "${SURVIVE_SEED:-$(date +%Y%m%d)}"
fi

done_testing
