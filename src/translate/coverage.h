/*
 * coverage: what of real sets the maps read, and what they leave.
 *
 * Counted are values: an element that is not empty, or each component and repetition of one that is not
 * empty. The records must have been read with `extra` kept (UNMAPPED_KEEP).
 */
#ifndef CROSSDOCK_TRANSLATE_COVERAGE_H
#define CROSSDOCK_TRANSLATE_COVERAGE_H

#include "canon/sink.h"
#include "translate/inbound.h"

struct coverage;

/* NULL: out of memory. */
struct coverage *coverage_open(void);
void coverage_close(struct coverage *coverage);

/* An inbound_settings.take; `whom` is the coverage.  False: out of memory. */
bool coverage_take(void *whom, const struct inbound_document *document);

/* What was counted, a set type after the other: totals, and each place that was left, with its name, how
 * often it was there and was left, and where it was left first; `all`: each place that was there.  As text,
 * or as JSON lines.  While the inbound that gave the documents is open: the places are those of its works. */
/* Behind them, of each cross-reference that a map used: how many rows nobody needed (with `all`: which), and
 * the values that have none. */
void coverage_write(const struct coverage *coverage, struct canon_sink *sink, bool json, bool all);

#endif
