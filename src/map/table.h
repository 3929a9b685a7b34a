/*
 * table: a code table of a map: codes outside, words inside, both ways.
 */
#ifndef CROSSDOCK_MAP_TABLE_H
#define CROSSDOCK_MAP_TABLE_H

#include "base/arena.h"
#include "conf/search.h"
#include "conf/yaml.h"

/* Several codes may mean one word; the first one listed is written. */
struct map_row {
    struct bytes code, word;
};

struct map_table {
    const char *name;
    uint32_t n_rows;
    const struct map_row *rows; /* in the file's order */
    uint32_t n_slots;           /* a power of two */
    const uint32_t *by_code;    /* row + 1, or 0 */
    const uint32_t *by_word;
};

/* From a mapping {code: word, ...} or {file: tables/x.tsv}, a file of two tab-separated columns under maps/
 * with # comments.  NULL when it is wrong: told. */
const struct map_table *map_table_load(const struct yaml_node *source, struct search *search, struct arena *arena,
                                       struct report *report);

/* The row of a code, of a word; NULL when there is none. */
const struct map_row *map_table_code(const struct map_table *table, struct bytes code);
const struct map_row *map_table_word(const struct map_table *table, struct bytes word);

#endif
