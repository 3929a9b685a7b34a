/* id: the identity of a document; see id.h. */
#include "canon/id.h"

bool canon_id_init(struct canon_id *id)
{
    *id = (struct canon_id){.state = hash_open()};
    return id->state != NULL;
}

void canon_id_release(struct canon_id *id)
{
    hash_close(id->state);
    id->state = NULL;
}

/* Most ids begin as the one before. */
static bool is_known(const struct canon_id *id, struct bytes partner, enum canon_direction direction,
                     const char *kind)
{
    return id->kind == kind && id->direction == direction &&
           bytes_equal(partner, (struct bytes){id->partner, id->partner_len});
}

void canon_id_begin(struct canon_id *id, struct bytes partner, enum canon_direction direction,
                    const char *kind)
{
    struct bytes way = direction == CANON_OUT ? BYTES("out") : BYTES("in");

    if (is_known(id, partner, direction, kind)) {
        hash_begin_again(id->state, id->begun);
        return;
    }
    hash_begin(id->state);
    canon_id_add(id, partner);
    canon_id_add(id, way);
    canon_id_add(id, bytes_of(kind));
    id->kind = NULL;
    if (partner.len > sizeof(id->partner))
        return;
    id->kind = kind;
    id->direction = direction;
    if (partner.len > 0)
        memcpy(id->partner, partner.at, partner.len);
    id->partner_len = partner.len;
    id->begun = 3 * sizeof(uint64_t) + partner.len + way.len + strlen(kind);
}

void canon_id_add(struct canon_id *id, struct bytes piece)
{
    uint64_t length = piece.len;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    length = __builtin_bswap64(length);
#endif
    hash_add(id->state, &length, sizeof(length));
    if (piece.len > 0)
        hash_add(id->state, piece.at, piece.len);
}

void canon_id_more(struct canon_id *id, struct bytes part)
{
    if (part.len > 0)
        hash_add(id->state, part.at, part.len);
}

void canon_id_end(struct canon_id *id, char out[33])
{
    hash_hex(id->state, out);
}
