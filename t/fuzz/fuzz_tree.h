/*
 * fuzz_tree: what the fuzz targets of XML and JSON share.
 */
#ifndef CROSSDOCK_T_FUZZ_TREE_H
#define CROSSDOCK_T_FUZZ_TREE_H

#include "fuzz.h"
#include "wire/tree.h"

/* Reads the bytes in pieces of several sizes: the same each time, documents one behind the other, and within
 * the file. */
void fuzz_tree_read(tree_read_function *read_tree, const struct tree_layout *layout, struct bytes bytes);

/* The bytes through a map to records: counts add up, and every line is canonical. */
void fuzz_tree_translate(const char *map, struct bytes bytes);

#endif
