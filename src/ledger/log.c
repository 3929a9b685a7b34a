#include "ledger/log.h"

#include "ledger/lookup.h"
#include "ledger/sql.h"

int64_t log_print(struct ledger *ledger, int64_t after, struct canon_sink *out)
{
    static const char select[] =
        "SELECT ordinal, at, what, id, kind, number, file, consumer, text FROM events"
        " WHERE ordinal > ? ORDER BY ordinal";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_number(statement, 1, after);
    while (!out->failed && sql_row(ledger, statement)) {
        after = sql_get_number(statement, 0);
        lookup_put_row(out, statement, 9);
    }
    sql_end(statement);
    return after;
}

int64_t log_before_last(struct ledger *ledger, uint64_t n)
{
    static const char select[] = "SELECT ifnull(max(event_id), 0) FROM event";
    int64_t last = sql_answer(ledger, sql_begin(ledger, select), 0);

    return n < (uint64_t)last ? last - (int64_t)n : 0;
}
