/* R3 and R4: what we sent, and what the partner answered (997, 999). */
#include "canon/read.h"
#include "ledger/acknowledgment.h"
#include "report/compare.h"

/* A document that was sent, as the answer names it. */
static struct said sent_said(struct compare *compare, enum rule rule, struct bytes partner,
                             struct bytes group)
{
    return (struct said){.rule = rule,
                         .partner = arena_copy(&compare->scratch, partner),
                         .document = BYTES("functional_ack"),
                         .number = arena_copy(&compare->scratch, group)};
}

/* Of a group that we sent: how many of its sets (or of one, by its number) wait to be sent anew. */
static int64_t count_unmended(struct compare *compare, int64_t sent, struct bytes set)
{
    static const char select[] =
        "SELECT count(*) FROM sent_documents t WHERE t.sent = CAST(?1 AS INTEGER)"
        " AND (?2 IS NULL OR CAST(t.set_control AS INTEGER) = CAST(?2 AS INTEGER))"
        " AND (?2 IS NOT NULL OR t.ack = 'rejected')"
        " AND NOT EXISTS(SELECT 1 FROM sent_documents l WHERE l.ordinal = t.ordinal AND l.partner = t.partner"
        "  AND l.sent > t.sent AND l.sent_at <= ?3)";
    const struct bytes values[] = {bytes_of(compare_text(compare, "%lld", (long long)sent)), set,
                                   compare->until};
    struct query *query = query_ask(compare->ledger, select, values, 3);
    int64_t count = query_row(compare->ledger, query) ? query_number(query, 0) : 1;

    query_end(query);
    return count;
}

/* The document of ours behind a set number of a group; where there is none it is told by the set alone. */
static void name_document(struct compare *compare, struct said *said, int64_t sent, struct bytes set)
{
    static const char select[] = "SELECT kind, number FROM sent_documents WHERE sent = CAST(?1 AS INTEGER)"
                                 " AND CAST(set_control AS INTEGER) = CAST(?2 AS INTEGER)";
    const struct bytes values[] = {bytes_of(compare_text(compare, "%lld", (long long)sent)), set};
    struct query *query = query_ask(compare->ledger, select, values, 2);

    if (query_row(compare->ledger, query)) {
        said->document = arena_copy(&compare->scratch, query_text(query, 0));
        said->item = bytes_of(
            compare_text(compare, "GS %.*s ST %.*s", BYTES_ARG(said->number), BYTES_ARG(set)));
        said->number = arena_copy(&compare->scratch, query_text(query, 1));
    } else {
        said->item = bytes_of(compare_text(compare, "ST %.*s", BYTES_ARG(set)));
    }
    query_end(query);
}

/* "AK5 R 5; IT1 at 9: element 4 is 4". */
static const char *errors_text(struct compare *compare, const struct canon_object *message)
{
    const struct canon_object *segment = trace_first(message, "errors"), *element;
    const char *text = compare_text(compare, "%.*s", BYTES_ARG(trace_text(message, "message_status_code")));

    if (segment == NULL)
        return text;
    text = compare_text(compare, "%s, %.*s at %.*s", text, BYTES_ARG(trace_text(segment, "segment_id")),
                        BYTES_ARG(trace_text(segment, "segment_position")));
    element = trace_first(segment, "elements");
    if (element != NULL)
        text = compare_text(compare, "%s: element %.*s, error %.*s", text,
                            BYTES_ARG(trace_text(element, "element_position")),
                            BYTES_ARG(trace_text(element, "element_error_code")));
    return text;
}

static void see_messages(struct compare *compare, const struct canon_object *body, struct bytes partner,
                         struct bytes group, int64_t sent)
{
    for (const struct canon_object *at = trace_first(body, "messages"); at != NULL; at = at->next) {
        struct bytes set = trace_text(at, "acked_message_control_number");
        const char *verdict = acknowledgment_verdict(trace_text(at, "message_status_code"));
        bool rejected = verdict != NULL && strcmp(verdict, "rejected") == 0;
        struct said said = sent_said(compare, rejected ? RULE_ACK_REJ : RULE_ACK_ERR, partner, group);

        if (!rejected && (verdict == NULL || strcmp(verdict, "errors") != 0))
            continue;
        if (sent != 0 && count_unmended(compare, sent, set) == 0)
            continue;
        name_document(compare, &said, sent, set);
        said.expected = "accepted";
        said.found = errors_text(compare, at);
        said.text = rejected ? "the partner rejected it" : "the partner accepted it with errors";
        compare_say(compare, &said);
    }
}

/* What an answer says of a group. */
static void see_verdict(struct compare *compare, const struct canon_object *body, struct bytes partner,
                        struct bytes group, int64_t sent)
{
    struct bytes status = trace_text(body, "group_status_code");
    const char *verdict = acknowledgment_verdict(status);
    bool rejected = verdict != NULL && strcmp(verdict, "rejected") == 0;
    struct said said;

    see_messages(compare, body, partner, group, sent);
    if (verdict == NULL || strcmp(verdict, "accepted") == 0)
        return;
    if (strcmp(verdict, "errors") != 0 && sent != 0 &&
        count_unmended(compare, sent, (struct bytes){NULL, 0}) == 0)
        return;
    if (strcmp(verdict, "partly") == 0) {
        said = sent_said(compare, RULE_ACK_PART, partner, group);
        said.expected = compare_text(compare, "%.*s sets accepted",
                                     BYTES_ARG(trace_text(body, "messages_included")));
        said.found = compare_text(compare, "%.*s accepted", BYTES_ARG(trace_text(body, "messages_accepted")));
        said.text = "the group was accepted in part";
        compare_say(compare, &said);
    } else if (trace_first(body, "messages") == NULL) {
        /* Without saying which sets. */
        said = sent_said(compare, rejected ? RULE_ACK_REJ : RULE_ACK_ERR, partner, group);
        said.expected = "accepted";
        said.found = compare_text(compare, "%.*s", BYTES_ARG(status));
        said.text = rejected ? "the partner rejected the group"
                             : "the partner accepted the group with errors";
        compare_say(compare, &said);
    }
}

/* One that answers nothing, or what was answered before. */
static void see_odd(struct compare *compare, enum rule rule, struct bytes partner, struct bytes group,
                    int64_t nth)
{
    struct said said = sent_said(compare, rule, partner, group);

    if (rule == RULE_ACK_ORPH) {
        said.expected = "a group that we sent";
        said.found = "none of this number";
        said.text = "an acknowledgment of something that we did not send";
    } else {
        said.expected = "one acknowledgment";
        said.found = compare_text(compare, "%lld", (long long)nth);
        said.text = "another acknowledgment of the same group";
    }
    compare_say(compare, &said);
}

bool compare_answers(struct compare *compare)
{
    /* What it answers is the ledger's to say.  Only since we keep what we send can it be said that something
     * was not sent by us. */
    static const char select[] =
        "SELECT a.partner, ifnull(r.line ->> '$.acked_group_control_number', a.what), r.line, a.sent,"
        " a.outcome,"
        " a.outcome = 'orphan' AND EXISTS(SELECT 1 FROM sent_interchanges s WHERE s.partner = a.partner),"
        " row_number() OVER (PARTITION BY a.partner, a.what ORDER BY a.ordinal)"
        " FROM acks_received a JOIN documents d ON d.id = a.id JOIN records r ON r.ordinal = d.ordinal"
        " WHERE d.state = 'open' AND a.at <= ?1 ORDER BY a.ordinal";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    compare->scope = BYTES("ACK");
    while (query_row(compare->ledger, query)) {
        struct canon_record record;
        struct canon_read_error error;
        struct bytes line, partner, group;

        arena_reset(&compare->scratch);
        partner = arena_copy(&compare->scratch, query_text(query, 0));
        group = arena_copy(&compare->scratch, query_text(query, 1));
        line = arena_copy(&compare->scratch, query_text(query, 2));
        if (query_number(query, 5) != 0)
            see_odd(compare, RULE_ACK_ORPH, partner, group, 1);
        if (bytes_are(query_text(query, 4), "duplicate"))
            see_odd(compare, RULE_ACK_DUP, partner, group, query_number(query, 6));
        else if (line.at != NULL && canon_read(&record, compare->schema, line, &compare->scratch, &error))
            see_verdict(compare, record.body, partner, group, query_number(query, 3));
    }
    query_end(query);
    return !ledger_failed(compare->ledger) && !compare->failed;
}

bool compare_unanswered(struct compare *compare)
{
    /* What is waited for, and until when, was written down when it was sent. */
    static const char select[] =
        "SELECT s.partner, ifnull(s.group_control, s.interchange), s.set_code, s.set_count, s.sent_at,"
        " s.file, s.due_at, (SELECT t.kind FROM sent_documents t WHERE t.sent = s.ordinal LIMIT 1),"
        " s.ack IS NULL OR s.ack <> 'due' AND s.acked_at <= ?1"
        " FROM sent_interchanges s WHERE s.state = 'sent' AND s.sent_at <= ?1 AND s.due_at IS NOT NULL"
        " AND (s.ack = 'due' OR s.ta1 = 'due' OR s.acked_at > ?1) ORDER BY s.ordinal";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    compare->scope = BYTES("ACK-LATE");
    while (query_row(compare->ledger, query)) {
        struct bytes partner, set, kind;
        const struct limit_value *limit;
        enum compare_due when;
        struct said said;
        int64_t sent;

        arena_reset(&compare->scratch);
        partner = query_text(query, 0);
        set = query_text(query, 2);
        kind = query_text(query, 7);
        limit = compare_limit(compare, partner, RULE_ACK_LATE, kind, (struct bytes){NULL, 0});
        if (limit->none || !moment_parse(query_text(query, 4), &zone_utc, &sent))
            continue;
        said = sent_said(compare, RULE_ACK_LATE, partner, query_text(query, 1));
        if (!moment_parse(query_text(query, 6), &zone_utc, &said.due))
            continue;
        when = compare_due(compare, partner, said.due, limit);
        if (when == COMPARE_EARLY)
            continue;
        said.severity = when == COMPARE_SOON ? SEVERITY_WARN : SEVERITY_OFF;
        said.document = kind.at != NULL ? arena_copy(&compare->scratch, kind) : BYTES("functional_ack");
        said.item = bytes_of(compare_text(compare, "%s %.*s, %.*s",
                                          query_number(query, 8) != 0 ? "ISA" : "GS", BYTES_ARG(said.number),
                                          BYTES_ARG(set)));
        said.expected = compare_text(compare, "acknowledged by %s",
                                     compare_local(compare, partner, said.due));
        said.found = compare_text(compare, "%lld sets sent %s in %.*s", (long long)query_number(query, 3),
                                  compare_local(compare, partner, sent), BYTES_ARG(query_text(query, 5)));
        said.limit = limit;
        said.text = when == COMPARE_SOON ? "what we sent is not acknowledged yet"
                                         : "what we sent was not acknowledged";
        compare_say(compare, &said);
    }
    query_end(query);
    return !ledger_failed(compare->ledger) && !compare->failed;
}
