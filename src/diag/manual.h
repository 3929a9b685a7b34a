/*
 * manual: the catalogue as a page for people, crossdock-messages(7).
 *
 * The page in man/ is made by this and checked in; a test says when it is older than the catalogue, and
 * "make bless" writes it anew.
 */
#ifndef CROSSDOCK_DIAG_MANUAL_H
#define CROSSDOCK_DIAG_MANUAL_H

#include "base/buffer.h"

/* The whole page, in mdoc(7). */
void manual_messages(struct buffer *into);

#endif
