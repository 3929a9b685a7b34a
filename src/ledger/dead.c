#include "ledger/dead.h"

#include "base/base64.h"
#include "canon/read.h"
#include "canon/sink.h"
#include "ledger/consumer.h"
#include "ledger/event.h"
#include "ledger/exception.h"
#include "ledger/lookup.h"
#include "ledger/sql.h"

enum { RECORD_CHUNK = 64 * 1024 };
static const size_t record_ceiling = (size_t)4 * 1024 * 1024 * 1024;

static bool nothing_open(struct ledger *ledger, struct bytes id, const char *what)
{
    struct finding finding = {
        .complaint = LEDGER_NOT_HELD, .place = {.file = ledger_path(ledger)}, .detail = what, .value = id};

    if (!ledger_failed(ledger))
        report_add(ledger_report(ledger), &finding);
    return false;
}

void dead_list(struct ledger *ledger, struct canon_sink *out)
{
    static const char select[] =
        "SELECT exception, cause, id, kind, partner, number, consumer, opened_at, text"
        " FROM open_exceptions ORDER BY exception";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    while (!out->failed && sql_row(ledger, statement))
        lookup_put_row(out, statement, 9);
    sql_end(statement);
}

bool dead_show(struct ledger *ledger, struct bytes id, struct canon_sink *out)
{
    static const char select[] =
        "SELECT x.exception_id, x.cause, x.state, c.name, x.opened_at, x.closed_at, x.text, x.reason"
        " FROM exception x LEFT JOIN consumer c USING(consumer_id) WHERE x.document_id = ?"
        " ORDER BY x.exception_id";
    int64_t document = lookup_document(ledger, id), n = 0;
    sqlite3_stmt *statement;

    if (document == 0)
        return false;
    statement = sql_begin(ledger, select);
    sql_number(statement, 1, document);
    for (; sql_row(ledger, statement); n++)
        lookup_put_row(out, statement, 8);
    return n > 0 || nothing_open(ledger, id, "nothing was ever wrong with it");
}

/* --- the bytes */

static struct bytes text_of(const struct canon_record *record, const char *name)
{
    const struct canon_field *field = canon_block_field(record->kind->body, bytes_of(name));
    const struct canon_value *value = field != NULL ? canon_get(record->body, field) : NULL;

    if (value == NULL || value->held != CANON_HELD_TEXT)
        return (struct bytes){NULL, 0};
    return (struct bytes){value->text, value->len};
}

/* False: told. */
static bool put_raw(struct ledger *ledger, const struct schema *schema, struct bytes line,
                    struct arena *arena, struct bytes id, struct canon_sink *out)
{
    struct canon_read_error error = {0};
    struct canon_record record;
    struct bytes raw, encoding;

    if (!canon_read(&record, schema, line, arena, &error)) {
        report_say(ledger_report(ledger), error.memory ? TECHNICAL_MEMORY : LEDGER_DAMAGED,
                   ledger_path(ledger), "the record of %.*s: %s", BYTES_ARG(id), error.what);
        return false;
    }
    raw = text_of(&record, "raw");
    encoding = text_of(&record, "raw_encoding");
    if (raw.at == NULL)
        return nothing_open(ledger, id, "it is no reject, and has no raw bytes");
    if (bytes_are(encoding, "base64") && !base64_decode(arena, raw, &raw)) {
        report_say(ledger_report(ledger), arena->failed ? TECHNICAL_MEMORY : LEDGER_DAMAGED,
                   ledger_path(ledger), "the raw bytes of %.*s", BYTES_ARG(id));
        return false;
    }
    canon_sink_add(out, raw);
    return true;
}

bool dead_export(struct ledger *ledger, const struct schema *schema, struct bytes id, struct canon_sink *out)
{
    static const char select[] = "SELECT line FROM record WHERE document_id = ?";
    int64_t document = lookup_document(ledger, id);
    sqlite3_stmt *statement;
    struct arena arena;
    bool good = false;

    if (document == 0)
        return false;
    arena_init(&arena, RECORD_CHUNK, record_ceiling);
    statement = sql_begin(ledger, select);
    sql_number(statement, 1, document);
    if (sql_row(ledger, statement))
        good = put_raw(ledger, schema, sql_get_text(statement, 0), &arena, id, out);
    sql_end(statement);
    arena_release(&arena);
    return good;
}

/* --- put aside */

static bool dismiss(struct ledger *ledger, struct bytes id, const char *name, struct bytes reason)
{
    static const char update[] = "UPDATE document SET state = 'dismissed' WHERE document_id = ?"
                                 " AND (state = 'held' OR kind = 'reject')";
    int64_t document = lookup_document(ledger, id), consumer = 0;
    sqlite3_stmt *statement;

    if (document == 0)
        return false;
    if (name != NULL && (consumer = consumer_row(ledger, bytes_of(name))) == 0) {
        if (!ledger_failed(ledger))
            consumer_unknown(ledger, name);
        return false;
    }
    if (exception_end(ledger, document, consumer, EXCEPTION_DISMISSED, reason) == 0)
        return nothing_open(ledger, id, "nothing is open of it");
    if (consumer == 0) {
        statement = sql_begin(ledger, update);
        sql_number(statement, 1, document);
        (void)sql_run(ledger, statement);
    }
    return event_add(
        ledger,
        &(struct event){.what = "dismissed", .document = document, .consumer = consumer, .text = reason});
}

bool dead_dismiss(struct ledger *ledger, struct bytes id, const char *consumer, struct bytes reason)
{
    if (!ledger_begin(ledger))
        return false;
    if (dismiss(ledger, id, consumer, reason) && !ledger_failed(ledger))
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return false;
}
