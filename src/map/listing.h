/*
 * listing: what a map reads and writes, what of its set it leaves, and which fields of its kind it cannot
 * carry.
 */
#ifndef CROSSDOCK_MAP_LISTING_H
#define CROSSDOCK_MAP_LISTING_H

#include "canon/sink.h"
#include "map/map.h"
#include "standard/dictionary.h"

/* `set`: of a map of X12, in the release that is listed; else NULL.  As text, or as JSON lines.  False: out
 * of memory. */
bool listing_write(const struct map *map, const struct standard_set *set, struct canon_sink *sink, bool json);

#endif
