/*
 * lease: whether whoever took documents may still be at work on them.
 *
 * `take` ends long before the pipeline behind it does, so its own process says nothing.  What the processes
 * of a pipeline share is their process group: a lease lives while a process of that group does, on this boot
 * of the machine, and for so many seconds at most.  Seconds are those since the boot: clocks jump.
 */
#ifndef CROSSDOCK_LEDGER_LEASE_H
#define CROSSDOCK_LEDGER_LEASE_H

#include "base/bytes.h"

enum { LEASE_OWNER = 160 };

struct lease {
    char owner[LEASE_OWNER]; /* boot, namespace of process ids, process group, process and when it began */
    int64_t now;             /* seconds since the boot */
};

/* That of the calling process. */
void lease_init(struct lease *mine);

/* Is the lease of `owner`, which ends at `until`, over? */
bool lease_is_over(const struct lease *mine, struct bytes owner, int64_t until);

/* Is it of this very process? */
bool lease_is_mine(const struct lease *mine, struct bytes owner);

#endif
