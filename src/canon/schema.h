/*
 * schema: the kinds of canonical records and their fields.
 *
 * One table a kind and a block under maps/canon (see its README).  A record's fields are written in the
 * table's order.  A block (party, line, adjustment, ...) is a field list of its own, used by kinds and blocks.
 * Everything belongs to the schema and lives until schema_close.
 */
#ifndef CROSSDOCK_CANON_SCHEMA_H
#define CROSSDOCK_CANON_SCHEMA_H

#include "base/bytes.h"

enum canon_type {
    CANON_STRING = 1,
    CANON_CODE,     /* a string from a code list */
    CANON_DECIMAL,  /* exact, as a JSON string: -?(0|[1-9][0-9]*)(\.[0-9]+)? */
    CANON_INTEGER,  /* a JSON number without point or exponent */
    CANON_BOOLEAN,
    CANON_DATE,     /* YYYY-MM-DD */
    CANON_TIME,     /* HH:MM[:SS[.d+]] */
    CANON_DATETIME, /* date T time, with a zone only when one was sent */
    CANON_OBJECT,
};

enum canon_need { CANON_OPTIONAL = 0, CANON_EXPECTED /* R: warn when absent */, CANON_REQUIRED /* M */ };

struct canon_block;

struct canon_field {
    const char *name;
    const char *key;   /* rendered for the writer: "name": with quotes and colon */
    uint8_t key_len;
    uint8_t type;      /* enum canon_type */
    uint8_t need;      /* enum canon_need */
    bool is_list;      /* plural: an array of `type` */
    uint16_t index;    /* within its block */
    const struct canon_block *block; /* of CANON_OBJECT */
    const char *meaning;
    const char *x12, *edifact, *ubl, *idoc; /* where it lives elsewhere; "" when nowhere */
};

enum { CANON_MAX_FIELDS = 192 }; /* in one block */

struct canon_block {
    const char *name; /* of a kind: the kind's */
    const char *meaning;
    uint16_t n_fields;
    const struct canon_field *fields;
};

struct canon_kind {
    const char *name;              /* "order" */
    const struct canon_block *body; /* without the envelope */
    unsigned n_keys;               /* business keys: top-level body fields copied into "keys" */
    const struct canon_field *const *keys;
};

struct schema;

/* Reads the tables of the folder maps/canon.  NULL, and *why (in the arena-less static buffer of the schema
 * module's caller: a malloc'ed line "file:line: what", to free) on failure. */
struct schema *schema_open(const char *folder, char **why);
void schema_close(struct schema *schema);

const struct canon_kind *schema_kind(const struct schema *schema, struct bytes name);
const struct canon_kind *schema_kind_at(const struct schema *schema, unsigned n); /* NULL after the last */
const struct canon_block *schema_block(const struct schema *schema, struct bytes name);
const struct canon_field *canon_block_field(const struct canon_block *block, struct bytes name);

const char *canon_type_name(enum canon_type type);

#endif
