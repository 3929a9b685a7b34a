/* A table reads a mapping: defaults, kinds, bounds, and a message for each mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "conf/settings.h"

struct window {
    uint64_t time;
    bool strict;
};

struct values {
    const char *name;
    struct settings_texts ids;
    uint64_t count;
    int policy;
    struct decimal tolerance;
    struct window window;
    const struct yaml_node *rules;
};

static const char *const policies[] = {"off", "warn", "error", NULL};
static const struct settings_row window_rows[] = {
    {.key = "time",
     .kind = SETTINGS_DURATION,
     .offset = offsetof(struct window, time),
     .fallback = "24h",
     .least = 60,
     .most = 604800,
     .sentence = "How long."},
    {.key = "strict",
     .kind = SETTINGS_FLAG,
     .offset = offsetof(struct window, strict),
     .fallback = "no",
     .sentence = "Whether it counts."},
};
static const struct settings window_table = {SETTINGS_ROWS(window_rows)};
static const struct settings_row rows[] = {
    {.key = "partner",
     .kind = SETTINGS_TEXT,
     .offset = offsetof(struct values, name),
     .required = true,
     .least = 1,
     .most = 8,
     .argument = "NAME",
     .sentence = "Its name. Short."},
    {.key = "ids",
     .kind = SETTINGS_TEXTS,
     .offset = offsetof(struct values, ids),
     .most = 3,
     .sentence = "Its identities."},
    {.key = "count",
     .kind = SETTINGS_COUNT,
     .offset = offsetof(struct values, count),
     .fallback = "5",
     .least = 1,
     .most = 10,
     .sentence = "How many."},
    {.key = "policy",
     .kind = SETTINGS_WORD,
     .offset = offsetof(struct values, policy),
     .words = policies,
     .fallback = "warn",
     .sentence = "What to do."},
    {.key = "tolerance",
     .kind = SETTINGS_DECIMAL,
     .offset = offsetof(struct values, tolerance),
     .fallback = "0.01",
     .sentence = "How far off."},
    {.key = "window",
     .kind = SETTINGS_MAPPING,
     .offset = offsetof(struct values, window),
     .inner = &window_table,
     .sentence = "When."},
    {.key = "rules", .kind = SETTINGS_ANY, .offset = offsetof(struct values, rules), .sentence = "Rules."},
};
static const struct settings table = {SETTINGS_ROWS(rows)};

static char path[] = "/tmp/crossdock-settings-XXXXXX";
static struct arena arena;
static struct report report;
static struct buffer printed;
static struct values values;

static void keep(void *to, const char *at, size_t len)
{
    buffer_add(to, at, len);
}

static int begin(void **state)
{
    int fd;

    (void)state;
    memcpy(path + sizeof(path) - 7, "XXXXXX", 6);
    fd = mkstemp(path);
    arena_init(&arena, 65536, 1 << 20);
    buffer_init(&printed, 1 << 20);
    report_init(&report, "test");
    report.write = keep;
    report.to = &printed;
    return fd < 0 || close(fd) != 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    buffer_release(&printed);
    report_release(&report);
    return unlink(path);
}

static bool read_text(const char *text)
{
    FILE *file = fopen(path, "wb");
    const struct yaml_node *node;
    bool good;

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    buffer_clear(&printed);
    node = yaml_load(path, &arena, &report, NULL);
    assert_non_null(node);
    memset(&values, 0, sizeof(values));
    good = settings_read(&table, node, &values, &arena, &report);
    buffer_add_byte(&printed, '\0');
    return good;
}

/* Lines "CODE:LINE:COLUMN: what", without tool and file. */
static void refused(const char *text, const char *want)
{
    char got[2000] = "";

    if (read_text(text))
        fail_msg("was taken: %s", text);
    for (const char *at = printed.at; (at = strstr(at, "test: ")) != NULL; at++) {
        const char *place = strstr(at, path) + strlen(path);
        size_t len = strlen(got);

        snprintf(got + len, sizeof(got) - len, "%.5s%.*s\n", at + 6, (int)strcspn(place, "\n"), place);
    }
    assert_string_equal(got, want);
}

static void values_arrive(void **state)
{
    char text[DECIMAL_TEXT];

    (void)state;
    assert_true(read_text("partner: acme\n"));
    assert_string_equal(values.name, "acme");
    assert_int_equal(values.count, 5);
    assert_int_equal(values.policy, 1);
    assert_int_equal(values.window.time, 86400);
    assert_false(values.window.strict);
    assert_int_equal(values.ids.n, 0);
    assert_null(values.rules);

    assert_true(read_text("partner: acme\nids: [a, \"b\"]\ncount: 7\npolicy: error\ntolerance: 1.50\n"
                          "window: {time: 30m, strict: yes}\nrules: {x: y}\n"));
    assert_int_equal(values.ids.n, 2);
    assert_true(bytes_are(values.ids.at[1], "b"));
    assert_int_equal(values.count, 7);
    assert_int_equal(values.policy, 2);
    decimal_print(values.tolerance, text);
    assert_string_equal(text, "1.50");
    assert_int_equal(values.window.time, 1800);
    assert_true(values.window.strict);
    assert_int_equal(values.rules->kind, YAML_MAP);

    assert_true(read_text("partner: acme\nids: one\ncount:\npolicy: ~\n"));
    assert_int_equal(values.ids.n, 1);
    assert_int_equal(values.count, 5);
    assert_int_equal(values.policy, 1);
    memset(&values, 0, sizeof(values));
    assert_true(settings_read(&table, NULL, &values, &arena, &report));
    assert_int_equal(values.count, 5);
}

static void mistakes_are_told_all(void **state)
{
    (void)state;
    refused("partner: acme\nconut: 7\n", "C4201:2:1: no such key: \"conut\"; hint: did you mean count?\n");
    refused("partner: acme\nwindow: {tiem: 5m}\n",
            "C4201:2:10: no such key: \"tiem\"; hint: did you mean time?\n");
    refused("partner: acme\nwindow: {nonsense: 5m}\n",
            "C4201:2:10: no such key: \"nonsense\"; expected one of time, strict\n");
    refused("count: 7\n", "C4205:1:1: a key is missing: partner\n");
    refused("partner:\n", "C4205:1:9: a key is missing: partner\n");
    refused("partner: acme\ncount: seven\n",
            "C4203:2:8: the key does not take this value: count \"seven\"; expected "
            "a whole number\n");
    refused("partner: acme\ncount: 11\n",
            "C4204:2:8: the value is out of bounds: count \"11\"; expected 1 to 10\n");
    refused("partner: acme\ncount: 99999999999999999999\n",
            "C4203:2:8: the key does not take this value: count \"99999999999999999999\"; expected "
            "a whole number\n");
    refused("partner: far-too-long\n",
            "C4204:1:10: the value is out of bounds: partner \"far-too-long\"; expected 1 to 8 bytes\n");
    refused("partner: acme\nids: [a, b, c, d]\n",
            "C4204:2:6: the value is out of bounds: ids; expected 0 to 3 entries\n");
    refused("partner: acme\nids: [a, {b: c}]\n",
            "C4202:2:10: the value is of another kind than its key wants: ids; expected a text\n");
    refused(
        "partner: acme\npolicy: fatal\n",
        "C4203:2:9: the key does not take this value: policy \"fatal\"; expected one of off, warn, error\n");
    refused("partner: acme\nwindow: {time: 1 day}\n",
            "C4203:2:16: the key does not take this value: time \"1 day\"; expected a number with s, m, h, d "
            "or w "
            "behind it, such as 24h\n");
    refused("partner: acme\nwindow: {strict: \"yes\"}\n",
            "C4203:2:18: the key does not take this value: strict \"yes\"; expected yes or no\n");
    refused("partner: acme\nwindow: 5\n",
            "C4202:2:9: the value is of another kind than its key wants: window \"5\"; expected a mapping\n");
    refused(
        "partner: [acme]\n",
        "C4202:1:10: the value is of another kind than its key wants: partner; expected a single value\n");
    refused("- partner\n",
            "C4202:1:1: the value is of another kind than its key wants; expected a mapping\n");
    refused(
        "tolerance: 1,5\ncount: 0\nx: 1\n",
        "C4203:1:12: the key does not take this value: tolerance \"1,5\"; expected a decimal number of at "
        "most 38 "
        "digits, such as 0.05\n"
        "C4204:2:8: the value is out of bounds: count \"0\"; expected 1 to 10\n"
        "C4201:3:1: no such key: \"x\"; expected one of partner, ids, count, policy, tolerance, window, "
        "rules\n"
        "C4205:1:1: a key is missing: partner\n");
}

static void durations_have_units(void **state)
{
    static const char *const bad[] = {"", "5", "h", "5x", "-5h", "1h30m", "5 h", "5H", "99999999999h"};
    uint64_t seconds;

    (void)state;
    assert_true(settings_duration(BYTES("90s"), &seconds) && seconds == 90);
    assert_true(settings_duration(BYTES("0"), &seconds) && seconds == 0);
    assert_true(settings_duration(BYTES("2w"), &seconds) && seconds == 1209600);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(settings_duration(bytes_of(bad[i]), &seconds));
}

static void the_manual_lists_all(void **state)
{
    struct buffer manual;

    (void)state;
    buffer_init(&manual, 65536);
    settings_manual(&table, &manual);
    buffer_add_byte(&manual, '\0');
    assert_string_equal(manual.at,
                        ".Bl -tag -width Ds\n"
                        ".It Ic partner : Ar NAME\nIts name.\nShort.\nRequired.\n"
                        ".It Ic ids : Ar LIST\nIts identities.\n"
                        ".It Ic count : Ar N\nHow many.\nThe default is\n.Ql 5 .\n"
                        ".It Ic policy : Cm off | warn | error\nWhat to do.\nThe default is\n.Ql warn .\n"
                        ".It Ic tolerance : Ar NUMBER\nHow far off.\nThe default is\n.Ql 0.01 .\n"
                        ".It Ic window : Ar MAPPING\nWhen.\n"
                        ".Bl -tag -width Ds\n"
                        ".It Ic time : Ar TIME\nHow long.\nThe default is\n.Ql 24h .\n"
                        ".It Ic strict : Cm yes | no\nWhether it counts.\nThe default is\n.Ql no .\n"
                        ".El\n"
                        ".It Ic rules : Ar VALUE\nRules.\n"
                        ".El\n");
    buffer_release(&manual);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(values_arrive, begin, end),
        cmocka_unit_test_setup_teardown(mistakes_are_told_all, begin, end),
        cmocka_unit_test(durations_have_units),
        cmocka_unit_test(the_manual_lists_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
