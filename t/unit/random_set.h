/*
 * random_set: transaction sets made at random, lawful for the standard: positions and repeats, mandatory
 * segments and elements, lengths, types, codes, relational conditions.  Where a map reads something its tests
 * and qualifiers are preferred to other codes, so that its rules are used.
 */
#ifndef CROSSDOCK_UNIT_RANDOM_SET_H
#define CROSSDOCK_UNIT_RANDOM_SET_H

#include "map/x12_bound.h"
#include "random.h"
#include "wire/x12_write.h"

enum { RANDOM_SEGMENTS = 160 };

struct random_segment {
    const struct standard_position *position;
    unsigned n;
    struct bytes elements[X12_MAX_ELEMENTS];
};

struct random_set {
    struct random random;
    struct arena *arena;
    const struct x12_binding *binding;
    const struct x12_writer *writer; /* its delimiters */
    uint32_t n;
    bool full;
    struct random_segment segments[RANDOM_SEGMENTS];
    uint32_t levels; /* HL so far, and their codes */
    char level_codes[RANDOM_SEGMENTS];
};

/* From ST to SE, without these.  False: it is cut short. */
bool random_set_make(struct random_set *set);

/* Whether the map adds totals there that the set does not state. */
bool random_set_has_totals(const struct random_set *set, const struct standard_position *position);

#endif
