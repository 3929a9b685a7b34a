#include "ledger/exception.h"

#include "ledger/sql.h"

bool exception_open(struct ledger *ledger, const struct exception *exception)
{
    static const char insert[] = "INSERT INTO exception(document_id, cause, consumer_id, text, earlier_id,"
                                 " opened_at) VALUES(?, ?, nullif(?, 0), ?, nullif(?, 0), ?)";
    static const char *const causes[] = {[EXCEPTION_COLLISION] = "collision",
                                         [EXCEPTION_DUPLICATE] = "duplicate",
                                         [EXCEPTION_REJECT] = "reject",
                                         [EXCEPTION_REFUSAL] = "refusal"};
    sqlite3_stmt *statement = sql_begin(ledger, insert);
    char now[24];

    sql_number(statement, 1, exception->document);
    sql_text(statement, 2, bytes_of(causes[exception->cause]));
    sql_number(statement, 3, exception->consumer);
    sql_text(statement, 4, exception->text.at != NULL ? exception->text : BYTES(""));
    sql_number(statement, 5, exception->earlier);
    sql_text(statement, 6, sql_now(now));
    return sql_run(ledger, statement);
}

int64_t exception_end(struct ledger *ledger, int64_t document, int64_t consumer, enum exception_end end,
                      struct bytes reason)
{
    static const char update[] =
        "UPDATE exception SET state = ?1, closed_at = ?2, reason = ?3"
        " WHERE document_id = ?4 AND (?5 = 0 OR consumer_id = ?5) AND state = 'open'";
    static const char *const ends[] = {[EXCEPTION_RELEASED] = "released",
                                       [EXCEPTION_DISMISSED] = "dismissed",
                                       [EXCEPTION_SETTLED] = "settled"};
    sqlite3_stmt *statement = sql_begin(ledger, update);
    char now[24];

    sql_text(statement, 1, bytes_of(ends[end]));
    sql_text(statement, 2, sql_now(now));
    sql_text(statement, 3, reason);
    sql_number(statement, 4, document);
    sql_number(statement, 5, consumer);
    return sql_run(ledger, statement) ? sql_changes(ledger) : 0;
}
