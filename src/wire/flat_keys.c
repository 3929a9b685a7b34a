#include "wire/flat_keys.h"

#include <stdlib.h>

#include "base/hash.h"

/* Buckets of a few hashes each.  They become more as keys do, so that a small file's stay close together; of
 * the most there may be a full one forgets its oldest. */
enum { BUCKETS_FIRST = 1 << 10, BUCKETS_MOST = 1 << 18, DEEP = 8 };

struct flat_keys {
    size_t n_buckets, n_keys;
    uint64_t *buckets; /* DEEP of each, the newest first; 0: none.  NULL until the first file */
};

struct flat_keys *flat_keys_open(void)
{
    return calloc(1, sizeof(struct flat_keys));
}

void flat_keys_close(struct flat_keys *keys)
{
    if (keys == NULL)
        return;
    free(keys->buckets);
    free(keys);
}

bool flat_keys_begin(struct flat_keys *keys)
{
    free(keys->buckets);
    keys->n_buckets = BUCKETS_FIRST;
    keys->n_keys = 0;
    keys->buckets = calloc(keys->n_buckets * DEEP, sizeof(*keys->buckets));
    return keys->buckets != NULL;
}

static bool put(uint64_t *buckets, size_t n_buckets, uint64_t number)
{
    uint64_t *bucket = &buckets[(number % n_buckets) * DEEP];

    for (unsigned i = 0; i < DEEP && bucket[i] != 0; i++)
        if (bucket[i] == number)
            return false;
    memmove(bucket + 1, bucket, (DEEP - 1) * sizeof(*bucket));
    bucket[0] = number;
    return true;
}

/* Four times the buckets; where there is no memory for them, those that there are serve on. */
static void grow(struct flat_keys *keys)
{
    const size_t n_buckets = keys->n_buckets * 4;
    uint64_t *buckets = calloc(n_buckets * DEEP, sizeof(*buckets));

    if (buckets == NULL)
        return;
    for (size_t i = 0; i < keys->n_buckets; i++)
        for (unsigned j = DEEP; j-- > 0;)
            if (keys->buckets[i * DEEP + j] != 0)
                (void)put(buckets, n_buckets, keys->buckets[i * DEEP + j]);
    free(keys->buckets);
    keys->buckets = buckets;
    keys->n_buckets = n_buckets;
}

bool flat_keys_add(struct flat_keys *keys, struct bytes key)
{
    uint64_t number = hash_number(key);

    number += number == 0;
    /* Half full on average, hardly any bucket is quite full. */
    if (keys->n_keys++ >= keys->n_buckets * DEEP / 4 && keys->n_buckets < BUCKETS_MOST)
        grow(keys);
    return put(keys->buckets, keys->n_buckets, number);
}
