/*
 * decimal: numbers that keep their digits.
 *
 * Canonical text is -?(0|[1-9][0-9]*)(\.[0-9]+)? and never a negative zero ("-0" is "0", "-0.00" is "0.00").
 * Digits and scale that came are kept: "10.500" stays, ".50" is "0.50", "12." is "12", "0008" is "8".
 * Arithmetic is exact on up to 38 digits; what does not fit is reported, never rounded.  No binary floating
 * point anywhere.
 */
#ifndef CROSSDOCK_BASE_DECIMAL_H
#define CROSSDOCK_BASE_DECIMAL_H

#include "base/arena.h"
#include "base/digits.h"

enum {
    DECIMAL_MAX_DIGITS = 38,
    DECIMAL_MAX_SCALE = 38,
    DECIMAL_MAX_EXPONENT = 99,             /* of "1E99" */
    DECIMAL_TEXT = DECIMAL_MAX_DIGITS + 5, /* sign, "0.", NUL */
};

/* --- text */

/* Whether text is canonical already: most are, and cost one look at each byte. */
static inline bool decimal_is_canonical(struct bytes text)
{
    const char *at = text.at, *end, *digits;
    bool negative, nonzero = false;

    if (text.len == 0)
        return false;
    end = at + text.len;
    negative = *at == '-';
    at += negative;
    digits = at;
    for (; at < end && *at >= '0' && *at <= '9'; at++)
        nonzero |= *at != '0';
    if (at == digits || (*digits == '0' && at - digits > 1))
        return false;
    if (at < end) {
        if (*at++ != '.' || at == end)
            return false;
        for (; at < end && *at >= '0' && *at <= '9'; at++)
            nonzero |= *at != '0';
        if (at < end)
            return false;
    }
    return nonzero || !negative;
}

/* The same for the commonest texts: up to eight digits with a point among them at most, given as bytes_key
 * (never 0).  *digits: how many.  False says nothing. */
static inline bool decimal_is_short(uint64_t key, size_t len, size_t *digits)
{
    const uint64_t word = key | (DIGITS_ONES * '0' & ~(~UINT64_C(0) >> (64 - 8 * len)));
    const uint64_t others = digits_others(word);
    const bool zero = (word & 0xff) == '0';
    const unsigned bit = (unsigned)__builtin_ctzll(others | UINT64_C(1) << 63) & ~7u; /* of the point */

    *digits = len - (others != 0);
    if (others == 0)
        return !zero || len == 1;
    return (others & (others - 1)) == 0 && (word >> bit & 0xff) == '.' && bit > 0 && bit + 8 < 8 * len &&
           (!zero || bit == 8);
}

/*
 * X12 type R (and what people write for it): digits with one optional decimal point, an optional sign
 * before them ("+" is tolerated), an optional exponent ("1.5E3", expanded), blanks around it ignored.  *out
 * is a view of `text` where that serves, else text in the arena.  False: not such a number, or the arena
 * failed.
 */
bool decimal_from_real(struct bytes text, struct arena *arena, struct bytes *out);

/* X12 type Nn: digits and an optional sign, the last `decimals` (9 at most) of them behind an implied point:
 * N2 "5" is "0.05".  N0 makes integers of "007" and "+5".  As decimal_from_real. */
bool decimal_from_implied(struct bytes text, unsigned decimals, struct arena *arena, struct bytes *out);

/* Back to Nn: canonical "0.05" is N2 "5".  False: not canonical, more decimals than that (other than
 * zeros), or the arena failed. */
bool decimal_to_implied(struct bytes text, unsigned decimals, struct arena *arena, struct bytes *out);

/* Whether two canonical texts are the same number ("1.50" and "1.5"). */
bool decimal_same(struct bytes a, struct bytes b);

/* --- numbers */

struct decimal {
    __int128 units; /* the value is units / 10^scale; at most 38 digits */
    unsigned scale;
};

/* Text as decimal_from_real takes it, less the exponent.  False also on more than 38 digits. */
bool decimal_parse(struct bytes text, struct decimal *out);
struct decimal decimal_of_count(uint64_t count);

/* Canonical text with `scale` decimals and a NUL; its length. */
size_t decimal_print(struct decimal decimal, char out[DECIMAL_TEXT]);

/* False when the result has more than 38 digits or decimals; *out is then as it was.  The scale of a sum is
 * the larger one, of a product the sum of both (less zeros at the factors' ends, where it would not fit
 * else). */
bool decimal_add(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out);
bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out);

/* -1, 0, 1 by value, whatever the scales. */
int decimal_compare(struct decimal a, struct decimal b);

/* With `scale` decimals, halves away from zero.  False when it does not fit. */
bool decimal_round(struct decimal decimal, unsigned scale, struct decimal *out);

static inline int decimal_sign(struct decimal decimal)
{
    return decimal.units < 0 ? -1 : decimal.units > 0;
}

#endif
