/*
 * xml_write: units as XML, through libxml2's writer.
 *
 * A document is put together in memory first (wire/tree_write.h).  Characters that XML 1.0 does not know
 * (production 2, "Char") are refused.
 */
#ifndef CROSSDOCK_WIRE_XML_WRITE_H
#define CROSSDOCK_WIRE_XML_WRITE_H

#include "wire/unit_writer.h"
#include "wire/xml.h"

/* The layout must outlive the writer.  `ceiling`: bytes, of one document in memory.  NULL: out of memory. */
struct unit_writer *xml_write_open(const struct tree_layout *layout, size_t ceiling);

#endif
