/* x12_spill: a record that is being read, moved half-way to a file; see canon/spill.h. */
#ifndef CROSSDOCK_MAP_X12_SPILL_H
#define CROSSDOCK_MAP_X12_SPILL_H

#include "canon/spill.h"
#include "map/x12_read.h"

/* Between two segments.  False as canon_spill: the record can no longer be used. */
bool x12_read_spill(struct x12_read *read, struct canon_spill *spill);

#endif
