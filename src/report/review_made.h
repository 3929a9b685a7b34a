/*
 * review_made: what a run found, made into what is printed.  For review.c alone.
 */
#ifndef CROSSDOCK_REPORT_REVIEW_MADE_H
#define CROSSDOCK_REPORT_REVIEW_MADE_H

#include "report/compare.h"

/* The findings that are remembered, with their states, and the totals. */
bool review_load(struct review *review, struct compare *compare, int64_t run);

/* Those of this run alone, of which nothing is written, with what was known of them then. */
bool review_take(struct review *review, struct compare *compare);

/* Sources, control totals and the days of the past; and the verdict once more, for sources may be old. */
bool review_tell_inputs(struct review *review, struct compare *compare);

#endif
