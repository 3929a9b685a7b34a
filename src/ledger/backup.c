#include "ledger/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/sql.h"

enum { PATH_CEILING = 4096, PAGES_A_STEP = 4096 };

static bool failed(struct ledger *ledger, const char *path, int error)
{
    report_say(ledger_report(ledger), TECHNICAL_WRITE, path, "%s", file_error(error));
    return false;
}

/* A read transaction of ours keeps the state: others go on writing, and the copy is not begun anew. */
static bool copy_pages(struct ledger *ledger, sqlite3 *to, const char *path)
{
    sqlite3_backup *backup = sqlite3_backup_init(to, "main", ledger->db, "main");
    int step = SQLITE_OK, code;

    while (backup != NULL && (step == SQLITE_OK || step == SQLITE_BUSY || step == SQLITE_LOCKED))
        step = sqlite3_backup_step(backup, PAGES_A_STEP);
    code = backup != NULL ? sqlite3_backup_finish(backup) : sqlite3_errcode(to);
    if (code == SQLITE_OK && step == SQLITE_DONE)
        return true;
    report_say(ledger_report(ledger), TECHNICAL_WRITE, path, "%s", sqlite3_errmsg(to));
    return false;
}

static bool copy(struct ledger *ledger, const char *path)
{
    sqlite3 *to = NULL;
    bool good = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) == SQLITE_OK;

    if (!good)
        report_say(ledger_report(ledger), TECHNICAL_WRITE, path, "%s",
                   to != NULL ? sqlite3_errmsg(to) : "no memory");
    good = good && sql_script(ledger, "BEGIN");
    if (good) {
        /* The read transaction begins with the first look. */
        (void)ledger_version(ledger);
        good = copy_pages(ledger, to, path);
        good = sql_script(ledger, "COMMIT") && good;
    }
    return sqlite3_close(to) == SQLITE_OK && good;
}

/* Flushes a file or a folder. */
static int flush(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW);
    int error = fd < 0 || fsync(fd) != 0 ? errno : 0;

    if (fd >= 0 && close(fd) != 0 && error == 0)
        error = errno;
    return error;
}

static int flush_folder_of(const char *path)
{
    char folder[PATH_CEILING];
    const char *slash = strrchr(path, '/');
    size_t len = slash != NULL ? (size_t)(slash - path) + 1 : 0;

    if (len == 0)
        return flush(".", O_RDONLY | O_DIRECTORY);
    memcpy(folder, path, len);
    folder[len] = '\0';
    return flush(folder, O_RDONLY | O_DIRECTORY);
}

bool backup_make(struct ledger *ledger, const char *to)
{
    char part[PATH_CEILING];
    int len = snprintf(part, sizeof(part), "%s.part", to), fd, error;

    if (len < 0 || (size_t)len >= sizeof(part))
        return failed(ledger, to, ENAMETOOLONG);
    if (access(to, F_OK) == 0)
        return failed(ledger, to, EEXIST);
    /* What a killed backup left behind is begun anew. */
    if (unlink(part) != 0 && errno != ENOENT)
        return failed(ledger, part, errno);
    fd = open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return failed(ledger, part, errno);
    close(fd);
    if (!copy(ledger, part)) {
        (void)unlink(part);
        return false;
    }
    error = flush(part, O_WRONLY);
    /* link, unlike rename, takes no name that somebody else made meanwhile. */
    if (error == 0 && (link(part, to) != 0 || unlink(part) != 0))
        error = errno;
    if (error == 0)
        error = flush_folder_of(to);
    return error == 0 || failed(ledger, to, error);
}
