#!/bin/bash
# The floors hold: every #include in src/ is one that src/ROOMS allows, every header is used, and what only
# tools may do (print, exit) stays with them.

. "${0%/*}/tap.sh"

src=$CROSSDOCK_SOURCE/src
rooms=$src/ROOMS

find "$src" -type f \( -name '*.c' -o -name '*.h' -o -name '*.def' \) -printf '%P\n' | LC_ALL=C sort > sources
sed -e '/^#/d' -e '/^[[:space:]]*$/d' "$rooms" > floors

# --- each folder is a room, each room a folder
cut -d/ -f1 sources | sort -u > folders
sed 's/[ |].*//' floors | sort > named
comm -23 folders named | sed 's/.*/src\/& is not in src\/ROOMS/' > wrong
none wrong 'every folder of src/ is a room in src/ROOMS'

awk -F'|' 'NF != 3 { print "src/ROOMS: not three columns: " $0 }' floors > wrong
none wrong 'src/ROOMS has a name, foreign headers and a sentence on each line'

# --- includes: "room/module.h" of a lower floor, <...> of the system, or a foreign one that is allowed here
(cd "$src" && xargs grep -nE '^[[:space:]]*#[[:space:]]*include' < "$OLDPWD/sources" /dev/null) > includes || :
awk '
    NR == FNR {
        split($0, column, "|")
        room = column[1]
        gsub(/ /, "", room)
        floor[room] = ++floors
        n = split(column[2], header, " ")
        for (i = 1; i <= n; i++)
            if (header[i] != "-")
                owner[header[i]] = owner[header[i]] " " room " "
        next
    }
    {
        match($0, /:[0-9]+:/)
        file = substr($0, 1, RSTART - 1)
        where = "src/" substr($0, 1, RSTART + RLENGTH - 2)
        text = substr($0, RSTART + RLENGTH)
        room = file
        sub(/\/.*/, "", room)
        if (match(text, /"[^"]*"/)) {
            name = substr(text, RSTART + 1, RLENGTH - 2)
            target = name
            if (!sub(/\/.*/, "", target))
                print where ": \"" name "\": name the room, as in \"" room "/" name "\""
            else if (!(target in floor))
                print where ": \"" name "\": no such room"
            else if (floor[target] > floor[room])
                print where ": " room " may not look up into " target " (\"" name "\")"
            next
        }
        if (!match(text, /<[^>]*>/)) {
            print where ": neither \"...\" nor <...>"
            next
        }
        name = substr(text, RSTART + 1, RLENGTH - 2)
        key = name
        if (!(key in owner)) {
            sub(/\/.*/, "/", key)
        }
        if (key in owner) {
            if (index(owner[key], " " room " ") == 0)
                print where ": <" name "> belongs to" owner[key] "alone"
        } else if (name !~ /^(arpa|bits|linux|net|netinet|sys)\// && !system_header(name))
            print where ": <" name "> is no header of C or POSIX, and src/ROOMS gives it to no room"
    }
    function system_header(name) {
        return index(" " headers " ", " " name " ") > 0
    }
' headers="$(echo aio.h assert.h byteswap.h complex.h cpuid.h ctype.h dirent.h emmintrin.h endian.h err.h errno.h \
    fcntl.h float.h fnmatch.h getopt.h glob.h immintrin.h inttypes.h langinfo.h libgen.h limits.h locale.h \
    malloc.h math.h netdb.h poll.h pthread.h pwd.h sched.h search.h setjmp.h signal.h spawn.h stdalign.h stdarg.h \
    stdatomic.h stdbool.h stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h strings.h sysexits.h \
    termios.h threads.h time.h unistd.h wchar.h wctype.h wordexp.h x86intrin.h)" floors includes > wrong || echo "the check itself failed" >> wrong
none wrong 'every include stays on its floor'

# --- a header nobody includes is dead
sed -n 's/.*"\([^"]*\)".*/\1/p' includes | sort -u > included
grep '\.\(h\|def\)$' sources | grep -v '^base/banned\.h$' | comm -23 - included |
    sed 's/.*/src\/&: nobody includes it/' > wrong
none wrong 'every header is included by somebody'

# --- code alone: comments and strings out, line numbers kept
strip() {
    awk '
        {
            line = $0
            out = ""
            while (line != "") {
                if (comment) {
                    if (!(at = index(line, "*/"))) { line = ""; break }
                    line = substr(line, at + 2)
                    comment = 0
                } else if (match(line, /\/\*|\/\/|"|\047/)) {
                    mark = substr(line, RSTART, RLENGTH)
                    out = out substr(line, 1, RSTART - 1) " "
                    line = substr(line, RSTART + RLENGTH)
                    if (mark == "/*")
                        comment = 1
                    else if (mark == "//")
                        line = ""
                    else
                        while (line != "") {
                            c = substr(line, 1, 1)
                            line = substr(line, c == "\\" ? 3 : 2)
                            if (c == mark)
                                break
                        }
                } else {
                    out = out line
                    line = ""
                }
            }
            print out
        }
    ' "$1"
}

: > code
while read -r file; do
    strip "$src/$file" | awk -v file="$file" '/[^ \t]/ { print file ":" FNR ":" $0 }' >> code
done < sources

banned='sprintf|vsprintf|strcpy|strcat|stpcpy|strncpy|strncat|strtok|gmtime|localtime|ctime|asctime|atoi|atol|atoll|atof|gets'
grep -v '^base/banned\.h:' code | grep -E "(^|[^A-Za-z0-9_.>])($banned)[[:space:]]*\(" |
    sed 's/^/src\//; s/$/   (src\/base\/banned.h says what to use)/' > wrong || :
none wrong 'no banned function'

grep -vE '^(cli|tools|compile)/' code |
    grep -E '(^|[^A-Za-z0-9_.>])(exit|_exit|quick_exit|abort|err|errx|warn|warnx|perror|printf|vprintf|fprintf|vfprintf|puts|fputs|putchar|dprintf)[[:space:]]*\(' |
    sed 's/^/src\//; s/$/   (only cli and tools print or exit)/' > wrong || :
none wrong 'nothing below cli prints or exits'

done_testing
