# Breaks X12 files as a table says: awk -f 0420-mutate.awk -v samples=DIR -v into=DIR TABLE
#
# Writes DIR/N.edi, N being the row's line in the table, and on stdout, for each row, separated by \037:
# N, options, what is expected (finding, acknowledgment, exit status) with its places resolved, and the row itself.
# The table's head says what its columns are and how edits are written.

function fail(text) {
    print FILENAME ":" FNR ": " text > "/dev/stderr"
    bad = 1
    exit 1
}

# The table's separators and escapes, as the file has them.
function own(text, made, i, c) {
    made = ""
    for (i = 1; i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\\" && substr(text, i + 1, 1) == "x") {
            made = made sprintf("%c", hex(substr(text, i + 2, 2)))
            i += 3
        } else if (c == "\\") {
            made = made substr(text, ++i, 1)
        } else if (c == "*") {
            made = made star
        } else if (c == ":") {
            made = made colon
        } else if (c == "^") {
            made = made caret
        } else {
            made = made c
        }
    }
    return made
}

function hex(digits) {
    return 16 * (index("0123456789abcdef", substr(digits, 1, 1)) - 1) + \
        index("0123456789abcdef", substr(digits, 2, 1)) - 1
}

function load(path, line, text, part, i) {
    text = ""
    while ((getline line < path) > 0)
        text = text line "\n"
    close(path)
    star = substr(text, 4, 1)
    caret = substr(text, 83, 1)
    colon = substr(text, 105, 1)
    end = substr(text, 106, 1)
    lines = substr(text, 107, 1) == "\n" ? "\n" : ""
    sub(/\n$/, "", text)
    n = 0
    while ((i = index(text, end)) > 0) {
        segment[++n] = substr(text, 1, i - 1)
        text = substr(text, i + 1)
        sub(/^\n/, "", text)
    }
}

function id_of(i) {
    return index(segment[i], star) > 0 ? substr(segment[i], 1, index(segment[i], star) - 1) : segment[i]
}

# Where PO1#2 is: the second PO1 of the file.
function find(place, part, i, left) {
    if (split(place, part, "#") != 2)
        fail("no place: " place)
    left = part[2]
    for (i = 1; i <= n; i++)
        if (id_of(i) == part[1] && --left == 0)
            return i
    fail("there is no " place)
}

function ordinal(place, i, from) {
    i = from = find(place)
    while (from > 1 && id_of(from) != "ST")
        from--
    return i - from + 1
}

function drop(at, i) {
    n--
    for (i = at; i <= n; i++)
        segment[i] = segment[i + 1]
}

function insert(at, text, i) {
    for (i = n++; i >= at; i--)
        segment[i + 1] = segment[i]
    segment[at] = text
}

# Element 03 of a segment, or component 02 of element 05: "05-02". Missing separators are made.
function put(at, where, value, part, list, k, m, made) {
    split(where, part, "-")
    m = split(segment[at], list, star)
    for (k = m + 1; k <= part[1] + 1; k++)
        list[k] = ""
    if (k - 1 > m)
        m = k - 1
    list[part[1] + 1] = (2 in part) ? component(list[part[1] + 1], part[2] + 0, value) : value
    made = list[1]
    for (k = 2; k <= m; k++)
        made = made star list[k]
    segment[at] = made
}

function component(text, which, value, list, k, m, made) {
    m = text == "" ? 0 : split(text, list, colon)
    for (k = m + 1; k <= which; k++)
        list[k] = ""
    if (which > m)
        m = which
    list[which] = value
    made = list[1]
    for (k = 2; k <= m; k++)
        made = made colon list[k]
    return made
}

function edit(text, word, i, k, at, last, times, saved, size) {
    if (match(text, /^[A-Z0-9]+#[0-9]+\.[0-9-]+=/)) {
        split(substr(text, 1, RLENGTH - 1), word, ".")
        put(find(word[1]), word[2], own(substr(text, RLENGTH + 1)))
    } else if (match(text, /^[A-Z0-9]+#[0-9]+=/)) {
        segment[find(substr(text, 1, RLENGTH - 1))] = own(substr(text, RLENGTH + 1))
    } else if (match(text, /^(before|after) [^ ]+ /)) {
        split(text, word, " ")
        insert(find(word[2]) + (word[1] == "after"), own(substr(text, RLENGTH + 1)))
    } else if (match(text, /^drop /)) {
        split(text, word, "[ .]+")
        at = find(word[2])
        last = (3 in word) ? find(word[3]) : at
        for (i = at; i <= last; i++)
            drop(at)
    } else if (match(text, /^move [^ ]+ (before|after) /)) {
        split(text, word, " ")
        at = find(word[2])
        saved = segment[at]
        i = find(word[4]) + (word[3] == "after")
        insert(i, saved)
        drop(at < i ? at : at + 1)
    } else if (match(text, /^repeat /)) { # a run of segments, so many times more
        split(text, word, "[ .]+")
        if (4 in word) {
            at = find(word[2])
            last = find(word[3])
            times = word[4]
        } else {
            at = last = find(word[2])
            times = word[3]
        }
        size = last - at + 1
        for (i = n; i > last; i--)
            segment[i + size * times] = segment[i]
        for (i = last + 1; i <= last + size * times; i++)
            segment[i] = segment[i - size]
        n += size * times
    } else if (match(text, /^cut after /)) {
        n = find(substr(text, RLENGTH + 1))
    } else if (match(text, /^end /)) { # what the file ends with in place of its last terminator
        ending = own(substr(text, RLENGTH + 1))
        ended = 1
    } else if (match(text, /^begin /)) {
        beginning = own(substr(text, RLENGTH + 1))
    } else if (match(text, /^between [^ ]+ /)) { # raw bytes behind a segment's terminator
        split(text, word, " ")
        raw[find(word[2])] = own(substr(text, RLENGTH + 1))
    } else if (text == "nothing") {
        n = 0
    } else if (text != "") {
        fail("no edit: " text)
    }
}

function count_of_set(from, i) {
    for (i = from; i <= n; i++)
        if (id_of(i) == "SE")
            return i - from + 1
    return 0
}

# SE01 of every set grows and shrinks with it, unless the row is about SE01.
function mend(i, k, list, m) {
    for (i = 1; i <= n; i++)
        if (id_of(i) == "ST" && (m = count_of_set(i)) > 0)
            put(i + m - 1, "01", m)
}

BEGIN {
    FS = "\t"
}

/^#/ || /^$/ {
    next
}

{
    if (NF != 5)
        fail(NF " columns, not 5")
    split($1, base, " ")
    options = substr($1, length(base[1]) + 2)
    load(samples "/" base[1] ".edi")
    split("", raw)
    beginning = ""
    ended = 0
    mending = $2 !~ /SE#[0-9]+(\.01)?=|end |drop SE/
    edits = split($2, list, / ; /)
    for (e = 1; e <= edits; e++)
        edit(list[e])
    if (mending)
        mend()
    out = into "/" FNR ".edi"
    printf "%s", beginning > out
    for (i = 1; i <= n; i++)
        printf "%s%s%s%s", segment[i], (i == n && ended ? ending : end), (i == n && ended ? "" : lines), raw[i] > out
    close(out)

    # Places in what is expected: "S2105 BEG@REF#1 02" is the ordinal of that REF, and BEG the segment.
    finding = $3
    place = ""
    if (match(finding, / [A-Z0-9?]+@[A-Z0-9]+#[0-9]+/) || match(finding, / [A-Z0-9]+#[0-9]+/)) {
        place = substr(finding, RSTART + 1, RLENGTH - 1)
        before = substr(finding, 1, RSTART)
        after = substr(finding, RSTART + RLENGTH)
        k = index(place, "@")
        number = ordinal(k > 0 ? substr(place, k + 1) : place)
        name = k > 0 ? substr(place, 1, k - 1) : substr(place, 1, index(place, "#") - 1)
        finding = before name " " number after
        gsub(/\*@/, "*" number, $4)
    }
    printf "%d\037%s\037%s | %s | %s\037%s: %s\n", FNR, options, finding, $4, $5, $1, $2
}

END {
    exit bad
}
