/*
 * levels: whether a set's HL segments hang together: each number once, parents before their children, HL04
 * as the levels are.  (X12, HL semantic notes.)  Used by balance.
 */
#ifndef CROSSDOCK_STANDARD_LEVELS_H
#define CROSSDOCK_STANDARD_LEVELS_H

#include "base/arena.h"
#include "standard/dictionary.h"
#include "standard/fault.h"
#include "standard/keymap.h"
#include "standard/view.h"

struct level;      /* an HL */
struct level_slip; /* one that was found wrong at once */

struct levels {
    struct level *all;
    uint32_t n, room;
    struct keymap numbers; /* of levels that do not just count up */
    /* Of those that do, as bytes_key, 0 for none: what the next one's number looks like, the latest one's,
     * and that of the latest parent, whose index in `all` is `above`.  Mostly no number needs to be read. */
    uint64_t next_key, latest_key, above_key;
    uint32_t above;
    struct level_slip *first, *last;
    uint32_t n_slips;
    bool lost; /* no memory for them all: nothing is judged */
    bool orphans;
    int64_t unlike; /* levels that have children and say they have none, or the other way round */
    const struct standard_position *position;
};

void levels_begin(struct levels *levels);

/* What is kept lives in `arena`, the same from levels_begin to levels_judge. */
void levels_take(struct levels *levels, const struct standard_position *position,
                 const struct segment_view *view, struct arena *arena);

/* At the end of the set. */
void levels_judge(struct levels *levels, struct faults *faults);

#endif
