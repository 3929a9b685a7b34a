/*
 * trace_show: a trace as text for a terminal, as a JSON line, as a page.
 *
 * Whatever comes from documents is made fit to be seen: control characters and those that turn the direction
 * of text are shown as \xNN, and markup is escaped.
 */
#ifndef CROSSDOCK_REPORT_TRACE_SHOW_H
#define CROSSDOCK_REPORT_TRACE_SHOW_H

#include "canon/write.h"
#include "report/trace.h"

/* 80 columns wide, unless a number needs more. */
void trace_put_text(struct canon_sink *out, const struct trace *trace);

/* One line, as order-trace(1) says. */
void trace_put_json(struct canon_sink *out, const struct trace *trace);

/* One page for all of them: no scripts, nothing fetched. */
void trace_put_page(struct buffer *out, const struct trace *traces, size_t n);

/* The timeline of a trace as an SVG element. */
void trace_put_svg(struct buffer *out, const struct trace *trace);

/* Foreign text, fit for HTML and SVG; and fit for a terminal, in the arena. */
void trace_put_markup(struct buffer *out, struct bytes text);
const char *trace_plain(struct arena *arena, struct bytes text);

/* " from acme", " to polar"; "" where the partner is not known. */
const char *trace_whom(struct arena *arena, const struct trace_document *document);

/* What stands behind trace_event.what: " 4500018802 from acme: 3 lines", of a carrier ": Lima, OH, PRO9". */
const char *trace_event_text(struct arena *arena, const struct trace_event *event);

/* "ISA 000000102 GS 102 ST 0001", or "". */
const char *trace_envelope(struct arena *arena, const struct timeline_row *row);

/* What became of it, other than that it was posted: "delivered to erp 2026-11-24T12:00:00Z". */
const char *trace_row_text(struct arena *arena, const struct timeline_row *row);

#endif
