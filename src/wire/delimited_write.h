/*
 * delimited_write: rows of columns with a separator between: CSV (RFC 4180) and its relatives.
 *
 * A value is quoted when it holds the separator, the quote, a line end, or a blank at an end; quotes inside
 * are doubled.  Without a quote such a value is refused.  Nothing is neutralised: these are files for
 * machines, not for spreadsheets.
 */
#ifndef CROSSDOCK_WIRE_DELIMITED_WRITE_H
#define CROSSDOCK_WIRE_DELIMITED_WRITE_H

#include "wire/flat.h"

/* The layout must outlive the writer.  NULL: out of memory. */
struct unit_writer *delimited_write_open(const struct flat_layout *layout);

#endif
