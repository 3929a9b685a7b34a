/*
 * replay: a fuzz target without a fuzzer: gives it its seeds, whole and cut off, and says so as TAP.
 *
 *   t/fuzz/NAME [FILE]...      the files, as they are; without any, the target's seeds
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "fuzz.h"

enum { SEED_MOST = 1 << 20, CUTS = 24 };

static unsigned count;

/* Exactly as large as the text, so that a sanitizer sees what is read behind it. */
static void give(struct bytes text)
{
    uint8_t *copy = malloc(text.len > 0 ? text.len : 1);

    if (copy == NULL)
        fuzz_fail("no memory");
    if (text.len > 0)
        memcpy(copy, text.at, text.len);
    (void)LLVMFuzzerTestOneInput(copy, text.len);
    free(copy);
}

static void replay(const char *path, unsigned cuts)
{
    struct arena arena;
    struct bytes text;

    arena_init(&arena, 4096, SEED_MOST + 4096);
    if (file_read_whole(path, SEED_MOST, &arena, &text, NULL) != 0)
        fuzz_fail("cannot read %s", path);
    /* A crash ends the program here: whoever reads the log sees the name. */
    printf("# %s\n", path);
    fflush(stdout);
    give(text);
    for (unsigned i = 0; i < cuts; i++)
        give((struct bytes){text.at, text.len * i / cuts});
    printf("ok %u - %s\n", ++count, strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
    arena_release(&arena);
}

static int is_seed(const struct dirent *entry)
{
    const char *suffix = strrchr(entry->d_name, '.');

    if (entry->d_name[0] == '.' || entry->d_type == DT_DIR || strcmp(entry->d_name, "README") == 0)
        return 0;
    return suffix == NULL || strcmp(suffix, ".mk") != 0;
}

static void replay_folder(const char *folder)
{
    const char *sources = getenv("CROSSDOCK_SOURCE");
    char path[4096];
    struct dirent **entries;
    int n;

    snprintf(path, sizeof(path), "%s/%s", sources != NULL ? sources : ".", folder);
    n = scandir(path, &entries, is_seed, alphasort);
    if (n < 0)
        fuzz_fail("cannot read the folder %s", path);
    for (int i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "%s/%s/%s", sources != NULL ? sources : ".", folder, entries[i]->d_name);
        replay(path, CUTS);
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        replay(argv[i], 0);
    for (unsigned i = 0; argc < 2 && fuzz_seeds[i] != NULL; i++)
        replay_folder(fuzz_seeds[i]);
    printf("1..%u\n", count);
    return count > 0 ? 0 : 1;
}
