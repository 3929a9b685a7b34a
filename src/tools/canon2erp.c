/*
 * canon2erp: canonical records to the files that an ERP or another system of one's own imports.
 */
#include <unistd.h>

#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/records.h"
#include "conf/search.h"
#include "translate/outbound.h"
#include "wire/xml.h"

enum { DEFAULT_RECORD_MIB = 256, MAX_RECORD_MIB = 3 * 1024 };

struct settings {
    struct options_common common; /* first: see cli/options.h */
    struct outbound_settings outbound;
    uint64_t max_record;          /* MiB */
};

static const char *const unmapped_words[] = {
    [OUTBOUND_IGNORE] = "ignore", [OUTBOUND_WARN] = "warn", [OUTBOUND_ERROR] = "error", NULL};

static const struct option_row rows[] = {
    {.letter = 'm', .name = "map", .argument = "MAP", .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, outbound.map),
     .help = "the map to write with, a file below maps/ without .yaml, such as erp-orders-csv"},
    {.letter = 'o', .name = "output", .argument = "DIR", .kind = OPTION_TEXT,
     .offset = offsetof(struct settings, outbound.folder),
     .help = "write a file for each document into DIR, and a receipt for each to standard output"},
    {.name = "single", .kind = OPTION_FLAG, .offset = offsetof(struct settings, outbound.single),
     .help = "with -o: one file for all documents"},
    {.name = "strict", .kind = OPTION_FLAG, .offset = offsetof(struct settings, outbound.strict),
     .help = "refuse records of another kind than the map's, instead of passing them over"},
    {.name = "unmapped", .argument = "ignore|warn|error", .kind = OPTION_WORD, .words = unmapped_words,
     .offset = offsetof(struct settings, outbound.unmapped),
     .help = "what to do about fields that no line of the map writes: count them (default), warn at the end, "
             "or refuse the document"},
    {.name = "max-record", .argument = "MIB", .kind = OPTION_COUNT, .most = MAX_RECORD_MIB,
     .offset = offsetof(struct settings, max_record),
     .help = "refuse records of more than MIB mebibytes (default 256)"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const char *(*const libraries[])(void) = {xml_library, NULL};

static const struct tool tool = {
    .name = "canon2erp",
    .operands = "[FILE]...",
    .purpose = "Writes canonical records, a JSON object a line, as files that an ERP imports: CSV, fixed "
               "width, XML or JSON, as a map says. Without FILE, or where it is -, reads standard input.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .statuses = {"all records were written or passed over",
                 "some records were refused; the others were written", STATUS_MISUSED, STATUS_FAILED},
    .see_also = "canon2erp(1), crossdock-map(5), crossdock-canon(5), crossdock(7)",
    .libraries = libraries,
};

static bool take_line(void *whom, const struct outbound_place *place, struct bytes line)
{
    return outbound_line(whom, place, line);
}

static void take_long(void *whom, const struct outbound_place *place, struct bytes beginning, uint64_t length,
                      uint64_t most)
{
    outbound_too_long(whom, place, beginning, length, most);
}

static void write_all(const struct settings *settings, struct search *search, struct input_list *inputs,
                      struct report *report)
{
    struct records_taker taker = {
        .max_record = (size_t)settings->max_record << 20, .line = take_line, .too_long = take_long};
    struct outbound *outbound;
    struct output out;

    if (!output_init(&out, STDOUT_FILENO, "standard output", report))
        return;
    taker.whom = outbound = outbound_open(&settings->outbound, search, report, &out.sink);
    if (outbound != NULL) {
        records_feed(&taker, inputs, report);
        outbound_finish(outbound);
    }
    output_finish(&out, report);
    if (outbound != NULL)
        records_tell_counts(outbound_counts(outbound), report);
    outbound_close(outbound);
}

int main(int argc, char **argv)
{
    struct settings settings = {.max_record = DEFAULT_RECORD_MIB};
    struct input_list inputs;
    struct search search;
    struct report report;
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&settings.common);
    settings.outbound.temporary = process_temporary();
    if (options_parse(&tool, &settings, argc, argv, &report, &first) == OPTIONS_GO) {
        if (settings.outbound.map == NULL) {
            options_complain(&tool, &report, USAGE_MISSING, "-m MAP: which files are wanted");
        } else if (settings.outbound.single && settings.outbound.folder == NULL) {
            options_complain(&tool, &report, USAGE_TOGETHER, "--single belongs to -o");
        } else if (!search_init(&search, settings.common.folder)) {
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
