/*
 * check: a segment's elements against its definition in the standard (and a partner's guide).
 *
 * Requirement, number, length, type, codes, components, repetitions and relational conditions (X12.6, X12.3).
 * What can be known beforehand is compiled once per position of a set into a row an element; a clean segment
 * is one pass over the elements it has.  Only when something is wrong does a second, careful pass make
 * faults.
 */
#ifndef CROSSDOCK_STANDARD_CHECK_H
#define CROSSDOCK_STANDARD_CHECK_H

#include "base/arena.h"
#include "standard/dictionary.h"
#include "standard/fault.h"
#include "standard/view.h"

struct check_plan;

struct check {
    const struct standard_set *set; /* the standard's, or what a guide made of it */
    const struct rules *rules;
    struct check_plan **plans; /* by position; NULL: not made yet */
    struct arena *arena;
};

/* All arguments must outlive it.  Policies among the rules that are off by default are looked at when a plan
 * is made: setting them later may have no effect.  False: no memory. */
bool check_init(struct check *check, const struct standard_set *set, const struct rules *rules,
                struct arena *arena);

/* Checks a segment that stands at `position` (never WALK_LOST), and sets view->proven.  True when there
 * was nothing to find. */
bool check_segment(struct check *check, uint16_t position, struct segment_view *view, struct faults *faults);

/* The same for a segment without a place in a set (TA1, a fragment): `segment` is from the dictionary. */
bool check_loose(const struct standard_segment *segment, const struct segment_view *view,
                 struct faults *faults);

#endif
