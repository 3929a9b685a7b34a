#include "ledger/journey.h"

#include <stdlib.h>

#include "ledger/journey_reading.h"
#include "ledger/sql.h"

struct walk {
    struct reading reading;
    struct journey_order order;
    struct met_entry *first, **last; /* numbers to follow */
    size_t members;
    bool more;
};

static void follow(void *to, const struct number *number)
{
    struct walk *walk = to;
    struct met_entry *entry = met_enter(&walk->reading.numbers, walk->reading.arena, number->value);
    unsigned fresh;

    if (entry == NULL)
        return;
    fresh = number->name->sorts & ~entry->sorts;
    if (fresh == 0)
        return;
    entry->sorts |= fresh;
    if (entry->fresh == 0) {
        entry->next = NULL;
        *walk->last = entry;
        walk->last = &entry->next;
    }
    entry->fresh |= fresh;
}

static struct met_entry *take_number(struct walk *walk, unsigned *sorts)
{
    struct met_entry *entry = walk->first;

    if (entry == NULL)
        return NULL;
    walk->first = entry->next;
    if (walk->first == NULL)
        walk->last = &walk->first;
    *sorts = entry->fresh;
    entry->fresh = 0;
    return entry;
}

static bool was_met(const struct walk *walk, const struct number *number)
{
    const struct met_entry *entry = met_find(&walk->reading.numbers, number->value);

    return entry != NULL && (entry->sorts & number->name->sorts) != 0;
}

/* Another document says which order has this number as one of its own. */
static const char known_order[] =
    "SELECT 1 FROM document_key k WHERE value = ?1 AND document_id <> ?2 AND name IN ('erp_order_number',"
    " 'seller_order_number', 'customer_order_number', 'depositor_order_number') AND EXISTS ("
    "  SELECT 1 FROM document_key o WHERE o.document_id = k.document_id AND o.name = 'order_number')"
    " LIMIT 1";
/* A notice has made this shipment known. */
static const char known_shipment[] =
    "SELECT 1 FROM document_key k JOIN document d USING(document_id) WHERE value = ?1"
    " AND document_id <> ?2 AND name = 'shipment_id' AND d.kind = 'shipment' LIMIT 1";

static bool is_known(struct walk *walk, const char *text, struct bytes value,
                     const struct journey_document *document)
{
    sqlite3_stmt *statement = sql_begin(walk->reading.ledger, text);

    sql_text(statement, 1, value);
    sql_number(statement, 2, document->ordinal);
    return sql_answer(walk->reading.ledger, statement, 0) != 0;
}

/* It is a number of an order that somebody else placed under the number of this one. */
static bool is_of_namesake(struct walk *walk, struct bytes value)
{
    static const char select[] =
        "SELECT 1 FROM document_key k JOIN document d USING(document_id) WHERE value = ?1"
        " AND name IN ('erp_order_number', 'seller_order_number', 'customer_order_number')"
        " AND d.partner <> ?2 AND d.kind IN ('order', 'order_change', 'order_ack') AND EXISTS ("
        "  SELECT 1 FROM document_key o WHERE o.document_id = k.document_id AND o.name = 'order_number'"
        "  AND o.value = ?3) LIMIT 1";
    sqlite3_stmt *statement = sql_begin(walk->reading.ledger, select);

    sql_text(statement, 1, value);
    sql_text(statement, 2, walk->order.partner);
    sql_text(statement, 3, walk->order.number);
    return sql_answer(walk->reading.ledger, statement, 0) != 0;
}

/* What it calls its orders decides, where it calls them anything. */
static bool names_this_order(const struct walk *walk, const struct journey_document *document)
{
    for (size_t i = 0; i < document->n; i++)
        if (number_is(&document->numbers[i], "order_number") && was_met(walk, &document->numbers[i]))
            return true;
    return false;
}

/* A warehouse's or carrier's document may mean the order of somebody else who uses this number, too. */
static bool is_of_another(struct walk *walk, const struct journey_document *document)
{
    bool other = false;

    for (size_t i = 0; i < document->n; i++) {
        const struct number *number = &document->numbers[i];

        if ((number->name->sorts & NUMBER_ORDER) == 0 || number_is(number, "order_number") ||
            number_is(number, "depositor_order_number"))
            continue;
        if (was_met(walk, number))
            return false;
        other = other || is_of_namesake(walk, number->value);
    }
    return other;
}

/* By its shipments, or else its other numbers of orders: true when they decide.  One is this order's, or none
 * is and one is known to be another's. */
static bool decide_by(struct walk *walk, const struct journey_document *document, bool by_shipment,
                      bool *belongs)
{
    bool known = false;

    for (size_t i = 0; i < document->n; i++) {
        const struct number *number = &document->numbers[i];

        if (by_shipment ? !number_is(number, "shipment_id") : (number->name->sorts & NUMBER_ORDER) == 0)
            continue;
        if (was_met(walk, number)) {
            *belongs = true;
            return true;
        }
        known = known || is_known(walk, by_shipment ? known_shipment : known_order, number->value, document);
    }
    *belongs = false;
    return known;
}

/* Whether a document that has one of the order's numbers belongs to it.  Whatever is met later can only make
 * more of them belong, and is asked again then: the order of asking makes no difference. */
static bool belongs(struct walk *walk, const struct journey_document *document)
{
    bool answer;

    if (document->role != ROLE_SERVICE && !bytes_equal(document->partner, walk->order.partner) &&
        (document->role != ROLE_END || document->partner.len > 0))
        return false;
    if (document->role == ROLE_END)
        return true;
    if (document->orders > 0)
        return names_this_order(walk, document) &&
               (document->role != ROLE_SERVICE || !is_of_another(walk, document));
    if (decide_by(walk, document, false, &answer) || decide_by(walk, document, true, &answer))
        return answer;
    return true;
}

static void join(struct walk *walk, struct met_entry *entry)
{
    if (walk->members == JOURNEY_MAX_MEMBERS) {
        walk->more = true;
        return;
    }
    entry->is_member = true;
    walk->members++;
    document_pass(entry->document, follow, walk);
    if (entry->document->is_shipment && entry->document->orders > 1)
        document_packages(walk->reading.ledger, walk->reading.arena, entry->document, walk->order.number,
                          follow, walk);
}

static void follow_number(struct walk *walk, const struct met_entry *number, unsigned sorts)
{
    sqlite3_stmt *statement;

    if (!bytes_equal(number->value, walk->order.number) && reading_is_shared(&walk->reading, number->value))
        return;
    statement = reading_by_value(&walk->reading, number->value);
    while (!walk->more && !walk->reading.arena->failed && sql_row(walk->reading.ledger, statement)) {
        const struct number_name *name = number_name_of(sql_get_text(statement, 1));
        struct met_entry *entry;

        if (name == NULL || (name->sorts & sorts) == 0)
            continue;
        entry = reading_document(&walk->reading, sql_get_number(statement, 0));
        if (entry != NULL && entry->document != NULL && !entry->is_member && belongs(walk, entry->document))
            join(walk, entry);
    }
    sql_end(statement);
}

static void walk_from(struct walk *walk)
{
    struct met_entry *number;
    unsigned sorts;

    follow(walk, &(struct number){walk->order.number, number_name_of(BYTES("order_number"))});
    while (!walk->more && !walk->reading.arena->failed && !ledger_failed(walk->reading.ledger) &&
           (number = take_number(walk, &sorts)) != NULL)
        follow_number(walk, number, sorts);
}

static int by_ordinal(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

bool journey_walk(struct ledger *ledger, struct arena *arena, const struct journey_order *order,
                  struct journey *out)
{
    struct walk walk = {.reading = {.ledger = ledger, .arena = arena}, .order = *order};
    int64_t *documents;
    size_t n = 0;

    walk.last = &walk.first;
    walk_from(&walk);
    documents = arena_zalloc(arena, walk.members + 1, sizeof(int64_t));
    if (documents == NULL || reading_failed(&walk.reading))
        return !reading_failed(&walk.reading);
    for (size_t i = 0; i < walk.reading.documents.n_slots; i++)
        if (walk.reading.documents.slots[i] != NULL && walk.reading.documents.slots[i]->is_member)
            documents[n++] = walk.reading.documents.slots[i]->document->ordinal;
    qsort(documents, n, sizeof(documents[0]), by_ordinal);
    *out = (struct journey){.documents = documents, .n = n, .more = walk.more, .shared = walk.reading.shared};
    return true;
}
