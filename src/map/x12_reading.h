/*
 * x12_reading: what the files of the read engine share; see x12_read.h.
 *
 *   x12_read          which rule takes a segment, and what it mostly does with it: its pattern
 *   x12_pattern       makes that pattern from a segment
 *   x12_careful       pairs, groups and elements that no pattern tells
 *   x12_value         one value, with all that a target may ask
 *   x12_read_convert  converters, units, totals
 *   x12_unread        what no rule reads
 */
#ifndef CROSSDOCK_MAP_X12_READING_H
#define CROSSDOCK_MAP_X12_READING_H

#include "map/x12_bound.h"

/* --- x12_unread.c */

/* An element, or a component (from 1; 0: the whole) of it: counted, and kept where that is wanted. */
void x12_unread_element(struct x12_read *read, unsigned element, unsigned component, struct bytes value);

/* The segment at hand, whole. */
void x12_unread_segment(struct x12_read *read);

/* Components, repetitions and whole elements that the rule did not ask for. */
void x12_unread_rest(struct x12_read *read, const struct x12_bound_rule *rule, uint64_t reads);

/* --- x12_value.c */

/* As the canonical record has it; `value` may be of the charset of the partner. */
struct bytes x12_read_utf8(struct x12_read *read, struct bytes value);

static inline void add_text(struct arena *arena, struct canon_object *object, const struct canon_field *field,
                            struct bytes text)
{
    if (field != NULL && object != NULL && text.len > 0)
        canon_add_text(arena, object, field, text.at, text.len, false);
}

/* Sets one field.  False when it is taken already: the value is then unread.  `odd`: not known to be
 * plain. */
bool x12_read_value(struct x12_read *read, struct canon_object *object, const struct op *op,
                    struct bytes value, bool odd);
void x12_read_complain(struct x12_read *read, enum complaint complaint, const struct op *op,
                       struct bytes value, const char *expected);

/* With zeros in front, `len` bytes. */
struct bytes x12_read_padded(struct arena *arena, struct bytes value, size_t len);

/* Component `n` (from 1) of the first repetition; {NULL, 0} when there is none. */
struct bytes x12_read_component(const struct x12_read *read, struct bytes value, unsigned n);

/* --- x12_pattern.c */

/* The rule's pattern becomes that of this segment. */
void x12_pattern_learn(const struct x12_bound_rule *rule, const struct x12_segment *segment);

/* --- x12_careful.c */

/* Everything the rule has, with care. */
void x12_careful_fill(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object);

/* What the steps left: those that failed, and what never was one. */
void x12_careful_finish(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object,
                        uint64_t failed);

/* What few segments have: that which is no step, and that which nobody reads. */
void x12_careful_rest(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object);

/* --- x12_read_convert.c */

/* Through the op's converter, and what it says is told.  False: there is no value. */
bool x12_read_converted(struct x12_read *read, const struct op *op, struct bytes *value);

/* What the rule does beside the segment's elements: set and units. */
void x12_read_more(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object);

/* An element that several fields, or the texts of a list, are made of.  False: it is unread. */
bool x12_read_parts(struct x12_read *read, struct canon_object *object, const struct op *op,
                    struct bytes value);

/* --- of patterns and pairs */

/* bytes_key of a value that is there, at most eight bytes: what is behind it in the window may be read. */
static inline uint64_t key_of(struct bytes value)
{
    return bytes_key_wide(value.at, value.len);
}

static inline uint64_t elements_between(unsigned from, unsigned to)
{
    return (~(uint64_t)0 << from) & (~(uint64_t)0 >> (63 - to));
}

/* The elements that the rule reads whole. */
static inline uint64_t covered(const struct x12_bound_rule *rule)
{
    uint64_t reads = rule->reads;

    if (rule->pairs != NULL)
        reads |= elements_between(rule->pairs->from, rule->pairs->to);
    if (rule->groups != NULL)
        reads |= elements_between(rule->groups->from, rule->groups->to);
    return reads;
}

/* Where pairs begin in this segment: a bit at each qualifier's place, when it or its value is there. */
static inline uint64_t pairs_in(const struct pairs *pairs, uint64_t present)
{
    const uint64_t every_second = UINT64_C(0x5555555555555555) << (pairs->from & 1);
    uint64_t within = elements_between(pairs->from, pairs->to) & present;

    return (within | within >> 1) & every_second & elements_between(pairs->from, pairs->to) >> 1;
}

/* The op of a qualifier, or NULL. */
static inline const struct op *pair_op(const struct pairs *pairs, struct bytes qualifier)
{
    uint64_t key;
    unsigned slot;

    if (qualifier.len > 8)
        return NULL;
    key = key_of(qualifier);
    slot = pair_slot(key);
    while (pairs->slots[slot] != 0 && pairs->keys[pairs->slots[slot] - 1] != key)
        slot = (slot + 1) % PAIR_SLOTS;
    return pairs->slots[slot] != 0 ? &pairs->ops[pairs->slots[slot] - 1] : NULL;
}

static inline bool has_field(const uint64_t fields[], unsigned field)
{
    return fields[field / 64] >> field % 64 & 1;
}

#endif
