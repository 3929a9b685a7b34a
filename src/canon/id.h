/*
 * id: the identity of a document: a hash of partner, direction, kind and its own bytes (ST to SE, the row
 * group, the element), so that a resend in a new interchange has the same id (DESIGN, "Canonical records").
 *
 * XXH3, 128 bits. Each piece goes in behind its length (64 bits, little-endian), so that pieces cannot run
 * together: whoever makes ids chooses what a piece is (a segment without its terminator, a row) and keeps
 * to it, for another cutting is another id.
 */
#ifndef CROSSDOCK_CANON_ID_H
#define CROSSDOCK_CANON_ID_H

#include "base/hash.h"
#include "canon/record.h"

struct canon_id {
    struct hash *state;
    /* What the last one began with, in so many bytes of what is hashed; kind is NULL when it is not known. */
    const char *kind;
    enum canon_direction direction;
    char partner[64];
    size_t partner_len, begun;
};

/* False: out of memory; then there is nothing to release. */
bool canon_id_init(struct canon_id *id);
void canon_id_release(struct canon_id *id);

/* begin, add the document's pieces, end: 32 lower-case hexadecimal digits and NUL.  `kind` is a schema's. */
void canon_id_begin(struct canon_id *id, struct bytes partner, enum canon_direction direction,
                    const char *kind);
void canon_id_add(struct canon_id *id, struct bytes piece);

/* Bytes without their length, for a last piece that comes in parts: however it is cut, the id is the same. */
void canon_id_more(struct canon_id *id, struct bytes part);
void canon_id_end(struct canon_id *id, char out[33]);

#endif
