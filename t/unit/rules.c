/* man/reconcile-codes.7 is what the rules say; BLESS=1 ("make bless") writes it anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/publish.h"
#include "report/rule.h"

static void the_manual_is_up_to_date(void **state)
{
    const char *source = getenv("CROSSDOCK_SOURCE");
    struct buffer page;
    struct arena arena;
    struct bytes checked_in = {NULL, 0};
    const char *path;
    size_t same = 0;
    unsigned line = 1;

    (void)state;
    if (source == NULL)
        skip();
    buffer_init(&page, 1 << 22);
    arena_init(&arena, 65536, 1 << 22);
    rule_manual(&page);
    assert_false(page.failed);
    path = arena_format(&arena, "%s/man/reconcile-codes.7", source);
    (void)file_read_whole(path, 1 << 20, &arena, &checked_in, NULL);
    if (!bytes_equal(checked_in, buffer_view(&page)) && getenv("BLESS") != NULL) {
        const char *folder = arena_format(&arena, "%s/man", source);

        assert_int_equal(
            publish_file(folder, BYTES("reconcile-codes.7"), buffer_view(&page), PUBLISH_REPLACE), 0);
        assert_int_equal(chmod(path, 0644), 0);
        checked_in = buffer_view(&page);
    }
    if (!bytes_equal(checked_in, buffer_view(&page))) {
        while (same < checked_in.len && same < page.len && checked_in.at[same] == page.at[same])
            line += checked_in.at[same++] == '\n';
        fail_msg("man/reconcile-codes.7 is not what the rules say, from line %u on: make bless", line);
    }
    arena_release(&arena);
    buffer_release(&page);
}

static void every_code_is_in_it_once(void **state)
{
    struct buffer page;

    (void)state;
    buffer_init(&page, 1 << 22);
    rule_manual(&page);
    buffer_add_byte(&page, '\0');
    for (enum rule rule = 0; rule < RULES; rule++) {
        char item[128];
        const char *found;

        snprintf(item, sizeof(item), ".It Sy %s Pq", rule_info(rule)->code);
        found = strstr(page.at, item);
        if (found == NULL || strstr(found + 1, item) != NULL)
            fail_msg("%s", item);
        assert_int_equal(rule_find(bytes_of(rule_info(rule)->code)), rule);
    }
    assert_int_equal(rule_find(BYTES("NO-SUCH")), RULES);
    buffer_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_manual_is_up_to_date),
        cmocka_unit_test(every_code_is_in_it_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
