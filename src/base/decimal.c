#include "base/decimal.h"

#include <assert.h>

/* --- text */

/* The parts of a number as it was written. */
struct parts {
    bool negative;
    bool pointed;
    struct bytes whole; /* without leading zeros; may be empty */
    struct bytes fraction;
    bool scaled; /* there was an exponent */
    int exponent;
};

static size_t count_digits(struct bytes text)
{
    size_t n = 0;

    while (n < text.len && text.at[n] >= '0' && text.at[n] <= '9')
        n++;
    return n;
}

static struct bytes without(struct bytes text, size_t n)
{
    return (struct bytes){text.at + n, text.len - n};
}

static bool all_zero(struct bytes digits)
{
    for (size_t i = 0; i < digits.len; i++)
        if (digits.at[i] != '0')
            return false;
    return true;
}

/* E, and what follows it. */
static bool read_exponent(struct bytes text, int *exponent)
{
    bool negative = text.len > 0 && text.at[0] == '-';
    uint64_t value;

    if (negative || (text.len > 0 && text.at[0] == '+'))
        text = without(text, 1);
    if (!bytes_to_count(text, DECIMAL_MAX_EXPONENT, &value))
        return false;
    *exponent = negative ? -(int)value : (int)value;
    return true;
}

static bool read_parts(struct bytes text, struct parts *parts)
{
    size_t n;

    text = bytes_trim(text);
    if (text.len == 0)
        return false;
    *parts = (struct parts){.negative = text.at[0] == '-'};
    if (parts->negative || text.at[0] == '+')
        text = without(text, 1);
    n = count_digits(text);
    parts->whole = (struct bytes){text.at, n};
    text = without(text, n);
    if (text.len > 0 && text.at[0] == '.') {
        parts->pointed = true;
        text = without(text, 1);
        n = count_digits(text);
        parts->fraction = (struct bytes){text.at, n};
        text = without(text, n);
    }
    if (parts->whole.len + parts->fraction.len == 0)
        return false;
    parts->scaled = text.len > 0;
    if (parts->scaled &&
        ((text.at[0] != 'E' && text.at[0] != 'e') || !read_exponent(without(text, 1), &parts->exponent)))
        return false;
    while (parts->whole.len > 0 && parts->whole.at[0] == '0')
        parts->whole = without(parts->whole, 1);
    if (parts->negative && parts->whole.len == 0 && all_zero(parts->fraction))
        parts->negative = false;
    return true;
}

static char digit_at(const struct parts *parts, size_t i)
{
    return i < parts->whole.len ? parts->whole.at[i] : parts->fraction.at[i - parts->whole.len];
}

static char *put_digits(char *to, const struct parts *parts, size_t from, size_t end)
{
    for (; from < end; from++)
        *to++ = digit_at(parts, from);
    return to;
}

static char *put_zeros(char *to, size_t n)
{
    memset(to, '0', n);
    return to + n;
}

/* Canonical text of the parts: their digits, the point moved by the exponent. */
static bool write_parts(const struct parts *parts, struct arena *arena, struct bytes *out)
{
    long n = (long)(parts->whole.len + parts->fraction.len);
    long point = (long)parts->whole.len + parts->exponent; /* digits before it; may lie outside them */
    size_t before = (size_t)(point <= 0 ? 0 : point < n ? point : n);
    size_t zeros_before = (size_t)(point > n ? point - n : 0);
    size_t zeros_behind = (size_t)(point < 0 ? -point : 0);
    size_t from = 0;
    char *at, *to;

    while (from < before && digit_at(parts, from) == '0')
        from++;
    at = to = arena_text(arena, 3 + zeros_before + zeros_behind + (size_t)n);
    if (at == NULL)
        return false;
    if (parts->negative)
        *to++ = '-';
    if (from == before) {
        *to++ = '0';
    } else {
        to = put_digits(to, parts, from, before);
        to = put_zeros(to, zeros_before);
    }
    if (zeros_behind > 0 || (size_t)n > before) {
        *to++ = '.';
        to = put_zeros(to, zeros_behind);
        to = put_digits(to, parts, before, (size_t)n);
    }
    *out = (struct bytes){at, (size_t)(to - at)};
    return true;
}

bool decimal_from_real(struct bytes text, struct arena *arena, struct bytes *out)
{
    struct parts parts;
    bool signs_digits;

    if (decimal_is_canonical(text)) {
        *out = text;
        return true;
    }
    if (!read_parts(text, &parts))
        return false;
    signs_digits = parts.negative && parts.whole.len > 0 && parts.whole.at[-1] == '-';
    if (parts.exponent != 0 || parts.whole.len == 0 || (parts.negative && !signs_digits))
        return write_parts(&parts, arena, out);
    *out = (struct bytes){parts.whole.at - parts.negative,
                          parts.negative + parts.whole.len +
                              (parts.fraction.len > 0 ? 1 + parts.fraction.len : 0)};
    return true;
}

bool decimal_from_implied(struct bytes text, unsigned decimals, struct arena *arena, struct bytes *out)
{
    struct parts parts;

    if (decimals > 9 || !read_parts(text, &parts) || parts.pointed || parts.scaled)
        return false;
    if (decimals == 0 && decimal_is_canonical(text)) {
        *out = text;
        return true;
    }
    parts.exponent = -(int)decimals;
    return write_parts(&parts, arena, out);
}

bool decimal_to_implied(struct bytes text, unsigned decimals, struct arena *arena, struct bytes *out)
{
    struct parts parts;

    if (decimals > 9 || !decimal_is_canonical(text) || !read_parts(text, &parts))
        return false;
    while (parts.fraction.len > decimals) {
        if (parts.fraction.at[--parts.fraction.len] != '0')
            return false;
    }
    parts.exponent = (int)decimals;
    return write_parts(&parts, arena, out);
}

bool decimal_same(struct bytes a, struct bytes b)
{
    struct parts left, right;

    if (!read_parts(a, &left) || !read_parts(b, &right))
        return false;
    while (left.fraction.len > 0 && left.fraction.at[left.fraction.len - 1] == '0')
        left.fraction.len--;
    while (right.fraction.len > 0 && right.fraction.at[right.fraction.len - 1] == '0')
        right.fraction.len--;
    return left.negative == right.negative && left.exponent == right.exponent &&
           bytes_equal(left.whole, right.whole) && bytes_equal(left.fraction, right.fraction);
}

/* --- numbers */

typedef __int128 units;

static units power(unsigned n)
{
    units value = 1;

    assert(n <= DECIMAL_MAX_DIGITS);
    while (n-- > 0)
        value *= 10;
    return value;
}

static bool fits(units value)
{
    const units ten_19 = (units)UINT64_C(10000000000000000000), limit = ten_19 * ten_19;

    _Static_assert(DECIMAL_MAX_DIGITS == 38, "the limit is 10^38");
    return value < limit && value > -limit;
}

/* Nearly all numbers: a minus, digits, a point, in 18 characters.  False: another form, or none. */
static bool parse_few(struct bytes text, struct decimal *out)
{
    const bool negative = text.len > 0 && text.at[0] == '-';
    unsigned digits = 0, behind = 0;
    bool pointed = false;
    int64_t sum = 0;

    if (text.len > 18)
        return false;
    for (size_t i = negative; i < text.len; i++) {
        const unsigned digit = (unsigned char)text.at[i] - (unsigned)'0';

        if (digit > 9) {
            if (text.at[i] != '.' || pointed)
                return false;
            pointed = true;
            continue;
        }
        sum = sum * 10 + digit;
        digits++;
        behind += pointed;
    }
    if (digits == 0 || behind > DECIMAL_MAX_SCALE)
        return false;
    *out = (struct decimal){negative ? -sum : sum, behind};
    return true;
}

bool decimal_parse(struct bytes text, struct decimal *out)
{
    struct parts parts;
    units sum = 0;

    if (parse_few(text, out))
        return true;
    if (!read_parts(text, &parts) || parts.scaled)
        return false;
    if (parts.fraction.len > DECIMAL_MAX_SCALE || parts.whole.len + parts.fraction.len > DECIMAL_MAX_DIGITS)
        return false;
    for (size_t i = 0; i < parts.whole.len + parts.fraction.len; i++)
        sum = sum * 10 + (digit_at(&parts, i) - '0');
    *out = (struct decimal){parts.negative ? -sum : sum, (unsigned)parts.fraction.len};
    return true;
}

struct decimal decimal_of_count(uint64_t count)
{
    return (struct decimal){(units)count, 0};
}

size_t decimal_print(struct decimal decimal, char out[DECIMAL_TEXT])
{
    char digits[DECIMAL_MAX_DIGITS + 2];
    bool negative = decimal.units < 0;
    unsigned __int128 rest = negative ? -(unsigned __int128)decimal.units : (unsigned __int128)decimal.units;
    unsigned n = 0;
    char *to = out;

    while ((rest > 0 || n <= decimal.scale) && n < sizeof(digits)) {
        digits[n++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    if (negative)
        *to++ = '-';
    while (n > 0) {
        *to++ = digits[--n];
        if (n == decimal.scale && n > 0)
            *to++ = '.';
    }
    *to = '\0';
    return (size_t)(to - out);
}

static bool rescale(struct decimal decimal, unsigned scale, struct decimal *out)
{
    units value;

    if (scale == decimal.scale) {
        *out = decimal;
        return fits(decimal.units);
    }
    if (__builtin_mul_overflow(decimal.units, power(scale - decimal.scale), &value) || !fits(value))
        return false;
    *out = (struct decimal){value, scale};
    return true;
}

bool decimal_add(struct decimal a, struct decimal b, struct decimal *out)
{
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;

    if (!rescale(a, scale, &a) || !rescale(b, scale, &b) || !fits(a.units + b.units))
        return false;
    *out = (struct decimal){a.units + b.units, scale};
    return true;
}

bool decimal_subtract(struct decimal a, struct decimal b, struct decimal *out)
{
    b.units = -b.units;
    return decimal_add(a, b, out);
}

/* Takes zeros off the end of the decimals, at most `n`; how many. */
static unsigned strip(struct decimal *decimal, unsigned n)
{
    unsigned stripped = 0;

    while (stripped < n && decimal->scale > 0 && decimal->units % 10 == 0) {
        decimal->units /= 10;
        decimal->scale--;
        stripped++;
    }
    return stripped;
}

bool decimal_multiply(struct decimal a, struct decimal b, struct decimal *out)
{
    for (;;) {
        units value;

        if (a.scale + b.scale <= DECIMAL_MAX_SCALE && !__builtin_mul_overflow(a.units, b.units, &value) &&
            fits(value)) {
            *out = (struct decimal){value, a.scale + b.scale};
            return true;
        }
        if (strip(&a, 1) == 0 && strip(&b, 1) == 0)
            return false;
    }
}

int decimal_compare(struct decimal a, struct decimal b)
{
    units whole_a = a.units / power(a.scale), whole_b = b.units / power(b.scale);
    unsigned scale = a.scale > b.scale ? a.scale : b.scale;
    units rest_a, rest_b;

    if (whole_a != whole_b)
        return whole_a < whole_b ? -1 : 1;
    /* Less than 10^38 each: a common scale cannot overflow. */
    rest_a = a.units % power(a.scale) * power(scale - a.scale);
    rest_b = b.units % power(b.scale) * power(scale - b.scale);
    return rest_a < rest_b ? -1 : rest_a > rest_b;
}

bool decimal_round(struct decimal decimal, unsigned scale, struct decimal *out)
{
    units step, rest, value;

    if (scale > DECIMAL_MAX_SCALE)
        return false;
    if (scale >= decimal.scale)
        return rescale(decimal, scale, out);
    step = power(decimal.scale - scale);
    value = decimal.units / step;
    rest = decimal.units % step;
    if (rest < 0)
        rest = -rest;
    if (rest >= step - rest)
        value += decimal.units < 0 ? -1 : 1;
    *out = (struct decimal){value, scale};
    return true;
}
