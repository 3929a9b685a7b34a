/* Bytes of partners to UTF-8: built-in tables agree with iconv's, policies do what they say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <iconv.h>

#include "base/charset.h"

static struct arena arena;

static int begin(void **state)
{
    (void)state;
    arena_init(&arena, 65536, 1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

static const struct charset *open_named(const char *name)
{
    const struct charset *charset = charset_open(bytes_of(name));

    if (charset == NULL)
        fail_msg("no charset %s", name);
    return charset;
}

static void decodes(const char *name, enum charset_policy policy, const char *text,
                    enum charset_result result, const char *want)
{
    const struct charset *charset = open_named(name);
    struct bytes out = BYTES("untouched");
    enum charset_result got = charset_decode(charset, policy, arena_copy(&arena, bytes_of(text)), &arena,
                                             &out);

    if (got != result || !bytes_are(out, want))
        fail_msg("%s: \"%s\": got %d \"%.*s\"", name, text, (int)got, BYTES_ARG(out));
    charset_close(charset);
}

static void names_are_known(void **state)
{
    static const char *const refused[] = {"",
                                          "no-such-charset",
                                          "utf-16",
                                          "UTF-16LE",
                                          "ucs-4",
                                          "utf-7",
                                          "IBM037",
                                          "latin1//IGNORE",
                                          "../../x",
                                          "a b",
                                          "a-name-that-is-longer-than-any-charset-ever-had"};

    (void)state;
    assert_string_equal(charset_name(open_named("UTF8")), "utf-8");
    assert_string_equal(charset_name(open_named("Latin1")), "iso-8859-1");
    assert_string_equal(charset_name(open_named("CP1252")), "windows-1252");
    assert_string_equal(charset_name(open_named("ASCII")), "us-ascii");
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        if (charset_open(bytes_of(refused[i])) != NULL)
            fail_msg("\"%s\" was taken", refused[i]);
    charset_close(NULL);
}

static void policies_hold(void **state)
{
    (void)state;
    decodes("utf-8", CHARSET_ERROR, "M\xc3\xbcller", CHARSET_GOOD, "M\xc3\xbcller");
    decodes("utf-8", CHARSET_ERROR, "M\xfcller", CHARSET_BAD, "untouched");
    decodes("utf-8", CHARSET_KEEP, "M\xfcller \xc3\xbc", CHARSET_MENDED, "M\xc3\xbcller \xc3\xbc");
    decodes("utf-8", CHARSET_REPLACE, "M\xfcller \xc3", CHARSET_MENDED, "M\xef\xbf\xbdller \xef\xbf\xbd");
    decodes("us-ascii", CHARSET_ERROR, "plain", CHARSET_GOOD, "plain");
    decodes("us-ascii", CHARSET_ERROR, "M\xfcller", CHARSET_BAD, "untouched");
    decodes("us-ascii", CHARSET_KEEP, "M\xfcller", CHARSET_MENDED, "M\xc3\xbcller");
    decodes("iso-8859-1", CHARSET_ERROR, "M\xfcller \x80", CHARSET_GOOD, "M\xc3\xbcller \xc2\x80");
    decodes("windows-1252", CHARSET_ERROR, "5 \x80", CHARSET_GOOD, "5 \xe2\x82\xac");
    decodes("windows-1252", CHARSET_ERROR, "\x81", CHARSET_BAD, "untouched");
    decodes("windows-1252", CHARSET_KEEP, "\x81\x93", CHARSET_MENDED, "\xc2\x81\xe2\x80\x9c");
    decodes("windows-1252", CHARSET_REPLACE, "a\x9d", CHARSET_MENDED, "a\xef\xbf\xbd");
    decodes("utf-8", CHARSET_ERROR, "", CHARSET_GOOD, "");
}

static void charsets_of_iconv_work(void **state)
{
    (void)state;
    decodes("iso-8859-15", CHARSET_ERROR, "5 \xa4", CHARSET_GOOD, "5 \xe2\x82\xac");
    decodes("koi8-r", CHARSET_ERROR, "\xf0\xd2", CHARSET_GOOD, "\xd0\x9f\xd1\x80");
    decodes("iso-8859-7", CHARSET_ERROR, "a\xae", CHARSET_BAD, "untouched"); /* a hole in its table */
    decodes("iso-8859-7", CHARSET_KEEP, "a\xae", CHARSET_MENDED, "a\xc2\xae");
    decodes("gb18030", CHARSET_ERROR, "x\xd6\xd0\x81\x30\x81\x30y", CHARSET_GOOD, "x\xe4\xb8\xad\xc2\x80y");
    decodes("gb18030", CHARSET_ERROR, "x\xff", CHARSET_BAD, "untouched");
    decodes("gb18030", CHARSET_REPLACE, "x\xff\xd6\xd0\xd6", CHARSET_MENDED,
            "x\xef\xbf\xbd\xe4\xb8\xad\xef\xbf\xbd");
}

/* Byte by byte against iconv. */
static void tables_are_right(void **state)
{
    static const char *const names[] = {"iso-8859-1", "windows-1252", "us-ascii", "iso-8859-15", "cp850"};

    (void)state;
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        const struct charset *charset = open_named(names[n]);
        iconv_t handle = iconv_open("UTF-8", names[n]);

        assert_true(handle != (iconv_t)-1);
        for (unsigned c = 0; c < 256; c++) {
            char in = (char)c, utf[8], *from = &in, *to = utf;
            size_t left = 1, space = sizeof(utf);
            bool known = iconv(handle, &from, &left, &to, &space) != (size_t)-1;
            struct bytes out;
            enum charset_result got = charset_decode(charset, CHARSET_ERROR, (struct bytes){&in, 1}, &arena,
                                                     &out);

            iconv(handle, NULL, NULL, NULL, NULL);
            if (known != (got == CHARSET_GOOD))
                fail_msg("%s 0x%02x", names[n], c);
            if (known && !bytes_equal(out, (struct bytes){utf, sizeof(utf) - space}))
                fail_msg("%s 0x%02x: \"%.*s\"", names[n], c, BYTES_ARG(out));
        }
        iconv_close(handle);
        charset_close(charset);
    }
}

/* All characters of one to three bytes and a sample of four, whole, cut and alone. */
static void utf8_is_what_its_standard_says(void **state)
{
    (void)state;
    for (uint32_t point = 0; point < 0x110000; point += point < 0x10000 ? 1 : 97) {
        bool surrogate = point >= 0xd800 && point <= 0xdfff;
        char text[24] = "abcdefghijklmnopqrstuvw";
        unsigned len = utf8_put(text + 9, point);
        uint32_t back = 0;

        assert_int_equal(utf8_character(text + 9, len, &back), surrogate ? 0 : len);
        if (!surrogate)
            assert_int_equal(back, point);
        assert_int_equal(utf8_valid(text, 24), !surrogate);
        if (len > 1) {
            assert_int_equal(utf8_valid_prefix(text, 9 + len - 1), 9);
            assert_int_equal(utf8_ascii_prefix(text, 24), 9);
        }
    }
    for (unsigned first = 0; first < 65536; first++) {
        char pair[3] = {(char)(first >> 8), (char)first, 'x'};
        bool want = (first >> 8 < 0x80 && (first & 255) < 0x80) ||
                    (first >> 8 >= 0xc2 && first >> 8 < 0xe0 && (first & 0xc0) == 0x80);

        if (charset_is_utf8(pair, 3) != want)
            fail_msg("%04x", first);
    }
    assert_false(utf8_valid("\xe0\x80\xaf", 3)); /* overlong */
    assert_false(utf8_valid("\xf0\x80\x80\xaf", 4));
    assert_false(utf8_valid("\xf4\x90\x80\x80", 4)); /* beyond U+10FFFF */
    assert_false(utf8_valid("\xf5\x80\x80\x80", 4));
    assert_true(utf8_valid("\xf4\x8f\xbf\xbf", 4));
    assert_true(utf8_valid(NULL, 0));
}

/* Nothing random crashes, and what comes out is UTF-8 as long as policy allows anything to come out. */
static void random_bytes_become_utf8(void **state)
{
    static const char *const names[] = {"utf-8",   "us-ascii", "iso-8859-1", "windows-1252",
                                        "gb18030", "gbk",      "big5"};
    uint64_t seed = 7;

    (void)state;
    for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++) {
        const struct charset *charset = charset_open(bytes_of(names[n]));

        if (charset == NULL)
            continue; /* its backslash is a yen sign: not ASCII */
        for (unsigned round = 0; round < 20000; round++) {
            char text[32];
            struct bytes in = {text, round % 32}, out;
            enum charset_policy policy = (enum charset_policy)(round % 3);
            enum charset_result result;

            for (size_t i = 0; i < in.len; i++) {
                seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
                text[i] = (char)(seed >> 40);
            }
            arena_reset(&arena);
            result = charset_decode(charset, policy, arena_copy(&arena, in), &arena, &out);
            if (result == CHARSET_BAD)
                assert_int_equal(policy, CHARSET_ERROR);
            else if (!utf8_valid(out.at, out.len))
                fail_msg("%s", names[n]);
        }
        charset_close(charset);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(names_are_known, begin, end),
        cmocka_unit_test_setup_teardown(policies_hold, begin, end),
        cmocka_unit_test_setup_teardown(charsets_of_iconv_work, begin, end),
        cmocka_unit_test_setup_teardown(tables_are_right, begin, end),
        cmocka_unit_test(utf8_is_what_its_standard_says),
        cmocka_unit_test_setup_teardown(random_bytes_become_utf8, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
