/*
 * layout_keys: the values of a layout's mapping, each checked and complained about in its place.
 *
 * All take the mapping and a key; a key that is not there gives the default.  The first wrong one makes
 * `wrong` true, and reading goes on, so that one run tells all that is wrong.
 */
#ifndef CROSSDOCK_MAP_LAYOUT_KEYS_H
#define CROSSDOCK_MAP_LAYOUT_KEYS_H

#include "map/map.h"
#include "wire/date_form.h"
#include "wire/number_form.h"

struct flat_layout;

struct layout_keys {
    struct report *report;
    struct arena *arena;
    const struct map *map;
    enum number_sign sign; /* of columns that say nothing */
    bool wrong;
};

/* Complains about each key that is not among the words of `known` (blanks between). */
void layout_keys_check(struct layout_keys *keys, const struct yaml_node *node, const char *known);

/* Complains at a node. */
void layout_keys_refuse(struct layout_keys *keys, const struct yaml_node *node, enum complaint complaint,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Where to complain: at the key's value, or at the mapping when the default is what is wrong. */
static inline const struct yaml_node *layout_keys_at(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *child = yaml_get(node, key);

    return child != NULL ? child : node;
}

/* The child of that key when it is a scalar; NULL when it is not there, or null. */
const struct yaml_node *layout_keys_scalar(struct layout_keys *keys, const struct yaml_node *node,
                                           const char *key);

const char *layout_keys_text(struct layout_keys *keys, const struct yaml_node *node, const char *key,
                             const char *fallback);
bool layout_keys_bool(struct layout_keys *keys, const struct yaml_node *node, const char *key, bool fallback);
unsigned layout_keys_count(struct layout_keys *keys, const struct yaml_node *node, const char *key,
                           unsigned most, unsigned fallback);

/* One byte, or a word for one: tab, comma, semicolon, pipe, blank, none (0). */
char layout_keys_byte(struct layout_keys *keys, const struct yaml_node *node, const char *key, char fallback);

/* The index of the value among words (blanks between). */
unsigned layout_keys_word(struct layout_keys *keys, const struct yaml_node *node, const char *key,
                          const char *words, unsigned fallback);

/* NULL when not there. */
const struct date_form *layout_keys_date(struct layout_keys *keys, const struct yaml_node *node,
                                         const char *key);

/* --- what layout.c has for layout_write.c */

/* NULL: out of memory; what is wrong is told. */
const struct flat_layout *layout_read_flat(struct layout_keys *keys, const struct yaml_node *node,
                                           bool fixed);

/* Complains of the layout as a whole. */
void layout_tell(struct report *report, const struct map *map, enum complaint complaint, const char *detail,
                 const char *expected);

#endif
