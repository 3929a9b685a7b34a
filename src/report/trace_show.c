/* What the text and the page of a trace have in common. */
#include "report/trace_show.h"

#include "base/buffer.h"

enum { MAX_SHOWN = 400 }; /* bytes of one foreign text */

const char *trace_plain(struct arena *arena, struct bytes text)
{
    struct buffer shown;
    struct bytes copy = {NULL, 0};

    buffer_init(&shown, 8 * MAX_SHOWN);
    report_plain(&shown, text, MAX_SHOWN);
    if (shown.len > 0)
        copy = arena_copy(arena, (struct bytes){shown.at, shown.len});
    buffer_release(&shown);
    return copy.at != NULL ? copy.at : "";
}

void trace_put_markup(struct buffer *out, struct bytes text)
{
    struct buffer shown;

    buffer_init(&shown, 8 * MAX_SHOWN);
    report_plain(&shown, text, MAX_SHOWN);
    for (size_t i = 0; i < shown.len; i++)
        switch (shown.at[i]) {
        case '&': buffer_add_string(out, "&amp;"); break;
        case '<': buffer_add_string(out, "&lt;"); break;
        case '>': buffer_add_string(out, "&gt;"); break;
        case '"': buffer_add_string(out, "&quot;"); break;
        case '\'': buffer_add_string(out, "&#39;"); break;
        default: buffer_add_byte(out, shown.at[i]); break;
        }
    buffer_release(&shown);
}

static const char *or_empty(const char *text)
{
    return text != NULL ? text : "";
}

const char *trace_whom(struct arena *arena, const struct trace_document *document)
{
    struct bytes partner = document->rows[0].partner;

    if (partner.len == 0)
        return "";
    return or_empty(
        arena_format(arena, " %s %.*s", trace_is_out(document) ? "to" : "from", BYTES_ARG(partner)));
}

const char *trace_event_text(struct arena *arena, const struct trace_event *event)
{
    const char *whom = trace_whom(arena, event->document), *mark = event->more[0] != '\0' ? ": " : "";
    struct bytes number = event->document->rows[0].number;

    if (trace_is(event->document, "status_event"))
        return or_empty(arena_format(arena, "%s%s%s%s, %.*s%s", mark, event->more,
                                     event->zone[0] != '\0' ? ", time " : "", event->zone, BYTES_ARG(number),
                                     whom));
    return or_empty(arena_format(arena, "%s%.*s%s%s%s", number.len > 0 ? " " : "", BYTES_ARG(number), whom,
                                 mark, event->more));
}

const char *trace_envelope(struct arena *arena, const struct timeline_row *row)
{
    return or_empty(arena_format(arena, "%s%.*s%s%.*s%s%.*s", row->interchange.len > 0 ? "ISA " : "",
                                 BYTES_ARG(row->interchange), row->group.len > 0 ? " GS " : "",
                                 BYTES_ARG(row->group), row->set.len > 0 ? " ST " : "", BYTES_ARG(row->set)));
}

const char *trace_row_text(struct arena *arena, const struct timeline_row *row)
{
    if (bytes_are(row->what, "acknowledgment owed"))
        return "not acknowledged yet";
    return or_empty(arena_format(
        arena, "%.*s%s%.*s %.*s%s%.*s%s%.*s", BYTES_ARG(row->what),
        row->consumer.len > 0 ? (bytes_are(row->what, "delivered") ? " to " : " by ") : "",
        BYTES_ARG(row->consumer), BYTES_ARG(row->at), row->file.len > 0 ? ", " : "", BYTES_ARG(row->file),
        row->text.len > 0 && !bytes_are(row->what, "acknowledged") ? ": " : "",
        bytes_are(row->what, "acknowledged") ? 0 : (int)row->text.len, row->text.at));
}
