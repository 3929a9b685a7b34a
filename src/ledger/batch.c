#include "ledger/batch.h"

#include "ledger/event.h"
#include "ledger/exception.h"
#include "ledger/sql.h"

static struct bytes text_of(const struct canon_record *record, const char *name)
{
    const struct canon_field *field = canon_block_field(record->kind->body, bytes_of(name));
    const struct canon_value *value = field != NULL ? canon_get(record->body, field) : NULL;

    if (value == NULL || value->held != CANON_HELD_TEXT)
        return (struct bytes){NULL, 0};
    return (struct bytes){value->text, value->len};
}

static int64_t count_of(const struct canon_record *record, const char *name)
{
    uint64_t count = 0;

    (void)bytes_to_count(text_of(record, name), INT64_MAX / 8, &count);
    return (int64_t)count;
}

void batch_of(struct batch *batch, const struct canon_record *record)
{
    *batch = (struct batch){
        .sha256 = text_of(record, "sha256"),
        .name = text_of(record, "file_name"),
        .format = text_of(record, "format_code"),
        .bytes = count_of(record, "byte_count"),
        .read = count_of(record, "read_count"),
        .translated = count_of(record, "translated_count"),
        .held = count_of(record, "held_count"),
        .rejected = count_of(record, "rejected_count"),
        .duplicate = count_of(record, "duplicate_count"),
        .ignored = count_of(record, "ignored_count"),
        .is_complete = bytes_are(text_of(record, "is_complete"), "true"),
    };
    if (batch->name.at == NULL)
        batch->name = BYTES("");
}

bool batch_adds_up(const struct batch *batch)
{
    return batch->read ==
           batch->translated + batch->held + batch->rejected + batch->duplicate + batch->ignored;
}

int64_t batch_find(struct ledger *ledger, const struct batch *batch, int64_t *arrivals)
{
    static const char select[] = "SELECT file_id FROM file WHERE sha256 = ? AND name = ?";
    static const char count[] = "SELECT count(*) FROM arrival WHERE file_id = ? AND outcome <> 'replaced'";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    int64_t file;

    sql_text(statement, 1, batch->sha256);
    sql_text(statement, 2, batch->name);
    file = sql_answer(ledger, statement, 0);
    if (file != 0) {
        statement = sql_begin(ledger, count);
        sql_number(statement, 1, file);
        *arrivals = sql_answer(ledger, statement, 0);
    }
    return file;
}

int64_t batch_add(struct ledger *ledger, const struct batch *batch)
{
    static const char insert[] = "INSERT INTO file(sha256, name, format, byte_count, is_complete, read_count,"
                                 " posted_at) VALUES(?, ?, ?, ?, ?, ?, ?)";
    sqlite3_stmt *statement = sql_begin(ledger, insert);
    char now[24];

    sql_text(statement, 1, batch->sha256);
    sql_text(statement, 2, batch->name);
    sql_text(statement, 3, batch->format);
    sql_number(statement, 4, batch->bytes);
    sql_number(statement, 5, batch->is_complete);
    sql_number(statement, 6, batch->read);
    sql_text(statement, 7, sql_now(now));
    return sql_run(ledger, statement) ? sql_last_row(ledger) : 0;
}

bool batch_anew(struct ledger *ledger, int64_t file, const struct batch *batch, int64_t *run)
{
    static const char update[] = "UPDATE file SET run = run + 1, read_count = ?2, is_complete = ?3"
                                 " WHERE file_id = ?1 RETURNING run";
    sqlite3_stmt *statement = sql_begin(ledger, update);

    sql_number(statement, 1, file);
    sql_number(statement, 2, batch->read);
    sql_number(statement, 3, batch->is_complete);
    /* An update that returns a row is done with it. */
    *run = sql_answer(ledger, statement, 0);
    return *run > 0;
}

/* What did not come again in this run. */
static bool replace_rest(struct ledger *ledger, int64_t file, int64_t run)
{
    static const char select[] =
        "SELECT a.document_id FROM arrival a JOIN document d USING(document_id)"
        " WHERE a.file_id = ? AND a.run < ? AND a.outcome <> 'replaced' AND d.kind = 'reject'";
    static const char update[] = "UPDATE arrival SET outcome = 'replaced' WHERE file_id = ? AND run < ?";
    sqlite3_stmt *rejects = sql_begin(ledger, select), *statement;

    sql_number(rejects, 1, file);
    sql_number(rejects, 2, run);
    while (sql_row(ledger, rejects))
        (void)exception_end(ledger, sql_get_number(rejects, 0), 0, EXCEPTION_SETTLED,
                            BYTES("its file was translated anew"));
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, file);
    sql_number(statement, 2, run);
    return sql_run(ledger, statement);
}

bool batch_close(struct ledger *ledger, int64_t file, int64_t run, const struct batch *batch)
{
    static const char update[] =
        "UPDATE file SET translated_count = n.new, held_count = n.held + ?2,"
        " rejected_count = n.refused + ?3, duplicate_count = n.duplicate + ?4, ignored_count = ?5"
        " FROM (SELECT count(*) FILTER (WHERE outcome = 'new') AS new,"
        "  count(*) FILTER (WHERE outcome = 'held') AS held,"
        "  count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,"
        "  count(*) FILTER (WHERE outcome = 'refused') AS refused"
        "  FROM arrival WHERE file_id = ?1 AND is_counted) AS n"
        " WHERE file_id = ?1";
    sqlite3_stmt *statement;

    if (run > 1 && !replace_rest(ledger, file, run))
        return false;
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, file);
    sql_number(statement, 2, batch->held);
    sql_number(statement, 3, batch->rejected);
    sql_number(statement, 4, batch->duplicate);
    sql_number(statement, 5, batch->ignored);
    return sql_run(ledger, statement) &&
           event_add(ledger, &(struct event){.what = run > 1 ? "translated anew" : "posted", .file = file});
}
