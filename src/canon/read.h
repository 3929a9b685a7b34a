/*
 * read: canonical JSON Lines to records, strictly (RFC 8259, UTF-8, no duplicate names, no unknown fields,
 * values of the schema's types).  Numbers keep their text.
 */
#ifndef CROSSDOCK_CANON_READ_H
#define CROSSDOCK_CANON_READ_H

#include "canon/record.h"

struct canon_read_error {
    size_t offset;       /* in the line, from 0 */
    const char *what;    /* "expected a string for a decimal" (static) */
    char path[96];       /* "lines[2].unit_price" */
    const char *nearest; /* of an unknown field: the field most like it, or NULL */
    bool memory;         /* the arena failed */
    bool schema;         /* the kind's table is wrong: ask schema_error */
};

/* One line (without '\n') to a record in `arena`.  Text without escapes is not copied: the line must outlive
 * the record. */
bool canon_read(struct canon_record *record, const struct schema *schema, struct bytes line,
                struct arena *arena, struct canon_read_error *error);

#endif
