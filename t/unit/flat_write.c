/* Numbers, dates and columns in a layout's form, and the two writers of flat files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "wire/delimited_write.h"
#include "wire/fixed_write.h"

/* --- forms */

static const char *number(struct number_form form, const char *text)
{
    static char out[64];
    struct buffer into;
    bool negative;

    buffer_init(&into, sizeof(out) - 2);
    if (number_form_write(&form, bytes_of(text), &into, &negative) != NULL || into.failed)
        snprintf(out, sizeof(out), "refused");
    else
        snprintf(out, sizeof(out), "%s%.*s", negative ? "-" : "", BYTES_ARG(buffer_view(&into)));
    buffer_release(&into);
    return out;
}

static void numbers_keep_their_digits(void **state)
{
    static const struct number_form two = {.scaled = true, .decimals = 2, .point = '.'};
    static const struct number_form implied = {.scaled = true, .decimals = 2, .implied = true};
    static const struct number_form none = {.point = '.', .sign = NUMBER_SIGN_NONE};
    static const struct number_form comma = {.point = ','};

    (void)state;
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "1234567.8901"), "1234567.8901");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "-10.500"), "-10.500");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "1e3"), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "."), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "-"), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "1."), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, ""), "refused");
    assert_string_equal(number(two, "5"), "5.00");
    assert_string_equal(number(two, "0.1"), "0.10");
    assert_string_equal(number(two, "1.500"), "1.50");
    assert_string_equal(number(two, "1.501"), "refused");
    assert_string_equal(number(implied, "0.05"), "5");
    assert_string_equal(number(implied, "0"), "0");
    assert_string_equal(number(implied, "0.00"), "0");
    assert_string_equal(number(implied, "-12.3"), "-1230");
    assert_string_equal(number(none, "1"), "1");
    assert_string_equal(number(none, "-1"), "refused");
    assert_string_equal(number(comma, "1.5"), "1,5");
}

static const char *date(const char *pattern, const char *text)
{
    static char out[64];
    struct date_form form;
    struct buffer into;
    const char *what;

    if (!date_form_parse(&form, bytes_of(pattern), &what))
        return "no form";
    buffer_init(&into, sizeof(out) - 1);
    if (date_form_write(&form, bytes_of(text), &into) != NULL)
        snprintf(out, sizeof(out), "refused");
    else
        snprintf(out, sizeof(out), "%.*s", BYTES_ARG(buffer_view(&into)));
    buffer_release(&into);
    return out;
}

static void dates_have_many_forms(void **state)
{
    (void)state;
    assert_string_equal(date("YYYYMMDD", "2026-01-02"), "20260102");
    assert_string_equal(date("MM/DD/YYYY", "2026-01-02"), "01/02/2026");
    assert_string_equal(date("M/D/YYYY", "2026-01-02"), "1/2/2026");
    assert_string_equal(date("M/D/YY", "2026-11-20"), "11/20/26");
    assert_string_equal(date("DD.MM.YYYY", "2026-01-02T10:11"), "02.01.2026");
    assert_string_equal(date("YYYY-MM-DD HH:MM:SS", "2026-01-02T10:11"), "2026-01-02 10:11:00");
    assert_string_equal(date("YYYY-MM-DD HH:MM:SS", "2026-01-02"), "2026-01-02 00:00:00");
    assert_string_equal(date("YYYY-MM-DDTHH:MM:SSz", "2026-01-02T10:11:12.50Z"), "2026-01-02T10:11:12Z");
    assert_string_equal(date("HHmm", "10:11:12"), "1011");
    assert_string_equal(date("HHMM", "10:11:12"), "1011");
    assert_string_equal(date("YYYYMMDD", "10:11"), "refused");
    assert_string_equal(date("YYYYMMDDHHMM", "2026-01-02T10:11+01:00"), "refused");
    assert_string_equal(date("YYYYMMDD", "20260102"), "refused");
    assert_string_equal(date("YYYYMMDD", "2026-01-0"), "refused");
    assert_string_equal(date("", "2026-01-02"), "no form");
    assert_string_equal(date("DD-MON-YY", "2026-01-02"), "no form");
    assert_string_equal(date("YYYY-YYYY-YYYY-YYYY-YYYY-YYYY-YYYY-YYYY-YYYY", "2026-01-02"), "no form");
}

/* --- writers */

static unsigned faults;
static char last_fault[256];

static void note_fault(void *to, const struct unit_fault *fault)
{
    (void)to;
    faults++;
    snprintf(last_fault, sizeof(last_fault), "%.*s: %s; %s", BYTES_ARG(fault->column), fault->what,
             fault->expected != NULL ? fault->expected : "-");
}

/* One document of one unit: what it gives, or NULL when it was refused. */
static const char *written(struct unit_writer *writer, const struct unit_value *values)
{
    static char text[4096];
    struct buffer out;
    bool good;

    buffer_init(&out, sizeof(text) - 1);
    writer->out = &out;
    writer->fault = note_fault;
    faults = 0;
    writer->format->begin_file(writer);
    writer->format->begin_document(writer);
    good = writer->format->begin_unit(writer, 0, values);
    writer->format->end_unit(writer, 0);
    assert_true(writer->format->end_document(writer));
    writer->format->end_file(writer);
    assert_false(out.failed);
    assert_int_equal(good, faults == 0);
    snprintf(text, sizeof(text), "%.*s", BYTES_ARG(buffer_view(&out)));
    buffer_release(&out);
    return good ? text : NULL;
}

#define TEXT(literal) {BYTES(literal), UNIT_TEXT}
#define NUMBER(literal) {BYTES(literal), UNIT_NUMBER}
#define NOTHING {{NULL, 0}, UNIT_TEXT}

#define COLUMN(literal) .key = {literal, sizeof(literal) - 1}, .heading = {literal, sizeof(literal) - 1}
static const struct flat_column rows[] = {
    {COLUMN("a"), .number = {.point = '.'}},
    {COLUMN("b"), .width = 5, .number = {.point = ',', .sign = NUMBER_SIGN_TRAILING}},
    {COLUMN("c,d"), .number = {.point = '.'}, .constant = {"K", 1}},
};
static const struct flat_record row = {.tag = {"row", 3}, .n_columns = 3, .columns = rows, .type = -1};

static void values_are_quoted_where_needed(void **state)
{
    struct flat_layout layout = {.n_records = 1, .records = &row, .line_end = BYTES("\n"), .separator = ',',
                                 .quote = '"', .header = true};
    struct unit_writer *writer = delimited_write_open(&layout);

    (void)state;
    assert_int_equal(writer->format->tag(writer, BYTES("row")), 0);
    assert_int_equal(writer->format->tag(writer, BYTES("rows")), -1);
    assert_int_equal(writer->format->slot(writer, 0, BYTES("c,d")), 2);
    assert_int_equal(writer->format->slot(writer, 0, BYTES("c")), -1);
    assert_int_equal(writer->format->n_slots(writer, 0), 3);
    assert_string_equal(written(writer, (const struct unit_value[]){TEXT("x"), TEXT("y"), NOTHING}),
                        "a,b,\"c,d\"\nx,y,K\n");
    layout.header = false;
    assert_string_equal(written(writer, (const struct unit_value[]){NOTHING, NOTHING, TEXT("")}), ",,\n");
    assert_string_equal(written(writer, (const struct unit_value[]){TEXT("1,2"), TEXT("\""), TEXT("a\nb")}),
                        "\"1,2\",\"\"\"\",\"a\nb\"\n");
    assert_string_equal(written(writer, (const struct unit_value[]){TEXT(" x"), TEXT("x "), TEXT("a b")}),
                        "\" x\",\"x \",a b\n");
    assert_string_equal(written(writer, (const struct unit_value[]){NUMBER("-1.5"), NUMBER("-1.5"), NOTHING}),
                        "-1.5,\"1,5-\",K\n");
    assert_null(written(writer, (const struct unit_value[]){TEXT("a\0b"), NOTHING, NOTHING}));
    assert_null(written(writer, (const struct unit_value[]){NOTHING, TEXT("123456"), NOTHING}));
    assert_string_equal(last_fault, "b: 6 characters are too many; at most 5 characters");
    assert_string_equal(written(writer, (const struct unit_value[]){NOTHING, TEXT("\xc3\xa4wxyz"), NOTHING}),
                        ",\xc3\xa4wxyz,K\n");
    assert_null(written(writer, (const struct unit_value[]){NUMBER("x"), NUMBER("12345"), NUMBER("-")}));
    assert_int_equal(faults, 2);
    layout.quote_all = true;
    assert_string_equal(written(writer, (const struct unit_value[]){NOTHING, NUMBER("7"), NOTHING}),
                        "\"\",\"7\",\"K\"\n");
    layout.quote_all = false;
    layout.quote = '\0';
    assert_string_equal(written(writer, (const struct unit_value[]){TEXT(" \" "), NOTHING, NOTHING}),
                        " \" ,,K\n");
    assert_null(written(writer, (const struct unit_value[]){TEXT("a,b"), NOTHING, NOTHING}));
    assert_null(written(writer, (const struct unit_value[]){TEXT("a\r"), NOTHING, NOTHING}));
    writer->format->close(writer);
}

static const struct flat_column fields[] = {
    {COLUMN("a"), .width = 4, .pad = ' ', .number = {.point = '.'}},
    {COLUMN("n"), .width = 6, .pad = '0', .right = true,
     .number = {.scaled = true, .decimals = 1, .implied = true}},
    {COLUMN("m"), .width = 7, .pad = ' ', .right = true,
     .number = {.scaled = true, .decimals = 1, .point = '.', .sign = NUMBER_SIGN_TRAILING}},
    {COLUMN("c"), .width = 2, .pad = '.', .cut = true, .number = {.point = '.'}},
};
static const struct flat_record record = {.tag = {"H", 1}, .n_columns = 4, .columns = fields, .type = -1};

static void columns_have_their_width(void **state)
{
    static const struct flat_layout layout = {.n_records = 1, .records = &record, .line_end = {"|", 1},
                                              .partner = -1};
    struct unit_writer *writer = fixed_write_open(&layout);

    (void)state;
    assert_string_equal(written(writer, (const struct unit_value[]){NOTHING, NOTHING, NOTHING, NOTHING}),
                        "                   |");
    assert_string_equal(written(writer, (const struct unit_value[]){TEXT("ab"), NUMBER("1.5"), NUMBER("2"),
                                                                    TEXT("x")}),
                        "ab  000015   2.0 x.|");
    assert_string_equal(written(writer, (const struct unit_value[]){TEXT("abcd"), NUMBER("-1.5"),
                                                                    NUMBER("-20"), TEXT("\xc3\xa4yx")}),
                        "abcd-00015  20.0-\xc3\xa4y|");
    assert_null(written(writer, (const struct unit_value[]){TEXT("abcde"), NOTHING, NOTHING, NOTHING}));
    assert_string_equal(last_fault, "a: 5 characters are too many; at most 4 characters");
    assert_null(written(writer, (const struct unit_value[]){NOTHING, NUMBER("0.55"), NOTHING, NOTHING}));
    assert_null(written(writer, (const struct unit_value[]){NOTHING, NUMBER("100000"), NOTHING, NOTHING}));
    assert_null(written(writer, (const struct unit_value[]){NOTHING, NOTHING, NUMBER("12345.6"), NOTHING}));
    assert_null(written(writer, (const struct unit_value[]){TEXT("a\n"), NOTHING, NOTHING, NOTHING}));
    assert_null(written(writer, (const struct unit_value[]){NOTHING, NOTHING, NOTHING, NUMBER("123")}));
    writer->format->close(writer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_keep_their_digits),
        cmocka_unit_test(dates_have_many_forms),
        cmocka_unit_test(values_are_quoted_where_needed),
        cmocka_unit_test(columns_have_their_width),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
