/*
 * walk_search: the places where a segment may stand after another, in the order of preference.
 *
 * Private to walk.c and walk_slow.c.
 */
#ifndef CROSSDOCK_STANDARD_WALK_SEARCH_H
#define CROSSDOCK_STANDARD_WALK_SEARCH_H

#include "standard/walk.h"

struct walk_search {
    const struct standard_set *set;
    uint32_t cursor; /* the next place to look at */
    uint16_t loop;   /* whose members we look through, or STANDARD_NO_LOOP */
};

void walk_search_begin(struct walk_search *search, const struct standard_set *set, uint16_t from);

/* The next place in reach, whatever segment it has: the same place again, later ones of the loop, the loop's
 * start again, then the same of the enclosing loop.  WALK_LOST after the last. */
uint16_t walk_search_any(struct walk_search *search);

/* The next one for the segment with `key`. */
uint16_t walk_search_next(struct walk_search *search, uint64_t key);

/* Goes through the mandatory places that are passed over on the way from `from` to `to`, after
 * walk_search_begin with `from`.  WALK_LOST after the last. */
uint16_t walk_search_skipped(struct walk_search *search, uint16_t from, uint16_t to);

/* Uses `to` once: counts, and begins a new iteration when it starts a loop. */
void walk_enter(struct walk *walk, uint16_t to);

/* The part of walk_init that walk_slow.c has. */
bool walk_slow_init(struct walk *walk, struct arena *arena);

#endif
