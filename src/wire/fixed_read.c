/*
 * fixed_read: one record of columns of fixed width, a line, or (line_end: none) as long as its type says.
 *
 * Blanks around a value are its pad, and so is a pad of the layout's own on its side; zeros stay, for they
 * are digits.  A column of nothing but blanks is empty.
 */
#include "wire/flat_reading.h"

#include <stdio.h>

#include "base/utf8.h"

/* Where `count` characters from `at` on end. */
static const char *skip(const struct flat_reader *reader, const char *at, const char *end, size_t count)
{
    if (!reader->wide)
        return count < (size_t)(end - at) ? at + count : end;
    while (count > 0 && at < end) {
        at++;
        while (at < end && ((unsigned char)*at & 0xc0) == 0x80)
            at++;
        count--;
    }
    return at;
}

static struct bytes strip(const struct flat_column *column, const char *first, const char *last)
{
    bool own = column->pad != ' ' && !(column->pad >= '0' && column->pad <= '9');

    /* Wide columns are mostly blank: eight at a time. */
    while (last - first >= 8 && memcmp(last - 8, "        ", 8) == 0)
        last -= 8;
    while (last > first && (last[-1] == ' ' || (own && !column->right && last[-1] == column->pad)))
        last--;
    if (column->right)
        while (first < last && (*first == ' ' || (own && *first == column->pad)))
            first++;
    return first < last ? (struct bytes){first, (size_t)(last - first)} : (struct bytes){NULL, 0};
}

/* The record whose constant stands in its column of the type. */
static int tag_of(struct flat_reader *reader, const char *row, const char *end)
{
    const struct flat_layout *layout = reader->layout;
    struct bytes shown = {NULL, 0};
    size_t place = 0;
    char types[160];

    if (layout->n_records == 1 && layout->records[0].type < 0)
        return 0;
    for (unsigned i = 0; i < layout->n_records; i++) {
        const struct flat_record *record = &layout->records[i];
        const struct flat_column *column = &record->columns[record->type];
        size_t before = 0;
        const char *first, *last;

        for (int c = 0; c < record->type; c++)
            before += record->columns[c].width;
        first = skip(reader, row, end, before);
        last = skip(reader, first, end, column->width);
        if (bytes_equal(strip(column, first, last), column->constant))
            return (int)i;
        if (shown.at == NULL && last > first) {
            shown = (struct bytes){first, (size_t)(last - first)};
            place = (size_t)(first - row);
        }
    }
    flat_types(layout, types, sizeof(types));
    flat_note(reader, "no record of the layout is of this type", shown, place, "%s", types);
    return -1;
}

static void take_columns(struct flat_reader *reader, const struct flat_record *record, const char *row,
                         const char *end)
{
    const char *at = row;
    size_t width = 0;

    for (unsigned i = 0; i < flat_inside(record); i++) {
        const struct flat_column *column = &record->columns[i];
        const char *last = skip(reader, at, end, column->width);

        reader->starts[i] = (uint32_t)(at - row);
        reader->cells[i] = strip(column, at, last);
        if (reader->layout->ragged || skip(reader, at, end, column->width - 1) < end)
            reader->unit->known = i + 1;
        width += column->width;
        at = last;
    }
    if (skip(reader, row, end, width - 1) == end && !reader->layout->ragged)
        flat_note(reader, "the record is too short", (struct bytes){NULL, 0}, (size_t)(end - row),
                  "%zu characters, and there are %zu", width,
                  reader->wide ? flat_characters((struct bytes){row, (size_t)(end - row)})
                                     : (size_t)(end - row));
    for (const char *rest = at; rest < end; rest++)
        if (*rest != ' ') {
            flat_note(reader, "the record is too long",
                      (struct bytes){rest, (size_t)(end - rest) < 40 ? (size_t)(end - rest) : 40},
                      (size_t)(rest - row), "nothing behind character %zu", width);
            break;
        }
}

/* Without line ends: the record of this type, whatever is in it.  NULL: it does not end in the window. */
static const char *end_of(struct flat_reader *reader, const char *row, const char *end)
{
    const struct flat_record *record;
    size_t width = 0;
    const char *last;

    if (reader->unit->tag < 0)
        return end;
    record = &reader->layout->records[reader->unit->tag];
    for (unsigned i = 0; i < flat_inside(record); i++)
        width += record->columns[i].width;
    last = skip(reader, row, end, width);
    return last == end && !reader->ended ? NULL : last;
}

static bool find_line(struct flat_reader *reader, const char *row, const char *end, const char **last)
{
    const char *line_end;

    if (reader->layout->line_end.len == 0) {
        size_t widest = 0;

        for (unsigned i = 0; i < reader->layout->n_records; i++) {
            size_t width = 0;

            for (unsigned c = 0; c < flat_inside(&reader->layout->records[i]); c++)
                width += reader->layout->records[i].columns[c].width;
            widest = width > widest ? width : widest;
        }
        /* So that the type is there whole, wherever it stands. */
        if (!reader->ended && (size_t)(end - row) < widest * 4)
            return false;
        reader->unit->tag = tag_of(reader, row, end);
        *last = end_of(reader, row, end);
        reader->taken = *last != NULL ? (size_t)(*last - row) : 0;
        return *last != NULL;
    }
    line_end = memchr(row, '\n', (size_t)(end - row));
    if (line_end == NULL && !reader->ended)
        return false;
    *last = line_end != NULL ? line_end : end;
    reader->taken = (size_t)(*last - row) + (line_end != NULL);
    if (*last > row && (*last)[-1] == '\r')
        --*last;
    return true;
}

enum flat_found fixed_find(struct flat_reader *reader)
{
    const char *row = reader->window + reader->start, *end = reader->window + reader->end, *last, *at;

    reader->wide = reader->characters && !reader->all_ascii && reader->layout->line_end.len == 0;
    if (!find_line(reader, row, end, &last))
        return FLAT_MORE;
    reader->unit->raw = (struct bytes){row, (size_t)(last - row)};
    for (at = row; at < last && (*at == ' ' || *at == '\r' || *at == '\n'); at++)
        ;
    if (at == last) {
        reader->trouble.what = NULL;
        return FLAT_FOUND_BLANK;
    }
    reader->wide = reader->characters && !reader->all_ascii &&
                   utf8_ascii_prefix(row, (size_t)(last - row)) < (size_t)(last - row);
    if (reader->layout->line_end.len > 0)
        reader->unit->tag = tag_of(reader, row, last);
    reader->unit->known = 0;
    memset(reader->cells, 0, reader->n_slots * sizeof(*reader->cells));
    if (reader->any_nul && reader->trouble.what == NULL && memchr(row, '\0', (size_t)(last - row)) != NULL)
        flat_note(reader, "there is a NUL byte in the record", (struct bytes){NULL, 0},
                  (size_t)((const char *)memchr(row, '\0', (size_t)(last - row)) - row), "text");
    if (reader->unit->tag >= 0)
        take_columns(reader, &reader->layout->records[reader->unit->tag], row, last);
    return reader->trouble.what != NULL ? FLAT_FOUND_BROKEN : FLAT_FOUND;
}
