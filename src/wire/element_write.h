/*
 * element_write: records of a layout as elements of XML (flat_layout's elements): columns are elements in
 * them, records inside a record are elements in its element.  What a file of fixed width would refuse is
 * refused here, too: the widths hold.
 */
#ifndef CROSSDOCK_WIRE_ELEMENT_WRITE_H
#define CROSSDOCK_WIRE_ELEMENT_WRITE_H

#include "wire/flat.h"

/* The layout must outlive the writer.  `ceiling`: bytes, of one document in memory.  NULL: out of memory. */
struct unit_writer *element_write_open(const struct flat_layout *layout, size_t ceiling);

#endif
