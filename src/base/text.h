/*
 * text: which bytes of a text a JSON string cannot hold as they are, sixteen at a time.  For the codec alone.
 *
 * These are " and \ and everything below 0x20 (RFC 8259, section 7).  Nothing is read behind a text's end: a
 * text may end where its page does.
 */
#ifndef CROSSDOCK_BASE_TEXT_H
#define CROSSDOCK_BASE_TEXT_H

#include "base/bytes.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline uint64_t text_load8(const char *at)
{
    uint64_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

static inline uint32_t text_load4(const char *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* Not 0 when one of the eight bytes must be escaped.  (Which one cannot be told: a borrow may mark the bytes
 * above a marked one.) */
static inline uint64_t text_marks8(uint64_t word)
{
    const uint64_t ones = 0x0101010101010101u, tops = 0x8080808080808080u;
    uint64_t quote = word ^ ones * '"', slash = word ^ ones * '\\';

    return (((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash)) & tops;
}

/* Of sixteen bytes those that must be escaped, a bit each, the first lowest; `high` likewise those from
 * 0x80. */
static inline unsigned text_marks16(const char *at, unsigned *high)
{
#ifdef __SSE2__
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)at);
    __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(0x1F)), bytes);
    __m128i quote = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'));

    *high = (unsigned)_mm_movemask_epi8(bytes);
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), low));
#else
    unsigned marks = 0;

    *high = 0;
    if (text_marks8(text_load8(at)) == 0 && text_marks8(text_load8(at + 8)) == 0 &&
        ((text_load8(at) | text_load8(at + 8)) & 0x8080808080808080u) == 0)
        return 0;
    for (unsigned i = 0; i < 16; i++) {
        unsigned char c = (unsigned char)at[i];

        marks |= (unsigned)(c < 0x20 || c == '"' || c == '\\') << i;
        *high |= (unsigned)(c >> 7) << i;
    }
    return marks;
#endif
}

/* Up to seven bytes as a word that text_marks8 understands: some bytes stand twice, the rest are blanks. */
static inline uint64_t text_load_few(const char *at, size_t len)
{
    if (len >= 4)
        return text_load4(at) | (uint64_t)text_load4(at + len - 4) << 32;
    if (len == 0)
        return 0x2020202020202020u;
    return 0x2020202020000000u | (unsigned char)at[0] | (uint64_t)(unsigned char)at[len / 2] << 8 |
           (uint64_t)(unsigned char)at[len - 1] << 16;
}

/* memcpy for short texts: two overlapping moves instead of a call. */
static inline void text_copy16(char *to, const char *at, size_t len)
{
    if (len >= 8) {
        uint64_t head = text_load8(at), tail = text_load8(at + len - 8);

        memcpy(to, &head, 8);
        memcpy(to + len - 8, &tail, 8);
    } else if (len >= 4) {
        uint32_t head = text_load4(at), tail = text_load4(at + len - 4);

        memcpy(to, &head, 4);
        memcpy(to + len - 4, &tail, 4);
    } else if (len > 0) {
        char first = at[0], middle = at[len / 2], last = at[len - 1];

        to[0] = first;
        to[len / 2] = middle;
        to[len - 1] = last;
    }
}

#endif
