#include "base/hash.h"

#include <stdlib.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h> /* the same functions, as wide as the processor has them */
#else
#include <xxhash.h>
#endif

#include "base/digits.h"

/* Most of what is hashed is short: it is put together and hashed at once, which costs less than the
 * library's own state.  The hash is the same. */
enum { SHORT = 4096 };

struct hash {
    XXH3_state_t *state;
    bool is_long; /* it is in `state` */
    size_t len;   /* of what is in `text` */
    char text[SHORT];
};

struct hash *hash_open(void)
{
    struct hash *hash = malloc(sizeof(*hash));

    if (hash == NULL)
        return NULL;
    hash->state = XXH3_createState();
    if (hash->state == NULL) {
        free(hash);
        return NULL;
    }
    hash_begin(hash);
    return hash;
}

void hash_close(struct hash *hash)
{
    if (hash == NULL)
        return;
    XXH3_freeState(hash->state);
    free(hash);
}

void hash_begin(struct hash *hash)
{
    hash_begin_again(hash, 0);
}

void hash_begin_again(struct hash *hash, size_t kept)
{
    hash->is_long = false;
    hash->len = kept;
}

void hash_add(struct hash *hash, const void *at, size_t len)
{
    if (!hash->is_long && len <= SHORT - hash->len) {
        if (len > 0)
            memcpy(hash->text + hash->len, at, len);
        hash->len += len;
        return;
    }
    if (!hash->is_long) {
        XXH3_128bits_reset(hash->state);
        XXH3_128bits_update(hash->state, hash->text, hash->len);
        hash->is_long = true;
    }
    if (len > 0)
        XXH3_128bits_update(hash->state, at, len);
}

void hash_hex(struct hash *hash, char out[33])
{
    const XXH128_hash_t sum = hash->is_long ? XXH3_128bits_digest(hash->state)
                                            : XXH3_128bits(hash->text, hash->len);

    digits_put_hex(out, (uint32_t)(sum.high64 >> 32)); /* as the library's canonical form has them */
    digits_put_hex(out + 8, (uint32_t)sum.high64);
    digits_put_hex(out + 16, (uint32_t)(sum.low64 >> 32));
    digits_put_hex(out + 24, (uint32_t)sum.low64);
    out[32] = '\0';
}

uint64_t hash_number(struct bytes text)
{
    return XXH3_64bits(text.at, text.len);
}
