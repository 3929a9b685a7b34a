/*
 * fixed_write: records of columns of fixed width, counted in characters.
 *
 * A missing value is blank whatever the pad: zeros would say that there is a number, and that it is zero.
 */
#ifndef CROSSDOCK_WIRE_FIXED_WRITE_H
#define CROSSDOCK_WIRE_FIXED_WRITE_H

#include "wire/flat.h"

/* The layout must outlive the writer.  NULL: out of memory. */
struct unit_writer *fixed_write_open(const struct flat_layout *layout);

#endif
