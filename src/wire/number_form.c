#include "wire/number_form.h"

#include "base/decimal.h"

static bool is_digits(struct bytes text)
{
    const uint64_t high = UINT64_C(0xf0f0f0f0f0f0f0f0), digits = UINT64_C(0x3030303030303030);
    size_t i = 0;

    /* Eight at a time: the high half of each is 3, and stays so six further on. */
    for (; i + 8 <= text.len; i += 8) {
        uint64_t eight;

        memcpy(&eight, text.at + i, 8);
        if ((eight & high) != digits || ((eight + UINT64_C(0x0606060606060606)) & high) != digits)
            return false;
    }
    for (; i < text.len; i++)
        if (text.at[i] < '0' || text.at[i] > '9')
            return false;
    return text.len > 0;
}

static void add_fraction(struct buffer *into, struct bytes fraction, size_t wanted)
{
    buffer_add(into, fraction.at, fraction.len < wanted ? fraction.len : wanted);
    for (size_t i = fraction.len; i < wanted; i++)
        buffer_add_byte(into, '0');
}

/* 0.05 with two implied decimals is 5, as a number is written. */
static void add_implied(struct buffer *into, struct bytes whole, struct bytes fraction, size_t wanted)
{
    size_t start = into->len, zeros = 0;

    buffer_add_bytes(into, whole);
    add_fraction(into, fraction, wanted);
    if (into->failed)
        return;
    while (start + zeros + 1 < into->len && into->at[start + zeros] == '0')
        zeros++;
    memmove(into->at + start, into->at + start + zeros, into->len - start - zeros);
    into->len -= zeros;
}

const char *number_form_write(const struct number_form *form, struct bytes number, struct buffer *into,
                              bool *negative)
{
    struct bytes rest = number, whole, fraction = {NULL, 0};
    size_t wanted;

    *negative = rest.len > 0 && rest.at[0] == '-';
    if (*negative) {
        rest.at++;
        rest.len--;
    }
    bytes_split(&rest, '.', &whole);
    if (rest.at != NULL)
        fraction = rest;
    if (!is_digits(whole) || (rest.at != NULL && !is_digits(fraction)))
        return "this is no number";
    wanted = form->scaled ? form->decimals : fraction.len;
    for (size_t i = wanted; i < fraction.len; i++)
        if (fraction.at[i] != '0')
            return "it has more decimals than this column";
    if (form->sign == NUMBER_SIGN_NONE && *negative)
        return "it is negative, and this column has no sign";
    if (form->implied) {
        add_implied(into, whole, fraction, wanted);
        return NULL;
    }
    buffer_add_bytes(into, whole);
    if (wanted > 0)
        buffer_add_byte(into, form->point);
    add_fraction(into, fraction, wanted);
    return NULL;
}

/* With the sign in front and a point for a comma, in the arena. */
static bool tidy(const struct number_form *form, struct bytes text, struct arena *arena, struct bytes *out)
{
    bool trailing = text.at[text.len - 1] == '-' || text.at[text.len - 1] == '+';
    char *at;

    if (!trailing && form->point == '.')
        return true;
    at = arena_text(arena, text.len);
    if (at == NULL)
        return false;
    if (trailing) {
        at[0] = text.at[text.len - 1];
        memcpy(at + 1, text.at, text.len - 1);
    } else {
        memcpy(at, text.at, text.len);
    }
    for (size_t i = 0; i < text.len && form->point != '.'; i++)
        at[i] = at[i] == form->point ? '.' : at[i];
    *out = (struct bytes){at, text.len};
    return true;
}

/* Digits alone, and not many, as most numbers with implied decimals are.  False: it is something else. */
static bool plain_implied(struct bytes text, unsigned decimals, struct arena *arena, struct bytes *out)
{
    enum { MANY = 40 };
    size_t whole = text.len > decimals ? text.len - decimals : 0, from = 0;
    char *at, *to;

    if (text.len > MANY || text.len <= decimals || decimals == 0 || !is_digits(text))
        return false;
    at = to = arena_text(arena, text.len + 1);
    if (at == NULL)
        return false;
    while (from + 8 < whole && memcmp(text.at + from, "00000000", 8) == 0)
        from += 8;
    while (from + 1 < whole && text.at[from] == '0')
        from++;
    memcpy(to, text.at + from, whole - from);
    to += whole - from;
    *to++ = '.';
    memcpy(to, text.at + whole, decimals);
    *out = (struct bytes){at, (size_t)(to + decimals - at)};
    return true;
}

const char *number_form_read(const struct number_form *form, struct bytes text, struct arena *arena,
                             struct bytes *out)
{
    if (text.len > 0 && (text.at[0] <= ' ' || text.at[text.len - 1] <= ' '))
        text = bytes_trim(text);
    if (text.len == 0)
        return "this is no number";
    if (form->implied && plain_implied(text, form->decimals, arena, out))
        return NULL;
    if (!form->implied && form->point == '.' && decimal_is_canonical(text)) {
        *out = text;
    } else {
        if (form->point != '.' && memchr(text.at, '.', text.len) != NULL)
            return "it has a point where numbers have a comma";
        if (memchr(text.at, 'E', text.len) != NULL || memchr(text.at, 'e', text.len) != NULL)
            return "it has an exponent: digits may be lost already";
        if (!tidy(form, text, arena, &text))
            return "no memory for it";
        if (form->implied ? !decimal_from_implied(text, form->decimals, arena, out)
                          : !decimal_from_real(text, arena, out))
            return form->implied ? "this is no number of digits alone" : "this is no number";
    }
    if (form->sign == NUMBER_SIGN_NONE && out->at[0] == '-')
        return "it is negative, and this column has no sign";
    return NULL;
}
