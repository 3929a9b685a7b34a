/*
 * review_look: orders looked at, one after the other or in several processes, and when each must be looked at
 * again.  For the modules of a review alone.
 */
#ifndef CROSSDOCK_REPORT_REVIEW_LOOK_H
#define CROSSDOCK_REPORT_REVIEW_LOOK_H

#include "report/compare.h"

struct look_wait {
    struct bytes number;
    int64_t wake; /* INT64_MAX: when something comes */
};

struct look {
    struct compare *compare;
    bool every;              /* also those that wait for nothing are noted */
    struct look_wait *waits; /* allocated; look_release */
    size_t n, room;
};

void look_release(struct look *look);

/* For survey_range and survey_number. */
bool look_at_group(void *to, const struct survey_group *group);

/* Every order of the ledger; `jobs` processes, each with a share of the numbers.  False: told. */
bool look_at_all_orders(struct look *look, struct survey *survey, unsigned jobs);

#endif
