#!/bin/bash
# The helper itself: what must fail does fail, a crash is told from a refusal, and tests run alone.

. "${0%/*}/tap.sh"

# inner NAME < SCRIPT: runs a test script of its own, as prove would.
inner() {
    {
        echo "#!/bin/bash"
        echo ". '$CROSSDOCK_SOURCE/t/tap.sh'"
        cat
    } > "$1.t"
    env -u BLESS -u KEEP bash "$1.t" > "$1.out" 2> "$1.err"
    status=$?
}

inner inner-good <<'END'
run sh -c 'echo data; echo remark >&2; exit 1'
status_is 1 'a refusal'
out_is data 'its data'
err_like '^rem.rk$' 'its remark'
is "$(umask)" 0077 'umask'
is "$LC_ALL $TZ" 'C UTC' 'locale and zone'
is "$(ls -A)" 'err
out' 'a folder of its own'
read -r line; ok $((1 - $?)) 'stdin is empty'
skip 'a thing' 'a reason'
done_testing
END
is "$status" 0 'what holds passes'
is "$(tail -n 1 inner-good.out)" '1..8' 'and is counted'
is "$(grep -c '^ok' inner-good.out)" 8 'each as ok'
grep -q '^ok 8 - a thing # SKIP a reason$' inner-good.out; ok $? 'a skip says why'
[ ! -e "$CROSSDOCK_BUILD/t/scratch/inner-good" ]; ok $? 'and leaves nothing'

inner inner-bad <<'END'
is a b 'equal'
like abc '^b' 'alike'
run sh -c 'exit 2'
status_is 0 'success'
echo x > file; none file 'nothing'
same file "$PWD/other" 'the same'
holds 'true' false
done_testing
END
is "$status" 1 'what does not hold fails'
is "$(grep -c '^not ok' inner-bad.out)" 6 'each is told'
[ -e "$CROSSDOCK_BUILD/t/scratch/inner-bad/file" ]; ok $? 'and its folder is left to look at'
rm -rf "$CROSSDOCK_BUILD/t/scratch/inner-bad"

inner inner-crash <<'END'
run bash -c 'kill -SEGV $$'
run sh -c 'exit 125'
tap_limit=1
run sleep 20
done_testing
END
is "$status" 1 'a crash fails the script'
is "$(grep -c '^not ok .* - crashed: ' inner-crash.out)" 3 'signal, sanitizer and time limit are crashes'
rm -rf "$CROSSDOCK_BUILD/t/scratch/inner-crash"

inner inner-plan <<'END'
plan 2
pass 'one'
done_testing
END
is "$status" 1 'a wrong plan fails'
rm -rf "$CROSSDOCK_BUILD/t/scratch/inner-plan"

done_testing
