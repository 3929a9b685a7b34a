/*
 * order-trace: the whole life of an order, from any of its numbers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/publish.h"
#include "canon/sink.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "conf/search.h"
#include "report/trace_show.h"

enum { MAX_TOLD = 20, ARENA_CHUNK = 256 * 1024, PATH_CEILING = 4096 };
static const size_t arena_ceiling = (size_t)2 * 1024 * 1024 * 1024;
static const size_t page_ceiling = (size_t)512 * 1024 * 1024;

struct trace_settings {
    struct options_common common; /* first: see cli/options.h */
    const char *ledger, *partner, *page;
    bool json;
};

static const struct option_row rows[] = {
    {.letter = 'l',
     .name = "ledger",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct trace_settings, ledger),
     .help = "the ledger (default $CROSSDOCK_LEDGER)"},
    {.letter = 'p',
     .name = "partner",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct trace_settings, partner),
     .help = "only orders of this partner, or that this partner's documents speak of"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct trace_settings, json),
     .help = "print a line of JSON an order"},
    {.name = "html",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct trace_settings, page),
     .help = "write a page with a drawn timeline to FILE, or with - to standard output, instead of text"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const char *(*const libraries[])(void) = {ledger_library, NULL};

static const struct tool tool = {
    .name = "order-trace",
    .operands = "KEY...",
    .purpose = "Tells the whole life of an order from any of its numbers: what was ordered, acknowledged, "
               "shipped, delivered, invoiced and returned, by line, and what is missing.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .statuses = {"every key led to one order", "a key led to no order, or to several; the others were traced",
                 STATUS_MISUSED, STATUS_FAILED},
    .see_also = "order-trace(1), canon-ledger(1), crossdock-ledger(5), crossdock(7)",
    .libraries = libraries,
};

struct trace_run {
    const struct trace_settings *settings;
    struct report *report;
    struct ledger *ledger;
    struct schema *schema;
    struct arena arena;
    struct trace *traces;
    size_t n;
};

/* --- from keys to orders */

static void tell_none(struct trace_run *run, const char *key, const struct journey_orders *found)
{
    const char *partner = run->settings->partner;
    struct finding finding = {
        .complaint = found->documents > 0 && partner == NULL ? LEDGER_NO_ORDER : LEDGER_NOT_FOUND,
        .place = {.file = ledger_path(run->ledger)},
        .value = bytes_of(key),
        .detail = found->documents > 0 && partner == NULL
                      ? arena_format(&run->arena, "%zu document%s", found->documents,
                                     found->documents == 1 ? "" : "s")
                      : arena_format(&run->arena,
                                     "looked among the numbers of orders, shipments, parcels, invoices and "
                                     "returns%s%s, and the ids of documents",
                                     partner != NULL ? " of " : "", partner != NULL ? partner : ""),
        .consequence = "nothing was traced for it",
    };

    report_add(run->report, &finding);
}

static void tell_several(struct trace_run *run, const char *key, const struct journey_orders *found)
{
    const char *list = "";

    for (size_t i = 0; i < found->n && i < MAX_TOLD && list != NULL; i++)
        list = arena_format(&run->arena, "%s%s%.*s of %.*s", list, i > 0 ? ", " : "",
                            BYTES_ARG(found->orders[i].number), BYTES_ARG(found->orders[i].partner));
    if (list != NULL && found->n > MAX_TOLD)
        list = arena_format(&run->arena, "%s and %s%zu more", list, found->more ? "at least " : "",
                            found->n - MAX_TOLD);
    report_add(run->report, &(struct finding){.complaint = LEDGER_SEVERAL,
                                              .place = {.file = ledger_path(run->ledger)},
                                              .value = bytes_of(key),
                                              .detail = list,
                                              .consequence = "none of them was traced",
                                              .hint = "ask for one by its own number, with -p PARTNER"});
}

static bool is_traced(const struct trace_run *run, const struct journey_order *order)
{
    for (size_t i = 0; i < run->n; i++)
        if (bytes_equal(run->traces[i].order.partner, order->partner) &&
            bytes_equal(run->traces[i].order.number, order->number))
            return true;
    return false;
}

/* False: the run must stop. */
static bool trace_key(struct trace_run *run, const char *key)
{
    struct bytes partner = bytes_of(run->settings->partner);
    struct journey_orders found;

    if (!journey_find(run->ledger, &run->arena, bytes_of(key), partner, &found))
        return false;
    if (found.n == 0)
        tell_none(run, key, &found);
    else if (found.n > 1)
        tell_several(run, key, &found);
    else if (!is_traced(run, &found.orders[0]))
        return trace_make(&run->traces[run->n++], run->ledger, run->schema, &run->arena, &found.orders[0]);
    return true;
}

/* --- what is shown of them */

static void write_page(const struct trace_run *run, const char *path, struct bytes page)
{
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    char folder[PATH_CEILING];
    int error = ENAMETOOLONG;
    int len = slash == NULL
                  ? snprintf(folder, sizeof(folder), ".")
                  : snprintf(folder, sizeof(folder), "%.*s", slash == path ? 1 : (int)(slash - path), path);

    if (len >= 0 && (size_t)len < sizeof(folder))
        error = publish_file(folder, bytes_of(name), page, PUBLISH_REPLACE);
    if (error != 0)
        report_say(run->report, TECHNICAL_WRITE, path, "%s", file_error(error));
}

static void show(const struct trace_run *run)
{
    const struct trace_settings *settings = run->settings;
    bool to_stdout = settings->page != NULL && strcmp(settings->page, "-") == 0;
    struct buffer page;
    struct output out;

    buffer_init(&page, page_ceiling);
    if (settings->page != NULL && run->n > 0)
        trace_put_page(&page, run->traces, run->n);
    if (page.failed)
        report_say(run->report, TECHNICAL_MEMORY, settings->page, "a page of more than 512 MiB");
    else if (output_init(&out, STDOUT_FILENO, "standard output", run->report)) {
        for (size_t i = 0; i < run->n; i++) {
            if (settings->json)
                trace_put_json(&out.sink, &run->traces[i]);
            else if (settings->page == NULL) {
                canon_sink_add(&out.sink, i > 0 ? BYTES("\n\n") : BYTES(""));
                trace_put_text(&out.sink, &run->traces[i]);
            }
        }
        if (to_stdout)
            output_add(&out, page.at, page.len);
        if (output_finish(&out, run->report) && settings->page != NULL && !to_stdout && run->n > 0)
            write_page(run, settings->page, (struct bytes){page.at, page.len});
    }
    buffer_release(&page);
}

static void trace_all(struct trace_run *run, char *const *keys, int n)
{
    bool good = timeline_begin(run->ledger);

    run->traces = arena_zalloc(&run->arena, (size_t)n, sizeof(*run->traces));
    if (run->traces == NULL) {
        report_say(run->report, TECHNICAL_MEMORY, NULL, "at the start");
        return;
    }
    for (int i = 0; i < n && good; i++)
        good = trace_key(run, keys[i]);
    timeline_end(run->ledger);
    if (good)
        show(run);
}

static void open_and_trace(struct trace_run *run, struct search *search, char *const *keys, int n)
{
    const char *folder = search_find_folder(search, "maps/canon");
    char *why = NULL;

    if (folder == NULL)
        report_say(run->report, TECHNICAL_SCHEMA, NULL, "there is no maps/canon in %s",
                   search_folders_text(search));
    else if ((run->schema = schema_open(folder, &why)) == NULL)
        report_say(run->report, TECHNICAL_SCHEMA, folder, "%s", why != NULL ? why : "no memory");
    else if ((run->ledger = ledger_open(run->settings->ledger, LEDGER_READ, run->report)) != NULL)
        trace_all(run, keys, n);
    free(why);
    ledger_close(run->ledger);
    schema_close(run->schema);
}

static bool are_good(struct trace_settings *settings, char *const *keys, int n, struct report *report)
{
    if (settings->ledger == NULL)
        settings->ledger = getenv("CROSSDOCK_LEDGER");
    if (settings->ledger == NULL || settings->ledger[0] == '\0')
        options_complain(&tool, report, USAGE_MISSING, "-l FILE, or CROSSDOCK_LEDGER: which ledger");
    else if (n == 0)
        options_complain(&tool, report, USAGE_MISSING, "KEY: a number of the order");
    else if (settings->json && settings->page != NULL && strcmp(settings->page, "-") == 0)
        options_complain(&tool, report, USAGE_TOGETHER, "--json and --html=- both want standard output");
    else {
        for (int i = 0; i < n; i++)
            if (keys[i][0] == '\0') {
                options_complain(&tool, report, USAGE_VALUE, "an empty KEY");
                return false;
            }
        return true;
    }
    return false;
}

int main(int argc, char **argv)
{
    struct trace_settings settings = {.ledger = NULL};
    struct report report;
    struct search search;
    int first, status;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&settings.common);
    if (options_parse(&tool, &settings, argc, argv, &report, &first) == OPTIONS_GO &&
        are_good(&settings, argv + first, argc - first, &report)) {
        struct trace_run run = {.settings = &settings, .report = &report};

        arena_init(&run.arena, ARENA_CHUNK, arena_ceiling);
        if (!search_init(&search, settings.common.folder)) {
            report_say(&report, TECHNICAL_MEMORY, NULL, "at the start");
        } else {
            open_and_trace(&run, &search, argv + first, argc - first);
            search_release(&search);
        }
        arena_release(&run.arena);
    }
    report_close(&report);
    status = report_status(&report);
    report_release(&report);
    return status;
}
