#!/bin/bash
# The repository is whole: the files a newcomer looks for, every test listed, nothing left out of a release,
# and the wrappers do what they say.

. "${0%/*}/tap.sh"

for file in README HACKING bootstrap configure.ac Makefile.am .ci/run src/ROOMS run.in; do
    if [ -s "$CROSSDOCK_SOURCE/$file" ]; then pass "there is $file"; else fail "there is $file"; fi
done

# --- tests
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
make -s -C "$CROSSDOCK_BUILD" print-distfiles 2> make.err |
    sed "s|^$CROSSDOCK_SOURCE/||" | LC_ALL=C sort -u > listed
[ -s listed ]; ok $? 'the Makefile tells what a release holds' || diag_file make.err

for script in "$CROSSDOCK_SOURCE"/t/[0-9]*.t; do
    name=t/${script##*/}
    grep -qxF "$name" listed || echo "$name is not in t/local.mk"
    [ -x "$script" ] || echo "$name is not executable"
    grep -q '^done_testing' "$script" || echo "$name does not end with done_testing"
done > wrong
none wrong 'every test script is listed, executable and counts its tests'

for source in "$CROSSDOCK_SOURCE"/t/unit/*.c; do
    [ -e "$source" ] || continue
    grep -qxF "t/unit/${source##*/}" listed || echo "t/unit/${source##*/} is not in t/unit/local.mk"
done > wrong
none wrong 'every check program is listed'

# --- a release holds what the repository holds
if git -C "$CROSSDOCK_SOURCE" rev-parse --git-dir > git.out 2>&1 &&
    [ "$(git -C "$CROSSDOCK_SOURCE" rev-parse --show-toplevel)" = "$(cd "$CROSSDOCK_SOURCE" && pwd -P)" ]; then
    git -C "$CROSSDOCK_SOURCE" ls-files | awk '
        NR == FNR { listed[$0] = 1; next }
        {
            for (path = $0; path != ""; ) {
                if (path in listed)
                    next
                if (!sub(/\/[^\/]*$/, "", path))
                    break
            }
            print $0 " is in git and would not be in a release"
        }
    ' listed - > wrong
    none wrong 'every file of the repository would be in a release'
else
    skip 'every file of the repository would be in a release' 'not a git checkout'
fi

# --- wrappers
if [ -e "$CROSSDOCK_SOURCE/bootstrap" ]; then
    run "$CROSSDOCK_SOURCE/bootstrap" --help
    status_is 0 'bootstrap --help succeeds'
    out_like 'bootstrap demo' 'and names the demo'
    run "$CROSSDOCK_SOURCE/bootstrap" nonsense
    status_is 2 'bootstrap refuses what it does not know'
fi
run "$CROSSDOCK_BUILD/run"
status_is 2 'run wants a tool'
# shellcheck disable=SC2016
run "$CROSSDOCK_BUILD/run" sh -c 'echo "$CROSSDOCK_PATH"'
out_like "^$CROSSDOCK_BUILD:$CROSSDOCK_SOURCE" 'run says where maps and partners are'

# --- what does not speak XML does not load the library for it: most files are small, and starting is most of
# the time they take
if command -v readelf > /dev/null; then
    for tool in $CROSSDOCK_TOOLS; do
        case $tool in
        edi2canon)
            readelf -d "$CROSSDOCK_BIN/$tool" | grep NEEDED | grep -E 'xml2|cmocka|jansson' > wrong
            none wrong "$tool is not linked to what it does not need"
            ;;
        esac
    done
fi

done_testing
