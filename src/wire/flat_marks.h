/*
 * flat_marks: where in a reader's window the bytes stand that it must look at, a bit a byte.  Private to
 * flat_read.c, delimited_read.c and fixed_read.c.
 *
 * Rows of the ordinary kind are taken apart by these bits alone.
 */
#ifndef CROSSDOCK_WIRE_FLAT_MARKS_H
#define CROSSDOCK_WIRE_FLAT_MARKS_H

#include "wire/x12_scan.h"

/* Bytes behind the window that may be read: of the scan, and of texts that are copied in blocks. */
enum { FLAT_SLACK = 64 };

struct flat_marks {
    x12_scan *scan;
    struct x12_wanted wanted;
    uint64_t *fields; /* the separator of cells; of fixed width, blanks */
    uint64_t *stops;  /* quotes, line ends, control bytes, " and \, and all that is not ASCII */
};

/* `field` is what `fields` tells.  False: out of memory. */
bool flat_marks_init(struct flat_marks *marks, char field, char quote, size_t window);
void flat_marks_release(struct flat_marks *marks);

/* The window is so large now, and what was known of it stays. */
bool flat_marks_grow(struct flat_marks *marks, size_t window);

/* Looks at the bytes from `from` to `end`; up to FLAT_SLACK behind it are readable.  No bit is set behind
 * the end. */
void flat_marks_look(struct flat_marks *marks, const char *window, size_t from, size_t end);

/* A walk over the stops, and over the fields too when it is asked for. */
struct flat_walk {
    const uint64_t *fields, *stops; /* fields: the stops again when they are not wanted */
    size_t word, n_words;
    uint64_t bits; /* of that word, not yet told */
};

static inline struct flat_walk flat_walk_stops(const struct flat_marks *marks, size_t at, size_t end)
{
    struct flat_walk walk = {
        .fields = marks->stops, .stops = marks->stops, .word = at / 64, .n_words = (end + 63) / 64};

    if (at < end)
        walk.bits = marks->stops[walk.word] & ~UINT64_C(0) << at % 64;
    return walk;
}

static inline struct flat_walk flat_walk_all(const struct flat_marks *marks, size_t at, size_t end)
{
    struct flat_walk walk = flat_walk_stops(marks, at, end);

    walk.fields = marks->fields;
    if (at < end)
        walk.bits |= marks->fields[walk.word] & ~UINT64_C(0) << at % 64;
    return walk;
}

/* The next byte with a bit.  False, and *at behind all of them: there is none. */
static inline bool flat_walk_next(struct flat_walk *walk, size_t *at)
{
    while (walk->bits == 0) {
        if (++walk->word >= walk->n_words) {
            *at = walk->n_words * 64;
            return false;
        }
        walk->bits = walk->fields[walk->word] | walk->stops[walk->word];
    }
    *at = walk->word * 64 + (unsigned)__builtin_ctzll(walk->bits);
    walk->bits &= walk->bits - 1;
    return true;
}

#endif
