#include "ledger/replay.h"

#include <inttypes.h>
#include <stdlib.h>

#include "canon/compare.h"
#include "canon/read.h"
#include "ledger/event.h"
#include "ledger/exception.h"
#include "ledger/replay_step.h"
#include "ledger/settle.h"
#include "ledger/sql.h"

struct replay *replay_open(struct ledger *ledger, const struct replay_settings *settings)
{
    struct replay *replay = calloc(1, sizeof(*replay));

    if (replay != NULL)
        replay->seen = calloc(settings->n_wanted + 1, sizeof(*replay->seen));
    if (replay == NULL || replay->seen == NULL) {
        free(replay);
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    replay->ledger = ledger;
    replay->settings = *settings;
    lease_init(&replay->lease);
    replay_paper_init(replay);
    return replay;
}

void replay_close(struct replay *replay)
{
    if (replay == NULL)
        return;
    buffer_release(&replay->text);
    free(replay->seen);
    free(replay);
}

bool replay_looks(const struct replay *replay)
{
    return replay->settings.look;
}

const struct replay_counts *replay_counts(const struct replay *replay)
{
    return &replay->counts;
}

/* --- what there is */

static void tell(const struct step *step, const char *detail)
{
    struct finding finding = {.complaint = LEDGER_NOT_REPLAYED,
                              .place = step->context->place,
                              .value = bytes_of(step->record->id),
                              .detail = detail};

    report_add(ledger_report(step->replay->ledger), &finding);
    step->replay->counts.left++;
}

/* Whether anybody wants it; then it came. */
static bool is_wanted(struct replay *replay, int64_t document)
{
    bool wanted = replay->settings.n_wanted == 0;

    for (unsigned i = 0; i < replay->settings.n_wanted; i++)
        if (replay->settings.wanted[i] == document)
            wanted = replay->seen[i] = true;
    return wanted;
}

/* What stands at the same place of the file; 0: nothing does. */
static int64_t find_place(struct step *step)
{
    static const char select[] =
        "SELECT a.document_id, a.outcome FROM arrival a JOIN document d USING(document_id)"
        " JOIN record r USING(document_id)"
        " WHERE a.file_id = ?1 AND a.outcome <> 'replaced' AND d.group_control IS ?2 AND d.set_control IS ?3"
        " AND (d.kind <> 'functional_ack' OR d.direction = 'in')"
        " AND CAST(r.line ->> '$.source.offset' AS INTEGER) IS ?4 ORDER BY a.arrival_id DESC LIMIT 1";
    const struct canon_source *source = &step->record->source;
    sqlite3_stmt *statement;
    int64_t found = 0;

    if (!source->has_offset || step->context->file == 0)
        return 0;
    statement = sql_begin(step->replay->ledger, select);
    sql_number(statement, 1, step->context->file);
    sql_text(statement, 2, source->group);
    sql_text(statement, 3, source->set);
    sql_number(statement, 4, (int64_t)source->offset);
    if (sql_row(step->replay->ledger, statement)) {
        found = sql_get_number(statement, 0);
        step->old_outcome = sql_get_text(statement, 1).at[0];
    }
    sql_end(statement);
    return found;
}

/* The record it had, in the arena.  False: told. */
static bool read_old(struct step *step, const struct schema *schema, struct canon_record *old)
{
    static const char select[] = "SELECT line FROM record WHERE document_id = ?";
    struct ledger *ledger = step->replay->ledger;
    struct arena *arena = step->context->arena;
    struct canon_read_error error = {0};
    sqlite3_stmt *statement = sql_begin(ledger, select);
    struct bytes line = {NULL, 0};

    sql_number(statement, 1, step->old);
    if (sql_row(ledger, statement))
        line = arena_copy(arena, sql_get_text(statement, 0));
    sql_end(statement);
    if (line.at != NULL && canon_read(old, schema, line, arena, &error)) {
        memcpy(step->old_id, old->id, sizeof(step->old_id));
        step->old_rejected = document_is_reject(old);
        return true;
    }
    if (!ledger_failed(ledger))
        report_say(ledger_report(ledger), error.memory || line.at == NULL ? TECHNICAL_MEMORY : LEDGER_DAMAGED,
                   ledger_path(ledger), "the record of %s: %s", step->record->id,
                   error.what != NULL ? error.what : "too large");
    return false;
}

/* Whether a pipeline has the old one just now: it would be delivered under the name of the new one. */
static bool is_under_way(struct step *step)
{
    static const char leases[] =
        "SELECT owner, until FROM delivery WHERE document_id = ? AND state = 'leased'";
    static const char sent[] =
        "SELECT EXISTS(SELECT 1 FROM sent_set WHERE document_id = ? AND is_settled = 0)";
    struct ledger *ledger = step->replay->ledger;
    sqlite3_stmt *statement = sql_begin(ledger, leases);
    bool under_way = false;

    sql_number(statement, 1, step->old);
    while (!under_way && sql_row(ledger, statement))
        under_way = !lease_is_over(&step->replay->lease, sql_get_text(statement, 0),
                                   sql_get_number(statement, 1));
    sql_end(statement);
    if (under_way || ledger_failed(ledger))
        return under_way;
    statement = sql_begin(ledger, sent);
    sql_number(statement, 1, step->old);
    return sql_answer(ledger, statement, 0) != 0;
}

/* --- what is done */

static void count_field(void *whom, const char *path, struct bytes was, struct bytes became)
{
    struct step *step = whom;

    (void)path;
    (void)was;
    (void)became;
    step->n_fields++;
}

/* "2 fields differ: the reason that was given". */
static void log_it(const struct step *step, const char *what, int64_t document, const char *text)
{
    struct bytes reason = step->replay->settings.reason;

    (void)event_add(
        step->replay->ledger,
        &(struct event){.what = what,
                        .document = document,
                        .text = bytes_of(text),
                        .more = bytes_of(arena_format(step->context->arena, "%s%.*s",
                                                      reason.len > 0 ? ": " : "", BYTES_ARG(reason)))});
}

/* Whoever refused it is offered the new one. */
static void offer_refused(struct step *step)
{
    static const char select[] =
        "SELECT consumer_id FROM delivery WHERE document_id = ? AND state = 'refused'";
    static const char update[] = "UPDATE delivery SET state = 'waiting', times = times + 1"
                                 " WHERE document_id = ? AND consumer_id = ?";
    struct ledger *ledger = step->replay->ledger;
    int64_t consumer = 1;

    while (consumer != 0 && !ledger_failed(ledger)) {
        sqlite3_stmt *statement = sql_begin(ledger, select);

        sql_number(statement, 1, step->old);
        consumer = sql_answer(ledger, statement, 0);
        if (consumer == 0)
            return;
        (void)exception_end(ledger, step->old, consumer, EXCEPTION_RELEASED, BYTES("it was replayed"));
        statement = sql_begin(ledger, update);
        sql_number(statement, 1, step->old);
        sql_number(statement, 2, consumer);
        (void)sql_run(ledger, statement);
    }
}

/* And whoever had it, when that is wanted. */
static void offer_done(struct step *step)
{
    static const char update[] = "UPDATE delivery SET state = 'waiting', owner = NULL, until = NULL,"
                                 " times = times + 1 WHERE document_id = ? AND state = 'done'";
    sqlite3_stmt *statement = sql_begin(step->replay->ledger, update);

    sql_number(statement, 1, step->old);
    (void)sql_run(step->replay->ledger, statement);
}

/* Orders by the numbers that it has are looked at once more by reconcile, also if it is to lose them. */
static void look_again(struct step *step)
{
    static const char insert[] =
        "INSERT OR REPLACE INTO review_due(order_number, due_at) SELECT DISTINCT value, ?2 FROM document_key"
        " WHERE document_id = ?1 AND name = 'order_number'";
    sqlite3_stmt *statement = sql_begin(step->replay->ledger, insert);
    char now[24];

    sql_number(statement, 1, step->old);
    sql_text(statement, 2, sql_now(now));
    (void)sql_run(step->replay->ledger, statement);
}

static void keep_revision(struct step *step)
{
    static const char insert[] =
        "INSERT INTO revision(document_id, line, map, until, reason) SELECT d.document_id, r.line, d.map, ?2,"
        " nullif(?3, '') FROM document d JOIN record r USING(document_id) WHERE d.document_id = ?1";
    struct bytes reason = step->replay->settings.reason;
    sqlite3_stmt *statement = sql_begin(step->replay->ledger, insert);
    char now[24];

    sql_number(statement, 1, step->old);
    sql_text(statement, 2, sql_now(now));
    sql_text(statement, 3, reason.at != NULL ? reason : BYTES(""));
    (void)sql_run(step->replay->ledger, statement);
}

/* The document that it is already, with another record. */
static void revise(struct step *step, const struct canon_record *old)
{
    struct replay *replay = step->replay;
    struct duplicate_answer met;

    if (!document_may_become(replay->ledger, step->context, step->record, step->old, &met)) {
        tell(step, arena_format(step->context->arena, "its %s", met.text));
        return;
    }
    step->n_fields = 0;
    replay_put_head(step, "changed");
    (void)canon_compare(old, step->record, false, replay_put_field, step);
    replay_put_foot(step);
    keep_revision(step);
    look_again(step);
    document_revise(replay->ledger, step->context, step->record, step->old, step->line);
    offer_refused(step);
    if (replay->settings.offer)
        offer_done(step);
    log_it(step, "replayed", step->old,
           arena_format(step->context->arena, "%" PRIu64 " field%s", step->n_fields,
                        step->n_fields == 1 ? " differs" : "s differ"));
    replay->counts.changed++;
}

/* --- one of another id takes its place */

/* The file counted the old one as this. */
static const char *counter_of(const struct step *step)
{
    return step->old_rejected         ? "rejected_count"
           : step->old_outcome == 'h' ? "held_count"
           : step->old_outcome == 'd' ? "duplicate_count"
                                      : "translated_count";
}

static void put_aside(struct step *step)
{
    static const char arrival[] =
        "UPDATE arrival SET outcome = 'replaced' WHERE file_id = ?1 AND document_id = ?2";
    static const char document[] = "UPDATE document SET state = 'dismissed' WHERE document_id = ?";
    struct ledger *ledger = step->replay->ledger;
    sqlite3_stmt *statement = sql_begin(ledger, arrival);

    sql_number(statement, 1, step->context->file);
    sql_number(statement, 2, step->old);
    (void)sql_run(ledger, statement);
    statement = sql_begin(ledger, document);
    sql_number(statement, 1, step->old);
    (void)sql_run(ledger, statement);
    (void)exception_end(ledger, step->old, 0, EXCEPTION_SETTLED, BYTES("it was replayed"));
}

static void count_anew(struct step *step, enum document_outcome outcome)
{
    const char *from = counter_of(step), *to = outcome == DOCUMENT_REFUSED     ? "rejected_count"
                                               : outcome == DOCUMENT_HELD      ? "held_count"
                                               : outcome == DOCUMENT_DUPLICATE ? "duplicate_count"
                                                                               : "translated_count";
    struct ledger *ledger = step->replay->ledger;
    sqlite3_stmt *statement;
    char update[160];

    if (strcmp(from, to) == 0)
        return;
    (void)snprintf(update, sizeof(update), "UPDATE file SET %s = %s - 1, %s = %s + 1 WHERE file_id = ?", from,
                   from, to, to);
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, step->context->file);
    (void)sql_run(ledger, statement);
}

/* Each names the other; who had the old one has the new one, unless it is to be offered. */
static void link_both(struct step *step, int64_t document)
{
    static const char link[] = "INSERT INTO replay(document_id, parent_id, reason, at)"
                               " VALUES(?1, ?2, nullif(?3, ''), ?4)";
    static const char had[] =
        "INSERT OR IGNORE INTO delivery(consumer_id, document_id, state, file, sha256, at)"
        " SELECT v.consumer_id, d.document_id, 'done', v.file, v.sha256, v.at FROM delivery v"
        " JOIN consumer c USING(consumer_id) JOIN document d ON d.document_id = ?1"
        " WHERE v.document_id = ?2 AND v.state = 'done' AND ifnull(c.partner, d.partner) = d.partner";
    struct replay *replay = step->replay;
    struct bytes reason = replay->settings.reason;
    sqlite3_stmt *statement = sql_begin(replay->ledger, link);
    char now[24];

    sql_number(statement, 1, document);
    sql_number(statement, 2, step->old);
    sql_text(statement, 3, reason.at != NULL ? reason : BYTES(""));
    sql_text(statement, 4, sql_now(now));
    (void)sql_run(replay->ledger, statement);
    if (!replay->settings.offer) {
        statement = sql_begin(replay->ledger, had);
        sql_number(statement, 1, document);
        sql_number(statement, 2, step->old);
        (void)sql_run(replay->ledger, statement);
    }
    log_it(step, "dismissed", step->old,
           arena_format(step->context->arena, "replayed as %s", step->record->id));
    log_it(step, "replayed", document,
           arena_format(step->context->arena, "takes the place of %s", step->old_id));
}

static void replace(struct step *step, const struct canon_record *old)
{
    struct replay *replay = step->replay;
    enum document_outcome outcome;
    int64_t document;

    if (document_is_reject(step->record)) {
        tell(step, "it would be rejected now; the document that is there stays");
        return;
    }
    if (step->was_replaced) {
        tell(step, arena_format(step->context->arena,
                                "it was put aside for %s; canon-ledger release lets it go on", step->old_id));
        return;
    }
    replay_put_head(step, "replaces");
    (void)canon_compare(old, step->record, false, replay_put_field, step);
    replay_put_foot(step);
    look_again(step);
    put_aside(step);
    outcome = document_add(replay->ledger, step->context, step->record, step->line);
    count_anew(step, outcome);
    document = document_row(replay->ledger, bytes_of(step->record->id));
    if (document != 0)
        link_both(step, document);
    replay->counts.replaced++;
}

/* --- all of it */

static bool is_parent(struct ledger *ledger, int64_t document)
{
    static const char select[] = "SELECT EXISTS(SELECT 1 FROM replay WHERE parent_id = ?)";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_number(statement, 1, document);
    return sql_answer(ledger, statement, 0) != 0;
}

/* The answer to a file, once more: that which was not sent yet is put aside for it. */
static void acknowledge(struct step *step)
{
    static const char aside[] =
        "UPDATE document SET state = 'dismissed' WHERE state = 'open' AND document_id IN"
        " (SELECT d.document_id FROM arrival a JOIN document d USING(document_id)"
        "  WHERE a.file_id = ?1 AND d.id <> ?2"
        " AND d.kind = 'functional_ack' AND d.direction = 'out' AND NOT EXISTS(SELECT 1 FROM delivery v"
        "  WHERE v.document_id = d.document_id AND v.state IN ('leased', 'done'))"
        " AND d.number IS (SELECT n.number FROM document n WHERE n.id = ?2))";
    static const char dismissed[] =
        "SELECT document_id FROM document WHERE id = ? AND direction = 'out' AND state = 'dismissed'";
    struct ledger *ledger = step->replay->ledger;
    sqlite3_stmt *statement;
    int64_t document;

    (void)document_add(ledger, step->context, step->record, step->line);
    statement = sql_begin(ledger, dismissed);
    sql_text(statement, 1, bytes_of(step->record->id));
    document = sql_answer(ledger, statement, 0);
    if (document != 0)
        (void)settle_offer(ledger, document);
    statement = sql_begin(ledger, aside);
    sql_number(statement, 1, step->context->file);
    sql_text(statement, 2, bytes_of(step->record->id));
    (void)sql_run(ledger, statement);
}

static bool one_of_ledger(struct step *step, const struct schema *schema)
{
    struct canon_record old;

    if (!read_old(step, schema, &old))
        return false;
    if (strcmp(step->old_id, step->record->id) == 0) {
        (void)canon_compare(&old, step->record, false, count_field, step);
        if (step->n_fields == 0) {
            replay_put_head(step, "same");
            replay_put_foot(step);
            step->replay->counts.same++;
            return true;
        }
    }
    if (is_under_way(step))
        tell(step, "it is on its way to a consumer; take the receipt, and run again");
    else if (strcmp(step->old_id, step->record->id) == 0)
        revise(step, &old);
    else
        replace(step, &old);
    return !ledger_failed(step->replay->ledger);
}

bool replay_record(struct replay *replay, const struct document_context *context, const struct schema *schema,
                   const struct canon_record *record, struct bytes line)
{
    struct step step = {.replay = replay, .context = context, .record = record, .line = line};
    bool answers = strcmp(record->kind->name, "functional_ack") == 0 && record->direction == CANON_OUT;

    if (answers) {
        if (replay->settings.acknowledge)
            acknowledge(&step);
        return !ledger_failed(replay->ledger);
    }
    step.old = document_row(replay->ledger, bytes_of(record->id));
    step.was_replaced = step.old != 0 && is_parent(replay->ledger, step.old);
    if (step.old == 0 || step.was_replaced)
        step.old = find_place(&step);
    if (ledger_failed(replay->ledger))
        return false;
    if (step.old != 0)
        return !is_wanted(replay, step.old) || one_of_ledger(&step, schema);
    if (replay->settings.n_wanted == 0)
        tell(&step, "the ledger has nothing of this file at its place; canon-ledger post adds it");
    return true;
}

void replay_finish(struct replay *replay)
{
    static const char select[] = "SELECT id FROM document WHERE document_id = ?";

    for (unsigned i = 0; i < replay->settings.n_wanted && !ledger_failed(replay->ledger); i++) {
        struct finding finding = {.complaint = LEDGER_NOT_REPLAYED,
                                  .place = {.file = ledger_path(replay->ledger)},
                                  .detail = "nothing of it was translated"};
        sqlite3_stmt *statement;

        if (replay->seen[i])
            continue;
        statement = sql_begin(replay->ledger, select);
        sql_number(statement, 1, replay->settings.wanted[i]);
        if (sql_row(replay->ledger, statement))
            finding.value = sql_get_text(statement, 0);
        report_add(ledger_report(replay->ledger), &finding);
        sql_end(statement);
        replay->counts.left++;
    }
}
