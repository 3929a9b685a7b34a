/*
 * The levels of a hierarchy (HL) in one order, and numbered.  A map fills them from several lists (orders,
 * packages, lines); the standard wants each behind the level it belongs to (HL semantic notes of X12).
 *
 * Numbers and parents that the record has are kept.  Without them a level gets the next number, and belongs
 * to the only level it can belong to; where there are several, nothing is guessed.
 */
#include "base/decimal.h"
#include "map/x12_put_bound.h"

#include <stdio.h>
#include <stdlib.h>

struct put_level {
    uint32_t start, count; /* of its segments */
    struct x12_put_segment *head;
    struct bytes number, parent;
    uint64_t value; /* of a number of digits alone */
    bool digits;
    uint32_t first_child, last_child, next; /* indices + 1; 0: none */
    uint32_t above;                         /* index + 1 */
};

struct hierarchy {
    struct putting *putting;
    struct put_level *levels;
    uint32_t n, n_slots;
    uint32_t *slots; /* by number: index + 1 */
    uint32_t n_out;
    struct x12_put_segment **out;
};

static uint32_t slot_of(const struct hierarchy *tree, struct bytes number)
{
    uint64_t hash = 0xcbf29ce484222325ULL; /* FNV-1a */
    uint32_t slot;

    for (size_t i = 0; i < number.len; i++)
        hash = (hash ^ (unsigned char)number.at[i]) * 0x100000001b3ULL;
    slot = (uint32_t)(hash >> 20) & (tree->n_slots - 1);
    while (tree->slots[slot] != 0 && !bytes_equal(tree->levels[tree->slots[slot] - 1].number, number))
        slot = (slot + 1) & (tree->n_slots - 1);
    return slot;
}

/* S, O, T, P, I: how deep a level of that code stands where nothing else is told. */
static int depth_of(const struct put_level *level)
{
    struct bytes code = level->head->n > 2 ? level->head->elements[2] : (struct bytes){NULL, 0};
    static const char order[] = "SOTPI";
    const char *at = code.len == 1 ? memchr(order, code.at[0], sizeof(order) - 1) : NULL;

    return at != NULL ? (int)(at - order) : -1;
}

/* The only level of the deepest kind above this one; 0: there are several or none. */
static uint32_t only_parent(const struct hierarchy *tree, const struct put_level *level)
{
    uint32_t found = 0;
    int depth = depth_of(level), best = -1;
    bool several = false;

    for (uint32_t i = 0; i < tree->n; i++) {
        int other = depth_of(&tree->levels[i]);

        if (other < 0 || other >= depth || other < best)
            continue;
        several = other == best;
        best = other;
        found = i + 1;
    }
    return several ? 0 : found;
}

static void set_text(struct x12_put_segment *segment, unsigned element, struct bytes text)
{
    segment->elements[element] = text;
    if (element + 1 > segment->n)
        segment->n = (uint8_t)(element + 1);
}

static void tell_no_parent(struct hierarchy *tree, const struct put_level *level)
{
    static const struct map_target none;
    struct op op = {.element = 1, .target = &none};

    put_tell(tree->putting, WRITE_DOCUMENT, level->head->rule, &op, level->head->object,
             (struct bytes){NULL, 0}, "it is not told to which level this one belongs",
             "parent_level_id, with the level_id of another");
}

/* Numbers for levels without one, and parents where there is no choice. */
static void complete(struct hierarchy *tree)
{
    struct arena *arena = tree->putting->put->arena;
    uint64_t next = 1;
    bool made = false;

    for (uint32_t i = 0; i < tree->n; i++)
        if (tree->levels[i].digits && tree->levels[i].value >= next)
            next = tree->levels[i].value + 1;
    for (uint32_t i = 0; i < tree->n; i++) {
        struct put_level *level = &tree->levels[i];

        if (level->number.len == 0) {
            level->value = next++;
            level->digits = true;
            level->number = bytes_of(arena_format(arena, "%llu", (unsigned long long)level->value));
            set_text(level->head, 0, level->number);
            made = true;
        }
        if (level->number.len > 0)
            tree->slots[slot_of(tree, level->number)] = i + 1;
    }
    for (uint32_t i = 0; i < tree->n; i++) {
        struct put_level *level = &tree->levels[i];

        if (level->parent.len > 0) {
            level->above = tree->slots[slot_of(tree, level->parent)];
        } else if (made && depth_of(level) > 0) {
            level->above = only_parent(tree, level);
            if (level->above == 0)
                tell_no_parent(tree, level);
            else
                set_text(level->head, 1, tree->levels[level->above - 1].number);
        }
    }
    for (uint32_t i = 0; made && i < tree->n; i++) {
        bool children = false;

        if (tree->levels[i].head->n > 3 && tree->levels[i].head->elements[3].len > 0)
            continue;
        for (uint32_t k = 0; k < tree->n && !children; k++)
            children = tree->levels[k].above == i + 1;
        if (tree->putting->putter->rules[tree->levels[i].head->rule->number].n_elements > 3)
            set_text(tree->levels[i].head, 3, children ? BYTES("1") : BYTES("0"));
    }
}

static int by_number(const void *a, const void *b)
{
    const struct put_level *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->start < y->start ? -1 : x->start > y->start;
}

static void write_out(struct hierarchy *tree, const struct put_level *level)
{
    memcpy(tree->out + tree->n_out, tree->putting->put->segments + level->start,
           level->count * sizeof(*tree->out));
    tree->n_out += level->count;
}

/* Parents first, each with its children behind it.  What belongs to itself in a circle comes last. */
static void write_tree(struct hierarchy *tree)
{
    uint32_t written = 0, at, top_first = 0, top_last = 0;
    bool *done = arena_zalloc(tree->putting->put->arena, tree->n + 1, sizeof(*done));

    if (done == NULL)
        return;
    for (uint32_t i = 0; i < tree->n; i++) {
        struct put_level *level = &tree->levels[i];
        uint32_t *first = level->above != 0 ? &tree->levels[level->above - 1].first_child : &top_first;
        uint32_t *last = level->above != 0 ? &tree->levels[level->above - 1].last_child : &top_last;

        if (*last != 0)
            tree->levels[*last - 1].next = i + 1;
        else
            *first = i + 1;
        *last = i + 1;
    }
    for (at = top_first; at != 0 && written < tree->n; written++) {
        struct put_level *level = &tree->levels[at - 1];

        write_out(tree, level);
        done[at - 1] = true;
        if (level->first_child != 0) {
            at = level->first_child;
            continue;
        }
        while (at != 0 && tree->levels[at - 1].next == 0)
            at = tree->levels[at - 1].above;
        if (at != 0)
            at = tree->levels[at - 1].next;
    }
    for (uint32_t i = 0; i < tree->n; i++)
        if (!done[i])
            write_out(tree, &tree->levels[i]);
}

void put_order_levels(struct putting *putting, uint32_t first, uint16_t position)
{
    struct x12_put *put = putting->put;
    struct hierarchy tree = {.putting = putting, .n_slots = 8};
    bool all_digits = true;

    for (uint32_t i = first; i < put->n_segments; i++)
        tree.n += put->segments[i]->position != NULL && put->segments[i]->position->index == position;
    while (tree.n_slots < tree.n * 2)
        tree.n_slots *= 2;
    tree.levels = arena_zalloc(put->arena, tree.n + 1, sizeof(*tree.levels));
    tree.slots = arena_zalloc(put->arena, tree.n_slots, sizeof(*tree.slots));
    tree.out = arena_zalloc(put->arena, put->n_segments - first + 1, sizeof(*tree.out));
    if (tree.n == 0 || tree.levels == NULL || tree.slots == NULL || tree.out == NULL)
        return;
    tree.n = 0;
    for (uint32_t i = first; i < put->n_segments; i++) {
        struct x12_put_segment *segment = put->segments[i];
        struct put_level *level = &tree.levels[tree.n];

        if (segment->position->index == position) {
            level->head = segment;
            level->start = i;
            level->number = segment->elements[0];
            if (segment->n > 1)
                level->parent = segment->elements[1];
            level->digits = bytes_to_count(level->number, UINT64_MAX / 16, &level->value);
            tree.n++;
        }
        if (tree.n > 0)
            tree.levels[tree.n - 1].count++;
    }
    complete(&tree);
    for (uint32_t i = 0; i < tree.n; i++)
        all_digits &= tree.levels[i].digits && tree.levels[i].value > 0 &&
                      (tree.levels[i].above == 0 ||
                       tree.levels[tree.levels[i].above - 1].value < tree.levels[i].value);
    if (all_digits) {
        qsort(tree.levels, tree.n, sizeof(*tree.levels), by_number);
        for (uint32_t i = 0; i < tree.n; i++)
            write_out(&tree, &tree.levels[i]);
    } else {
        write_tree(&tree);
    }
    if (first + tree.n_out == put->n_segments)
        memcpy(put->segments + first, tree.out, tree.n_out * sizeof(*tree.out));
}
