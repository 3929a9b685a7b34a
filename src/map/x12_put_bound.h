/*
 * x12_put_bound: what writing needs to know of the bound rules beside what reading knows.  Private to
 * x12_put.c, x12_put_*.c.
 */
#ifndef CROSSDOCK_MAP_X12_PUT_BOUND_H
#define CROSSDOCK_MAP_X12_PUT_BOUND_H

#include "map/x12_bound.h"
#include "map/x12_put.h"

enum { PUT_WORDS = CANON_MAX_FIELDS / 64 };

/* What is written without a field: a test's constant, a constant, a total. */
struct put_fixed {
    uint8_t element, component; /* from 0; from 1 or 0 */
    struct bytes text;
    const struct map_target *target; /* of a total; else NULL */
};

/* Another rule that takes from the same list in the same loop. */
struct put_rival {
    const struct x12_bound_rule *rule;
    const struct standard_position *position;
};

struct put_rule {
    bool made;
    bool constant;      /* says nothing of the record, and is written for its own sake */
    bool totals;        /* some of it is reckoned */
    uint8_t n_elements; /* up to the last one it writes */
    uint32_t n_fixed;
    const struct put_fixed *fixed;
    const struct map_test *const *tests; /* by op: the test on the same element, or NULL */
    uint64_t own[PUT_WORDS];             /* fields of its object that it writes itself */
    uint64_t all[PUT_WORDS];             /* and those the rules in its loop write */
    bool always;                         /* of the first rule of a place: one of its rules asks more, */
    uint64_t here[PUT_WORDS];            /* or one of these fields must be there for any of them */
    uint32_t n_rivals;                   /* itself among them, in the order of the set; 0: it is alone */
    const struct put_rival *rivals;
    const struct standard_position *position;
    const uint64_t *instead; /* fields of its object: with one of them, another rule writes what it would;
                                NULL: none does */
    uint64_t used_by;        /* the document it wrote in last, */
    const struct canon_object *used_in; /* the object whose list it wrote from, and how often */
    uint32_t used;
};

struct x12_putter {
    const struct x12_binding *binding;
    struct arena arena;
    struct put_rule *rules; /* by x12_bound_rule.number */
    uint64_t serial;        /* of the document; objects of two may have one address */
};

/* False: out of memory. */
bool x12_put_bind(struct x12_putter *putter);

static inline const struct put_rule *put_rule_of(const struct x12_putter *putter,
                                                 const struct x12_bound_rule *rule)
{
    return &putter->rules[rule->number];
}

/* One document on its way. */
struct putting {
    struct x12_putter *putter;
    struct x12_put *put;
    struct canon_record *record;
    struct canon_object *body;
    uint32_t room;             /* of put->segments */
    struct put_wanted *wanted; /* how segments began, where the record has their order; or NULL */
};

static inline bool put_holds(const struct canon_object *object, const struct canon_field *field)
{
    return (object->held[field->index / 64] >> field->index % 64 & 1) != 0;
}

static inline void put_use_up(struct canon_object *object, const struct canon_field *field)
{
    object->held[field->index / 64] &= ~((uint64_t)1 << field->index % 64);
}

/* A value that is there or was; NULL: it never was. */
struct canon_value *put_find(const struct canon_object *object, const struct canon_field *field);

/* The object at the end of a path's objects, NULL when one is not there. */
struct canon_object *put_reach(struct canon_object *from, const struct canon_field *const *path, unsigned n);

/* Whether the op's field has something to write. */
bool put_has(const struct putting *putting, const struct op *op, struct canon_object *object);

/* False where it is quickly seen that it has not. */
static inline bool put_may_have(const struct op *op, const struct canon_object *object)
{
    return !op->own || op->target->convert != NULL || object == NULL ||
           (object->held[op->word] & op->bit) != 0;
}

static inline bool put_test_takes(const struct map_test *test, struct bytes value)
{
    for (uint32_t i = 0; i < test->n_values; i++)
        if (bytes_equal(test->values[i], value))
            return true;
    return false;
}

/* What is written for an op; at NULL: nothing.  The field is used up when `use_up` says so.  What is wrong is
 * told then, too. */
struct bytes put_value(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                       struct canon_object *object, bool use_up);

/* What op i of the rule writes: its value, or, where that is none that the rule tests for, the first of the
 * test. */
struct bytes put_text(struct putting *putting, const struct x12_bound_rule *rule, uint32_t i,
                      struct canon_object *object, bool use_up);

/* The same where fields are put together, or the texts of a list (x12_put_convert.c). */
bool put_parts_have(const struct putting *putting, const struct op *op, struct canon_object *object);
struct bytes put_parts(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                       struct canon_object *object, bool use_up);
struct bytes put_list(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                      struct canon_object *object, struct canon_list *list, bool use_up);

/* A text in its type's form, through its converter.  at NULL: there is none to write. */
struct bytes put_converted(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                           struct canon_object *object, struct bytes raw, struct bytes text, bool tells);

/* Whether the object has the constants that reading gives it, of rules with `set`. */
bool put_more_holds(const struct putting *putting, const struct map_rule *map, struct canon_object *object);
/* Before the object's elements are written: uses up its constants, and sees to its units. */
void put_more(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object);

/* The total of a target with count or sum; at NULL: there is nothing to count. */
struct bytes put_total(struct putting *putting, const struct map_target *target);

/* Cleans a text of the record: charset and delimiters.  at NULL: it was told. */
struct bytes put_clean(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                       struct canon_object *object, struct bytes text);

void put_tell(struct putting *putting, enum complaint complaint, const struct x12_bound_rule *rule,
              const struct op *op, const struct canon_object *object, struct bytes value, const char *what,
              const char *expected);

/* A new segment at the end. NULL: out of memory. */
struct x12_put_segment *put_add(struct putting *putting, const struct standard_position *position,
                                const struct x12_bound_rule *rule, const struct canon_object *object);

/* The set's own order of HL: parents before children (x12_put_levels.c).  From segment `first`
 * of put->segments on, `position` is that of the HL. */
void put_order_levels(struct putting *putting, uint32_t first, uint16_t position);

/* The order the segments had (x12_put_order.c). */
void put_order(struct putting *putting, const struct canon_list *list);

/* How segments began, of an order; NULL: out of memory (x12_put_wanted.c). */
struct put_wanted *put_wanted_of(struct x12_put *put, const struct canon_list *order);

/* Whether the segment that the rule would write of the object is among putting->wanted, and was not taken as
 * often as it is there. */
bool put_is_wanted(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object,
                   bool take);

/* The list of the record's `extra` that is the order of its segments; NULL: none is (x12_put_extra.c). */
const struct canon_list *put_order_of(const struct putting *putting);

/* What no map line read, back in its place (x12_put_extra.c). */
void put_extras(struct putting *putting);

#endif
