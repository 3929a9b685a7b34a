/*
 * settle: what becomes of the original of a file that is safe here: it stays, is deleted, or is moved.
 */
#ifndef CROSSDOCK_REMOTE_SETTLE_H
#define CROSSDOCK_REMOTE_SETTLE_H

#include "remote/poll.h"

enum { SETTLE_AT_ONCE = 256 };

/* Of transfers that are kept, SETTLE_AT_ONCE at most: does what the mailbox says, unless the original is no
 * longer what was fetched, and notes them as done.  What could not be done is told, and stays kept for the
 * next poll.  False: the ledger failed. */
bool settle_originals(struct poll *poll, struct transfer *const *transfers, size_t n);

#endif
