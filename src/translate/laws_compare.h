/*
 * laws_compare: two forms of one document, and how their segments differ.  Private to laws.c and
 * laws_segments.c.
 */
#ifndef CROSSDOCK_TRANSLATE_LAWS_COMPARE_H
#define CROSSDOCK_TRANSLATE_LAWS_COMPARE_H

#include "canon/record.h"
#include "standard/dictionary.h"
#include "standard/view.h"

/* A segment, without what is empty at its end.  It is compared as `elements` have it: numbers without zeros
 * in front, which X12 does not write. */
struct law_segment {
    struct bytes id;
    const struct bytes *elements;
    const struct bytes *texts; /* as they came */
    uint32_t n;
    uint32_t ordinal;
    const struct standard_position *position; /* or NULL */
    struct law_segment *twin;                 /* in the other list; or NULL */
};

/* In the arena; false: out of memory. */
bool law_segment_make(struct law_segment *segment, const struct segment_view *view,
                      const struct standard_position *position, struct arena *arena);

enum law_difference {
    LAW_DIFFERS,
    LAW_LOST,
    LAW_NEW,
    LAW_MOVED,
    LAW_FORM, /* an element: the same number in another form */
};

/* `was` and `became`: of an element of a segment and its twin; else the segments alone.  element: from 1. */
typedef void law_tell_segment(void *whom, enum law_difference difference, const struct law_segment *segment,
                              uint32_t element, struct bytes was, struct bytes became);

/* Tells what is in one list and not in the other, each as often as it is there; segments of one id that are
 * left on both sides are compared element by element, those that are most alike first.  Of those that are in
 * both, it tells the fewest that would have to move for the rest to be in one order. */
bool law_compare_segments(struct law_segment *was, uint32_t n_was, struct law_segment *became,
                          uint32_t n_became, struct arena *arena, law_tell_segment *tell, void *whom);

#endif
