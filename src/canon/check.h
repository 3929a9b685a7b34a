/*
 * check: what a record lacks.
 *
 * Reading does not ask whether a record is whole: a record is also made piece by piece, and partners leave
 * out what the vocabulary wants. Whoever needs it whole (before it is posted, before it is written for a
 * partner) asks here.
 */
#ifndef CROSSDOCK_CANON_CHECK_H
#define CROSSDOCK_CANON_CHECK_H

#include "canon/record.h"

/* Tells each field that a kind or block has as `need` or more, and that an object of the record lacks: where
 * ("lines[2].uom") and which.  An object that is absent itself lacks nothing below it.  Returns how many. */
size_t canon_check_needs(const struct canon_record *record, enum canon_need need,
                         void (*tell_lack)(void *to, const char *path, const struct canon_field *field),
                         void *to);

#endif
