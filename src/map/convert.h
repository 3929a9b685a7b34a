/*
 * convert: what a target does to a value beside what follows from its type: fill, cross-reference, date form,
 * split, pattern.  Each has its inverse: reading goes in, writing comes out.  A target without one has
 * map_target.convert NULL, and costs nothing.
 *
 * In, a text of the file loses its fill, goes through the form, cross-reference or table, and then through
 * what follows from the field's type; out, the same in the other order.  A target of several fields takes a
 * text apart and puts it together, and its fields are targets of their own.
 */
#ifndef CROSSDOCK_MAP_CONVERT_H
#define CROSSDOCK_MAP_CONVERT_H

#include "map/map.h"

struct pattern;
struct convert_template;

enum { CONVERT_MAX_PARTS = 15, CONVERT_MAX_LIST = 1000 /* texts of a list in one element */ };

struct map_convert {
    struct map_convert *next; /* of the map's */
    struct map_mark mark;
    struct xref *xref;
    struct {
        char with;
        bool right;  /* behind the value, not before it */
        uint16_t to; /* characters; 0: no fill */
    } fill;
    struct {
        const char *code;  /* of element 1250; NULL: none */
        uint8_t day, time; /* digits */
    } form;
    struct bytes by; /* what stands between fields, or the texts of a list; at NULL: none */
    bool list;
    struct pattern *pattern;                /* `read`, or NULL */
    uint8_t groups[CONVERT_MAX_PARTS];      /* by part: its group */
    const struct convert_template *written; /* `write`, or NULL */
    uint32_t n_parts;                       /* 0: the target has one field */
    const struct map_target *parts;
};

/* What is wrong; the texts live in the arena or for ever. */
struct convert_fault {
    bool is;
    enum complaint complaint;
    const char *what, *expected; /* or NULL */
};

/* Whether reading makes something of the element, writing something of the field: not, where a pattern has
 * one half. */
bool convert_reads(const struct map_convert *convert);
bool convert_writes(const struct map_convert *convert);

/* One field.  False: it has no value then.  A fault with true is told, and the value is taken. */
bool convert_in(const struct map_target *target, struct bytes text, struct arena *arena, struct bytes *out,
                struct convert_fault *fault);
/* `raw` (at NULL: none) is what came; it is written where reading makes the same of it. */
bool convert_out(const struct map_target *target, struct bytes raw, struct bytes text, struct arena *arena,
                 struct bytes *out, struct convert_fault *fault);

/* Several fields: a text (at NULL: none) for each part.  False: nothing of it is read; without a fault it is
 * as if no rule read it. */
bool convert_apart(const struct map_convert *convert, enum map_miss miss, struct bytes text,
                   struct arena *arena, struct bytes parts[CONVERT_MAX_PARTS], struct convert_fault *fault);
bool convert_together(const struct map_convert *convert, const struct bytes parts[CONVERT_MAX_PARTS],
                      struct arena *arena, struct bytes *out, struct convert_fault *fault);

/* A list: the next of its texts; false when there is none.  And back. */
bool convert_next(const struct map_convert *convert, struct bytes *rest, struct bytes *text);
bool convert_list(const struct map_convert *convert, const struct bytes *texts, uint32_t n,
                  struct arena *arena, struct bytes *out, struct convert_fault *fault);

/* --- templates: texts with {NAME} or {1} for a part, and [ ] around what is written only when all its parts
 * are there; a brace or bracket that is meant stands twice. */

/* `names`: of the parts, len 0 where they have none.  NULL: *mistake says why.  *used: the parts it names. */
const struct convert_template *convert_template_read(struct bytes text, const struct bytes *names,
                                                     uint32_t n_names, struct arena *arena, uint32_t *used,
                                                     const char **mistake);

/* The names in a template, in their order, each once; 0 when there is none or the template is none. */
uint32_t convert_template_names(struct bytes text, struct bytes names[CONVERT_MAX_PARTS]);

/* At NULL: a part that must be there is not (*missing), or no memory (*missing n_parts). */
struct bytes convert_template_fill(const struct convert_template *made, const struct bytes *parts,
                                   struct arena *arena, uint32_t *missing);

#endif
