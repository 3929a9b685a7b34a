/* Files appear whole or not at all, whoever dies, fails or races. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/publish.h"

static char folder[] = "/tmp/crossdock-publish-XXXXXX";
static struct arena arena;

static int begin(void **state)
{
    (void)state;
    memcpy(folder + sizeof(folder) - 7, "XXXXXX", 6);
    arena_init(&arena, 65536, 1 << 24);
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static const char *path_of(const char *name)
{
    return arena_format(&arena, "%s/%s", folder, name);
}

/* How many names there are, hidden ones too. */
static unsigned names_in_folder(void)
{
    DIR *dir = opendir(folder);
    unsigned n = 0;

    assert_non_null(dir);
    while (readdir(dir) != NULL)
        n++;
    closedir(dir);
    return n - 2;
}

static int end(void **state)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;

    (void)state;
    while (dir != NULL && (entry = readdir(dir)) != NULL)
        unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    arena_release(&arena);
    return rmdir(folder);
}

static void holds(const char *name, const char *want)
{
    struct bytes content;
    struct stat about;

    assert_int_equal(file_read_whole(path_of(name), 1 << 20, &arena, &content, &about), 0);
    if (!bytes_are(content, want))
        fail_msg("%s: \"%.*s\"", name, BYTES_ARG(content));
    assert_int_equal(about.st_mode & 07777, 0600);
}

static void appears_whole_and_private(void **state)
{
    struct publish publish;

    (void)state;
    umask(0);
    assert_int_equal(publish_open(&publish, folder, BYTES("order-1.csv")), 0);
    publish_add(&publish, "first ", 6);
    publish_add(&publish, "", 0);
    publish_add(&publish, "second", 6);
    assert_int_equal(access(path_of("order-1.csv"), F_OK), -1);
    assert_int_equal(publish_close(&publish, PUBLISH_NEW), 0);
    holds("order-1.csv", "first second");
    assert_int_equal(publish_file(folder, BYTES("order-1.csv"), BYTES("again"), PUBLISH_NEW), EEXIST);
    holds("order-1.csv", "first second");
    assert_int_equal(publish_file(folder, BYTES("order-1.csv"), BYTES("again"), PUBLISH_REPLACE), 0);
    holds("order-1.csv", "again");
    assert_int_equal(publish_file(folder, BYTES("empty"), BYTES(""), PUBLISH_REPLACE), 0);
    holds("empty", "");
    assert_int_equal(names_in_folder(), 2);
    assert_int_equal(publish_open(&publish, folder, BYTES("given-up")), 0);
    publish_add(&publish, "x", 1);
    publish_abandon(&publish);
    assert_int_equal(names_in_folder(), 2);
}

static void names_stay_in_the_folder(void **state)
{
    static const char *const refused[] = {"", ".", "..", "../x", "a/b", "/etc/x", ".hidden", "a\nb", "a\x7f"};
    char longest[PUBLISH_MAX_NAME + 1];

    (void)state;
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
        assert_int_equal(publish_file(folder, bytes_of(refused[i]), BYTES("x"), PUBLISH_NEW), FILE_BAD_NAME);
    assert_int_equal(publish_file(folder, (struct bytes){"a\0b", 3}, BYTES("x"), PUBLISH_NEW), FILE_BAD_NAME);
    memset(longest, 'n', sizeof(longest));
    assert_int_equal(publish_file(folder, (struct bytes){longest, sizeof(longest)}, BYTES("x"), PUBLISH_NEW),
                     FILE_BAD_NAME);
    assert_int_equal(names_in_folder(), 0);
    assert_int_equal(
        publish_file(folder, (struct bytes){longest, sizeof(longest) - 1}, BYTES("x"), PUBLISH_NEW), 0);
    assert_int_equal(publish_file(path_of("nowhere"), BYTES("a"), BYTES("x"), PUBLISH_NEW), ENOENT);
    assert_int_equal(publish_file("/dev/null", BYTES("a"), BYTES("x"), PUBLISH_NEW), ENOTDIR);
}

/* A full disk, as far as one can be had without one. */
static void failing_writes_leave_nothing(void **state)
{
    static char much[100000];
    struct rlimit old, small;

    (void)state;
    assert_int_equal(publish_file(folder, BYTES("kept"), BYTES("old"), PUBLISH_NEW), 0);
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = old;
    for (small.rlim_cur = 0; small.rlim_cur < sizeof(much); small.rlim_cur = small.rlim_cur * 3 + 4096) {
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        assert_int_equal(
            publish_file(folder, BYTES("kept"), (struct bytes){much, sizeof(much)}, PUBLISH_REPLACE), EFBIG);
        assert_int_equal(publish_file(folder, BYTES("new"), (struct bytes){much, sizeof(much)}, PUBLISH_NEW),
                         EFBIG);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
        holds("kept", "old");
        assert_int_equal(names_in_folder(), 1);
    }
    /* The name became a folder: renaming fails after all was written. */
    assert_int_equal(mkdir(path_of("folder"), 0700), 0);
    assert_int_equal(publish_file(folder, BYTES("folder"), BYTES("x"), PUBLISH_REPLACE), EISDIR);
    assert_int_equal(publish_file(folder, BYTES("folder"), BYTES("x"), PUBLISH_NEW), EEXIST);
    assert_int_equal(rmdir(path_of("folder")), 0);
    assert_int_equal(names_in_folder(), 1);
}

static void part_files_of_the_dead_are_taken_over(void **state)
{
    struct publish publish;
    pid_t child = fork();
    int status;

    (void)state;
    if (child == 0) {
        if (publish_open(&publish, folder, BYTES("a")) == 0) {
            publish_add(&publish, "half", 4);
            kill(getpid(), SIGKILL);
        }
        _exit(1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_int_equal(access(path_of(".a.part"), F_OK), 0);
    assert_int_equal(publish_file(folder, BYTES("a"), BYTES("whole"), PUBLISH_NEW), 0);
    holds("a", "whole");
    assert_int_equal(names_in_folder(), 1);

    /* Of the living they are not. */
    assert_int_equal(publish_open(&publish, folder, BYTES("a")), 0);
    publish_add(&publish, "mine", 4);
    assert_int_equal(publish_file(folder, BYTES("a"), BYTES("theirs"), PUBLISH_REPLACE), EBUSY);
    assert_int_equal(publish_close(&publish, PUBLISH_REPLACE), 0);
    holds("a", "mine");
}

static void links_are_not_followed(void **state)
{
    (void)state;
    assert_int_equal(publish_file(folder, BYTES("victim"), BYTES("old"), PUBLISH_NEW), 0);
    assert_int_equal(symlink("victim", path_of(".a.part")), 0);
    assert_int_equal(publish_file(folder, BYTES("a"), BYTES("x"), PUBLISH_NEW), ELOOP);
    holds("victim", "old");
    /* A name that is a link is replaced, not what it points to. */
    assert_int_equal(symlink("victim", path_of("b")), 0);
    assert_int_equal(publish_file(folder, BYTES("b"), BYTES("new"), PUBLISH_REPLACE), 0);
    holds("victim", "old");
    holds("b", "new");
}

/* Four writers of one name, some of which die: whoever looks sees one of their contents, whole. */
static void racing_writers_never_tear(void **state)
{
    enum { WRITERS = 4, ROUNDS = 100, SIZE = 5000 };
    unsigned seen = 0, running = WRITERS;

    (void)state;
    for (int w = 0; w < WRITERS; w++) {
        if (fork() == 0) {
            static char content[SIZE];

            memset(content, 'a' + w, sizeof(content));
            for (int round = 0; round < ROUNDS; round++) {
                int error = publish_file(folder, BYTES("shared"), (struct bytes){content, sizeof(content)},
                                         PUBLISH_REPLACE);

                if (error != 0 && error != EBUSY)
                    _exit(1);
                if (round == 50 && w == 0) {
                    struct publish publish;

                    while (publish_open(&publish, folder, BYTES("shared")) != 0)
                        continue;
                    publish_add(&publish, content, 10);
                    kill(getpid(), SIGKILL);
                }
            }
            _exit(0);
        }
    }
    while (running > 0) {
        struct bytes content;
        int status, error;

        arena_reset(&arena);
        error = file_read_whole(path_of("shared"), 1 << 20, &arena, &content, NULL);
        if (error == 0) {
            assert_int_equal(content.len, SIZE);
            for (size_t i = 1; i < content.len; i++)
                if (content.at[i] != content.at[0])
                    fail_msg("torn at byte %zu", i);
            seen++;
        } else {
            assert_int_equal(error, ENOENT);
        }
        if (waitpid(-1, &status, WNOHANG) > 0) {
            running--;
            if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
                fail_msg("a writer failed");
        }
    }
    assert_true(seen > 0);
    assert_int_equal(publish_file(folder, BYTES("shared"), BYTES("last"), PUBLISH_REPLACE), 0);
    assert_int_equal(names_in_folder(), 1);
}

static void files_are_read_whole_or_refused(void **state)
{
    struct bytes content = BYTES("untouched");
    struct arena none;

    (void)state;
    assert_int_equal(publish_file(folder, BYTES("a"), BYTES("12345"), PUBLISH_NEW), 0);
    assert_int_equal(file_read_whole(path_of("a"), 4, &arena, &content, NULL), FILE_TOO_LARGE);
    assert_int_equal(file_read_whole(folder, 100, &arena, &content, NULL), EISDIR);
    assert_int_equal(file_read_whole("/dev/zero", 100, &arena, &content, NULL), FILE_NOT_REGULAR);
    assert_int_equal(file_read_whole(path_of("none"), 100, &arena, &content, NULL), ENOENT);
    assert_int_equal(mkfifo(path_of("pipe"), 0600), 0);
    assert_int_equal(file_read_whole(path_of("pipe"), 100, &arena, &content, NULL), FILE_NOT_REGULAR);
    assert_true(bytes_are(content, "untouched"));
    arena_init(&none, 64, 0);
    assert_int_equal(file_read_whole(path_of("a"), 100, &none, &content, NULL), ENOMEM);
    arena_release(&none);
    assert_int_equal(file_read_whole(path_of("a"), 5, &arena, &content, NULL), 0);
    assert_string_equal(content.at, "12345");
    assert_string_equal(file_error(ENOSPC), "No space left on device");
    assert_string_equal(file_error(FILE_CHANGED), "the file changed while it was read");
    assert_non_null(file_error(99999));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(appears_whole_and_private, begin, end),
        cmocka_unit_test_setup_teardown(names_stay_in_the_folder, begin, end),
        cmocka_unit_test_setup_teardown(failing_writes_leave_nothing, begin, end),
        cmocka_unit_test_setup_teardown(part_files_of_the_dead_are_taken_over, begin, end),
        cmocka_unit_test_setup_teardown(links_are_not_followed, begin, end),
        cmocka_unit_test_setup_teardown(racing_writers_never_tear, begin, end),
        cmocka_unit_test_setup_teardown(files_are_read_whole_or_refused, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
