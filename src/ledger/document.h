/*
 * document: a record in the ledger, found again by its id and by every business key it has.
 */
#ifndef CROSSDOCK_LEDGER_DOCUMENT_H
#define CROSSDOCK_LEDGER_DOCUMENT_H

#include "canon/record.h"
#include "ledger/duplicate.h"

enum document_outcome {
    DOCUMENT_NEW,
    DOCUMENT_HELD,      /* it is there, and nobody is offered it until it is released */
    DOCUMENT_DUPLICATE, /* it was there; what we answered then is offered again */
    DOCUMENT_REFUSED,   /* test data in a ledger for production: it is not there */
    DOCUMENT_ASIDE,     /* another answer to a file that was answered: it is there, and offered to nobody */
    DOCUMENT_KNOWN,     /* it came in this very file before: nothing was done */
    DOCUMENT_OUTCOMES
};

/* What holds while the records of one file are added. */
struct document_context {
    int64_t file; /* 0: none */
    int64_t run;  /* of the file: 1, more when it is translated anew (batch.h) */
    bool test_ledger;
    const struct partner_duplicates *policy; /* of the record's partner */
    struct arena *arena;
    struct place place; /* where the record stands, for what is told */
};

/* Adds it, within a write transaction, with its arrival, keys, exceptions and events.  What a person must
 * know is told.  On failure the ledger is failed. */
enum document_outcome document_add(struct ledger *ledger, const struct document_context *context,
                                   const struct canon_record *record, struct bytes line);

/* Whether a document that is there may have another record: numbers that it had not are held to the policy.
 * False: another document has them, and *met says which. */
bool document_may_become(struct ledger *ledger, const struct document_context *context,
                         const struct canon_record *record, int64_t document, struct duplicate_answer *met);

/* Gives it that record, within a write transaction; exceptions, deliveries and events are the caller's. */
void document_revise(struct ledger *ledger, const struct document_context *context,
                     const struct canon_record *record, int64_t document, struct bytes line);

/* Whether a record with this id came in this file. */
bool document_came_in(struct ledger *ledger, int64_t file, const char *id);

/* Whether it counts among what its file translated: not what we answer, nor what was rejected. */
bool document_is_counted(const struct canon_record *record);
bool document_is_reject(const struct canon_record *record);

/* Its row; 0: there is none. */
int64_t document_row(struct ledger *ledger, struct bytes id);

#endif
