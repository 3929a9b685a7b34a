/* ledger_care: what waits for somebody, acknowledgments, numbers, the log, copies. */
#include <inttypes.h>
#include <unistd.h>

#include "canon/sink.h"
#include "cli/ledger_verbs.h"
#include "ledger/acknowledgment.h"
#include "ledger/backup.h"
#include "ledger/dead.h"
#include "ledger/gap.h"
#include "ledger/log.h"
#include "ledger/number.h"

void ledger_dead_list(struct ledger_run *run)
{
    dead_list(run->ledger, &run->out.sink);
}

void ledger_dead_show(struct ledger_run *run)
{
    for (int i = 0; i < run->n; i++)
        (void)dead_show(run->ledger, bytes_of(run->operands[i]), &run->out.sink);
}

void ledger_dead_export(struct ledger_run *run)
{
    struct schema *schema = ledger_schema(run);

    if (schema != NULL)
        (void)dead_export(run->ledger, schema, bytes_of(run->operands[0]), &run->out.sink);
    schema_close(schema);
}

void ledger_dead_dismiss(struct ledger_run *run)
{
    if (run->settings->reason == NULL) {
        options_complain(run->tool, run->report, USAGE_MISSING, "--reason: why");
        return;
    }
    for (int i = 0; i < run->n && !ledger_failed(run->ledger); i++)
        (void)dead_dismiss(run->ledger, bytes_of(run->operands[i]), run->settings->consumer,
                           bytes_of(run->settings->reason));
}

void ledger_acks(struct ledger_run *run)
{
    const struct ledger_settings *settings = run->settings;
    unsigned which = 0;

    which |= settings->overdue ? ACKNOWLEDGMENT_OVERDUE : 0;
    which |= settings->late ? ACKNOWLEDGMENT_LATE : 0;
    which |= settings->orphan ? ACKNOWLEDGMENT_ORPHAN : 0;
    which |= settings->duplicate ? ACKNOWLEDGMENT_DUPLICATE : 0;
    which |= settings->rejected ? ACKNOWLEDGMENT_REJECTED : 0;
    acknowledgment_list(run->ledger, which, &run->out.sink);
}

/* --- numbers */

void ledger_numbers_next(struct ledger_run *run)
{
    uint64_t count = run->settings->count != 0 ? run->settings->count : 1, first = 0;

    if (!ledger_begin(run->ledger))
        return;
    if (!number_next(run->ledger, bytes_of(run->operands[0]), count, &first)) {
        ledger_rollback(run->ledger);
        return;
    }
    if (!ledger_commit(run->ledger))
        return;
    for (uint64_t i = 0; i < count; i++)
        canon_sink_format(&run->out.sink, "%" PRIu64 "\n", first + i);
}

void ledger_numbers_list(struct ledger_run *run)
{
    number_list(run->ledger, &run->out.sink);
}

void ledger_numbers_reset(struct ledger_run *run)
{
    if (run->settings->to == 0 || run->settings->reason == NULL) {
        options_complain(run->tool, run->report, USAGE_MISSING, "--to N, the next number, and --reason: why");
        return;
    }
    if (!ledger_begin(run->ledger))
        return;
    if (number_reset(run->ledger, bytes_of(run->operands[0]), run->settings->to,
                     bytes_of(run->settings->reason)))
        (void)ledger_commit(run->ledger);
    else
        ledger_rollback(run->ledger);
}

void ledger_numbers_gaps(struct ledger_run *run)
{
    (void)gap_list(run->ledger, &run->out.sink);
}

void ledger_numbers_reused(struct ledger_run *run)
{
    uint64_t n;

    (void)gap_list_reused(run->ledger, run->search, &run->out.sink, &n);
}

void ledger_numbers_waive(struct ledger_run *run)
{
    uint64_t first = 0, last = 0;

    if (run->settings->reason == NULL) {
        options_complain(run->tool, run->report, USAGE_MISSING, "--reason: why");
        return;
    }
    for (int i = 1; i < run->n; i++)
        if (!bytes_to_count(bytes_of(run->operands[i]), NUMBER_MOST, i == 1 ? &first : &last)) {
            options_complain(run->tool, run->report, USAGE_VALUE, "\"%s\": a control number is expected",
                             run->operands[i]);
            return;
        }
    if (!ledger_begin(run->ledger))
        return;
    if (gap_waive(run->ledger, bytes_of(run->operands[0]), first, last, bytes_of(run->settings->reason)))
        (void)ledger_commit(run->ledger);
    else
        ledger_rollback(run->ledger);
}

/* --- the log */

void ledger_events(struct ledger_run *run)
{
    uint64_t last = run->settings->last;
    int64_t after = last != 0 ? log_before_last(run->ledger, last) : 0;

    after = log_print(run->ledger, after, &run->out.sink);
    while (run->settings->follow && output_flush(&run->out) && !ledger_failed(run->ledger)) {
        sleep(1);
        after = log_print(run->ledger, after, &run->out.sink);
    }
}

void ledger_backup(struct ledger_run *run)
{
    (void)backup_make(run->ledger, run->operands[0]);
}
