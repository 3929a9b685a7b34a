/*
 * consumer: who takes documents out of the ledger, and which are for it.
 *
 * One that is called as a partner is, gets what goes out to that partner; any other gets what came in, of all
 * partners.  What it was when it first took something stays with it: later a partner file that is not found
 * must not turn one partner's documents into everybody's.
 */
#ifndef CROSSDOCK_LEDGER_CONSUMER_H
#define CROSSDOCK_LEDGER_CONSUMER_H

#include "conf/search.h"
#include "ledger/ledger.h"

enum consumer_direction { CONSUMER_BY_NAME, CONSUMER_IN, CONSUMER_OUT };

struct consumer_wish {
    const char *name;
    const char *partner; /* NULL: by its name */
    enum consumer_direction direction;
};

struct consumer {
    int64_t row;
    char partner[256]; /* "": of all */
    bool outward;
};

/* It; within a write transaction, added when it is new.  False: told. */
bool consumer_open(struct ledger *ledger, const struct consumer_wish *wish, struct search *search,
                   struct consumer *out);

/* The row of one that is there; 0: there is none, or the ledger failed. */
int64_t consumer_row(struct ledger *ledger, struct bytes name);

/* Tells that there is none. */
void consumer_unknown(struct ledger *ledger, const char *name);

#endif
