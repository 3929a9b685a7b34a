/*
 * survey: the documents of every order, one order after the other, for whoever looks at all of them.
 *
 * A group is an order number and the documents that name it, whoever sent them; documents that name no order
 * (a warehouse's confirmation, an invoice by shipment) are with the orders that journey_find knows for them,
 * or else with the others of their own number.  Groups come by number.  What was resolved once is kept from
 * run to run (survey_keep).
 */
#ifndef CROSSDOCK_LEDGER_SURVEY_H
#define CROSSDOCK_LEDGER_SURVEY_H

#include "base/arena.h"
#include "ledger/ledger.h"

struct survey_document {
    int64_t ordinal;
    /* Missing texts are {NULL, 0}. */
    struct bytes id, kind, partner, direction, state, number;
    struct bytes posted_at;
    struct bytes delivered_at; /* of an order, ours or to a warehouse: the first delivery */
    struct bytes line; /* the record */
};

struct survey_group {
    struct bytes number; /* of the order */
    bool is_order;       /* false: no order is known for them, the number is one of their own */
    const struct survey_document *documents; /* in the order they were posted */
    size_t n;
};

/* Up to when: documents posted later, and deliveries made later, are not there.  `is_past`: their states are
 * those of then, too. */
struct survey_time {
    struct bytes until; /* UTC */
    bool is_past;
};

struct survey;

/* Documents from `since` on (their ordinal is greater) are looked through for those that name no order; 0:
 * all.  NULL: told. */
struct survey *survey_open(struct ledger *ledger, const struct survey_time *time, int64_t since);
void survey_close(struct survey *survey);

/* The same through another connection to the ledger; `whole` must outlive it.  NULL: told. */
struct survey *survey_of(const struct survey *whole, struct ledger *ledger);

/* What was resolved, within a write transaction. */
bool survey_keep(struct survey *survey);

/* Tells each group whose number is `from` or behind it and before `until` (at NULL: no bound).  A group lives
 * during the call; `tell` returns false to stop.  False: stopped, or told. */
bool survey_range(struct survey *survey, struct bytes from, struct bytes until,
                  bool (*tell)(void *to, const struct survey_group *group), void *to);

/* Tells the group of a number, also when it is empty. */
bool survey_number(struct survey *survey, struct bytes number,
                   bool (*tell)(void *to, const struct survey_group *group), void *to);

/* Order numbers that part all groups into about equal shares: shares - 1 of them, ascending, in the arena.
 * How many. */
size_t survey_shares(struct survey *survey, struct arena *arena, unsigned shares, struct bytes *out);

/* Tells the number of each group that something was posted to, delivered of, released or dismissed since the
 * last run; some more than once. */
struct survey_since {
    int64_t document, event;
    struct bytes at;
};
bool survey_changed(struct survey *survey, const struct survey_since *since,
                    bool (*tell)(void *to, struct bytes number), void *to);

/* The newest document and event that there are. */
int64_t survey_last_document(struct survey *survey);
int64_t survey_last_event(struct survey *survey);

/* --- deadlines that are waited for: within a write transaction */
bool survey_wait(struct ledger *ledger, struct bytes number,
                 struct bytes due_at);     /* {NULL, 0}: for nothing */
bool survey_forget(struct ledger *ledger); /* all of them */

/* Tells each group whose deadline has passed by then. */
bool survey_overdue(struct ledger *ledger, struct bytes by, bool (*tell)(void *to, struct bytes number),
                    void *to);

#endif
