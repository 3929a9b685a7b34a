#include "standard/codes.h"

enum { CODES_MAX = 10000 };

static uint32_t add_string(char *strings, uint32_t *size, struct bytes text)
{
    uint32_t at = *size;

    if (text.len > 0)
        memcpy(strings + at, text.at, text.len);
    strings[at + text.len] = '\0';
    *size += (uint32_t)text.len + 1;
    return at;
}

const struct standard_codes *codes_make(struct arena *arena, const struct codes_entry *entries, unsigned n)
{
    struct standard_codes *codes = arena_zalloc(arena, 1, sizeof(*codes));
    struct standard_code_slot *slots;
    uint16_t *order;
    char *strings;
    size_t text = 1;
    unsigned bits = 3;

    if (codes == NULL || n > CODES_MAX)
        return NULL;
    for (unsigned i = 0; i < n; i++)
        text += entries[i].meaning.len + 1;
    while ((1u << bits) < 2 * n)
        bits++;
    slots = arena_zalloc(arena, 1u << bits, sizeof(*slots));
    order = arena_zalloc(arena, n + 1u, sizeof(*order));
    strings = arena_zalloc(arena, text, 1);
    if (slots == NULL || order == NULL || strings == NULL || text > UINT32_MAX)
        return NULL;
    *codes = (struct standard_codes){.slots = slots,
                                     .n_slots = 1u << bits,
                                     .shift = (uint8_t)(64 - bits),
                                     .release = 1,
                                     .order = order,
                                     .strings = strings,
                                     .strings_size = 1};
    for (unsigned i = 0; i < n; i++) {
        struct bytes code = entries[i].code;
        uint64_t key;
        uint32_t slot, probes = 1;

        if (code.len < 1 || code.len > 8 || memchr(code.at, '\0', code.len) != NULL)
            return NULL;
        key = bytes_key(code.at, code.len);
        slot = dictionary_code_hash(key, codes->shift);
        while (slots[slot].key != 0 && slots[slot].key != key) {
            slot = (slot + 1) & (codes->n_slots - 1);
            probes++;
        }
        if (slots[slot].key == key)
            continue;
        slots[slot].key = key;
        slots[slot].releases = 1;
        slots[slot].meaning = add_string(strings, &codes->strings_size, entries[i].meaning);
        if (codes->probes < probes)
            codes->probes = probes;
        order[codes->n_order++] = (uint16_t)slot;
    }
    return codes;
}
