/*
 * reader: what the two halves of canon_read share: its state, and the members of an object.  For them alone.
 */
#ifndef CROSSDOCK_CANON_READER_H
#define CROSSDOCK_CANON_READER_H

#include "canon/json.h"
#include "canon/read.h"

/* Where the reader is, for the path in an error. */
struct step {
    const char *name;
    size_t len;
    uint32_t index; /* in a list, from 0 */
    bool in_list;
};

struct reader {
    struct json json;
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
    return json_fail(&r->json, where, what);
}

static inline bool reader_fail_memory(struct reader *r)
{
    r->json.memory = true;
    return json_fail(&r->json, r->json.at, "out of memory");
}

/* A name this block does not have. */
bool reader_fail_unknown(struct reader *r, const struct canon_block *block, const char *where,
                         const struct json_text *name);

/* The value of a field, appended to the object (read_body.c). */
bool reader_value(struct reader *r, struct canon_object *object, const struct canon_field *field);

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
static inline bool reader_name(struct reader *r, struct json_text *name)
{
    if (!json_sees(&r->json, '"'))
        return reader_fail(r, r->json.at, "expected a name in quotes");
    if (!json_string(&r->json, name))
        return false;
    r->name = name->at;
    r->name_len = name->len;
    if (json_sees(&r->json, ':')) {
        r->json.at++;
        json_blanks(&r->json);
        return true;
    }
    return json_take(&r->json, ':', "expected a colon behind the name");
}

/* What stands between two members: false at the object's end, or when something is wrong. */
static inline bool reader_next(struct reader *r)
{
    r->name = NULL;
    json_blanks(&r->json);
    if (json_sees(&r->json, ',')) {
        r->json.at++;
        json_blanks(&r->json);
        return true;
    }
    if (json_sees(&r->json, '}'))
        r->json.at++;
    else
        reader_fail(r, r->json.at, "expected a comma or the object's end");
    return false;
}

/* Whether an object, after its brace, has no members; its end is taken. */
static inline bool reader_is_bare(struct reader *r)
{
    json_blanks(&r->json);
    if (!json_sees(&r->json, '}'))
        return false;
    r->json.at++;
    return true;
}

#endif
