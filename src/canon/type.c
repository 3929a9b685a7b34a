/* type: what a value of each type looks like; see enum canon_type and maps/canon/README. */
#include "base/date.h"
#include "base/decimal.h"
#include "canon/schema.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Two digits as a number, or 100. */
static unsigned two(const char *at)
{
    return is_digit(at[0]) && is_digit(at[1]) ? (unsigned)(at[0] - '0') * 10 + (unsigned)(at[1] - '0') : 100;
}

/* At most 18 digits, so that it fits what others keep integers in. */
static bool is_integer(const char *at, const char *end)
{
    if (at < end && *at == '-')
        at++;
    if (at == end || end - at > 18 || (*at == '0' && end - at > 1))
        return false;
    while (at < end && is_digit(*at))
        at++;
    return at == end;
}

static bool is_date(const char *at)
{
    struct date date;

    return date_parse_iso((struct bytes){at, DATE_TEXT}, &date);
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
    if (end - at < 2 || at[0] != '.' || !is_digit(at[1]))
        return at;
    at++;
    for (unsigned n = 0; at < end && n < TIME_MAX_DECIMALS && is_digit(*at); n++)
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

static bool is_datetime(const char *at, const char *end)
{
    const char *stop;

    if (end - at < 16 || !is_date(at) || at[DATE_TEXT] != 'T')
        return false;
    stop = time_end(at + DATE_TEXT + 1, end);
    return stop != NULL && (stop == end || is_zone(stop, end));
}

bool canon_type_holds(enum canon_type type, const char *text, size_t len)
{
    const char *end = text + len;

    if (len == 0)
        return false;
    switch (type) {
    case CANON_STRING:
    case CANON_CODE: return true;
    case CANON_DECIMAL: return decimal_is_canonical((struct bytes){text, len});
    case CANON_INTEGER: return is_integer(text, end);
    case CANON_BOOLEAN:
        return (len == 4 && memcmp(text, "true", 4) == 0) || (len == 5 && memcmp(text, "false", 5) == 0);
    case CANON_DATE: return len == DATE_TEXT && is_date(text);
    case CANON_TIME: return time_end(text, end) == end;
    case CANON_DATETIME: return is_datetime(text, end);
    case CANON_OBJECT: break;
    }
    return false;
}
