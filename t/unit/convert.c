/* Converters of maps: each in and out, at its bounds, and what a map may not say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "map/convert.h"

static char folder[] = "/tmp/convert-XXXXXX";
static struct search search;
static struct report report;
static struct schema *schema;
static struct map *map;
static struct arena arena;
static char told[4096];

static void listen(void *to, const char *at, size_t len)
{
    size_t have = strlen(told);

    (void)to;
    if (len > sizeof(told) - 1 - have)
        len = sizeof(told) - 1 - have;
    memcpy(told + have, at, len);
    told[have + len] = '\0';
}

static void put_file(const char *name, const char *text, size_t len)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, len, file), len);
    assert_int_equal(fclose(file), 0);
}

static int open_all(void **state)
{
    char path[4096];
    char *wrong = NULL;

    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof(path), "%s/maps", folder);
    if (mkdir(path, 0700) != 0)
        return -1;
    report_init(&report, "convert");
    report.write = listen;
    report.print_limit = 0;
    arena_init(&arena, 4096, 64 * 1024 * 1024);
    if (!search_init(&search, folder))
        return -1;
    snprintf(path, sizeof(path), "%s/maps/canon", getenv("CROSSDOCK_SOURCE"));
    schema = schema_open(path, &wrong);
    free(wrong);
    return schema != NULL ? 0 : -1;
}

static int close_all(void **state)
{
    static const char *const names[] = {"maps/m.yaml", "x.csv", "x.tsv", "maps"};
    char path[4096];

    (void)state;
    map_close(map);
    schema_close(schema);
    search_release(&search);
    report_release(&report);
    arena_release(&arena);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        (void)remove(path);
    }
    return rmdir(folder);
}

/* The target that a map says so of BEG03; NULL when it may not, with `told` saying why. */
static const struct map_target *target(const char *says)
{
    char text[8192];
    int len = snprintf(text, sizeof(text),
                       "map: m\nformat: x12\nset: \"850\"\nrecord: order\n"
                       "xrefs: {x: {file: x.csv, theirs: a, ours: b}}\n"
                       "tables: {t: {A: one, B: two}}\n"
                       "tree:\n  - BEG:\n      \"03\": %s\n",
                       says);

    put_file("maps/m.yaml", text, (size_t)len);
    map_close(map);
    told[0] = '\0';
    arena_reset(&arena);
    report.misused = false;
    map = map_load("m", &search, schema, &report);
    return map != NULL ? &map->nodes[0].rules[0].assigns[0].target : NULL;
}

static void refused(const char *says, const char *why)
{
    if (target(says) != NULL)
        fail_msg("taken: %s", says);
    if (strstr(told, why) == NULL || strstr(told, "m.yaml:9:") == NULL)
        fail_msg("%s: told %s", says, told);
}

static struct convert_fault fault;

/* "" for none. */
static const char *text_of(struct bytes text)
{
    return text.at != NULL ? arena_copy(&arena, text).at : "";
}

static const char *in(const struct map_target *at, const char *text)
{
    struct bytes out = {NULL, 0};

    assert_non_null(at);
    return convert_in(at, bytes_of(text), &arena, &out, &fault) ? text_of(out) : "!";
}

static const char *out(const struct map_target *at, const char *raw, const char *text)
{
    struct bytes made = {NULL, 0};

    return convert_out(at, bytes_of(raw), bytes_of(text), &arena, &made, &fault) ? text_of(made) : "!";
}

/* The parts with a bar between them. */
static const char *apart(const struct map_target *at, const char *text)
{
    struct bytes parts[CONVERT_MAX_PARTS];
    char *all = arena_format(&arena, "%s", "");

    assert_non_null(at);
    if (!convert_apart(at->convert, at->miss, bytes_of(text), &arena, parts, &fault))
        return "!";
    for (uint32_t i = 0; i < at->convert->n_parts; i++)
        all = arena_format(&arena, "%s%s%s", all, i > 0 ? "|" : "", text_of(parts[i]));
    return all;
}

static const char *together(const struct map_target *at, const char *a, const char *b)
{
    const struct bytes parts[CONVERT_MAX_PARTS] = {bytes_of(a), bytes_of(b)};
    struct bytes made = {NULL, 0};

    return convert_together(at->convert, parts, &arena, &made, &fault) ? text_of(made) : "!";
}

static void fill_is_stripped_and_put_back(void **state)
{
    const struct map_target *at = target("{field: vendor_number, fill: {with: \"0\", to: 6}}");

    (void)state;
    assert_string_equal(in(at, "000042"), "42");
    assert_false(fault.is);
    assert_string_equal(out(at, NULL, "42"), "000042");
    assert_string_equal(in(at, "000000"), "0");
    assert_string_equal(out(at, NULL, "0"), "000000");
    assert_string_equal(in(at, "123456"), "123456");
    assert_false(fault.is);
    /* Of another width: read, and told. */
    assert_string_equal(in(at, "0042"), "42");
    assert_true(fault.is && fault.complaint == MAP_NO_WAY_BACK);
    assert_string_equal(in(at, "1234567"), "1234567");
    assert_true(fault.is);
    /* What reading would not give back is not written. */
    assert_string_equal(out(at, NULL, "1234567"), "!");
    assert_true(fault.complaint == WRITE_MISFIT);
    assert_string_equal(out(at, NULL, "042"), "!");
    assert_string_equal(out(at, NULL, "-42"), "!");
    at = target("{field: vendor_number, fill: {with: \" \", to: 5, side: right}}");
    assert_string_equal(in(at, "ab   "), "ab");
    assert_string_equal(out(at, NULL, "ab"), "ab   ");
    assert_string_equal(out(at, NULL, "\xc3\xa4"), "\xc3\xa4    "); /* characters, not bytes */
    assert_string_equal(out(at, NULL, "a "), "!");

    refused("{field: vendor_number, fill: {with: ab, to: 5}}", "one character");
    refused("{field: vendor_number, fill: {with: a, to: 0}}", "1 to 1000");
    refused("{field: vendor_number, fill: {with: a, to: 5, side: up}}", "left or right");
    refused("{field: vendor_number, fill: {with: a}}", "fill is");
    refused("{field: vendor_number, fill: {with: a, to: 5, x: y}}", "fill is");
    refused("{fill: {with: a, to: 5}}", "field is missing");
    refused("{field: vendor_number, pad: 3, fill: {with: a, to: 5}}", "does not go with");
}

static void forms_are_those_of_element_1250(void **state)
{
    static const struct {
        const char *field, *form, *file, *record;
    } rows[] = {
        {"order_date", "D8", "20261124", "2026-11-24"},
        {"order_date", "D6", "261124", "2026-11-24"},
        {"order_date", "D6", "501124", "1950-11-24"},
        {"order_time", "TM", "0930", "09:30"},
        {"order_time", "TS", "093015", "09:30:15"},
        {"vendor_number", "DT", "202611240930", "2026-11-24T09:30"},
        {"vendor_number", "RTS", "20261124093015", "2026-11-24T09:30:15"},
    };
    const struct map_target *at;

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char says[128];

        snprintf(says, sizeof(says), "{field: %s, form: %s}", rows[i].field, rows[i].form);
        at = target(says);
        assert_string_equal(in(at, rows[i].file), rows[i].record);
        assert_string_equal(out(at, NULL, rows[i].record), rows[i].file);
    }
    at = target("{field: order_date, form: D8}");
    assert_string_equal(in(at, "261124"), "!"); /* strictly this form */
    assert_true(fault.complaint == MAP_NOT_DATE);
    assert_string_equal(in(at, "20260230"), "!");
    assert_string_equal(in(at, ""), "!");
    assert_string_equal(out(at, NULL, "2026-1-1"), "!");
    at = target("{field: order_date, form: D6}");
    assert_string_equal(out(at, NULL, "2050-01-01"), "!"); /* the century would be lost */
    at = target("{field: order_time, form: TM}");
    assert_string_equal(out(at, NULL, "09:30:15"), "!"); /* so would seconds */
    assert_string_equal(in(at, "2460"), "!");
    assert_true(fault.complaint == MAP_NOT_TIME);
    at = target("{field: vendor_number, form: DT}");
    assert_string_equal(out(at, NULL, "2026-11-24T09:30:00"), "!");
    assert_string_equal(out(at, NULL, "2026-11-24"), "!");
    assert_string_equal(out(at, NULL, "2026-11-24 09:30"), "!");
    refused("{field: order_date, form: TM}", "type");
    refused("{field: order_date, form: XX}", "form is");
    refused("{field: vendor_number, form: D8, table: t}", "one of table, xref and form");
}

static void fields_are_split_and_joined(void **state)
{
    const struct map_target *at = target("{fields: [order_number, release_number], by: \"-\"}");

    (void)state;
    assert_string_equal(apart(at, "81-2"), "81|2");
    assert_string_equal(together(at, "81", "2"), "81-2");
    assert_string_equal(apart(at, "81"), "81|");
    assert_false(fault.is);
    assert_string_equal(together(at, "81", NULL), "81");
    assert_string_equal(apart(at, "81-2-3"), "81|2-3"); /* the last takes what is left */
    assert_false(fault.is);
    assert_string_equal(together(at, "81", "2-3"), "81-2-3");
    assert_string_equal(apart(at, "-2"), "|2");
    assert_string_equal(together(at, NULL, "2"), "-2");
    assert_string_equal(apart(at, "81-"), "81|");
    assert_true(fault.is && fault.complaint == MAP_NO_WAY_BACK);
    assert_string_equal(together(at, "8-1", "2"), "!");
    assert_true(fault.complaint == WRITE_MISFIT);
    at = target("{fields: [order_number, release_number], by: \" - \"}");
    assert_string_equal(apart(at, "81 - 2"), "81|2");
    assert_string_equal(together(at, "8-1", "2"), "8-1 - 2");
    refused("{fields: [order_number, release_number]}", "fields need by");
    refused("{fields: [], by: \"-\"}", "up to 15");
    refused("{fields: [order_number, order_number], by: \"-\"}", "is a part already");
    refused("{fields: [order_number, lines], by: \"-\"}", "is an object");
    refused("{field: order_number, by: \"-\"}", "by is of a list");
    refused("{fields: [order_number, release_number], by: \"\"}", "1 to 8");
    refused("{fields: [order_number, release_number], by: \"-\", fill: {with: a, to: 3}}", "stand alone");
}

static void patterns_extract_and_templates_put_back(void **state)
{
    const struct map_target *at = target("{read: '(?<order_number>\\d+)(?:/(?<release_number>\\w+))?', "
                                         "write: '{order_number}[/{release_number}]'}");
    char many[2048];

    (void)state;
    assert_string_equal(apart(at, "81/A"), "81|A");
    assert_false(fault.is);
    assert_string_equal(together(at, "81", "A"), "81/A");
    assert_string_equal(apart(at, "81"), "81|");
    assert_string_equal(together(at, "81", NULL), "81");
    assert_string_equal(apart(at, "x81"), "!"); /* the whole text must match; else it is unread, */
    assert_false(fault.is);                     /* and nothing more is said of it */
    assert_string_equal(together(at, "x", NULL), "!");
    assert_string_equal(together(at, NULL, "A"), "!"); /* lacks what must be there */
    assert_non_null(strstr(fault.expected, "order_number"));
    assert_string_equal(together(at, "81", "A/B"), "!");

    at = target("{read: 'PO 0*(?<order_number>.*)', write: 'PO {order_number}', miss: error}");
    assert_string_equal(apart(at, "PO 0042"), "42");
    assert_true(fault.is && fault.complaint == MAP_NO_WAY_BACK);
    assert_string_equal(together(at, "042", NULL), "!"); /* reading would make 42 of it */
    assert_string_equal(apart(at, "P 42"), "!");
    assert_true(fault.is && fault.complaint == MAP_NOT_IN_TABLE);

    /* By number, with converters of their own; braces and brackets that are meant. */
    at = target("{fields: [ship_to.id, {field: order_number, fill: {with: \"0\", to: 4}}], "
                "read: '\\{(\\w+)\\}\\[(\\w+)\\]', write: '{{{1}}}[[{2}]]'}");
    assert_string_equal(apart(at, "{a}[b]"), "a|b");
    assert_false(fault.is);
    assert_string_equal(together(at, "a", "b"), "{a}[b]");

    at = target("{read: '(?<order_number>\\d+).*'}"); /* halves */
    assert_true(convert_reads(at->convert) && !convert_writes(at->convert));
    assert_string_equal(apart(at, "81 and more"), "81");
    assert_false(fault.is);
    at = target("{write: 'No. {order_number}'}");
    assert_true(!convert_reads(at->convert) && convert_writes(at->convert));
    assert_string_equal(together(at, "81", NULL), "No. 81");

    /* One that tries too long is told, and does not run away. */
    at = target("{read: '(?<order_number>(?:x*)*)[yz]*[^x]', write: '{order_number}y'}");
    memset(many, 'x', sizeof(many) - 1);
    many[sizeof(many) - 1] = '\0';
    assert_string_equal(apart(at, many), "!");
    assert_true(fault.is && fault.complaint == MAP_PATTERN_FAILED);

    refused("{read: '(?<order_number>'}", "at character");
    refused("{read: '(\\d+)'}", "each group names a field");
    refused("{read: '(?<nothing>\\d+)'}", "each group names a field");
    refused("{read: '\\d+'}", "names no field");
    refused("{read: '(?<order_number>\\d+)', write: 'x'}", "names no field");
    refused("{read: '(?<order_number>\\d+)-(?<vendor_number>.)', write: '{order_number}'}", "does not say");
    refused("{write: '{nothing}'}", "\"nothing\" in order");
    refused("{write: '{order_number'}", "names no field");
    refused("{write: '{order_number}[x'}", "not closed");
    refused("{write: '{order_number}[[x]'}", "stand in pairs");
    refused("{fields: [order_number], read: '(.)(.)'}", "as many groups");
    refused("{fields: [order_number], write: '{2}'}", "{1}");
}

static void lists_are_one_text(void **state)
{
    const struct map_target *at;
    struct bytes rest = BYTES("a,,b"), text, made;
    const struct bytes texts[] = {BYTES("a"), BYTES(""), BYTES("b")}, bad[] = {BYTES("a,b")};

    (void)state;
    at = target("{field: order_number, by: \",\"}");
    assert_null(at);
    at = target("{fields: [order_number, vendor_number], by: \",\"}");
    assert_true(convert_next(at->convert, &rest, &text) && bytes_are(text, "a"));
    assert_true(convert_next(at->convert, &rest, &text) && bytes_are(text, ""));
    assert_true(convert_next(at->convert, &rest, &text) && bytes_are(text, "b"));
    assert_false(convert_next(at->convert, &rest, &text));
    assert_true(convert_list(at->convert, texts, 3, &arena, &made, &fault) && bytes_are(made, "a,,b"));
    ((struct map_convert *)(uintptr_t)at->convert)->list = true;
    assert_false(convert_list(at->convert, bad, 1, &arena, &made, &fault));
}

static void defaults_and_misses(void **state)
{
    const struct map_target *at = target("{field: vendor_number, default: X}");

    (void)state;
    assert_true(at->fallback.at == NULL && bytes_are(at->write_fallback, "X")); /* not invented on reading */
    at = target("{field: vendor_number, default: {read: X}}");
    assert_true(at->write_fallback.at == NULL && bytes_are(at->fallback, "X"));
    refused("{field: vendor_number, default: [X]}", "default is");
    refused("{field: vendor_number, default: {both: X}}", "default is");

    at = target("{field: vendor_number, table: t, miss: warn}");
    assert_string_equal(in(at, "A"), "one");
    assert_false(fault.is);
    assert_string_equal(in(at, "C"), "C");
    assert_true(fault.is && fault.complaint == MAP_MISSED);
    assert_string_equal(out(at, NULL, "two"), "B");
    assert_string_equal(out(at, "A", "one"), "A");
    assert_string_equal(out(at, "B", "one"), "A"); /* raw that says something else */
    assert_string_equal(out(at, NULL, "three"), "three");
    assert_true(fault.is && fault.complaint == WRITE_MISSED);
    at = target("{field: vendor_number, table: t, miss: default, default: {read: none, write: Z}}");
    assert_string_equal(in(at, "C"), "none");
    assert_string_equal(out(at, NULL, "three"), "Z");
    assert_false(fault.is);
    refused("{field: vendor_number, table: t, miss: default}", "needs a default");
    refused("{field: vendor_number, table: t, miss: sometimes}", "keep, warn, error or default");
}

static void use_xref(const char *text)
{
    put_file("x.csv", text, strlen(text));
}

static void cross_references_go_both_ways(void **state)
{
    const struct map_target *at;

    (void)state;
    use_xref("\xef\xbb\xbf"
             "a,name,b\r\n0107,\"Portland, \"\"east\"\"\",P1\r\n\r\n 0112 , ,S1\r\n");
    at = target("{field: vendor_number, xref: x}");
    assert_non_null(at);
    assert_string_equal(told, "");
    assert_string_equal(in(at, "0107"), "P1");
    assert_string_equal(in(at, "0112"), "S1");
    assert_string_equal(out(at, NULL, "P1"), "0107");
    assert_string_equal(in(at, "0999"), "!"); /* error is what nobody said */
    assert_true(fault.complaint == MAP_NOT_IN_TABLE);
    assert_non_null(strstr(fault.expected, "x.csv"));
    assert_string_equal(out(at, NULL, "Q"), "!");
    assert_true(fault.complaint == WRITE_NO_CODE);
    at = target("{field: vendor_number, xref: x, miss: keep}");
    assert_string_equal(in(at, "0999"), "0999");
    assert_false(fault.is);
    assert_string_equal(out(at, NULL, "0999"), "0999");
    /* Kept, these would be something else on their way back. */
    assert_string_equal(in(at, "P1"), "!");
    assert_non_null(strstr(fault.expected, "written as \"0107\""));
    assert_string_equal(out(at, NULL, "0107"), "!");
    /* Fill goes first, and comes last. */
    use_xref("a;b\n7;P\n");
    at = target("{field: vendor_number, xref: x, fill: {with: \"0\", to: 4}}");
    assert_string_equal(in(at, "0007"), "P");
    assert_string_equal(out(at, NULL, "P"), "0007");
    refused("{field: vendor_number, xref: y}", "no such cross-reference");
    refused("{field: vendor_number, xref: [x]}", "name of a cross-reference");
    refused("{field: vendor_number, xref: x, table: t}", "one of table");
}

struct notes {
    unsigned n;
    char text[256];
};

static void take_note(void *whom, const struct xref_note *note)
{
    struct notes *notes = whom;
    size_t len = strlen(notes->text);

    notes->n++;
    snprintf(notes->text + len, sizeof(notes->text) - len, "%u/%u:%.*s=%.*s*%u ", note->line,
             note->first_line, BYTES_ARG(note->theirs), BYTES_ARG(note->ours), (unsigned)note->count);
}

static void cross_references_know_their_rows(void **state)
{
    const struct map_target *at;
    struct notes notes = {0};
    struct xref *xref;

    (void)state;
    use_xref("a,b\n1,X\n2,X\n3,Y\n4,X\n5,\n3,Y\n");
    at = target("{field: vendor_number, xref: x, miss: keep}");
    assert_non_null(at);
    assert_non_null(strstr(told, "x.csv:3:1")); /* ambiguous: told once, with its first line */
    assert_non_null(strstr(told, "2 rows are like this"));
    assert_non_null(strstr(told, "x.csv:6:3")); /* incomplete */
    assert_non_null(strstr(told, "x.csv:7:1")); /* repeated */
    xref = map->xrefs->xref;
    assert_int_equal(xref_rows(xref), 4);
    assert_string_equal(in(at, "2"), "X");
    assert_string_equal(out(at, NULL, "X"), "1"); /* the first */
    (void)in(at, "8");
    (void)in(at, "8");
    (void)out(at, NULL, "9");
    xref_each_ambiguous(xref, take_note, &notes);
    assert_string_equal(notes.text, "3/2:2=X*1 5/2:4=X*0 ");
    notes = (struct notes){0};
    xref_each_unused(xref, take_note, &notes);
    assert_string_equal(notes.text, "4/0:3=Y*0 5/0:4=X*0 ");
    notes = (struct notes){0};
    xref_each_missing(xref, take_note, &notes);
    assert_string_equal(notes.text, "0/0:8=*2 0/0:=9*1 ");
    /* A stranger's file cannot make us remember for ever. */
    for (unsigned i = 0; i < 5000; i++) {
        char value[16];

        snprintf(value, sizeof(value), "m%u", i);
        (void)in(at, value);
    }
    notes = (struct notes){0};
    xref_each_missing(xref, take_note, &notes);
    assert_int_equal(notes.n, XREF_MAX_MISSES);
}

static void wrong_files_are_told(void **state)
{
    static const struct {
        const char *text, *says;
    } rows[] = {
        {"", "the file is empty"},
        {"\n \n", "the file is empty"},
        {"1,X\n", "has no \"a\""},
        {"a,b,a\n", "x.csv:1:5"},
        {"a,b\n1\n", "x.csv:2:1"},
        {"a,b\n1,X,2\n", "3 columns, where the first line has 2"},
        {"a,b\n1,X\n1,Y\n", "x.csv:3:1"},
        {"a,b\n\"1,X\n", "not closed"},
        {"a,b\n\"1\"2,X\n", "behind the closing quote"},
        {"a,b\n1,\xff\n", "not UTF-8"},
        {"a,b\n1,X\x01\n", "control character"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        use_xref(rows[i].text);
        assert_null(target("{field: vendor_number, xref: x}"));
        if (strstr(told, rows[i].says) == NULL)
            fail_msg("%s: told %s", rows[i].says, told);
    }
    put_file("x.csv", "a,b\n1,\0\n", 8);
    assert_null(target("{field: vendor_number, xref: x}"));
    put_file("x.csv", "a,b\n", 4);
    assert_non_null(target("{field: vendor_number, xref: x}")); /* no rows is no mistake */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fill_is_stripped_and_put_back),
        cmocka_unit_test(forms_are_those_of_element_1250),
        cmocka_unit_test(fields_are_split_and_joined),
        cmocka_unit_test(patterns_extract_and_templates_put_back),
        cmocka_unit_test(lists_are_one_text),
        cmocka_unit_test(defaults_and_misses),
        cmocka_unit_test(cross_references_go_both_ways),
        cmocka_unit_test(cross_references_know_their_rows),
        cmocka_unit_test(wrong_files_are_told),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
