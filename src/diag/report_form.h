/*
 * report_form: how a finding looks: for people, and for programs.  Of the report alone.
 */
#ifndef CROSSDOCK_DIAG_REPORT_FORM_H
#define CROSSDOCK_DIAG_REPORT_FORM_H

#include "diag/report.h"

enum {
    REPORT_VALUE_MAX = 200, /* bytes of a foreign value that are shown */
    REPORT_TEXT_MAX = 4000, /* bytes of any other part */
};

/* Whole lines into `into`, which was empty.  `severity` is the one in force. */
void report_form_text(struct buffer *into, const char *tool, const struct finding *finding,
                      enum severity severity);
void report_form_json(struct buffer *into, const char *tool, const struct finding *finding,
                      enum severity severity);

/* The element as the standard writes it, "PO103", "SVC01-02", "REF02[3]"; nothing when there is none. */
void report_form_element(struct buffer *into, const struct place *place);

#endif
