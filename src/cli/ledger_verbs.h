/*
 * ledger_verbs: what canon-ledger can be told to do, a function each.
 *
 * Each gets an open ledger and an open output, tells what is wrong to the report, and leaves the closing to
 * the caller.
 */
#ifndef CROSSDOCK_CLI_LEDGER_VERBS_H
#define CROSSDOCK_CLI_LEDGER_VERBS_H

#include "canon/schema.h"
#include "cli/options.h"
#include "cli/output.h"
#include "conf/search.h"
#include "ledger/ledger.h"

struct ledger_settings {
    struct options_common common; /* first: see cli/options.h */
    const char *ledger;
    bool overdue, late, orphan, duplicate, rejected; /* acks */
    bool tee, loose, test, full, again, close;
    uint64_t max_record;   /* MiB; this and the next: 0: as the manual says */
    uint64_t lease, limit; /* seconds; documents */
    uint64_t count, to;    /* numbers */
    uint64_t last;         /* events */
    uint64_t days, refused_days, grace; /* days, days, seconds */
    bool follow, dry_run;
    bool json, offer, acknowledge; /* replay */
    const char *output; /* a file */
    const char *kinds, *partner, *consumer, *reason, *map;
    int direction; /* enum consumer_direction */
};

struct ledger_run {
    const struct tool *tool;
    const struct ledger_settings *settings;
    struct ledger *ledger;
    struct search *search;
    struct report *report;
    struct output out;
    char **operands;
    int n;
};

/* The kinds of records; NULL: told. */
struct schema *ledger_schema(struct ledger_run *run);

void ledger_create(struct ledger_run *run);
void ledger_migrate(struct ledger_run *run);
void ledger_post(struct ledger_run *run);
void ledger_take(struct ledger_run *run);
void ledger_done(struct ledger_run *run);
void ledger_release(struct ledger_run *run);
void ledger_dead_list(struct ledger_run *run);
void ledger_dead_show(struct ledger_run *run);
void ledger_dead_export(struct ledger_run *run);
void ledger_dead_dismiss(struct ledger_run *run);
void ledger_replay(struct ledger_run *run);
void ledger_numbers_next(struct ledger_run *run);
void ledger_acks(struct ledger_run *run);
void ledger_numbers_list(struct ledger_run *run);
void ledger_numbers_reset(struct ledger_run *run);
void ledger_numbers_gaps(struct ledger_run *run);
void ledger_numbers_reused(struct ledger_run *run);
void ledger_numbers_waive(struct ledger_run *run);
void ledger_events(struct ledger_run *run);
void ledger_backup(struct ledger_run *run);
void ledger_archive_add(struct ledger_run *run);
void ledger_archive_list(struct ledger_run *run);
void ledger_archive_show(struct ledger_run *run);
void ledger_archive_check(struct ledger_run *run);
void ledger_sweep(struct ledger_run *run);
void ledger_retain(struct ledger_run *run);
void ledger_show(struct ledger_run *run);
void ledger_find(struct ledger_run *run);
void ledger_metrics(struct ledger_run *run);
void ledger_check(struct ledger_run *run);

#endif
