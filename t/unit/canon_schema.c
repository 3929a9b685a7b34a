/* The tables of kinds and blocks: what a wrong one says, and the rules the real ones keep. */
#include "canon_fixture.h"

#include <dirent.h>
#include <jansson.h>
#include <sys/stat.h>
#include <unistd.h>

#include "canon/check.h"
#include "canon/json_schema.h"

static char folder[64];

static void put_file(const char *name, const char *text)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/crossdock-schema-XXXXXX");
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    char path[512];

    (void)state;
    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    return rmdir(folder);
}

#define HEADER "field\ttype\tneed\tmeaning\tx12\tedifact\tubl\tidoc\n"

/* The kind "k" of this table, and the block table; the error is what follows "FOLDER/". */
static void refused(const char *kind, const char *blocks, const char *want)
{
    struct schema *schema;
    char *why;

    put_file("k.tsv", kind);
    put_file("blocks.tsv", blocks);
    schema = schema_open(folder, &why);
    assert_non_null(schema);
    assert_null(schema_kind(schema, BYTES("k")));
    assert_non_null(schema_error(schema));
    if (strcmp(schema_error(schema) + strlen(folder) + 1, want) != 0)
        fail_msg("got  %s\nwant %s", schema_error(schema) + strlen(folder) + 1, want);
    schema_close(schema);
}

static void wrong_lines_say_where(void **state)
{
    (void)state;
    refused("", "", "k.tsv: a table without fields");
    refused("kind\tother\twhat\n" HEADER "a\tstring\tO\n", "",
            "k.tsv:1: expected \"kind\", \"k\" and what it is, parted by tabs");
    refused("kind\tk\twhat\nfield\ttype\n", "", "k.tsv:2: column 3 is \"need\", not \"\"");
    refused("kind\tk\twhat\n" HEADER "# a comment\n\nA\tstring\tO\n", "",
            "k.tsv:5: \"A\" is no field name (lower case, digits, underscore; at most 63)");
    refused("kind\tk\twhat\n" HEADER "a\tstring\n", "",
            "k.tsv:3: expected a name, a type and a need, parted by tabs");
    refused("kind\tk\twhat\n" HEADER "a\tstring\tX\n", "", "k.tsv:3: need is M, R or O, not \"X\"");
    refused("kind\tk\twhat\n" HEADER "a\tnumber\tO\n", "",
            "k.tsv:3: \"number\" is no type, and no block of this file or of blocks.tsv");
    refused("kind\tk\twhat\n" HEADER "a\tB*\tO\n", "", "k.tsv:3: \"B\" is no type and no name of a block");
    refused("kind\tk\twhat\n" HEADER "a\tstring\tO\nb\tcode\tO\na\tdate\tO\n", "",
            "k.tsv:5: field a stands twice");
    refused("kind\tk\twhat\n" HEADER "source\tstring\tO\n", "", "k.tsv:3: source belongs to the envelope");
    refused("kind\tk\twhat\n" HEADER "a\tstring\tO\t1\t2\t3\t4\t5\t6\n", "", "k.tsv:3: more than 8 cells");
    refused("kind\tk\twhat\nkeys\ta.b\n" HEADER "a\tstring\tO\n", "", "k.tsv:2: there is no field a.b");
    refused("kind\tk\twhat\nkeys\ta\n" HEADER "a\tboolean\tO\n", "",
            "k.tsv:2: a cannot be a key: it is no text");
    refused("kind\tk\twhat\nidentity\ta\n" HEADER "a\tstring*\tO\n", "",
            "k.tsv:2: there is no plain field a");
}

static void wrong_blocks_say_where(void **state)
{
    static const char kind[] = "kind\tk\twhat\n" HEADER "a\tb\tO\n";

    (void)state;
    refused(kind, "block\tb\twhat\n" HEADER "x\tstring\tQ\n", "blocks.tsv:3: need is M, R or O, not \"Q\"");
    refused(kind, "# before\n\nblock\tb\twhat\n" HEADER "x\tb*\tO\n",
            "blocks.tsv:5: block b contains itself");
    refused(kind, "block\tb\twhat\n" HEADER "x\tc\tO\n\nblock\tc\twhat\n" HEADER "y\tb\tO\n",
            "blocks.tsv:7: block b contains itself");
    refused(kind, "block\tb\twhat\n" HEADER "x\tcode\tO\nblock\tb\twhat\n" HEADER "x\tcode\tO\n",
            "blocks.tsv:4: block b stands twice");
    refused(kind, "block\tb\twhat\nkeys\tx\n" HEADER "x\tcode\tO\n", "blocks.tsv:2: only a kind has keys");
}

static void too_much_is_refused(void **state)
{
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 20);
    buffer_add_string(&text, "kind\tk\twhat\n" HEADER);
    for (unsigned i = 0; i < CANON_MAX_FIELDS + 1; i++)
        buffer_add_format(&text, "f%u\tstring\tO\n", i);
    buffer_add_byte(&text, '\0');
    refused(text.at, "", "k.tsv:195: more than 192 fields");

    /* Seventeen levels, the kind's included; sixteen are not too many. */
    for (unsigned deepest = 14; deepest <= 15; deepest++) {
        struct schema *schema;
        char *why;

        buffer_clear(&text);
        for (unsigned i = 0; i < deepest; i++)
            buffer_add_format(&text, "block\tb%u\twhat\n" HEADER "x\tb%u*\tO\n", i, i + 1);
        buffer_add_format(&text, "block\tb%u\twhat\n" HEADER "x\tstring\tO\n", deepest);
        buffer_add_byte(&text, '\0');
        if (deepest == 15) {
            refused("kind\tk\twhat\n" HEADER "a\tb0\tO\n", text.at,
                    "blocks.tsv:45: blocks nest more than 16 deep");
            break;
        }
        put_file("k.tsv", "kind\tk\twhat\n" HEADER "a\tb0\tO\n");
        put_file("blocks.tsv", text.at);
        schema = schema_open(folder, &why);
        assert_non_null(schema_kind(schema, BYTES("k")));
        schema_close(schema);
    }
    buffer_release(&text);
}

static void no_folder_is_said(void **state)
{
    char *why;

    (void)state;
    assert_null(schema_open("/nonexistent/canon", &why));
    assert_string_equal(why, "/nonexistent/canon: No such file or directory");
    free(why);
}

static void names_that_are_no_kinds(void **state)
{
    static const char *const names[] = {
        "", "orders", "ORDER", "party", "blocks", "../canon/order", "order.tsv", "README", "order_line"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        assert_null(schema_kind(the_schema, bytes_of(names[i])));
    assert_null(schema_error(the_schema));
    assert_null(schema_block(the_schema, BYTES("order")));
    assert_non_null(schema_block(the_schema, BYTES("party")));
    assert_non_null(kind_of("order"));
    assert_ptr_equal(kind_of("order"), kind_of("order"));
    assert_non_null(schema_block(the_schema, BYTES("order_line")));
}

static bool ends(const char *name, const char *suffix)
{
    size_t len = strlen(name), tail = strlen(suffix);

    return len >= tail && strcmp(name + len - tail, suffix) == 0;
}

/* What maps/canon/README says of suffixes. */
static void keep_suffix(const struct canon_block *block, const struct canon_field *field)
{
    static const struct {
        const char *suffix;
        enum canon_type types[2];
    } rules[] = {
        {"_id", {CANON_STRING, CANON_STRING}},        {"_code", {CANON_CODE, CANON_CODE}},
        {"_date", {CANON_DATE, CANON_DATE}},          {"_time", {CANON_TIME, CANON_DECIMAL}},
        {"_at", {CANON_DATETIME, CANON_DATETIME}},    {"_quantity", {CANON_DECIMAL, CANON_INTEGER}},
        {"_amount", {CANON_DECIMAL, CANON_DECIMAL}},  {"_price", {CANON_DECIMAL, CANON_DECIMAL}},
        {"_percent", {CANON_DECIMAL, CANON_DECIMAL}}, {"_count", {CANON_INTEGER, CANON_INTEGER}},
        {"_text", {CANON_STRING, CANON_STRING}},      {"_name", {CANON_STRING, CANON_STRING}},
        {"_raw", {CANON_STRING, CANON_STRING}},
    };

    if (ends(field->name, "postal_code"))
        return; /* no list has them */
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
        if (ends(field->name, rules[i].suffix) && field->type != rules[i].types[0] &&
            field->type != rules[i].types[1])
            fail_msg("%s.%s is of type %s", block->name, field->name, field->type_name);
    if (strncmp(field->name, "is_", 3) == 0 && field->type != CANON_BOOLEAN)
        fail_msg("%s.%s is no boolean", block->name, field->name);
}

static void keep_rules(const struct canon_block *block)
{
    for (unsigned i = 0; i < block->n_fields; i++) {
        const struct canon_field *field = &block->fields[i];
        size_t len = strlen(field->name);

        assert_int_equal(field->index, i);
        assert_int_equal(block->labels[i].len, len + 5);
        assert_memory_equal(block->labels[i].text, ",\"", 2);
        assert_memory_equal(block->labels[i].text + 2, field->name, len);
        assert_memory_equal(block->labels[i].text + 2 + len, "\":\"", 3);
        assert_ptr_equal(canon_block_field(block, bytes_of(field->name)), field);
        keep_suffix(block, field);
        /* A raw twin stands beside what it is the raw form of. */
        if (ends(field->name, "_raw") && len > 4)
            assert_non_null(canon_block_field(block, (struct bytes){field->name, len - 4}));
        if (field->block != NULL)
            keep_rules(field->block);
    }
}

static void the_tables_keep_their_rules(void **state)
{
    const struct canon_kind *kind;
    unsigned n = 0;

    (void)state;
    for (; (kind = schema_kind_at(the_schema, n)) != NULL; n++) {
        const struct canon_field *last = &kind->body->fields[kind->body->n_fields - 1];

        keep_rules(kind->body);
        assert_string_equal(last->name, "extra");
        assert_true(kind->n_keys > 0);
        assert_true(kind->n_identity > 0);
        assert_ptr_equal(kind_of(kind->name), kind);
    }
    assert_null(schema_error(the_schema));
    assert_int_equal(n, 18);
}

static void near_names_are_told(void **state)
{
    const struct canon_block *body = kind_of("order")->body;

    (void)state;
    assert_string_equal(canon_block_nearest(body, BYTES("order_nubmer"))->name, "order_number");
    assert_string_equal(canon_block_nearest(body, BYTES("shipto"))->name, "ship_to");
    assert_null(canon_block_nearest(body, BYTES("colour_of_the_sky")));
    assert_null(canon_block_nearest(body, BYTES("x")));
}

static void types_hold_their_values(void **state)
{
    static const struct {
        enum canon_type type;
        const char *good, *bad; /* parted by blanks */
    } rows[] = {
        {CANON_DECIMAL, "0 -1 10.500 0.05 12345678901234567890.000",
         "-0 -0.00 .5 5. 00 01 +1 1e3 1,5 - 1.2.3 --1"},
        {CANON_INTEGER, "0 1 -1 123456789012345678", "01 1.0 1e2 +1 - 1234567890123456789 a"},
        {CANON_BOOLEAN, "true false", "True 1 t falsey tru"},
        {CANON_DATE, "2026-11-20 2024-02-29 0001-01-01 9999-12-31",
         "2026-02-29 1900-02-29 2026-13-01 2026-00-10 2026-11-31 20261120 2026-1-01 0000-01-01 2026/11/20"},
        {CANON_TIME, "00:00 23:59 10:15:59 10:15:59.5 10:15:59.123456789",
         "24:00 10:60 1015 10:15:60 10:15: 10:15:5 10:15:59. 10:15:59.1234567890 10:15Z"},
        {CANON_DATETIME,
         "2026-11-20T10:15 2026-11-20T10:15:30Z 2026-11-20T10:15+05:30 2026-11-20T10:15:30.25-08:00",
         "2026-11-20 2026-11-20t10:15 2026-11-20T24:00 2026-11-20T10:15z 2026-11-20T10:15+0530 "
         "2026-02-30T10:15"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        for (int good = 0; good < 2; good++) {
            struct bytes rest = bytes_of(good ? rows[i].good : rows[i].bad), value;

            while (bytes_split(&rest, ' ', &value)) {
                /* Alone in memory, so that a sanitizer sees a look behind its end. */
                char *alone = malloc(value.len);

                memcpy(alone, value.at, value.len);
                if (canon_type_holds(rows[i].type, alone, value.len) != good)
                    fail_msg("%s: %.*s", canon_type_name(rows[i].type), BYTES_ARG(value));
                free(alone);
            }
            assert_false(canon_type_holds(rows[i].type, "", 0));
        }
}

/* Every kind's JSON Schema is JSON, and has what the table has. */
static void json_schemas_are_whole(void **state)
{
    const struct canon_kind *kind;
    struct buffer text;

    (void)state;
    buffer_init(&text, 1 << 22);
    for (unsigned n = 0; (kind = schema_kind_at(the_schema, n)) != NULL; n++) {
        json_error_t error;
        json_t *schema, *properties;

        buffer_clear(&text);
        canon_json_schema(&text, kind);
        assert_false(text.failed);
        schema = json_loadb(text.at, text.len, JSON_REJECT_DUPLICATES, &error);
        if (schema == NULL)
            fail_msg("%s: line %d: %s", kind->name, error.line, error.text);
        properties = json_object_get(schema, "properties");
        assert_int_equal(json_object_size(properties), kind->body->n_fields + 7u);
        for (unsigned i = 0; i < kind->body->n_fields; i++) {
            const struct canon_field *field = &kind->body->fields[i];

            assert_non_null(json_object_get(properties, field->name));
            if (field->block != NULL)
                assert_non_null(json_object_get(json_object_get(schema, "$defs"), field->block->name));
        }
        json_decref(schema);
    }
    buffer_release(&text);
}

static void add_path(void *to, const char *path, const struct canon_field *field)
{
    (void)field;
    buffer_add_format(to, "%s ", path);
}

static void what_a_record_lacks(void **state)
{
    struct canon_record record;
    struct canon_object *line;
    struct buffer paths;

    (void)state;
    buffer_init(&paths, 1 << 16);
    assert_true(canon_record_init(&record, kind_of("order"), &the_arena));
    set(record.body, "order_number", "1");
    assert_int_equal(canon_check_needs(&record, CANON_REQUIRED, add_path, &paths), 2);
    assert_true(bytes_are(buffer_view(&paths), "order_date lines "));

    buffer_clear(&paths);
    set(record.body, "order_date", "2026-11-20");
    canon_append(&the_arena, record.body, field_of(record.body->block, "lines"));
    line = canon_append(&the_arena, record.body, field_of(record.body->block, "lines"));
    set(line, "line_number", "2");
    set(line, "quantity", "3");
    assert_int_equal(canon_check_needs(&record, CANON_REQUIRED, add_path, &paths), 4);
    assert_true(
        bytes_are(buffer_view(&paths), "lines[0].line_number lines[0].quantity lines[0].uom lines[1].uom "));
    assert_true(canon_check_needs(&record, CANON_EXPECTED, add_path, &paths) > 4);
    buffer_release(&paths);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(wrong_lines_say_where, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(wrong_blocks_say_where, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(too_much_is_refused, make_folder, remove_folder),
        cmocka_unit_test(no_folder_is_said),
        cmocka_unit_test(names_that_are_no_kinds),
        cmocka_unit_test(the_tables_keep_their_rules),
        cmocka_unit_test(near_names_are_told),
        cmocka_unit_test(types_hold_their_values),
        cmocka_unit_test(json_schemas_are_whole),
        cmocka_unit_test_setup(what_a_record_lacks, begin_test),
    };

    return cmocka_run_group_tests(tests, open_schema, close_schema);
}
