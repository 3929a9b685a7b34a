/*
 * log: the events, from a place on.
 */
#ifndef CROSSDOCK_LEDGER_LOG_H
#define CROSSDOCK_LEDGER_LOG_H

#include "canon/write.h"
#include "ledger/ledger.h"

/* A line for each event behind `after`: its number, time, what, id, kind, number, file, consumer, text, with
 * tabs between.  The number of the last one, or `after`. */
int64_t log_print(struct ledger *ledger, int64_t after, struct canon_sink *out);

/* The number of the event before the last `n`. */
int64_t log_before_last(struct ledger *ledger, uint64_t n);

#endif
