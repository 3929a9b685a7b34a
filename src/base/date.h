/*
 * date: calendar dates and times of day, between the digits of files and ISO 8601.
 *
 * Nothing here asks a clock or a time zone: the same file gives the same dates on any machine, in any year.
 * So the century of a two-digit year is fixed: 00 to 49 are 2000 to 2049, 50 to 99 are 1950 to 1999.
 * Years are 0001 to 9999, Gregorian.
 */
#ifndef CROSSDOCK_BASE_DATE_H
#define CROSSDOCK_BASE_DATE_H

#include "base/arena.h"

enum { DATE_PIVOT = 50, DATE_TEXT = 10 /* YYYY-MM-DD */, TIME_MAX_DECIMALS = 9 };

struct date {
    uint16_t year;
    uint8_t month, day; /* from 1 */
};

bool date_is_valid(unsigned year, unsigned month, unsigned day);

/* Days since 1970-01-01, and back (for days of those years alone); for differences and windows. */
int32_t date_days(struct date date);
struct date date_of_days(int32_t days);

/* CCYYMMDD or YYMMDD (X12 type DT).  False: other digits, or a day no calendar has. */
bool date_parse_x12(struct bytes text, struct date *out);

/* YYYY-MM-DD exactly. */
bool date_parse_iso(struct bytes text, struct date *out);

/* DATE_TEXT bytes YYYY-MM-DD, no NUL. */
void date_print_iso(struct date date, char out[DATE_TEXT]);

/* X12 DT to ISO text in the arena.  False: no date, or the arena failed. */
static inline bool date_from_x12(struct bytes text, struct arena *arena, struct bytes *out)
{
    struct date date;
    char *at;

    if (!date_parse_x12(text, &date) || (at = arena_text(arena, DATE_TEXT)) == NULL)
        return false;
    date_print_iso(date, at);
    *out = (struct bytes){at, DATE_TEXT};
    return true;
}

/* ISO to X12 DT of 8 or 6 digits.  False: no date, a year outside the window of 6, or the arena failed. */
bool date_to_x12(struct bytes iso, unsigned digits, struct arena *arena, struct bytes *out);

/* X12 TM, HHMM[SS[d...]] with up to TIME_MAX_DECIMALS decimals of a second, to HH:MM[:SS[.d...]] in the
 * arena. 2400 and second 60 are no times (X12 has 00 to 23 and 00 to 59). */
bool time_from_x12(struct bytes text, struct arena *arena, struct bytes *out);

/* And back, with as many digits as the text has. */
bool time_to_x12(struct bytes iso, struct arena *arena, struct bytes *out);

#endif
