#!/bin/bash
# The examples in the manuals do what they say.
#
# Comments in a manual mark them; a mark that says "block" speaks of the next .Bd -literal ... .Ed:
#
#   .\" file: PATH      the block is the content of PATH
#   .\" run: COMMAND    a command that the reader does not see
#   .\" example         the block is commands
#   .\" output          the block is what the last command printed
#
# Commands run in one folder a manual, with the samples in samples/, and must succeed.

. "${0%/*}/tap.sh"

for tool in edi2canon canon2erp canon2edi canon-ledger map-check order-trace reconcile sftp-poll; do
    case " $CROSSDOCK_TOOLS " in
    *" $tool "*) ;;
    *) skip_all "$tool is not built" ;;
    esac
done

# One line a mark: KIND, a tab, its argument or the file that holds its block.
extract() {
    awk -v folder="$2" '
        function unescape(line) {
            gsub(/\\\(dq/, "\"", line)
            gsub(/\\&/, "", line)
            gsub(/\\-/, "-", line)
            gsub(/\\e/, "\\", line)
            return line
        }
        /^\.\\" (file|run): / {
            kind = $2
            sub(/:$/, "", kind)
            argument = $0
            sub(/^\.\\" [a-z]+: */, "", argument)
            if (kind == "run") {
                print "run\t" argument
                kind = ""
            }
            next
        }
        /^\.\\" (example|output)$/ { kind = $2; argument = ""; next }
        kind != "" && /^\.Bd / {
            file = folder "/block" ++blocks
            printf "" > file
            print kind "\t" file "\t" argument
            inside = 1
            next
        }
        /^\.Ed/ && inside { inside = 0; kind = ""; close(file); next }
        inside { print unescape($0) > file }
        END { if (kind != "") print "lost\t" kind }
    ' "$1"
}

marks=0
for page in "$CROSSDOCK_SOURCE"/man/*.[1-8]; do
    [ -e "$page" ] || continue
    name=${page##*/}
    folder=$PWD/$name
    mkdir "$folder" "$folder/blocks"
    extract "$page" "$folder/blocks" > "$folder/marks"
    [ -s "$folder/marks" ] || continue
    ln -s "$CROSSDOCK_SOURCE/samples" "$folder/samples"
    number=0
    while IFS=$'\t' read -r kind what path; do
        marks=$((marks + 1))
        number=$((number + 1))
        case $kind in
        file)
            mkdir -p "$folder/$(dirname "$path")" && cp "$what" "$folder/$path"
            ok $? "$name: $path is written"
            ;;
        run | example)
            if [ "$kind" = run ]; then
                printf '%s\n' "$what" > "$folder/blocks/run$number"
                what=$folder/blocks/run$number
            fi
            run bash -c 'cd "$1" && exec bash -euo pipefail "$2"' - "$folder" "$what"
            status_is 0 "$name: $(head -n 1 "$what" | tr '#' ' ')"
            cp out "$folder/out"
            ;;
        output)
            holds "$name: and it prints what the manual shows" diff -u "$what" "$folder/out"
            ;;
        *)
            fail "$name: a mark without a block: $what"
            ;;
        esac
    done < "$folder/marks"
done
[ "$marks" -gt 0 ]
ok $? 'there are examples'

done_testing
