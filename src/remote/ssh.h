/*
 * ssh: a mailbox on a server, reached by SFTP: many files at a time, on some channels of one connection.
 *
 * A channel is a process of the server, that does one thing after the other: with several, it can flush
 * several files at a time.  The library (libssh2) may wait or spin for ever when a server dies: this runs in
 * the worker alone, which its parent kills.
 */
#ifndef CROSSDOCK_REMOTE_SSH_H
#define CROSSDOCK_REMOTE_SSH_H

#include "partner/mailbox.h"

/* Answers requests until the parent or the server is gone. */
void ssh_serve(int socket, const struct mailbox *mailbox);

/* "libssh2 1.10.0": for --version. */
const char *ssh_library(void);

#endif
