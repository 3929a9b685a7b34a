/* Segments to bytes: separators, what is left out, what may not stand in a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/charset.h"
#include "wire/x12_write.h"

struct fixture {
    struct arena arena;
    struct buffer out;
    struct x12_writer writer;
};

static int set_up(void **state)
{
    static struct fixture fixture;

    arena_init(&fixture.arena, 4096, 1 << 20);
    buffer_init(&fixture.out, 1 << 20);
    x12_writer_init(&fixture.writer, &x12_style_default);
    fixture.writer.out = &fixture.out;
    *state = &fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    buffer_release(&fixture->out);
    arena_release(&fixture->arena);
    return 0;
}

static const char *written(struct fixture *fixture)
{
    buffer_add_byte(&fixture->out, '\0');
    assert_false(fixture->out.failed);
    return fixture->out.at;
}

static void trailing_empties_are_dropped(void **state)
{
    struct fixture *fixture = *state;
    struct bytes elements[4] = {BYTES("00"), {NULL, 0}, BYTES("X"), BYTES("")};
    struct bytes parts[4] = {BYTES("EA"), {NULL, 0}, BYTES("2"), {NULL, 0}};

    x12_writer_segment(&fixture->writer, BYTES("BEG"), elements, 4);
    x12_writer_segment(&fixture->writer, BYTES("LE"), elements + 3, 1);
    elements[0] = x12_writer_join(&fixture->writer, &fixture->arena, parts, 4);
    x12_writer_segment(&fixture->writer, BYTES("MEA"), elements, 1);
    assert_null(x12_writer_join(&fixture->writer, &fixture->arena, parts + 3, 1).at);
    assert_string_equal(written(fixture), "BEG*00**X~LE~MEA*EA>>2~");
}

static void texts_hold_no_delimiters(void **state)
{
    struct fixture *fixture = *state;
    struct x12_style style = x12_style_default;
    struct bytes out;
    unsigned char byte = 0;

    assert_int_equal(x12_writer_clean(&fixture->writer, &fixture->arena, BYTES("plain: text^"), &out, &byte),
                     X12_CLEAN);
    assert_int_equal(x12_writer_clean(&fixture->writer, &fixture->arena, BYTES("a*b"), &out, &byte),
                     X12_DIRTY);
    assert_int_equal(byte, '*');
    assert_int_equal(x12_writer_clean(&fixture->writer, &fixture->arena, BYTES("a\nb"), &out, &byte),
                     X12_DIRTY);
    assert_int_equal(byte, '\n');
    style.replacement = ' ';
    style.delimiters.repetition = '^';
    x12_writer_init(&fixture->writer, &style);
    assert_int_equal(x12_writer_clean(&fixture->writer, &fixture->arena, BYTES("a~b>c^d\te"), &out, &byte),
                     X12_MENDED);
    assert_true(bytes_are(out, "a b c d e"));
}

static void styles_must_be_readable(void **state)
{
    struct x12_style style = x12_style_default;

    (void)state;
    assert_null(x12_style_fault(&style));
    style.delimiters.terminator = '\n';
    assert_null(x12_style_fault(&style));
    style.delimiters.component = '*';
    assert_non_null(x12_style_fault(&style));
    style.delimiters.component = 'A';
    assert_non_null(x12_style_fault(&style));
    style.delimiters.component = '.';
    assert_non_null(x12_style_fault(&style));
    style = x12_style_default;
    style.replacement = '*';
    assert_non_null(x12_style_fault(&style));
}

static void an_isa_has_its_lengths(void **state)
{
    struct fixture *fixture = *state;
    struct bytes isa[16] = {BYTES("00"),        BYTES(""),     BYTES("00"), BYTES(""),
                            BYTES("ZZ"),        BYTES("US"),   BYTES("01"), BYTES("555010101"),
                            BYTES("261124"),    BYTES("0930"), BYTES("U"),  BYTES("00401"),
                            BYTES("000000001"), BYTES("0"),    BYTES("P"),  BYTES("")};

    assert_true(x12_writer_isa(&fixture->writer, isa));
    assert_int_equal(fixture->out.len, 106);
    assert_memory_equal(fixture->out.at + 81, "*U*00401*000000001*0*P*>~", 25);
    isa[5] = BYTES("AN ID OF MORE THAN FIFTEEN");
    assert_false(x12_writer_isa(&fixture->writer, isa));
    isa[5] = BYTES("A*B");
    assert_false(x12_writer_isa(&fixture->writer, isa));
}

static void texts_find_their_charset(void **state)
{
    struct fixture *fixture = *state;
    struct bytes out;

    assert_true(
        charset_encode(charset_open(BYTES("iso-8859-1")), 0, BYTES("Gr\xc3\xbcn"), &fixture->arena, &out));
    assert_true(bytes_are(out, "Gr\xfcn"));
    assert_true(
        charset_encode(charset_open(BYTES("windows-1252")), 0, BYTES("\xe2\x82\xac"), &fixture->arena, &out));
    assert_true(bytes_are(out, "\x80"));
    assert_true(
        charset_encode(charset_open(BYTES("utf-8")), 0, BYTES("\xe2\x82\xac"), &fixture->arena, &out));
    assert_true(bytes_are(out, "\xe2\x82\xac"));
    assert_false(
        charset_encode(charset_open(BYTES("us-ascii")), 0, BYTES("\xc3\xbc"), &fixture->arena, &out));
    assert_true(
        charset_encode(charset_open(BYTES("us-ascii")), '?', BYTES("\xc3\xbc"), &fixture->arena, &out));
    assert_true(bytes_are(out, "?"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(trailing_empties_are_dropped, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_hold_no_delimiters, set_up, tear_down),
        cmocka_unit_test_setup_teardown(styles_must_be_readable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_isa_has_its_lengths, set_up, tear_down),
        cmocka_unit_test_setup_teardown(texts_find_their_charset, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
