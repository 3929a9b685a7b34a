/* Where maps and partners are looked for, and what cannot be a name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "conf/search.h"

static char top[] = "/tmp/crossdock-search-XXXXXX";
static struct search search;

static void make(const char *name, bool folder)
{
    char path[256];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", top, name);
    if (folder) {
        assert_int_equal(mkdir(path, 0700), 0);
        return;
    }
    file = fopen(path, "w");
    assert_non_null(file);
    fclose(file);
}

static int begin(void **state)
{
    static const char *const folders[] = {"first",       "first/partners",   "second", "second/partners",
                                          "second/maps", "second/maps/acme", "work",   "work/partners",
                                          "home"};
    static const char *const files[] = {
        "first/partners/acme.yaml",     "second/partners/acme.yaml", "second/partners/nordwind.yaml",
        "second/partners/.hidden.yaml", "second/partners/notes.txt", "second/partners/a b.yaml",
        "work/partners/zenith.yaml",    "second/maps/x12-850.yaml",  "second/maps/acme/850.yaml"};
    char path[256];

    (void)state;
    memcpy(top + sizeof(top) - 7, "XXXXXX", 6);
    assert_non_null(mkdtemp(top));
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
        make(folders[i], true);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        make(files[i], false);
    snprintf(path, sizeof(path), "%s/second::%s/nowhere", top, top);
    setenv("CROSSDOCK_PATH", path, 1);
    snprintf(path, sizeof(path), "%s/home", top);
    setenv("HOME", path, 1);
    snprintf(path, sizeof(path), "%s/work", top);
    assert_int_equal(chdir(path), 0);
    snprintf(path, sizeof(path), "%s/first", top);
    assert_true(search_init(&search, path));
    return 0;
}

static int take_away(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

static int end(void **state)
{
    (void)state;
    search_release(&search);
    return chdir("/") != 0 || nftw(top, take_away, 8, FTW_DEPTH | FTW_PHYS) != 0;
}

static void found_at(const char *name, const char *want)
{
    const char *path = search_find(&search, name);

    if (want == NULL) {
        assert_null(path);
        return;
    }
    assert_non_null(path);
    if (want[0] != '/') {
        assert_string_equal(path, want);
        return;
    }
    assert_memory_equal(path, top, strlen(top));
    assert_string_equal(path + strlen(top), want);
}

static void the_first_folder_wins(void **state)
{
    (void)state;
    found_at("partners/acme.yaml", "/first/partners/acme.yaml");
    found_at("partners/nordwind.yaml", "/second/partners/nordwind.yaml");
    found_at("partners/zenith.yaml", "partners/zenith.yaml"); /* the working directory */
    found_at("maps/acme/850.yaml", "/second/maps/acme/850.yaml");
    found_at("partners/none.yaml", NULL);
    found_at("partners", NULL); /* a folder */
    assert_non_null(search_find_folder(&search, "partners"));
    assert_null(search_find_folder(&search, "partners/acme.yaml"));
    assert_non_null(strstr(search_folders_text(&search), "/first, "));
    assert_non_null(strstr(search_folders_text(&search), "/home/.config/crossdock, "));
    assert_non_null(strstr(search_folders_text(&search), " and "));
}

static void names_never_lead_out(void **state)
{
    static const char *const good[] = {"a", "acme/850", "x12-850.yaml", "tables/x12_uom.v2.tsv", "A/b/c"};
    static const char *const bad[] = {
        "",     "/",    "/etc/passwd", "..",    "../x",      "a/../b", "a/..", "a//b", "a/",   "./a", ".a",
        "a/.b", "a\nb", "a\x1b",       "a\x7f", "a\xc3\xbc", "a b",    "a;b",  "$(x)", "a\\b", "a:b", "*"};
    char longest[257];

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        if (!search_name_is_good(bytes_of(good[i])))
            fail_msg("\"%s\" is refused", good[i]);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (search_name_is_good(bytes_of(bad[i])))
            fail_msg("\"%s\" is taken", bad[i]);
        assert_null(search_find(&search, bad[i]));
    }
    assert_false(search_name_is_good((struct bytes){"a\0b", 3}));
    memset(longest, 'a', sizeof(longest));
    assert_true(search_name_is_good((struct bytes){longest, 255}));
    assert_false(search_name_is_good((struct bytes){longest, 256}));
}

struct seen {
    char text[512];
    unsigned left;
};

static bool see(void *whom, const char *path, const char *name)
{
    struct seen *seen = whom;
    size_t len = strlen(seen->text);

    assert_int_equal(access(path, R_OK), 0);
    snprintf(seen->text + len, sizeof(seen->text) - len, "%s ", name);
    return --seen->left > 0;
}

static void all_are_listed_once(void **state)
{
    struct seen seen = {.left = 100};

    (void)state;
    assert_int_equal(search_each(&search, "partners", ".yaml", see, &seen), 0);
    assert_string_equal(seen.text, "acme nordwind zenith ");
    seen = (struct seen){.left = 2};
    assert_int_equal(search_each(&search, "partners", ".yaml", see, &seen), 0);
    assert_string_equal(seen.text, "acme nordwind ");
    seen = (struct seen){.left = 100};
    assert_int_equal(search_each(&search, "nowhere", ".yaml", see, &seen), 0);
    assert_string_equal(seen.text, "");
}

static void nearest_is(const char *folder, const char *name, const char *want)
{
    const char *got = search_nearest(&search, folder, ".yaml", bytes_of(name));

    if (want == NULL ? got != NULL : got == NULL || strcmp(got, want) != 0)
        fail_msg("%s: %s", name, got != NULL ? got : "(none)");
}

static void the_nearest_name_is_told(void **state)
{
    (void)state;
    nearest_is("partners", "acem", "acme");
    nearest_is("partners", "nordwnd", "nordwind");
    nearest_is("partners", "ACME", NULL);
    nearest_is("partners", "walmart", NULL);
    nearest_is("maps", "acme/580", "acme/850");
    nearest_is("maps", "x12-851", "x12-850");
    nearest_is("maps", "x12_850", "x12-850");
    nearest_is("maps", "", NULL);
    nearest_is("nowhere", "acme", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_folder_wins, begin, end),
        cmocka_unit_test_setup_teardown(names_never_lead_out, begin, end),
        cmocka_unit_test_setup_teardown(all_are_listed_once, begin, end),
        cmocka_unit_test_setup_teardown(the_nearest_name_is_told, begin, end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
