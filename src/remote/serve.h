/*
 * serve: what the worker does: it works a mailbox, request by request, until its parent is gone.
 */
#ifndef CROSSDOCK_REMOTE_SERVE_H
#define CROSSDOCK_REMOTE_SERVE_H

#include "partner/mailbox.h"
#include "remote/channel.h"

/* `what`: a struct mailbox. */
void serve_mailbox(int socket, const void *what);

/* For whoever moves bytes: says so to the parent, once a second at most.  *last is the caller's, 0 at first.
 * False: the parent is gone. */
bool serve_moves(int socket, int64_t *last);

#endif
