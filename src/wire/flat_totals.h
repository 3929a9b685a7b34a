/*
 * flat_totals: what one record of a flat file, its first or its last, says of all of it: how many documents
 * and records, and sums of columns.  The layout's `totals`.
 */
#ifndef CROSSDOCK_WIRE_FLAT_TOTALS_H
#define CROSSDOCK_WIRE_FLAT_TOTALS_H

#include "base/decimal.h"
#include "wire/flat.h"

/* So far, of a file or a part of it. */
struct flat_tally {
    uint64_t documents, records;
    struct decimal sums[FLAT_MAX_TOTALS];
    bool lost[FLAT_MAX_TOTALS]; /* more digits than can be reckoned with */
};

/* A record goes by.  A number, in canonical form, of the total's column in it. */
void flat_tally_number(struct flat_tally *tally, unsigned total, struct bytes number);

/* What total `i` should say, or NULL: it is lost.  In `text`. */
const char *flat_tally_text(const struct flat_layout *layout, const struct flat_tally *tally, unsigned i,
                            char text[DECIMAL_TEXT]);

/* The totals of a file that is written.  All but the first take NULL, where a layout has none. */
struct flat_totals;

/* False: out of memory.  *totals NULL: the layout has none. */
bool flat_totals_open(struct flat_totals **totals, const struct flat_layout *layout);
void flat_totals_close(struct flat_totals *totals);
void flat_totals_begin_file(struct flat_totals *totals);
void flat_totals_begin_document(struct flat_totals *totals);

/* A unit of the document; the totals' own is none.  False: it would be taken for that; told. */
bool flat_totals_unit(struct flat_totals *totals, struct unit_writer *writer, int tag,
                      const struct unit_value *values);

/* Whether the row that is being written is that of the totals, among rows that are all alike: it has the
 * values it is given, and nothing else that rows have. */
bool flat_totals_is_row(const struct flat_totals *totals);

/* False: with this document the file's totals would not fit; told. */
bool flat_totals_end_document(struct flat_totals *totals, struct unit_writer *writer);
void flat_totals_end_file(struct flat_totals *totals, struct unit_writer *writer);
/* Of a layout whose totals stand first: after the end of the file. */
void flat_totals_head(struct flat_totals *totals, struct unit_writer *writer);

#endif
