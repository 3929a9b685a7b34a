/*
 * walk: where each segment stands in its transaction set.
 *
 * From the place of the last segment it looks, innermost loop first, for the same place again, later places
 * of the same loop, the loop's own start again, and then the same in the enclosing loop (X12.6, loops are
 * entered by their first segment).  What that search gives is remembered by (place, segment id), so that a
 * clean segment costs one look into a table.
 *
 * A bad segment gets one fault, and the walk finds its footing again before it judges order: what follows
 * from the bad segment alone is not reported.  A misspelt loop start explains the members after it and a
 * missing mandatory segment explains itself when it turns up late ("out of order").
 *
 * walk_init once for a set (the tables live in `arena`), walk_begin at each ST, walk_step for every segment
 * after it, SE included.
 */
#ifndef CROSSDOCK_STANDARD_WALK_H
#define CROSSDOCK_STANDARD_WALK_H

#include "base/arena.h"
#include "standard/dictionary.h"
#include "standard/fault.h"
#include "standard/view.h"

enum { WALK_LOST = UINT16_MAX }; /* the segment has no place in the set */
enum { WALK_LOST_KEPT = 4 };
enum { WALK_SLACK = 8 }; /* counts behind the last one, always 0 */

/* What walking needs of a position. */
struct walk_place {
    uint32_t limit; /* max_use; UINT32_MAX: none; 0: the guide does not use it */
    uint16_t last;  /* index of the last member of the loop that starts here; else its own index */
};

/* A step that was taken from a position, when nothing stood in its way: mostly it is taken again, or the one
 * before it. */
enum { WALK_HOPS = 2 };
struct walk_hop {
    uint64_t key;   /* of the segment; 0: none */
    uint32_t limit; /* and the place it came to, with what walk_place says of it */
    uint16_t to, last;
};

struct walk_slot {
    uint64_t key;
    uint32_t local; /* number of the segment id within this set */
};

struct walk {
    const struct standard_set *set;
    struct dictionary *dictionary;
    const struct walk_place *places;
    struct walk_hop *hops;   /* WALK_HOPS by position, the latest made first */
    uint32_t *turns;         /* [at * n_local + local]: where to, if nothing stands in the way */
    struct walk_slot *slots; /* a hash without collisions; empty slots name a column that knows no way */
    uint64_t factor;         /* of that hash */
    uint32_t shift;
    uint32_t n_local;
    uint32_t *counts; /* uses of each position in the present iteration of its loop */
    uint16_t last;    /* no position behind this one was used */
    uint16_t at;      /* position of the last segment */
    uint16_t aside;   /* where the walk stood before it followed a segment out of order; WALK_LOST: nowhere */
    uint16_t before;  /* position before the last step that was judged with care */
    uint16_t unexplained; /* segments without a place since the last one that had one */
    bool troubled;        /* one of the two above: every step is judged with care */
    uint32_t n_pending;   /* missing segments reported that may still turn up */
    struct walk_pending *pending;
    struct walk_stray *stray;
    uint32_t n_lost; /* segments without a place, and the ids of the latest */
    uint64_t lost[WALK_LOST_KEPT];
};

/* An entry of turns: a position, with WALK_CLEAR when it was searched, is the first choice, and no mandatory
 * segment is skipped on the way. */
#define WALK_TO(turn) ((uint16_t)((turn)&0xffff))
#define WALK_CLEAR (UINT32_C(1) << 16)

/* `dictionary` tells segments the release knows from those nobody knows; may be NULL.  False: no memory.
 * Set, dictionary and arena must outlive it. */
bool walk_init(struct walk *walk, const struct standard_set *set, struct dictionary *dictionary,
               struct arena *arena);

/* Stands at ST. */
void walk_begin(struct walk *walk);

/* The step that this segment makes from here, kept; NULL: it must be judged with care. */
const struct walk_hop *walk_turn(struct walk *walk, uint64_t key);

uint16_t walk_step_slow(struct walk *walk, const struct segment_view *view, struct faults *faults);

static inline unsigned walk_hash(const struct walk *walk, uint64_t key)
{
    return (unsigned)((key * walk->factor) >> walk->shift);
}

/* A new iteration of the loop that starts at `to` and ends with `last`. */
static inline void walk_forget(struct walk *walk, uint16_t to, uint16_t last)
{
    uint32_t *const counts = &walk->counts[to + 1];

    if (last < walk->last) {
        memset(counts, 0, (size_t)(last - to) * sizeof(*counts));
        return;
    }
    /* (Behind walk->last they are 0 already, and some more may be cleared.) */
    for (unsigned i = 0; i < (unsigned)(walk->last - to); i += WALK_SLACK)
        memset(counts + i, 0, WALK_SLACK * sizeof(*counts));
    walk->last = to;
}

/* The position of the segment, or WALK_LOST (a fault says why). */
static inline uint16_t walk_step(struct walk *walk, const struct segment_view *view, struct faults *faults)
{
    const struct walk_hop *hop = &walk->hops[walk->at * WALK_HOPS];

    if (hop->key != view->key)
        hop++;
    if (hop->key != view->key || walk->troubled)
        hop = walk_turn(walk, view->key);
    if (hop == NULL || walk->counts[hop->to] >= hop->limit)
        return walk_step_slow(walk, view, faults);
    walk->counts[hop->to]++;
    if (hop->to >= walk->last)
        walk->last = hop->to;
    else if (hop->last != hop->to)
        walk_forget(walk, hop->to, hop->last);
    walk->at = hop->to;
    return hop->to;
}

/* Which iteration of the loop that starts at `start` we are in, from 1; 0 when in none. */
static inline uint32_t walk_iteration(const struct walk *walk, uint16_t start)
{
    return walk->counts[start];
}

/* The loops around `position` with their occurrences, "PO1[3]/N1[1]", cut at `size` - 1 bytes, with a NUL.
 * A position that starts a loop stands inside it. */
size_t walk_path(const struct walk *walk, uint16_t position, char *into, size_t size);

/* The ids that may come next, "REF, PER, N1 and 12 more", in the order of the set: for messages. */
size_t walk_expected(const struct walk *walk, char *into, size_t size);

#endif
