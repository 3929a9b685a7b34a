/*
 * outbox: files of ours in a folder here, that are to be sent.
 */
#ifndef CROSSDOCK_REMOTE_OUTBOX_H
#define CROSSDOCK_REMOTE_OUTBOX_H

#include "base/hash.h"
#include "remote/poll.h"

struct outbox {
    struct poll *poll;
    const struct mailbox_send *send;
    int folder;
    struct sha256 *sha256;
    struct bytes *names; /* of those that are meant, sorted, in the poll's arena */
    size_t n;
};

/* One of them. */
struct outgoing {
    struct bytes name;
    int fd; /* the caller's to close; -1: it could not be opened */
    char sha256[65];
    struct transfer transfer; /* as it would be claimed */
};

/* False: told.  To be closed in any case. */
bool outbox_open(struct outbox *outbox, struct poll *poll);
void outbox_close(struct outbox *outbox);

/* Opens a file and looks at all of it.  False: it is not to be sent, and that was told; a folder is passed
 * over in silence. */
bool outbox_take(struct outbox *outbox, struct bytes name, struct outgoing *file);

/* Its size and time, while it was sent. */
bool outbox_is_as_it_was(const struct outgoing *file);

/* It is there: here it is deleted or moved, or stays. */
void outbox_settle(struct outbox *outbox, const struct outgoing *file);

/* Something is wrong with a file here. */
void outbox_fail(struct outbox *outbox, struct bytes name, int error);

/* For who wants to know how far it has come: how much there is, in `most` files at most. */
void outbox_expect(const struct outbox *outbox, uint64_t most);

#endif
