#include "ledger/journey_number.h"

#include "ledger/notice.h"
#include "ledger/sql.h"

enum { MAX_NUMBERS = 200000 }; /* of one document */

/* By name.  "document_number" is of a payment: what is paid; of a reject: what would have been an order or an
 * invoice. */
static const struct number_name names[] = {
    {BYTES("ack_number"), NUMBER_ALONE},
    {BYTES("bill_of_lading"), NUMBER_SHIPPING},
    {BYTES("carrier_reference"), NUMBER_SHIPPING},
    {BYTES("change_number"), NUMBER_ALONE},
    {BYTES("customer_order_number"), NUMBER_ORDER},
    {BYTES("depositor_order_number"), NUMBER_ORDER},
    {BYTES("document_number"), NUMBER_INVOICE | NUMBER_ORDER},
    {BYTES("erp_invoice_number"), NUMBER_INVOICE},
    {BYTES("erp_order_number"), NUMBER_ORDER},
    {BYTES("invoice_number"), NUMBER_INVOICE},
    {BYTES("load_number"), NUMBER_ALONE},
    {BYTES("master_reference"), NUMBER_ALONE},
    {BYTES("order_number"), NUMBER_ORDER},
    {BYTES("original_invoice_number"), NUMBER_INVOICE},
    {BYTES("payment_id"), NUMBER_ALONE},
    {BYTES("pro_number"), NUMBER_SHIPPING},
    {BYTES("receipt_id"), NUMBER_ALONE},
    {BYTES("return_id"), NUMBER_RETURN},
    {BYTES("rma_number"), NUMBER_RETURN},
    {BYTES("seller_order_number"), NUMBER_ORDER},
    {BYTES("shipment_id"), NUMBER_SHIPPING},
    {BYTES("sscc"), NUMBER_SHIPPING},
    {BYTES("tracking_number"), NUMBER_SHIPPING},
};
enum { N_NAMES = sizeof(names) / sizeof(names[0]) };

const struct number_name *number_name_of(struct bytes name)
{
    for (size_t i = 0; i < N_NAMES; i++)
        if (bytes_equal(name, names[i].name))
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

/* By name, and within a name as they came: by value. */
static void sort_by_name(struct number *into, const struct number *from, size_t n)
{
    size_t begins[N_NAMES + 1] = {0};

    for (size_t i = 0; i < n; i++)
        begins[from[i].name - names + 1]++;
    for (size_t i = 1; i < N_NAMES; i++)
        begins[i] += begins[i - 1];
    for (size_t i = 0; i < n; i++)
        into[begins[from[i].name - names]++] = from[i];
}

static bool load_numbers(struct ledger *ledger, struct arena *arena, struct journey_document *document)
{
    static const char count[] = "SELECT count(*) FROM document_key WHERE document_id = ?";
    /* As the index has them: a notice may have ten thousand. */
    static const char select[] = "SELECT name, value FROM document_key WHERE document_id = ?"
                                 " ORDER BY value, name";
    sqlite3_stmt *statement = sql_begin(ledger, count);
    struct number *numbers;
    int64_t n;

    sql_number(statement, 1, document->ordinal);
    n = sql_answer(ledger, statement, 0);
    if (n > MAX_NUMBERS)
        n = MAX_NUMBERS;
    document->numbers = arena_zalloc(arena, (size_t)n + 1, sizeof(*document->numbers));
    numbers = arena_zalloc(arena, (size_t)n + 1, sizeof(*numbers));
    if (document->numbers == NULL || numbers == NULL)
        return false;
    statement = sql_begin(ledger, select);
    sql_number(statement, 1, document->ordinal);
    while (document->n < (size_t)n && sql_row(ledger, statement)) {
        const struct number_name *name = number_name_of(sql_get_text(statement, 0));

        if (name == NULL)
            continue;
        numbers[document->n++] = (struct number){arena_copy(arena, sql_get_text(statement, 1)), name};
        document->orders += bytes_are(name->name, "order_number");
        if (bytes_are(name->name, "depositor_order_number"))
            document->role = ROLE_SERVICE;
    }
    sql_end(statement);
    sort_by_name(document->numbers, numbers, document->n);
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
    size_t counts[N_NAMES] = {0};

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

/* The tree of a notice; false when its record is kept no longer.  It looks into the statement's row: whoever
 * asks for one ends the statement. */
static bool read_notice(struct ledger *ledger, struct arena *arena, const struct journey_document *document,
                        struct sqlite3_stmt **statement, struct notice *notice)
{
    static const char select[] = "SELECT line FROM record WHERE document_id = ?";

    *statement = sql_begin(ledger, select);
    sql_number(*statement, 1, document->ordinal);
    return sql_row(ledger, *statement) && notice_read(notice, sql_get_text(*statement, 0), arena);
}

struct told {
    struct arena *arena;
    void (*tell)(void *to, const struct number *number);
    void *to;
};

static void tell_number(const struct told *told, struct bytes value, const char *name)
{
    if (value.len > 0)
        told->tell(told->to,
                   &(struct number){arena_copy(told->arena, value), number_name_of(bytes_of(name))});
}

static void tell_package(void *to, const struct notice_node *package)
{
    tell_number(to, package->tracking, "tracking_number");
    tell_number(to, package->sscc, "sscc");
}

static void tell_order(void *to, struct bytes order)
{
    tell_number(to, order, "order_number");
}

void document_packages(struct ledger *ledger, struct arena *arena, const struct journey_document *document,
                       struct bytes order, void (*tell)(void *to, const struct number *number), void *to)
{
    struct told told = {arena, tell, to};
    struct sqlite3_stmt *statement;
    struct notice notice;

    if (read_notice(ledger, arena, document, &statement, &notice))
        (void)notice_packages(&notice, arena, order, tell_package, &told);
    sql_end(statement);
}

void document_package_orders(struct ledger *ledger, struct arena *arena,
                             const struct journey_document *document, struct bytes package,
                             void (*tell)(void *to, const struct number *number), void *to)
{
    struct told told = {arena, tell, to};
    struct sqlite3_stmt *statement;
    struct notice notice;

    if (read_notice(ledger, arena, document, &statement, &notice))
        (void)notice_orders(&notice, arena, package, tell_order, &told);
    sql_end(statement);
}
