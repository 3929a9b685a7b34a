/*
 * random_record: records drawn from the schema: fields put together as no document had them.
 *
 * Of two records that a map has read, a third is made: each field of the schema's blocks from one or the
 * other, or from none, objects within objects likewise, lists shorter, some values drawn anew by the type
 * of their field.  So a field stands beside others than those that X12 had beside it, as in a record
 * that an ERP has made.  Raw codes beside their words, and what no rule read, are left out.
 */
#ifndef CROSSDOCK_UNIT_RANDOM_RECORD_H
#define CROSSDOCK_UNIT_RANDOM_RECORD_H

#include "canon/record.h"
#include "random.h"

/* The third record of the two, in the arena; it has texts of theirs.  Both are of one kind. */
bool random_record_mix(struct random *random, struct arena *arena, const struct canon_record *a,
                       const struct canon_record *b, struct canon_record *made);

/* The first value of `was` that `became` has not, or not as often: numbers, dates, times and texts, wherever
 * they stand; not codes, which a field of its own can take the place of.  at NULL: all are there. */
struct bytes random_record_missing(struct arena *arena, const struct canon_record *was,
                                   const struct canon_record *became);

#endif
