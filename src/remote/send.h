/*
 * send: files of a folder here into a mailbox, each whole and once.
 *
 * Some at a time: claimed in the ledger by their content; put there under a temporary name; noted as whole;
 * renamed there; noted as done; only then deleted or moved here.
 */
#ifndef CROSSDOCK_REMOTE_SEND_H
#define CROSSDOCK_REMOTE_SEND_H

#include "remote/poll.h"

void send_files(struct poll *poll);

#endif
