/*
 * flat_reading: a reader from the inside.  Private to flat_read.c (window, header, events), delimited_read.c
 * and fixed_read.c, which find one record and its columns.
 */
#ifndef CROSSDOCK_WIRE_FLAT_READING_H
#define CROSSDOCK_WIRE_FLAT_READING_H

#include "base/arena.h"
#include "wire/flat_marks.h"
#include "wire/flat_read.h"

enum { FLAT_MAX_COLUMNS = 4096 };

/* A column of fixed width: where it begins, in characters, and how it is freed of its pad. */
struct fixed_place {
    uint32_t at;
    enum fixed_strip { FIXED_STRIP_END, FIXED_STRIP_BOTH, FIXED_STRIP_OTHERWISE } strip;
    uint64_t bits; /* as many as it is wide, of columns up to 64 */
};

/* A record of fixed width: characters of all of it, and before the column of its type. */
struct fixed_shape {
    size_t width, before_type;
    unsigned n_places;
    struct fixed_place *places;
};

struct flat_reader {
    const struct flat_layout *layout;
    int fd;
    bool characters;
    char *window;                  /* a line end stands behind the last byte read */
    size_t size, start, end;       /* bytes: allocated, of the next record, of the last byte read */
    size_t ceiling;
    struct flat_marks marks;       /* of the window, as far as it is filled */
    uint64_t base;                 /* offset in the file of window[0] */
    uint32_t line;                 /* of window[start] */
    bool ended, begun, blank, skipping;
    bool wide;                     /* the record holds characters of several bytes */
    bool all_ascii;                /* all that was read so far; of records without line ends alone */
    bool slowly;                   /* byte by byte, all of it: a test holds the two ways against each other */
    unsigned n_slots;              /* of cells, at most */
    struct bytes *cells;
    uint32_t *starts;              /* of each, in the record's bytes */
    unsigned n_filled;             /* cells that the record before may have set: all from here on are empty */
    unsigned n_most;               /* columns of the widest record, where some are of the file's name; or 0 */
    struct arena scratch;          /* of one record: cells whose quotes were undone */
    /* delimited */
    bool special[256];             /* ends a run of ordinary bytes */
    unsigned n_cells;              /* that a row has, by the header; 0: by its record */
    uint16_t *slots;               /* by cell of the row, with a header */
    unsigned n_headings;
    struct bytes *headings;        /* that the layout does not know */
    struct arena life;             /* for those, and shapes */
    bool *lacks;                   /* by column */
    unsigned n_in_order;           /* cells at the front of a row that stand where the layout has them */
    /* The row before, when it was of the ordinary kind and stands in the window still. */
    size_t row_before;             /* bytes, with its line end; 0: it was not */
    unsigned cells_before;
    int tag_before;
    /* fixed */
    struct fixed_shape *shapes;    /* by record */
    /* the record at hand */
    struct flat_unit *unit;
    size_t taken;                  /* bytes, its line end included */
    bool one_line;                 /* these end with their only line end */
    struct flat_trouble trouble;
    void (*look)(void *whom, const char *at, size_t len);
    void *whom;
};

enum flat_found {
    FLAT_FOUND,
    FLAT_FOUND_BROKEN,
    FLAT_FOUND_BLANK,
    FLAT_MORE, /* the record does not end in the window */
};

/* The record at window[start]: cells, starts, unit->raw and `taken`. */
enum flat_found delimited_find(struct flat_reader *reader);
enum flat_found fixed_find(struct flat_reader *reader);

/* By record; of delimited files there is nothing in them.  In the arena; NULL: out of memory. */
struct fixed_shape *fixed_shapes(const struct flat_layout *layout, struct arena *arena);

/* Cells from `n` on are empty in the record at hand.  (Those of the file's name are set by others.) */
static inline void flat_clear_from(struct flat_reader *reader, unsigned n)
{
    if (n < reader->n_filled)
        memset(reader->cells + n, 0, (reader->n_filled - n) * sizeof(*reader->cells));
    reader->n_filled = n > reader->n_most ? n : reader->n_most;
}

/* Notes what is wrong, at byte `at` of the record. */
void flat_note(struct flat_reader *reader, const char *what, struct bytes value, size_t at,
               const char *expected, ...) __attribute__((format(printf, 5, 6)));

/* "H, D or T", for messages. */
void flat_types(const struct flat_layout *layout, char *into, size_t size);

#endif
