/* R2 and R5: did every interchange of a sender come, once, and did we acknowledge it? */
#include <stdlib.h>

#include "ledger/gap.h"
#include "report/compare.h"

enum {
    RESET = 1000 /* so far back is no late arrival: see ledger/gap_sql.h */,
    MAX_TOLD = 100 /* gaps of a pair */
};

struct arrival {
    int64_t control;
    bool is_own; /* documents came in it for the first time */
    struct bytes file;
};

/* The interchanges of one sender to one receiver, in the order they came. */
struct pair {
    struct compare *compare;
    struct bytes sender, receiver, partner;
    struct arrival *all; /* allocated */
    size_t n, room;
    size_t begin; /* of those since the numbers began anew */
};

static struct said pair_said(struct pair *pair, enum rule rule, const char *number)
{
    return (struct said){.rule = rule,
                         .partner = pair->partner,
                         .document = BYTES("interchange"),
                         .number = bytes_of(number),
                         .item = bytes_of(compare_text(pair->compare, "%.*s to %.*s", BYTES_ARG(pair->sender),
                                                       BYTES_ARG(pair->receiver)))};
}

static int by_control(const void *a, const void *b)
{
    const struct arrival *left = a, *right = b;

    return (left->control > right->control) - (left->control < right->control);
}

/* What is there twice among those since the numbers began anew. */
static void see_run(struct pair *pair, size_t end)
{
    struct arrival *at = pair->all + pair->begin;
    size_t n = end - pair->begin;

    if (n > 1)
        qsort(at, n, sizeof(*at), by_control);
    for (size_t i = 1; i < n; i++) {
        bool other = at[i].is_own && at[i - 1].is_own;
        struct said said;

        if (at[i].control != at[i - 1].control)
            continue;
        said = pair_said(pair, other ? RULE_CTL_COLL : RULE_CTL_DUP,
                         compare_text(pair->compare, "%09lld", (long long)at[i].control));
        said.expected = compare_text(pair->compare, "once, in %.*s", BYTES_ARG(at[i - 1].file));
        said.found = compare_text(pair->compare, "again, in %.*s", BYTES_ARG(at[i].file));
        said.text = other ? "the control number came again with other documents"
                          : "the interchange came again";
        compare_say(pair->compare, &said);
    }
}

static void end_pair(struct pair *pair)
{
    int64_t before = 0;

    for (size_t i = 0; i < pair->n; i++) {
        int64_t control = pair->all[i].control;

        if (i > pair->begin && control + RESET < before) {
            struct said said = pair_said(pair, RULE_CTL_RESET,
                                         compare_text(pair->compare, "%09lld", (long long)control));

            said.expected = compare_text(pair->compare, "more than %09lld", (long long)before);
            said.found = compare_text(pair->compare, "%09lld", (long long)control);
            said.text = "control numbers began anew";
            compare_say(pair->compare, &said);
            see_run(pair, i);
            pair->begin = i;
        }
        before = control;
    }
    see_run(pair, pair->n);
    pair->n = pair->begin = 0;
    arena_reset(&pair->compare->scratch);
}

static bool add_arrival(struct pair *pair, struct query *query)
{
    uint64_t control;

    /* Numbers with letters in them are in no order. */
    if (!bytes_to_count(query_text(query, 2), 999999999, &control))
        return true;
    if (pair->n == pair->room) {
        size_t room = pair->room == 0 ? 256 : pair->room * 2;
        struct arrival *more = realloc(pair->all, room * sizeof(*more));

        if (more == NULL)
            return false;
        pair->all = more;
        pair->room = room;
    }
    pair->all[pair->n++] = (struct arrival){(int64_t)control, query_number(query, 3) != 0,
                                            arena_copy(&pair->compare->scratch, query_text(query, 4))};
    return true;
}

/* What is missing is the ledger's to say. */
static void see_gaps(struct compare *compare)
{
    struct query *query = gap_ask(compare->ledger, compare->until);
    struct bytes last = {NULL, 0};
    size_t told = 0;

    while (query_row(compare->ledger, query)) {
        struct bytes series = query_text(query, 0), word, sender;
        struct bytes partner = arena_copy(compare->arena, query_text(query, 4));
        const struct limit_value *limit = compare_limit(compare, partner, RULE_CTL_GAP, BYTES("interchange"),
                                                        (struct bytes){NULL, 0});
        int64_t missing = query_number(query, 3), next = query_number(query, 2) + 1;
        struct said said = {.rule = RULE_CTL_GAP, .partner = partner, .document = BYTES("interchange")};

        told = bytes_equal(series, last) ? told + 1 : 0;
        last = arena_copy(compare->arena, series);
        if (limit->none || told >= MAX_TOLD)
            continue;
        (void)bytes_split(&series, ' ', &word);
        (void)bytes_split(&series, ' ', &sender);
        said.number = bytes_of(compare_text(compare, "%09lld", (long long)next));
        said.item = bytes_of(compare_text(compare, "%.*s to %.*s", BYTES_ARG(sender), BYTES_ARG(series)));
        said.expected = compare_text(compare, "%09lld", (long long)query_number(query, 1));
        said.found = said.number.at;
        said.difference = compare_text(compare, "%lld missing", (long long)missing);
        said.limit = limit;
        said.tolerated = limit_holds(limit, decimal_of_count(0), decimal_of_count((uint64_t)missing));
        said.text = "control numbers are missing";
        compare_say(compare, &said);
    }
    query_end(query);
}

bool compare_control(struct compare *compare)
{
    static const char select[] = "SELECT sender, receiver, interchange, has_documents, file, partner"
                                 " FROM interchanges WHERE first_at <= ?1 AND direction = 'in'"
                                 " ORDER BY sender, receiver, ordinal";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);
    struct pair pair = {.compare = compare};
    bool good = true;

    compare->scope = BYTES("CTL");
    while (good && query_row(compare->ledger, query)) {
        struct bytes sender = query_text(query, 0), receiver = query_text(query, 1),
                     partner = query_text(query, 5);

        if (!bytes_equal(pair.sender, sender) || !bytes_equal(pair.receiver, receiver)) {
            end_pair(&pair);
            pair.sender = arena_copy(compare->arena, sender);
            pair.receiver = arena_copy(compare->arena, receiver);
            pair.partner = (struct bytes){NULL, 0};
        }
        if (pair.partner.len == 0 && partner.len > 0)
            pair.partner = arena_copy(compare->arena, partner);
        good = add_arrival(&pair, query);
    }
    query_end(query);
    end_pair(&pair);
    free(pair.all);
    see_gaps(compare);
    return good && !ledger_failed(compare->ledger) && !compare->failed;
}

/* --- R5 */

bool compare_owed(struct compare *compare)
{
    static const char select[] = "SELECT id, partner, number, since FROM acks_due WHERE due = 'owed'"
                                 " AND since <= ?1 ORDER BY partner, number";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    compare->scope = BYTES("ACK-OWED");
    while (query_row(compare->ledger, query)) {
        struct bytes partner = query_text(query, 1);
        const struct limit_value *limit = compare_limit(compare, partner, RULE_ACK_OWED,
                                                        BYTES("functional_ack"), (struct bytes){NULL, 0});
        enum compare_due when;
        int64_t since, due;

        arena_reset(&compare->scratch);
        if (limit->none || !moment_parse(query_text(query, 3), &zone_utc, &since))
            continue;
        due = compare_after(compare, partner, since, limit);
        when = compare_due(compare, partner, due, limit);
        if (when == COMPARE_EARLY)
            continue;
        compare_say(compare,
                    &(struct said){
                        .rule = RULE_ACK_OWED,
                        .severity = when == COMPARE_SOON ? SEVERITY_WARN : SEVERITY_OFF,
                        .partner = partner,
                        .document = BYTES("functional_ack"),
                        .number = query_text(query, 2),
                        .item = query_text(query, 0),
                        .expected = compare_text(compare, "sent by %s", compare_local(compare, partner, due)),
                        .found = "not sent",
                        .limit = limit,
                        .due = due,
                        .text = when == COMPARE_SOON ? "our acknowledgment is not sent yet"
                                                     : "our acknowledgment was not sent",
                    });
    }
    return !ledger_failed(compare->ledger) && !compare->failed;
}
