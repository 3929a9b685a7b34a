/* To version 9: documents that were translated again. */
#include "ledger/migration_step.h"

const char migration_replay[] =
    /* A record that a document had, until it was translated again. */
    "CREATE TABLE revision("
    " revision_id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document, line TEXT NOT NULL,"
    " map TEXT, until TEXT NOT NULL, reason TEXT) STRICT;"
    "CREATE INDEX revision_document ON revision(document_id);"
    /* A document that took the place of another one, its parent. */
    "CREATE TABLE replay("
    " replay_id INTEGER PRIMARY KEY, document_id INTEGER NOT NULL REFERENCES document,"
    " parent_id INTEGER NOT NULL REFERENCES document, reason TEXT, at TEXT NOT NULL) STRICT;"
    "CREATE INDEX replay_document ON replay(document_id);"
    "CREATE INDEX replay_parent ON replay(parent_id);"
    "CREATE VIEW revisions AS"
    " SELECT v.revision_id AS ordinal, d.id, d.kind, d.partner, d.number, v.line, v.map, v.until, v.reason"
    " FROM revision v JOIN document d USING(document_id);"
    "CREATE VIEW replays AS"
    " SELECT y.replay_id AS ordinal, d.id, d.kind, d.partner, d.number, p.id AS parent,"
    "  p.kind AS parent_kind,"
    "  y.reason, y.at"
    " FROM replay y JOIN document d USING(document_id) JOIN document p ON p.document_id = y.parent_id;";
