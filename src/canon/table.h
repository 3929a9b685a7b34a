/*
 * table: one table of maps/canon, from its text to a block or a kind.  For the schema alone.
 *
 * A kind has a file of its own, with the blocks that are its alone; the blocks that kinds share stand in
 * blocks.tsv.  (A file a block would be fifty files to open, and a tool lives five milliseconds.)
 */
#ifndef CROSSDOCK_CANON_TABLE_H
#define CROSSDOCK_CANON_TABLE_H

#include "base/arena.h"
#include "canon/schema.h"

/* A kind or a block. */
struct table {
    struct table *next; /* in order of reading */
    const char *file;   /* without ".tsv" */
    struct canon_block block;
    struct canon_kind *kind; /* NULL: a block */
    unsigned depth;          /* 1, or one more than the deepest block in it */
    bool whole;              /* false while it is being read: met again, it contains itself */
};

/* Where a block's table stands. */
struct section {
    struct section *next;
    struct bytes name;
    const char *file;
    char *text;
    size_t len;
    unsigned line; /* of its first */
};

/* All that were read. */
struct tables {
    struct arena arena;
    int folder;       /* descriptor */
    const char *path; /* of the folder, for messages */
    struct table *first, *last;
    unsigned n;
    unsigned nest; /* tables being read */
    struct section *sections;
    bool has_shared;                  /* blocks.tsv was looked for */
    char *error;                      /* malloc'ed, or NULL: the first thing that was wrong */
    const struct canon_kind **sorted; /* every kind by name, once it was asked for */
    unsigned n_sorted;
};

/* Lower case, digits, underscore; begins with a letter; at most CANON_MAX_NAME. */
bool canon_table_is_name(struct bytes name);

/* The block of this name, a shared one or one of this file, read if it was not yet (schema.c).  File NULL:
 * any.  NULL: there is none, or tables->error. */
struct table *canon_tables_block(struct tables *tables, const char *file, struct bytes name);

/* Reads a table's text, which it cuts up in place: text[len] must be writable, and the text lives as long as
 * the table.  `line` is that of its beginning.  False: tables->error. */
bool canon_table_parse(struct tables *tables, struct table *table, char *text, size_t len, unsigned line);

/* Keeps the first error: what follows from it is noise.  Line 0: the whole file.  Always false. */
bool canon_tables_complain(struct tables *tables, const char *file, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Prepares canon_block_field; false when a name stands twice (then *twice is it) or the arena failed (then
 * NULL). */
bool canon_block_index(struct canon_block *block, struct arena *arena, const char **twice);

#endif
