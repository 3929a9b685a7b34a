/* ledger_archive: the bytes of files, kept beside the ledger. */
#include <inttypes.h>

#include "canon/sink.h"
#include "cli/ledger_verbs.h"
#include "ledger/retain.h"
#include "ledger/sweep.h"

void ledger_archive_add(struct ledger_run *run)
{
    struct store *store = archived_open(run->ledger, true);

    for (int i = 0; store != NULL && i < run->n && !ledger_failed(run->ledger); i++)
        (void)archived_add(run->ledger, store, run->operands[i], &run->out.sink);
    store_close(store);
}

void ledger_archive_list(struct ledger_run *run)
{
    if (run->n == 0)
        (void)archived_list(run->ledger, (struct bytes){NULL, 0}, &run->out.sink);
    for (int i = 0; i < run->n && !ledger_failed(run->ledger); i++)
        (void)archived_list(run->ledger, bytes_of(run->operands[i]), &run->out.sink);
}

void ledger_archive_show(struct ledger_run *run)
{
    struct store *store = archived_open(run->ledger, false);

    if (store != NULL)
        (void)archived_show(run->ledger, store, bytes_of(run->operands[0]), &run->out.sink);
    store_close(store);
}

void ledger_archive_check(struct ledger_run *run)
{
    struct store *store = archived_open(run->ledger, false);

    if (store != NULL)
        (void)archived_check(run->ledger, store, &run->out.sink);
    store_close(store);
}

void ledger_sweep(struct ledger_run *run)
{
    struct sweep_settings how = {.grace = run->settings->grace};
    struct sweep_counts counts = {.swept = 0};
    struct store *store = archived_open(run->ledger, true);

    for (int i = 0; store != NULL && i < run->n && !ledger_failed(run->ledger); i++)
        (void)sweep_folder(run->ledger, store, run->operands[i], &how, &counts);
    store_close(store);
    report_say(run->report, COUNTS, NULL, "archived %" PRIu64 ", left %" PRIu64 ", too young to say %" PRIu64,
               counts.swept, counts.left, counts.young);
}

void ledger_retain(struct ledger_run *run)
{
    struct retain_settings how = {.days = run->settings->days,
                                  .refused_days = run->settings->refused_days,
                                  .look = run->settings->dry_run};
    struct retain_counts counts = {.removed = 0};
    struct store *store;

    if (how.days == 0) {
        options_complain(run->tool, run->report, USAGE_MISSING, "--days N: how long bytes are kept");
        return;
    }
    store = archived_open(run->ledger, true);
    if (store != NULL)
        (void)retain_run(run->ledger, store, &how, &run->out.sink, &counts);
    store_close(store);
    report_say(run->report, COUNTS, NULL, "%s %" PRIu64 ", unfinished %" PRIu64,
               how.look ? "would remove" : "removed", counts.removed, counts.unfinished);
}
