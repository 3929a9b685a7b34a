/*
 * x12_order: the order of a set's segments, where writing might give another.
 *
 * Where several rules stand at one place (N1 of the ship-to, N1 of the bill-to), they are written in the
 * map's order; where a field can be written inside a loop or before it, it is written before.  A record that
 * keeps what no rule reads keeps their order, too, when that matters: as an entry of `extra` for ST, whose
 * elements are the beginnings of the segments that rules took, behind a point for every loop around them:
 * "N1*ST*DC 12", ".N3*500 DOCK RD", ".N4*DALLAS*TX".
 */
#ifndef CROSSDOCK_MAP_X12_ORDER_H
#define CROSSDOCK_MAP_X12_ORDER_H

#include "map/x12_read.h"

struct x12_bound_rule;

enum { X12_ORDER_TEXT = 80 }; /* bytes of a segment that are kept */

/* Whether the segment at hand could be written again if the rule took it.  Not when other segments have set
 * all that the rule would set, or some of it where the same segment may stand outside the loop: the two would
 * be written as one. */
bool x12_order_may_take(const struct x12_read *read, const struct x12_bound_rule *rule);

/* The rule takes the segment at hand, in the innermost frame. */
void x12_order_note(struct x12_read *read, const struct x12_bound_rule *rule);

/* "N1*ST*DC 12" into `text`, cut; its length.  Of an element with components it takes the first. */
size_t x12_order_text(char text[X12_ORDER_TEXT], struct bytes id, const struct bytes *elements, unsigned n,
                      const struct x12_delimiters *delimiters);

#endif
