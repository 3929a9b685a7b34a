/*
 * canon2edi: canonical records to the X12 interchanges that trading partners get.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/date.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/records.h"
#include "conf/search.h"
#include "ledger/sent.h"
#include "translate/control.h"
#include "translate/edi_out.h"

enum { DEFAULT_RECORD_MIB = 256, MAX_RECORD_MIB = 3 * 1024, DEFAULT_BYTES = 16 * 1024 * 1024 };

struct settings {
    struct options_common common; /* first: see cli/options.h */
    struct edi_out_settings edi;
    const char *ledger, *control;
    uint64_t max_record; /* MiB */
};

static const char *const unmapped_words[] = {
    [OUTBOUND_IGNORE] = "ignore", [OUTBOUND_WARN] = "warn", [OUTBOUND_ERROR] = "error", NULL};

static const struct option_row rows[] = {
    {.letter = 'p',
     .name = "partner",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, edi.partner),
     .help = "send to partner NAME, whoever the records are for"},
    {.letter = 'm',
     .name = "map",
     .argument = "MAP",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, edi.map),
     .help = "write with MAP, and only the records of its kind"},
    {.letter = 'o',
     .name = "output",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, edi.folder),
     .help = "write a file for each interchange (or document that is none) into DIR, and a receipt for each "
             "document to standard output"},
    {.letter = 'l',
     .name = "ledger",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, ledger),
     .help = "the ledger, which counts control numbers and records what was sent; wants -o (default "
             "$CROSSDOCK_LEDGER)"},
    {.name = "control",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, control),
     .help = "a file where control numbers are counted, instead of the ledger (default $CROSSDOCK_CONTROL)"},
    {.name = "time",
     .argument = "TIME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, edi.time),
     .help = "date and time of the envelopes, such as 2026-11-24T09:30 (default: now, in UTC)"},
    {.name = "max-sets",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = 999999,
     .offset = offsetof(struct settings, edi.max_sets),
     .help = "begin another interchange after N transaction sets (default 0: no bound)"},
    {.name = "max-bytes",
     .argument = "BYTES",
     .kind = OPTION_COUNT,
     .most = 1024 * 1024 * 1024,
     .offset = offsetof(struct settings, edi.max_bytes),
     .help = "begin another interchange when one has BYTES (default 16777216)"},
    {.name = "closed",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, edi.closed),
     .help = "send nothing unless a batch record says that all records came (canon-ledger take --close)"},
    {.name = "relay",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, edi.relay),
     .help = "send on what came as X12 as it came: set, release and identities of the record's source"},
    {.name = "test",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, edi.test),
     .help = "mark every interchange as test data"},
    {.name = "strict",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, edi.strict),
     .help =
         "refuse records that are not for partners, or of another kind than the map's, instead of passing "
         "them over"},
    {.name = "unmapped",
     .argument = "ignore|warn|error",
     .kind = OPTION_WORD,
     .words = unmapped_words,
     .offset = offsetof(struct settings, edi.unmapped),
     .help =
         "what to do about fields that no line of the map writes: count them, warn at the end (default), or "
         "refuse the document"},
    {.name = "max-record",
     .argument = "MIB",
     .kind = OPTION_COUNT,
     .most = MAX_RECORD_MIB,
     .offset = offsetof(struct settings, max_record),
     .help = "refuse records of more than MIB mebibytes (default 256)"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const char *(*const libraries[])(void) = {ledger_library, NULL};

static const struct tool tool = {
    .name = "canon2edi",
    .operands = "[FILE]...",
    .purpose =
        "Writes canonical records, a JSON object a line, as X12 interchanges for trading partners: checked, "
        "in envelopes, with control numbers that are never used twice; and as the files of partners who have "
        "no X12, as their partner file says. Without FILE, or where it is -, reads standard input.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .libraries = libraries,
    .statuses = {"all records were written or passed over",
                 "some records were refused; the others were written", STATUS_MISUSED, STATUS_FAILED},
    .see_also = "canon2edi(1), crossdock-partner(5), crossdock-map(5), crossdock-canon(5), crossdock(7)",
};

static bool take_line(void *whom, const struct outbound_place *place, struct bytes line)
{
    return edi_out_line(whom, place, line);
}

static void take_long(void *whom, const struct outbound_place *place, struct bytes beginning, uint64_t length,
                      uint64_t most)
{
    edi_out_too_long(whom, place, beginning, length, most);
}

static void write_all(const struct settings *settings, struct search *search, struct input_list *inputs,
                      struct report *report)
{
    struct records_taker taker = {
        .max_record = (size_t)settings->max_record << 20, .line = take_line, .too_long = take_long};
    struct edi_out *edi;
    struct output out;

    if (!output_init(&out, STDOUT_FILENO, "standard output", report))
        return;
    taker.whom = edi = edi_out_open(&settings->edi, search, report, &out.sink);
    if (edi != NULL) {
        records_feed(&taker, inputs, report);
        edi_out_finish(edi);
    }
    output_finish(&out, report);
    if (edi != NULL)
        records_tell_counts(edi_out_counts(edi), report);
    edi_out_close(edi);
}

/* Now, in UTC. */
static void print_now(char text[32])
{
    int64_t now = (int64_t)time(NULL);
    struct date date = date_of_days((int32_t)(now / 86400));

    snprintf(text, 32, "%04u-%02u-%02uT%02u:%02u", date.year % 10000U, date.month % 100U, date.day % 100U,
             (unsigned)(now % 86400 / 3600), (unsigned)(now % 3600 / 60));
}

/* --- control numbers */

struct numbers {
    struct control_file file;
    struct ledger *ledger;
    struct sent_journal sent;
    struct edi_journal journal;
};

static const char *from_environment(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0' ? value : NULL;
}

/* Who counts: what the command line says, or else the environment; there a file goes before the ledger, so
 * that it goes on where it stands.  False: told. */
static bool open_numbers(struct numbers *numbers, struct settings *settings, struct report *report)
{
    const char *control = settings->control, *ledger = settings->ledger;

    *numbers = (struct numbers){.ledger = NULL};
    if (control != NULL && ledger != NULL) {
        options_complain(&tool, report, USAGE_TOGETHER, "--control and --ledger: one of them counts");
        return false;
    }
    if (control == NULL && ledger == NULL) {
        control = from_environment("CROSSDOCK_CONTROL");
        if (control == NULL && settings->edi.folder != NULL)
            ledger = from_environment("CROSSDOCK_LEDGER");
    }
    if (control != NULL && control[0] != '\0') {
        numbers->file = (struct control_file){control, report};
        numbers->journal = control_journal(&numbers->file);
        settings->edi.journal = &numbers->journal;
    } else if (ledger != NULL) {
        if (settings->edi.folder == NULL) {
            options_complain(&tool, report, USAGE_MISSING,
                             "-o DIR: what is sent by the ledger are files; or --control FILE");
            return false;
        }
        numbers->ledger = ledger_open(ledger, LEDGER_WRITE, report);
        if (numbers->ledger == NULL)
            return false;
        sent_journal_init(&numbers->sent, numbers->ledger);
        numbers->journal = sent_journal_edi(&numbers->sent);
        settings->edi.journal = &numbers->journal;
    }
    return true;
}

static void close_numbers(struct numbers *numbers)
{
    if (numbers->ledger != NULL)
        sent_journal_release(&numbers->sent);
    ledger_close(numbers->ledger);
}

static void run(struct settings *settings, struct input_list *inputs, struct report *report)
{
    struct numbers numbers;
    struct search search;

    if (!search_init(&search, settings->common.folder)) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return;
    }
    if (open_numbers(&numbers, settings, report)) {
        write_all(settings, &search, inputs, report);
        close_numbers(&numbers);
    }
    search_release(&search);
}

int main(int argc, char **argv)
{
    struct settings settings = {.max_record = DEFAULT_RECORD_MIB,
                                .edi = {.unmapped = OUTBOUND_WARN, .max_bytes = DEFAULT_BYTES}};
    struct input_list inputs;
    struct report report;
    char now[32];
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&settings.common);
    settings.edi.temporary = process_temporary();
    if (options_parse(&tool, &settings, argc, argv, &report, &first) == OPTIONS_GO) {
        if (settings.edi.time == NULL) {
            print_now(now);
            settings.edi.time = now;
        }
        input_list_init(&inputs, argv + first, argc - first);
        run(&settings, &inputs, &report);
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
