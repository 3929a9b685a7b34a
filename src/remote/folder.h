/*
 * folder: a mailbox that is a folder of this machine, such as a share that is mounted.
 *
 * Paths are those of the mailbox, below its folder; they never lead out of it, nor through a link.
 */
#ifndef CROSSDOCK_REMOTE_FOLDER_H
#define CROSSDOCK_REMOTE_FOLDER_H

#include "partner/mailbox.h"

/* Answers requests until the parent is gone. */
void folder_serve(int socket, const struct mailbox *mailbox);

#endif
