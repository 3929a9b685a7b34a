#include "standard/keymap.h"

enum { ROOM_FIRST = 64, ROOM_MAX = 1 << 25 };

static void make_key(struct bytes text, uint64_t key[2])
{
    key[0] = bytes_key(text.at, text.len < 8 ? text.len : 8);
    key[1] = text.len > 8 ? bytes_key(text.at + 8, text.len < 16 ? text.len - 8 : 8) : 0;
    for (size_t i = 16; i < text.len; i++)
        key[1] = (key[1] ^ (unsigned char)text.at[i]) * UINT64_C(0x100000001b3); /* FNV-1a */
}

static struct keymap_slot *find_slot(struct keymap_slot *slots, uint32_t room, const uint64_t key[2])
{
    uint64_t hash = (key[0] ^ (key[1] << 32 | key[1] >> 32)) * UINT64_C(0x9e3779b97f4a7c15);
    uint32_t i = (uint32_t)(hash >> 32) & (room - 1);

    while ((slots[i].key[0] | slots[i].key[1]) != 0 &&
           (slots[i].key[0] != key[0] || slots[i].key[1] != key[1]))
        i = (i + 1) & (room - 1);
    return &slots[i];
}

uint32_t *keymap_find(const struct keymap *map, struct bytes text)
{
    struct keymap_slot *slot;
    uint64_t key[2];

    if (map->room == 0 || text.len == 0)
        return NULL;
    make_key(text, key);
    slot = find_slot(map->slots, map->room, key);
    return (slot->key[0] | slot->key[1]) != 0 ? &slot->value : NULL;
}

static bool grow(struct keymap *map)
{
    uint32_t room = map->room != 0 ? map->room * 2 : ROOM_FIRST;
    struct keymap_slot *slots;

    if (room > ROOM_MAX)
        return false;
    slots = arena_zalloc(map->arena, room, sizeof(*slots));
    if (slots == NULL)
        return false;
    for (uint32_t i = 0; i < map->room; i++)
        if ((map->slots[i].key[0] | map->slots[i].key[1]) != 0)
            *find_slot(slots, room, map->slots[i].key) = map->slots[i];
    map->slots = slots;
    map->room = room;
    return true;
}

bool keymap_add(struct keymap *map, struct bytes text, uint32_t value)
{
    struct keymap_slot *slot;
    uint64_t key[2];

    make_key(text, key);
    if ((key[0] | key[1]) == 0 || (2 * (map->n + 1) > map->room && !grow(map)))
        return false;
    slot = find_slot(map->slots, map->room, key);
    map->n += (slot->key[0] | slot->key[1]) == 0;
    *slot = (struct keymap_slot){{key[0], key[1]}, value};
    return true;
}
