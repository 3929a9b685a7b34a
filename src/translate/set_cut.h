/*
 * set_cut: a transaction set of our own making, segment by segment, as a reader would see it.
 */
#ifndef CROSSDOCK_TRANSLATE_SET_CUT_H
#define CROSSDOCK_TRANSLATE_SET_CUT_H

#include "wire/x12_write.h"

struct set_cut {
    struct segment_view view; /* utf8 is the caller's to set, once; ordinal counts up */
    struct bytes elements[X12_MAX_ELEMENTS];
};

/* Takes the next segment off the front; false at the end.  8 bytes behind the set may be read. */
bool set_cut_next(struct bytes *rest, const struct x12_style *style, struct set_cut *cut);

#endif
