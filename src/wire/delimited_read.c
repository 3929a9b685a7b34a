/*
 * delimited_read: one row of cells, as RFC 4180 has them: a cell that begins with the quote ends with it, a
 * doubled one stands for itself, and line ends between belong to the cell.
 *
 * A cell that nothing ends, or that goes on behind its closing quote, is broken.  Then the row is taken to
 * end with the line that the cell began in, so that one wrong quote costs a row and not all that follow.
 *
 * Rows of the ordinary kind, one line of cells without anything strange, are taken apart by the marks of the
 * window (quick_row); all others byte by byte.  Both come to the same.
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

/* Such a row may end early: nobody has to say what stands under the headings of other rows. */
static bool is_totals_row(const struct flat_reader *reader)
{
    return reader->layout->totals_mark >= 0 &&
           flat_is_totals(reader->layout, reader->unit->tag, reader->cells);
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
    if (scan->n < wanted && !layout->ragged && !is_totals_row(reader)) {
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

/* --- rows of the ordinary kind */

/* How many bytes at the front two rows have in common; at most `most`. */
static size_t in_common(const char *a, const char *b, size_t most)
{
    size_t n = 0;

    while (n + 8 <= most) {
        uint64_t left, right;

        memcpy(&left, a + n, 8);
        memcpy(&right, b + n, 8);
        if (left != right)
            break;
        n += 8;
    }
    while (n < most && a[n] == b[n])
        n++;
    return n;
}

/* Cells that are those of the row before, as in most rows of one document: how many, and the byte of the
 * window that the next one begins at. */
static unsigned repeated(struct flat_reader *reader, size_t *at)
{
    const size_t back = reader->row_before;
    const char *row = reader->window + reader->start;
    size_t common;
    unsigned n = 0;

    *at = reader->start;
    if (back == 0 || back > reader->start)
        return 0;
    if (back > reader->end - reader->start)
        return 0; /* the last row, or one that is not there whole: it does not matter */
    common = in_common(row - back, row, back);
    while (n + 1 < reader->cells_before && reader->starts[slot_of(reader, n + 1)] <= common) {
        struct bytes *cell = &reader->cells[slot_of(reader, n++)];

        if (cell->at != NULL)
            cell->at += back;
    }
    if (n > 0)
        *at += reader->starts[slot_of(reader, n)];
    return n;
}

/* The quoted cell that begins at *at, of bytes that stand for themselves: *at becomes the end of the cell,
 * *last that of its text.  False: it is not of this kind. */
static bool quick_quoted(const struct flat_reader *reader, struct flat_walk *walk, size_t *at, size_t *last,
                         bool *plain)
{
    const char *window = reader->window;
    const char quote = reader->layout->quote, separator = reader->layout->separator;

    do {
        if (!flat_walk_next(walk, at))
            return false;
        if (window[*at] == quote)
            break;
        if ((unsigned char)window[*at] < 0x20 && window[*at] != separator)
            return false;
        *plain = *plain && window[*at] == separator && separator >= 0x20 && separator != '\\' &&
                 separator != '"';
    } while (true);
    *last = *at;
    return flat_walk_next(walk, at) && *at == *last + 1 && window[*at] != quote;
}

/* The row at hand, if it is of the ordinary kind and there whole. */
static bool quick_row(struct scan *scan)
{
    struct flat_reader *reader = scan->reader;
    const char *window = reader->window;
    const char quote = reader->layout->quote, separator = reader->layout->separator;
    const unsigned most = reader->slots != NULL ? reader->n_cells : reader->n_slots - 1;
    bool plain = true, some = false;
    size_t at, here;
    unsigned n = repeated(reader, &at), same = n;
    struct flat_walk walk = flat_walk_all(&reader->marks, at, reader->end);

    for (unsigned i = 0; i < n && !some; i++)
        some = reader->cells[slot_of(reader, i)].at != NULL;
    while (flat_walk_next(&walk, &here)) {
        size_t first = at, last = here;
        unsigned slot;
        char c = window[here];

        if (c == quote && here == at && quote != '\0') {
            if (!quick_quoted(reader, &walk, &here, &last, &plain))
                return false;
            first++;
            c = window[here];
        } else if (c != separator && c != '\n' && c != '\r') {
            if ((unsigned char)c < 0x20 || (c == quote && quote != '\0'))
                return false;
            plain = false;
            continue;
        } else {
            while (first < last && window[first] == ' ')
                first++;
            while (first < last && window[last - 1] == ' ')
                last--;
        }
        if ((c == '\r' && (here + 1 >= reader->end || window[here + 1] != '\n')) || n >= most)
            return false;
        slot = slot_of(reader, n++);
        reader->cells[slot] = first < last ? (struct bytes){window + first, last - first}
                                           : (struct bytes){NULL, 0};
        reader->starts[slot] = (uint32_t)(at - reader->start);
        some = some || first < last;
        at = here + 1;
        if (c == separator)
            continue;
        if (c != '\n' && c != '\r')
            return false;
        scan->n = n;
        scan->at = window + here + (c == '\r');
        reader->one_line = true;
        reader->unit->plain = plain;
        reader->unit->same = same < reader->n_in_order ? same : reader->n_in_order;
        return some;
    }
    return false;
}

/* The file's header, in the midst of it: two files were joined. */
static bool is_header(const struct flat_reader *reader)
{
    const struct flat_record *record = &reader->layout->records[0];
    unsigned same = 0;

    for (unsigned i = 0; i < flat_inside(record); i++) {
        if (reader->cells[i].at == NULL)
            continue;
        if (!bytes_equal(reader->cells[i], record->columns[i].heading))
            return false;
        same++;
    }
    return same > 1;
}

static enum flat_found finish(struct scan *scan)
{
    struct flat_reader *reader = scan->reader;

    reader->taken = (size_t)(scan->at - scan->row) + (scan->at < scan->end);
    reader->unit->raw = (struct bytes){scan->row, (size_t)(scan->at - scan->row)};
    if (reader->unit->raw.len > 0 && scan->at[-1] == '\r')
        reader->unit->raw.len--;
    reader->unit->known = scan->n;
    reader->unit->tag = reader->begun ? tag_of(reader, scan->n) : 0;
    if (reader->begun)
        check_count(scan);
    if (reader->begun && reader->layout->header && is_header(reader))
        flat_note(reader, "the header stands here again", reader->unit->raw, 0,
                  "a row, or a file of its own");
    return reader->trouble.what != NULL ? FLAT_FOUND_BROKEN : FLAT_FOUND;
}

/* The same, and what the next row may have in common with this one. */
static enum flat_found finish_quick(struct scan *scan)
{
    struct flat_reader *reader = scan->reader;
    enum flat_found found = finish(scan);

    if (reader->unit->tag != reader->tag_before)
        reader->unit->same = 0;
    reader->tag_before = reader->unit->tag;
    reader->cells_before = scan->n;
    reader->row_before = found == FLAT_FOUND && reader->unit->plain ? reader->taken : 0;
    return found;
}

enum flat_found delimited_find(struct flat_reader *reader)
{
    struct scan scan = {.reader = reader,
                        .row = reader->window + reader->start,
                        .at = reader->window + reader->start,
                        .end = reader->window + reader->end};
    const char quote = reader->layout->quote, separator = reader->layout->separator;
    bool some = false;

    /* A header says which cells a row has: nothing else is ever set. */
    if (reader->slots != NULL && reader->n_filled > 0) {
        memset(reader->cells, 0, reader->n_slots * sizeof(*reader->cells));
        reader->n_filled = 0;
        reader->row_before = 0;
    }
    if (reader->begun && !reader->slowly && quick_row(&scan) &&
        (reader->slots == NULL || scan.n == reader->n_cells)) {
        if (reader->slots == NULL)
            flat_clear_from(reader, scan.n);
        return finish_quick(&scan);
    }
    reader->one_line = reader->unit->plain = false;
    reader->unit->same = scan.n = 0;
    scan.at = scan.row;
    reader->row_before = 0;
    reader->n_filled = reader->n_slots;
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
    for (unsigned i = 0; i < reader->n_slots && !some; i++)
        some = reader->cells[i].at != NULL;
    if (some || reader->trouble.what != NULL)
        return finish(&scan);
    reader->taken = (size_t)(scan.at - scan.row) + (scan.at < scan.end);
    reader->unit->raw = (struct bytes){scan.row, (size_t)(scan.at - scan.row)};
    if (reader->unit->raw.len > 0 && scan.at[-1] == '\r')
        reader->unit->raw.len--;
    return FLAT_FOUND_BLANK;
}
