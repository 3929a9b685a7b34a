/* Verdicts of sets and groups, and the content of 997 and 999. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#include "standard/verdict.h"
#include "standard_fixture.h"

struct run {
    struct arena arena, arena_of_acks;
    struct rules rules;
    struct faults faults;
    struct fixture_view view;
    struct ack_group group;
    char text[1024];
};

static struct run run;

static int begin(void **state)
{
    (void)state;
    arena_init(&run.arena, 65536, 1 << 24);
    arena_init(&run.arena_of_acks, 65536, 1 << 24);
    rules_init(&run.rules);
    faults_init(&run.faults, &run.arena, &run.rules);
    faults_begin(&run.faults, NULL, NULL);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&run.arena);
    arena_release(&run.arena_of_acks);
    return 0;
}

static struct fault *fault(enum complaint complaint, const char *segment, uint32_t ordinal, unsigned element)
{
    fixture_view_make(&run.view, segment, strlen(segment), ordinal);
    return fault_add_element(&run.faults, complaint, &run.view.view, element);
}

static void open_group(const char *release, struct ack_policy policy)
{
    assert_true(
        ack_group_open(&run.group, &run.arena_of_acks, policy, BYTES("PO"), BYTES("101"), bytes_of(release)));
}

static void add(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));

static void add(char *text, size_t size, const char *format, ...)
{
    size_t len = strlen(text);
    va_list args;

    va_start(args, format);
    assert_true(vsnprintf(text + len, size - len, format, args) < (int)(size - len));
    va_end(args);
}

/* The group as a 997 would have it, "AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1". */
static const char *told(void)
{
    const struct ack_group *group = &run.group;
    char *text = run.text;
    char kind = group->form == ACK_999 ? 'I' : 'A';

    text[0] = '\0';
#define ADD(...) add(text, sizeof(run.text), __VA_ARGS__)
    ADD("AK1*%.*s*%.*s", BYTES_ARG(group->id), BYTES_ARG(group->control));
    if (group->late)
        ADD("*%.*s", BYTES_ARG(group->release));
    for (const struct ack_set *set = group->first; set != NULL; set = set->next) {
        ADD(" AK2*%.*s*%.*s", BYTES_ARG(set->type), BYTES_ARG(set->control));
        if (set->convention.len > 0)
            ADD("*%.*s", BYTES_ARG(set->convention));
        for (const struct ack_segment *segment = set->segments; segment != NULL; segment = segment->next) {
            ADD(" %cK3*%.*s*%u*%s*%s", kind, BYTES_ARG(segment->id), segment->ordinal,
                segment->loop != NULL ? segment->loop : "", segment->code);
            for (const struct ack_element *element = segment->elements; element != NULL;
                 element = element->next) {
                ADD(" %cK4*%u", kind, element->element);
                if (element->component != 0 || element->repeat != 0)
                    ADD(":%.0u", element->component);
                if (element->repeat != 0)
                    ADD(":%u", element->repeat);
                ADD("*%s*%s", element->element_id != NULL ? element->element_id : "", element->code);
                if (element->value.at != NULL)
                    ADD("*%.*s", BYTES_ARG(element->value));
                if (element->trigger != 0)
                    ADD(" CTX*%u", element->trigger);
            }
        }
        ADD(" %cK5*%c", kind, set->verdict);
        for (unsigned i = 0; i < set->n_codes; i++)
            ADD("*%s", set->codes[i]);
    }
    ADD(" AK9*%c*%.*s*%u*%u", group->verdict, BYTES_ARG(group->included), group->received, group->accepted);
    for (unsigned i = 0; i < group->n_codes; i++)
        ADD("*%s", group->codes[i]);
    return text;
}

/* A group of sets whose verdicts are `sets`, closed by GE01 `included` with one complaint of its own. */
static const char *ak9(const char *sets, const char *included, enum complaint complaint)
{
    struct ack_policy policy = {.detail = ACK_DETAIL_NONE};

    open_group("004010", policy);
    for (; *sets != '\0'; sets++) {
        faults_begin(&run.faults, NULL, NULL);
        if (*sets == 'R')
            fault(SEGMENT_MISSING, "BEG", 2, 0);
        if (*sets == 'E')
            fault(POLICY_BLANKS_IN_NUMBER, "PO1*1 ", 3, 1);
        assert_int_equal(ack_group_add(&run.group, BYTES("850"), BYTES("0001"), BYTES(""), &run.faults),
                         *sets);
    }
    faults_begin(&run.faults, NULL, NULL);
    if (complaint != COMPLAINTS)
        fault(complaint, "GE*1*101", 0, 1);
    ack_group_close(&run.group, bytes_of(included), &run.faults);
    return told() + strlen("AK1*PO*101 ");
}

static void groups(void **state)
{
    static const struct {
        const char *sets, *included;
        enum complaint complaint;
        const char *ak9;
    } rows[] = {
        {"A", "1", COMPLAINTS, "AK9*A*1*1*1"},
        {"AAA", "3", COMPLAINTS, "AK9*A*3*3*3"},
        {"AEA", "3", COMPLAINTS, "AK9*E*3*3*3"},
        {"ARA", "3", COMPLAINTS, "AK9*P*3*3*2"},
        {"AREE", "4", COMPLAINTS, "AK9*P*4*4*3"},
        {"RR", "2", COMPLAINTS, "AK9*R*2*2*0"},
        {"R", "1", COMPLAINTS, "AK9*R*1*1*0"},
        {"", "0", COMPLAINTS, "AK9*A*0*0*0"},
        /* a wrong count is noted, as sent; the sets stand for themselves */
        {"AA", "3", GE_COUNT, "AK9*E*3*2*2*5"},
        {"AA", "1", GE_COUNT, "AK9*E*1*2*2*5"},
        {"AR", "1", GE_COUNT, "AK9*P*1*2*1*5"},
        {"AA", "two", GE_COUNT, "AK9*E*2*2*2*5"},
        /* what else is wrong with the trailer comes too late to take sets back: noted */
        {"AA", "", GE_MISSING, "AK9*E*2*2*2*3"},
        {"AR", "", GE_MISSING, "AK9*P*2*2*1*3"},
        {"RR", "", GE_MISSING, "AK9*R*2*2*0*3"},
        {"AA", "2", GE_CONTROL, "AK9*E*2*2*2*4"},
        {"", "", GE_MISSING, "AK9*E*0*0*0*3"},
        /* faults of the header reject the group whole */
        {"AA", "2", GROUP_UNKNOWN, "AK9*R*2*2*0*1"},
        {"AA", "2", GROUP_RELEASE, "AK9*R*2*2*0*2"},
        {"AA", "2", GS_DUPLICATE, "AK9*R*2*2*0*19"},
        {"AA", "2", GROUP_RELEASE_NEAR, "AK9*A*2*2*2"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *found = ak9(rows[i].sets, rows[i].included, rows[i].complaint);

        if (strcmp(found, rows[i].ak9) != 0)
            fail_msg("sets %s, row %zu: %s, not %s", rows[i].sets, i, found, rows[i].ak9);
    }
    /* what the partner lets pass is noted only */
    assert_true(rules_set(&run.rules, BYTES("group-control-number"), SEVERITY_WARN));
    assert_string_equal(ak9("AA", "2", GE_CONTROL), "AK9*E*2*2*2*4");
}

static const char *one_set(const char *release, struct ack_policy policy)
{
    open_group(release, policy);
    ack_group_add(&run.group, BYTES("850"), BYTES("0001"), (struct bytes){NULL, 0}, &run.faults);
    faults_begin(&run.faults, NULL, NULL);
    ack_group_close(&run.group, BYTES("1"), &run.faults);
    return told();
}

static void set_codes(void **state)
{
    static const struct {
        enum complaint complaint;
        const char *early, *later;
    } rows[] = {
        {SET_UNKNOWN, "AK5*R*1", "AK5*R*1"},     {SE_MISSING, "AK5*R*2", "AK5*R*2"},
        {SE_CONTROL, "AK5*R*3", "AK5*R*3"},      {SE_COUNT, "AK5*R*4", "AK5*R*4"},
        {ST_ID, "AK5*R*6", "AK5*R*6"},           {ST_CONTROL, "AK5*R*7", "AK5*R*7"},
        {ST_GROUP, "AK5*R*1", "AK5*R*18"},       {ST_DUPLICATE, "AK5*R*23", "AK5*R*23"},
        {ST_CONVENTION, "AK5*R*19", "AK5*R*19"},
    };

    (void)state;
    for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
        const char *wanted = i % 2 ? rows[i / 2].later : rows[i / 2].early;
        char text[128];

        faults_begin(&run.faults, NULL, NULL);
        fault(rows[i / 2].complaint, "SE*1*0001", 5, 1);
        snprintf(text, sizeof(text), "AK1*PO*101%s AK2*850*0001 %s AK9*R*1*1*0", i % 2 ? "*005010" : "",
                 wanted);
        assert_string_equal(one_set(i % 2 ? "005010" : "004010", (struct ack_policy){.detail = 0}), text);
    }
}

static void described(void **state)
{
    static const struct standard_element unit = {.id = "355", .type = STANDARD_ID};
    static const struct standard_field field = {.element = &unit, .repeat_max = 1};
    static const struct standard_position inside = {.path = "PO1/LS/LDT", .index = 5};
    struct fault *made;
    struct ack_policy policy = {.detail = ACK_DETAIL_ALL};

    (void)state;
    fault(ELEMENT_CODE, "PO1*1*2*CS", 4, 3)->field = &field;
    fault(ELEMENT_TOO_LONG, "PO1*1*2*CS", 4, 1);
    made = fault(SEGMENT_MISSING, "CTT", 9, 0);
    made = fault(REPEAT_TOO_MANY, "REF*a^b", 5, 1);
    made->repeat = 2;
    made = fault(ELEMENT_TOO_SHORT, "LDT*a:b", 6, 1);
    made->component = 2;
    made->position = &inside;
    fault(SEGMENT_UNKNOWN, "P*O", 7, 0);
    fault(SEGMENT_MALFORMED, "\x01ONG", 8, 0);
    fault(ELEMENT_CHARACTER, "NTE*a\tb", 10, 1);
    fault(ELEMENT_BLANK, "NTE*  ", 11, 1);
    fault(SE_COUNT, "SE*1*0001", 12, 1);
    assert_string_equal(
        one_set("004010", policy),
        "AK1*PO*101 AK2*850*0001 AK3*PO1*4**8 AK4*3*355*7*CS AK4*1**5*1 AK3*REF*5**8 AK4*1**3*a^b "
        "AK3*LDT*6*LDT*8 AK4*1:2**4*a:b AK3*P?*7**1 AK3*?ON*8**1 AK3*CTT*9**3 AK3*NTE*10**8 "
        "AK4*1**6 AK3*NTE*11**8 AK4*1**6 AK5*R*5*4 AK9*R*1*1*0");
}

static void implementation(void **state)
{
    static const struct standard_condition condition = {.kind = 'C', .note = "C0203"};
    struct fault *made;

    (void)state;
    made = fault(CONDITION_CONDITIONAL, "PO1*1*2", 4, 3);
    made->condition = &condition;
    made->other = 2;
    made = fault(REPEAT_TOO_MANY, "REF*a^b", 5, 1);
    made->repeat = 2;
    fault(ELEMENT_UNUSED, "REF*x*y", 6, 2);
    made = fault(SEGMENT_MISSING, "CTT", 9, 0);
    made->rule = &condition; /* a guide's */
    assert_string_equal(one_set("005010X231A1", (struct ack_policy){.implementation = true}),
                        "AK1*PO*101*005010X231A1 AK2*850*0001 IK3*PO1*4**8 IK4*3**2 CTX*2 IK3*REF*5**8 "
                        "IK4*1::2**12*a^b IK3*REF*6**8 IK4*2**I10*y IK3*CTT*9**I8 IK5*R*5*I5 AK9*R*1*1*0");
    /* a release before 005010 has no 999 */
    faults_begin(&run.faults, NULL, NULL);
    fault(ELEMENT_UNUSED, "REF*x*y", 6, 2);
    assert_string_equal(one_set("004010", (struct ack_policy){.implementation = true}),
                        "AK1*PO*101 AK2*850*0001 AK3*REF*6**8 AK4*2**10*y AK5*E*5 AK9*E*1*1*1");
}

static void policies(void **state)
{
    struct ack_policy policy = {.detail = ACK_DETAIL_REJECTED};

    (void)state;
    open_group("004010", policy);
    ack_group_add(&run.group, BYTES("850"), BYTES("0001"), BYTES(""), &run.faults);
    fault(SEGMENT_MISSING, "BEG", 2, 0);
    ack_group_add(&run.group, BYTES("850"), BYTES("0002"), BYTES(""), &run.faults);
    faults_begin(&run.faults, NULL, NULL);
    ack_group_close(&run.group, BYTES("2"), &run.faults);
    assert_string_equal(told(), "AK1*PO*101 AK2*850*0002 AK3*BEG*2**3 AK5*R*5 AK9*P*2*2*1");

    /* accepted with errors */
    fault(SEGMENT_MISSING, "BEG", 2, 0);
    assert_string_equal(one_set("004010", (struct ack_policy){.accept_errors = true}),
                        "AK1*PO*101 AK2*850*0001 AK3*BEG*2**3 AK5*E*5 AK9*E*1*1*1");

    /* warnings: noted, or not */
    fault(POLICY_BLANKS_IN_NUMBER, "PO1*1 ", 3, 1);
    assert_string_equal(one_set("004010", (struct ack_policy){.detail = 0}),
                        "AK1*PO*101 AK2*850*0001 AK3*PO1*3**8 AK4*1**6*1 AK5*E*5 AK9*E*1*1*1");
    fault(POLICY_BLANKS_IN_NUMBER, "PO1*1 ", 3, 1);
    assert_string_equal(one_set("004010", (struct ack_policy){.hide_warnings = true}),
                        "AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1");

    /* what acknowledgments cannot name does not count in them */
    fault(BALANCE_COUNT, "CTT*3", 8, 1);
    assert_int_equal(faults_worst(&run.faults), SEVERITY_WARN);
    assert_string_equal(one_set("004010", (struct ack_policy){.detail = 0}),
                        "AK1*PO*101 AK2*850*0001 AK5*A AK9*A*1*1*1");

    /* never an acknowledgment of an acknowledgment */
    assert_true(
        ack_group_open(&run.group, &run.arena_of_acks, policy, BYTES("FA"), BYTES("1"), BYTES("004010")));
    assert_true(run.group.silent);
    ack_group_add(&run.group, BYTES("997"), BYTES("0001"), BYTES(""), &run.faults);
    assert_null(run.group.first);
    assert_int_equal(run.group.received, 1);
}

static void no_memory(void **state)
{
    struct arena small;
    struct ack_policy policy = {.detail = ACK_DETAIL_ALL};

    (void)state;
    arena_init(&small, 4096, 8192);
    assert_true(ack_group_open(&run.group, &small, policy, BYTES("PO"), BYTES("101"), BYTES("004010")));
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(ack_group_add(&run.group, BYTES("850"), BYTES("0001"), BYTES(""), &run.faults), 'A');
    assert_true(run.group.broken);
    assert_int_equal(run.group.accepted, 1000);
    arena_release(&small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(groups, begin, end),
        cmocka_unit_test_setup_teardown(set_codes, begin, end),
        cmocka_unit_test_setup_teardown(described, begin, end),
        cmocka_unit_test_setup_teardown(implementation, begin, end),
        cmocka_unit_test_setup_teardown(policies, begin, end),
        cmocka_unit_test_setup_teardown(no_memory, begin, end),
    };

    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
