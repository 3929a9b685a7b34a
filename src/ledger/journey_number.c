#include "ledger/journey_number.h"

#include "ledger/sql.h"

enum { MAX_NUMBERS = 200000 }; /* of one document */

static const struct number_name names[] = {
    {"order_number", NUMBER_ORDER},
    {"erp_order_number", NUMBER_ORDER},
    {"seller_order_number", NUMBER_ORDER},
    {"customer_order_number", NUMBER_ORDER},
    {"depositor_order_number", NUMBER_ORDER},
    {"shipment_id", NUMBER_SHIPPING},
    {"bill_of_lading", NUMBER_SHIPPING},
    {"pro_number", NUMBER_SHIPPING},
    {"tracking_number", NUMBER_SHIPPING},
    {"sscc", NUMBER_SHIPPING},
    {"carrier_reference", NUMBER_SHIPPING},
    {"invoice_number", NUMBER_INVOICE},
    {"original_invoice_number", NUMBER_INVOICE},
    {"erp_invoice_number", NUMBER_INVOICE},
    /* Of a payment: what is paid; of a reject: what would have been an order or an invoice. */
    {"document_number", NUMBER_INVOICE | NUMBER_ORDER},
    {"rma_number", NUMBER_RETURN},
    {"return_id", NUMBER_RETURN},
    {"ack_number", NUMBER_ALONE},
    {"change_number", NUMBER_ALONE},
    {"receipt_id", NUMBER_ALONE},
    {"payment_id", NUMBER_ALONE},
    {"load_number", NUMBER_ALONE},
    {"master_reference", NUMBER_ALONE},
};

const struct number_name *number_name_of(struct bytes name)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (bytes_are(name, names[i].name))
            return &names[i];
    return NULL;
}

static enum document_role role_of(struct bytes kind)
{
    static const struct {
        const char *kind;
        enum document_role role;
    } roles[] = {
        {"order", ROLE_TRADE},
        {"order_ack", ROLE_TRADE},
        {"order_change", ROLE_TRADE},
        {"shipment", ROLE_TRADE},
        {"invoice", ROLE_TRADE},
        {"return", ROLE_TRADE},
        {"receipt", ROLE_TRADE},
        {"shipment_order", ROLE_SERVICE},
        {"status_event", ROLE_SERVICE},
        {"tender", ROLE_SERVICE},
        {"payment", ROLE_END},
        {"reject", ROLE_END},
        {"application_advice", ROLE_END},
    };

    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
        if (bytes_are(kind, roles[i].kind))
            return roles[i].role;
    return ROLE_NONE;
}

static bool load_numbers(struct ledger *ledger, struct arena *arena, struct journey_document *document)
{
    static const char count[] = "SELECT count(*) FROM document_key WHERE document_id = ?";
    static const char select[] = "SELECT name, value FROM document_key WHERE document_id = ?"
                                 " ORDER BY name, value";
    sqlite3_stmt *statement = sql_begin(ledger, count);
    int64_t n;

    sql_number(statement, 1, document->ordinal);
    n = sql_answer(ledger, statement, 0);
    if (n > MAX_NUMBERS)
        n = MAX_NUMBERS;
    document->numbers = arena_zalloc(arena, (size_t)n + 1, sizeof(*document->numbers));
    if (document->numbers == NULL)
        return false;
    statement = sql_begin(ledger, select);
    sql_number(statement, 1, document->ordinal);
    while (document->n < (size_t)n && sql_row(ledger, statement)) {
        const struct number_name *name = number_name_of(sql_get_text(statement, 0));

        if (name == NULL)
            continue;
        document->numbers[document->n++] = (struct number){arena_copy(arena, sql_get_text(statement, 1)),
                                                           name};
        document->orders += strcmp(name->name, "order_number") == 0;
        if (strcmp(name->name, "depositor_order_number") == 0)
            document->role = ROLE_SERVICE;
    }
    sql_end(statement);
    return !arena->failed && !ledger_failed(ledger);
}

struct journey_document *journey_document_load(struct ledger *ledger, struct arena *arena, int64_t ordinal)
{
    static const char select[] = "SELECT kind, partner FROM document WHERE document_id = ?";
    struct journey_document *document = arena_zalloc(arena, 1, sizeof(*document));
    sqlite3_stmt *statement = sql_begin(ledger, select);

    if (document == NULL)
        return NULL;
    sql_number(statement, 1, ordinal);
    if (sql_row(ledger, statement)) {
        document->ordinal = ordinal;
        document->role = role_of(sql_get_text(statement, 0));
        document->is_shipment = bytes_are(sql_get_text(statement, 0), "shipment");
        document->partner = arena_copy(arena, sql_get_text(statement, 1));
    }
    sql_end(statement);
    if (document->role == ROLE_NONE || !load_numbers(ledger, arena, document))
        return NULL;
    return document;
}

bool document_has(const struct journey_document *document, struct bytes value, unsigned sorts)
{
    for (size_t i = 0; i < document->n; i++)
        if ((document->numbers[i].name->sorts & sorts) != 0 && bytes_equal(document->numbers[i].value, value))
            return true;
    return false;
}

void document_pass(const struct journey_document *document,
                   void (*tell)(void *to, const struct number *number), void *to)
{
    const unsigned leading = NUMBER_ORDER | NUMBER_SHIPPING | NUMBER_INVOICE | NUMBER_RETURN;
    size_t counts[sizeof(names) / sizeof(names[0])] = {0};

    if (document->role == ROLE_END)
        return;
    for (size_t i = 0; i < document->n; i++)
        counts[document->numbers[i].name - names]++;
    for (size_t i = 0; i < document->n; i++) {
        const struct number *number = &document->numbers[i];
        bool of_package = document->is_shipment && document->orders <= 1 &&
                          (number_is(number, "tracking_number") || number_is(number, "sscc"));

        if ((number->name->sorts & leading) == 0)
            continue;
        /* Another name of the order: only from who speaks of one. */
        if ((number->name->sorts & NUMBER_ORDER) != 0 && document->orders > 1)
            continue;
        if (of_package || counts[number->name - names] == 1)
            tell(to, number);
    }
}

/* The tree of a notice: orders, packages and other levels, each below another. */
#define NODES                                                                                         \
    "WITH RECURSIVE node(level, parent, number, tracking, sscc) AS MATERIALIZED ("                    \
    " SELECT value ->> 'level_id', value ->> 'parent_level_id', value ->> 'order_number', NULL, NULL" \
    "  FROM record, json_each(line, '$.orders') WHERE document_id = ?1"                               \
    " UNION ALL SELECT value ->> 'package_id',"                                                       \
    "  ifnull(value ->> 'parent_level_id', value ->> 'parent_package_id'), value ->> 'order_number'," \
    "  value ->> 'tracking_number', value ->> 'sscc'"                                                 \
    "  FROM record, json_each(line, '$.packages') WHERE document_id = ?1"                             \
    " UNION ALL SELECT value ->> 'level_id', value ->> 'parent_level_id', value ->> 'order_number',"  \
    "  NULL, NULL FROM record, json_each(line, '$.levels') WHERE document_id = ?1),"

/* Packages of an order are those that say so, those below it, and those it lies in. */
static const char packages[] = NODES
    " below(level) AS (SELECT level FROM node WHERE number = ?2"
    "  UNION SELECT n.level FROM below b JOIN node n ON n.parent = b.level WHERE n.number IS NULL),"
    " above(level) AS (SELECT parent FROM node WHERE number = ?2"
    "  UNION SELECT n.parent FROM above a JOIN node n ON n.level = a.level)"
    " SELECT DISTINCT tracking, sscc FROM node"
    " WHERE level IN (SELECT level FROM below UNION SELECT level FROM above)"
    "  AND (number IS NULL OR number = ?2) AND (tracking IS NOT NULL OR sscc IS NOT NULL)";

void document_packages(struct ledger *ledger, struct arena *arena, const struct journey_document *document,
                       struct bytes order, void (*tell)(void *to, const struct number *number), void *to)
{
    sqlite3_stmt *statement = sql_begin(ledger, packages);

    sql_number(statement, 1, document->ordinal);
    sql_text(statement, 2, order);
    while (sql_row(ledger, statement))
        for (int column = 0; column < 2; column++) {
            struct bytes value = sql_get_text(statement, column);
            const struct number_name *name = number_name_of(column == 0 ? BYTES("tracking_number")
                                                                        : BYTES("sscc"));

            if (value.len > 0)
                tell(to, &(struct number){arena_copy(arena, value), name});
        }
}

/* The other way round. */
static const char package_orders[] = NODES
    " below(level) AS (SELECT level FROM node WHERE ?2 IN (tracking, sscc)"
    "  UNION SELECT n.level FROM below b JOIN node n ON n.parent = b.level),"
    " above(level, number) AS (SELECT level, number FROM node WHERE ?2 IN (tracking, sscc)"
    "  UNION SELECT n.level, n.number FROM above a JOIN node c ON c.level = a.level"
    "   JOIN node n ON n.level = c.parent WHERE a.number IS NULL)"
    " SELECT DISTINCT number FROM (SELECT number FROM node WHERE level IN (SELECT level FROM below)"
    "  UNION SELECT number FROM above) WHERE number IS NOT NULL";

void document_package_orders(struct ledger *ledger, struct arena *arena,
                             const struct journey_document *document, struct bytes package,
                             void (*tell)(void *to, const struct number *number), void *to)
{
    sqlite3_stmt *statement = sql_begin(ledger, package_orders);

    sql_number(statement, 1, document->ordinal);
    sql_text(statement, 2, package);
    while (sql_row(ledger, statement))
        tell(to, &(struct number){arena_copy(arena, sql_get_text(statement, 0)),
                                  number_name_of(BYTES("order_number"))});
}
