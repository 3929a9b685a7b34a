/* From a key to orders: up from document to document until one names orders. */
#include <stdlib.h>

#include "ledger/journey.h"
#include "ledger/journey_reading.h"
#include "ledger/sql.h"

enum {
    MAX_KEYED = 20000, /* documents with the key */
    MAX_CLIMBED = 200, /* documents looked through on the way from a key to orders */
    MAX_PROVED = 50,   /* orders that are walked to see whether they have the document */
};

struct climb {
    struct reading reading;
    struct bytes key, partner;
    struct journey_order *found;
    size_t n;
    bool more;
};

static void add_order(struct climb *climb, struct bytes partner, struct bytes number)
{
    for (size_t i = 0; i < climb->n; i++)
        if (bytes_equal(climb->found[i].partner, partner) && bytes_equal(climb->found[i].number, number))
            return;
    if (climb->n == JOURNEY_MAX_ORDERS)
        climb->more = true;
    else
        climb->found[climb->n++] = (struct journey_order){partner, number};
}

struct package {
    struct climb *climb;
    const struct journey_document *notice;
    size_t orders;
};

static void add_package_order(void *to, const struct number *number)
{
    struct package *package = to;

    add_order(package->climb, package->notice->partner, number->value);
    package->orders++;
}

/* A package of a notice of several orders: those that are in it.  False: it is not, or nobody says so. */
static bool add_orders_of_package(struct climb *climb, const struct journey_document *document,
                                  struct bytes value)
{
    struct package package = {climb, document, 0};

    if (!document->is_shipment || document->orders < 2)
        return false;
    for (size_t i = 0; i < document->n; i++) {
        const struct number *number = &document->numbers[i];

        if (bytes_equal(number->value, value) &&
            (number_is(number, "tracking_number") || number_is(number, "sscc"))) {
            document_package_orders(climb->reading.ledger, climb->reading.arena, document, value,
                                    add_package_order, &package);
            return package.orders > 0;
        }
    }
    return false;
}

/* The orders that a document names; only the one it was found by, where it was found by an order's number. */
static void add_orders_of(struct climb *climb, const struct journey_document *document, struct bytes value)
{
    bool by_number = false;

    if (add_orders_of_package(climb, document, value))
        return;
    for (size_t i = 0; i < document->n; i++)
        by_number = by_number || (number_is(&document->numbers[i], "order_number") &&
                                  bytes_equal(document->numbers[i].value, value));
    for (size_t i = 0; i < document->n; i++)
        if (number_is(&document->numbers[i], "order_number") &&
            (!by_number || bytes_equal(document->numbers[i].value, value)))
            add_order(climb, document->partner, document->numbers[i].value);
}

static bool speaks_of(const struct journey_document *a, const struct journey_document *b)
{
    return bytes_equal(a->partner, b->partner) || a->role == ROLE_SERVICE || b->role == ROLE_SERVICE;
}

/* Those that share a number with `from`: whoever names orders is asked for them, the others go on. */
static void climb_number(struct climb *climb, const struct journey_document *from,
                         const struct number *number, struct journey_document *waiting[], size_t *n)
{
    struct reading *reading = &climb->reading;
    sqlite3_stmt *statement;

    if (reading_is_shared(reading, number->value))
        return;
    statement = reading_by_value(reading, number->value);
    while (!reading->arena->failed && sql_row(reading->ledger, statement)) {
        const struct number_name *name = number_name_of(sql_get_text(statement, 1));
        struct met_entry *entry;

        if (name == NULL || (name->sorts & number->name->sorts) == 0)
            continue;
        entry = reading_document(reading, sql_get_number(statement, 0));
        if (entry == NULL || entry->document == NULL || !speaks_of(entry->document, from))
            continue;
        if (entry->document->role == ROLE_TRADE && entry->document->orders > 0) {
            add_orders_of(climb, entry->document, number->value);
        } else if (!entry->is_member && entry->document->role != ROLE_END && *n < MAX_CLIMBED) {
            entry->is_member = true;
            waiting[(*n)++] = entry->document;
        }
    }
    sql_end(statement);
}

static void climb_from(struct climb *climb, struct journey_document *document)
{
    struct journey_document *waiting[MAX_CLIMBED] = {document};
    size_t n = 1;

    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < waiting[i]->n && j < MAX_CLIMBED; j++) {
            const struct number *number = &waiting[i]->numbers[j];

            if ((number->name->sorts & ~(unsigned)NUMBER_ALONE) == 0 ||
                (waiting[i]->orders > 0 && (number->name->sorts & NUMBER_ORDER) == 0))
                continue;
            climb_number(climb, waiting[i], number, waiting, &n);
        }
    /* Nobody whose order it is has been heard of. */
    for (size_t i = 0; i < n && climb->n == 0; i++)
        add_orders_of(climb, waiting[i], climb->key);
}

static bool has_document(struct climb *climb, const struct journey_order *order, int64_t ordinal)
{
    struct journey journey = {.n = 0};

    if (!journey_walk(climb->reading.ledger, climb->reading.arena, order, &journey))
        return false;
    for (size_t i = 0; i < journey.n; i++)
        if (journey.documents[i] == ordinal)
            return true;
    return false;
}

/* The orders of one document that has the key. */
static void find_orders(struct climb *climb, int64_t ordinal, struct climb *all)
{
    struct met_entry *entry;

    climb->reading = (struct reading){.ledger = all->reading.ledger, .arena = all->reading.arena};
    climb->n = 0;
    entry = reading_document(&climb->reading, ordinal);
    if (entry == NULL || entry->document == NULL)
        return;
    if (entry->document->role == ROLE_TRADE && entry->document->orders > 0)
        add_orders_of(climb, entry->document, climb->key);
    else
        climb_from(climb, entry->document);
    for (size_t i = 0; i < climb->n; i++) {
        const struct journey_order *order = &climb->found[i];

        if (climb->partner.len > 0 && !bytes_equal(climb->partner, order->partner) &&
            !bytes_equal(climb->partner, entry->document->partner))
            continue;
        if ((climb->n == 1 && entry->document->orders > 0) || climb->n > MAX_PROVED ||
            has_document(climb, order, ordinal))
            add_order(all, order->partner, order->number);
    }
    all->more = all->more || climb->more;
}

static int by_name(const void *a, const void *b)
{
    const struct journey_order *left = a, *right = b;
    int order = bytes_compare(left->partner, right->partner);

    return order != 0 ? order : bytes_compare(left->number, right->number);
}

bool journey_find(struct ledger *ledger, struct arena *arena, struct bytes key, struct bytes partner,
                  struct journey_orders *out)
{
    static const char select[] =
        "SELECT document_id, name FROM document_key WHERE value = ?1"
        " UNION SELECT document_id, 'order_number' FROM document WHERE id = ?1 ORDER BY 1 LIMIT ?2";
    struct climb one = {.reading = {.ledger = ledger, .arena = arena}, .key = key, .partner = partner},
                 all = one;
    sqlite3_stmt *statement;
    int64_t last = 0;

    *out = (struct journey_orders){.n = 0};
    one.found = arena_zalloc(arena, JOURNEY_MAX_ORDERS, sizeof(*one.found));
    all.found = arena_zalloc(arena, JOURNEY_MAX_ORDERS, sizeof(*all.found));
    if (one.found == NULL || all.found == NULL)
        return !reading_failed(&all.reading);
    statement = sql_begin(ledger, select);
    sql_text(statement, 1, key);
    sql_number(statement, 2, MAX_KEYED);
    while (!arena->failed && sql_row(ledger, statement)) {
        int64_t ordinal = sql_get_number(statement, 0);

        if (number_name_of(sql_get_text(statement, 1)) == NULL || ordinal == last)
            continue;
        last = ordinal;
        out->documents++;
        if (!all.more)
            find_orders(&one, ordinal, &all);
    }
    sql_end(statement);
    qsort(all.found, all.n, sizeof(*all.found), by_name);
    out->orders = all.found;
    out->n = all.n;
    out->more = all.more;
    return !reading_failed(&all.reading);
}
