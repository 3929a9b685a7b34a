/*
 * limit: how far things may differ, and until when they must be there: the block `reconcile` of a partner
 * file, and of reconcile.yaml for all partners; crossdock-partner(5) lists the limits.
 *
 * A limit is looked for in the class of the line, the kind of document, the partner, the file for all, and
 * is built in at last; each knows where it was set.  Everything lives in the arena it was read with.
 */
#ifndef CROSSDOCK_PARTNER_LIMIT_H
#define CROSSDOCK_PARTNER_LIMIT_H

#include "base/calendar.h"
#include "base/decimal.h"
#include "conf/yaml.h"

enum limit {
    /* tolerances */
    LIMIT_PRICE,     /* of a unit */
    LIMIT_AMOUNT,    /* of a document */
    LIMIT_QUANTITY,  /* shipped of what was ordered, answered of what was ordered */
    LIMIT_CONFIRMED, /* confirmed by a warehouse of what was asked */
    LIMIT_NOTICE,    /* in the notice of what was confirmed */
    LIMIT_INVOICED,  /* of what was shipped */
    LIMIT_RECEIVED,  /* of what was expected */
    LIMIT_STOCK,     /* a warehouse's of our own */
    LIMIT_VOLUME,    /* of a day, of what is usual */
    LIMIT_GAP,       /* control numbers missing in a row */
    /* times */
    LIMIT_ACK_DUE,       /* theirs, after we sent */
    LIMIT_OUR_ACK_DUE,   /* ours, after it came */
    LIMIT_POST_DUE,      /* of an order to our system */
    LIMIT_ANSWER_DUE,    /* an order's acknowledgment */
    LIMIT_RELEASE_DUE,   /* an order to the warehouse, after it was released */
    LIMIT_CONFIRM_DUE,   /* by the warehouse, after the day it was to ship */
    LIMIT_NOTICE_DUE,    /* after the warehouse shipped */
    LIMIT_INVOICE_DUE,   /* after it was shipped */
    LIMIT_RECEIPT_DUE,   /* after the day it was expected */
    LIMIT_PROMISE,       /* days a promised date may be later than the requested one */
    LIMIT_SNAPSHOT_AGE,  /* of a system's view of orders or stock */
    LIMIT_EXCEPTION_AGE, /* until somebody must have looked */
    LIMIT_WARNING,       /* before something is due */
    LIMITS
};

struct limit_value {
    bool none; /* nothing is held to it */
    bool is_time;
    struct decimal less, more;                 /* amounts, not negative */
    struct decimal less_percent, more_percent; /* the larger of amount and percentage holds */
    uint64_t seconds;                          /* working time */
    const char *text;                          /* as it was written */
    const char *origin;                        /* "partners/acme.yaml:31", "built in" */
};

/* The values of a layer; text NULL: it says nothing of this one. */
struct limit_layer {
    struct limit_value at[LIMITS];
};

struct limit_class {
    const char *name;
    uint32_t n_items;
    const struct bytes *items; /* patterns: * at their end or begin */
    struct limit_layer layer;
};

struct limit_kind {
    const char *kind; /* of documents */
    struct limit_layer layer;
};

/* How grave a finding of a code is taken. */
struct limit_severity {
    struct bytes code;
    enum severity severity; /* SEVERITY_OFF: it is not looked for */
    const struct yaml_node *node;
};

/* What a status of stock, or an X12 quantity qualifier, is called by all: "available", "damaged". */
struct limit_status {
    struct bytes code, means;
};

struct limits {
    const struct limits *above; /* of all partners, or NULL */
    struct limit_layer layer;
    uint32_t n_kinds, n_classes, n_severities, n_statuses;
    const struct limit_kind *kinds;
    const struct limit_severity *severities;
    const struct limit_status *statuses;
    struct limit_class *classes;
    bool has_calendar;
    struct calendar calendar;
    const char *zone_name;
};

extern const char *const limit_names[LIMITS];

/* What holds when no file says anything. */
const struct limits *limits_built_in(void);

/* Fills `limits` from the block (NULL: it says nothing).  False: told. */
bool limits_read(struct limits *limits, const struct limits *above, const struct yaml_node *node,
                 struct arena *arena, struct report *report);

/* The one that holds for a document of this kind and a line with this item (at NULL: none). */
const struct limit_value *limits_find(const struct limits *limits, enum limit limit, struct bytes kind,
                                      struct bytes item);

/* What is said of a code, the codes being reconcile's.  False: nothing is. */
bool limits_severity(const struct limits *limits, struct bytes code, enum severity *out);

/* The word for a status; at NULL: nobody says. */
struct bytes limits_status(const struct limits *limits, struct bytes code);

/* The calendar that holds. */
const struct calendar *limits_calendar(const struct limits *limits);

/* Whether `found` is within the limit of `expected`.  What cannot be calculated is not. */
bool limit_holds(const struct limit_value *limit, struct decimal expected, struct decimal found);

#endif
