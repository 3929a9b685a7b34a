/*
 * review_risk: the money at risk of all that is new or open, by currency, each line's once.  For
 * review_made.c alone.
 *
 * What is short is not shipped, not invoiced and not paid: several findings speak of the same money.  Of a
 * line, findings of one code add up (two invoices, each wrong), and of several codes the greatest counts.  So
 * it is with what is said of an order as a whole; the greater of that and of its lines together is what the
 * order risks.  A charge, or an invoice that does not add up, is money that no line has, and comes on top.
 */
#ifndef CROSSDOCK_REPORT_REVIEW_RISK_H
#define CROSSDOCK_REPORT_REVIEW_RISK_H

#include "report/review.h"

/* Fills at_risk from the findings.  False: no memory, as the arena says. */
bool review_add_risk(struct review *review);

#endif
