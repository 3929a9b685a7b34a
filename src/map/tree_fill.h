/*
 * tree_fill: the read engine for XML and JSON: a document's tree (wire/tree.h) to a canonical record, as a
 * map says; the write engine (write.h) turned round.
 *
 * A rule of a map is of an element, by its path from the element around it; its fields are elements and
 * attributes below.  An element is taken by the first rule that it passes; fields are set, totals compared,
 * and what no rule reads counted as in flat files (flat_fill.h), whose values and converters these are.
 */
#ifndef CROSSDOCK_MAP_TREE_FILL_H
#define CROSSDOCK_MAP_TREE_FILL_H

#include "map/flat_fill.h"
#include "wire/tree.h"

struct tree_binding;

/* The map's layout, and every path of its rules looked up.  The map must outlive it.  NULL: told to the
 * report (configuration). */
struct tree_binding *tree_binding_open(const struct map *map, struct report *report);
void tree_binding_close(struct tree_binding *binding);

const struct tree_layout *tree_binding_layout(const struct tree_binding *binding);
struct tree_names *tree_binding_names(const struct tree_binding *binding);

/* Something that cannot become what the record needs; of the node, or of an earlier one at `mark`. */
struct tree_complaint {
    enum complaint complaint;
    const struct tree_node *node; /* or NULL */
    struct bytes value;
    const char *what;      /* or NULL */
    const char *expected;  /* or NULL */
    uint32_t line, column; /* where there is no node; 0: not known */
    struct bytes path;
};

struct tree_fill {
    struct flat_fill *values; /* how values are set: its charset, complain and whom are ours */
    struct tree_binding *binding;
    const struct tree_document *document;
    const struct tree_node *node; /* whose value is being set */
    bool keep_unread;
    uint64_t serial;
    void (*complain)(void *whom, const struct tree_complaint *complaint);
    void *whom;
};

/* Fills the record, which is empty.  flat_fill_end of `values` then compares the totals that it states. */
void tree_fill(struct tree_fill *fill, struct tree_binding *binding, struct canon_record *record,
               const struct tree_document *document);

/* An element beside the documents. */
void tree_binding_stray(struct tree_binding *binding, struct bytes name);

/* What no rule read, over all documents: each path, and how often. */
void tree_binding_each_unread(const struct tree_binding *binding,
                              void (*take)(void *whom, const char *path, uint64_t count), void *whom);

#endif
