/*
 * policy: what a partner's file says of duplicates; asked record by record, mostly of the same partner.
 */
#ifndef CROSSDOCK_LEDGER_POLICY_H
#define CROSSDOCK_LEDGER_POLICY_H

#include "conf/search.h"
#include "partner/partner.h"

struct policies {
    struct search *search;
    struct partners *partners;
    struct partner_duplicates last; /* of last_name */
    char last_name[64];
    bool known;
};

/* False: out of memory, told. */
bool policies_init(struct policies *policies, struct search *search, struct report *report);
void policies_release(struct policies *policies);

/* The partner's own where it has a file, the manual's where not; until the next call.  NULL: its file is
 * wrong, told. */
const struct partner_duplicates *policies_find(struct policies *policies, struct bytes partner,
                                               struct arena *arena);

#endif
