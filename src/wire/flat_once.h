/*
 * flat_once: no two documents of a file that is written have one key: whoever reads it, ourselves among them,
 * would take their rows for one document.  Of layouts whose documents are told apart by key columns.
 */
#ifndef CROSSDOCK_WIRE_FLAT_ONCE_H
#define CROSSDOCK_WIRE_FLAT_ONCE_H

#include "wire/flat.h"

struct flat_once;

/* False: out of memory.  *once NULL, which all but this one take: the layout has no key. */
bool flat_once_open(struct flat_once **once, const struct flat_layout *layout);
void flat_once_close(struct flat_once *once);
void flat_once_begin_file(struct flat_once *once);
void flat_once_begin_document(struct flat_once *once);

/* A cell of a row, as it is written, and the row's end. */
void flat_once_cell(struct flat_once *once, unsigned slot, struct bytes text);
void flat_once_end_row(struct flat_once *once);

/* False: the key is empty, or that of an earlier document of the file (of the latest million); told. */
bool flat_once_end_document(struct flat_once *once, struct unit_writer *writer);

#endif
