/*
 * table: a text file of rows and tab-separated cells, the form of the dictionary's sources.
 *
 * The first line names the columns.  Empty lines and lines that begin with '#' are for people.  Every row
 * has as many cells as there are columns.  Text and rows live in the arena.
 */
#ifndef CROSSDOCK_COMPILE_TABLE_H
#define CROSSDOCK_COMPILE_TABLE_H

#include "base/arena.h"
#include "base/buffer.h"

/* What is wrong with the sources, a line each: "maps/x12/codes.tsv:17: what". */
struct problems {
    struct buffer text;
    unsigned count;
};

void problems_init(struct problems *problems);
void problems_release(struct problems *problems);

/* line 0: of the file as a whole. */
void problem_add(struct problems *problems, const char *path, unsigned line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

#define TABLE_CELLS_MAX 16

struct table_row {
    unsigned line;
    struct bytes cells[TABLE_CELLS_MAX];
};

struct table {
    const char *path; /* in the arena */
    unsigned n_columns;
    struct bytes columns[TABLE_CELLS_MAX];
    size_t n_rows;
    struct table_row *rows;
};

/* Reads FOLDER/NAME.  False when that failed as a whole; the reason is among the problems, as is every row
 * that had to be left out. */
bool table_read(struct table *table, struct arena *arena, struct problems *problems, const char *folder,
                const char *name);

/* As table_read, and the columns must be these, in this order: "set group". */
bool table_read_columns(struct table *table, struct arena *arena, struct problems *problems,
                        const char *folder, const char *name, const char *columns);

#endif
