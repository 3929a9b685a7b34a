/*
 * What walk_step does when a look into the table does not settle it: a way taken for the first time, a limit
 * reached, mandatory segments passed over, or a segment out of place.
 */
#include "standard/walk_owed.h"

/* What walk.aside is, the second place from which the next segment is tried. */
enum walk_why {
    WALK_CAME_LATE, /* where we were before we went back to the place of a late segment: tried first */
    WALK_ENTERED,   /* where we were before we entered a loop without its first segment */
    WALK_TOO_EARLY, /* where a segment came too early, before we stepped back from it */
    WALK_SURPLUS,   /* none: a segment came too often */
};

/* The segment out of place that led to walk.aside. */
struct walk_stray {
    enum walk_why why;
    bool doubtful;         /* little speaks for the loop entered: walk.aside is tried first */
    struct fault *fault;   /* what was said of it; NULL: its rule is off */
    uint16_t start, place; /* the loop entered, and where in it */
};

bool walk_slow_init(struct walk *walk, struct arena *arena)
{
    walk->pending = arena_alloc(arena, WALK_PENDING_MAX * sizeof(walk->pending[0]));
    walk->stray = arena_zalloc(arena, 1, sizeof(*walk->stray));
    return walk->pending != NULL && walk->stray != NULL;
}

static const char *expected_here(const struct walk *walk, struct faults *faults)
{
    char ids[128];

    return walk_expected(walk, ids, sizeof(ids)) > 0 ? arena_format(faults->arena, "%s", ids) : NULL;
}

/* Where `key` may stand after `from`.  *full tells that every such place has been used up; the first of them
 * is given then. */
static uint16_t choose(const struct walk *walk, uint16_t from, uint64_t key, bool *full)
{
    struct walk_search search;
    uint16_t first, place;

    *full = false;
    walk_search_begin(&search, walk->set, from);
    first = place = walk_search_next(&search, key);
    if (first == WALK_LOST || walk_has_room(walk, first))
        return first;
    /* A later place with the same id takes the surplus, unless something mandatory stands before it. */
    while ((place = walk_search_next(&search, key)) != WALK_LOST)
        if (walk_has_room(walk, place) && !walk_skips_owed(walk, from, place))
            return place;
    *full = true;
    return first;
}

/* When the segment just before passed over mandatory ones, and this one belongs in front of it: that segment
 * was out of place, nothing is missing, and the walk goes back to where it stood before. */
static void step_back(struct walk *walk, const struct segment_view *view, struct faults *faults)
{
    const struct standard_position *stray = &walk->set->positions[walk->at];
    struct fault *kept = NULL;
    uint32_t left = 0;
    bool full, noticed = false;

    for (uint32_t i = 0; i < walk->n_pending; i++)
        noticed |= walk->pending[i].ordinal + 1 == view->ordinal && walk->pending[i].fault != NULL &&
                   walk->pending[i].noticed == walk->at;
    if (!noticed || rules_of(faults->rules, SEGMENT_OUT_OF_ORDER) == SEVERITY_OFF ||
        choose(walk, walk->before, view->key, &full) == WALK_LOST || full)
        return;
    for (uint32_t i = 0; i < walk->n_pending; i++) {
        struct walk_pending *pending = &walk->pending[i];

        if (pending->ordinal + 1 != view->ordinal) {
            walk->pending[left++] = *pending;
        } else if (pending->fault != NULL && kept == NULL) {
            kept = pending->fault;
        } else if (pending->fault != NULL) {
            fault_drop(faults, pending->fault);
        }
    }
    walk->n_pending = left;
    fault_change(faults, kept, SEGMENT_OUT_OF_ORDER);
    kept->segment = bytes_of(stray->segment->id);
    kept->expected = arena_format(faults->arena, "in its place after %s", stray[-1].segment->id);
    kept->detail = NULL;
    kept->rule = NULL;
    fault_place(faults, kept, stray);
    if (walk->counts[walk->at] > 0 && stray->need != STANDARD_MANDATORY)
        walk->counts[walk->at]--;
    walk_add_stray(walk, stray->segment->key);
    walk->aside = walk->at;
    *walk->stray = (struct walk_stray){.why = WALK_TOO_EARLY};
    walk->at = walk->before;
}

/* The fault of the segment just before, when that was one too many; else NULL. */
static struct fault *surplus_before(const struct walk *walk, const struct segment_view *view,
                                    const struct faults *faults)
{
    struct fault *fault = walk->stray->fault;

    if (walk->aside == WALK_LOST && walk->stray->why == WALK_SURPLUS && fault != NULL &&
        fault == faults->last && fault->ordinal + 1 == view->ordinal && fault->more == 0)
        return fault;
    return NULL;
}

/* The segment before was one too many, or something mandatory was missing before it and it stood at a later
 * place: this one, which follows only there, tells. */
static bool was_no_surplus(struct walk *walk, const struct segment_view *view, struct faults *faults)
{
    const struct standard_position *positions = walk->set->positions, *missing;
    struct fault *fault = surplus_before(walk, view, faults);
    struct walk_search search;
    uint16_t first, place, from = walk->stray->place;
    bool full;

    if (fault == NULL)
        return false;
    walk_search_begin(&search, walk->set, from);
    do
        place = walk_search_next(&search, positions[walk->stray->start].segment->key);
    while (place != WALK_LOST &&
           (!walk_has_room(walk, place) || choose(walk, place, view->key, &full) == WALK_LOST || full));
    if (place == WALK_LOST)
        return false;
    walk_search_begin(&search, walk->set, from);
    do
        first = walk_search_skipped(&search, from, place);
    while (first != WALK_LOST && !walk_is_owed(walk, first));
    if (first == WALK_LOST)
        return false;
    missing = &positions[first];
    if (rules_of(faults->rules, missing->starts_loop ? LOOP_MISSING : SEGMENT_MISSING) == SEVERITY_OFF)
        return false;
    fault_change(faults, fault, missing->starts_loop ? LOOP_MISSING : SEGMENT_MISSING);
    fault->segment = bytes_of(missing->segment->id);
    fault->expected = NULL;
    fault->detail = arena_format(faults->arena, "noticed at %s", positions[place].segment->id);
    fault->rule = NULL;
    fault_place(faults, fault, missing);
    fault_blame(faults, fault, missing);
    walk->counts[walk->stray->start]--;
    walk->counts[first]++; /* told */
    walk_enter(walk, place);
    return true;
}

/* Whether the loop that starts at `start` may begin now. */
static bool may_begin(const struct walk *walk, uint16_t start)
{
    struct walk_search search;
    uint16_t place;

    if (!walk_has_room(walk, start))
        return false;
    walk_search_begin(&search, walk->set, walk->at);
    while ((place = walk_search_next(&search, walk->set->positions[start].segment->key)) != WALK_LOST)
        if (place == start)
            return true;
    return false;
}

static void report_full(struct walk *walk, uint16_t place, const struct segment_view *view,
                        struct faults *faults)
{
    const struct standard_position *position = &walk->set->positions[place];
    enum complaint complaint = walk->places[place].limit == 0 ? SEGMENT_UNUSED
                               : position->starts_loop        ? LOOP_TOO_MANY
                                                              : SEGMENT_TOO_MANY;
    struct fault *fault;

    if (complaint != SEGMENT_UNUSED && walk->counts[place] > walk->places[place].limit &&
        fault_again(faults, complaint, position))
        return;
    fault = fault_add(faults, complaint, view);
    if (fault == NULL)
        return;
    fault_place(faults, fault, position);
    fault_blame(faults, fault, position);
    if (complaint == SEGMENT_UNUSED)
        return;
    fault->expected = arena_format(faults->arena, "at most %u", walk->places[place].limit);
    if (walk->aside == WALK_LOST)
        *walk->stray = (struct walk_stray){WALK_SURPLUS, false, fault, place, walk->at};
}

/* Nobody knows the segment, or not in this set. */
static uint16_t without_place(struct walk *walk, const struct segment_view *view, struct faults *faults)
{
    struct bytes id = view->id;
    enum complaint complaint = SEGMENT_UNKNOWN;
    struct walk_search search;
    struct fault *fault;
    uint16_t place;
    bool well_formed = id.len >= 2 && id.len <= 3 && id.at[0] >= 'A' && id.at[0] <= 'Z';

    for (size_t i = 1; well_formed && i < id.len; i++)
        well_formed = (id.at[i] >= 'A' && id.at[i] <= 'Z') || (id.at[i] >= '0' && id.at[i] <= '9');
    if (!well_formed)
        complaint = SEGMENT_MALFORMED;
    else if (walk->dictionary != NULL && dictionary_segment(walk->dictionary, walk->set->release, id) != NULL)
        complaint = SEGMENT_NOT_IN_SET;

    walk_add_lost(walk, view);
    walk->troubled = true;
    fault = fault_add(faults, complaint, view);
    if (fault == NULL)
        return WALK_LOST;
    fault->value = id;
    fault->expected = expected_here(walk, faults);
    walk_search_begin(&search, walk->set, walk->at);
    while ((place = walk_search_any(&search)) != WALK_LOST) {
        const char *near = walk->set->positions[place].segment->id;

        if (walk_has_room(walk, place) && walk_one_slip(id, bytes_of(near))) {
            fault->hint = arena_format(faults->arena, "is %s meant?", near);
            break;
        }
    }
    return WALK_LOST;
}

/* The set has the segment, but it came too late: followed there, so that what belongs to it finds its place;
 * the next segment is tried from where we were first. */
static uint16_t came_late(struct walk *walk, uint16_t place, const struct segment_view *view,
                          struct faults *faults)
{
    const struct standard_position *position = &walk->set->positions[place];
    struct walk_pending *pending = walk_find_pending(walk, place);
    struct fault *fault;

    if (pending != NULL && pending->fault != NULL) {
        /* It was not missing, then: one cause, one fault. */
        fault = pending->fault;
        if (rules_of(faults->rules, SEGMENT_OUT_OF_ORDER) != SEVERITY_OFF) {
            fault_change(faults, fault, SEGMENT_OUT_OF_ORDER);
            fault->ordinal = view->ordinal;
            fault->line = view->line;
            fault->offset = view->offset;
        }
        pending->fault = NULL;
    } else {
        fault = fault_add(faults, SEGMENT_OUT_OF_ORDER, view);
        walk_add_stray(walk, view->key);
    }
    if (fault != NULL) {
        fault_place(faults, fault, position);
        fault->detail = NULL;
        if (place > 0)
            fault->expected = arena_format(faults->arena, "in its place after %s", position[-1].segment->id);
    }
    if (walk->aside == WALK_LOST)
        walk->aside = walk->at;
    *walk->stray = (struct walk_stray){.why = WALK_CAME_LATE, .fault = fault, .start = place};
    walk_enter(walk, place);
    walk->troubled = true;
    return place;
}

/* The segment before was thought to be late, or one too many, but it too may stand in the loop that is now
 * seen to lack its first segment: then that is what was wrong.  The fault to tell it with, or NULL. */
static struct fault *reconsider(struct walk *walk, uint16_t start, uint16_t place,
                                const struct segment_view *view, struct faults *faults)
{
    const struct standard_position *positions = walk->set->positions;
    const struct walk_stray *stray = walk->stray;
    struct fault *fault = stray->fault;
    bool late = walk->aside != WALK_LOST && stray->why == WALK_CAME_LATE && fault != NULL &&
                fault->complaint == SEGMENT_OUT_OF_ORDER;
    bool surplus = surplus_before(walk, view, faults) != NULL;

    if (!(late || surplus) || rules_of(faults->rules, LOOP_MISSING) == SEVERITY_OFF)
        return NULL;
    for (uint32_t i = start + 1u; i <= place; i = positions[i].last + 1u)
        if (bytes_are(fault->segment, positions[i].segment->id)) {
            fault_change(faults, fault, LOOP_MISSING);
            if (surplus)
                walk->counts[stray->start]--;
            walk->at = surplus ? stray->place : walk->aside;
            return fault;
        }
    return NULL;
}

/* A loop was entered without its first segment, and the next one belongs to where we were before: so the loop
 * did not begin, and that segment was out of place. */
static void take_back(struct walk *walk, struct faults *faults)
{
    struct walk_stray *stray = walk->stray;
    struct fault *fault = stray->fault;

    if (walk->counts[stray->start] > 0)
        walk->counts[stray->start]--;
    if (fault == NULL || fault->complaint != LOOP_MISSING ||
        rules_of(faults->rules, SEGMENT_OUT_OF_ORDER) == SEVERITY_OFF)
        return;
    fault_change(faults, fault, SEGMENT_OUT_OF_ORDER);
    fault->segment = bytes_of(walk->set->positions[stray->place].segment->id);
    fault->rule = NULL;
    fault_place(faults, fault, &walk->set->positions[stray->place]);
}

/* Whether going on from walk.aside would leave out mandatory segments, the loop entered among them. */
static bool would_skip(struct walk *walk, uint16_t there)
{
    uint32_t *count = walk->stray->why == WALK_ENTERED ? &walk->counts[walk->stray->start] : NULL;
    bool skips;

    if (count != NULL && *count > 0)
        (*count)--;
    else
        count = NULL;
    skips = walk_skips_owed(walk, walk->aside, there);
    if (count != NULL)
        (*count)++;
    return skips;
}

/* After a segment out of place: goes back to where the walk was before, if the next one belongs there.  A
 * loop that was entered without its first segment has the first word, a place behind us the last. */
static void turn_back(struct walk *walk, uint64_t key, struct faults *faults)
{
    bool full, here_first;
    uint16_t there = choose(walk, walk->aside, key, &full), here;

    if (there == WALK_LOST || full)
        return;
    here_first = walk->stray->why == WALK_TOO_EARLY ||
                 (walk->stray->why == WALK_ENTERED && !walk->stray->doubtful);
    here = choose(walk, walk->at, key, &full);
    if (walk->stray->why == WALK_CAME_LATE && here > walk->stray->start &&
        here <= walk->places[walk->stray->start].last)
        here_first = true; /* a loop that is late has its members with it */
    if (here != WALK_LOST && !full && (here_first || would_skip(walk, there)))
        return;
    if (walk->stray->why == WALK_ENTERED)
        take_back(walk, faults);
    walk->at = walk->aside;
    walk->aside = WALK_LOST;
}

/* Whether the walk has gone on so far from `at` that the other place means nothing any more. */
static bool is_settled(const struct walk *walk, uint16_t to)
{
    switch (walk->stray->why) {
    case WALK_ENTERED: /* out of the loop again, or in its next iteration: it was no stray */
        return to <= walk->stray->start || to > walk->places[walk->stray->start].last;
    case WALK_TOO_EARLY: return to >= walk->aside;
    default: return false;
    }
}

/* A member of a loop whose first segment, at `start`, is absent: the loop is entered without it. */
static uint16_t enter_without(struct walk *walk, uint16_t start, uint16_t place,
                              const struct segment_view *view, struct faults *faults)
{
    const struct standard_position *positions = walk->set->positions;
    uint16_t chain[32], loop, aside = WALK_LOST;
    unsigned n = 0;

    for (loop = positions[place].parent; loop != start && loop != STANDARD_NO_LOOP && n < 32;
         loop = positions[loop].parent)
        chain[n++] = loop;

    if (walk->unexplained > 0) {
        walk->unexplained--; /* the bad segment before was the loop's first */
        walk_report_skipped(walk, walk->at, start, view, faults);
    } else {
        bool owed = walk_is_owed(walk, start);
        struct fault *fault = owed ? reconsider(walk, start, place, view, faults) : NULL;

        if (fault == NULL) /* the first sign of the loop: it may be a stray yet */
            aside = walk->aside != WALK_LOST ? walk->aside : walk->at;
        walk_report_skipped(walk, walk->at, start, view, faults);
        if (fault == NULL)
            fault = fault_add(faults, owed ? LOOP_MISSING : SEGMENT_OUT_OF_ORDER, view);
        if (fault != NULL) {
            if (owed)
                fault->segment = bytes_of(positions[start].segment->id);
            fault_place(faults, fault, &positions[owed ? start : place]);
            fault_blame(faults, fault, &positions[start]);
            fault->detail = arena_format(faults->arena, "%s belongs to loop %s", positions[place].segment->id,
                                         positions[start].loop);
            fault->expected = arena_format(faults->arena, "%s before it, which begins the loop",
                                           positions[start].segment->id);
        }
        if (!owed)
            walk_add_stray(walk, view->key);
        *walk->stray = (struct walk_stray){WALK_ENTERED,
                                           n > 0 || (!owed && positions[start].parent == STANDARD_NO_LOOP),
                                           fault, start, place};
    }
    walk->aside = aside;
    walk_enter(walk, start);
    while (n > 0)
        walk_enter(walk, chain[--n]);
    walk_enter(walk, place);
    return place;
}

/* How many loops would have to be entered without their first segment to stand at `place`; *start is the
 * outermost of them.  0: no way, or only past mandatory segments that nothing explains: then the segment
 * itself is what is out of place. */
static unsigned entry(const struct walk *walk, uint16_t place, uint16_t *start)
{
    unsigned n = 1;

    for (uint16_t loop = walk->set->positions[place].parent; loop != STANDARD_NO_LOOP && n < 32;
         loop = walk->set->positions[loop].parent, n++)
        if (may_begin(walk, loop)) {
            *start = loop;
            return walk->unexplained > 0 || !walk_skips_owed(walk, walk->at, loop) ? n : 0;
        }
    return 0;
}

/* Whether the walk has been in all the loops around `place`. */
static bool was_around(const struct walk *walk, uint16_t place)
{
    for (uint16_t loop = walk->set->positions[place].parent; loop != STANDARD_NO_LOOP;
         loop = walk->set->positions[loop].parent)
        if (walk->counts[loop] == 0)
            return false;
    return true;
}

/* The set has the segment, but no way leads there from here. */
static uint16_t misplaced(struct walk *walk, const struct segment_view *view, struct faults *faults)
{
    const struct standard_position *positions = walk->set->positions;
    uint16_t loop = positions[walk->at].starts_loop ? walk->at : positions[walk->at].parent;
    uint16_t inner = WALK_LOST, inner_start = 0, late = WALK_LOST, any = WALK_LOST;
    unsigned fewest = UINT32_MAX;

    /* An earlier place of the loops we are in: it is late, unless it was there already; then the first
     * segment of a further iteration is more likely absent. */
    for (; loop != STANDARD_NO_LOOP; loop = positions[loop].parent)
        for (uint32_t i = loop + 1u; i <= positions[loop].last; i = positions[i].last + 1u) {
            if (positions[i].segment->key != view->key)
                continue;
            if ((walk->unexplained > 0 || walk->counts[i] > 0) && may_begin(walk, loop))
                return enter_without(walk, loop, (uint16_t)i, view, faults);
            return came_late(walk, (uint16_t)i, view, faults);
        }
    /* Else a loop that could begin here, had its first segment come; or the nearest place behind us. */
    for (uint16_t i = 0; i < walk->set->n_positions; i++) {
        uint16_t start = 0;
        unsigned n;

        if (positions[i].segment->key != view->key)
            continue;
        any = i;
        if (i < walk->at && was_around(walk, i))
            late = i;
        n = entry(walk, i, &start);
        if (n != 0 && n < fewest) {
            fewest = n;
            inner = i;
            inner_start = start;
        }
    }
    /* Where nothing went wrong just before, a segment is late rather than the sign of a loop at top. */
    if (inner != WALK_LOST &&
        (late == WALK_LOST || walk->unexplained > 0 || positions[inner_start].parent != STANDARD_NO_LOOP))
        return enter_without(walk, inner_start, inner, view, faults);
    return came_late(walk, late != WALK_LOST ? late : any, view, faults);
}

uint16_t walk_step_slow(struct walk *walk, const struct segment_view *view, struct faults *faults)
{
    const struct walk_slot *slot = &walk->slots[walk_hash(walk, view->key)];
    uint16_t to;
    bool full;

    if (slot->key != view->key || slot->local == 0)
        return without_place(walk, view, faults);
    if (walk->aside != WALK_LOST)
        turn_back(walk, view->key, faults);
    to = choose(walk, walk->at, view->key, &full);
    if (to == WALK_LOST && walk->n_pending > 0) {
        step_back(walk, view, faults);
        to = choose(walk, walk->at, view->key, &full);
    }
    if (to == WALK_LOST && was_no_surplus(walk, view, faults))
        to = choose(walk, walk->at, view->key, &full);
    walk->before = walk->at;
    if (to == WALK_LOST) {
        to = misplaced(walk, view, faults);
    } else {
        struct walk_pending *pending = walk->n_pending > 0 ? walk_find_pending(walk, to) : NULL;

        walk_report_skipped(walk, walk->at, to, view, faults);
        if (pending != NULL &&
            pending->fault != NULL) { /* it is not missing, and what came too early was told */
            fault_drop(faults, pending->fault);
            pending->fault = NULL;
        }
        if (full) {
            report_full(walk, to, view, faults);
        } else {
            struct walk_search search;
            uint32_t turn = to;

            walk_search_begin(&search, walk->set, walk->at);
            if (walk_search_next(&search, view->key) == to) {
                walk_search_begin(&search, walk->set, walk->at);
                if (walk_search_skipped(&search, walk->at, to) == WALK_LOST)
                    turn |= WALK_CLEAR;
                walk->turns[walk->at * walk->n_local + slot->local] = turn;
            }
        }
        walk_enter(walk, to);
            if (walk->aside != WALK_LOST && is_settled(walk, to))
            walk->aside = WALK_LOST;
    }
    walk->unexplained = 0;
    walk->troubled = walk->aside != WALK_LOST;
    return to;
}
