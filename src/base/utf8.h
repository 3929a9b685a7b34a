/*
 * utf8: is it, and where does a character end (RFC 3629: no surrogates, no overlong forms, up to U+10FFFF).
 */
#ifndef CROSSDOCK_BASE_UTF8_H
#define CROSSDOCK_BASE_UTF8_H

#include "base/bytes.h"

/* Bytes of the character that begins at `at` (1 to 4) and its number; 0 when none does. */
unsigned utf8_character(const char *at, size_t len, uint32_t *point);

/* Appends a character's 1 to 4 bytes at `to`; how many. `point` must be one that UTF-8 can hold. */
unsigned utf8_put(char to[4], uint32_t point);

/* The length of the part at the front that is UTF-8: `len` when all of it is. */
size_t utf8_valid_prefix(const char *at, size_t len);

/* How many of the bytes at the front are ASCII. */
size_t utf8_ascii_prefix(const char *at, size_t len);

static inline bool utf8_valid(const char *at, size_t len)
{
    return utf8_valid_prefix(at, len) == len;
}

#endif
