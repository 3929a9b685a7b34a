/*
 * set_cut: a transaction set of our own making, segment by segment, as a reader would see it.
 */
#ifndef CROSSDOCK_TRANSLATE_SET_CUT_H
#define CROSSDOCK_TRANSLATE_SET_CUT_H

#include "wire/x12_write.h"

struct set_cut {
    struct segment_view view;
    struct bytes rest;
    bool ends; /* line ends between segments are none of theirs */
    uint8_t kinds[256];
    struct bytes elements[X12_MAX_ELEMENTS];
};

/* Before the first segment of a set, behind which 8 bytes may be read.  `utf8`: as in segment_view. */
void set_cut_begin(struct set_cut *cut, struct bytes set, const struct x12_style *style, bool utf8);

/* Takes the next segment off the front of cut->rest; false at the end. */
bool set_cut_next(struct set_cut *cut);

#endif
