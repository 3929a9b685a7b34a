/*
 * rules: how severe each complaint is for one partner and document.
 *
 * Begins as the catalogue has it; a partner file then sets single rules ("element-code: warn"), families
 * ("balance-*: off") or codes ("S2206: off").  A plain value, copied freely.
 */
#ifndef CROSSDOCK_STANDARD_RULES_H
#define CROSSDOCK_STANDARD_RULES_H

#include "diag/complaint.h"

struct rules {
    uint8_t severity[COMPLAINTS]; /* enum severity */
};

void rules_init(struct rules *rules);

/* False when no rule has that name, code or beginning. */
bool rules_set(struct rules *rules, struct bytes name, enum severity severity);

static inline enum severity rules_of(const struct rules *rules, enum complaint complaint)
{
    return (enum severity)rules->severity[complaint];
}

#endif
