/*
 * feed: the files of a partner that are no X12: their names, and the map that reads them; the block `files`
 * of a partner file.
 */
#ifndef CROSSDOCK_PARTNER_FEED_H
#define CROSSDOCK_PARTNER_FEED_H

#include "base/pattern.h"
#include "conf/yaml.h"

struct partner_feed {
    struct bytes name;       /* a pattern, of the whole name without its folders */
    struct pattern *pattern;
    const char *map;
    const char *charset;     /* NULL: the layout's, else the partner's */
    int unmapped;            /* enum unmapped; -1: the partner's */
};

/* Reads the list; `unmapped` are the words of enum unmapped.  False: every mistake was told.  What it holds
 * lives in the arena and the tree, but for the patterns: partner_feeds_close, also after a failure. */
bool partner_feeds_read(struct partner_feed **feeds, uint32_t *n, const struct yaml_node *list,
                        const char *const *unmapped, struct arena *arena, struct report *report);
void partner_feeds_close(const struct partner_feed *feeds, uint32_t n);

/* The first whose pattern the name has, or NULL. */
const struct partner_feed *partner_feed_named(const struct partner_feed *feeds, uint32_t n,
                                              struct bytes name);

#endif
