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

#endif
