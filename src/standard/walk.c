#include "standard/walk.h"

#include <stdio.h>

#include "standard/walk_search.h"

/* The hash into slots must have no collision.  A set has up to some 150 ids; tables eight times as large as
 * that are found after a few dozen factors. */
enum { FACTORS_TRIED = 400, SLOT_BITS_MIN = 6, SLOT_BITS_MAX = 16 };

void walk_search_begin(struct walk_search *search, const struct standard_set *set, uint16_t from)
{
    const struct standard_position *position = &set->positions[from];

    search->set = set;
    if (position->starts_loop) {
        search->loop = from;
        search->cursor = from + 1u;
    } else {
        search->loop = position->parent;
        search->cursor = from;
    }
}

uint16_t walk_search_any(struct walk_search *search)
{
    const struct standard_position *positions = search->set->positions;
    uint32_t end = search->set->n_positions;
    uint16_t place;

    if (search->loop != STANDARD_NO_LOOP)
        end = positions[search->loop].last + 1u;
    if (search->cursor < end) {
        place = (uint16_t)search->cursor;
        search->cursor = positions[place].last + 1u;
        return place;
    }
    if (search->loop == STANDARD_NO_LOOP)
        return WALK_LOST;
    place = search->loop;
    search->loop = positions[place].parent;
    search->cursor = positions[place].last + 1u;
    return place;
}

uint16_t walk_search_next(struct walk_search *search, uint64_t key)
{
    uint16_t place;

    do
        place = walk_search_any(search);
    while (place != WALK_LOST && search->set->positions[place].segment->key != key);
    return place;
}

uint16_t walk_search_skipped(struct walk_search *search, uint16_t from, uint16_t to)
{
    for (;;) {
        uint16_t loop = search->loop;
        uint16_t place = walk_search_any(search);

        if (place == to || place == WALK_LOST)
            return WALK_LOST;
        if (place == from || place == loop) /* itself, or leaving a loop */
            continue;
        if (search->set->positions[place].need == STANDARD_MANDATORY)
            return place;
    }
}

/* Fills the slots with `keys`; false when two of them meet. */
static bool try_factor(struct walk *walk, const uint64_t *keys, uint32_t n_slots)
{
    memset(walk->slots, 0, n_slots * sizeof(walk->slots[0]));
    for (uint32_t local = 1; local < walk->n_local; local++) {
        struct walk_slot *slot = &walk->slots[walk_hash(walk, keys[local])];

        if (slot->local != 0)
            return false;
        *slot = (struct walk_slot){keys[local], local};
    }
    return true;
}

static bool make_slots(struct walk *walk, const uint64_t *keys, struct arena *arena)
{
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    unsigned bits = SLOT_BITS_MIN;

    while (bits < SLOT_BITS_MAX && (UINT32_C(1) << bits) < 8 * walk->n_local)
        bits++;
    for (; bits <= SLOT_BITS_MAX; bits++) {
        uint32_t n_slots = UINT32_C(1) << bits;

        walk->slots = arena_alloc(arena, n_slots * sizeof(walk->slots[0]));
        if (walk->slots == NULL)
            return false;
        walk->shift = 64 - bits;
        for (unsigned i = 0; i < FACTORS_TRIED; i++) {
            random ^= random << 13; /* xorshift64 (Marsaglia 2003): the same factors on every machine */
            random ^= random >> 7;
            random ^= random << 17;
            walk->factor = random | 1;
            if (try_factor(walk, keys, n_slots))
                return true;
        }
    }
    return false;
}

bool walk_init(struct walk *walk, const struct standard_set *set, struct dictionary *dictionary,
               struct arena *arena)
{
    struct walk_place *places = arena_alloc(arena, set->n_positions * sizeof(*places));
    uint64_t *keys = arena_alloc(arena, (set->n_positions + 1u) * sizeof(*keys));

    *walk = (struct walk){.set = set, .dictionary = dictionary, .places = places, .n_local = 1};
    if (places == NULL || keys == NULL || set->n_positions == 0)
        return false;
    for (uint16_t i = 0; i < set->n_positions; i++) {
        const struct standard_position *position = &set->positions[i];
        uint32_t local = 1;

        places[i].limit = position->need == STANDARD_UNUSED ? 0
                          : position->max_use == 0          ? UINT32_MAX
                                                            : position->max_use;
        places[i].last = position->last;
        while (local < walk->n_local && keys[local] != position->segment->key)
            local++;
        if (local == walk->n_local)
            keys[walk->n_local++] = position->segment->key;
    }
    walk->turns = arena_zalloc(arena, (size_t)set->n_positions * walk->n_local, sizeof(walk->turns[0]));
    walk->counts = arena_zalloc(arena, set->n_positions + (size_t)WALK_SLACK, sizeof(walk->counts[0]));
    walk->hops = arena_zalloc(arena, set->n_positions * (size_t)WALK_HOPS, sizeof(walk->hops[0]));
    if (walk->turns == NULL || walk->counts == NULL || walk->hops == NULL || !make_slots(walk, keys, arena))
        return false;
    return walk_slow_init(walk, arena);
}

void walk_begin(struct walk *walk)
{
    memset(walk->counts, 0, (walk->last + 1u) * sizeof(walk->counts[0]));
    walk->counts[0] = 1;
    walk->at = walk->last = 0;
    walk->aside = WALK_LOST;
    walk->unexplained = 0;
    walk->n_pending = 0;
    if (walk->n_lost != 0)
        memset(walk->lost, 0, sizeof(walk->lost));
    walk->n_lost = 0;
    walk->troubled = false;
}

const struct walk_hop *walk_turn(struct walk *walk, uint64_t key)
{
    const struct walk_slot *slot = &walk->slots[walk_hash(walk, key)];
    const struct walk_place *place;
    struct walk_hop *hop = &walk->hops[walk->at * WALK_HOPS];
    uint32_t turn;

    if (slot->key != key || walk->troubled)
        return NULL;
    turn = walk->turns[walk->at * walk->n_local + slot->local];
    if (!(turn & WALK_CLEAR))
        return NULL;
    place = &walk->places[WALK_TO(turn)];
    hop[1] = hop[0];
    *hop = (struct walk_hop){key, place->limit, WALK_TO(turn), place->last};
    return hop;
}

void walk_enter(struct walk *walk, uint16_t to)
{
    const struct walk_place *place = &walk->places[to];

    walk->counts[to]++;
    if (place->last != to)
        memset(&walk->counts[to + 1], 0, (size_t)(place->last - to) * sizeof(walk->counts[0]));
    walk->at = to;
    walk->last = (uint16_t)(walk->set->n_positions - 1); /* in trouble, more than one place is counted */
}

size_t walk_path(const struct walk *walk, uint16_t position, char *into, size_t size)
{
    uint16_t loops[32];
    unsigned n = 0;
    size_t len = 0;
    uint16_t loop;

    if (size == 0)
        return 0;
    into[0] = '\0';
    loop = walk->set->positions[position].starts_loop ? position : walk->set->positions[position].parent;
    for (; loop != STANDARD_NO_LOOP && n < 32; loop = walk->set->positions[loop].parent)
        if (walk->counts[loop] > 0)
            loops[n++] = loop;
    while (n > 0) {
        const char *path = walk->set->positions[loops[--n]].path;
        const char *name = strrchr(path, '/');
        int more = snprintf(into + len, size - len, "%s%s[%u]", len > 0 ? "/" : "",
                            name != NULL ? name + 1 : path, walk->counts[loops[n]]);

        if (more < 0 || (size_t)more >= size - len)
            break;
        len += (size_t)more;
    }
    into[len] = '\0';
    return len;
}

size_t walk_expected(const struct walk *walk, char *into, size_t size)
{
    enum { NAMED = 8 };
    struct walk_search search;
    size_t len = 0;
    unsigned n = 0;
    uint16_t place;
    int more;

    if (size == 0)
        return 0;
    into[0] = '\0';
    walk_search_begin(&search, walk->set, walk->at);
    while ((place = walk_search_any(&search)) != WALK_LOST) {
        const struct standard_position *position = &walk->set->positions[place];

        if (walk->counts[place] >= walk->places[place].limit)
            continue;
        if (n < NAMED) {
            more = snprintf(into + len, size - len, "%s%s", n > 0 ? ", " : "", position->segment->id);
            if (more < 0 || (size_t)more >= size - len)
                break;
            len += (size_t)more;
        }
        n++;
        /* What comes after a mandatory segment cannot come before it. */
        if (position->need == STANDARD_MANDATORY && walk->counts[place] == 0)
            break;
    }
    if (n > NAMED && len < size) {
        more = snprintf(into + len, size - len, " and %u more", n - NAMED);
        if (more > 0 && (size_t)more < size - len)
            len += (size_t)more;
    }
    into[len] = '\0';
    return len;
}
