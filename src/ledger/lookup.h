/*
 * lookup: documents found again, as text for a person or a pipe.
 */
#ifndef CROSSDOCK_LEDGER_LOOKUP_H
#define CROSSDOCK_LEDGER_LOOKUP_H

#include "canon/write.h"
#include "ledger/ledger.h"

/* The document with this id, or with an id that begins so when there is but one.  0: none or several, which
 * is told, or the ledger failed.  Ids are 32 hexadecimal digits. */
int64_t lookup_document(struct ledger *ledger, struct bytes id);

/* Its record, a line. */
bool lookup_show(struct ledger *ledger, struct bytes id, struct canon_sink *out);

/* A line for each document that has this business number, or this id: id, kind, partner, direction, state,
 * number, interchange, file, time, with tabs between.  How many; none is told. */
uint64_t lookup_find(struct ledger *ledger, struct bytes key, struct canon_sink *out);

/* The first `columns` columns of the row, with tabs between and a line end behind: text of foreign origin
 * keeps its place (control characters become blanks). */
struct sqlite3_stmt;
void lookup_put_row(struct canon_sink *out, struct sqlite3_stmt *row, int columns);

#endif
