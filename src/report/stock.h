/*
 * stock: how much of each item there is, by warehouse and status, as one view says it.  For compare_stock.c.
 */
#ifndef CROSSDOCK_REPORT_STOCK_H
#define CROSSDOCK_REPORT_STOCK_H

#include "base/bytes.h"
#include "base/decimal.h"

struct balance {
    struct bytes warehouse, item, uom;
    struct bytes status; /* as all call it; at NULL: of all together */
    struct decimal sum;
    bool inexact;
};

struct stock {
    struct balance *all; /* allocated; the owner frees it */
    size_t n, room;
    bool failed; /* no memory */
};

/* Another quantity of a warehouse, an item and a status (`of`); without item or quantity: nothing. */
void stock_add(struct stock *stock, const struct balance *of, struct bytes quantity, bool minus);

/* A copy that can be held against that of the other: sorted, one balance an item and status, by status in
 * places of which both say statuses and of all together in others. */
struct stock stock_beside(const struct stock *stock, const struct stock *other);

/* In what stock_beside made: the one that is `like` it by one of these; NULL: none. */
int stock_by_warehouse(const void *a, const void *b);
int stock_by_item(const void *a, const void *b); /* in a warehouse */
int stock_by_status(const void *a, const void *b);
const struct balance *stock_find(const struct stock *stock, const struct balance *like,
                                 int (*by)(const void *a, const void *b));

#endif
