/*
 * reconcile: what of all that was ordered, acknowledged, shipped, invoiced and received does not agree.
 */
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buffer.h"
#include "canon/sink.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/process.h"
#include "conf/search.h"
#include "report/review_page.h"
#include "report/review_show.h"

enum { ARENA_CHUNK = 256 * 1024, INCOMPLETE = 4 };
static const size_t arena_ceiling = (size_t)4 * 1024 * 1024 * 1024;

struct reconcile_settings {
    struct options_common common; /* first: see cli/options.h */
    struct review_settings review;
    const char *ledger, *close, *assign, *reopen, *why, *as_of, *since, *pages;
    bool csv, tsv, json;
    int fail_on;
    uint64_t jobs;
};

static const char *const fail_words[] = {"never", "info", "warn", "error", NULL};

static const char *take_rule(void *values, const char *argument)
{
    struct reconcile_settings *settings = values;
    struct bytes rest = bytes_of(argument), part;

    while (bytes_split(&rest, ',', &part)) {
        bool any = false;

        /* A code, or a comparison: R7. */
        for (enum rule rule = 0; rule < RULES; rule++)
            if (rule_find(part) == rule || bytes_are(part, rule_info(rule)->comparison)) {
                settings->review.rules[rule] = true;
                any = true;
            }
        if (!any)
            return "codes of reconcile-codes(7) or comparisons such as R7, with commas between";
    }
    settings->review.all_rules = false;
    return NULL;
}

#define AT(member) .offset = offsetof(struct reconcile_settings, member)
static const struct option_row rows[] = {
    {.letter = 'l',
     .name = "ledger",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     AT(ledger),
     .help = "the ledger (default $CROSSDOCK_LEDGER)"},
    {.letter = 'p',
     .name = "partner",
     .argument = "NAME",
     .kind = OPTION_TEXT,
     AT(review.partner),
     .help = "only orders of this partner; nothing is remembered"},
    {.name = "order",
     .argument = "NUMBER",
     .kind = OPTION_TEXT,
     AT(review.order),
     .help = "only the order of this number; nothing is remembered"},
    {.name = "since",
     .argument = "DATE",
     .kind = OPTION_TEXT,
     AT(since),
     .help = "only orders of which something was posted since; nothing is remembered"},
    {.name = "rule",
     .argument = "CODE[,CODE]...",
     .kind = OPTION_CALL,
     .call = take_rule,
     .help = "only these codes, or comparisons such as R7; nothing is remembered"},
    {.name = "as-of",
     .argument = "TIME",
     .kind = OPTION_TEXT,
     AT(as_of),
     .help = "what was to be said then: a date (its end, UTC) or a time; nothing is remembered"},
    {.letter = 'j',
     .name = "jobs",
     .argument = "N",
     .kind = OPTION_COUNT,
     .most = 16,
     AT(jobs),
     .help = "look at the orders in N processes (default: as many as processors, 4 at most)"},
    {.name = "all",
     .kind = OPTION_FLAG,
     AT(review.everything),
     .help = "look also at orders of which nothing changed since the last run"},
    {.name = "csv", .kind = OPTION_FLAG, AT(csv), .help = "a row a finding, with commas, and a header"},
    {.name = "tsv", .kind = OPTION_FLAG, AT(tsv), .help = "the same with tabs"},
    {.name = "json", .kind = OPTION_FLAG, AT(json), .help = "a line of JSON for the run, then one a finding"},
    {.name = "html",
     .argument = "DIR",
     .kind = OPTION_TEXT,
     AT(pages),
     .help = "also write pages into DIR: index.html, and the life of each order it speaks of"},
    {.name = "fail-on",
     .argument = "never|info|warn|error",
     .kind = OPTION_WORD,
     .words = fail_words,
     AT(fail_on),
     .help = "end with 1 when something of this severity or above is new or open (default warn)"},
    {.name = "close",
     .argument = "ID",
     .kind = OPTION_TEXT,
     AT(close),
     .help = "take a finding off the list, with --why; nothing is compared"},
    {.name = "reopen",
     .argument = "ID",
     .kind = OPTION_TEXT,
     AT(reopen),
     .help = "put one back on the list that was closed; nothing is compared"},
    {.name = "assign",
     .argument = "ID=OWNER",
     .kind = OPTION_TEXT,
     AT(assign),
     .help = "say who looks after a finding; nothing is compared"},
    {.name = "why",
     .argument = "TEXT",
     .kind = OPTION_TEXT,
     AT(why),
     .help = "the reason, for --close and --reopen"},
    OPTIONS_FOLDER,
    OPTIONS_COMMON,
};

static const char *(*const libraries[])(void) = {ledger_library, NULL};

static const struct tool tool = {
    .name = "reconcile",
    .operands = "",
    .purpose =
        "Holds the documents of a ledger against each other, against what systems say of themselves, and "
        "against the clock; says what does not agree, since when, and what to do about it.",
    .rows = rows,
    .n_rows = sizeof(rows) / sizeof(rows[0]),
    .notes = "With -q nothing is printed when nothing is new or open.",
    .statuses = {"nothing of the severity of --fail-on is new or open", "something is", STATUS_MISUSED,
                 STATUS_FAILED, "compared, but an input is missing or too old to be trusted"},
    .see_also = "reconcile(1), reconcile-codes(7), order-trace(1), crossdock-partner(5), crossdock-ledger(5)",
    .libraries = libraries,
    .explain = rule_explain,
};

/* --- what people decide */

static struct bytes who(char room[64])
{
    struct passwd *user = getpwuid(getuid());

    (void)snprintf(room, 64, "%.63s", user != NULL ? user->pw_name : "somebody");
    return bytes_of(room);
}

static void decide(struct ledger *ledger, const struct reconcile_settings *settings)
{
    struct bytes why = bytes_of(settings->why), id = bytes_of(settings->assign), owner;
    char room[64];
    bool good = true;

    if (settings->close != NULL)
        good = mismatch_decide(ledger, bytes_of(settings->close), MISMATCH_WAIVE, who(room), why);
    if (good && settings->reopen != NULL)
        good = mismatch_decide(ledger, bytes_of(settings->reopen), MISMATCH_REOPEN, who(room), why);
    if (good && settings->assign != NULL) {
        owner = id;
        (void)bytes_split(&owner, '=', &id);
        (void)mismatch_decide(ledger, id, MISMATCH_ASSIGN, who(room), owner);
    }
}

/* --- comparing */

static pid_t apart(int (*work)(void *whom), void *whom)
{
    pid_t child = fork();

    if (child == 0)
        _exit(work(whom));
    return child;
}

static void show(const struct review *review, const struct reconcile_settings *settings,
                 struct report *report)
{
    struct output out;

    if (settings->common.quiet && review->worst == SEVERITY_OFF && review->inputs_good)
        return;
    if (!output_init(&out, STDOUT_FILENO, "standard output", report))
        return;
    if (settings->csv || settings->tsv)
        review_put_table(&out.sink, review, settings->tsv);
    else if (settings->json)
        review_put_json(&out.sink, review);
    else
        review_put_text(&out.sink, review, settings->common.verbose > 0);
    (void)output_finish(&out, report);
}

static int status_of(const struct review *review, const struct reconcile_settings *settings,
                     const struct report *report)
{
    int status = report_status(report);

    if (status == 2 || status == 3)
        return status;
    if (!review->inputs_good)
        return INCOMPLETE;
    if (settings->fail_on > 0 && review->worst >= (enum severity)settings->fail_on)
        return 1;
    return status;
}

static int reconcile(struct ledger *ledger, struct search *search, const struct schema *schema,
                     struct reconcile_settings *settings, struct report *report)
{
    struct review review;
    struct arena arena;
    int status;

    arena_init(&arena, ARENA_CHUNK, arena_ceiling);
    settings->review.jobs = (unsigned)settings->jobs;
    if ((settings->pages == NULL || review_make_folder(settings->pages, report)) &&
        review_run(&review, ledger, schema, search, &settings->review, &arena)) {
        if (settings->pages != NULL)
            (void)review_write_pages(&review, ledger, schema, settings->pages);
        show(&review, settings, report);
        status = status_of(&review, settings, report);
    } else {
        status = report_status(report);
    }
    arena_release(&arena);
    return status;
}

/* Whether a run is remembered. */
static bool writes(const struct reconcile_settings *settings)
{
    const struct review_settings *review = &settings->review;

    return settings->close != NULL || settings->assign != NULL || settings->reopen != NULL ||
           (review->partner == NULL && review->order == NULL && review->since == 0 && review->as_of == 0 &&
            review->all_rules);
}

static int open_and_run(struct search *search, struct reconcile_settings *settings, struct report *report)
{
    const char *folder = search_find_folder(search, "maps/canon");
    bool decides = settings->close != NULL || settings->assign != NULL || settings->reopen != NULL;
    struct schema *schema = NULL;
    struct ledger *ledger = NULL;
    char *why = NULL;
    int status = 0;

    if (folder == NULL)
        report_say(report, TECHNICAL_SCHEMA, NULL, "there is no maps/canon in %s",
                   search_folders_text(search));
    else if ((schema = schema_open(folder, &why)) == NULL)
        report_say(report, TECHNICAL_SCHEMA, folder, "%s", why != NULL ? why : "no memory");
    else if ((ledger = ledger_open(settings->ledger, writes(settings) ? LEDGER_WRITE : LEDGER_READ,
                                   report)) != NULL) {
        if (decides)
            decide(ledger, settings);
        else
            status = reconcile(ledger, search, schema, settings, report);
    }
    if (status == 0)
        status = report_status(report);
    free(why);
    ledger_close(ledger);
    schema_close(schema);
    return status;
}

/* --- the command line */

/* A date is its end. */
static bool take_time(const char *text, bool end, int64_t *out)
{
    if (!moment_parse(bytes_of(text), &zone_utc, out))
        return false;
    if (end && strlen(text) == DATE_TEXT)
        *out += 24 * 3600 - 1;
    return true;
}

static bool are_good(struct reconcile_settings *settings, int n_operands, struct report *report)
{
    bool decides = settings->close != NULL || settings->assign != NULL || settings->reopen != NULL;

    if (settings->ledger == NULL)
        settings->ledger = getenv("CROSSDOCK_LEDGER");
    if (settings->ledger == NULL || settings->ledger[0] == '\0')
        options_complain(&tool, report, USAGE_MISSING, "-l FILE, or CROSSDOCK_LEDGER: which ledger");
    else if (n_operands > 0)
        options_complain(&tool, report, USAGE_VALUE, "there are no operands");
    else if (settings->csv + settings->tsv + settings->json > 1)
        options_complain(&tool, report, USAGE_TOGETHER,
                         "--csv, --tsv and --json want the same standard output");
    else if (settings->close != NULL && settings->why == NULL)
        options_complain(&tool, report, USAGE_MISSING, "--why TEXT: the reason to close it");
    else if (settings->assign != NULL &&
             (strchr(settings->assign, '=') == NULL || strchr(settings->assign, '=')[1] == '\0' ||
              settings->assign[0] == '='))
        options_complain(&tool, report, USAGE_VALUE, "--assign ID=OWNER: who looks after which");
    else if (settings->why != NULL && !decides)
        options_complain(&tool, report, USAGE_TOGETHER, "--why goes with --close or --reopen");
    else if (settings->as_of != NULL && !take_time(settings->as_of, true, &settings->review.as_of))
        options_complain(&tool, report, USAGE_VALUE,
                         "--as-of: a date YYYY-MM-DD, or with a time behind it: 2026-11-30T18:00:00Z");
    else if (settings->since != NULL && !take_time(settings->since, false, &settings->review.since))
        options_complain(&tool, report, USAGE_VALUE,
                         "--since: a date YYYY-MM-DD, or with a time behind it: 2026-11-30T18:00:00Z");
    else
        return true;
    return false;
}

int main(int argc, char **argv)
{
    struct reconcile_settings settings = {.fail_on = SEVERITY_WARN,
                                          .review = {.apart = apart, .all_rules = true}};
    struct report report;
    struct search search;
    int first, status = -1;

    process_begin();
    report_init(&report, tool.name);
    output_report(&report);
    options_default(&settings.common);
    if (options_parse(&tool, &settings, argc, argv, &report, &first) == OPTIONS_GO &&
        are_good(&settings, argc - first, &report)) {
        if (!search_init(&search, settings.common.folder)) {
            report_say(&report, TECHNICAL_MEMORY, NULL, "at the start");
        } else {
            status = open_and_run(&search, &settings, &report);
            search_release(&search);
        }
    }
    report_close(&report);
    if (status < 0)
        status = report_status(&report);
    report_release(&report);
    return status;
}
