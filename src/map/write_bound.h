/*
 * write_bound: a map bound to a format's writer.  Private to the write engine: write.c walks, write_bind.c
 * binds, write_value.c finds what a target gives, write_cover.c knows what no line of the map writes.
 */
#ifndef CROSSDOCK_MAP_WRITE_BOUND_H
#define CROSSDOCK_MAP_WRITE_BOUND_H

#include "map/convert.h"
#include "map/write.h"

struct bound_assign {
    const struct map_target *target;
    int slot;
};

/* A test of `when`: writes its first value, unless the rule also writes the key from the record. */
struct bound_test {
    const struct map_test *test;
    const struct map_target *target; /* of the same key, or NULL */
    int slot;
};

/* Objects of a list, side by side in one unit: a group of slots each, or all in one. */
struct bound_groups {
    const struct map_groups *map;
    int from, to;
    struct bytes split; /* between them in the one slot; at NULL: a group of slots each */
    struct bound_groups *next;
    int *also;          /* slots, by map->also; -1: the one slot again, which holds it already */
};

struct bound_rule {
    int tag;       /* -1: not in this layout */
    unsigned n_assigns, n_tests;
    struct bound_assign *assigns;
    struct bound_test *tests;
    struct bound_groups *groups; /* or NULL */
    bool constant; /* nothing in it comes from the record */
    bool own;      /* some field is its object's own: those of the record as a whole only go with it */
    uint64_t written_in; /* serial of the document that it last wrote a unit of */
};

/* Who writes a field: nobody; rules of other objects, when they write a unit at all; a rule of its object. */
enum covered { COVERED_NOT, COVERED_FAR, COVERED_OWN };

/* What the map writes of the objects at one place of the record. */
struct cover {
    struct cover *next;               /* sibling */
    struct cover *first;              /* child */
    const struct canon_field *field;  /* by which it is reached; NULL: the body */
    const struct canon_block *block;
    uint8_t *written;                 /* enum covered, by field index */
    uint64_t *unwritten;              /* values counted, by field index */
};

/* A field of the record that a rule of another object writes along. */
struct cover_far {
    struct cover_far *next;
    struct cover *cover;
    const struct map_target *target;
    const struct bound_rule *rule;
};

/* Where the walk stands, for paths in messages. */
struct write_frame {
    const struct write_frame *up;
    const struct canon_field *field;
    bool in_list;
    uint32_t index; /* in a list, from 0, as jq counts */
};

/* A value of the document that was complained about: a field of the header stands in many units. */
struct told {
    struct told *next;
    const char *value;
    const struct canon_field *field;
};

struct map_writer {
    const struct map *map;
    struct unit_writer *units;
    struct bound_rule *rules;         /* by map_rule's index */
    struct cover *cover;
    struct cover_far *far;            /* newest first */
    struct unit_value *values;        /* for one unit, by slot */
    unsigned n_values;
    struct arena arena;               /* lives as long as the writer */
    struct arena scratch;             /* one document */

    /* of the document being written */
    const struct map_write *write;
    uint64_t serial;
    const struct canon_object *root;
    const struct write_frame *frame;
    const struct map_rule *rule;
    bool refused;
    struct told *told;
    unsigned n_told;
};

/* What a target gives. */
struct write_value {
    struct unit_value value;          /* text.at NULL: nothing */
    bool from_record;                 /* not a constant or default */
    bool missed;                      /* a word that the table has no code for, and must have */
    struct convert_fault fault;       /* of its converter: told, and nothing is written unless it warns */
    const struct canon_field *field;  /* or NULL */
};

/* False: complaints were told. */
bool write_bind(struct map_writer *writer, struct report *report);

/* `context`: the object of the rule. */
struct write_value write_value_of(struct map_writer *writer, const struct map_target *target,
                                  const struct canon_object *context);

/* The object at the end of a path's objects; NULL when one is not there. */
const struct canon_object *write_reach(const struct canon_object *from, const struct canon_field *const *path,
                                       unsigned len);

/* Of a writer whose rules are bound.  NULL: out of memory. */
struct cover *cover_of_map(struct map_writer *writer);

/* Counts what the record has and no line writes; with write->refuse_unwritten, tells each.  How many. */
uint64_t cover_count(struct map_writer *writer);

/* Counts and tells, at the document's end, fields that only go along with units of which it had none. */
uint64_t cover_count_left(struct map_writer *writer);

/* Tells that something is wrong at the field (or NULL) of the frame: the document is refused, unless it is a
 * warning by the catalogue. */
void write_tell(struct map_writer *writer, enum complaint complaint, const struct write_frame *frame,
                const struct map_target *target, const char *what, struct bytes value, const char *expected);

#endif
