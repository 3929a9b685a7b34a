#include "translate/coverage_xref.h"

#include "diag/report.h"

enum { MAX_SHOWN = 240 };

/* A row of a cross-reference that nobody needed, or a value that has none. */
struct telling {
    struct canon_sink *sink;
    bool json;
    const char *xref, *what;
    uint64_t n;
    bool silent; /* counted alone */
    struct buffer *text;
};

static const char *printable(struct telling *t, struct bytes text)
{
    buffer_clear(t->text);
    report_plain(t->text, text, MAX_SHOWN);
    buffer_add_byte(t->text, '\0');
    return t->text->failed ? "" : t->text->at;
}

static void tell_row(void *whom, const struct xref_note *note)
{
    struct telling *t = whom;
    struct canon_sink *sink = t->sink;

    t->n++;
    if (t->silent)
        return;
    if (t->json) {
        canon_sink_format(sink, "{\"xref\":\"%s\",\"what\":\"%s\"", t->xref, t->what);
        if (note->line > 0)
            canon_sink_format(sink, ",\"line\":%u", note->line);
        canon_sink_member(sink, "theirs", note->theirs);
        canon_sink_member(sink, "ours", note->ours);
        if (note->count > 0)
            canon_sink_format(sink, ",\"count\":%llu", (unsigned long long)note->count);
        canon_sink_add(sink, BYTES("}\n"));
        return;
    }
    canon_sink_format(sink, "  %s", t->what);
    if (note->line > 0)
        canon_sink_format(sink, " line %u", note->line);
    if (note->theirs.at != NULL)
        canon_sink_format(sink, " theirs \"%s\"", printable(t, note->theirs));
    if (note->ours.at != NULL)
        canon_sink_format(sink, " ours \"%s\"", printable(t, note->ours));
    if (note->count > 0)
        canon_sink_format(sink, ", %llu time%s", (unsigned long long)note->count,
                          note->count == 1 ? "" : "s");
    canon_sink_add(sink, BYTES("\n"));
}

void coverage_xref_write(const struct xref *xref, const char *map, struct canon_sink *sink, bool json,
                         bool all)
{
    const char *name = xref_source_of(xref)->name;
    struct buffer text;
    struct telling unused = {sink, json, name, "unused", 0, true, &text};
    struct telling missing = {sink, json, name, "missing", 0, true, &text};

    buffer_init(&text, 64 * 1024);
    xref_each_unused(xref, tell_row, &unused);
    xref_each_missing(xref, tell_row, &missing);
    if (json) {
        canon_sink_format(sink, "{\"xref\":\"%s\",\"map\":\"%s\"", name, map);
        canon_sink_member(sink, "file", bytes_of(xref_file(xref)));
        canon_sink_format(sink, ",\"rows\":%u,\"unused\":%llu,\"missing\":%llu}\n", xref_rows(xref),
                          (unsigned long long)unused.n, (unsigned long long)missing.n);
    } else {
        canon_sink_format(sink, "%s of %s: %llu of %u rows were not needed, %llu value%s had none\n", name,
                          map, (unsigned long long)unused.n, xref_rows(xref), (unsigned long long)missing.n,
                          missing.n == 1 ? "" : "s");
    }
    unused.silent = !all;
    missing.silent = false;
    if (!unused.silent)
        xref_each_unused(xref, tell_row, &unused);
    xref_each_missing(xref, tell_row, &missing);
    buffer_release(&text);
}
