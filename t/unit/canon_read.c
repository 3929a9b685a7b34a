/* Reading records: what is refused, where and why; and that what was written comes back. */
#include "canon_fixture.h"

#include <sys/mman.h>
#include <unistd.h>

static struct canon_record record;
static struct canon_read_error error;

static bool reads(const char *line, size_t len)
{
    /* Alone in memory, so that a sanitizer sees a look behind its end. */
    static char *alone;
    bool good;

    free(alone);
    alone = malloc(len + (len == 0));
    memcpy(alone, line, len);
    good = canon_read(&record, the_schema, (struct bytes){alone, len}, &the_arena, &error);
    assert_true(good == (error.what == NULL));
    return good;
}

#define BEGIN "{\"canon\":1,\"kind\":\"order\""

static void accepted(void **state)
{
    static const char *const lines[] = {
        BEGIN "}",
        " \t\r\n{ \"canon\" : 1 , \"kind\" : \"order\" , \"lines\" : [ { } , { \"uom\" : \"EA\" } ] } \r\n",
        /* Names sorted, as jq -S leaves them; a body before its kind. */
        "{\"canon\":1,\"order_number\":\"1\",\"kind\":\"order\"}",
        "{\"order_number\":\"1\",\"lines\":[{\"quantity\":\"1\"}],\"kind\":\"order\",\"canon\":1}",
        "{\"ship_to\":{\"name\":\"kind\",\"city\":\"\\\"kind\\\":\"},\"kind\":\"order\",\"canon\":1}",
        BEGIN ",\"order_number\":\"\\u00e9\\uD83D\\uDE00\\\"\\\\\\/\\b\\f\\n\\r\\t\"}",
        BEGIN ",\"order_number\":\"\xC3\xA9\xF0\x9F\x98\x80\x7F\"}",
        BEGIN ",\"\\u006frder_number\":\"1\"}",
        BEGIN ",\"order_number\":\"\",\"lines\":[],\"ship_to\":{}}",
        BEGIN ",\"line_count\":0}",
        BEGIN ",\"line_count\":-0}",
        BEGIN ",\"line_count\":123456789012345678}",
        BEGIN ",\"total_amount\":\"-1234567.8901\"}",
        BEGIN ",\"id\":\"0123456789abcdef0123456789abcdef\",\"partner\":\"acme\",\"direction\":\"out\"}",
        BEGIN ",\"keys\":{\"order_number\":\"7\"},\"order_number\":\"7\",\"release_number\":\"1\"}",
        BEGIN ",\"order_number\":\"7\",\"keys\":{\"order_number\":\"\\u0037\"}}",
        BEGIN ",\"keys\":{}}",
        BEGIN ",\"source\":{\"test\":true,\"offset\":18446744073709551}}",
        BEGIN ",\"source\":{}}",
        ("{\"canon\":1,\"kind\":\"shipment\",\"orders\":[{\"order_number\":\"1\"},{\"order_number\":\"2\"}],"
         "\"keys\":{\"order_number\":[ \"1\" , \"2\" ]}}"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
        if (!reads(lines[i], strlen(lines[i])))
            fail_msg("%s: at %zu, %s: %s", lines[i], error.offset, error.path, error.what);
}

/* `^` marks where the error should be. */
static void refused(void **state)
{
    static const struct {
        const char *line, *path, *what;
    } rows[] = {
        /* not one object */
        {"^", "", "expected an object"},
        {"^[]", "", "expected an object"},
        {"^\"order\"", "", "expected an object"},
        {"^null", "", "expected an object"},
        {"^\xEF\xBB\xBF" BEGIN "}", "", "a byte order mark"},
        {"^{}", "", "an empty object is no record"},
        {BEGIN "} ^x", "", "something follows the record"},
        {BEGIN "}^" BEGIN "}", "", "something follows the record"},
        {BEGIN "^", "", "expected a comma or the object's end"},
        {BEGIN ",^", "", "expected a name in quotes"},
        {BEGIN ",^}", "", "expected a name in quotes"},
        {BEGIN "^;}", "", "expected a comma or the object's end"},
        {BEGIN "^]", "", "expected a comma or the object's end"},
        {BEGIN ",\"order_number\"^}", "order_number", "expected a colon behind the name"},
        {BEGIN ",\"order_number\"^,\"1\"}", "order_number", "expected a colon behind the name"},
        {BEGIN ",^order_number:\"1\"}", "", "expected a name in quotes"},
        {BEGIN ",^'order_number':\"1\"}", "", "expected a name in quotes"},
        {BEGIN ",^/* no */\"order_number\":\"1\"}", "", "expected a name in quotes"},
        /* the envelope */
        {"^{\"kind\":\"order\"}", "", "the record has no \"canon\""},
        {"^{\"canon\":1}", "", "the record has no \"kind\""},
        {"{\"canon\":1,^\"order_number\":\"1\"}", "order_number", "the record has no \"kind\""},
        {"{\"canon\":1,\"kind\":^\"orders\"}", "kind", "no such kind of record"},
        {"{\"canon\":1,\"kind\":^\"../canon/order\"}", "kind", "no such kind of record"},
        {"{\"canon\":1,\"kind\":^1}", "kind", "expected a string"},
        {"{\"canon\":^2,\"kind\":\"order\"}", "canon",
         "a version of the records that is not known: expected 1"},
        {"{\"canon\":^\"1\",\"kind\":\"order\"}", "canon", "expected a whole number"},
        {BEGIN ",^\"kind\":\"order\"}", "kind", "the name stands twice"},
        {BEGIN ",\"id\":^\"0123456789ABCDEF0123456789abcdef\"}", "id",
         "expected 32 hexadecimal digits in lower case"},
        {BEGIN ",\"id\":^\"1\"}", "id", "expected 32 hexadecimal digits in lower case"},
        {BEGIN ",\"direction\":^\"inward\"}", "direction", "expected \"in\" or \"out\""},
        {BEGIN ",\"source\":{^\"size\":1}}", "source.size", "no such field"},
        {BEGIN ",\"source\":{\"set\":\"1\",^\"set\":\"1\"}}", "source.set", "the name stands twice"},
        {BEGIN ",\"source\":{\"offset\":^-1}}", "source.offset",
         "expected a whole number that is not negative"},
        {BEGIN ",\"source\":^[]}", "source", "expected an object"},
        /* keys */
        {BEGIN ",\"keys\":{\"order_number\":^\"8\"},\"order_number\":\"7\"}", "keys.order_number",
         "the body has another value of this key"},
        {BEGIN ",\"keys\":{\"order_number\":^\"8\"}}", "keys.order_number", "the body has no such value"},
        {BEGIN ",\"keys\":{^\"order_date\":\"8\"}}", "keys.order_date", "this kind has no such key"},
        {BEGIN ",\"keys\":{\"order_number\":\"7\",^\"order_number\":\"7\"},\"order_number\":\"7\"}",
         "keys.order_number", "the name stands twice"},
        {BEGIN ",\"keys\":{\"order_number\":^1}}", "keys.order_number", "expected a string"},
        {BEGIN ",\"keys\":{\"order_number\":[^]}}", "keys.order_number", "expected a string"},
        {"{\"canon\":1,\"kind\":\"shipment\",\"lines\":[{\"order_number\":\"1\"}],\"keys\":{\"order_number\":"
         "[\"1\"^,\"2\"]}}",
         "keys.order_number", "the body has no more values of this key"},
        {"{\"canon\":1,\"kind\":\"shipment\",\"lines\":[{\"order_number\":\"1\"},{\"order_number\":\"2\"}],"
         "\"keys\":{\"order_number\":[\"1\"^]}}",
         "keys.order_number", "the body has another value of this key"},
        /* names */
        {BEGIN ",^\"order_nubmer\":\"1\"}", "order_nubmer", "no such field"},
        {BEGIN ",\"lines\":[{},{^\"qantity\":\"1\"}]}", "lines[1].qantity", "no such field"},
        {BEGIN ",\"order_number\":\"1\",^\"order_number\":\"1\"}", "order_number", "the name stands twice"},
        {BEGIN ",\"order_number\":\"1\",^\"\\u006frder_number\":\"1\"}", "order_number",
         "the name stands twice"},
        {BEGIN ",\"ship_to\":{\"id\":\"1\",\"name\":\"2\",^\"id\":\"3\"}}", "ship_to.id",
         "the name stands twice"},
        {BEGIN ",^\"\":\"1\"}", "", "no such field"},
        {BEGIN ",^\"a b\nc\":\"1\"}", NULL, NULL},
        /* types */
        {BEGIN ",\"order_number\":^1}", "order_number", "expected a string"},
        {BEGIN ",\"order_number\":^null}", "order_number", "expected a string"},
        {BEGIN ",\"order_number\":^{}}", "order_number", "expected a string"},
        {BEGIN ",\"total_amount\":^12.50}", "total_amount",
         "expected a decimal number in a string, such as \"12.50\""},
        {BEGIN ",\"total_amount\":^\"12.\"}", "total_amount",
         "expected a decimal number in a string, such as \"12.50\""},
        {BEGIN ",\"total_amount\":^\"1e3\"}", "total_amount",
         "expected a decimal number in a string, such as \"12.50\""},
        {BEGIN ",\"order_date\":^\"2026-02-29\"}", "order_date",
         "expected a date in a string: \"YYYY-MM-DD\""},
        {BEGIN ",\"order_time\":^\"1015\"}", "order_time",
         "expected a time in a string: \"HH:MM\" or \"HH:MM:SS\""},
        {BEGIN ",\"line_count\":^\"1\"}", "line_count", "expected a whole number"},
        {BEGIN ",\"line_count\":^1.0}", "line_count", "expected a whole number of at most 18 digits"},
        {BEGIN ",\"line_count\":^01}", "line_count", "expected a whole number of at most 18 digits"},
        {BEGIN ",\"line_count\":^1e2}", "line_count", "expected a whole number of at most 18 digits"},
        {BEGIN ",\"line_count\":^+1}", "line_count", "expected a whole number"},
        {BEGIN ",\"line_count\":^-}", "line_count", "expected a whole number"},
        {BEGIN ",\"line_count\":^NaN}", "line_count", "expected a whole number"},
        {BEGIN ",\"line_count\":^1234567890123456789}", "line_count",
         "expected a whole number of at most 18 digits"},
        {BEGIN ",\"lines\":^{}}", "lines", "expected a list"},
        {BEGIN ",\"lines\":[^\"1\"]}", "lines[0]", "expected an object"},
        {BEGIN ",\"lines\":[{},^]}", "lines[1]", "expected an object"},
        {BEGIN ",\"lines\":[{}^;{}]}", "lines[0]", "expected a comma or the list's end"},
        {BEGIN ",\"lines\":[{},{\"sub_lines\":[{\"quantity\":^1}]}]}", "lines[1].sub_lines[0].quantity",
         "expected a decimal number in a string, such as \"12.50\""},
        {BEGIN ",\"ship_to\":^[]}", "ship_to", "expected an object"},
        {"{\"canon\":1,\"kind\":\"batch\",\"is_complete\":^True}", "is_complete", "expected true or false"},
        {"{\"canon\":1,\"kind\":\"batch\",\"is_complete\":^truely}", "is_complete", "expected true or false"},
        {"{\"canon\":1,\"kind\":\"batch\",\"is_complete\":^\"true\"}", "is_complete",
         "expected true or false"},
        /* strings */
        {BEGIN ",\"order_number\":^\"1", "order_number", "the string does not end"},
        {BEGIN ",\"order_number\":^\"1\\", "order_number", "the string does not end"},
        {BEGIN ",\"order_number\":^\"1\\\"}", "order_number", "the string does not end"},
        {BEGIN ",\"order_number\":\"1^\t\"}", "order_number", "a control character that is not escaped"},
        {BEGIN ",\"order_number\":\"\\n1^\n\"}", "order_number", "a control character that is not escaped"},
        {BEGIN ",\"order_number\":\"0123456789012345678^\x01\"}", "order_number",
         "a control character that is not escaped"},
        {BEGIN ",\"order_number\":\"1^\\x\"}", "order_number", "no such escape"},
        {BEGIN ",\"order_number\":\"1^\\u12G4\"}", "order_number", "\\u needs four hexadecimal digits"},
        {BEGIN ",\"order_number\":\"1^\\u12\"}", "order_number", "\\u needs four hexadecimal digits"},
        {BEGIN ",\"order_number\":\"1^\\u0000\"}", "order_number", "a NUL character"},
        {BEGIN ",\"order_number\":\"^\\uD83D\"}", "order_number",
         "the first half of a surrogate pair stands alone"},
        {BEGIN ",\"order_number\":\"^\\uD83Dx\"}", "order_number",
         "the first half of a surrogate pair stands alone"},
        {BEGIN ",\"order_number\":\"^\\uD83D\\n12345\"}", "order_number",
         "the first half of a surrogate pair stands alone"},
        {BEGIN ",\"order_number\":\"^\\uD83D\\uD83D\"}", "order_number",
         "the first half of a surrogate pair stands alone"},
        {BEGIN ",\"order_number\":\"^\\uDE00\"}", "order_number",
         "the second half of a surrogate pair stands alone"},
        {BEGIN ",\"order_number\":\"1^\xFF\"}", "order_number", "the string is not UTF-8"},
        {BEGIN ",\"order_number\":\"1^\xC0\x80\"}", "order_number", "the string is not UTF-8"},
        {BEGIN ",\"order_number\":\"1^\xED\xA0\x80\"}", "order_number", "the string is not UTF-8"},
        {BEGIN ",\"order_number\":\"1^\xF4\x90\x80\x80\"}", "order_number", "the string is not UTF-8"},
        {BEGIN ",\"order_number\":\"1^\xE2\x82\"}", "order_number", "the string is not UTF-8"},
        {BEGIN ",\"order_number\":^\"\\n1\xE2\x82\"}", "order_number", "the string is not UTF-8"},
        {BEGIN ",^\"\xFF\":\"1\"}", NULL, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const char *mark = strchr(rows[i].line, '^');
        size_t before = (size_t)(mark - rows[i].line), len = strlen(rows[i].line) - 1;
        char line[512];

        memcpy(line, rows[i].line, before);
        memcpy(line + before, mark + 1, len - before);
        if (reads(line, len))
            fail_msg("accepted: %.*s", (int)len, line);
        if (rows[i].what == NULL)
            continue;
        if (error.offset != before || strcmp(error.path, rows[i].path) != 0 ||
            strcmp(error.what, rows[i].what) != 0)
            fail_msg("%s\ngot  at %zu, %s: %s\nwant at %zu, %s: %s", rows[i].line, error.offset, error.path,
                     error.what, before, rows[i].path, rows[i].what);
        assert_false(error.memory);
        assert_false(error.schema);
    }
}

static void near_names_are_told(void **state)
{
    static const char line[] = BEGIN ",\"lines\":[{\"qantity\":\"1\"}]}";

    (void)state;
    assert_false(reads(line, sizeof(line) - 1));
    assert_string_equal(error.nearest, "quantity");
}

/* A line cut off anywhere is refused, and a NUL anywhere, without a look behind its end. */
static void cut_lines_are_refused(void **state)
{
    struct random random = {7};
    struct canon_record any;
    char copy[20000];
    struct bytes line;

    (void)state;
    do {
        arena_reset(&the_arena);
        random_record(&random, kind_of("order"), &any);
        line = written(&any, 0);
    } while (line.len < 2000 || line.len > sizeof(copy));
    memcpy(copy, line.at, line.len);
    assert_true(reads(copy, line.len));
    for (size_t len = 0; len + 1 < line.len; len++) {
        char was = copy[len];

        assert_false(reads(copy, len));
        copy[len] = '\0';
        assert_false(reads(copy, line.len));
        copy[len] = was;
        arena_reset(&the_arena);
    }
}

/* No byte behind the line is read, not even by a vector. */
static void a_line_at_the_end_of_a_page(void **state)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)state;
    assert_ptr_not_equal(pages, MAP_FAILED);
    assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
    for (size_t len = 0; len < 60; len++) {
        char line[200];
        int n = snprintf(line, sizeof(line), BEGIN ",\"order_number\":\"%.*s\"}", (int)len,
                         "012345678901234567890123456789012345678901234567890123456789");
        char *at = pages + page - n;

        for (int cut = 0; cut <= n; cut++) {
            memcpy(pages + page - (n - cut), line, (size_t)(n - cut));
            at = pages + page - (n - cut);
            assert_true(canon_read(&record, the_schema, (struct bytes){at, (size_t)(n - cut)}, &the_arena,
                                   &error) == (cut == 0));
        }
    }
    munmap(pages, 2 * page);
}

/* write(read(line)) is the line. */
static void round_trips(void **state)
{
    struct random random = {0x9E3779B97F4A7C15u};

    (void)state;
    for (unsigned round = 0; round < rounds(1500); round++) {
        const struct canon_kind *kind = schema_kind_at(the_schema, round % 17);
        struct bytes line, again;
        struct canon_record any;
        char *first;

        arena_reset(&the_arena);
        random_record(&random, kind, &any);
        line = written(&any, 1 << 16);
        first = memcpy(malloc(line.len), line.at, line.len);
        line.at = first;
        if (!canon_read(&record, the_schema, line, &the_arena, &error))
            fail_msg("round %u: at %zu, %s: %s\n%.*s", round, error.offset, error.path, error.what,
                     BYTES_ARG(line));
        again = written(&record, 0);
        if (!bytes_equal(line, again))
            fail_msg("round %u:\n%.*s%.*s", round, BYTES_ARG(line), BYTES_ARG(again));
        free(first);
    }
}

/* An arena at its ceiling, at any moment: refused, and said to be for memory. */
static void a_full_arena_is_said(void **state)
{
    struct random random = {42};
    struct canon_record any;
    struct bytes line;
    char *copy;
    bool good = false;

    (void)state;
    random_record(&random, kind_of("invoice"), &any);
    line = written(&any, 1 << 16);
    copy = memcpy(malloc(line.len), line.at, line.len);
    line.at = copy;
    for (size_t ceiling = 128; !good; ceiling += 64) {
        struct arena small;

        arena_init(&small, 64, ceiling);
        good = canon_read(&record, the_schema, line, &small, &error);
        assert_true(good || error.memory);
        arena_release(&small);
        assert_true(ceiling < 1 << 22);
    }
    free(copy);
}

/* A hundred thousand lines: no recursion but that of the schema, no time but that of the bytes. */
static void a_long_record(void **state)
{
    struct canon_record order;
    struct bytes line, again;
    char *copy;

    (void)state;
    assert_true(canon_record_init(&order, kind_of("order"), &the_arena));
    for (unsigned i = 0; i < 100000; i++) {
        struct canon_object *object = canon_append(&the_arena, order.body,
                                                   field_of(order.body->block, "lines"));
        const char *number = arena_format(&the_arena, "%u", i);

        canon_add_text(&the_arena, object, field_of(object->block, "line_number"), number, strlen(number),
                       true);
        set(object, "quantity", "1");
    }
    line = written(&order, 1 << 16);
    copy = memcpy(malloc(line.len), line.at, line.len);
    line.at = copy;
    arena_reset(&the_arena);
    assert_true(canon_read(&record, the_schema, line, &the_arena, &error));
    again = written(&record, 0);
    assert_true(bytes_equal(line, again));
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(accepted, begin_test),
        cmocka_unit_test_setup(refused, begin_test),
        cmocka_unit_test_setup(near_names_are_told, begin_test),
        cmocka_unit_test_setup(cut_lines_are_refused, begin_test),
        cmocka_unit_test_setup(a_line_at_the_end_of_a_page, begin_test),
        cmocka_unit_test_setup(round_trips, begin_test),
        cmocka_unit_test_setup(a_full_arena_is_said, begin_test),
        cmocka_unit_test_setup(a_long_record, begin_test),
    };

    return cmocka_run_group_tests(tests, open_schema, close_schema);
}
