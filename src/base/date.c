#include "base/date.h"

static bool is_leap(unsigned year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool date_is_valid(unsigned year, unsigned month, unsigned day)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1)
        return false;
    return day <= lengths[month - 1] + (month == 2 && is_leap(year) ? 1u : 0u);
}

/* Two digits; 1000, which nothing accepts, when they are none. */
static unsigned pair_at(const char *at)
{
    unsigned tens = (unsigned)(at[0] - '0'), ones = (unsigned)(at[1] - '0');

    return tens > 9 || ones > 9 ? 1000 : 10 * tens + ones;
}

static void put_pair(char *to, unsigned value)
{
    to[0] = (char)('0' + value / 10 % 10);
    to[1] = (char)('0' + value % 10);
}

static bool make(unsigned century, unsigned year, const char *rest, struct date *out)
{
    unsigned month = pair_at(rest), day = pair_at(rest + 2);

    if (century > 99 || year > 99 || !date_is_valid(100 * century + year, month, day))
        return false;
    *out = (struct date){(uint16_t)(100 * century + year), (uint8_t)month, (uint8_t)day};
    return true;
}

bool date_parse_x12(struct bytes text, struct date *out)
{
    unsigned year;

    if (text.len == 8)
        return make(pair_at(text.at), pair_at(text.at + 2), text.at + 4, out);
    if (text.len != 6)
        return false;
    year = pair_at(text.at);
    return make(year < DATE_PIVOT ? 20 : 19, year, text.at + 2, out);
}

bool date_parse_iso(struct bytes text, struct date *out)
{
    char rest[4];

    if (text.len != DATE_TEXT || text.at[4] != '-' || text.at[7] != '-')
        return false;
    memcpy(rest, text.at + 5, 2);
    memcpy(rest + 2, text.at + 8, 2);
    return make(pair_at(text.at), pair_at(text.at + 2), rest, out);
}

void date_print_iso(struct date date, char out[DATE_TEXT])
{
    put_pair(out, date.year / 100u);
    put_pair(out + 2, date.year % 100u);
    out[4] = '-';
    put_pair(out + 5, date.month);
    out[7] = '-';
    put_pair(out + 8, date.day);
}

bool date_to_x12(struct bytes iso, unsigned digits, struct arena *arena, struct bytes *out)
{
    struct date date;
    char *at;

    if ((digits != 6 && digits != 8) || !date_parse_iso(iso, &date))
        return false;
    if (digits == 6 && (date.year < 1900u + DATE_PIVOT || date.year >= 2000u + DATE_PIVOT))
        return false;
    at = arena_text(arena, digits);
    if (at == NULL)
        return false;
    if (digits == 8)
        put_pair(at, date.year / 100u);
    put_pair(at + digits - 6, date.year % 100u);
    put_pair(at + digits - 4, date.month);
    put_pair(at + digits - 2, date.day);
    *out = (struct bytes){at, digits};
    return true;
}

/* Years begin in March here, so that the leap day is the last; an era is 400 years, 146,097 days. */
enum { ERA_DAYS = 146097, EPOCH = 719468 /* days from 0000-03-01 to 1970-01-01 */ };

int32_t date_days(struct date date)
{
    int32_t year = date.year - (date.month <= 2), era = year / 400, of_era = year % 400;
    int32_t month = (date.month + 9) % 12;
    int32_t day = (153 * month + 2) / 5 + date.day - 1;

    return era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + day - EPOCH;
}

struct date date_of_days(int32_t days)
{
    int32_t shifted = days + EPOCH, era = shifted / ERA_DAYS, rest = shifted % ERA_DAYS;
    int32_t of_era = (rest - rest / 1460 + rest / 36524 - rest / 146096) / 365;
    int32_t day = rest - (365 * of_era + of_era / 4 - of_era / 100);
    int32_t month = (5 * day + 2) / 153;
    struct date date = {.day = (uint8_t)(day - (153 * month + 2) / 5 + 1)};

    date.month = (uint8_t)(month < 10 ? month + 3 : month - 9);
    date.year = (uint16_t)(era * 400 + of_era + (date.month <= 2));
    return date;
}

static bool all_digits(const char *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] < '0' || at[i] > '9')
            return false;
    return true;
}

bool time_from_x12(struct bytes text, struct arena *arena, struct bytes *out)
{
    size_t decimals = text.len > 6 ? text.len - 6 : 0, len;
    char *at;

    if (text.len < 4 || text.len == 5 || decimals > TIME_MAX_DECIMALS || pair_at(text.at) > 23 ||
        pair_at(text.at + 2) > 59 || (text.len > 4 && pair_at(text.at + 4) > 59) ||
        (decimals > 0 && !all_digits(text.at + 6, decimals)))
        return false;
    len = text.len == 4 ? 5 : 8 + (decimals > 0 ? 1 + decimals : 0);
    at = arena_text(arena, len);
    if (at == NULL)
        return false;
    memcpy(at, text.at, 2);
    at[2] = ':';
    memcpy(at + 3, text.at + 2, 2);
    if (text.len > 4) {
        at[5] = ':';
        memcpy(at + 6, text.at + 4, 2);
    }
    if (decimals > 0) {
        at[8] = '.';
        memcpy(at + 9, text.at + 6, decimals);
    }
    *out = (struct bytes){at, len};
    return true;
}

bool time_to_x12(struct bytes iso, struct arena *arena, struct bytes *out)
{
    char digits[6 + TIME_MAX_DECIMALS], *at;
    size_t len = 4, decimals = iso.len > 9 ? iso.len - 9 : 0;

    if ((iso.len != 5 && iso.len != 8 && iso.len < 10) || decimals > TIME_MAX_DECIMALS || iso.at[2] != ':' ||
        (iso.len > 5 && iso.at[5] != ':') || (decimals > 0 && iso.at[8] != '.'))
        return false;
    memcpy(digits, iso.at, 2);
    memcpy(digits + 2, iso.at + 3, 2);
    if (iso.len > 5) {
        memcpy(digits + 4, iso.at + 6, 2);
        memcpy(digits + 6, iso.at + 9, decimals);
        len = 6 + decimals;
    }
    if (pair_at(digits) > 23 || pair_at(digits + 2) > 59 || (len > 4 && pair_at(digits + 4) > 59) ||
        !all_digits(digits, len))
        return false;
    at = arena_text(arena, len);
    if (at == NULL)
        return false;
    memcpy(at, digits, len);
    *out = (struct bytes){at, len};
    return true;
}
