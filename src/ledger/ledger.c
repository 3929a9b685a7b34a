#include "ledger/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/migration.h"
#include "ledger/sql.h"

enum {
    BUSY_MILLISECONDS = 30000,
    CACHE_KIB = 65536,
    CHECKPOINT_PAGES = 16384, /* of WAL, 64 MiB: copied back under the lock after a commit that reaches it */
    PATH_CEILING = 4096,
};

/* The path or the file is of no use: whoever called must see to it. */
static bool cannot_open(struct ledger *ledger, const char *why)
{
    report_say(ledger->report, LEDGER_UNUSABLE, ledger->path, "%s", why);
    ledger->failed = true;
    return false;
}

/* The machine refused. */
static bool cannot_now(struct ledger *ledger, const char *doing, int error)
{
    report_say(ledger->report, LEDGER_FAILED, ledger->path, "%s: %s", doing, file_error(error));
    ledger->failed = true;
    return false;
}

/* Locks of file systems that live elsewhere hold nothing, and SQLite's shared memory is not shared there. */
static bool is_far(int fd)
{
    static const uint32_t far[] = {
        0x6969 /* NFS */,     0x517B /* SMB */,    0xFF534D42 /* CIFS */, 0xFE534D42 /* SMB2 */,
        0x5346414F /* AFS */, 0x01021997 /* 9P */, 0x00C36400 /* Ceph */,
    };
    struct statfs about;

    if (fstatfs(fd, &about) != 0)
        return false;
    for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
        if ((uint32_t)about.f_type == far[i])
            return true;
    return false;
}

/* The file itself: regular, ours to make, for its owner alone. */
static bool look_at_file(struct ledger *ledger, enum ledger_mode mode)
{
    int fd = open(ledger->path,
                  O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY |
                      (mode == LEDGER_CREATE ? O_CREAT : 0),
                  0600);
    struct stat about;
    bool good = false;

    if (fd < 0 && errno == ENOENT)
        return cannot_open(ledger, mode == LEDGER_CREATE ? "its folder is missing"
                                                         : "there is none; canon-ledger create makes one");
    if (fd < 0 && (errno == ELOOP || errno == EISDIR || errno == ENOTDIR))
        return cannot_open(ledger, errno == ELOOP ? "a symbolic link" : file_error(errno));
    if (fd < 0)
        return cannot_now(ledger, "opening it", errno);
    if (fstat(fd, &about) != 0)
        cannot_now(ledger, "looking at it", errno);
    else if (!S_ISREG(about.st_mode))
        cannot_open(ledger, "not a regular file");
    else if (is_far(fd))
        cannot_open(ledger, "on a network file system, where locks do not hold");
    else
        good = true;
    /* SQLite has not opened it yet: closing lets go of nobody's lock. */
    close(fd);
    return good;
}

static bool open_lock(struct ledger *ledger)
{
    char path[PATH_CEILING];
    int len = snprintf(path, sizeof(path), "%s-lock", ledger->path);

    if (len < 0 || (size_t)len >= sizeof(path))
        return cannot_open(ledger, file_error(ENAMETOOLONG));
    ledger->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return ledger->lock >= 0 || cannot_now(ledger, "opening its lock", errno);
}

static bool lock(struct ledger *ledger)
{
    while (flock(ledger->lock, LOCK_EX) != 0) {
        if (errno != EINTR)
            return cannot_now(ledger, "taking its lock", errno);
    }
    return true;
}

static void unlock(struct ledger *ledger)
{
    (void)flock(ledger->lock, LOCK_UN);
}

static int count_pages(void *whom, sqlite3 *db, const char *name, int pages)
{
    struct ledger *ledger = whom;

    (void)db;
    (void)name;
    ledger->wal_pages = pages;
    return SQLITE_OK;
}

static int64_t pragma(struct ledger *ledger, const char *text)
{
    sqlite3_stmt *statement = NULL;
    int64_t answer = -1;

    if (ledger->failed)
        return -1;
    if (sqlite3_prepare_v2(ledger->db, text, -1, &statement, NULL) != SQLITE_OK)
        sql_fail(ledger, "opening it");
    else if (sqlite3_step(statement) == SQLITE_ROW)
        answer = sqlite3_column_int64(statement, 0);
    else
        sql_fail(ledger, "opening it");
    sqlite3_finalize(statement);
    return answer;
}

static const char for_all[] =
    "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
    "PRAGMA mmap_size=0;";
static const char for_writing[] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                                  "PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON;";

/* Which version the file has: 0 when there is nothing in it yet. */
static bool look_inside(struct ledger *ledger, int64_t *version)
{
    int64_t application = pragma(ledger, "PRAGMA application_id");

    *version = pragma(ledger, "PRAGMA user_version");
    if (ledger->failed)
        return false;
    if (application != LEDGER_APPLICATION) {
        int64_t tables = pragma(ledger, "SELECT count(*) FROM sqlite_schema");

        if (ledger->failed)
            return false;
        if (application != 0 || *version != 0 || tables != 0)
            return cannot_open(ledger, "a database, but no ledger");
    }
    if (*version > migration_newest())
        return cannot_open(ledger, "made by a newer version of crossdock");
    return true;
}

static bool open_connection(struct ledger *ledger)
{
    char cache[48];

    /* A connection is one thread's, so that nobody must wait for a lock a million times. */
    if (sqlite3_open_v2(ledger->path, &ledger->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL) !=
        SQLITE_OK)
        return sql_fail(ledger, "opening it");
    sqlite3_extended_result_codes(ledger->db, 1);
    sqlite3_busy_timeout(ledger->db, BUSY_MILLISECONDS);
    sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    sqlite3_db_config(ledger->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_limit(ledger->db, SQLITE_LIMIT_ATTACHED, 0);
    (void)snprintf(cache, sizeof(cache), "PRAGMA cache_size=-%d", CACHE_KIB);
    return sql_script(ledger, for_all) && sql_script(ledger, cache);
}

static bool open_database(struct ledger *ledger, enum ledger_mode mode)
{
    int64_t version = 0;

    if (!open_connection(ledger))
        return false;
    if (mode == LEDGER_READ) {
        if (!look_inside(ledger, &version))
            return false;
        if (version < migration_newest())
            return cannot_open(
                ledger, version == 0 ? "nothing is in it yet: canon-ledger migrate completes it"
                                     : "of an older version: canon-ledger migrate brings it up to date");
        return sql_script(ledger, "PRAGMA query_only=ON");
    }
    /* The first to open it makes its WAL, which is writing too. */
    if (!lock(ledger))
        return false;
    if (look_inside(ledger, &version)) {
        /* What a killed "create" left behind has no version yet. */
        if (mode == LEDGER_CREATE && version > 0)
            cannot_open(ledger, "it is there already");
        else
            (void)sql_script(ledger, for_writing);
    }
    unlock(ledger);
    /* After the pragmas: that of autocheckpoint takes the hook away. */
    sqlite3_wal_hook(ledger->db, count_pages, ledger);
    return !ledger->failed && migration_run(ledger);
}

struct ledger *ledger_open(const char *path, enum ledger_mode mode, struct report *report)
{
    struct ledger *ledger = calloc(1, sizeof(*ledger));

    if (ledger == NULL) {
        report_say(report, TECHNICAL_MEMORY, path, "no memory to open it");
        return NULL;
    }
    ledger->path = path;
    ledger->report = report;
    ledger->lock = -1;
    if (look_at_file(ledger, mode) && open_lock(ledger) && open_database(ledger, mode))
        return ledger;
    ledger_close(ledger);
    return NULL;
}

void ledger_close(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    if (ledger->writing)
        ledger_rollback(ledger);
    for (unsigned i = 0; i < SQL_STATEMENTS; i++)
        sqlite3_finalize(ledger->slots[i].statement);
    /* With NO_CKPT_ON_CLOSE the last to close leaves the WAL as it is, and writes nothing. */
    sqlite3_close(ledger->db);
    if (ledger->lock >= 0)
        close(ledger->lock);
    free(ledger);
}

bool ledger_begin(struct ledger *ledger)
{
    if (ledger->failed || !lock(ledger))
        return false;
    ledger->writing = sql_script(ledger, "BEGIN IMMEDIATE");
    if (!ledger->writing)
        unlock(ledger);
    return ledger->writing;
}

bool ledger_commit(struct ledger *ledger)
{
    bool good = sql_script(ledger, "COMMIT");

    if (!good) {
        ledger_rollback(ledger);
        return false;
    }
    ledger->writing = false;
    if (ledger->wal_pages >= CHECKPOINT_PAGES) {
        /* What readers still look at stays in the WAL; so does all of it when this fails: nothing is lost. */
        (void)sqlite3_wal_checkpoint_v2(ledger->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
        ledger->wal_pages = 0;
    }
    unlock(ledger);
    return true;
}

void ledger_rollback(struct ledger *ledger)
{
    if (!ledger->writing)
        return;
    /* Some errors have rolled back already; then this one says so, which is no news. */
    (void)sqlite3_exec(ledger->db, "ROLLBACK", NULL, NULL, NULL);
    ledger->writing = false;
    unlock(ledger);
}

bool ledger_mark(struct ledger *ledger)
{
    return sql_script(ledger, "SAVEPOINT mark");
}

bool ledger_settle(struct ledger *ledger, bool keep)
{
    return sql_script(ledger, keep ? "RELEASE mark" : "ROLLBACK TO mark; RELEASE mark");
}

bool ledger_failed(const struct ledger *ledger)
{
    return ledger->failed;
}

struct report *ledger_report(const struct ledger *ledger)
{
    return ledger->report;
}

const char *ledger_path(const struct ledger *ledger)
{
    return ledger->path;
}

bool ledger_is_test(struct ledger *ledger)
{
    static const char text[] = "SELECT count(*) FROM setting WHERE name = 'usage' AND value = 'test'";

    return sql_answer(ledger, sql_begin(ledger, text), 0) > 0;
}

bool ledger_make_test(struct ledger *ledger)
{
    static const char used[] = "SELECT EXISTS(SELECT 1 FROM file) OR EXISTS(SELECT 1 FROM document)";
    static const char say[] = "INSERT OR REPLACE INTO setting(name, value) VALUES('usage', 'test')";

    if (ledger_is_test(ledger))
        return true;
    if (!ledger_begin(ledger))
        return false;
    if (sql_answer(ledger, sql_begin(ledger, used), 1) != 0) {
        ledger_rollback(ledger);
        return !ledger->failed &&
               cannot_open(ledger, "production data is in it: it cannot become one for tests");
    }
    if (sql_run(ledger, sql_begin(ledger, say)))
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return false;
}

int ledger_version(struct ledger *ledger)
{
    static const char text[] = "SELECT user_version FROM pragma_user_version";

    return (int)sql_answer(ledger, sql_begin(ledger, text), 0);
}

/* The library that runs, which need not be the one this was compiled with. */
const char *ledger_library(void)
{
    static const char *const known[] = {"SQLite " SQLITE_VERSION};

    return strcmp(sqlite3_libversion(), SQLITE_VERSION) == 0 ? known[0] : sqlite3_libversion();
}
