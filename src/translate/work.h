/*
 * work: all that applies to one transaction set type of one partner in one release: the standard's set, the
 * partner's guide and rules, the walk and the checks over them, and the map.
 *
 * Made once on first use and kept for the run: a set costs what its segments cost.
 */
#ifndef CROSSDOCK_TRANSLATE_WORK_H
#define CROSSDOCK_TRANSLATE_WORK_H

#include "map/x12_read.h"
#include "partner/partner.h"
#include "standard/balance.h"
#include "standard/check.h"
#include "standard/guide.h"
#include "standard/walk.h"

/* What the works are made from; the owner keeps it all alive. */
struct workshop {
    struct search *search;
    struct dictionary *dictionary;
    struct schema *schema;
    struct report *report;
    const char *map;     /* -m: for every set whose map it fits, or NULL */
    struct arena *arena; /* for the run */
    struct work *works;
    struct work_map *maps; /* maps read so far */
};

struct work {
    struct work *next;
    const struct partner *partner;
    const char *release; /* of the tables in use */
    struct bytes set_id;
    const struct partner_document *document;
    const struct standard_set *set; /* NULL: the standard has no such set */
    const struct guide *guide;      /* or NULL */
    struct walk walk;
    struct check check;
    struct balance balance;
    struct x12_binding *binding;   /* NULL: no map reads it */
    const struct canon_kind *kind; /* of the map, or NULL */
    bool is_ack;                   /* the kind is functional_ack */
};

/* NULL: out of memory, or a configuration error that was told (report.misused). */
struct work *workshop_work(struct workshop *shop, const struct partner *partner, const char *release,
                           struct bytes set_id);

/* What the maps used in this run did not read, told by map and place.  `unmapped`: enum unmapped for all, or
 * -1: as each document says. */
void workshop_tell_unread(struct workshop *shop, int unmapped);

void workshop_release(struct workshop *shop);

#endif
