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
    uint64_t key; /* bytes_key of a code of at most 8 bytes, else 0 */
    bool same;    /* the word is the code */
    bool plain;   /* the word needs no JSON escaping */
};

struct map_table {
    const char *name;
    uint32_t n_rows;
    const struct map_row *rows; /* in the file's order */
    uint32_t n_slots;           /* a power of two */
    const uint32_t *by_code;    /* row + 1, or 0; by map_table_hash of the code */
    const uint32_t *by_word;
};

static inline uint32_t map_table_key_hash(uint64_t key)
{
    return (uint32_t)((key * 0x9E3779B97F4A7C15ULL) >> 32);
}

/* From a mapping {code: word, ...} or {file: tables/x.tsv}, a file of two tab-separated columns under maps/
 * with # comments.  NULL when it is wrong: told. */
const struct map_table *map_table_load(const struct yaml_node *source, struct search *search,
                                       struct arena *arena, struct report *report);

/* The row of a code (of 1 to 8 characters: by bytes_key), of a word; NULL when there is none. */
static inline const struct map_row *map_table_key(const struct map_table *table, uint64_t key)
{
    const uint32_t mask = table->n_slots - 1;

    for (uint32_t slot = map_table_key_hash(key) & mask; table->by_code[slot] != 0; slot = (slot + 1) & mask)
        if (table->rows[table->by_code[slot] - 1].key == key)
            return &table->rows[table->by_code[slot] - 1];
    return NULL;
}

const struct map_row *map_table_long_code(const struct map_table *table, struct bytes code);
static inline const struct map_row *map_table_code(const struct map_table *table, struct bytes code)
{
    if (code.len == 0 || code.len > 8)
        return map_table_long_code(table, code);
    return map_table_key(table, bytes_key(code.at, code.len));
}

const struct map_row *map_table_word(const struct map_table *table, struct bytes word);

/* Whether a word without a row may be written as it stands: not where it is the code of another word, as
 * which it would be read. */
static inline bool map_table_may_keep(const struct map_table *table, struct bytes word)
{
    const struct map_row *row = map_table_code(table, word);

    return row == NULL || bytes_equal(row->word, word);
}

#endif
