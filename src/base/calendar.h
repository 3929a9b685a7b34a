/*
 * calendar: time as a business counts it: in a zone, on working days, without holidays.
 *
 * A working day counts all of its 24 hours, another day none: 24 hours from Friday 15:00 are Monday 15:00.
 */
#ifndef CROSSDOCK_BASE_CALENDAR_H
#define CROSSDOCK_BASE_CALENDAR_H

#include "base/zone.h"

struct calendar {
    struct zone zone;
    uint8_t workdays;        /* a bit a weekday, 1: Sunday; 0 counts as all */
    const int32_t *holidays; /* ascending, days since 1970-01-01; not owned */
    uint32_t n_holidays;
};

bool calendar_works(const struct calendar *calendar, int32_t day);

/* The moment so many working seconds after another. */
int64_t calendar_add(const struct calendar *calendar, int64_t moment, uint64_t seconds);

/* How many working days begin after the day of `from`, up to that of `to`: the age of something. */
uint32_t calendar_age(const struct calendar *calendar, int64_t from, int64_t to);

#endif
