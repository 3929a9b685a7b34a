/*
 * zone: local time of a place, and moments between text and seconds.
 *
 * A zone is its name in the system's tables (America/Chicago) or a rule as POSIX writes it
 * (CST6CDT,M3.2.0,M11.1.0).  Of a table the rule at its end is taken, the one that holds today: that is right
 * for the dates of business, and wrong for dates before the place last changed its mind.
 *
 * A moment is seconds since 1970-01-01T00:00:00Z, without leap seconds.
 */
#ifndef CROSSDOCK_BASE_ZONE_H
#define CROSSDOCK_BASE_ZONE_H

#include "base/date.h"

enum { MOMENT_TEXT = 20 /* YYYY-MM-DDTHH:MM:SSZ */ };

/* When summer time begins or ends: a weekday (0: Sunday) of a week (5: the last) of a month, so many seconds
 * after the midnight before. */
struct zone_change {
    uint8_t month, week, weekday;
    int32_t seconds;
};

struct zone {
    int32_t winter, summer; /* seconds east of UTC */
    bool has_summer;
    struct zone_change begin, end;
};

extern const struct zone zone_utc;

/* False: there is no such zone. */
bool zone_find(struct bytes name, struct zone *out);

/* Seconds east of UTC at this moment. */
int32_t zone_offset(const struct zone *zone, int64_t moment);

/* The moment when clocks there show this many seconds behind the midnight that begins the day (days since
 * 1970-01-01). */
int64_t zone_moment(const struct zone *zone, int32_t day, int32_t seconds);

/* The day there at this moment. */
int32_t zone_day(const struct zone *zone, int64_t moment);

/* YYYY-MM-DD[THH:MM[:SS[.d+]]][Z|+hh:mm]; without a zone, it is the time there.  False: none of these. */
bool moment_parse(struct bytes text, const struct zone *zone, int64_t *out);

/* YYYY-MM-DDTHH:MM:SSZ and a NUL. */
struct bytes moment_print(int64_t moment, char out[MOMENT_TEXT + 1]);

#endif
