/*
 * layout: the `layout:` of a map whose files are not X12, read into what the formats of wire work with.
 *
 * One row a format: a new one is a file in wire and a row in layout_write.c.  crossdock-map(5) has the
 * grammar; every complaint carries file:line:column.
 */
#ifndef CROSSDOCK_MAP_LAYOUT_H
#define CROSSDOCK_MAP_LAYOUT_H

#include "map/map.h"
#include "wire/flat.h"

/* A writer for the map's format.  The layout is made in `arena`, which must outlive the writer.  NULL: told
 * to the report. */
struct unit_writer *layout_open_writer(const struct map *map, struct arena *arena, struct report *report);

/* The layout of a flat file, for reading, made in `arena`.  NULL: told to the report. */
const struct flat_layout *layout_flat(const struct map *map, struct arena *arena, struct report *report);

#endif
