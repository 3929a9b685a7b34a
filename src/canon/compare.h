/*
 * compare: two records of one document, and how their fields differ.
 */
#ifndef CROSSDOCK_CANON_COMPARE_H
#define CROSSDOCK_CANON_COMPARE_H

#include "canon/record.h"

/* `was` and `became`: at NULL: it is not there.  The path lives as long as the call. */
typedef void canon_tell_field(void *whom, const char *path, struct bytes was, struct bytes became);

/* Tells each field of the bodies that differs by its path, "lines[2].unit_price".  `extra` is compared
 * without the numbers of its segments; with `raw_is_free` the codes beside translated words (FIELD_raw) may
 * come in addition.  False: they are of two kinds. */
bool canon_compare(const struct canon_record *was, const struct canon_record *became, bool raw_is_free,
                   canon_tell_field *tell, void *whom);

#endif
