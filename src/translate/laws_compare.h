/*
 * laws_compare: two forms of one document, and how they differ.  Private to laws.c, laws_segments.c and
 * laws_record.c.
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

typedef void law_tell_field(void *whom, const char *path, struct bytes was, struct bytes became);

/* Tells each field that differs by its path, "lines[2].unit_price"; at NULL: it is not there.  `extra` is
 * compared without the numbers of its segments; with `raw_is_free` the codes beside translated words
 * (FIELD_raw) may come in addition. */
bool law_compare_records(const struct canon_record *was, const struct canon_record *became, bool raw_is_free,
                         law_tell_field *tell, void *whom);

#endif
