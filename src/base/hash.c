#include "base/hash.h"

#include <xxhash.h>

/* A `struct hash` is libxxhash's own state under another name. */
static XXH3_state_t *state_of(struct hash *hash)
{
    return (XXH3_state_t *)(void *)hash;
}

struct hash *hash_open(void)
{
    XXH3_state_t *state = XXH3_createState();

    if (state != NULL)
        XXH3_128bits_reset(state);
    return (struct hash *)(void *)state;
}

void hash_close(struct hash *hash)
{
    XXH3_freeState(state_of(hash));
}

void hash_begin(struct hash *hash)
{
    XXH3_128bits_reset(state_of(hash));
}

void hash_add(struct hash *hash, const void *at, size_t len)
{
    if (len > 0)
        XXH3_128bits_update(state_of(hash), at, len);
}

void hash_hex(struct hash *hash, char out[33])
{
    static const char digits[] = "0123456789abcdef";
    XXH128_canonical_t canonical; /* big-endian: the same digits on every machine */

    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(state_of(hash)));
    for (unsigned i = 0; i < sizeof(canonical.digest); i++) {
        out[2 * i] = digits[canonical.digest[i] >> 4];
        out[2 * i + 1] = digits[canonical.digest[i] & 15];
    }
    out[32] = '\0';
}
