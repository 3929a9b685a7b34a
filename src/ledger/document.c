#include "ledger/document.h"

#include "ledger/acknowledgment.h"
#include "ledger/event.h"
#include "ledger/sql.h"

enum { IDENTITY_CEILING = 4096, KEY_CEILING = 400 };

static struct bytes or_empty(struct bytes text)
{
    return text.at != NULL ? text : BYTES("");
}

static bool is_kind(const struct canon_record *record, const char *kind)
{
    return strcmp(record->kind->name, kind) == 0;
}

bool document_is_reject(const struct canon_record *record)
{
    return is_kind(record, "reject");
}

bool document_is_counted(const struct canon_record *record)
{
    if (document_is_reject(record))
        return false;
    /* What we answer; and TA1s, which are no sets. */
    if (is_kind(record, "functional_ack"))
        return record->direction == CANON_IN && record->source.set.len > 0;
    return true;
}

/* The values of the fields that tell documents of this kind apart, with a line end between. */
static struct bytes identity_of(const struct canon_record *record, struct arena *arena)
{
    struct buffer text;
    struct bytes identity = {NULL, 0};
    bool any = false;

    if (is_kind(record, "reject") || is_kind(record, "functional_ack"))
        return identity;
    buffer_init(&text, IDENTITY_CEILING);
    for (unsigned i = 0; i < record->kind->n_identity; i++) {
        const struct canon_value *value = canon_get(record->body, record->kind->identity[i]);

        if (i > 0)
            buffer_add_byte(&text, '\n');
        if (value != NULL && value->held == CANON_HELD_TEXT) {
            buffer_add(&text, value->text, value->len);
            any = any || value->len > 0;
        }
    }
    while (text.len > 0 && text.at[text.len - 1] == '\n')
        text.len--;
    if (any && !text.failed)
        identity = arena_copy(arena, buffer_view(&text));
    buffer_release(&text);
    return identity;
}

static void take_first(void *to, const struct canon_value *value)
{
    struct bytes *number = to;

    if (number->at == NULL)
        *number = (struct bytes){value->text, value->len};
}

/* The number people call it by: the first of its keys that it has. */
static struct bytes number_of(const struct canon_record *record)
{
    struct bytes number = {NULL, 0};

    for (unsigned i = 0; number.at == NULL && i < record->kind->n_keys; i++)
        canon_key_each(record->body, &record->kind->keys[i], take_first, &number);
    return number;
}

/* --- interchanges */

/* The interchange of this file, added when it is new. */
static int64_t interchange_of(struct ledger *ledger, const struct canon_source *source, int64_t file)
{
    static const char select[] = "SELECT interchange_id FROM interchange WHERE sender = ?2 AND receiver = ?3"
                                 " AND control = ?1 AND file_id IS nullif(?4, 0)";
    static const char insert[] = "INSERT INTO interchange(control, sender, receiver, file_id, first_at)"
                                 " VALUES(?1, ?2, ?3, nullif(?4, 0), ?5)";
    sqlite3_stmt *statement = NULL;
    char now[24];
    int64_t found;

    for (int round = 0; round < 2; round++) {
        statement = sql_begin(ledger, round == 0 ? select : insert);
        sql_text(statement, 1, source->interchange);
        sql_text(statement, 2, or_empty(source->sender));
        sql_text(statement, 3, or_empty(source->receiver));
        sql_number(statement, 4, file);
        if (round == 0 && (found = sql_answer(ledger, statement, 0)) != 0)
            return found;
    }
    sql_text(statement, 5, sql_now(now));
    return sql_run(ledger, statement) ? sql_last_row(ledger) : 0;
}

/* --- adding */

struct key_row {
    struct ledger *ledger;
    const char *name;
    int64_t document;
};

static void add_key(void *to, const struct canon_value *value)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO document_key(value, name, document_id) VALUES(?, ?, ?)";
    const struct key_row *row = to;
    sqlite3_stmt *statement;

    if (value->len == 0 || value->len > KEY_CEILING)
        return;
    statement = sql_begin(row->ledger, insert);
    sql_text(statement, 1, (struct bytes){value->text, value->len});
    sql_text(statement, 2, bytes_of(row->name));
    sql_number(statement, 3, row->document);
    (void)sql_run(row->ledger, statement);
}

static bool add_arrival(struct ledger *ledger, const struct document_context *context,
                        const struct canon_record *record, int64_t document, int64_t interchange,
                        enum document_outcome outcome)
{
    static const char insert[] =
        "INSERT INTO arrival(file_id, document_id, interchange_id, is_counted, outcome, run, id)"
        " VALUES(nullif(?, 0), nullif(?, 0), nullif(?, 0), ?, ?, ?, ?)";
    static const char *const words[] = {[DOCUMENT_NEW] = "new",
                                        [DOCUMENT_HELD] = "held",
                                        [DOCUMENT_DUPLICATE] = "duplicate",
                                        [DOCUMENT_REFUSED] = "refused",
                                        [DOCUMENT_ASIDE] = "new"};
    sqlite3_stmt *statement = sql_begin(ledger, insert);

    sql_number(statement, 1, context->file);
    sql_number(statement, 2, document);
    sql_number(statement, 3, interchange);
    sql_number(statement, 4, document_is_counted(record));
    sql_text(statement, 5, bytes_of(words[outcome]));
    sql_number(statement, 6, context->run);
    sql_text(statement, 7, document == 0 ? bytes_of(record->id) : (struct bytes){NULL, 0});
    return sql_run(ledger, statement);
}

static int64_t insert_document(struct ledger *ledger, const struct document_context *context,
                               const struct canon_record *record, struct bytes identity, const char *state,
                               int64_t interchange)
{
    static const char insert[] =
        "INSERT INTO document(id, kind, partner, direction, number, identity, state, interchange_id,"
        " group_control, set_control, map, file_id, posted_at)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, nullif(?, 0), ?, ?, ?, nullif(?, 0), ?)";
    sqlite3_stmt *statement = sql_begin(ledger, insert);
    char now[24];

    sql_text(statement, 1, bytes_of(record->id));
    sql_text(statement, 2, bytes_of(record->kind->name));
    sql_text(statement, 3, or_empty(record->partner));
    sql_text(statement, 4, record->direction == CANON_OUT ? BYTES("out") : BYTES("in"));
    sql_text(statement, 5, number_of(record));
    sql_text(statement, 6, identity);
    sql_text(statement, 7, bytes_of(state));
    sql_number(statement, 8, interchange);
    sql_text(statement, 9, record->source.group);
    sql_text(statement, 10, record->source.set);
    sql_text(statement, 11, record->source.map);
    sql_number(statement, 12, context->file);
    sql_text(statement, 13, sql_now(now));
    return sql_run(ledger, statement) ? sql_last_row(ledger) : 0;
}

static void insert_record(struct ledger *ledger, int64_t document, struct bytes line)
{
    static const char insert[] = "INSERT INTO record(document_id, line) VALUES(?, ?)";
    sqlite3_stmt *statement = sql_begin(ledger, insert);

    sql_number(statement, 1, document);
    sql_text(statement, 2, line);
    (void)sql_run(ledger, statement);
}

static void tell(struct ledger *ledger, const struct document_context *context, enum complaint complaint,
                 enum severity severity, const char *detail, const char *consequence)
{
    struct finding finding = {.complaint = complaint,
                              .severity = severity,
                              .place = context->place,
                              .detail = detail,
                              .consequence = consequence};

    report_add(ledger_report(ledger), &finding);
}

/* A partner speaks of what we sent. */
static bool answers_us(const struct canon_record *record)
{
    return is_kind(record, "functional_ack") && record->direction == CANON_IN;
}

/* It is there already: nothing is added to it.  Whoever resends waits for our answer, so what we answered is
 * offered again. */
static enum document_outcome come_again(struct ledger *ledger, const struct document_context *context,
                                        const struct canon_record *record, int64_t document,
                                        int64_t interchange)
{
    static const char again[] = "UPDATE delivery SET state = 'waiting', owner = NULL, until = NULL,"
                                " times = times + 1 WHERE document_id = ? AND state = 'done'";

    if (is_kind(record, "functional_ack") && record->direction == CANON_OUT) {
        sqlite3_stmt *statement = sql_begin(ledger, again);

        sql_number(statement, 1, document);
        if (sql_run(ledger, statement) && sql_changes(ledger) > 0)
            (void)event_add(
                ledger,
                &(struct event){.what = "acknowledged again", .document = document, .file = context->file});
    }
    if (answers_us(record))
        (void)acknowledgment_take(ledger, record, document, true, &context->place, context->arena);
    (void)add_arrival(ledger, context, record, document, interchange, DOCUMENT_DUPLICATE);
    return DOCUMENT_DUPLICATE;
}

/* A file that is translated anew: what it had before stays as it is. */
static bool see_again(struct ledger *ledger, const struct document_context *context, const char *id)
{
    static const char update[] =
        "UPDATE arrival SET run = ?3, outcome = CASE outcome WHEN 'replaced' THEN 'new' ELSE outcome END"
        " WHERE file_id = ?1 AND"
        " (id = ?2 OR document_id = (SELECT document_id FROM document WHERE id = ?2))";
    sqlite3_stmt *statement;

    if (context->file == 0 || context->run == 1)
        return false;
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, context->file);
    sql_text(statement, 2, bytes_of(id));
    sql_number(statement, 3, context->run);
    return sql_run(ledger, statement) && sql_changes(ledger) > 0;
}

bool document_came_in(struct ledger *ledger, int64_t file, const char *id)
{
    static const char select[] = "SELECT EXISTS(SELECT 1 FROM document d JOIN arrival a USING(document_id)"
                                 "  WHERE d.id = ?2 AND a.file_id = ?1 AND a.outcome <> 'replaced')"
                                 " OR EXISTS(SELECT 1 FROM arrival WHERE file_id = ?1 AND id = ?2)";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_number(statement, 1, file);
    sql_text(statement, 2, bytes_of(id));
    return sql_answer(ledger, statement, 0) != 0;
}

/* What else there is to say and to do about a new one. */
static void tell_of(struct ledger *ledger, const struct document_context *context,
                    const struct canon_record *record, int64_t document, const struct duplicate_answer *met)
{
    bool held = met->met && met->policy == DUPLICATE_HOLD;

    if (document_is_reject(record))
        (void)exception_open(ledger, &(struct exception){.document = document,
                                                         .cause = EXCEPTION_REJECT,
                                                         .text = BYTES("rejected on reading")});
    if (!met->met)
        return;
    if (held)
        (void)exception_open(ledger, &(struct exception){.document = document,
                                                         .cause = met->cause,
                                                         .text = bytes_of(met->text),
                                                         .earlier = met->earlier});
    (void)event_add(ledger, &(struct event){.what = held ? "held" : "flagged",
                                            .document = document,
                                            .file = context->file,
                                            .text = bytes_of(met->text)});
    tell(ledger, context, met->cause == EXCEPTION_COLLISION ? LEDGER_COLLISION : LEDGER_DUPLICATE,
         held ? SEVERITY_OFF : SEVERITY_WARN, met->text,
         held ? "held: nobody is offered it until it is released" : "posted, as the partner's file says");
}

static void insert_keys(struct ledger *ledger, const struct canon_record *record, int64_t document)
{
    for (unsigned i = 0; i < record->kind->n_keys; i++) {
        struct key_row row = {ledger, record->kind->keys[i].name, document};

        canon_key_each(record->body, &record->kind->keys[i], add_key, &row);
    }
}

/* A file that is translated anew may be acknowledged otherwise now.  Whoever sent it has one answer: the
 * first one that has left (true), or else this one, and the others are put aside. */
static bool is_answered(struct ledger *ledger, const struct document_context *context,
                        const struct canon_record *record)
{
#define EARLIER                                                                              \
    " FROM arrival a JOIN document d USING(document_id) WHERE a.file_id = ?1 AND a.run < ?2" \
    " AND d.kind = 'functional_ack' AND d.direction = 'out' AND d.number IS ?3"
    static const char left[] = "SELECT EXISTS(SELECT 1" EARLIER " AND EXISTS(SELECT 1 FROM delivery v"
                               " WHERE v.document_id = d.document_id AND v.state IN ('leased', 'done')))";
    static const char aside[] = "UPDATE document SET state = 'dismissed' WHERE document_id IN"
                                " (SELECT d.document_id" EARLIER ")";
#undef EARLIER
    bool answered = false;

    if (context->run == 1 || !is_kind(record, "functional_ack") || record->direction != CANON_OUT)
        return false;
    for (int round = 0; round < 2 && !answered; round++) {
        sqlite3_stmt *statement = sql_begin(ledger, round == 0 ? left : aside);

        sql_number(statement, 1, context->file);
        sql_number(statement, 2, context->run);
        sql_text(statement, 3, number_of(record));
        answered = sql_answer(ledger, statement, 0) != 0;
    }
    return answered;
}

enum document_outcome document_add(struct ledger *ledger, const struct document_context *context,
                                   const struct canon_record *record, struct bytes line)
{
    struct duplicate_answer met = {.met = false};
    enum document_outcome outcome;
    struct bytes identity;
    int64_t document, interchange = 0;

    if (see_again(ledger, context, record->id))
        return DOCUMENT_KNOWN;
    if (record->source.test && !context->test_ledger) {
        (void)add_arrival(ledger, context, record, 0, 0, DOCUMENT_REFUSED);
        tell(ledger, context, LEDGER_TEST_DATA, SEVERITY_OFF, NULL, "not posted");
        return DOCUMENT_REFUSED;
    }
    if (record->source.interchange.len > 0 && record->direction == CANON_IN)
        interchange = interchange_of(ledger, &record->source, context->file);
    document = document_row(ledger, bytes_of(record->id));
    if (document != 0)
        return come_again(ledger, context, record, document, interchange);
    identity = identity_of(record, context->arena);
    if (!document_is_reject(record) && !is_kind(record, "functional_ack"))
        duplicate_ask(ledger,
                      &(struct duplicate_question){.record = record,
                                                   .identity = identity,
                                                   .file = context->file,
                                                   .interchange = interchange,
                                                   .policy = context->policy},
                      &met);
    outcome = met.met && met.policy == DUPLICATE_HOLD ? DOCUMENT_HELD : DOCUMENT_NEW;
    if (is_answered(ledger, context, record))
        outcome = DOCUMENT_ASIDE;
    document = insert_document(ledger, context, record, identity,
                               outcome == DOCUMENT_ASIDE  ? "dismissed"
                               : outcome == DOCUMENT_HELD ? "held"
                                                          : "open",
                               interchange);
    insert_record(ledger, document, line);
    insert_keys(ledger, record, document);
    tell_of(ledger, context, record, document, &met);
    (void)add_arrival(ledger, context, record, document, interchange, outcome);
    if (answers_us(record))
        (void)acknowledgment_take(ledger, record, document, false, &context->place, context->arena);
    return outcome;
}

int64_t document_row(struct ledger *ledger, struct bytes id)
{
    static const char select[] = "SELECT document_id FROM document WHERE id = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, id);
    return sql_answer(ledger, statement, 0);
}

/* --- another record of the same document */

/* Whether it has the identity that it had. */
static bool keeps_identity(struct ledger *ledger, int64_t document, struct bytes identity)
{
    static const char select[] = "SELECT identity IS ?2 FROM document WHERE document_id = ?1";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_number(statement, 1, document);
    sql_text(statement, 2, identity);
    return sql_answer(ledger, statement, 0) != 0;
}

bool document_may_become(struct ledger *ledger, const struct document_context *context,
                         const struct canon_record *record, int64_t document, struct duplicate_answer *met)
{
    struct bytes identity = identity_of(record, context->arena);

    *met = (struct duplicate_answer){.met = false};
    if (!keeps_identity(ledger, document, identity))
        duplicate_ask(
            ledger,
            &(struct duplicate_question){
                .record = record, .identity = identity, .file = context->file, .policy = context->policy},
            met);
    return !(met->met && met->policy == DUPLICATE_HOLD);
}

void document_revise(struct ledger *ledger, const struct document_context *context,
                     const struct canon_record *record, int64_t document, struct bytes line)
{
    static const char rewrite[] = "UPDATE record SET line = ?2 WHERE document_id = ?1";
    static const char update[] =
        "UPDATE document SET number = ?2, identity = ?3, map = ?4 WHERE document_id = ?1";
    static const char forget[] = "DELETE FROM document_key WHERE document_id = ?";
    sqlite3_stmt *statement = sql_begin(ledger, rewrite);

    sql_number(statement, 1, document);
    sql_text(statement, 2, line);
    (void)sql_run(ledger, statement);
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, document);
    sql_text(statement, 2, number_of(record));
    sql_text(statement, 3, identity_of(record, context->arena));
    sql_text(statement, 4, record->source.map);
    (void)sql_run(ledger, statement);
    statement = sql_begin(ledger, forget);
    sql_number(statement, 1, document);
    (void)sql_run(ledger, statement);
    insert_keys(ledger, record, document);
}
