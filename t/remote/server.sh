# shellcheck shell=bash
# An OpenSSH server for tests, after tap.sh: on loopback, with keys of its own (host_TYPE, user_TYPE here), for whoever
# runs the test. Without one the script is skipped.
#
#   start [LINE]...     (again) with these lines in its configuration; $port is where, in vain: status 1
#   stop                also when the script ends
#   known TYPE...       known: these keys of it, as known_hosts has them

export PATH=$PATH:/usr/sbin:/sbin
for program in sshd ssh-keygen; do
    command -v $program > /dev/null || skip_all "$program is not installed"
done
sftp_server=/usr/lib/openssh/sftp-server
[ -x $sftp_server ] || skip_all "$sftp_server is not there"
[ "$(id -u)" != 0 ] || [ -d /run/sshd ] || mkdir /run/sshd 2> /dev/null || skip_all '/run/sshd cannot be made'

for type in ed25519 ecdsa rsa; do
    ssh-keygen -q -t $type -N '' -f host_$type
    ssh-keygen -q -t $type -N '' -f user_$type
done
cat user_*.pub > authorized
server=
port=

stop() {
    [ -z "$server" ] || { kill "$server" && wait "$server"; } 2> /dev/null
    server=
}
trap stop EXIT

start() {
    stop
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        port=$((20000 + RANDOM % 12000))
        {
            printf '%s\n' "$@"
            cat <<END
Port $port
ListenAddress 127.0.0.1
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
AuthorizedKeysFile $PWD/authorized
MaxStartups 100
LogLevel ERROR
END
            case "$*" in *HostKey*) ;; *) printf 'HostKey %s\n' "$PWD/host_ed25519" "$PWD/host_ecdsa" ;; esac
            case "$*" in *Subsystem*) ;; *) echo "Subsystem sftp $sftp_server" ;; esac
        } > sshd_config
        "$(command -v sshd)" -D -e -f "$PWD/sshd_config" > sshd.log 2>&1 &
        server=$!
        for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
            # Who answers may be somebody else, at whom ours has just failed.
            if (exec 3<> /dev/tcp/127.0.0.1/$port) 2> /dev/null; then
                sleep 0.1
                ! kill -0 "$server" 2> /dev/null || return 0
            fi
            kill -0 "$server" 2> /dev/null || break
            sleep 0.1
        done
    done
    return 1
}

known() {
    local type

    for type in "$@"; do printf '[127.0.0.1]:%s %s\n' "$port" "$(cut -d' ' -f1,2 host_$type.pub)"; done > known
}
