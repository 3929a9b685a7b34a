#!/bin/bash
# What each tool says about itself, its --help and its manual, is one story.

. "${0%/*}/tap.sh"

[ -n "$CROSSDOCK_TOOLS" ] || skip_all 'no tools are built'

version=$(sed -n 's/^#define PACKAGE_VERSION "\(.*\)"/\1/p' "$CROSSDOCK_BUILD/config.h")

# Options of a --help text: at the start of an indented line, "-x, --long=VALUE  what it does".
help_options() {
    sed -nE 's/^ {2,6}((-[[:alnum:]]|--[a-z0-9-]+)([ =]\[?[A-Za-z0-9|.:_=-]+\]?)?(, *(-[[:alnum:]]|--[a-z0-9-]+)([ =]\[?[A-Za-z0-9|.:_=-]+\]?)?)*).*/\1/p' |
        grep -oE -- '(^|[ ,])--?[a-zA-Z0-9][a-z0-9-]*' | tr -d ' ,' | LC_ALL=C sort -u
}

# Options of a manual: the tags of its lists, ".It Fl x , Fl -long Ns = Ns Ar value".
man_options() {
    grep -E '^\.It (Fl|Xo)' "$1" | grep -oE 'Fl +[^ ]+' | sed -E 's/^Fl +/-/' | LC_ALL=C sort -u
}

for tool in $CROSSDOCK_TOOLS; do
    page=$CROSSDOCK_SOURCE/man/$tool.1

    run "$tool" --help
    status_is 0 "$tool --help succeeds"
    quiet "$tool --help is silent on stderr"
    out_like "^[Uu]sage: $tool" "$tool --help begins with its usage"
    cp out help

    run "$tool" --version
    status_is 0 "$tool --version succeeds"
    out_like "^$tool \\(crossdock\\) ${version//./\\.}" "$tool --version names tool, project and version"

    run "$tool" --no-such-option
    status_is 2 "$tool refuses an unknown option with 2"
    out_is '' 'and prints no data'
    err_like 'no-such-option' 'but the option'

    "$tool" --help > /dev/full 2> err
    status=$?
    status_is 3 "$tool --help on a full disk is technical"

    if [ ! -e "$page" ]; then
        fail "$tool has a manual"
        continue
    fi
    pass "$tool has a manual"
    help_options < help > help.options
    man_options "$page" > man.options
    comm -23 help.options man.options | sed "s/\$/ is in $tool --help and not in man\/$tool.1/" > wrong
    comm -13 help.options man.options | sed "s/\$/ is in man\/$tool.1 and not in $tool --help/" >> wrong
    none wrong "$tool: --help and manual name the same options"
    [ -s help.options ]; ok $? "$tool: and there are some"
    for section in NAME SYNOPSIS DESCRIPTION 'EXIT STATUS' EXAMPLES; do
        grep -qE "^\\.Sh \"?$section\"?\$" "$page" || echo "$tool.1 has no section $section"
    done > wrong
    none wrong "$tool: the manual has its sections"
done

# A file there is a tool, with a page of its name; what a tool needs beside its main stands in another room.
for file in "$CROSSDOCK_SOURCE"/src/tools/*.[ch]; do
    name=$(basename "${file%.[ch]}")
    [ "$file" = "${file%.h}" ] && [ -e "$CROSSDOCK_SOURCE/man/$name.1" ] || echo "src/tools/${file##*/}: no man/$name.1"
done > wrong
none wrong 'each file of src/tools has a manual'

for page in "$CROSSDOCK_SOURCE"/man/*.[1-8]; do
    [ -e "$page" ] || continue
    if command -v mandoc > /dev/null; then
        mandoc -T lint -W warning "$page" > wrong
        none wrong "${page##*/} is sound mdoc"
    else
        skip "${page##*/} is sound mdoc" 'mandoc is not installed'
    fi
done

done_testing
