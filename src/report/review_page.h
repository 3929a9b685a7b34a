/*
 * review_page: a review as a page: complete in itself, whole without its script, for a screen of any width
 * and for paper.
 *
 * Whatever comes from documents is shown as text: markup is escaped, control characters are \xNN, and what a
 * spreadsheet would take for a formula begins with an apostrophe.
 */
#ifndef CROSSDOCK_REPORT_REVIEW_PAGE_H
#define CROSSDOCK_REPORT_REVIEW_PAGE_H

#include "base/buffer.h"
#include "report/review.h"

/* An order that findings speak of, and the file with its trace. */
struct review_link {
    struct bytes partner, order;
    char name[32]; /* "order-0123456789abcdef.html"; "": it has none */
};

struct review_links {
    struct review_link *at; /* by partner, then order */
    size_t n;
};

/* The one of a finding, or NULL. */
const struct review_link *review_link_of(const struct review_links *links,
                                         const struct review_finding *finding);

/* False: no memory. */
bool review_put_page(struct buffer *out, const struct review *review, const struct review_links *links);

/* Drawings, as SVG elements: how old what is new or open is, and the days of the past. */
void review_put_ages(struct buffer *out, const struct review *review);
void review_put_days(struct buffer *out, const struct review *review);

/* The folder for pages, made when it is not there.  False, told: nothing can be written into it.  To be asked
 * before the run, which would not be new to the next one. */
bool review_make_folder(const char *folder, struct report *report);

/* index.html in the folder, and a page with the trace of each order that something
 * new or open is about; each appears whole or not at all, the index last.  False: told. */
bool review_write_pages(const struct review *review, struct ledger *ledger, const struct schema *schema,
                        const char *folder);

#endif
