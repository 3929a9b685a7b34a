#include "ledger/acknowledgment.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buffer.h"
#include "ledger/event.h"
#include "ledger/exception.h"
#include "ledger/lookup.h"
#include "ledger/sql.h"

enum { NUMBER_MOST = 999999999, TEXT_CEILING = 400, ERRORS_SHOWN = 5 };

/* What came, and what it is about. */
struct taking {
    struct ledger *ledger;
    const struct canon_record *record;
    int64_t document; /* the acknowledgment */
    struct place place;
    struct arena *arena;
    struct bytes kind;    /* 997 */
    struct bytes group;   /* GS01; at NULL: of a TA1 */
    uint64_t number;      /* GS06, or ISA13; 0: none */
    const char *of;       /* "IN 5101", for people */
    int64_t sent;         /* the row; 0: we never sent it */
    struct bytes verdict; /* that it has: "due", "accepted" ...; at NULL: none was expected */
};

static const struct canon_value *value_at(const struct canon_object *object, const char *name)
{
    const struct canon_field *field = canon_block_field(object->block, bytes_of(name));

    return field != NULL ? canon_get(object, field) : NULL;
}

static struct bytes text_at(const struct canon_object *object, const char *name)
{
    const struct canon_value *value = value_at(object, name);

    return value != NULL && value->held == CANON_HELD_TEXT ? (struct bytes){value->text, value->len}
                                                           : (struct bytes){NULL, 0};
}

static const struct canon_object *list_at(const struct canon_object *object, const char *name)
{
    const struct canon_value *value = value_at(object, name);

    return value != NULL && value->held == CANON_HELD_LIST ? value->list->first : NULL;
}

const char *acknowledgment_verdict(struct bytes code)
{
    if (code.len != 1)
        return NULL;
    switch (code.at[0]) {
    case 'A': return "accepted";
    case 'E': return "errors";
    case 'P': return "partly";
    case 'R':
    case 'M':
    case 'W':
    case 'X': return "rejected";
    default: return NULL;
    }
}

static void tell(const struct taking *t, enum complaint complaint, enum severity severity, const char *detail,
                 const char *consequence)
{
    struct finding finding = {.complaint = complaint,
                              .severity = severity,
                              .place = t->place,
                              .detail = detail,
                              .consequence = consequence};

    report_add(ledger_report(t->ledger), &finding);
}

/* --- what was sent */

static bool is_ta1(const struct taking *t)
{
    return bytes_are(t->kind, "TA1");
}

static void find_sent(struct taking *t)
{
#define WHOSE                                                               \
    " AND ((sender = ?2 AND receiver = ?3) OR (partner = ?4 AND ?4 <> ''))" \
    " ORDER BY sender = ?2 AND receiver = ?3 DESC, sent_id DESC LIMIT 1"
    static const char by_group[] =
        "SELECT sent_id, ack FROM sent WHERE group_control = ?1 AND group_code = ?5" WHOSE;
    static const char by_interchange[] = "SELECT sent_id, ta1 FROM sent WHERE control = ?1" WHOSE;
#undef WHOSE
    const struct canon_source *source = &t->record->source;
    sqlite3_stmt *statement = sql_begin(t->ledger, is_ta1(t) ? by_interchange : by_group);

    sql_number(statement, 1, (int64_t)t->number);
    sql_text(statement, 2, source->receiver.at != NULL ? source->receiver : BYTES(""));
    sql_text(statement, 3, source->sender.at != NULL ? source->sender : BYTES(""));
    sql_text(statement, 4, t->record->partner.at != NULL ? t->record->partner : BYTES(""));
    if (!is_ta1(t))
        sql_text(statement, 5, t->group);
    if (sql_row(t->ledger, statement)) {
        struct bytes verdict = sql_get_text(statement, 1);

        t->sent = sql_get_number(statement, 0);
        t->verdict = verdict.at != NULL ? arena_copy(t->arena, verdict) : verdict;
    }
    sql_end(statement);
}

static void keep(const struct taking *t, const char *outcome)
{
    static const char insert[] =
        "INSERT INTO acknowledgment(document_id, kind, what, sent_id, outcome, is_late, at)"
        " VALUES(?1, ?2, ?3, nullif(?4, 0), ?5,"
        " ifnull((SELECT due_at < ?6 FROM sent WHERE sent_id = ?4), 0), ?6)";
    sqlite3_stmt *statement = sql_begin(t->ledger, insert);
    char now[24];

    sql_number(statement, 1, t->document);
    sql_text(statement, 2, t->kind);
    sql_text(statement, 3, bytes_of(t->of));
    sql_number(statement, 4, t->sent);
    sql_text(statement, 5, bytes_of(outcome));
    sql_text(statement, 6, sql_now(now));
    (void)sql_run(t->ledger, statement);
}

/* --- a set */

static void add_codes(struct buffer *text, const char *before, const struct canon_object *codes)
{
    for (; codes != NULL; codes = codes->next) {
        const struct canon_value *value = codes->first.count > 0 ? &codes->first.values[0] : NULL;

        if (value != NULL && value->held == CANON_HELD_TEXT)
            buffer_add_format(text, "%s%.*s", before, (int)value->len, value->text);
        before = ", ";
    }
}

/* "rejected in their 997 of IN 5101, set 0002: code 5; TDS at 21, element 1: code 6" */
static struct bytes reason_of(const struct taking *t, const struct canon_object *message, struct bytes set)
{
    struct buffer text;
    struct bytes reason;
    unsigned shown = 0;

    buffer_init(&text, 8 * TEXT_CEILING);
    buffer_add_format(&text, "rejected in their %.*s of %s", BYTES_ARG(t->kind), t->of);
    if (set.len > 0)
        buffer_add_format(&text, ", set %.*s", BYTES_ARG(set));
    if (message != NULL)
        add_codes(&text, ": code ", list_at(message, "message_error_codes"));
    for (const struct canon_object *error = message != NULL ? list_at(message, "errors") : NULL;
         error != NULL && shown < ERRORS_SHOWN; error = error->next, shown++) {
        struct bytes code = text_at(error, "segment_error_code");
        const struct canon_object *element = list_at(error, "elements");

        buffer_add_format(&text, "; %.*s at %.*s", BYTES_ARG(text_at(error, "segment_id")),
                          BYTES_ARG(text_at(error, "segment_position")));
        if (element == NULL && code.len > 0)
            buffer_add_format(&text, ": code %.*s", BYTES_ARG(code));
        for (; element != NULL; element = element->next)
            buffer_add_format(&text, ", element %.*s: code %.*s",
                              BYTES_ARG(text_at(element, "element_position")),
                              BYTES_ARG(text_at(element, "element_error_code")));
    }
    reason = buffer_view(&text);
    if (reason.len > TEXT_CEILING)
        for (reason.len = TEXT_CEILING;
             reason.len > 0 && ((unsigned char)reason.at[reason.len] & 0xC0) == 0x80;)
            reason.len--;
    reason = arena_copy(t->arena, reason);
    buffer_release(&text);
    return reason;
}

/* Whoever took it for the partner has it refused; 0: nobody did. */
static int64_t refuse_delivery(struct ledger *ledger, int64_t document)
{
    static const char select[] = "SELECT v.consumer_id FROM delivery v JOIN consumer c USING(consumer_id)"
                                 " WHERE v.document_id = ? AND c.direction = 'out' AND v.state <> 'refused'"
                                 " ORDER BY v.state = 'done' DESC, v.at DESC LIMIT 1";
    static const char update[] = "UPDATE delivery SET state = 'refused', owner = NULL, until = NULL"
                                 " WHERE consumer_id = ? AND document_id = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    int64_t consumer;

    sql_number(statement, 1, document);
    consumer = sql_answer(ledger, statement, 0);
    if (consumer == 0)
        return 0;
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, consumer);
    sql_number(statement, 2, document);
    (void)sql_run(ledger, statement);
    return consumer;
}

static void reject(const struct taking *t, int64_t document, struct bytes reason)
{
    int64_t consumer;

    if (document != 0) {
        consumer = refuse_delivery(t->ledger, document);
        (void)exception_open(t->ledger, &(struct exception){.document = document,
                                                            .consumer = consumer,
                                                            .cause = EXCEPTION_REFUSAL,
                                                            .text = reason});
        (void)event_add(t->ledger, &(struct event){.what = "rejected by the partner",
                                                   .document = document,
                                                   .consumer = consumer,
                                                   .text = reason});
    }
    tell(t, LEDGER_ACK_REJECTED, SEVERITY_OFF, arena_format(t->arena, "%.*s", BYTES_ARG(reason)),
         document != 0 ? NULL : "the ledger has no record of the document");
}

/* Sets the verdict of a set that has none yet.  False: there is no such set, or it has one. */
static bool judge(const struct taking *t, uint64_t ordinal, const char *verdict, struct bytes reason)
{
    static const char update[] =
        "UPDATE sent_set SET ack = ?3, ack_text = ?4, is_settled = max(is_settled, ?3 = 'rejected')"
        " WHERE sent_id = ?1 AND ordinal = ?2 AND (ack IS NULL OR ack = 'due')"
        " RETURNING ifnull(document_id, 0)";
    sqlite3_stmt *statement = sql_begin(t->ledger, update);
    bool rejected = strcmp(verdict, "rejected") == 0;
    int64_t document;

    sql_number(statement, 1, t->sent);
    sql_number(statement, 2, (int64_t)ordinal);
    sql_text(statement, 3, bytes_of(verdict));
    sql_text(statement, 4, rejected ? reason : (struct bytes){NULL, 0});
    document = sql_answer(t->ledger, statement, -1);
    if (document >= 0 && rejected)
        reject(t, document, reason);
    return document >= 0;
}

/* --- all of them */

/* What it says of each set; a set without an answer of its own has the group's. */
static void judge_named(const struct taking *t, const char *whole)
{
    const struct canon_object *message = list_at(t->record->body, "messages");

    for (; message != NULL && !ledger_failed(t->ledger); message = message->next) {
        struct bytes set = text_at(message, "acked_message_control_number");
        const char *verdict = acknowledgment_verdict(text_at(message, "message_status_code"));
        uint64_t ordinal;

        if (verdict == NULL)
            verdict = whole;
        if (!bytes_to_count(set, NUMBER_MOST, &ordinal) ||
            !judge(t, ordinal, verdict, reason_of(t, message, set)))
            tell(t, LEDGER_ACK_ORPHAN, SEVERITY_OFF,
                 arena_format(t->arena, "%.*s of %s: set %.*s", BYTES_ARG(t->kind), t->of, BYTES_ARG(set)),
                 "the other sets were matched");
    }
}

/* Those it does not name have the group's verdict, unless that is "partly". */
static void judge_others(const struct taking *t, const char *whole)
{
    static const char next[] = "SELECT min(ordinal) FROM sent_set WHERE sent_id = ?"
                               " AND (ack IS NULL OR ack = 'due')";

    while (strcmp(whole, "partly") != 0 && !ledger_failed(t->ledger)) {
        sqlite3_stmt *statement = sql_begin(t->ledger, next);
        int64_t ordinal;

        sql_number(statement, 1, t->sent);
        ordinal = sql_answer(t->ledger, statement, 0);
        if (ordinal == 0)
            break;
        (void)judge(t, (uint64_t)ordinal, whole, reason_of(t, NULL, (struct bytes){NULL, 0}));
    }
}

static void settle(const struct taking *t, const char *whole)
{
    static const char group[] = "UPDATE sent SET ack = ?2, acked_at = ?3 WHERE sent_id = ?1";
    static const char interchange[] =
        "UPDATE sent SET ta1 = ?2, ack = CASE WHEN ?2 = 'rejected' THEN ?2 ELSE ack END,"
        " acked_at = CASE WHEN ?2 = 'rejected' THEN ?3 ELSE acked_at END WHERE sent_id = ?1";
    sqlite3_stmt *statement = sql_begin(t->ledger, is_ta1(t) ? interchange : group);
    char now[24];

    sql_number(statement, 1, t->sent);
    sql_text(statement, 2, bytes_of(whole));
    sql_text(statement, 3, sql_now(now));
    (void)sql_run(t->ledger, statement);
}

/* Whether anything was sent to them by this ledger; who sends by other means gets answers all the same. */
static bool sends_to(const struct taking *t)
{
    static const char select[] = "SELECT EXISTS(SELECT 1 FROM sent WHERE sender = ? AND receiver = ?)";
    const struct canon_source *source = &t->record->source;
    sqlite3_stmt *statement = sql_begin(t->ledger, select);

    sql_text(statement, 1, source->receiver);
    sql_text(statement, 2, source->sender);
    return sql_answer(t->ledger, statement, 0) != 0;
}

static void match(struct taking *t, const char *whole, bool again)
{
    bool answered = t->verdict.at != NULL && !bytes_are(t->verdict, "due");

    if (t->sent == 0) {
        keep(t, again ? "duplicate" : "orphan");
        if (!again)
            tell(t, LEDGER_ACK_ORPHAN, sends_to(t) ? SEVERITY_OFF : SEVERITY_WARN,
                 arena_format(t->arena, "%.*s of %s", BYTES_ARG(t->kind), t->of), NULL);
        return;
    }
    if (again || answered) {
        keep(t, "duplicate");
        if (answered && !bytes_are(t->verdict, whole))
            tell(t, LEDGER_ACK_OTHER, SEVERITY_OFF,
                 arena_format(t->arena, "%.*s of %s: first it was %.*s, now %s", BYTES_ARG(t->kind), t->of,
                              BYTES_ARG(t->verdict), whole),
                 NULL);
        return;
    }
    keep(t, "matched");
    settle(t, whole);
    if (is_ta1(t)) {
        if (strcmp(whole, "rejected") == 0)
            judge_others(t, whole);
        return;
    }
    judge_named(t, whole);
    judge_others(t, whole);
}

bool acknowledgment_take(struct ledger *ledger, const struct canon_record *record, int64_t document,
                         bool again, const struct place *place, struct arena *arena)
{
    const struct canon_object *body = record->body;
    struct taking t = {.ledger = ledger,
                       .record = record,
                       .document = document,
                       .place = *place,
                       .arena = arena,
                       .kind = text_at(body, "ack_type_code")};
    struct bytes number;
    const char *whole;

    t.group = text_at(body, "acked_group_code");
    number = text_at(body, is_ta1(&t) ? "acked_interchange_control_number" : "acked_group_control_number");
    whole = acknowledgment_verdict(
        text_at(body, is_ta1(&t) ? "interchange_status_code" : "group_status_code"));
    /* Of files that are no X12, nothing was counted here. */
    if (!is_ta1(&t) && !bytes_are(t.kind, "997") && !bytes_are(t.kind, "999"))
        return !ledger_failed(ledger);
    t.of = arena_format(arena, "%.*s %.*s", BYTES_ARG(is_ta1(&t) ? BYTES("ISA") : t.group),
                        BYTES_ARG(number));
    if (t.of != NULL && bytes_to_count(number, NUMBER_MOST, &t.number) && t.number > 0 &&
        (is_ta1(&t) || t.group.at != NULL))
        find_sent(&t);
    match(&t, whole != NULL ? whole : "partly", again);
    return !ledger_failed(ledger);
}

bool acknowledgment_rejects(struct ledger *ledger, int64_t document, struct bytes sha256)
{
    static const char select[] = "SELECT EXISTS(SELECT 1 FROM sent_set t JOIN sent s USING(sent_id)"
                                 " WHERE t.document_id = ? AND t.ack = 'rejected' AND s.sha256 = ?)";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_number(statement, 1, document);
    sql_text(statement, 2, sha256);
    return sql_answer(ledger, statement, 0) != 0;
}

/* --- listed */

static void print(struct ledger *ledger, const char *select, struct canon_sink *out)
{
    sqlite3_stmt *statement = sql_begin(ledger, select);

    while (!out->failed && sql_row(ledger, statement))
        lookup_put_row(out, statement, 7);
    sql_end(statement);
}

void acknowledgment_list(struct ledger *ledger, unsigned which, struct canon_sink *out)
{
#define DUE "SELECT due, partner, what, id, number, since, until FROM acks_due"
    static const char open[] = DUE " ORDER BY due, since, what";
    static const char overdue[] = DUE " WHERE due = 'overdue' ORDER BY since, what";
#undef DUE
#define CAME ", partner, kind || ' of ' || what, id, NULL, at, due_at FROM acks_received WHERE "
    static const char late[] = "SELECT 'late'" CAME "is_late AND outcome = 'matched' ORDER BY ordinal";
    static const char orphan[] = "SELECT outcome" CAME "outcome = 'orphan' ORDER BY ordinal";
    static const char duplicate[] = "SELECT outcome" CAME "outcome = 'duplicate' ORDER BY ordinal";
#undef CAME
    static const char rejected[] =
        "SELECT ack, partner, group_code || ' ' || group_control || ', set ' || set_control, id, number,"
        " sent_at, NULL FROM sent_documents WHERE ack IN ('rejected', 'errors') ORDER BY sent, set_control";
    static const struct {
        unsigned flag;
        const char *select;
    } lists[] = {{ACKNOWLEDGMENT_OVERDUE, overdue},
                 {ACKNOWLEDGMENT_LATE, late},
                 {ACKNOWLEDGMENT_ORPHAN, orphan},
                 {ACKNOWLEDGMENT_DUPLICATE, duplicate},
                 {ACKNOWLEDGMENT_REJECTED, rejected}};

    if (which == 0)
        print(ledger, open, out);
    for (unsigned i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (which & lists[i].flag)
            print(ledger, lists[i].select, out);
}
