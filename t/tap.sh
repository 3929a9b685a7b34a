# shellcheck shell=bash
# What test scripts share. A script begins with
#
#     #!/bin/bash
#     # what it holds the project to
#     . "${0%/*}/tap.sh"
#
# and ends with done_testing (or says plan N first). It finds itself in an empty folder of its own,
# $CROSSDOCK_BUILD/t/scratch/NAME, which is removed when all went well (KEEP=1 keeps it), with the tools in
# PATH, stdin empty and the environment pinned. Runs under "make check", "make prove" and plain prove.
#
#   run COMMAND...            runs it; files out and err hold what it said, $status how it ended.
#                             A signal, a sanitizer, valgrind or the time limit is a crash: a failed test
#   status_is WANT NAME       of the last run; so is each of the next five
#   out_is TEXT NAME          stdout is exactly TEXT (a last newline aside)
#   out_like REGEX NAME       stdout has a line matching the extended regular expression
#   err_is TEXT NAME, err_like REGEX NAME
#   quiet NAME                stderr is empty
#   ok STATUS NAME            passes on 0, as in:  grep -q x file; ok $? 'has an x'
#   pass NAME, fail NAME
#   holds NAME COMMAND...     passes when the command succeeds
#   is GOT WANT NAME          two strings
#   like GOT REGEX NAME       a string, an extended regular expression
#   same FILE WANT NAME       two files; with BLESS=1, WANT (a file in the sources) is rewritten instead
#   none FILE NAME            passes when FILE is empty; its lines are the complaint
#   skip NAME REASON          one test that cannot run here
#   skip_all REASON           all of them; call it before any test
#   diag TEXT                 a remark for whoever reads the failure
#
# $corpus is the folder of other people's files beside the checkout, or empty: skip with a reason then.

set -u
export LC_ALL=C TZ=UTC
umask 077
exec < /dev/null

CROSSDOCK_SOURCE=${CROSSDOCK_SOURCE:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)}
if [ -z "${CROSSDOCK_BUILD:-}" ]; then
    if [ -e config.status ]; then
        CROSSDOCK_BUILD=$PWD
    elif [ -e "$CROSSDOCK_SOURCE/config.status" ]; then
        CROSSDOCK_BUILD=$CROSSDOCK_SOURCE
    else
        CROSSDOCK_BUILD=$CROSSDOCK_SOURCE/build
    fi
fi
CROSSDOCK_BIN=${CROSSDOCK_BIN:-$CROSSDOCK_BUILD/src/tools}
if [ -z "${CROSSDOCK_TOOLS+set}" ]; then
    CROSSDOCK_TOOLS=$(find "$CROSSDOCK_BIN" -maxdepth 1 -type f -perm -100 ! -name '*.*' -printf '%f ' 2>/dev/null)
fi
CROSSDOCK_PATH=$CROSSDOCK_BUILD:$CROSSDOCK_SOURCE
PATH=$CROSSDOCK_BIN:$PATH
export CROSSDOCK_SOURCE CROSSDOCK_BUILD CROSSDOCK_BIN CROSSDOCK_TOOLS CROSSDOCK_PATH PATH
unset CROSSDOCK_LEDGER XDG_CONFIG_HOME CDPATH GREP_OPTIONS POSIXLY_CORRECT

# Found trouble ends with 125, which no tool of ours uses.
export ASAN_OPTIONS=exitcode=125:detect_leaks=1
export LSAN_OPTIONS=exitcode=125
export UBSAN_OPTIONS=exitcode=125:halt_on_error=1:print_stacktrace=1

tap_name=$(basename "$0" .t)
tap_count=0
tap_failed=0
tap_planned=
tap_limit=${CROSSDOCK_TEST_SECONDS:-120}
status=0

if [ ! -d "$CROSSDOCK_BUILD" ]; then
    echo "1..0 # SKIP no build: run ./bootstrap build first"
    exit 0
fi
tap_scratch=$CROSSDOCK_BUILD/t/scratch/$tap_name
if [ -e "$tap_scratch" ]; then
    chmod -R u+rwx "$tap_scratch"
    rm -rf "$tap_scratch"
fi
mkdir -p "$tap_scratch" && cd "$tap_scratch" || exit 99
export HOME=$tap_scratch TMPDIR=$tap_scratch

# shellcheck disable=SC2034
corpus=
if [ -d "$CROSSDOCK_SOURCE/../shared/corpus" ]; then
    # shellcheck disable=SC2034
    corpus=$CROSSDOCK_SOURCE/../shared/corpus
fi

diag() {
    printf '%s\n' "$*" | sed 's/^/# /' >&2
}

diag_file() {
    head -n "${2:-30}" "$1" | cat -v | sed 's/^/#   /' >&2
}

ok() {
    tap_count=$((tap_count + 1))
    if [ "$1" -eq 0 ]; then
        printf 'ok %d - %s\n' "$tap_count" "$2"
        return 0
    fi
    printf 'not ok %d - %s\n' "$tap_count" "$2"
    tap_failed=$((tap_failed + 1))
    diag "failed: $2"
    return 1
}

pass() {
    ok 0 "$1"
}

fail() {
    ok 1 "$1"
}

holds() {
    local name=$1 held

    shift
    "$@" > held 2>&1
    held=$?
    ok $held "$name" || diag_file held
    rm -f held
    return $held
}

skip() {
    tap_count=$((tap_count + 1))
    printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "$2"
}

skip_all() {
    printf '1..0 # SKIP %s\n' "$1"
    cd / && rm -rf "$tap_scratch"
    exit 0
}

is() {
    if [ "$1" = "$2" ]; then
        pass "$3"
    else
        fail "$3"
        diag "     got: $1"
        diag "    want: $2"
        return 1
    fi
}

like() {
    if [[ $1 =~ $2 ]]; then
        pass "$3"
    else
        fail "$3"
        diag "     got: $1"
        diag "    want: $2 (extended regular expression)"
        return 1
    fi
}

same() {
    if [ -n "${BLESS:-}" ] && ! cmp -s "$1" "$2"; then
        mkdir -p "$(dirname "$2")" && cp "$1" "$2" && chmod 644 "$2"
        diag "blessed $2"
    fi
    if cmp -s "$1" "$2"; then
        pass "$3"
    else
        fail "$3"
        if [ -e "$2" ]; then
            diff -u "$2" "$1" > difference 2>&1 || :
            diag_file difference
            rm -f difference
        else
            diag "there is no $2; BLESS=1 writes it"
        fi
        return 1
    fi
}

none() {
    if [ ! -s "$1" ]; then
        pass "$2"
    else
        fail "$2"
        diag_file "$1" 60
        return 1
    fi
}

run() {
    local command=("$@")

    case " $CROSSDOCK_TOOLS " in
    *" ${1##*/} "*)
        # shellcheck disable=SC2206
        [ -z "${CROSSDOCK_VALGRIND:-}" ] || command=($CROSSDOCK_VALGRIND "$@")
        ;;
    esac
    if [ "$(type -t "$1")" = file ]; then
        command=(timeout -k 5 "$tap_limit" "${command[@]}")
    fi
    "${command[@]}" > out 2> err
    status=$?
    if [ "$status" -ge 124 ]; then
        case $status in
        124 | 137) fail "crashed: out of time, or killed: $*" ;;
        *) fail "crashed: status $status: $*" ;;
        esac
        diag_file err 60
    fi
}

status_is() {
    if [ "$status" = "$1" ]; then
        pass "$2"
    else
        fail "$2"
        diag "     got: exit status $status"
        diag "    want: exit status $1"
        diag_file err
        return 1
    fi
}

out_is() {
    is "$(tr -d '\0' < out)" "$1" "$2"
}

err_is() {
    is "$(tr -d '\0' < err)" "$1" "$2"
}

tap_file_like() {
    if grep -Eaq -e "$2" "$1"; then
        pass "$3"
    else
        fail "$3"
        diag "no line like: $2"
        diag_file "$1"
        return 1
    fi
}

out_like() {
    tap_file_like out "$1" "$2"
}

err_like() {
    tap_file_like err "$1" "$2"
}

quiet() {
    none err "$1"
}

plan() {
    tap_planned=$1
    printf '1..%d\n' "$1"
}

done_testing() {
    if [ -z "$tap_planned" ]; then
        printf '1..%d\n' "$tap_count"
    elif [ "$tap_planned" -ne "$tap_count" ]; then
        diag "planned $tap_planned tests, ran $tap_count"
        tap_failed=$((tap_failed + 1))
    fi
    if [ "$tap_failed" -eq 0 ] && [ -z "${KEEP:-}" ]; then
        cd / && chmod -R u+rwx "$tap_scratch" && rm -rf "$tap_scratch"
    elif [ "$tap_failed" -ne 0 ]; then
        diag "$tap_name: $tap_failed failed; what it left is in $tap_scratch"
    fi
    [ "$tap_failed" -eq 0 ]
    exit
}
