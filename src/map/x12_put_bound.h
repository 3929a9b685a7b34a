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

/* The rules of one position, and what they need of the object of the loop, for a quick look. */
struct put_place {
    const struct rule_list *list;
    uint16_t position;        /* in the set */
    bool levels;              /* the loop of HL begins here */
    bool always;              /* one of the rules asks more than whether fields are there, */
    uint64_t here[PUT_WORDS]; /* or one of these must be, for any of them */
};

/* The positions of one loop that have rules, in the set's order. */
struct put_places {
    const struct put_place *first;
    uint32_t n;
};

struct put_rule {
    bool made;
    bool constant;      /* says nothing of the record, and is written for its own sake */
    bool totals;        /* some of it is reckoned */
    uint8_t n_elements; /* up to the last one it writes */
    uint32_t n_fixed;
    const struct put_fixed *fixed;
    const struct map_test *const *tests; /* by op: the test on the same element, or NULL */
    const bool *paired;                  /* by op: its field has a pair, too; NULL: of none */
    const uint8_t *usual;                /* by pair: the first of its field */
    struct put_places places;            /* of the loop that it begins */
    uint64_t own[PUT_WORDS];             /* fields of its object that it writes itself */
    uint64_t all[PUT_WORDS];             /* and those the rules in its loop write */
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
    struct put_rule *rules;   /* by x12_bound_rule.number */
    struct put_places places; /* outside of loops */
    uint64_t serial;          /* of the document; objects of two may have one address */
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

/* Components wait here until the element is whole. */
struct put_compound {
    uint8_t element, component;
    struct bytes text;
};

/* A segment being made. */
struct put_unit {
    struct putting *putting;
    const struct x12_bound_rule *rule;
    struct x12_put_segment *segment;
    uint32_t n_compounds;
    struct put_compound compounds[X12_MAX_ELEMENTS];
    uint64_t joined; /* elements that have components */
};

/* Element from 0, component from 1 or 0; nothing where the text's at is NULL. */
static inline void put_set_element(struct put_unit *unit, unsigned element, unsigned component,
                                   struct bytes text)
{
    struct x12_put_segment *segment = unit->segment;

    if (text.at == NULL)
        return;
    if (component != 0) {
        if (unit->n_compounds < X12_MAX_ELEMENTS)
            unit->compounds[unit->n_compounds++] = (struct put_compound){(uint8_t)element, (uint8_t)component,
                                                                         text};
        unit->joined |= (uint64_t)1 << element;
        return;
    }
    segment->elements[element] = text;
    if (element + 1 > segment->n)
        segment->n = (uint8_t)(element + 1);
}

/* --- what a rule takes (x12_put_choose.c) */

static inline bool put_is_left(const struct canon_object *object, const uint64_t fields[PUT_WORDS])
{
    for (unsigned i = 0; i < PUT_WORDS; i++)
        if (object->held[i] & fields[i])
            return true;
    return false;
}

/* Whether reading the segment that the rule would write of this object comes back to the rule. */
bool put_tests_hold(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object);

/* Whether there is something to write in it, totals among that. */
bool put_has_content(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object);

/* No mandatory element of the segment would stay empty. */
bool put_is_whole(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object);

/* The rule that writes an object of a list of `in` that several rules take from; of two that are as good,
 * one not before that of the object before it, `after`: the list keeps its order. */
const struct put_rival *put_choose(struct putting *putting, const struct put_rule *made,
                                   const struct canon_object *in, struct canon_object *object,
                                   const struct put_rival *after);

/* Is what rule r of the list would take taken by a later one of the same place that has room for more, where
 * nobody else has, or where the record says so? */
bool put_is_superseded(struct putting *putting, const struct rule_list *list, uint32_t r,
                       struct canon_object *object);

/* --- pairs of qualifier and value (x12_put_pairs.c) */

/* Where the next pair goes. */
struct put_pairs {
    struct put_unit *unit;
    const struct pairs *pairs;
    struct canon_object *object;
    unsigned e;        /* the element of its qualifier, from 0 */
    uint64_t elements; /* pairs, by number, whose field is for an element of the segment */
};

bool put_pairs_have(const struct putting *putting, const struct x12_bound_rule *rule,
                    struct canon_object *object);

/* Those whose order is known: before the elements, of which one may have the same field; and the others. */
void put_pairs_ordered(struct put_pairs *pairs);
void put_pairs_others(struct put_pairs *pairs);

/* Whether the field of op `i`, which has an element and a pair, too, goes to the pair: it is too long for the
 * element, or the standard wants a pair and there is no other. */
bool put_pairs_take(const struct put_unit *unit, uint32_t i, struct canon_object *object);

/* --- the order of segments */

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
