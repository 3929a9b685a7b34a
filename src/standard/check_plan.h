/*
 * check_plan: what of a segment's definition the checks look at, packed.  Private to check.c and
 * check_slow.c.
 */
#ifndef CROSSDOCK_STANDARD_CHECK_PLAN_H
#define CROSSDOCK_STANDARD_CHECK_PLAN_H

#include "standard/check.h"

enum check_kind {
    CHECK_CAREFUL = 0, /* always looked at slowly: policies, unused elements */
    CHECK_FREE,        /* nothing known, nothing wrong */
    CHECK_TEXT,
    CHECK_CODE,
    CHECK_INTEGER,
    CHECK_REAL,
    CHECK_DATE,
    CHECK_TIME,
    CHECK_COMPOSITE,
};

struct check_row {
    uint8_t kind;  /* enum check_kind */
    bool plain;    /* of a composite: its first component alone is well */
    uint16_t min;  /* length */
    uint16_t span; /* max - min */
    union {
        const struct standard_codes *codes;
        struct check_row *parts; /* of a composite: a row a component */
    };
};

#define CHECK_NO_CODE UINT64_MAX

/* A row that is asked of an element, by itself. */
struct check_step {
    const struct standard_codes *codes;
    uint64_t known[2]; /* bytes_key of the codes that were found there last; CHECK_NO_CODE: none yet */
    uint16_t min, span;
    uint8_t kind, element; /* from 0 */
};

/* A condition in the form in which it is tested: broken unless ... (check_slow.c). */
struct check_condition {
    char kind;
    uint64_t fields; /* P, R, E: all; C, L: those that the first one requires */
    uint64_t first;
};

/* What the checks made of a segment that has just these elements. */
struct check_shape {
    uint64_t passed; /* the elements, 0: none yet; they may stand together */
    struct check_step *steps;
    struct check_step *texts, *codes, *end; /* where those of texts, of codes, and all of them end */
};

struct check_plan {
    const struct standard_segment *segment;
    uint64_t mandatory;
    uint64_t beyond;      /* bits of elements the segment does not have */
    uint64_t pairs;       /* first of two neighbours that come together (most P notes) */
    uint8_t n_conditions; /* the others */
    bool careful;         /* a policy wants every segment looked at: no shape is made */
    uint8_t older;        /* of the shapes, the one to give up next */
    const struct check_condition *conditions;
    struct check_row *rows;
    /* Most segments have the same elements as the one before, or the one before that. */
    struct check_shape shapes[2];
};

/* Finds everything that is wrong.  True when nothing is.  A NULL position: the segment has no place. */
bool check_carefully(const struct check_plan *plan, const struct standard_position *position,
                     const struct segment_view *view, struct faults *faults);

#endif
