#include "ledger/archived.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "canon/sink.h"
#include "ledger/event.h"
#include "ledger/lookup.h"
#include "ledger/sql.h"

bool archived_fail(struct ledger *ledger, const char *what, int error)
{
    report_say(ledger_report(ledger), error == FILE_DAMAGED ? LEDGER_ARCHIVE_DAMAGED : LEDGER_ARCHIVE_FAILED,
               ledger_path(ledger), "%s: %s", what, file_error(error));
    return false;
}

struct store *archived_open(struct ledger *ledger, bool make)
{
    char *folder = NULL;
    struct store *store = NULL;
    int error = ENOMEM;

    if (asprintf(&folder, "%s-archive", ledger_path(ledger)) >= 0) {
        store = store_open(folder, make, &error);
        if (store == NULL)
            archived_fail(ledger, folder, error);
        free(folder);
    }
    return store;
}

/* --- adding */

static bool is_kept(struct ledger *ledger, const char *sha256)
{
    static const char select[] = "SELECT count(*) FROM archived WHERE sha256 = ? AND state = 'kept'";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, bytes_of(sha256));
    return sql_answer(ledger, statement, 0) != 0;
}

bool archived_note(struct ledger *ledger, struct store *store, struct store_item *item, struct bytes name,
                   int64_t file, int fd)
{
    static const char put[] =
        "INSERT INTO archived(sha256, name, byte_count, packed_count, state, archived_at)"
        " VALUES(?1, ?2, ?3, ?4, 'kept', ?5) ON CONFLICT DO UPDATE SET packed_count = ?4, state = 'kept',"
        " archived_at = ?5, gone_at = NULL";
    sqlite3_stmt *statement;
    char now[24];
    int error;

    if (is_kept(ledger, item->sha256) || ledger_failed(ledger))
        return !ledger_failed(ledger);
    /* Nobody removes it now: that is done under the lock that we hold. */
    error = store_find(store, item);
    if (error == ENOENT && fd >= 0)
        error = store_add(store, fd, item);
    if (error != 0)
        return archived_fail(ledger, item->sha256, error);
    statement = sql_begin(ledger, put);
    sql_text(statement, 1, bytes_of(item->sha256));
    sql_text(statement, 2, name);
    sql_number(statement, 3, (int64_t)item->size);
    sql_number(statement, 4, (int64_t)item->packed);
    sql_text(statement, 5, sql_now(now));
    return sql_run(ledger, statement) &&
           event_add(ledger,
                     &(struct event){.what = "archived", .file = file, .text = bytes_of(item->sha256)});
}

static int64_t file_of(struct ledger *ledger, const char *sha256)
{
    static const char select[] = "SELECT min(file_id) FROM file WHERE sha256 = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, bytes_of(sha256));
    return sql_answer(ledger, statement, 0);
}

static bool note_one(struct ledger *ledger, struct store *store, struct store_item *item, struct bytes name,
                     int fd)
{
    if (!ledger_begin(ledger))
        return false;
    if (archived_note(ledger, store, item, name, file_of(ledger, item->sha256), fd) && !ledger_failed(ledger))
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return false;
}

bool archived_add(struct ledger *ledger, struct store *store, const char *path, struct canon_sink *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), error = fd < 0 ? errno : 0;
    const char *slash = strrchr(path, '/');
    struct bytes name = bytes_of(slash != NULL ? slash + 1 : path);
    struct store_item item;
    struct stat about;
    bool good = false;

    if (error == 0 && fstat(fd, &about) != 0)
        error = errno;
    else if (error == 0 && !S_ISREG(about.st_mode))
        error = S_ISDIR(about.st_mode) ? EISDIR : FILE_NOT_REGULAR;
    if (error == 0)
        error = store_name(store, fd, &item);
    if (error != 0)
        report_say(ledger_report(ledger), TECHNICAL_READ, path, "%s", file_error(error));
    else if ((error = store_add(store, fd, &item)) != 0)
        archived_fail(ledger, path, error);
    else
        good = note_one(ledger, store, &item, name, fd);
    if (good) {
        canon_sink_format(out, "%s\t", item.sha256);
        canon_sink_add(out, name);
        canon_sink_add(out, BYTES("\n"));
    }
    if (fd >= 0)
        close(fd);
    return good;
}

/* --- looking */

static bool not_there(struct ledger *ledger, struct bytes what, const char *detail)
{
    struct finding finding = {.complaint = LEDGER_NOT_ARCHIVED,
                              .place = {.file = ledger_path(ledger)},
                              .detail = detail,
                              .value = what};

    if (!ledger_failed(ledger))
        report_add(ledger_report(ledger), &finding);
    return false;
}

bool archived_list(struct ledger *ledger, struct bytes number, struct canon_sink *out)
{
#define COLUMNS "SELECT sha256, name, byte_count, packed_count, state, archived_at FROM archived"
    static const char all[] = COLUMNS " ORDER BY archived_at, name, sha256";
    static const char of_number[] =
        COLUMNS " WHERE sha256 IN (SELECT sha256 FROM archive_documents WHERE ordinal IN"
                " (SELECT document_id FROM document_key WHERE value = ?1"
                "  UNION SELECT document_id FROM document WHERE id = ?1)) ORDER BY archived_at, name, sha256";
#undef COLUMNS
    sqlite3_stmt *statement = sql_begin(ledger, number.at != NULL ? of_number : all);
    uint64_t n = 0;

    if (number.at != NULL)
        sql_text(statement, 1, number);
    for (; !out->failed && sql_row(ledger, statement); n++)
        lookup_put_row(out, statement, 6);
    sql_end(statement);
    return n > 0 || number.at == NULL ? !ledger_failed(ledger)
                                      : not_there(ledger, number, "no bytes are archived of it");
}

static bool take_item(struct ledger *ledger, sqlite3_stmt *statement, struct store_item *item, char name[256])
{
    unsigned n = 0;
    bool kept = false;

    for (; n < 2 && sql_row(ledger, statement); n++) {
        (void)snprintf(item->sha256, sizeof(item->sha256), "%.*s", BYTES_ARG(sql_get_text(statement, 0)));
        item->size = (uint64_t)sql_get_number(statement, 1);
        kept = bytes_are(sql_get_text(statement, 2), "kept");
        if (name != NULL)
            (void)snprintf(name, 256, "%.*s", BYTES_ARG(sql_get_text(statement, 3)));
    }
    sql_end(statement);
    return n == 1 && kept;
}

bool archived_find(struct ledger *ledger, struct bytes what, struct store_item *item, char name[256])
{
    static const char by_hash[] = "SELECT sha256, byte_count, state, name FROM archived"
                                  " WHERE sha256 >= ?1 AND sha256 < ?1 || 'g' ORDER BY sha256 LIMIT 2";
    static const char by_document[] =
        "SELECT a.sha256, a.byte_count, a.state, f.name FROM document d JOIN file f USING(file_id)"
        " JOIN archived a USING(sha256) WHERE d.id >= ?1 AND d.id < ?1 || 'g' LIMIT 2";
    sqlite3_stmt *statement;

    for (int round = 0; round < 2 && what.len > 0 && !ledger_failed(ledger); round++) {
        statement = sql_begin(ledger, round == 0 ? by_hash : by_document);
        sql_text(statement, 1, what);
        if (take_item(ledger, statement, item, name))
            return true;
    }
    return not_there(ledger, what, "its bytes are not kept, or it is not the only one that begins so");
}

static bool print(void *whom, struct bytes piece)
{
    struct canon_sink *out = whom;

    canon_sink_add(out, piece);
    return !out->failed;
}

bool archived_show(struct ledger *ledger, struct store *store, struct bytes what, struct canon_sink *out)
{
    struct store_item item;
    int error;

    if (!archived_find(ledger, what, &item, NULL))
        return false;
    error = store_read(store, &item, print, out);
    return error == 0 || archived_fail(ledger, item.sha256, error);
}

/* --- checking */

struct checking {
    struct ledger *ledger;
    uint64_t strangers;
};

static bool look_at(void *whom, const char *sha256)
{
    static const char select[] = "SELECT count(*) FROM archived WHERE sha256 = ? AND state <> 'gone'";
    struct checking *checking = whom;
    sqlite3_stmt *statement = sql_begin(checking->ledger, select);

    sql_text(statement, 1, bytes_of(sha256));
    if (sql_answer(checking->ledger, statement, 1) == 0)
        checking->strangers++;
    return !ledger_failed(checking->ledger);
}

bool archived_check(struct ledger *ledger, struct store *store, struct canon_sink *out)
{
    static const char next[] = "SELECT sha256, byte_count, name FROM archived"
                               " WHERE state = 'kept' AND sha256 > ? ORDER BY sha256 LIMIT 1";
    struct checking checking = {ledger, 0};
    struct store_item item = {.size = 0};
    uint64_t files = 0, bytes = 0, wrong = 0;
    int error = 0;

    for (;;) {
        sqlite3_stmt *statement = sql_begin(ledger, next);
        char last[STORE_HEX + 1];

        memcpy(last, item.sha256, sizeof(last));
        sql_text(statement, 1, bytes_of(last));
        if (!sql_row(ledger, statement))
            break;
        (void)snprintf(item.sha256, sizeof(item.sha256), "%.*s", BYTES_ARG(sql_get_text(statement, 0)));
        item.size = (uint64_t)sql_get_number(statement, 1);
        sql_end(statement);
        error = store_read(store, &item, NULL, NULL);
        if (error != 0)
            archived_fail(ledger, item.sha256, error == ENOENT ? FILE_DAMAGED : error);
        wrong += error != 0;
        files++;
        bytes += item.size;
    }
    error = store_each(store, look_at, &checking);
    if (error != 0)
        archived_fail(ledger, "looking through it", error);
    canon_sink_format(out,
                      "files\t%" PRIu64 "\nbytes\t%" PRIu64 "\nwrong\t%" PRIu64
                      "\nnot_noted\t%" PRIu64 "\n", files, bytes, wrong, checking.strangers);
    return wrong == 0 && error == 0 && !ledger_failed(ledger);
}
