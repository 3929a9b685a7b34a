#include "standard/levels.h"

#include "base/digits.h"

enum { SLIPS_MAX = 1000, HL_ELEMENTS = 4 };

struct level {
    uint64_t offset;
    uint32_t ordinal;
    bool by_itself; /* HL01 is its place in the set, 1, 2, 3: not in the map */
    bool has_children;
    char children; /* HL04; 0: empty */
};

struct level_slip {
    enum complaint complaint;
    unsigned element;
    struct segment_view view;
    struct bytes elements[HL_ELEMENTS];
    struct level_slip *next;
};

void levels_begin(struct levels *levels)
{
    memset(levels, 0, sizeof(*levels));
}

static struct bytes at(const struct segment_view *view, unsigned element)
{
    return element <= view->n_elements ? view->element[element - 1] : (struct bytes){NULL, 0};
}

/* A number as bytes_key; 0 when it is longer than that.  `wide`: as segment_view. */
static inline uint64_t key_of(struct bytes number, bool wide)
{
    if (number.len > 8)
        return 0;
    return wide ? bytes_key_wide(number.at, number.len) : bytes_key(number.at, number.len);
}

/* HL01 where it is a plain count, without sign or leading zero; else 0. */
static uint32_t place_of(struct bytes number, uint64_t key)
{
    uint64_t value;

    if (number.len == 0 || number.at[0] == '0')
        return 0;
    if (number.len <= 8)
        return digits_short(key, number.len, &value) ? (uint32_t)value : 0;
    return bytes_to_count(number, UINT32_MAX, &value) ? (uint32_t)value : 0;
}

/* The key of the number that follows; 0: this is not told so easily. */
static inline uint64_t next_key(uint64_t key, size_t len)
{
    const unsigned last = 8 * (unsigned)(len - 1);

    return key >> last < '9' ? key + (UINT64_C(1) << last) : 0;
}

/* The level of a number, whose place is known, too; NULL: there is none. */
static inline struct level *find_level(struct levels *levels, struct bytes number, uint32_t place)
{
    uint32_t *other;

    if (place - 1 < levels->n && levels->all[place - 1].by_itself)
        return &levels->all[place - 1];
    if (levels->numbers.n == 0)
        return NULL;
    other = keymap_find(&levels->numbers, number);
    return other != NULL ? &levels->all[*other] : NULL;
}

static __attribute__((noinline)) struct level *find_parent_slowly(struct levels *levels, struct bytes number,
                                                                  uint64_t key)
{
    struct level *level = find_level(levels, number, place_of(number, key));

    if (level != NULL && level->by_itself) {
        levels->above_key = key;
        levels->above = (uint32_t)(level - levels->all);
    }
    return level;
}

/* The level above the next one: mostly the latest, or the one above that. */
static inline struct level *find_parent(struct levels *levels, struct bytes number, uint64_t key)
{
    if (key == 0 || (key != levels->above_key && key != levels->latest_key))
        return find_parent_slowly(levels, number, key);
    if (key != levels->above_key) {
        levels->above_key = key;
        levels->above = levels->n - 1;
    }
    return &levels->all[levels->above];
}

static __attribute__((noinline)) bool grow(struct levels *levels)
{
    uint32_t room = levels->room != 0 ? levels->room * 2 : 64;
    struct level *all = arena_alloc(levels->numbers.arena, (size_t)room * sizeof(*all));

    if (all == NULL)
        return false;
    if (levels->n > 0)
        memcpy(all, levels->all, levels->n * sizeof(*all));
    levels->all = all;
    levels->room = room;
    return true;
}

static __attribute__((noinline)) void slip(struct levels *levels, enum complaint complaint,
                                           const struct segment_view *view, unsigned element)
{
    struct level_slip *made = levels->n_slips < SLIPS_MAX
                                  ? arena_zalloc(levels->numbers.arena, 1, sizeof(*made))
                                  : NULL;

    if (made == NULL)
        return;
    made->complaint = complaint;
    made->element = element;
    made->view = *view;
    for (unsigned i = 0; i < HL_ELEMENTS; i++)
        made->elements[i] = at(view, i + 1);
    made->view.element = made->elements;
    if (levels->last != NULL)
        levels->last->next = made;
    else
        levels->first = made;
    levels->last = made;
    levels->n_slips++;
}

void levels_take(struct levels *levels, const struct standard_position *position,
                 const struct segment_view *view, struct arena *arena)
{
    struct bytes number = at(view, 1), parent = at(view, 2), children = at(view, 4);
    const uint64_t key = key_of(number, view->wide);
    struct level *level, *above;
    uint32_t place;

    if (levels->lost || number.len == 0)
        return;
    levels->position = position;
    if (levels->n == 0)
        keymap_begin(&levels->numbers, arena);
    place = key != 0 && key == levels->next_key ? levels->n + 1 : place_of(number, key);
    if (find_level(levels, number, place) != NULL)
        slip(levels, LEVEL_NUMBER, view, 1);
    if (parent.len > 0) {
        above = find_parent(levels, parent, key_of(parent, view->wide));
        if (above != NULL) {
            if (!above->has_children && above->children != '\0')
                levels->unlike += above->children == '1' ? -1 : 1;
            above->has_children = true;
        } else {
            slip(levels, LEVEL_PARENT, view, 2);
            levels->orphans = true;
        }
    }
    if (levels->n == levels->room && !grow(levels)) {
        levels->lost = true;
        return;
    }
    level = &levels->all[levels->n++];
    level->offset = view->offset;
    level->ordinal = view->ordinal;
    level->by_itself = place == levels->n;
    level->has_children = false;
    level->children = children.len == 1 ? children.at[0] : '\0';
    levels->unlike += level->children == '1';
    levels->next_key = levels->latest_key = 0;
    if (level->by_itself) {
        levels->next_key = next_key(key, number.len);
        levels->latest_key = key;
    } else if (!keymap_add(&levels->numbers, number, levels->n - 1)) {
        levels->lost = true;
    }
}

static void tell(struct levels *levels, struct faults *faults, enum complaint complaint,
                 const struct segment_view *view, unsigned element, const char *expected)
{
    struct fault *fault = fault_add_element(faults, complaint, view, element);
    const struct standard_segment *segment = levels->position->segment;

    if (fault == NULL)
        return;
    fault->expected = expected;
    fault->position = levels->position;
    fault->standard = segment;
    if (element <= segment->n_fields)
        fault->field = &segment->fields[element - 1];
}

void levels_judge(struct levels *levels, struct faults *faults)
{
    if (levels->lost)
        return;
    for (const struct level_slip *made = levels->first; made != NULL; made = made->next)
        tell(levels, faults, made->complaint, &made->view, made->element, NULL);
    for (uint32_t i = 0; i < levels->n && levels->unlike != 0; i++) {
        const struct level *level = &levels->all[i];
        struct bytes elements[HL_ELEMENTS] = {[3] = level->children == '1' ? BYTES("1") : BYTES("0")};
        struct segment_view view = {.id = BYTES("HL"),
                                    .ordinal = level->ordinal,
                                    .offset = level->offset,
                                    .element = elements,
                                    .n_elements = HL_ELEMENTS};

        /* A level without the children it announces may be the parent that another one misnamed. */
        if ((level->children == '1' && !level->has_children && !levels->orphans) ||
            (level->children == '0' && level->has_children))
            tell(levels, faults, LEVEL_CHILDREN, &view, HL_ELEMENTS, level->has_children ? "1" : "0");
    }
}
