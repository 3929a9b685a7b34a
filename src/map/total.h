/*
 * total: what a document's lines add up to, for targets with count or sum.
 */
#ifndef CROSSDOCK_MAP_TOTAL_H
#define CROSSDOCK_MAP_TOTAL_H

#include "base/decimal.h"
#include "canon/record.h"
#include "map/map.h"

/* False: more digits than can be reckoned with.  Of a list that is not there: 0. */
bool map_total(const struct canon_object *body, const struct map_target *target, struct decimal *total);

#endif
