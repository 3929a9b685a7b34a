/*
 * xref: a cross-reference: a table of rows "theirs, ours" (stores, items, units) that a partner keeps in a
 * CSV or TSV file, looked up both ways.  crossdock-map(5), crossdock-partner(5).
 *
 * A source is what a partner file (or a map) says of one: its name, its file, its columns.  The file is read
 * when a map that uses it is loaded.  What is wrong with a row is told with file:line:column; a value of
 * theirs that stands for two of ours is an error, one of ours that two of theirs stand for is told, and the
 * first is written.
 *
 * Lookups are counted, so that afterwards somebody can be told which rows nobody needed and which were
 * missing (map-check).  Everything lives in the arena given, and as long.
 */
#ifndef CROSSDOCK_MAP_XREF_H
#define CROSSDOCK_MAP_XREF_H

#include "base/arena.h"
#include "base/hash.h"
#include "conf/search.h"
#include "conf/yaml.h"

enum {
    XREF_MAX_BYTES = 64 * 1024 * 1024,
    XREF_MAX_ROWS = 1000000,
    XREF_MAX_COLUMNS = 256,
    XREF_MAX_CELL = 4096,   /* bytes */
    XREF_MAX_MISSES = 1000, /* different ones that are remembered; all are counted */
};

/* What becomes of a value that a table or cross-reference does not have. */
enum map_miss {
    MAP_MISS_UNSAID, /* of a target: as its cross-reference says; of tables: keep */
    MAP_MISS_KEEP,
    MAP_MISS_WARN,    /* kept, and told */
    MAP_MISS_ERROR,   /* the document is rejected */
    MAP_MISS_DEFAULT, /* the target's default stands in */
};
bool map_miss_read(const struct yaml_node *node, enum map_miss *miss, struct report *report);

struct xref_source {
    const char *name;
    const struct yaml_node *node;              /* where it is said */
    const char *file;                          /* below the folders searched: "xrefs/acme-stores.csv" */
    const char *theirs, *ours;                 /* columns; of units NULL */
    const char *item, *unit, *contains, *base; /* columns of units by item; NULL: none are said */
    const struct yaml_node *miss_said;
    enum map_miss miss; /* error, where nothing is said */
    bool shared;        /* several of theirs may stand for one of ours: not told */
};

struct xref_sources {
    bool any; /* whoever's: what nobody names is taken for one without rows */
    uint32_t n;
    const struct xref_source *at;
};

/* From a mapping {NAME: {file: ..., theirs: ..., ours: ...}, ...}; NULL: none.  False: told. */
bool xref_sources_read(struct xref_sources *sources, const struct yaml_node *node, struct arena *arena,
                       struct report *report);
const struct xref_source *xref_source_named(const struct xref_sources *sources, struct bytes name);

/* --- one that was read */

struct xref;

/* Reads the source's file; its bytes are added to `hash` (or NULL).  NULL: told. */
struct xref *xref_load(const struct xref_source *source, struct search *search, struct arena *arena,
                       struct hash *hash, struct report *report);

/* One without rows, for a map that is only looked at.  NULL: out of memory. */
struct xref *xref_empty(const char *name, bool units, struct arena *arena);

const struct xref_source *xref_source_of(const struct xref *xref);
const char *xref_file(const struct xref *xref); /* path */
uint32_t xref_rows(const struct xref *xref);

/* Theirs to ours and back; at NULL: no row (remembered as missing). */
struct bytes xref_ours(struct xref *xref, struct bytes theirs);
struct bytes xref_theirs(struct xref *xref, struct bytes ours);

/* The same as a look that counts for nothing: what one of ours would be written as, one of theirs be read
 * as. */
struct bytes xref_has_ours(const struct xref *xref, struct bytes ours);
struct bytes xref_has_theirs(const struct xref *xref, struct bytes theirs);

/* Of units by item: how many of the base unit (a canonical decimal above zero) one `unit` of the item holds.
 *  at NULL: no row; *base is the base unit. */
struct bytes xref_contains(struct xref *xref, struct bytes item, struct bytes unit, struct bytes *base);

/* The base unit of an item; at NULL: it has no row.  Whether it has one for a unit.  Neither counts. */
struct bytes xref_base(const struct xref *xref, struct bytes item);
bool xref_has_unit(const struct xref *xref, struct bytes item, struct bytes unit);

/* --- what is odd about it */

struct xref_note {
    uint32_t line;             /* of the row; 0: of none */
    uint32_t first_line;       /* of the row that is written in its place; else 0 */
    struct bytes theirs, ours; /* of units: item and unit; the side that is not known has at NULL */
    uint64_t count;            /* lookups */
};
typedef void xref_take(void *whom, const struct xref_note *note);

/* Rows that are never written, since an earlier one has the same of ours. */
void xref_each_ambiguous(const struct xref *xref, xref_take *take, void *whom);
/* Rows that no lookup has found so far. */
void xref_each_unused(const struct xref *xref, xref_take *take, void *whom);
/* What was looked up and has no row, in the order it came: theirs is known, or ours. */
void xref_each_missing(const struct xref *xref, xref_take *take, void *whom);

#endif
