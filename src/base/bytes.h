/*
 * bytes: a view of bytes that somebody else owns.
 *
 * A view is never NUL-terminated by promise and never freed; it lives as long as what it looks into
 * (an input chunk, an arena, a constant).  A missing value is {NULL, 0}; an empty one has len 0.
 */
#ifndef CROSSDOCK_BASE_BYTES_H
#define CROSSDOCK_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct bytes {
    const char *at;
    size_t len;
};

/* A view of a string literal. */
#define BYTES(literal) ((struct bytes){"" literal, sizeof(literal) - 1})

/* For printf: printf("%.*s", BYTES_ARG(view)). */
#define BYTES_ARG(view) (int)(view).len, (view).at

static inline struct bytes bytes_of(const char *string)
{
    return (struct bytes){string, string != NULL ? strlen(string) : 0};
}

static inline bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

static inline bool bytes_are(struct bytes a, const char *string)
{
    return bytes_equal(a, bytes_of(string));
}

/* Order as of memcmp, the shorter first where one begins the other. */
int bytes_compare(struct bytes a, struct bytes b);

/* Without blanks (space, tab, CR, LF) at both ends; at the end alone. */
struct bytes bytes_trim(struct bytes a);
struct bytes bytes_trim_end(struct bytes a);

/* Takes the part before the first `mark` off the front of *rest (all of it when there is none, and
 * *rest becomes {NULL, 0}).  Returns false when *rest was already {NULL, 0}. */
bool bytes_split(struct bytes *rest, char mark, struct bytes *part);

/* All decimal digits to a number.  False on anything else, on none, and over `max`. */
bool bytes_to_count(struct bytes a, uint64_t max, uint64_t *out);

/* How many single edits (Levenshtein) part a from b, or `limit` + 1 when more: for "did you mean". */
unsigned bytes_distance(struct bytes a, struct bytes b, unsigned limit);

/* The first eight bytes as a number, less those from `len` (0 to 8) on: bytes_key, where all eight may be
 * read. */
static inline uint64_t bytes_key_wide(const char *at, size_t len)
{
    static const uint64_t masks[] = {
        0,
        UINT64_C(0xff),
        UINT64_C(0xffff),
        UINT64_C(0xffffff),
        UINT64_C(0xffffffff),
        UINT64_C(0xffffffffff),
        UINT64_C(0xffffffffffff),
        UINT64_C(0xffffffffffffff),
        UINT64_C(0xffffffffffffffff),
    };
    uint64_t key;

    memcpy(&key, at, sizeof(key));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    key = __builtin_bswap64(key);
#endif
    return key & masks[len];
}

/* Up to eight bytes as one number, for comparing short identifiers at once; the length must be <= 8.
 * Equal views give equal keys, unequal ones unequal keys as long as no byte is NUL. */
static inline uint64_t bytes_key(const char *at, size_t len)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    /* Two loads, which may overlap, or three: no loop, for it is done for each code of a file. */
    if (len >= 4) {
        uint32_t head, tail;

        memcpy(&head, at, sizeof(head));
        memcpy(&tail, at + len - 4, sizeof(tail));
        return head | (uint64_t)tail << (8 * (len - 4) & 63);
    }
    if (len == 0)
        return 0;
    return (uint64_t)(unsigned char)at[0] | (uint64_t)(unsigned char)at[len / 2] << (8 * (len / 2)) |
           (uint64_t)(unsigned char)at[len - 1] << (8 * (len - 1));
#else
    uint64_t key = 0;

    for (size_t i = 0; i < len; i++)
        key |= (uint64_t)(unsigned char)at[i] << (8 * i);
    return key;
#endif
}

#endif
