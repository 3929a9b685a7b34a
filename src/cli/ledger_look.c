/* ledger_look: the ledger itself, and what is in it. */
#include <errno.h>
#include <stdlib.h>

#include "base/publish.h"
#include "canon/sink.h"
#include "cli/ledger_verbs.h"
#include "ledger/check.h"
#include "ledger/lookup.h"
#include "ledger/metrics.h"

enum { METRICS_CEILING = 64 * 1024 * 1024 };

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

/* Into a file that whoever collects metrics may read, and finds whole. */
static int write_file(const char *path, struct bytes text)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    char *folder = slash == NULL ? strdup(".") : strndup(path, (size_t)(slash - path) + 1);
    struct publish publish;
    int error = folder == NULL ? ENOMEM : publish_open(&publish, folder, bytes_of(name));

    free(folder);
    if (error != 0)
        return error;
    if (fchmod(publish.fd, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH) != 0) {
        error = errno;
        publish_abandon(&publish);
        return error;
    }
    publish_add(&publish, text.at, text.len);
    return publish_close(&publish, PUBLISH_REPLACE);
}

void ledger_metrics(struct ledger_run *run)
{
    struct buffer text;
    int error = 0;

    buffer_init(&text, METRICS_CEILING);
    if (metrics_write(run->ledger, &text)) {
        if (run->settings->output == NULL)
            canon_sink_add(&run->out.sink, buffer_view(&text));
        else
            error = write_file(run->settings->output, buffer_view(&text));
    }
    if (error != 0)
        report_say(run->report, TECHNICAL_WRITE, run->settings->output, "%s", file_error(error));
    buffer_release(&text);
}
