/*
 * ssh: a mailbox on a server, reached by SFTP (libssh2), several files at a time on channels of one
 * connection.
 *
 * The library may wait or spin for ever when a server dies inside a reply: this runs in the worker alone,
 * which its parent kills.
 */
#ifndef CROSSDOCK_REMOTE_SSH_H
#define CROSSDOCK_REMOTE_SSH_H

#include "partner/mailbox.h"

/* Answers requests until the parent or the server is gone. */
void ssh_serve(int socket, const struct mailbox *mailbox);

/* "libssh2 1.10.0": for --version. */
const char *ssh_library(void);

#endif
