/*
 * limit_words: what the block `reconcile` says in words: how grave findings are, and what statuses are
 * called.  For limit.c alone; what was read is asked for in partner/limit.h.
 */
#ifndef CROSSDOCK_PARTNER_LIMIT_WORDS_H
#define CROSSDOCK_PARTNER_LIMIT_WORDS_H

#include "partner/limit.h"

/* `node` NULL: nothing is said.  False: told. */
bool limit_read_severities(struct limits *limits, const struct yaml_node *node, struct arena *arena,
                           struct report *report);
bool limit_read_statuses(struct limits *limits, const struct yaml_node *node, struct arena *arena,
                         struct report *report);

#endif
