/*
 * event: the log of what happened in the ledger, which is only ever added to.
 */
#ifndef CROSSDOCK_LEDGER_EVENT_H
#define CROSSDOCK_LEDGER_EVENT_H

#include "ledger/ledger.h"

/* What it concerns; 0: no document, file or consumer. */
struct event {
    const char *what; /* a word or two: "posted", "held" */
    int64_t document, file, consumer;
    struct bytes text, more; /* what else there is to say, both together; at NULL: nothing */
};

/* Within a write transaction. */
bool event_add(struct ledger *ledger, const struct event *event);

#endif
