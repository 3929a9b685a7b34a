#include "report/review_made.h"

#include "report/compare_system.h"
#include "report/review_control.h"
#include "report/review_risk.h"

#include <stdlib.h>

enum { MAX_SOURCES = 4096 };

const char *const review_age_names[REVIEW_AGES] = {"0-1 days", "2-3 days", "4-7 days", "8-30 days",
                                                   "more than 30 days"};

unsigned review_age(uint32_t days)
{
    return days <= 1 ? 0 : days <= 3 ? 1 : days <= 7 ? 2 : days <= 30 ? 3 : 4;
}

static bool grow(struct review *review)
{
    if ((review->n_findings & (review->n_findings - 1)) == 0) {
        size_t room = review->n_findings == 0 ? 16 : review->n_findings * 2;
        struct review_finding *more;

        if (review->n_findings != 0 && review->n_findings < 16)
            return true;
        more = arena_alloc(review->arena, room * sizeof(*more));
        if (more == NULL)
            return false;
        if (review->n_findings > 0)
            memcpy(more, review->findings, review->n_findings * sizeof(*more));
        review->findings = more;
    }
    return true;
}

static enum review_state state_of(struct bytes word)
{
    for (enum review_state state = 0; state < REVIEW_STATES; state++)
        if (bytes_are(word, review_state_names[state]))
            return state;
    return REVIEW_OPEN;
}

static bool add_finding(struct review *review, const struct mismatch *mismatch)
{
    struct review_finding *finding;
    int64_t first;

    if (!grow(review))
        return false;
    finding = &review->findings[review->n_findings++];
    *finding = (struct review_finding){.rule = rule_find(mismatch->field[MISMATCH_CODE]),
                                       .mismatch = *mismatch,
                                       .state = state_of(mismatch->field[MISMATCH_STATE])};
    if (finding->rule == RULES || !severity_parse(mismatch->field[MISMATCH_SEVERITY], &finding->severity))
        review->n_findings--;
    else if (moment_parse(mismatch->field[MISMATCH_FIRST], &zone_utc, &first))
        finding->age = calendar_age(&review->calendar, first, review->now);
    return true;
}

/* --- totals */

/* New, then open with the oldest first; within, by severity, code, partner, order, line. */
static int by_state(const void *a, const void *b)
{
    const struct review_finding *left = a, *right = b;
    static const enum mismatch_field fields[] = {MISMATCH_CODE, MISMATCH_PARTNER, MISMATCH_ORDER,
                                                 MISMATCH_LINE, MISMATCH_NUMBER,  MISMATCH_ID};

    if (left->state != right->state)
        return left->state < right->state ? -1 : 1;
    if (left->age != right->age)
        return left->age > right->age ? -1 : 1;
    if (left->severity != right->severity)
        return left->severity > right->severity ? -1 : 1;
    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        int order = bytes_compare(left->mismatch.field[fields[i]], right->mismatch.field[fields[i]]);

        if (order != 0)
            return order;
    }
    return 0;
}

static bool judge(struct review *review)
{
    static const char *const words[] = {"OK", "INFO", "WARN", "ERROR"};

    if (review->n_findings > 1)
        qsort(review->findings, review->n_findings, sizeof(*review->findings), by_state);
    for (size_t i = 0; i < review->n_findings; i++) {
        const struct review_finding *finding = &review->findings[i];

        review->counts[finding->state]++;
        if (finding->state != REVIEW_NEW && finding->state != REVIEW_OPEN)
            continue;
        if (finding->state == REVIEW_OPEN)
            review->by_age[review_age(finding->age)]++;
        if (finding->severity > review->worst)
            review->worst = finding->severity;
        review->unaccounted += finding->rule == RULE_SYS_UNACC;
    }
    review->verdict = words[review->worst];
    return review_add_risk(review);
}

struct loading {
    struct review *review;
    struct compare *compare;
};

static bool load_one(void *to, const struct mismatch *mismatch)
{
    struct loading *loading = to;
    struct mismatch copy = *mismatch;

    for (int i = 0; i < MISMATCH_FIELDS; i++)
        if (copy.field[i].at != NULL)
            copy.field[i] = arena_copy(loading->review->arena, copy.field[i]);
    return add_finding(loading->review, &copy);
}

bool review_load(struct review *review, struct compare *compare, int64_t run)
{
    struct loading loading = {review, compare};

    if (!mismatch_each(compare->ledger, run, load_one, &loading))
        return false;
    return judge(review);
}

static int by_id(const void *a, const void *b)
{
    const struct compare_finding *left = a, *right = b;

    return bytes_compare(left->mismatch.field[MISMATCH_ID], right->mismatch.field[MISMATCH_ID]);
}

bool review_take(struct review *review, struct compare *compare)
{
    if (compare->n > 1)
        qsort(compare->findings, compare->n, sizeof(*compare->findings), by_id);
    for (size_t i = 0; i < compare->n; i++) {
        struct compare_finding *finding = &compare->findings[i];
        struct bytes *state = &finding->mismatch.field[MISMATCH_STATE];

        if (i > 0 && by_id(finding, finding - 1) == 0)
            continue;
        if (!mismatch_past(compare->ledger, review->arena, compare->until, &finding->mismatch))
            return false;
        if (state->at == NULL || bytes_are(*state, "cleared") ||
            bytes_are(*state, "tolerated") != finding->tolerated)
            *state = finding->tolerated ? BYTES("tolerated") : BYTES("new");
        if (finding->mismatch.field[MISMATCH_FIRST].at == NULL)
            finding->mismatch.field[MISMATCH_FIRST] = compare->until;
        finding->mismatch.field[MISMATCH_LAST] = compare->until;
        if (!add_finding(review, &finding->mismatch))
            return false;
    }
    return judge(review);
}

/* --- inputs */

static struct review_source *add_source(struct review *review)
{
    if (review->n_sources == MAX_SOURCES)
        return NULL;
    if (review->sources == NULL)
        review->sources = arena_zalloc(review->arena, MAX_SOURCES, sizeof(*review->sources));
    return review->sources != NULL ? &review->sources[review->n_sources++] : NULL;
}

static bool tell_partners(struct review *review, struct compare *compare)
{
    /* Documents are numbered as they come, and counted in an index; those of a past day must be looked at. */
    static const char now[] =
        "SELECT p.partner, p.n, d.posted_at FROM (SELECT partner, count(*) AS n,"
        "  max(ordinal) AS newest FROM document_kinds WHERE +direction = 'in'"
        "  AND kind <> 'snapshot' GROUP BY partner) p"
        " JOIN document_kinds d ON d.ordinal = p.newest WHERE ?1 IS NOT NULL ORDER BY 1";
    static const char then[] =
        "SELECT partner, count(*), max(posted_at) FROM documents WHERE direction = 'in'"
        " AND kind <> 'snapshot' AND posted_at <= ?1 GROUP BY partner ORDER BY partner";
    struct query *query = query_ask(compare->ledger, compare->settings->as_of != 0 ? then : now,
                                    &compare->until, 1);

    while (query_row(compare->ledger, query)) {
        struct review_source *source = add_source(review);

        if (source == NULL)
            break;
        *source = (struct review_source){.what = "partner",
                                         .name = arena_copy(review->arena, query_text(query, 0)),
                                         .count = query_number(query, 1),
                                         .newest = arena_copy(review->arena, query_text(query, 2))};
    }
    query_end(query);
    return !ledger_failed(compare->ledger);
}

/* A file that broke off is an input that is not there. */
static bool tell_broken(struct review *review, struct compare *compare)
{
    static const char select[] = "SELECT name, posted_at, read_count FROM files"
                                 " WHERE NOT is_complete AND posted_at <= ?1 ORDER BY ordinal LIMIT 100";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    while (query_row(compare->ledger, query)) {
        struct review_source *source = add_source(review);

        if (source == NULL)
            break;
        *source = (struct review_source){.what = "file",
                                         .name = arena_copy(review->arena, query_text(query, 0)),
                                         .count = query_number(query, 2),
                                         .newest = arena_copy(review->arena, query_text(query, 1)),
                                         .is_old = true,
                                         .why = "it broke off half-way"};
    }
    query_end(query);
    return !ledger_failed(compare->ledger);
}

/* Views of systems: too old, or a part of them has not come. */
static void tell_systems(struct review *review, struct compare *compare)
{
    for (const struct system_view *view = compare->systems->views; view != NULL; view = view->next) {
        struct review_source *source = add_source(review);
        char text[MOMENT_TEXT + 1];

        if (source == NULL)
            break;
        *source = (struct review_source){
            .what = bytes_are(view->type, "stock") ? "stock of" : "orders of",
            .name = view->system,
            .count = view->count,
            .newest = arena_copy(review->arena, moment_print(view->moment, text)),
            .limit = limits_find(compare->all, LIMIT_SNAPSHOT_AGE, BYTES("snapshot"),
                                 (struct bytes){NULL, 0})};
        if (!view->is_whole) {
            source->is_old = true;
            source->limit = NULL;
            source->why = "parts of it have not come";
        } else if (!source->limit->none && review->now - view->moment > (int64_t)source->limit->seconds) {
            source->is_old = true;
            source->why = "older than it may be";
        }
    }
}

/* The last run of each day. */
static bool tell_days(struct review *review, struct compare *compare)
{
    static const char select[] =
        "SELECT substr(at, 1, 10), new_count, open_count, cleared_count FROM reviews WHERE ordinal IN"
        " (SELECT max(ordinal) FROM reviews WHERE at <= ?1 AND verdict IS NOT NULL GROUP BY substr(at, 1, "
        "10))"
        " ORDER BY ordinal DESC LIMIT 30";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    review->days = arena_zalloc(review->arena, REVIEW_DAYS, sizeof(*review->days));
    while (review->days != NULL && review->n_days < REVIEW_DAYS && query_row(compare->ledger, query))
        review->days[review->n_days++] = (struct review_day){arena_copy(review->arena, query_text(query, 0)),
                                                             query_number(query, 1), query_number(query, 2),
                                                             query_number(query, 3)};
    query_end(query);
    for (size_t i = 0; i < review->n_days / 2; i++) {
        struct review_day other = review->days[i];

        review->days[i] = review->days[review->n_days - 1 - i];
        review->days[review->n_days - 1 - i] = other;
    }
    return !ledger_failed(compare->ledger);
}

bool review_tell_inputs(struct review *review, struct compare *compare)
{
    bool good = tell_partners(review, compare) && tell_broken(review, compare) &&
                review_tell_controls(review, compare) && tell_days(review, compare);

    tell_systems(review, compare);
    for (size_t i = 0; i < review->n_sources; i++)
        review->inputs_good = review->inputs_good && !review->sources[i].is_old;
    return good && !review->arena->failed;
}

const char *review_risk_text(const struct review *review)
{
    const char *text = "";

    for (size_t i = 0; i < review->n_at_risk; i++) {
        char digits[DECIMAL_TEXT], grouped[2 * DECIMAL_TEXT];
        size_t len = decimal_print(review->at_risk[i].sum, digits), whole = 0, n = 0;

        while (whole < len && digits[whole] != '.')
            whole++;
        for (size_t j = 0; j < len; j++) {
            if (j > 0 && j < whole && (whole - j) % 3 == 0 && digits[j - 1] != '-')
                grouped[n++] = ',';
            grouped[n++] = digits[j];
        }
        text = arena_format(review->arena, "%s%s%.*s%s%.*s", text, i > 0 ? " + " : "", (int)n, grouped,
                            review->at_risk[i].currency.len > 0 ? " " : "",
                            BYTES_ARG(review->at_risk[i].currency));
        if (text == NULL)
            return "";
    }
    return text[0] != '\0' ? text : "0";
}
