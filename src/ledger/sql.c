#include "ledger/sql.h"

#include "base/file.h"

/* The file's own error says more than SQLITE_IOERR does. */
bool sql_fail(struct ledger *ledger, const char *doing)
{
    int system_error = ledger->db != NULL ? sqlite3_system_errno(ledger->db) : 0;
    int code = ledger->db != NULL ? sqlite3_errcode(ledger->db) & 0xFF : SQLITE_NOMEM;
    bool of_system = code == SQLITE_IOERR || code == SQLITE_CANTOPEN || code == SQLITE_FULL;

    if (!ledger->failed)
        report_say(ledger->report, LEDGER_FAILED, ledger->path, "%s: %s%s%s", doing,
                   ledger->db != NULL ? sqlite3_errmsg(ledger->db) : "out of memory",
                   of_system && system_error != 0 ? ": " : "",
                   of_system && system_error != 0 ? file_error(system_error) : "");
    ledger->failed = true;
    return false;
}

static unsigned slot_of(const struct ledger *ledger, const char *text)
{
    unsigned slot = (unsigned)(((uintptr_t)text >> 3) * 2654435761u) & (SQL_STATEMENTS - 1);

    while (ledger->slots[slot].text != NULL && ledger->slots[slot].text != text)
        slot = (slot + 1) & (SQL_STATEMENTS - 1);
    return slot;
}

sqlite3_stmt *sql_begin(struct ledger *ledger, const char *text)
{
    unsigned slot = slot_of(ledger, text);

    if (ledger->failed)
        return NULL;
    if (ledger->slots[slot].text == NULL) {
        if (sqlite3_prepare_v3(ledger->db, text, -1, SQLITE_PREPARE_PERSISTENT,
                               &ledger->slots[slot].statement, NULL) != SQLITE_OK) {
            sql_fail(ledger, "a statement");
            return NULL;
        }
        ledger->slots[slot].text = text;
    }
    sql_end(ledger->slots[slot].statement);
    return ledger->slots[slot].statement;
}

void sql_end(sqlite3_stmt *statement)
{
    if (statement != NULL) {
        sqlite3_reset(statement);
        sqlite3_clear_bindings(statement);
    }
}

/* Binding fails for want of memory or a place that is not there; the step then tells (misuse or NULL in a
 * column that takes none), and the tables' constraints hold. */
void sql_text(sqlite3_stmt *statement, int place, struct bytes value)
{
    if (statement != NULL)
        (void)sqlite3_bind_text64(statement, place, value.at, value.len, SQLITE_STATIC, SQLITE_UTF8);
}

void sql_bytes(sqlite3_stmt *statement, int place, struct bytes value)
{
    if (statement != NULL)
        (void)sqlite3_bind_blob64(statement, place, value.at, value.len, SQLITE_STATIC);
}

void sql_number(sqlite3_stmt *statement, int place, int64_t value)
{
    if (statement != NULL)
        (void)sqlite3_bind_int64(statement, place, value);
}

void sql_null(sqlite3_stmt *statement, int place)
{
    if (statement != NULL)
        (void)sqlite3_bind_null(statement, place);
}

bool sql_row(struct ledger *ledger, sqlite3_stmt *statement)
{
    int step;

    if (statement == NULL || ledger->failed)
        return false;
    step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        return true;
    if (step != SQLITE_DONE)
        sql_fail(ledger, ledger->writing ? "writing" : "reading");
    sql_end(statement);
    return false;
}

bool sql_run(struct ledger *ledger, sqlite3_stmt *statement)
{
    while (sql_row(ledger, statement))
        ;
    return !ledger->failed;
}

int64_t sql_answer(struct ledger *ledger, sqlite3_stmt *statement, int64_t otherwise)
{
    int64_t answer = otherwise;

    if (sql_row(ledger, statement))
        answer = sql_get_number(statement, 0);
    sql_end(statement);
    return answer;
}

struct bytes sql_get_text(sqlite3_stmt *statement, int column)
{
    const char *at = (const char *)sqlite3_column_text(statement, column);

    return (struct bytes){at, at != NULL ? (size_t)sqlite3_column_bytes(statement, column) : 0};
}

struct bytes sql_get_bytes(sqlite3_stmt *statement, int column)
{
    const char *at = sqlite3_column_blob(statement, column);

    return (struct bytes){at, at != NULL ? (size_t)sqlite3_column_bytes(statement, column) : 0};
}

int64_t sql_get_number(sqlite3_stmt *statement, int column)
{
    return sqlite3_column_int64(statement, column);
}

int64_t sql_last_row(const struct ledger *ledger)
{
    return sqlite3_last_insert_rowid(ledger->db);
}

int64_t sql_changes(const struct ledger *ledger)
{
    return sqlite3_changes64(ledger->db);
}

bool sql_script(struct ledger *ledger, const char *text)
{
    if (ledger->failed)
        return false;
    return sqlite3_exec(ledger->db, text, NULL, NULL, NULL) == SQLITE_OK ||
           sql_fail(ledger, ledger->writing ? "writing" : "opening it");
}

struct bytes sql_now(char into[24])
{
    struct timespec now;
    struct tm parts;

    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &parts);
    return (struct bytes){into, strftime(into, 24, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}
