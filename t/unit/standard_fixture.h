/*
 * standard_fixture: transaction sets made from a line of text, and segments from another, for the tests of
 * the standard's room.
 *
 * A set: "ST BEG CUR? REF?* (N1?:200 N3?:2 N4?) SE": mandatory and once unless "?" (optional), "*" (no limit)
 * or ":n" (at most n); parentheses hold a loop, its first word the segment that starts it.
 */
#ifndef CROSSDOCK_UNIT_STANDARD_FIXTURE_H
#define CROSSDOCK_UNIT_STANDARD_FIXTURE_H

#include "standard/dictionary.h"
#include "standard/fault.h"
#include "standard/view.h"

enum { FIXTURE_POSITIONS = 64 };

struct fixture_set {
    struct standard_set set;
    struct standard_position positions[FIXTURE_POSITIONS];
    struct standard_segment segments[FIXTURE_POSITIONS];
    char ids[FIXTURE_POSITIONS][4];
    char paths[FIXTURE_POSITIONS][64];
};

void fixture_set_make(struct fixture_set *made, const char *text);

/* A segment split at '*' (and marked compound at ':' or '^'); views point into `text`. */
struct fixture_view {
    struct segment_view view;
    struct bytes elements[64];
};

void fixture_view_make(struct fixture_view *made, const char *text, size_t len, uint32_t ordinal);

/* "S2105 BEG 2; S2209 PO1 5.3": the faults' codes, segments, ordinals and elements. */
const char *fixture_faults(const struct faults *faults, char *into, size_t size);

#endif
