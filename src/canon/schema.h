/*
 * schema: the kinds of canonical records and their fields.
 *
 * One table a kind and a block under maps/canon (its README has the form).  A record's fields are written in
 * the table's order.  A block (party, order_line, adjustment ...) is a field list of its own, used by kinds
 * and blocks; blocks nest, but never contain themselves.
 *
 * Tables are read when a kind is first asked for, so that a tool that needs one kind starts fast: whoever
 * shares a schema between threads asks for its kinds before they begin.  Everything belongs to the schema
 * and lives until schema_close.
 */
#ifndef CROSSDOCK_CANON_SCHEMA_H
#define CROSSDOCK_CANON_SCHEMA_H

#include "base/bytes.h"

enum canon_type {
    CANON_STRING = 1,
    CANON_CODE,    /* a string from a code list */
    CANON_DECIMAL, /* exact, as a JSON string: -?(0|[1-9][0-9]*)(\.[0-9]+)?, no -0 ("money" is this too) */
    CANON_INTEGER, /* a JSON number without point or exponent, at most 18 digits */
    CANON_BOOLEAN,
    CANON_DATE,     /* YYYY-MM-DD */
    CANON_TIME,     /* HH:MM[:SS[.d+]] */
    CANON_DATETIME, /* date T time, with a zone only when one was sent */
    CANON_OBJECT,
};

enum canon_need { CANON_OPTIONAL = 0, CANON_EXPECTED /* R: warn when absent */, CANON_REQUIRED /* M */ };

enum {
    CANON_MAX_FIELDS = 192, /* in one block */
    CANON_MAX_NAME = 63,    /* bytes of a field's, block's or kind's name */
    CANON_MAX_NEST = 16,    /* blocks within blocks, the kind's body included */
    CANON_MAX_PATH = 4,     /* steps of a key's path */
};

struct canon_block;

struct canon_field {
    const char *name;
    uint8_t name_len;
    uint8_t type;                    /* enum canon_type */
    uint8_t need;                    /* enum canon_need */
    bool is_list;                    /* plural: an array of `type` */
    uint16_t index;                  /* within its block */
    const struct canon_block *block; /* of CANON_OBJECT */
    const char *type_name;           /* as the table says it, without the star: "money", "party" */
    const char *meaning;
    const char *x12, *edifact, *ubl, *idoc; /* where it lives elsewhere; "" when nowhere */
};

/* What the writer needs of a field: ,"name":" with the comma before it and a text's quote behind it; 32 bytes
 * may be read behind that. */
struct canon_label {
    const char *text;
    uint32_t len;
};

struct canon_block {
    const char *name; /* of a kind: the kind's */
    const char *meaning;
    uint16_t n_fields;
    uint16_t n_slots; /* a power of two */
    const struct canon_field *fields;
    const struct canon_label *labels; /* by field */
    /* A bit a field, as canon_object.held: those required, those expected or required, those with a block. */
    uint64_t required[CANON_MAX_FIELDS / 64], wanted[CANON_MAX_FIELDS / 64], blocks[CANON_MAX_FIELDS / 64];
    const uint16_t *slots; /* for canon_block_field: index + 1, or 0 */
};

/* One way from a kind's body to the values of a key: the fields to enter, the last one holds text. */
struct canon_path {
    unsigned n;
    const struct canon_field *step[CANON_MAX_PATH];
};

struct canon_key {
    const char *name; /* the last step's */
    struct canon_label label;
    bool is_list; /* passes through a list, or has several paths: written as an array */
    unsigned n_paths;
    const struct canon_path *paths;
};

struct canon_kind {
    const char *name;               /* "order" */
    const struct canon_block *body; /* without the envelope */
    unsigned n_keys;                /* business keys, copied into "keys" */
    const struct canon_key *keys;
    unsigned n_identity; /* fields of the body that tell two documents of a partner apart */
    const struct canon_field *const *identity;
};

struct schema;

/* The tables of the folder maps/canon.  NULL, and *why (a line "file: what", to free) when there is no such
 * folder or no memory. */
struct schema *schema_open(const char *folder, char **why);
void schema_close(struct schema *schema);

/* The kind of this name, its table and its blocks read if they were not yet.  NULL: there is no such kind,
 * or a table is wrong; then schema_error says "file:line: what", else it is NULL. */
const struct canon_kind *schema_kind(const struct schema *schema, struct bytes name);
const char *schema_error(const struct schema *schema);

/* The nth kind by name, from 0; reads every table.  NULL after the last, or when a table is wrong. */
const struct canon_kind *schema_kind_at(const struct schema *schema, unsigned n);

/* A block by its name, read if it was not yet.  NULL as schema_kind. */
const struct canon_block *schema_block(const struct schema *schema, struct bytes name);

/* A block's field by its name, or NULL. */
const struct canon_field *canon_block_field(const struct canon_block *block, struct bytes name);

/* The field whose name is most like this one, for "did you mean"; NULL when none is near. */
const struct canon_field *canon_block_nearest(const struct canon_block *block, struct bytes name);

const char *canon_type_name(enum canon_type type);

/* Whether text is a value of this type as the comments of enum canon_type say.  Strings and codes: any that
 * is not empty.  (UTF-8 is not looked at.) */
bool canon_type_holds(enum canon_type type, const char *text, size_t len);

#endif
