#include "ledger/sent.h"

#include <stdio.h>
#include <time.h>

#include "ledger/document.h"
#include "ledger/number.h"
#include "ledger/sql.h"
#include "translate/edi_batch.h"

static const size_t content_ceiling = (size_t)1024 * 1024 * 1024; /* bytes of an interchange */

void sent_journal_init(struct sent_journal *journal, struct ledger *ledger)
{
    *journal = (struct sent_journal){.ledger = ledger};
    buffer_init(&journal->kept, content_ceiling);
}

void sent_journal_release(struct sent_journal *journal)
{
    buffer_release(&journal->kept);
}

/* --- find */

/* A column of the row, as a view that is good when all of them are in the buffer. */
static struct bytes keep_column(struct buffer *into, sqlite3_stmt *statement, int column)
{
    struct bytes value = sql_get_bytes(statement, column);

    buffer_add_bytes(into, value);
    return value;
}

/* Views of the statement become views of the buffer, where they stand one behind the other. */
static void move_views(const struct buffer *from, struct bytes *views[], unsigned n)
{
    const char *at = from->at;

    for (unsigned i = 0; i < n; i++) {
        views[i]->at = at;
        at += views[i]->len;
    }
}

static enum edi_found find(void *whom, struct bytes partner, const char *id, struct edi_kept *out)
{
    static const char select[] =
        "SELECT s.sent_id, s.state = 'sent', s.byte_count, s.name, s.file, s.sha256, s.content"
        " FROM sent_set t JOIN sent s USING(sent_id)"
        " WHERE t.id = ? AND t.partner = ? AND t.is_settled = 0";
    struct sent_journal *journal = whom;
    struct ledger *ledger = journal->ledger;
    sqlite3_stmt *statement = sql_begin(ledger, select);
    struct bytes *views[] = {&out->name, &out->path, &out->sha256, &out->content};
    bool found;

    sql_text(statement, 1, bytes_of(id));
    sql_text(statement, 2, partner);
    found = sql_row(ledger, statement);
    if (found) {
        journal->row = sql_get_number(statement, 0);
        out->sent = sql_get_number(statement, 1) != 0;
        out->size = (uint64_t)sql_get_number(statement, 2);
        buffer_clear(&journal->kept);
        for (int i = 0; i < 4; i++)
            *views[i] = keep_column(&journal->kept, statement, 3 + i);
        move_views(&journal->kept, views, 4);
    }
    sql_end(statement);
    if (found && journal->kept.failed) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, ledger_path(ledger), "an interchange");
        return EDI_LOST;
    }
    return ledger_failed(ledger) ? EDI_LOST : found ? EDI_KEPT : EDI_NEW;
}

/* --- begin */

/* The next number of "ISA 01:A ZZ:B", or of "GS 01:A ZZ:B IN". */
static bool count(struct ledger *ledger, const char *what, const struct edi_address *address,
                  struct bytes code, uint32_t *number)
{
    char name[NUMBER_NAME + 1];
    uint64_t next = 0;
    int len = snprintf(name, sizeof(name), "%s %.*s %.*s%s%.*s", what, BYTES_ARG(address->from),
                       BYTES_ARG(address->to), code.len > 0 ? " " : "", BYTES_ARG(code));

    if (!number_next(ledger, (struct bytes){name, (size_t)len}, 1, &next))
        return false;
    *number = (uint32_t)next;
    return true;
}

static bool begin(void *whom, const struct edi_address *address, struct control_numbers *out)
{
    struct sent_journal *journal = whom;

    *out = (struct control_numbers){0, 0};
    if (!ledger_begin(journal->ledger))
        return false;
    if (count(journal->ledger, "ISA", address, BYTES(""), &out->interchange) &&
        (address->group.len == 0 || count(journal->ledger, "GS", address, address->group, &out->group)))
        return true;
    ledger_rollback(journal->ledger);
    return false;
}

static void drop(void *whom)
{
    struct sent_journal *journal = whom;

    ledger_rollback(journal->ledger);
}

/* --- keep */

/* Until when it must be acknowledged; at NULL: nobody waits for that. */
static struct bytes due_of(const struct edi_address *address, char into[24])
{
    time_t due = (time_t)calendar_add(address->calendar, (int64_t)time(NULL), address->ack_seconds);
    struct tm parts;

    if (address->ack_seconds == 0 || gmtime_r(&due, &parts) == NULL)
        return (struct bytes){NULL, 0};
    return (struct bytes){into, strftime(into, 24, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

static int64_t add(struct ledger *ledger, const struct edi_interchange *interchange)
{
    static const char insert[] =
        "INSERT INTO sent(partner, sender, receiver, control, group_code, group_control, set_code, release,"
        " set_count, is_test, state, name, file, byte_count, sha256, content, recorded_at, ack, ta1, due_at)"
        " VALUES(?, ?, ?, ?, nullif(?, ''), nullif(?, 0), ?, ?, ?, ?, 'sending', ?, ?, ?, ?, ?, ?,"
        " CASE WHEN ? THEN 'due' END, CASE WHEN ? THEN 'due' END, ?)";
    const struct edi_address *address = interchange->address;
    /* What answers test data does not come into a ledger for production. */
    bool waits = !address->test || ledger_is_test(ledger);
    bool ack = waits && address->ack_expected, ta1 = waits && address->ack_requested;
    sqlite3_stmt *statement = sql_begin(ledger, insert);
    char now[24], due[24];

    sql_text(statement, 1, bytes_of(address->partner));
    sql_text(statement, 2, address->from);
    sql_text(statement, 3, address->to);
    sql_number(statement, 4, interchange->numbers.interchange);
    sql_text(statement, 5, address->group.len > 0 ? address->group : BYTES(""));
    sql_number(statement, 6, interchange->numbers.group);
    sql_text(statement, 7, address->set);
    sql_text(statement, 8, address->release);
    sql_number(statement, 9, interchange->n);
    sql_number(statement, 10, address->test);
    sql_text(statement, 11, interchange->name);
    sql_text(statement, 12, interchange->path);
    sql_number(statement, 13, (int64_t)interchange->content.len);
    sql_text(statement, 14, bytes_of(interchange->sha256));
    sql_bytes(statement, 15, interchange->content);
    sql_text(statement, 16, sql_now(now));
    sql_number(statement, 17, ack);
    sql_number(statement, 18, ta1);
    sql_text(statement, 19, ack || ta1 ? due_of(address, due) : (struct bytes){NULL, 0});
    return sql_run(ledger, statement) ? sql_last_row(ledger) : 0;
}

/* Two runs at once have the same document, and the other was faster. */
static bool is_taken(struct ledger *ledger, const struct edi_set *set, struct bytes partner)
{
    static const char select[] =
        "SELECT EXISTS(SELECT 1 FROM sent_set WHERE id = ? AND partner = ? AND is_settled = 0)";
    struct finding finding = {
        .complaint = LEDGER_SENDING, .place = {.file = ledger_path(ledger)}, .value = bytes_of(set->id)};
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, bytes_of(set->id));
    sql_text(statement, 2, partner);
    if (sql_answer(ledger, statement, 0) == 0)
        return false;
    report_add(ledger_report(ledger), &finding);
    return true;
}

static bool add_set(struct ledger *ledger, int64_t row, uint32_t ordinal, const struct edi_set *set,
                    struct bytes partner)
{
    static const char insert[] = "INSERT INTO sent_set(sent_id, ordinal, id, partner, kind, document_id, ack)"
                                 " VALUES(?1, ?2, ?3, ?4, ?5, nullif(?6, 0),"
                                 " (SELECT ack FROM sent WHERE sent_id = ?1))";
    int64_t document = document_row(ledger, bytes_of(set->id));
    sqlite3_stmt *statement;

    if (is_taken(ledger, set, partner))
        return false;
    statement = sql_begin(ledger, insert);
    sql_number(statement, 1, row);
    sql_number(statement, 2, ordinal);
    sql_text(statement, 3, bytes_of(set->id));
    sql_text(statement, 4, partner);
    sql_text(statement, 5, bytes_of(set->kind));
    sql_number(statement, 6, document);
    return sql_run(ledger, statement);
}

static bool keep(void *whom, const struct edi_interchange *interchange)
{
    struct sent_journal *journal = whom;
    struct ledger *ledger = journal->ledger;
    struct bytes partner = bytes_of(interchange->address->partner);
    int64_t row = add(ledger, interchange);
    uint32_t ordinal = 0;
    bool good = row != 0;

    for (const struct edi_set *set = interchange->first; good && set != NULL; set = set->next)
        good = add_set(ledger, row, ++ordinal, set, partner);
    journal->row = row;
    if (good)
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return false;
}

/* --- sent */

static bool sent(void *whom, struct bytes path)
{
    static const char update[] = "UPDATE sent SET state = 'sent', file = ?2, content = NULL, sent_at = ?3"
                                 " WHERE sent_id = ?1 AND state = 'sending'";
    struct sent_journal *journal = whom;
    struct ledger *ledger = journal->ledger;
    sqlite3_stmt *statement;
    char now[24];

    if (!ledger_begin(ledger))
        return false;
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, journal->row);
    sql_text(statement, 2, path);
    sql_text(statement, 3, sql_now(now));
    if (sql_run(ledger, statement))
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return false;
}

struct edi_journal sent_journal_edi(struct sent_journal *journal)
{
    return (struct edi_journal){.whom = journal,
                                .remembers = true,
                                .find = find,
                                .begin = begin,
                                .keep = keep,
                                .drop = drop,
                                .sent = sent};
}

bool sent_settle(struct ledger *ledger, struct bytes id, struct bytes sha256)
{
    static const char update[] = "UPDATE sent_set SET is_settled = 1 WHERE id = ?1 AND is_settled = 0"
                                 " AND sent_id IN (SELECT sent_id FROM sent WHERE sha256 = ?2)";
    sqlite3_stmt *statement = sql_begin(ledger, update);

    sql_text(statement, 1, id);
    sql_text(statement, 2, sha256);
    return sql_run(ledger, statement);
}
