/*
 * exception: what a person must look at: a document held, refused by a consumer, or rejected on reading.
 */
#ifndef CROSSDOCK_LEDGER_EXCEPTION_H
#define CROSSDOCK_LEDGER_EXCEPTION_H

#include "ledger/ledger.h"

enum exception_cause { EXCEPTION_COLLISION, EXCEPTION_DUPLICATE, EXCEPTION_REJECT, EXCEPTION_REFUSAL };

/* How one ends: the document goes on, is put aside for good, or the matter is over by itself. */
enum exception_end { EXCEPTION_RELEASED, EXCEPTION_DISMISSED, EXCEPTION_SETTLED };

struct exception {
    int64_t document, consumer; /* consumer 0: none */
    enum exception_cause cause;
    struct bytes text;
    int64_t earlier; /* the document it met; 0: none */
};

/* All within a write transaction. */
bool exception_open(struct ledger *ledger, const struct exception *exception);

/* Ends the open ones of a document: those of one consumer, or with 0 those of all and of none.  How many. */
int64_t exception_end(struct ledger *ledger, int64_t document, int64_t consumer, enum exception_end end,
                      struct bytes reason);

#endif
