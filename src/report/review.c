#include "report/review.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/hash.h"
#include "ledger/timeline.h"
#include "report/compare_system.h"
#include "report/review_look.h"
#include "report/review_made.h"

enum { SETTINGS_CEILING = 1024 * 1024, SECONDS_A_DAY = 86400 };

const char *const review_state_names[REVIEW_STATES] = {
    [REVIEW_NEW] = "new",       [REVIEW_OPEN] = "open",       [REVIEW_TOLERATED] = "tolerated",
    [REVIEW_WAIVED] = "waived", [REVIEW_CLEARED] = "cleared",
};

/* --- what the run is set to: another one looks at everything again */

struct digest {
    struct sha256 *hash;
    struct arena *arena;
};

static bool add_file(void *to, const char *path, const char *name)
{
    struct digest *digest = to;
    struct bytes whole;

    sha256_add(digest->hash, name, strlen(name) + 1);
    arena_reset(digest->arena);
    if (file_read_whole(path, SETTINGS_CEILING, digest->arena, &whole, NULL) == 0)
        sha256_add(digest->hash, whole.at, whole.len);
    return true;
}

static struct bytes digest_settings(struct compare *compare)
{
    struct digest digest = {sha256_open(), &compare->scratch};
    const char *path = search_find(compare->search, "reconcile.yaml");
    char hex[65] = "";

    if (digest.hash == NULL)
        return (struct bytes){NULL, 0};
    sha256_begin(digest.hash);
    for (enum rule rule = 0; rule < RULES; rule++)
        sha256_add(digest.hash, rule_info(rule)->code, strlen(rule_info(rule)->code) + 1);
    if (path != NULL)
        (void)add_file(&digest, path, "reconcile.yaml");
    (void)search_each(compare->search, "partners", ".yaml", add_file, &digest);
    sha256_hex(digest.hash, hex);
    sha256_close(digest.hash);
    return arena_copy(compare->arena, bytes_of(hex));
}

/* --- which orders are looked at */

struct numbers {
    struct arena *arena;
    struct bytes *at; /* allocated */
    size_t n, room;
};

static bool add_number(void *to, struct bytes number)
{
    struct numbers *numbers = to;

    if (numbers->n == numbers->room) {
        size_t room = numbers->room == 0 ? 256 : numbers->room * 2;
        struct bytes *more = realloc(numbers->at, room * sizeof(*more));

        if (more == NULL)
            return false;
        numbers->at = more;
        numbers->room = room;
    }
    numbers->at[numbers->n] = arena_copy(numbers->arena, number);
    return numbers->at[numbers->n++].at != NULL;
}

static int by_number(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

static void sort_numbers(struct numbers *numbers)
{
    size_t n = 0;

    if (numbers->n > 1)
        qsort(numbers->at, numbers->n, sizeof(*numbers->at), by_number);
    for (size_t i = 0; i < numbers->n; i++)
        if (n == 0 || !bytes_equal(numbers->at[n - 1], numbers->at[i]))
            numbers->at[n++] = numbers->at[i];
    numbers->n = n;
}

/* What is compared beside orders; in the order of the scopes. */
static const struct part {
    const char *scope;
    bool (*look)(struct compare *compare);
} parts[] = {
    {"SYS-UNACC", compare_files}, {"CTL", compare_control},         {"ACK-OWED", compare_owed},
    {"ACK", compare_answers},     {"ACK-LATE", compare_unanswered}, {"STK", compare_stock},
    {"VOL", compare_volume},      {"EXC-OLD", compare_exceptions},
};
enum { PARTS = sizeof(parts) / sizeof(parts[0]) };

/* --- what is remembered */

static bool remember(struct compare *compare, struct survey *survey, const struct look *look, bool whole,
                     struct mismatch_run *run, struct review *review)
{
    bool good = mismatch_begin_run(compare->ledger, run);

    for (size_t i = 0; i < compare->n && good; i++)
        good = mismatch_see(compare->ledger, run, &compare->findings[i].mismatch,
                            compare->findings[i].tolerated);
    if (whole)
        good = good && mismatch_clear(compare->ledger, run, (struct bytes){NULL, 0}) &&
               survey_forget(compare->ledger);
    else
        for (size_t i = 0; i < PARTS && good; i++)
            good = mismatch_clear(compare->ledger, run, bytes_of(parts[i].scope));
    for (size_t i = 0; i < look->n && good; i++) {
        const struct look_wait *wait = &look->waits[i];
        char text[MOMENT_TEXT + 1];

        if (!whole)
            good = mismatch_clear(compare->ledger, run, wait->number);
        if (wait->wake != INT64_MAX)
            good = good && survey_wait(compare->ledger, wait->number, moment_print(wait->wake, text));
        else if (!whole)
            good = good && survey_wait(compare->ledger, wait->number, (struct bytes){NULL, 0});
    }
    return good && survey_keep(survey) && review_load(review, compare, run->run) &&
           mismatch_end_run(compare->ledger, run,
                            &(struct mismatch_totals){
                                .fresh = (int64_t)review->counts[REVIEW_NEW],
                                .open = (int64_t)review->counts[REVIEW_OPEN],
                                .cleared = (int64_t)review->counts[REVIEW_CLEARED],
                                .tolerated = (int64_t)review->counts[REVIEW_TOLERATED],
                                .waived = (int64_t)review->counts[REVIEW_WAIVED],
                                .verdict = bytes_of(review->verdict),
                                .at_risk = bytes_of(review_risk_text(review)),
                            });
}

/* --- the run */

static bool is_all(const struct review_settings *settings)
{
    return settings->as_of == 0 && settings->partner == NULL && settings->order == NULL &&
           settings->since == 0 && settings->all_rules;
}

/* The numbers to look at, unless all are. */
static bool choose(struct compare *compare, struct survey *survey, const struct mismatch_run *last,
                   struct numbers *numbers)
{
    const struct review_settings *settings = compare->settings;
    struct systems before;

    if (settings->order != NULL)
        return add_number(numbers, bytes_of(settings->order));
    if (settings->since != 0) {
        static const char first[] = "SELECT ordinal - 1 FROM documents WHERE posted_at >= ?1"
                                    " ORDER BY ordinal LIMIT 1";
        char text[MOMENT_TEXT + 1];
        struct bytes since = moment_print(settings->since, text);
        struct query *query = query_ask(compare->ledger, first, &since, 1);
        struct survey_since from = {.document = INT64_MAX, .event = INT64_MAX, .at = since};

        if (query_row(compare->ledger, query))
            from.document = query_number(query, 0);
        query_end(query);
        return survey_changed(survey, &from, add_number, numbers);
    }
    return survey_changed(survey, &(struct survey_since){last->document, last->event, last->at}, add_number,
                          numbers) &&
           survey_overdue(compare->ledger, compare->until, add_number, numbers) &&
           systems_load(compare, last->document, &before) &&
           systems_differ(&before, compare->systems, add_number, numbers);
}

/* As many processes as there are processors, four at most, unless it is said. */
static unsigned jobs_of(const struct review_settings *settings)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    if (settings->jobs > 0)
        return settings->jobs;
    return processors < 1 ? 1 : processors > 4 ? 4 : (unsigned)processors;
}

static bool look_at_orders(struct compare *compare, struct survey *survey, const struct mismatch_run *last,
                           bool whole, struct look *look)
{
    struct numbers numbers = {.arena = compare->arena};
    bool good;

    if (whole)
        return look_at_all_orders(look, survey, jobs_of(compare->settings));
    good = choose(compare, survey, last, &numbers);
    sort_numbers(&numbers);
    for (size_t i = 0; i < numbers.n && good; i++)
        good = survey_number(survey, numbers.at[i], look_at_group, look);
    free(numbers.at);
    return good;
}

static bool look_at_all(struct compare *compare, struct survey *survey, const struct mismatch_run *last,
                        bool whole, struct look *look)
{
    bool good = look_at_orders(compare, survey, last, whole, look);

    for (size_t i = 0; i < PARTS && good && compare->settings->order == NULL; i++) {
        arena_reset(&compare->scratch);
        compare->wake = INT64_MAX;
        good = parts[i].look(compare);
    }
    return good && !compare->failed && !ledger_failed(compare->ledger);
}

static bool run_with(struct review *review, struct compare *compare)
{
    const struct review_settings *settings = compare->settings;
    bool remembered = is_all(settings), whole, good;
    struct mismatch_run last, run;
    struct survey_time time = {compare->until, settings->as_of != 0};
    struct look look = {.compare = compare};
    struct systems systems;
    struct survey *survey;

    if (!mismatch_last_run(compare->ledger, compare->arena, &last) || !timeline_begin(compare->ledger))
        return false;
    run = (struct mismatch_run){.at = compare->until, .settings = digest_settings(compare)};
    whole = settings->order == NULL && settings->since == 0 &&
            (!remembered || settings->everything || last.run == 0 ||
             !bytes_equal(last.settings, run.settings));
    survey = survey_open(compare->ledger, &time, whole ? 0 : last.document);
    if (survey == NULL) {
        timeline_end(compare->ledger);
        return false;
    }
    run.document = survey_last_document(survey);
    run.event = survey_last_event(survey);
    look.every = !whole;
    compare->systems = &systems;
    good = run.settings.at != NULL && systems_load(compare, run.document, &systems) &&
           look_at_all(compare, survey, &last, whole, &look);
    timeline_end(compare->ledger);
    review->orders = compare->orders;
    if (good && remembered) {
        good = ledger_begin(compare->ledger);
        if (good && remember(compare, survey, &look, whole, &run, review)) {
            good = ledger_commit(compare->ledger);
        } else {
            ledger_rollback(compare->ledger);
            good = false;
        }
    } else if (good) {
        good = review_take(review, compare);
    }
    look_release(&look);
    survey_close(survey);
    good = good && review_tell_inputs(review, compare);
    compare->systems = NULL;
    return good;
}

/* --- what was asked for, so that a misspelt name is not taken for one of which everything agrees */

static bool has_any(struct compare *compare, const char *text, struct bytes value)
{
    struct query *query = query_ask(compare->ledger, text, &value, 1);
    bool any = query_row(compare->ledger, query);

    query_end(query);
    return any;
}

/* It has a file, or sent something once.  False: told. */
static bool is_partner(struct compare *compare, struct bytes partner)
{
    static const char select[] = "SELECT 1 FROM documents WHERE partner = ?1 LIMIT 1";

    if (search_name_is_good(partner) &&
        search_find(compare->search, compare_text(compare, "partners/%.*s.yaml", BYTES_ARG(partner))) != NULL)
        return true;
    return has_any(compare, select, partner) ||
           (!ledger_failed(compare->ledger) && partners_named(compare->partners, partner) != NULL);
}

static bool is_order(struct compare *compare, struct bytes number)
{
    static const char select[] = "SELECT 1 FROM document_keys WHERE value = ?1 LIMIT 1";

    if (has_any(compare, select, number) || ledger_failed(compare->ledger))
        return !ledger_failed(compare->ledger);
    report_add(ledger_report(compare->ledger),
               &(struct finding){.complaint = LEDGER_NOT_FOUND,
                                 .place = {.file = ledger_path(compare->ledger)},
                                 .value = number,
                                 .detail = "no document has this number",
                                 .consequence = "nothing was compared"});
    return false;
}

static bool is_there(struct compare *compare)
{
    const struct review_settings *settings = compare->settings;

    return (settings->partner == NULL || is_partner(compare, bytes_of(settings->partner))) &&
           (settings->order == NULL || is_order(compare, bytes_of(settings->order)));
}

/* --- partner files: what is wrong with one is told before anything is compared, not amid it */

static bool look_at_partner(void *whom, const char *path, const char *name)
{
    struct compare *compare = whom;

    (void)path;
    (void)compare_limits(compare, bytes_of(name));
    return !compare->arena->failed;
}

static bool look_at_partners(struct compare *compare)
{
    (void)search_each(compare->search, "partners", ".yaml", look_at_partner, compare);
    return !compare->failed;
}

bool review_run(struct review *review, struct ledger *ledger, const struct schema *schema,
                struct search *search, const struct review_settings *settings, struct arena *arena)
{
    struct timespec clock;
    struct compare compare;
    int64_t now = settings->as_of;
    bool good;

    if (now == 0) {
        clock_gettime(CLOCK_REALTIME, &clock);
        now = clock.tv_sec;
    }
    *review = (struct review){.arena = arena, .now = now, .verdict = "OK", .inputs_good = true};
    good = compare_open(&compare, ledger, schema, search, settings, arena, now);
    if (good) {
        review->at = compare.until;
        review->calendar = *limits_calendar(compare.all);
        good = is_there(&compare) && look_at_partners(&compare) && run_with(review, &compare);
    }
    if (arena->failed && !ledger_failed(ledger))
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, ledger_path(ledger),
                   "more findings than can be held");
    compare_close(&compare);
    return good && !arena->failed;
}
