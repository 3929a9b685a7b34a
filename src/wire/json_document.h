/*
 * json_document: the text of one document of JSON as a tree.  For json_read alone, which finds where they
 * begin and end.
 */
#ifndef CROSSDOCK_WIRE_JSON_DOCUMENT_H
#define CROSSDOCK_WIRE_JSON_DOCUMENT_H

#include "base/scanner.h"
#include "wire/tree.h"

struct json_document {
    struct tree_names *names;
    struct arena *arena;          /* of the tree; texts without escapes stay where they are */
    struct scanner scanner;       /* afterwards: what is wrong and where, or that memory was short */
    const struct tree_node *node; /* that was being read, for the path of what is wrong; or NULL */
};

/* The document, which rules call by that name (a number of `names`).  What is wrong is in the scanner: the
 * tree is then what was read before.  NULL: out of memory. */
struct tree_node *json_document_read(struct json_document *document, struct bytes text, struct bytes name,
                                     uint16_t id);

#endif
