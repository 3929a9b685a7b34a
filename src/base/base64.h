/*
 * base64: bytes as text (RFC 4648, section 4: the ordinary alphabet, padded, on one line).
 */
#ifndef CROSSDOCK_BASE_BASE64_H
#define CROSSDOCK_BASE_BASE64_H

#include "base/arena.h"

/* {NULL, 0} when the arena failed. */
struct bytes base64_encode(struct arena *arena, struct bytes from);

/* And back.  False: it is none, or the arena failed. */
bool base64_decode(struct arena *arena, struct bytes from, struct bytes *out);

#endif
