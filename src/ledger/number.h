/*
 * number: control numbers, counted in the ledger, a series a name.
 *
 * A number is committed as used before whoever asked gets it, or in the transaction that records what it
 * was used for: a run that is killed leaves a gap, never a number that is used twice.  A name is for the
 * caller to choose, such as "ISA 01:006927180 ZZ:CROSSDOCK"; a series that is new begins with 1.
 */
#ifndef CROSSDOCK_LEDGER_NUMBER_H
#define CROSSDOCK_LEDGER_NUMBER_H

#include "canon/write.h"
#include "ledger/ledger.h"

enum { NUMBER_MOST = 999999999, /* ISA13 and GS06 have nine digits */ NUMBER_NAME = 200 };

/* `count` numbers of the series, from *first on, within a write transaction.  False: told (the series is at
 * its end, or the name is no good), or the ledger failed. */
bool number_next(struct ledger *ledger, struct bytes series, uint64_t count, uint64_t *first);

/* The next number will be `next`; within a write transaction.  It is told in the log, with the reason: going
 * back can use numbers twice. */
bool number_reset(struct ledger *ledger, struct bytes series, uint64_t next, struct bytes reason);

/* A line for each: name, last number, time, with tabs between. */
void number_list(struct ledger *ledger, struct canon_sink *out);

#endif
