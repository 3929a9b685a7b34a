/*
 * bind: a draft's names looked up: fields in the record's schema, tables and cross-references by their names.
 * Private to map.c, which binds rules, target.c, which binds what an element is to the record, and
 * convert_bind.c, which binds its converters.  All complaints are told with file:line:column.
 */
#ifndef CROSSDOCK_MAP_BIND_H
#define CROSSDOCK_MAP_BIND_H

#include "map/draft.h"
#include "map/map.h"

struct bound;
struct named_table;

struct binder {
    struct map *map;
    struct arena *arena;
    struct search *search;
    const struct schema *schema;
    struct report *report;
    const struct draft *draft;
    const struct xref_sources *partner; /* or NULL */
    struct hash *hash;
    struct bound *bound;
    struct named_table *tables; /* loaded so far */
};

struct map_mark bind_mark(const struct yaml_node *node, bool at_key);

/* NULL: told. */
const struct canon_field *bind_field_named(struct binder *b, const struct yaml_node *at,
                                           const struct canon_block *block, struct bytes name);

/* A dotted path from `block`; all but the last step are objects. */
bool bind_path(struct binder *b, const struct yaml_node *at, const struct canon_block *block,
               struct bytes text, const struct canon_field *path[MAP_MAX_PATH], uint8_t *len);

/* A target: a field's name, or a mapping.  `name` instead of `at`'s text, where a pattern names the field. */
bool bind_target(struct binder *b, struct map_target *target, const struct yaml_node *value,
                 const struct canon_block *context);
bool bind_named(struct binder *b, struct map_target *target, const struct yaml_node *at, struct bytes name,
                const struct canon_block *context);
/* The same of pairs and groups, where a constant has no place. */
bool bind_field_target(struct binder *b, struct map_target *target, const struct yaml_node *value,
                       const struct canon_block *context);

/* The map's table of that name.  NULL: told. */
const struct map_table *bind_table(struct binder *b, const struct yaml_node *at);

/* What the layout names outside the map's file: its table of records, the table of partners.  False: told. */
bool bind_layout(struct binder *b);

/* Rows and records, whose keys are columns. */
bool bind_is_flat(const struct binder *b);

/* A cross-reference by its name, of pairs or of units by item.  NULL: told. */
struct xref *bind_xref(struct binder *b, const struct yaml_node *at, bool units);

/* units: of a rule.  False: told. */
bool bind_units(struct binder *b, struct map_rule *rule, const struct yaml_node *value);

/* The keys of a target's mapping that are converters.  False: told; *known says whether it is one. */
bool convert_bind_key(struct binder *b, struct map_target *target, const struct yaml_node *child,
                      bool *known);
/* All keys were seen: what they mean together. */
bool convert_bind_end(struct binder *b, struct map_target *target, const struct yaml_node *value,
                      const struct canon_block *context);

#endif
