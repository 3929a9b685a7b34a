/*
 * login: a connection to an SSH server that is the right one, and lets us in.
 */
#ifndef CROSSDOCK_REMOTE_LOGIN_H
#define CROSSDOCK_REMOTE_LOGIN_H

#include <libssh2.h>

#include "partner/mailbox.h"
#include "remote/channel.h"

struct login {
    int socket; /* -1: none */
    LIBSSH2_SESSION *session;
};

/* False: *message says why.  Waits as long as it takes: the parent has the deadline. */
bool login_open(struct login *login, const struct mailbox *mailbox, struct channel_message *message);
void login_close(struct login *login);

/* What the library says went wrong last. */
const char *login_why(const struct login *login);

#endif
