/* R21: did as much come on the last whole day as comes on such a day? */
#include <stdlib.h>

#include "report/compare.h"

enum { WEEKS = 4, MAX_SERIES = 4096, DAY = 86400 };

/* How many documents of a kind a partner sent on that weekday, the last one first. */
struct series {
    struct bytes partner, kind;
    int64_t counts[WEEKS + 1];
};

struct volume {
    struct series *all;
    size_t n;
};

/* Documents are numbered as they were posted: the first of a moment is found by halving. */
static int64_t first_since(struct compare *compare, struct bytes moment, int64_t last)
{
    static const char select[] =
        "SELECT ordinal, posted_at FROM document_kinds WHERE ordinal >= CAST(?1 AS INTEGER)"
        " ORDER BY ordinal LIMIT 1";
    int64_t low = 1, high = last + 1;

    while (low < high && !ledger_failed(compare->ledger)) {
        int64_t middle = low + (high - low) / 2;
        const struct bytes value = bytes_of(compare_text(compare, "%lld", (long long)middle));
        struct query *query = query_ask(compare->ledger, select, &value, 1);

        if (!query_row(compare->ledger, query) || bytes_compare(query_text(query, 1), moment) >= 0)
            high = middle;
        else
            low = query_number(query, 0) + 1;
        query_end(query);
    }
    return low;
}

static struct series *series_of(struct compare *compare, struct volume *volume, struct bytes partner,
                                struct bytes kind)
{
    for (size_t i = 0; i < volume->n; i++)
        if (bytes_equal(volume->all[i].partner, partner) && bytes_equal(volume->all[i].kind, kind))
            return &volume->all[i];
    if (volume->n == MAX_SERIES)
        return NULL;
    volume->all[volume->n] = (struct series){.partner = arena_copy(compare->arena, partner),
                                             .kind = arena_copy(compare->arena, kind)};
    return &volume->all[volume->n++];
}

static bool count_day(struct compare *compare, struct volume *volume, int64_t begin, unsigned week,
                      int64_t last)
{
    static const char select[] = "SELECT partner, kind, count(*) FROM document_kinds WHERE +direction = 'in'"
                                 " AND kind NOT IN ('functional_ack', 'snapshot', 'reject')"
                                 " AND ordinal >= CAST(?1 AS INTEGER) AND ordinal < CAST(?2 AS INTEGER)"
                                 " GROUP BY partner, kind ORDER BY partner, kind";
    char from[MOMENT_TEXT + 1], until[MOMENT_TEXT + 1];
    const struct bytes values[] = {
        bytes_of(
            compare_text(compare, "%lld", (long long)first_since(compare, moment_print(begin, from), last))),
        bytes_of(compare_text(compare, "%lld",
                              (long long)first_since(compare, moment_print(begin + DAY, until), last)))};
    struct query *query = query_ask(compare->ledger, select, values, 2);

    while (query_row(compare->ledger, query)) {
        struct series *series = series_of(compare, volume, query_text(query, 0), query_text(query, 1));

        if (series != NULL)
            series->counts[week] = query_number(query, 2);
    }
    return !ledger_failed(compare->ledger);
}

static int by_count(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

static void judge(struct compare *compare, const struct series *series, struct bytes day)
{
    const struct limit_value *limit = compare_limit(compare, series->partner, RULE_VOL_LOW, series->kind,
                                                    (struct bytes){NULL, 0});
    int64_t sorted[WEEKS], came = series->counts[0], usual;
    bool always = true, holds;

    if (limit->none)
        return;
    memcpy(sorted, series->counts + 1, sizeof(sorted));
    qsort(sorted, WEEKS, sizeof(sorted[0]), by_count);
    always = sorted[0] > 0;
    /* Of four the second: one odd week changes nothing. */
    usual = sorted[1];
    holds = limit_holds(limit, decimal_of_count((uint64_t)usual), decimal_of_count((uint64_t)came));
    if (came == 0 ? !always : usual == 0 || holds)
        return;
    compare_say(compare, &(struct said){
                             .rule = came == 0      ? RULE_VOL_NONE
                                     : came < usual ? RULE_VOL_LOW
                                                    : RULE_VOL_HIGH,
                             .partner = series->partner,
                             .document = series->kind,
                             .number = day,
                             .expected = compare_text(compare, "about %lld", (long long)usual),
                             .found = compare_text(compare, "%lld", (long long)came),
                             .difference = compare_text(compare, "%lld", (long long)(came - usual)),
                             .limit = limit,
                             .text = came == 0      ? "nothing came, as it does on such a day"
                                     : came < usual ? "far less came than usual"
                                                    : "far more came than usual",
                         });
}

bool compare_volume(struct compare *compare)
{
    static const char newest[] = "SELECT max(ordinal) FROM document_kinds";
    const struct calendar *calendar = limits_calendar(compare->all);
    int32_t day = zone_day(&calendar->zone, compare->now) - 1;
    struct volume volume = {.all = arena_zalloc(compare->arena, MAX_SERIES, sizeof(*volume.all))};
    struct query *query = query_ask(compare->ledger, newest, NULL, 0);
    int64_t last = query_row(compare->ledger, query) ? query_number(query, 0) : 0;
    bool good = volume.all != NULL;
    char text[DATE_TEXT];

    query_end(query);
    compare->scope = BYTES("VOL");
    for (unsigned week = 0; week <= WEEKS && good; week++) {
        arena_reset(&compare->scratch);
        good = count_day(compare, &volume, zone_moment(&calendar->zone, day - 7 * (int32_t)week, 0), week,
                         last);
    }
    date_print_iso(date_of_days(day), text);
    for (size_t i = 0; i < volume.n && good; i++)
        judge(compare, &volume.all[i], (struct bytes){text, DATE_TEXT});
    return good && !ledger_failed(compare->ledger) && !compare->failed;
}
