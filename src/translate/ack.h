/*
 * ack: acknowledgments as functional_ack records, and as X12 for the analyst's preview.
 */
#ifndef CROSSDOCK_TRANSLATE_ACK_H
#define CROSSDOCK_TRANSLATE_ACK_H

#include "canon/id.h"
#include "canon/write.h"
#include "partner/partner.h"
#include "standard/verdict.h"

/* What the acknowledged thing came in.  Views live during the call. */
struct ack_envelope {
    const char *file;
    const struct partner *partner;
    struct bytes sender, receiver;   /* "ZZ:ACME", of the file received */
    const struct bytes *isa;         /* ISA01..ISA16 */
    const struct bytes *gs;          /* GS01..GS08; NULL for an interchange */
    bool test;
};

/* The 997 or 999 we owe, as a record of direction out.  Records are built in `arena`, which is reset. */
void ack_write_group(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                     const struct ack_group *ack, const struct ack_envelope *envelope, struct arena *arena);

/* The TA1 we owe. */
void ack_write_interchange(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                           const struct ack_interchange *ack, const struct ack_envelope *envelope,
                           struct arena *arena);

/* A TA1 that came in: its elements TA101..TA105. */
void ack_write_received(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                        const struct bytes *elements, unsigned n, const struct ack_envelope *envelope,
                        struct arena *arena);

/* What no map can say of a 997 or 999 that came in, before it is written: which of them it is (ST01), and
 * when it was made (`gs`: GS01..GS08, or NULL).  The views outlive the record. */
void ack_complete(struct canon_record *record, struct bytes set_id, const struct bytes *gs);

/* The segments that would be sent, one a line, from ST to SE (or the TA1): ST and SE carry no number yet. */
void ack_print_group(struct canon_sink *out, const struct ack_group *ack);
void ack_print_interchange(struct canon_sink *out, const struct ack_interchange *ack);

#endif
