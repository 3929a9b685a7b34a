/*
 * The file of a cross-reference: the first line names the columns, each line after it is a row.  Values stand
 * between commas (or semicolons, where the first line has them and no comma), in quotes where they hold one,
 * or between tabs; blanks around them do not count.  Lines that hold nothing are passed over.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/decimal.h"
#include "base/file.h"
#include "base/utf8.h"
#include "conf/search.h"
#include "map/xref_rows.h"

struct loader {
    struct xref *xref;
    struct report *report;
    struct arena *arena;
    struct bytes rest; /* of the file */
    uint32_t line;
    char separator;
    bool quotes;
    uint32_t n_columns; /* of the first line */
    uint32_t column[4]; /* theirs, ours; or item, unit, contains, base: from 0 */
    uint32_t n_wanted;
    struct bytes cells[XREF_MAX_COLUMNS];
    uint32_t at[XREF_MAX_COLUMNS]; /* column of the file, from 1 */
    uint32_t n_cells;
    uint32_t n_shared;                         /* rows whose ours an earlier one has */
    const struct xref_row *shared, *shared_by; /* the first of them */
};

static bool complain(struct loader *l, enum complaint complaint, uint32_t column, struct bytes value,
                     const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Always false. */
static bool complain(struct loader *l, enum complaint complaint, uint32_t column, struct bytes value,
                     const char *format, ...)
{
    char detail[400];
    struct finding finding = {
        .complaint = complaint,
        .place = {.file = l->xref->file, .line = l->line, .column = column},
        .value = value,
        .detail = detail,
    };
    va_list args;

    va_start(args, format);
    vsnprintf(detail, sizeof(detail), format, args);
    va_end(args);
    report_add(l->report, &finding);
    return false;
}

/* --- lines and cells */

/* A value in quotes, from behind the first one; *line is left behind the last. */
static bool quoted_cell(struct loader *l, struct bytes *line, uint32_t at, struct bytes *cell)
{
    char *text = arena_text(l->arena, line->len + 1);
    size_t len = 0, i = 0;

    if (text == NULL)
        return false;
    for (; i < line->len; i++) {
        if (line->at[i] == '"') {
            if (i + 1 == line->len || line->at[i + 1] != '"')
                break;
            i++;
        }
        text[len++] = line->at[i];
    }
    if (i == line->len)
        return complain(l, XREF_ROW, at, (struct bytes){NULL, 0}, "a quote that is not closed on its line");
    i++;
    while (i < line->len && line->at[i] == ' ')
        i++;
    if (i < line->len && line->at[i] != l->separator)
        return complain(l, XREF_ROW, at, (struct bytes){NULL, 0},
                        "something stands behind the closing quote");
    line->at += i;
    line->len -= i;
    *cell = (struct bytes){text, len};
    return true;
}

/* The cells of one line, which is not empty. */
static bool take_cells(struct loader *l, struct bytes line)
{
    const char *start = line.at;

    for (l->n_cells = 0;; l->n_cells++) {
        struct bytes cell;
        uint32_t at;

        while (line.len > 0 && line.at[0] == ' ')
            line.at++, line.len--;
        at = (uint32_t)(line.at - start) + 1;
        if (l->n_cells == XREF_MAX_COLUMNS)
            return complain(l, XREF_ROW, at, (struct bytes){NULL, 0}, "more than %d columns",
                            XREF_MAX_COLUMNS);
        if (l->quotes && line.len > 0 && line.at[0] == '"') {
            line.at++, line.len--;
            if (!quoted_cell(l, &line, at, &cell))
                return false;
        } else {
            const char *end = line.len > 0 ? memchr(line.at, l->separator, line.len) : NULL;
            size_t len = end != NULL ? (size_t)(end - line.at) : line.len;

            cell = (struct bytes){line.at, len};
            line.at += len;
            line.len -= len;
        }
        cell = bytes_trim(cell);
        if (cell.len > XREF_MAX_CELL)
            return complain(l, XREF_ROW, at, (struct bytes){cell.at, 40}, "longer than %d bytes",
                            XREF_MAX_CELL);
        if (!utf8_valid(cell.at, cell.len))
            return complain(l, XREF_ROW, at, cell, "not UTF-8");
        for (size_t i = 0; i < cell.len; i++)
            if ((unsigned char)cell.at[i] < 0x20 || cell.at[i] == 0x7f)
                return complain(l, XREF_ROW, at, cell, "a control character");
        l->cells[l->n_cells] = cell;
        l->at[l->n_cells] = at;
        if (line.len == 0) {
            l->n_cells++;
            return true;
        }
        line.at++, line.len--; /* the separator */
    }
}

/* The next line that holds something; false at the end. */
static bool next_line(struct loader *l, struct bytes *line)
{
    while (bytes_split(&l->rest, '\n', line)) {
        l->line++;
        if (line->len > 0 && line->at[line->len - 1] == '\r')
            line->len--;
        if (bytes_trim(*line).len > 0)
            return true;
    }
    return false;
}

/* --- the first line */

static bool find_column(struct loader *l, const char *name)
{
    const struct xref_source *source = l->xref->source;
    uint32_t i = 0, more;

    while (i < l->n_cells && !bytes_are(l->cells[i], name))
        i++;
    for (more = i + 1; more < l->n_cells && !bytes_are(l->cells[more], name);)
        more++;
    if (i == l->n_cells)
        return complain(l, XREF_COLUMN, 1, l->n_cells > 0 ? l->cells[0] : (struct bytes){NULL, 0},
                        "the first line, which names the columns, has no \"%.80s\" (%s:%u)", name,
                        source->node->file, source->node->key_line);
    if (more < l->n_cells)
        return complain(l, XREF_COLUMN, l->at[more], l->cells[more], "two columns have this name");
    l->column[l->n_wanted++] = i;
    return true;
}

static bool take_head(struct loader *l)
{
    const struct xref_source *source = l->xref->source;
    struct bytes line = {NULL, 0};

    if (!next_line(l, &line))
        return complain(l, XREF_COLUMN, 1, (struct bytes){NULL, 0},
                        "the file is empty: its first line names the columns");
    if (l->quotes)
        l->separator = memchr(line.at, ',', line.len) == NULL && memchr(line.at, ';', line.len) != NULL ? ';'
                                                                                                        : ',';
    if (!take_cells(l, line))
        return false;
    l->n_columns = l->n_cells;
    if (!l->xref->units)
        return find_column(l, source->theirs) && find_column(l, source->ours);
    return find_column(l, source->item) && find_column(l, source->unit) && find_column(l, source->contains) &&
           (source->base == NULL || find_column(l, source->base));
}

/* --- rows */

static bool take_contains(struct loader *l, struct xref_row *row)
{
    struct bytes text = l->cells[l->column[2]];
    struct decimal number;

    if (!decimal_from_real(text, l->arena, &row->contains) || !decimal_parse(row->contains, &number) ||
        decimal_sign(number) <= 0)
        return complain(l, XREF_ROW, l->at[l->column[2]], text, "%s must be a number above zero",
                        l->xref->source->contains);
    row->base = l->n_wanted > 3 ? l->cells[l->column[3]] : BYTES("EA");
    return true;
}

/* One that stands there already: again, or for something else. */
static bool take_twin(struct loader *l, const struct xref_row *row, const struct xref_row *twin)
{
    uint32_t at = l->at[l->column[0]];

    if (l->xref->units ? decimal_same(row->contains, twin->contains) && bytes_equal(row->base, twin->base)
                       : bytes_equal(row->ours, twin->ours)) {
        (void)complain(l, XREF_REPEATED, at, row->theirs, "as line %u", twin->line);
        return true;
    }
    if (l->xref->units)
        return complain(l, XREF_ROW, at, row->theirs, "%.*s of it holds %.*s %.*s, and %.*s %.*s in line %u",
                        BYTES_ARG(row->ours), BYTES_ARG(row->contains), BYTES_ARG(row->base),
                        BYTES_ARG(twin->contains), BYTES_ARG(twin->base), twin->line);
    return complain(l, XREF_ROW, at, row->theirs, "it is \"%.*s\" here and \"%.*s\" in line %u",
                    BYTES_ARG(row->ours), BYTES_ARG(twin->ours), twin->line);
}

static bool take_row(struct loader *l)
{
    struct xref *xref = l->xref;
    struct xref_row *row = &xref->rows[xref->n_rows];
    const struct xref_row *twin, *first;

    if (l->n_cells != l->n_columns)
        return complain(l, XREF_ROW, l->at[l->n_cells - 1], (struct bytes){NULL, 0},
                        "%u columns, where the first line has %u", l->n_cells, l->n_columns);
    for (uint32_t i = 0; i < l->n_wanted; i++)
        if (l->cells[l->column[i]].len == 0) {
            (void)complain(l, XREF_INCOMPLETE, l->at[l->column[i]], (struct bytes){NULL, 0},
                           "the row is passed over");
            return true;
        }
    *row = (struct xref_row){
        .theirs = l->cells[l->column[0]], .ours = l->cells[l->column[1]], .line = l->line};
    if (xref->units && !take_contains(l, row))
        return false;
    twin = xref_by_theirs(xref, row->theirs, row->ours);
    if (twin != NULL)
        return take_twin(l, row, twin);
    first = xref_by_ours(xref, xref->units ? row->theirs : row->ours);
    if (xref->units && first != NULL && !bytes_equal(first->base, row->base))
        return complain(l, XREF_ROW, l->at[l->column[0]], row->theirs,
                        "its base unit is %.*s here and %.*s in line %u", BYTES_ARG(row->base),
                        BYTES_ARG(first->base), first->line);
    if (!xref->units && first != NULL && l->n_shared++ == 0) {
        l->shared = row;
        l->shared_by = first;
    }
    xref_index(xref, xref->n_rows++, first == NULL);
    return true;
}

static void tell_shared(struct loader *l)
{
    if (l->n_shared == 0 || l->xref->source->shared)
        return;
    l->line = l->shared->line;
    (void)complain(l, XREF_AMBIGUOUS, 1, l->shared->theirs,
                   "\"%.*s\" is that of line %u, too: on writing it becomes \"%.*s\"%s",
                   BYTES_ARG(l->shared->ours), l->shared_by->line, BYTES_ARG(l->shared_by->theirs),
                   l->n_shared > 1 ? arena_format(l->arena, "; %u rows are like this", l->n_shared) : "");
}

/* All mistakes of the rows are told, up to a bound. */
static bool take_rows(struct loader *l)
{
    enum { MAX_WRONG = 20 };
    struct bytes line;
    unsigned wrong = 0;

    while (next_line(l, &line))
        if (!take_cells(l, line) || !take_row(l)) {
            if (l->arena->failed || ++wrong == MAX_WRONG)
                return false;
        }
    if (wrong == 0)
        tell_shared(l);
    return wrong == 0;
}

/* --- files */

static bool read_text(struct loader *l, struct bytes *text)
{
    int error = file_read_whole(l->xref->file, XREF_MAX_BYTES, l->arena, text, NULL);

    if (error == 0)
        return true;
    report_say(l->report, search_complaint(error), l->xref->file, "%s", file_error(error));
    return false;
}

static bool make_room(struct loader *l, struct bytes text)
{
    struct xref *xref = l->xref;
    uint32_t n = 1;

    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] == '\n' && n++ == XREF_MAX_ROWS) {
            l->line = n;
            return complain(l, XREF_ROW, 1, (struct bytes){NULL, 0}, "more than %d rows", XREF_MAX_ROWS);
        }
    xref->n_slots = 16;
    while (xref->n_slots < n * 2)
        xref->n_slots *= 2;
    xref->rows = arena_zalloc(l->arena, n, sizeof(*xref->rows));
    xref->by_theirs = arena_zalloc(l->arena, xref->n_slots, sizeof(*xref->by_theirs));
    xref->by_ours = arena_zalloc(l->arena, xref->n_slots, sizeof(*xref->by_ours));
    return xref->rows != NULL && xref->by_theirs != NULL && xref->by_ours != NULL;
}

struct xref *xref_load(const struct xref_source *source, struct search *search, struct arena *arena,
                       struct hash *hash, struct report *report)
{
    struct xref *xref = arena_zalloc(arena, 1, sizeof(*xref));
    struct loader *l = arena_zalloc(arena, 1, sizeof(*l));
    size_t len = strlen(source->file);
    struct bytes text;

    if (xref == NULL || l == NULL)
        return NULL;
    *l = (struct loader){.xref = xref, .report = report, .arena = arena, .separator = '\t'};
    l->quotes = strcmp(source->file + len - 4, ".csv") == 0;
    xref->source = source;
    xref->arena = arena;
    xref->last_miss = &xref->first_miss;
    xref->units = source->item != NULL;
    xref->file = search_find(search, source->file);
    if (xref->file == NULL) {
        yaml_complain(report, yaml_get(source->node, "file"), false, XREF_UNKNOWN, NULL,
                      "%.120s is in none of %s", source->file, search_folders_text(search));
        return NULL;
    }
    if (!read_text(l, &text) || !make_room(l, text))
        return NULL;
    if (hash != NULL)
        hash_add(hash, text.at, text.len);
    if (text.len >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0)
        text = (struct bytes){text.at + 3, text.len - 3};
    l->rest = text;
    return take_head(l) && take_rows(l) ? xref : NULL;
}
