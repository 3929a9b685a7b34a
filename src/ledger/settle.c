#include "ledger/settle.h"

#include <stdlib.h>

#include "ledger/acknowledgment.h"
#include "ledger/consumer.h"
#include "ledger/document.h"
#include "ledger/event.h"
#include "ledger/exception.h"
#include "ledger/lookup.h"
#include "ledger/receipt.h"
#include "ledger/sent.h"
#include "ledger/sql.h"

enum {
    ROUND = 1000,         /* receipts that share a transaction */
    ENOUGH = 1024 * 1024, /* bytes of them, too */
    LINES_CEILING = 128 * 1024 * 1024,
    LINE_CHUNK = 16 * 1024,
    TEXT_SHOWN = 400,
};
static const size_t arena_ceiling = (size_t)64 * 1024 * 1024;

struct waiting {
    const char *input;
    uint64_t number;   /* of the line */
    size_t begin, len; /* in the buffer */
};

struct settle {
    struct ledger *ledger;
    const char *name;
    int64_t consumer; /* 0: not looked for yet */
    /* Receipts that wait for a transaction: it is never open while we wait for a pipe, for somebody else in
     * that pipe may want to write. */
    struct buffer lines;
    struct waiting waiting[ROUND];
    unsigned n_waiting;
    struct arena arena;
    struct settle_counts counts, committed;
};

struct settle *settle_open(struct ledger *ledger, const char *name)
{
    struct settle *settle = calloc(1, sizeof(*settle));

    if (settle == NULL) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    settle->ledger = ledger;
    settle->name = name;
    arena_init(&settle->arena, LINE_CHUNK, arena_ceiling);
    buffer_init(&settle->lines, LINES_CEILING);
    return settle;
}

void settle_close(struct settle *settle)
{
    if (settle == NULL)
        return;
    buffer_release(&settle->lines);
    arena_release(&settle->arena);
    free(settle);
}

const struct settle_counts *settle_counts(const struct settle *settle)
{
    return &settle->committed;
}

static void tell(struct settle *settle, enum complaint complaint, const struct place *place,
                 struct bytes value, const char *detail)
{
    struct finding finding = {.complaint = complaint, .place = *place, .value = value, .detail = detail};

    report_add(ledger_report(settle->ledger), &finding);
}

/* --- receipts */

/* The state of a delivery, by its first letter: w(aiting), l(eased), d(one), r(efused); 0: there is none. */
static char state_of(struct settle *settle, int64_t document)
{
    static const char select[] = "SELECT state FROM delivery WHERE consumer_id = ? AND document_id = ?";
    sqlite3_stmt *statement = sql_begin(settle->ledger, select);
    char state = 0;

    sql_number(statement, 1, settle->consumer);
    sql_number(statement, 2, document);
    if (sql_row(settle->ledger, statement))
        state = sql_get_text(statement, 0).at[0];
    sql_end(statement);
    return state;
}

static void put(struct settle *settle, int64_t document, const struct receipt *receipt)
{
    static const char upsert[] =
        "INSERT INTO delivery(consumer_id, document_id, state, file, sha256, at)"
        " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
        " ON CONFLICT DO UPDATE SET state = ?3, owner = NULL, until = NULL, file = ?4, sha256 = ?5, at = ?6";
    sqlite3_stmt *statement = sql_begin(settle->ledger, upsert);
    char now[24];

    sql_number(statement, 1, settle->consumer);
    sql_number(statement, 2, document);
    sql_text(statement, 3, receipt->is_refused ? BYTES("refused") : BYTES("done"));
    sql_text(statement, 4, receipt->file);
    sql_text(statement, 5, receipt->sha256);
    sql_text(statement, 6, sql_now(now));
    (void)sql_run(settle->ledger, statement);
}

static void take_refusal(struct settle *settle, int64_t document, const struct receipt *receipt,
                         const struct place *place)
{
    struct bytes text = receipt->reasons.len > 0 ? receipt->reasons : BYTES("no reason was given");

    /* Cut between characters. */
    if (text.len > TEXT_SHOWN)
        for (text.len = TEXT_SHOWN; text.len > 0 && ((unsigned char)text.at[text.len] & 0xC0) == 0x80;)
            text.len--;
    (void)exception_open(settle->ledger, &(struct exception){.document = document,
                                                             .consumer = settle->consumer,
                                                             .cause = EXCEPTION_REFUSAL,
                                                             .text = text});
    (void)event_add(
        settle->ledger,
        &(struct event){.what = "refused", .document = document, .consumer = settle->consumer, .text = text});
    tell(settle, LEDGER_REFUSED, place, receipt->id,
         arena_format(&settle->arena, "by %s: %.*s", settle->name, BYTES_ARG(text)));
    settle->counts.refused++;
}

static void take_receipt(struct settle *settle, const struct receipt *receipt, const struct place *place)
{
    int64_t document = document_row(settle->ledger, receipt->id);
    char state;

    if (document == 0) {
        if (!ledger_failed(settle->ledger))
            tell(settle, LEDGER_RECEIPT, place, receipt->id, "no document has this id");
        return;
    }
    if (!receipt->is_refused)
        (void)sent_settle(settle->ledger, receipt->id, receipt->sha256);
    state = state_of(settle, document);
    /* An acknowledgment can be faster than a receipt. */
    if (state == (receipt->is_refused ? 'r' : 'd') ||
        (state == 'r' && acknowledgment_rejects(settle->ledger, document, receipt->sha256))) {
        settle->counts.repeated++;
        return;
    }
    put(settle, document, receipt);
    if (receipt->is_refused) {
        take_refusal(settle, document, receipt, place);
    } else {
        (void)exception_end(settle->ledger, document, settle->consumer, EXCEPTION_SETTLED,
                            BYTES("delivered"));
        settle->counts.written++;
    }
}

/* One that is waiting, within the transaction. */
static void take_waiting(struct settle *settle, const struct waiting *waiting)
{
    struct bytes line = {settle->lines.at + waiting->begin, waiting->len};
    struct place place = {.file = waiting->input, .line = (uint32_t)waiting->number};
    struct receipt receipt;
    const char *wrong;

    arena_reset(&settle->arena);
    wrong = receipt_read(&receipt, line, &settle->arena);
    if (wrong != NULL)
        tell(settle, LEDGER_RECEIPT, &place, line, wrong);
    else
        take_receipt(settle, &receipt, &place);
}

/* Receipts can come before whoever takes has begun: the consumer is looked for when the first is there. */
static bool find_consumer(struct settle *settle)
{
    if (settle->consumer == 0)
        settle->consumer = consumer_row(settle->ledger, bytes_of(settle->name));
    if (settle->consumer == 0 && !ledger_failed(settle->ledger))
        consumer_unknown(settle->ledger, settle->name);
    return settle->consumer != 0;
}

bool settle_finish(struct settle *settle)
{
    struct ledger *ledger = settle->ledger;

    if (settle->n_waiting == 0)
        return !ledger_failed(ledger);
    if (!ledger_begin(ledger))
        return false;
    if (find_consumer(settle))
        for (unsigned i = 0; i < settle->n_waiting && !ledger_failed(ledger); i++)
            take_waiting(settle, &settle->waiting[i]);
    if (settle->consumer == 0 || ledger_failed(ledger)) {
        ledger_rollback(ledger);
        settle->n_waiting = 0;
        return false;
    }
    if (!ledger_commit(ledger))
        return false;
    settle->committed = settle->counts;
    settle->n_waiting = 0;
    buffer_clear(&settle->lines);
    return true;
}

bool settle_line(struct settle *settle, const char *input, uint64_t number, struct bytes line)
{
    if (bytes_trim(line).len == 0)
        return true;
    settle->waiting[settle->n_waiting++] = (struct waiting){input, number, settle->lines.len, line.len};
    buffer_add_bytes(&settle->lines, line);
    if (settle->lines.failed) {
        report_say(ledger_report(settle->ledger), TECHNICAL_MEMORY, input, "receipts");
        return false;
    }
    if (settle->n_waiting < ROUND && settle->lines.len < ENOUGH)
        return true;
    return settle_finish(settle);
}

/* --- set free */

bool settle_offer(struct ledger *ledger, int64_t document)
{
    static const char insert[] =
        "INSERT OR IGNORE INTO delivery(consumer_id, document_id, state, at)"
        " SELECT c.consumer_id, d.document_id, 'waiting', ?2 FROM document d"
        " JOIN consumer c ON c.direction = d.direction AND (c.partner IS NULL OR c.partner = d.partner)"
        " JOIN position p ON p.consumer_id = c.consumer_id AND p.kind = d.kind"
        "  AND p.document_id > d.document_id"
        " WHERE d.document_id = ?1";
    static const char update[] = "UPDATE document SET state = 'open' WHERE document_id = ?";
    sqlite3_stmt *statement = sql_begin(ledger, insert);
    char now[24];

    sql_number(statement, 1, document);
    sql_text(statement, 2, sql_now(now));
    if (!sql_run(ledger, statement))
        return false;
    statement = sql_begin(ledger, update);
    sql_number(statement, 1, document);
    return sql_run(ledger, statement);
}

static int64_t offer_refused(struct ledger *ledger, int64_t document, int64_t consumer)
{
    static const char update[] =
        "UPDATE delivery SET state = 'waiting', times = times + 1"
        " WHERE document_id = ?1 AND state = 'refused'"
        " AND (?2 = 0 OR consumer_id = ?2)";
    sqlite3_stmt *statement = sql_begin(ledger, update);

    sql_number(statement, 1, document);
    sql_number(statement, 2, consumer);
    return sql_run(ledger, statement) ? sql_changes(ledger) : 0;
}

/* Held, or dismissed since.  A reject is no document yet. */
static bool is_put_aside(struct ledger *ledger, int64_t document)
{
    static const char select[] =
        "SELECT state <> 'open' AND kind <> 'reject' FROM document WHERE document_id = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_number(statement, 1, document);
    return sql_answer(ledger, statement, 0) != 0;
}

static bool release(struct ledger *ledger, struct bytes id, const char *name, struct bytes reason)
{
    int64_t document = lookup_document(ledger, id), consumer = 0, n;
    bool held;

    if (document == 0)
        return false;
    if (name != NULL && (consumer = consumer_row(ledger, bytes_of(name))) == 0) {
        if (!ledger_failed(ledger))
            consumer_unknown(ledger, name);
        return false;
    }
    held = name == NULL && is_put_aside(ledger, document);
    n = offer_refused(ledger, document, consumer);
    if (n == 0 && !held) {
        if (!ledger_failed(ledger))
            report_say(ledger_report(ledger), LEDGER_NOT_HELD, ledger_path(ledger), "%.*s", BYTES_ARG(id));
        return false;
    }
    if (held && !settle_offer(ledger, document))
        return false;
    (void)exception_end(ledger, document, consumer, EXCEPTION_RELEASED, reason);
    return event_add(
        ledger,
        &(struct event){.what = "released", .document = document, .consumer = consumer, .text = reason});
}

bool settle_release(struct ledger *ledger, struct bytes id, const char *consumer, struct bytes reason)
{
    if (!ledger_begin(ledger))
        return false;
    if (release(ledger, id, consumer, reason) && !ledger_failed(ledger))
        return ledger_commit(ledger);
    ledger_rollback(ledger);
    return false;
}
