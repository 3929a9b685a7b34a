/*
 * review_control: control totals by partner: what was read and sent, and what became of it.
 * For review_made.c alone.
 */
#ifndef CROSSDOCK_REPORT_REVIEW_CONTROL_H
#define CROSSDOCK_REPORT_REVIEW_CONTROL_H

#include "report/compare.h"

/* False: told. */
bool review_tell_controls(struct review *review, struct compare *compare);

#endif
