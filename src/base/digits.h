/*
 * digits: short texts as words, so that one step tells what a loop over their characters would.
 *
 * Nothing is read beyond a text's end.  The first character is the lowest byte of a word, on every machine.
 */
#ifndef CROSSDOCK_BASE_DIGITS_H
#define CROSSDOCK_BASE_DIGITS_H

#include "base/bytes.h"

#define DIGITS_ONES UINT64_C(0x0101010101010101) /* times a byte: that byte in all eight places */

static inline uint64_t digits_load8(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* The places (their top bits) whose byte is no digit.  Where bytes above 0x7f are about, others may be
 * told of with them, never fewer. */
static inline uint64_t digits_others(uint64_t word)
{
    uint64_t value = word ^ DIGITS_ONES * '0';

    return (value | (value + DIGITS_ONES * (0x80 - 10))) & DIGITS_ONES * 0x80;
}

static inline bool digits_only(const char *at, size_t len)
{
    size_t i = 0;

    if (len >= 8) {
        uint64_t others = digits_others(digits_load8(at + len - 8));

        for (; i + 8 < len; i += 8)
            others |= digits_others(digits_load8(at + i));
        return others == 0;
    }
    while (i < len && at[i] >= '0' && at[i] <= '9')
        i++;
    return i == len && len > 0;
}

/* Eight digits as four numbers of two, each in sixteen bits. */
static inline uint64_t digits_pairs(uint64_t word)
{
    uint64_t value = word ^ DIGITS_ONES * '0';

    return (value * 10 + (value >> 8)) & UINT64_C(0x00ff00ff00ff00ff);
}

/* Eight digits as a number. */
static inline uint64_t digits_number(uint64_t word)
{
    uint64_t value = digits_pairs(word);

    value = (value * 100 + (value >> 16)) & UINT64_C(0x0000ffff0000ffff);
    return (value * 10000 + (value >> 32)) & UINT64_C(0xffffffff);
}

/* A text of 1 to 8 characters, given as bytes_key (more bytes than `len` do no harm), as a number.  False:
 * they are not all digits. */
static inline bool digits_short(uint64_t key, size_t len, uint64_t *number)
{
    const unsigned bits = 64 - 8 * (unsigned)len;
    const uint64_t word = key << bits | DIGITS_ONES * '0' >> 1 >> (63 - bits);

    if (digits_others(word) != 0)
        return false;
    *number = digits_number(word);
    return true;
}

/* The same with a point among the digits, at most one: *number less the point, and how many digits are
 * behind it.  `key` is a bytes_key. */
static inline bool digits_decimal(uint64_t key, size_t len, uint64_t *number, unsigned *behind)
{
    const uint64_t word = key | (DIGITS_ONES * '0' & ~(~UINT64_C(0) >> (64 - 8 * len)));
    const uint64_t others = digits_others(word);
    const unsigned bit = (unsigned)__builtin_ctzll(others | UINT64_C(1) << 63) & ~7u; /* of the point */
    const uint64_t before = (UINT64_C(1) << bit) - 1;

    *behind = 0;
    if (others == 0)
        return digits_short(key, len, number);
    if ((others & (others - 1)) != 0 || (word >> bit & 0xff) != '.' || len == 1)
        return false;
    *behind = (unsigned)len - 1 - bit / 8;
    return digits_short((key & before) | (key >> 8 & ~before), len - 1, number);
}

/* A number as eight lower-case hexadecimal digits. */
static inline void digits_put_hex(char *at, uint32_t number)
{
    uint64_t word = __builtin_bswap32(number);

    word = (word | word << 16) & UINT64_C(0x0000ffff0000ffff);
    word = (word | word << 8) & UINT64_C(0x00ff00ff00ff00ff);
    word = (word >> 4 & UINT64_C(0x000f000f000f000f)) | (word & UINT64_C(0x000f000f000f000f)) << 8;
    word += DIGITS_ONES * '0' + ((word + DIGITS_ONES * 6) >> 4 & DIGITS_ONES) * ('a' - '0' - 10);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    memcpy(at, &word, sizeof(word));
}

#endif
