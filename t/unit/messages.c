/* man/crossdock-messages.7 is what the catalogue says; BLESS=1 ("make bless") writes it anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/publish.h"
#include "diag/complaint.h"
#include "diag/manual.h"

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
    manual_messages(&page);
    assert_false(page.failed);
    path = arena_format(&arena, "%s/man/crossdock-messages.7", source);
    (void)file_read_whole(path, 1 << 20, &arena, &checked_in, NULL);
    if (!bytes_equal(checked_in, buffer_view(&page)) && getenv("BLESS") != NULL) {
        const char *folder = arena_format(&arena, "%s/man", source);

        assert_int_equal(
            publish_file(folder, BYTES("crossdock-messages.7"), buffer_view(&page), PUBLISH_REPLACE), 0);
        assert_int_equal(chmod(path, 0644), 0);
        checked_in = buffer_view(&page);
    }
    if (!bytes_equal(checked_in, buffer_view(&page))) {
        while (same < checked_in.len && same < page.len && checked_in.at[same] == page.at[same])
            line += checked_in.at[same++] == '\n';
        fail_msg("man/crossdock-messages.7 is not what the catalogue says, from line %u on: make bless",
                 line);
    }
    arena_release(&arena);
    buffer_release(&page);
}

static void every_code_is_in_it_once(void **state)
{
    struct buffer page;

    (void)state;
    buffer_init(&page, 1 << 22);
    manual_messages(&page);
    buffer_add_byte(&page, '\0');
    for (unsigned i = 0; i < COMPLAINTS; i++) {
        const struct complaint_info *info = complaint_info((enum complaint)i);
        char item[128];
        const char *found;

        snprintf(item, sizeof(item), ".It Sy %s Ic %s Pq", info->code, info->rule);
        found = strstr(page.at, item);
        if (found == NULL || strstr(found + 1, item) != NULL)
            fail_msg("%s", item);
    }
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
