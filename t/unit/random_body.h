/*
 * random_body: records drawn from a map that is not of X12 and from the schema: what a file of that map can
 * say, and a little more.
 *
 * The map's tree is walked as reading walks it, with some of its units, up to three of those that repeat, and
 * values by the type of their field, the words of their table and the width of their column; a few are too
 * long, or of another form than the column has.
 */
#ifndef CROSSDOCK_UNIT_RANDOM_BODY_H
#define CROSSDOCK_UNIT_RANDOM_BODY_H

#include "canon/record.h"
#include "map/map.h"
#include "random.h"
#include "wire/flat.h"
#include "wire/tree.h"

struct random_body {
    struct random random;
    struct arena *arena;
    const struct map *map;
    const struct flat_layout *layout; /* of a flat file; or NULL */
    const struct tree_layout *tree;   /* of XML or JSON; or NULL */
};

/* An envelope and a body, in the arena.  False: out of memory. */
bool random_body_draw(struct random_body *drawer, struct canon_record *record);

#endif
