/*
 * units: quantities in an item's base unit: 10 cases of 12 are 120 pieces, by a cross-reference of packs.
 *
 * Reading adds the quantity in base units beside the one that came, which stays as it is: prices and totals
 * are of that.  Writing holds them against each other, and writes what is known in base units alone in those.
 */
#ifndef CROSSDOCK_MAP_UNITS_H
#define CROSSDOCK_MAP_UNITS_H

#include "canon/record.h"
#include "map/convert.h"

struct units_base {
    struct bytes quantity, unit; /* at NULL: not known */
};

/* What the object's quantity is in base units, by its first item that has a row.  False: something is wrong.
 * A fault with true is a warning.  *about: the value it is about. */
bool units_reckon(const struct map_units *units, const struct canon_object *object, struct arena *arena,
                  struct units_base *base, struct convert_fault *fault, struct bytes *about);

/* Before an object is written: its base quantity agrees with its quantity, or becomes that.  Both are used
 * up. False: as above. */
bool units_write(const struct map_units *units, struct canon_object *object, struct arena *arena,
                 struct convert_fault *fault, struct bytes *about);

#endif
