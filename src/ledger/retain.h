/*
 * retain: the archive is kept as long as it must be; nothing goes that is not finished.
 *
 * Bytes are finished when they were posted or delivered, and every document that came or went in them is: it
 * is not held, nothing is open of it, no consumer has it or is still to be offered it, and no acknowledgment
 * of it is due.  The ledger's own rows stay, and tell of the bytes that they were there.
 */
#ifndef CROSSDOCK_LEDGER_RETAIN_H
#define CROSSDOCK_LEDGER_RETAIN_H

#include "ledger/archived.h"

struct retain_settings {
    uint64_t days;         /* since they were archived */
    uint64_t refused_days; /* of those of which something was rejected or held, ever; 0: as `days` */
    bool look;             /* remove nothing, and print what would be */
};

struct retain_counts {
    uint64_t removed, unfinished;
};

/* Removes what is old and finished.  With `look`, prints a line each of what is old: "remove" or "keep",
 * SHA-256, name, when it was archived, why it is kept, with tabs between.  False: told. */
bool retain_run(struct ledger *ledger, struct store *store, const struct retain_settings *settings,
                struct canon_sink *out, struct retain_counts *counts);

#endif
