#include "ledger/event.h"

#include "ledger/sql.h"

bool event_add(struct ledger *ledger, const struct event *event)
{
    static const char insert[] = "INSERT INTO event(at, what, document_id, file_id, consumer_id, text)"
                                 " VALUES(?, ?, nullif(?, 0), nullif(?, 0), nullif(?, 0),"
                                 " ? || ifnull(?, ''))";
    sqlite3_stmt *statement = sql_begin(ledger, insert);
    char now[24];

    sql_text(statement, 1, sql_now(now));
    sql_text(statement, 2, bytes_of(event->what));
    sql_number(statement, 3, event->document);
    sql_number(statement, 4, event->file);
    sql_number(statement, 5, event->consumer);
    sql_text(statement, 6, event->text);
    sql_text(statement, 7, event->more);
    return sql_run(ledger, statement);
}
