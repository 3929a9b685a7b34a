/* x12_isa: the interchange header (X12.5), and what is found where one should be; see x12_reader.h. */
#include <stdio.h>

#include "wire/x12_reader.h"

void x12_isa_delimiters(struct x12_reader *reader, struct x12_delimiters delimiters)
{
    const char separators[4] = {delimiters.element, delimiters.terminator, delimiters.component,
                                delimiters.repetition};
    const struct segment_view plain = {.plain = true,
                                       .wide = true,
                                       .component = delimiters.component,
                                       .repetition = delimiters.repetition};

    reader->delimiters = delimiters;
    reader->traits = plain.traits;
    reader->unwrap = !is_line_break(delimiters.terminator);
    x12_scan_want(&reader->wanted, separators);
    x12_window_drop(reader);
}

bool x12_isa_begins(const char *at, size_t len)
{
    return len >= 4 && memcmp(at, "ISA", 3) == 0 && !is_alnum(at[3]) && !is_blank(at[3]) && at[3] != '\0';
}

enum x12_event x12_isa_skip_to(struct x12_reader *reader, enum x12_event event, const char *detail)
{
    uint64_t from = x12_offset(reader), junk = 0;
    uint32_t line = reader->line;
    char piece[PIECE];
    size_t piece_len = 0;
    bool first = true; /* a bad ISA itself is skipped, not found again */

    for (;;) {
        size_t have = x12_window_let_go(reader, from) ? x12_window_reach(reader, 4) : 0;
        const char *at = reader->current->data + reader->pos;
        size_t n = 0;

        if (have == 0)
            break;
        while (n < have) {
            const char *found;

            if (!(first && event == X12_BAD_ISA) && x12_isa_begins(at + n, have - n))
                break;
            first = false;
            if (have - n < 4 && at[n] == 'I' && may_grow(reader))
                break; /* perhaps an ISA that is not all here yet */
            found = memchr(at + n + 1, 'I', have - n - 1);
            n = found != NULL ? (size_t)(found - at) : have;
        }
        for (size_t i = 0; i < n; i++)
            if (!is_filler(at[i])) {
                junk++;
                if (piece_len < PIECE && (piece_len > 0 || junk == 1))
                    piece[piece_len++] = at[i];
            } else if (piece_len > 0 && piece_len < PIECE) {
                piece[piece_len++] = at[i];
            }
        x12_window_advance(reader, n);
        if (n < have && x12_isa_begins(at + n, have - n))
            break;
    }
    reader->mode = OUTSIDE;
    reader->plain = 0;
    if (junk == 0 && event == X12_JUNK)
        return X12_END; /* nothing to tell: the caller goes on */
    (void)x12_tell(reader, event, from, line, x12_offset(reader) - from, (struct bytes){piece, piece_len});
    reader->trouble.detail = detail;
    return event;
}

static const unsigned char isa_widths[ISA_ELEMENTS] = {2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1};

/* The terminator of an ISA before which a line was broken; the line end itself, where that is one: a segment
 * cannot begin with a mark. */
static char behind_line_end(const char *at, size_t len)
{
    size_t n = 0;

    while (n < len && is_line_break(at[n]))
        n++;
    return n < len && (unsigned char)at[n] < 0x80 && !is_alnum(at[n]) && !is_filler(at[n]) ? at[n] : at[0];
}

enum x12_event x12_isa_read(struct x12_reader *reader)
{
    size_t reached = x12_window_reach(reader, ISA_REACH), at = 4, begun = 4;
    /* Not what happens to be here beyond that: a pipe and a file are read the same. */
    const size_t have = reached < ISA_REACH ? reached : ISA_REACH;
    const char *data = reader->current->data + reader->pos;
    char separator = data[3], version[6] = "";
    unsigned n = 0;
    size_t widths[ISA_ELEMENTS], breaks = 0, version_len = 0;
    struct x12_delimiters delimiters = {.element = separator};
    bool wrapped = false;
    unsigned on_first_line = 0; /* elements, when the ISA is broken by a line end */

    for (; at < have && n < ISA_ELEMENTS - 1; at++) {
        if (data[at] == separator) {
            widths[n++] = at - begun - breaks;
            begun = at + 1;
            breaks = 0;
        } else if (is_line_break(data[at])) {
            if (!wrapped)
                on_first_line = n + 1;
            breaks++;
            wrapped = true;
        } else if (n == 11 && version_len < 5) {
            version[version_len++] = data[at];
        } else if (n == 10) {
            delimiters.repetition = data[at];
        }
    }
    while (n == ISA_ELEMENTS - 1 && at < have && is_line_break(data[at]))
        at++;
    if (n < ISA_ELEMENTS - 1 || at + 1 >= have) {
        if (reader->ended && have < ISA_LENGTH)
            snprintf(reader->detail, sizeof(reader->detail), "the file ends %zu bytes into it", have);
        else
            snprintf(reader->detail, sizeof(reader->detail), "%u element separators '%c' found, 16 expected",
                     n + 1, separator);
        return x12_isa_skip_to(reader, X12_BAD_ISA, reader->detail);
    }
    delimiters.component = data[at];
    delimiters.terminator = data[at + 1];
    if (is_line_break(delimiters.terminator))
        delimiters.terminator = behind_line_end(data + at + 1, have - at - 1);
    if (is_alnum(delimiters.terminator) || delimiters.terminator == separator ||
        delimiters.component == separator || delimiters.component == delimiters.terminator ||
        is_alnum(delimiters.component)) {
        if (wrapped)
            snprintf(reader->detail, sizeof(reader->detail), "its line holds %u elements, 16 expected",
                     on_first_line);
        else
            snprintf(reader->detail, sizeof(reader->detail),
                     "ISA16 must be the component separator and the next byte the terminator; found \"%c%c\"",
                     data[at] >= ' ' && data[at] <= '~' ? data[at] : '?',
                     data[at + 1] >= ' ' && data[at + 1] <= '~' ? data[at + 1] : '?');
        return x12_isa_skip_to(reader, X12_BAD_ISA, reader->detail);
    }
    /* ISA11 was the standards identifier up to 00401, whatever stands in it (X12.5; ISA12 decides). */
    if (version_len < 5 || memcmp(version, "00402", 5) < 0 || is_alnum(delimiters.repetition) ||
        is_blank(delimiters.repetition) || delimiters.repetition == separator ||
        delimiters.repetition == delimiters.component || delimiters.repetition == delimiters.terminator)
        delimiters.repetition = 0;
    if (is_blank(delimiters.component)) /* told by whoever checks the ISA; so nothing separates components */
        delimiters.component = separator;
    x12_isa_delimiters(reader, delimiters);
    reader->mode = INSIDE;
    for (n = 0; n < ISA_ELEMENTS - 1; n++)
        if (widths[n] != isa_widths[n]) {
            (void)x12_tell(reader, X12_ISA_LENGTH, x12_offset(reader), reader->line, at + 2,
                           (struct bytes){data, at + 2});
            snprintf(reader->detail, sizeof(reader->detail), "ISA%02u is %zu characters long, expected %u",
                     n + 1, widths[n], isa_widths[n]);
            reader->trouble.detail = reader->detail;
            return X12_ISA_LENGTH;
        }
    return X12_SEGMENT;
}

size_t x12_isa_within(struct bytes data, size_t at)
{
    static const unsigned char separators[] = {6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103};
    const char *found;

    while (at < data.len && (found = memmem(data.at + at, data.len - at, "ISA", 3)) != NULL) {
        size_t left = data.len - (size_t)(found - data.at), n = 0;

        if (left < ISA_HEAD)
            break;
        while (x12_isa_begins(found, left) && n < sizeof(separators) && found[separators[n]] == found[3])
            n++;
        if (n == sizeof(separators))
            return (size_t)(found - data.at);
        at = (size_t)(found - data.at) + 1;
    }
    return 0;
}

struct x12_delimiters x12_isa_guess(struct x12_reader *reader)
{
    size_t have = x12_window_reach(reader, 64 * 1024), n = 0;
    const char *at = reader->current->data + reader->pos;
    struct x12_delimiters d = {.element = '*', .component = ':', .terminator = '~', .repetition = '^'};

    while (n < have && is_alnum(at[n]))
        n++;
    if (n < have)
        d.element = at[n];
    if (memchr(at, '~', have) == NULL) {
        const char *line_end = memchr(at, '\n', have);
        char before = '\0';

        if (line_end != NULL && line_end > at)
            before = line_end[-1] == '\r' && line_end - 1 > at ? line_end[-2] : line_end[-1];
        if (line_end != NULL && !is_alnum(before) && before != ' ' && before != '.' && before != ')' &&
            before != d.element)
            d.terminator = before;
        else
            d.terminator = line_end == NULL && have > 0 && !is_alnum(at[have - 1])     ? at[have - 1]
                           : line_end != NULL && line_end > at && line_end[-1] == '\r' ? '\r'
                                                                                       : '\n';
    }
    if (memchr(at, '>', have) != NULL && memchr(at, ':', have) == NULL)
        d.component = '>';
    return d;
}
