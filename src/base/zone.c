#include "base/zone.h"

#include "base/file.h"

enum { DAY = 86400, MAX_OFFSET = 26 * 3600, FOOTER = 256, MAX_NAME = 64 };

const struct zone zone_utc = {.winter = 0};

/* --- rules of POSIX: CST6CDT,M3.2.0,M11.1.0 and <+0330>-3:30 */

struct rule {
    const char *at, *end;
};

static bool take_mark(struct rule *rule, char mark)
{
    if (rule->at == rule->end || *rule->at != mark)
        return false;
    rule->at++;
    return true;
}

static bool take_count(struct rule *rule, int32_t most, int32_t *out)
{
    const char *begin = rule->at;

    *out = 0;
    while (rule->at < rule->end && *rule->at >= '0' && *rule->at <= '9' && *out <= most)
        *out = *out * 10 + (*rule->at++ - '0');
    return rule->at > begin && *out <= most;
}

/* h[:mm[:ss]], with a sign before it. */
static bool take_hours(struct rule *rule, int32_t *out)
{
    bool negative = take_mark(rule, '-');
    int32_t hours, minutes = 0, seconds = 0;

    if (!negative)
        (void)take_mark(rule, '+');
    if (!take_count(rule, 167, &hours) || (take_mark(rule, ':') && !take_count(rule, 59, &minutes)) ||
        (take_mark(rule, ':') && !take_count(rule, 59, &seconds)))
        return false;
    *out = hours * 3600 + minutes * 60 + seconds;
    if (negative)
        *out = -*out;
    return true;
}

static bool take_name(struct rule *rule)
{
    const char *begin = rule->at;

    if (take_mark(rule, '<')) {
        while (rule->at < rule->end && *rule->at != '>')
            rule->at++;
        return take_mark(rule, '>');
    }
    while (rule->at < rule->end &&
           ((*rule->at >= 'A' && *rule->at <= 'Z') || (*rule->at >= 'a' && *rule->at <= 'z')))
        rule->at++;
    return rule->at - begin >= 3;
}

/* ,Mm.w.d[/time] */
static bool take_change(struct rule *rule, struct zone_change *out)
{
    int32_t month, week, weekday;

    if (!take_mark(rule, ',') || !take_mark(rule, 'M') || !take_count(rule, 12, &month) ||
        !take_mark(rule, '.') || !take_count(rule, 5, &week) || !take_mark(rule, '.') ||
        !take_count(rule, 6, &weekday) || month == 0 || week == 0)
        return false;
    *out = (struct zone_change){(uint8_t)month, (uint8_t)week, (uint8_t)weekday, 2 * 3600};
    return !take_mark(rule, '/') || take_hours(rule, &out->seconds);
}

static bool parse_rule(struct bytes text, struct zone *out)
{
    struct rule rule = {text.at, text.at + text.len};
    int32_t west;

    *out = (struct zone){.winter = 0};
    if (text.len == 0 || !take_name(&rule) || !take_hours(&rule, &west) || west < -MAX_OFFSET ||
        west > MAX_OFFSET)
        return false;
    out->winter = -west;
    if (rule.at == rule.end)
        return true;
    out->has_summer = true;
    out->summer = out->winter + 3600;
    if (!take_name(&rule))
        return false;
    if (rule.at < rule.end && *rule.at != ',') {
        if (!take_hours(&rule, &west) || west < -MAX_OFFSET || west > MAX_OFFSET)
            return false;
        out->summer = -west;
    }
    return take_change(&rule, &out->begin) && take_change(&rule, &out->end) && rule.at == rule.end;
}

/* --- the system's tables: the last line of each is its rule */

static bool is_name(struct bytes name)
{
    if (name.len == 0 || name.len > MAX_NAME || name.at[0] == '/' || name.at[0] == '.')
        return false;
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];

        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
              c == '-' || c == '+' || c == '/'))
            return false;
    }
    return true;
}

static bool read_table(struct bytes name, struct zone *out)
{
    struct arena arena;
    struct bytes whole, line;
    bool good = false;
    char *path;

    arena_init(&arena, 16384, 1024 * 1024);
    path = arena_format(&arena, "/usr/share/zoneinfo/%.*s", BYTES_ARG(name));
    if (path != NULL && file_read_whole(path, 512 * 1024, &arena, &whole, NULL) == 0 && whole.len > 44 &&
        memcmp(whole.at, "TZif", 4) == 0 && whole.at[whole.len - 1] == '\n') {
        line = (struct bytes){whole.at + whole.len - 1, 0};
        while (line.len < FOOTER && line.at > whole.at && line.at[-1] != '\n') {
            line.at--;
            line.len++;
        }
        good = parse_rule(line, out);
    }
    arena_release(&arena);
    return good;
}

bool zone_find(struct bytes name, struct zone *out)
{
    if (bytes_are(name, "UTC") || bytes_are(name, "Z")) {
        *out = zone_utc;
        return true;
    }
    return (is_name(name) && read_table(name, out)) || parse_rule(name, out);
}

/* --- clocks */

/* The moment of a change in a year, by the clock that is in force until then. */
static int64_t change_of(const struct zone_change *change, unsigned year, int32_t offset)
{
    int32_t first = date_days((struct date){(uint16_t)year, change->month, 1}), day;

    /* 1970-01-01 was a Thursday. */
    day = first + (change->weekday - (first % 7 + 7 + 4) % 7 + 7) % 7 + 7 * (change->week - 1);
    while (change->week == 5 && (date_of_days(day).month != change->month))
        day -= 7;
    return (int64_t)day * DAY + change->seconds - offset;
}

int32_t zone_offset(const struct zone *zone, int64_t moment)
{
    int64_t local, begin, end;
    int32_t day;
    unsigned year;
    bool summer;

    if (!zone->has_summer)
        return zone->winter;
    local = moment + zone->winter;
    day = (int32_t)(local / DAY - (local % DAY < 0));
    year = date_of_days(day).year;
    begin = change_of(&zone->begin, year, zone->winter);
    end = change_of(&zone->end, year, zone->summer);
    summer = begin < end ? moment >= begin && moment < end : moment >= begin || moment < end;
    return summer ? zone->summer : zone->winter;
}

int64_t zone_moment(const struct zone *zone, int32_t day, int32_t seconds)
{
    int64_t local = (int64_t)day * DAY + seconds, moment = local - zone->winter;

    return local - zone_offset(zone, moment - (zone->has_summer && zone_offset(zone, moment) != zone->winter
                                                   ? zone->summer - zone->winter
                                                   : 0));
}

int32_t zone_day(const struct zone *zone, int64_t moment)
{
    int64_t local = moment + zone_offset(zone, moment);

    return (int32_t)(local / DAY - (local % DAY < 0));
}

/* --- moments */

/* Two digits before `least` others; false: none. */
static bool two_digits(struct bytes *rest, int32_t most, int32_t *out)
{
    if (rest->len < 2 || rest->at[0] < '0' || rest->at[0] > '9' || rest->at[1] < '0' || rest->at[1] > '9')
        return false;
    *out = (rest->at[0] - '0') * 10 + rest->at[1] - '0';
    *rest = (struct bytes){rest->at + 2, rest->len - 2};
    return *out <= most;
}

static bool one_mark(struct bytes *rest, char mark)
{
    if (rest->len == 0 || rest->at[0] != mark)
        return false;
    *rest = (struct bytes){rest->at + 1, rest->len - 1};
    return true;
}

bool moment_parse(struct bytes text, const struct zone *zone, int64_t *out)
{
    int32_t hours = 0, minutes = 0, seconds = 0, sign = 0;
    struct bytes rest = {text.at + DATE_TEXT, text.len - DATE_TEXT};
    struct date date;

    if (text.len < DATE_TEXT || !date_parse_iso((struct bytes){text.at, DATE_TEXT}, &date))
        return false;
    if (one_mark(&rest, 'T')) {
        if (!two_digits(&rest, 23, &hours) || !one_mark(&rest, ':') || !two_digits(&rest, 59, &minutes) ||
            (one_mark(&rest, ':') && !two_digits(&rest, 59, &seconds)))
            return false;
        if (one_mark(&rest, '.'))
            while (rest.len > 0 && rest.at[0] >= '0' && rest.at[0] <= '9')
                rest = (struct bytes){rest.at + 1, rest.len - 1};
    }
    *out = (int64_t)date_days(date) * DAY + hours * 3600 + minutes * 60 + seconds;
    if (one_mark(&rest, 'Z'))
        return rest.len == 0;
    sign = one_mark(&rest, '+') ? 1 : one_mark(&rest, '-') ? -1 : 0;
    if (sign == 0) {
        *out = zone_moment(zone, date_days(date), hours * 3600 + minutes * 60 + seconds);
        return rest.len == 0;
    }
    if (!two_digits(&rest, 23, &hours) || !one_mark(&rest, ':') || !two_digits(&rest, 59, &minutes))
        return false;
    *out -= sign * (hours * 3600 + minutes * 60);
    return rest.len == 0;
}

static void print_two(char *at, char mark, int32_t number)
{
    at[0] = mark;
    at[1] = (char)('0' + number / 10 % 10);
    at[2] = (char)('0' + number % 10);
}

struct bytes moment_print(int64_t moment, char out[MOMENT_TEXT + 1])
{
    int32_t day = (int32_t)(moment / DAY - (moment % DAY < 0)), rest = (int32_t)(moment - (int64_t)day * DAY);

    date_print_iso(date_of_days(day), out);
    print_two(out + DATE_TEXT, 'T', rest / 3600);
    print_two(out + DATE_TEXT + 3, ':', rest / 60 % 60);
    print_two(out + DATE_TEXT + 6, ':', rest % 60);
    out[MOMENT_TEXT - 1] = 'Z';
    out[MOMENT_TEXT] = '\0';
    return (struct bytes){out, MOMENT_TEXT};
}
