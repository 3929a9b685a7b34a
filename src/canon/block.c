/* block: finding a field by its name. */
#include "canon/table.h"

/* Mixes length, beginning and end of a name: names that differ only in their middle meet in a slot, which
 * costs a comparison. */
static uint32_t name_hash(const char *at, size_t len)
{
    uint64_t head = 0, tail = 0;

    if (len >= 8) {
        memcpy(&head, at, 8);
        memcpy(&tail, at + len - 8, 8);
    } else if (len >= 4) {
        memcpy(&head, at, 4);
        memcpy(&tail, at + len - 4, 4);
    } else if (len > 0) {
        head = (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[len / 2] << 8;
        tail = (unsigned char)at[len - 1];
    }
    head = (head + len) * 0x9E3779B97F4A7C15u;
    tail = (tail ^ head >> 29) * 0xC2B2AE3D27D4EB4Fu;
    return (uint32_t)(tail >> 32);
}

bool canon_block_index(struct canon_block *block, struct arena *arena, const char **twice)
{
    unsigned n_slots = 8;
    uint16_t *slots;

    *twice = NULL;
    while (n_slots < 2u * block->n_fields)
        n_slots *= 2;
    slots = arena_zalloc(arena, n_slots, sizeof(*slots));
    if (slots == NULL)
        return false;
    for (unsigned i = 0; i < block->n_fields; i++) {
        const struct canon_field *field = &block->fields[i];
        uint32_t at = name_hash(field->name, field->name_len) & (n_slots - 1);

        for (; slots[at] != 0; at = (at + 1) & (n_slots - 1))
            if (strcmp(block->fields[slots[at] - 1].name, field->name) == 0) {
                *twice = field->name;
                return false;
            }
        slots[at] = (uint16_t)(i + 1);
    }
    block->n_slots = (uint16_t)n_slots;
    block->slots = slots;
    return true;
}

const struct canon_field *canon_block_field(const struct canon_block *block, struct bytes name)
{
    unsigned mask = block->n_slots - 1u;

    for (uint32_t at = name_hash(name.at, name.len) & mask; block->slots[at] != 0; at = (at + 1) & mask) {
        const struct canon_field *field = &block->fields[block->slots[at] - 1];

        if (field->name_len == name.len && memcmp(field->name, name.at, name.len) == 0)
            return field;
    }
    return NULL;
}

const struct canon_field *canon_block_nearest(const struct canon_block *block, struct bytes name)
{
    const struct canon_field *nearest = NULL;
    unsigned least = (unsigned)(name.len / 3 < 3 ? name.len / 3 : 3);

    for (unsigned i = 0; i < block->n_fields; i++) {
        const struct canon_field *field = &block->fields[i];
        unsigned distance = bytes_distance((struct bytes){field->name, field->name_len}, name, least);

        if (distance <= least && (nearest == NULL || distance < least)) {
            nearest = field;
            least = distance;
        }
    }
    return nearest;
}
