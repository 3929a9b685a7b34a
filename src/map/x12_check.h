/*
 * x12_check: what a map of X12 says, held to the standard: segments that the set has, element numbers that
 * can be, in any release of the dictionary, as a map serves several.
 */
#ifndef CROSSDOCK_MAP_X12_CHECK_H
#define CROSSDOCK_MAP_X12_CHECK_H

#include "map/map.h"
#include "standard/dictionary.h"

/* False when something is wrong: each told to the report (configuration errors with file:line:column).
 * `set`: of one release, looked at first. */
bool x12_check_map(const struct map *map, const struct standard_set *set, struct dictionary *dictionary,
                   struct report *report);

#endif
