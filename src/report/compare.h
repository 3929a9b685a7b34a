/*
 * compare: what the comparisons of reconcile share: the clock, limits, and saying what does not agree.  For
 * the modules of reconcile alone.
 *
 * review_run opens one; compare_order.c looks at orders, compare_files.c at files and exceptions, others at
 * what their names say.  Everything lives in the arena.
 */
#ifndef CROSSDOCK_REPORT_COMPARE_H
#define CROSSDOCK_REPORT_COMPARE_H

#include "ledger/query.h"
#include "ledger/survey.h"
#include "report/review.h"
#include "report/trace.h"

struct compare_limits {
    struct bytes partner;
    struct limits limits;
    struct compare_limits *next;
};

struct compare_finding {
    struct mismatch mismatch;
    enum rule rule;
    bool tolerated;
};

struct systems;

struct compare {
    struct ledger *ledger;
    const struct schema *schema;
    struct search *search;
    struct partners *partners;
    const struct review_settings *settings;
    struct arena *arena;  /* of what is said */
    struct arena scratch; /* of one order */
    struct hash *hash;
    int64_t now;
    struct bytes until;            /* the same as text */
    const struct systems *systems; /* what systems say of themselves, or NULL */
    const struct limits *all;      /* of reconcile.yaml */
    struct compare_limits *known;
    struct bytes scope; /* what is compared as one just now */
    int64_t wake;       /* when it must be looked at again; INT64_MAX: not before something comes */
    int64_t orders;
    struct compare_finding *findings; /* allocated */
    size_t n, room;
    bool failed;
};

/* What does not agree.  Whatever does not apply stays zero. */
struct said {
    enum rule rule;
    enum severity severity; /* SEVERITY_OFF: the rule's own */
    struct bytes partner, order, line, item, document, number;
    const char *expected, *found, *difference;
    const struct limit_value *limit;
    bool has_amount;
    struct decimal amount;
    struct bytes currency;
    int64_t due; /* moment, 0: none */
    bool tolerated;
    const char *text;
};

/* False: told. */
bool compare_open(struct compare *compare, struct ledger *ledger, const struct schema *schema,
                  struct search *search, const struct review_settings *settings, struct arena *arena,
                  int64_t now);
void compare_close(struct compare *compare);

/* One that was said in another process; its texts must stay. */
bool compare_add(struct compare *compare, const struct compare_finding *finding);

void compare_say(struct compare *compare, const struct said *said);
bool compare_wants(const struct compare *compare, enum rule rule);

const struct limits *compare_limits(struct compare *compare, struct bytes partner);
const struct limit_value *compare_limit(struct compare *compare, struct bytes partner, enum rule rule,
                                        struct bytes kind, struct bytes item);

/* A deadline. */
enum compare_due { COMPARE_EARLY, COMPARE_SOON /* within the warning */, COMPARE_LATE };
/* `limit`: how long there was time, of which half at most is warned of; or NULL. */
enum compare_due compare_due(struct compare *compare, struct bytes partner, int64_t due,
                             const struct limit_value *limit);
/* So many working seconds after a moment, in the partner's calendar. */
int64_t compare_after(struct compare *compare, struct bytes partner, int64_t moment,
                      const struct limit_value *limit);
/* A date of a document: the end of that day there.  Of a moment without a zone: there. */
bool compare_day_end(struct compare *compare, struct bytes partner, struct bytes date, int64_t *out);
bool compare_moment(struct compare *compare, struct bytes partner, struct bytes text, int64_t *out);

/* Texts in the scratch arena; never NULL. */
const char *compare_text(struct compare *compare, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
const char *compare_decimal(struct compare *compare, struct decimal decimal);
const char *compare_local(struct compare *compare, struct bytes partner, int64_t moment);

/* --- the comparisons.  False: the run must stop, told. */
bool compare_group(struct compare *compare, const struct survey_group *group);
bool compare_files(struct compare *compare);
bool compare_exceptions(struct compare *compare);
bool compare_control(struct compare *compare); /* control numbers of interchanges */
bool compare_owed(struct compare *compare);    /* our acknowledgments */
bool compare_answers(struct compare *compare); /* what partners acknowledged */
bool compare_unanswered(struct compare *compare);
bool compare_stock(struct compare *compare);
bool compare_volume(struct compare *compare);
/* An invoice in itself and against earlier ones. */
void compare_invoice(struct compare *compare, const struct trace *trace,
                     const struct trace_document *document);

#endif
