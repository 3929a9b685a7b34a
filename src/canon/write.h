/*
 * write: a record as one line of canonical JSON.
 *
 * Deterministic: envelope in the order of crossdock-canon(5), then the body in the schema's order.  The text
 * goes to an output that takes large blocks; a record is never begun before it is complete in memory.
 */
#ifndef CROSSDOCK_CANON_WRITE_H
#define CROSSDOCK_CANON_WRITE_H

#include "canon/record.h"

/* Where text goes: a window that `flush` empties.  flush must leave at least CANON_SINK_LEAST bytes between
 * `at` and `end`, also when it failed (it then sets `failed` and discards what it was given). */
enum { CANON_SINK_LEAST = 8192 };
struct canon_sink {
    char *at, *end;
    bool failed;
    void (*flush)(struct canon_sink *sink);
};

/* The line and its '\n'. */
void canon_write(struct canon_sink *sink, const struct canon_record *record);

/* Elements of a list from `first` up to `end`, each behind a comma. */
void canon_write_elements(struct canon_sink *sink, const struct canon_field *field,
                          const struct canon_object *first, const struct canon_object *end);

/* For canon_source.text: renders all of the source but its offset, length and set, which records with the
 * same source otherwise have of their own.  False: it cannot be, or the arena failed. */
bool canon_source_render(struct canon_source_text *text, const struct canon_source *source,
                         struct arena *arena);

/* JSON string text with its quotes, for whoever writes other JSON lines (batch records, diagnostics). */
void canon_write_string(struct canon_sink *sink, const char *text, size_t len);

#endif
