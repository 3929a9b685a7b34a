/* Acknowledgments, rejects and the end of a file as records: what is in them, and when two are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/base64.h"
#include "translate/ack.h"
#include "translate/batch.h"
#include "translate/fill.h"
#include "translate/reject.h"

#define NONE ((struct bytes){NULL, 0})

static struct schema *schema;
static struct arena arena, life; /* what a record is built in; what it is built from */
static struct canon_id id;
static struct rules rules;
static struct faults faults;

/* ---- a sink that keeps all ---- */

static char window[1 << 16];
static struct buffer kept;

static void keep(struct canon_sink *sink)
{
    buffer_add(&kept, window, (size_t)(sink->at - window));
    sink->at = window;
}

static struct canon_sink sink = {.flush = keep};

static const char *output(void)
{
    keep(&sink);
    buffer_add_byte(&kept, '\0');
    assert_false(kept.failed);
    return kept.at;
}

static int open_all(void **state)
{
    const char *source = getenv("CROSSDOCK_SOURCE");
    char folder[4096], *why = NULL;

    (void)state;
    snprintf(folder, sizeof(folder), "%s/maps/canon", source != NULL ? source : ".");
    schema = schema_open(folder, &why);
    if (schema == NULL) {
        print_error("%s\n", why);
        free(why);
        return -1;
    }
    arena_init(&arena, 65536, 1 << 28);
    arena_init(&life, 65536, 1 << 24);
    buffer_init(&kept, 1 << 28);
    rules_init(&rules);
    return canon_id_init(&id) ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    canon_id_release(&id);
    buffer_release(&kept);
    arena_release(&life);
    arena_release(&arena);
    schema_close(schema);
    return 0;
}

static int begin(void **state)
{
    (void)state;
    arena_reset(&arena);
    arena_reset(&life);
    buffer_clear(&kept);
    sink.at = window;
    sink.end = window + sizeof(window);
    faults_init(&faults, &life, &rules);
    faults_begin(&faults, NULL, NULL);
    return 0;
}

/* ---- what is acknowledged ---- */

static const struct partner acme = {.name = "acme"};
static struct bytes isa[16], gs[8];

static struct ack_envelope envelope_of(const char *release)
{
    isa[8] = BYTES("261120");
    isa[9] = BYTES("1201");
    isa[12] = BYTES("000000101");
    gs[0] = BYTES("PO");
    gs[1] = BYTES("ACMEAPP");
    gs[2] = BYTES("CROSS");
    gs[3] = BYTES("20261120");
    gs[4] = BYTES("1201");
    gs[5] = BYTES("101");
    gs[6] = BYTES("X");
    gs[7] = bytes_of(release);
    return (struct ack_envelope){.file = "850.edi",
                                 .partner = &acme,
                                 .sender = BYTES("01:006927180"),
                                 .receiver = BYTES("ZZ:CROSSDOCK"),
                                 .isa = isa,
                                 .gs = gs};
}

static struct fault *add_fault(enum complaint complaint, const char *segment, uint32_t ordinal,
                               unsigned element, const char *value)
{
    struct segment_view view = {.id = bytes_of(segment), .ordinal = ordinal, .offset = 40 * ordinal};
    struct fault *fault = fault_add(&faults, complaint, &view);

    assert_non_null(fault);
    fault->element = (uint8_t)element;
    fault->value = bytes_of(value);
    return fault;
}

/* A group with a good set and a bad one. */
static void mixed_group(struct ack_group *group, struct ack_policy policy)
{
    struct fault *fault;

    assert_true(ack_group_open(group, &life, policy, gs[0], gs[5], gs[7]));
    assert_int_equal(ack_group_add(group, BYTES("850"), BYTES("0001"), NONE, &faults), 'A');
    (void)add_fault(SEGMENT_MISSING, "BEG", 2, 0, NULL);
    fault = add_fault(ELEMENT_CODE, "REF", 4, 1, "X*Y");
    fault->component = 2;
    (void)add_fault(ELEMENT_TOO_LONG, "REF", 4, 2, "much too long");
    assert_int_equal(ack_group_add(group, BYTES("850"), BYTES("0002"), BYTES("005010UCS"), &faults), 'R');
    faults_begin(&faults, NULL, NULL);
    assert_int_equal(ack_group_close(group, BYTES("02"), &faults), 'P');
}

/* A part of JSON, with ' for each quote that is JSON's own. */
static void assert_holds(const char *text, const char *part)
{
    char made[2048];
    size_t len = 0;

    for (; part[len] != '\0' && len + 1 < sizeof(made); len++)
        made[len] = part[len] == '\'' ? '"' : part[len];
    made[len] = '\0';
    if (strstr(text, made) == NULL)
        fail_msg("no %s in %s", made, text);
}

static void assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part) != NULL)
        fail_msg("%s in %s", part, text);
}

static void a_group_is_answered_set_by_set(void **state)
{
    struct ack_envelope envelope = envelope_of("004010");
    struct ack_group group;
    const char *line;

    (void)state;
    mixed_group(&group, (struct ack_policy){.detail = ACK_DETAIL_ALL});
    ack_write_group(&sink, schema, &id, &group, &envelope, &arena);
    line = output();
    assert_holds(line, "{'canon':1,'kind':'functional_ack','id':'");
    assert_holds(line, ",'partner':'acme','direction':'out','keys':{'acked_interchange_control_number':"
                       "'000000101','acked_group_control_number':'101','acked_message_control_number':"
                       "['0001','0002']},'source':{'format':'x12','file':'850.edi',"
                       "'sender':'01:006927180','receiver':'ZZ:CROSSDOCK','app_sender':'ACMEAPP',"
                       "'app_receiver':'CROSS','interchange':'000000101','group':'101',"
                       "'release':'004010','created':'2026-11-20T12:01','test':false},");
    assert_holds(line, "'ack_type_code':'997','acked_interchange_control_number':'000000101',"
                       "'acked_group_code':'PO','acked_group_control_number':'101',"
                       "'group_status_code':'P','messages_included':2,'messages_received':2,"
                       "'messages_accepted':1,'messages':[{'acked_message_type':'850',"
                       "'acked_message_control_number':'0001','message_status_code':'A'},"
                       "{'acked_message_type':'850','acked_message_control_number':'0002',"
                       "'message_status_code':'R','message_error_codes':['5'],'errors':["
                       "{'segment_id':'BEG','segment_position':2,'segment_error_code':'3'},"
                       "{'segment_id':'REF','segment_position':4,'segment_error_code':'8','elements':["
                       "{'element_position':1,'component_position':2,'element_error_code':'7',"
                       "'bad_value':'X*Y'},{'element_position':2,'element_error_code':'5',"
                       "'bad_value':'much too long'}]}]}]}\n");
}

static void releases_from_005010_are_named(void **state)
{
    struct ack_envelope envelope = envelope_of("005010X220A1");
    struct ack_group group;

    (void)state;
    mixed_group(&group, (struct ack_policy){.detail = ACK_DETAIL_REJECTED});
    ack_write_group(&sink, schema, &id, &group, &envelope, &arena);
    assert_holds(output(), "'acked_group_release':'005010X220A1'");
    assert_holds(kept.at, "'messages':[{'acked_message_type':'850','acked_message_control_number':'0002',"
                          "'acked_message_release':'005010UCS'");
}

static void a_partner_may_want_another_release(void **state)
{
    struct ack_group group;

    (void)state;
    (void)envelope_of("005010");
    mixed_group(&group, (struct ack_policy){.detail = ACK_DETAIL_NONE, .release = BYTES("004010")});
    ack_print_group(&sink, &group);
    assert_string_equal(output(), "ST*997~\nAK1*PO*101~\nAK9*P*2*2*1~\nSE*4~\n");
    assert_int_equal(group.form, ACK_997_EARLY);
}

static void a_999_says_what_the_error_has_to_do_with(void **state)
{
    struct ack_envelope envelope = envelope_of("005010");
    static const struct standard_condition condition = {.kind = 'P'};
    struct ack_group group;
    struct fault *fault;

    (void)state;
    assert_true(
        ack_group_open(&group, &life, (struct ack_policy){.implementation = true}, gs[0], gs[5], gs[7]));
    fault = add_fault(CONDITION_PAIRED, "N1", 7, 4, NULL);
    fault->condition = &condition;
    fault->other = 3;
    (void)ack_group_add(&group, BYTES("850"), BYTES("0001"), NONE, &faults);
    faults_begin(&faults, NULL, NULL);
    (void)ack_group_close(&group, BYTES("1"), &faults);
    ack_write_group(&sink, schema, &id, &group, &envelope, &arena);
    assert_holds(output(), "'ack_type_code':'999'");
    assert_holds(kept.at, "'elements':[{'element_position':4,'element_error_code':'2','contexts':["
                          "{'name':'SITUATIONAL TRIGGER','segment_id':'N1','segment_position':7,"
                          "'element_position':3}]}]");
    assert_int_equal(begin(NULL), 0);
    (void)envelope_of("005010");
    assert_true(
        ack_group_open(&group, &life, (struct ack_policy){.implementation = true}, gs[0], gs[5], gs[7]));
    fault = add_fault(CONDITION_PAIRED, "N1", 7, 4, NULL);
    fault->condition = &condition;
    fault->other = 3;
    (void)ack_group_add(&group, BYTES("850"), BYTES("0001"), NONE, &faults);
    faults_begin(&faults, NULL, NULL);
    (void)ack_group_close(&group, BYTES("1"), &faults);
    ack_print_group(&sink, &group);
    assert_string_equal(output(), "ST*999~\nAK1*PO*101*005010~\nAK2*850*0001~\nIK3*N1*7**8~\nIK4*4**2~\n"
                                  "CTX*SITUATIONAL TRIGGER*N1*7**3~\nIK5*R*5~\nAK9*R*1*1*0~\nSE*9~\n");
}

static void the_preview_is_x12(void **state)
{
    struct ack_group group;

    (void)state;
    (void)envelope_of("004010");
    mixed_group(&group, (struct ack_policy){.detail = ACK_DETAIL_ALL});
    ack_print_group(&sink, &group);
    /* X*Y cannot be carried, so it is left out. */
    assert_string_equal(output(), "ST*997~\nAK1*PO*101~\nAK2*850*0001~\nAK5*A~\nAK2*850*0002~\n"
                                  "AK3*BEG*2**3~\nAK3*REF*4**8~\nAK4*1:2**7~\nAK4*2**5*much too long~\n"
                                  "AK5*R*5~\nAK9*P*2*2*1~\nSE*12~\n");
}

static void answers_are_not_answered(void **state)
{
    struct ack_envelope envelope = envelope_of("004010");
    struct ack_group group;

    (void)state;
    assert_true(ack_group_open(&group, &life, (struct ack_policy){0}, BYTES("FA"), gs[5], gs[7]));
    (void)ack_group_add(&group, BYTES("997"), BYTES("0001"), NONE, &faults);
    (void)ack_group_close(&group, BYTES("1"), &faults);
    ack_write_group(&sink, schema, &id, &group, &envelope, &arena);
    ack_print_group(&sink, &group);
    assert_string_equal(output(), "");
}

/* The id of the record that is written for a clean group in this envelope. */
static void id_of(char into[33], const struct ack_envelope *envelope)
{
    struct ack_group group;
    const char *at;

    assert_int_equal(begin(NULL), 0);
    assert_true(ack_group_open(&group, &life, (struct ack_policy){0}, gs[0], gs[5], gs[7]));
    (void)ack_group_add(&group, BYTES("850"), BYTES("0001"), NONE, &faults);
    (void)ack_group_close(&group, BYTES("1"), &faults);
    ack_write_group(&sink, schema, &id, &group, envelope, &arena);
    at = strstr(output(), "\"id\":\"");
    assert_non_null(at);
    memcpy(into, at + 6, 32);
    into[32] = '\0';
}

static void the_same_answer_has_the_same_id(void **state)
{
    struct ack_envelope envelope = envelope_of("004010");
    char first[33], again[33];

    (void)state;
    id_of(first, &envelope);
    envelope.file = "elsewhere.edi";
    id_of(again, &envelope);
    assert_string_equal(first, again);
    isa[12] = BYTES("000000102");
    id_of(again, &envelope);
    assert_string_not_equal(first, again);
    isa[12] = BYTES("000000101");
    isa[8] = BYTES("271120"); /* numbers come round again */
    id_of(again, &envelope);
    assert_string_not_equal(first, again);
}

static void interchanges_are_answered(void **state)
{
    struct ack_envelope envelope = envelope_of("004010");
    struct ack_interchange ack;

    (void)state;
    (void)add_fault(ISA_ELEMENT, "ISA", 0, 10, "3339");
    ack_interchange(&ack, isa[12], isa[8], isa[9], &faults);
    ack_write_interchange(&sink, schema, &id, &ack, &envelope, &arena);
    ack_print_interchange(&sink, &ack);
    assert_holds(output(), "'direction':'out'");
    assert_holds(kept.at, "'ack_type_code':'TA1','acked_interchange_control_number':'000000101',"
                          "'acked_interchange_date':'2026-11-20','acked_interchange_time':'12:01',"
                          "'interchange_status_code':'R','interchange_note_code':'015'}\n"
                          "TA1*000000101*261120*1201*R*015~\n");
}

static void a_ta1_that_came_in_is_a_record(void **state)
{
    static const struct bytes elements[] = {{"000000007", 9}, {"261119", 6}, {"9", 1}, {"A", 1}, {"000", 3}};
    struct ack_envelope envelope = envelope_of("004010");

    (void)state;
    ack_write_received(&sink, schema, &id, elements, 5, &envelope, &arena);
    assert_holds(output(), "'direction':'in'");
    assert_holds(kept.at, "'ack_type_code':'TA1','ack_date':'2026-11-20','ack_time':'12:01',"
                          "'acked_interchange_control_number':'000000007',"
                          "'acked_interchange_date':'2026-11-19','interchange_status_code':'A',"
                          "'interchange_note_code':'000'}\n");
    buffer_clear(&kept);
    ack_write_received(&sink, schema, &id, elements, 1, &envelope, &arena);
    assert_holds(output(), "'acked_interchange_control_number':'000000007'}\n");
}

/* ---- rejects ---- */

#define HEAD                                                                \
    "ISA*00*          *00*          *ZZ*ACME           *ZZ*CROSS          " \
    "*261120*1201*U*00401*000000101*0*P*:~"

/* The reject record of the set in `text`, which stands behind HEAD. */
static const char *reject(const char *text, size_t len, bool complete)
{
    struct canon_source source = {.format = BYTES("x12"),
                                  .file = BYTES("850.edi"),
                                  .has_offset = true,
                                  .offset = sizeof(HEAD) - 1,
                                  .length = len,
                                  .interchange = BYTES("000000101"),
                                  .group = BYTES("101"),
                                  .set = BYTES("00\xff"
                                               "1"),
                                  .type = BYTES("850")};
    struct reject about = {.source = &source,
                           .partner = BYTES("acme"),
                           .faults = &faults,
                           .release = "004010",
                           .complete = complete};
    struct x12_segment segment;
    struct x12_reader *reader;
    FILE *file = tmpfile();

    assert_non_null(file);
    assert_int_equal(fwrite(HEAD, 1, sizeof(HEAD) - 1, file), sizeof(HEAD) - 1);
    assert_int_equal(fwrite(text, 1, len, file), len);
    rewind(file);
    reader = x12_open(fileno(file), x12_limits_default());
    assert_non_null(reader);
    while (x12_next(reader, &segment) == X12_SEGMENT)
        if (bytes_are(segment.view.id, "SE"))
            break;
    reject_write(&sink, schema, &id, reader, &about, &arena);
    x12_close(reader);
    fclose(file);
    return output();
}

static void a_reject_holds_bytes_and_reasons(void **state)
{
    static const char set[] = "ST*850*0001~\r\nBEG*00*\"SA\"~\tSE*3*0001~";
    struct fault *fault;
    const char *line;

    (void)state;
    (void)add_fault(ELEMENT_BLANK, "ST", 1, 0, NULL);
    fault = add_fault(ELEMENT_CODE, "BEG", 2, 1, "0\t0");
    fault->detail = "said twice";
    fault->hint = "mend it";
    line = reject(set, sizeof(set) - 1, true);
    assert_holds(line, "'kind':'reject'");
    assert_holds(line, "'keys':{'acked_group_control_number':'101'}");
    assert_holds(line, "'set':'00\xef\xbf\xbd"
                       "1'");
    assert_holds(line, "'class_code':'business','level_code':'message','document_type':'850',"
                       "'acked_group_control_number':'101','summary':'BEG01 \\\"0\\\\x090\\\": ");
    assert_holds(line, "'severity':'error','class_code':'business','message':'BEG01 ");
    assert_holds(line, ": said twice','value':'0\\\\x090','origin':'X12 004010','hint':'mend it',"
                       "'offset':80,'segment_id':'BEG','segment_position':2,'element_position':1,"
                       "'segment_error_code':'8','element_error_code':'7','message_error_code':'5'}],"
                       "'reason_count':2,'raw':'ST*850*0001~\\r\\nBEG*00*\\\"SA\\\"~\\tSE*3*0001~',"
                       "'raw_encoding':'text','raw_length':");
    assert_lacks(line, "is_truncated");
}

static void what_is_no_text_is_base64(void **state)
{
    static const char latin[] = "ST*850*0001~N1*ST*M\xfcller~SE*3*0001~", control[] = "ST*850*1\x01~SE*2*1~";

    (void)state;
    (void)add_fault(TECHNICAL_MEMORY, "ST", 1, 0, NULL);
    assert_holds(reject(latin, sizeof(latin) - 1, true),
                 "'raw':'U1QqODUwKjAwMDF+TjEqU1QqTfxsbGVyflNFKjMqMDAwMX4=',"
                 "'raw_encoding':'base64','raw_length':35,");
    assert_holds(kept.at, "'class_code':'technical'");
    buffer_clear(&kept);
    assert_holds(reject(control, sizeof(control) - 1, true), "'raw_encoding':'base64'");
}

static void what_went_by_is_told(void **state)
{
    static const char set[] = "ST*850*0001~SE*2*0001~";

    (void)state;
    (void)add_fault(X12_SET_TOO_LARGE, "ST", 1, 0, NULL);
    assert_holds(reject(set, sizeof(set) - 1, false), "'raw_length':22,'is_truncated':true}");
    assert_lacks(kept.at, "raw_sha256");
}

static void a_file_ends_with_its_counts(void **state)
{
    struct inbound_counts counts = {.interchanges = 1,
                                    .groups = 2,
                                    .read = 6,
                                    .translated = 3,
                                    .rejected = 2,
                                    .ignored = 1,
                                    .bytes = 4096,
                                    .junk = 5};
    char sha256[65];

    (void)state;
    memset(sha256, 'a', 64);
    sha256[64] = '\0';
    batch_write(&sink, schema, &id, "x12", "in.edi", sha256, &counts, &arena);
    assert_holds(output(), "'kind':'batch'");
    assert_holds(kept.at, "'byte_count':4096,'format_code':'x12','is_complete':true,'interchange_count':1,"
                          "'group_count':2,'junk_byte_count':5,'read_count':6,'translated_count':3,"
                          "'held_count':0,'rejected_count':2,'duplicate_count':0,'ignored_count':1}\n");
}

static void bytes_become_text(void **state)
{
    static const char *const texts[][2] = {{"", ""},        {"f", "Zg=="},        {"fo", "Zm8="},
                                           {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"\xff\xfe\x00", "//4="}};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_true(bytes_are(base64_encode(&arena, bytes_of(texts[i][0])), texts[i][1]));
    assert_true(bytes_are(fill_utf8(&arena, BYTES("a\xc3\xbc\xff"
                                                  "b\xc3")),
                          "a\xc3\xbc\xef\xbf\xbd"
                          "b\xef\xbf\xbd"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_group_is_answered_set_by_set, begin),
        cmocka_unit_test_setup(releases_from_005010_are_named, begin),
        cmocka_unit_test_setup(a_partner_may_want_another_release, begin),
        cmocka_unit_test_setup(a_999_says_what_the_error_has_to_do_with, begin),
        cmocka_unit_test_setup(the_preview_is_x12, begin),
        cmocka_unit_test_setup(answers_are_not_answered, begin),
        cmocka_unit_test_setup(the_same_answer_has_the_same_id, begin),
        cmocka_unit_test_setup(interchanges_are_answered, begin),
        cmocka_unit_test_setup(a_ta1_that_came_in_is_a_record, begin),
        cmocka_unit_test_setup(a_reject_holds_bytes_and_reasons, begin),
        cmocka_unit_test_setup(what_is_no_text_is_base64, begin),
        cmocka_unit_test_setup(what_went_by_is_told, begin),
        cmocka_unit_test_setup(a_file_ends_with_its_counts, begin),
        cmocka_unit_test_setup(bytes_become_text, begin),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
