/*
 * transfer: a file on its way between a partner's mailbox and this machine, and how far it has come.
 *
 * A row is made before anything is done, and each step is written before the next one, which could not be
 * undone, is taken; so whoever was killed on the way is followed by one who knows what has happened:
 *
 *   claimed  about to be fetched or sent; there may be a part of it under a temporary name
 *   whole    all of it is there and durable, under a temporary name, and about to get its own: when the
 *            temporary name is gone, it has got it
 *   kept     under its own name; what follows for the original (deleting, moving) is still due
 *   done     nothing more is to be done
 *
 * All within a write transaction, but for those that ask.
 */
#ifndef CROSSDOCK_LEDGER_TRANSFER_H
#define CROSSDOCK_LEDGER_TRANSFER_H

#include "base/arena.h"
#include "ledger/ledger.h"

enum transfer_direction { TRANSFER_IN, TRANSFER_OUT };
enum transfer_state { TRANSFER_CLAIMED, TRANSFER_WHOLE, TRANSFER_KEPT, TRANSFER_DONE };

struct transfer {
    int64_t row; /* 0: none */
    struct bytes partner;
    enum transfer_direction direction;
    struct bytes folder, name; /* of the original: there for IN, here for OUT */
    int64_t size, mtime;       /* bytes, seconds since 1970 by the clock of where it lies */
    struct bytes sha256;       /* at NULL: not known yet */
    struct bytes target;       /* the name it has, or gets; at NULL: none, for it was known */
    enum transfer_state state;
};

/* The newest of this partner, direction, folder and name; with a sha256, of that content, another
 * row than its own.  False: there is none.  Its texts are in the arena. */
bool transfer_find(struct ledger *ledger, const struct transfer *like, struct arena *arena,
                   struct transfer *out);

/* Calls `take` with each of a partner and direction that is in this state, oldest first, from copies in the
 * arena.  It may change them. */
bool transfer_each(struct ledger *ledger, struct bytes partner, enum transfer_direction direction,
                   enum transfer_state state, struct arena *arena,
                   bool (*take)(void *whom, struct transfer *transfer), void *whom);

/* A new one, whose row it then has. */
bool transfer_add(struct ledger *ledger, struct transfer *transfer);

/* Writes what it has become. */
bool transfer_save(struct ledger *ledger, const struct transfer *transfer);

#endif
