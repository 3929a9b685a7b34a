#include "conf/search.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/file.h"

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

static bool is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

bool search_name_is_good(struct bytes name)
{
    struct bytes part;

    if (name.len == 0 || name.len > 255)
        return false;
    while (bytes_split(&name, '/', &part)) {
        if (part.len == 0 || part.at[0] == '.')
            return false;
        for (size_t i = 0; i < part.len; i++)
            if (!is_plain(part.at[i]))
                return false;
    }
    return true;
}

/* The working directory needs no "./" in front of every message. */
static const char *path_in(struct search *search, unsigned folder, const char *name)
{
    if (strcmp(search->folders[folder], ".") == 0)
        return arena_copy(&search->arena, bytes_of(name)).at;
    return arena_format(&search->arena, "%s/%s", search->folders[folder], name);
}

/* Whether it is just not there, or not for us: a HOME of somebody else. */
static bool means_absent(int error)
{
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == EPERM || error == ELOOP ||
           error == ENAMETOOLONG;
}

static const char *find(struct search *search, const char *name, mode_t type)
{
    if (!search_name_is_good(bytes_of(name)))
        return NULL;
    for (unsigned i = 0; i < search->n; i++) {
        const char *path = path_in(search, i, name);
        struct stat status;

        if (path == NULL)
            continue;
        if (stat(path, &status) != 0 ? !means_absent(errno) : (status.st_mode & S_IFMT) == type)
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
        text = arena_format(&search->arena, "%s%s%s", text,
                            i == 0               ? ""
                            : i + 1 == search->n ? " and "
                                                 : ", ",
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

/* The part of a file's name before the suffix; {NULL, 0} when the file is none that we look for. */
static struct bytes bare_name(const char *file, const char *suffix)
{
    struct bytes name = bytes_of(file);
    size_t tail = strlen(suffix);

    if (name.len <= tail || strcmp(file + name.len - tail, suffix) != 0)
        return (struct bytes){NULL, 0};
    name.len -= tail;
    return search_name_is_good(name) ? name : (struct bytes){NULL, 0};
}

int search_each(struct search *search, const char *folder, const char *suffix,
                bool (*take)(void *whom, const char *path, const char *name), void *whom)
{
    int error = 0;
    bool go = true;

    for (unsigned i = 0; i < search->n && go; i++) {
        const char *path = path_in(search, i, folder);
        struct dirent **entries = NULL;
        int n = path != NULL ? scandir(path, &entries, NULL, alphasort) : -1;

        if (n < 0 && error == 0 && (path == NULL || !means_absent(errno)))
            error = path == NULL ? ENOMEM : errno;
        for (int e = 0; e < n; e++) {
            struct bytes bare = bare_name(entries[e]->d_name, suffix);

            if (go && bare.at != NULL && !seen_before(search, i, folder, entries[e]->d_name)) {
                const char *full = arena_format(&search->arena, "%s/%s", path, entries[e]->d_name);
                const char *name = arena_copy(&search->arena, bare).at;

                if (full != NULL && name != NULL)
                    go = take(whom, full, name);
            }
            free(entries[e]);
        }
        free(entries);
    }
    return error;
}

enum complaint search_complaint(int error)
{
    if (error == FILE_TOO_LARGE)
        return CONFIG_TOO_LARGE;
    return file_error_is_technical(error) ? TECHNICAL_CONFIG : CONFIG_UNREADABLE;
}

/* --- did you mean */

struct likeness {
    struct search *search;
    const char *suffix;
    struct bytes wanted;
    const char *best;
    unsigned distance;
};

static void compare(struct likeness *likeness, const char *prefix, struct bytes bare)
{
    const char *name = arena_format(&likeness->search->arena, "%s%.*s", prefix, BYTES_ARG(bare));
    unsigned distance;

    if (name == NULL)
        return;
    distance = bytes_distance(likeness->wanted, bytes_of(name), likeness->distance);
    if (distance < likeness->distance ||
        (distance == likeness->distance && likeness->best != NULL && strcmp(name, likeness->best) < 0)) {
        likeness->distance = distance;
        likeness->best = name;
    }
}

/* Files of a folder, and of the folders in it when `deeper`. */
static void compare_all(struct likeness *likeness, const char *path, const char *prefix, bool deeper)
{
    DIR *dir = opendir(path);
    struct dirent *entry;

    while (dir != NULL && (entry = readdir(dir)) != NULL) {
        struct bytes bare = bare_name(entry->d_name, likeness->suffix);

        if (bare.at != NULL)
            compare(likeness, prefix, bare);
        else if (deeper && search_name_is_good(bytes_of(entry->d_name))) {
            const char *below = arena_format(&likeness->search->arena, "%s/%s", path, entry->d_name);
            const char *start = arena_format(&likeness->search->arena, "%s/", entry->d_name);

            if (below != NULL && start != NULL)
                compare_all(likeness, below, start, false);
        }
    }
    if (dir != NULL)
        closedir(dir);
}

const char *search_nearest(struct search *search, const char *folder, const char *suffix, struct bytes name)
{
    /* A third of the letters may differ: "acme" is not what "x" was meant to be. */
    struct likeness likeness = {
        .search = search, .suffix = suffix, .wanted = name, .distance = (unsigned)(name.len / 3 + 2)};

    for (unsigned i = 0; i < search->n; i++) {
        const char *path = path_in(search, i, folder);

        if (path != NULL)
            compare_all(&likeness, path, "", true);
    }
    return likeness.best;
}
