#include "base/hash.h"

#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>

struct sha256 {
    EVP_MD_CTX *context;
    bool failed;
};

struct sha256 *sha256_open(void)
{
    struct sha256 *sha256 = malloc(sizeof(*sha256));

    if (sha256 == NULL)
        return NULL;
    /* Its configuration file has nothing to say about a digest, and reading it takes as long as all the
     * rest. */
    OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
    sha256->context = EVP_MD_CTX_new();
    if (sha256->context == NULL) {
        free(sha256);
        return NULL;
    }
    sha256_begin(sha256);
    if (sha256->failed) {
        sha256_close(sha256);
        return NULL;
    }
    return sha256;
}

void sha256_close(struct sha256 *sha256)
{
    if (sha256 == NULL)
        return;
    EVP_MD_CTX_free(sha256->context);
    free(sha256);
}

void sha256_begin(struct sha256 *sha256)
{
    sha256->failed = EVP_DigestInit_ex(sha256->context, EVP_sha256(), NULL) != 1;
}

void sha256_add(struct sha256 *sha256, const void *at, size_t len)
{
    if (len > 0 && !sha256->failed)
        sha256->failed = EVP_DigestUpdate(sha256->context, at, len) != 1;
}

bool sha256_hex(struct sha256 *sha256, char out[65])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned len = 0;

    out[0] = '\0';
    if (sha256->failed || EVP_DigestFinal_ex(sha256->context, digest, &len) != 1 || len != 32)
        return false;
    for (unsigned i = 0; i < len; i++) {
        out[2 * i] = digits[digest[i] >> 4];
        out[2 * i + 1] = digits[digest[i] & 15];
    }
    out[64] = '\0';
    return true;
}
