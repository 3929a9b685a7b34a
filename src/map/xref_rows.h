/*
 * xref_rows: a cross-reference in memory.  Private to xref.c, which looks up, and xref_load.c, which reads
 * the file.
 */
#ifndef CROSSDOCK_MAP_XREF_ROWS_H
#define CROSSDOCK_MAP_XREF_ROWS_H

#include "map/xref.h"

enum { XREF_MISS_SLOTS = 2048 }; /* a power of two, and more than XREF_MAX_MISSES */

struct xref_row {
    struct bytes theirs, ours;   /* of units: item and unit */
    struct bytes contains, base; /* of units */
    uint32_t line;
    uint64_t used; /* lookups */
};

struct xref_miss {
    struct xref_miss *next;
    struct bytes theirs, ours;
    uint64_t count;
};

struct xref {
    const struct xref_source *source;
    const char *file;
    struct arena *arena;
    bool units;
    uint32_t n_rows, n_slots; /* n_slots is a power of two */
    struct xref_row *rows;
    uint32_t *by_theirs, *by_ours; /* row + 1, or 0; of one ours the first row alone */
    uint32_t n_misses;
    struct xref_miss *first_miss, **last_miss;
    struct xref_miss *misses[XREF_MISS_SLOTS];
};

/* NULL: none.  `unit`: of units, where by_ours has the first row of an item. */
struct xref_row *xref_by_theirs(const struct xref *xref, struct bytes theirs, struct bytes unit);
struct xref_row *xref_by_ours(const struct xref *xref, struct bytes ours);
void xref_index(struct xref *xref, uint32_t row, bool with_ours);

#endif
