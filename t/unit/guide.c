/* Guides: what they change, who is named as the origin, and what is said of a guide that is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "standard/guide.h"
#include "standard_fixture.h"

static struct dictionary *dictionary;
static struct arena arena;
static struct report report;
static struct buffer told;

static void take(void *to, const char *at, size_t len)
{
    buffer_add(to, at, len);
}

static int setup(void **state)
{
    (void)state;
    dictionary = fixture_dictionary();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    dictionary_close(dictionary);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 1 << 24);
    buffer_init(&told, 1 << 16);
    report_init(&report, "test");
    report.write = take;
    report.to = &told;
    return 0;
}

static int end(void **state)
{
    (void)state;
    report_release(&report);
    buffer_release(&told);
    arena_release(&arena);
    return 0;
}

/* The guide that `text` makes of the set; NULL when it is refused. */
static struct guide *guide_of(const char *set, const char *text)
{
    char path[] = "guide-XXXXXX";
    int fd = mkstemp(path);
    struct yaml_node *root;
    struct guide *guide;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    root = yaml_load(path, &arena, &report, NULL);
    unlink(path);
    if (root == NULL)
        fail_msg("%.*s", BYTES_ARG(buffer_view(&told)));
    guide = guide_read(root, dictionary, dictionary_set(dictionary, "004010", bytes_of(set)), &arena,
                       &report);
    return guide;
}

/* What is found in `body` (between BEG and SE) by the guide's rules; origins of guide lines in brackets. */
static const char *find(const char *text, const char *body)
{
    static char found[2048];
    static struct fixture_checks checks;
    struct guide *guide = guide_of("850", text);
    char set[2048];
    size_t len = 0;
    int n;

    if (guide == NULL)
        fail_msg("%.*s", BYTES_ARG(buffer_view(&told)));
    n = snprintf(set, sizeof(set), "ST*850*0001~BEG*00*SA*1**20241120~%sSE*9*0001~", body);
    fixture_checks_init_set(&checks, dictionary, guide_set(guide));
    checks.guide = guide;
    fixture_checks_run(&checks, set, (size_t)n);
    found[0] = '\0';
    for (const struct fault *fault = checks.faults.first; fault != NULL; fault = fault->next) {
        static const struct fault_context context = {.standard = "X12"};
        struct fault_context about = context;
        struct finding finding;
        const char *line;

        about.guide = guide;
        fault_finding(fault, &about, &arena, &finding);
        line = strchr(finding.origin, ':');
        len += (size_t)snprintf(found + len, sizeof(found) - len, "%s%s %.*s.%u%s%s", len > 0 ? "; " : "",
                                complaint_info(finding.complaint)->code, BYTES_ARG(fault->segment),
                                fault->element, line != NULL ? " line " : "", line != NULL ? line + 1 : "");
    }
    fixture_checks_release(&checks);
    return found;
}

#define HEAD "guide: acme\nset: \"850\"\n"
#define FINDS(text, body, faults) assert_string_equal(find(HEAD text, body), faults)

static void segments(void **state)
{
    (void)state;
    FINDS("segments:\n  REF: required\n", "PO1*1~", "S2105 REF.0 line 4");
    FINDS("segments:\n  REF: required\n", "REF*DP*1~PO1*1~", "");
    FINDS("segments:\n  CUR: unused\n", "CUR*BY*USD~PO1*1~", "S2109 CUR.0 line 4");
    FINDS("segments:\n  REF: {max: 1}\n", "REF*DP*1~REF*IA*2~PO1*1~", "S2107 REF.0 line 4");
    FINDS("segments:\n  PER: {max: 4}\n", "PER*BD*A~PER*BD*A~PER*BD*A~PER*BD*A~PO1*1~", "");
    FINDS("segments:\n  BEG: {max: 0}\n", "BEG*00*SA*1**20241120~PO1*1~", "");
    FINDS("segments:\n  PO1: optional\n", "", "");
    FINDS("segments:\n  PO1: {max: 1}\n", "PO1*1~PO1*2~PO1*3~", "S2108 PO1.0 line 4");
    FINDS("segments:\n  N1: required\n", "PO1*1~", "S2106 N1.0 line 4");
    FINDS("segments:\n  N1/N4: required\n", "N1*ST*X~PO1*1~", "S2105 N4.0 line 4");
    FINDS("segments:\n  N1/N4: required\n", "N1*ST*X~N4*DALLAS~PO1*1~", "");
    FINDS("segments:\n  PO1/PID: unused\n", "PO1*1~PID*F****X~", "S2109 PID.0 line 4");
    FINDS("segments:\n  \"*/PID\": unused\n", "PID*F****X~PO1*1~PID*F****X~",
          "S2109 PID.0 line 4; S2109 PID.0 line 4");
}

static void elements(void **state)
{
    (void)state;
    FINDS("segments:\n  PO1: {elements: {\"02\": required}}\n", "PO1*1~", "S2201 PO1.2 line 4");
    FINDS("segments:\n  PO1:\n    elements:\n      \"05\": unused\n", "PO1*1*1*EA*1*PE~",
          "S2210 PO1.5 line 6");
    FINDS("segments:\n  BEG: {elements: {\"02\": optional}}\n", "PO1*1~", "");
    FINDS("segments:\n  PO1: {elements: {\"03\": {codes: [EA, CA]}}}\n", "PO1*1*1*LB~", "S2209 PO1.3 line 4");
    FINDS("segments:\n  PO1: {elements: {\"03\": {codes: [EA, CA]}}}\n", "PO1*1*1*EA~", "");
    FINDS("segments:\n  PO1: {elements: {\"03\": {codes: {EA: each, QX: oddly}}}}\n", "PO1*1*1*QX~", "");
    FINDS("segments:\n  PO1: {elements: {\"03\": {more_codes: {QX: oddly}}}}\n", "PO1*1*1*QX~PO1*2*1*LB~",
          "");
    FINDS("segments:\n  PO1: {elements: {\"03\": {more_codes: [QX]}}}\n", "PO1*1*1*QY~",
          "S2209 PO1.3 line 4");
    FINDS("segments:\n  PO1: {elements: {\"01\": {min: 3}}}\n", "PO1*1~", "S2203 PO1.1 line 4");
    FINDS("segments:\n  PO1: {elements: {\"01\": {max: 30}}}\n", "PO1*123456789012345678901234567890~", "");
    FINDS("segments:\n  REF: {elements: {\"02\": {max: 5}}}\n", "REF*DP*123456~PO1*1~", "S2204 REF.2 line 4");
    /* only what the guide says is blamed on it */
    FINDS("segments:\n  REF: {elements: {\"02\": {max: 5}}}\n", "REF*@@*1~PO1*1~", "S2209 REF.1");
    FINDS("segments:\n  PO1: {elements: {\"02\": {type: AN}}}\n", "PO1*1*ten*EA~", "");
    FINDS("segments:\n  PO1: {elements: {\"02\": {type: N0}}}\n", "PO1*1*1.5*EA~", "S2206 PO1.2 line 4");
    FINDS("segments:\n  PO1: {elements: {\"26\": {type: AN, max: 5, name: extra}}}\n",
          "PO1*1*************************hello~", "");
    FINDS("segments:\n  PO1: {elements: {\"26\": {type: AN, max: 5, need: required}}}\n", "PO1*1~",
          "S2201 PO1.26 line 4");
    FINDS("segments:\n  PO1/MEA: {elements: {\"04-01\": {codes: [EA]}}}\n", "PO1*1~MEA*PD*WT*5*LB~",
          "S2209 MEA.4 line 4");
    FINDS("segments:\n  PO1/MEA: {elements: {\"04-02\": required}}\n", "PO1*1~MEA*PD*WT*5*LB~",
          "S2201 MEA.4 line 4");
    /* everywhere */
    FINDS("elements:\n  \"355\": {more_codes: [QX]}\n", "PO1*1*1*QX~SDQ*QX*92*6021*1~", "");
    FINDS("elements:\n  \"355\": {more_codes: [QX]}\nsegments:\n  PO1: {elements: {\"03\": {codes: [EA]}}}\n",
          "PO1*1*1*QX~SDQ*QX*92*6021*1~", "S2209 PO1.3 line 6");
}

static void conditions(void **state)
{
    (void)state;
    FINDS("segments:\n  PO1: {conditions: {drop: [C0302]}}\n", "PO1*1**EA~", "");
    FINDS("", "PO1*1**EA~", "S2304 PO1.2");
    FINDS("segments:\n  PO1: {conditions: {add: [R0204]}}\n", "PO1*1~", "S2302 PO1.2 line 4");
    FINDS("segments:\n  PO1:\n    conditions:\n      drop: [C0302]\n      add: [C0204, P0304]\n",
          "PO1*1*1*EA~", "S2304 PO1.4 line 7");
}

static void additions(void **state)
{
    static const char zza[] =
        "add:\n  - segment: ZZA\n    after: PO1/PO4\n    max: 2\n    elements:\n"
        "      \"01\": {type: AN, max: 3, need: required}\n      \"02\": {type: N0, max: 2}\n";
    char text[512];

    (void)state;
    snprintf(text, sizeof(text), HEAD "%s", zza);
    assert_string_equal(find(text, "PO1*1~PO4*1~ZZA*a*12~ZZA*b~REF*IA*1~PO1*2~ZZA*c~CTT*2~"), "");
    assert_string_equal(find(text, "PO1*1~ZZA*abcd*1~ZZA**x~ZZA*a~"),
                        "S2204 ZZA.1 line 8; S2201 ZZA.1 line 8; S2206 ZZA.2 line 9; S2107 ZZA.0 line 6");
    /* one of the standard that the set does not have */
    FINDS("add:\n  - {segment: NTE, before: PO1, need: required}\n", "NTE**HELLO~PO1*1~", "");
    FINDS("add:\n  - {segment: NTE, before: PO1, need: required}\n", "PO1*1~", "S2105 NTE.0 line 4");
    FINDS("add:\n  - {segment: NTE, after: PO1}\n", "PO1*1~NTE**A~PID*F****X~PO1*2~NTE**B~", "");
    FINDS("add:\n  - {segment: NTE, after: PO1}\nsegments:\n  PO1/NTE: required\n", "PO1*1~",
          "S2105 NTE.0 line 6");
}

/* Says why a guide is refused. */
static const char *why(const char *text)
{
    buffer_clear(&told);
    assert_null(guide_of("850", text));
    buffer_add_byte(&told, '\0');
    return told.at;
}

#define REFUSED(text, ...)                                            \
    do {                                                              \
        const char *said[] = {__VA_ARGS__};                           \
        const char *all = why(text);                                  \
        for (unsigned i = 0; i < sizeof(said) / sizeof(said[0]); i++) \
            if (strstr(all, said[i]) == NULL)                         \
                fail_msg("%s: not \"%s\"", all, said[i]);             \
    } while (0)

static void refused(void **state)
{
    (void)state;
    REFUSED("set: \"850\"\n", "guide");
    REFUSED("guide: acme\nset: \"810\"\n", ":2:", "850");
    REFUSED(HEAD "release: \"005010\"\n", ":3:", "004010");
    REFUSED(HEAD "segmints: {}\n", ":3:", "segments");
    REFUSED(HEAD "segments:\n  PO4: unused\n", ":4:", "C4311", "PO1/PO4, PO1/SLN/PO4");
    REFUSED(HEAD "segments:\n  ZZZ: unused\n", ":4:", "C4311");
    REFUSED(HEAD "segments:\n  REF: never\n", ":4:", "optional, required, unused");
    REFUSED(HEAD "segments:\n  REF: {need: never}\n", ":4:", "never");
    REFUSED(HEAD "segments:\n  REF: {elements: {\"09\": required}}\n", ":4:", "REF has 4 elements");
    REFUSED(HEAD "segments:\n  REF: {elements: {first: required}}\n", ":4:", "two digits");
    REFUSED(HEAD "segments:\n  REF: {elements: {\"02\": {codes: [TOOLONGCODE]}}}\n", ":4:", "1 to 8");
    REFUSED(HEAD "segments:\n  REF: {elements: {\"02\": {codes: EA}}}\n", ":4:", "list");
    REFUSED(HEAD "segments:\n  REF: {elements: {\"02\": {min: 9, max: 3}}}\n", ":4:", "least length 9");
    REFUSED(HEAD "segments:\n  REF: {elements: {\"02\": {type: XY}}}\n", ":4:", "N0 to N9");
    REFUSED(HEAD "segments:\n  REF: {elements: {\"05\": {max: 3}}}\n", ":4:", "needs a type");
    REFUSED(HEAD "segments:\n  REF: {conditions: {drop: [P0102]}}\n", ":4:", "no condition P0102");
    REFUSED(HEAD "segments:\n  REF: {conditions: {add: [P0109]}}\n", ":4:", "P0109");
    REFUSED(HEAD "elements:\n  \"355\": required\n", ":4:", "said of its segment");
    REFUSED(HEAD "elements:\n  \"9999\": {max: 3}\n", ":4:", "9999");
    REFUSED(HEAD "add:\n  - {segment: NTE}\n", ":4:", "before or after");
    REFUSED(HEAD "add:\n  - {segment: NTE, after: PO9}\n", ":4:", "C4311");
    REFUSED(HEAD "add:\n  - {segment: NTE, before: ST}\n", ":4:", "nothing can stand there");
    REFUSED(HEAD "add: {}\n", ":3:", "a list");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(segments, begin, end),
        cmocka_unit_test_setup_teardown(elements, begin, end),
        cmocka_unit_test_setup_teardown(conditions, begin, end),
        cmocka_unit_test_setup_teardown(additions, begin, end),
        cmocka_unit_test_setup_teardown(refused, begin, end),
    };

    return cmocka_run_group_tests_name("guide", tests, setup, teardown);
}
