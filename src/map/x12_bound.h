/*
 * x12_bound: a map's rules with everything looked up for one transaction set.  Private to x12_bind.c, which
 * makes it, to the files of x12_reading.h, which read with it, and to x12_put*.c, which write.
 *
 * A binding is the map's tree with everything looked up: element keys are numbers, tests are eight-byte
 * comparisons, conversions are chosen by the two types, and each rule knows by position what its loop's
 * segments mean.  Rules are bound once per place where they can stand; a part used by many rules of the same
 * loop (the address segments of all N1) is bound once.
 */
#ifndef CROSSDOCK_MAP_X12_BOUND_H
#define CROSSDOCK_MAP_X12_BOUND_H

#include "map/x12_read.h"

enum conversion {
    AS_TEXT,    /* as it came */
    AS_DECIMAL, /* R, or text that must be a decimal */
    AS_IMPLIED, /* Nn: scaled by its implied decimals */
    AS_INTEGER,
    AS_DATE,
    AS_TIME,
    AS_TABLE,     /* through a code table, or padded */
    AS_CONVERTED, /* map/convert.h, and then as `then` says */
};

struct op {
    uint8_t element;   /* from 0 */
    uint8_t component; /* from 1; 0: the element */
    uint8_t conversion;
    uint8_t decimals;
    bool own;     /* the target is a field of the rule's own object */
    bool simple;  /* that is set from a whole element, once in the rule */
    uint8_t then; /* of AS_CONVERTED: the conversion that follows from the types */
    uint8_t word; /* and bit of the field in canon_object.held */
    uint64_t bit;
    struct canon_value shape; /* of a quick value: all but the text and its length */
    struct canon_value raw_shape;
    const struct canon_field *field;
    const struct map_target *target;
    const struct op *parts; /* of a target with several fields; else NULL */
};

struct test {
    uint8_t element, component;
    bool keyed;   /* all values have at most 8 bytes, and the element is whole: the keys tell */
    bool or_none; /* an empty element will do, too */
    uint32_t n_values;
    const uint64_t *keys;
    const struct bytes *values;
};

enum { PAIR_SLOTS = 128 };
struct pairs {
    uint8_t from, to;          /* elements, from 0: qualifiers at from, from+2, ... */
    uint8_t slots[PAIR_SLOTS]; /* op + 1, by key of the qualifier */
    const struct map_pairs *map;
    const uint64_t *keys;
    const struct op *ops;
};

/* Fields that repeat along the segment: of each group of elements one object. */
struct groups {
    uint8_t from, to; /* elements, from 0 */
    uint8_t step;     /* elements in a group */
    const struct map_groups *map;
    const struct op *ops; /* of a group: element counts from its first */
    uint32_t n_also;
    const struct op *also; /* elements that every group gets */
};

/* The rules of one place.  Where they begin with a test of one element, its value says where to begin. */
enum { NO_CHOICE = 0xff };
struct choice {
    uint64_t key;
    const struct x12_bound_rule *rule; /* NULL: the slot is empty */
    uint32_t index;                    /* of the rule in the list */
};
struct rule_list {
    uint8_t element;    /* that element, from 0; or NO_CHOICE */
    uint32_t otherwise; /* the first rule that does not test it */
    uint32_t mask;      /* of the slots of `choices` */
    struct choice *choices;
    uint32_t n;
    const struct x12_bound_rule *rules[];
};

/* What is done with one element, as much of it as is mostly needed. */
#define STEP_NEVER (UINT64_C(1) << 63)
struct step {
    uint64_t about;  /* op.shape.about */
    uint64_t unless; /* the element goes as it is when it, told by this bit, is proven; 0: always */
    const struct op *op;
    uint8_t element; /* from 0 */
    uint8_t conversion;
    uint8_t place; /* of the op in the rule, or of the qualifier in the segment */
    bool of_pair;
};

/* A qualifier that the steps count on. */
struct known {
    uint64_t key;
    uint8_t element;
};

/*
 * What a rule does with a segment that has just these elements and these qualifiers of pairs, all of them
 * plain.  A rule keeps the latest: most segments are made like the one before.
 */
struct pattern {
    uint64_t present;
    bool quick;                             /* no op has a default, and the steps' fields ascend */
    bool unread;                            /* some element nobody reads: find_unread */
    bool rest;                              /* the steps are not all: finish_carefully, take_rest */
    uint32_t n_known, n_steps, n_values;    /* values: what the steps may add at most, raw ones too */
    struct known *known;                    /* in the segment's order */
    struct step *steps;                     /* simple ops and pairs, in the order of their fields */
    uint64_t careful;                       /* the other ops, a bit each, by their place in the rule */
    uint64_t careful_pairs;                 /* the other pairs, by the place of their qualifier */
    uint64_t fields[CANON_MAX_FIELDS / 64]; /* that the steps may set, as canon_object.held */
    uint64_t held[CANON_MAX_FIELDS / 64];   /* less raw ones */
};

/* Of a rule of the map, wherever it is bound. */
struct rule_state {
    uint64_t serial;         /* of the frame that it last took a segment in */
    struct canon_list *list; /* that it appended to then, or NULL */
};

struct x12_bound_rule {
    /* What every segment asks for stands together. */
    uint64_t wants;  /* it takes only segments with one of these; 0: any */
    uint64_t absent; /* elements that must be empty */
    struct rule_state *state;
    const struct test *tests;
    uint32_t n_tests;
    uint8_t enters; /* map->enter_len */
    bool appends;   /* each: of a list of the context itself */
    bool repeats;   /* takes every segment, not only the first */
    uint8_t spare;  /* room that an appended object keeps for what the segments of its loop will add */
    bool more;      /* map->set or map->units */
    bool late;      /* its constants wait for the end: another segment may say something else */
    struct pattern *pattern;
    const struct canon_field *list; /* that it appends to; else NULL */
    const struct groups *groups;
    const struct rule_list *const *children; /* by position - first */
    const struct pairs *pairs;
    const struct map_rule *map;
    uint32_t number; /* of all bound rules, from 0 */
    uint32_t n_ops;
    const struct op *ops;
    uint64_t reads;       /* elements read whole */
    uint64_t compounds;   /* elements read by component */
    uint16_t first, last; /* positions of the loop this rule opens; 0,0: none */
};

struct bound_children {
    struct bound_children *next;
    const struct map_node *nodes;
    uint16_t loop;
    const struct rule_list *const *by_position;
};

/* What the engine needs of a standard_position. */
struct bound_place {
    uint16_t parent;
    bool starts_loop;
};

/* A rule with constants of what the whole set is about. */
struct x12_late {
    struct x12_late *next;
    const struct x12_bound_rule *rule;
};

struct x12_binding {
    const struct map *map;
    const struct bound_place *places;
    const struct standard_set *set;
    struct arena arena;
    struct x12_bound_rule root;
    struct bound_children *made; /* while binding: what is bound already */
    uint32_t n_bound;            /* rules, in all */
    struct rule_state *states;   /* by map_rule.index */
    struct x12_late *late;       /* rules with constants that wait for the end */
    bool *alone;                 /* by rule number: x12_order.c found no rivals */
    uint64_t **unread;           /* by position: counts by element, or NULL */
    struct x12_unread *rows;
    const struct canon_field *extra, *extra_at, *extra_ordinal, *extra_tag, *extra_element, *extra_value,
        *extra_elements;
};

/* "04-02": the element, from 0, and the component, from 1 or 0.  False: no such key. */
bool x12_parse_key(struct bytes key, uint8_t *element, uint8_t *component);

/* Of pairs whose qualifiers share the field of pair i: the first one, and the one that a value of `len`
 * characters is written with (GS1: 12 digits are a UPC, 13 or 8 an EAN, 14 a case). */
uint32_t x12_pair_first(const struct map_pairs *pairs, uint32_t i);
uint32_t x12_pair_usual(const struct map_pairs *pairs, uint32_t i, size_t len);

/* Where a key is looked for first: of a choice, of a pair's qualifier. */
static inline unsigned choice_slot(const struct rule_list *list, uint64_t key)
{
    return (unsigned)((key * 0x9E3779B97F4A7C15ULL) >> 40) & list->mask;
}

static inline unsigned pair_slot(uint64_t key)
{
    return (unsigned)((key * 0x9E3779B97F4A7C15ULL) >> 57);
}

#endif
