#include "compile/model.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

bool model_is_id(struct bytes id)
{
    if (id.len == 0 || id.len > 8)
        return false;
    for (size_t i = 0; i < id.len; i++) {
        if (!(id.at[i] >= 'A' && id.at[i] <= 'Z') && !(id.at[i] >= '0' && id.at[i] <= '9'))
            return false;
    }
    return true;
}

size_t model_find(const void *things, size_t count, size_t size, size_t key_offset, struct bytes id)
{
    size_t low = 0, high = count;
    uint64_t rank;

    if (id.len == 0 || id.len > 8)
        return count;
    rank = image_rank(bytes_key(id.at, id.len));
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        uint64_t key;

        memcpy(&key, (const char *)things + middle * size + key_offset, sizeof(key));
        if (image_rank(key) < rank)
            low = middle + 1;
        else if (image_rank(key) > rank)
            high = middle;
        else
            return middle;
    }
    return count;
}

/* A release's folder is named by its six digits. */
static bool is_release(const char *name)
{
    return strlen(name) == 6 && strspn(name, "0123456789") == 6;
}

static int release_compare(const void *a, const void *b)
{
    return strcmp(((const struct model_release *)a)->name, ((const struct model_release *)b)->name);
}

static void releases_find(struct model *model, struct arena *arena, struct problems *problems,
                          const char *folder)
{
    struct dirent *entry;
    DIR *dir = opendir(folder);

    if (dir == NULL) {
        problem_add(problems, folder, 0, "%s", strerror(errno));
        return;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (!is_release(entry->d_name))
            continue;
        if (model->n_releases == IMAGE_RELEASES_MAX) {
            problem_add(problems, folder, 0, "more than %d releases", IMAGE_RELEASES_MAX);
            break;
        }
        model->releases[model->n_releases++].name = arena_format(arena, "%s", entry->d_name);
    }
    closedir(dir);
    if (model->n_releases == 0)
        problem_add(problems, folder, 0, "no release in it: a folder named by six digits, such as 004010");
    if (!arena->failed)
        qsort(model->releases, model->n_releases, sizeof(*model->releases), release_compare);
}

void model_read(struct model *model, struct arena *arena, struct problems *problems, const char *folder)
{
    *model = (struct model){0};
    releases_find(model, arena, problems, folder);
    if (arena->failed || problems->count > 0)
        return;
    model_read_codes(model, arena, problems, folder);
    for (unsigned r = 0; r < model->n_releases; r++) {
        struct model_release *release = &model->releases[r];
        const char *below = arena_format(arena, "%s/%s", folder, release->name);

        if (below == NULL)
            break;
        model_read_elements(model, release, arena, problems, below);
        model_read_units(release, arena, problems, below, true);
        model_read_units(release, arena, problems, below, false);
        model_read_sets(model, release, arena, problems, below);
    }
    if (arena->failed)
        problem_add(problems, folder, 0, "out of memory");
}
