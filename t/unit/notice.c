/* The tree of a ship notice: whose its packages are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/scanner.h"
#include "ledger/notice.h"

static char told[4096];

static void tell(struct bytes text)
{
    size_t len = strlen(told);

    (void)snprintf(told + len, sizeof(told) - len, "%s%.*s", len > 0 ? " " : "", BYTES_ARG(text));
}

static void tell_package(void *to, const struct notice_node *package)
{
    (void)to;
    tell(package->sscc.at != NULL ? package->sscc : package->tracking);
}

static void tell_order(void *to, struct bytes order)
{
    (void)to;
    tell(order);
}

static const char *packages_of(const char *line, const char *order)
{
    struct arena arena;
    struct notice notice;

    told[0] = '\0';
    arena_init(&arena, 4096, 1 << 20);
    if (!notice_read(&notice, bytes_of(line), &arena))
        tell(BYTES("unread"));
    else
        assert_true(notice_packages(&notice, &arena, bytes_of(order), tell_package, NULL));
    arena_release(&arena);
    return told;
}

static const char *orders_of(const char *line, const char *package)
{
    struct arena arena;
    struct notice notice;

    told[0] = '\0';
    arena_init(&arena, 4096, 1 << 20);
    if (!notice_read(&notice, bytes_of(line), &arena))
        tell(BYTES("unread"));
    else
        assert_true(notice_orders(&notice, &arena, bytes_of(package), tell_order, NULL));
    arena_release(&arena);
    return told;
}

/* Cartons below orders; a pallet above two orders, in a level that has no number; a carton in a carton;
 * one of another order among them. */
static const char tree[] =
    "{\"canon\":1,\"keys\":{\"sscc\":[\"no\"]},\"lines\":[{\"n\":[1,-2.5e3,true,null,{},[],{\"a\":[[]]}]}],"
    "\"orders\":[{\"level_id\":\"2\",\"parent_level_id\":\"1\",\"order_number\":\"A\"},"
    "{\"level_id\":\"7\",\"parent_level_id\":\"6\",\"order_number\":\"B\"},"
    "{\"level_id\":\"8\",\"parent_level_id\":\"6\",\"order_number\":\"C\\u0031\"}],"
    "\"packages\":[{\"package_id\":\"3\",\"parent_level_id\":\"2\",\"sscc\":\"a1\"},"
    "{\"package_id\":\"4\",\"parent_package_id\":\"3\",\"tracking_number\":\"a2\"},"
    "{\"package_id\":\"5\",\"parent_level_id\":\"1\",\"sscc\":\"bc\"},"
    "{\"package_id\":\"9\",\"parent_level_id\":\"8\",\"sscc\":\"c1\"},"
    "{\"package_id\":\"10\",\"parent_level_id\":\"8\",\"order_number\":\"A\",\"sscc\":\"a3\"},"
    "{\"sscc\":\"lost\"}],"
    "\"levels\":[{\"level_id\":\"6\",\"parent_level_id\":\"5\"}]}";

static void up_and_down(void **state)
{
    (void)state;
    assert_string_equal(packages_of(tree, "A"), "a1 a2 bc a3");
    assert_string_equal(packages_of(tree, "B"), "bc");
    assert_string_equal(packages_of(tree, "C1"), "bc c1");
    assert_string_equal(packages_of(tree, "D"), "");
    assert_string_equal(orders_of(tree, "a2"), "A");
    assert_string_equal(orders_of(tree, "bc"), "B C1 A");
    assert_string_equal(orders_of(tree, "c1"), "C1");
    assert_string_equal(orders_of(tree, "a3"), "A");
    assert_string_equal(orders_of(tree, "lost"), "");
}

/* A tree that goes in a circle, levels of one name. */
static void no_tree(void **state)
{
    static const char circle[] =
        "{\"packages\":[{\"package_id\":\"1\",\"parent_level_id\":\"2\",\"sscc\":\"x\"},"
        "{\"package_id\":\"2\",\"parent_level_id\":\"1\",\"sscc\":\"y\"},"
        "{\"package_id\":\"2\",\"parent_level_id\":\"2\",\"order_number\":\"A\",\"sscc\":\"z\"}]}";

    (void)state;
    assert_string_equal(packages_of(circle, "A"), "x y z");
    assert_string_equal(orders_of(circle, "x"), "A");
    assert_string_equal(packages_of("{}", "A"), "");
    assert_string_equal(packages_of("{\"orders\":[],\"packages\":{},\"levels\":\"\"}", "A"), "");
}

static void no_record(void **state)
{
    static const char *const bad[] = {
        "", "[]", "{", "{\"orders\":[{]}", "{\"orders\":[{}", "{\"a\":[1}", "{\"a\" 1}", "{\"a\":{\"b\"}}",
        "{\"a\":{\"b\":1 \"c\":2}}", "{\"orders\":[{\"order_number\":\"A}]}", "{\"a\":01}", "{\"a\":[1,]}",
    };
    char deep[3 * SCANNER_MAX_PASSED + 8];

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_string_equal(packages_of(bad[i], "A"), "unread");
    for (int depth = SCANNER_MAX_PASSED; depth <= SCANNER_MAX_PASSED + 1; depth++) {
        int len = snprintf(deep, sizeof(deep), "{\"a\":");

        memset(deep + len, '[', (size_t)depth);
        memset(deep + len + depth, ']', (size_t)depth);
        memcpy(deep + len + 2 * depth, "}", 2);
        assert_string_equal(packages_of(deep, "A"), depth > SCANNER_MAX_PASSED ? "unread" : "");
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(up_and_down),
        cmocka_unit_test(no_tree),
        cmocka_unit_test(no_record),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
