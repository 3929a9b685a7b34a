/*
 * dead: what waits for somebody, looked at and put aside.
 */
#ifndef CROSSDOCK_LEDGER_DEAD_H
#define CROSSDOCK_LEDGER_DEAD_H

#include "canon/write.h"
#include "ledger/ledger.h"

/* A line for each open exception: its number, cause, id, kind, partner, number, consumer, since when, what is
 * wrong, with tabs between. */
void dead_list(struct ledger *ledger, struct canon_sink *out);

/* A line for each exception of a document, also those that are over: its number, cause, state, consumer,
 * opened, closed, what is wrong, the reason why it is over.  False: told. */
bool dead_show(struct ledger *ledger, struct bytes id, struct canon_sink *out);

/* The bytes that were refused, of a reject, as they came.  False: told. */
bool dead_export(struct ledger *ledger, const struct schema *schema, struct bytes id, struct canon_sink *out);

/* Puts a document aside that is held or was rejected, or (`consumer`) what that one refused; it is offered no
 * more.  False: there is nothing open (told), or the ledger failed. */
bool dead_dismiss(struct ledger *ledger, struct bytes id, const char *consumer, struct bytes reason);

#endif
