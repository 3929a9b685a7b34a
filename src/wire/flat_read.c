#include "wire/flat_read.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"
#include "wire/flat_reading.h"

enum { WINDOW_FIRST = 256 * 1024, SCRATCH = 64 * 1024, NEAR = 3 };

void flat_types(const struct flat_layout *layout, char *into, size_t size)
{
    size_t len = 0;

    into[0] = '\0';
    for (unsigned i = 0; i < layout->n_records && len < size; i++) {
        const struct flat_record *record = &layout->records[i];
        const char *before = i == 0 ? "" : i + 1 == layout->n_records ? " or " : ", ";

        if (record->type >= 0)
            len += (size_t)snprintf(into + len, size - len, "%s%.*s", before,
                                    BYTES_ARG(record->columns[record->type].constant));
    }
}

void flat_note(struct flat_reader *reader, const char *what, struct bytes value, size_t at,
               const char *expected, ...)
{
    struct flat_trouble *trouble = &reader->trouble;
    const char *row = reader->window + reader->start;
    va_list arguments;

    if (trouble->what != NULL)
        return; /* the first is the cause */
    *trouble = (struct flat_trouble){.what = what, .value = value, .line = reader->line, .place = 1};
    va_start(arguments, expected);
    vsnprintf(trouble->expected, sizeof(trouble->expected), expected, arguments);
    va_end(arguments);
    for (size_t i = 0; i < at; i++) {
        if (row[i] == '\n') {
            trouble->line++;
            trouble->place = 1;
        } else {
            trouble->place += ((unsigned char)row[i] & 0xc0) != 0x80;
        }
    }
}

/* --- opening */

struct flat_reader *flat_read_open(const struct flat_layout *layout, int fd, size_t ceiling, bool characters)
{
    struct flat_reader *reader = calloc(1, sizeof(*reader));
    unsigned widest = 0;

    if (reader == NULL)
        return NULL;
    reader->layout = layout;
    reader->fd = fd;
    reader->characters = characters;
    reader->ceiling = ceiling;
    reader->line = 1;
    reader->blank = true;
    reader->all_ascii = true;
    arena_init(&reader->scratch, SCRATCH, ceiling + SCRATCH);
    arena_init(&reader->life, SCRATCH, ceiling + SCRATCH);
    for (unsigned i = 0; i < layout->n_records; i++) {
        if (layout->records[i].n_columns > widest)
            widest = layout->records[i].n_columns;
        if (layout->records[i].n_file > 0)
            reader->n_most = widest;
    }
    /* Behind the last column: what is too much, to be shown; or what the layout does not know of a header. */
    reader->n_slots = layout->header ? FLAT_MAX_COLUMNS : widest + 1;
    reader->size = WINDOW_FIRST;
    reader->window = malloc(reader->size + FLAT_SLACK);
    reader->shapes = fixed_shapes(layout, &reader->life);
    reader->cells = calloc(reader->n_slots, sizeof(*reader->cells));
    reader->starts = calloc(reader->n_slots, sizeof(*reader->starts));
    reader->lacks = calloc(widest + 1, sizeof(*reader->lacks));
    reader->begun = !layout->header;
    reader->special[(unsigned char)layout->separator] = true;
    reader->special[(unsigned char)layout->quote] = true;
    reader->special['\n'] = reader->special['\0'] = true;
    reader->n_filled = reader->n_in_order = reader->n_slots;
    if (reader->window == NULL || reader->cells == NULL || reader->starts == NULL || reader->lacks == NULL ||
        reader->shapes == NULL ||
        !flat_marks_init(&reader->marks, layout->fixed ? ' ' : layout->separator,
                         layout->fixed ? '\0' : layout->quote, reader->size)) {
        flat_read_close(reader);
        return NULL;
    }
    return reader;
}

void flat_read_close(struct flat_reader *reader)
{
    if (reader == NULL)
        return;
    arena_release(&reader->scratch);
    arena_release(&reader->life);
    flat_marks_release(&reader->marks);
    free(reader->lacks);
    free(reader->slots);
    free(reader->headings);
    free(reader->starts);
    free(reader->cells);
    free(reader->window);
    free(reader);
}

void flat_read_tap(struct flat_reader *reader, void (*look)(void *whom, const char *at, size_t len),
                   void *whom)
{
    reader->look = look;
    reader->whom = whom;
}

/* --- the window */

/* Keeps what is not read yet, at the front. */
static void slide(struct flat_reader *reader)
{
    if (reader->start == 0)
        return;
    memmove(reader->window, reader->window + reader->start, reader->end - reader->start);
    reader->base += reader->start;
    reader->end -= reader->start;
    reader->start = 0;
}

/* FLAT_UNIT: there is more, or the end is known now; a record at the ceiling is told as FLAT_BROKEN. */
static enum flat_event fill(struct flat_reader *reader)
{
    size_t looked = reader->start == 0 ? reader->end : 0;
    ssize_t got;

    slide(reader);
    if (reader->end + 1 >= reader->size) {
        size_t size = reader->size * 2;
        char *window;

        if (reader->end >= reader->ceiling)
            return FLAT_BROKEN;
        window = realloc(reader->window, size + FLAT_SLACK);
        if (window == NULL || !flat_marks_grow(&reader->marks, size)) {
            reader->window = window != NULL ? window : reader->window;
            return FLAT_NO_MEMORY;
        }
        reader->window = window;
        reader->size = size;
    }
    do
        got = read(reader->fd, reader->window + reader->end, reader->size - reader->end - 1);
    while (got < 0 && errno == EINTR);
    if (got < 0) {
        reader->trouble = (struct flat_trouble){.error = errno, .line = reader->line, .place = 1};
        return FLAT_READ_ERROR;
    }
    if (reader->look != NULL && got > 0)
        reader->look(reader->whom, reader->window + reader->end, (size_t)got);
    /* Where no line end bounds a record, its characters are counted before it is known. */
    if (reader->layout->line_end.len == 0 && reader->all_ascii)
        reader->all_ascii = utf8_ascii_prefix(reader->window + reader->end, (size_t)got) == (size_t)got;
    reader->end += (size_t)got;
    reader->ended = got == 0;
    reader->window[reader->end] = '\n';
    flat_marks_look(&reader->marks, reader->window, looked, reader->end);
    return FLAT_UNIT;
}

/* --- the header */

static const struct bytes *nearest(const struct flat_reader *reader, struct bytes heading)
{
    const struct bytes *best = NULL;
    unsigned least = NEAR;

    for (unsigned i = 0; i < reader->n_headings; i++) {
        unsigned distance = bytes_distance(heading, reader->headings[i], least);

        if (distance < least) {
            least = distance;
            best = &reader->headings[i];
        }
    }
    return best;
}

/* The first line: which cell is which column. */
static bool take_header(struct flat_reader *reader, unsigned n_cells)
{
    const struct flat_record *record = &reader->layout->records[0];
    unsigned found = 0;

    if (n_cells >= FLAT_MAX_COLUMNS - record->n_columns) {
        flat_note(reader, "the header has too many cells", (struct bytes){NULL, 0}, 0, "at most %u",
                  FLAT_MAX_COLUMNS - record->n_columns - 1);
        return false;
    }
    reader->slots = calloc(n_cells + 1, sizeof(*reader->slots));
    reader->headings = calloc(n_cells + 1, sizeof(*reader->headings));
    if (reader->slots == NULL || reader->headings == NULL) {
        flat_note(reader, "there is no memory for the header", (struct bytes){NULL, 0}, 0, "%s", "");
        return false;
    }
    memset(reader->lacks, 1, flat_inside(record));
    for (unsigned i = 0; i < n_cells; i++) {
        struct bytes heading = reader->cells[i];
        unsigned slot = 0;

        while (slot < flat_inside(record) && !bytes_equal(record->columns[slot].heading, heading))
            slot++;
        if (slot < flat_inside(record) && !reader->lacks[slot]) {
            flat_note(reader, "the header has this column twice", heading, reader->starts[i], "each once");
            return false;
        }
        if (slot < flat_inside(record)) {
            reader->lacks[slot] = false;
            reader->slots[i] = (uint16_t)slot;
            found++;
        } else {
            reader->slots[i] = (uint16_t)(record->n_columns + reader->n_headings);
            reader->headings[reader->n_headings++] = arena_copy(&reader->life, heading);
        }
    }
    reader->n_in_order = 0;
    while (reader->n_in_order < n_cells && reader->slots[reader->n_in_order] == reader->n_in_order)
        reader->n_in_order++;
    reader->n_cells = n_cells;
    reader->n_slots = reader->n_filled = record->n_columns + reader->n_headings;
    if (found == 0) {
        flat_note(reader, "the first line is no header: it names no column of the layout", reader->cells[0],
                  reader->starts[0], "%.*s and others", BYTES_ARG(record->columns[0].heading));
        return false;
    }
    for (unsigned i = 0; i < record->n_columns; i++) {
        const struct bytes *near;

        if (!reader->lacks[i] || !record->columns[i].required)
            continue;
        near = nearest(reader, record->columns[i].heading);
        flat_note(reader, "the header lacks a column that must be there", record->columns[i].heading, 0,
                  near != NULL ? "it, in just this spelling: there is %.*s" : "it, in just this spelling",
                  BYTES_ARG(near != NULL ? *near : record->columns[i].heading));
        return false;
    }
    return true;
}

/* --- units */

static bool is_other_charset(struct flat_reader *reader)
{
    static const char *const marks[] = {"\xff\xfe", "\xfe\xff"};

    for (size_t i = 0; i < 2; i++)
        if (reader->end >= 2 && memcmp(reader->window, marks[i], 2) == 0)
            return true;
    return false;
}

/* The beginning of the file; FLAT_UNIT: go on. */
static enum flat_event begin(struct flat_reader *reader)
{
    enum flat_event event = FLAT_UNIT;

    reader->window[0] = '\n';
    while (event == FLAT_UNIT && reader->end < 3 && !reader->ended)
        event = fill(reader);
    if (event != FLAT_UNIT)
        return event;
    if (is_other_charset(reader)) {
        flat_note(reader, "the file is in UTF-16", (struct bytes){NULL, 0}, 0, "UTF-8, or one byte a letter");
        return FLAT_REFUSED;
    }
    if (reader->end >= 3 && memcmp(reader->window, "\xef\xbb\xbf", 3) == 0)
        reader->start = 3;
    return FLAT_UNIT;
}

static void pass(struct flat_reader *reader)
{
    const char *row = reader->window + reader->start, *end = row + reader->taken;

    reader->line += reader->one_line;
    for (const char *at = row; !reader->one_line && (at = memchr(at, '\n', (size_t)(end - at))) != NULL; at++)
        reader->line++;
    reader->start += reader->taken;
    reader->taken = 0;
    reader->one_line = false;
}

/* The record at hand is longer than any may be: shown, and passed over up to its line end. */
static enum flat_event too_long(struct flat_reader *reader)
{
    static const size_t shown = 200;

    flat_note(reader, "the record is longer than one may be",
              (struct bytes){reader->window + reader->start, 40}, 0, "at most %zu bytes (--max-row)",
              reader->ceiling);
    reader->unit->tag = -1;
    reader->unit->known = 0;
    reader->unit->raw = (struct bytes){reader->window + reader->start, shown};
    reader->taken = reader->end - reader->start;
    reader->skipping = true;
    return FLAT_BROKEN;
}

static bool skip_line(struct flat_reader *reader)
{
    const char *at = reader->window + reader->start;
    const char *line_end = memchr(at, '\n', reader->end - reader->start);

    reader->taken = line_end != NULL ? (size_t)(line_end - at) + 1 : reader->end - reader->start;
    pass(reader);
    reader->skipping = line_end == NULL;
    return !reader->skipping;
}

enum flat_event flat_next(struct flat_reader *reader, struct flat_unit *unit)
{
    enum flat_event event = FLAT_UNIT;

    if (reader->base == 0 && reader->end == 0 && !reader->ended && (event = begin(reader)) != FLAT_UNIT)
        return event;
    for (;;) {
        enum flat_found found = FLAT_MORE;

        pass(reader);
        if (reader->skipping && !skip_line(reader) && reader->ended)
            return FLAT_END;
        if (reader->start == reader->end && reader->ended)
            return FLAT_END;
        reader->trouble.what = NULL;
        reader->unit = unit;
        unit->plain = false;
        unit->same = 0;
        arena_reset(&reader->scratch);
        if (reader->start < reader->end)
            found = reader->layout->fixed ? fixed_find(reader) : delimited_find(reader);
        if (reader->scratch.failed)
            return FLAT_NO_MEMORY;
        if (found == FLAT_MORE) {
            event = fill(reader);
            if (event == FLAT_BROKEN)
                event = too_long(reader);
            if (event == FLAT_UNIT)
                continue;
            found = FLAT_FOUND_BROKEN;
            if (event != FLAT_BROKEN)
                return event;
        }
        if (found == FLAT_FOUND_BLANK)
            continue;
        if (unit->raw.len == 1 && unit->raw.at[0] == 0x1a && reader->start + reader->taken == reader->end)
            continue; /* DOS ended files so */
        reader->blank = false;
        unit->cells = reader->cells;
        unit->whole = (struct bytes){reader->window + reader->start, reader->taken};
        unit->offset = reader->base + reader->start;
        unit->line = reader->line;
        if (reader->begun)
            return found == FLAT_FOUND ? FLAT_UNIT : FLAT_BROKEN;
        if (found != FLAT_FOUND || !take_header(reader, unit->known))
            return FLAT_REFUSED;
        reader->begun = true;
    }
}

const struct flat_trouble *flat_trouble(const struct flat_reader *reader)
{
    return &reader->trouble;
}

void flat_place(const struct flat_reader *reader, unsigned slot, uint32_t *line, uint32_t *place)
{
    const char *row = reader->window + reader->start;

    *line = reader->line;
    *place = 1;
    if (reader->unit->plain && reader->one_line) {
        *place += reader->starts[slot] < reader->unit->raw.len ? reader->starts[slot]
                                                               : (uint32_t)reader->unit->raw.len;
        return;
    }
    for (uint32_t i = 0; i < reader->starts[slot] && i < reader->unit->raw.len; i++) {
        if (row[i] == '\n') {
            ++*line;
            *place = 1;
        } else {
            *place += ((unsigned char)row[i] & 0xc0) != 0x80;
        }
    }
}

const struct bytes *flat_headings(const struct flat_reader *reader, unsigned *count)
{
    *count = reader->n_headings;
    return reader->headings;
}

bool flat_lacks(const struct flat_reader *reader, unsigned slot)
{
    return reader->lacks[slot];
}

enum flat_event flat_read_rest(struct flat_reader *reader)
{
    enum flat_event event = FLAT_UNIT;

    reader->taken = 0;
    while (!reader->ended && event == FLAT_UNIT) {
        reader->start = reader->end;
        event = fill(reader);
    }
    return event == FLAT_UNIT ? FLAT_END : event;
}

uint64_t flat_offset(const struct flat_reader *reader)
{
    return reader->base + reader->start + reader->taken;
}

bool flat_blank(const struct flat_reader *reader)
{
    return reader->blank;
}
