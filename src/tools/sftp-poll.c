/*
 * sftp-poll: partners' files out of their mailboxes, and ours into them, each whole and once.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "canon/sink.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/progress.h"
#include "remote/poll.h"
#include "remote/ssh.h"

enum { MAX_JOBS = 64, MAX_PARTNERS = 1000 };

struct poll_settings {
    struct options_common common; /* first: see cli/options.h */
    const char *ledger;
    bool send, list, dry, progress;
    uint64_t jobs;
};

static const struct option_row rows[] = {
    {.letter = 'l',
     .name = "ledger",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct poll_settings, ledger),
     .help = "the ledger (default $CROSSDOCK_LEDGER)"},
    {.name = "send",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct poll_settings, send),
     .help = "send files to the partners, instead of fetching theirs"},
    {.name = "list",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct poll_settings, list),
     .help = "list what is in the folders that are fetched from, and touch nothing"},
    {.letter = 'n',
     .name = "dry-run",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct poll_settings, dry),
     .help = "list what would be fetched or sent, and touch nothing"},
    {.name = "progress",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct poll_settings, progress),
     .help = "tell on standard error how far it has come"},
    {.letter = 'j',
     .name = "jobs",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = MAX_JOBS,
     .offset = offsetof(struct poll_settings, jobs),
     .help = "work N partners at a time (default 4)"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const char *(*const libraries[])(void) = {ssh_library, ledger_library, NULL};

static const struct tool tool = {
    .name = "sftp-poll",
    .operands = "PARTNER...",
    .purpose =
        "Fetches the files in partners' mailboxes, and with --send leaves ours there: each whole, and once.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .statuses = {"done, or there was nothing to do",
                 "done, and somebody must look: a name or a file was refused", STATUS_MISUSED,
                 "a technical failure (network, server, disk); running again is safe"},
    .see_also = "sftp-poll(1), crossdock-partner(5), crossdock-ledger(5), crossdock(7)",
    .libraries = libraries,
};

struct run {
    const struct poll_settings *settings;
    struct report *report;
    const struct partner **partners;
    int n;
};

static enum poll_way way_of(const struct poll_settings *settings)
{
    return settings->list ? POLL_LIST : settings->send ? POLL_SEND : POLL_FETCH;
}

/* --- lists */

/* "2026-11-24T12:31:07Z", or the number where a calendar has no such year. */
static const char *time_of(int64_t seconds, char into[32])
{
    time_t time = (time_t)seconds;
    struct tm parts;

    if (gmtime_r(&time, &parts) == NULL || strftime(into, 32, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
        (void)snprintf(into, 32, "%" PRId64, seconds);
    return into;
}

struct listing {
    struct output out;
    const char *partner;
    struct progress progress;
};

static void show(void *whom, const struct poll_line *line)
{
    struct listing *listing = whom;
    struct buffer name;
    char time[32];

    /* Names are foreign: what a terminal could take for a command is written as \xNN. */
    buffer_init(&name, 16384);
    report_quote(&name, line->name, 4096);
    canon_sink_format(&listing->out.sink, "%s\t%s\t%.*s\t%.*s\t%" PRIu64 "\t%s\n", line->what,
                      listing->partner, BYTES_ARG(line->folder), (int)name.len, name.at, line->size,
                      time_of(line->mtime, time));
    buffer_release(&name);
}

static void show_progress(void *whom, const struct poll_progress *so_far)
{
    struct listing *listing = whom;

    progress_show(&listing->progress,
                  &(struct progress_step){.what = listing->partner,
                                          .things = so_far->files,
                                          .things_done = so_far->files_done,
                                          .bytes = so_far->bytes,
                                          .bytes_done = so_far->bytes_done + so_far->under_way,
                                          .name = so_far->name});
}

/* --- partners */

static void work(const struct run *run, const struct partner *partner)
{
    struct listing listing = {.partner = partner->name};
    struct poll poll = {
        .partner = partner, .report = run->report, .dry = run->settings->dry, .show = show, .whom = &listing};
    bool showing = run->settings->list || run->settings->dry;

    if (showing && !output_init(&listing.out, STDOUT_FILENO, "standard output", run->report))
        return;
    if (run->settings->progress && !showing) {
        poll.progress = show_progress;
        progress_begin(&listing.progress, run->report, run->n == 1);
    }
    poll_run(&poll, way_of(run->settings), run->settings->ledger, process_launch);
    if (poll.progress != NULL)
        progress_end(&listing.progress);
    if (showing)
        output_finish(&listing.out, run->report);
}

/* In a process of its own, whose exit status is that of its report. */
static pid_t work_apart(const struct run *run, const struct partner *partner)
{
    pid_t child = fork();

    if (child != 0)
        return child;
    work(run, partner);
    report_close(run->report);
    _exit(report_status(run->report));
}

/* The status of one that ended, into ours. */
static void take_status(const struct run *run, int status)
{
    if (!WIFEXITED(status)) {
        report_say(run->report, REMOTE_LOST, NULL, "a process of sftp-poll was killed");
        return;
    }
    run->report->refused |= WEXITSTATUS(status) == 1;
    run->report->misused |= WEXITSTATUS(status) == 2;
    run->report->failed |= WEXITSTATUS(status) >= 3;
}

static void work_all(const struct run *run)
{
    uint64_t jobs = run->settings->jobs != 0 ? run->settings->jobs : 4, at_work = 0;
    int status;

    if (run->n == 1) {
        work(run, run->partners[0]);
        return;
    }
    for (int i = 0; i < run->n || at_work > 0;) {
        if (i < run->n && at_work < jobs) {
            if (work_apart(run, run->partners[i]) < 0)
                report_say(run->report, REMOTE_UNREACHABLE, run->partners[i]->name, "no process for it: %s",
                           file_error(errno));
            else
                at_work++;
            i++;
        } else if (wait(&status) > 0) {
            at_work--;
            take_status(run, status);
        } else if (errno != EINTR) {
            break;
        }
    }
}

static bool take_partner(struct run *run, struct partners *partners, const char *name)
{
    const struct partner *partner = partners_named(partners, bytes_of(name));
    bool sends = run->settings->send;

    if (partner == NULL)
        return false; /* told */
    if (!mailbox_is_there(&partner->mailbox) ||
        (sends ? partner->mailbox.send.from == NULL : partner->mailbox.fetch.from.n == 0)) {
        report_say(run->report, MAILBOX_NONE, partner->file, "%s", sends ? "send" : "fetch");
        return false;
    }
    for (int i = 0; i < run->n; i++)
        if (run->partners[i] == partner)
            return true;
    run->partners[run->n++] = partner;
    return true;
}

static void run_names(struct run *run, struct search *search, char *const *names, int n)
{
    struct partners *partners = partners_open(search, run->report);
    bool good = partners != NULL;

    run->partners = calloc((size_t)n, sizeof(struct partner *));
    if (run->partners == NULL)
        report_say(run->report, TECHNICAL_MEMORY, NULL, "at the start");
    for (int i = 0; i < n && good && run->partners != NULL; i++)
        good = take_partner(run, partners, names[i]);
    if (good && run->partners != NULL)
        work_all(run);
    free(run->partners);
    partners_close(partners);
}

static bool settings_are_good(struct poll_settings *settings, int n, struct report *report)
{
    if (settings->ledger == NULL)
        settings->ledger = getenv("CROSSDOCK_LEDGER");
    if (settings->ledger != NULL && settings->ledger[0] == '\0')
        settings->ledger = NULL;
    if (n == 0)
        options_complain(&tool, report, USAGE_MISSING, "a partner");
    else if (n > MAX_PARTNERS)
        options_complain(&tool, report, USAGE_VALUE, "%d partners, %d at most", n, MAX_PARTNERS);
    else if (settings->list && (settings->send || settings->dry))
        options_complain(&tool, report, USAGE_TOGETHER, "--list with --send or --dry-run");
    else if (settings->ledger == NULL && !settings->list)
        options_complain(&tool, report, USAGE_MISSING, "-l FILE, or CROSSDOCK_LEDGER: which ledger");
    else
        return true;
    return false;
}

int main(int argc, char **argv)
{
    struct poll_settings settings = {.ledger = NULL};
    struct report report;
    struct search search;
    struct run run = {.settings = &settings, .report = &report};
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&settings.common);
    if (options_parse(&tool, &settings, argc, argv, &report, &first) == OPTIONS_GO &&
        settings_are_good(&settings, argc - first, &report)) {
        if (!search_init(&search, settings.common.folder)) {
            report_say(&report, TECHNICAL_MEMORY, NULL, "at the start");
        } else {
            run_names(&run, &search, argv + first, argc - first);
            search_release(&search);
        }
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
