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
#include "translate/edi_out.h"

enum { DEFAULT_RECORD_MIB = 256, MAX_RECORD_MIB = 3 * 1024, DEFAULT_BYTES = 16 * 1024 * 1024 };

struct settings {
    struct options_common common; /* first: see cli/options.h */
    struct edi_out_settings edi;
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
     .help =
         "write a file for each interchange (or document that is none) into DIR, and a receipt for each "
         "document to standard output"},
    {.name = "control",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, edi.control),
     .help = "where control numbers are counted (default $CROSSDOCK_CONTROL)"},
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
    {.name = "relay",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct settings, edi.relay),
     .help =
         "send on what came as X12 as it came: set, release and identities of the record's source"},
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

static const struct tool tool = {
    .name = "canon2edi",
    .operands = "[FILE]...",
    .purpose =
        "Writes canonical records, a JSON object a line, as X12 interchanges for trading partners: checked, "
        "in envelopes, with control numbers that are never used twice; and as the files of partners who have "
        "no X12, as their partner file says. Without FILE, or where it is -, reads standard input.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
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

int main(int argc, char **argv)
{
    struct settings settings = {.max_record = DEFAULT_RECORD_MIB,
                                .edi = {.unmapped = OUTBOUND_WARN, .max_bytes = DEFAULT_BYTES}};
    struct input_list inputs;
    struct search search;
    struct report report;
    char now[32];
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&settings.common);
    if (options_parse(&tool, &settings, argc, argv, &report, &first) == OPTIONS_GO) {
        if (settings.edi.control == NULL)
            settings.edi.control = getenv("CROSSDOCK_CONTROL");
        if (settings.edi.time == NULL) {
            print_now(now);
            settings.edi.time = now;
        }
        if (settings.edi.control != NULL && settings.edi.control[0] == '\0')
            settings.edi.control = NULL;
        if (!search_init(&search, settings.common.folder)) {
            report_say(&report, TECHNICAL_MEMORY, NULL, "at the start");
        } else {
            input_list_init(&inputs, argv + first, argc - first);
            write_all(&settings, &search, &inputs, &report);
            search_release(&search);
        }
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
