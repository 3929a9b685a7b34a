#!/bin/bash
# A server that does harm: it dies, is silent or talks nonsense within each reply; refuses each call; lies about sizes; has
# names that are none; and its files grow, shrink and vanish. Whatever it does, a run ends in time with the right status,
# what is here is whole, the original is intact unless it is here, and a run with a server that is well completes it all.

. "${0%/*}/tap.sh"
# shellcheck source=t/remote/server.sh
. "$CROSSDOCK_SOURCE/t/remote/server.sh"
command -v sqlite3 > /dev/null || skip_all 'sqlite3 is not installed'

mischief=$CROSSDOCK_BUILD/t/remote/mischief
export CROSSDOCK_LEDGER=l.db
lanes=6

# --- lanes: scenarios run side by side, each lane with a key of its own, by which the server knows its rules
for ((lane = 0; lane < lanes; lane++)); do
    mkdir -p "lane$lane/partners"
    ssh-keygen -q -t ed25519 -N '' -f "lane$lane/key"
    printf '#!/bin/bash\nread -ra rules < %s/rules || :\nexec %s "${rules[@]}" 2>> %s/mischief.err\n' \
        "$PWD/lane$lane" "$mischief" "$PWD/lane$lane" > "lane$lane/serve"
    chmod +x "lane$lane/serve"
    printf 'command="%s/lane%s/serve" %s\n' "$PWD" "$lane" "$(cat "lane$lane/key.pub")"
done > authorized
start || skip_all "sshd does not start here: $(head -n 1 sshd.log)"
known ed25519
here=$PWD
head -c 300000 /dev/urandom > large
proxy=

# via [OPTION...]: the next scenarios of this lane go through a proxy
via() {
    "$CROSSDOCK_BUILD/t/remote/proxy" "$@" "$port" > proxy.port &
    proxy=$!
    until [ -s proxy.port ]; do sleep 0.05; done
    lane_port=$(cat proxy.port)
}

# prepare [LINE]...: partner acme and its files, in this lane
prepare() {
    local line usual replaces

    rm -rf box in out l.db* rules mischief.err
    mkdir -p box/out box/in box/moved in out
    printf 'alpha' > box/out/a.edi
    cp "$here/large" box/out/b.edi
    : > box/out/c.edi
    cp box/out/*.edi out
    : > rules
    {
        printf 'partner: acme\nremote:\n  host: 127.0.0.1\n  port: %s\n  key: key\n  known_hosts: known\n' "$lane_port"
        for usual in "user: $(id -un)" 'timeout: 30s' 'time: 60s' 'retries: 0' 'back_off: 0' 'channels: 1' 'after: delete'; do
            for line in "$@"; do [ "${line%%:*}" != "${usual%%:*}" ] || continue 2; done
            [ "${usual%%:*}" = after ] || printf '  %s\n' "$usual"
        done
        for line in "$@"; do case $line in after* | replace* | there) ;; *) printf '  %s\n' "$line" ;; esac done
        line=after:\ delete
        for usual in "$@"; do case $usual in after*) line=$usual ;; esac done
        printf "  fetch: {from: '%s', into: in, names: ['*.edi'], %s}\n" "$PWD/box/out" "${line/@/$PWD/}"
        replaces=false
        case "$*" in *replace*) replaces=true ;; esac
        printf "  send: {from: out, to: '%s', after: delete, replace: %s}\n" "$PWD/box/in" $replaces
    } > partners/acme.yaml
    case "$*" in *there*) printf before > box/in/a.edi ;; esac
    sed "s/^\[127.0.0.1\]:[0-9]*/[127.0.0.1]:$lane_port/" "$here/known" > known
    canon-ledger create
}

poll() { # its status; 124: out of time, 125: a sanitizer
    timeout -k 5 60 sftp-poll "${way[@]}" acme > stdout 2> stderr
}

wrong() {
    echo "$*" >> "$told"
}

whole() { # FILE: one of those of a box, or what became of it there
    cmp -s "$1" "$here/large" || [ ! -s "$1" ] || [ "$(cat "$1")" = alpha ] || [ "$(cat "$1")" = before ] || [ -n "$alters" ]
}

# scenario NUMBER WAY STATUS REGEX RULES [LINE]...: see `plan_one`
scenario() {
    local want=$3 regex=$4 rules=$5 file got before
    local way=() from=box/out into=in told=$here/told.$1 alters='' again=0

    shift 5
    [ "$way_word" = fetch ] || { way=(--send) from=out into=box/in; }
    case $rules in *grow* | *shrink* | *vanish* | *touch*) alters=yes ;; esac
    # Sent, or taken by somebody? A person must find out.
    [ "$way_word $rules" != 'send close=vanish' ] || again=1
    : > "$told"
    prepare "$@"
    echo "$rules" > rules
    poll
    got=$?
    [ "$got" = "$want" ] || { wrong "status $got, not $want"; cat stderr >> "$told"; }
    [ -z "$regex" ] || grep -Eqa "$regex" stderr || { wrong "says nothing like $regex"; cat stderr >> "$told"; }
    [ ! -s mischief.err ] || cat mischief.err >> "$told"
    for file in a b c; do
        [ ! -e "$into/$file.edi" ] || whole "$into/$file.edi" || wrong "$into/$file.edi is torn"
        [ -e "$from/$file.edi" ] || [ -e "$into/$file.edi" ] || [ -n "$alters" ] || wrong "$file is lost"
        [ ! -e "$from/$file.edi" ] || whole "$from/$file.edi" || wrong "the original of $file is changed"
    done
    [ -z "$(find "$here" -name 'escaped.edi' -o -name 'absolute.edi')" ] && [ ! -e /tmp/absolute.edi ] ||
        wrong 'a name led elsewhere'
    case "$*" in
    *there*)
        [ -e box/in/a.edi ] || wrong 'what was there is gone'
        [[ "$*" = *replace* ]] || rm box/in/a.edi
        ;;
    esac
    # The server is well again, and there is time.
    : > rules
    sed -i 's/  timeout: .*/  timeout: 30s/; s/  time: .*/  time: 60s/' partners/acme.yaml
    if [ -n "$proxy" ]; then
        kill "$proxy"
        proxy=
        sed -i "s/port: .*/port: $port/" partners/acme.yaml
        cp "$here/known" known
    fi
    poll
    got=$?
    [ "$got" = $again ] || { wrong "run again: status $got"; cat stderr >> "$told"; }
    if [ -z "$alters" ]; then
        [ "$(cat $into/a.edi)" = alpha ] && cmp -s $into/b.edi "$here/large" && [ -e $into/c.edi ] && [ ! -s $into/c.edi ] ||
            wrong "run again: not all is whole: $(ls -lA $into)"
        [ "$(ls -A $into | wc -l)" = 3 ] || wrong "run again: something is there that should not be: $(ls -A $into)"
    fi
    case "$*" in
    *leave*) ;;
    *) [ -z "$(ls -A $from)" ] || wrong "run again: $(ls -A $from) stays" ;;
    esac
    find $into -name '.*.part' > parts
    [ ! -s parts ] || wrong "run again: $(cat parts) is left over"
    before=$(ls -A box/* in out | md5sum)
    poll || { wrong "a third time: status $?"; cat stderr >> "$told"; }
    [ "$(ls -A box/* in out | md5sum)" = "$before" ] || wrong 'a third run does something'
}

plans=()
# plan_one WAY STATUS REGEX RULES [LINE]...: the way (fetch or send), the status and a line of the first run, the rules of
# the server ("RULE RULE"), lines of the partner's file in place of the usual ones. "via OPTION..." as a line: through a proxy
plan_one() {
    local IFS=$'\x1f'

    plans+=("$*")
}

run_lane() {
    local lane=$1 i words line lines way_word

    cd "lane$lane" || exit
    export CROSSDOCK_PATH=$PWD:$CROSSDOCK_PATH
    for ((i = lane; i < ${#plans[@]}; i += lanes)); do
        IFS=$'\x1f' read -ra words <<< "${plans[i]}"
        lane_port=$port
        lines=()
        for line in "${words[@]:4}"; do
            # shellcheck disable=SC2086
            case $line in via*) via ${line#via} ;; *) lines+=("$line") ;; esac
        done
        way_word=${words[0]}
        scenario "$i" "${words[@]:0:4}" "${lines[@]}"
    done
}

# --- the connection, at each call
some='torn silent'
if [ -n "${CROSSDOCK_SLOW:-}" ]; then
    some='die torn silent stuck huge empty noise other kind'
fi
for harm in $some; do
    for call in init opendir readdir readdir@2 open open@2 fstat fstat@2 read read@2 close lstat remove remove@3; do
        plan_one fetch 3 'P010[123]' "$call=$harm" 'timeout: 2s'
    done
    for call in init open write fsync fstat close lstat rename rename@3; do
        plan_one send 3 'P010[123]' "$call=$harm" 'timeout: 2s'
    done
done
for harm in die noise stuck huge empty other kind; do
    plan_one fetch 3 'P0[12]0' "read=$harm" 'timeout: 2s'
    plan_one fetch 3 'P0[12]0' "readdir=$harm" 'timeout: 2s'
    plan_one send 3 'P0[12]0' "write=$harm" 'timeout: 2s'
done
plan_one fetch 3 'P010' 'read=drip' 'timeout: 2s'
plan_one fetch 3 'P0103' 'read=drip' 'timeout: 60s' 'time: 3s'
plan_one send 3 'P010' 'write=drip' 'timeout: 2s'
plan_one fetch 3 'P010' 'open@2=die' 'channels: 8' 'timeout: 2s'
plan_one send 3 'P010' 'write=silent' 'channels: 8' 'timeout: 2s'
plan_one fetch 3 'P010[23].*tried again' 'readdir=torn' 'retries: 1' 'timeout: 2s'
plan_one fetch 3 'P010[13]' '' 'via --mute' 'timeout: 2s'
plan_one fetch 3 'P010[13]' '' 'via --banner=10000000' 'timeout: 2s'
plan_one fetch 3 'P010[13]' '' 'via --rate=1' 'timeout: 3s'
plan_one fetch 0 '' '' 'via --delay=100' 'channels: 8'
plan_one send 0 '' '' 'via --delay=100' 'channels: 8'

# --- refused
for status in denied failure gone unsupported; do
    for call in opendir open read close; do
        plan_one fetch "$([ $call = close ] && echo 0 || echo 3)" '' "$call@1+=$status"
    done
    plan_one fetch 3 'P0201.*(b|a)\.edi' "fstat=$status"
    plan_one fetch "$([ $status = gone ] && echo 0 || echo 3)" '' "lstat@1+=$status"
    plan_one fetch "$([ $status = gone ] && echo 0 || echo 3)" '' "remove@1+=$status"
    for call in open write close fstat rename; do
        plan_one send 3 'P0201' "$call@1+=$status"
    done
done
plan_one fetch 3 'P0203' 'rename@1+=failure' "after: move, move_to: '@box/moved'"
plan_one send 3 'P0201.*full' 'write@2+=full'
plan_one send 3 'P0201.*full' 'write@3=failure'
plan_one send 3 'P0201' 'fsync=failure'
plan_one send 0 '' 'fsync@1+=unsupported'
plan_one send 3 'P0201' 'lstat@1+=denied'

# --- what is there is replaced, or not, but is never gone
plan_one send 0 '' '' 'replace: true' 'there'
plan_one send 3 'P010[123]' 'rename=torn' 'replace: true' 'there'
plan_one send 3 'P0103' 'rename@2=silent' 'replace: true' 'there' 'timeout: 2s'
plan_one send 3 'P0201' 'rename@1+=unsupported' 'replace: true' 'there'
plan_one send 3 'P0201.*posix-rename' 'init=plain' 'replace: true' 'there'
plan_one send 1 'P0208' '' 'there'
plan_one send 0 '' 'init=plain'
plan_one fetch 0 '' 'init=plain'

# --- files that change
plan_one fetch 0 'P0202' 'open@2=grow'
plan_one fetch 0 'P0202' 'open@2=shrink'
plan_one fetch 0 'P0202' 'read@2=grow'
plan_one fetch 0 'P0202' 'read@2=shrink'
plan_one fetch 0 '' 'read@2=vanish'
plan_one fetch 0 'P0202' 'fstat@2=touch'
plan_one fetch 3 'P0201' 'open@2=vanish'
plan_one fetch 3 'P0201' 'readdir=vanish'
plan_one fetch 0 'P0202' 'readdir=grow'
plan_one fetch 0 '' 'lstat@1+=grow'
plan_one fetch 0 '' 'lstat@1+=vanish'
plan_one fetch 0 '' 'remove@1+=vanish'
plan_one send 3 'P020' 'write=shrink'
plan_one send 3 'P020' 'write=grow'
plan_one send 3 'P020' 'close=vanish'

# --- lies
plan_one fetch 0 'P0202' 'readdir=larger'
plan_one fetch 0 'P0202' 'readdir=smaller'
plan_one fetch 1 'P0206' 'readdir=enormous'
plan_one fetch 1 'P0205' 'readdir=bare'
plan_one fetch 0 'P0202' 'fstat=larger'
plan_one fetch 0 'P0202' 'fstat@2=enormous'
plan_one fetch 0 'P0202' 'fstat@1+=bare'
plan_one fetch 0 '' 'read@1+=short'
plan_one fetch 0 '' 'read@1+=short' 'channels: 4'
plan_one fetch 0 'P0202' 'read@2+=end'
plan_one fetch 0 '' 'read@1+=swapped'
plan_one fetch 0 '' 'read@3=swapped'
plan_one fetch 0 '' 'read@2=swapped read@4=short'
plan_one send 0 '' 'write@1+=swapped'
plan_one fetch 0 '' 'open@1+=few'
plan_one send 0 '' 'open@1+=few' 'channels: 2'
plan_one fetch 3 'P0201' 'read@2+=nodata'
plan_one fetch 3 'P0[12]0' 'read@1+=long' 'timeout: 2s'
plan_one send 3 'P020' 'fstat=smaller'

# --- names
plan_one fetch 1 'P0204' 'readdir=names'
plan_one fetch 1 'P0204' 'readdir=nameless'
plan_one fetch 3 'P0207' 'readdir@1+=endless' 'max_list: 1000'
plan_one fetch 1 'P0204' 'readdir=twice'
plan_one fetch 3 'P010' 'readdir=miscounted' 'timeout: 2s'

for ((lane = 0; lane < lanes; lane++)); do
    run_lane $lane &
    jobs[lane]=$!
done
wait "${jobs[@]}"
for ((i = 0; i < ${#plans[@]}; i++)); do
    [ -e told.$i ] || echo 'did not run' > told.$i
    none told.$i "${plans[i]//$'\x1f'/ }"
done
diag "${#plans[@]} scenarios"

stop
trap - EXIT
done_testing
