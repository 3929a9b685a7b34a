/*
 * metrics: numbers about the ledger for a monitoring system, in the text format of Prometheus.
 */
#ifndef CROSSDOCK_LEDGER_METRICS_H
#define CROSSDOCK_LEDGER_METRICS_H

#include "base/buffer.h"
#include "ledger/ledger.h"

/* All of them about one state of the ledger.  False: told. */
bool metrics_write(struct ledger *ledger, struct buffer *out);

#endif
