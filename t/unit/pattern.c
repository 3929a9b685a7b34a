/* Patterns match, and those that run away are stopped and said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/pattern.h"

static struct pattern *opened(const char *text, bool whole)
{
    struct pattern_mistake mistake;
    struct pattern *pattern = pattern_open(bytes_of(text), whole, &mistake);

    if (pattern == NULL)
        fail_msg("%s: %zu: %s", text, mistake.offset, mistake.text);
    return pattern;
}

static void matches(const char *text, bool whole, const char *subject, enum pattern_result want,
                    const char *group)
{
    struct pattern *pattern = opened(text, whole);
    struct bytes groups[PATTERN_MAX_GROUPS];

    if (pattern_match(pattern, bytes_of(subject), groups) != want)
        fail_msg("%s on \"%s\"", text, subject);
    if (group != NULL && !bytes_are(groups[1], group))
        fail_msg("%s on \"%s\": %.*s", text, subject, BYTES_ARG(groups[1]));
    pattern_close(pattern);
}

static void patterns_match(void **state)
{
    struct bytes groups[PATTERN_MAX_GROUPS];
    struct pattern *pattern;

    (void)state;
    matches("PO-(\\d+)", false, "x PO-4500 y", PATTERN_YES, "4500");
    matches("PO-(\\d+)", true, "x PO-4500 y", PATTERN_NO, NULL);
    matches("PO-(\\d+)", true, "PO-4500", PATTERN_YES, "4500");
    matches("PO-(\\d+)", true, "PO-4500\n", PATTERN_NO, NULL);
    matches("^x$", false, "x\n", PATTERN_NO, NULL);
    matches("a|ab", true, "ab", PATTERN_YES, NULL);
    matches("", true, "", PATTERN_YES, NULL);
    matches("^.$", false, "\xc3\xbc", PATTERN_YES, NULL);
    matches("(a)|b", false, "b", PATTERN_YES, NULL);
    matches("x(\\K)?", false, "x", PATTERN_YES, NULL);
    pattern = opened("(?<year>\\d{4})(-)?(?<month>\\d\\d)", true);
    assert_int_equal(pattern_groups(pattern), 4);
    assert_int_equal(pattern_group(pattern, "month"), 3);
    assert_int_equal(pattern_group(pattern, "day"), 0);
    assert_int_equal(pattern_match(pattern, BYTES("202611"), groups), PATTERN_YES);
    assert_true(bytes_are(groups[0], "202611") && bytes_are(groups[3], "11"));
    assert_null(groups[2].at);
    assert_null(groups[4].at);
    assert_int_equal(pattern_match(pattern, (struct bytes){NULL, 0}, NULL), PATTERN_NO);
    pattern_close(pattern);
    pattern_close(NULL);
    assert_memory_equal(pattern_library(), "PCRE2 1", 7);
}

static void mistakes_are_told(void **state)
{
    static const struct {
        const char *text;
        size_t offset;
    } wrong[] = {{"a(b", 3}, {"a[b", 3},  {"*", 0},     {"a\\", 2}, {"(?<n>a)(?<n>b)", 11},
                 {"\\C", 2}, {"\xff", 0}, {"a{2,1}", 6}};
    char much[PATTERN_MAX_LENGTH + 1];
    struct pattern_mistake mistake;

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        if (pattern_open(bytes_of(wrong[i].text), false, &mistake) != NULL)
            fail_msg("%s was taken", wrong[i].text);
        assert_true(strlen(mistake.text) > 5);
        if (mistake.offset > strlen(wrong[i].text))
            fail_msg("%s: offset %zu", wrong[i].text, mistake.offset);
    }
    memset(much, 'a', sizeof(much));
    assert_null(pattern_open((struct bytes){much, sizeof(much)}, false, &mistake));
    assert_null(pattern_open(BYTES("()()()()()()()()()()()()()()()()"), false, &mistake));
    assert_null(pattern_open(BYTES("((((((a{1,999}){1,999}){1,999}){1,999}){1,999})"), false, &mistake));
}

/* Each of these takes seconds or hours without bounds. */
static void patterns_cannot_run_away(void **state)
{
    static const char *const patterns[] = {"(a+)+$",
                                           "(a|a)*$",
                                           "(.*)*(.*)*(.*)*[xyz]$",
                                           "^(([a-z])+.)+[A-Z]([a-z])+$",
                                           "(?:(?:a*)*)*b",
                                           "(*LIMIT_MATCH=4000000000)(a+)+$"};
    static const char subject[] =
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    static char much[PATTERN_MAX_SUBJECT + 1];
    struct pattern *pattern;

    (void)state;
    for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
        enum pattern_result result;

        pattern = opened(patterns[i], false);
        result = pattern_match(pattern, bytes_of(subject), NULL);
        if (result == PATTERN_YES)
            fail_msg("%s", patterns[i]);
        if (result == PATTERN_FAILED)
            assert_true(strlen(pattern_why(pattern)) > 5);
        else
            assert_string_equal(patterns[i], "(?:(?:a*)*)*b"); /* PCRE2 sees that there is no b */
        /* It is as good as new. */
        assert_int_not_equal(pattern_match(pattern, BYTES("\n"), NULL), PATTERN_FAILED);
        pattern_close(pattern);
    }
    /* Deep, but right: a bound is never "no match". */
    memset(much, 'a', sizeof(much));
    pattern = opened("^(a|b)*$", false);
    assert_int_not_equal(pattern_match(pattern, (struct bytes){much, PATTERN_MAX_SUBJECT}, NULL), PATTERN_NO);
    assert_int_equal(pattern_match(pattern, (struct bytes){much, sizeof(much)}, NULL), PATTERN_FAILED);
    assert_string_equal(pattern_why(pattern), "the text is longer than 64 KiB");
    assert_int_equal(pattern_match(pattern, BYTES("\xff\xfe"), NULL), PATTERN_FAILED); /* no UTF-8 */
    assert_int_equal(pattern_match(pattern, bytes_of(subject), NULL), PATTERN_NO);
    pattern_close(pattern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_match),
        cmocka_unit_test(mistakes_are_told),
        cmocka_unit_test(patterns_cannot_run_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
