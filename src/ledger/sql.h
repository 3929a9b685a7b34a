/*
 * sql: statements of the ledger, prepared once each.  For this room alone: no other sees sqlite3.h.
 *
 * A statement is named by the static array that holds its text, which stands in the module it belongs to.
 * sql_begin gives it, fresh; the binding and asking functions take NULL (a ledger that failed) and do nothing
 * then.  A statement is over when sql_row returned false or sql_end was called; views of columns live until
 * then or the next sql_row.
 */
#ifndef CROSSDOCK_LEDGER_SQL_H
#define CROSSDOCK_LEDGER_SQL_H

#include <sqlite3.h>

#include "ledger/ledger.h"

enum { SQL_STATEMENTS = 256 }; /* slots, a power of two: twice the texts there are, at least */

struct ledger {
    sqlite3 *db;
    const char *path;
    struct report *report;
    int lock; /* descriptor of FILE-lock, -1: none */
    bool failed;
    bool writing;  /* within a transaction of ours */
    int wal_pages; /* after the last commit */
    struct {
        const char *text;
        sqlite3_stmt *statement;
    } slots[SQL_STATEMENTS];
};

sqlite3_stmt *sql_begin(struct ledger *ledger, const char *text);
void sql_end(sqlite3_stmt *statement);

/* {NULL, 0} is bound as NULL.  The bytes must stay until sql_end. */
void sql_text(sqlite3_stmt *statement, int place, struct bytes value);
void sql_bytes(sqlite3_stmt *statement, int place, struct bytes value); /* a BLOB */
void sql_number(sqlite3_stmt *statement, int place, int64_t value);
void sql_null(sqlite3_stmt *statement, int place);

/* True: there is a (further) row.  False: no more, or ledger_failed. */
bool sql_row(struct ledger *ledger, sqlite3_stmt *statement);

/* Runs it to its end and ends it. */
bool sql_run(struct ledger *ledger, sqlite3_stmt *statement);

/* The first column of the first row, or `otherwise` when there is none; ends it. */
int64_t sql_answer(struct ledger *ledger, sqlite3_stmt *statement, int64_t otherwise);

struct bytes sql_get_text(sqlite3_stmt *statement, int column);
struct bytes sql_get_bytes(sqlite3_stmt *statement, int column); /* as they are, of a BLOB */
int64_t sql_get_number(sqlite3_stmt *statement, int column);

int64_t sql_last_row(const struct ledger *ledger);
int64_t sql_changes(const struct ledger *ledger);

/* Statements without values, one after the other; for pragmas and migrations. */
bool sql_script(struct ledger *ledger, const char *text);

/* Tells what SQLite says is wrong, and makes the ledger failed.  Always false. */
bool sql_fail(struct ledger *ledger, const char *doing);

/* The time as "2026-11-24T12:31:07Z". */
struct bytes sql_now(char into[24]);

#endif
