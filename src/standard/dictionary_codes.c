/* Looking into code lists, where speed does not matter; dictionary_has_code is in the header. */
#include <stdio.h>

#include "standard/dictionary.h"

static const struct standard_code_slot *code_find(const struct standard_codes *codes, struct bytes value)
{
    uint64_t key;
    uint32_t slot;

    if (value.len == 0 || value.len > 8 || value.at[value.len - 1] == '\0')
        return NULL;
    key = bytes_key(value.at, value.len);
    slot = dictionary_code_hash(key, codes->shift);
    for (uint32_t n = codes->probes; n > 0 && codes->slots[slot].key != 0; n--) {
        if (codes->slots[slot].key == key)
            return &codes->slots[slot];
        slot = (slot + 1) & (codes->n_slots - 1);
    }
    return NULL;
}

static const char *code_meaning(const struct standard_codes *codes, const struct standard_code_slot *slot)
{
    return slot->meaning < codes->strings_size ? codes->strings + slot->meaning : "";
}

const char *dictionary_code_meaning(const struct standard_codes *codes, struct bytes value)
{
    const struct standard_code_slot *slot = codes != NULL ? code_find(codes, value) : NULL;

    return slot != NULL ? code_meaning(codes, slot) : NULL;
}

bool dictionary_code_at(const struct standard_codes *codes, unsigned n, char code[9], const char **meaning,
                        bool *taken)
{
    const struct standard_code_slot *slot;

    if (codes == NULL || n >= codes->n_order || codes->order[n] >= codes->n_slots)
        return false;
    slot = &codes->slots[codes->order[n]];
    for (unsigned i = 0; i < 8; i++)
        code[i] = (char)(slot->key >> (8 * i));
    code[8] = '\0';
    *meaning = code_meaning(codes, slot);
    *taken = (slot->releases & codes->release) != 0;
    return true;
}

const char *dictionary_codes_text(const struct standard_codes *codes, char *into, size_t size)
{
    enum { SHOWN_MAX = 8, TAIL = 16 }; /* " and 65535 more" */
    const char *meaning;
    char code[9];
    bool taken;
    unsigned count = 0, shown = 0;
    size_t len = 0;

    if (size == 0)
        return into;
    into[0] = '\0';
    if (codes == NULL)
        return into;
    for (unsigned n = 0; dictionary_code_at(codes, n, code, &meaning, &taken); n++)
        count += taken;
    for (unsigned n = 0; dictionary_code_at(codes, n, code, &meaning, &taken) && shown < count; n++) {
        size_t more = strlen(code) + (shown > 0 ? 2 : 0);
        bool last = shown + 1 == count;

        if (!taken)
            continue;
        /* One above the bound is shown, not counted: "and 1 more" would be no shorter. */
        if ((shown >= SHOWN_MAX && !last) || len + more + (last ? 1 : TAIL) > size)
            break;
        snprintf(into + len, size - len, "%s%s", shown > 0 ? ", " : "", code);
        len += more;
        shown++;
    }
    if (shown > 0 && shown < count)
        snprintf(into + len, size - len, " and %u more", count - shown);
    return into;
}
