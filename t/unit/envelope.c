/* Headers and trailers, each rule broken once, and what the acknowledgments make of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "standard/envelope.h"
#include "standard/verdict.h"
#include "standard_fixture.h"

static const char clean_isa[] =
    "ISA*00*          *00*          *ZZ*SENDER         *01*006927180      *241120*1253"
    "*U*00401*000000101*0*P*:";
static const char clean_gs[] = "GS*PO*SENDER*RECEIVER*20241120*1253*101*X*004010";

struct run {
    struct arena arena;
    struct rules rules;
    struct faults faults;
    struct fixture_view view;
    char text[256];
    char found[512];
};

static struct run run;

static int begin(void **state)
{
    (void)state;
    arena_init(&run.arena, 65536, 1 << 24);
    rules_init(&run.rules);
    faults_init(&run.faults, &run.arena, &run.rules);
    faults_begin(&run.faults, NULL, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run.arena);
    return 0;
}

/* `text` with its element `n` replaced, split into run.view. */
static const struct segment_view *with(const char *text, unsigned n, const char *value)
{
    const char *at = text;
    size_t len = 0;

    arena_reset(&run.arena);
    faults_begin(&run.faults, NULL, NULL);
    if (n == 0) {
        fixture_view_make(&run.view, text, strlen(text), 0);
        return &run.view.view;
    }
    for (unsigned i = 0; i < n; i++)
        at = strchr(at, '*') + 1;
    len = (size_t)snprintf(run.text, sizeof(run.text), "%.*s%s%s", (int)(at - text), text, value,
                           at + strcspn(at, "*"));
    fixture_view_make(&run.view, run.text, len, 0);
    return &run.view.view;
}

static void isa(void **state)
{
    static const struct {
        unsigned element;
        const char *value, *code;
    } rows[] = {
        {0, "", "000"},          {1, "99", "010"},
        {2, "SHORT", "011"},     {3, "02", "012"},
        {4, "", "013"},          {5, "Z", "005"},
        {6, "TOO SHORT", "006"}, {6, "               ", "006"},
        {7, "0*1", "007"},       {8, "MUCH TOO LONG FOR IT", "008"},
        {9, "20241120", "014"},  {9, "241320", "014"},
        {10, "2460", "015"},     {11, "^", "016"},
        {12, "4010", "017"},     {12, "04O10", "017"},
        {13, "101", "018"},      {13, "00000010A", "018"},
        {14, "Y", "019"},        {15, "X", "020"},
        {16, "", "027"},         {16, "A", "027"},
        {16, "*", "027"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct segment_view *view = with(clean_isa, rows[i].element, rows[i].value);
        struct ack_interchange ack;

        envelope_check_isa(view, '*', '~', &run.faults);
        ack_interchange(&ack, view->element[12], view->element[8], view->element[9], &run.faults);
        if (strcmp(ack.code, rows[i].code) != 0)
            fail_msg("ISA%02u \"%s\": TA105 %s, not %s", rows[i].element, rows[i].value, ack.code,
                     rows[i].code);
        assert_int_equal(ack.verdict, strcmp(ack.code, "000") == 0 ? 'A' : 'R');
    }
}

static void separators(void **state)
{
    struct ack_interchange ack;
    struct bytes none = {NULL, 0};
    static const struct {
        char element, terminator;
        const char *repetition, *code;
    } rows[] = {
        {'*', '~', "^", "000"}, {'*', '\n', "^", "000"}, {'A', '~', "^", "026"},
        {'*', 'Z', "^", "004"}, {'*', ':', "^", "004"},  {'*', '~', "U", "000"},
        {'*', '~', ":", "016"}, {'*', '~', "~", "016"},  {'*', '~', "A", "016"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char later[sizeof(clean_isa)];

        memcpy(later, clean_isa, sizeof(later));
        memcpy(strstr(later, "00401"), "00501", 5);
        envelope_check_isa(with(later, 11, rows[i].repetition), rows[i].element, rows[i].terminator,
                           &run.faults);
        ack_interchange(&ack, none, none, none, &run.faults);
        if (strcmp(ack.code, rows[i].code) != 0)
            fail_msg("row %zu: TA105 %s, not %s", i, ack.code, rows[i].code);
    }
}

static const char *ta1_of(const char *iea, const char *control, uint32_t groups)
{
    static struct ack_interchange ack;
    struct bytes none = {NULL, 0};

    envelope_check_iea(with(iea, 0, ""), bytes_of(control), groups, &run.faults);
    ack_interchange(&ack, none, none, none, &run.faults);
    return ack.code;
}

static void iea(void **state)
{
    struct ack_interchange ack;
    struct bytes none = {NULL, 0};

    (void)state;
    assert_string_equal(ta1_of("IEA*1*000000101", "000000101", 1), "000");
    assert_string_equal(ta1_of("IEA*1*101", "000000101", 1), "000");
    assert_string_equal(ta1_of("IEA*1*000000102", "000000101", 1), "001");
    assert_string_equal(ta1_of("IEA*1", "000000101", 1), "001");
    assert_string_equal(ta1_of("IEA*2*000000101", "000000101", 1), "021");
    assert_string_equal(ta1_of("IEA*one*000000101", "000000101", 1), "021");
    assert_string_equal(run.faults.first->expected, "1");
    /* what the partner lets pass is noted, and what only a warning says does not outweigh an error */
    assert_true(rules_set(&run.rules, BYTES("interchange-count"), SEVERITY_WARN));
    assert_string_equal(ta1_of("IEA*2*000000101", "000000101", 1), "021");
    ack_interchange(&ack, none, none, none, &run.faults);
    assert_int_equal(ack.verdict, 'E');
    assert_string_equal(ta1_of("IEA*2*000000102", "000000101", 1), "001");

    assert_true(ack_interchange_due(&ack, ACK_TA1_AS_ASKED, BYTES("1")));
    assert_false(ack_interchange_due(&ack, ACK_TA1_AS_ASKED, BYTES("0")));
    assert_true(ack_interchange_due(&ack, ACK_TA1_ON_ERROR, BYTES("0")));
    assert_false(ack_interchange_due(&ack, ACK_TA1_NEVER, BYTES("1")));
    ack.verdict = 'A';
    assert_false(ack_interchange_due(&ack, ACK_TA1_ON_ERROR, BYTES("1")));
    assert_true(ack_interchange_due(&ack, ACK_TA1_ALWAYS, BYTES("0")));
}

static void ge(void **state)
{
    (void)state;
    envelope_check_ge(with("GE*2*101", 0, ""), BYTES("0101"), 2, &run.faults);
    assert_null(run.faults.first);
    envelope_check_ge(with("GE*3*102", 0, ""), BYTES("101"), 2, &run.faults);
    assert_string_equal(fixture_faults(&run.faults, run.found, sizeof(run.found)),
                        "X1207 GE 0.1; X1206 GE 0.2");
    assert_string_equal(fault_group_code(run.faults.first, ACK_997), "5");
    assert_string_equal(fault_group_code(run.faults.last, ACK_997), "4");
}

static void st_se(void **state)
{
    struct fixture_set made;
    struct bytes release = BYTES("005010");

    (void)state;
    fixture_set_make(&made, "ST SE");
    made.set.group = "PO";
#define ST(text, set, group, codes)                                                            \
    do {                                                                                       \
        envelope_check_st(with(text, 0, ""), set, BYTES(group), release, &run.faults);         \
        assert_string_equal(fixture_faults(&run.faults, run.found, sizeof(run.found)), codes); \
    } while (0)
    ST("ST*850*0001", &made.set, "PO", "");
    ST("ST*850*0001*005010X999", &made.set, "PO", "");
    ST("ST*850*0001*ANY", &made.set, "PO", "");
    ST("ST*850*0001*004010X999", &made.set, "PO", "X1309 ST 0.3");
    ST("ST*85*0001", NULL, "PO", "X1305 ST 0.1");
    ST("ST**0001", NULL, "PO", "X1305 ST 0.1");
    ST("ST*999*0001", NULL, "PO", "X1301 ST 0.1");
    ST("ST*850*1", &made.set, "PO", "X1306 ST 0.2");
    ST("ST*850", &made.set, "PO", "X1306 ST 0.2");
    ST("ST*850*0000000001", &made.set, "PO", "X1306 ST 0.2");
    ST("ST*850*0001", &made.set, "IN", "X1307 ST 0.1");

    run.view.view.ordinal = 13;
#define SE(text, counted, codes)                                                               \
    do {                                                                                       \
        with(text, 0, "");                                                                     \
        run.view.view.ordinal = counted;                                                       \
        envelope_check_se(&run.view.view, BYTES("0001"), &run.faults);                         \
        assert_string_equal(fixture_faults(&run.faults, run.found, sizeof(run.found)), codes); \
    } while (0)
    SE("SE*13*0001", 13, "");
    SE("SE*0013*0001", 13, "");
    SE("SE*12*0001", 13, "X1304 SE 13.1");
    SE("SE*x*0001", 13, "X1304 SE 13.1");
    SE("SE*13*1", 13, "X1303 SE 13.2");
    SE("SE", 13, "X1304 SE 13.1; X1303 SE 13.2");
}

static void seen(void **state)
{
    struct envelope_seen numbers;
    char text[16];

    (void)state;
    envelope_seen_begin(&numbers, &run.arena);
    for (unsigned i = 1; i <= 20000; i++) {
        snprintf(text, sizeof(text), "%04u", i);
        assert_true(envelope_seen_add(&numbers, bytes_of(text)));
    }
    assert_int_equal(numbers.others.n, 0);
    assert_false(envelope_seen_add(&numbers, BYTES("0001")));
    assert_false(envelope_seen_add(&numbers, BYTES("9999")));
    assert_false(envelope_seen_add(&numbers, BYTES("20000")));
    assert_true(envelope_seen_add(&numbers, BYTES("00001")));
    assert_true(envelope_seen_add(&numbers, BYTES("A")));
    assert_true(envelope_seen_add(&numbers, BYTES("ABCDEFGH1")));
    assert_true(envelope_seen_add(&numbers, BYTES("ABCDEFGH2")));
    assert_false(envelope_seen_add(&numbers, BYTES("ABCDEFGH1")));
    assert_false(envelope_seen_add(&numbers, BYTES("A")));

    envelope_seen_begin(&numbers, &run.arena);
    for (unsigned i = 5000; i > 0; i--) {
        snprintf(text, sizeof(text), "%09u", i * 7);
        assert_true(envelope_seen_add(&numbers, bytes_of(text)));
    }
    for (unsigned i = 1; i <= 5000; i++) {
        snprintf(text, sizeof(text), "%09u", i * 7);
        assert_false(envelope_seen_add(&numbers, bytes_of(text)));
        snprintf(text, sizeof(text), "%09u", i * 7 + 1);
        assert_true(envelope_seen_add(&numbers, bytes_of(text)));
    }
}

static void gs(void **state)
{
    static const struct {
        unsigned element;
        const char *value, *code;
    } rows[] = {
        {0, "", ""},          {1, "XX", "1"},    {1, "P", "1"},          {1, "", "1"},
        {2, "A", "1"},        {2, "", "1"},      {3, "   ", "1"},        {3, "SIXTEEN LETTERS.", "1"},
        {4, "20241320", "1"}, {4, "241120", ""}, {5, "2500", "1"},       {5, "125301", ""},
        {6, "", "6"},         {6, "12A", "6"},   {6, "1234567890", "6"}, {7, "Z", "1"},
        {7, "T", ""},         {8, "", "2"},      {8, "ANSI", "2"},       {8, "004010VICS", ""},
        {8, "004060", ""},
    };
    struct dictionary *dictionary = fixture_dictionary();

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *release = envelope_check_gs(with(clean_gs, rows[i].element, rows[i].value), dictionary,
                                                &run.faults);
        const struct fault *fault = run.faults.first;
        const char *code = fault != NULL ? fault_group_code(fault, ACK_997) : NULL;

        if (strcmp(code != NULL ? code : "", rows[i].code) != 0)
            fail_msg("GS%02u \"%s\": AK905 %s, not %s", rows[i].element, rows[i].value, code, rows[i].code);
        if (strcmp(rows[i].code, "2") == 0)
            assert_null(release);
        else
            assert_string_equal(release, strcmp(rows[i].value, "004060") == 0 ? "004030" : "004010");
    }
    assert_int_equal(run.faults.first->complaint, GROUP_RELEASE_NEAR);
    assert_string_equal(run.faults.first->detail, "checked by 004030");
    dictionary_close(dictionary);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(isa, begin, end),
        cmocka_unit_test_setup_teardown(separators, begin, end),
        cmocka_unit_test_setup_teardown(iea, begin, end),
        cmocka_unit_test_setup_teardown(ge, begin, end),
        cmocka_unit_test_setup_teardown(st_se, begin, end),
        cmocka_unit_test_setup_teardown(seen, begin, end),
        cmocka_unit_test_setup_teardown(gs, begin, end),
    };

    return cmocka_run_group_tests_name("envelope", tests, NULL, NULL);
}
