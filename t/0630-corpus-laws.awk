# The segments of the set whose ST begins at byte `at` of an X12 file, ST and SE left out: one a line, elements with *
# between and components with :, without what is empty at their ends.  With `plain`, numbers without zeros in front.
BEGIN {
    RS = "\001"
}
function plain_number(text) {
    if (text ~ /^-?0*\.[0-9]+$/ || text ~ /^0+[0-9]+(\.[0-9]+)?$/)
        sub(/^0+/, "", text)
    if (text ~ /\..*[0-9]$/ || text ~ /^[0-9]+$/)
        sub(/^-?0+$/, "0", text)
    return text
}
function with_colons(text,    out, i, one) {
    out = ""
    for (i = 1; i <= length(text); i++) {
        one = substr(text, i, 1)
        out = out (one == component ? ":" : one)
    }
    return out
}
{
    total = length($0)
    rest = $0
    inside = 0
    while (rest != "") {
        if (substr(rest, 1, 3) == "ISA") {
            delimiter = substr(rest, 4, 1)
            n = 0
            for (i = 4; n < 16 && i <= length(rest); i++)
                n += substr(rest, i, 1) == delimiter
            component = substr(rest, i, 1)
            terminator = substr(rest, i + 1, 1)
        }
        begin = total - length(rest)
        end = index(rest, terminator)
        if (terminator == "" || end == 0) {
            end = length(rest) + 1
            if (terminator == "")
                break
        }
        segment = substr(rest, 1, end - 1)
        rest = substr(rest, end + 1)
        while (terminator != "\n" && (substr(rest, 1, 1) == "\n" || substr(rest, 1, 1) == "\r"))
            rest = substr(rest, 2)
        if (terminator == "\n")
            sub(/\r$/, "", segment)
        if (begin == at) {
            inside = 1
            continue
        }
        if (!inside)
            continue
        n = 0
        while ((i = index(segment, delimiter)) > 0) {
            element[++n] = substr(segment, 1, i - 1)
            segment = substr(segment, i + 1)
        }
        element[++n] = segment
        if (element[1] == "SE")
            exit
        while (n > 1 && element[n] == "")
            n--
        out = element[1]
        for (i = 2; i <= n; i++)
            out = out "*" (plain ? plain_number(with_colons(element[i])) : with_colons(element[i]))
        print out
    }
}
