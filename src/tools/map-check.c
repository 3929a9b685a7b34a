/* map-check: what maps read, write and leave, held to the standard and to real files. */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "cli/records.h"
#include "map/listing.h"
#include "partner/partner.h"
#include "translate/coverage.h"
#include "translate/inspect.h"
#include "translate/laws.h"

struct values {
    struct options_common common; /* must stay first */
    const char *partner, *map, *release;
    bool coverage, laws, refused, json;
};

static const struct option_row rows[] = {
    {.name = "coverage",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, coverage),
     .help = "tell how much of the X12 files given the maps read, and what they leave; -v tells all places"},
    {.name = "laws",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, laws),
     .help =
         "write the X12 files and the records given, read what is written, and tell what does not come back "
         "as it was"},
    {.name = "release",
     .argument = "RELEASE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, release),
     .help = "list maps of X12 by the set of RELEASE (default 004010)"},
    {.name = "refused",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, refused),
     .help = "with --coverage: measure refused sets, too, as far as they can be read"},
    {.letter = 'p',
     .name = "partner",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, partner),
     .help =
         "check partner NAME's file, and the maps and guides that it names; with --coverage: take the files "
         "for NAME's, whoever they say they are from"},
    {.letter = 'm',
     .name = "map",
     .argument = "MAP",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct values, map),
     .help = "check MAP, and list nothing; with files: read with MAP the sets it is made for"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct values, json),
     .help = "print JSON lines instead of text for people"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const struct tool tool = {
    .name = "map-check",
    .operands = "[MAP]... | --coverage [FILE]... | --laws [FILE]...",
    .purpose =
        "Checks maps, partners and guides, lists what a MAP reads, writes, leaves and cannot carry, and says "
        "what of real files the maps do not read. Without MAP it checks all that it finds.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .statuses = {"all is well", "there are warnings; with files: sets were refused, or do not come back",
                 "usage or configuration is wrong: a map, partner or guide has errors", STATUS_FAILED},
    .see_also =
        "crossdock-map(5), crossdock-partner(5), crossdock-guide(5), crossdock-messages(7), edi2canon(1), "
        "crossdock(7)",
};

static bool take_line(void *whom, const struct outbound_place *place, struct bytes line)
{
    return laws_line(whom, place, line);
}

static void take_long(void *whom, const struct outbound_place *place, struct bytes beginning, uint64_t length,
                      uint64_t most)
{
    (void)length;
    (void)most;
    laws_too_long(whom, place, beginning);
}

/* Records are told by their first byte. */
static bool holds_records(const struct input *input)
{
    char first = '\0';

    return input->is_regular && pread(input->fd, &first, 1, 0) == 1 && first == '{';
}

static bool feed_records(struct laws *laws, char *const *name, struct report *report)
{
    const struct records_taker taker = {
        .whom = laws, .max_record = (size_t)256 << 20, .line = take_line, .too_long = take_long};
    struct input_list one;

    input_list_init(&one, name, 1);
    records_feed(&taker, &one, report);
    return !report->misused;
}

/* Gives every accepted document of the inputs to the taker of `inbound`, and records to the laws. */
static bool feed(struct inbound *inbound, struct laws *laws, struct input_list *inputs, struct report *report)
{
    struct input input;
    bool go = true;

    while (go && input_next(inputs, &input, report)) {
        if (laws != NULL && holds_records(&input)) {
            go = feed_records(laws, &inputs->names[inputs->next - 1], report);
        } else {
            go = inbound_file(inbound, input.fd, input.name, input.base);
            if (inbound_file_counts(inbound)->blank)
                report_say(report, X12_EMPTY, input.name, "it holds nothing to measure");
        }
        input_close(&input);
    }
    return go;
}

static struct inbound_settings inbound_settings_of(const struct values *values)
{
    return (struct inbound_settings){.partner = values->partner,
                                     .map = values->map,
                                     .unmapped = UNMAPPED_KEEP,
                                     .documents = true,
                                     .max_set = (uint64_t)256 << 20,
                                     .spool_above = UINT64_MAX};
}

static void cover(const struct values *values, struct search *search, struct input_list *inputs,
                  struct output *output, struct report *report)
{
    struct coverage *coverage = coverage_open();
    struct inbound_settings settings = inbound_settings_of(values);
    struct inbound *inbound = NULL;

    settings.take = coverage_take;
    settings.take_refused = values->refused;
    settings.whom = coverage;
    if (coverage == NULL)
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
    else
        inbound = inbound_open(&settings, search, report, NULL);
    if (inbound != NULL && feed(inbound, NULL, inputs, report))
        coverage_write(coverage, &output->sink, values->json, values->common.verbose > 0);
    inbound_close(inbound);
    coverage_close(coverage);
}

static void try_laws(const struct values *values, struct search *search, struct input_list *inputs,
                     struct output *output, struct report *report)
{
    struct laws_settings laws_settings = {.partner = values->partner, .map = values->map};
    struct laws *laws = laws_open(&laws_settings, search, report);
    struct inbound_settings settings = inbound_settings_of(values);
    struct inbound *inbound = NULL;

    settings.take = laws_take;
    settings.whom = laws;
    if (laws != NULL)
        inbound = inbound_open(&settings, search, report, NULL);
    if (inbound != NULL && feed(inbound, laws, inputs, report))
        laws_write(laws, &output->sink, values->json);
    if (laws != NULL)
        laws_end_inbound(laws);
    inbound_close(inbound);
    laws_close(laws);
}

/* "maps/acme/850.yaml", as a shell completes it, is the map acme/850. */
static const char *map_name(const char *operand, struct arena *arena)
{
    const char *at = strstr(operand, "maps/");
    size_t len = strlen(operand);

    if (at == NULL || (at != operand && at[-1] != '/') || len < 5 || strcmp(operand + len - 5, ".yaml") != 0)
        return operand;
    at += strlen("maps/");
    return arena_copy(arena, (struct bytes){at, strlen(at) - strlen(".yaml")}).at;
}

static void list(struct inspect *inspect, const struct values *values, const struct map *map,
                 struct output *output, struct report *report)
{
    const struct standard_set *set = NULL;

    if (strcmp(map->format, "x12") == 0) {
        set = inspect_set(inspect, map, values->release);
        if (set == NULL && values->release != NULL)
            report_say(report, USAGE_VALUE, NULL, "--release %.40s: it has no X12 %s", values->release,
                       map->set);
        if (set == NULL)
            return;
    }
    if (!listing_write(map, set, &output->sink, values->json))
        report_say(report, TECHNICAL_MEMORY, NULL, "for the listing of %s", map->name);
}

static void inspect_maps(const struct values *values, struct search *search, char **maps, int n_maps,
                         struct output *output, struct report *report)
{
    struct inspect *inspect = inspect_open(search, report);

    if (inspect == NULL)
        return;
    if (n_maps == 0 && values->partner == NULL && values->map == NULL)
        inspect_all(inspect);
    if (values->partner != NULL)
        inspect_partner(inspect, values->partner);
    if (values->map != NULL)
        (void)inspect_map(inspect, map_name(values->map, &search->arena));
    for (int i = 0; i < n_maps; i++) {
        const struct map *map = inspect_map(inspect, map_name(maps[i], &search->arena));

        if (map != NULL)
            list(inspect, values, map, output, report);
    }
    inspect_close(inspect);
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
    if (values->coverage)
        cover(values, &search, &inputs, output, report);
    else if (values->laws)
        try_laws(values, &search, &inputs, output, report);
    else
        inspect_maps(values, &search, operands, n_operands, output, report);
    search_release(&search);
}

int main(int argc, char **argv)
{
    struct values values = {0};
    struct report report;
    struct output output;
    bool warned;
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&values.common);
    if (options_parse(&tool, &values, argc, argv, &report, &first) == OPTIONS_GO) {
        if (values.refused && !values.coverage) {
            options_complain(&tool, &report, USAGE_TOGETHER, "--refused belongs to --coverage");
        } else if (values.laws && values.coverage) {
            options_complain(&tool, &report, USAGE_TOGETHER, "--laws and --coverage: one at a time");
        } else if (values.release != NULL && (values.coverage || values.laws)) {
            options_complain(&tool, &report, USAGE_TOGETHER, "--release belongs to the listing of a MAP");
        } else if (output_init(&output, 1, "standard output", &report)) {
            check(&values, argv + first, argc - first, &output, &report);
            (void)output_finish(&output, &report);
        }
    }
    report_close(&report);
    status = report_status(&report);
    /* A warning about a map is what was asked for; about a file it is a remark. */
    warned = !values.coverage && !values.laws && report.counts[SEVERITY_WARN][CLASS_USAGE] > 0;
    report_release(&report);
    return status == 0 && warned ? 1 : status;
}
