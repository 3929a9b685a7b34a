#include "report/stock.h"

#include <stdlib.h>
#include <string.h>

int stock_by_warehouse(const void *a, const void *b)
{
    const struct balance *left = a, *right = b;

    return bytes_compare(left->warehouse, right->warehouse);
}

int stock_by_item(const void *a, const void *b)
{
    const struct balance *left = a, *right = b;
    int order = stock_by_warehouse(a, b);

    return order != 0 ? order : bytes_compare(left->item, right->item);
}

int stock_by_status(const void *a, const void *b)
{
    const struct balance *left = a, *right = b;
    int order = stock_by_item(a, b);

    return order != 0 ? order : bytes_compare(left->status, right->status);
}

static bool make_room(struct stock *stock, size_t n)
{
    size_t room = stock->room == 0 ? 256 : stock->room;
    struct balance *more;

    while (room < n)
        room *= 2;
    if (room == stock->room)
        return true;
    more = realloc(stock->all, room * sizeof(*more));
    if (more == NULL) {
        stock->failed = true;
        return false;
    }
    stock->all = more;
    stock->room = room;
    return true;
}

void stock_add(struct stock *stock, const struct balance *of, struct bytes quantity, bool minus)
{
    struct balance one = *of;

    if (one.item.at == NULL || quantity.at == NULL || !make_room(stock, stock->n + 1))
        return;
    one.inexact = !decimal_parse(quantity, &one.sum);
    if (minus)
        one.sum.units = -one.sum.units;
    stock->all[stock->n++] = one;
}

/* Sorted, and one balance an item and status. */
static void stock_sum(struct stock *stock)
{
    size_t n = 0;

    if (stock->n > 1)
        qsort(stock->all, stock->n, sizeof(*stock->all), stock_by_status);
    for (size_t i = 0; i < stock->n; i++) {
        struct balance *last = n > 0 ? &stock->all[n - 1] : NULL;

        if (last == NULL || stock_by_status(last, &stock->all[i]) != 0) {
            stock->all[n++] = stock->all[i];
            continue;
        }
        if (last->uom.len == 0)
            last->uom = stock->all[i].uom;
        last->inexact = last->inexact || stock->all[i].inexact ||
                        (stock->all[i].uom.len > 0 && !bytes_equal(last->uom, stock->all[i].uom)) ||
                        !decimal_add(last->sum, stock->all[i].sum, &last->sum);
    }
    stock->n = n;
}

const struct balance *stock_find(const struct stock *stock, const struct balance *like,
                                 int (*by)(const void *a, const void *b))
{
    return stock->n > 0 ? bsearch(like, stock->all, stock->n, sizeof(*like), by) : NULL;
}

static bool says_status(const struct stock *stock, struct bytes warehouse)
{
    for (size_t i = 0; i < stock->n; i++)
        if (stock->all[i].status.at != NULL && bytes_equal(stock->all[i].warehouse, warehouse))
            return true;
    return false;
}

struct stock stock_beside(const struct stock *stock, const struct stock *other)
{
    struct stock copy = {.n = 0};
    bool both = false;

    if (stock->failed || other->failed || !make_room(&copy, stock->n)) {
        copy.failed = true;
        return copy;
    }
    copy.n = stock->n;
    if (stock->n > 0)
        memcpy(copy.all, stock->all, stock->n * sizeof(*copy.all));
    if (copy.n > 1)
        qsort(copy.all, copy.n, sizeof(*copy.all), stock_by_warehouse);
    for (size_t i = 0; i < copy.n; i++) {
        if (i == 0 || stock_by_warehouse(&copy.all[i - 1], &copy.all[i]) != 0)
            both = says_status(stock, copy.all[i].warehouse) && says_status(other, copy.all[i].warehouse);
        if (!both)
            copy.all[i].status = (struct bytes){NULL, 0};
    }
    stock_sum(&copy);
    return copy;
}
