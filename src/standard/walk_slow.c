/*
 * What walk_step does when a look into the table does not settle it: a way taken for the first time, a limit
 * reached, mandatory segments passed over, or a segment out of place.
 */
#include "standard/walk_search.h"

/* A missing segment that was reported in this set: it may turn up late, and then was out of order. */
struct walk_pending {
    uint16_t position;
    uint64_t iterations; /* of all loops around it, mixed: a sign that it is still the same iteration */
    struct fault *fault; /* NULL: explained by a bad segment, or its rule is off */
};

enum { PENDING_MAX = 16 };

bool walk_slow_init(struct walk *walk, struct arena *arena)
{
    walk->pending = arena_alloc(arena, PENDING_MAX * sizeof(walk->pending[0]));
    return walk->pending != NULL;
}

/* A segment without a place, for what it may explain. */
static void add_lost(struct walk *walk, const struct segment_view *view)
{
    if (walk->unexplained < UINT16_MAX)
        walk->unexplained++;
    if (view->key != 0)
        walk->lost[walk->n_lost++ % WALK_LOST_KEPT] = view->key;
}

/* Whether one id may have become the other by one slip: a letter changed, added or dropped, two swapped. */
static bool one_slip(struct bytes a, struct bytes b)
{
    if (bytes_distance(a, b, 1) <= 1)
        return true;
    if (a.len != b.len || a.len > 8)
        return false;
    for (size_t i = 0; i + 1 < a.len; i++)
        if (a.at[i] == b.at[i + 1] && a.at[i + 1] == b.at[i])
            return a.len == 2 || (i == 0 ? a.at[a.len - 1] == b.at[b.len - 1] : a.at[0] == b.at[0]);
    return false;
}

/* Whether a segment without a place stands for `position`, which is missing: the one just before, or one
 * whose id is nearly the same.  Each explains one. */
static bool explain(struct walk *walk, const struct standard_position *position)
{
    if (walk->unexplained > 0) {
        walk->unexplained--;
        return true;
    }
    for (unsigned i = 0; i < WALK_LOST_KEPT; i++) {
        char id[8];
        size_t len = 0;

        for (; len < 8 && (walk->lost[i] >> (8 * len)) != 0; len++)
            id[len] = (char)(walk->lost[i] >> (8 * len));
        if (len > 0 && one_slip((struct bytes){id, len}, bytes_of(position->segment->id))) {
            walk->lost[i] = 0;
            return true;
        }
    }
    return false;
}

static uint64_t iterations_around(const struct walk *walk, uint16_t position)
{
    uint64_t mixed = 0;

    for (uint16_t loop = walk->set->positions[position].parent; loop != STANDARD_NO_LOOP;
         loop = walk->set->positions[loop].parent)
        mixed = mixed * 1000003 + walk->counts[loop];
    return mixed;
}

static struct walk_pending *find_pending(struct walk *walk, uint16_t position)
{
    for (uint32_t i = 0; i < walk->n_pending; i++)
        if (walk->pending[i].position == position &&
            walk->pending[i].iterations == iterations_around(walk, position))
            return &walk->pending[i];
    return NULL;
}

static void add_pending(struct walk *walk, uint16_t position, struct fault *fault)
{
    if (walk->n_pending == PENDING_MAX) { /* the oldest is the least likely to turn up */
        memmove(&walk->pending[0], &walk->pending[1], (PENDING_MAX - 1) * sizeof(walk->pending[0]));
        walk->n_pending--;
    }
    walk->pending[walk->n_pending++] = (struct walk_pending){position, iterations_around(walk, position),
                                                             fault};
}

static bool has_room(const struct walk *walk, uint16_t place)
{
    return walk->counts[place] < walk->places[place].limit;
}

/* One that is mandatory and was not seen in this iteration. */
static bool is_owed(const struct walk *walk, uint16_t place)
{
    return walk->counts[place] == 0 && walk->set->positions[place].need == STANDARD_MANDATORY;
}

static const char *expected_here(const struct walk *walk, struct faults *faults)
{
    char ids[128];

    return walk_expected(walk, ids, sizeof(ids)) > 0 ? arena_format(faults->arena, "%s", ids) : NULL;
}

/* Reports what is mandatory and passed over on the way to `to`.  A segment without a place just before is
 * taken for the one that is missing, misspelt. */
static void report_skipped(struct walk *walk, uint16_t from, uint16_t to, const struct segment_view *view,
                           struct faults *faults)
{
    struct walk_search search;
    uint16_t place;

    walk_search_begin(&search, walk->set, from);
    while ((place = walk_search_skipped(&search, from, to)) != WALK_LOST) {
        const struct standard_position *position = &walk->set->positions[place];
        struct fault *fault = NULL;

        if (!is_owed(walk, place) || find_pending(walk, place) != NULL)
            continue;
        if (!explain(walk, position)) {
            fault = fault_add(faults, position->starts_loop ? LOOP_MISSING : SEGMENT_MISSING, view);
            if (fault != NULL) {
                fault->segment = bytes_of(position->segment->id);
                fault->detail = arena_format(faults->arena, "noticed at %s",
                                             walk->set->positions[to].segment->id);
                fault_place(faults, fault, position);
                fault_blame(faults, fault, position);
            }
        }
        add_pending(walk, place, fault);
    }
}

/* Whether mandatory segments that are still owed lie between. */
static bool skips_owed(const struct walk *walk, uint16_t from, uint16_t to)
{
    struct walk_search search;
    uint16_t place;

    walk_search_begin(&search, walk->set, from);
    while ((place = walk_search_skipped(&search, from, to)) != WALK_LOST)
        if (is_owed(walk, place))
            return true;
    return false;
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
    if (first == WALK_LOST || has_room(walk, first))
        return first;
    /* A later place with the same id takes the surplus, unless something mandatory stands before it. */
    while ((place = walk_search_next(&search, key)) != WALK_LOST)
        if (has_room(walk, place) && !skips_owed(walk, from, place))
            return place;
    *full = true;
    return first;
}

/* Whether the loop that starts at `start` may begin now. */
static bool may_begin(const struct walk *walk, uint16_t start)
{
    struct walk_search search;
    uint16_t place;

    if (!has_room(walk, start))
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
    if (complaint != SEGMENT_UNUSED)
        fault->expected = arena_format(faults->arena, "at most %u", walk->places[place].limit);
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

    add_lost(walk, view);
    walk->troubled = true;
    walk->began = STANDARD_NO_LOOP;
    fault = fault_add(faults, complaint, view);
    if (fault == NULL)
        return WALK_LOST;
    fault->value = id;
    fault->expected = expected_here(walk, faults);
    walk_search_begin(&search, walk->set, walk->at);
    while ((place = walk_search_any(&search)) != WALK_LOST) {
        const char *near = walk->set->positions[place].segment->id;

        if (has_room(walk, place) && one_slip(id, bytes_of(near))) {
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
    struct walk_pending *pending = find_pending(walk, place);
    struct fault *fault;

    if (pending != NULL && pending->fault != NULL) {
        /* It was not missing, then: one cause, one fault. */
        fault = pending->fault;
        if (rules_of(faults->rules, SEGMENT_OUT_OF_ORDER) != SEVERITY_OFF) {
            faults->counts[fault->severity]--;
            fault->severity = (uint8_t)rules_of(faults->rules, SEGMENT_OUT_OF_ORDER);
            faults->counts[fault->severity]++;
            fault->complaint = SEGMENT_OUT_OF_ORDER;
            fault->ordinal = view->ordinal;
            fault->line = view->line;
            fault->offset = view->offset;
        }
        pending->fault = NULL;
    } else {
        fault = fault_add(faults, SEGMENT_OUT_OF_ORDER, view);
    }
    if (fault != NULL) {
        fault_place(faults, fault, position);
        fault->detail = NULL;
        if (place > 0)
            fault->expected = arena_format(faults->arena, "in its place after %s", position[-1].segment->id);
    }
    if (walk->aside == WALK_LOST)
        walk->aside = walk->at;
    walk_enter(walk, place);
    walk->began = walk->places[place].began;
    walk->troubled = true;
    return place;
}

/* A member of a loop whose first segment, at `start`, is absent: the loop is entered without it. */
static uint16_t enter_without(struct walk *walk, uint16_t start, uint16_t place,
                              const struct segment_view *view, struct faults *faults)
{
    const struct standard_position *positions = walk->set->positions;
    uint16_t chain[32], loop;
    unsigned n = 0;

    if (walk->unexplained > 0) {
        walk->unexplained--; /* the bad segment before was the loop's first */
        report_skipped(walk, walk->at, start, view, faults);
    } else {
        bool owed = is_owed(walk, start);
        struct fault *fault;

        report_skipped(walk, walk->at, start, view, faults);
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
    }
    for (loop = positions[place].parent; loop != start && loop != STANDARD_NO_LOOP && n < 32;
         loop = positions[loop].parent)
        chain[n++] = loop;
    walk_enter(walk, start);
    while (n > 0)
        walk_enter(walk, chain[--n]);
    walk_enter(walk, place);
    walk->began = start;
    return place;
}

/* How many loops would have to be entered without their first segment to stand at `place`; *start is the
 * outermost of them.  0: no way. */
static unsigned entry(const struct walk *walk, uint16_t place, uint16_t *start)
{
    unsigned n = 1;

    for (uint16_t loop = walk->set->positions[place].parent; loop != STANDARD_NO_LOOP && n < 32;
         loop = walk->set->positions[loop].parent, n++)
        if (may_begin(walk, loop)) {
            *start = loop;
            return n;
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
    if (late != WALK_LOST && (positions[late].parent == STANDARD_NO_LOOP || inner == WALK_LOST))
        return came_late(walk, late, view, faults);
    if (inner != WALK_LOST)
        return enter_without(walk, inner_start, inner, view, faults);
    return came_late(walk, any, view, faults);
}

uint16_t walk_step_slow(struct walk *walk, const struct segment_view *view, struct faults *faults)
{
    const struct walk_slot *slot = &walk->slots[walk_hash(walk, view->key)];
    uint16_t to;
    bool full;

    if (slot->key != view->key || slot->local == 0)
        return without_place(walk, view, faults);
    if (walk->aside != WALK_LOST) {
        to = choose(walk, walk->aside, view->key, &full);
        if (to != WALK_LOST && !full) {
            walk->at = walk->aside;
            walk->aside = WALK_LOST;
        }
    }
    to = choose(walk, walk->at, view->key, &full);
    if (to == WALK_LOST) {
        to = misplaced(walk, view, faults);
    } else {
        report_skipped(walk, walk->at, to, view, faults);
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
        walk->began = walk->places[to].began;
    }
    walk->unexplained = 0;
    walk->troubled = walk->aside != WALK_LOST;
    return to;
}
