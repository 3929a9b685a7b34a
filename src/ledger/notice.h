/*
 * notice: the tree of a ship notice, which tells the packages of its orders: orders, packages and other
 * levels, each below another.  For the modules of journeys alone.
 *
 * Made from a record's line, which must outlive it; everything else lives in the arena.
 */
#ifndef CROSSDOCK_LEDGER_NOTICE_H
#define CROSSDOCK_LEDGER_NOTICE_H

#include "base/arena.h"

/* A level of it.  What it does not say is {NULL, 0}. */
struct notice_node {
    struct bytes number;         /* of the order */
    struct bytes tracking, sscc; /* of the package */
    uint32_t level, parent;      /* what it is called, as a number from 1 on; 0: nothing */
    uint32_t next_child;         /* the next of the same parent, as an index from 1 on; 0: none */
    uint32_t next_namesake;      /* the next of the same level, likewise */
};

struct notice {
    struct notice_node *nodes; /* in the record's order */
    size_t n;
    uint32_t *children;  /* by level: its first node below */
    uint32_t *namesakes; /* by level: its first node */
    size_t n_levels;     /* the highest of them */
};

/* False: the line is no object of JSON, or the arena failed. */
bool notice_read(struct notice *notice, struct bytes line, struct arena *arena);

/* Packages of an order are those that say so, those below it, and those it lies in; a package that names
 * another order is that one's.  False: the arena failed. */
bool notice_packages(const struct notice *notice, struct arena *arena, struct bytes order,
                     void (*tell)(void *to, const struct notice_node *package), void *to);

/* The other way round: the orders of a package, by its tracking number or SSCC; some may be told twice. */
bool notice_orders(const struct notice *notice, struct arena *arena, struct bytes package,
                   void (*tell)(void *to, struct bytes order), void *to);

#endif
