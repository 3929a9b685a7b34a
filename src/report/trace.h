/*
 * trace: the whole life of an order, put together from the documents of its journey.
 *
 * What was ordered, acknowledged, shipped, received and invoiced, by line; what happened when; and what is
 * missing.  Made from the ledger's timeline and records, and from nothing else: no clock is asked, so the
 * same documents give the same trace.  Everything lives in the caller's arena.
 */
#ifndef CROSSDOCK_REPORT_TRACE_H
#define CROSSDOCK_REPORT_TRACE_H

#include "base/decimal.h"
#include "canon/record.h"
#include "ledger/journey.h"
#include "ledger/timeline.h"

/* What can be said of a quantity of a line, in the order it happens. */
enum trace_stage {
    TRACE_ORDERED,
    TRACE_ACCEPTED,
    TRACE_BACKORDERED,
    TRACE_REJECTED,
    TRACE_REQUESTED, /* of a warehouse */
    TRACE_PICKED,    /* shipped, as the warehouse says */
    TRACE_SHIPPED,   /* as the notice to the buyer says */
    TRACE_RECEIVED,
    TRACE_INVOICED,
    TRACE_CREDITED,
    TRACE_RETURNED,
    TRACE_STAGES
};

enum { TRACE_UNITS = 4 }; /* of measure, of one line; of more is told */

/* Sums by unit, in the order they came. */
struct trace_amount {
    unsigned n;
    struct {
        struct decimal sum;
        struct bytes uom;
    } by_unit[TRACE_UNITS];
    bool inexact; /* a quantity was left out: too many units or digits */
};

struct trace_line {
    struct bytes number;      /* as the order has it */
    struct bytes release;     /* of a blanket order */
    struct bytes item;        /* the id that names it best */
    struct bytes item_ids[5]; /* gtin, buyer's, seller's, SKU, UPC */
    struct bytes description;
    struct bytes unit_price, currency;
    bool ordered;          /* the order, or a change of it, has this line */
    struct bytes pack_uom; /* of what so many make one, where it is known */
    struct decimal pack;   /* pieces in it */
    struct trace_amount at[TRACE_STAGES];
};

struct trace_document {
    int64_t ordinal;
    const struct timeline_row *rows; /* the first says that it was posted */
    size_t n_rows;
    struct canon_record record; /* kind NULL: could not be read */
    const char *title;          /* "purchase order" */
    struct bytes when;          /* in the business: a date, or a date and time; else when it was posted */
    bool is_posted_time;
    bool counts;            /* not held, dismissed, replaced or cancelled */
    const char *counts_not; /* why */
    bool is_cancel;
    int rank;       /* original, changed, cancelled: the highest of one number counts */
    unsigned order; /* of its kind in the life of an order */
};

/* A point of the timeline. */
struct trace_event {
    struct bytes when;
    const char *zone; /* as sent, or "" */
    const struct trace_document *document;
    const char *what; /* "order received", "delivered" */
    const char *more; /* "3 lines, total 310.80 USD", or "" */
    bool is_delivery; /* the goods arrived */
};

struct trace_number {
    struct bytes name, value;
};

struct trace_missing {
    const char *code;              /* stable: order-trace(1) lists them */
    const struct trace_line *line; /* or NULL */
    const char *text;
};

struct trace {
    struct arena *arena;
    bool in_pieces; /* quantities of packs whose content is known are counted in pieces (EA) */
    const struct schema *schema;
    struct ledger *ledger;
    struct journey_order order;
    bool is_purchase; /* we are the buyer */
    struct bytes order_date, requested_date, total, currency;
    const char *requested;            /* what requested_date is: "deliver by" */
    struct trace_document *documents; /* by stage in the life of an order, time, id */
    size_t n_documents;
    struct trace_event *events; /* by time */
    size_t n_events;
    struct trace_line *lines;
    size_t n_lines;
    struct trace_number
        *numbers; /* what else it is called, by name and value; without parcels beyond a few */
    size_t n_numbers, numbers_left_out;
    struct trace_missing *missing;
    size_t n_missing;
    bool has[TRACE_STAGES]; /* some line says so */
    bool more;              /* documents than a journey holds */
    struct bytes shared;    /* as of struct journey */
};

/* False: told, or a lack of memory that is told. */
bool trace_make(struct trace *trace, struct ledger *ledger, const struct schema *schema, struct arena *arena,
                const struct journey_order *order);

/* --- for whoever has the documents: room for `n` of them, one after the other, then what they come to:
 * which of them count, the order's own dates, lines.  No numbers, events and missing things. */
bool trace_begin(struct trace *trace, const struct schema *schema, struct arena *arena,
                 const struct journey_order *order, size_t n);
void trace_take(struct trace *trace, int64_t ordinal, const struct timeline_row *rows, size_t n,
                struct bytes line);
void trace_arrange(struct trace *trace);

/* --- for the modules of the trace */

/* The line that a line of a document means, or NULL: none of them. */
struct trace_line *trace_find_line(struct trace *trace, const struct trace_document *document,
                                   const struct canon_object *object, bool own_number);

/* The text under a name in an object; at NULL: none.  The list likewise: its first element. */
struct bytes trace_text(const struct canon_object *object, const char *name);
const struct canon_object *trace_first(const struct canon_object *object, const char *name);
const struct canon_object *trace_enter(const struct canon_object *object, const char *name);

static inline bool trace_is(const struct trace_document *document, const char *kind)
{
    return document->n_rows > 0 && bytes_are(document->rows[0].kind, kind);
}

static inline bool trace_is_out(const struct trace_document *document)
{
    return document->n_rows > 0 && bytes_are(document->rows[0].direction, "out");
}

/* A warehouse's word for what it shipped. */
bool trace_is_warehouse(const struct trace_document *document);

/* It tells a warehouse what will arrive, not what to ship. */
bool trace_is_expected(const struct trace_document *document);

/* The answer to a change, which speaks of the lines it has alone. */
bool trace_answers_change(const struct trace_document *document);

/* By line and quantity: trace_lines.c; what is missing: trace_missing.c; points in time: trace_events.c. */
void trace_lines(struct trace *trace);
void trace_find_missing(struct trace *trace);
void trace_events(struct trace *trace);

/* "96 EA", "2 CA + 12 EA"; "" for none. */
const char *trace_amount_text(struct arena *arena, const struct trace_amount *amount);

/* "ordered", for people and as a name in JSON. */
extern const char *const trace_stage_names[TRACE_STAGES];

#endif
