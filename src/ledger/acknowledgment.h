/*
 * acknowledgment: what partners say of the interchanges we sent (997, 999, TA1), matched down to the set.
 *
 * A group is found by who sent it to whom, its code (GS01) and its number (GS06); a set by its number; an
 * interchange by its number (ISA13).  Where the identities are others, the partner's name does.  One that
 * answers nothing we sent is an orphan; a second answer to the same group a duplicate, which changes nothing.
 * A set that is rejected opens an exception of its document: its delivery is refused by the partner, until
 * it is released, which sends it anew under new numbers, or dismissed.
 */
#ifndef CROSSDOCK_LEDGER_ACKNOWLEDGMENT_H
#define CROSSDOCK_LEDGER_ACKNOWLEDGMENT_H

#include "canon/record.h"
#include "canon/write.h"
#include "ledger/ledger.h"

/* What a code of AK5, AK9 or TA1 means for whoever waits: "accepted", "errors", "partly", "rejected"; NULL:
 * there is no such code. */
const char *acknowledgment_verdict(struct bytes code);

/* A record of kind functional_ack that came in, and is in the ledger as `document`; within a write
 * transaction.  `again`: it came before.  What a person must know is told, at `place`. */
bool acknowledgment_take(struct ledger *ledger, const struct canon_record *record, int64_t document,
                         bool again, const struct place *place, struct arena *arena);

/* Whether a partner rejected the document as it stands in the file of this SHA-256. */
bool acknowledgment_rejects(struct ledger *ledger, int64_t document, struct bytes sha256);

/* What to list; any of them together.  0: what is owed and what is expected. */
enum {
    ACKNOWLEDGMENT_OVERDUE = 1,   /* theirs, that should be here */
    ACKNOWLEDGMENT_LATE = 2,      /* theirs, that came late */
    ACKNOWLEDGMENT_ORPHAN = 4,    /* theirs, of what we never sent */
    ACKNOWLEDGMENT_DUPLICATE = 8, /* theirs, a second one */
    ACKNOWLEDGMENT_REJECTED = 16, /* our documents that they rejected, or accepted with errors */
};

/* A line each: state, partner, what it is of, id, number, since when, until when, with tabs between. */
void acknowledgment_list(struct ledger *ledger, unsigned which, struct canon_sink *out);

#endif
