/* Limits: how they are written, where they are found, and what is within. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "partner/limit.h"

struct fixture {
    struct arena arena;
    struct report report;
    struct limits limits;
};

/* What a file that says this means; NULL: refused. */
static struct limits *read_text(struct fixture *fixture, const char *text)
{
    FILE *file = fopen("limits.yaml", "w");
    struct yaml_node *top;
    bool good;

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    arena_init(&fixture->arena, 4096, 1 << 20);
    report_init(&fixture->report, "limits");
    top = yaml_load("limits.yaml", &fixture->arena, &fixture->report, NULL);
    good = top != NULL &&
           limits_read(&fixture->limits, limits_built_in(), top, &fixture->arena, &fixture->report);
    remove("limits.yaml");
    return good ? &fixture->limits : NULL;
}

static void done(struct fixture *fixture)
{
    arena_release(&fixture->arena);
    report_release(&fixture->report);
}

static bool holds(const struct limit_value *limit, const char *expected, const char *found)
{
    struct decimal a, b;

    assert_true(decimal_parse(bytes_of(expected), &a));
    assert_true(decimal_parse(bytes_of(found), &b));
    return limit_holds(limit, a, b);
}

static void the_nearest_layer_holds(void **state)
{
    struct fixture f;
    struct limits *limits = read_text(
        &f, "limits: {price: 0.05, answer-due: 48h}\n"
            "documents: {invoice: {price: 2%}}\n"
            "classes:\n"
            "  - {name: bulk, items: [\"B-*\", \"*-LOOSE\"], limits: {price: none}}\n");
    const struct bytes none = {NULL, 0};

    (void)state;
    assert_non_null(limits);
    assert_string_equal(limits_find(limits, LIMIT_PRICE, BYTES("order_ack"), none)->text, "0.05");
    assert_string_equal(limits_find(limits, LIMIT_PRICE, BYTES("order_ack"), none)->origin, "limits.yaml:1");
    assert_string_equal(limits_find(limits, LIMIT_PRICE, BYTES("invoice"), BYTES("A-1"))->origin,
                        "limits.yaml:2");
    assert_true(limits_find(limits, LIMIT_PRICE, BYTES("invoice"), BYTES("B-1"))->none);
    assert_true(limits_find(limits, LIMIT_PRICE, none, BYTES("A-LOOSE"))->none);
    assert_int_equal(limits_find(limits, LIMIT_ANSWER_DUE, none, none)->seconds, 48 * 3600);
    assert_string_equal(limits_find(limits, LIMIT_QUANTITY, none, none)->origin, "built in");
    done(&f);
}

static void the_larger_of_both_holds(void **state)
{
    struct fixture f;
    struct limits *limits = read_text(&f, "limits: {price: 0.01 0.5%, quantity: \"-2 +10%\", amount: 0}\n");
    const struct bytes none = {NULL, 0};
    const struct limit_value *price, *quantity, *amount;

    (void)state;
    assert_non_null(limits);
    price = limits_find(limits, LIMIT_PRICE, none, none);
    assert_true(holds(price, "10.00", "10.05"));
    assert_false(holds(price, "10.00", "10.06"));
    assert_true(holds(price, "10.00", "9.95"));
    assert_true(holds(price, "1.00", "1.01"));
    assert_false(holds(price, "1.00", "1.011"));
    quantity = limits_find(limits, LIMIT_QUANTITY, none, none);
    assert_true(holds(quantity, "100", "98"));
    assert_false(holds(quantity, "100", "97.9"));
    assert_true(holds(quantity, "100", "110"));
    assert_false(holds(quantity, "100", "110.001"));
    amount = limits_find(limits, LIMIT_AMOUNT, none, none);
    assert_true(holds(amount, "5", "5.00"));
    assert_false(holds(amount, "5", "5.01"));
    done(&f);
}

static void what_is_wrong_is_told(void **state)
{
    static const char *const wrong[] = {
        "limits: {prize: 1}\n",    "limits: {price: cheap}\n", "limits: {answer-due: soon}\n",
        "limits: [1]\n",           "zone: Mars/Olympus\n",     "workdays: [monday]\n",
        "holidays: [christmas]\n", "classes: {a: 1}\n",        "limit: {price: 1}\n",
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct fixture f;

        if (read_text(&f, wrong[i]) != NULL)
            fail_msg("%s", wrong[i]);
        assert_int_equal(report_status(&f.report), 2);
        done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_nearest_layer_holds),
        cmocka_unit_test(the_larger_of_both_holds),
        cmocka_unit_test(what_is_wrong_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
