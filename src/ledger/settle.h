/*
 * settle: receipts into the ledger, and documents set free again.
 */
#ifndef CROSSDOCK_LEDGER_SETTLE_H
#define CROSSDOCK_LEDGER_SETTLE_H

#include "ledger/ledger.h"

struct settle;

struct settle_counts {
    uint64_t written, refused, repeated; /* repeated: it was known already */
};

/* Receipts for this consumer.  `name` must outlive it.  NULL: told. */
struct settle *settle_open(struct ledger *ledger, const char *name);

/* A line of `input`.  What is wrong with it is told, and the others go on.  False: the run must stop. */
bool settle_line(struct settle *settle, const char *input, uint64_t number, struct bytes line);

/* Commits what waits.  False: told. */
bool settle_finish(struct settle *settle);
const struct settle_counts *settle_counts(const struct settle *settle);
void settle_close(struct settle *settle);

/* A document that is held or was dismissed, or that consumers refused, goes on: `consumer` NULL: for all of
 * them.  Its exceptions are over, for this reason.  False: it is neither (told), or the ledger failed. */
bool settle_release(struct ledger *ledger, struct bytes id, const char *consumer, struct bytes reason);

/* Within a write transaction: a document that was put aside is open; who had passed it by is offered it. */
bool settle_offer(struct ledger *ledger, int64_t document);

#endif
