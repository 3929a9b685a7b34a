/* Numbers and dates as files have them, and the reader of flat files however its input is cut into pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "wire/flat_reading.h"

/* --- forms */

static const char *number(struct number_form form, const char *text)
{
    static char out[64];
    struct arena arena;
    struct bytes read;

    arena_init(&arena, 256, 4096);
    if (number_form_read(&form, bytes_of(text), &arena, &read) != NULL)
        snprintf(out, sizeof(out), "refused");
    else
        snprintf(out, sizeof(out), "%.*s", BYTES_ARG(read));
    arena_release(&arena);
    return out;
}

static void numbers_are_read_as_they_are_written(void **state)
{
    static const struct number_form implied = {.scaled = true, .decimals = 2, .implied = true, .point = '.'};
    static const struct number_form none = {.point = '.', .sign = NUMBER_SIGN_NONE};
    static const struct number_form comma = {.point = ','};

    (void)state;
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "12.50"), "12.50");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, " 0012.50 "), "12.50");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "12-"), "-12");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "-0"), "0");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "1,250.00"), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "1E3"), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "12O"), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, "-"), "refused");
    assert_string_equal(number(NUMBER_FORM_DEFAULT, ""), "refused");
    assert_string_equal(number(implied, "000480"), "4.80");
    assert_string_equal(number(implied, "5"), "0.05");
    assert_string_equal(number(implied, "5-"), "-0.05");
    assert_string_equal(number(implied, "4.80"), "refused");
    assert_string_equal(number(none, "-1"), "refused");
    assert_string_equal(number(comma, "1250,50"), "1250.50");
    assert_string_equal(number(comma, "1.250,50"), "refused");
}

static const char *date(const char *pattern, enum date_form_want want, const char *text)
{
    static char out[64];
    struct date_form form;
    const char *what;
    struct arena arena;
    struct bytes read;

    arena_init(&arena, 256, 4096);
    assert_true(date_form_parse(&form, bytes_of(pattern), &what));
    if (date_form_read(&form, want, bytes_of(text), &arena, &read) != NULL)
        snprintf(out, sizeof(out), "refused");
    else
        snprintf(out, sizeof(out), "%.*s", BYTES_ARG(read));
    arena_release(&arena);
    return out;
}

static void dates_are_read_as_they_are_written(void **state)
{
    (void)state;
    assert_string_equal(date("YYYYMMDD", DATE_FORM_DATE, "20261120"), "2026-11-20");
    assert_string_equal(date("M/D/YYYY", DATE_FORM_DATE, "2/9/2026"), "2026-02-09");
    assert_string_equal(date("M/D/YYYY", DATE_FORM_DATE, "12/31/2026"), "2026-12-31");
    assert_string_equal(date("DDMMYYYY", DATE_FORM_DATE, "26112026"), "2026-11-26");
    assert_string_equal(date("YYMMDD", DATE_FORM_DATE, "991231"), "1999-12-31");
    assert_string_equal(date("YYYYMMDD", DATE_FORM_DATE, "20260230"), "refused");
    assert_string_equal(date("YYYYMMDD", DATE_FORM_DATE, "2026112"), "refused");
    assert_string_equal(date("YYYYMMDD", DATE_FORM_DATE, "202611201"), "refused");
    assert_string_equal(date("YYYY-MM-DD HH:mm:SS", DATE_FORM_BOTH, "2026-11-27 14:30:00"),
                        "2026-11-27T14:30:00");
    assert_string_equal(date("YYYY-MM-DD HH:mm:SS", DATE_FORM_DATE, "2026-11-27 14:30:00"), "2026-11-27");
    assert_string_equal(date("YYYY-MM-DDTHH:mm:SSz", DATE_FORM_BOTH, "2026-11-27T14:30:00-0500"),
                        "2026-11-27T14:30:00-05:00");
    assert_string_equal(date("YYYY-MM-DDTHH:mm:SSz", DATE_FORM_BOTH, "2026-11-27T14:30:00Z"),
                        "2026-11-27T14:30:00Z");
    assert_string_equal(date("HHmm", DATE_FORM_TIME, "1510"), "15:10");
    assert_string_equal(date("HHmm", DATE_FORM_TIME, "2460"), "refused");
    assert_string_equal(date("YYYYMMDD", DATE_FORM_BOTH, "20261120"), "refused");
}

/* --- the reader */

static struct bytes input;
static size_t piece;

ssize_t __real_read(int fd, void *at, size_t len);
ssize_t __wrap_read(int fd, void *at, size_t len);
ssize_t __wrap_read(int fd, void *at, size_t len)
{
    size_t got = input.len < piece ? input.len : piece;

    if (fd != -2)
        return __real_read(fd, at, len);
    got = got < len ? got : len;
    memcpy(at, input.at, got);
    input.at += got;
    input.len -= got;
    return (ssize_t)got;
}

static bool slowly;

/* Each unit as a line: "row 1 [a][b]", or what is wrong. */
static void read_in_pieces(const struct flat_layout *layout, const char *text, size_t size, char *out,
                           size_t room)
{
    struct flat_reader *reader = flat_read_open(layout, -2, 4096, true);
    struct flat_unit unit;
    enum flat_event event;
    size_t len = 0;

    assert_non_null(reader);
    reader->slowly = slowly;
    input = bytes_of(text);
    piece = size;
    out[0] = '\0';
    while ((event = flat_next(reader, &unit)) <= FLAT_REFUSED) {
        if (event != FLAT_UNIT) {
            const struct flat_trouble *trouble = flat_trouble(reader);

            len += (size_t)snprintf(out + len, room - len, "%u:%u %s\n", trouble->line, trouble->place,
                                    trouble->what);
            if (event == FLAT_REFUSED)
                break;
            continue;
        }
        len += (size_t)snprintf(out + len, room - len, "%.*s %u ", BYTES_ARG(layout->records[unit.tag].tag),
                                unit.line);
        for (unsigned i = 0; i < layout->records[unit.tag].n_columns; i++)
            len += (size_t)snprintf(out + len, room - len, "[%.*s]", BYTES_ARG(unit.cells[i]));
        len += (size_t)snprintf(out + len, room - len, "\n");
        assert_true(len < room);
    }
    flat_read_close(reader);
}

static void check_pieces(const struct flat_layout *layout, const char *text, const char *want)
{
    char out[4096];

    for (size_t size = 1; size < 40; size++) {
        read_in_pieces(layout, text, size, out, sizeof(out));
        assert_string_equal(out, want);
    }
    read_in_pieces(layout, text, 4096, out, sizeof(out));
    assert_string_equal(out, want);
}

static void cells_are_found_however_the_input_is_cut(void **state)
{
    static const struct flat_column columns[] = {{.key = {"a", 1}, .heading = {"a", 1}},
                                                 {.key = {"b", 1}, .heading = {"b", 1}}};
    static const struct flat_record row = {.tag = {"row", 3}, .n_columns = 2, .columns = columns, .type = -1};
    static const struct flat_layout layout = {.n_records = 1, .records = &row, .line_end = {"\n", 1},
                                              .separator = ',', .quote = '"', .header = true, .begins = -1,
                                              .partner = -1};

    (void)state;
    check_pieces(&layout,
                 "b,a\r\n1,2\r\n\r\n\"x\"\"y\",\"two\r\nlines\"\n , 3 \n4,\"\"\n5\n6,7,8\n"
                 "9,\"z\" \n\"p\"q,1\n7,8",
                 "row 2 [2][1]\nrow 4 [two\r\nlines][x\"y]\nrow 6 [3][]\nrow 7 [][4]\n"
                 "8:2 the row ends too early\n"
                 "9:5 there are more cells than columns\nrow 10 [z][9]\n"
                 "11:4 there is text behind the quote that ends the cell\nrow 12 [8][7]\n");
    check_pieces(&layout, "a,b\n1,\"2\n3,4\n5,6",
                 "2:3 the quote that begins this cell is never closed\nrow 3 [3][4]\nrow 4 [5][6]\n");
    check_pieces(&layout, "\xef\xbb\xbf" "a\n1", "row 2 [1][]\n");
    check_pieces(&layout, "", "");
    check_pieces(&layout, "\n\n", "");
    check_pieces(&layout, "a,a\n1,2\n", "1:3 the header has this column twice\n");
    check_pieces(&layout, "\xff\xfe" "a", "1:1 the file is in UTF-16\n");
    check_pieces(&layout, "\x1a", "");
}

static void records_are_found_by_their_type(void **state)
{
    static const struct flat_column h[] = {{.key = {"n", 1}, .width = 3, .pad = ' '},
                                           {.key = {"t", 1}, .width = 1, .pad = ' ', .constant = {"H", 1}}};
    static const struct flat_column d[] = {{.key = {"q", 1}, .width = 4, .pad = '*', .right = true},
                                           {.key = {"x", 1}, .width = 2, .pad = ' '},
                                           {.key = {"t", 1}, .width = 1, .pad = ' ', .constant = {"D", 1}}};
    static const struct flat_record records[] = {{.tag = {"H", 1}, .n_columns = 2, .columns = h, .type = 1},
                                                 {.tag = {"D", 1}, .n_columns = 3, .columns = d, .type = 2}};
    struct flat_layout layout = {.n_records = 2, .records = records, .line_end = {"\n", 1}, .fixed = true,
                                 .partner = -1};

    (void)state;
    check_pieces(&layout, "A1 H\r\n**12\xc3\xa9 D\n      D\nA2 Q\nA3\n**12abDx\n7*  cdD  \n",
                 "H 1 [A1][H]\nD 2 [12][\xc3\xa9][D]\nD 3 [][][D]\n"
                 "4:4 no record of the layout is of this type\n"
                 "5:1 no record of the layout is of this type\n6:8 the record is too long\n"
                 "D 7 [7*][cd][D]\n");
    layout.line_end = (struct bytes){"", 0};
    check_pieces(&layout, "A1 H**12abD**13cdDA2 H\n",
                 "H 1 [A1][H]\nD 1 [12][ab][D]\nD 1 [13][cd][D]\nH 1 [A2][H]\n");
}

/* --- rows of the ordinary kind, and all others */

enum { FILES = 3000, FILE_MOST = 400 };

static uint32_t random_state = 20261124;

static unsigned random_below(unsigned n)
{
    random_state = random_state * 1664525 + 1013904223;
    return (random_state >> 8) % n;
}

/* A file made of these pieces, some of its lines said twice. */
static void random_file(const char *const pieces[], unsigned n_pieces, const char *first, char *out)
{
    size_t len = strlen(first), line = len;

    memcpy(out, first, len + 1);
    while (len < FILE_MOST) {
        const char *add = pieces[random_below(n_pieces)];

        memcpy(out + len, add, strlen(add) + 1);
        len += strlen(add);
        if (out[len - 1] == '\n') {
            size_t again = random_below(2) == 0 && 2 * len - line < FILE_MOST ? len - line : 0;

            memcpy(out + len, out + line, again);
            line = len;
            len += again > 3 ? again - random_below(3) : 0;
            out[len] = '\0';
        }
    }
}

/* What the units say of themselves, and of the one before, is so. */
static void check_promises(const struct flat_layout *layout, const char *text)
{
    struct flat_reader *reader = flat_read_open(layout, -2, 4096, true);
    struct flat_unit unit;
    enum flat_event event;
    char before[8][FILE_MOST];
    int tag = -1;

    assert_non_null(reader);
    input = bytes_of(text);
    piece = FILE_MOST;
    while ((event = flat_next(reader, &unit)) <= FLAT_BROKEN) {
        assert_true(event == FLAT_UNIT || unit.same == 0 || unit.tag == tag);
        tag = event == FLAT_UNIT ? unit.tag : -1;
        for (unsigned i = 0; event == FLAT_UNIT && i < layout->records[unit.tag].n_columns; i++) {
            char cell[FILE_MOST];

            snprintf(cell, sizeof(cell), "%.*s", BYTES_ARG(unit.cells[i]));
            assert_true(i >= unit.same || strcmp(cell, before[i]) == 0);
            assert_true(!unit.plain || strpbrk(cell, "\"\\\t\r\n\xc3\xa9") == NULL);
            memcpy(before[i], cell, sizeof(cell));
        }
    }
    flat_read_close(reader);
}

static void check_both_ways(const struct flat_layout *layout, const char *const pieces[], unsigned n_pieces,
                            const char *first)
{
    static char quick[64 * 1024], slow[64 * 1024];

    for (unsigned i = 0; i < FILES; i++) {
        char text[2 * FILE_MOST];
        size_t size = random_below(2) == 0 ? sizeof(text) : 1 + random_below(90);

        random_file(pieces, n_pieces, first, text);
        read_in_pieces(layout, text, size, quick, sizeof(quick));
        slowly = true;
        read_in_pieces(layout, text, size, slow, sizeof(slow));
        slowly = false;
        assert_string_equal(quick, slow);
        check_promises(layout, text);
    }
}

static void rows_are_read_the_same_quickly_and_slowly(void **state)
{
    static const char *const pieces[] = {
        "a", "bcd", "12.50", ",", ",", ",", ",,", "\n", "\r\n", "\n\n", ",\n", " ", "\"", "\"\"", ",\"x\"",
        ",\"y, z\"", "\xc3\xa9", "\\", "\t", "a,b,c\n", "a,b,c\r\n", "H,1,2\n", "D,1,2,3\n",
        "\"H\",\"1\",\"2\"\n", "1,H\n", "\r",
    };
    static const struct flat_column plain[] = {{.key = {"a", 1}, .heading = {"a", 1}},
                                               {.key = {"b", 1}, .heading = {"b", 1}},
                                               {.key = {"c", 1}, .heading = {"c", 1}}};
    static const struct flat_column h[] = {{.key = {"t", 1}, .constant = {"H", 1}}, {.key = {"a", 1}},
                                           {.key = {"b", 1}}};
    static const struct flat_column d[] = {{.key = {"t", 1}, .constant = {"D", 1}}, {.key = {"a", 1}},
                                           {.key = {"b", 1}}, {.key = {"c", 1}}};
    static const struct flat_record row = {.tag = {"row", 3}, .n_columns = 3, .columns = plain, .type = -1};
    static const struct flat_record records[] = {{.tag = {"H", 1}, .n_columns = 3, .columns = h, .type = 0},
                                                 {.tag = {"D", 1}, .n_columns = 4, .columns = d, .type = 0}};
    struct flat_layout layout = {.n_records = 1, .records = &row, .line_end = {"\n", 1}, .separator = ',',
                                 .quote = '"', .header = true, .begins = -1, .partner = -1};
    const unsigned n = sizeof(pieces) / sizeof(*pieces);

    (void)state;
    check_both_ways(&layout, pieces, n, "a,b,c\n");
    check_both_ways(&layout, pieces, n, "c,x,a,b\n");
    layout.header = false;
    check_both_ways(&layout, pieces, n, "");
    layout.ragged = true;
    layout.quote = '\0';
    check_both_ways(&layout, pieces, n, "");
    layout.quote = '"';
    layout.n_records = 2;
    layout.records = records;
    check_both_ways(&layout, pieces, n, "H,1,2\n");
}

static void lines_are_read_the_same_quickly_and_slowly(void **state)
{
    static const char *const pieces[] = {
        "H", "D", "ab", " ", "   ", "**", "\n", "\r\n", "\xc3\xa9", "\"", "\\", "H12 ab   34\n",
        "D  *7       x\n", "H12 ab \xc3\xa9 34\n", "\t", "\r", "D***7 \"  \\ x\r\n", "             \n",
        "Hab", "D    ",
    };
    static const struct flat_column h[] = {{.key = {"t", 1}, .width = 1, .pad = ' ', .constant = {"H", 1}},
                                           {.key = {"a", 1}, .width = 5, .pad = ' '},
                                           {.key = {"b", 1}, .width = 5, .pad = ' ', .right = true}};
    static const struct flat_column d[] = {{.key = {"t", 1}, .width = 1, .pad = ' ', .constant = {"D", 1}},
                                           {.key = {"a", 1}, .width = 4, .pad = '*', .right = true},
                                           {.key = {"b", 1}, .width = 8, .pad = ' '}};
    static const struct flat_record records[] = {{.tag = {"H", 1}, .n_columns = 3, .columns = h, .type = 0},
                                                 {.tag = {"D", 1}, .n_columns = 3, .columns = d, .type = 0}};
    static const struct flat_column wide[] = {{.key = {"a", 1}, .width = 3, .pad = ' '},
                                              {.key = {"b", 1}, .width = 90, .pad = ' '},
                                              {.key = {"c", 1}, .width = 70, .pad = ' ', .right = true}};
    static const struct flat_record one = {.tag = {"row", 3}, .n_columns = 3, .columns = wide, .type = -1};
    static char line[2][200];
    const char *lines[] = {line[0], line[1], "\n", " ", "a", "                                        "};
    struct flat_layout layout = {.n_records = 2, .records = records, .line_end = {"\n", 1}, .fixed = true,
                                 .partner = -1};

    (void)state;
    check_both_ways(&layout, pieces, sizeof(pieces) / sizeof(*pieces), "");
    layout.ragged = true;
    check_both_ways(&layout, pieces, sizeof(pieces) / sizeof(*pieces), "");
    snprintf(line[0], sizeof(line[0]), "%-3s%-90s%70s\n", "ab", "a text that ends here", "9");
    snprintf(line[1], sizeof(line[1]), "%-3s%-90s%70s\n", "", "", "");
    layout.n_records = 1;
    layout.records = &one;
    check_both_ways(&layout, lines, sizeof(lines) / sizeof(*lines), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_they_are_written),
        cmocka_unit_test(dates_are_read_as_they_are_written),
        cmocka_unit_test(cells_are_found_however_the_input_is_cut),
        cmocka_unit_test(records_are_found_by_their_type),
        cmocka_unit_test(rows_are_read_the_same_quickly_and_slowly),
        cmocka_unit_test(lines_are_read_the_same_quickly_and_slowly),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
