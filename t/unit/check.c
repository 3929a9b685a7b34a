/* Elements, components, repetitions and conditions, one rule at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "standard/check.h"
#include "standard/types.h"
#include "standard_fixture.h"

struct run {
    struct fixture_set set;
    struct fixture_segment segment;
    struct fixture_view view;
    struct arena arena, arena_of_faults;
    struct rules rules;
    struct faults faults;
    struct check check;
    char found[1024];
};

static struct run run;

static int begin(void **state)
{
    (void)state;
    arena_init(&run.arena, 65536, 1 << 24);
    arena_init(&run.arena_of_faults, 65536, 1 << 24);
    rules_init(&run.rules);
    faults_init(&run.faults, &run.arena_of_faults, &run.rules);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run.arena);
    arena_release(&run.arena_of_faults);
    return 0;
}

/* What the checks find in `text`, a segment defined by `fields` and `conditions`. */
static const char *find(const char *fields, const char *conditions, const char *text)
{
    bool clean;

    arena_reset(&run.arena);
    arena_reset(&run.arena_of_faults);
    fixture_set_make(&run.set, "XX");
    fixture_segment_make(&run.segment, &run.arena, "XX", fields, conditions);
    run.set.positions[0].segment = &run.segment.segment;
    assert_true(check_init(&run.check, &run.set.set, &run.rules, &run.arena));
    fixture_view_make(&run.view, text, strlen(text), 7);
    /* twice: the second time meets the memory of codes */
    for (int again = 0; again < 2; again++) {
        faults_begin(&run.faults, NULL, NULL);
        clean = check_segment(&run.check, 0, &run.view.view, &run.faults);
        assert_int_equal(clean, run.faults.first == NULL);
    }
    return fixture_faults(&run.faults, run.found, sizeof(run.found));
}

struct row {
    const char *fields, *text, *found;
};

static void hold(const struct row *rows, size_t n, const char *conditions)
{
    for (size_t i = 0; i < n; i++) {
        const char *found = find(rows[i].fields, conditions, rows[i].text);

        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s | %s: found \"%s\", not \"%s\"", rows[i].fields, rows[i].text, found, rows[i].found);
    }
}

#define HOLD(rows, conditions) hold(rows, sizeof(rows) / sizeof((rows)[0]), conditions)

static void elements(void **state)
{
    static const struct row rows[] = {
        {"AN1-3! AN1-3", "XX*a", ""},
        {"AN1-3! AN1-3", "XX*a*b", ""},
        {"AN1-3! AN1-3", "XX*a*", ""},
        {"AN1-3! AN1-3", "XX**b", "S2201 XX 7.1"},
        {"AN1-3! AN1-3! AN1", "XX***c", "S2201 XX 7.1; S2201 XX 7.2"},
        {"AN1-3! AN1-3", "XX*a*b*c", "S2202 XX 7.3"},
        {"AN1-3! AN1-3", "XX*a*b***c*d", "S2202 XX 7.5"},
        {"AN1-3! AN1-3", "XX*a*b***", ""},
        {"AN1-3! AN1-3", "XX", "S2110 XX 7"},
        {"AN1-3! AN1-3", "XX***", "S2110 XX 7"},
        {"AN1-3 AN1-3", "XX", "S2110 XX 7"},
        {"", "XX", ""},
        {"", "XX*", ""},
        {"", "XX*a", "S2202 XX 7.1"},
        /* length */
        {"AN2-3", "XX*a", "S2203 XX 7.1"},
        {"AN2-3", "XX*ab", ""},
        {"AN2-3", "XX*abc", ""},
        {"AN2-3", "XX*abcd", "S2204 XX 7.1"},
        {"AN2-3", "XX*a ", ""},
        {"AN1-5", "XX*   ", "S2211 XX 7.1"},
        {"AN1-5", "XX* a ", ""},
        {"AN2-3", "XX* a", ""},
        {"AN2-3", "XX* abc", "S2204 XX 7.1"},
        /* characters */
        {"AN1-9", "XX*a\tb", "S2205 XX 7.1"},
        {"AN1-9 AN1-9", "XX*ab*c\x01", "S2205 XX 7.2"},
        {"AN1-9", "XX*a\x7f", "S2205 XX 7.1"},
        {"AN1-9", "XX*\xc3\xa9t\xc3\xa9", ""},
        /* codes */
        {"ID2-3", "XX*EA", ""},
        {"ID2-3", "XX*001", ""},
        {"ID2-3", "XX*01", ""},
        {"ID2-3", "XX*XX", "S2209 XX 7.1"},
        {"ID2-3", "XX*ea", "S2209 XX 7.1"},
        {"ID2-3", "XX*EA ", "S2209 XX 7.1"},
        {"ID2-3", "XX*E", "S2203 XX 7.1"},
        {"ID2-3", "XX*EACH", "S2204 XX 7.1"},
        {"ID2-3", "XX*VERYLONGCODE", "S2204 XX 7.1"},
        {"ID2-3", "XX*  ", "S2209 XX 7.1"},
        /* integers */
        {"N0:1-5", "XX*12345", ""},
        {"N0:1-5", "XX*-12345", ""},
        {"N0:1-5", "XX*123456", "S2204 XX 7.1"},
        {"N0:2-5", "XX*-1", "S2203 XX 7.1"},
        {"N0:1-5", "XX*-", "S2206 XX 7.1"},
        {"N0:1-5", "XX*+1", "S2206 XX 7.1"},
        {"N2:1-5", "XX*1.5", "S2206 XX 7.1"},
        {"N2:1-5", "XX*1,5", "S2206 XX 7.1"},
        {"N0:1-5", "XX*12 ", "S2506 XX 7.1"},
        {"N0:1-5", "XX* 12", "S2506 XX 7.1"},
        {"N0:1-5", "XX*1 2", "S2206 XX 7.1"},
        {"N0:1-5", "XX*00012", ""},
        {"N0:1-5", "XX*  ", "S2211 XX 7.1"},
        /* decimals */
        {"R1-5", "XX*1", ""},
        {"R1-5", "XX*-123.45", ""},
        {"R1-5", "XX*.5", ""},
        {"R1-5", "XX*5.", ""},
        {"R1-5", "XX*10.500", ""},
        {"R1-5", "XX*1.2.3", "S2206 XX 7.1"},
        {"R1-5", "XX*.", "S2206 XX 7.1"},
        {"R1-5", "XX*-", "S2206 XX 7.1"},
        {"R1-5", "XX*1,234", "S2206 XX 7.1"},
        {"R1-5", "XX*$5", "S2206 XX 7.1"},
        {"R1-5", "XX*123.456", "S2204 XX 7.1"},
        {"R1-5", "XX*1E5", ""},
        {"R1-5", "XX*1.5E-3", ""},
        {"R1-5", "XX*1E", "S2206 XX 7.1"},
        {"R1-5", "XX* 1.5", "S2506 XX 7.1"},
        /* dates and times */
        {"DT8", "XX*20241231", ""},
        {"DT8", "XX*20240229", ""},
        {"DT8", "XX*20000229", ""},
        {"DT8", "XX*20230229", "S2207 XX 7.1"},
        {"DT8", "XX*19000229", "S2207 XX 7.1"},
        {"DT8", "XX*20241301", "S2207 XX 7.1"},
        {"DT8", "XX*20240100", "S2207 XX 7.1"},
        {"DT8", "XX*20240431", "S2207 XX 7.1"},
        {"DT8", "XX*00000101", "S2207 XX 7.1"},
        {"DT8", "XX*2024-1-1", "S2207 XX 7.1"},
        {"DT8", "XX*241231", "S2203 XX 7.1"},
        {"DT8", "XX*2024-12-31", "S2204 XX 7.1"},
        {"DT6", "XX*241231", ""},
        {"DT6", "XX*240229", ""},
        {"DT6", "XX*230229", "S2207 XX 7.1"},
        {"DT6-8", "XX*2412311", "S2207 XX 7.1"},
        {"TM4-8", "XX*0000", ""},
        {"TM4-8", "XX*2359", ""},
        {"TM4-8", "XX*235959", ""},
        {"TM4-8", "XX*2359599", ""},
        {"TM4-8", "XX*23595999", ""},
        {"TM4-8", "XX*2400", "S2208 XX 7.1"},
        {"TM4-8", "XX*1260", "S2208 XX 7.1"},
        {"TM4-8", "XX*120060", "S2208 XX 7.1"},
        {"TM4-8", "XX*12.30", "S2208 XX 7.1"},
        {"TM4-8", "XX*12300", "S2208 XX 7.1"},
        {"TM4-8", "XX*123", "S2203 XX 7.1"},
    };

    (void)state;
    HOLD(rows, "");
}

static void composites(void **state)
{
    static const struct row rows[] = {
        {"(ID2! AN1-3) AN1", "XX*EA", ""},
        {"(ID2! AN1-3) AN1", "XX*EA:abc*b", ""},
        {"(ID2! AN1-3) AN1", "XX**b", ""},
        {"(ID2! AN1-3)! AN1", "XX**b", "S2201 XX 7.1"},
        {"(ID2! AN1-3) AN1", "XX*ZZ", "S2209 XX 7.1-1"},
        {"(ID2! AN1-3) AN1", "XX*EA:abcd", "S2204 XX 7.1-2"},
        {"(ID2! AN1-3) AN1", "XX*:abc", "S2201 XX 7.1-1"},
        {"(ID2! AN1-3) AN1", "XX*EA:abc:x:y", "S2212 XX 7.1-3"},
        {"(ID2! AN1-3) AN1", "XX*EA:abc::", ""},
        {"(ID2! AN1-3!) AN1", "XX*EA", "S2201 XX 7.1-2"},
        {"(ID2 AN1-3! / P0102) AN1", "XX*:a", "S2301 XX 7.1-1"},
        {"(ID2 AN1-3 AN1 / R0203) AN1", "XX*EA", "S2302 XX 7.1-2"},
        {"(ID2 AN1-3 AN1 / R0203) AN1", "XX*EA::c", ""},
        /* a separator in what is no composite */
        {"AN1-9 AN1", "XX*a:b", "S2213 XX 7.1"},
        {"R1-9 AN1", "XX*1:2", "S2213 XX 7.1"},
        /* repetitions */
        {"AN1-9 AN1", "XX*a^b", "S2214 XX 7.1"},
        {"AN1-3^3 AN1", "XX*a^b^c", ""},
        {"AN1-3^3 AN1", "XX*a^b^c^d^e", "S2214 XX 7.1^4"},
        {"AN1-3^3 AN1", "XX*a^bbbb^c", "S2204 XX 7.1^2"},
        {"AN1-3^3 AN1", "XX*a^^c", ""},
        {"(ID2! AN1)^2 AN1", "XX*EA:b^CA", ""},
        {"(ID2! AN1)^2 AN1", "XX*EA:b^ZZ:c", "S2209 XX 7.1-1^2"},
        {"(ID2! AN1)^2 AN1", "XX*EA:b^:c", "S2201 XX 7.1-1^2"},
    };

    (void)state;
    HOLD(rows, "");
    /* read as text where the rule is off */
    assert_true(rules_set(&run.rules, BYTES("separator-in-element"), SEVERITY_OFF));
    assert_true(rules_set(&run.rules, BYTES("S2214"), SEVERITY_OFF));
    assert_string_equal(find("AN1-9 AN1", "", "XX*a:b"), "");
    assert_string_equal(find("AN1-2 AN1", "", "XX*a:b"), "S2204 XX 7.1");
    assert_string_equal(find("AN1-9 AN1", "", "XX*a^b"), "");
}

static void conditions(void **state)
{
    static const struct {
        const char *conditions, *text, *found;
    } rows[] = {
        {"P0203", "XX*1*2*3", ""},
        {"P0203", "XX*1", ""},
        {"P0203", "XX*1*2", "S2301 XX 7.3"},
        {"P0203", "XX*1**3", "S2301 XX 7.2"},
        {"P0204", "XX*1*2", "S2301 XX 7.4"},
        {"P0204", "XX*1*2**4", ""},
        {"P020304", "XX*1*2", "S2301 XX 7.3"},
        {"P020304", "XX*1*2*3*4", ""},
        {"P0203 P0304", "XX*1*2**4", "S2301 XX 7.3"},
        {"P0203 P0405 P0607", "XX*1*2*3*4**6", "S2301 XX 7.5; S2301 XX 7.7"},
        {"R0203", "XX*1", "S2302 XX 7.2"},
        {"R0203", "XX*1*2", ""},
        {"R0203", "XX*1**3", ""},
        {"R0203", "XX*1*2*3", ""},
        {"E0203", "XX*1", ""},
        {"E0203", "XX*1*2", ""},
        {"E0203", "XX*1*2*3", "S2303 XX 7.3"},
        {"E020304", "XX*1**3*4", "S2303 XX 7.4"},
        {"C0203", "XX*1", ""},
        {"C0203", "XX*1**3", ""},
        {"C0203", "XX*1*2", "S2304 XX 7.3"},
        {"C030205", "XX*1*2*3", "S2304 XX 7.5"},
        {"C030205", "XX*1**3*4*5", "S2304 XX 7.2"},
        {"L020304", "XX*1", ""},
        {"L020304", "XX*1*2", "S2305 XX 7.3"},
        {"L020304", "XX*1*2**4", ""},
        {"L020304", "XX*1**3", ""},
        /* one cause, one fault */
        {"R0203 P0304", "XX*1***4", "S2301 XX 7.3"},
        {"C0403 P0304", "XX*1***4", "S2304 XX 7.3"},
        {"P0102", "XX**2", "S2201 XX 7.1"},
        {"R0304 R0405", "XX*1*2", "S2302 XX 7.3; S2302 XX 7.4"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *found = find("AN1! AN1 AN1 AN1 AN1 AN1 AN1", rows[i].conditions, rows[i].text);

        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s | %s: found \"%s\", not \"%s\"", rows[i].conditions, rows[i].text, found,
                     rows[i].found);
    }
}

static void policies(void **state)
{
    static const struct {
        const char *rule, *fields, *text, *found;
    } rows[] = {
        {"trailing-separators", "AN1 AN1", "XX*a*", "S2501 XX 7"},
        {"trailing-separators", "AN1 AN1", "XX*a***", "S2501 XX 7"},
        {"trailing-separators", "AN1 AN1", "XX*a*b", ""},
        {"trailing-separators", "(ID2! AN1 AN1)", "XX*EA:b:", "S2501 XX 7.1"},
        {"leading-blanks", "AN1-9", "XX* a", "S2502 XX 7.1"},
        {"trailing-blanks", "AN1-9", "XX*a ", "S2503 XX 7.1"},
        {"trailing-blanks", "AN2-9", "XX*a ", ""},
        {"leading-zeros", "N0:1-9", "XX*012", "S2504 XX 7.1"},
        {"leading-zeros", "N0:3-9", "XX*012", ""},
        {"leading-zeros", "N0:1-9", "XX*0", ""},
        {"leading-zeros", "R1-9", "XX*0.5", ""},
        {"leading-zeros", "R1-9", "XX*-00.5", "S2504 XX 7.1"},
        {"trailing-zeros", "R1-9", "XX*1.50", "S2505 XX 7.1"},
        {"trailing-zeros", "R1-9", "XX*1.", "S2505 XX 7.1"},
        {"trailing-zeros", "R1-9", "XX*100", ""},
        {"extended-characters", "AN1-9", "XX*abc", "S2507 XX 7.1"},
        {"extended-characters", "AN1-9", "XX*ABC (1/2)", ""},
        {"extended-characters", "AN1-9", "XX*A@B", "S2507 XX 7.1"},
        {"national-characters", "AN1-9", "XX*\xc3\x89T\xc3\x89", "S2508 XX 7.1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *found;

        rules_init(&run.rules);
        assert_string_equal(find(rows[i].fields, "", rows[i].text), "");
        assert_true(rules_set(&run.rules, bytes_of(rows[i].rule), SEVERITY_WARN));
        found = find(rows[i].fields, "", rows[i].text);
        if (strcmp(found, rows[i].found) != 0)
            fail_msg("%s | %s: found \"%s\", not \"%s\"", rows[i].rule, rows[i].text, found, rows[i].found);
    }
}

static void rules(void **state)
{
    (void)state;
    assert_string_equal(find("AN1! ID2", "P0102", "XX**ZZ"), "S2201 XX 7.1; S2209 XX 7.2");
    assert_int_equal(faults_worst(&run.faults), SEVERITY_ERROR);
    assert_true(rules_set(&run.rules, BYTES("element-*"), SEVERITY_INFO));
    assert_string_equal(find("AN1! ID2", "P0102", "XX**ZZ"), "S2201 XX 7.1; S2209 XX 7.2");
    assert_int_equal(faults_worst(&run.faults), SEVERITY_INFO);
    assert_true(rules_set(&run.rules, BYTES("S22*"), SEVERITY_OFF));
    assert_string_equal(find("AN1! ID2", "P0102", "XX**ZZ"), "");
    assert_int_equal(faults_worst(&run.faults), SEVERITY_OFF);
    assert_false(rules_set(&run.rules, BYTES("unheard-of"), SEVERITY_OFF));
    assert_false(rules_set(&run.rules, BYTES("unheard-*"), SEVERITY_OFF));
    assert_false(rules_set(&run.rules, BYTES("*"), SEVERITY_OFF));
}

static void wide(void **state)
{
    char text[256] = "XX", fields[512] = "";

    (void)state;
    for (unsigned i = 1; i <= 70; i++) {
        memcpy(text + strlen(text), "*a", 3);
        if (i <= 64)
            memcpy(fields + strlen(fields), "AN1 ", 5);
    }
    assert_string_equal(find(fields, "", text), "S2202 XX 7.65");
    text[2 + 2 * 64] = '\0';
    assert_string_equal(find(fields, "", text), "");
}

static void utf8(void **state)
{
    (void)state;
    assert_string_equal(find("AN1-3", "", "XX*\xc3\xa9t\xc3\xa9"), "S2204 XX 7.1");
    faults_begin(&run.faults, NULL, NULL);
    run.view.view.utf8 = true;
    assert_true(check_segment(&run.check, 0, &run.view.view, &run.faults));
}

static void bounded(void **state)
{
    (void)state;
    run.faults.limit = 2;
    assert_string_equal(find("AN1 AN1 AN1 AN1", "", "XX*aa*bb*cc*dd"), "S2204 XX 7.1; S2204 XX 7.2");
    assert_int_equal(run.faults.dropped, 2);
    assert_int_equal(run.faults.counts[SEVERITY_ERROR], 4);
}

static void words(void **state)
{
    static const struct fault_context context = {.standard = "X12 004010", .acknowledged = true};
    struct finding finding;

    (void)state;
    find("AN1-3 ID2-3 R1-2 AN1 (ID2! AN1)", "C0304", "XX*abcd*ea*1.2.3**EA:bb");
    fault_finding(run.faults.first, &context, &run.arena, &finding);
    assert_int_equal(finding.complaint, ELEMENT_TOO_LONG);
    assert_true(bytes_are(finding.value, "abcd"));
    assert_string_equal(finding.detail, "length 4");
    assert_string_equal(finding.expected, "1 to 3 characters");
    assert_string_equal(finding.origin, "X12 004010");
    assert_string_equal(finding.consequence, "997: AK3*XX*7**8, AK4*1*100*5*abcd");
    assert_string_equal(finding.place.element_id, "100");
    assert_string_equal(finding.place.element_name, "Test Element");
    assert_int_equal(finding.place.ordinal, 7);
    fault_finding(run.faults.first->next, &context, &run.arena, &finding);
    assert_string_equal(finding.expected, "one of EA, CA, LB, 01, 001");
    assert_string_equal(finding.hint, "is EA meant?");
    fault_finding(run.faults.first->next->next, &context, &run.arena, &finding);
    assert_string_equal(finding.expected, "digits, with a point where there are decimals");
    fault_finding(run.faults.last->before, &context, &run.arena, &finding);
    assert_string_equal(finding.consequence, "997: AK3*XX*7**8, AK4*5:2*105*5*bb");
    fault_finding(run.faults.last, &context, &run.arena, &finding);
    assert_string_equal(finding.expected, "04, because 03 is there (C0304)");
    assert_null(finding.value.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(elements, begin, end),
        cmocka_unit_test_setup_teardown(composites, begin, end),
        cmocka_unit_test_setup_teardown(conditions, begin, end),
        cmocka_unit_test_setup_teardown(policies, begin, end),
        cmocka_unit_test_setup_teardown(rules, begin, end),
        cmocka_unit_test_setup_teardown(wide, begin, end),
        cmocka_unit_test_setup_teardown(utf8, begin, end),
        cmocka_unit_test_setup_teardown(bounded, begin, end),
        cmocka_unit_test_setup_teardown(words, begin, end),
    };

    return cmocka_run_group_tests_name("check", tests, NULL, NULL);
}
