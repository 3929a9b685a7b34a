/* JSON read: trees, places, what refuses a document and what the file, whatever the pieces it comes in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tree_fixture.h"
#include "wire/json_read.h"

static const struct tree_layout outermost = {.json = true, .document = "o"};
static const struct tree_layout within = {.json = true, .root = "os", .document = "o"};
static const struct tree_layout lines = {.json = true, .lines = true, .document = "o"};

static void documents_become_trees(void **state)
{
    (void)state;
    tree_check(json_read, &outermost,
               "{\"a\": \"x\", \"b\":1.50,\"c\" :true,\"d\":null,\"e\":\"\",\"f\":1e+2}\n",
               "0+55 1:1 o(a=\"x\" b=\"1.50\" c=\"true\" d e f=\"1e+2\")\nend");
    tree_check(
        json_read, &outermost,
        "[{\"a\":[1,2],\"b\":[],\"c\":[[1,[2]],3]},\n {\"\\u0061\\n\":{\"k\":[{\"q\":-0.1},{}]}} ]",
        "1+34 1:2 o(a=\"1\" a=\"2\" b c([]=\"1\" []([]=\"2\")) c=\"3\")\n38+34 2:2 o(a\n(k(q=\"-0.1\") k))\n"
        "end");
    tree_check(json_read, &within,
               "{\"n\":[1,\"]\\\"\"], \"os\":[{},{\"a\":\"\\u00e9\\ud83d\\ude00\"}],\"p\":2}",
               "stray n\n22+2 1:23 o\n25+26 1:26 o(a=\"\xc3\xa9\xf0\x9f\x98\x80\")\nstray p\nend");
    tree_check(json_read, &within, "{\"os\":{\"a\":1}}", "6+7 1:7 o(a=\"1\")\nend");
    tree_check(json_read, &within, "{\"os\":[]}", "end");
    tree_check(json_read, &lines, "{\"a\":1}\n\n{\"a\":2} \r\n{\"a\":3}",
               "0+7 1:1 o(a=\"1\")\n9+9 3:1 o(a=\"2\")\n19+7 4:1 o(a=\"3\")\nend");
    tree_check(json_read, &outermost, "[]", "end");
    tree_check(json_read, &outermost, " \n", "end");
    tree_check(json_read, &lines, "", "end");
    tree_check(json_read, &lines, "\xef\xbb\xbf{\"a\":\"\xc3\xa9\"}", "3+10 1:1 o(a=\"\xc3\xa9\")\nend");
}

static void what_is_wrong_refuses_its_document(void **state)
{
    (void)state;
    tree_check(
        json_read, &outermost,
        "[{\"a\":{\"b\":1,\"c\":2,\"b\":3}},{\"a\":\"\xe9\"},{\"a\":01},{\"a\":1,},7,{\"a\":\"\x01\"},{}]",
        "1+25 1:2  ! 1:25 o/a: the member b stands there twice\n"
        "27+9 1:28  ! 1:34 o/a: the string is not UTF-8\n"
        "37+8 1:38  ! 1:43 o/a: a number that begins with a zero\n"
        "46+8 1:47  ! 1:54 o: expected a name in quotes\n"
        "55+1 1:56  ! 1:56 o: a document is an object\n"
        "57+9 1:58  ! 1:64 o/a: a control character that is not escaped\n"
        "67+2 1:68 o\nend");
    tree_check(json_read, &lines,
               "{\"a\":1}\n{\"a\":\n{\"a\":3}}\n[{}]\n{\"a\":\"\\ud800\"}\n{\"a\":nul}\n{\"a\":5}",
               "0+7 1:1 o(a=\"1\")\n8+5 2:1  ! 2:6 o/a: expected a value\n"
               "14+8 3:1  ! 3:8 o: there is text behind the document's end\n"
               "23+4 4:1  ! 4:1 o: a document is an object\n"
               "28+14 5:1  ! 5:7 o/a: the first half of a surrogate pair stands alone\n"
               "43+9 6:1  ! 6:6 o/a: expected null\n53+7 7:1 o(a=\"5\")\nend");
}

static void many_members_stand_there_once(void **state)
{
    char text[8192] = "[";
    size_t len = 1;

    (void)state;
    for (unsigned twice = 0; twice < 2; twice++) {
        len += (size_t)snprintf(text + len, sizeof(text) - len, "%s{", twice ? "," : "");
        for (unsigned i = 0; i < 60; i++)
            len += (size_t)snprintf(text + len, sizeof(text) - len, "\"m%u\":[%u,1],", i, i);
        len += (size_t)snprintf(text + len, sizeof(text) - len, "\"%s\":0}", twice ? "m7" : "z");
    }
    snprintf(text + len, sizeof(text) - len, "]");
    assert_non_null(
        strstr(tree_read_text(json_read, &outermost, bytes_of(text), 9), "m59=\"59\" m59=\"1\" z=\"0\")\n"));
    assert_non_null(
        strstr(tree_read_text(json_read, &outermost, bytes_of(text), 9), "the member m7 stands there twice"));
}

static void depth_has_a_bound(void **state)
{
    static char text[300000];
    size_t len = (size_t)snprintf(text, sizeof(text), "[{\"a\":");

    (void)state;
    memset(text + len, '[', 1000);
    len += 1000;
    memset(text + len, ']', 1000);
    len += 1000;
    snprintf(text + len, sizeof(text) - len, "},{\"a\":1}]");
    assert_non_null(strstr(tree_read_text(json_read, &outermost, bytes_of(text), 9),
                           "nested too deep\n2008+7 1:2009 o(a=\"1\")\nend"));
    memset(text, '[', sizeof(text) - 1);
    assert_non_null(
        strstr(tree_read_text(json_read, &outermost, bytes_of(text), 65536), "too large\nbroken"));
    memset(text, '{', sizeof(text) - 1);
    assert_non_null(strstr(tree_read_text(json_read, &lines, bytes_of(text), 65536), "too large\nend"));
}

static void what_is_too_large_is_passed_over(void **state)
{
    static char text[400000];
    size_t len = (size_t)snprintf(text, sizeof(text), "{\"a\":1}\n{\"a\":\"");

    (void)state;
    memset(text + len, 'x', 300000);
    len += 300000;
    snprintf(text + len, sizeof(text) - len, "\"}\n{\"a\":3}\n");
    tree_check(json_read, &lines, text,
               "0+7 1:1 o(a=\"1\")\n8+300008 2:1 too large\n300017+7 3:1 o(a=\"3\")\nend");
}

static void what_is_no_json_ends_the_file(void **state)
{
    (void)state;
    tree_check(json_read, &outermost, "[{\"a\":1},{\"a\":2",
               "1+7 1:2 o(a=\"1\")\n9+0 1:10 cut  ! 1:16 : the file ends within a document\n{\"a\":2broken");
    tree_check(
        json_read, &outermost, "[{\"a\":1},",
        "1+7 1:2 o(a=\"1\")\n9+0 1:10 behind  ! 1:10 : the file ends within the array of documents\nbroken");
    tree_check(json_read, &outermost, "[{\"a\":1} {\"a\":2}]",
               "1+7 1:2 o(a=\"1\")\n9+0 1:10 behind  ! 1:10 : the array of documents does not go on so\n"
               "{\"a\":2}]broken");
    tree_check(json_read, &outermost, "[{},]",
               "1+2 1:2 o\n4+0 1:5 behind  ! 1:5 : there is no document\n]broken");
    tree_check(json_read, &outermost, "{\"a\":1}{\"a\":2}",
               "0+7 1:1 o(a=\"1\")\n7+0 1:8 behind  ! 1:8 : there is text behind the end\n{\"a\":2}broken");
    tree_check(json_read, &within, "{\"x\":1}",
               "stray x\nrefused ! 1:8 : the outermost object lacks the member that holds the documents");
    tree_check(json_read, &within, "{\"x\":1,",
               "stray x\n7+0 1:8 behind  ! 1:8 : the outermost object does not go on so\nbroken");
    tree_check(json_read, &within, "{x:1}",
               "1+0 1:2 behind  ! 1:2 : the outermost object does not go on so\nx:1}broken");
    tree_check(json_read, &within, "[]",
               "refused ! 1:1 : the file does not begin as JSON of such a map does");
    tree_check(json_read, &outermost, "<r/>",
               "refused ! 1:1 : the file does not begin as JSON of such a map does");
    tree_check(json_read, &outermost, "\xff\xfe{", "refused ! 1:1 : the file is in UTF-16");
}

/* As disks leave them in files that were not written to their end. */
static void nul_bytes_are_no_end(void **state)
{
    static const char line[] = "{\"a\":1}\n\0\0\0\n{\"a\":2}", behind[] = "{\"a\":1}\n\0\0",
                      inside[] = "[ \0{}]";

    (void)state;
    for (size_t step = 1; step < 20; step++) {
        assert_string_equal(
            tree_read_text(json_read, &lines, (struct bytes){line, sizeof(line) - 1}, step),
            "0+7 1:1 o(a=\"1\")\n8+3 2:1  ! 2:1 o: a document is an object\n12+7 3:1 o(a=\"2\")\nend");
        assert_non_null(
            strstr(tree_read_text(json_read, &outermost, (struct bytes){behind, sizeof(behind) - 1}, step),
                   "8+0 2:1 behind  ! 2:1 : there is text behind the end"));
        assert_non_null(
            strstr(tree_read_text(json_read, &outermost, (struct bytes){inside, sizeof(inside) - 1}, step),
                   "2+0 1:3 behind  ! 1:3 : there is no document"));
    }
}

static void changes_are_told_the_same_in_pieces(void **state)
{
    static const char text[] = "{\"os\":[{\"a\":\"x\\n\",\"b\":[1.5,null,{\"c\":true}]},\n"
                               " {\"a\":{}},{\"d\":\"\xc3\xa9\"}],\"n\":0}";
    static const char text_lines[] =
        "{\"a\":\"x\\n\",\"b\":[1.5,null,{\"c\":true}]}\n{\"a\":{}}\n{\"d\":\"\xc3\xa9\"}\n";

    (void)state;
    print_message("# %u changes\n",
                  tree_mutate(json_read, &within, text, "{}[]\",: a\n1\\\xc3\x01") +
                      tree_mutate(json_read, &lines, text_lines, "{}[]\",: a\n1\\\xc3\x01"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(documents_become_trees),
        cmocka_unit_test(what_is_wrong_refuses_its_document),
        cmocka_unit_test(many_members_stand_there_once),
        cmocka_unit_test(depth_has_a_bound),
        cmocka_unit_test(what_is_too_large_is_passed_over),
        cmocka_unit_test(what_is_no_json_ends_the_file),
        cmocka_unit_test(nul_bytes_are_no_end),
        cmocka_unit_test(changes_are_told_the_same_in_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
