/*
 * keymap: a number for each of many short texts (control numbers, level numbers).
 *
 * Texts are told apart by their first 16 bytes and a hash of the rest.  Lives in its arena; begins without
 * memory of its own.
 */
#ifndef CROSSDOCK_STANDARD_KEYMAP_H
#define CROSSDOCK_STANDARD_KEYMAP_H

#include "base/arena.h"

struct keymap_slot {
    uint64_t key[2]; /* both 0: empty */
    uint32_t value;
};

struct keymap {
    struct keymap_slot *slots; /* by open addressing */
    uint32_t n, room;          /* room is a power of two */
    struct arena *arena;
};

static inline void keymap_begin(struct keymap *map, struct arena *arena)
{
    *map = (struct keymap){.arena = arena};
}

/* The value of a text; NULL when it was not added.  Empty texts never are. */
uint32_t *keymap_find(const struct keymap *map, struct bytes text);

/* Adds or replaces.  False: no memory, or over 16 million. */
bool keymap_add(struct keymap *map, struct bytes text, uint32_t value);

#endif
