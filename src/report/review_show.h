/*
 * review_show: a review as text for a terminal or a mail, as a table, as JSON lines.
 *
 * Whatever comes from documents is made fit to be seen: control characters and those that turn the direction
 * of text are shown as \xNN; in a table no cell is a formula.
 */
#ifndef CROSSDOCK_REPORT_REVIEW_SHOW_H
#define CROSSDOCK_REPORT_REVIEW_SHOW_H

#include "canon/write.h"
#include "report/review.h"

/* "2026-11-30 06:00 +0000": in the time zone of the house. */
const char *review_local_text(const struct review *review, int64_t moment);

/* A spreadsheet would take it for a formula. */
bool review_is_formula(struct bytes text);

/* `more`: also what is tolerated, waived and cleared, one by one. */
void review_put_text(struct canon_sink *out, const struct review *review, bool more);

/* A header and a row a finding; `tab`: with tabs between, else commas. */
void review_put_table(struct canon_sink *out, const struct review *review, bool tab);

/* A line that says what the report's first lines say, then a line a finding. */
void review_put_json(struct canon_sink *out, const struct review *review);

#endif
