/* Dates and times: every day of the calendar and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/date.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

typedef bool convert(struct bytes text, struct arena *into, struct bytes *out);

static bool to_8(struct bytes iso, struct arena *into, struct bytes *out)
{
    return date_to_x12(iso, 8, into, out);
}

static bool to_6(struct bytes iso, struct arena *into, struct bytes *out)
{
    return date_to_x12(iso, 6, into, out);
}

/* NULL: refused. */
static void gives(convert *call, const char *text, const char *want)
{
    struct bytes alone = arena_copy(&arena, bytes_of(text)), out;
    bool done = call(alone, &arena, &out);

    if (done != (want != NULL) || (done && !bytes_are(out, want)))
        fail_msg("\"%s\": got %.*s, want %s", text, done ? (int)out.len : 9, done ? out.at : "(refused)",
                 want != NULL ? want : "(refused)");
}

static void dates_become_iso(void **state)
{
    static const char *const refused[] = {
        "",         "2026112",  "202611200", "20261320",   "20261131", "20260229", "19000229",  "20260010",
        "20261100", "00000000", "00000101",  "2026-11-20", "2026112a", "a0261120", " 20261120", "20261120 ",
        "261131",   "260229",   "26112",     "2611201",    "26/1/2",   "+2026112"};

    (void)state;
    gives(date_from_x12, "20261120", "2026-11-20");
    gives(date_from_x12, "20240229", "2024-02-29");
    gives(date_from_x12, "20000229", "2000-02-29");
    gives(date_from_x12, "00010101", "0001-01-01");
    gives(date_from_x12, "99991231", "9999-12-31");
    gives(date_from_x12, "261120", "2026-11-20");
    gives(date_from_x12, "000229", "2000-02-29");
    gives(date_from_x12, "491231", "2049-12-31");
    gives(date_from_x12, "500101", "1950-01-01");
    gives(date_from_x12, "991231", "1999-12-31");
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        gives(date_from_x12, refused[i], NULL);
}

static void iso_becomes_digits(void **state)
{
    (void)state;
    gives(to_8, "2026-11-20", "20261120");
    gives(to_6, "2026-11-20", "261120");
    gives(to_6, "1950-01-01", "500101");
    gives(to_6, "1949-12-31", NULL);
    gives(to_6, "2050-01-01", NULL);
    gives(to_8, "1949-12-31", "19491231");
    gives(to_8, "2026-02-30", NULL);
    gives(to_8, "2026-1-20", NULL);
    gives(to_8, "20261120", NULL);
    gives(to_8, "2026/11/20", NULL);
    gives(to_8, "2026-11-20T", NULL);
    gives(to_8, "", NULL);
}

static void times_become_iso_and_back(void **state)
{
    static const char *const pairs[][2] = {{"0000", "00:00"},
                                           {"1234", "12:34"},
                                           {"2359", "23:59"},
                                           {"235959", "23:59:59"},
                                           {"1234567", "12:34:56.7"},
                                           {"12345678", "12:34:56.78"},
                                           {"123456789012345", "12:34:56.789012345"}};
    static const char *const refused[] = {"",       "1",    "123",  "12345",  "2400",    "2360",
                                          "235960", "1a34", "12 4", "12345a", "123456a", "1234567890123456",
                                          "12:34",  "-123"};
    static const char *const no_iso[] = {
        "",          "12:3",       "1234",  "12:34:",     "12:34:5",
        "12:34:56.", "24:00",      "12:60", "12:34:60",   "12-34",
        "12:34-56",  "12:34:56,7", "aa:bb", "12:34:56.x", "12:34:56.7890123456",
        "12:34:56Z"};

    (void)state;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        gives(time_from_x12, pairs[i][0], pairs[i][1]);
        gives(time_to_x12, pairs[i][1], pairs[i][0]);
    }
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        gives(time_from_x12, refused[i], NULL);
    for (size_t i = 0; i < sizeof(no_iso) / sizeof(no_iso[0]); i++)
        gives(time_to_x12, no_iso[i], NULL);
}

/* Day by day from the first to the last: valid days follow each other without gap, and survive each way. */
static void every_day_there_and_back(void **state)
{
    int32_t expected = date_days((struct date){1, 1, 1});
    unsigned days = 0;

    (void)state;
    assert_int_equal(date_days((struct date){1970, 1, 1}), 0);
    assert_int_equal(date_days((struct date){2000, 3, 1}), 11017);
    for (unsigned year = 1; year <= 9999; year++)
        for (unsigned month = 0; month <= 13; month++)
            for (unsigned day = 0; day <= 32; day++) {
                struct date date = {(uint16_t)year, (uint8_t)month, (uint8_t)day}, back;
                char iso[DATE_TEXT];

                if (!date_is_valid(year, month, day))
                    continue;
                if (date_days(date) != expected)
                    fail_msg("%u-%u-%u is day %d, not %d", year, month, day, date_days(date), expected);
                back = date_of_days(expected++);
                if (back.year != year || back.month != month || back.day != day)
                    fail_msg("day %d is not %u-%u-%u", expected - 1, year, month, day);
                date_print_iso(date, iso);
                if (!date_parse_iso((struct bytes){iso, sizeof(iso)}, &back) ||
                    date_days(back) != expected - 1)
                    fail_msg("%.10s", iso);
                days++;
            }
    assert_int_equal(days, 3652059);
    assert_false(date_is_valid(0, 1, 1));
    assert_false(date_is_valid(10000, 1, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(dates_become_iso, begin, end),
        cmocka_unit_test_setup_teardown(iso_becomes_digits, begin, end),
        cmocka_unit_test_setup_teardown(times_become_iso_and_back, begin, end),
        cmocka_unit_test(every_day_there_and_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
