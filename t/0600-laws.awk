# The segments of X12 files that belong to sets in `accepted` (lines ISA13 GS06 ST02), one a line, elements with *
# between and components with :, without what is empty at their ends; numbers without a zero before the point.
BEGIN {
    RS = "\001"
    while ((getline line < accepted) > 0) {
        n = split(line, part, "\n")
        for (i = 1; i <= n; i++)
            wanted[part[i]] = 1
    }
}
function plain(text, delimiter, with,    out, at) {
    out = ""
    while ((at = index(text, delimiter)) > 0) {
        out = out substr(text, 1, at - 1) with
        text = substr(text, at + 1)
    }
    return out text
}
function number(text) {
    if (text ~ /^-?0\.[0-9]*[1-9][0-9]*$/)
        sub(/0\./, ".", text)
    return text
}
{
    rest = $0
    while (rest != "") {
        if (substr(rest, 1, 3) == "ISA") {
            e = substr(rest, 4, 1)
            c = substr(rest, 105, 1)
            t = substr(rest, 106, 1)
        }
        at = index(rest, t)
        if (at == 0)
            break
        segment = substr(rest, 1, at - 1)
        rest = substr(rest, at + 1)
        while (t != "\n" && (substr(rest, 1, 1) == "\n" || substr(rest, 1, 1) == "\r"))
            rest = substr(rest, 2)
        while (t == "\n" && substr(segment, 1, 1) == "\n")
            segment = substr(segment, 2)
        if (segment == "")
            continue
        n = 0
        while ((at = index(segment, e)) > 0) {
            element[++n] = substr(segment, 1, at - 1)
            segment = substr(segment, at + 1)
        }
        element[++n] = segment
        if (element[1] == "ISA") { isa = element[14]; continue }
        if (element[1] == "GS") { gs = element[7]; continue }
        if (element[1] == "ST") { st = element[3]; continue }
        if (element[1] == "SE" || element[1] == "GE" || element[1] == "IEA")
            continue
        if (!((isa " " gs " " st) in wanted))
            continue
        while (n > 1 && element[n] == "")
            n--
        out = element[1]
        for (i = 2; i <= n; i++)
            out = out "*" number(plain(element[i], c, ":"))
        print out
    }
}
