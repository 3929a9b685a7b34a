/*
 * journey: which documents belong to an order, whatever they call it and in whatever order they came.
 *
 * An order is a partner and its order number: two customers may use the same number.  Its journey is walked
 * when it is asked for, from the business keys that post wrote down; nothing is kept beside them, so it is a
 * function of what is in the ledger and not of how it got there.
 *
 * What belongs to an order, from the surest to the weakest:
 *   1. A document that names orders belongs to those and to no other.  So an ASN of a thousand orders is in a
 *      thousand journeys, and joins none of them.  It may name the order by another number of it (our ERP's,
 *      the seller's, the consumer's, ours to the warehouse) that a document about this order alone told.
 *   2. One that names no order but a shipment, a parcel or a pallet belongs to the orders of the notices that
 *      do; when a notice has made the shipment known that it names, to that shipment's alone.
 *   3. Invoices, credits, payments and returns likewise, by the numbers of invoices and returns.
 * A document passes on its numbers of a sort only when it has one of that sort; a notice of one order those
 * of all its packages, one of several orders those of this order's packages.
 *
 * Numbers hold within a partner.  What warehouses and carriers say (orders to warehouses, what they confirm,
 * carrier status, tenders) is about the numbers of others: where two customers have an order of one number,
 * it belongs to both unless another number in it (our ERP's, say) tells whose it is.
 */
#ifndef CROSSDOCK_LEDGER_JOURNEY_H
#define CROSSDOCK_LEDGER_JOURNEY_H

#include "base/arena.h"
#include "ledger/ledger.h"

enum {
    JOURNEY_MAX_ORDERS = 1000,   /* that one key can lead to; more are counted */
    JOURNEY_MAX_MEMBERS = 10000, /* documents of one order */
    JOURNEY_MAX_SHARED = 1000,   /* documents that share a number: of more, the number links nothing */
};

struct journey_order {
    struct bytes partner, number;
};

/* What a key led to.  All in the arena. */
struct journey_orders {
    const struct journey_order *orders; /* by partner and number */
    size_t n;
    bool more;        /* than JOURNEY_MAX_ORDERS */
    size_t documents; /* that have the key, whether or not they tell of an order */
};

struct journey {
    const int64_t *documents; /* their ordinals, ascending */
    size_t n;
    bool more;           /* than JOURNEY_MAX_MEMBERS */
    struct bytes shared; /* a number that too many documents share; at NULL: none */
};

/* The orders that this business number, or document id, leads to.  `partner`, unless empty: only orders of
 * this partner, or found in its documents.  False: told (the ledger failed, or no memory). */
bool journey_find(struct ledger *ledger, struct arena *arena, struct bytes key, struct bytes partner,
                  struct journey_orders *out);

/* The documents of an order.  False as above. */
bool journey_walk(struct ledger *ledger, struct arena *arena, const struct journey_order *order,
                  struct journey *out);

#endif
