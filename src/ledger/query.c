#include "ledger/query.h"

#include "ledger/sql.h"

/* A question is SQLite's statement, which rooms above do not see. */
static sqlite3_stmt *statement_of(struct query *query)
{
    return (sqlite3_stmt *)query;
}

struct query *query_ask(struct ledger *ledger, const char *text, const struct bytes *values, unsigned n)
{
    sqlite3_stmt *statement = sql_begin(ledger, text);

    for (unsigned i = 0; i < n; i++)
        sql_text(statement, (int)i + 1, values[i]);
    return (struct query *)statement;
}

bool query_row(struct ledger *ledger, struct query *query)
{
    return sql_row(ledger, statement_of(query));
}

void query_end(struct query *query)
{
    sql_end(statement_of(query));
}

struct bytes query_text(struct query *query, unsigned column)
{
    return sql_get_text(statement_of(query), (int)column);
}

int64_t query_number(struct query *query, unsigned column)
{
    return sql_get_number(statement_of(query), (int)column);
}
