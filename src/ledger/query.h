/*
 * query: questions in SQL that rooms above ask of the views of crossdock-ledger(5), and of nothing else.
 *
 * A question is named by the static array that holds its text, as statements are (ledger/sql.h).  One is
 * asked to its end before it is asked again; columns live until the next row.
 */
#ifndef CROSSDOCK_LEDGER_QUERY_H
#define CROSSDOCK_LEDGER_QUERY_H

#include "ledger/ledger.h"

struct query;

/* `values` are bound to ?1 on; {NULL, 0} is NULL.  They must stay until the last row was had.  NULL: told. */
struct query *query_ask(struct ledger *ledger, const char *text, const struct bytes *values, unsigned n);

/* True: there is a (further) row. */
bool query_row(struct ledger *ledger, struct query *query);
void query_end(struct query *query);

/* NULL is {NULL, 0} and 0. */
struct bytes query_text(struct query *query, unsigned column);
int64_t query_number(struct query *query, unsigned column);

#endif
