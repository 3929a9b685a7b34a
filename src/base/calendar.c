#include "base/calendar.h"

enum { DAY = 86400, MAX_IDLE = 400 /* days in a row that nobody works: then the calendar is not believed */ };

bool calendar_works(const struct calendar *calendar, int32_t day)
{
    uint32_t low = 0, high = calendar->n_holidays;

    /* 1970-01-01 was a Thursday. */
    if (calendar->workdays != 0 && (calendar->workdays >> ((day % 7 + 7 + 4) % 7) & 1) == 0)
        return false;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (calendar->holidays[middle] == day)
            return false;
        if (calendar->holidays[middle] < day)
            low = middle + 1;
        else
            high = middle;
    }
    return true;
}

int64_t calendar_add(const struct calendar *calendar, int64_t moment, uint64_t seconds)
{
    int32_t day = zone_day(&calendar->zone, moment), idle = 0;
    int64_t into = moment + zone_offset(&calendar->zone, moment) - (int64_t)day * DAY;

    while (idle < MAX_IDLE) {
        if (!calendar_works(calendar, day)) {
            idle++;
        } else if (seconds <= (uint64_t)(DAY - into)) {
            return zone_moment(&calendar->zone, day, (int32_t)(into + (int64_t)seconds));
        } else {
            seconds -= (uint64_t)(DAY - into);
            idle = 0;
        }
        day++;
        into = 0;
    }
    return moment + (int64_t)seconds;
}

uint32_t calendar_age(const struct calendar *calendar, int64_t from, int64_t to)
{
    int32_t day = zone_day(&calendar->zone, from), last = zone_day(&calendar->zone, to);
    uint32_t age = 0;

    while (++day <= last)
        age += calendar_works(calendar, day);
    return age;
}
