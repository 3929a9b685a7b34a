/* A page of traces: complete in itself, without scripts, for a screen of any width and for paper. */
#include "base/buffer.h"
#include "report/trace_show.h"

static const char head[] = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                           "<meta http-equiv=\"Content-Security-Policy\""
                           " content=\"default-src 'none'; style-src 'unsafe-inline'\">\n";

static const char style[] =
    "<style>\n"
    "body { font: 16px/1.45 system-ui, sans-serif; color: #0f172a; background: #fff; margin: 0 auto;"
    " padding: 1rem; max-width: 60rem; }\n"
    "h1 { font-size: 1.5rem; margin: .5rem 0; overflow-wrap: anywhere; }\n"
    "h2 { font-size: 1.1rem; margin: 1.75rem 0 .5rem; }\n"
    "section.order + section.order { border-top: 2px solid #cbd5e1; margin-top: 2.5rem;"
    " padding-top: 1rem; }\n"
    "p { margin: .35rem 0; }\n"
    ".numbers span { display: inline-block; margin: .15rem .4rem .15rem 0; padding: .05rem .5rem;"
    " background: #f1f5f9; border-radius: .6rem; font-size: .85rem; overflow-wrap: anywhere; }\n"
    ".numbers b { font-weight: 400; color: #475569; }\n"
    ".wide { overflow-x: auto; }\n"
    "table { border-collapse: collapse; width: 100%; font-size: .9rem; }\n"
    "th, td { padding: .3rem .55rem; border-bottom: 1px solid #e2e8f0; text-align: left;"
    " vertical-align: top; }\n"
    "th { color: #475569; font-weight: 600; white-space: nowrap; }\n"
    "td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }\n"
    "@media screen and (max-width: 40rem) { thead { display: none; } tr { display: block; padding: .4rem 0;"
    " border-bottom: 1px solid #e2e8f0; } td { border: 0; } td.n:empty { display: none; }\n"
    " td.n { display: inline-block; text-align: left; } td.n::before { content: attr(data-what) \" \";"
    " color: #475569; } }\n"
    "td small { display: block; color: #475569; }\n"
    "ul.missing { margin: .3rem 0; padding: .5rem .5rem .5rem 1.6rem; background: #fef2f2;"
    " border-left: 4px solid #b91c1c; }\n"
    "p.whole { padding: .5rem .75rem; background: #f0fdf4; border-left: 4px solid #15803d; }\n"
    "svg.timeline { display: block; width: 100%; max-width: 34rem; height: auto;"
    " font-family: system-ui, sans-serif; }\n"
    ".day { font-size: 12px; font-weight: 600; text-anchor: end; fill: #0f172a; }\n"
    ".time { font-size: 11px; text-anchor: end; fill: #475569; }\n"
    ".what { font-size: 13px; font-weight: 600; fill: #0f172a; }\n"
    ".more { font-size: 11.5px; fill: #475569; }\n"
    "dl { margin: 0; } dt { font-weight: 600; margin-top: .7rem; overflow-wrap: anywhere; }\n"
    "dd { margin: 0 0 0 1rem; font-size: .9rem; color: #334155; overflow-wrap: anywhere; }\n"
    "@media print { body { font-size: 11pt; max-width: none; padding: 0; } .wide { overflow: visible; }\n"
    " * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }\n"
    " h2 { break-after: avoid; } tr, dt, li { break-inside: avoid; } dt { break-after: avoid; }\n"
    " svg.timeline { max-width: 13cm; } section.order + section.order { break-before: page; border: 0; } }\n"
    "@page { margin: 15mm; }\n"
    "</style>\n";

static void put(struct buffer *out, const char *text)
{
    buffer_add_string(out, text);
}

static void put_text(struct buffer *out, const char *text)
{
    trace_put_markup(out, bytes_of(text));
}

/* --- what it is */

static void put_about(struct buffer *out, const struct trace *trace)
{
    put(out, "<h1>Order <bdi>");
    trace_put_markup(out, trace->order.number);
    put(out, trace->is_purchase ? "</bdi> to <bdi>" : "</bdi> of <bdi>");
    trace_put_markup(out, trace->order.partner.len > 0 ? trace->order.partner : BYTES("nobody known"));
    put(out, "</bdi></h1>\n");
    if (trace->order_date.at != NULL) {
        put(out, "<p>ordered ");
        trace_put_markup(out, trace->order_date);
        if (trace->requested != NULL) {
            buffer_add_format(out, ", %s ", trace->requested);
            trace_put_markup(out, trace->requested_date);
        }
        if (trace->total.at != NULL) {
            put(out, ", total ");
            trace_put_markup(out, trace->total);
            put(out, " ");
            trace_put_markup(out, trace->currency);
        }
        put(out, "</p>\n");
    }
    if (trace->n_numbers == 0)
        return;
    put(out, "<p class=\"numbers\">");
    for (size_t i = 0; i < trace->n_numbers; i++) {
        struct bytes name = trace->numbers[i].name;

        put(out, "<span><b>");
        for (size_t j = 0; j < name.len; j++)
            buffer_add_byte(out, name.at[j] == '_' ? ' ' : name.at[j]);
        put(out, "</b> <bdi>");
        trace_put_markup(out, trace->numbers[i].value);
        put(out, "</bdi></span>\n");
    }
    if (trace->numbers_left_out > 0)
        buffer_add_format(out, "<span>and %zu more</span>\n", trace->numbers_left_out);
    put(out, "</p>\n");
}

static void put_missing(struct buffer *out, const struct trace *trace)
{
    if (trace->n_missing == 0) {
        put(out, "<p class=\"whole\">Nothing is missing.</p>\n");
        return;
    }
    put(out, "<h2>Missing</h2>\n<ul class=\"missing\">\n");
    for (size_t i = 0; i < trace->n_missing; i++) {
        put(out, "<li>");
        put_text(out, trace->missing[i].text);
        put(out, "</li>\n");
    }
    put(out, "</ul>\n");
}

/* --- lines */

static void put_line(struct buffer *out, const struct trace *trace, const struct trace_line *line)
{
    put(out, "<tr><td>");
    trace_put_markup(out, line->number);
    put(out, "</td><td><bdi>");
    trace_put_markup(out, line->item);
    put(out, "</bdi>");
    if (line->description.at != NULL) {
        put(out, "<small><bdi>");
        trace_put_markup(out, line->description);
        put(out, "</bdi></small>");
    }
    put(out, "</td>");
    for (unsigned i = 0; i < TRACE_STAGES; i++) {
        if (!trace->has[i])
            continue;
        buffer_add_format(out, "<td class=\"n\" data-what=\"%s\">", trace_stage_names[i]);
        put_text(out, trace_amount_text(trace->arena, &line->at[i]));
        put(out, "</td>");
    }
    put(out, "</tr>\n");
}

static void put_lines(struct buffer *out, const struct trace *trace)
{
    if (trace->n_lines == 0)
        return;
    put(out, "<h2>Lines</h2>\n<div class=\"wide\"><table>\n<thead><tr><th>line</th><th>item</th>");
    for (unsigned i = 0; i < TRACE_STAGES; i++)
        if (trace->has[i])
            buffer_add_format(out, "<th class=\"n\">%s</th>", trace_stage_names[i]);
    put(out, "</tr></thead>\n<tbody>\n");
    for (size_t i = 0; i < trace->n_lines; i++)
        put_line(out, trace, &trace->lines[i]);
    put(out, "</tbody>\n</table></div>\n");
}

/* --- documents */

static void put_document(struct buffer *out, const struct trace *trace, const struct trace_document *document)
{
    const struct timeline_row *posted = &document->rows[0];
    const char *envelope = trace_envelope(trace->arena, posted);

    buffer_add_format(out, "<dt>%s <bdi>", document->title);
    trace_put_markup(out, posted->number);
    put(out, "</bdi>");
    put_text(out, trace_whom(trace->arena, document));
    if (!document->counts)
        buffer_add_format(out, " (%s: counts nowhere)", document->counts_not);
    put(out, "</dt>\n");
    if (posted->file.len > 0 || envelope[0] != '\0') {
        put(out, "<dd><bdi>");
        trace_put_markup(out, posted->file);
        put(out, "</bdi> ");
        put_text(out, envelope);
        put(out, "</dd>\n");
    }
    put(out, "<dd>posted ");
    trace_put_markup(out, posted->at);
    put(out, ", id ");
    trace_put_markup(out, posted->id);
    put(out, "</dd>\n");
    for (size_t i = 1; i < document->n_rows; i++) {
        put(out, "<dd>");
        put_text(out, trace_row_text(trace->arena, &document->rows[i]));
        put(out, "</dd>\n");
    }
}

static void put_order(struct buffer *out, const struct trace *trace)
{
    put(out, "<section class=\"order\">\n");
    put_about(out, trace);
    put_missing(out, trace);
    put_lines(out, trace);
    put(out, "<h2>What happened</h2>\n");
    trace_put_svg(out, trace);
    put(out, "<h2>Documents</h2>\n<dl>\n");
    for (size_t i = 0; i < trace->n_documents; i++)
        put_document(out, trace, &trace->documents[i]);
    put(out, "</dl>\n");
    if (trace->more)
        buffer_add_format(out, "<p>There are more: only %zu documents are read.</p>\n", trace->n_documents);
    if (trace->shared.at != NULL) {
        buffer_add_format(out, "<p>More than %d documents have the number ", JOURNEY_MAX_SHARED);
        trace_put_markup(out, trace->shared);
        put(out, ": it links nothing.</p>\n");
    }
    put(out, "</section>\n");
}

void trace_put_page(struct buffer *out, const struct trace *traces, size_t n)
{
    put(out, head);
    put(out, "<title>Order ");
    for (size_t i = 0; i < n && i < 3; i++) {
        put(out, i > 0 ? ", " : "");
        trace_put_markup(out, traces[i].order.number);
    }
    put(out, "</title>\n");
    put(out, style);
    put(out, "</head>\n<body>\n<main>\n");
    for (size_t i = 0; i < n; i++)
        put_order(out, &traces[i]);
    put(out, "</main>\n</body>\n</html>\n");
}
