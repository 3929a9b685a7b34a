/*
 * mismatch: what reconcile found, remembered from run to run.
 *
 * A mismatch has an id made of what it is about, so that the next run finds it again; what is said of it
 * (amounts, dates) is as the last run said it.  Each change of its state is an event that stays, so that the
 * state of any past day can be told.  States:
 *   new        seen in the last run for the first time, or again after it was cleared
 *   open       seen in earlier runs, too
 *   tolerated  there is a difference, within the limit
 *   waived     closed by a person, with a reason; stays so while it is seen
 *   cleared    not there any more
 */
#ifndef CROSSDOCK_LEDGER_MISMATCH_H
#define CROSSDOCK_LEDGER_MISMATCH_H

#include "base/arena.h"
#include "ledger/ledger.h"

/* Its texts, in the order in which they are stored, shown as columns and as JSON. */
enum mismatch_field {
    MISMATCH_ID,       /* 16 hexadecimal digits */
    MISMATCH_CODE,     /* "POA-QTY" */
    MISMATCH_SCOPE,    /* what was compared as one, and is again as one: an order number, or the code */
    MISMATCH_SEVERITY, /* error, warn, info */
    MISMATCH_PARTNER,
    MISMATCH_ORDER, /* order number */
    MISMATCH_LINE,  /* line number */
    MISMATCH_ITEM,
    MISMATCH_DOCUMENT, /* kind of the document that disagrees */
    MISMATCH_NUMBER,   /* its number */
    MISMATCH_EXPECTED,
    MISMATCH_FOUND,
    MISMATCH_DIFFERENCE,
    MISMATCH_LIMIT,  /* the limit applied: "0.01 0.5%", "24h" */
    MISMATCH_ORIGIN, /* where it was set: "partners/acme.yaml:31", "built in" */
    MISMATCH_AMOUNT, /* at risk */
    MISMATCH_CURRENCY,
    MISMATCH_DUE, /* UTC */
    MISMATCH_TEXT,
    MISMATCH_SAID, /* those before are what a run says */
    MISMATCH_STATE = MISMATCH_SAID,
    MISMATCH_FIRST, /* seen, UTC */
    MISMATCH_LAST,
    MISMATCH_CLEARED,
    MISMATCH_OWNER,
    MISMATCH_COMMENT,
    MISMATCH_FIELDS
};

/* Names of the columns. */
extern const char *const mismatch_names[MISMATCH_FIELDS];

struct mismatch {
    struct bytes field[MISMATCH_FIELDS]; /* {NULL, 0}: does not apply */
    int64_t runs;                        /* in how many it was seen since it was new */
};

/* How far a run has read, and what it held things against. */
struct mismatch_run {
    int64_t run;           /* its number */
    int64_t document;      /* the last it has seen */
    int64_t event;         /* likewise */
    struct bytes at;       /* UTC */
    struct bytes settings; /* what it was set to; another one makes the next run look at everything */
};

struct mismatch_totals {
    int64_t fresh, open, cleared, tolerated, waived;
    struct bytes verdict, at_risk; /* of the report's first line */
};

/* The last run, in the arena; run 0: there was none. */
bool mismatch_last_run(struct ledger *ledger, struct arena *arena, struct mismatch_run *out);

/* --- a run, within a write transaction */

/* A new one; its number in run->run.  What was new until now is open. */
bool mismatch_begin_run(struct ledger *ledger, struct mismatch_run *run);

/* It is there: said again, or for the first time.  `tolerated`: within its limit. */
bool mismatch_see(struct ledger *ledger, const struct mismatch_run *run, const struct mismatch *mismatch,
                  bool tolerated);

/* What was compared as one: those of it that this run did not see are cleared.  At NULL: of every scope. */
bool mismatch_clear(struct ledger *ledger, const struct mismatch_run *run, struct bytes scope);

/* Ends it: those of scopes that were not looked at are seen as before. */
bool mismatch_end_run(struct ledger *ledger, const struct mismatch_run *run,
                      const struct mismatch_totals *totals);

/* --- what is known */

/* Tells each that is not cleared, or was cleared by this run; by code, partner, order, line.  The mismatch
 * lives during the call.  `tell` returns false to stop. */
bool mismatch_each(struct ledger *ledger, int64_t run,
                   bool (*tell)(void *to, const struct mismatch *mismatch), void *to);

/* As of a past moment: when it was first seen, its state, owner and comment by then, in the arena; state at
 * NULL: it was not known. */
bool mismatch_past(struct ledger *ledger, struct arena *arena, struct bytes at, struct mismatch *mismatch);

/* --- what people say: each within a transaction of its own, and told to `said` in the log */
enum mismatch_decision { MISMATCH_WAIVE, MISMATCH_ASSIGN, MISMATCH_REOPEN };

/* By its id, or the beginning of one that no other begins with.  `who` did it; `text`: why, or to whom.
 * False: told. */
bool mismatch_decide(struct ledger *ledger, struct bytes id, enum mismatch_decision decision,
                     struct bytes who, struct bytes text);

#endif
