/* Lines come out whole whatever the pieces they come in; too long ones are passed over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "cli/lines.h"

/* A pipe that gives `text` in pieces of `piece` bytes. */
static int feed(struct bytes text, size_t piece, pid_t *child)
{
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    *child = fork();
    assert_true(*child >= 0);
    if (*child == 0) {
        close(ends[0]);
        while (text.len > 0) {
            ssize_t took = write(ends[1], text.at, text.len < piece ? text.len : piece);

            if (took <= 0)
                _exit(1);
            text.at += took;
            text.len -= (size_t)took;
        }
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

static void finish(int fd, pid_t child)
{
    close(fd);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static void lines_come_whole(void **state)
{
    static const struct bytes text = {"one\n\nthree\r\nno end", 18};
    static const char *const want[] = {"one", "", "three\r", "no end"};
    static const uint64_t offsets[] = {0, 4, 5, 12};

    (void)state;
    for (size_t piece = 1; piece < 20; piece += 3) {
        struct lines lines;
        struct bytes line;
        pid_t child;
        int fd = feed(text, piece, &child);

        assert_true(lines_init(&lines, fd, 1000));
        for (unsigned i = 0; i < 4; i++) {
            assert_int_equal(lines_next(&lines, &line), LINES_LINE);
            assert_true(bytes_are(line, want[i]));
            assert_int_equal(lines.number, i + 1);
            assert_int_equal(lines.offset, offsets[i]);
        }
        assert_int_equal(lines_next(&lines, &line), LINES_END);
        assert_int_equal(lines_next(&lines, &line), LINES_END);
        lines_release(&lines);
        finish(fd, child);
    }
}

/* Lines of 1 to 1,000,000 bytes under a ceiling that some of them pass. */
static void long_lines_are_passed_over(void **state)
{
    enum { CEILING = 300000 };
    static const size_t lengths[] = {1, 300000, 2, 300001, 0, 1000000, 7, 262143, 262144, 262145, 900000, 3};
    size_t n = sizeof(lengths) / sizeof(lengths[0]), total = 0;
    char *text;

    (void)state;
    for (size_t i = 0; i < n; i++)
        total += lengths[i] + 1;
    text = malloc(total);
    assert_non_null(text);
    for (size_t i = 0, at = 0; i < n; at += lengths[i++] + 1) {
        memset(text + at, 'a' + (int)i, lengths[i]);
        text[at + lengths[i]] = '\n';
    }
    for (unsigned end = 0; end < 2; end++) { /* with and without the last line end */
        struct lines lines;
        struct bytes line;
        uint64_t offset = 0;
        pid_t child;
        int fd = feed((struct bytes){text, total - end}, 70000, &child);

        assert_true(lines_init(&lines, fd, CEILING));
        for (size_t i = 0; i < n; i++) {
            bool fits = lengths[i] <= CEILING;

            assert_int_equal(lines_next(&lines, &line), fits ? LINES_LINE : LINES_TOO_LONG);
            assert_int_equal(lines.length, lengths[i]);
            assert_int_equal(lines.offset, offset);
            assert_true(line.len == (fits ? lengths[i] : 200));
            for (size_t j = 0; j < line.len; j++)
                assert_int_equal(line.at[j], 'a' + (int)i);
            offset += lengths[i] + 1;
        }
        assert_int_equal(lines_next(&lines, &line), LINES_END);
        lines_release(&lines);
        finish(fd, child);
    }
    free(text);
}

static void failures_are_told(void **state)
{
    struct lines lines;
    struct bytes line;

    (void)state;
    assert_true(lines_init(&lines, -1, 1000));
    assert_int_equal(lines_next(&lines, &line), LINES_FAILED);
    assert_int_equal(lines.error, 9 /* EBADF */);
    lines_release(&lines);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_whole),
        cmocka_unit_test(long_lines_are_passed_over),
        cmocka_unit_test(failures_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
