/*
 * map: a map file as the engines see it: rules, bound to the record's schema.
 *
 * map_load reads maps/NAME.yaml, lays it over its base when it has one, expands its parts, and binds every
 * target to a field of the schema; all complaints carry file:line:column.  What an element key means
 * ("03", a column, an XML path) is left to the format's engine.  crossdock-map(5) is the grammar.
 *
 * Everything in a map belongs to the map and lives until map_close.
 */
#ifndef CROSSDOCK_MAP_MAP_H
#define CROSSDOCK_MAP_MAP_H

#include "base/arena.h"
#include "canon/schema.h"
#include "conf/search.h"
#include "conf/yaml.h"
#include "diag/report.h"
#include "map/lossy.h"
#include "map/table.h"
#include "map/xref.h"

enum { MAP_MAX_PATH = 4, MAP_MAX_NEST = 16 };

struct map_mark {
    const char *file;
    uint32_t line, column;
};

static inline struct place map_place(struct map_mark mark)
{
    return (struct place){.file = mark.file, .line = mark.line, .column = mark.column};
}

enum map_compute { MAP_COMPUTE_NOTHING, MAP_COUNT, MAP_SUM };

struct map_convert;

/* What one element is to the record. */
struct map_target {
    struct map_mark mark;
    bool from_root;
    uint8_t path_len;                             /* 0: no field (a constant) */
    const struct canon_field *path[MAP_MAX_PATH]; /* objects to enter, then the field */
    const struct canon_field *field;              /* the last of path, or NULL */
    const struct canon_field *raw;                /* FIELD_raw beside it, or NULL */
    const struct canon_field *time;               /* beside it: gets the time of a date with one; or NULL */
    bool shared;                                  /* other targets may set the field in the same object */
    const struct map_table *table;
    enum map_miss miss;
    uint8_t pad; /* digits to pad to with zeros; 0: none */
    enum map_compute compute;
    const struct canon_field *of_list, *of_field; /* of the root's body: count: LIST, sum: LIST.FIELD */
    bool check;                                   /* a total is compared on reading */
    const struct map_convert *convert;            /* map/convert.h; or NULL */
    struct bytes fallback, write_fallback;        /* `default` of reading, of writing; at NULL: none */
    struct bytes constant;                        /* `value`; at NULL: none */
};

struct map_assign {
    struct bytes key; /* "03", "04-02", a column name, "@number" */
    struct map_target target;
};

struct map_test {
    struct bytes key;
    struct map_mark mark;
    uint32_t n_values;
    const struct bytes *values;
};

struct map_pair {
    struct bytes qualifier;
    struct map_target target;
};

struct map_pairs {
    struct map_mark mark;
    struct bytes from, to;
    uint32_t n_by;
    const struct map_pair *by;
    const struct canon_field *rest;                   /* a list of the context's block, or NULL */
    const struct canon_field *rest_type, *rest_value; /* type_code and value of its block */
    const struct canon_field *order; /* a list of codes: the qualifiers as they stood; or NULL */
};

/* Elements that repeat along a unit: of every group of n_fields elements an object of `list`. */
struct map_groups {
    struct map_mark mark;
    struct bytes from, to;
    bool from_root;                 /* of the record, not of the rule's object; in flat files alone */
    const struct canon_field *list;
    uint32_t n_fields;
    const struct map_target *fields; /* relative to the list's block, in the group's order */
    uint32_t n_also;
    const struct map_assign *also; /* elements that every object gets */
    /* In flat files alone: */
    uint32_t n_set;
    const struct map_assign *set;  /* as that of a rule */
    const struct map_groups *next; /* of the same rule */
};

/* Quantities in base units (map/units.h). */
enum { MAP_MAX_ITEMS = 8 };
struct map_units {
    struct map_mark mark;
    struct xref *xref;
    enum map_miss miss;
    uint32_t n_items;
    const struct canon_field *items[MAP_MAX_ITEMS]; /* in the order they are looked up */
    const struct canon_field *quantity, *uom, *uom_raw /* or NULL */, *base_quantity, *base_uom;
};

struct map_node;
struct map_inherit;

struct map_rule {
    const char *tag;
    struct map_mark mark;
    uint32_t index; /* of all rules of the map, from 0 */
    uint32_t n_tests;
    const struct map_test *tests;
    uint8_t enter_len;
    const struct canon_field *enter[MAP_MAX_PATH]; /* at: or each:, from the context */
    bool each;
    bool otherwise; /* write: otherwise */
    const struct canon_block *context; /* after entering */
    uint32_t n_assigns;
    const struct map_assign *assigns;
    uint32_t n_set;
    const struct map_assign *set;    /* fields that always have a text; `key` is that text */
    uint32_t n_inherits;
    const struct map_inherit *inherits; /* map/inherit.h; not in X12 */
    const struct map_pairs *pairs;   /* or NULL */
    const struct map_groups *groups; /* or NULL */
    const struct map_units *units;   /* or NULL; in X12 alone */
    uint32_t n_nodes;
    const struct map_node *nodes; /* then: */
};

struct map_node {
    const char *tag;
    uint32_t n_rules;
    const struct map_rule *rules;
};

struct map {
    const char *name;
    const char *stamp; /* "acme/850@9b1f03c2aa41": name and a hash of the files it was made from */
    const char *title;
    const char *format, *set; /* set: "" when none */
    const struct canon_kind *kind;
    uint32_t n_nodes;
    const struct map_node *nodes;
    uint32_t n_rules;               /* in all */
    uint32_t n_lossy;
    const struct map_lossy *lossy;  /* segments that do not come back as they were */
    const struct yaml_node *layout; /* or NULL: read by the format's engine */
    struct map_mark layout_mark;
    struct bytes layout_table;            /* the file that the layout's table: names, whole; len 0: none */
    const char *layout_table_path;
    const struct map_table *partners;     /* the layout's partner: by the file's own numbers; or NULL */
    enum map_miss partners_miss;
    struct map_convert *converts; /* all of them */
    struct map_total {
        struct map_total *next;
        const struct map_target *target;
    } * checks; /* totals that are compared on reading, by who has none of its own */
    struct map_xref {
        struct map_xref *next;
        struct xref *xref;
    } * xrefs; /* those it uses, each once */
    struct arena arena;
};

/* NULL on failure, told to the report (configuration errors).  `name` as in partner files: "x12-850",
 * "acme/850". */
struct map *map_load(const char *name, struct search *search, const struct schema *schema,
                     struct report *report);

/* The same for a partner, whose cross-references go before those of the map's own head.  One that neither
 * names is an error.  (map_load: for nobody.) */
struct map *map_load_for(const char *name, const struct xref_sources *partner, struct search *search,
                         const struct schema *schema, struct report *report);
void map_close(struct map *map);

#endif
