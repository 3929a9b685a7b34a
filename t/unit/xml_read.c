/* XML read: trees, places, what refuses a document and what the file, whatever the pieces it comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tree_fixture.h"
#include "wire/xml_read.h"

static const struct tree_namespace namespaces[] = {{"xmlns", "urn:a"}, {"xmlns:c", "urn:c"}};
static const struct tree_layout plain = {.root = "r", .document = "o"};
static const struct tree_layout alone = {.document = "o"};
static const struct tree_layout named = {
    .root = "r", .document = "c:o", .n_namespaces = 2, .namespaces = namespaces};

static void documents_become_trees(void **state)
{
    (void)state;
    tree_check(
        xml_read, &plain,
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- of <o> --><r>\n  <o n=\"1\" m='a&amp;b>&lt;'>\n"
        "    <l>x</l><l/>\n    <p><![CDATA[<&]]>&#233;\xc3\xa9</p><?pi?> </o><o/></r>\n<!-- end -->",
        "60+88 3:3 o(@n=\"1\" @m=\"a&b><\" l=\"x\" l p=\"<&\xc3\xa9\xc3\xa9\")\n148+4 5:44 o\nend");
    tree_check(xml_read, &alone, "\xef\xbb\xbf<o>a<b>c</b>d<b/> <b/>e</o>",
               "3+27 1:1 o=\"a\"(b=\"c\" =\"d\" b b =\"e\")\nend");
    tree_check(xml_read, &plain, "<r><s><o/></s><o>1</o><t/></r>",
               "stray s\n14+8 1:15 o=\"1\"\nstray t\nend");
    tree_check(xml_read, &plain, "<r>x<o>1</o> \n<s>t</s>y<!-- of -->z</r>",
               "stray text outside of every document\n4+8 1:5 o=\"1\"\n"
               "stray s\nstray text outside of every document\nend");
    tree_check(xml_read, &plain, "<r/>", "end");
    tree_check(xml_read, &plain, " \n", "end");
    tree_check(xml_read, &plain, "", "end");
    tree_check(xml_read, &alone,
               "<o xml:lang='de' xmlns:i='http://www.w3.org/2001/XMLSchema-instance' i:nil='1'/>",
               "0+80 1:1 o\nend");
}

static void names_are_those_of_their_namespace(void **state)
{
    (void)state;
    tree_check(xml_read, &named, "<r xmlns='urn:a' xmlns:k='urn:c'><k:o><k:x/></k:o><o/></r>",
               "33+17 1:34 c:o(x)\nstray o\nend");
    tree_check(xml_read, &named, "<r xmlns:c='urn:c'/>", "refused ! 1:1 : the outermost element is r");
    tree_check(xml_read, &plain, "<r xmlns='urn:a'/>", "refused ! 1:1 : the outermost element is r of urn:a");
    tree_check(xml_read, &plain, "<r><o><q:x/></o><o/></r>",
               "3+13 1:4  ! 1:11 o: Namespace prefix q on x is not defined\n16+4 1:17 o\nend");
}

static void what_is_wrong_refuses_its_document(void **state)
{
    char deep[2048] = "<r><o>", want[4096];
    size_t len = strlen(deep);

    (void)state;
    tree_check(
        xml_read, &plain, "<r><o>1</o>\n<o><a>\xe9</a></o><o>\x01</o><o>\xef\xbf\xbf</o><o>\xc3\xa9</o></r>",
        "3+8 1:4 o=\"1\"\n12+15 2:1  ! 2:7 o/a: there are bytes that are no UTF-8\n"
        "27+8 2:16  ! 2:19 o: there is a character that XML does not know\n"
        "35+10 2:24  ! 2:27 o: there is a character that XML does not know\n45+9 2:32 o=\"\xc3\xa9\"\nend");
    tree_check(xml_read, &plain, "<r><o n='\xff'/><o/></r>",
               "3+10 1:4  ! 1:10 : there are bytes that are no UTF-8\n13+4 1:14 o\nend");
    for (unsigned i = 0; i < 120; i++)
        len += (size_t)snprintf(deep + len, sizeof(deep) - len, "<d>");
    for (unsigned i = 0; i < 120; i++)
        len += (size_t)snprintf(deep + len, sizeof(deep) - len, "</d>");
    snprintf(deep + len, sizeof(deep) - len, "</o><o>2</o></r>");
    assert_non_null(
        strstr(tree_read_text(xml_read, &plain, bytes_of(deep), 7), "elements are nested too deep"));
    snprintf(want, sizeof(want), "%zu+8 1:%zu o=\"2\"\nend", len + 4, len + 5);
    assert_non_null(strstr(tree_read_text(xml_read, &plain, bytes_of(deep), 7), want));
}

static void what_is_too_large_is_passed_over(void **state)
{
    static char text[400000];
    size_t len = (size_t)snprintf(text, sizeof(text), "<r><o>1</o><o><t>");

    (void)state;
    memset(text + len, 'x', 300000);
    len += 300000;
    snprintf(text + len, sizeof(text) - len, "</t></o>\n<o>2</o></r>");
    tree_check(xml_read, &plain, text,
               "3+8 1:4 o=\"1\"\n11+300014 1:12 too large\n300026+8 2:1 o=\"2\"\nend");
}

static void what_is_not_well_formed_ends_the_file(void **state)
{
    (void)state;
    tree_check(xml_read, &plain, "<r><o>1</o><o><a></o><o>3</o></r>",
               "3+8 1:4 o=\"1\"\n11+0 1:12 cut  ! 1:22 o/a: Opening and ending tag mismatch: a line 1 and o\n"
               "<o><a></o><o>3</o></r>broken");
    tree_check(xml_read, &plain, "<r><o>1</o>",
               "3+8 1:4 o=\"1\"\n11+0 1:12 behind  ! 1:12 : the file ends before its outermost element does\n"
               "broken");
    tree_check(xml_read, &plain, "<r><o>1</o>\n<s/>\n",
               "3+8 1:4 o=\"1\"\nstray s\n"
               "16+0 2:5 behind  ! 3:1 : the file ends before its outermost element does\n\nbroken");
    tree_check(xml_read, &plain, "<r><o>1</o><t><u></t><o>2</o></r>",
               "3+8 1:4 o=\"1\"\nstray t\n"
               "14+0 1:15 behind  ! 1:22 : Opening and ending tag mismatch: u line 1 and t\n"
               "<u></t><o>2</o></r>broken");
    tree_check(xml_read, &plain, "<r><o>1</o></r><r/>",
               "3+8 1:4 o=\"1\"\n15+0 1:16 behind  ! 1:16 : Extra content at the end of the document\n"
               "<r/>broken");
    tree_check(xml_read, &plain, "<r><o>&x;</o><o/></r>",
               "3+0 1:4 cut  ! 1:10 o: Entity 'x' not defined\n<o>&x;</o><o/></r>broken");
    tree_check(xml_read, &plain, "{\"a\":1}",
               "0+0 1:1 behind  ! 1:1 : this is no XML: it does not begin with an element\n{\"a\":1}broken");
    /* A byte that the parser never saw, because it had given up before. */
    tree_check(xml_read, &plain, "<r><o><a></o>\x01</r>",
               "3+0 1:4 cut  ! 1:14 o/a: Opening and ending tag mismatch: a line 1 and o\n"
               "<o><a></o>\x01</r>broken");
}

static void nothing_is_defined_or_fetched(void **state)
{
    (void)state;
    tree_check(xml_read, &plain, "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r><o>&x;</o></r>",
               "refused ! 1:13 : the file has a DOCTYPE");
    tree_check(xml_read, &plain, "<!DOCTYPE r SYSTEM 'http://127.0.0.1/r.dtd'><r><o/></r>",
               "refused ! 1:44 : the file has a DOCTYPE");
}

static void encodings_are_those_of_one_byte(void **state)
{
    (void)state;
    tree_check(xml_read, &plain,
               "<?xml version='1.0' encoding='iso-8859-1'?><r><o>\xe9</o>\n<o>\xe9x</o></r>",
               "46+8 1:47 o=\"\xc3\xa9\"\n55+9 2:1 o=\"\xc3\xa9x\"\nend");
    tree_check(xml_read, &plain, "<?xml version='1.0' encoding='us-ascii'?><r><o>\xe9</o><o>1</o></r>",
               "44+8 1:45  ! 1:48 o: there is a byte that is no character of the file's encoding\n"
               "52+8 1:53 o=\"1\"\nend");
    tree_check(xml_read, &plain, "<?xml version='1.0' encoding='utf-16'?><r/>",
               "refused ! 1:1 : the file says that it is in an encoding that cannot be read");
    tree_check(xml_read, &plain, "\xff\xfe<", "refused ! 1:1 : the file is in UTF-16");
}

static void changes_are_told_the_same_in_pieces(void **state)
{
    static const char text[] =
        "<?xml version=\"1.0\"?><r>\n <o n=\"1\"><l q='2'>x&amp;</l><l/></o>\n <o n='2'><p>"
        "<![CDATA[<]]></p></o><!-- c -->\n <o>\xc3\xa9</o></r>";

    (void)state;
    print_message("# %u changes\n", tree_mutate(xml_read, &plain, text, "<>/=\"'& a\n!\xc3\x01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_trees),
        cmocka_unit_test(names_are_those_of_their_namespace),
        cmocka_unit_test(what_is_wrong_refuses_its_document),
        cmocka_unit_test(what_is_too_large_is_passed_over),
        cmocka_unit_test(what_is_not_well_formed_ends_the_file),
        cmocka_unit_test(nothing_is_defined_or_fetched),
        cmocka_unit_test(encodings_are_those_of_one_byte),
        cmocka_unit_test(changes_are_told_the_same_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
