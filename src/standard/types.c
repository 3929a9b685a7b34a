#include "standard/types.h"

#include "base/digits.h"

bool types_real(const char *at, size_t len, size_t *digits)
{
    size_t i = at[0] == '-', before, n;

    for (before = i; i < len && types_digit(at[i]); i++)
        ;
    n = i - before;
    if (i < len && at[i] == '.') {
        for (before = ++i; i < len && types_digit(at[i]); i++)
            ;
        n += i - before;
    }
    *digits = n;
    if (n == 0)
        return false;
    if (i < len && at[i] == 'E') {
        i++;
        if (i < len && at[i] == '-')
            i++;
        for (before = i; i < len && types_digit(at[i]); i++)
            ;
        if (i == before)
            return false;
        *digits += i - before;
    }
    return i == len;
}

static unsigned two(const char *at)
{
    return (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0');
}

bool types_date(const char *at, size_t len)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned year, month, day;

    if ((len != 8 && len != 6) || !digits_only(at, len))
        return false;
    year = two(at + len - 6);
    month = two(at + len - 4);
    day = two(at + len - 2);
    if (month - 1 > 11 || day - 1 >= days[month - 1])
        return false;
    if (len == 8) {
        year += two(at) * 100;
        if (year == 0)
            return false;
    }
    if (month != 2 || day != 29)
        return true;
    /* Of a year without a century every fourth may be a leap year. */
    return year % 4 == 0 && (len == 6 || year % 100 != 0 || year % 400 == 0);
}

bool types_time(const char *at, size_t len)
{
    if ((len != 4 && len != 6 && len != 7 && len != 8) || !digits_only(at, len))
        return false;
    return two(at) < 24 && two(at + 2) < 60 && (len == 4 || two(at + 4) < 60);
}

size_t types_control(const char *at, size_t len)
{
    size_t i = 0;

    while (i < len && (unsigned char)at[i] >= 0x20 && at[i] != 0x7f)
        i++;
    return i;
}

size_t types_beyond_basic(const char *at, size_t len)
{
    size_t i = 0;

    while (i < len && ((at[i] >= 'A' && at[i] <= 'Z') || types_digit(at[i]) ||
                       (at[i] != '\0' && strchr(" !\"&'()*+,-./:;?=", at[i]) != NULL)))
        i++;
    return i;
}

size_t types_beyond_ascii(const char *at, size_t len)
{
    size_t i = 0;

    while (i < len && (unsigned char)at[i] < 0x80)
        i++;
    return i;
}

size_t types_characters(const char *at, size_t len)
{
    size_t n = 0;

    for (size_t i = 0; i < len; i++)
        n += ((unsigned char)at[i] & 0xc0) != 0x80;
    return n;
}
