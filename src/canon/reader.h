/*
 * reader: what the two halves of canon_read share: its state, and the members of an object.  For them alone.
 */
#ifndef CROSSDOCK_CANON_READER_H
#define CROSSDOCK_CANON_READER_H

#include "canon/read.h"
#include "base/scanner.h"

/* Where the reader is, for the path in an error. */
struct step {
    const char *name;
    size_t len;
    uint32_t index; /* in a list, from 0 */
    bool in_list;
};

struct reader {
    struct scanner scanner;
    const struct schema *schema;
    struct canon_record *record;
    struct canon_read_error *error;
    struct step steps[CANON_MAX_NEST + 2];
    unsigned n_steps;
    const char *name; /* the member being read, below the steps; NULL: none */
    size_t name_len;
    const char *keys; /* where "keys" has its object; NULL: nowhere */
};

static inline bool reader_fail(struct reader *r, const char *where, const char *what)
{
    return scanner_fail(&r->scanner, where, what);
}

static inline bool reader_fail_memory(struct reader *r)
{
    r->scanner.memory = true;
    return scanner_fail(&r->scanner, r->scanner.at, "out of memory");
}

/* A name this block does not have. */
bool canon_reader_fail_unknown(struct reader *r, const struct canon_block *block, const char *where,
                               const struct scanner_text *name);

/* The value of a field, appended to the object (read_body.c). */
bool canon_reader_value(struct reader *r, struct canon_object *object, const struct canon_field *field);

/* Enters the member being read; `reader_leave` when it was read without error. */
static inline struct step *reader_enter(struct reader *r, bool in_list)
{
    struct step *step = &r->steps[r->n_steps++];

    *step = (struct step){r->name, r->name_len, 0, in_list};
    r->name = NULL;
    return step;
}

static inline void reader_leave(struct reader *r)
{
    r->n_steps--;
}

/* A member's name and the colon behind it. */
static inline bool reader_name(struct reader *r, struct scanner_text *name)
{
    if (!scanner_sees(&r->scanner, '"'))
        return reader_fail(r, r->scanner.at, "expected a name in quotes");
    if (!scanner_string(&r->scanner, name))
        return false;
    r->name = name->at;
    r->name_len = name->len;
    if (scanner_sees(&r->scanner, ':')) {
        r->scanner.at++;
        scanner_blanks(&r->scanner);
        return true;
    }
    return scanner_take(&r->scanner, ':', "expected a colon behind the name");
}

/* What stands between two members: false at the object's end, or when something is wrong. */
static inline bool reader_next(struct reader *r)
{
    r->name = NULL;
    scanner_blanks(&r->scanner);
    if (scanner_sees(&r->scanner, ',')) {
        r->scanner.at++;
        scanner_blanks(&r->scanner);
        return true;
    }
    if (scanner_sees(&r->scanner, '}'))
        r->scanner.at++;
    else
        reader_fail(r, r->scanner.at, "expected a comma or the object's end");
    return false;
}

/* Whether an object, after its brace, has no members; its end is taken. */
static inline bool reader_is_bare(struct reader *r)
{
    scanner_blanks(&r->scanner);
    if (!scanner_sees(&r->scanner, '}'))
        return false;
    r->scanner.at++;
    return true;
}

#endif
