/*
 * fetch: files of a mailbox into a folder here, each whole and once.
 *
 * Some at a time: claimed in the ledger; fetched into part files; each of the right size, hashed, flushed;
 * noted as whole; renamed, the folder flushed; noted as kept; only then deleted or moved there.
 */
#ifndef CROSSDOCK_REMOTE_FETCH_H
#define CROSSDOCK_REMOTE_FETCH_H

#include "remote/poll.h"

/* `show`: shows what is there, and touches nothing. */
void fetch_files(struct poll *poll, bool show);

#endif
