/*
 * take: the records that a consumer has not had yet.
 *
 * Of each kind a consumer has a position in the ledger: what stands before it was offered, or was held then.
 * What is offered is leased to the pipeline that took it (lease.h) until its receipt comes (settle.h); when
 * the lease is over without one, it is offered again.
 */
#ifndef CROSSDOCK_LEDGER_TAKE_H
#define CROSSDOCK_LEDGER_TAKE_H

#include "canon/write.h"
#include "ledger/consumer.h"

enum { TAKE_MAX_KINDS = 64 };

struct take_settings {
    struct consumer_wish consumer;
    unsigned n_kinds; /* 0: all but rejects */
    struct bytes kinds[TAKE_MAX_KINDS];
    uint64_t limit; /* 0: none */
    uint64_t lease; /* seconds */
    bool close;     /* print a batch record behind the last, so that whoever reads knows it has all */
    bool again;     /* also what is leased: its pipeline is known to be dead */
};

/* Prints the records, in the order they were posted, each once its lease is committed.  False: told, or `out`
 * failed. */
bool take_run(struct ledger *ledger, struct search *search, const struct take_settings *settings,
              struct canon_sink *out, uint64_t *taken);

#endif
