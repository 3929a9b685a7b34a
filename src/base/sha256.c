#include <stdlib.h>

#include <nettle/sha2.h>

#include "base/digits.h"
#include "base/hash.h"

struct sha256 {
    struct sha256_ctx context;
};

struct sha256 *sha256_open(void)
{
    struct sha256 *sha256 = malloc(sizeof(*sha256));

    if (sha256 != NULL)
        sha256_begin(sha256);
    return sha256;
}

void sha256_close(struct sha256 *sha256)
{
    free(sha256);
}

void sha256_begin(struct sha256 *sha256)
{
    sha256_init(&sha256->context);
}

void sha256_add(struct sha256 *sha256, const void *at, size_t len)
{
    if (len > 0)
        sha256_update(&sha256->context, len, at);
}

void sha256_hex(struct sha256 *sha256, char out[65])
{
    uint8_t digest[SHA256_DIGEST_SIZE];

    sha256_digest(&sha256->context, sizeof(digest), digest);
    for (unsigned i = 0; i < sizeof(digest); i += 4)
        digits_put_hex(out + 2 * (size_t)i, (uint32_t)digest[i] << 24 | (uint32_t)digest[i + 1] << 16 |
                                                (uint32_t)digest[i + 2] << 8 | digest[i + 3]);
    out[2 * sizeof(digest)] = '\0';
}
