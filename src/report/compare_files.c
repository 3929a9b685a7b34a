/* R1 and R22: is every file accounted for, and did somebody look at what was put aside? */
#include "report/compare.h"

bool compare_files(struct compare *compare)
{
    /* What was held, rejected and refused is in the counts; a file that broke off says so. */
    static const char broken[] =
        "SELECT f.name, f.sha256, f.read_count, f.translated_count, f.held_count, f.rejected_count,"
        " f.duplicate_count, f.ignored_count, f.is_complete, f.posted_at, f.partner"
        " FROM files f WHERE f.posted_at <= ?1 AND (NOT f.is_complete OR f.read_count <> f.translated_count"
        "  + f.held_count + f.rejected_count + f.duplicate_count + f.ignored_count)"
        " ORDER BY f.ordinal";
    struct query *query = query_ask(compare->ledger, broken, &compare->until, 1);

    compare->scope = BYTES("SYS-UNACC");
    while (query_row(compare->ledger, query)) {
        int64_t read = query_number(query, 2), sum = 0;
        struct said said;

        for (unsigned i = 3; i < 8; i++)
            sum += query_number(query, i);
        said = (struct said){.rule = RULE_SYS_UNACC,
                             .partner = query_text(query, 10),
                             .document = BYTES("file"),
                             .number = query_text(query, 0),
                             .expected = "a file to its end",
                             .found = "none: it stops before, or could not be read on",
                             .text = "the file broke off half-way, and was not read to its end"};
        if (read != sum) {
            said.expected = compare_text(compare, "%lld read", (long long)read);
            said.found = compare_text(compare, "%lld accounted for", (long long)sum);
            said.difference = compare_text(compare, "%lld", (long long)(read - sum));
            said.text = "documents of the file are unaccounted for";
        }
        compare_say(compare, &said);
        arena_reset(&compare->scratch);
    }
    return !ledger_failed(compare->ledger) && !compare->failed;
}

bool compare_exceptions(struct compare *compare)
{
    static const char select[] = "SELECT cause, id, kind, partner, number, consumer, text, opened_at"
                                 " FROM open_exceptions WHERE opened_at <= ?1 ORDER BY exception";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    compare->scope = BYTES("EXC-OLD");
    while (query_row(compare->ledger, query)) {
        struct bytes partner = query_text(query, 3), number = query_text(query, 4), id = query_text(query, 1);
        const struct limit_value *limit = compare_limit(compare, partner, RULE_EXC_OLD, query_text(query, 2),
                                                        (struct bytes){NULL, 0});
        int64_t opened, due;
        enum compare_due when;

        arena_reset(&compare->scratch);
        if (limit->none || !moment_parse(query_text(query, 7), &zone_utc, &opened))
            continue;
        due = compare_after(compare, partner, opened, limit);
        when = compare_due(compare, partner, due, limit);
        if (when != COMPARE_EARLY)
            compare_say(
                compare,
                &(struct said){
                    .rule = RULE_EXC_OLD,
                    .severity = when == COMPARE_SOON ? SEVERITY_INFO : SEVERITY_OFF,
                    .partner = partner,
                    .document = query_text(query, 2),
                    .number = number.len > 0 ? number : id,
                    .item = id,
                    .expected = compare_text(compare, "closed by %s", compare_local(compare, partner, due)),
                    .found = compare_text(compare, "open since %s", compare_local(compare, partner, opened)),
                    .limit = limit,
                    .due = due,
                    .text = compare_text(compare, "%.*s: %.*s", BYTES_ARG(query_text(query, 0)),
                                         BYTES_ARG(query_text(query, 6))),
                });
    }
    return !ledger_failed(compare->ledger) && !compare->failed;
}
