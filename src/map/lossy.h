/*
 * lossy: what a map says it cannot bring back as it came: segments, with the reason.
 */
#ifndef CROSSDOCK_MAP_LOSSY_H
#define CROSSDOCK_MAP_LOSSY_H

#include "base/arena.h"
#include "conf/yaml.h"

struct map_lossy {
    struct bytes segment; /* id */
    const char *why;
};

/* From a mapping {SEGMENT: WHY, ...}; NULL: none.  False: told. */
bool map_lossy_read(const struct yaml_node *node, struct arena *arena, struct report *report,
                    const struct map_lossy **lossy, uint32_t *n);

/* The one of a segment, or NULL. */
const struct map_lossy *map_lossy_of(const struct map_lossy *lossy, uint32_t n, struct bytes segment);

#endif
