/*
 * rule: what reconcile compares, one row a code, in report/rule.def.
 *
 * The rows make the enum, the codes, --explain, reconcile-codes(7) and the help in the page.
 */
#ifndef CROSSDOCK_REPORT_RULE_H
#define CROSSDOCK_REPORT_RULE_H

#include "base/buffer.h"
#include "diag/complaint.h"
#include "partner/limit.h"

enum rule {
#define RULE(id, code, comparison, class, severity, limit, question, answer, amount, action) RULE_##id,
#include "report/rule.def"
#undef RULE
    RULES
};

struct rule_info {
    const char *code;       /* "POA-QTY" */
    const char *comparison; /* "R7" */
    enum complaint_class class;
    enum severity severity;
    enum limit limit;     /* LIMITS: none */
    const char *question; /* a sentence */
    const char *answer;   /* what disagrees, lower case, no full stop */
    const char *amount;   /* what is at risk; "": nothing that can be said */
    const char *action;
};

const struct rule_info *rule_info(enum rule rule);

/* By its code, letter case ignored; RULES when there is none. */
enum rule rule_find(struct bytes code);

/* What --explain says of it; false: there is no such code. */
bool rule_explain(struct buffer *into, const char *code);

/* reconcile-codes(7), all of it. */
void rule_manual(struct buffer *into);

#endif
