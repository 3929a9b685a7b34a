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
    wanted->element = separators[0];
    for (unsigned char c = 0; c < 0x20; c++)
        want(wanted, c);
    want(wanted, 0x7f);
    want(wanted, '"');
    want(wanted, '\\');
    for (unsigned i = 0; i < 4; i++)
        want(wanted, (unsigned char)separators[i]);
}

static void scan_plain(const char *data, size_t len, const struct x12_wanted *wanted, uint64_t *separators,
                       uint64_t *stops)
{
    for (size_t at = 0; at < len; at += 64) {
        const size_t end = len - at < 64 ? len - at : 64;
        uint64_t found = 0, separator = 0;

        for (size_t i = 0; i < end; i++) {
            const unsigned char c = (unsigned char)data[at + i];

            found |= (uint64_t)(c >> 7 | (wanted->column[c & 15] >> (c >> 4 & 7) & 1)) << i;
            separator |= (uint64_t)(data[at + i] == wanted->element) << i;
        }
        *separators++ = separator;
        *stops++ = found & ~separator;
    }
}

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2")))

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

static AVX2 void scan_avx2(const char *data, size_t len, const struct x12_wanted *wanted,
                           uint64_t *separators, uint64_t *stops)
{
    const __m256i columns = _mm256_broadcastsi128_si256(
        _mm_loadu_si128((const __m128i *)(const void *)wanted->column));
    const __m256i bits = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(1, 2, 4, 8, 16, 32, 64, -128, 0, 0, 0, 0, 0, 0, 0, 0));
    const __m256i element = _mm256_set1_epi8(wanted->element);

    for (size_t at = 0; at < len; at += 64) {
        const __m256i *block = (const __m256i *)(const void *)(data + at);
        const __m256i low = _mm256_loadu_si256(block), high = _mm256_loadu_si256(block + 1);
        uint64_t found = wanted_of(low, columns, bits) | (uint64_t)wanted_of(high, columns, bits) << 32;
        const uint64_t separator = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, element)) |
                                   (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, element))
                                       << 32;

        if (len - at < 64)
            found &= (UINT64_C(1) << (len - at)) - 1;
        *separators++ = found & separator;
        *stops++ = found & ~separator;
    }
}

x12_scan *x12_scan_best(void)
{
    return __builtin_cpu_supports("avx2") ? scan_avx2 : scan_plain;
}

#else

x12_scan *x12_scan_best(void)
{
    return scan_plain;
}

#endif
