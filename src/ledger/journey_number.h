/*
 * journey_number: what the business keys of a document mean for the journeys of orders: which sort a number
 * is of, whose it is, and which of its numbers a document passes on.  For journey.c alone.
 */
#ifndef CROSSDOCK_LEDGER_JOURNEY_NUMBER_H
#define CROSSDOCK_LEDGER_JOURNEY_NUMBER_H

#include "base/arena.h"
#include "ledger/ledger.h"

/* Numbers of one sort are compared with each other, whatever they are called: a carrier's reference is the
 * PRO number of a shipment. */
enum number_sort {
    NUMBER_ORDER = 1, /* what an order is called by anybody */
    NUMBER_SHIPPING = 2,
    NUMBER_INVOICE = 4,
    NUMBER_RETURN = 8,
    NUMBER_ALONE = 16, /* of a document itself: found by it, and leading nowhere */
};

enum document_role {
    ROLE_NONE,    /* in no journey: stock, items, acknowledgments of groups */
    ROLE_TRADE,   /* between us and the partner whose order it is */
    ROLE_SERVICE, /* of a warehouse or carrier */
    ROLE_END,     /* belongs to an order, and leads to no further document: payments, rejects */
};

struct number {
    struct bytes value;
    const struct number_name *name;
};

struct number_name {
    struct bytes name;
    unsigned sorts;
};

struct journey_document {
    int64_t ordinal;
    struct bytes partner;
    enum document_role role;
    bool is_shipment; /* a notice of what was shipped */
    struct number *numbers;
    size_t n;
    size_t orders; /* how many of them are order_number: those it belongs to */
};

/* NULL: a key that no journey knows. */
const struct number_name *number_name_of(struct bytes name);

/* The document and its numbers, in the arena; NULL: it is in no journey, or the ledger or arena failed. */
struct journey_document *journey_document_load(struct ledger *ledger, struct arena *arena, int64_t ordinal);

static inline bool number_is(const struct number *number, const char *name)
{
    return bytes_are(number->name->name, name);
}

/* Whether it has this value as a number of these sorts. */
bool document_has(const struct journey_document *document, struct bytes value, unsigned sorts);

/* Tells each number that the document leads on by, of those it has one of (and of a notice of one order:
 * those of its packages). */
void document_pass(const struct journey_document *document,
                   void (*tell)(void *to, const struct number *number), void *to);

/* For a notice of several orders: the numbers of the packages of this order. */
void document_packages(struct ledger *ledger, struct arena *arena, const struct journey_document *document,
                       struct bytes order, void (*tell)(void *to, const struct number *number), void *to);

/* The other way round: the orders of a package of it, by its tracking number or SSCC. */
void document_package_orders(struct ledger *ledger, struct arena *arena,
                             const struct journey_document *document, struct bytes package,
                             void (*tell)(void *to, const struct number *number), void *to);

#endif
