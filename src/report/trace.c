#include "report/trace.h"

#include <stdlib.h>

#include "canon/read.h"

enum { MAX_NUMBERS_OF_A_NAME = 12 };

const char *const trace_stage_names[TRACE_STAGES] = {
    [TRACE_ORDERED] = "ordered",   [TRACE_ACCEPTED] = "accepted",   [TRACE_BACKORDERED] = "later",
    [TRACE_REJECTED] = "rejected", [TRACE_REQUESTED] = "requested", [TRACE_PICKED] = "picked",
    [TRACE_SHIPPED] = "shipped",   [TRACE_RECEIVED] = "received",   [TRACE_INVOICED] = "invoiced",
    [TRACE_CREDITED] = "credited", [TRACE_RETURNED] = "returned",
};

static const struct canon_value *value_of(const struct canon_object *object, const char *name)
{
    const struct canon_field *field;

    if (object == NULL || object->block == NULL)
        return NULL;
    field = canon_block_field(object->block, bytes_of(name));
    return field != NULL ? canon_get(object, field) : NULL;
}

struct bytes trace_text(const struct canon_object *object, const char *name)
{
    const struct canon_value *value = value_of(object, name);

    if (value == NULL || value->held != CANON_HELD_TEXT || value->len == 0)
        return (struct bytes){NULL, 0};
    return (struct bytes){value->text, value->len};
}

const struct canon_object *trace_first(const struct canon_object *object, const char *name)
{
    const struct canon_value *value = value_of(object, name);

    return value != NULL && value->held == CANON_HELD_LIST ? value->list->first : NULL;
}

const struct canon_object *trace_enter(const struct canon_object *object, const char *name)
{
    const struct canon_value *value = value_of(object, name);

    return value != NULL && value->held == CANON_HELD_OBJECT ? value->object : NULL;
}

bool trace_is_warehouse(const struct trace_document *document)
{
    return trace_is(document, "shipment") && document->record.kind != NULL &&
           trace_text(document->record.body, "depositor_order_number").at != NULL;
}

bool trace_is_expected(const struct trace_document *document)
{
    struct bytes direction = trace_text(document->record.body, "direction_code");

    /* Where it is not said: what is on its way has the number of a shipment. */
    return trace_is(document, "shipment_order") &&
           (direction.at != NULL ? bytes_are(direction, "in")
                                 : trace_text(document->record.body, "shipment_id").at != NULL);
}

bool trace_answers_change(const struct trace_document *document)
{
    return trace_is(document, "order_ack") &&
           (trace_text(document->record.body, "change_sequence").at != NULL ||
            trace_text(document->record.body, "change_date").at != NULL);
}

/* --- a document */

/* What a kind is called, where its date stands, and its place in the life of an order. */
static const struct kind_about {
    const char *kind, *title, *date, *time, *number, *purpose;
} kinds[] = {
    {"order", "purchase order", "order_date", "order_time", "release_number", "purpose_code"},
    {"order_change", "order change", "change_date", NULL, NULL, NULL},
    {"order_ack", "acknowledgment", "ack_date", NULL, "release_number", NULL},
    {"shipment_order", "order to the warehouse", NULL, NULL, "depositor_order_number", "status_code"},
    {"shipment", "ship notice", "ship_date", "ship_time", "shipment_id", "purpose_code"},
    {"tender", "load tender", NULL, NULL, NULL, NULL},
    {"status_event", "carrier status", "event_date", "event_time", NULL, NULL},
    {"receipt", "receipt", "receipt_date", "receipt_time", "receipt_id", "purpose_code"},
    {"invoice", "invoice", "invoice_date", NULL, "invoice_number", "purpose_code"},
    {"return", "return", "return_date", NULL, "rma_number", NULL},
    {"payment", "payment", "payment_date", NULL, NULL, NULL},
    {"application_advice", "application advice", "advice_date", "advice_time", NULL, NULL},
    {"reject", "document that was rejected", NULL, NULL, NULL, NULL},
};
enum { N_KINDS = sizeof(kinds) / sizeof(kinds[0]) };

static const struct kind_about *about(const struct trace_document *document)
{
    static const struct kind_about other = {"", "document", NULL, NULL, NULL, NULL};

    for (unsigned i = 0; i < N_KINDS; i++)
        if (trace_is(document, kinds[i].kind))
            return &kinds[i];
    return &other;
}

/* The business's own time; where it has a date alone and the interchange is of that day, that one's. */
static void find_when(struct trace *trace, struct trace_document *document, const struct kind_about *kind)
{
    const struct canon_object *body = document->record.body;
    struct bytes created = document->record.source.created, date = {NULL, 0}, time = {NULL, 0};

    if (document->record.kind != NULL && kind->date != NULL) {
        date = trace_text(body, kind->date);
        if (kind->time != NULL)
            time = trace_text(body, kind->time);
        if (date.at == NULL && trace_is(document, "shipment"))
            date = trace_text(body, "notice_date");
    }
    document->when = date;
    if (date.at != NULL && time.at != NULL)
        document->when = bytes_of(arena_format(trace->arena, "%.*sT%.*s", BYTES_ARG(date), BYTES_ARG(time)));
    else if (created.len > 10 && (date.at == NULL || memcmp(created.at, date.at, date.len) == 0))
        document->when = created;
    if (document->when.at == NULL) {
        document->when = document->rows[0].at;
        document->is_posted_time = true;
    }
}

static int rank_of(struct bytes purpose)
{
    if (bytes_are(purpose, "cancel"))
        return 2;
    return bytes_are(purpose, "replace") || bytes_are(purpose, "change") ? 1 : 0;
}

/* What there is to know of a document whose rows are set. */
static void see_document(struct trace *trace, struct trace_document *document, struct bytes line)
{
    const struct kind_about *kind;
    struct canon_read_error error;
    struct bytes state = document->rows[0].state;

    if (line.at == NULL || !canon_read(&document->record, trace->schema, line, trace->arena, &error))
        document->record = (struct canon_record){.kind = NULL};
    kind = about(document);
    document->title = kind->title;
    document->order = (unsigned)(kind >= kinds && kind < kinds + N_KINDS ? kind - kinds : N_KINDS);
    if (trace_is_warehouse(document))
        document->title = "warehouse shipment";
    if (trace_is_expected(document))
        document->title = "notice to the warehouse";
    if (trace_answers_change(document))
        document->title = "answer to a change";
    if (trace_is(document, "invoice") && document->record.kind != NULL &&
        bytes_are(trace_text(document->record.body, "invoice_type_code"), "credit"))
        document->title = "credit";
    find_when(trace, document, kind);
    if (document->record.kind != NULL && kind->purpose != NULL)
        document->rank = rank_of(trace_text(document->record.body, kind->purpose));
    document->is_cancel = document->rank == 2;
    document->counts = document->record.kind != NULL && bytes_are(state, "open");
    document->counts_not = document->record.kind == NULL ? "cannot be read"
                           : bytes_are(state, "held")    ? "held"
                                                         : "dismissed";
}

static void read_document(struct trace *trace, struct trace_document *document)
{
    struct bytes line = timeline_record(trace->ledger, trace->arena, document->ordinal);

    document->n_rows = timeline_read(trace->ledger, trace->arena, document->ordinal, &document->rows);
    if (document->n_rows > 0)
        see_document(trace, document, line);
}

static int by_life(const void *a, const void *b)
{
    const struct trace_document *left = a, *right = b;
    int order;

    if (left->order != right->order)
        return left->order < right->order ? -1 : 1;
    order = bytes_compare(left->when, right->when);
    return order != 0 ? order : bytes_compare(left->rows[0].id, right->rows[0].id);
}

/* --- which of several of one number counts: a cancellation over what replaces over the original, then the
 * latest */

static bool same_number(const struct trace_document *a, const struct trace_document *b)
{
    const struct kind_about *kind = about(a);
    struct bytes left, right;

    if (a->order != b->order || !bytes_equal(a->rows[0].partner, b->rows[0].partner) ||
        !bytes_equal(a->rows[0].direction, b->rows[0].direction) || kind->number == NULL ||
        strcmp(a->title, b->title) != 0 || trace_answers_change(a))
        return false;
    left = trace_text(a->record.body, kind->number);
    right = trace_text(b->record.body, kind->number);
    /* Without a release there is one order, and one answer to it that holds. */
    if (left.at == NULL && right.at == NULL)
        return trace_is(a, "order") || trace_is(a, "order_ack");
    return bytes_equal(left, right);
}

static void see_what_counts(struct trace *trace)
{
    for (size_t i = 0; i < trace->n_documents; i++)
        /* What a carrier says is said beside the rest, and may be said ten thousand times. */
        for (size_t j = i + 1; j < trace->n_documents && about(&trace->documents[i])->number != NULL; j++) {
            struct trace_document *earlier = &trace->documents[i], *later = &trace->documents[j];
            struct trace_document *loser = earlier->rank > later->rank ? later : earlier;

            if (later->order != earlier->order)
                break;
            if (!earlier->counts || !later->counts || !same_number(earlier, later))
                continue;
            loser->counts = false;
            loser->counts_not = earlier->is_cancel || later->is_cancel ? "cancelled" : "replaced";
        }
}

/* --- the order itself */

static void find_order(struct trace *trace)
{
    static const struct {
        const char *field, *says;
    } dates[] = {{"requested_delivery_date", "deliver by"},
                 {"requested_ship_date", "ship by"},
                 {"do_not_deliver_after_date", "deliver by"},
                 {"do_not_ship_after_date", "ship by"}};
    bool known = false;

    for (size_t i = 0; i < trace->n_documents; i++) {
        const struct trace_document *document = &trace->documents[i];
        bool ours = trace_is(document, "order_ack") || trace_is(document, "invoice") ||
                    (trace_is(document, "shipment") && !trace_is_warehouse(document));

        /* Whoever answers sells. */
        if (!known && ours && !trace_is_out(document))
            trace->is_purchase = true;
        if (!trace_is(document, "order") || document->record.kind == NULL)
            continue;
        known = true;
        trace->is_purchase = trace_is_out(document);
        if (trace->order_date.at != NULL)
            continue;
        trace->order_date = trace_text(document->record.body, "order_date");
        trace->total = trace_text(document->record.body, "total_amount");
        trace->currency = trace_text(document->record.body, "currency");
        for (unsigned j = 0; j < sizeof(dates) / sizeof(dates[0]) && trace->requested == NULL; j++) {
            trace->requested_date = trace_text(document->record.body, dates[j].field);
            if (trace->requested_date.at != NULL)
                trace->requested = dates[j].says;
        }
    }
}

/* --- what else it is called */

struct collect {
    struct trace *trace;
    const char *name;
    size_t of_name;
    bool skips; /* a notice of several orders: its numbers of orders and packages are mostly others' */
};

static void add_number(void *to, const struct canon_value *value)
{
    struct collect *collect = to;
    struct trace *trace = collect->trace;
    struct bytes text = {value->text, value->len}, name = bytes_of(collect->name);

    for (size_t i = 0; i < trace->n_numbers; i++)
        if (bytes_equal(trace->numbers[i].value, text) && bytes_equal(trace->numbers[i].name, name))
            return;
    if (collect->of_name++ >= MAX_NUMBERS_OF_A_NAME) {
        trace->numbers_left_out++;
        return;
    }
    if (trace->n_numbers % 64 == 0) {
        struct trace_number *more = arena_zalloc(trace->arena, trace->n_numbers + 64, sizeof(*more));

        if (more == NULL)
            return;
        if (trace->n_numbers > 0)
            memcpy(more, trace->numbers, trace->n_numbers * sizeof(*more));
        trace->numbers = more;
    }
    trace->numbers[trace->n_numbers++] = (struct trace_number){name, text};
}

static int by_number(const void *a, const void *b)
{
    const struct trace_number *left = a, *right = b;
    int order = bytes_compare(left->name, right->name);

    return order != 0 ? order : bytes_compare(left->value, right->value);
}

static void count_orders(void *to, const struct canon_value *value)
{
    (void)value;
    ++*(size_t *)to;
}

static void find_numbers(struct trace *trace)
{
    static const char *const names[] = {"erp_order_number",
                                        "seller_order_number",
                                        "customer_order_number",
                                        "depositor_order_number",
                                        "release_number",
                                        "shipment_id",
                                        "bill_of_lading",
                                        "pro_number",
                                        "tracking_number",
                                        "sscc",
                                        "invoice_number",
                                        "rma_number",
                                        "load_number"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct collect collect = {trace, names[i], 0, false};
        bool of_orders = strstr(names[i], "order_number") != NULL || i == 8 || i == 9;

        for (size_t j = 0; j < trace->n_documents; j++) {
            const struct canon_record *record = &trace->documents[j].record;
            size_t orders = 0;

            if (record->kind == NULL || trace_is(&trace->documents[j], "payment"))
                continue;
            for (unsigned k = 0; k < record->kind->n_keys; k++)
                if (strcmp(record->kind->keys[k].name, "order_number") == 0)
                    canon_key_each(record->body, &record->kind->keys[k], count_orders, &orders);
            for (unsigned k = 0; k < record->kind->n_keys; k++)
                if (strcmp(record->kind->keys[k].name, names[i]) == 0 && (orders < 2 || !of_orders))
                    canon_key_each(record->body, &record->kind->keys[k], add_number, &collect);
        }
    }
    if (trace->n_numbers > 1)
        qsort(trace->numbers, trace->n_numbers, sizeof(*trace->numbers), by_number);
}

bool trace_begin(struct trace *trace, const struct schema *schema, struct arena *arena,
                 const struct journey_order *order, size_t n)
{
    *trace = (struct trace){.arena = arena, .schema = schema, .order = *order};
    trace->documents = arena_zalloc(arena, n + 1, sizeof(*trace->documents));
    return trace->documents != NULL;
}

void trace_take(struct trace *trace, int64_t ordinal, const struct timeline_row *rows, size_t n,
                struct bytes line)
{
    struct trace_document *document = &trace->documents[trace->n_documents++];

    document->ordinal = ordinal;
    document->rows = rows;
    document->n_rows = n;
    see_document(trace, document, line);
}

void trace_arrange(struct trace *trace)
{
    if (trace->n_documents > 1)
        qsort(trace->documents, trace->n_documents, sizeof(*trace->documents), by_life);
    see_what_counts(trace);
    find_order(trace);
    trace_lines(trace);
}

bool trace_make(struct trace *trace, struct ledger *ledger, const struct schema *schema, struct arena *arena,
                const struct journey_order *order)
{
    struct journey journey = {.n = 0};

    *trace = (struct trace){.arena = arena, .schema = schema, .ledger = ledger, .order = *order};
    if (!journey_walk(ledger, arena, order, &journey))
        return false;
    trace->more = journey.more;
    trace->shared = journey.shared;
    trace->documents = arena_zalloc(arena, journey.n + 1, sizeof(*trace->documents));
    for (size_t i = 0; i < journey.n && trace->documents != NULL; i++) {
        struct trace_document *document = &trace->documents[trace->n_documents];

        document->ordinal = journey.documents[i];
        read_document(trace, document);
        trace->n_documents += document->n_rows > 0;
    }
    if (trace->n_documents > 1)
        qsort(trace->documents, trace->n_documents, sizeof(*trace->documents), by_life);
    see_what_counts(trace);
    find_order(trace);
    find_numbers(trace);
    trace_lines(trace);
    trace_events(trace);
    trace_find_missing(trace);
    if (arena->failed && !ledger_failed(ledger))
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, ledger_path(ledger),
                   "an order of too many documents");
    return !arena->failed && !ledger_failed(ledger);
}
