/* Configuration files: every node has its place, every bound holds, every refusal names line and column. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/publish.h"
#include "conf/yaml.h"

static char path[] = "/tmp/crossdock-yaml-XXXXXX";
static struct arena arena;
static struct report report;
static struct buffer printed;

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
    arena_init(&arena, 65536, 64 << 20);
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

/* What was printed is a string too. */
static struct yaml_node *load(struct bytes text)
{
    struct yaml_node *node;
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(text.at, 1, text.len, file), text.len);
    assert_int_equal(fclose(file), 0);
    buffer_clear(&printed);
    arena_reset(&arena);
    node = yaml_load(path, &arena, &report, NULL);
    buffer_add_byte(&printed, '\0');
    printed.len--;
    return node;
}

static struct yaml_node *load_text(const char *text)
{
    struct yaml_node *node = load(bytes_of(text));

    if (node == NULL)
        fail_msg("refused: %.*s", BYTES_ARG(buffer_view(&printed)));
    return node;
}

/* `want` is what stands behind the path: ":2:3: ...". */
static void refused(const char *text, const char *code, const char *want)
{
    const char *line;

    if (load(bytes_of(text)) != NULL)
        fail_msg("was taken: %s", text);
    line = arena_format(&arena, "test: %s error: %s%s\n", code, path, want);
    if (!bytes_are(buffer_view(&printed), line))
        fail_msg("\ngot:  %.*swant: %s", BYTES_ARG(buffer_view(&printed)), line);
    assert_true(report.misused);
}

static void nodes_know_their_places(void **state)
{
    struct yaml_node *root, *node;

    (void)state;
    root = load_text("# a comment\n"
                     "name: acme\n"
                     "ids:\n"
                     "  - {isa: \"01:5\", gs: M\xc3\xbcller}\n"
                     "  - plain\n"
                     "empty:\n");
    assert_int_equal(root->kind, YAML_MAP);
    assert_int_equal(root->n, 3);
    assert_int_equal(root->line, 2);
    assert_string_equal(root->file, path);
    node = yaml_get(root, "name");
    assert_true(bytes_are(node->text, "acme"));
    assert_true(bytes_are(node->key, "name"));
    assert_int_equal(node->text.at[node->text.len], 0);
    assert_int_equal(node->key.at[node->key.len], 0);
    assert_int_equal(node->line, 2);
    assert_int_equal(node->column, 7);
    assert_int_equal(node->key_line, 2);
    assert_int_equal(node->key_column, 1);
    assert_false(node->quoted);
    node = yaml_get(root, "ids");
    assert_int_equal(node->kind, YAML_LIST);
    assert_int_equal(node->n, 2);
    assert_int_equal(node->key_line, 3);
    node = yaml_get(node->first, "isa");
    assert_true(node->quoted && bytes_are(node->text, "01:5"));
    assert_int_equal(node->line, 4);
    assert_int_equal(node->column, 11);
    assert_int_equal(node->next->key_column, 19);
    assert_true(bytes_are(yaml_get(root, "ids")->first->next->text, "plain"));
    node = yaml_get(root, "empty");
    assert_true(yaml_is_null(node));
    assert_int_equal(node->key_line, 6);
    assert_null(node->next);
    assert_null(yaml_get(root, "nothing"));
    assert_null(yaml_get(NULL, "x"));
    assert_null(yaml_get(node, "x"));
}

static void words_mean_what_they_should(void **state)
{
    struct yaml_node *root;
    bool value = false;

    (void)state;
    root = load_text("a: yes\nb: \"yes\"\nc: off\nd: ~\ne: \"~\"\nf: null\ng: ''\nh: Yes\n");
    assert_true(yaml_bool(yaml_get(root, "a"), &value) && value);
    assert_false(yaml_bool(yaml_get(root, "b"), &value));
    assert_true(yaml_bool(yaml_get(root, "c"), &value) && !value);
    assert_false(yaml_bool(yaml_get(root, "h"), &value));
    assert_true(yaml_is_null(yaml_get(root, "d")));
    assert_false(yaml_is_null(yaml_get(root, "e")));
    assert_true(yaml_is_null(yaml_get(root, "f")));
    assert_false(yaml_is_null(yaml_get(root, "g")));
    assert_int_equal(load_text("")->n, 0);
    assert_int_equal(load_text("")->kind, YAML_MAP);
    assert_int_equal(load_text("# nothing\n")->n, 0);
    assert_int_equal(load_text("\xef\xbb\xbfname: x\n")->n, 1); /* a byte order mark */
    assert_int_equal(load_text("---\nname: x\n...\n")->n, 1);
    assert_int_equal(load_text("name: x\r\nother: y\r\n")->n, 2);
}

static void what_yaml_has_and_we_have_not(void **state)
{
    (void)state;
    refused("a: &x 1\n", "C4105", ":1:4: YAML has this, these files do not: an anchor");
    refused("a:\n  b: *x\n", "C4105", ":2:6: YAML has this, these files do not: an alias");
    refused("a: &x {b: 1}\n", "C4105", ":1:4: YAML has this, these files do not: an anchor");
    refused("a: &x [*x]\n", "C4105", ":1:4: YAML has this, these files do not: an anchor");
    refused("a: !!str 1\n", "C4105", ":1:4: YAML has this, these files do not: a tag");
    refused("a: ! 1\n", "C4105", ":1:4: YAML has this, these files do not: a tag");
    refused("a: !x [1]\n", "C4105", ":1:4: YAML has this, these files do not: a tag");
    refused("? [a]\n: 1\n", "C4105", ":1:3: YAML has this, these files do not: a list or mapping as a key");
    refused("a: 1\n---\nb: 2\n", "C4105", ":2:1: YAML has this, these files do not: a second document");
}

static void mistakes_are_placed(void **state)
{
    (void)state;
    refused("a: 1\nb: 2\na: 3\n", "C4107", ":3:1: the key stands here twice: \"a\", first in line 1");
    refused("x: {a: 1, b: 2,\n    a: 3}\n", "C4107",
            ":2:5: the key stands here twice: \"a\", first in line 1");
    refused(
        "a: [1\n", "C4104",
        ":2:1: this is not YAML: did not find expected ',' or ']', while parsing a flow sequence that begins "
        "in line 1");
    refused(
        "a: \"x\n", "C4104",
        ":2:1: this is not YAML: found unexpected end of stream, while scanning a quoted scalar that "
            "begins in "
        "line 1");
    refused("a: b: c\n", "C4104", ":1:5: this is not YAML: mapping values are not allowed in this context");
    assert_null(load(BYTES("a: 1\n\tb: 2\n"))); /* what is said depends on libyaml's version */
    assert_non_null(strstr(printed.at, ":2:1: this is not YAML: "));
}

static void bytes_that_are_no_text(void **state)
{
    (void)state;
    refused("a: 1\nb: M\xfcller\n", "C4103",
            ":2:5: the file is not UTF-8 text: the byte 0xfc is no UTF-8 here");
    refused("a: \xc3\xbc\xc3\xbc \x1b[31m\n", "C4103",
            ":1:7: the file is not UTF-8 text: the control character 0x1b");
    refused("a: \xc2\x9b\n", "C4103", ":1:4: the file is not UTF-8 text: the control character 0x9b");
    refused("a: \"\\0\"\n", "C4103",
            ":1:4: the file is not UTF-8 text: a NUL character, written as an escape");
    assert_null(load((struct bytes){"a\0b", 3}));
    assert_non_null(strstr(printed.at, ":1:2: the file is not UTF-8 text: the control character 0x00"));
    assert_null(load((struct bytes){"\xff\xfe"
                                    "a\0:\0",
                                    6}));
    assert_non_null(strstr(printed.at, ":1:1: the file is not UTF-8 text: the byte 0xff"));
}

static struct bytes repeated(const char *text, unsigned times)
{
    char *all = malloc(strlen(text) * times);

    assert_non_null(all);
    for (unsigned i = 0; i < times; i++)
        memcpy(all + i * strlen(text), text, strlen(text));
    return (struct bytes){all, strlen(text) * times};
}

static void refused_repeated(const char *text, unsigned times, const char *code)
{
    struct bytes much = repeated(text, times);

    if (load(much) != NULL)
        fail_msg("was taken: \"%s\" %u times", text, times);
    if (memmem(printed.at, printed.len, code, 5) == NULL)
        fail_msg("%.*s", BYTES_ARG(buffer_view(&printed)));
    free((char *)(uintptr_t)much.at);
}

static void bounds_hold(void **state)
{
    struct bytes much;
    char keys[400000], *to = keys;

    (void)state;
    refused_repeated("[", 100000, "C4106");
    refused_repeated("{a: ", 100000, "C4106");
    refused_repeated("- ", 100000, "C4106");
    refused_repeated("a", 1024 * 1024 + 1, "C4102");
    refused_repeated("- a\n", 100001, "C4102");
    much = repeated("- a\n", 99999);
    assert_non_null(load(much));
    free((char *)(uintptr_t)much.at);
    much = repeated("[", 64);
    assert_null(load(much)); /* not closed, but not too deep either */
    assert_non_null(memmem(printed.at, printed.len, "C4104", 5));
    free((char *)(uintptr_t)much.at);
    /* Many keys in one mapping, and the last one again. */
    for (unsigned i = 0; i < 30000; i++)
        to += snprintf(to, 12, "k%u: x\n", i);
    assert_non_null(load((struct bytes){keys, (size_t)(to - keys)}));
    to += snprintf(to, 16, "k29999: x\n");
    assert_null(load((struct bytes){keys, (size_t)(to - keys)}));
    assert_non_null(
        strstr(printed.at, ":30001:1: the key stands here twice: \"k29999\", first in line 30000"));
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    assert_null(yaml_load("/nonexistent/x.yaml", &arena, &report, NULL));
    assert_null(yaml_load("/tmp", &arena, &report, NULL));
    assert_null(yaml_load("/dev/zero", &arena, &report, NULL));
    buffer_add_byte(&printed, '\0');
    assert_string_equal(
        printed.at, "test: C4101 error: /nonexistent/x.yaml: cannot read this file of the configuration: No "
                    "such file or directory\n"
                    "test: C4101 error: /tmp: cannot read this file of the configuration: Is a directory\n"
                    "test: C4101 error: /dev/zero: cannot read this file of the configuration: not a regular "
                    "file\n");
    load_text("a: 1\n");
    assert_int_equal(chmod(path, 0646), 0);
    assert_null(load(BYTES("a: 1\n")));
    assert_non_null(strstr(printed.at, "C4108 error"));
    assert_int_equal(chmod(path, 0660), 0);
    assert_non_null(load(BYTES("a: 1\n")));
    if (getuid() == 0 && chown(path, 0, 7) == 0) {
        assert_non_null(load(BYTES("a: 1\n")));
        assert_non_null(strstr(printed.at, "C4109 warn"));
    }
}

static void little_memory_is_said(void **state)
{
    (void)state;
    load_text("a: [1, 2, 3]\nb: {c: d}\n");
    for (size_t ceiling = 0; ceiling < 4096; ceiling += 64) {
        struct arena small;

        arena_init(&small, 64, ceiling);
        buffer_clear(&printed);
        if (yaml_load(path, &small, &report, NULL) == NULL)
            assert_non_null(memmem(printed.at, printed.len, "T7003", 5));
        arena_release(&small);
    }
}

/* Random changes to a sound file: taken or refused with a place, never anything else. */
static void damaged_files_are_refused_or_taken(void **state)
{
    static const char sound[] =
        "map: x12-850\ntables:\n  purpose: {\"00\": original, '01': cancel}\ntree:\n"
        "  - BEG: {\"01\": {field: a, table: purpose}, \"02\": b}\n  - REF:\n"
        "      - {when: {\"01\": DP}, \"02\": c}\n      - {each: d, \"01\": e}\n# end\n"
        "text: |\n  some\n  lines\nfold: >-\n  more\n";
    static const char spice[] = "\n\t \"'[]{}:,-?&*!|>#%@`\\\0\x80\xc3~0a";
    uint64_t seed = 3;

    (void)state;
    for (unsigned round = 0; round < 5000; round++) {
        char text[sizeof(sound) + 8];
        size_t len = sizeof(sound) - 1;

        memcpy(text, sound, len);
        for (unsigned n = 0; n < 1 + round % 4; n++) {
            seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
            text[(seed >> 33) % len] = spice[(seed >> 20) % (sizeof(spice) - 1)];
        }
        if (round % 5 == 0)
            len = (seed >> 40) % len;
        if (load((struct bytes){text, len}) == NULL && printed.len == 0)
            fail_msg("refused without a word: %.*s", (int)len, text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nodes_know_their_places, begin, end),
        cmocka_unit_test_setup_teardown(words_mean_what_they_should, begin, end),
        cmocka_unit_test_setup_teardown(what_yaml_has_and_we_have_not, begin, end),
        cmocka_unit_test_setup_teardown(mistakes_are_placed, begin, end),
        cmocka_unit_test_setup_teardown(bytes_that_are_no_text, begin, end),
        cmocka_unit_test_setup_teardown(bounds_hold, begin, end),
        cmocka_unit_test_setup_teardown(files_that_cannot_be_read, begin, end),
        cmocka_unit_test_setup_teardown(little_memory_is_said, begin, end),
        cmocka_unit_test_setup_teardown(damaged_files_are_refused_or_taken, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
