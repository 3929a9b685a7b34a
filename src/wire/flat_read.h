/*
 * flat_read: files of rows and records, a unit at a time: the reading side of wire/flat.h.
 *
 * The reader keeps one window over the input, as large as the longest record; a unit's views live until the
 * next one is asked for.  Where a record is broken (quotes, its length, its type) it is handed over as far as
 * it was understood, with what is wrong, and the next one is found; nothing is guessed.
 */
#ifndef CROSSDOCK_WIRE_FLAT_READ_H
#define CROSSDOCK_WIRE_FLAT_READ_H

#include "wire/flat.h"

enum flat_event {
    FLAT_UNIT,
    FLAT_BROKEN,     /* a record with something wrong: flat_trouble says what */
    FLAT_REFUSED,    /* the file as a whole cannot be read so: flat_trouble; nothing comes after it */
    FLAT_END,
    FLAT_READ_ERROR, /* flat_trouble: error */
    FLAT_NO_MEMORY,
};

struct flat_unit {
    int tag;             /* the record's number; -1: not known */
    unsigned known;      /* of a broken one: as many columns were understood */
    struct bytes *cells; /* by column; at NULL: empty.  Behind the record's columns those of the header that
                            the layout does not know: flat_headings */
    struct bytes raw;    /* all of it, without the line end; of one that is too long, the beginning */
    struct bytes whole;  /* the same with its line end, as it came */
    uint64_t offset;     /* bytes, of its first one in the file */
    uint32_t line;       /* that it begins in, from 1 */
    bool plain;          /* its cells are ASCII and nothing that JSON escapes; FLAT_BEHIND bytes may be read
                            behind each */
    unsigned same;       /* columns at the front that hold what they held in the unit before, which was good
                            and of this tag */
};

enum { FLAT_BEHIND = 16 };

/* What is wrong with a record or a file.  Views live as long as the unit's. */
struct flat_trouble {
    const char *what;
    char expected[160];    /* "" when there is nothing to add */
    struct bytes value;    /* at NULL: none to show */
    struct bytes column;   /* its name, where it is known */
    uint32_t line, place;  /* from 1; characters */
    int error;             /* errno */
};

struct flat_reader;

/* `ceiling`: bytes of the longest record.  `characters`: the file is in UTF-8, where columns of fixed width
 * count characters; else they count bytes.  The layout must outlive the reader; `fd` stays the caller's.
 * NULL: out of memory. */
struct flat_reader *flat_read_open(const struct flat_layout *layout, int fd, size_t ceiling, bool characters);
void flat_read_close(struct flat_reader *reader);

/* Shows every block to `look` as it is read. */
void flat_read_tap(struct flat_reader *reader, void (*look)(void *whom, const char *at, size_t len),
                   void *whom);

enum flat_event flat_next(struct flat_reader *reader, struct flat_unit *unit);
const struct flat_trouble *flat_trouble(const struct flat_reader *reader);

/* Where a column of the latest unit begins: line and character, from 1. */
void flat_place(const struct flat_reader *reader, unsigned slot, uint32_t *line, uint32_t *place);

/* The headings that the layout does not know, once a unit was read; and those of its own that the header
 * lacks, by column. */
const struct bytes *flat_headings(const struct flat_reader *reader, unsigned *count);
bool flat_lacks(const struct flat_reader *reader, unsigned slot);

/* Reads the rest of the file for whoever looks at its blocks; nothing more comes from the reader.  FLAT_END,
 * or what went wrong. */
enum flat_event flat_read_rest(struct flat_reader *reader);

/* Bytes read so far; and whether there was anything but blanks. */
uint64_t flat_offset(const struct flat_reader *reader);
bool flat_blank(const struct flat_reader *reader);

#endif
