/*
 * layout_columns: the columns of a record of a layout, as its YAML lists them.  Private to layout.c and
 * layout_table.c.
 */
#ifndef CROSSDOCK_MAP_LAYOUT_COLUMNS_H
#define CROSSDOCK_MAP_LAYOUT_COLUMNS_H

#include "map/layout_keys.h"
#include "wire/flat.h"

/* The list `node` into the record's columns.  What is wrong is told. */
void layout_columns_read(struct layout_keys *keys, const struct yaml_node *node, bool fixed,
                         struct flat_record *record);

#endif
