/*
 * serve: what the worker does: it works a mailbox, request by request, until its parent is gone.
 */
#ifndef CROSSDOCK_REMOTE_SERVE_H
#define CROSSDOCK_REMOTE_SERVE_H

#include "partner/mailbox.h"
#include "remote/channel.h"

/* `what`: a struct mailbox. */
void serve_mailbox(int socket, const void *what);

/* For whoever moves bytes: says so to the parent, a few times a second at most.  False: it is gone. */
struct serve_moves {
    int64_t last;   /* when it was said: milliseconds of CLOCK_MONOTONIC, 0 at first */
    uint64_t bytes; /* all that were moved */
};

bool serve_moves(int socket, struct serve_moves *moves, uint64_t bytes);

#endif
