/* map-check: what maps read, write and leave, held to the standard and to real files. */
#include <stddef.h>

#include "cli/input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "partner/partner.h"
#include "translate/coverage.h"

struct values {
    struct options_common common; /* must stay first */
    const char *partner, *map;
    bool coverage, refused, json;
};

static const struct option_row rows[] = {
    {.name = "coverage",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, coverage),
     .help = "tell how much of the X12 files given the maps read, and what they leave; -v tells all places"},
    {.name = "refused",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, refused),
     .help = "with --coverage: measure refused sets, too, as far as they can be read"},
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
     .help = "read with MAP the sets it is made for"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, json),
     .help = "print JSON lines instead of text for people"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const struct tool tool = {
    .name = "map-check",
    .operands = "--coverage [FILE]...",
    .purpose = "Says what of real files the maps do not read.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .statuses = {"all is well", "sets were refused, and so not measured", STATUS_MISUSED, STATUS_FAILED},
    .see_also = "crossdock-map(5), crossdock-messages(7), edi2canon(1), crossdock(7)",
};

/* Gives every accepted document of the inputs to the taker of `inbound`. */
static bool feed(struct inbound *inbound, struct input_list *inputs, struct report *report)
{
    struct input input;
    bool go = true;

    while (go && input_next(inputs, &input, report)) {
        go = inbound_file(inbound, input.fd, input.name, input.base);
        if (inbound_file_counts(inbound)->blank)
            report_say(report, X12_EMPTY, input.name, "it holds nothing to measure");
        input_close(&input);
    }
    return go;
}

static void cover(const struct values *values, struct search *search, struct input_list *inputs,
                  struct output *output, struct report *report)
{
    struct coverage *coverage = coverage_open();
    struct inbound_settings settings = {.partner = values->partner,
                                        .map = values->map,
                                        .unmapped = UNMAPPED_KEEP,
                                        .documents = true,
                                        .max_set = (uint64_t)256 << 20,
                                        .spool_above = UINT64_MAX,
                                        .take = coverage_take,
                                        .take_refused = values->refused,
                                        .whom = coverage};
    struct inbound *inbound = NULL;

    if (coverage == NULL)
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
    else
        inbound = inbound_open(&settings, search, report, NULL);
    if (inbound != NULL && feed(inbound, inputs, report))
        coverage_write(coverage, &output->sink, values->json, values->common.verbose > 0);
    inbound_close(inbound);
    coverage_close(coverage);
}

static void check(const struct values *values, char **operands, int n_operands, struct output *output,
                  struct report *report)
{
    struct input_list inputs;
    struct search search;

    if (!search_init(&search, values->common.folder)) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return;
    }
    input_list_init(&inputs, operands, n_operands);
    cover(values, &search, &inputs, output, report);
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
    if (options_parse(&tool, &values, argc, argv, &report, &first) == OPTIONS_GO) {
        if (!values.coverage) {
            options_complain(&tool, &report, USAGE_MISSING, "--coverage: what is to be done");
        } else if (output_init(&output, 1, "standard output", &report)) {
            check(&values, argv + first, argc - first, &output, &report);
            (void)output_finish(&output, &report);
        }
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
