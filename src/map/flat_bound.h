/*
 * flat_bound: a map's rules with their columns looked up.  Private to flat_bind.c, which makes it,
 * flat_fill.c, which walks it, flat_value.c, which makes values, and flat_convert.c, which makes them through
 * converters.
 */
#ifndef CROSSDOCK_MAP_FLAT_BOUND_H
#define CROSSDOCK_MAP_FLAT_BOUND_H

#include "base/pattern.h"
#include "map/flat_fill.h"

struct flat_op {
    unsigned slot;
    const struct flat_column *column;
    const struct map_target *target;
    const struct canon_field *field; /* NULL: a total that is only compared */
    bool own;                        /* a field of the rule's own object */
    bool decoded;                    /* the cell is UTF-8 already: it is a part of one */
    bool named;                      /* the cell is a group of the file's name */
    bool simple;                     /* a text as it stands in the cell, not one of every row */
    uint16_t place;                  /* a number for each object that ops of the rule enter; 0: its own */
    uint16_t room;                   /* ops of the rule that enter it */
    bool made;                       /* what conversion gives is a number, a date or a time that it made */
    bool total;                      /* is compared */
    enum canon_plain plain;          /* of a value that needs no JSON escaping */
    /* Of one that stands in every row: what it was in this document. */
    struct bytes seen;
    uint64_t seen_in;
};

struct flat_test {
    unsigned slot;
    const struct map_test *map;
};

/* Columns that repeat along the unit, or one column that holds several values. */
struct flat_groups {
    const struct map_groups *map;
    unsigned from, to, step;
    struct flat_op *ops;  /* of a group: slot counts from its first */
    unsigned n_also;
    struct flat_op *also;
    struct flat_groups *next;
    struct bytes *seen; /* of the record's own: the cells, when they were read in this document */
    uint64_t seen_in;
};

struct flat_bound_node;

struct flat_bound_rule {
    const struct map_rule *map;
    uint64_t taken_in; /* serial of the frame that it last took a unit in */
    unsigned n_ops, n_tests, n_constants, n_required, n_unread;
    struct flat_op *ops;
    struct flat_test *tests;
    struct flat_groups *groups; /* or NULL */
    unsigned *constants;        /* columns that say what the layout says they do */
    unsigned *required;
    unsigned *unread;           /* columns of the layout that the rule does not read */
    bool defaults;              /* some of its targets have one */
    uint16_t room;              /* values that it may set in its object; in one of a list, as many as the one
                                   before it got */
    struct canon_list *list;    /* of the document `list_in`, in `list_of` */
    const struct canon_object *list_of;
    uint64_t list_in;
    /* Ops at the front that the unit before had nothing new for, and the columns that they look at. */
    unsigned n_old, n_old_columns;
    struct flat_op *more; /* of the text that records of the layout's `more` go on with; or NULL */
    uint32_t n_nodes;
    const struct flat_bound_node *nodes;
};

struct flat_bound_node {
    int tag;
    uint32_t n_rules;
    struct flat_bound_rule *rules;
};

/* Headings, or types of records, that the layout does not know, over all files. */
struct flat_heading {
    struct bytes name;
    uint64_t count;
};
enum { FLAT_MAX_HEADINGS = 1024 };

struct flat_binding {
    const struct map *map;
    const struct flat_layout *layout;
    struct arena arena;
    uint32_t n_nodes;
    const struct flat_bound_node *nodes;
    uint64_t **unread; /* by record and column */
    unsigned room;     /* values of the record's own that rules set */
    uint64_t serials;  /* documents so far */
    uint64_t *seen_in; /* by record: the latest document that has one */
    const int *inside; /* by record: one in whose loop rules take it; -1 at the root; -2 where none does */
    struct flat_heading *headings; /* of a header; or types of records that the layout does not know */
    unsigned n_headings;
    unsigned n_extra;       /* of the file at hand */
    unsigned *extra;        /* its headings, by their place behind the columns */
    struct bytes pattern;                   /* of the file's name; at NULL: it does not matter */
    struct pattern *file_name;              /* the same, or NULL */
    struct bytes groups[PATTERN_MAX_GROUPS]; /* of the name of the file at hand */
    const struct canon_field *keep, *keep_at, *keep_ordinal, *keep_tag, *keep_element, *keep_value;
};

/* What a new object may get: its values then stand together, and in order. */
static inline void flat_make_room(struct arena *arena, struct canon_object *object, unsigned room)
{
    if (object != NULL && object->last == &object->first && object->first.count == 0 && room > 1)
        (void)canon_grow_by(arena, object, room);
}

/* The place of a heading, or type, that the layout does not know, in `headings`. */
unsigned flat_heading_of(struct flat_binding *binding, struct bytes name);

/* Sets what a cell says.  False: the field is taken already, and the cell is unread. */
bool flat_set(struct flat_fill *fill, struct canon_object *object, struct flat_op *op, struct bytes cell);

/* The same for a simple op whose field is not set yet, in a unit that is plain. */
static inline void flat_set_simple(struct flat_fill *fill, struct canon_object *object,
                                   const struct flat_op *op, struct bytes cell)
{
    struct arena *arena = fill->record->arena;
    char *at = arena_text(arena, cell.len);
    struct canon_value *value;

    for (size_t i = 0; i < cell.len && at != NULL; i += FLAT_BEHIND)
        memcpy(at + i, cell.at + i, FLAT_BEHIND);
    value = at != NULL ? canon_add(arena, object, op->field) : NULL;
    if (value == NULL)
        return;
    value->text = at;
    value->len = (uint32_t)cell.len;
    value->held = CANON_HELD_TEXT;
    value->plain = (uint8_t)op->plain;
}

/* Whether the object has the field. */
static inline bool flat_has(const struct canon_object *object, const struct canon_field *field)
{
    return object->held[field->index / 64] >> field->index % 64 & 1;
}

/* A unit that is more of the one before, as the layout's `more` has it: its text is put behind that one's.
 * False: it is none. */
bool flat_goes_on(struct flat_fill *fill, const struct flat_unit *unit);

/* A value that no rule reads is counted, and kept where that is asked for. */
void flat_unread_cell(struct flat_fill *fill, const struct flat_unit *unit, unsigned slot);

/* Sets the default of a target that no cell gave. */
void flat_set_default(struct flat_fill *fill, struct canon_object *object, const struct flat_op *op);

/* One cell through the target's converter, and what it says is told.  False: there is no value. */
bool flat_converted(struct flat_fill *fill, const struct flat_op *op, struct bytes *text);

/* A cell that several fields are made of.  False: it is unread. */
bool flat_set_parts(struct flat_fill *fill, struct canon_object *object, const struct flat_op *op,
                    struct bytes cell);

void flat_complain(struct flat_fill *fill, enum complaint complaint, int slot, struct bytes value,
                   const char *what, const char *expected);

/* The object in which a target's field stands, entered; NULL when memory failed. */
struct canon_object *flat_target_object(struct flat_fill *fill, struct canon_object *object,
                                        const struct map_target *target);

/* The same of an op. */
static inline struct canon_object *flat_op_object(struct flat_fill *fill, struct canon_object *object,
                                                  const struct flat_op *op)
{
    if (op->own)
        return object;
    object = flat_target_object(fill, object, op->target);
    flat_make_room(fill->record->arena, object, op->room);
    return object;
}

/* "a column of H: ..." */
bool flat_value_utf8(struct flat_fill *fill, int slot, struct bytes cell, struct bytes *out);

#endif
