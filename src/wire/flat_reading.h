/*
 * flat_reading: a reader from the inside.  Private to flat_read.c (window, header, events), delimited_read.c
 * and fixed_read.c, which find one record and its columns.
 */
#ifndef CROSSDOCK_WIRE_FLAT_READING_H
#define CROSSDOCK_WIRE_FLAT_READING_H

#include "base/arena.h"
#include "wire/flat_read.h"

enum { FLAT_MAX_COLUMNS = 4096 };

struct flat_reader {
    const struct flat_layout *layout;
    int fd;
    bool characters;
    char *window;                  /* a line end stands behind the last byte read */
    size_t size, start, end;       /* bytes: allocated, of the next record, of the last byte read */
    size_t ceiling;
    uint64_t base;                 /* offset in the file of window[0] */
    uint32_t line;                 /* of window[start] */
    bool ended, begun, blank, skipping;
    bool wide;                     /* the record holds characters of several bytes */
    bool all_ascii, any_nul;       /* of all that was read so far */
    unsigned n_slots;              /* of cells, at most */
    struct bytes *cells;
    uint32_t *starts;              /* of each, in the record's bytes */
    struct arena scratch;          /* of one record: cells whose quotes were undone */
    /* delimited */
    bool special[256];             /* ends a run of ordinary bytes */
    unsigned n_cells;              /* that a row has, by the header; 0: by its record */
    uint16_t *slots;               /* by cell of the row, with a header */
    unsigned n_headings;
    struct bytes *headings;        /* that the layout does not know */
    struct arena life;             /* for those */
    bool *lacks;                   /* by column */
    /* the record at hand */
    struct flat_unit *unit;
    size_t taken;                  /* bytes, its line end included */
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

/* Notes what is wrong, at byte `at` of the record. */
void flat_note(struct flat_reader *reader, const char *what, struct bytes value, size_t at,
               const char *expected, ...) __attribute__((format(printf, 5, 6)));

/* "H, D or T", for messages. */
void flat_types(const struct flat_layout *layout, char *into, size_t size);

#endif
