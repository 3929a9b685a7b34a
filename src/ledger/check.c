#include "ledger/check.h"

#include <inttypes.h>

#include "canon/sink.h"
#include "ledger/sql.h"

enum { MAX_TOLD = 100 };

/* Questions whose answers say what is wrong, in one column of text. */
static const char file_sums[] =
    "SELECT 'file ' || name || ': read ' || read_count || ', but translated ' || translated_count ||"
    " ' + held ' || held_count || ' + rejected ' || rejected_count || ' + duplicate ' || duplicate_count ||"
    " ' + ignored ' || ignored_count FROM file"
    " WHERE read_count <> translated_count + held_count + rejected_count + duplicate_count + ignored_count";
/* Held and duplicate counts also hold what a translator counted so, so they are bounds from below. */
static const char file_arrivals[] =
    "SELECT 'file ' || f.name || ': its counts are not those of its documents' FROM file f LEFT JOIN ("
    " SELECT file_id, count(*) FILTER (WHERE outcome = 'new') AS new,"
    "  count(*) FILTER (WHERE outcome = 'held') AS held,"
    "  count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,"
    "  count(*) FILTER (WHERE outcome = 'refused') AS refused"
    " FROM arrival WHERE is_counted AND file_id IS NOT NULL GROUP BY file_id) AS n USING(file_id)"
    " WHERE f.translated_count <> ifnull(n.new, 0) OR f.held_count < ifnull(n.held, 0)"
    " OR f.duplicate_count < ifnull(n.duplicate, 0) OR f.rejected_count < ifnull(n.refused, 0)";
/* Of documents and their records as many as there are, by one walk over the records, which are most of the
 * file; only when numbers differ are those that are alone looked for. */
static const char record_counts[] =
    "SELECT count(*), count(d.document_id), (SELECT count(*) FROM document)"
    " FROM record r NOT INDEXED LEFT JOIN document d ON d.document_id = r.document_id";
static const char without_record[] =
    "SELECT 'document ' || id || ' has no record' FROM document d NOT INDEXED"
    " WHERE NOT EXISTS (SELECT 1 FROM record r WHERE r.document_id = d.document_id)";
static const char without_document[] =
    "SELECT 'record ' || document_id || ' belongs to no document' FROM record r NOT INDEXED"
    " WHERE NOT EXISTS (SELECT 1 FROM document d WHERE d.document_id = r.document_id)";
/* NOT INDEXED, here and above: in the order of the table, which is that of the other one; by the index of ids
 * each look would be at another page. */
static const char without_arrival[] =
    "SELECT 'document ' || id || ' came from nowhere' FROM document d NOT INDEXED"
    " WHERE NOT EXISTS (SELECT 1 FROM arrival a WHERE a.document_id = d.document_id)";
static const char held_without[] =
    "SELECT 'document ' || id || ' is held without an open exception' FROM document d"
    " WHERE state = 'held' AND NOT EXISTS (SELECT 1 FROM exception x"
    "  WHERE x.document_id = d.document_id AND x.state = 'open')";
static const char refused_without[] =
    "SELECT 'document ' || d.id || ' is refused without an open exception'"
    " FROM delivery v JOIN document d USING(document_id) WHERE v.state = 'refused' AND NOT EXISTS ("
    "  SELECT 1 FROM exception x WHERE x.document_id = v.document_id AND x.consumer_id = v.consumer_id"
    "  AND x.state IN ('open', 'dismissed'))";
/* Keys of documents stand by value, so a walk in their order would look at any page of the documents. */
static const char keys_alone[] =
    "SELECT 'key ' || name || ' ' || value || ' belongs to no document' FROM document_key k"
    " INDEXED BY document_key_document"
    " WHERE NOT EXISTS (SELECT 1 FROM document d WHERE d.document_id = k.document_id)";
static const char references_broken[] =
    "SELECT 'table ' || \"table\" || ' has a row without its ' || parent FROM sqlite_schema s"
    " JOIN pragma_foreign_key_check(s.name)"
    " WHERE s.type = 'table' AND s.name NOT IN ('record', 'document_key')";
static const char quick[] = "SELECT quick_check FROM pragma_quick_check(100) WHERE quick_check <> 'ok'";
static const char full[] =
    "SELECT integrity_check FROM pragma_integrity_check(100) WHERE integrity_check <> 'ok'";

static uint64_t ask(struct ledger *ledger, enum complaint complaint, const char *text)
{
    sqlite3_stmt *statement = sql_begin(ledger, text);
    uint64_t n = 0;

    for (; sql_row(ledger, statement); n++) {
        struct bytes what = sql_get_text(statement, 0);

        if (n < MAX_TOLD)
            report_say(ledger_report(ledger), complaint, ledger_path(ledger), "%.*s", BYTES_ARG(what));
    }
    return n;
}

/* Each document has its record, and each record its document. */
static uint64_t ask_records(struct ledger *ledger)
{
    sqlite3_stmt *statement = sql_begin(ledger, record_counts);
    int64_t records = 0, matched = 0, documents = 0;

    if (sql_row(ledger, statement)) {
        records = sql_get_number(statement, 0);
        matched = sql_get_number(statement, 1);
        documents = sql_get_number(statement, 2);
    }
    sql_end(statement);
    if (records == matched && documents == matched)
        return 0;
    return ask(ledger, LEDGER_COUNTS, without_record) + ask(ledger, LEDGER_DAMAGED, without_document);
}

static void put_sums(struct ledger *ledger, struct canon_sink *out)
{
    static const char sums[] =
        "SELECT count(*), ifnull(sum(read_count), 0), ifnull(sum(translated_count), 0),"
        " ifnull(sum(held_count), 0), ifnull(sum(rejected_count), 0), ifnull(sum(duplicate_count), 0),"
        " ifnull(sum(ignored_count), 0), (SELECT count(*) FROM document),"
        " (SELECT count(*) FROM exception WHERE state = 'open') FROM file";
    static const char *const names[] = {"files",     "read",    "translated", "held",           "rejected",
                                        "duplicate", "ignored", "documents",  "open_exceptions"};
    sqlite3_stmt *statement = sql_begin(ledger, sums);

    if (sql_row(ledger, statement))
        for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
            canon_sink_format(out, "%s\t%" PRId64 "\n", names[i], sql_get_number(statement, (int)i));
    sql_end(statement);
}

bool check_run(struct ledger *ledger, enum check_depth depth, struct canon_sink *out)
{
    static const char *const counts[] = {file_sums, file_arrivals, without_arrival, held_without,
                                         refused_without};
    uint64_t wrong;

    /* All of it about one state, whoever writes meanwhile. */
    if (!sql_script(ledger, "BEGIN"))
        return false;
    wrong = ask(ledger, LEDGER_DAMAGED, depth == CHECK_FULL ? full : quick);
    wrong += ask(ledger, LEDGER_DAMAGED, references_broken);
    wrong += ask(ledger, LEDGER_DAMAGED, keys_alone);
    wrong += ask_records(ledger);
    for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        wrong += ask(ledger, LEDGER_COUNTS, counts[i]);
    put_sums(ledger, out);
    (void)sql_script(ledger, "COMMIT");
    return wrong == 0 && !ledger_failed(ledger);
}
