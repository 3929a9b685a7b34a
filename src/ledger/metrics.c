#include "ledger/metrics.h"

#include <inttypes.h>

#include "ledger/sql.h"

/* A metric: the columns of its question are its value and then its labels, in their order.  Times are seconds
 * since 1970.  Each question keeps to an index or to a table that is small. */
struct metric {
    const char *name, *type, *help;
    const char *labels[3];
    const char *question;
};

#define SECONDS(COLUMN) "CAST(strftime('%s', " COLUMN ") AS INTEGER)"

static const struct metric metrics[] = {
    {"crossdock_documents_total", "counter", "Documents that were committed.", {"direction", "kind"},
     "SELECT count(*), direction, kind FROM document GROUP BY direction, kind"},
    {"crossdock_files_total", "counter", "Files that were posted.", {NULL}, "SELECT count(*) FROM file"},
    {"crossdock_file_documents_total", "counter",
     "Documents in the files posted, by what became of them; together they are those that were read.",
     {"outcome"},
     "WITH s AS (SELECT ifnull(sum(translated_count), 0) AS t, ifnull(sum(held_count), 0) AS h,"
     " ifnull(sum(rejected_count), 0) AS r, ifnull(sum(duplicate_count), 0) AS d,"
     " ifnull(sum(ignored_count), 0) AS i FROM file)"
     " SELECT t, 'translated' FROM s UNION ALL SELECT h, 'held' FROM s UNION ALL SELECT r, 'rejected' FROM s"
     " UNION ALL SELECT d, 'duplicate' FROM s UNION ALL SELECT i, 'ignored' FROM s"},
    {"crossdock_last_post_timestamp_seconds", "gauge", "When a file was posted last.", {NULL},
     "SELECT " SECONDS("posted_at") " FROM file ORDER BY file_id DESC LIMIT 1"},
    {"crossdock_open_exceptions", "gauge", "What waits for somebody.", {"cause"},
     "SELECT count(*), cause FROM exception WHERE state = 'open' GROUP BY cause"},
    {"crossdock_oldest_open_exception_timestamp_seconds", "gauge", "Since when the oldest of them waits.",
     {"cause"},
     "SELECT " SECONDS("min(opened_at)") ", cause FROM exception WHERE state = 'open' GROUP BY cause"},
    {"crossdock_pending_deliveries", "gauge",
     "Documents that a consumer is at (leased) or is offered again (waiting).", {"consumer", "state"},
     "SELECT count(*), c.name, v.state FROM consumer c JOIN delivery v USING(consumer_id)"
     " WHERE v.state IN ('waiting', 'leased') GROUP BY c.name, v.state"},
    {"crossdock_not_offered", "gauge",
     "Documents that a consumer was not offered yet, of kinds that it takes.",
     {"consumer", "kind"},
     "SELECT (SELECT count(*) FROM document d WHERE d.direction = c.direction AND d.kind = p.kind"
     "  AND d.document_id > p.document_id AND d.state = 'open'"
     "  AND ifnull(c.partner, '') IN ('', d.partner)), c.name, p.kind"
     " FROM consumer c JOIN position p USING(consumer_id) ORDER BY c.name, p.kind"},
    {"crossdock_acks_due", "gauge", "Acknowledgments that are due.", {"due", "partner"},
     "SELECT count(*), due, partner FROM acks_due GROUP BY due, partner"},
    {"crossdock_findings", "gauge", "What does not agree (reconcile) and is not over.", {"severity", "state"},
     "SELECT count(*), severity, state FROM findings WHERE cleared_at IS NULL GROUP BY severity, state"},
    {"crossdock_control_number", "gauge", "The last control number of a series.", {"series"},
     "SELECT last, name FROM number_series ORDER BY name"},
    {"crossdock_archive_files", "gauge", "Contents in the archive.", {"state"},
     "SELECT count(*), state FROM archived GROUP BY state"},
    {"crossdock_archive_bytes", "gauge", "Bytes that the archive takes.", {NULL},
     "SELECT ifnull(sum(packed_count), 0) FROM archived WHERE state = 'kept'"},
    {"crossdock_ledger_bytes", "gauge", "Bytes of the database, without its WAL.", {NULL},
     "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"},
    {"crossdock_ledger_version", "gauge", "The version of the tables.", {NULL},
     "SELECT user_version FROM pragma_user_version"},
};

/* A label's value: Prometheus wants backslash, quote and line end escaped, and UTF-8. */
static void add_label(struct buffer *out, const char *name, struct bytes value, bool first)
{
    buffer_add_format(out, "%s%s=\"", first ? "{" : ",", name);
    for (size_t i = 0; i < value.len; i++) {
        if (value.at[i] == '\n') {
            buffer_add_string(out, "\\n");
            continue;
        }
        if (value.at[i] == '"' || value.at[i] == '\\')
            buffer_add_byte(out, '\\');
        buffer_add_byte(out, value.at[i]);
    }
    buffer_add_byte(out, '"');
}

static void add_metric(struct ledger *ledger, const struct metric *metric, struct buffer *out)
{
    sqlite3_stmt *statement = sql_begin(ledger, metric->question);

    buffer_add_format(out, "# HELP %s %s\n# TYPE %s %s\n", metric->name, metric->help, metric->name,
                      metric->type);
    while (sql_row(ledger, statement)) {
        int labels = 0;

        buffer_add_string(out, metric->name);
        for (; labels < 3 && metric->labels[labels] != NULL; labels++)
            add_label(out, metric->labels[labels], sql_get_text(statement, labels + 1), labels == 0);
        buffer_add_format(out, "%s %" PRId64 "\n", labels > 0 ? "}" : "", sql_get_number(statement, 0));
    }
}

bool metrics_write(struct ledger *ledger, struct buffer *out)
{
    if (!sql_script(ledger, "BEGIN"))
        return false;
    for (unsigned i = 0; i < sizeof(metrics) / sizeof(metrics[0]); i++)
        add_metric(ledger, &metrics[i], out);
    (void)sql_script(ledger, "COMMIT");
    if (out->failed && !ledger_failed(ledger))
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, NULL, "for the metrics");
    return !out->failed && !ledger_failed(ledger);
}
