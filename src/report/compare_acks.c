/* R3 and R4: what we sent, and what the partner answered (997, 999). */
#include "canon/read.h"
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

/* The document of ours behind a set number of a group; where there is none it is told by the set alone. */
static void name_document(struct compare *compare, struct said *said, struct bytes set,
                          struct bytes code)
{
    static const char select[] =
        "SELECT kind, number FROM sent_documents WHERE partner = ?1 AND group_control = ?2"
        " AND CAST(set_control AS INTEGER) = CAST(?3 AS INTEGER) AND group_code = ifnull(?4, group_code)"
        " ORDER BY sent DESC LIMIT 1";
    const struct bytes values[] = {said->partner, said->number, set, code};
    struct query *query = query_ask(compare->ledger, select, values, 4);

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
                         struct bytes group)
{
    for (const struct canon_object *at = trace_first(body, "messages"); at != NULL; at = at->next) {
        struct bytes status = trace_text(at, "message_status_code");
        bool rejected = bytes_are(status, "R") || bytes_are(status, "M") || bytes_are(status, "W") ||
                        bytes_are(status, "X");
        struct said said = sent_said(compare, rejected ? RULE_ACK_REJ : RULE_ACK_ERR, partner, group);

        if (!rejected && !bytes_are(status, "E"))
            continue;
        name_document(compare, &said, trace_text(at, "acked_message_control_number"),
                      trace_text(body, "acked_group_code"));
        said.expected = "accepted";
        said.found = errors_text(compare, at);
        said.text = rejected ? "the partner rejected it" : "the partner accepted it with errors";
        compare_say(compare, &said);
    }
}

/* One answer of a group; `nth`: of those to the same group. */
static void see_answer(struct compare *compare, const struct canon_object *body, struct bytes partner,
                       struct bytes group, bool is_known, int64_t nth, bool may_know)
{
    struct bytes status = trace_text(body, "group_status_code");
    struct said said;

    if (!is_known && may_know) {
        said = sent_said(compare, RULE_ACK_ORPH, partner, group);
        said.expected = "a group that we sent";
        said.found = "none of this number";
        said.text = "an acknowledgment of something that we did not send";
        compare_say(compare, &said);
    }
    if (nth > 1) {
        said = sent_said(compare, RULE_ACK_DUP, partner, group);
        said.expected = "one acknowledgment";
        said.found = compare_text(compare, "%lld", (long long)nth);
        said.text = "another acknowledgment of the same group";
        compare_say(compare, &said);
    }
    if (bytes_are(status, "P")) {
        said = sent_said(compare, RULE_ACK_PART, partner, group);
        said.expected = compare_text(compare, "%.*s sets accepted",
                                     BYTES_ARG(trace_text(body, "messages_included")));
        said.found = compare_text(compare, "%.*s accepted", BYTES_ARG(trace_text(body, "messages_accepted")));
        said.text = "the group was accepted in part";
        compare_say(compare, &said);
    }
    see_messages(compare, body, partner, group);
    /* A group that is rejected without saying which sets. */
    if ((bytes_are(status, "R") || bytes_are(status, "E")) && trace_first(body, "messages") == NULL) {
        said = sent_said(compare, bytes_are(status, "R") ? RULE_ACK_REJ : RULE_ACK_ERR, partner, group);
        said.expected = "accepted";
        said.found = compare_text(compare, "%.*s", BYTES_ARG(status));
        said.text = bytes_are(status, "R") ? "the partner rejected the group"
                                           : "the partner accepted the group with errors";
        compare_say(compare, &said);
    }
}

bool compare_answers(struct compare *compare)
{
    /* Only since we keep what we send can it be said that something was not sent by us. */
    static const char select[] =
        "SELECT d.partner, k.value, r.line, EXISTS(SELECT 1 FROM sent_interchanges s WHERE s.partner = "
        "d.partner"
        "   AND CAST(s.group_control AS INTEGER) = CAST(k.value AS INTEGER)"
        "   AND s.group_code = ifnull(r.line ->> '$.acked_group_code', s.group_code)),"
        " (SELECT count(*) FROM document_keys o JOIN records p ON p.ordinal = o.ordinal WHERE o.value = "
        "k.value"
        "   AND o.name = k.name AND o.kind = k.kind AND o.partner = k.partner AND o.direction = 'in'"
        "   AND o.ordinal <= k.ordinal AND p.line ->> '$.acked_group_code' IS r.line ->> "
        "'$.acked_group_code'),"
        " EXISTS(SELECT 1 FROM sent_interchanges s WHERE s.partner = d.partner)"
        " FROM documents d JOIN document_keys k ON k.ordinal = d.ordinal"
        "  AND k.name = 'acked_group_control_number' JOIN records r ON r.ordinal = d.ordinal"
        " WHERE d.kind = 'functional_ack' AND d.direction = 'in' AND d.state = 'open' AND d.posted_at <= ?1"
        " ORDER BY d.ordinal";
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
        if (line.at != NULL && canon_read(&record, compare->schema, line, &compare->scratch, &error))
            see_answer(compare, record.body, partner, group, query_number(query, 3) != 0,
                       query_number(query, 4), query_number(query, 5) != 0);
    }
    query_end(query);
    return !ledger_failed(compare->ledger) && !compare->failed;
}

bool compare_unanswered(struct compare *compare)
{
    /* Acknowledgments are not acknowledged. */
    static const char select[] =
        "SELECT s.partner, s.group_control, s.set_code, s.set_count, s.sent_at, s.file FROM "
        "sent_interchanges s"
        " WHERE s.state = 'sent' AND s.group_control IS NOT NULL AND s.sent_at <= ?1"
        " AND s.set_code NOT IN ('997', '999') AND NOT EXISTS (SELECT 1 FROM document_keys k"
        "  JOIN documents d ON d.ordinal = k.ordinal JOIN records r ON r.ordinal = k.ordinal"
        "  WHERE k.value = s.group_control AND k.name = 'acked_group_control_number'"
        "  AND k.kind = 'functional_ack' AND k.partner = s.partner AND k.direction = 'in'"
        "  AND d.posted_at <= ?1 AND ifnull(r.line ->> '$.acked_group_code', s.group_code) = s.group_code)"
        " ORDER BY s.ordinal";
    static const char *const kinds[][2] = {
        {"850", "order"},    {"855", "order_ack"}, {"860", "order_change"},   {"856", "shipment"},
        {"945", "shipment"}, {"810", "invoice"},   {"940", "shipment_order"}, {"943", "shipment_order"}};
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    compare->scope = BYTES("ACK-LATE");
    while (query_row(compare->ledger, query)) {
        struct bytes partner, set, kind = {NULL, 0};
        const struct limit_value *limit;
        enum compare_due when;
        struct said said;
        int64_t sent;

        arena_reset(&compare->scratch);
        partner = query_text(query, 0);
        set = query_text(query, 2);
        for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
            if (bytes_are(set, kinds[i][0]))
                kind = bytes_of(kinds[i][1]);
        limit = compare_limit(compare, partner, RULE_ACK_LATE, kind, (struct bytes){NULL, 0});
        if (limit->none || !moment_parse(query_text(query, 4), &zone_utc, &sent))
            continue;
        said = sent_said(compare, RULE_ACK_LATE, partner, query_text(query, 1));
        said.due = compare_after(compare, partner, sent, limit);
        when = compare_due(compare, partner, said.due, limit);
        if (when == COMPARE_EARLY)
            continue;
        said.severity = when == COMPARE_SOON ? SEVERITY_WARN : SEVERITY_OFF;
        said.document = kind.at != NULL ? kind : BYTES("functional_ack");
        said.item = bytes_of(compare_text(compare, "GS %.*s, %.*s", BYTES_ARG(said.number), BYTES_ARG(set)));
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
