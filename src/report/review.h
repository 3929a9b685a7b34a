/*
 * review: a run of reconcile: what was compared, what does not agree, since when, and whether the inputs were
 * complete.  This is what the printers print.
 *
 * Made by review_run (compare.h has how); everything lives in the review's arena until review_close.
 */
#ifndef CROSSDOCK_REPORT_REVIEW_H
#define CROSSDOCK_REPORT_REVIEW_H

#include <sys/types.h>

#include "base/calendar.h"
#include "base/decimal.h"
#include "canon/schema.h"
#include "ledger/mismatch.h"
#include "partner/partner.h"
#include "report/rule.h"

enum review_state { REVIEW_NEW, REVIEW_OPEN, REVIEW_TOLERATED, REVIEW_WAIVED, REVIEW_CLEARED, REVIEW_STATES };

extern const char *const review_state_names[REVIEW_STATES];

struct review_finding {
    enum rule rule;
    enum severity severity;
    enum review_state state;
    struct mismatch mismatch; /* all of its texts: field[MISMATCH_...], and runs */
    uint32_t age;             /* working days since it was first seen */
};

/* Where data comes from: was it there, and how old is it? */
struct review_source {
    const char *what; /* "partner", "orders of", "stock of" */
    struct bytes name;
    struct bytes newest;             /* UTC; at NULL: nothing ever came */
    int64_t count;                   /* documents, or records of the newest */
    const struct limit_value *limit; /* of its age, or NULL */
    bool is_old;     /* older than the limit, or not complete: what is said of it is not to be trusted */
    const char *why; /* or NULL */
};

/* What was read of a partner and what became of it, since the ledger began; and what it was sent. */
struct review_control {
    struct bytes partner;
    int64_t read, translated, held, rejected, duplicate, ignored; /* documents */
    /* Documents that went out and are to be acknowledged: sent = acknowledged + pending + refused. */
    int64_t sent, acknowledged, pending, refused;
};

struct review_amount {
    struct bytes currency; /* "" where none is known */
    struct decimal sum;
};

/* A day of the past, for the trend. */
struct review_day {
    struct bytes date; /* YYYY-MM-DD */
    int64_t fresh, open, cleared;
};

enum { REVIEW_AGES = 5 /* 0-1, 2-3, 4-7, 8-30, more than 30 working days */, REVIEW_DAYS = 30 };
extern const char *const review_age_names[REVIEW_AGES];
unsigned review_age(uint32_t days);

struct review {
    struct arena *arena;
    int64_t now;              /* as of when */
    struct calendar calendar; /* of the house */
    struct bytes at;          /* the same, UTC */
    const char *verdict;      /* "OK", "INFO", "WARN" or "ERROR" */
    enum severity worst;      /* of what is new or open; SEVERITY_OFF: nothing is */
    bool inputs_good;
    int64_t unaccounted; /* documents and files: must be 0 */
    int64_t orders;      /* that were looked at */
    size_t counts[REVIEW_STATES];
    size_t by_age[REVIEW_AGES];    /* of those open */
    struct review_amount *at_risk; /* new and open, by currency */
    size_t n_at_risk;
    struct review_source *sources;
    size_t n_sources;
    struct review_control *controls; /* by partner */
    size_t n_controls;
    struct review_finding
        *findings; /* new, then open with the oldest first, then tolerated, waived, cleared */
    size_t n_findings;
    struct review_day *days; /* the last REVIEW_DAYS days that had a run, oldest first */
    size_t n_days;
};

/* Runs `work` in a process of its own, which ends with what it returns; the process, or -1 and errno.  Tools
 * alone know how to end. */
typedef pid_t review_apart(int (*work)(void *whom), void *whom);

struct review_settings {
    review_apart *apart; /* NULL: everything in one process */
    const char *partner; /* only its findings, or NULL */
    const char *order;   /* only of this order, or NULL */
    int64_t since;       /* only orders with something posted since then; 0: all */
    bool rules[RULES];   /* those asked for */
    bool all_rules;      /* none was asked for */
    int64_t as_of;       /* a moment; 0: now, and the run is remembered */
    unsigned jobs;       /* processes; 0: as many as there are processors, 4 at most */
    bool everything;     /* also what did not change since the last run */
};

/* Compares, and remembers unless as_of is given or something is left out.  False: told. */
bool review_run(struct review *review, struct ledger *ledger, const struct schema *schema,
                struct search *search, const struct review_settings *settings, struct arena *arena);

/* "18,240.11 USD + 3.00 EUR", or "0". */
const char *review_risk_text(const struct review *review);

/* "4500123 line 20": what a finding is about, for a line of text; foreign text made fit to be seen. */
const char *review_keys_text(const struct review *review, const struct review_finding *finding);

#endif
