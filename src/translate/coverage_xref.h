/*
 * coverage_xref: what of a cross-reference the documents that were read needed, and what it lacked.
 */
#ifndef CROSSDOCK_TRANSLATE_COVERAGE_XREF_H
#define CROSSDOCK_TRANSLATE_COVERAGE_XREF_H

#include "canon/sink.h"
#include "map/xref.h"

/* A line of totals of the cross-reference of a map, then the values that have no row and, with `all`, the
 * rows that nobody needed.  As text, or as JSON lines. */
void coverage_xref_write(const struct xref *xref, const char *map, struct canon_sink *sink, bool json,
                         bool all);

#endif
