/* ledger_look: the ledger itself, and what is in it. */
#include "cli/ledger_verbs.h"
#include "ledger/check.h"
#include "ledger/lookup.h"

void ledger_create(struct ledger_run *run)
{
    if (run->settings->test)
        (void)ledger_make_test(run->ledger);
}

/* Opening it for writing has brought it up to date. */
void ledger_migrate(struct ledger_run *run)
{
    report_say(run->report, COUNTS, ledger_path(run->ledger), "version %d", ledger_version(run->ledger));
}

void ledger_show(struct ledger_run *run)
{
    for (int i = 0; i < run->n; i++)
        (void)lookup_show(run->ledger, bytes_of(run->operands[i]), &run->out.sink);
}

void ledger_find(struct ledger_run *run)
{
    for (int i = 0; i < run->n; i++)
        (void)lookup_find(run->ledger, bytes_of(run->operands[i]), &run->out.sink);
}

void ledger_check(struct ledger_run *run)
{
    (void)check_run(run->ledger, run->settings->full ? CHECK_FULL : CHECK_QUICK, &run->out.sink);
}
