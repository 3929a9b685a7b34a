/*
 * check: everything adds up.
 *
 * Of each file and of all: read = translated + held + rejected + duplicate + ignored, and those counts are
 * what stands in the ledger.  Every document has its record and came from somewhere; every exception,
 * delivery and key belongs to a document; SQLite finds its own structure whole.
 */
#ifndef CROSSDOCK_LEDGER_CHECK_H
#define CROSSDOCK_LEDGER_CHECK_H

#include "canon/write.h"
#include "ledger/ledger.h"

enum check_depth { CHECK_QUICK /* indexes are not held to their tables */, CHECK_FULL };

/* Prints the sums, a line "NAME<tab>NUMBER" each; tells what does not add up.  False: something does not. */
bool check_run(struct ledger *ledger, enum check_depth depth, struct canon_sink *out);

#endif
