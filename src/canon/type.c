/* type: what a value of each type looks like; see enum canon_type and maps/canon/README. */
#include "canon/schema.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two digits as a number, or 100 and more. */
static unsigned two(const char *at)
{
    return is_digit(at[0]) && is_digit(at[1]) ? (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0') : 100;
}

/* -?(0|[1-9][0-9]*); returns where it ends, or NULL. */
static const char *integer_end(const char *at, const char *end)
{
    if (at < end && *at == '-')
        at++;
    if (at == end || !is_digit(*at))
        return NULL;
    if (*at == '0')
        return at + 1;
    while (at < end && is_digit(*at))
        at++;
    return at;
}

static bool is_decimal(const char *at, const char *end)
{
    at = integer_end(at, end);
    if (at == NULL || at == end)
        return at != NULL;
    if (*at++ != '.' || at == end)
        return false;
    while (at < end && is_digit(*at))
        at++;
    return at == end;
}

static bool is_date(const char *at)
{
    static const unsigned char days[13] = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    unsigned century = two(at), year = two(at + 2), month, day;

    if (century > 99 || year > 99 || at[4] != '-' || at[7] != '-')
        return false;
    month = two(at + 5);
    day = two(at + 8);
    if (month < 1 || month > 12 || day < 1)
        return false;
    if (month == 2 && day == 29)
        return year % 4 == 0 && (year != 0 || century % 4 == 0);
    return day <= days[month];
}

/* HH:MM[:SS[.d+]]; returns where it ends, or NULL. */
static const char *time_end(const char *at, const char *end)
{
    if (end - at < 5 || two(at) > 23 || at[2] != ':' || two(at + 3) > 59)
        return NULL;
    at += 5;
    if (end - at < 3 || at[0] != ':')
        return at;
    if (two(at + 1) > 59)
        return NULL;
    at += 3;
    if (end - at >= 2 && at[0] == '.' && is_digit(at[1]))
        for (at += 2; at < end && is_digit(*at);)
            at++;
    return at;
}

static bool is_zone(const char *at, const char *end)
{
    if (end - at == 1)
        return *at == 'Z';
    return end - at == 6 && (*at == '+' || *at == '-') && two(at + 1) <= 23 && at[3] == ':' &&
           two(at + 4) <= 59;
}

bool canon_type_holds(enum canon_type type, const char *text, size_t len)
{
    const char *end = text + len, *stop;

    switch (type) {
    case CANON_STRING:
    case CANON_CODE: return len > 0;
    case CANON_DECIMAL: return is_decimal(text, end);
    case CANON_INTEGER: return len <= 19 && integer_end(text, end) == end && len > 0;
    case CANON_BOOLEAN:
        return (len == 4 && memcmp(text, "true", 4) == 0) || (len == 5 && memcmp(text, "false", 5) == 0);
    case CANON_DATE: return len == 10 && is_date(text);
    case CANON_TIME: return time_end(text, end) == end && len > 0;
    case CANON_DATETIME:
        if (len < 16 || !is_date(text) || text[10] != 'T')
            return false;
        stop = time_end(text + 11, end);
        return stop != NULL && (stop == end || is_zone(stop, end));
    case CANON_OBJECT: break;
    }
    return false;
}
