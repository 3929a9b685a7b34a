/* edi2canon: partners' files in, canonical records out. */
#include <stddef.h>

#include "cli/input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "translate/incoming.h"

struct values {
    struct options_common common; /* must stay first */
    const char *partner, *map;
    bool known_only, acks, rejects, all, check;
    int unmapped; /* index into unmapped_words, less one: -1 is the partner's own */
    uint64_t max_segment, max_set, spool_above;
};

static const char *const unmapped_words[] = {"partner", "ignore", "warn", "error", "keep", NULL};

static const struct option_row rows[] = {
    {.letter = 'p',
     .name = "partner",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, partner),
     .help = "take the files for partner NAME's, whoever they say they are from"},
    {.letter = 'm',
     .name = "map",
     .argument = "MAP",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, map),
     .help = "read with MAP the sets it is made for, or the files that are no X12"},
    OPTIONS_FOLDER,
    {.name = "check",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, check),
     .help =
         "validate only: print findings, and on standard output the acknowledgment that would be sent; takes "
         "fragments without an envelope too"},
    {.name = "acks",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, acks),
     .help = "print functional_ack records too: those to be sent, and those received"},
    {.name = "rejects",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, rejects),
     .help = "print a reject record for each set that is refused"},
    {.name = "all",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, all),
     .help = "print acks and rejects, and after each file a batch record with its counts and SHA-256"},
    {.name = "unmapped",
     .argument = "ignore|warn|error|keep",
     .kind = OPTION_WORD,
     .words = unmapped_words,
     .offset = offsetof(struct values, unmapped),
     .help =
         "what to do with elements that no line of the map reads (default: as the partner's file says, else "
         "warn)"},
    {.name = "known-partners-only",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, known_only),
     .help = "refuse interchanges of senders that no partner file names"},
    {.name = "max-segment",
     .argument = "BYTES",
     .kind = OPTION_COUNT,
     .most = (uint64_t)1 << 30,
     .offset = offsetof(struct values, max_segment),
     .help = "refuse longer segments (default 65536), and longer rows (default 1048576)"},
    {.name = "max-set",
     .argument = "BYTES",
     .kind = OPTION_COUNT,
     .most = (uint64_t)16 << 30,
     .offset = offsetof(struct values, max_set),
     .help =
         "refuse larger transaction sets, and documents with more bytes of rows (default 268435456)"},
    {.name = "spool-above",
     .argument = "BYTES",
     .kind = OPTION_COUNT,
     .most = (uint64_t)4 << 30,
     .offset = offsetof(struct values, spool_above),
     .help =
         "hold this much of a set's record in memory, and the rest in a temporary file (default 8388608)"},
    OPTIONS_COMMON,
};

static const struct tool tool = {
    .name = "edi2canon",
    .operands = "[FILE]...",
    .purpose =
        "Translates partners' files into canonical records, one JSON line a document, on standard output: "
        "X12 interchanges, and the CSV, fixed-width, XML and JSON files of partners whose file says which "
        "map reads them.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .statuses = {"all was accepted, or there was nothing to do",
                 "documents were refused or findings need a look; the good ones came out", STATUS_MISUSED,
                 STATUS_FAILED},
    .see_also =
        "crossdock(7), crossdock-canon(5), crossdock-map(5), crossdock-partner(5), crossdock-messages(7), "
        "canon2erp(1)",
};

static void tell_counts(struct report *report, const char *file, const struct inbound_counts *counts,
                        bool x12)
{
    if (!x12) {
        report_say(report, COUNTS, file,
                   "read %llu = translated %llu + rejected %llu + ignored %llu; %llu row%s, %llu bytes",
                   (unsigned long long)counts->read, (unsigned long long)counts->translated,
                   (unsigned long long)counts->rejected, (unsigned long long)counts->ignored,
                   (unsigned long long)counts->units, counts->units == 1 ? "" : "s",
                   (unsigned long long)counts->bytes);
        return;
    }
    report_say(
        report, COUNTS, file,
        "read %llu = translated %llu + rejected %llu + ignored %llu; %llu interchange%s, %llu group%s, "
        "%llu bytes, "
        "%llu of them junk",
        (unsigned long long)counts->read, (unsigned long long)counts->translated,
        (unsigned long long)counts->rejected, (unsigned long long)counts->ignored,
        (unsigned long long)counts->interchanges, counts->interchanges == 1 ? "" : "s",
        (unsigned long long)counts->groups, counts->groups == 1 ? "" : "s", (unsigned long long)counts->bytes,
        (unsigned long long)counts->junk);
}

static void translate(const struct values *values, char **files, int n_files, struct output *output,
                      struct report *report)
{
    struct incoming_settings settings = {
        .x12 = {.partner = values->partner,
                .map = values->map,
                .known_partners_only = values->known_only,
                .unmapped = values->unmapped - 1,
                .documents = true,
                .acks = values->acks || values->all,
                .rejects = values->rejects || values->all,
                .batch = values->all,
                .check = values->check,
                .max_segment = values->max_segment,
                .max_set = values->max_set != 0 ? values->max_set : (uint64_t)256 << 20,
                .spool_above = values->spool_above != 0 ? values->spool_above : (uint64_t)8 << 20,
                .spool = process_temporary()},
        .max_row = values->max_segment != 0 ? values->max_segment : FLAT_IN_MAX_ROW,
        .max_document = values->max_set != 0 ? values->max_set : FLAT_IN_MAX_DOCUMENT,
    };
    struct search search;
    struct incoming *incoming = NULL;
    struct input_list inputs;
    struct input input;

    if (!search_init(&search, values->common.folder))
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
    else
        incoming = incoming_open(&settings, &search, report, &output->sink);
    input_list_init(&inputs, files, n_files);
    while (incoming != NULL && input_next(&inputs, &input, report)) {
        bool go = incoming_file(incoming, input.fd, input.name, input.base);
        const struct inbound_counts *counts = incoming_counts(incoming);

        if (counts != NULL && counts->blank)
            report_say(report, X12_EMPTY, input.name, "%llu bytes%s", (unsigned long long)counts->bytes,
                       counts->bytes > 0 ? ", all of them blank" : "");
        if (counts != NULL)
            tell_counts(report, input.name, counts, incoming_was_x12(incoming));
        input_close(&input);
        if (!go)
            break;
    }
    if (incoming != NULL)
        incoming_finish(incoming);
    incoming_close(incoming);
    search_release(&search);
}

int main(int argc, char **argv)
{
    struct values values = {0};
    struct report report;
    struct output output;
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&values.common);
    if (options_parse(&tool, &values, argc, argv, &report, &first) == OPTIONS_GO &&
        output_init(&output, 1, "standard output", &report)) {
        translate(&values, argv + first, argc - first, &output, &report);
        (void)output_finish(&output, &report);
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
