/*
 * edi_address: whom an interchange is from and for, from the partner's file and the record.
 */
#ifndef CROSSDOCK_TRANSLATE_EDI_ADDRESS_H
#define CROSSDOCK_TRANSLATE_EDI_ADDRESS_H

#include "canon/record.h"
#include "translate/edi_batch.h"

/* All but the group and the set.  An acknowledgment goes back the way its file came; with `relayed` any
 * record goes on the way it came.  False: nobody says who it is from and for, or an id is too long. */
bool edi_address_find(struct edi_address *address, const struct partner *partner,
                      const struct partner_send *send, const struct canon_record *record, bool relayed,
                      struct arena *arena);

/* Whether what goes there is to be acknowledged, and how soon, as the partner's file and that for all say.
 * False: one of them is wrong, told. */
bool edi_address_expect(struct edi_address *address, struct partners *partners,
                        const struct partner *partner, const struct partner_send *send, struct bytes kind);

#endif
