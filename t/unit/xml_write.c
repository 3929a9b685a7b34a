/* Units as XML: paths, attributes, what is shared and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "wire/xml_write.h"

enum { CEILING = 1024 * 1024 };

static struct buffer out;
static char last_fault[256];

static void note_fault(void *to, const struct unit_fault *fault)
{
    (void)to;
    snprintf(last_fault, sizeof(last_fault), "%.*s: %s", BYTES_ARG(fault->column), fault->what);
}

static struct unit_writer *open_writer(const struct tree_layout *layout)
{
    struct unit_writer *writer = xml_write_open(layout, CEILING);

    assert_non_null(writer);
    buffer_init(&out, CEILING);
    writer->out = &out;
    writer->fault = note_fault;
    last_fault[0] = '\0';
    return writer;
}

static void close_writer(struct unit_writer *writer)
{
    writer->format->close(writer);
    buffer_release(&out);
}

/* One unit; the values are those of the slots in the order in which they were asked for. */
static bool begin_unit(struct unit_writer *writer, const char *tag, unsigned count, const char *const *pairs)
{
    struct unit_value values[8] = {{{NULL, 0}, UNIT_TEXT}};
    int number = writer->format->tag(writer, bytes_of(tag));

    assert_true(number >= 0 && count <= 8);
    for (unsigned i = 0; i < count; i++) {
        int slot = writer->format->slot(writer, number, bytes_of(pairs[2 * i]));

        assert_true(slot >= 0);
        values[slot].text = bytes_of(pairs[2 * i + 1]);
    }
    return writer->format->begin_unit(writer, number, values);
}

static void end_unit(struct unit_writer *writer)
{
    writer->format->end_unit(writer, 0);
}

static void is_written(const char *want)
{
    assert_false(out.failed);
    buffer_add_byte(&out, '\0');
    assert_string_equal(out.at, want);
    buffer_clear(&out);
}

static void write_order(struct unit_writer *writer, const char *number)
{
    writer->format->begin_document(writer);
    assert_true(begin_unit(writer, "order", 2,
                           (const char *const[]){"to/city", "K\xc3\xb6ln", "@number", number}));
    for (int i = 0; i < 2; i++) {
        assert_true(begin_unit(writer, "lines/line", 2,
                               (const char *const[]){"qty", i ? "2.50" : "1", "qty/@uom", "EA"}));
        assert_true(begin_unit(writer, "note", 1, (const char *const[]){".", "a<b & \"c\""}));
        end_unit(writer);
        end_unit(writer);
    }
    end_unit(writer);
}

static void units_become_elements(void **state)
{
    static const struct tree_namespace namespaces[] = {{"xmlns", "urn:x"}};
    static const struct tree_layout layout = {.root = "orders", .document = "order", .n_namespaces = 1,
                                             .namespaces = namespaces, .indent = 2};
    struct unit_writer *writer = open_writer(&layout);

    (void)state;
    writer->format->begin_file(writer);
    write_order(writer, "7");
    assert_true(writer->format->end_document(writer));
    write_order(writer, "lost");
    writer->format->drop_document(writer);
    writer->format->begin_document(writer);
    assert_true(begin_unit(writer, "order", 0, NULL));
    end_unit(writer);
    assert_true(writer->format->end_document(writer));
    writer->format->end_file(writer);
    is_written("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<orders xmlns=\"urn:x\">\n"
               "  <order number=\"7\">\n"
               "    <to>\n"
               "      <city>K\xc3\xb6ln</city>\n"
               "    </to>\n"
               "    <lines>\n"
               "      <line>\n"
               "        <qty uom=\"EA\">1</qty>\n"
               "        <note>a&lt;b &amp; &quot;c&quot;</note>\n"
               "      </line>\n"
               "      <line>\n"
               "        <qty uom=\"EA\">2.50</qty>\n"
               "        <note>a&lt;b &amp; &quot;c&quot;</note>\n"
               "      </line>\n"
               "    </lines>\n"
               "  </order>\n"
               "  <order/>\n"
               "</orders>\n");
    /* The writer serves one file after the other. */
    writer->format->begin_file(writer);
    writer->format->end_file(writer);
    is_written("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<orders xmlns=\"urn:x\"/>\n");
    close_writer(writer);
}

static void a_file_without_root_is_one_document(void **state)
{
    static const struct tree_namespace namespaces[] = {{"xmlns:c", "urn:c"}};
    static const struct tree_layout layout = {.document = "c:o", .n_namespaces = 1, .namespaces = namespaces};
    struct unit_writer *writer = open_writer(&layout);

    (void)state;
    writer->format->begin_file(writer);
    for (int i = 0; i < 2; i++) {
        writer->format->begin_document(writer);
        assert_true(begin_unit(writer, "c:o", 1, (const char *const[]){".", "x"}));
        end_unit(writer);
        assert_int_equal(writer->format->end_document(writer), i == 0);
    }
    writer->format->end_file(writer);
    assert_string_equal(last_fault, ": a file without a root holds one document");
    is_written("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<c:o xmlns:c=\"urn:c\">x</c:o>\n");
    close_writer(writer);
}

static void what_xml_does_not_know_is_refused(void **state)
{
    static const char *const bad[] = {"\x01", "a\x0b", "\x1f", "\xef\xbf\xbe", "\xef\xbf\xbf", "\xff",
                                      "\xed\xa0\x80"};
    static const char *const good[] = {"\t\n\r", "\x7f", "\xc2\x85", "\xf0\x9f\x9a\x9a", "]]>", ""};
    static const struct tree_layout layout = {.root = "r", .document = "o"};
    struct unit_writer *writer = open_writer(&layout);

    (void)state;
    writer->format->begin_file(writer);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        writer->format->begin_document(writer);
        assert_false(begin_unit(writer, "o", 1, (const char *const[]){"@a", bad[i]}));
        end_unit(writer);
        writer->format->drop_document(writer);
        assert_string_equal(last_fault, "@a: it holds a character that XML does not know");
    }
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        writer->format->begin_document(writer);
        assert_true(begin_unit(writer, "o", 1, (const char *const[]){"@a", good[i]}));
        end_unit(writer);
        assert_true(writer->format->end_document(writer));
    }
    writer->format->end_file(writer);
    is_written("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r><o a=\"&#9;&#10;&#13;\"/><o a=\"\x7f\"/>"
               "<o a=\"\xc2\x85\"/><o a=\"\xf0\x9f\x9a\x9a\"/><o a=\"]]&gt;\"/><o a=\"\"/></r>\n");
    close_writer(writer);
}

static void paths_are_names(void **state)
{
    static const char *const bad[] = {"", "/", "a/", "/a", "a//b", "1a", "a b", "@", "a/@", "@a/b", "a:b:c",
                                      "<", "a/b/c/d/e/f/g/h/i"};
    static const struct tree_layout layout = {.root = "r", .document = "o"};
    struct unit_writer *writer = open_writer(&layout);
    int tag = writer->format->tag(writer, BYTES("o"));

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(writer->format->slot(writer, tag, bytes_of(bad[i])), -1);
        assert_int_equal(writer->format->tag(writer, bytes_of(bad[i])), -1);
    }
    assert_int_equal(writer->format->tag(writer, BYTES(".")), -1);
    assert_int_equal(writer->format->tag(writer, BYTES("@a")), -1);
    assert_int_equal(writer->format->slot(writer, tag, BYTES("a/@b")), 0);
    assert_int_equal(writer->format->slot(writer, tag, BYTES(".")), 1);
    assert_int_equal(writer->format->slot(writer, tag, BYTES("a/@b")), 0);
    assert_int_equal(writer->format->n_slots(writer, tag), 2);
    close_writer(writer);
}

static void a_document_has_a_ceiling(void **state)
{
    static const struct tree_layout layout = {.root = "r", .document = "o"};
    struct unit_writer *writer = open_writer(&layout);

    (void)state;
    writer->format->begin_file(writer);
    writer->format->begin_document(writer);
    for (int i = 0; i < 20000; i++) {
        begin_unit(writer, "o", 1, (const char *const[]){"@a", "twenty characters..."});
        end_unit(writer);
    }
    assert_false(writer->format->end_document(writer));
    assert_string_equal(last_fault, ": it is too large to be put together in memory");
    writer->format->begin_document(writer);
    assert_true(begin_unit(writer, "o", 0, NULL));
    end_unit(writer);
    assert_true(writer->format->end_document(writer));
    writer->format->end_file(writer);
    is_written("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<r><o/></r>\n");
    close_writer(writer);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_become_elements),
        cmocka_unit_test(a_file_without_root_is_one_document),
        cmocka_unit_test(what_xml_does_not_know_is_refused),
        cmocka_unit_test(paths_are_names),
        cmocka_unit_test(a_document_has_a_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
