/*
 * layout_more: what a layout says of single records: texts that go on in further ones, and records that every
 * document has.  For layout.c alone.
 */
#ifndef CROSSDOCK_MAP_LAYOUT_MORE_H
#define CROSSDOCK_MAP_LAYOUT_MORE_H

#include "map/layout_keys.h"
#include "wire/flat.h"

/* more: {TAG: {column: COLUMN, when: {COLUMN: VALUE}}}; needs: [TAG, ...].  What is wrong is told. */
void layout_more_read(struct layout_keys *keys, const struct yaml_node *node,
                      const struct flat_layout *layout, struct flat_record *records);

#endif
