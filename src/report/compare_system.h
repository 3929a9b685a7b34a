/*
 * compare_system: what systems say of themselves: their newest views (snapshots) of orders and stock.
 */
#ifndef CROSSDOCK_REPORT_COMPARE_SYSTEM_H
#define CROSSDOCK_REPORT_COMPARE_SYSTEM_H

#include "report/compare.h"

struct system_order {
    struct bytes number;
    const struct canon_object *object; /* a snapshot_order */
    const struct system_view *view;
};

/* The newest view of a system of one type. */
struct system_view {
    struct bytes system, type; /* "orders", "stock" */
    struct bytes at;           /* when it was true, as it says */
    int64_t moment;            /* the same; 0: cannot be read */
    bool is_full, is_whole;    /* nothing else is there; all of its parts came */
    int64_t parts, count;
    struct system_view *next;
    const struct canon_object **bodies; /* of its parts */
};

struct systems {
    struct system_view *views;   /* by system and type */
    struct system_order *orders; /* by number, then system */
    size_t n_orders;
};

/* From documents up to this one.  False: told. */
bool systems_load(struct compare *compare, int64_t until, struct systems *out);

/* The first of a number, of *n. */
const struct system_order *systems_order(const struct systems *systems, struct bytes number, size_t *n);

/* Tells the number of each order of which the two do not say the same. */
bool systems_differ(const struct systems *before, const struct systems *now,
                    bool (*tell)(void *to, struct bytes number), void *to);

#endif
