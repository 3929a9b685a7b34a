#include "ledger/sweep.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/sql.h"

enum { ROUND = 256 /* files that share a transaction */, WHY = 512 };

/* A file that is in the archive, until that is noted and it can go. */
struct swept {
    struct store_item item;
    struct stat about;
    const char *name;
    int64_t file; /* its row */
};

struct sweep {
    struct ledger *ledger;
    struct store *store;
    const struct sweep_settings *settings;
    struct sweep_counts *counts;
    const char *folder;
    int fd; /* of the folder */
    unsigned n;
    struct swept swept[ROUND];
};

static char *path_of(const struct sweep *sweep, const char *name)
{
    char *path = NULL;
    bool slash = sweep->folder[0] != '\0' && sweep->folder[strlen(sweep->folder) - 1] == '/';

    return asprintf(&path, "%s%s%s", sweep->folder, slash ? "" : "/", name) < 0 ? NULL : path;
}

/* It stays.  `wrong` 0: that is no matter of the machine. */
static void tell(struct sweep *sweep, const char *name, const char *why, int error)
{
    char *path = path_of(sweep, name);

    if (error != 0)
        report_say(ledger_report(sweep->ledger), TECHNICAL_READ, path, "%s: %s", why, file_error(error));
    else
        report_say(ledger_report(sweep->ledger), LEDGER_NOT_SWEPT, path, "%s", why);
    sweep->counts->left++;
    free(path);
}

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), tail = strlen(end);

    return len > tail && strcmp(name + len - tail, end) == 0;
}

static bool is_whole_name(const char *name)
{
    return name[0] != '.' && !ends_with(name, ".part") && !ends_with(name, ".tmp") &&
           !ends_with(name, ".filepart");
}

/* The row of the file that was posted whole under this name; 0: it was not, as `why` says. */
static int64_t posted(struct sweep *sweep, const char *sha256, const char *name, char why[WHY])
{
    static const char by_name[] = "SELECT file_id, is_complete FROM file WHERE sha256 = ? AND name = ?";
    static const char by_content[] = "SELECT name FROM file WHERE sha256 = ? ORDER BY file_id LIMIT 1";
    sqlite3_stmt *statement = sql_begin(sweep->ledger, by_name);
    int64_t file = 0;

    sql_text(statement, 1, bytes_of(sha256));
    sql_text(statement, 2, bytes_of(name));
    if (sql_row(sweep->ledger, statement)) {
        file = sql_get_number(statement, 1) != 0 ? sql_get_number(statement, 0) : 0;
        (void)snprintf(why, WHY, "it is posted, but it breaks off in the midst");
        sql_end(statement);
        return file;
    }
    statement = sql_begin(sweep->ledger, by_content);
    sql_text(statement, 1, bytes_of(sha256));
    if (sql_row(sweep->ledger, statement))
        (void)snprintf(why, WHY, "its bytes were posted as %.200s, but not under this name",
                       sql_get_text(statement, 0).at);
    else
        (void)snprintf(why, WHY, "no batch of it was posted");
    sql_end(statement);
    return 0;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static bool is_young(const struct sweep *sweep, const struct stat *about)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return sweep->settings->grace > 0 && about->st_mtim.tv_sec > now.tv_sec - (time_t)sweep->settings->grace;
}

/* Into the archive, when it was posted whole.  False: the ledger failed. */
static bool look_at_file(struct sweep *sweep, int fd, const char *name)
{
    struct swept *swept = &sweep->swept[sweep->n];
    char why[WHY] = "";
    int error = store_name(sweep->store, fd, &swept->item);

    if (error != 0) {
        tell(sweep, name, "reading it", error);
        return true;
    }
    swept->file = posted(sweep, swept->item.sha256, name, why);
    if (ledger_failed(sweep->ledger))
        return false;
    if (swept->file == 0) {
        if (is_young(sweep, &swept->about))
            sweep->counts->young++;
        else
            tell(sweep, name, why, 0);
        return true;
    }
    error = store_add(sweep->store, fd, &swept->item);
    if (error == FILE_CHANGED) {
        tell(sweep, name, "it changed while it was archived", 0);
        return true;
    }
    if (error != 0)
        return archived_fail(sweep->ledger, name, error);
    swept->name = name;
    sweep->n++;
    return true;
}

static bool look_at(struct sweep *sweep, const char *name)
{
    struct stat *about = &sweep->swept[sweep->n].about;
    int fd;
    bool good = true;

    if (fstatat(sweep->fd, name, about, AT_SYMLINK_NOFOLLOW) != 0) {
        if (errno != ENOENT)
            tell(sweep, name, "looking at it", errno);
        return true;
    }
    if (S_ISDIR(about->st_mode))
        return true;
    if (!S_ISREG(about->st_mode)) {
        tell(sweep, name, "it is no regular file", 0);
        return true;
    }
    fd = openat(sweep->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, about) != 0)
        tell(sweep, name, "opening it", errno);
    else
        good = look_at_file(sweep, fd, name);
    if (fd >= 0)
        close(fd);
    return good;
}

/* Within the transaction. */
static bool note_all(struct sweep *sweep)
{
    for (unsigned i = 0; i < sweep->n; i++) {
        struct swept *swept = &sweep->swept[i];
        int fd = openat(sweep->fd, swept->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
        bool good = archived_note(sweep->ledger, sweep->store, &swept->item, bytes_of(swept->name),
                                  swept->file, fd);

        if (fd >= 0)
            close(fd);
        if (!good)
            return false;
    }
    return !ledger_failed(sweep->ledger);
}

/* What is noted as archived leaves the folder, unless it became another file meanwhile. */
static bool take_away(struct sweep *sweep)
{
    for (unsigned i = 0; i < sweep->n; i++) {
        const struct swept *swept = &sweep->swept[i];
        struct stat now;

        if (fstatat(sweep->fd, swept->name, &now, AT_SYMLINK_NOFOLLOW) != 0) {
            if (errno != ENOENT)
                tell(sweep, swept->name, "looking at it", errno);
        } else if (!same_file(&now, &swept->about)) {
            tell(sweep, swept->name, "another file took its place while it was archived", 0);
        } else if (unlinkat(sweep->fd, swept->name, 0) != 0 && errno != ENOENT) {
            tell(sweep, swept->name, "it is archived, and cannot be removed", errno);
        } else {
            sweep->counts->swept++;
        }
    }
    sweep->n = 0;
    return fsync(sweep->fd) == 0 || archived_fail(sweep->ledger, sweep->folder, errno);
}

static bool finish_round(struct sweep *sweep)
{
    if (sweep->n == 0)
        return true;
    if (!ledger_begin(sweep->ledger))
        return false;
    if (!note_all(sweep)) {
        ledger_rollback(sweep->ledger);
        return false;
    }
    return ledger_commit(sweep->ledger) && take_away(sweep);
}

static bool sweep_names(struct sweep *sweep, struct dirent **entries, int n)
{
    for (int i = 0; i < n; i++) {
        if (is_whole_name(entries[i]->d_name) && !look_at(sweep, entries[i]->d_name))
            return false;
        if (sweep->n == ROUND && !finish_round(sweep))
            return false;
    }
    return finish_round(sweep);
}

bool sweep_folder(struct ledger *ledger, struct store *store, const char *folder,
                  const struct sweep_settings *settings, struct sweep_counts *counts)
{
    struct sweep *sweep = calloc(1, sizeof(*sweep));
    struct dirent **entries = NULL;
    bool good = false;
    int n = -1, error = ENOMEM;

    if (sweep != NULL) {
        *sweep = (struct sweep){.ledger = ledger,
                                .store = store,
                                .settings = settings,
                                .counts = counts,
                                .folder = folder,
                                .fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
        error = errno;
        if (sweep->fd >= 0) {
            n = scandirat(sweep->fd, ".", &entries, NULL, alphasort);
            error = errno;
        }
        if (n >= 0)
            good = sweep_names(sweep, entries, n);
        for (int i = 0; i < n; i++)
            free(entries[i]);
        free(entries);
        if (sweep->fd >= 0)
            close(sweep->fd);
    }
    if (n < 0)
        report_say(ledger_report(ledger), TECHNICAL_READ, folder, "%s", file_error(error));
    free(sweep);
    return good;
}
