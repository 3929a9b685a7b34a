/*
 * types: whether a value fits a data type of X12 (X12.6, 3.3; X12.3 for lengths).
 *
 * Pure functions over bytes; a value given here is never empty.
 */
#ifndef CROSSDOCK_STANDARD_TYPES_H
#define CROSSDOCK_STANDARD_TYPES_H

#include "base/bytes.h"

static inline bool types_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* N: digits after an optional minus.  *digits is what counts for the length. */
static inline bool types_integer(const char *at, size_t len, size_t *digits)
{
    size_t i = at[0] == '-';

    *digits = len - i;
    if (i == len)
        return false;
    for (; i < len; i++)
        if (!types_digit(at[i]))
            return false;
    return true;
}

/* R: an optional minus, digits with at most one point, an optional exponent (E, optional minus, digits).
 * Signs, point and E do not count for the length. */
bool types_real(const char *at, size_t len, size_t *digits);

/* DT: YYMMDD or CCYYMMDD, a day of the Gregorian calendar. */
bool types_date(const char *at, size_t len);

/* TM: HHMM, HHMMSS, HHMMSSD or HHMMSSDD. */
bool types_time(const char *at, size_t len);

/* The first byte that is a control character (below 0x20, or 0x7f); len when there is none. */
size_t types_control(const char *at, size_t len);

/* The first byte outside the basic character set; outside ASCII; len when there is none. */
size_t types_beyond_basic(const char *at, size_t len);
size_t types_beyond_ascii(const char *at, size_t len);

/* Characters of UTF-8 text: bytes that continue one do not count. */
size_t types_characters(const char *at, size_t len);

#endif
