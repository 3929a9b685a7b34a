#include "wire/x12_scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static void want(struct x12_wanted *wanted, unsigned char c)
{
    if (c < 0x80)
        wanted->column[c & 15] |= (uint8_t)(1u << (c >> 4));
}

void x12_scan_want(struct x12_wanted *wanted, const char separators[4])
{
    memset(wanted, 0, sizeof(*wanted));
    for (unsigned char c = 0; c < 0x20; c++)
        want(wanted, c);
    want(wanted, 0x7f);
    want(wanted, '"');
    want(wanted, '\\');
    for (unsigned i = 0; i < 4; i++)
        want(wanted, (unsigned char)separators[i]);
}

static size_t scan_plain(const char *data, size_t from, size_t to, const struct x12_wanted *wanted,
                         uint32_t *marks)
{
    size_t count = 0;

    for (size_t at = from; at < to; at++) {
        unsigned char c = (unsigned char)data[at];

        marks[count] = (uint32_t)at;
        count += c >> 7 | (wanted->column[c & 15] >> (c >> 4 & 7) & 1);
    }
    return count;
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2,bmi,popcnt")))

/* One entry a set bit; eight at a time without a branch, since most blocks hold a few.  (Of a word without
 * set bits tzcnt makes 64: no bound on it matters, the entry is written over.) */
static inline AVX2 uint32_t *marks_of(uint64_t bits, uint32_t base, uint32_t *out)
{
    uint32_t *end = out + _mm_popcnt_u64(bits);

    for (; out < end; out += 8)
        for (int i = 0; i < 8; i++) {
            out[i] = base + (uint32_t)_tzcnt_u64(bits);
            bits = _blsr_u64(bits);
        }
    return end;
}

/*
 * Of 32 bytes those that are wanted: the low half of a byte chooses its column, the high half the bit in it.
 * From 0x80 on both shuffles give 0, and 0 is all of the bits that are asked for.
 */
static inline AVX2 uint32_t wanted_of(__m256i bytes, __m256i columns, __m256i bits)
{
    __m256i high = _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(15));
    __m256i bit = _mm256_shuffle_epi8(bits, high);

    return (uint32_t)_mm256_movemask_epi8(
        _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(columns, bytes), bit), bit));
}

static AVX2 size_t scan_avx2(const char *data, size_t from, size_t to, const struct x12_wanted *wanted,
                             uint32_t *marks)
{
    const __m256i columns = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)wanted->column));
    const __m256i bits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0));
    uint32_t *out = marks;

    for (size_t at = from; at < to; at += 64) {
        const __m256i *block = (const __m256i *)(const void *)(data + at);
        uint64_t found = wanted_of(_mm256_loadu_si256(block), columns, bits) |
                         (uint64_t)wanted_of(_mm256_loadu_si256(block + 1), columns, bits) << 32;

        if (to - at < 64)
            found &= (1ULL << (to - at)) - 1;
        out = marks_of(found, (uint32_t)at, out);
    }
    return (size_t)(out - marks);
}

x12_scan *x12_scan_best(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt")
               ? scan_avx2
               : scan_plain;
}

#else

x12_scan *x12_scan_best(void)
{
    return scan_plain;
}

#endif
