#include "ledger/gap.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/zone.h"
#include "ledger/event.h"
#include "ledger/gap_sql.h"
#include "ledger/lookup.h"
#include "ledger/number.h"
#include "ledger/policy.h"
#include "ledger/sql.h"

enum { CHUNK = 4096, CEILING = 1024 * 1024 };

struct query *gap_ask(struct ledger *ledger, struct bytes until)
{
#define CAME "numbers_used WHERE direction = 'in' AND what = 'ISA' AND at <= ?1"
    static const char select[] = "SELECT series, first, last, missing, partner FROM (" GAP_SQL(CAME)
        ") WHERE waived IS NULL ORDER BY series, first";
#undef CAME

    return query_ask(ledger, select, &until, 1);
}

uint64_t gap_list(struct ledger *ledger, struct canon_sink *out)
{
    static const char select[] = "SELECT series, first, last, missing, partner, since FROM number_gaps"
                                 " WHERE waived IS NULL ORDER BY series, first, since";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    uint64_t n = 0;

    for (; !out->failed && sql_row(ledger, statement); n++)
        lookup_put_row(out, statement, 6);
    sql_end(statement);
    return n;
}

/* --- waived */

static bool refuse(struct ledger *ledger, struct bytes series, const char *what)
{
    struct finding finding = {
        .complaint = LEDGER_NUMBERS, .place = {.file = ledger_path(ledger)}, .detail = what, .value = series};

    if (!ledger_failed(ledger))
        report_add(ledger_report(ledger), &finding);
    return false;
}

bool gap_waive(struct ledger *ledger, struct bytes series, uint64_t first, uint64_t last, struct bytes reason)
{
    static const char select[] =
        "SELECT last FROM number_gaps WHERE series = ?1 AND first = ?2 AND waived IS NULL";
    static const char insert[] = "INSERT INTO waiver(series, first, last, reason, at) VALUES(?, ?, ?, ?, ?)";
    char text[NUMBER_NAME + 96], now[24];
    sqlite3_stmt *statement = sql_begin(ledger, select);
    int64_t end;
    int len;

    sql_text(statement, 1, series);
    sql_number(statement, 2, (int64_t)first);
    end = sql_answer(ledger, statement, 0);
    if (end == 0)
        return refuse(ledger, series, "no gap begins with this number; canon-ledger numbers gaps lists them");
    if (last != 0 && (int64_t)last != end) {
        (void)snprintf(text, sizeof(text), "the gap ends with %" PRId64, end);
        return refuse(ledger, series, text);
    }
    statement = sql_begin(ledger, insert);
    sql_text(statement, 1, series);
    sql_number(statement, 2, (int64_t)first);
    sql_number(statement, 3, end);
    sql_text(statement, 4, reason);
    sql_text(statement, 5, sql_now(now));
    len = snprintf(text, sizeof(text), "%.*s: %" PRIu64 " to %" PRId64 ": ",
                   (int)(series.len < NUMBER_NAME ? series.len : NUMBER_NAME), series.at, first, end);
    return sql_run(ledger, statement) &&
           event_add(ledger,
                     &(struct event){.what = "numbers waived", .text = {text, (size_t)len}, .more = reason});
}

/* --- used again */

/* Seconds between two times of the ledger. */
static uint64_t between(struct bytes before, struct bytes after)
{
    int64_t a, b;

    return moment_parse(before, &zone_utc, &a) && moment_parse(after, &zone_utc, &b) && b > a
               ? (uint64_t)(b - a)
               : 0;
}

bool gap_list_reused(struct ledger *ledger, struct search *search, struct canon_sink *out, uint64_t *n)
{
    static const char select[] = "SELECT series, number, interchange, again, partner, at, again_at"
                                 " FROM numbers_reused ORDER BY series, number, again_at";
    sqlite3_stmt *statement = NULL;
    struct policies policies;
    struct arena arena;
    bool good = true;

    *n = 0;
    if (!policies_init(&policies, search, ledger_report(ledger)))
        return false;
    arena_init(&arena, CHUNK, CEILING);
    statement = sql_begin(ledger, select);
    while (good && !out->failed && sql_row(ledger, statement)) {
        const struct partner_duplicates *policy;

        arena_reset(&arena);
        policy = policies_find(&policies, sql_get_text(statement, 4), &arena);
        good = policy != NULL;
        if (good && (policy->window == 0 ||
                     between(sql_get_text(statement, 5), sql_get_text(statement, 6)) <= policy->window)) {
            lookup_put_row(out, statement, 7);
            ++*n;
        }
    }
    sql_end(statement);
    arena_release(&arena);
    policies_release(&policies);
    return good && !ledger_failed(ledger);
}
