/*
 * tree_bound: a map's rules with their paths looked up.  Private to tree_bind.c, which makes it, tree_fill.c,
 * which walks it, and tree_unread.c, which counts what it does not read.
 */
#ifndef CROSSDOCK_MAP_TREE_BOUND_H
#define CROSSDOCK_MAP_TREE_BOUND_H

#include "map/flat_bound.h"
#include "map/tree_fill.h"

/* From an element down: numbers of names.  None: the element itself. */
struct tree_route {
    uint8_t n;
    uint16_t ids[TREE_MAX_STEPS];
};

struct tree_op {
    struct tree_route route;
    const struct map_target *target;
    bool set; /* `value` sets a field; else it is a constant, or a total that is only compared */
    struct flat_op value;
};

struct tree_test {
    struct tree_route route;
    const struct map_test *map;
};

struct tree_bound_node;

struct tree_bound_rule {
    const struct map_rule *map;
    uint64_t taken_in; /* serial of the element around the last one that it took */
    unsigned n_ops, n_tests;
    struct tree_op *ops;
    struct tree_test *tests;
    uint32_t n_nodes;
    const struct tree_bound_node *nodes;
};

struct tree_bound_node {
    struct tree_route route;
    uint32_t n_rules;
    struct tree_bound_rule **rules;
};

/* What no rule read, at its place: a tree of names. */
struct tree_unread {
    struct tree_unread *next, *first, *up;
    struct bytes name;
    uint8_t kind; /* enum tree_kind */
    uint64_t count;
};
enum { TREE_MAX_UNREAD = 4096 };

struct tree_binding {
    const struct map *map;
    const struct tree_layout *layout;
    struct arena arena;
    struct tree_names *names;
    struct tree_bound_rule *rules; /* by map_rule's index */
    uint32_t n_nodes;
    const struct tree_bound_node *nodes;
    bool *skip; /* by a name's number; those beyond n_skip are not skipped */
    uint32_t n_skip;
    struct tree_unread unread; /* its children are the documents, and what stands beside them */
    unsigned n_unread;
    struct flat_layout forms;      /* of dates and times */
    struct flat_column column;     /* of numbers */
    struct flat_binding values;    /* for flat_set */
    const struct charset *charset; /* UTF-8: what the readers give */
    const struct canon_field *keep, *keep_at, *keep_tag, *keep_element, *keep_value;
};

/* Whether there is anything in the node: a text. */
bool tree_says_something(const struct tree_node *top);

/* Counts, and keeps where that is wanted, what was not read of the whole document. */
void tree_unread_count(struct tree_fill *fill, const struct tree_node *top);

#endif
