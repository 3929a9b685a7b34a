/*
 * balance: whether a set's totals are those of its lines (CTT, hash totals, TDS, W76, W03, W14), and whether
 * its HL levels hang together.
 *
 * Semantic notes of X12, not syntax: findings are warnings and no acknowledgment speaks of them.  Sums are
 * exact.  Only the segments concerned are looked at: balance_feed is one look into a table for the others.
 *
 * balance_init once for a set, balance_begin at each ST, balance_feed for each segment that has its place,
 * balance_end at SE, before the set's faults are judged.
 */
#ifndef CROSSDOCK_STANDARD_BALANCE_H
#define CROSSDOCK_STANDARD_BALANCE_H

#include "base/arena.h"
#include "base/decimal.h"
#include "standard/dictionary.h"
#include "standard/fault.h"
#include "standard/levels.h"
#include "standard/view.h"

/* A statement of the set about itself, kept until the end. */
struct balance_stated {
    struct segment_view view; /* element points to `elements` */
    struct bytes elements[2];
    const struct standard_position *position; /* NULL: not made */
};

struct balance {
    const struct standard_set *set;
    const uint8_t *roles; /* by position; 0: nothing to do with balances */
    const struct balance_rule *rule;
    uint32_t lines;
    uint64_t whole;          /* sum of quantities that are small whole numbers */
    struct decimal quantity; /* and of the others */
    uint64_t hash;           /* sum of their digits, as element 347 has it (its last ten, at the end) */
    uint64_t cents;          /* of invoices: lines whose price is in cents, */
    struct decimal amount;   /* and the others */
    struct decimal charges;  /* less allowances, of the whole invoice */
    struct decimal line_charges;
    uint32_t roundings; /* products that a sender may have rounded each by itself */
    bool quantity_known, amount_known;
    struct balance_stated count, total, sum; /* CTT, W76 and the like, TDS */
    struct levels levels;
};

/* False: no memory. */
bool balance_init(struct balance *balance, const struct standard_set *set, struct arena *arena);

void balance_begin(struct balance *balance);

void balance_take(struct balance *balance, uint16_t position, const struct segment_view *view,
                  struct faults *faults);

/* What is kept is kept in the faults' arena; faults are made in balance_end only. */
static inline void balance_feed(struct balance *balance, uint16_t position, const struct segment_view *view,
                                struct faults *faults)
{
    if (balance->roles[position] != 0)
        balance_take(balance, position, view, faults);
}

/* Judges nothing when the set has errors. */
void balance_end(struct balance *balance, struct faults *faults);

#endif
