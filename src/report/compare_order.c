/* Orders, one by one: whose they are, and what of their documents does not agree. */
#include "ledger/journey.h"
#include "report/compare_case.h"

static bool is_trade(const struct trace_document *document)
{
    static const char *const kinds[] = {"order",   "order_ack", "order_change",
                                        "invoice", "shipment",  "return"};

    for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (trace_is(document, kinds[i]))
            return !trace_is_warehouse(document);
    return false;
}

static bool is_cancelled(const struct trace *trace)
{
    for (size_t i = 0; i < trace->n_documents; i++) {
        const struct trace_document *document = &trace->documents[i];

        if (document->counts && ((trace_is(document, "order") && document->is_cancel) ||
                                 (trace_is(document, "order_change") &&
                                  bytes_are(trace_text(document->record.body, "purpose_code"), "cancel"))))
            return true;
    }
    return false;
}

static void look(struct order_case *c)
{
    trace_arrange(&c->trace);
    c->order = case_next(c, NULL, "order", false);
    c->answer = case_next(c, NULL, "order_ack", false);
    while (c->answer != NULL && trace_answers_change(c->answer))
        c->answer = case_next(c, c->answer, "order_ack", false);
    c->is_cancelled = is_cancelled(&c->trace);
    c->shipped = case_next(c, NULL, "shipment", false) != NULL ? TRACE_SHIPPED : TRACE_PICKED;
    c->has_shipped = c->shipped == TRACE_SHIPPED || case_next(c, NULL, "shipment", true) != NULL;
    case_order(c);
    case_answer(c);
    case_warehouse(c);
    case_notice(c);
    case_window(c);
    case_shipping(c);
    case_invoicing(c);
    case_terms(c);
    case_receipt(c);
}

/* Rows as a trace wants them. */
static const struct timeline_row *rows_of(struct arena *arena, const struct survey_document *document,
                                          size_t *n)
{
    struct timeline_row *rows = arena_zalloc(arena, 2, sizeof(*rows));

    if (rows == NULL)
        return NULL;
    rows[0] = (struct timeline_row){.at = document->posted_at,
                                    .what = BYTES("posted"),
                                    .kind = document->kind,
                                    .direction = document->direction,
                                    .partner = document->partner,
                                    .number = document->number,
                                    .id = document->id,
                                    .state = document->state};
    *n = 1;
    if (document->delivered_at.at != NULL) {
        rows[1] = rows[0];
        rows[1].what = BYTES("delivered");
        rows[1].at = document->delivered_at;
        *n = 2;
    }
    return rows;
}

static bool is_member(const int64_t *members, size_t n, int64_t ordinal)
{
    for (size_t i = 0; i < n; i++)
        if (members[i] == ordinal)
            return true;
    return false;
}

/* The case of one customer; `members`: the documents that are of it, NULL: all. */
static bool look_at(struct compare *compare, const struct survey_group *group, struct bytes partner,
                    const int64_t *members, size_t n_members)
{
    struct order_case c = {.compare = compare, .partner = partner, .number = group->number};
    const struct journey_order order = {partner, group->number};

    if (compare->settings->partner != NULL && !bytes_are(partner, compare->settings->partner))
        return true;
    if (!trace_begin(&c.trace, compare->schema, &compare->scratch, &order, group->n))
        return false;
    c.trace.in_pieces = true;
    for (size_t i = 0; i < group->n; i++) {
        size_t n = 0;
        const struct timeline_row *rows;

        if (members != NULL && !is_member(members, n_members, group->documents[i].ordinal))
            continue;
        rows = rows_of(&compare->scratch, &group->documents[i], &n);
        if (rows == NULL)
            return false;
        trace_take(&c.trace, group->documents[i].ordinal, rows, n, group->documents[i].line);
    }
    look(&c);
    return true;
}

/* Several customers use the number. */
static bool look_at_each(struct compare *compare, const struct survey_group *group,
                         const struct bytes *partners, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct journey_order order = {partners[i], group->number};
        struct journey journey = {.n = 0};

        if (!journey_walk(compare->ledger, &compare->scratch, &order, &journey) ||
            !look_at(compare, group, partners[i], journey.documents, journey.n))
            return false;
    }
    return true;
}

bool compare_group(struct compare *compare, const struct survey_group *group)
{
    enum { MAX_PARTNERS = 64 };
    struct bytes partners[MAX_PARTNERS];
    size_t n = 0;
    bool good = true;

    arena_reset(&compare->scratch);
    compare->wake = INT64_MAX;
    if (group->n == 0)
        return true;
    compare->orders++;
    for (size_t i = 0; i < group->n; i++) {
        const struct survey_document *document = &group->documents[i];
        const struct timeline_row row = {.kind = document->kind};
        const struct trace_document like = {.rows = &row, .n_rows = 1};
        bool known = false;

        /* A shipment without its record: whose it is shows by the others. */
        if (!is_trade(&like) || bytes_are(document->kind, "shipment"))
            continue;
        for (size_t j = 0; j < n && !known; j++)
            known = bytes_equal(partners[j], document->partner);
        if (!known && n < MAX_PARTNERS)
            partners[n++] = document->partner;
    }
    if (n <= 1)
        good = look_at(compare, group, n == 1 ? partners[0] : group->documents[0].partner, NULL, 0);
    else
        good = look_at_each(compare, group, partners, n);
    if (compare->scratch.failed && !compare->failed) {
        report_say(ledger_report(compare->ledger), TECHNICAL_MEMORY, ledger_path(compare->ledger),
                   "an order of too many documents");
        compare->failed = true;
    }
    return good && !compare->failed && !ledger_failed(compare->ledger);
}

/* --- R6: the order and our own system */

static void see_not_posted(struct order_case *c)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_PO_NOTPOST, BYTES("order"),
                                                    (struct bytes){NULL, 0});
    struct said said;
    enum compare_due when;
    int64_t due, delivered;

    if (limit->none || case_delivered(c->order, &delivered))
        return;
    due = compare_after(c->compare, c->partner, case_posted(c->order), limit);
    when = compare_due(c->compare, c->partner, due, limit);
    if (when == COMPARE_EARLY)
        return;
    said = case_said(c, RULE_PO_NOTPOST, c->order);
    said.severity = when == COMPARE_SOON ? SEVERITY_WARN : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "delivered by %s", compare_local(c->compare, c->partner, due));
    said.found = "delivered to nobody";
    said.limit = limit;
    said.due = due;
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "nobody has taken the order yet" : "nobody has taken the order";
    compare_say(c->compare, &said);
}

/* The same number as an original again, and both are open. */
static void see_twice(struct order_case *c)
{
    for (const struct trace_document *at = c->trace.documents; at < c->trace.documents + c->trace.n_documents;
         at++) {
        struct said said;

        if (at == c->order || !trace_is(at, "order") || at->record.kind == NULL || at->rank != 0 ||
            c->order->rank != 0 || !bytes_are(at->rows[0].state, "open") ||
            !bytes_equal(trace_text(at->record.body, "release_number"),
                         trace_text(c->order->record.body, "release_number")))
            continue;
        said = case_said(c, RULE_PO_DUP, c->order);
        said.item = at->rows[0].id;
        said.expected = "one order";
        said.found = compare_text(c->compare, "another one, %.*s, posted %s", BYTES_ARG(at->rows[0].id),
                                  compare_local(c->compare, c->partner, case_posted(at)));
        said.has_amount = case_total(c, &said.amount);
        said.text = "the order is there twice as an original";
        compare_say(c->compare, &said);
    }
}

void case_order(struct order_case *c)
{
    if (c->order == NULL || trace_is_out(c->order) || c->is_cancelled)
        return;
    see_not_posted(c);
    see_twice(c);
    case_system(c);
}
