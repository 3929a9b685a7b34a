/* To version 10: which control numbers were used, are missing, and were used again. */
#include "ledger/gap_sql.h"
#include "ledger/migration_step.h"

#define PAIR "sender || ' ' || receiver"

/* What need not come any more. */
const char migration_numbers_waived[] =
    "CREATE TABLE waiver("
    " waiver_id INTEGER PRIMARY KEY, series TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,"
    " reason TEXT NOT NULL, at TEXT NOT NULL) STRICT;"
    "CREATE INDEX waiver_series ON waiver(series);";

/* ordinal: of the interchange; of one that goes out, in sent_interchanges. */
const char migration_numbers_used[] =
    "CREATE VIEW numbers_used AS"
    " SELECT 'in' AS direction, 'ISA' AS what, 'ISA ' || " PAIR " AS series, " PAIR " AS pair,"
    "  CAST(control AS INTEGER) AS number, first_at AS at, interchange_id AS ordinal, control AS interchange"
    " FROM interchange WHERE control <> '' AND control NOT GLOB '*[^0-9]*'"
    " UNION ALL"
    " SELECT 'in', 'GS', 'GS ' || " PAIR " || ' ' || d.kind, " PAIR ","
    "  CAST(d.group_control AS INTEGER), min(d.posted_at), d.interchange_id, i.control"
    " FROM document d JOIN interchange i USING(interchange_id)"
    " WHERE d.group_control <> '' AND d.group_control NOT GLOB '*[^0-9]*'"
    " GROUP BY d.interchange_id, d.group_control, d.kind"
    " UNION ALL"
    " SELECT 'out', 'ISA', 'ISA ' || " PAIR ", " PAIR ", control, recorded_at, sent_id,"
    "  printf('%09d', control) FROM sent"
    " UNION ALL"
    " SELECT 'out', 'GS', 'GS ' || " PAIR " || ' ' || group_code, " PAIR ", group_control, recorded_at,"
    "  sent_id, printf('%09d', control)"
    " FROM sent WHERE group_control IS NOT NULL;";

/* numbers_reused: a group number under another interchange than the one before it. */
const char migration_numbers_views[] =
    "CREATE VIEW number_gaps AS" GAP_SQL("numbers_used") ";"
    "CREATE VIEW numbers_reused AS"
    " WITH u AS (SELECT series, number, at, interchange, ordinal, lag(interchange) OVER w AS before,"
    "   lag(at) OVER w AS before_at FROM numbers_used WHERE direction = 'in' AND what = 'GS'"
    "   WINDOW w AS (PARTITION BY series, number ORDER BY ordinal))"
    " SELECT series, number, before AS interchange, before_at AS at, interchange AS again, at AS again_at,"
    "  (SELECT d.partner FROM document d WHERE d.interchange_id = u.ordinal LIMIT 1) AS partner"
    " FROM u WHERE before IS NOT NULL AND before <> interchange AND series NOT LIKE 'GS % reject';";
