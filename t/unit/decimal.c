/* Numbers keep their digits, and what does not fit is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/decimal.h"

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

/* NULL: refused.  The text stands alone in memory, so that a look beyond it is seen. */
static const char *converted(const char *text, int decimals, bool back)
{
    struct bytes alone = arena_copy(&arena, bytes_of(text)), out;
    bool done = back            ? decimal_to_implied(alone, (unsigned)decimals, &arena, &out)
                : decimals >= 0 ? decimal_from_implied(alone, (unsigned)decimals, &arena, &out)
                                : decimal_from_real(alone, &arena, &out);

    return done ? arena_copy(&arena, out).at : NULL;
}

struct pair {
    const char *text, *want; /* want NULL: refused */
    int decimals;
};

static void check_pairs(const struct pair *pairs, size_t n, bool implied, bool back)
{
    for (size_t i = 0; i < n; i++) {
        const char *got = converted(pairs[i].text, implied ? pairs[i].decimals : -1, back);

        if ((got == NULL) != (pairs[i].want == NULL) || (got != NULL && strcmp(got, pairs[i].want) != 0))
            fail_msg("\"%s\" N%d: got %s, want %s", pairs[i].text, pairs[i].decimals,
                     got != NULL ? got : "(refused)", pairs[i].want != NULL ? pairs[i].want : "(refused)");
        if (got != NULL && !back && !decimal_is_canonical(bytes_of(got)))
            fail_msg("\"%s\" gives \"%s\", which is not canonical", pairs[i].text, got);
    }
}

static void real_becomes_canonical(void **state)
{
    static const struct pair pairs[] = {
        {"0", "0", 0},
        {"5", "5", 0},
        {"+5", "5", 0},
        {"-5", "-5", 0},
        {"0008", "8", 0},
        {"-0008", "-8", 0},
        {"10.500", "10.500", 0},
        {"1234567.8901", "1234567.8901", 0},
        {".50", "0.50", 0},
        {"-.50", "-0.50", 0},
        {"+.5", "0.5", 0},
        {"12.", "12", 0},
        {"-12.", "-12", 0},
        {"00.50", "0.50", 0},
        {"0.", "0", 0},
        {"-0", "0", 0},
        {"-0.00", "0.00", 0},
        {"000", "0", 0},
        {"0.000", "0.000", 0},
        {"100", "100", 0},
        {" 5", "5", 0},
        {"5  ", "5", 0},
        {"  -5.10 ", "-5.10", 0},
        {"1E3", "1000", 0},
        {"1e3", "1000", 0},
        {"1E+3", "1000", 0},
        {"1E-3", "0.001", 0},
        {"1.50E1", "15.0", 0},
        {"1.5E1", "15", 0},
        {"1.5E0", "1.5", 0},
        {"15E-1", "1.5", 0},
        {"-15E-1", "-1.5", 0},
        {"0.5E1", "5", 0},
        {"0.05E1", "0.5", 0},
        {"0.50E-1", "0.050", 0},
        {"0E3", "0", 0},
        {"0.00E5", "0", 0},
        {"0.00E1", "0.0", 0},
        {"-0E3", "0", 0},
        {"007E2", "700", 0},
        {"1E00", "1", 0},
        {"1E99",
         "1000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
         "000",
         0},
        {"123456789012345678901234567890123456789012345678901234567890.5",
         "123456789012345678901234567890123456789012345678901234567890.5", 0},
        {"", NULL, 0},
        {" ", NULL, 0},
        {"-", NULL, 0},
        {"+", NULL, 0},
        {".", NULL, 0},
        {"-.", NULL, 0},
        {"E3", NULL, 0},
        {".E3", NULL, 0},
        {"1E", NULL, 0},
        {"1E+", NULL, 0},
        {"1E100", NULL, 0},
        {"1E-100", NULL, 0},
        {"1E3.5", NULL, 0},
        {"1,5", NULL, 0},
        {"1 5", NULL, 0},
        {"1.5.5", NULL, 0},
        {"--5", NULL, 0},
        {"+-5", NULL, 0},
        {"5-", NULL, 0},
        {"$5", NULL, 0},
        {"0x10", NULL, 0},
        {"nan", NULL, 0},
        {"1_000", NULL, 0},
        {"\xc2\xb2", NULL, 0},
        {"1E99999999999999999999", NULL, 0},
    };

    (void)state;
    check_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]), false, false);
}

static void implied_becomes_canonical(void **state)
{
    static const struct pair pairs[] = {
        {"5", "0.05", 2},         {"50", "0.50", 2},       {"12345", "123.45", 2},
        {"-12345", "-123.45", 2}, {"0", "0.00", 2},        {"-0", "0.00", 2},
        {"0000005", "0.05", 2},   {"+5", "0.05", 2},       {" 5 ", "0.05", 2},
        {"-5", "-0.05", 2},       {"100", "1.00", 2},      {"007", "7", 0},
        {"+7", "7", 0},           {"7", "7", 0},           {"-0", "0", 0},
        {"-7", "-7", 0},          {"1", "0.000000001", 9}, {"1234567890", "1.234567890", 9},
        {"12", "1.2", 1},         {"1", NULL, 10},         {"1.5", NULL, 2},
        {"1.5", NULL, 0},         {"10.0", NULL, 0},       {"5.", NULL, 0},
        {"5E0", NULL, 0},         {"5E3", NULL, 2},        {"", NULL, 2},
        {"-", NULL, 2},           {"abc", NULL, 0},        {"5-", NULL, 2},
    };
    static const struct pair back[] = {
        {"0.05", "5", 2},    {"0.5", "50", 2}, {"123.45", "12345", 2}, {"-123.45", "-12345", 2},
        {"7", "7", 0},       {"7", "700", 2},  {"0", "0", 2},          {"0.00", "0", 2},
        {"1.500", "150", 2}, {"1.0", "1", 0},  {"0.001", NULL, 2},     {"1.5", NULL, 0},
        {"007", NULL, 2},    {"", NULL, 2},    {"1", NULL, 10},
    };

    (void)state;
    check_pairs(pairs, sizeof(pairs) / sizeof(pairs[0]), true, false);
    check_pairs(back, sizeof(back) / sizeof(back[0]), true, true);
}

static void what_is_canonical_is_left_alone(void **state)
{
    static const char *const yes[] = {
        "0", "1", "-1", "10", "0.0", "0.5", "-0.5", "10.500", "999999999999.0001"};
    static const char *const no[] = {"",   "-",     "-0",  "-0.00", "00", "01", "-01", "1.",
                                     ".1", "1.1.1", "1e3", "+1",    " 1", "1 ", "1,0", "a"};

    (void)state;
    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        struct bytes text = bytes_of(yes[i]), out;

        assert_true(decimal_is_canonical(text));
        assert_true(decimal_from_real(text, &arena, &out));
        assert_ptr_equal(out.at, text.at);
        assert_int_equal(out.len, text.len);
    }
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        assert_false(decimal_is_canonical(bytes_of(no[i])));
    assert_false(decimal_is_canonical((struct bytes){NULL, 0}));
    assert_false(decimal_from_real((struct bytes){NULL, 0}, &arena, &(struct bytes){NULL, 0}));
    assert_false(decimal_from_implied((struct bytes){NULL, 0}, 2, &arena, &(struct bytes){NULL, 0}));
}

static struct decimal number(const char *text)
{
    struct decimal out = {0, 0};

    if (!decimal_parse(bytes_of(text), &out))
        fail_msg("\"%s\" does not parse", text);
    return out;
}

static void prints(struct decimal decimal, const char *want)
{
    char text[DECIMAL_TEXT];
    size_t len = decimal_print(decimal, text);

    assert_string_equal(text, want);
    assert_int_equal(len, strlen(want));
}

static const char nines[] = "99999999999999999999999999999999999999"; /* 38 */

static void arithmetic_is_exact(void **state)
{
    struct decimal out = number("42");

    (void)state;
    prints(number("0.05"), "0.05");
    prints(number("-.5"), "-0.5");
    prints(number("-0.00"), "0.00");
    prints(number(nines), nines);
    prints(number("-0.99999999999999999999999999999999999999"), "-0.99999999999999999999999999999999999999");
    prints(decimal_of_count(UINT64_MAX), "18446744073709551615");

    assert_true(decimal_add(number("0.1"), number("0.2"), &out));
    prints(out, "0.3");
    assert_true(decimal_add(number("10.500"), number("-0.5"), &out));
    prints(out, "10.000");
    assert_true(decimal_subtract(number("1"), number("1.01"), &out));
    prints(out, "-0.01");
    assert_true(decimal_multiply(number("24"), number("12.50"), &out));
    prints(out, "300.00");
    assert_true(decimal_multiply(number("-1234567.8901"), number("3"), &out));
    prints(out, "-3703703.6703");
    assert_true(decimal_multiply(number("1234567890123456789.5"), number("1234567890123456789"), &out));
    prints(out, "1524157875323883675636335943811918915.5");
    assert_true(decimal_multiply(number("0.10000000000000000000"), number("0.10000000000000000000"), &out));
    prints(out, "0.01000000000000000000000000000000000000");

    assert_true(decimal_round(number("1.005"), 2, &out));
    prints(out, "1.01");
    assert_true(decimal_round(number("-1.005"), 2, &out));
    prints(out, "-1.01");
    assert_true(decimal_round(number("1.0049"), 2, &out));
    prints(out, "1.00");
    assert_true(decimal_round(number("1"), 2, &out));
    prints(out, "1.00");
    assert_true(decimal_round(number("0.5"), 0, &out));
    prints(out, "1");
    assert_true(decimal_round(number("-0.4"), 0, &out));
    prints(out, "0");
    assert_true(decimal_round(number("0.99999999999999999999999999999999999999"), 0, &out));
    prints(out, "1");
    assert_int_equal(decimal_sign(number("-0.0")), 0);
    assert_int_equal(decimal_sign(number("-0.1")), -1);
}

static void overflow_is_said(void **state)
{
    struct decimal out = number("42");

    (void)state;
    assert_false(decimal_parse(BYTES("100000000000000000000000000000000000000"), &out)); /* 39 */
    assert_false(decimal_parse(BYTES("0.000000000000000000000000000000000000001"), &out));
    assert_false(decimal_parse(BYTES("1E3"), &out));
    assert_false(decimal_add(number(nines), number("1"), &out));
    assert_false(decimal_subtract(number("-99999999999999999999999999999999999999"), number("1"), &out));
    assert_false(decimal_add(number(nines), number("0.1"), &out));
    assert_false(decimal_multiply(number(nines), number("2"), &out));
    assert_false(decimal_multiply(number(nines), number(nines), &out));
    assert_false(decimal_multiply(number("0.11111111111111111111"), number("0.11111111111111111111"), &out));
    assert_false(decimal_round(number(nines), 1, &out));
    assert_false(decimal_round(number("1"), 39, &out));
    prints(out, "42");
}

static void comparing_does_not_mind_the_scale(void **state)
{
    static const char *const rising[] = {"-99999999999999999999999999999999999999",
                                         "-2",
                                         "-1.5",
                                         "-1.49",
                                         "-1",
                                         "-0.00000000000000000000000000000000000001",
                                         "0",
                                         "0.00000000000000000000000000000000000001",
                                         "0.5",
                                         "1",
                                         "1.0000001",
                                         "2",
                                         "99999999999999999999999999999999999999"};
    enum { N = sizeof(rising) / sizeof(rising[0]) };

    (void)state;
    for (int i = 0; i < N; i++)
        for (int k = 0; k < N; k++)
            assert_int_equal(decimal_compare(number(rising[i]), number(rising[k])), (i > k) - (i < k));
    assert_int_equal(decimal_compare(number("1.50"), number("1.5")), 0);
    assert_true(decimal_same(BYTES("1.50"), BYTES("1.5")));
    assert_true(decimal_same(BYTES("0"), BYTES("0.000")));
    assert_true(decimal_same(BYTES("-7"), BYTES("-7.0")));
    assert_false(decimal_same(BYTES("1.5"), BYTES("-1.5")));
    assert_false(decimal_same(BYTES("15"), BYTES("1.5")));
    assert_false(decimal_same(BYTES("x"), BYTES("x")));
}

static uint64_t seed = 1;

static unsigned below(unsigned n)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)((seed >> 33) % n);
}

/* Anything at all: either refused, or canonical, and canonical text converts to itself; text to number and
 * back is the same text; N there and back is the same number. */
static void laws_hold_for_random_text(void **state)
{
    static const char letters[] = "00112345678999..-+E e";

    (void)state;
    for (unsigned round = 0; round < 200000; round++) {
        char text[24], printed[DECIMAL_TEXT];
        struct bytes in = {text, below(sizeof(text))}, out, again;
        struct decimal parsed;
        unsigned decimals = below(10);

        for (size_t i = 0; i < in.len; i++)
            text[i] = letters[below(round % 2 == 0 ? 10 : sizeof(letters) - 1)];
        if (in.len > 4 && round % 4 == 0)
            text[below((unsigned)in.len)] = '.';
        if (in.len > 0 && round % 8 == 0)
            text[0] = '-';
        arena_reset(&arena);
        if (decimal_is_canonical(in) && (!decimal_from_real(in, &arena, &out) || !bytes_equal(in, out)))
            fail_msg("%.*s", BYTES_ARG(in));
        if (!decimal_from_real(in, &arena, &out)) {
            assert_false(decimal_parse(in, &parsed));
            continue;
        }
        if (!decimal_is_canonical(out))
            fail_msg("%.*s: %.*s", BYTES_ARG(in), BYTES_ARG(out));
        if (decimal_parse(out, &parsed)) {
            decimal_print(parsed, printed);
            if (!bytes_are(out, printed))
                fail_msg("%.*s: %s", BYTES_ARG(out), printed);
        }
        if (decimal_to_implied(out, decimals, &arena, &again)) {
            struct bytes back;

            assert_true(decimal_from_implied(again, decimals, &arena, &back));
            if (!decimal_same(out, back))
                fail_msg("%.*s N%u: %.*s", BYTES_ARG(out), decimals, BYTES_ARG(back));
        }
    }
}

/* a+b-b = a, a*b = b*a, (a+b)*c = a*c + b*c, and order agrees with the sign of the difference. */
static void laws_hold_for_random_numbers(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 100000; round++) {
        struct decimal n[3], x = {0, 0}, y = x, z = x;

        for (unsigned i = 0; i < 3; i++) {
            n[i].units = 0;
            for (unsigned digits = below(12); digits > 0; digits--)
                n[i].units = n[i].units * 10 + below(10);
            if (below(2) != 0)
                n[i].units = -n[i].units;
            n[i].scale = below(7);
        }
        assert_true(decimal_add(n[0], n[1], &x) && decimal_subtract(x, n[1], &y));
        assert_int_equal(decimal_compare(y, n[0]), 0);
        assert_true(decimal_multiply(n[0], n[1], &y) && decimal_multiply(n[1], n[0], &z));
        assert_int_equal(decimal_compare(y, z), 0);
        assert_true(decimal_multiply(x, n[2], &x) && decimal_multiply(n[0], n[2], &y) &&
                    decimal_multiply(n[1], n[2], &z) && decimal_add(y, z, &y));
        assert_int_equal(decimal_compare(x, y), 0);
        assert_true(decimal_subtract(n[0], n[1], &z));
        assert_int_equal(decimal_compare(n[0], n[1]), decimal_sign(z));
    }
}

/* All texts of one to eight characters out of a few, by their words: as decimal_parse has them. */
static void short_texts_are_numbers_at_once(void **state)
{
    static const char letters[] = "059.-";
    enum { LETTERS = sizeof(letters) - 1, MOST = 390625 }; /* 5 to the 8th */
    char text[9];

    (void)state;
    for (size_t len = 1, count = LETTERS; count <= MOST; len++, count *= LETTERS)
        for (size_t i = 0; i < count; i++) {
            struct bytes value = {text, len};
            struct decimal want;
            uint64_t number;
            unsigned behind;
            size_t rest = i;
            bool parsed;

            for (size_t k = 0; k < len; k++, rest /= LETTERS)
                text[k] = letters[rest % LETTERS];
            parsed = decimal_parse(value, &want) && text[0] != '-';
            assert_int_equal(digits_decimal(bytes_key(text, len), len, &number, &behind), parsed);
            if (parsed) {
                assert_int_equal(number, (uint64_t)want.units);
                assert_int_equal(behind, want.scale);
            }
        }
}

static void no_memory_is_said(void **state)
{
    struct arena none;
    struct bytes out;

    (void)state;
    arena_init(&none, 64, 0);
    assert_false(decimal_from_real(BYTES("1E3"), &none, &out));
    assert_false(decimal_from_implied(BYTES("5"), 2, &none, &out));
    assert_true(none.failed);
    arena_release(&none);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(real_becomes_canonical, begin, end),
        cmocka_unit_test_setup_teardown(implied_becomes_canonical, begin, end),
        cmocka_unit_test_setup_teardown(what_is_canonical_is_left_alone, begin, end),
        cmocka_unit_test_setup_teardown(arithmetic_is_exact, begin, end),
        cmocka_unit_test_setup_teardown(overflow_is_said, begin, end),
        cmocka_unit_test_setup_teardown(comparing_does_not_mind_the_scale, begin, end),
        cmocka_unit_test_setup_teardown(laws_hold_for_random_text, begin, end),
        cmocka_unit_test_setup_teardown(laws_hold_for_random_numbers, begin, end),
        cmocka_unit_test_setup_teardown(short_texts_are_numbers_at_once, begin, end),
        cmocka_unit_test_setup_teardown(no_memory_is_said, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
