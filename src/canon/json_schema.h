/*
 * json_schema: a kind of record as JSON Schema (2020-12), for whoever checks records with other tools.
 *
 * It says what canon_read says, as far as JSON Schema can: names, types, what must be there, the grammar of
 * decimals, dates and times. (Not: that a date is in the calendar, that keys agree with the body.)
 */
#ifndef CROSSDOCK_CANON_JSON_SCHEMA_H
#define CROSSDOCK_CANON_JSON_SCHEMA_H

#include "base/buffer.h"
#include "canon/schema.h"

/* Appends the schema of a kind, indented, with a final newline.  Failure is the buffer's. */
void canon_json_schema(struct buffer *into, const struct canon_kind *kind);

#endif
