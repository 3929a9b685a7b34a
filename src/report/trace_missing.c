/* What is missing in the life of an order, and which quantities do not agree. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "report/trace.h"

enum {
    MAX_MISSING = 1000,
    MAX_NAMED = 8, /* documents in one sentence */
};

static void miss(struct trace *trace, const struct trace_line *line, const char *code, const char *format,
                 ...) __attribute__((format(printf, 4, 5)));

static void miss(struct trace *trace, const struct trace_line *line, const char *code, const char *format,
                 ...)
{
    char text[512];
    va_list values;

    if (trace->missing == NULL)
        trace->missing = arena_zalloc(trace->arena, MAX_MISSING, sizeof(*trace->missing));
    if (trace->missing == NULL || trace->n_missing == MAX_MISSING)
        return;
    va_start(values, format);
    (void)vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    trace->missing[trace->n_missing++] = (struct trace_missing){code, line,
                                                                arena_format(trace->arena, "%s", text)};
}

/* --- documents */

/* The first that counts of a kind; `warehouse` tells the two kinds of shipments apart. */
static const struct trace_document *find(const struct trace *trace, const char *kind, bool warehouse)
{
    for (size_t i = 0; i < trace->n_documents; i++) {
        const struct trace_document *document = &trace->documents[i];

        if (document->counts && !document->is_cancel && trace_is(document, kind) &&
            trace_is_warehouse(document) == warehouse)
            return document;
    }
    return NULL;
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

/* Nothing of it was accepted. */
static bool is_refused(const struct trace *trace)
{
    const struct trace_document *answer = find(trace, "order_ack", false);
    struct bytes code = {NULL, 0};

    if (answer != NULL)
        code = trace_text(answer->record.body, "ack_type_code");
    return bytes_are(code, "RJ") || bytes_are(code, "RD");
}

static bool has_row(const struct trace_document *document, const char *what)
{
    for (size_t i = 0; i < document->n_rows; i++)
        if (bytes_are(document->rows[i].what, what))
            return true;
    return false;
}

/* Acknowledgments (997, 999) that we have not sent, in one sentence. */
static void see_owed(struct trace *trace)
{
    const char *list = "";
    unsigned n = 0;

    for (size_t i = 0; i < trace->n_documents && list != NULL; i++) {
        const struct trace_document *document = &trace->documents[i];

        if (!has_row(document, "acknowledgment owed") ||
            (i > 0 && document->order == document[-1].order &&
             has_row(&document[-1], "acknowledgment owed") &&
             bytes_equal(document->rows[0].number, document[-1].rows[0].number)))
            continue;
        n++;
        if (n <= MAX_NAMED)
            list = arena_format(trace->arena, "%s%s%s %.*s", list, n > 1 ? ", " : "", document->title,
                                BYTES_ARG(document->rows[0].number));
    }
    if (n > 0 && list != NULL)
        miss(trace, NULL, "acknowledgment_owed", "our acknowledgment was not sent yet for %s%s", list,
             n > MAX_NAMED ? " and more" : "");
}

static void see_documents(struct trace *trace)
{
    for (size_t i = 0; i < trace->n_documents; i++) {
        const struct trace_document *document = &trace->documents[i];
        struct bytes number = document->rows[0].number;

        if (trace_is(document, "reject"))
            miss(trace, NULL, "rejected", "a document of it was rejected: file %.*s",
                 BYTES_ARG(document->rows[0].file));
        else if (bytes_are(document->rows[0].state, "held"))
            miss(trace, NULL, "held", "%s %.*s is held, and counts nowhere", document->title,
                 BYTES_ARG(number));
        else if (document->record.kind == NULL)
            miss(trace, NULL, "unreadable", "%s %.*s cannot be read: its numbers are not counted",
                 document->title, BYTES_ARG(number));
        else if (has_row(document, "refused"))
            miss(trace, NULL, "delivery_refused", "%s %.*s was refused by who should take it",
                 document->title, BYTES_ARG(number));
        else if (document->counts && trace_is_out(document) && !has_row(document, "delivered"))
            miss(trace, NULL, "not_sent", "%s %.*s was not sent yet", document->title, BYTES_ARG(number));
    }
    see_owed(trace);
}

static void see_stages(struct trace *trace)
{
    const struct trace_document *order = find(trace, "order", false);
    const struct trace_document *answer = find(trace, "order_ack", false);
    const struct trace_document *asked = find(trace, "shipment_order", false);
    const struct trace_document *receipt = find(trace, "receipt", false);
    const struct trace_document *picked = find(trace, "shipment", true);
    const struct trace_document *notice = find(trace, "shipment", false);
    const struct trace_document *invoice = find(trace, "invoice", false);
    bool delivered = receipt != NULL;

    for (size_t i = 0; i < trace->n_events; i++)
        delivered = delivered || trace->events[i].is_delivery;
    if (order == NULL && !is_cancelled(trace))
        miss(trace, NULL, "no_order", "the order itself is not in the ledger");
    if (is_cancelled(trace) || is_refused(trace))
        return;
    if (answer == NULL)
        miss(trace, NULL, "no_acknowledgment", "no acknowledgment of the order");
    if (asked != NULL && trace_is_expected(asked) && receipt == NULL)
        miss(trace, NULL, "no_receipt", "the warehouse has not said that it received the goods");
    if (asked != NULL && !trace_is_expected(asked) && picked == NULL)
        miss(trace, NULL, "no_warehouse_shipment", "the warehouse has not said that it shipped");
    if (notice == NULL)
        miss(trace, NULL, picked != NULL ? "no_ship_notice" : "no_shipment",
             picked != NULL ? "no ship notice, though the warehouse has shipped" : "nothing was shipped");
    if ((picked != NULL || notice != NULL) && !delivered)
        miss(trace, NULL, "no_delivery", "nobody has said that the goods arrived");
    if ((picked != NULL || notice != NULL) && invoice == NULL)
        miss(trace, NULL, "no_invoice", "shipped, and not invoiced");
}

/* --- quantities */

/* Of one unit both, and the same: *order is -1, 0 or 1.  False: cannot be compared. */
static bool compare(const struct trace_amount *a, const struct trace_amount *b, int *order)
{
    if (a->n != 1 || b->n != 1 || a->inexact || b->inexact ||
        !bytes_equal(a->by_unit[0].uom, b->by_unit[0].uom))
        return false;
    *order = decimal_compare(a->by_unit[0].sum, b->by_unit[0].sum);
    return true;
}

/* A line that others have at this stage, and this one has not: nothing of it. */
static struct trace_amount amount_of(const struct trace *trace, const struct trace_line *line,
                                     enum trace_stage stage, const struct trace_amount *like)
{
    struct trace_amount amount = line->at[stage];

    if (amount.n == 0 && trace->has[stage] && like->n == 1) {
        amount.n = 1;
        amount.by_unit[0].sum = decimal_of_count(0);
        amount.by_unit[0].uom = like->by_unit[0].uom;
    }
    return amount;
}

static void hold_against(struct trace *trace, const struct trace_line *line, enum trace_stage stage,
                         enum trace_stage against, const char *less, const char *more)
{
    struct trace_amount want = line->at[against], got = amount_of(trace, line, stage, &want);
    int order;

    if (!trace->has[stage] || want.n == 0)
        return;
    if (!compare(&got, &want, &order)) {
        if (got.n > 0)
            miss(trace, line, "cannot_compare", "line %.*s: %s %s, %s %s: cannot be compared",
                 BYTES_ARG(line->number), trace_stage_names[stage], trace_amount_text(trace->arena, &got),
                 trace_stage_names[against], trace_amount_text(trace->arena, &want));
        return;
    }
    if (order != 0 && (order < 0 ? less : more) != NULL)
        miss(trace, line, order < 0 ? less : more, "line %.*s: %s %s, %s %s", BYTES_ARG(line->number),
             trace_stage_names[stage], trace_amount_text(trace->arena, &got), trace_stage_names[against],
             trace_amount_text(trace->arena, &want));
}

static void see_line(struct trace *trace, const struct trace_line *line)
{
    enum trace_stage shipped = trace->has[TRACE_SHIPPED] ? TRACE_SHIPPED : TRACE_PICKED;
    struct trace_amount billed = line->at[TRACE_INVOICED];

    if (!line->ordered && trace->has[TRACE_ORDERED])
        miss(trace, line, "line_not_ordered", "line %.*s (%.*s) is not in the order", BYTES_ARG(line->number),
             BYTES_ARG(line->item));
    hold_against(trace, line, TRACE_ACCEPTED, TRACE_ORDERED, "accepted_less", "accepted_more");
    if (line->at[TRACE_BACKORDERED].n > 0)
        miss(trace, line, "later", "line %.*s: %s later", BYTES_ARG(line->number),
             trace_amount_text(trace->arena, &line->at[TRACE_BACKORDERED]));
    if (line->at[TRACE_REJECTED].n > 0)
        miss(trace, line, "line_rejected", "line %.*s: %s rejected", BYTES_ARG(line->number),
             trace_amount_text(trace->arena, &line->at[TRACE_REJECTED]));
    if (trace->has[TRACE_SHIPPED] && trace->has[TRACE_PICKED])
        hold_against(trace, line, TRACE_SHIPPED, TRACE_PICKED, "notice_differs", "notice_differs");
    hold_against(trace, line, shipped, TRACE_ORDERED, "shipped_less", "shipped_more");
    hold_against(trace, line, TRACE_RECEIVED, shipped, "received_less", "received_more");
    if (trace->has[shipped])
        hold_against(trace, line, TRACE_INVOICED, shipped, "invoiced_less", "invoiced_more");
    if (trace->has[shipped] && line->at[shipped].n == 0 && billed.n > 0)
        miss(trace, line, "invoiced_more", "line %.*s: invoiced %s, and not shipped", BYTES_ARG(line->number),
             trace_amount_text(trace->arena, &billed));
}

void trace_find_missing(struct trace *trace)
{
    see_stages(trace);
    for (size_t i = 0; i < trace->n_lines; i++)
        see_line(trace, &trace->lines[i]);
    see_documents(trace);
}
