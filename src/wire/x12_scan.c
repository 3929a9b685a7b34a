#include "wire/x12_scan.h"

#if defined(__x86_64__)
#include <immintrin.h>

/* One entry a set bit; eight at a time without a branch, since most blocks hold a few. */
static inline uint32_t *marks_of(uint64_t bits, uint32_t base, uint32_t *out)
{
    unsigned count = (unsigned)__builtin_popcountll(bits);
    uint32_t *end = out + count;

    while (out < end) {
        for (int i = 0; i < 8; i++) {
            out[i] = base + (uint32_t)__builtin_ctzll(bits | (1ULL << 63));
            bits &= bits - 1;
        }
        out += 8;
    }
    return end;
}

/* Signed bytes: everything above 0x7f is negative, so "below 0x20" finds both; 0x7f is compared apart. */
static inline uint32_t odd_sse2(__m128i v, __m128i e, __m128i t, __m128i c, __m128i r, __m128i low,
                                __m128i del)
{
    __m128i hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, e), _mm_cmpeq_epi8(v, t)),
                               _mm_or_si128(_mm_cmpeq_epi8(v, c), _mm_cmpeq_epi8(v, r)));

    hit = _mm_or_si128(hit, _mm_or_si128(_mm_cmplt_epi8(v, low), _mm_cmpeq_epi8(v, del)));
    return (uint32_t)_mm_movemask_epi8(hit);
}

static size_t scan_sse2(const char *data, size_t from, size_t to, const char wanted[4], uint32_t *marks)
{
    const __m128i e = _mm_set1_epi8(wanted[0]), t = _mm_set1_epi8(wanted[1]), c = _mm_set1_epi8(wanted[2]),
                  r = _mm_set1_epi8(wanted[3]), low = _mm_set1_epi8(0x20), del = _mm_set1_epi8(0x7f);
    uint32_t *out = marks;

    for (size_t at = from; at < to; at += 64) {
        const __m128i *v = (const __m128i *)(const void *)(data + at);
        uint64_t bits = odd_sse2(_mm_loadu_si128(v), e, t, c, r, low, del);

        bits |= (uint64_t)odd_sse2(_mm_loadu_si128(v + 1), e, t, c, r, low, del) << 16;
        bits |= (uint64_t)odd_sse2(_mm_loadu_si128(v + 2), e, t, c, r, low, del) << 32;
        bits |= (uint64_t)odd_sse2(_mm_loadu_si128(v + 3), e, t, c, r, low, del) << 48;
        if (to - at < 64)
            bits &= (1ULL << (to - at)) - 1;
        out = marks_of(bits, (uint32_t)at, out);
    }
    return (size_t)(out - marks);
}

__attribute__((target("avx2,bmi,popcnt"))) static size_t scan_avx2(const char *data, size_t from, size_t to,
                                                                   const char wanted[4], uint32_t *marks)
{
    const __m256i e = _mm256_set1_epi8(wanted[0]), t = _mm256_set1_epi8(wanted[1]),
                  c = _mm256_set1_epi8(wanted[2]), r = _mm256_set1_epi8(wanted[3]),
                  low = _mm256_set1_epi8(0x20), del = _mm256_set1_epi8(0x7f);
    uint32_t *out = marks;

    for (size_t at = from; at < to; at += 64) {
        uint64_t bits = 0;

        for (int half = 0; half < 2; half++) {
            __m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(data + at + 32 * half));
            __m256i hit = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(v, e), _mm256_cmpeq_epi8(v, t)),
                                          _mm256_or_si256(_mm256_cmpeq_epi8(v, c), _mm256_cmpeq_epi8(v, r)));

            hit = _mm256_or_si256(hit, _mm256_or_si256(_mm256_cmpgt_epi8(low, v), _mm256_cmpeq_epi8(v, del)));
            bits |= (uint64_t)(uint32_t)_mm256_movemask_epi8(hit) << (32 * half);
        }
        if (to - at < 64)
            bits &= (1ULL << (to - at)) - 1;
        out = marks_of(bits, (uint32_t)at, out);
    }
    return (size_t)(out - marks);
}

x12_scan *x12_scan_best(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? scan_avx2 : scan_sse2;
}

#else

static size_t scan_plain(const char *data, size_t from, size_t to, const char wanted[4], uint32_t *marks)
{
    size_t count = 0;

    for (size_t at = from; at < to; at++) {
        unsigned char c = (unsigned char)data[at];

        marks[count] = (uint32_t)at;
        count += c < 0x20 || c > 0x7e || data[at] == wanted[0] || data[at] == wanted[1] ||
                 data[at] == wanted[2] || data[at] == wanted[3];
    }
    return count;
}

x12_scan *x12_scan_best(void)
{
    return scan_plain;
}

#endif
