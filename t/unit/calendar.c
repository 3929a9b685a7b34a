/* Zones and working days: moments that people looked up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/calendar.h"

static int64_t at(const char *text, const struct zone *zone)
{
    int64_t moment = -1;

    assert_true(moment_parse(bytes_of(text), zone, &moment));
    return moment;
}

static void assert_moment(int64_t moment, const char *text)
{
    char room[MOMENT_TEXT + 1];

    (void)moment_print(moment, room);
    assert_string_equal(room, text);
}

static void zones_have_summer(void **state)
{
    struct zone chicago, berlin, sydney, kolkata, other;

    (void)state;
    assert_true(zone_find(BYTES("CST6CDT,M3.2.0,M11.1.0"), &chicago));
    assert_true(zone_find(BYTES("CET-1CEST,M3.5.0,M10.5.0/3"), &berlin));
    assert_true(zone_find(BYTES("AEST-10AEDT,M10.1.0,M4.1.0/3"), &sydney));
    assert_true(zone_find(BYTES("IST-5:30"), &kolkata));
    /* The second before and the moment of each change. */
    assert_moment(at("2026-03-08T01:59:59", &chicago), "2026-03-08T07:59:59Z");
    assert_moment(at("2026-03-08T03:00:00", &chicago), "2026-03-08T08:00:00Z");
    assert_moment(at("2026-11-01T02:30:00", &chicago), "2026-11-01T08:30:00Z");
    assert_moment(at("2026-07-01T12:00", &chicago), "2026-07-01T17:00:00Z");
    assert_moment(at("2026-03-29T01:59", &berlin), "2026-03-29T00:59:00Z");
    assert_moment(at("2026-03-29T03:00", &berlin), "2026-03-29T01:00:00Z");
    assert_moment(at("2026-01-15T12:00", &sydney), "2026-01-15T01:00:00Z");
    assert_moment(at("2026-07-15T12:00", &sydney), "2026-07-15T02:00:00Z");
    assert_moment(at("2026-07-15", &kolkata), "2026-07-14T18:30:00Z");
    assert_int_equal(zone_day(&chicago, at("2026-11-25T05:59:59Z", &zone_utc)),
                     date_days((struct date){2026, 11, 24}));
    assert_false(zone_find(BYTES("Mars/Olympus"), &other));
    assert_false(zone_find(BYTES("../../etc/passwd"), &other));
    assert_false(zone_find(BYTES("CST6CDT,M13.2.0,M11.1.0"), &other));
    assert_false(zone_find(BYTES(""), &other));
}

static void moments_have_zones(void **state)
{
    int64_t moment;

    (void)state;
    assert_moment(at("2026-11-24T12:31:07Z", &zone_utc), "2026-11-24T12:31:07Z");
    assert_moment(at("2026-11-24T12:31:07.25-06:00", &zone_utc), "2026-11-24T18:31:07Z");
    assert_moment(at("1969-12-31T23:59:59Z", &zone_utc), "1969-12-31T23:59:59Z");
    assert_false(moment_parse(BYTES("2026-11-24T25:00"), &zone_utc, &moment));
    assert_false(moment_parse(BYTES("2026-02-30"), &zone_utc, &moment));
    assert_false(moment_parse(BYTES("2026-11-24 12:00"), &zone_utc, &moment));
    assert_false(moment_parse(BYTES("today"), &zone_utc, &moment));
}

static void nobody_works_on_sunday(void **state)
{
    /* Thanksgiving, a Thursday, and the day behind it. */
    const int32_t holidays[] = {date_days((struct date){2026, 11, 26}),
                                date_days((struct date){2026, 11, 27})};
    struct calendar calendar = {.workdays = 0x3e, .holidays = holidays, .n_holidays = 2};
    int64_t friday;

    (void)state;
    assert_true(zone_find(BYTES("CST6CDT,M3.2.0,M11.1.0"), &calendar.zone));
    friday = at("2026-11-20T15:00", &calendar.zone);
    assert_int_equal(calendar_add(&calendar, friday, 24 * 3600), at("2026-11-23T15:00", &calendar.zone));
    assert_int_equal(calendar_add(&calendar, friday, 3600), at("2026-11-20T16:00", &calendar.zone));
    assert_int_equal(calendar_add(&calendar, at("2026-11-25T23:00", &calendar.zone), 2 * 3600),
                     at("2026-11-30T01:00", &calendar.zone));
    /* Saturday counts from Monday on. */
    assert_int_equal(calendar_add(&calendar, at("2026-11-21T10:00", &calendar.zone), 3600),
                     at("2026-11-23T01:00", &calendar.zone));
    assert_int_equal(calendar_age(&calendar, friday, at("2026-11-23T01:00", &calendar.zone)), 1);
    assert_int_equal(calendar_age(&calendar, friday, at("2026-11-22T23:00", &calendar.zone)), 0);
    assert_int_equal(calendar_age(&calendar, friday, at("2026-12-01T00:00", &calendar.zone)), 5);
    /* Summer time begins on a day that works: the clock decides, not the seconds. */
    calendar = (struct calendar){.zone = calendar.zone};
    assert_int_equal(calendar_add(&calendar, at("2026-03-07T15:00", &calendar.zone), 24 * 3600),
                     at("2026-03-08T15:00", &calendar.zone));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zones_have_summer),
        cmocka_unit_test(moments_have_zones),
        cmocka_unit_test(nobody_works_on_sunday),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
