/*
 * complaint: the catalogue of everything the tools can say is wrong.
 *
 * One row a complaint, in diag/catalogue.def; the row makes the enum, the stable code, the name by which a
 * partner file sets its severity, the text of --explain and of crossdock-messages(7).
 */
#ifndef CROSSDOCK_DIAG_COMPLAINT_H
#define CROSSDOCK_DIAG_COMPLAINT_H

#include "base/bytes.h"

enum severity { SEVERITY_OFF = 0, SEVERITY_INFO, SEVERITY_WARN, SEVERITY_ERROR };

/* Who must act: business (partner, buyer, warehouse), technical (whoever runs the tools), usage (the
 * caller). */
enum complaint_class { CLASS_BUSINESS = 0, CLASS_TECHNICAL, CLASS_USAGE };

enum complaint {
#define COMPLAINT(id, code, rule, severity, class, summary, cause, consequence, action) id,
#include "diag/catalogue.def"
#undef COMPLAINT
    COMPLAINTS
};

struct complaint_info {
    const char *code;    /* "S2304": never reused, never renumbered */
    const char *rule;    /* "element-too-long": as partner files name it */
    enum severity severity;
    enum complaint_class class;
    const char *summary; /* what is wrong, in a few words, without values */
    const char *cause;
    const char *consequence;
    const char *action;
};

const struct complaint_info *complaint_info(enum complaint complaint);

/* By code ("S2304") or by rule name, letter case ignored.  COMPLAINTS when there is none. */
enum complaint complaint_find(struct bytes name);

const char *severity_name(enum severity severity);
/* False when the word is none of off, info, warn, error. */
bool severity_parse(struct bytes word, enum severity *out);

const char *complaint_class_name(enum complaint_class class);

#endif
