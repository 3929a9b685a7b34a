#include "ledger/mismatch.h"

#include "ledger/sql.h"

/* The columns of the table in the order of enum mismatch_field. */
#define SAID                                                                                           \
    "id, code, scope, severity, partner, order_number, line_number, item, document, number, expected," \
    " found, difference, limit_text, limit_origin, amount, currency, due_at, text"
#define COLUMNS SAID ", state, first_seen, last_seen, cleared_at, owner, comment"

const char *const mismatch_names[MISMATCH_FIELDS] = {
    "id",           "code",       "scope",    "severity", "partner", "order_number", "line_number",
    "item",         "document",   "number",   "expected", "found",   "difference",   "limit",
    "limit_origin", "amount",     "currency", "due_at",   "text",    "state",        "first_seen",
    "last_seen",    "cleared_at", "owner",    "comment"};

bool mismatch_last_run(struct ledger *ledger, struct arena *arena, struct mismatch_run *out)
{
    static const char select[] = "SELECT review_id, document_id, event_id, at, settings FROM review"
                                 " ORDER BY review_id DESC LIMIT 1";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    *out = (struct mismatch_run){.run = 0};
    if (sql_row(ledger, statement)) {
        out->run = sql_get_number(statement, 0);
        out->document = sql_get_number(statement, 1);
        out->event = sql_get_number(statement, 2);
        out->at = arena_copy(arena, sql_get_text(statement, 3));
        out->settings = arena_copy(arena, sql_get_text(statement, 4));
    }
    sql_end(statement);
    return !ledger_failed(ledger);
}

static bool add_event(struct ledger *ledger, struct bytes at, int64_t row, const char *what, struct bytes who,
                      struct bytes text)
{
    static const char insert[] = "INSERT INTO finding_event(finding_id, at, what, who, text)"
                                 " VALUES(?, ?, ?, ?, ?)";
    sqlite3_stmt *statement = sql_begin(ledger, insert);

    sql_number(statement, 1, row);
    sql_text(statement, 2, at);
    sql_text(statement, 3, bytes_of(what));
    sql_text(statement, 4, who);
    sql_text(statement, 5, text);
    return sql_run(ledger, statement);
}

/* --- a run */

bool mismatch_begin_run(struct ledger *ledger, struct mismatch_run *run)
{
    static const char insert[] = "INSERT INTO review(at, document_id, event_id, settings) VALUES(?, ?, ?, ?)";
    static const char age[] = "UPDATE finding SET state = 'open' WHERE state = 'new'";
    sqlite3_stmt *statement = sql_begin(ledger, insert);

    sql_text(statement, 1, run->at);
    sql_number(statement, 2, run->document);
    sql_number(statement, 3, run->event);
    sql_text(statement, 4, run->settings);
    if (!sql_run(ledger, statement))
        return false;
    run->run = sql_last_row(ledger);
    return sql_run(ledger, sql_begin(ledger, age));
}

static bool insert_said(struct ledger *ledger, const struct mismatch_run *run,
                        const struct mismatch *mismatch, bool tolerated)
{
    static const char insert[] =
        "INSERT INTO finding(" SAID ", state, first_seen, last_seen, runs, review_id)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20,"
        " ?21, ?21, 1, ?22)";
    sqlite3_stmt *statement = sql_begin(ledger, insert);

    for (int i = 0; i < MISMATCH_SAID; i++)
        sql_text(statement, i + 1, mismatch->field[i]);
    sql_text(statement, 20, tolerated ? BYTES("tolerated") : BYTES("new"));
    sql_text(statement, 21, run->at);
    sql_number(statement, 22, run->run);
    return sql_run(ledger, statement) &&
           add_event(ledger, run->at, sql_last_row(ledger), tolerated ? "tolerated" : "new",
                     (struct bytes){NULL, 0}, mismatch->field[MISMATCH_TEXT]);
}

/* What a run makes of a state. */
static const char *next_state(struct bytes state, bool tolerated, bool *is_event)
{
    bool was_cleared = bytes_are(state, "cleared"), was_tolerated = bytes_are(state, "tolerated");

    *is_event = false;
    if (bytes_are(state, "waived"))
        return "waived";
    *is_event = was_cleared || was_tolerated != tolerated;
    if (tolerated)
        return "tolerated";
    return was_cleared || was_tolerated || bytes_are(state, "new") ? "new" : "open";
}

bool mismatch_see(struct ledger *ledger, const struct mismatch_run *run, const struct mismatch *mismatch,
                  bool tolerated)
{
    static const char select[] = "SELECT finding_id, state, review_id FROM finding WHERE id = ?1";
    static const char update[] =
        "UPDATE finding SET scope = ?3, severity = ?4, partner = ?5, order_number = ?6, line_number = ?7,"
        " item = ?8, document = ?9, number = ?10, expected = ?11, found = ?12, difference = ?13,"
        " limit_text = ?14, limit_origin = ?15, amount = ?16, currency = ?17, due_at = ?18, text = ?19,"
        " state = ?20, first_seen = iif(state = 'cleared', ?21, first_seen), last_seen = ?21,"
        " runs = iif(state = 'cleared', 1, runs + 1), cleared_at = NULL, review_id = ?22"
        " WHERE finding_id = ?1";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    const char *state;
    int64_t row;
    bool is_event;

    sql_text(statement, 1, mismatch->field[MISMATCH_ID]);
    if (!sql_row(ledger, statement)) {
        sql_end(statement);
        return !ledger_failed(ledger) && insert_said(ledger, run, mismatch, tolerated);
    }
    row = sql_get_number(statement, 0);
    state = next_state(sql_get_text(statement, 1), tolerated, &is_event);
    if (sql_get_number(statement, 2) == run->run) {
        /* Twice in one run: two lines of one number. */
        sql_end(statement);
        return true;
    }
    sql_end(statement);
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, row);
    for (int i = MISMATCH_SCOPE; i < MISMATCH_SAID; i++)
        sql_text(statement, i + 1, mismatch->field[i]);
    sql_text(statement, 20, bytes_of(state));
    sql_text(statement, 21, run->at);
    sql_number(statement, 22, run->run);
    return sql_run(ledger, statement) &&
           (!is_event ||
            add_event(ledger, run->at, row, state, (struct bytes){NULL, 0}, mismatch->field[MISMATCH_TEXT]));
}

bool mismatch_clear(struct ledger *ledger, const struct mismatch_run *run, struct bytes scope)
{
    static const char tell_scope[] =
        "INSERT INTO finding_event(finding_id, at, what) SELECT finding_id, ?2, 'cleared' FROM finding"
        " WHERE scope = ?3 AND state <> 'cleared' AND review_id <> ?1";
    static const char clear_scope[] = "UPDATE finding SET state = 'cleared', cleared_at = ?2, review_id = ?1"
                                      " WHERE scope = ?3 AND state <> 'cleared' AND review_id <> ?1";
    static const char tell_all[] =
        "INSERT INTO finding_event(finding_id, at, what) SELECT finding_id, ?2, 'cleared' FROM finding"
        " WHERE state <> 'cleared' AND review_id <> ?1";
    static const char clear_all[] = "UPDATE finding SET state = 'cleared', cleared_at = ?2, review_id = ?1"
                                    " WHERE state <> 'cleared' AND review_id <> ?1";

    for (int round = 0; round < 2; round++) {
        sqlite3_stmt *statement = sql_begin(ledger, scope.at != NULL ? (round == 0 ? tell_scope : clear_scope)
                                                    : round == 0     ? tell_all
                                                                     : clear_all);

        sql_number(statement, 1, run->run);
        sql_text(statement, 2, run->at);
        if (scope.at != NULL)
            sql_text(statement, 3, scope);
        if (!sql_run(ledger, statement))
            return false;
    }
    return true;
}

bool mismatch_end_run(struct ledger *ledger, const struct mismatch_run *run,
                      const struct mismatch_totals *totals)
{
    static const char stay[] = "UPDATE finding SET last_seen = ?2, runs = runs + 1, review_id = ?1"
                               " WHERE state <> 'cleared' AND review_id <> ?1";
    static const char update[] =
        "UPDATE review SET new_count = ?2, open_count = ?3, cleared_count = ?4, tolerated_count = ?5,"
        " waived_count = ?6, verdict = ?7, at_risk = ?8, document_id = ?9, event_id = ?10"
        " WHERE review_id = ?1";
    sqlite3_stmt *statement = sql_begin(ledger, stay);

    sql_number(statement, 1, run->run);
    sql_text(statement, 2, run->at);
    if (!sql_run(ledger, statement))
        return false;
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, run->run);
    sql_number(statement, 2, totals->fresh);
    sql_number(statement, 3, totals->open);
    sql_number(statement, 4, totals->cleared);
    sql_number(statement, 5, totals->tolerated);
    sql_number(statement, 6, totals->waived);
    sql_text(statement, 7, totals->verdict);
    sql_text(statement, 8, totals->at_risk);
    sql_number(statement, 9, run->document);
    sql_number(statement, 10, run->event);
    return sql_run(ledger, statement);
}

/* --- what is known */

static void load(struct mismatch *mismatch, sqlite3_stmt *statement)
{
    for (int i = 0; i < MISMATCH_FIELDS; i++)
        mismatch->field[i] = sql_get_text(statement, i);
    mismatch->runs = sql_get_number(statement, MISMATCH_FIELDS);
}

bool mismatch_each(struct ledger *ledger, int64_t run,
                   bool (*tell)(void *to, const struct mismatch *mismatch), void *to)
{
    static const char select[] = "SELECT " COLUMNS ", runs FROM finding"
                                 " WHERE state <> 'cleared' OR review_id = ?1"
                                 " ORDER BY code, partner, order_number, line_number, number, id";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    struct mismatch mismatch;

    sql_number(statement, 1, run);
    while (sql_row(ledger, statement)) {
        load(&mismatch, statement);
        if (!tell(to, &mismatch)) {
            sql_end(statement);
            return false;
        }
    }
    return !ledger_failed(ledger);
}

bool mismatch_past(struct ledger *ledger, struct arena *arena, struct bytes at, struct mismatch *mismatch)
{
    static const char select[] =
        "SELECT e.what, e.at, e.text, e.what = 'new' AND (substr(e.at, 1, 10) <> substr(?2, 1, 10) OR EXISTS"
        "  (SELECT 1 FROM review r WHERE r.at > e.at AND r.at <= ?2))"
        " FROM finding_event e JOIN finding f USING(finding_id)"
        " WHERE f.id = ?1 AND e.at <= ?2 ORDER BY e.event_id";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    struct bytes *field = mismatch->field;
    bool was_cleared = true;

    sql_text(statement, 1, field[MISMATCH_ID]);
    sql_text(statement, 2, at);
    field[MISMATCH_STATE] = (struct bytes){NULL, 0};
    while (sql_row(ledger, statement)) {
        struct bytes what = arena_copy(arena, sql_get_text(statement, 0)),
                     when = arena_copy(arena, sql_get_text(statement, 1)),
                     text = arena_copy(arena, sql_get_text(statement, 2));

        if (bytes_are(what, "assigned")) {
            field[MISMATCH_OWNER] = text;
            continue;
        }
        if (was_cleared)
            field[MISMATCH_FIRST] = when;
        was_cleared = bytes_are(what, "cleared");
        /* New is what the last run of that day saw first. */
        field[MISMATCH_STATE] = bytes_are(what, "reopened") || sql_get_number(statement, 3) != 0
                                    ? BYTES("open")
                                    : what;
        field[MISMATCH_LAST] = when;
        if (bytes_are(what, "waived"))
            field[MISMATCH_COMMENT] = text;
    }
    return !arena->failed && !ledger_failed(ledger);
}

/* --- what people say */

static bool find(struct ledger *ledger, struct bytes id, int64_t *row)
{
    static const char select[] = "SELECT finding_id, count(*) FROM (SELECT finding_id FROM finding"
                                 " WHERE id >= ?1 AND id < ?1 || 'g' LIMIT 2)";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    int64_t n = 0;

    sql_text(statement, 1, id);
    if (sql_row(ledger, statement)) {
        *row = sql_get_number(statement, 0);
        n = sql_get_number(statement, 1);
    }
    sql_end(statement);
    if (ledger_failed(ledger) || n == 1)
        return n == 1;
    report_add(ledger_report(ledger),
               &(struct finding){.complaint = RECONCILE_NOT_FOUND,
                                 .place = {.file = ledger_path(ledger)},
                                 .value = id,
                                 .detail = n == 0 ? "no finding has this id" : "several begin with this",
                                 .consequence = "nothing was changed"});
    return false;
}

bool mismatch_decide(struct ledger *ledger, struct bytes id, enum mismatch_decision decision,
                     struct bytes who, struct bytes text)
{
    static const char *const updates[] = {
        [MISMATCH_WAIVE] = "UPDATE finding SET state = 'waived', comment = ?2 WHERE finding_id = ?1",
        [MISMATCH_ASSIGN] = "UPDATE finding SET owner = ?2 WHERE finding_id = ?1",
        [MISMATCH_REOPEN] = ("UPDATE finding SET state = 'open', comment = ifnull(?2, comment)"
                             " WHERE finding_id = ?1 AND state = 'waived'"),
    };
    static const char *const words[] = {
        [MISMATCH_WAIVE] = "waived", [MISMATCH_ASSIGN] = "assigned", [MISMATCH_REOPEN] = "reopened"};
    sqlite3_stmt *statement;
    char now[24];
    int64_t row = 0;

    if (!ledger_begin(ledger))
        return false;
    if (!find(ledger, id, &row)) {
        ledger_rollback(ledger);
        return false;
    }
    statement = sql_begin(ledger, updates[decision]);
    sql_number(statement, 1, row);
    sql_text(statement, 2, text);
    if (sql_run(ledger, statement) && sql_changes(ledger) == 0) {
        report_add(ledger_report(ledger), &(struct finding){.complaint = RECONCILE_NOT_FOUND,
                                                            .place = {.file = ledger_path(ledger)},
                                                            .value = id,
                                                            .detail = "it is not waived",
                                                            .consequence = "nothing was changed"});
        ledger_rollback(ledger);
        return false;
    }
    if (add_event(ledger, sql_now(now), row, words[decision], who, text))
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return false;
}
