/*
 * json_write: units as JSON: a member of an outermost object, an array, a document a line, or one document.
 *
 * A document is put together in memory first (wire/tree_write.h).  Numbers of the record are numbers with the
 * digits that they have, all else is strings, unless the layout says another type of a member.
 */
#ifndef CROSSDOCK_WIRE_JSON_WRITE_H
#define CROSSDOCK_WIRE_JSON_WRITE_H

#include "wire/tree.h"
#include "wire/unit_writer.h"

/* The layout must outlive the writer.  `ceiling`: bytes, of one document in memory.  NULL: out of memory. */
struct unit_writer *json_write_open(const struct tree_layout *layout, size_t ceiling);

#endif
