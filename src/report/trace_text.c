/* A trace for a terminal. */
#include "canon/sink.h"
#include "report/trace_show.h"

enum { WIDTH = 80, INDENT = 2, DATE_WIDTH = 18 };

/* Places on the screen: characters, not bytes. */
static size_t width_of(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++)
        n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

static void put(struct canon_sink *out, const char *text)
{
    canon_sink_add(out, bytes_of(text));
}

static void put_padded(struct canon_sink *out, const char *text, size_t width, bool right)
{
    size_t own = width_of(text);

    if (!right)
        put(out, text);
    for (; own < width; own++)
        put(out, " ");
    if (right)
        put(out, text);
}

/* Words over as many lines as they need; `column`: where the cursor is, and where further lines begin. */
static void put_wrapped(struct canon_sink *out, const char *text, size_t column)
{
    size_t at = column;

    while (*text != '\0') {
        size_t len = strcspn(text, " "), wide = 0;

        for (size_t i = 0; i < len; i++)
            wide += ((unsigned char)text[i] & 0xC0) != 0x80;
        if (at > column && at + 1 + wide > WIDTH) {
            put(out, "\n");
            for (at = 0; at < column; at++)
                put(out, " ");
        } else if (at > column) {
            put(out, " ");
            at++;
        }
        canon_sink_add(out, (struct bytes){text, len});
        at += wide;
        text += len;
        text += strspn(text, " ");
    }
    put(out, "\n");
}

/* --- lines */

static const char *cell(const struct trace *trace, const struct trace_line *line, int column)
{
    struct bytes uom = {NULL, 0};
    struct trace_amount amount;
    char digits[DECIMAL_TEXT];

    if (column == -3)
        return trace_plain(trace->arena, line->number);
    if (column == -2)
        return trace_plain(trace->arena, line->item);
    for (unsigned i = 0; i < TRACE_STAGES && uom.at == NULL; i++)
        if (line->at[i].n > 0)
            uom = line->at[i].by_unit[0].uom;
    if (column == -1)
        return trace_plain(trace->arena, uom);
    amount = line->at[column];
    if (amount.n == 0 && !amount.inexact)
        return "-";
    /* The unit has a column of its own, where it is that one. */
    if (amount.n == 1 && !amount.inexact && bytes_equal(amount.by_unit[0].uom, uom)) {
        (void)decimal_print(amount.by_unit[0].sum, digits);
        return trace_plain(trace->arena, bytes_of(digits));
    }
    return trace_plain(trace->arena, bytes_of(trace_amount_text(trace->arena, &amount)));
}

static const char *heading(int column)
{
    /* Short, for eighty columns. */
    static const char *const words[TRACE_STAGES + 3] = {
        "line",  "item",   "unit",    "ordered",  "accepted", "later",    "rejected",
        "asked", "picked", "shipped", "received", "invoiced", "credited", "returned"};

    return words[column + 3];
}

static void put_row(struct canon_sink *out, const struct trace *trace, const struct trace_line *line,
                    const size_t widths[])
{
    put(out, " ");
    for (int column = -3; column < TRACE_STAGES; column++) {
        if (column >= 0 && !trace->has[column])
            continue;
        put(out, " ");
        put_padded(out, line != NULL ? cell(trace, line, column) : heading(column), widths[column + 3],
                   column >= 0);
    }
    put(out, "\n");
}

static void put_lines(struct canon_sink *out, const struct trace *trace)
{
    size_t widths[TRACE_STAGES + 3];

    if (trace->n_lines == 0)
        return;
    for (int column = -3; column < TRACE_STAGES; column++) {
        widths[column + 3] = strlen(heading(column));
        for (size_t i = 0; i < trace->n_lines; i++) {
            size_t width = width_of(cell(trace, &trace->lines[i], column));

            if (width > widths[column + 3])
                widths[column + 3] = width;
        }
    }
    put(out, "\n");
    put_row(out, trace, NULL, widths);
    for (size_t i = 0; i < trace->n_lines; i++)
        put_row(out, trace, &trace->lines[i], widths);
}

/* --- what happened */

static void put_indented(struct canon_sink *out, const char *text)
{
    put_padded(out, "", INDENT + DATE_WIDTH, false);
    put_wrapped(out, text, INDENT + DATE_WIDTH);
}

/* "2026-11-20 14:02". */
static const char *time_text(const struct trace *trace, const struct trace_event *event)
{
    struct bytes when = event->when;

    if (when.len > 16)
        when.len = 16;
    if (when.len > 10 && when.at[10] == 'T')
        return trace_plain(trace->arena, bytes_of(arena_format(trace->arena, "%.10s %.*s", when.at,
                                                               (int)when.len - 11, when.at + 11)));
    return trace_plain(trace->arena, when);
}

static void put_event(struct canon_sink *out, const struct trace *trace, const struct trace_event *event,
                      bool first)
{
    const struct trace_document *document = event->document;
    const struct timeline_row *posted = &document->rows[0];
    struct arena *arena = trace->arena;
    const char *envelope = trace_envelope(arena, posted), *text;

    put_padded(out, "", INDENT, false);
    put_padded(out, time_text(trace, event), DATE_WIDTH, false);
    text = arena_format(arena, "%s%s", event->what, trace_event_text(arena, event));
    put_wrapped(out, text != NULL ? trace_plain(arena, bytes_of(text)) : "", INDENT + DATE_WIDTH);
    if (!document->counts)
        put_indented(out, arena_format(arena, "[%s: counts nowhere]", document->counts_not));
    if (!first)
        return;
    text = arena_format(arena, "%.*s%s%s", BYTES_ARG(posted->file), posted->file.len > 0 ? " " : "",
                        envelope);
    if (text != NULL && text[0] != '\0')
        put_indented(out, trace_plain(arena, bytes_of(text)));
    text = arena_format(arena, "posted %.*s", BYTES_ARG(posted->at));
    for (size_t i = 1; i < document->n_rows && text != NULL; i++)
        text = arena_format(arena, "%s; %s", text, trace_row_text(arena, &document->rows[i]));
    if (text != NULL)
        put_indented(out, trace_plain(arena, bytes_of(text)));
}

static void put_events(struct canon_sink *out, const struct trace *trace)
{
    put(out, "\nWhat happened\n");
    for (size_t i = 0; i < trace->n_events; i++) {
        bool first = true;

        for (size_t j = 0; j < i && first; j++)
            first = trace->events[j].document != trace->events[i].document;
        put_event(out, trace, &trace->events[i], first);
    }
}

/* --- the whole */

static void put_numbers(struct canon_sink *out, const struct trace *trace)
{
    const char *line = "";

    for (size_t i = 0; i < trace->n_numbers; i++) {
        const struct trace_number *number = &trace->numbers[i];
        bool again = i > 0 && bytes_equal(number->name, trace->numbers[i - 1].name);

        line = arena_format(trace->arena, "%s%s%.*s%s%s", line,
                            i == 0  ? ""
                            : again ? ", "
                                    : "; ",
                            again ? 0 : (int)number->name.len, number->name.at, again ? "" : " ",
                            trace_plain(trace->arena, number->value));
        if (line == NULL)
            return;
    }
    if (trace->numbers_left_out > 0)
        line = arena_format(trace->arena, "%s; %zu more", line, trace->numbers_left_out);
    if (line == NULL || line[0] == '\0')
        return;
    put_padded(out, "", INDENT, false);
    put_wrapped(out, line, INDENT);
}

void trace_put_text(struct canon_sink *out, const struct trace *trace)
{
    struct arena *arena = trace->arena;

    canon_sink_format(
        out, "Order %s %s %s\n", trace_plain(arena, trace->order.number), trace->is_purchase ? "to" : "of",
        trace->order.partner.len > 0 ? trace_plain(arena, trace->order.partner) : "nobody known");
    if (trace->order_date.at != NULL)
        canon_sink_format(out, "  ordered %s%s%s%s%s%s%s%s%s\n", trace_plain(arena, trace->order_date),
                          trace->requested != NULL ? ", " : "",
                          trace->requested != NULL ? trace->requested : "",
                          trace->requested != NULL ? " " : "", trace_plain(arena, trace->requested_date),
                          trace->total.at != NULL ? ", total " : "", trace_plain(arena, trace->total),
                          trace->total.at != NULL && trace->currency.at != NULL ? " " : "",
                          trace->total.at != NULL ? trace_plain(arena, trace->currency) : "");
    put_numbers(out, trace);
    put_lines(out, trace);
    put_events(out, trace);
    if (trace->more)
        canon_sink_format(out, "  and more: only %zu documents are read\n", trace->n_documents);
    if (trace->shared.at != NULL)
        canon_sink_format(out, "  more than %d documents have the number %s: it links nothing\n",
                          JOURNEY_MAX_SHARED, trace_plain(arena, trace->shared));
    put(out, trace->n_missing > 0 ? "\nMissing\n" : "\nNothing is missing.\n");
    for (size_t i = 0; i < trace->n_missing; i++) {
        put_padded(out, "", INDENT, false);
        put_wrapped(out, trace_plain(arena, bytes_of(trace->missing[i].text)), INDENT);
    }
}
