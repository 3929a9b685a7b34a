/* The timeline of a trace, drawn: a dot a point of time, one below the other.  It is as narrow as a
 * telephone, so that it is read there without turning or enlarging anything. */
#include "base/buffer.h"
#include "report/trace_show.h"

enum {
    WIDTH = 380,
    AXIS = 92, /* x of the line */
    TOP = 18,
    STEP = 46, /* y from one to the next */
    MAX_DRAWN = 500,
    TEXT_WIDTH = 44, /* characters of a label */
};

/* Whose hand it is in. */
static const char *colour_of(const struct trace_document *document)
{
    static const struct {
        const char *kind, *colour;
    } colours[] = {{"order", "#1d4ed8"},          {"order_change", "#1d4ed8"}, {"order_ack", "#0f766e"},
                   {"shipment_order", "#7c3aed"}, {"shipment", "#b45309"},     {"status_event", "#be185d"},
                   {"receipt", "#b45309"},        {"invoice", "#15803d"},      {"payment", "#15803d"},
                   {"reject", "#b91c1c"}};

    for (unsigned i = 0; i < sizeof(colours) / sizeof(colours[0]); i++)
        if (trace_is(document, colours[i].kind))
            return colours[i].colour;
    return "#475569";
}

/* The first characters of it, for want of room. */
static void put_cut(struct buffer *out, struct bytes text, size_t characters)
{
    size_t n = 0, len = 0;

    while (len < text.len) {
        n += ((unsigned char)text.at[len] & 0xC0) != 0x80;
        if (n > characters)
            break;
        len++;
    }
    trace_put_markup(out, (struct bytes){text.at, len});
    if (len < text.len)
        buffer_add_string(out, "...");
}

static void put_label(struct buffer *out, int y, const char *class, struct bytes text)
{
    if (text.len == 0)
        return;
    buffer_add_format(out, "<text x=\"%d\" y=\"%d\" class=\"%s\">", AXIS + 16, y, class);
    put_cut(out, text, TEXT_WIDTH);
    buffer_add_string(out, "</text>\n");
}

static void put_event(struct buffer *out, const struct trace *trace, size_t i, int y)
{
    const struct trace_event *event = &trace->events[i];
    struct bytes day = event->when, before = {NULL, 0};
    const char *more;

    if (day.len > 10)
        day.len = 10;
    if (i > 0)
        before = trace->events[i - 1].when;
    if (before.len > 10)
        before.len = 10;
    if (!bytes_equal(day, before)) {
        buffer_add_format(out, "<text x=\"%d\" y=\"%d\" class=\"day\">", AXIS - 14, y + 4);
        trace_put_markup(out, day);
        buffer_add_string(out, "</text>\n");
    }
    if (event->when.len >= 16 && event->when.at[10] == 'T') {
        buffer_add_format(out, "<text x=\"%d\" y=\"%d\" class=\"time\">", AXIS - 14, y + 18);
        trace_put_markup(out, (struct bytes){event->when.at + 11, 5});
        buffer_add_string(out, "</text>\n");
    }
    buffer_add_format(
        out, "<circle cx=\"%d\" cy=\"%d\" r=\"%d\" fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>\n", AXIS, y,
        event->is_delivery ? 8 : 6, event->document->counts ? colour_of(event->document) : "#fff",
        colour_of(event->document));
    more = arena_format(trace->arena, "%s%s%s", event->what, event->document->counts ? "" : ", ",
                        event->document->counts ? "" : event->document->counts_not);
    put_label(out, y + 4, "what", bytes_of(more));
    more = trace_event_text(trace->arena, event);
    more += strspn(more, ": ,");
    put_label(out, y + 18, "more", bytes_of(more));
}

void trace_put_svg(struct buffer *out, const struct trace *trace)
{
    size_t n = trace->n_events < MAX_DRAWN ? trace->n_events : MAX_DRAWN;
    int height = TOP + STEP * (int)n;

    if (n == 0)
        return;
    buffer_add_format(
        out,
        "<svg class=\"timeline\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
        "role=\"img\" aria-label=\"What happened, from top to bottom\">\n"
        "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#cbd5e1\" stroke-width=\"2\"/>\n",
        WIDTH, height, AXIS, TOP, AXIS, TOP + STEP * ((int)n - 1));
    for (size_t i = 0; i < n; i++)
        put_event(out, trace, i, TOP + STEP * (int)i);
    buffer_add_string(out, "</svg>\n");
    if (n < trace->n_events)
        buffer_add_format(out, "<p>%zu more are in the list below.</p>\n", trace->n_events - n);
}
