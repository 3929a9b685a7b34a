#include "ledger/number.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/utf8.h"
#include "ledger/event.h"
#include "ledger/lookup.h"
#include "ledger/sql.h"

static bool refuse(struct ledger *ledger, struct bytes series, const char *what)
{
    struct finding finding = {
        .complaint = LEDGER_NUMBERS, .place = {.file = ledger_path(ledger)}, .detail = what, .value = series};

    if (!ledger_failed(ledger))
        report_add(ledger_report(ledger), &finding);
    return false;
}

static bool name_is_good(struct bytes series)
{
    for (size_t i = 0; i < series.len; i++)
        if ((unsigned char)series.at[i] < 0x20 || series.at[i] == 0x7F)
            return false;
    return series.len > 0 && series.len <= NUMBER_NAME && utf8_valid(series.at, series.len);
}

static uint64_t last_of(struct ledger *ledger, struct bytes series)
{
    static const char select[] = "SELECT last FROM series WHERE name = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, series);
    return (uint64_t)sql_answer(ledger, statement, 0);
}

static bool put(struct ledger *ledger, struct bytes series, uint64_t last)
{
    static const char upsert[] = "INSERT INTO series(name, last, changed_at) VALUES(?1, ?2, ?3)"
                                 " ON CONFLICT DO UPDATE SET last = ?2, changed_at = ?3";
    sqlite3_stmt *statement = sql_begin(ledger, upsert);
    char now[24];

    sql_text(statement, 1, series);
    sql_number(statement, 2, (int64_t)last);
    sql_text(statement, 3, sql_now(now));
    return sql_run(ledger, statement);
}

bool number_next(struct ledger *ledger, struct bytes series, uint64_t count, uint64_t *first)
{
    uint64_t last;

    if (!name_is_good(series))
        return refuse(ledger, series, "a name has 1 to 200 bytes, and no control characters");
    last = last_of(ledger, series);
    if (count == 0 || count > NUMBER_MOST || last > NUMBER_MOST - count)
        return refuse(ledger, series, "it is at its end, 999999999; reset it");
    *first = last + 1;
    return put(ledger, series, last + count);
}

bool number_reset(struct ledger *ledger, struct bytes series, uint64_t next, struct bytes reason)
{
    char text[NUMBER_NAME + 128];
    int len;

    if (!name_is_good(series))
        return refuse(ledger, series, "a name has 1 to 200 bytes, and no control characters");
    if (next == 0 || next > NUMBER_MOST)
        return refuse(ledger, series, "numbers go from 1 to 999999999");
    len = snprintf(text, sizeof(text), "%.*s: from %" PRIu64 " to %" PRIu64 "%s", BYTES_ARG(series),
                   last_of(ledger, series), next - 1, reason.len > 0 ? ": " : "");
    return put(ledger, series, next - 1) &&
           event_add(ledger,
                     &(struct event){.what = "numbers reset", .text = {text, (size_t)len}, .more = reason});
}

void number_list(struct ledger *ledger, struct canon_sink *out)
{
    static const char select[] = "SELECT name, last, changed_at FROM series ORDER BY name";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    while (sql_row(ledger, statement))
        lookup_put_row(out, statement, 3);
}
