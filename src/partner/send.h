/*
 * send: how documents go out to a partner: identities, delimiters, releases; the block `send` of a partner
 * file and of a document in it.
 */
#ifndef CROSSDOCK_PARTNER_SEND_H
#define CROSSDOCK_PARTNER_SEND_H

#include "conf/yaml.h"
#include "wire/x12_write.h"

struct partner_send {
    struct bytes from, to;            /* "ZZ:CROSSDOCK"; at NULL: the first of `us`, of `ids` */
    struct bytes app_from, app_to;    /* GS02, GS03; at NULL: of the same, or the id itself */
    struct bytes release;             /* GS08 */
    struct bytes interchange_version; /* ISA12; at NULL: by the release */
    struct bytes agency;              /* GS07 */
    bool test;                        /* ISA15 T */
    bool ack_requested;               /* ISA14 1 */
    bool expects_ack;                 /* the partner answers each group with a 997 or 999 */
    struct x12_style style;
    const struct yaml_node *sets;  /* kind: set; or NULL */
    const struct yaml_node *files; /* kind: map, of what goes out as another file than X12; or NULL */
};

void partner_send_defaults(struct partner_send *send);

/* Lays the block over what `send` has.  False: told. */
bool partner_send_read(struct partner_send *send, const struct yaml_node *node, struct arena *arena,
                       struct report *report);

/* The transaction set that a kind of record is sent as; at NULL: none is known. */
struct bytes partner_send_set(const struct partner_send *send, const char *kind);

/* The map by which a kind of record goes out as a file that is no X12; NULL: it does not. */
const char *partner_send_file(const struct partner_send *send, const char *kind);

#endif
