# Every transaction set of a release, made from the tables of maps/x12 as an interchange, a group a kind of set:
#
#   awk -f 0430-sets.awk -v tables=maps/x12 -v release=004010 -v into=FILE -v full=0
#
# full=0: the least each set can be, with mandatory loops, segments and elements alone; and then the same again
# without one of its mandatory segments, for each of them. full=1: every place of the set once, each segment with
# all its elements. What must be found comes on stdout, tab separated: set, GS06, ST02, and, where a segment was
# left out, its id and whether it begins a loop (S2106) or not (S2105).

function table(name, path, line) {
    path = tables "/" name
    if ((getline line < path) <= 0) {
        print "cannot read " path > "/dev/stderr"
        exit 1
    }
    return path
}

# The next row of a table in `cell`; comments are no rows.
function row(path, line) {
    while ((getline line < path) > 0)
        if (line != "" && line !~ /^#/) {
            split(line, cell, "\t")
            return 1
        }
    close(path)
    return 0
}

function read_tables(path, key) {
    path = table(release "/elements.tsv")
    while (row(path)) {
        type[cell[1]] = cell[2]
        least[cell[1]] = cell[3]
        most[cell[1]] = cell[4]
    }
    path = table("open.tsv")
    while (row(path))
        open_list[cell[1]] = 1
    # The first code that the release takes and that fits the element.
    path = table("codes.tsv")
    while (row(path)) {
        key = release == "004010" ? cell[3] : release == "005010" ? cell[4] : "Y"
        if (key == "?")
            unknown[cell[1]] = unknown[cell[1]] == "" ? cell[2] : unknown[cell[1]]
        if (key != "N" && !(cell[1] in code) && length(cell[2]) >= least[cell[1]] &&
            length(cell[2]) <= most[cell[1]])
            code[cell[1]] = cell[2]
    }
    path = table(release "/composites.tsv")
    while (row(path))
        field("c", cell[1], cell[2] + 0, cell[3], cell[4], cell[6])
    path = table(release "/segments.tsv")
    while (row(path))
        field("s", cell[1], cell[2] + 0, cell[3], cell[4], cell[6])
    path = table(release "/sets.tsv")
    while (row(path)) {
        sets[++n_sets] = cell[1]
        group[cell[1]] = cell[2] == "" ? "PO" : cell[2]
    }
}

function field(kind, id, position, element, need, conditions) {
    kind = kind " " id
    fields[kind] = position
    element_of[kind, position] = element
    mandatory[kind, position] = need == "M"
    if (conditions != "")
        notes[kind] = conditions
}

function repeated(text, times, made) {
    made = ""
    while (times-- > 0)
        made = made text
    return made
}

function value(element, kind) {
    if (("c " element) in fields)
        return join("c " element, ":")
    kind = type[element]
    if (kind == "ID" && (element in code) && !(element in open_list))
        return code[element]
    if (kind == "DT")
        return most[element] == 6 ? "261124" : "20261124"
    if (kind == "TM")
        return "1200"
    return repeated(kind !~ /^[NR?]/ ? "A" : full ? "1" : "0", least[element] > 1 ? least[element] : 1)
}

function here(kind, position) {
    return (kind, position) in chosen
}

# The elements that are filled: of a whole segment all, less what its conditions exclude; else those that it must
# have, and what its conditions then require.
function choose(kind, i, k, n, note, part, m, present, changed) {
    for (i = 1; i <= fields[kind]; i++) {
        delete chosen[kind, i]
        if (full || mandatory[kind, i])
            chosen[kind, i] = 1
    }
    n = split(notes[kind], note, " ")
    do {
        changed = 0
        for (k = 1; k <= n; k++) {
            m = 0
            present = 0
            for (i = 2; i < length(note[k]); i += 2) {
                part[++m] = substr(note[k], i, 2) + 0
                present += here(kind, part[m])
            }
            letter = substr(note[k], 1, 1)
            if (letter == "E")
                for (i = 1; i <= m && present > 1; i++)
                    if (here(kind, part[i]) && !mandatory[kind, part[i]]) {
                        delete chosen[kind, part[i]]
                        excluded[kind, part[i]] = 1
                        present--
                        changed = 1
                    }
            if (letter == "R" && present == 0)
                changed += add(kind, part[1])
            if (letter == "P" && present > 0 && present < m)
                changed += settle(kind, part, 1, m)
            if (letter == "C" && here(kind, part[1]) && present < m)
                changed += settle(kind, part, 1, m)
            if (letter == "L" && here(kind, part[1]) && present == 1)
                changed += add(kind, part[2])
        }
    } while (changed)
    # A segment has something in it.
    for (i = 1; i <= fields[kind] && !here(kind, i); i++)
        ;
    if (i > fields[kind])
        chosen[kind, 1] = 1
}

function add(kind, position) {
    if (here(kind, position))
        return 0
    chosen[kind, position] = 1
    return 1
}

# All of them, or, where an exclusion forbids one, none.
function settle(kind, part, from, m, i, changed, none) {
    changed = 0
    none = 0
    for (i = from; i <= m; i++)
        none += (kind, part[i]) in excluded
    for (i = from; i <= m; i++)
        if (!none)
            changed += add(kind, part[i])
        else if (here(kind, part[i]) && !mandatory[kind, part[i]]) {
            delete chosen[kind, part[i]]
            changed++
        }
    return changed
}

function join(kind, separator, i, made, last) {
    choose(kind)
    made = ""
    last = 0
    for (i = 1; i <= fields[kind]; i++)
        if (here(kind, i))
            last = i
    for (i = 1; i <= last; i++)
        made = made (i > 1 ? separator : "") (here(kind, i) ? value(element_of[kind, i]) : "")
    return made
}

function segment(id, text) {
    if (!(id in made_of)) {
        text = join("s " id, "*")
        made_of[id] = id "*" text
    }
    return made_of[id]
}

# The places of a set: id, whether it is in, whether it begins a loop.
function read_set(set, path, parent, in_loop) {
    n = 0
    split("", in_loop)
    path = table(release "/sets/" set ".tsv")
    while (row(path)) {
        if (cell[3] == "ST" || cell[3] == "SE")
            continue
        n++
        id[n] = cell[3]
        begins[n] = cell[8] != "" && !(cell[8] in in_loop)
        parent = cell[8]
        if (begins[n])
            sub(/(^|\/)[^\/]*$/, "", parent)
        wanted[n] = full || (cell[4] == "M" && (parent == "" || in_loop[parent]))
        if (begins[n])
            in_loop[cell[8]] = wanted[n]
    }
}

function write_set(left_out, i, count) {
    printf "ST*%s*%04d~\n", set, ++control > into
    count = 2
    for (i = 1; i <= n; i++)
        if (wanted[i] && i != left_out) {
            printf "%s~\n", segment(id[i]) > into
            count++
        }
    printf "SE*%d*%04d~\n", count, control > into
    printf "%s\t%d\t%04d\t%s\t%s\n", set, number, control, left_out ? id[left_out] : "", \
        left_out ? (begins[left_out] ? "S2106" : "S2105") : ""
}

BEGIN {
    read_tables()
    printf "ISA*00*          *00*          *ZZ*SENDER         *ZZ*CROSSDOCK      *261124*1200*%s*%s*000000001*0*P*:~\n", \
        (release < "004020" ? "U" : "^"), (release < "004020" ? "00401" : "00501") > into
    for (s = 1; s <= n_sets; s++) {
        set = sets[s]
        number = s
        control = 0
        read_set(set)
        printf "GS*%s*SENDER*CROSSDOCK*%s*1200*%d*X*%s~\n", group[set], (release < "004010" ? "261124" : "20261124"), \
            number, release > into
        write_set(0)
        for (i = 1; i <= n && !full; i++)
            if (wanted[i]) {
                save = i
                write_set(save)
                i = save
            }
        printf "GE*%d*%d~\n", control, number > into
    }
    printf "IEA*%d*000000001~\n", n_sets > into
}
