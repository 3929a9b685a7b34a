#include "ledger/migration.h"

#include <stdio.h>

#include "ledger/migration_step.h"
#include "ledger/sql.h"

/* What happened with what: see crossdock-ledger(5).  Times are UTC.  Rows are ordered by their numbers, never
 * by time: clocks jump.  Indexes begin with what neighbours in time share, so that adding to ten million rows
 * touches few pages; only ids and business numbers come in any order. */
static const char first_tables[] =
    "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;"

    /* A file that a batch record closed.  `run`: how often it was translated to something else. */
    "CREATE TABLE file("
    " file_id INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, name TEXT NOT NULL, format TEXT,"
    " byte_count INTEGER NOT NULL, is_complete INTEGER NOT NULL, posted_at TEXT NOT NULL,"
    " run INTEGER NOT NULL DEFAULT 1,"
    " read_count INTEGER NOT NULL, translated_count INTEGER NOT NULL DEFAULT 0,"
    " held_count INTEGER NOT NULL DEFAULT 0, rejected_count INTEGER NOT NULL DEFAULT 0,"
    " duplicate_count INTEGER NOT NULL DEFAULT 0, ignored_count INTEGER NOT NULL DEFAULT 0,"
    " UNIQUE(sha256, name)) STRICT;"

    /* An interchange of a file; the same numbers in another file are another row. */
    "CREATE TABLE interchange("
    " interchange_id INTEGER PRIMARY KEY, sender TEXT NOT NULL, receiver TEXT NOT NULL,"
    " control TEXT NOT NULL, file_id INTEGER REFERENCES file, first_at TEXT NOT NULL) STRICT;"
    "CREATE INDEX interchange_control ON interchange(sender, receiver, control, file_id);"

    "CREATE TABLE document("
    " document_id INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL,"
    " partner TEXT NOT NULL, direction TEXT NOT NULL CHECK(direction IN ('in', 'out')),"
    " number TEXT, identity TEXT, state TEXT NOT NULL CHECK(state IN ('open', 'held', 'dismissed')),"
    " interchange_id INTEGER REFERENCES interchange, group_control TEXT, set_control TEXT, map TEXT,"
    " file_id INTEGER REFERENCES file, posted_at TEXT NOT NULL) STRICT;"
    "CREATE INDEX document_identity ON document(partner, kind, identity) WHERE identity IS NOT NULL;"
    "CREATE INDEX document_interchange ON document(interchange_id, group_control, set_control)"
    " WHERE interchange_id IS NOT NULL;"
    "CREATE INDEX document_kind ON document(direction, kind);"
    "CREATE INDEX document_partner ON document(partner, direction, kind);"

    /* Apart, so that looking through documents does not read records. */
    "CREATE TABLE record("
    " document_id INTEGER PRIMARY KEY REFERENCES document, line TEXT NOT NULL) STRICT;"

    "CREATE TABLE document_key("
    " value TEXT NOT NULL, name TEXT NOT NULL, document_id INTEGER NOT NULL REFERENCES document,"
    " PRIMARY KEY(value, name, document_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX document_key_document ON document_key(document_id);"

    /* A document in a file.  `run`: of the file, when it was last seen; `id`: of one that is not kept. */
    "CREATE TABLE arrival("
    " arrival_id INTEGER PRIMARY KEY, file_id INTEGER REFERENCES file,"
    " document_id INTEGER REFERENCES document, interchange_id INTEGER REFERENCES interchange,"
    " is_counted INTEGER NOT NULL, outcome TEXT NOT NULL"
    " CHECK(outcome IN ('new', 'held', 'duplicate', 'refused', 'replaced')),"
    " run INTEGER NOT NULL DEFAULT 1, id TEXT) STRICT;"
    "CREATE INDEX arrival_document ON arrival(document_id);"
    "CREATE INDEX arrival_file ON arrival(file_id);";

static const char first_flow[] =
    /* Who takes documents: of one partner, or of all. */
    "CREATE TABLE consumer("
    " consumer_id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partner TEXT,"
    " direction TEXT NOT NULL CHECK(direction IN ('in', 'out'))) STRICT;"
    /* How far it has been offered documents of a kind. */
    "CREATE TABLE position("
    " consumer_id INTEGER NOT NULL REFERENCES consumer, kind TEXT NOT NULL, document_id INTEGER NOT NULL,"
    " PRIMARY KEY(consumer_id, kind)) STRICT, WITHOUT ROWID;"
    /* owner, until: of a lease.  file, sha256: of the receipt. */
    "CREATE TABLE delivery("
    " consumer_id INTEGER NOT NULL REFERENCES consumer, document_id INTEGER NOT NULL REFERENCES document,"
    " state TEXT NOT NULL CHECK(state IN ('waiting', 'leased', 'done', 'refused')),"
    " owner TEXT, until INTEGER, times INTEGER NOT NULL DEFAULT 1, file TEXT, sha256 TEXT, at TEXT NOT NULL,"
    " PRIMARY KEY(consumer_id, document_id)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX delivery_pending ON delivery(consumer_id, document_id)"
    " WHERE state IN ('waiting', 'leased');"
    "CREATE INDEX delivery_document ON delivery(document_id);"

    "CREATE TABLE exception("
    " exception_id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document,"
    " cause TEXT NOT NULL CHECK(cause IN ('collision', 'duplicate', 'reject', 'refusal')),"
    " consumer_id INTEGER REFERENCES consumer, text TEXT NOT NULL,"
    " earlier_id INTEGER REFERENCES document, state TEXT NOT NULL DEFAULT 'open'"
    " CHECK(state IN ('open', 'released', 'dismissed', 'settled')),"
    " opened_at TEXT NOT NULL, closed_at TEXT, reason TEXT) STRICT;"
    "CREATE INDEX exception_document ON exception(document_id);"
    "CREATE INDEX exception_open ON exception(state) WHERE state = 'open';"

    "CREATE TABLE series("
    " name TEXT PRIMARY KEY, last INTEGER NOT NULL CHECK(last >= 0), changed_at TEXT NOT NULL)"
    " STRICT, WITHOUT ROWID;"

    "CREATE TABLE event("
    " event_id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL,"
    " document_id INTEGER REFERENCES document, file_id INTEGER REFERENCES file,"
    " consumer_id INTEGER REFERENCES consumer, text TEXT) STRICT;"
    "CREATE INDEX event_document ON event(document_id) WHERE document_id IS NOT NULL;"
    "CREATE TRIGGER event_stays BEFORE UPDATE ON event BEGIN SELECT raise(ABORT, 'events stay'); END;"
    "CREATE TRIGGER event_remains BEFORE DELETE ON event BEGIN SELECT raise(ABORT, 'events stay'); END;";

static const char first_views[] =
    "CREATE VIEW documents AS"
    " SELECT d.document_id AS ordinal, d.id, d.kind, d.partner, d.direction, d.number, d.state,"
    "  i.sender, i.receiver, i.control AS interchange, d.group_control, d.set_control, f.name AS file,"
    "  f.sha256 AS file_sha256, d.map, d.posted_at"
    " FROM document d LEFT JOIN interchange i USING(interchange_id)"
    "  LEFT JOIN file f ON f.file_id = d.file_id;"
    "CREATE VIEW records AS"
    " SELECT d.document_id AS ordinal, d.id, r.line FROM document d JOIN record r USING(document_id);"
    "CREATE VIEW document_keys AS"
    " SELECT k.name, k.value, k.document_id AS ordinal, d.id, d.kind, d.partner, d.direction"
    " FROM document_key k JOIN document d USING(document_id);"
    "CREATE VIEW files AS"
    " SELECT file_id AS ordinal, name, sha256, format, byte_count, is_complete, read_count, translated_count,"
    "  held_count, rejected_count, duplicate_count, ignored_count, run, posted_at FROM file;"
    "CREATE VIEW deliveries AS"
    " SELECT c.name AS consumer, d.document_id AS ordinal, d.id, d.kind, d.partner, d.number, v.state,"
    "  v.times, v.file, v.sha256, v.at"
    " FROM delivery v JOIN consumer c USING(consumer_id) JOIN document d USING(document_id);"
    "CREATE VIEW open_exceptions AS"
    " SELECT x.exception_id AS exception, x.cause, d.id, d.kind, d.partner, d.number, c.name AS consumer,"
    "  x.text, e.id AS earlier_id, x.opened_at"
    " FROM exception x JOIN document d USING(document_id) LEFT JOIN consumer c USING(consumer_id)"
    "  LEFT JOIN document e ON e.document_id = x.earlier_id WHERE x.state = 'open';"
    "CREATE VIEW order_timeline AS"
    " SELECT k.value AS order_number, d.document_id AS ordinal, d.posted_at AS at, 'posted' AS what, d.kind,"
    "  d.direction, d.partner, d.number, d.id, d.state, f.name AS file, NULL AS consumer"
    " FROM document_key k JOIN document d USING(document_id) LEFT JOIN file f ON f.file_id = d.file_id"
    " WHERE k.name = 'order_number'"
    " UNION ALL"
    " SELECT k.value, d.document_id, v.at, CASE v.state WHEN 'done' THEN 'delivered' ELSE v.state END,"
    "  d.kind, d.direction, d.partner, d.number, d.id, d.state, v.file, c.name"
    " FROM document_key k JOIN document d USING(document_id) JOIN delivery v USING(document_id)"
    "  JOIN consumer c USING(consumer_id)"
    " WHERE k.name = 'order_number';"
    "CREATE VIEW acks_due AS"
    " SELECT 'owed' AS due, d.id, d.partner, d.number, d.posted_at AS since"
    " FROM document d WHERE d.direction = 'out' AND d.kind = 'functional_ack' AND d.state = 'open'"
    "  AND NOT EXISTS (SELECT 1 FROM delivery v WHERE v.document_id = d.document_id AND v.state = 'done');"
    "CREATE VIEW events AS"
    " SELECT e.event_id AS ordinal, e.at, e.what, d.id, d.kind, d.number, f.name AS file,"
    "  c.name AS consumer, e.text"
    " FROM event e LEFT JOIN document d USING(document_id) LEFT JOIN file f ON f.file_id = e.file_id"
    "  LEFT JOIN consumer c ON c.consumer_id = e.consumer_id;"
    "CREATE VIEW number_series AS SELECT name, last, changed_at FROM series;";

/* A timeline that also tells of events and acknowledgments, by document and by order.  Written out twice: a
 * view of unions is not looked into from a join. */
#define TIMELINE(KEY, FROM, WHERE)                                                                         \
    " SELECT " KEY " d.document_id AS ordinal, d.posted_at AS at, 'posted' AS what, d.kind, d.direction,"  \
    "  d.partner, d.number, d.id, d.state, f.name AS file, NULL AS consumer, i.control AS interchange,"    \
    "  d.group_control, d.set_control, NULL AS text"                                                       \
    " FROM " FROM " document d LEFT JOIN interchange i USING(interchange_id)"                              \
    "  LEFT JOIN file f ON f.file_id = d.file_id" WHERE                                                    \
    " UNION ALL"                                                                                           \
    " SELECT " KEY " d.document_id, v.at, CASE v.state WHEN 'done' THEN 'delivered' ELSE v.state END,"     \
    "  d.kind, d.direction, d.partner, d.number, d.id, d.state, v.file, c.name, NULL, NULL, NULL, NULL"    \
    " FROM " FROM " document d JOIN delivery v ON v.document_id = d.document_id"                           \
    "  JOIN consumer c USING(consumer_id)" WHERE                                                           \
    " UNION ALL"                                                                                           \
    " SELECT " KEY " d.document_id, e.at, e.what, d.kind, d.direction, d.partner, d.number, d.id,"         \
    "  d.state, NULL, c.name, NULL, NULL, NULL, e.text"                                                    \
    " FROM " FROM " document d JOIN event e ON e.document_id = d.document_id"                              \
    "  LEFT JOIN consumer c ON c.consumer_id = e.consumer_id" WHERE                                        \
    " UNION ALL"                                                                                           \
    " SELECT " KEY " d.document_id, ifnull(v.at, a.posted_at),"                                            \
    "  CASE WHEN v.at IS NULL THEN 'acknowledgment owed' ELSE 'acknowledged' END, d.kind, d.direction,"    \
    "  d.partner, d.number, d.id, d.state, v.file, NULL, NULL, d.group_control, NULL, a.id"                \
    " FROM " FROM " document d JOIN arrival r ON r.file_id = d.file_id"                                    \
    "  JOIN document a ON a.document_id = r.document_id AND a.kind = 'functional_ack'"                     \
    "   AND a.direction = 'out' AND a.partner = d.partner"                                                 \
    "  JOIN document_key g ON g.document_id = a.document_id AND g.name = 'acked_group_control_number'"     \
    "   AND g.value = d.group_control"                                                                     \
    "  LEFT JOIN delivery v ON v.document_id = a.document_id AND v.state = 'done'" WHERE

static const char second_views[] =
    "DROP VIEW order_timeline;"
    "CREATE VIEW document_timeline AS" TIMELINE("", "", "") ";"
    "CREATE VIEW order_timeline AS"
    TIMELINE("k.value AS order_number,", "document_key k CROSS JOIN",
             " WHERE k.name = 'order_number' AND d.document_id = k.document_id") ";";

/* Files on their way between partners' mailboxes and this machine. */
static const char transfers[] =
    "CREATE TABLE transfer("
    " transfer_id INTEGER PRIMARY KEY, partner TEXT NOT NULL,"
    " direction TEXT NOT NULL CHECK(direction IN ('in', 'out')), folder TEXT NOT NULL, name TEXT NOT NULL,"
    " byte_count INTEGER NOT NULL, mtime INTEGER NOT NULL, sha256 TEXT, target TEXT,"
    " state TEXT NOT NULL CHECK(state IN ('claimed', 'whole', 'kept', 'done')),"
    " claimed_at TEXT NOT NULL, changed_at TEXT NOT NULL) STRICT;"
    "CREATE INDEX transfer_name ON transfer(partner, direction, name, folder);"
    "CREATE INDEX transfer_open ON transfer(partner, direction, state) WHERE state <> 'done';"
    "CREATE VIEW transfers AS"
    " SELECT transfer_id AS ordinal, partner, direction, folder, name, byte_count, mtime, sha256, target,"
    "  state, claimed_at, changed_at FROM transfer;";

/* What reconcile found, run by run; review_id of a finding: the run that last said something of it. */
static const char reviews[] =
    "CREATE TABLE review("
    " review_id INTEGER PRIMARY KEY, at TEXT NOT NULL, document_id INTEGER NOT NULL, event_id INTEGER NOT "
    "NULL,"
    " settings TEXT NOT NULL, verdict TEXT, new_count INTEGER, open_count INTEGER, cleared_count INTEGER,"
    " tolerated_count INTEGER, waived_count INTEGER, at_risk TEXT) STRICT;"
    "CREATE TABLE finding("
    " finding_id INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, code TEXT NOT NULL, scope TEXT NOT NULL,"
    " severity TEXT NOT NULL, partner TEXT, order_number TEXT, line_number TEXT, item TEXT, document TEXT,"
    " number TEXT, expected TEXT, found TEXT, difference TEXT, limit_text TEXT, limit_origin TEXT, amount "
    "TEXT,"
    " currency TEXT, due_at TEXT, text TEXT, state TEXT NOT NULL"
    " CHECK(state IN ('new', 'open', 'tolerated', 'waived', 'cleared')), first_seen TEXT NOT NULL,"
    " last_seen TEXT NOT NULL, cleared_at TEXT, runs INTEGER NOT NULL, owner TEXT, comment TEXT,"
    " review_id INTEGER NOT NULL REFERENCES review) STRICT;"
    "CREATE INDEX finding_scope ON finding(scope) WHERE state <> 'cleared';"
    "CREATE INDEX finding_open ON finding(state) WHERE state <> 'cleared';"
    "CREATE INDEX finding_review ON finding(review_id);"
    "CREATE TABLE finding_event("
    " event_id INTEGER PRIMARY KEY, finding_id INTEGER NOT NULL REFERENCES finding, at TEXT NOT NULL,"
    " what TEXT NOT NULL, who TEXT, text TEXT) STRICT;"
    "CREATE INDEX finding_event_finding ON finding_event(finding_id);"
    "CREATE TRIGGER finding_event_stays BEFORE UPDATE ON finding_event"
    " BEGIN SELECT raise(ABORT, 'events stay'); END;"
    "CREATE TRIGGER finding_event_remains BEFORE DELETE ON finding_event"
    " BEGIN SELECT raise(ABORT, 'events stay'); END;"
    /* When an order must be looked at again though nothing of it changes: a deadline passes. */
    "CREATE TABLE review_due(order_number TEXT PRIMARY KEY, due_at TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    /* Documents that name no order, and those that they belong to. */
    "CREATE TABLE review_loose("
    " document_id INTEGER NOT NULL REFERENCES document, order_number TEXT NOT NULL, is_order INTEGER NOT "
    "NULL,"
    " PRIMARY KEY(document_id, order_number)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX review_due_at ON review_due(due_at);"
    "CREATE INDEX delivery_at ON delivery(at);"
    "DROP VIEW files;"
    "CREATE VIEW files AS"
    " SELECT file_id AS ordinal, name, sha256, format, byte_count, is_complete, read_count, translated_count,"
    "  held_count, rejected_count, duplicate_count, ignored_count, run, posted_at,"
    "  (SELECT d.partner FROM arrival a JOIN document d USING(document_id) WHERE a.file_id = f.file_id "
    "LIMIT 1)"
    "  AS partner FROM file f;"
    "CREATE VIEW findings AS"
    " SELECT id, code, severity, state, partner, order_number, line_number, item, document, number, expected,"
    "  found, difference, limit_text AS \"limit\", limit_origin, amount, currency, due_at, text, first_seen,"
    "  last_seen, cleared_at, runs, owner, comment FROM finding;"
    "CREATE VIEW finding_events AS"
    " SELECT e.event_id AS ordinal, e.at, f.id, f.code, e.what, e.who, e.text"
    " FROM finding_event e JOIN finding f USING(finding_id);"
    "CREATE VIEW reviews AS"
    " SELECT review_id AS ordinal, at, verdict, new_count, open_count, cleared_count, tolerated_count,"
    "  waived_count, at_risk FROM review;";

/* Interchanges that went out, a functional group (or TA1s) each, and the documents in them: the n-th has the
 * set number n.  `name`: of the file in its folder; `file`: as receipts name it; `content`: of one that is
 * not there yet.  `is_settled`: its receipt was taken; the index is small, for most are. */
static const char sending[] =
    "CREATE TABLE sent("
    " sent_id INTEGER PRIMARY KEY, partner TEXT NOT NULL, sender TEXT NOT NULL, receiver TEXT NOT NULL,"
    " control INTEGER NOT NULL, group_code TEXT, group_control INTEGER, set_code TEXT NOT NULL,"
    " release TEXT NOT NULL, set_count INTEGER NOT NULL, is_test INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK(state IN ('sending', 'sent')), name TEXT NOT NULL, file TEXT NOT NULL,"
    " byte_count INTEGER NOT NULL, sha256 TEXT NOT NULL, content BLOB, recorded_at TEXT NOT NULL,"
    " sent_at TEXT) STRICT;"
    "CREATE INDEX sent_control ON sent(sender, receiver, control);"
    "CREATE INDEX sent_open ON sent(state) WHERE state = 'sending';"
    "CREATE TABLE sent_set("
    " sent_id INTEGER NOT NULL REFERENCES sent, ordinal INTEGER NOT NULL, id TEXT NOT NULL,"
    " partner TEXT NOT NULL, kind TEXT NOT NULL, document_id INTEGER REFERENCES document,"
    " is_settled INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(sent_id, ordinal)) STRICT, WITHOUT ROWID;"
    "CREATE UNIQUE INDEX sent_set_open ON sent_set(id, partner) WHERE is_settled = 0;"
    "CREATE INDEX sent_set_document ON sent_set(document_id) WHERE document_id IS NOT NULL;"
    "CREATE VIEW sent_interchanges AS"
    " SELECT sent_id AS ordinal, partner, sender, receiver, printf('%09d', control) AS interchange,"
    "  group_code, CAST(group_control AS TEXT) AS group_control, set_code, release, set_count, is_test,"
    "  state, file, byte_count, sha256, recorded_at, sent_at FROM sent;"
    "CREATE VIEW sent_documents AS"
    " SELECT d.document_id AS ordinal, t.id, t.kind, s.partner, d.number, s.sent_id AS sent,"
    "  printf('%09d', s.control) AS interchange, s.group_code,"
    "  CAST(s.group_control AS TEXT) AS group_control,"
    "  CASE WHEN s.group_code IS NOT NULL THEN printf('%04d', t.ordinal) END AS set_control, s.set_code,"
    "  s.state, s.file, s.sha256, s.sent_at"
    " FROM sent_set t JOIN sent s USING(sent_id) LEFT JOIN document d ON d.document_id = t.document_id;";
/* Bytes in the archive beside the ledger, and which documents came or went in them. */
static const char archive[] =
    "CREATE TABLE archived("
    " sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, byte_count INTEGER NOT NULL,"
    " packed_count INTEGER NOT NULL, state TEXT NOT NULL CHECK(state IN ('kept', 'going', 'gone')),"
    " archived_at TEXT NOT NULL, gone_at TEXT) STRICT, WITHOUT ROWID;"
    "CREATE INDEX archived_going ON archived(state) WHERE state = 'going';"
    "CREATE INDEX delivery_sha256 ON delivery(sha256) WHERE sha256 IS NOT NULL;"
    "CREATE VIEW archive AS"
    " SELECT sha256, name, byte_count, packed_count, state, archived_at, gone_at FROM archived;"
    "CREATE VIEW archive_documents AS"
    " SELECT f.sha256, a.document_id AS ordinal, 'came' AS how"
    " FROM file f JOIN arrival a ON a.file_id = f.file_id AND a.document_id IS NOT NULL"
    " UNION ALL SELECT v.sha256, v.document_id, 'went' FROM delivery v WHERE v.sha256 IS NOT NULL;";

/* Documents without what is joined to them, for counting.  Interchanges that came; has_documents: some of
 * theirs were not there before. */
static const char interchanges[] =
    "CREATE VIEW document_kinds AS SELECT document_id AS ordinal, partner, direction, kind, posted_at"
    " FROM document;"
    "CREATE VIEW interchanges AS"
    " SELECT i.interchange_id AS ordinal, i.sender, i.receiver, i.control AS interchange, f.name AS file,"
    "  f.sha256 AS file_sha256, i.first_at, (SELECT d.partner FROM arrival a JOIN document d "
    "USING(document_id)"
    "   WHERE a.file_id = i.file_id LIMIT 1) AS partner, (SELECT d.direction FROM arrival a JOIN document d"
    "   USING(document_id) WHERE a.file_id = i.file_id AND a.is_counted LIMIT 1) AS direction,"
    "  EXISTS(SELECT 1 FROM document d WHERE d.interchange_id = i.interchange_id) AS has_documents"
    " FROM interchange i LEFT JOIN file f ON f.file_id = i.file_id;";

/* A step: up to three texts, run in order within its transaction. */
static const char *const steps[][3] = {
    {first_tables, first_flow, first_views},
    {second_views},
    {transfers},
    {reviews},
    {sending},
    {archive},
    {interchanges},
    {migration_acks_tables, migration_acks_before, migration_acks_views},
    {migration_replay},
    {migration_numbers_waived, migration_numbers_used, migration_numbers_views},
};

int migration_newest(void)
{
    return (int)(sizeof(steps) / sizeof(steps[0]));
}

static bool run_step(struct ledger *ledger, int version)
{
    char text[96];

    for (unsigned i = 0; i < sizeof(steps[0]) / sizeof(steps[0][0]); i++)
        if (steps[version][i] != NULL && !sql_script(ledger, steps[version][i]))
            return false;
    (void)snprintf(text, sizeof(text), "PRAGMA application_id=%d; PRAGMA user_version=%d", LEDGER_APPLICATION,
                   version + 1);
    return sql_script(ledger, text);
}

bool migration_run(struct ledger *ledger)
{
    int version = ledger_version(ledger);

    while (!ledger_failed(ledger) && version < migration_newest()) {
        if (!ledger_begin(ledger))
            return false;
        /* Another process may have been faster. */
        version = ledger_version(ledger);
        if (version >= migration_newest()) {
            ledger_rollback(ledger);
            break;
        }
        if (!run_step(ledger, version)) {
            ledger_rollback(ledger);
            return false;
        }
        if (!ledger_commit(ledger))
            return false;
        version++;
    }
    return !ledger_failed(ledger);
}
