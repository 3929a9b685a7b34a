/*
 * walk_owed: the mandatory segments a set still owes: which are passed over, which of them a bad segment
 * explains, and which were reported and may turn up yet.
 *
 * Private to walk.c, walk_slow.c and walk_owed.c.
 */
#ifndef CROSSDOCK_STANDARD_WALK_OWED_H
#define CROSSDOCK_STANDARD_WALK_OWED_H

#include "standard/walk_search.h"

/* A missing segment that was reported in this set: it may turn up late, and then was out of order. */
struct walk_pending {
    uint16_t position;
    uint16_t noticed;    /* the position that was reached past it */
    uint32_t ordinal;    /* of the segment there */
    uint64_t iterations; /* of all loops around it, mixed: a sign that it is still the same iteration */
    struct fault *fault; /* NULL: explained by a bad segment, or its rule is off */
};

enum { WALK_PENDING_MAX = 16 };

static inline bool walk_has_room(const struct walk *walk, uint16_t place)
{
    return walk->counts[place] < walk->places[place].limit;
}

/* One that is mandatory and was not seen in this iteration. */
static inline bool walk_is_owed(const struct walk *walk, uint16_t place)
{
    return walk->counts[place] == 0 && walk->set->positions[place].need == STANDARD_MANDATORY;
}

/* Remembers a segment without a place, or out of place: each explains one that is missing. */
void walk_add_lost(struct walk *walk, const struct segment_view *view);
void walk_add_stray(struct walk *walk, uint64_t key);

/* Whether one id may have become the other by one slip: a letter changed, added or dropped, two swapped. */
bool walk_one_slip(struct bytes a, struct bytes b);

struct walk_pending *walk_find_pending(struct walk *walk, uint16_t position);

/* Reports what is mandatory and passed over on the way to `to`, unless a bad segment explains it. */
void walk_report_skipped(struct walk *walk, uint16_t from, uint16_t to, const struct segment_view *view,
                         struct faults *faults);

/* Whether mandatory segments that are still owed lie between. */
bool walk_skips_owed(const struct walk *walk, uint16_t from, uint16_t to);

#endif
