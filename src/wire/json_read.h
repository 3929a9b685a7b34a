/*
 * json_read: files of JSON documents, a document at a time: a document a line, or one JSON text that is a
 * document, an array of them, or an object with a member that holds them.
 *
 * Strictly RFC 8259 in UTF-8: numbers stay the text they are, a member stands in its object once.  The
 * elements of an array are children of its name, side by side.  Memory is that of one document.  What is
 * wrong within the braces of a document refuses that alone, as far as braces tell where it ends; lines
 * always do.
 */
#ifndef CROSSDOCK_WIRE_JSON_READ_H
#define CROSSDOCK_WIRE_JSON_READ_H

#include "wire/tree.h"

/* As xml_read. */
struct tree_reading json_read(const struct tree_layout *layout, struct tree_names *names, int fd,
                              size_t ceiling, const struct tree_taker *taker);

#endif
