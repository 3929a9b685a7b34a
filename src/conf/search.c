#include "conf/search.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#ifndef CROSSDOCK_SYSCONFDIR
#define CROSSDOCK_SYSCONFDIR "/etc/crossdock"
#endif
#ifndef CROSSDOCK_PKGDATADIR
#define CROSSDOCK_PKGDATADIR "/usr/share/crossdock"
#endif

static void add_folder(struct search *search, struct bytes folder)
{
    const char *copy;

    if (folder.len == 0 || search->n == SEARCH_MAX)
        return;
    copy = arena_copy(&search->arena, folder).at;
    if (copy != NULL)
        search->folders[search->n++] = copy;
}

bool search_init(struct search *search, const char *first)
{
    struct bytes path, part;
    const char *home = getenv("HOME");
    const char *from_environment = getenv("CROSSDOCK_PATH");

    *search = (struct search){0};
    arena_init(&search->arena, 4096, 16 * 1024 * 1024);
    if (first != NULL)
        add_folder(search, bytes_of(first));
    path = bytes_of(from_environment);
    while (bytes_split(&path, ':', &part))
        add_folder(search, part);
    add_folder(search, BYTES("."));
    if (home != NULL && home[0] == '/')
        add_folder(search, bytes_of(arena_format(&search->arena, "%s/.config/crossdock", home)));
    add_folder(search, BYTES(CROSSDOCK_SYSCONFDIR));
    add_folder(search, BYTES(CROSSDOCK_PKGDATADIR));
    return !search->arena.failed;
}

void search_release(struct search *search)
{
    arena_release(&search->arena);
}

bool search_name_is_good(struct bytes name)
{
    struct bytes part;

    if (name.len == 0 || name.len > 255)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if ((unsigned char)name.at[i] < 0x20 || name.at[i] == 0x7f)
            return false;
    while (bytes_split(&name, '/', &part))
        if (part.len == 0 || part.at[0] == '.')
            return false;
    return true;
}

static const char *find(struct search *search, const char *name, mode_t type)
{
    if (!search_name_is_good(bytes_of(name)))
        return NULL;
    for (unsigned i = 0; i < search->n; i++) {
        const char *folder = search->folders[i];
        const char *path = strcmp(folder, ".") == 0 ? arena_copy(&search->arena, bytes_of(name)).at
                                                    : arena_format(&search->arena, "%s/%s", folder, name);
        struct stat status;

        if (path != NULL && stat(path, &status) == 0 && (status.st_mode & S_IFMT) == type)
            return path;
    }
    return NULL;
}

const char *search_find(struct search *search, const char *name)
{
    return find(search, name, S_IFREG);
}

const char *search_find_folder(struct search *search, const char *name)
{
    return find(search, name, S_IFDIR);
}

const char *search_folders_text(struct search *search)
{
    const char *text = "";

    for (unsigned i = 0; i < search->n && text != NULL; i++)
        text = arena_format(&search->arena, "%s%s%s", text, i == 0 ? "" : i + 1 == search->n ? " and " : ", ",
                            search->folders[i]);
    return text != NULL ? text : "";
}

static bool seen_before(struct search *search, unsigned before, const char *folder, const char *file)
{
    for (unsigned i = 0; i < before; i++) {
        const char *path = arena_format(&search->arena, "%s/%s/%s", search->folders[i], folder, file);
        struct stat status;

        if (path != NULL && stat(path, &status) == 0)
            return true;
    }
    return false;
}

void search_each(struct search *search, const char *folder, const char *suffix,
                 bool (*take)(void *whom, const char *path, const char *name), void *whom)
{
    bool go = true;

    for (unsigned i = 0; i < search->n && go; i++) {
        const char *path = strcmp(search->folders[i], ".") == 0
                               ? arena_copy(&search->arena, bytes_of(folder)).at
                               : arena_format(&search->arena, "%s/%s", search->folders[i], folder);
        struct dirent **entries = NULL;
        int n = path != NULL ? scandir(path, &entries, NULL, alphasort) : -1;

        for (int e = 0; e < n; e++) {
            const char *file = entries[e]->d_name;
            size_t len = strlen(file), tail = strlen(suffix);

            if (go && file[0] != '.' && len > tail && strcmp(file + len - tail, suffix) == 0 &&
                !seen_before(search, i, folder, file)) {
                const char *full = arena_format(&search->arena, "%s/%s", path, file);
                const char *name = arena_copy(&search->arena, (struct bytes){file, len - tail}).at;

                if (full != NULL && name != NULL)
                    go = take(whom, full, name);
            }
            free(entries[e]);
        }
        free(entries);
    }
}
