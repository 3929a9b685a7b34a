/*
 * duplicate: whether a document under an id that is new uses numbers that were used.
 *
 * Three things are kept apart.  The same document again (the same id) is a retransmission, and no matter of
 * this module.  New content under control numbers that were used is a collision.  New content under the
 * business numbers of another document is a duplicate document.  The partner's policy says what becomes of
 * the last two (crossdock-partner(5), duplicates).
 */
#ifndef CROSSDOCK_LEDGER_DUPLICATE_H
#define CROSSDOCK_LEDGER_DUPLICATE_H

#include "canon/record.h"
#include "ledger/exception.h"
#include "partner/partner.h"

/* A document that is about to be added. */
struct duplicate_question {
    const struct canon_record *record;
    struct bytes identity; /* as document.h makes it; at NULL: nothing tells it apart */
    int64_t file;          /* 0: of no file */
    int64_t interchange;   /* of this file, 0: none */
    const struct partner_duplicates *policy;
};

struct duplicate_answer {
    bool met;
    enum duplicate_policy policy;
    enum exception_cause cause;
    int64_t earlier; /* the document it met; 0: one that the ledger has not, its file alone */
    char text[400];  /* what it met: number, file, when */
};

void duplicate_ask(struct ledger *ledger, const struct duplicate_question *question,
                   struct duplicate_answer *answer);

#endif
