#include "translate/flat_keys.h"

#include <stdlib.h>

#include "base/hash.h"

/* Buckets of a few hashes each; a full one forgets its oldest. */
enum { BUCKETS = 1 << 18, DEEP = 8 };

struct flat_keys {
    struct hash *hash;
    uint64_t *buckets; /* DEEP of each, the newest first; 0: none.  NULL until the first key */
};

struct flat_keys *flat_keys_open(void)
{
    struct flat_keys *keys = calloc(1, sizeof(*keys));

    if (keys != NULL && (keys->hash = hash_open()) == NULL) {
        free(keys);
        keys = NULL;
    }
    return keys;
}

void flat_keys_close(struct flat_keys *keys)
{
    if (keys == NULL)
        return;
    hash_close(keys->hash);
    free(keys->buckets);
    free(keys);
}

bool flat_keys_begin(struct flat_keys *keys)
{
    free(keys->buckets);
    /* Untouched pages cost nothing: a small file has few. */
    keys->buckets = calloc((size_t)BUCKETS * DEEP, sizeof(*keys->buckets));
    return keys->buckets != NULL;
}

bool flat_keys_add(struct flat_keys *keys, struct bytes key)
{
    char hex[33];
    uint64_t number = 0, *bucket;

    hash_begin(keys->hash);
    hash_add(keys->hash, key.at, key.len);
    hash_hex(keys->hash, hex);
    for (unsigned i = 0; i < 16; i++)
        number = number << 4 | (uint64_t)(hex[i] <= '9' ? hex[i] - '0' : hex[i] - 'a' + 10);
    number += number == 0;
    bucket = &keys->buckets[(number % BUCKETS) * DEEP];
    for (unsigned i = 0; i < DEEP; i++)
        if (bucket[i] == number)
            return false;
    memmove(bucket + 1, bucket, (DEEP - 1) * sizeof(*bucket));
    bucket[0] = number;
    return true;
}
