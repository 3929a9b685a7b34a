/*
 * layout_table: the record types of a layout that come from a table: a hundred segments of an IDoc are rows
 * of a file, not lines of each map.  Private to layout.c.
 *
 * The table (crossdock-map(5) has its form) was read with the map: map->layout_table.  All its records have
 * the columns of the layout's head in front, the first of which holds the type.
 */
#ifndef CROSSDOCK_MAP_LAYOUT_TABLE_H
#define CROSSDOCK_MAP_LAYOUT_TABLE_H

#include "map/layout_keys.h"
#include "wire/flat.h"

/* How many records the table has, with the one for types unknown; an upper bound. */
unsigned layout_table_count(const struct map *map);

/* The mapping `node` (table:) into records from `records[layout->n_records]` on, and what they have in common
 * into the layout.  What is wrong is told. */
void layout_table_read(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout,
                       struct flat_record *records);

#endif
