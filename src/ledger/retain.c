#include "ledger/retain.h"

#include <stdio.h>
#include <time.h>

#include "canon/sink.h"
#include "ledger/event.h"
#include "ledger/lookup.h"
#include "ledger/sql.h"

enum { ROUND = 256 /* contents that share a transaction */ };

/* Of one content: why it is not finished; no row: it is. */
static const char unfinished[] =
    "WITH one AS (SELECT DISTINCT ordinal AS document_id FROM archive_documents WHERE sha256 = ?1)"
    " SELECT CASE WHEN x.state = 'held' THEN 'held'"
    "  WHEN EXISTS(SELECT 1 FROM exception e WHERE e.document_id = x.document_id AND e.state = 'open')"
    "   THEN 'an open exception'"
    "  WHEN x.kind = 'functional_ack' AND EXISTS(SELECT 1 FROM acks_due a WHERE a.id = x.id)"
    "   THEN 'an acknowledgment is due'"
    "  WHEN EXISTS(SELECT 1 FROM delivery v WHERE v.document_id = x.document_id"
    "   AND v.state IN ('waiting', 'leased')) THEN 'a delivery is under way'"
    "  WHEN x.state = 'open' AND x.kind <> 'reject' AND EXISTS(SELECT 1 FROM consumer c"
    "   JOIN position p USING(consumer_id) WHERE c.direction = x.direction"
    "   AND ifnull(c.partner, '') IN ('', x.partner) AND p.kind = x.kind AND p.document_id < x.document_id"
    "   AND NOT EXISTS(SELECT 1 FROM delivery v WHERE v.consumer_id = c.consumer_id"
    "    AND v.document_id = x.document_id)) THEN 'a consumer has not had it yet' END"
    "  || ': ' || x.kind || ' ' || ifnull(x.number, x.id) AS why"
    " FROM one JOIN document x USING(document_id) WHERE why IS NOT NULL"
    " UNION ALL SELECT 'it was neither posted nor delivered' WHERE NOT EXISTS(SELECT 1 FROM one)"
    "  AND NOT EXISTS(SELECT 1 FROM file WHERE sha256 = ?1) LIMIT 1";
static const char was_refused[] =
    "SELECT EXISTS(SELECT 1 FROM file WHERE sha256 = ?1 AND (rejected_count > 0 OR held_count > 0))"
    " OR EXISTS(SELECT 1 FROM archive_documents a JOIN exception x ON x.document_id = a.ordinal"
    "  WHERE a.sha256 = ?1)";

struct retain {
    struct ledger *ledger;
    struct store *store;
    const struct retain_settings *settings;
    struct retain_counts *counts;
    struct canon_sink *out;
    char old[24], refused_old[24]; /* what was archived before is old */
    char last[STORE_HEX + 1];      /* looked at */
};

static struct bytes days_ago(uint64_t days, char into[24])
{
    struct timespec now;
    struct tm parts;
    time_t then;

    clock_gettime(CLOCK_REALTIME, &now);
    then = days < (uint64_t)now.tv_sec / 86400 ? now.tv_sec - (time_t)days * 86400 : 0;
    gmtime_r(&then, &parts);
    return (struct bytes){into, strftime(into, 24, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

static bool is_refused(struct retain *retain, struct bytes sha256)
{
    sqlite3_stmt *statement = sql_begin(retain->ledger, was_refused);

    sql_text(statement, 1, sha256);
    return sql_answer(retain->ledger, statement, 1) != 0;
}

/* Whether it is to go; looked at, it is told. */
static bool is_over(struct retain *retain, struct bytes sha256, struct bytes name, struct bytes since)
{
    sqlite3_stmt *statement;
    bool open;

    if (bytes_compare(since, bytes_of(retain->refused_old)) >= 0 && is_refused(retain, sha256))
        return false;
    statement = sql_begin(retain->ledger, unfinished);
    sql_text(statement, 1, sha256);
    open = sql_row(retain->ledger, statement);
    if (retain->settings->look && !ledger_failed(retain->ledger)) {
        canon_sink_add(retain->out, open ? BYTES("keep\t") : BYTES("remove\t"));
        canon_sink_add(retain->out, sha256);
        canon_sink_add(retain->out, BYTES("\t"));
        canon_sink_add(retain->out, name);
        canon_sink_add(retain->out, BYTES("\t"));
        canon_sink_add(retain->out, since);
        canon_sink_add(retain->out, BYTES("\t"));
        if (open)
            canon_sink_add(retain->out, sql_get_text(statement, 0));
        canon_sink_add(retain->out, BYTES("\n"));
    }
    sql_end(statement);
    if (open)
        retain->counts->unfinished++;
    return !open && !ledger_failed(retain->ledger);
}

static bool mark(struct retain *retain, struct bytes sha256)
{
    static const char update[] = "UPDATE archived SET state = 'going' WHERE sha256 = ?";
    sqlite3_stmt *statement = sql_begin(retain->ledger, update);

    sql_text(statement, 1, sha256);
    return sql_run(retain->ledger, statement) &&
           event_add(retain->ledger, &(struct event){.what = "removed from archive", .text = sha256});
}

/* The next ones that are old are looked at, and marked when they are to go.  False: told. *more: perhaps. */
static bool mark_round(struct retain *retain, bool *more)
{
    static const char select[] = "SELECT sha256, name, archived_at FROM archived"
                                 " WHERE state = 'kept' AND archived_at < ?1 AND sha256 > ?2"
                                 " ORDER BY sha256 LIMIT ?3";
    sqlite3_stmt *statement = sql_begin(retain->ledger, select);
    unsigned n = 0, going = 0;
    char chosen[ROUND][STORE_HEX + 1], last[STORE_HEX + 1];

    memcpy(last, retain->last, sizeof(last));
    sql_text(statement, 1, bytes_of(retain->old));
    sql_text(statement, 2, bytes_of(last));
    sql_number(statement, 3, ROUND);
    for (; sql_row(retain->ledger, statement); n++) {
        struct bytes sha256 = sql_get_text(statement, 0);

        (void)snprintf(retain->last, sizeof(retain->last), "%.*s", BYTES_ARG(sha256));
        if (is_over(retain, sha256, sql_get_text(statement, 1), sql_get_text(statement, 2)))
            memcpy(chosen[going++], retain->last, sizeof(retain->last));
    }
    *more = n == ROUND;
    retain->counts->removed += going;
    for (unsigned i = 0; i < going && !retain->settings->look; i++)
        if (!mark(retain, bytes_of(chosen[i])))
            return false;
    return !ledger_failed(retain->ledger);
}

/* What is marked goes, under the lock: nobody notes it as kept meanwhile. */
static bool remove_marked(struct retain *retain)
{
    static const char select[] = "SELECT sha256 FROM archived WHERE state = 'going'";
    static const char update[] = "UPDATE archived SET state = 'gone', gone_at = ? WHERE state = 'going'";
    sqlite3_stmt *statement;
    char now[24];
    int error = 0;

    if (!ledger_begin(retain->ledger))
        return false;
    statement = sql_begin(retain->ledger, select);
    while (error == 0 && sql_row(retain->ledger, statement))
        error = store_remove(retain->store, sql_get_text(statement, 0).at);
    sql_end(statement);
    if (error == 0 && !ledger_failed(retain->ledger)) {
        statement = sql_begin(retain->ledger, update);
        sql_text(statement, 1, sql_now(now));
        if (sql_run(retain->ledger, statement))
            return ledger_commit(retain->ledger);
    }
    ledger_rollback(retain->ledger);
    return error == 0 ? false : archived_fail(retain->ledger, "removing", error);
}

bool retain_run(struct ledger *ledger, struct store *store, const struct retain_settings *settings,
                struct canon_sink *out, struct retain_counts *counts)
{
    struct retain retain = {
        .ledger = ledger, .store = store, .settings = settings, .counts = counts, .out = out};
    uint64_t refused = settings->refused_days > settings->days ? settings->refused_days : settings->days;
    bool more = true, good = true;

    *counts = (struct retain_counts){0};
    (void)days_ago(settings->days, retain.old);
    (void)days_ago(refused, retain.refused_old);
    if (settings->look) {
        while (good && more && !out->failed)
            good = mark_round(&retain, &more);
        return good;
    }
    /* What an earlier run marked, and could not remove. */
    good = remove_marked(&retain);
    while (good && more) {
        good = ledger_begin(ledger) && mark_round(&retain, &more);
        if (!good) {
            ledger_rollback(ledger);
            return false;
        }
        good = ledger_commit(ledger) && remove_marked(&retain);
    }
    return good;
}
