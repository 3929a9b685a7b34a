#include "standard/walk_owed.h"

void walk_add_lost(struct walk *walk, const struct segment_view *view)
{
    if (walk->unexplained < UINT16_MAX)
        walk->unexplained++;
    if (view->key != 0)
        walk->lost[walk->n_lost++ % WALK_LOST_KEPT] = view->key;
}

/* The id of a segment that is out of place: it explains why one of that very id is missing. */
#define STRAY (UINT64_C(1) << 63)

void walk_add_stray(struct walk *walk, uint64_t key)
{
    walk->lost[walk->n_lost++ % WALK_LOST_KEPT] = key | STRAY;
}

bool walk_one_slip(struct bytes a, struct bytes b)
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

        if (walk->lost[i] == (position->segment->key | STRAY)) {
            walk->lost[i] = 0;
            return true;
        }
        if (walk->lost[i] & STRAY)
            continue;
        for (; len < 8 && (walk->lost[i] >> (8 * len)) != 0; len++)
            id[len] = (char)(walk->lost[i] >> (8 * len));
        if (len > 0 && walk_one_slip((struct bytes){id, len}, bytes_of(position->segment->id))) {
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

struct walk_pending *walk_find_pending(struct walk *walk, uint16_t position)
{
    for (uint32_t i = 0; i < walk->n_pending; i++)
        if (walk->pending[i].position == position &&
            walk->pending[i].iterations == iterations_around(walk, position))
            return &walk->pending[i];
    return NULL;
}

static void add_pending(struct walk *walk, uint16_t position, uint16_t noticed, uint32_t ordinal,
                        struct fault *fault)
{
    if (walk->n_pending == WALK_PENDING_MAX) { /* the oldest is the least likely to turn up */
        memmove(&walk->pending[0], &walk->pending[1], (WALK_PENDING_MAX - 1) * sizeof(walk->pending[0]));
        walk->n_pending--;
    }
    walk->pending[walk->n_pending++] = (struct walk_pending){position, noticed, ordinal,
                                                             iterations_around(walk, position), fault};
}

/* Reports what is mandatory and passed over on the way to `to`.  A segment without a place just before is
 * taken for the one that is missing, misspelt. */
void walk_report_skipped(struct walk *walk, uint16_t from, uint16_t to, const struct segment_view *view,
                         struct faults *faults)
{
    struct walk_search search;
    uint16_t place;

    walk_search_begin(&search, walk->set, from);
    while ((place = walk_search_skipped(&search, from, to)) != WALK_LOST) {
        const struct standard_position *position = &walk->set->positions[place];
        struct fault *fault = NULL;

        if (!walk_is_owed(walk, place) || walk_find_pending(walk, place) != NULL)
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
        add_pending(walk, place, to, view->ordinal, fault);
    }
}

bool walk_skips_owed(const struct walk *walk, uint16_t from, uint16_t to)
{
    struct walk_search search;
    uint16_t place;

    walk_search_begin(&search, walk->set, from);
    while ((place = walk_search_skipped(&search, from, to)) != WALK_LOST)
        if (walk_is_owed(walk, place))
            return true;
    return false;
}
