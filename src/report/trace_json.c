/* A trace as a line of JSON. */
#include <inttypes.h>

#include "canon/sink.h"
#include "report/trace_show.h"

static void put(struct canon_sink *out, const char *text)
{
    canon_sink_add(out, bytes_of(text));
}

/* "name":"text", with a comma before it unless it is the first. */
static void put_first(struct canon_sink *out, const char *name, struct bytes text)
{
    canon_sink_format(out, "\"%s\":", name);
    canon_sink_string(out, text);
}

static void put_numbers(struct canon_sink *out, const struct trace *trace)
{
    put(out, ",\"numbers\":{");
    for (size_t i = 0; i < trace->n_numbers; i++) {
        const struct trace_number *number = &trace->numbers[i];
        bool again = i > 0 && bytes_equal(number->name, trace->numbers[i - 1].name);

        if (!again) {
            put(out, i > 0 ? "]," : "");
            canon_sink_string(out, number->name);
            put(out, ":[");
        } else {
            put(out, ",");
        }
        canon_sink_string(out, number->value);
    }
    put(out, trace->n_numbers > 0 ? "]}" : "}");
    if (trace->numbers_left_out > 0)
        canon_sink_format(out, ",\"numbers_left_out\":%zu", trace->numbers_left_out);
}

static void put_amount(struct canon_sink *out, const struct trace_amount *amount)
{
    char digits[DECIMAL_TEXT];

    put(out, "[");
    for (unsigned i = 0; i < amount->n; i++) {
        (void)decimal_print(amount->by_unit[i].sum, digits);
        canon_sink_format(out, "%s{\"quantity\":\"%s\"", i > 0 ? "," : "", digits);
        canon_sink_member(out, "uom", amount->by_unit[i].uom);
        put(out, "}");
    }
    put(out, "]");
}

static void put_line(struct canon_sink *out, const struct trace_line *line)
{
    static const char *const ids[] = {"gtin", "buyer_item_id", "seller_item_id", "sku", "upc"};
    bool first = true, inexact = false;

    put(out, "{");
    put_first(out, "line_number", line->number);
    canon_sink_member(out, "release_number", line->release);
    for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
        canon_sink_member(out, ids[i], line->item_ids[i]);
    canon_sink_member(out, "description", line->description);
    canon_sink_member(out, "unit_price", line->unit_price);
    canon_sink_member(out, "currency", line->currency);
    canon_sink_format(out, ",\"is_ordered\":%s,\"quantities\":{", line->ordered ? "true" : "false");
    for (unsigned i = 0; i < TRACE_STAGES; i++) {
        inexact = inexact || line->at[i].inexact;
        if (line->at[i].n == 0)
            continue;
        canon_sink_format(out, "%s\"%s\":", first ? "" : ",", trace_stage_names[i]);
        put_amount(out, &line->at[i]);
        first = false;
    }
    put(out, inexact ? "},\"is_inexact\":true}" : "}}");
}

static void put_event(struct canon_sink *out, const struct trace_event *event)
{
    put(out, "{");
    put_first(out, "when", event->when);
    canon_sink_member(out, "time_zone", bytes_of(event->zone));
    canon_sink_member(out, "what", bytes_of(event->what));
    canon_sink_member(out, "more", bytes_of(event->more));
    canon_sink_member(out, "id", event->document->rows[0].id);
    put(out, event->is_delivery ? ",\"is_delivery\":true}" : "}");
}

static void put_document(struct canon_sink *out, const struct trace_document *document)
{
    const struct timeline_row *posted = &document->rows[0];

    put(out, "{");
    put_first(out, "id", posted->id);
    canon_sink_member(out, "kind", posted->kind);
    canon_sink_member(out, "partner", posted->partner);
    canon_sink_member(out, "direction", posted->direction);
    canon_sink_member(out, "number", posted->number);
    canon_sink_member(out, "state", posted->state);
    canon_sink_format(out, ",\"counts\":%s", document->counts ? "true" : "false");
    canon_sink_member(out, "counts_not", bytes_of(document->counts ? NULL : document->counts_not));
    canon_sink_member(out, "when", document->when);
    canon_sink_member(out, "interchange", posted->interchange);
    canon_sink_member(out, "group", posted->group);
    canon_sink_member(out, "set", posted->set);
    canon_sink_member(out, "file", posted->file);
    canon_sink_member(out, "posted_at", posted->at);
    put(out, ",\"happened\":[");
    for (size_t i = 1; i < document->n_rows; i++) {
        const struct timeline_row *row = &document->rows[i];

        put(out, i > 1 ? ",{" : "{");
        put_first(out, "at", row->at);
        canon_sink_member(out, "what", row->what);
        canon_sink_member(out, "consumer", row->consumer);
        canon_sink_member(out, "file", row->file);
        canon_sink_member(out, "text", row->text);
        put(out, "}");
    }
    put(out, "]}");
}

void trace_put_json(struct canon_sink *out, const struct trace *trace)
{
    put(out, "{\"trace\":1");
    canon_sink_member(out, "partner", trace->order.partner);
    canon_sink_member(out, "order_number", trace->order.number);
    canon_sink_member(out, "side", trace->is_purchase ? BYTES("purchase") : BYTES("sale"));
    canon_sink_member(out, "order_date", trace->order_date);
    canon_sink_member(out, "total_amount", trace->total);
    canon_sink_member(out, "currency", trace->currency);
    put_numbers(out, trace);
    put(out, ",\"lines\":[");
    for (size_t i = 0; i < trace->n_lines; i++) {
        put(out, i > 0 ? "," : "");
        put_line(out, &trace->lines[i]);
    }
    put(out, "],\"events\":[");
    for (size_t i = 0; i < trace->n_events; i++) {
        put(out, i > 0 ? "," : "");
        put_event(out, &trace->events[i]);
    }
    put(out, "],\"documents\":[");
    for (size_t i = 0; i < trace->n_documents; i++) {
        put(out, i > 0 ? "," : "");
        put_document(out, &trace->documents[i]);
    }
    put(out, "],\"missing\":[");
    for (size_t i = 0; i < trace->n_missing; i++) {
        const struct trace_missing *missing = &trace->missing[i];

        put(out, i > 0 ? ",{" : "{");
        put_first(out, "code", bytes_of(missing->code));
        if (missing->line != NULL)
            canon_sink_member(out, "line_number", missing->line->number);
        canon_sink_member(out, "text", bytes_of(missing->text));
        put(out, "}");
    }
    put(out, "]");
    if (trace->more)
        put(out, ",\"is_cut\":true");
    canon_sink_member(out, "shared_number", trace->shared);
    put(out, "}\n");
}
