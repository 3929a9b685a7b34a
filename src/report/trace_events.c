/* What happened when, of an order: a point of time a document, and one an event that a carrier tells of. */
#include <stdlib.h>

#include "report/trace.h"

static struct trace_event *add_event(struct trace *trace, const struct trace_document *document,
                                     struct bytes when)
{
    struct trace_event *event;

    if ((trace->n_events & (trace->n_events - 1)) == 0) {
        size_t room = trace->n_events == 0 ? 1 : trace->n_events * 2;
        struct trace_event *more = arena_zalloc(trace->arena, room, sizeof(*more));

        if (more == NULL)
            return NULL;
        if (trace->n_events > 0)
            memcpy(more, trace->events, trace->n_events * sizeof(*more));
        trace->events = more;
    }
    event = &trace->events[trace->n_events++];
    *event = (struct trace_event){
        .when = when, .zone = "", .document = document, .what = document->title, .more = ""};
    return event;
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

/* --- carriers */

/* Element 1650, and 1652 for appointments, in our words. */
static const struct {
    const char *code, *word;
} words[] = {
    {"AF", "left the shipper"},
    {"AG", "delivery estimated"},
    {"AM", "loaded on a truck"},
    {"AV", "available for delivery"},
    {"A7", "refused by the receiver"},
    {"A9", "damaged"},
    {"CA", "cancelled"},
    {"CD", "left the receiver"},
    {"CP", "finished loading"},
    {"D1", "delivered"},
    {"I1", "at an intermediate stop"},
    {"L1", "loading"},
    {"OA", "out for delivery"},
    {"OO", "out for delivery"},
    {"P1", "left a terminal"},
    {"R1", "received from a carrier"},
    {"SD", "delayed"},
    {"X1", "arrived at the receiver"},
    {"X2", "arrival estimated"},
    {"X3", "arrived at the shipper"},
    {"X4", "arrived at a terminal"},
    {"X5", "arrived at a stop"},
    {"X6", "on its way"},
    {"XB", "shipment acknowledged"},
    {"AA", "pick-up appointment"},
    {"AB", "delivery appointment"},
};

static const char *word_of(struct trace *trace, const struct canon_object *object, bool *delivered)
{
    struct bytes code = trace_text(object, "status_code"), milestone = trace_text(object, "milestone");

    *delivered = milestone.at != NULL ? bytes_are(milestone, "delivered") : bytes_are(code, "D1");
    if (milestone.at != NULL)
        return or_empty(arena_format(trace->arena, "%.*s", BYTES_ARG(milestone)));
    if (code.at == NULL)
        code = trace_text(object, "appointment_code");
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (bytes_are(code, words[i].code))
            return words[i].word;
    return code.at != NULL ? or_empty(arena_format(trace->arena, "status %.*s", BYTES_ARG(code)))
                           : "carrier status";
}

static void add_status(struct trace *trace, const struct trace_document *document,
                       const struct canon_object *object)
{
    struct bytes date = trace_text(object, "event_date"), time = trace_text(object, "event_time");
    struct bytes zone = trace_text(object, "event_time_zone"), city = trace_text(object, "location_city");
    struct bytes region = trace_text(object, "location_region");
    struct bytes signed_by = trace_text(document->record.body, "signed_by");
    struct trace_event *event;
    bool delivered, estimate = bytes_are(trace_text(object, "is_estimate"), "true");

    if (date.at == NULL)
        date = document->when;
    else if (time.at != NULL)
        date = bytes_of(arena_format(trace->arena, "%.*sT%.*s", BYTES_ARG(date), BYTES_ARG(time)));
    event = add_event(trace, document, date);
    if (event == NULL)
        return;
    event->what = word_of(trace, object, &delivered);
    event->is_delivery = delivered && !estimate && document->counts;
    event->zone = zone.at != NULL ? or_empty(arena_format(trace->arena, "%.*s", BYTES_ARG(zone))) : "";
    event->more = or_empty(arena_format(trace->arena, "%.*s%s%.*s%s%.*s", BYTES_ARG(city),
                                        city.at != NULL && region.at != NULL ? ", " : "", BYTES_ARG(region),
                                        delivered && signed_by.at != NULL ? "; signed " : "",
                                        delivered ? (int)signed_by.len : 0, signed_by.at));
}

static void add_statuses(struct trace *trace, const struct trace_document *document)
{
    const struct canon_object *body = document->record.body;

    add_status(trace, document, body);
    for (const struct canon_object *at = trace_first(body, "events"); at != NULL; at = at->next)
        add_status(trace, document, at);
    for (const struct canon_object *stop = trace_first(body, "stops"); stop != NULL; stop = stop->next)
        for (const struct canon_object *at = trace_first(stop, "events"); at != NULL; at = at->next)
            add_status(trace, document, at);
}

/* --- documents */

static const char *answer_of(struct bytes code)
{
    static const struct {
        const char *code, *word;
    } answers[] = {{"AC", "accepted with changes"},
                   {"AD", "accepted"},
                   {"AE", "accepted"},
                   {"AH", "on hold"},
                   {"AK", "received"},
                   {"AP", "accepted"},
                   {"AT", "accepted"},
                   {"RD", "rejected"},
                   {"RF", "rejected"},
                   {"RJ", "rejected"},
                   {"RO", "rejected with a counteroffer"}};

    for (unsigned i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        if (bytes_are(code, answers[i].code))
            return answers[i].word;
    return "";
}

static size_t count_lines(const struct canon_object *body)
{
    size_t n = 0;

    for (const struct canon_object *at = trace_first(body, "lines"); at != NULL; at = at->next)
        n++;
    return n;
}

static const char *with_total(struct trace *trace, const struct canon_object *body)
{
    struct bytes total = trace_text(body, "total_amount"), currency = trace_text(body, "currency");
    size_t n = count_lines(body);

    if (total.at == NULL)
        return or_empty(arena_format(trace->arena, "%zu line%s", n, n == 1 ? "" : "s"));
    return or_empty(arena_format(trace->arena, "%zu line%s, total %.*s%s%.*s", n, n == 1 ? "" : "s",
                                 BYTES_ARG(total), currency.at != NULL ? " " : "", BYTES_ARG(currency)));
}

static const char *carried(struct trace *trace, const struct canon_object *body)
{
    struct bytes scac = trace_text(body, "carrier_scac"), pro = trace_text(body, "pro_number");
    struct bytes due = trace_text(body, "estimated_delivery_date");
    const struct canon_object *routing = trace_first(body, "routings");

    if (scac.at == NULL && routing != NULL)
        scac = trace_text(routing, "id");
    return or_empty(arena_format(trace->arena, "%s%.*s%s%.*s%s%s%.*s", scac.at != NULL ? "by " : "",
                                 BYTES_ARG(scac), pro.at != NULL ? " " : "", BYTES_ARG(pro),
                                 due.at != NULL && (scac.at != NULL || pro.at != NULL) ? ", " : "",
                                 due.at != NULL ? "due " : "", BYTES_ARG(due)));
}

static const char *what_of(const struct trace_document *document)
{
    bool out = trace_is_out(document);

    if (trace_is(document, "order"))
        return document->is_cancel ? "order cancelled" : out ? "order placed" : "order received";
    if (trace_is(document, "order_change"))
        return bytes_are(trace_text(document->record.body, "purpose_code"), "cancel") ? "order cancelled"
                                                                                      : "order changed";
    if (trace_is(document, "shipment_order") && !trace_is_expected(document))
        return document->is_cancel ? "order to the warehouse cancelled" : "order to the warehouse";
    if (trace_is_warehouse(document))
        return document->is_cancel ? "warehouse shipment cancelled" : "shipped by the warehouse";
    if (trace_is(document, "shipment"))
        return document->is_cancel ? "ship notice cancelled" : "ship notice";
    return document->title;
}

static void add_document(struct trace *trace, const struct trace_document *document)
{
    const struct canon_object *body = document->record.body;
    struct trace_event *event = add_event(trace, document, document->when);

    if (event == NULL)
        return;
    event->what = what_of(document);
    if (trace_is(document, "order_ack"))
        event->more = answer_of(trace_text(body, "ack_type_code"));
    else if (trace_is(document, "shipment"))
        event->more = carried(trace, body);
    else if (trace_is(document, "order") || trace_is(document, "invoice"))
        event->more = with_total(trace, body);
    else if (trace_is(document, "reject") || trace_is(document, "return"))
        event->more = or_empty(arena_format(
            trace->arena, "%.*s",
            BYTES_ARG(trace_text(body, trace_is(document, "reject") ? "summary" : "return_stage"))));
}

static int by_time(const void *a, const void *b)
{
    const struct trace_event *left = a, *right = b;
    int order = bytes_compare(left->when, right->when);

    if (order != 0)
        return order;
    if (left->document->order != right->document->order)
        return left->document->order < right->document->order ? -1 : 1;
    order = bytes_compare(left->document->rows[0].id, right->document->rows[0].id);
    return order != 0 ? order : strcmp(left->what, right->what);
}

void trace_events(struct trace *trace)
{
    for (size_t i = 0; i < trace->n_documents; i++) {
        const struct trace_document *document = &trace->documents[i];

        if (trace_is(document, "status_event") && document->record.kind != NULL)
            add_statuses(trace, document);
        else
            add_document(trace, document);
    }
    if (trace->n_events > 1)
        qsort(trace->events, trace->n_events, sizeof(*trace->events), by_time);
}
