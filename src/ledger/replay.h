/*
 * replay: documents that were translated again take the place of those in the ledger.
 *
 * The id of a document is made of its bytes, so most keep theirs: the ledger keeps the record that they had
 * as a revision.  One that has another id now (a reject that is an order, an order of another partner) is
 * added, and the one that stood at its place in the file is put aside; each names the other.  What a consumer
 * has had it keeps, unless the new one is to be offered; who refused it is offered it.  Nothing is
 * acknowledged again unless that is asked for, and numbers that another document has are a duplicate, as
 * on posting.
 *
 * post.h reads the lines and holds the transaction; what is to be printed waits until it is over.
 */
#ifndef CROSSDOCK_LEDGER_REPLAY_H
#define CROSSDOCK_LEDGER_REPLAY_H

#include "canon/write.h"
#include "ledger/document.h"

struct replay_settings {
    bool look;        /* change nothing, and print what would change */
    bool json;        /* print it for machines */
    bool offer;       /* also to those who had it */
    bool acknowledge; /* what we answer is offered, too */
    struct bytes reason;
    struct canon_sink *out;
    const int64_t *wanted; /* rows of documents; of any other nothing is done */
    unsigned n_wanted;     /* 0: all */
};

struct replay_counts {
    uint64_t same, changed, replaced, left; /* left: could not be, which was told */
};

struct replay;

/* NULL: told. */
struct replay *replay_open(struct ledger *ledger, const struct replay_settings *settings);
void replay_close(struct replay *replay);

/* A record that was translated again from the file of the context, within a write transaction.  False: the
 * ledger failed. */
bool replay_record(struct replay *replay, const struct document_context *context, const struct schema *schema,
                   const struct canon_record *record, struct bytes line);

/* Whether nothing is to be kept of it. */
bool replay_looks(const struct replay *replay);

/* A file is over; what was told of it is to be printed, or not. */
void replay_settle(struct replay *replay, bool kept);

/* The transaction is over: prints what was done. */
void replay_print(struct replay *replay);

/* Tells of those that were wanted and did not come. */
void replay_finish(struct replay *replay);
const struct replay_counts *replay_counts(const struct replay *replay);

#endif
