/*
 * flat_more: a text too long for its column, as the layout's `more` has it: the record holds as much as fits,
 * and records of the same tag, marked in another column, hold the rest.  Writers only; reading joins them
 * where the record is filled (map/flat_fill.h).
 */
#ifndef CROSSDOCK_WIRE_FLAT_MORE_H
#define CROSSDOCK_WIRE_FLAT_MORE_H

#include "wire/flat.h"

struct flat_more_writer;

/* NULL in `into` where the layout has no such record.  False: out of memory. */
bool flat_more_open(struct flat_more_writer **into, const struct flat_layout *layout);
void flat_more_close(struct flat_more_writer *more);

void flat_more_begin_document(struct flat_more_writer *more); /* NULL: nothing */

/* One unit, by `put`, which begins a record: all but the last are ended with the format's end_unit.  No blank
 * at the end of a record is at stake: a text is cut within words, or before a blank where there is no such
 * word.  One that cannot be cut is left to `put`, which tells that it is too long.  False: something was
 * told. */
bool flat_more_put(struct flat_more_writer *more, struct unit_writer *writer, int tag,
                   const struct unit_value *values,
                   bool (*put)(struct unit_writer *writer, int tag, const struct unit_value *values));

#endif
