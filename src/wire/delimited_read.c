/*
 * delimited_read: one row of cells, as RFC 4180 has them: a cell that begins with the quote ends with it, a
 * doubled one stands for itself, and line ends between belong to the cell.
 *
 * A cell that nothing ends, or that goes on behind its closing quote, is broken.  Then the row is taken to
 * end with the line that the cell began in, so that one wrong quote costs a row and not all that follow.
 */
#include "wire/flat_reading.h"

struct scan {
    struct flat_reader *reader;
    const char *row, *at, *end; /* the row, the next byte, behind the last one in the window */
    unsigned n;                 /* cells so far */
};

static bool is_blank(char c, char separator)
{
    return (c == ' ' || c == '\t') && c != separator;
}

/* The cell's column, or FLAT_MAX_COLUMNS when there is none. */
static inline unsigned slot_of(const struct flat_reader *reader, unsigned n)
{
    if (reader->slots != NULL)
        return n < reader->n_cells ? reader->slots[n] : FLAT_MAX_COLUMNS;
    return n < reader->n_slots ? n : FLAT_MAX_COLUMNS;
}

static inline void add_cell(struct scan *scan, const char *start, struct bytes text)
{
    struct flat_reader *reader = scan->reader;
    unsigned slot = slot_of(reader, scan->n++);

    if (slot >= reader->n_slots) {
        if (text.len > 0)
            flat_note(reader, "there are more cells than columns", text, (size_t)(start - scan->row),
                      "%u cells", reader->n_cells > 0 ? reader->n_cells : reader->n_slots - 1);
        return;
    }
    reader->cells[slot] = text.len > 0 ? text : (struct bytes){NULL, 0};
    reader->starts[slot] = (uint32_t)(start - scan->row);
}

/* Up to the next separator or line end.  False: the window ends before. */
static inline bool plain_cell(struct scan *scan)
{
    const struct flat_layout *layout = scan->reader->layout;
    const bool *special = scan->reader->special;
    const char *start = scan->at, *at = start, *first, *last;

    for (;;) {
        while (!special[(unsigned char)*at])
            at++;
        if (*at == layout->separator || *at == '\n')
            break;
        if (*at == '\0' && scan->reader->trouble.what == NULL)
            flat_note(scan->reader, "there is a NUL byte in the cell", (struct bytes){NULL, 0},
                      (size_t)(at - scan->row), "text");
        at++; /* a quote within a cell that does not begin with one stands for itself */
    }
    if (at >= scan->end && !scan->reader->ended)
        return false;
    first = start;
    last = at;
    if (*at == '\n' && last > first && last[-1] == '\r')
        last--;
    while (first < last && is_blank(*first, layout->separator))
        first++;
    while (last > first && is_blank(last[-1], layout->separator))
        last--;
    add_cell(scan, start, (struct bytes){first, (size_t)(last - first)});
    scan->at = at;
    return true;
}

/* What stands between the quotes, its doubled quotes made single. */
static struct bytes undouble(struct flat_reader *reader, struct bytes text, char quote)
{
    char *to = arena_text(&reader->scratch, text.len), *at = to;

    if (to == NULL)
        return (struct bytes){NULL, 0};
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == quote)
            i++;
        *at++ = text.at[i];
    }
    return (struct bytes){to, (size_t)(at - to)};
}

enum quoted { QUOTED_GOOD, QUOTED_BROKEN, QUOTED_MORE };

static enum quoted broken(struct scan *scan, const char *what, const char *at, const char *expected)
{
    struct flat_reader *reader = scan->reader;
    const char *line_end = memchr(scan->at, '\n', (size_t)(scan->end - scan->at) + 1);
    size_t len = (size_t)(line_end - scan->at);

    if (line_end == scan->end && !reader->ended)
        return QUOTED_MORE;
    flat_note(reader, what, (struct bytes){scan->at, len < 40 ? len : 40}, (size_t)(at - scan->row), "%s",
              expected);
    scan->at = line_end;
    return QUOTED_BROKEN;
}

static enum quoted quoted_cell(struct scan *scan)
{
    struct flat_reader *reader = scan->reader;
    const char quote = reader->layout->quote;
    const char *start = scan->at, *at = start + 1, *next;
    struct bytes text;
    bool doubled = false;

    for (;;) {
        at = memchr(at, quote, (size_t)(scan->end - at));
        if (at == NULL)
            return reader->ended || (size_t)(scan->end - scan->row) >= reader->ceiling
                       ? broken(scan, "the quote that begins this cell is never closed", start,
                                "a quote at its end")
                       : QUOTED_MORE;
        if (at + 1 >= scan->end && !reader->ended)
            return QUOTED_MORE;
        if (at + 1 >= scan->end || at[1] != quote)
            break;
        doubled = true;
        at += 2;
    }
    text = (struct bytes){start + 1, (size_t)(at - start - 1)};
    for (next = at + 1; next < scan->end && is_blank(*next, reader->layout->separator); next++)
        ;
    if (next < scan->end && *next == '\r')
        next++;
    if (next >= scan->end && !reader->ended)
        return QUOTED_MORE;
    if (next < scan->end && *next != '\n' && *next != reader->layout->separator)
        return broken(scan, "there is text behind the quote that ends the cell", next,
                      "a separator or the end of the row; a quote within a cell is doubled");
    if (memchr(text.at, '\0', text.len) != NULL)
        flat_note(reader, "there is a NUL byte in the cell", (struct bytes){NULL, 0},
                  (size_t)(start - scan->row), "text");
    add_cell(scan, start, doubled ? undouble(reader, text, quote) : text);
    scan->at = next;
    return QUOTED_GOOD;
}

/* A row of the right number of cells: as many as the header has, or the record of its type. */
static void check_count(struct scan *scan)
{
    struct flat_reader *reader = scan->reader;
    const struct flat_layout *layout = reader->layout;
    unsigned wanted = reader->n_cells;

    if (wanted == 0 && reader->unit->tag >= 0)
        wanted = flat_inside(&layout->records[reader->unit->tag]);
    if (wanted == 0 || reader->trouble.what != NULL)
        return;
    if (scan->n < wanted && !layout->ragged) {
        flat_note(reader, "the row ends too early", (struct bytes){NULL, 0}, (size_t)(scan->at - scan->row),
                  "%u cells, and there are %u", wanted, scan->n);
    } else if (reader->slots == NULL && scan->n > wanted) {
        for (unsigned i = wanted; i < scan->n && i < reader->n_slots; i++)
            if (reader->cells[i].at != NULL) {
                flat_note(reader, "there are more cells than columns", reader->cells[i], reader->starts[i],
                          "%u cells, and there are %u", wanted, scan->n);
                break;
            }
    }
}

/* The record whose constant stands in its column of the type. */
static int tag_of(struct flat_reader *reader, unsigned n_cells)
{
    const struct flat_layout *layout = reader->layout;
    struct bytes shown = {NULL, 0};
    size_t at = 0;

    if (layout->n_records == 1 && layout->records[0].type < 0)
        return 0;
    for (unsigned i = 0; i < layout->n_records; i++) {
        const struct flat_record *record = &layout->records[i];
        unsigned slot = (unsigned)record->type;

        if (slot >= n_cells || slot >= reader->n_slots)
            continue;
        if (bytes_equal(reader->cells[slot], record->columns[slot].constant))
            return (int)i;
        if (shown.at == NULL) {
            shown = reader->cells[slot];
            at = reader->starts[slot];
        }
    }
    if (reader->trouble.what == NULL) {
        char types[160];

        flat_types(layout, types, sizeof(types));
        flat_note(reader, "no record of the layout is of this type", shown, at, "%s", types);
    }
    return -1;
}

enum flat_found delimited_find(struct flat_reader *reader)
{
    struct scan scan = {.reader = reader,
                        .row = reader->window + reader->start,
                        .at = reader->window + reader->start,
                        .end = reader->window + reader->end};
    const char quote = reader->layout->quote, separator = reader->layout->separator;
    bool some = false;

    memset(reader->cells, 0, reader->n_slots * sizeof(*reader->cells));
    for (;;) {
        enum quoted got = QUOTED_GOOD;

        while (scan.at < scan.end && quote != '\0' && is_blank(*scan.at, separator) && scan.at[1] == quote)
            scan.at++;
        if (scan.at < scan.end && *scan.at == quote && quote != '\0')
            got = quoted_cell(&scan);
        else if (!plain_cell(&scan))
            got = QUOTED_MORE;
        if (got == QUOTED_MORE)
            return FLAT_MORE;
        if (got == QUOTED_BROKEN || *scan.at != separator || scan.at >= scan.end)
            break;
        scan.at++;
    }
    reader->taken = (size_t)(scan.at - scan.row) + (scan.at < scan.end);
    reader->unit->raw = (struct bytes){scan.row, (size_t)(scan.at - scan.row)};
    if (reader->unit->raw.len > 0 && scan.at[-1] == '\r')
        reader->unit->raw.len--;
    for (unsigned i = 0; i < reader->n_slots && !some; i++)
        some = reader->cells[i].at != NULL;
    if (!some && reader->trouble.what == NULL)
        return FLAT_FOUND_BLANK;
    reader->unit->known = scan.n;
    reader->unit->tag = reader->begun ? tag_of(reader, scan.n) : 0;
    if (reader->begun)
        check_count(&scan);
    return reader->trouble.what != NULL ? FLAT_FOUND_BROKEN : FLAT_FOUND;
}
