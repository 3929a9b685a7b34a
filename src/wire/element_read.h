/*
 * element_read: documents of XML whose elements are the records of a layout (flat_layout's elements), as
 * units: the reading side of element_write.
 *
 * Records come in the order of the document, each before those inside it.  An element that the layout does
 * not know is a record of the layout's `other`, or a value of the record's rest; what it holds stands there
 * as text, NAME=value.  The layout must have both.
 */
#ifndef CROSSDOCK_WIRE_ELEMENT_READ_H
#define CROSSDOCK_WIRE_ELEMENT_READ_H

#include "wire/flat_read.h"
#include "wire/tree.h"

struct element_reader;

/* The layout must outlive the reader.  NULL: out of memory. */
struct element_reader *element_read_open(const struct flat_layout *layout);
void element_read_close(struct element_reader *reader);

/* The names that xml_read is to know. */
struct tree_names *element_read_names(struct element_reader *reader);

/* The document must live as long as its units are read. */
void element_read_begin(struct element_reader *reader, const struct tree_document *document);

/* The next unit; its views live until the next document begins, its cells until the next unit.  False: there
 * is none. */
bool element_next(struct element_reader *reader, struct flat_unit *unit);

/* Whether memory failed, and units may lack something. */
bool element_failed(const struct element_reader *reader);

/* Where a column of the latest unit stands: line and character, from 1. */
void element_place(const struct element_reader *reader, unsigned slot, uint32_t *line, uint32_t *place);

#endif
