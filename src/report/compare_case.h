/*
 * compare_case: one order of one customer, with all its documents, for the comparisons that look at orders.
 */
#ifndef CROSSDOCK_REPORT_COMPARE_CASE_H
#define CROSSDOCK_REPORT_COMPARE_CASE_H

#include "report/compare.h"

struct order_case {
    struct compare *compare;
    struct trace trace;   /* quantities in pieces */
    struct bytes partner; /* whose order it is */
    struct bytes number;
    const struct trace_document *order;  /* the one that counts, or NULL */
    const struct trace_document *answer; /* likewise: to the order, not to a change */
    bool is_cancelled;
    bool has_shipped;         /* a notice or a warehouse says so */
    enum trace_stage shipped; /* the stage that counts as shipped */
};

/* The first that counts of a kind, from `from` on (NULL: from the first); `warehouse` tells the two kinds of
 * shipments apart.  NULL: no more. */
const struct trace_document *case_next(const struct order_case *c, const struct trace_document *from,
                                       const char *kind, bool warehouse);

/* When it came into the ledger; when it was delivered (false: it was not). */
int64_t case_posted(const struct trace_document *document);
bool case_delivered(const struct trace_document *document, int64_t *out);

/* The price of so much of a line; false: not known. */
bool case_amount(const struct trace_line *line, struct decimal quantity, struct decimal *out);

/* Of one unit and exact: its sum and unit.  Nothing of it is 0 of the unit of `like`. */
bool case_quantity(const struct order_case *c, const struct trace_line *line, enum trace_stage stage,
                   enum trace_stage like, struct decimal *sum, struct bytes *uom);

/* The price agreed for a line, and that of an object of a document which says one for the same unit.  False:
 * there are not both. */
bool case_price(const struct order_case *c, const struct trace_line *line, const struct canon_object *object,
                struct decimal *agreed, struct decimal *said);
/* A quantity of an object, times something. */
bool case_times(const struct canon_object *object, const char *quantity, struct decimal by,
                struct decimal *out);

/* When goods left, as a shipment says: its date and time, else the day's begin (`end`: its end). */
bool case_shipped(const struct order_case *c, const struct trace_document *shipment, bool end, int64_t *out);

/* A finding about the order, filled as far as the case knows. */
struct said case_said(const struct order_case *c, enum rule rule, const struct trace_document *document);

/* What differs on a line, said when it is beyond the limit, and noted as tolerated when within. */
void case_differs(struct order_case *c, enum rule rule, const struct trace_document *document,
                  const struct trace_line *line, struct decimal expected, struct decimal found,
                  struct bytes uom, const char *text);

/* The total of the order, as it says or as its lines come to. */
bool case_total(const struct order_case *c, struct decimal *out);

/* The comparisons, by the stage of an order's life. */
void case_order(struct order_case *c);
void case_answer(struct order_case *c);
void case_system(struct order_case *c);    /* what our own system has */
void case_warehouse(struct order_case *c); /* asked and confirmed */
void case_notice(struct order_case *c);    /* confirmed and told */
void case_window(struct order_case *c);    /* when it was shipped */
void case_shipping(struct order_case *c);
void case_terms(struct order_case *c); /* price, allowances, terms */
void case_receipt(struct order_case *c);
void case_invoicing(struct order_case *c);

#endif
