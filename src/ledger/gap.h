/*
 * gap: control numbers that are missing, until they come or nobody waits for them; and those that came again.
 *
 * A series is one of numbers that count up: "ISA SENDER RECEIVER", "GS SENDER RECEIVER KIND", of what comes,
 * and with GS01 for the kind of what goes out.  gap_sql.h says what is missing; reconcile tells of the same.
 */
#ifndef CROSSDOCK_LEDGER_GAP_H
#define CROSSDOCK_LEDGER_GAP_H

#include "canon/write.h"
#include "conf/search.h"
#include "ledger/ledger.h"
#include "ledger/query.h"

/* Interchanges of partners that are missing as of a time and were not waived: series, first, last, how many,
 * partner. */
struct query *gap_ask(struct ledger *ledger, struct bytes until);

/* A line for each gap that is not waived: series, first, last, how many are missing, partner, since when,
 * with tabs between.  How many. */
uint64_t gap_list(struct ledger *ledger, struct canon_sink *out);

/* Nobody waits any more for the gap that begins with `first` and ends with `last` (0: wherever it ends).
 * False: there is no such gap (told), or the ledger failed. */
bool gap_waive(struct ledger *ledger, struct bytes series, uint64_t first, uint64_t last,
               struct bytes reason);

/* A line for each group number that came again in another interchange, within the time for which the
 * partner's file looks for duplicates: series, number, interchange, the other one, partner, when the
 * one and the other.
 * False: told. */
bool gap_list_reused(struct ledger *ledger, struct search *search, struct canon_sink *out, uint64_t *n);

#endif
