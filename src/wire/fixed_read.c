/*
 * fixed_read: one record of columns of fixed width, a line, or (line_end: none) as long as its type says.
 *
 * Blanks around a value are its pad, and so is a pad of the layout's own on its side; zeros stay, for they
 * are digits.  A column of nothing but blanks is empty.
 *
 * Lines of the ordinary kind, of ASCII and just as long as their type wants, are taken apart by the marks of
 * the window (quick_line); all others byte by byte.  Both come to the same.
 */
#include "wire/flat_reading.h"

#include <stdio.h>
#include <stdlib.h>

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

static inline bool has_own_pad(const struct flat_column *column)
{
    return column->pad != ' ' && !(column->pad >= '0' && column->pad <= '9');
}

static struct bytes strip(const struct flat_column *column, const char *first, const char *last)
{
    bool own = has_own_pad(column);

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

/* What stands where the record would have its type. */
static struct bytes type_in(const struct flat_reader *reader, const struct flat_record *record,
                            const char *row, const char *end)
{
    const struct flat_column *column = &record->columns[record->type];
    const struct fixed_shape *shape = &reader->shapes[record - reader->layout->records];
    const char *first = skip(reader, row, end, shape->before_type);

    return strip(column, first, skip(reader, first, end, column->width));
}

/* Whether both have their type in one place, as all records of a table do. */
static bool same_place(const struct flat_reader *reader, const struct flat_record *a,
                       const struct flat_record *b)
{
    const struct flat_column *one = &a->columns[a->type], *other = &b->columns[b->type];
    const struct flat_record *records = reader->layout->records;

    return reader->shapes[a - records].before_type == reader->shapes[b - records].before_type &&
           one->width == other->width && one->right == other->right && one->pad == other->pad;
}

/* Whether a record of a type unknown has the shape of the others, whose type it must be then: a word, and
 * numbers where records are counted. */
static bool is_other(const struct flat_reader *reader, const struct flat_record *other, const char *row,
                     const char *end)
{
    struct bytes type = type_in(reader, other, row, end);
    const char *at = row;

    if (skip(reader, row, end, other->least - 1) == end || type.len == 0 ||
        memchr(type.at, ' ', type.len) != NULL)
        return false;
    for (unsigned i = 0; i < other->n_columns; i++) {
        const struct flat_column *column = &other->columns[i];
        const char *last = skip(reader, at, end, column->width);

        for (; column->counts != FLAT_COUNTS_NOTHING && at < last; at++)
            if (*at != ' ' && (*at < '0' || *at > '9'))
                return false;
        at = last;
    }
    return true;
}

/* The record whose constant stands in its column of the type, be it in another version. */
static int tag_of(struct flat_reader *reader, const char *row, const char *end)
{
    const struct flat_layout *layout = reader->layout;
    const struct flat_record *before = NULL;
    struct bytes here = {NULL, 0}, stem = {NULL, 0}, shown = {NULL, 0};
    int version = -1;
    char types[160];

    if (layout->n_records == 1 && layout->records[0].type < 0)
        return 0;
    for (unsigned i = 0; i < layout->n_records; i++) {
        const struct flat_record *record = &layout->records[i];
        const struct flat_column *column = &record->columns[record->type];

        if (column->constant.at == NULL)
            continue;
        if (before == NULL || !same_place(reader, before, record)) {
            here = type_in(reader, record, row, end);
            stem = flat_stem(layout, here);
            if (here.len > shown.len)
                shown = here;
        }
        before = record;
        if (bytes_equal(here, column->constant))
            return (int)i;
        if (record->stem.at != NULL && version < 0 && bytes_equal(stem, record->stem))
            version = (int)i;
    }
    if (version < 0 && layout->other != NULL && is_other(reader, layout->other, row, end))
        version = (int)(layout->other - layout->records);
    if (version >= 0)
        return version;
    flat_types(layout, types, sizeof(types));
    flat_note(reader, "no record of the layout is of this type", shown,
              shown.at != NULL ? (size_t)(shown.at - row) : 0, "%s", types);
    return -1;
}

static void take_columns(struct flat_reader *reader, const struct flat_record *record, const char *row,
                         const char *end)
{
    const char *at = row;
    size_t width = 0, total;

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
    total = width;
    if (reader->layout->ragged)
        width = record->least;
    if (width > 0 && skip(reader, row, end, width - 1) == end)
        flat_note(reader, "the record is too short", (struct bytes){NULL, 0}, (size_t)(end - row),
                  "%zu characters%s, and there are %zu", width, reader->layout->ragged ? " at least" : "",
                  reader->wide ? flat_characters((struct bytes){row, (size_t)(end - row)})
                                     : (size_t)(end - row));
    for (const char *rest = at; rest < end; rest++)
        if (*rest != ' ') {
            flat_note(reader, "the record is too long",
                      (struct bytes){rest, (size_t)(end - rest) < 40 ? (size_t)(end - rest) : 40},
                      (size_t)(rest - row), "nothing behind character %zu", total);
            break;
        }
}

/* Characters of the record, with the blanks behind its columns. */
static size_t whole_width(const struct flat_reader *reader, unsigned tag)
{
    const size_t width = reader->layout->records[tag].width;

    return width > reader->shapes[tag].width ? width : reader->shapes[tag].width;
}

/* Without line ends: the record of this type, whatever is in it.  NULL: it does not end in the window. */
static const char *end_of(struct flat_reader *reader, const char *row, const char *end)
{
    const char *last;

    if (reader->unit->tag < 0)
        return end;
    last = skip(reader, row, end, whole_width(reader, (unsigned)reader->unit->tag));
    return last == end && !reader->ended ? NULL : last;
}

/* --- lines of the ordinary kind */

struct fixed_shape *fixed_shapes(const struct flat_layout *layout, struct arena *arena)
{
    struct fixed_shape *shapes = arena_zalloc(arena, layout->n_records, sizeof(*shapes));

    for (unsigned i = 0; i < layout->n_records && shapes != NULL && layout->fixed; i++) {
        const struct flat_record *record = &layout->records[i];
        struct fixed_shape *shape = &shapes[i];

        shape->before_type = flat_before_type(record);
        shape->n_places = flat_inside(record);
        shape->places = arena_zalloc(arena, shape->n_places + 1, sizeof(*shape->places));
        if (shape->places == NULL)
            return NULL;
        for (unsigned c = 0; c < shape->n_places; c++) {
            const struct flat_column *column = &record->columns[c];

            shape->places[c] = (struct fixed_place){
                .at = (uint32_t)shape->width,
                .strip = has_own_pad(column) || column->width > 64 ? FIXED_STRIP_OTHERWISE
                         : column->right                           ? FIXED_STRIP_BOTH
                                                                   : FIXED_STRIP_END,
                .bits = column->width > 0 && column->width <= 64 ? ~UINT64_C(0) >> (64 - column->width) : 0};
            shape->width += column->width;
        }
    }
    return shapes;
}

/* Which of the 64 bytes from `at` of the window on are no blanks. */
static inline uint64_t filled(const uint64_t *blanks, size_t at)
{
    const size_t word = at / 64, shift = at % 64;

    return ~(blanks[word] >> shift | blanks[word + 1] << 1 << (63 - shift));
}

/* False: all columns are empty. */
static bool quick_columns(struct flat_reader *reader, const struct flat_record *record)
{
    const struct fixed_shape *shape = &reader->shapes[reader->unit->tag];
    const uint64_t *blanks = reader->marks.fields;
    const char *row = reader->window + reader->start;
    const size_t start = reader->start;
    struct bytes *cells = reader->cells;
    uint32_t *starts = reader->starts;
    uint64_t any = 0;

    for (unsigned i = 0; i < shape->n_places; i++) {
        const struct fixed_place *place = &shape->places[i];
        const char *first = row + place->at;
        const uint64_t bits = filled(blanks, start + place->at) & place->bits;

        starts[i] = place->at;
        cells[i].at = bits != 0 ? first : NULL;
        cells[i].len = bits != 0 ? 64 - (unsigned)__builtin_clzll(bits) : 0;
        any |= bits;
        if (place->strip == FIXED_STRIP_END)
            continue;
        if (place->strip == FIXED_STRIP_OTHERWISE) {
            cells[i] = strip(&record->columns[i], first, first + record->columns[i].width);
            any |= cells[i].len;
        } else if (bits != 0) {
            cells[i].at += (unsigned)__builtin_ctzll(bits);
            cells[i].len -= (unsigned)__builtin_ctzll(bits);
        }
    }
    reader->unit->known = flat_inside(record);
    flat_clear_from(reader, flat_inside(record));
    return any != 0;
}

/* The record whose constant stands in its place. */
static int quick_tag(const struct flat_reader *reader, size_t len)
{
    const struct flat_layout *layout = reader->layout;

    if (layout->n_records == 1 && layout->records[0].type < 0)
        return 0;
    for (unsigned i = 0; i < layout->n_records; i++) {
        const struct flat_column *column = &layout->records[i].columns[layout->records[i].type];
        const char *at = reader->window + reader->start + reader->shapes[i].before_type;

        if (reader->shapes[i].width == len && column->constant.len == column->width &&
            memcmp(at, column->constant.at, column->width) == 0)
            return (int)i;
    }
    return -1;
}

static bool quick_line(struct flat_reader *reader)
{
    struct flat_unit *unit = reader->unit;
    struct flat_walk walk = flat_walk_stops(&reader->marks, reader->start, reader->end);
    size_t at, len;

    unit->plain = true;
    while (flat_walk_next(&walk, &at) && reader->window[at] != '\n') {
        const unsigned char c = (unsigned char)reader->window[at];

        if (c == '\r' && at + 1 < reader->end && reader->window[at + 1] == '\n')
            break;
        if (c < 0x20 || c >= 0x80)
            return false;
        unit->plain = unit->plain && c == 0x7f;
    }
    if (at >= reader->end)
        return false;
    len = at - reader->start;
    unit->tag = quick_tag(reader, len);
    if (unit->tag < 0 || reader->shapes[unit->tag].width != len)
        return false;
    unit->raw = (struct bytes){reader->window + reader->start, len};
    reader->taken = len + 1 + (reader->window[at] == '\r');
    reader->one_line = true;
    return quick_columns(reader, &reader->layout->records[unit->tag]);
}

static bool find_line(struct flat_reader *reader, const char *row, const char *end, const char **last)
{
    const char *line_end;

    if (reader->layout->line_end.len == 0) {
        size_t widest = 0;

        for (unsigned i = 0; i < reader->layout->n_records; i++)
            widest = whole_width(reader, i) > widest ? whole_width(reader, i) : widest;
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

/* In UTF-8 columns are counted in characters: where there are none, nothing behind is in its column. */
static void note_bad_bytes(struct flat_reader *reader, const char *row, const char *end)
{
    size_t good = utf8_valid_prefix(row, (size_t)(end - row));
    size_t rest = (size_t)(end - row) - good;

    flat_note(reader, "bytes that are no UTF-8: what stands behind them is in no column",
              (struct bytes){row + good, rest < 20 ? rest : 20}, good, "UTF-8, or the file's --charset");
}

enum flat_found fixed_find(struct flat_reader *reader)
{
    const char *row = reader->window + reader->start, *end = reader->window + reader->end, *last, *at;

    if (reader->layout->line_end.len > 0 && !reader->slowly && quick_line(reader))
        return FLAT_FOUND;
    reader->unit->plain = reader->one_line = false;
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
    reader->wide = reader->characters &&
                   utf8_ascii_prefix(row, (size_t)(last - row)) < (size_t)(last - row);
    if (reader->wide && !utf8_valid(row, (size_t)(last - row)))
        note_bad_bytes(reader, row, last);
    if (reader->layout->line_end.len > 0)
        reader->unit->tag = tag_of(reader, row, last);
    reader->unit->known = 0;
    reader->n_filled = reader->n_slots;
    memset(reader->cells, 0, reader->n_slots * sizeof(*reader->cells));
    if (reader->trouble.what == NULL && memchr(row, '\0', (size_t)(last - row)) != NULL)
        flat_note(reader, "there is a NUL byte in the record", (struct bytes){NULL, 0},
                  (size_t)((const char *)memchr(row, '\0', (size_t)(last - row)) - row), "text");
    if (reader->unit->tag >= 0)
        take_columns(reader, &reader->layout->records[reader->unit->tag], row, last);
    return reader->trouble.what != NULL ? FLAT_FOUND_BROKEN : FLAT_FOUND;
}
