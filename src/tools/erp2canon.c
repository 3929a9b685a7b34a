/* erp2canon: files of one's own systems and their neighbours in, canonical records out. */
#include <stddef.h>

#include "cli/input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "translate/flat_in.h"
#include "wire/xml_read.h"

struct values {
    struct options_common common; /* must stay first */
    const char *map, *partner, *charset;
    bool in, rejects, all;
    int unmapped;
    uint64_t max_row, max_document; /* KiB, MiB */
};

static const char *const unmapped_words[] = {"ignore", "warn", "error", "keep", NULL};

static const struct option_row rows[] = {
    {.letter = 'm',
     .name = "map",
     .argument = "MAP",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, map),
     .help = "read the files with MAP"},
    {.letter = 'p',
     .name = "partner",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, partner),
     .help = "the documents are for partner NAME, whatever the files say"},
    {.name = "in",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, in),
     .help = "the files come from the partner (a warehouse, say), not from one's own system"},
    OPTIONS_FOLDER,
    {.name = "charset",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, charset),
     .help = "the files' character set (default: the layout's, else UTF-8; XML says its own)"},
    {.name = "rejects",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, rejects),
     .help = "print a reject record for each document that is refused"},
    {.name = "all",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, all),
     .help = "print rejects, and after each file a batch record with its counts and SHA-256"},
    {.name = "unmapped",
     .argument = "ignore|warn|error|keep",
     .kind = OPTION_WORD,
     .words = unmapped_words,
     .offset = offsetof(struct values, unmapped),
     .help = "what to do with columns, elements and members that no line of the map reads (default: warn)"},
    {.name = "max-row",
     .argument = "KIB",
     .kind = OPTION_COUNT,
     .most = (uint64_t)1 << 20,
     .offset = offsetof(struct values, max_row),
     .help = "refuse longer rows and records (default 1024)"},
    {.name = "max-document",
     .argument = "MIB",
     .kind = OPTION_COUNT,
     .most = (uint64_t)2048,
     .offset = offsetof(struct values, max_document),
     .help = "refuse documents of more bytes (default 256)"},
    OPTIONS_COMMON,
};

static const struct tool tool = {
    .name = "erp2canon",
    .operands = "-m MAP [FILE]...",
    .purpose = "Translates files that an ERP or a warehouse exports (CSV and its relatives, records of fixed "
               "width, XML, JSON) into canonical records, one JSON line a document, on standard output.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .statuses = {"all was accepted, or there was nothing to do",
                 "documents were refused or findings need a look; the good ones came out", STATUS_MISUSED,
                 STATUS_FAILED},
    .see_also = "crossdock(7), crossdock-canon(5), crossdock-map(5), crossdock-messages(7), canon2erp(1)",
};

static void tell_counts(struct report *report, const char *file, const struct inbound_counts *counts)
{
    report_say(report, COUNTS, file,
               "read %llu = translated %llu + rejected %llu + ignored %llu; %llu row%s, %llu bytes",
               (unsigned long long)counts->read, (unsigned long long)counts->translated,
               (unsigned long long)counts->rejected, (unsigned long long)counts->ignored,
               (unsigned long long)counts->units, counts->units == 1 ? "" : "s",
               (unsigned long long)counts->bytes);
}

static void translate(const struct values *values, char **files, int n_files, struct output *output,
                      struct report *report)
{
    struct flat_in_settings settings = {
        .map = values->map,
        .partner = values->partner,
        .charset = values->charset,
        .incoming = values->in,
        .unmapped = values->unmapped,
        .rejects = values->rejects || values->all,
        .batch = values->all,
        .read_xml = xml_read,
        .max_row = values->max_row != 0 ? values->max_row * 1024 : FLAT_IN_MAX_ROW,
        .max_document = values->max_document != 0 ? values->max_document * 1024 * 1024 : FLAT_IN_MAX_DOCUMENT,
    };
    struct search search;
    struct flat_in *in = NULL;
    struct input_list inputs;
    struct input input;

    if (!search_init(&search, values->common.folder))
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
    else
        in = flat_in_open(&settings, &search, report, &output->sink);
    input_list_init(&inputs, files, n_files);
    while (in != NULL && input_next(&inputs, &input, report)) {
        bool go = flat_in_file(in, input.fd, input.name, input.base);

        if (flat_in_file_counts(in)->blank)
            report_say(report, X12_EMPTY, input.name, "%llu bytes",
                       (unsigned long long)flat_in_file_counts(in)->bytes);
        tell_counts(report, input.name, flat_in_file_counts(in));
        input_close(&input);
        if (!go)
            break;
    }
    if (in != NULL)
        flat_in_finish(in);
    flat_in_close(in);
    search_release(&search);
}

int main(int argc, char **argv)
{
    struct values values = {.unmapped = 1};
    struct report report;
    struct output output;
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&values.common);
    if (options_parse(&tool, &values, argc, argv, &report, &first) == OPTIONS_GO) {
        if (values.map == NULL)
            options_complain(&tool, &report, USAGE_MISSING, "the map: -m");
        else if (output_init(&output, 1, "standard output", &report)) {
            translate(&values, argv + first, argc - first, &output, &report);
            (void)output_finish(&output, &report);
        }
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
