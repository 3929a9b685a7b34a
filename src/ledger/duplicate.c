#include "ledger/duplicate.h"

#include <stdio.h>

#include "ledger/sql.h"

/* The earliest time that still counts, as text; "" for ever. */
static struct bytes window_start(uint64_t window, char into[24])
{
    struct timespec now;
    struct tm parts;
    time_t from;

    clock_gettime(CLOCK_REALTIME, &now);
    if (window == 0 || (uint64_t)now.tv_sec <= window)
        return BYTES("");
    from = now.tv_sec - (time_t)window;
    gmtime_r(&from, &parts);
    return (struct bytes){into, strftime(into, 24, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

/* The row is: document (or 0), its id, the file's name, the time. */
static bool take_answer(struct ledger *ledger, sqlite3_stmt *statement, struct duplicate_answer *answer,
                        const char *what, struct bytes number)
{
    if (sql_row(ledger, statement)) {
        struct bytes id = sql_get_text(statement, 1), file = sql_get_text(statement, 2);
        struct bytes at = sql_get_text(statement, 3);

        answer->met = true;
        answer->earlier = sql_get_number(statement, 0);
        (void)snprintf(answer->text, sizeof(answer->text), "%s %.60s%s%.32s%s%.160s, posted %.20s", what,
                       number.len > 0 ? number.at : "?", id.len > 0 ? " was used by document " : " was used",
                       id.len > 0 ? id.at : "", file.len > 0 ? " of file " : "", file.len > 0 ? file.at : "",
                       at.at != NULL ? at.at : "?");
    }
    sql_end(statement);
    return answer->met;
}

static bool ask_interchange(struct ledger *ledger, const struct duplicate_question *q, struct bytes since,
                            struct duplicate_answer *answer, struct bytes number)
{
    /* One under which nothing was accepted may be used again. */
    static const char select[] =
        "SELECT d.document_id, d.id, f.name, i.first_at FROM interchange i"
        " JOIN document d ON d.interchange_id = i.interchange_id AND d.kind <> 'reject'"
        " LEFT JOIN file f ON f.file_id = i.file_id"
        " WHERE i.sender = ?2 AND i.receiver = ?3 AND i.control = ?1 AND i.file_id IS NOT ?4"
        " AND i.first_at >= ?5 LIMIT 1";
    const struct canon_source *source = &q->record->source;
    sqlite3_stmt *statement;

    if (q->file == 0)
        return false;
    statement = sql_begin(ledger, select);
    sql_text(statement, 1, source->interchange);
    sql_text(statement, 2, source->sender.at != NULL ? source->sender : BYTES(""));
    sql_text(statement, 3, source->receiver.at != NULL ? source->receiver : BYTES(""));
    sql_number(statement, 4, q->file);
    sql_text(statement, 5, since);
    return take_answer(ledger, statement, answer, "interchange", number);
}

static bool ask_set(struct ledger *ledger, const struct duplicate_question *q, struct bytes since,
                    struct duplicate_answer *answer, struct bytes number)
{
    static const char select[] =
        "SELECT document_id, id, f.name, d.posted_at FROM document d LEFT JOIN file f USING(file_id)"
        " WHERE d.interchange_id = ?1 AND d.group_control = ?2 AND d.set_control = ?3"
        " AND d.kind <> 'reject' AND d.posted_at >= ?4"
        /* What is put aside for another one of the same place is no other. */
        " AND NOT EXISTS(SELECT 1 FROM arrival a WHERE a.document_id = d.document_id"
        "  AND a.outcome = 'replaced')"
        " LIMIT 1";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_number(statement, 1, q->interchange);
    sql_text(statement, 2, q->record->source.group);
    sql_text(statement, 3, q->record->source.set);
    sql_text(statement, 4, since);
    return take_answer(ledger, statement, answer, "set", number);
}

static bool ask_document(struct ledger *ledger, const struct duplicate_question *q, struct bytes since,
                         struct duplicate_answer *answer, struct bytes number)
{
    static const char select[] =
        "SELECT document_id, id, f.name, d.posted_at FROM document d LEFT JOIN file f USING(file_id)"
        " WHERE d.partner = ?3 AND d.kind = ?2 AND d.identity = ?1 AND d.direction = ?4"
        " AND d.state <> 'dismissed' AND d.posted_at >= ?5 ORDER BY document_id LIMIT 1";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, q->identity);
    sql_text(statement, 2, bytes_of(q->record->kind->name));
    sql_text(statement, 3, q->record->partner.at != NULL ? q->record->partner : BYTES(""));
    sql_text(statement, 4, q->record->direction == CANON_OUT ? BYTES("out") : BYTES("in"));
    sql_text(statement, 5, since);
    return take_answer(ledger, statement, answer, "number", number);
}

/* A view as a C string of bounded length. */
static struct bytes shown(struct bytes from, char into[61])
{
    size_t len = from.len < 60 ? from.len : 60;

    memcpy(into, from.at != NULL ? from.at : "", len);
    into[len] = '\0';
    for (size_t i = 0; i < len; i++)
        if (into[i] == '\n')
            into[i] = ' ';
    return (struct bytes){into, len};
}

void duplicate_ask(struct ledger *ledger, const struct duplicate_question *q, struct duplicate_answer *answer)
{
    const struct canon_source *source = &q->record->source;
    char start[24], number[61];
    struct bytes since = window_start(q->policy->window, start);

    *answer = (struct duplicate_answer){.cause = EXCEPTION_COLLISION, .policy = q->policy->interchange};
    if (q->interchange != 0) {
        if (answer->policy != DUPLICATE_ACCEPT &&
            ask_interchange(ledger, q, since, answer, shown(source->interchange, number)))
            return;
        answer->policy = q->policy->set;
        if (answer->policy != DUPLICATE_ACCEPT && source->set.len > 0 &&
            ask_set(ledger, q, since, answer, shown(source->set, number)))
            return;
    }
    answer->cause = EXCEPTION_DUPLICATE;
    answer->policy = q->policy->document;
    if (answer->policy != DUPLICATE_ACCEPT && q->identity.at != NULL)
        (void)ask_document(ledger, q, since, answer, shown(q->identity, number));
}
