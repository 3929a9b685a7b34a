/*
 * hash: fast 128-bit (XXH3, for identity within the ledger) and SHA-256 (for files), incremental.
 *
 * Open one, then for each thing: begin, add its pieces, take the hex.  How a thing is cut into pieces does
 * not matter.
 */
#ifndef CROSSDOCK_BASE_HASH_H
#define CROSSDOCK_BASE_HASH_H

#include "base/bytes.h"

struct hash;                  /* XXH3-128 */
struct hash *hash_open(void); /* NULL: out of memory */
void hash_close(struct hash *hash);
void hash_begin(struct hash *hash);
void hash_begin_again(struct hash *hash, size_t kept); /* with the first bytes of last time, 4,096 at most */
void hash_add(struct hash *hash, const void *at, size_t len);
void hash_hex(struct hash *hash, char out[33]); /* 32 lower-case hex digits and NUL */

uint64_t hash_number(struct bytes text); /* XXH3 of 64 bits, of a short text at once */

struct sha256;                    /* FIPS 180-4, through nettle: libcrypto costs 0.5 ms at each start */
struct sha256 *sha256_open(void); /* NULL: out of memory */
void sha256_close(struct sha256 *sha256);
void sha256_begin(struct sha256 *sha256);
void sha256_add(struct sha256 *sha256, const void *at, size_t len);
void sha256_hex(struct sha256 *sha256, char out[65]); /* 64 lower-case hex digits and NUL */

#endif
