/*
 * layout_tree: the layouts of XML and JSON.
 */
#ifndef CROSSDOCK_MAP_LAYOUT_TREE_H
#define CROSSDOCK_MAP_LAYOUT_TREE_H

#include "map/layout_keys.h"
#include "map/map.h"
#include "wire/tree.h"

/* Whether the map's format is one of these. */
static inline bool layout_is_tree(const struct map *map)
{
    return strcmp(map->format, "xml") == 0 || strcmp(map->format, "json") == 0;
}

/* Read from a layout's mapping, in keys' arena.  NULL: out of memory; what is wrong is told. */
const struct tree_layout *layout_read_tree(struct layout_keys *keys, const struct yaml_node *node, bool json);

/* The layout of the map, made in `arena`.  NULL: told to the report. */
const struct tree_layout *layout_tree(const struct map *map, struct arena *arena, struct report *report);

#endif
