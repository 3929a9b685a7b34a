/* To version 8: what partners say of what we sent. */
#include "ledger/migration_step.h"

/* What partners say of it: expected and come, by group and by set. */
const char migration_acks_tables[] =
    "ALTER TABLE sent ADD COLUMN due_at TEXT;"
    "ALTER TABLE sent ADD COLUMN ack TEXT"
    " CHECK(ack IN ('due', 'accepted', 'errors', 'partly', 'rejected'));"
    "ALTER TABLE sent ADD COLUMN ta1 TEXT CHECK(ta1 IN ('due', 'accepted', 'errors', 'partly', 'rejected'));"
    "ALTER TABLE sent ADD COLUMN acked_at TEXT;"
    "CREATE INDEX sent_group ON sent(group_control, group_code) WHERE group_control IS NOT NULL;"
    "CREATE INDEX sent_number ON sent(control);"
    "CREATE INDEX sent_due ON sent(sent_id) WHERE ack = 'due' OR ta1 = 'due';"
    "ALTER TABLE sent_set ADD COLUMN ack TEXT"
    " CHECK(ack IN ('due', 'accepted', 'errors', 'partly', 'rejected'));"
    "ALTER TABLE sent_set ADD COLUMN ack_text TEXT;"
    "CREATE INDEX sent_set_rejected ON sent_set(sent_id) WHERE ack IN ('rejected', 'errors');"
    /* One that came: document_id is its own. */
    "CREATE TABLE acknowledgment("
    " acknowledgment_id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document,"
    " kind TEXT NOT NULL, what TEXT NOT NULL, sent_id INTEGER REFERENCES sent,"
    " outcome TEXT NOT NULL CHECK(outcome IN ('matched', 'orphan', 'duplicate')),"
    " is_late INTEGER NOT NULL, at TEXT NOT NULL) STRICT;"
    "CREATE INDEX acknowledgment_odd ON acknowledgment(outcome) WHERE outcome <> 'matched' OR is_late;";

const char migration_acks_views[] =
    "DROP VIEW sent_interchanges;"
    "DROP VIEW sent_documents;"
    "DROP VIEW acks_due;"
    "CREATE VIEW sent_interchanges AS"
    " SELECT sent_id AS ordinal, partner, sender, receiver, printf('%09d', control) AS interchange,"
    "  group_code, CAST(group_control AS TEXT) AS group_control, set_code, release, set_count, is_test,"
    "  state, file, byte_count, sha256, recorded_at, sent_at, ack, ta1, due_at, acked_at FROM sent;"
    "CREATE VIEW sent_documents AS"
    " SELECT d.document_id AS ordinal, t.id, t.kind, s.partner, d.number, s.sent_id AS sent,"
    "  printf('%09d', s.control) AS interchange, s.group_code,"
    "  CAST(s.group_control AS TEXT) AS group_control,"
    "  CASE WHEN s.group_code IS NOT NULL THEN printf('%04d', t.ordinal) END AS set_control, s.set_code,"
    "  s.state, s.file, s.sha256, s.sent_at, t.ack, t.ack_text, s.due_at, s.acked_at"
    " FROM sent_set t JOIN sent s USING(sent_id) LEFT JOIN document d ON d.document_id = t.document_id;"
    "CREATE VIEW acks_received AS"
    " SELECT a.acknowledgment_id AS ordinal, d.id, d.partner, a.kind, a.what, a.outcome, a.is_late,"
    "  a.sent_id AS sent, s.due_at, a.at"
    " FROM acknowledgment a JOIN document d USING(document_id) LEFT JOIN sent s USING(sent_id);"
    "CREATE VIEW acks_due AS"
    " SELECT 'owed' AS due, d.id, d.partner, d.number, d.posted_at AS since, NULL AS until,"
    "  'acknowledgment of ' || ifnull(d.number, '?') AS what, NULL AS sent"
    " FROM document d WHERE d.direction = 'out' AND d.kind = 'functional_ack' AND d.state = 'open'"
    "  AND NOT EXISTS (SELECT 1 FROM delivery v WHERE v.document_id = d.document_id AND v.state = 'done')"
    " UNION ALL"
    " SELECT CASE WHEN due_at <= strftime('%Y-%m-%dT%H:%M:%SZ', 'now') THEN 'overdue' ELSE 'expected' END,"
    "  NULL, partner, NULL, ifnull(sent_at, recorded_at), due_at,"
    "  CASE WHEN ack = 'due' THEN group_code || ' ' || group_control"
    "  ELSE 'ISA ' || printf('%09d', control) END, sent_id"
    " FROM sent WHERE ack = 'due' OR ta1 = 'due';";

/* What was sent before this version, and what came of it; nobody wrote down until when it was waited for, so
 * it is a day. */
#define VERDICT(CODE, OTHER)                                                                                \
    "CASE WHEN " CODE " = 'A' THEN 'accepted' WHEN " CODE " = 'E' THEN 'errors'"                            \
    " WHEN " CODE " IN ('R', 'M', 'W', 'X') THEN 'rejected' ELSE " OTHER " END"
#define OF_GROUP VERDICT("r.line ->> '$.group_status_code'", "'partly'")
#define OF_SET VERDICT("m.value ->> '$.message_status_code'", "NULL")
const char migration_acks_before[] =
    "INSERT INTO acknowledgment(document_id, kind, what, sent_id, outcome, is_late, at)"
    " WITH came AS (SELECT d.document_id, r.line ->> '$.ack_type_code' AS kind, d.posted_at,"
    "  ifnull(r.line ->> '$.acked_group_code', '') || ' ' || k.value AS what, (SELECT max(s.sent_id)"
    "   FROM sent s WHERE s.group_control = CAST(k.value AS INTEGER)"
    "   AND s.group_code = r.line ->> '$.acked_group_code' AND s.partner = d.partner) AS sent_id"
    "  FROM document d JOIN record r USING(document_id) JOIN document_key k USING(document_id)"
    "  WHERE d.direction = 'in' AND d.kind = 'functional_ack' AND k.name = 'acked_group_control_number')"
    " SELECT document_id, kind, what, sent_id, CASE WHEN sent_id IS NULL THEN 'orphan'"
    "  WHEN row_number() OVER (PARTITION BY sent_id ORDER BY document_id) > 1 THEN 'duplicate'"
    "  ELSE 'matched' END, 0, posted_at FROM came WHERE kind IN ('997', '999') ORDER BY document_id;"
    "UPDATE sent SET acked_at = a.at, ack = " OF_GROUP
    " FROM acknowledgment a JOIN record r USING(document_id)"
    " WHERE a.sent_id = sent.sent_id AND a.outcome = 'matched';"
    "UPDATE sent_set SET ack = " OF_SET " FROM acknowledgment a JOIN record r USING(document_id),"
    "  json_each(r.line, '$.messages') m WHERE a.sent_id = sent_set.sent_id AND a.outcome = 'matched'"
    "  AND CAST(m.value ->> '$.acked_message_control_number' AS INTEGER) = sent_set.ordinal;"
    "UPDATE sent SET ack = 'due',"
    " due_at = strftime('%Y-%m-%dT%H:%M:%SZ', ifnull(sent_at, recorded_at), '+1 day')"
    " WHERE ack IS NULL AND group_control IS NOT NULL AND set_code NOT IN ('997', '999') AND NOT is_test;"
    "UPDATE sent_set SET ack = s.ack FROM sent s"
    " WHERE s.sent_id = sent_set.sent_id AND sent_set.ack IS NULL AND s.ack <> 'partly';";
