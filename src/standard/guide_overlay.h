/*
 * guide_overlay: a set of the dictionary being changed: what is changed is copied first.
 *
 * Private to guide.c, guide_read.c, guide_element.c and guide_overlay.c.
 */
#ifndef CROSSDOCK_STANDARD_GUIDE_OVERLAY_H
#define CROSSDOCK_STANDARD_GUIDE_OVERLAY_H

#include "standard/codes.h"
#include "standard/guide.h"

/* What of a rule a guide's line speaks of. */
enum guide_aspect {
    GUIDE_NEED = 1 << 0,
    GUIDE_MAX = 1 << 1,
    GUIDE_LEAST = 1 << 2, /* length */
    GUIDE_MOST = 1 << 3,
    GUIDE_CODES = 1 << 4,
    GUIDE_TYPE = 1 << 5,
    GUIDE_CONDITION = 1 << 6,
};

struct guide_rule {
    const void *rule; /* a position, field or condition of the guide's set */
    unsigned aspect;
    const char *origin; /* "file:line" */
    struct guide_rule *next;
};

/* A position's own copy of its segment; the arrays are those of `standard`. */
struct overlay_segment {
    struct standard_segment standard;
    struct standard_field *fields;
    struct standard_condition *conditions;
};

struct guide {
    struct standard_set set;
    struct standard_position *positions; /* those of `set` */
    struct overlay_segment **owned;      /* by position; NULL: still the dictionary's */
    struct guide_rule *rules;            /* latest first */
    struct dictionary *dictionary;
    struct arena *arena;
};

/* A copy of `set` to change.  NULL: no memory. */
struct guide *overlay_open(const struct standard_set *set, struct dictionary *dictionary,
                           struct arena *arena);

/* Remembers that the line of `key` in the mapping `node` laid down an aspect of a rule; where it has no such
 * key (or `key` is NULL), the line of `node`. */
void overlay_mark(struct guide *guide, const void *rule, unsigned aspect, const struct yaml_node *node,
                  const char *key);

/* The position's own segment, made when first wanted.  NULL: no memory. */
struct overlay_segment *overlay_segment(struct guide *guide, uint16_t position);

/* A field of it; with a `component` (from 1) that of the element's composite, of which *composite is a fresh
 * copy.  NULL: there is none, or no memory. */
struct standard_field *overlay_field(struct guide *guide, struct overlay_segment *segment, unsigned element,
                                     unsigned component, struct standard_composite **composite);

/* A fresh copy of the field's element.  NULL: the field is a composite, or no memory. */
struct standard_element *overlay_element(struct guide *guide, struct standard_field *field);

/* An element behind the last one, empty yet.  NULL: no room, or no memory. */
struct standard_field *overlay_add_field(struct guide *guide, struct overlay_segment *segment);

/* Takes away the condition with that note; false when there is none. */
bool overlay_drop_condition(struct guide *guide, struct overlay_segment *segment, struct bytes note);

/* NULL: no room, or no memory. */
const struct standard_condition *overlay_add_condition(struct guide *guide, struct overlay_segment *segment,
                                                       const struct standard_condition *condition);

/* A new position for `segment` before index `at`, inside the loop that starts at `parent` (or at top): its
 * index.  0: no memory, or nothing can stand there. */
uint16_t overlay_insert(struct guide *guide, uint16_t at, uint16_t parent,
                        const struct standard_segment *segment);

#endif
