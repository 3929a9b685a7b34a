/* What a finding looks like, for people and for programs, and what exit status follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>

#include "diag/report.h"

static struct buffer printed;
static unsigned writes;

static void keep(void *to, const char *at, size_t len)
{
    buffer_add(to, at, len);
    writes++;
}

static void begin(struct report *report)
{
    buffer_release(&printed);
    buffer_init(&printed, 1 << 20);
    writes = 0;
    report_init(report, "edi2canon");
    report->write = keep;
    report->to = &printed;
}

static const char *text_of_printed(void)
{
    buffer_add_byte(&printed, '\0');
    printed.len--;
    return printed.at;
}

static const struct finding whole = {
    .complaint = ELEMENT_CODE,
    .place = {.file = "po_20240603.x12",
              .offset = 1042,
              .has_offset = true,
              .line = 18,
              .partner = "acme",
              .interchange = {"000004711", 9},
              .group = {"1187", 4},
              .set = {"0003", 4},
              .set_id = {"850", 3},
              .key = {"PO 4500123", 10},
              .ordinal = 14,
              .segment = {"PO1", 3},
              .loop = {"PO1[3]", 6},
              .element = 3,
              .element_id = "355",
              .element_name = "Unit or Basis for Measurement Code"},
    .value = {"CS", 2},
    .expected = "one of CA EA PK",
    .origin = "acme-850.yaml:41",
    .consequence = "set held, the 997 will say AK304 8, AK403 7",
    .hint = "map CS in the partner's table",
    .more = 3,
};

static void text_has_all_parts(void **state)
{
    struct report report;

    (void)state;
    begin(&report);
    report_add(&report, &whole);
    assert_string_equal(
        text_of_printed(),
        "S2209 error po_20240603.x12:18 (byte 1042) acme ISA 000004711 GS 1187 ST 850 0003 PO 4500123\n"
        "  PO1[3] segment 14: PO103 Unit or Basis for Measurement Code (DE 355) is \"CS\": the code is not "
        "in the "
        "element's list; expected one of CA EA PK (acme-850.yaml:41); 3 more like this\n"
        "  set held, the 997 will say AK304 8, AK403 7; hint: map CS in the partner's table\n");
    assert_int_equal(writes, 1);
    report_release(&report);
}

/* Each part taken away alone leaves no trace: no double blank, no empty brackets, no dangling mark. */
static void text_leaves_no_gaps(void **state)
{
    (void)state;
    for (unsigned gone = 0; gone < 1u << 14; gone++) {
        struct finding some = whole;
        struct report report;
        const char *text;

        if (gone & 1)
            some.place.file = NULL;
        if (gone & 2)
            some.place.has_offset = false;
        if (gone & 4)
            some.place.line = 0;
        if (gone & 8)
            some.place.partner = NULL;
        if (gone & 16)
            some.place.interchange.len = 0;
        if (gone & 32)
            some.place.set.len = some.place.set_id.len = 0;
        if (gone & 64)
            some.place.loop.len = 0;
        if (gone & 128)
            some.place.ordinal = 0;
        if (gone & 256)
            some.place.element = 0;
        if (gone & 512)
            some.value.at = NULL;
        if (gone & 1024)
            some.expected = NULL;
        if (gone & 2048)
            some.origin = NULL;
        if (gone & 4096)
            some.consequence = NULL;
        if (gone & 8192)
            some.hint = NULL;
        begin(&report);
        report_add(&report, &some);
        text = text_of_printed();
        if (strstr(text + 1, " \n") != NULL || strstr(text, "()") != NULL || strstr(text, ": :") != NULL ||
            strstr(text, ":\n") != NULL || strstr(text, ";\n") != NULL || strstr(text, "; ;") != NULL)
            fail_msg("%u: %s", gone, text);
        for (const char *at = text; (at = strstr(at, "  ")) != NULL; at += 2)
            if (at == text || at[-1] != '\n' || at[2] == ' ')
                fail_msg("%u: %s", gone, text);
        report_release(&report);
    }
}

static void text_without_structure_is_a_line(void **state)
{
    struct report report;

    (void)state;
    begin(&report);
    report_say(&report, TECHNICAL_READ, "in\nbox/a.edi", "No such file or directory");
    report_add(&report, &(struct finding){.complaint = USAGE_VALUE,
                                          .detail = "-j, --jobs",
                                          .value = {"x\"y", 3},
                                          .expected = "a number",
                                          .hint = "edi2canon --help lists the options"});
    report_add(&report, &(struct finding){.complaint = USAGE_OPTION,
                                          .value = {"--foo", 5},
                                          .place = {.file = "maps/a.yaml", .line = 3, .column = 7}});
    assert_string_equal(
        text_of_printed(),
        "edi2canon: T7001 error: in\\x0abox/a.edi: cannot read the input: No such file or directory\n"
        "edi2canon: U8003 error: the option cannot take this argument: -j, --jobs \"x\\\"y\"; "
        "expected a number; "
        "hint: edi2canon --help lists the options\n"
        "edi2canon: U8001 error: maps/a.yaml:3:7: no such option: \"--foo\"\n");
    assert_int_equal(writes, 3);
    report_release(&report);
}

static void json_has_all_members(void **state)
{
    struct report report;
    json_error_t error;
    json_t *object;

    (void)state;
    begin(&report);
    report.format = REPORT_JSON;
    report_add(&report, &whole);
    assert_string_equal(
        text_of_printed(),
        "{\"tool\":\"edi2canon\",\"code\":\"S2209\",\"rule\":\"element-code\",\"severity\":\"error\","
        "\"class\":\"business\",\"file\":\"po_20240603.x12\",\"offset\":1042,\"line\":18,"
        "\"partner\":\"acme\","
        "\"interchange\":\"000004711\",\"group\":\"1187\",\"set\":\"0003\",\"set_id\":\"850\","
        "\"key\":\"PO 4500123\",\"ordinal\":14,\"segment\":\"PO1\",\"loop\":\"PO1[3]\",\"element\":3,"
        "\"reference\":\"PO103\",\"element_id\":\"355\","
        "\"element_name\":\"Unit or Basis for Measurement Code\","
        "\"summary\":\"the code is not in the element's list\",\"value\":\"CS\",\"value_length\":2,"
        "\"expected\":\"one of CA EA PK\",\"origin\":\"acme-850.yaml:41\","
        "\"consequence\":\"set held, the 997 will say AK304 8, AK403 7\","
        "\"hint\":\"map CS in the partner's table\",\"more\":3}\n");
    object = json_loads(printed.at, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(object);
    json_decref(object);
    report_release(&report);
}

/* Every byte alone, and in pairs with others, stays within one line and is JSON. */
static void hostile_values_stay_within_their_line(void **state)
{
    char value[300];

    (void)state;
    for (unsigned i = 0; i < 65536; i += i < 512 ? 1 : 17) {
        struct finding some = whole;
        struct report report;
        json_error_t error;
        json_t *object;
        unsigned lines = 0;

        value[0] = (char)(i & 255);
        value[1] = (char)(i >> 8);
        memset(value + 2, value[1], sizeof(value) - 2);
        some.value = (struct bytes){value, i % 3 == 0 ? sizeof(value) : 2};
        some.place.key = some.place.segment = some.value;
        begin(&report);
        report_add(&report, &some);
        for (size_t n = 0; n < printed.len; n++) {
            lines += printed.at[n] == '\n';
            if (((unsigned char)printed.at[n] < 0x20 && printed.at[n] != '\n') || printed.at[n] == 0x7f)
                fail_msg("%u: a control character", i);
        }
        assert_int_equal(lines, 3);
        report_release(&report);
        begin(&report);
        report.format = REPORT_JSON;
        report_add(&report, &some);
        object = json_loadb(printed.at, printed.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);
        if (object == NULL)
            fail_msg("%u: %s: %s", i, error.text, text_of_printed());
        assert_ptr_equal(memchr(printed.at, '\n', printed.len), printed.at + printed.len - 1);
        json_decref(object);
        report_release(&report);
    }
}

static void quoted_is(const char *foreign, size_t len, size_t max, const char *want)
{
    struct buffer out;

    buffer_init(&out, 4096);
    report_quote(&out, (struct bytes){foreign, len}, max);
    buffer_add_byte(&out, '\0');
    assert_string_equal(out.at, want);
    buffer_release(&out);
}

static void quote_shows_what_is_there(void **state)
{
    (void)state;
    quoted_is("plain", 5, 200, "plain");
    quoted_is("", 0, 200, "");
    quoted_is("a\0b\x1b[31m\x9b", 9, 200, "a\\x00b\\x1b[31m\\x9b");
    quoted_is("a\\x00\"", 6, 200, "a\\\\x00\\\"");
    quoted_is("M\xc3\xbcller", 7, 200, "M\xc3\xbcller");
    quoted_is("M\xfcller", 6, 200, "M\\xfcller");
    quoted_is("\xc2\x9b", 2, 200, "\\xc2\\x9b"); /* C1 as UTF-8 */
    quoted_is("\xe2\x80\xae"
              "evil",
              7, 200,
              "\\xe2\\x80\\xae"
              "evil");                                    /* right-to-left override */
    quoted_is("\xe2\x80\xa8", 3, 200, "\\xe2\\x80\\xa8"); /* line separator */
    quoted_is("\xed\xa0\x80", 3, 200, "\\xed\\xa0\\x80"); /* a surrogate */
    quoted_is("\xc0\xaf", 2, 200, "\\xc0\\xaf");          /* overlong */
    quoted_is("abcdef", 6, 3, "abc...");
    quoted_is("ab\xc3\xbc", 4, 3, "ab..."); /* no torn character */
    quoted_is("ab\xc3\xbcx", 5, 4, "ab\xc3\xbc...");
    quoted_is("\xe2\x82\xac\xe2\x82\xac", 6, 5, "\xe2\x82\xac...");
}

static void bound_prints_some_and_counts_all(void **state)
{
    struct report report;

    (void)state;
    begin(&report);
    report.print_limit = 2;
    for (unsigned i = 0; i < 5; i++)
        report_add(&report, &(struct finding){.complaint = SE_COUNT});
    report_say(&report, TECHNICAL_WRITE, "x", "No space left on device");
    report_close(&report);
    assert_int_equal(report.counts[SEVERITY_ERROR][CLASS_BUSINESS], 5);
    assert_non_null(strstr(text_of_printed(), "T7002"));
    assert_non_null(strstr(printed.at, "\nedi2canon: 3 more findings not printed (--max-findings)\n"));
    assert_int_equal(writes, 4);
    report_release(&report);

    begin(&report);
    report.format = REPORT_JSON;
    report.print_limit = 1;
    report_add(&report, &(struct finding){.complaint = SE_COUNT});
    report_add(&report, &(struct finding){.complaint = SE_COUNT});
    report_close(&report);
    assert_non_null(strstr(text_of_printed(), "\n{\"tool\":\"edi2canon\",\"not_printed\":1}\n"));
    report_release(&report);
}

static void severities_are_counted_and_shown_from_the_threshold(void **state)
{
    struct report report;

    (void)state;
    begin(&report);
    report_add(&report, &(struct finding){.complaint = SE_COUNT, .severity = SEVERITY_INFO});
    report_add(&report, &(struct finding){.complaint = POLICY_NOT_ASCII}); /* off in the catalogue */
    assert_int_equal(writes, 0);
    assert_int_equal(report.counts[SEVERITY_INFO][CLASS_BUSINESS], 1);
    report_add(&report, &(struct finding){.complaint = SE_COUNT, .severity = SEVERITY_WARN});
    assert_int_equal(writes, 1);
    assert_int_equal(report_status(&report), 0);
    report.threshold = SEVERITY_ERROR;
    report_add(&report, &(struct finding){.complaint = SE_COUNT, .severity = SEVERITY_WARN});
    assert_int_equal(writes, 1);
    report_add(&report, &(struct finding){.complaint = SE_COUNT});
    assert_int_equal(writes, 2);
    report_release(&report);
}

static void status_is_the_worst(void **state)
{
    struct report report;

    (void)state;
    begin(&report);
    assert_int_equal(report_status(&report), 0);
    report_say(&report, SE_COUNT, NULL, "x");
    assert_int_equal(report_status(&report), 1);
    report_say(&report, TECHNICAL_READ, NULL, "x");
    assert_int_equal(report_status(&report), 3);
    report_say(&report, USAGE_OPTION, NULL, "x");
    assert_int_equal(report_status(&report), 2);
    report_release(&report);
}

static void lines_too_long_are_still_told(void **state)
{
    struct report report;
    char *much = malloc(70000);

    (void)state;
    assert_non_null(much);
    memset(much, 'x', 69999);
    much[69999] = '\0';
    begin(&report);
    report_add(&report, &(struct finding){.complaint = SE_COUNT, .detail = much, .hint = much});
    assert_true(printed.len < 9000);
    report.line.ceiling = 16; /* as if memory were gone */
    buffer_release(&report.line);
    buffer_clear(&printed);
    report_add(&report, &(struct finding){.complaint = SE_COUNT});
    assert_string_equal(text_of_printed(), "edi2canon: X1304 error\n");
    report_release(&report);
    free(much);
}

/* The families in the catalogue's order; mailboxes came last, with the digit that was left; -1: none. */
static int family_of(const struct complaint_info *info)
{
    static const char families[] = "XSMCLPRTUJ";
    const char *family = strchr(families, info->code[0]);

    return family != NULL && *family != '\0' ? (int)(family - families) : -1;
}

static void catalogue_is_sound(void **state)
{
    enum severity severity;

    (void)state;
    for (unsigned i = 0; i < COMPLAINTS; i++) {
        const struct complaint_info *info = complaint_info((enum complaint)i);
        const struct complaint_info *next = complaint_info((enum complaint)(i + 1 < COMPLAINTS ? i + 1 : i));
        const char *texts[] = {info->summary, info->cause, info->consequence, info->action};
        enum complaint_class class = strchr("CU", info->code[0]) != NULL ? CLASS_USAGE
                                     : info->code[0] == 'T'              ? CLASS_TECHNICAL
                                                                         : CLASS_BUSINESS;
        uint64_t number;

        if (strlen(info->code) != 5 || !bytes_to_count((struct bytes){info->code + 1, 4}, 9999, &number) ||
            family_of(info) < 0 || info->code[1] != "1234506789"[family_of(info)])
            fail_msg("%s: not a code of a family", info->code);
        if (i + 1 < COMPLAINTS &&
            (family_of(info) > family_of(next) ||
             (family_of(info) == family_of(next) && strcmp(info->code, next->code) >= 0)))
            fail_msg("%s: not in order, or twice", next->code);
        /* A map or a record that is wrong for its author's fault (M30.., J90..) is usage too. */
        if (info->class != class && strchr("MJLRCP", info->code[0]) == NULL)
            fail_msg("%s: of another class than its family", info->code);
        if (complaint_find(bytes_of(info->code)) != (enum complaint)i ||
            complaint_find(bytes_of(info->rule)) != (enum complaint)i)
            fail_msg("%s: code or rule is not its own", info->code);
        if (strspn(info->rule, "abcdefghijklmnopqrstuvwxyz0123456789-") != strlen(info->rule))
            fail_msg("%s: rule \"%s\"", info->code, info->rule);
        for (unsigned n = 0; n < 4; n++) {
            size_t len = strlen(texts[n]);

            if (len < 4 || texts[n][len - 1] == '.' || texts[n][len - 1] == ' ' ||
                strstr(texts[n], "  ") != NULL)
                fail_msg("%s: text \"%s\"", info->code, texts[n]);
            for (size_t k = 0; k < len; k++)
                if (texts[n][k] < 0x20 || texts[n][k] > 0x7e)
                    fail_msg("%s: text \"%s\" is not plain", info->code, texts[n]);
        }
        if (info->severity == SEVERITY_OFF && info->class != CLASS_BUSINESS)
            fail_msg("%s: is off and cannot be set", info->code);
    }
    assert_int_equal(complaint_find(BYTES("s2209")), ELEMENT_CODE);
    assert_int_equal(complaint_find(BYTES("Element-Code")), ELEMENT_CODE);
    assert_int_equal(complaint_find(BYTES("S220")), COMPLAINTS);
    assert_int_equal(complaint_find(BYTES("")), COMPLAINTS);
    for (unsigned i = 0; i <= SEVERITY_ERROR; i++) {
        assert_true(severity_parse(bytes_of(severity_name((enum severity)i)), &severity));
        assert_int_equal(severity, i);
    }
    assert_false(severity_parse(BYTES("warning"), &severity));
}

static int release_printed(void **state)
{
    (void)state;
    buffer_release(&printed);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_has_all_parts),
        cmocka_unit_test(text_leaves_no_gaps),
        cmocka_unit_test(text_without_structure_is_a_line),
        cmocka_unit_test(json_has_all_members),
        cmocka_unit_test(hostile_values_stay_within_their_line),
        cmocka_unit_test(quote_shows_what_is_there),
        cmocka_unit_test(bound_prints_some_and_counts_all),
        cmocka_unit_test(severities_are_counted_and_shown_from_the_threshold),
        cmocka_unit_test(status_is_the_worst),
        cmocka_unit_test(lines_too_long_are_still_told),
        cmocka_unit_test(catalogue_is_sound),
    };

    return cmocka_run_group_tests(tests, NULL, release_printed);
}
