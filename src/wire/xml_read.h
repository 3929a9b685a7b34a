/*
 * xml_read: files of XML documents, a document at a time, through libxml2's streaming parser.
 *
 * No network, no DTD (a DOCTYPE refuses the file), no entities but the five that XML has.  Memory is that of
 * one document.  Bytes that are no UTF-8, characters that XML does not know and elements nested too deep
 * refuse the document they stand in, and the next one goes on; what is not well-formed ends the file.
 */
#ifndef CROSSDOCK_WIRE_XML_READ_H
#define CROSSDOCK_WIRE_XML_READ_H

#include "wire/tree.h"

/* Reads the file.  `names`: those that its nodes get numbers of; the layout's own are added.  `ceiling`:
 * bytes of one document; a larger one is handed over as too_large. */
struct tree_reading xml_read(const struct tree_layout *layout, struct tree_names *names, int fd,
                             size_t ceiling, const struct tree_taker *taker);

#endif
