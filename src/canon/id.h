/*
 * id: the identity of a document: a hash of partner, direction, kind and its own bytes (ST to SE, the row
 * group, the element), so that a resend in a new interchange has the same id (DESIGN, "Canonical records").
 * XXH3, 128 bits, little-endian seeds none; fields are length-prefixed so that they cannot run together.
 */
#ifndef CROSSDOCK_CANON_ID_H
#define CROSSDOCK_CANON_ID_H

#include "canon/record.h"
#include "base/hash.h"

struct canon_id {
    struct hash *state;
};

bool canon_id_init(struct canon_id *id);
void canon_id_release(struct canon_id *id);
void canon_id_begin(struct canon_id *id, struct bytes partner, enum canon_direction direction, const char *kind);
void canon_id_add(struct canon_id *id, struct bytes piece);
void canon_id_end(struct canon_id *id, char out[33]);

#endif
