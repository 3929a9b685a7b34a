#include "ledger/take.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/hash.h"
#include "canon/sink.h"
#include "ledger/lease.h"
#include "ledger/sql.h"

enum { ROUND = 1000 /* documents that share a transaction */ };

struct candidate {
    int64_t document;
    int kind; /* index; -1: it was offered before */
};

struct take {
    struct ledger *ledger;
    const struct take_settings *settings;
    struct consumer consumer;
    struct lease lease;
    unsigned n_kinds;
    char kinds[TAKE_MAX_KINDS][CANON_MAX_NAME + 1];
    int64_t positions[TAKE_MAX_KINDS];
    unsigned n;
    struct candidate found[ROUND * (TAKE_MAX_KINDS + 1)];
    struct sha256 *hash; /* of what was printed; NULL: nobody asks */
    uint64_t bytes, printed;
};

/* --- kinds */

static bool add_kind(struct take *take, struct bytes name)
{
    if (take->n_kinds == TAKE_MAX_KINDS || name.len > CANON_MAX_NAME)
        return false;
    memcpy(take->kinds[take->n_kinds], name.at, name.len);
    take->kinds[take->n_kinds++][name.len] = '\0';
    return true;
}

/* Every kind there is, by the index alone. */
static void find_kinds(struct take *take)
{
    static const char select[] = "SELECT min(kind) FROM document WHERE direction = ? AND kind > ?";
    char last[CANON_MAX_NAME + 1] = "";
    bool more = true;

    while (more) {
        sqlite3_stmt *statement = sql_begin(take->ledger, select);
        struct bytes kind;

        sql_text(statement, 1, take->consumer.outward ? BYTES("out") : BYTES("in"));
        sql_text(statement, 2, bytes_of(last));
        more = sql_row(take->ledger, statement);
        kind = more ? sql_get_text(statement, 0) : (struct bytes){NULL, 0};
        more = kind.len > 0 && kind.len <= CANON_MAX_NAME;
        if (more) {
            memcpy(last, kind.at, kind.len);
            last[kind.len] = '\0';
            if (strcmp(last, "reject") != 0)
                more = add_kind(take, bytes_of(last));
        }
        sql_end(statement);
    }
}

static void choose_kinds(struct take *take)
{
    take->n_kinds = 0;
    for (unsigned i = 0; i < take->settings->n_kinds; i++)
        (void)add_kind(take, take->settings->kinds[i]);
    if (take->settings->n_kinds == 0)
        find_kinds(take);
}

static bool wants(const struct take *take, struct bytes kind)
{
    for (unsigned i = 0; i < take->n_kinds; i++)
        if (bytes_are(kind, take->kinds[i]))
            return true;
    return false;
}

/* --- what there is to offer */

static void add_candidate(struct take *take, int64_t document, int kind)
{
    if (take->n < sizeof(take->found) / sizeof(take->found[0]))
        take->found[take->n++] = (struct candidate){document, kind};
}

/* What was offered before, and nobody is at it. */
static void find_pending(struct take *take, unsigned limit)
{
    static const char select[] =
        "SELECT v.document_id, v.state, v.owner, v.until, d.kind FROM delivery v JOIN document d"
        " USING(document_id) WHERE v.consumer_id = ? AND v.state IN ('waiting', 'leased')"
        " AND d.state = 'open' ORDER BY v.document_id";
    sqlite3_stmt *statement = sql_begin(take->ledger, select);
    unsigned n = 0;

    sql_number(statement, 1, take->consumer.row);
    while (n < limit && sql_row(take->ledger, statement)) {
        struct bytes owner = sql_get_text(statement, 2);
        bool leased = bytes_are(sql_get_text(statement, 1), "leased");

        if (!wants(take, sql_get_text(statement, 4)) || (leased && lease_is_mine(&take->lease, owner)))
            continue;
        if (leased && !take->settings->again &&
            !lease_is_over(&take->lease, owner, sql_get_number(statement, 3)))
            continue;
        add_candidate(take, sql_get_number(statement, 0), -1);
        n++;
    }
    sql_end(statement);
}

static int64_t position_of(struct take *take, const char *kind)
{
    static const char select[] = "SELECT document_id FROM position WHERE consumer_id = ? AND kind = ?";
    sqlite3_stmt *statement = sql_begin(take->ledger, select);

    sql_number(statement, 1, take->consumer.row);
    sql_text(statement, 2, bytes_of(kind));
    return sql_answer(take->ledger, statement, 0);
}

#define NEW_ONES                                                                                            \
    " AND d.kind = ?2 AND d.document_id > ?3 AND d.state = 'open' AND NOT EXISTS (SELECT 1 FROM delivery v" \
    "  WHERE v.consumer_id = ?4 AND v.document_id = d.document_id) ORDER BY d.document_id LIMIT ?5"

/* What came since, of one kind. */
static void find_new(struct take *take, int kind, unsigned limit)
{
    static const char of_all[] = "SELECT d.document_id FROM document d WHERE d.direction = ?1" NEW_ONES;
    static const char of_partner[] =
        "SELECT d.document_id FROM document d WHERE d.partner = ?6 AND d.direction = ?1" NEW_ONES;
    bool all = take->consumer.partner[0] == '\0';
    sqlite3_stmt *statement = sql_begin(take->ledger, all ? of_all : of_partner);

    take->positions[kind] = position_of(take, take->kinds[kind]);
    sql_text(statement, 1, take->consumer.outward ? BYTES("out") : BYTES("in"));
    sql_text(statement, 2, bytes_of(take->kinds[kind]));
    sql_number(statement, 3, take->positions[kind]);
    sql_number(statement, 4, take->consumer.row);
    sql_number(statement, 5, limit);
    if (!all)
        sql_text(statement, 6, bytes_of(take->consumer.partner));
    while (sql_row(take->ledger, statement))
        add_candidate(take, sql_get_number(statement, 0), kind);
}

static int compare(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;

    return left->document < right->document ? -1 : left->document > right->document;
}

/* --- leases */

static void lease_one(struct take *take, const struct candidate *candidate)
{
    static const char put[] =
        "INSERT INTO delivery(consumer_id, document_id, state, owner, until, at)"
        " VALUES(?1, ?2, 'leased', ?3, ?4, ?5) ON CONFLICT DO UPDATE SET state = 'leased', owner = ?3,"
        " until = ?4, at = ?5, times = times + (state = 'leased')";
    sqlite3_stmt *statement = sql_begin(take->ledger, put);
    char now[24];

    sql_number(statement, 1, take->consumer.row);
    sql_number(statement, 2, candidate->document);
    sql_text(statement, 3, bytes_of(take->lease.owner));
    sql_number(statement, 4, take->lease.now + (int64_t)take->settings->lease);
    sql_text(statement, 5, sql_now(now));
    (void)sql_run(take->ledger, statement);
    if (candidate->kind >= 0)
        take->positions[candidate->kind] = candidate->document;
}

static void move_on(struct take *take, unsigned kind)
{
    static const char put[] =
        "INSERT OR REPLACE INTO position(consumer_id, kind, document_id) VALUES(?, ?, ?)";
    sqlite3_stmt *statement;

    if (take->positions[kind] == 0)
        return;
    statement = sql_begin(take->ledger, put);
    sql_number(statement, 1, take->consumer.row);
    sql_text(statement, 2, bytes_of(take->kinds[kind]));
    sql_number(statement, 3, take->positions[kind]);
    (void)sql_run(take->ledger, statement);
}

/* One transaction: what is found is leased.  False: told. */
static bool lease_round(struct take *take, struct search *search, unsigned limit)
{
    take->n = 0;
    if (!ledger_begin(take->ledger))
        return false;
    if (!consumer_open(take->ledger, &take->settings->consumer, search, &take->consumer)) {
        ledger_rollback(take->ledger);
        return false;
    }
    choose_kinds(take);
    find_pending(take, limit);
    for (unsigned i = 0; i < take->n_kinds; i++)
        find_new(take, (int)i, limit);
    qsort(take->found, take->n, sizeof(take->found[0]), compare);
    if (take->n > limit)
        take->n = limit;
    for (unsigned i = 0; i < take->n; i++)
        lease_one(take, &take->found[i]);
    for (unsigned i = 0; i < take->n_kinds; i++)
        move_on(take, i);
    return ledger_commit(take->ledger);
}

static void put_line(struct take *take, struct bytes line, struct canon_sink *out)
{
    canon_sink_add(out, line);
    canon_sink_add(out, BYTES("\n"));
    take->bytes += line.len + 1;
    take->printed++;
    if (take->hash == NULL)
        return;
    sha256_add(take->hash, line.at, line.len);
    sha256_add(take->hash, "\n", 1);
}

/* The batch record; of nothing there is none. */
static void put_batch(struct take *take, struct canon_sink *out)
{
    char hex[65];

    if (take->hash == NULL || take->printed == 0)
        return;
    sha256_hex(take->hash, hex);
    canon_sink_format(
        out,
        "{\"canon\":1,\"kind\":\"batch\",\"id\":\"%.32s\",\"direction\":\"%s\","
        "\"source\":{\"format\":\"canon\",\"test\":false},\"sha256\":\"%s\",\"byte_count\":%" PRIu64
        ",\"format_code\":\"canon\",\"is_complete\":true,\"read_count\":%" PRIu64
        ",\"translated_count\":%" PRIu64 ",\"held_count\":0,\"rejected_count\":0,"
        "\"duplicate_count\":0,\"ignored_count\":0}\n",
        hex, take->consumer.outward ? "out" : "in", hex, take->bytes, take->printed, take->printed);
}

static bool print(struct take *take, struct canon_sink *out)
{
    static const char select[] = "SELECT line FROM record WHERE document_id = ?";

    /* Locked once: a lock that fails does so before anything is printed. */
    if (!sql_script(take->ledger, "BEGIN"))
        return false;
    for (unsigned i = 0; i < take->n && !out->failed; i++) {
        sqlite3_stmt *statement = sql_begin(take->ledger, select);

        sql_number(statement, 1, take->found[i].document);
        if (sql_row(take->ledger, statement))
            put_line(take, sql_get_text(statement, 0), out);
        sql_end(statement);
    }
    (void)sql_script(take->ledger, "COMMIT");
    return !out->failed && !ledger_failed(take->ledger);
}

bool take_run(struct ledger *ledger, struct search *search, const struct take_settings *settings,
              struct canon_sink *out, uint64_t *taken)
{
    struct take *take = calloc(1, sizeof(*take));
    bool going = take != NULL;

    *taken = 0;
    if (take == NULL) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, NULL, "at the start");
        return false;
    }
    take->ledger = ledger;
    take->settings = settings;
    if (settings->close && (take->hash = sha256_open()) == NULL) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, NULL, "at the start");
        free(take);
        return false;
    }
    if (take->hash != NULL)
        sha256_begin(take->hash);
    lease_init(&take->lease);
    do {
        uint64_t left = settings->limit != 0 ? settings->limit - *taken : ROUND;

        going = lease_round(take, search, left < ROUND ? (unsigned)left : ROUND) && print(take, out);
        *taken += take->n;
    } while (going && take->n > 0 && (settings->limit == 0 || *taken < settings->limit));
    if (going)
        put_batch(take, out);
    sha256_close(take->hash);
    free(take);
    return going;
}
