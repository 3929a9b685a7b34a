#include "ledger/survey.h"

#include <stdlib.h>

#include "ledger/journey.h"
#include "ledger/sql.h"

enum { CHUNK = 64 * 1024, SAMPLES = 2000 };
static const size_t group_ceiling = (size_t)512 * 1024 * 1024;
static const size_t loose_ceiling = (size_t)1024 * 1024 * 1024;

/* A document that names no order. */
struct loose {
    struct bytes number; /* whose group it is in */
    int64_t ordinal;
    bool is_order, is_new;
};

struct survey {
    struct ledger *ledger;
    struct survey_time time;
    struct arena arena;  /* of the loose ones */
    struct arena group;  /* of one group */
    struct loose *loose; /* by number and ordinal */
    size_t n_loose, room;
    bool is_part;                      /* the loose ones are another's */
    struct survey_document *documents; /* of one group, allocated */
    size_t n, documents_room;
};

static bool no_memory(struct survey *survey)
{
    if (!ledger_failed(survey->ledger))
        report_say(ledger_report(survey->ledger), TECHNICAL_MEMORY, ledger_path(survey->ledger),
                   "documents of an order");
    return false;
}

/* --- documents that name no order */

static bool add_loose(struct survey *survey, struct bytes number, int64_t ordinal, bool is_order, bool is_new)
{
    if (survey->n_loose == survey->room) {
        size_t room = survey->room == 0 ? 64 : survey->room * 2;
        struct loose *more = realloc(survey->loose, room * sizeof(*more));

        if (more == NULL)
            return no_memory(survey);
        survey->loose = more;
        survey->room = room;
    }
    survey->loose[survey->n_loose++] = (struct loose){number, ordinal, is_order, is_new};
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct loose *left = a, *right = b;
    int order = bytes_compare(left->number, right->number);

    return order != 0 ? order : (left->ordinal > right->ordinal) - (left->ordinal < right->ordinal);
}

/* Those resolved by earlier runs. */
static bool load_loose(struct survey *survey)
{
    static const char select[] = "SELECT document_id, order_number FROM review_loose WHERE is_order";
    sqlite3_stmt *statement = sql_begin(survey->ledger, select);

    while (sql_row(survey->ledger, statement))
        if (!add_loose(survey, arena_copy(&survey->arena, sql_get_text(statement, 1)),
                       sql_get_number(statement, 0), true, false)) {
            sql_end(statement);
            return false;
        }
    return !ledger_failed(survey->ledger);
}

/* The number of its own that stands for a document when no order is known. */
static struct bytes own_number(struct survey *survey, int64_t ordinal)
{
    static const char select[] =
        "SELECT value FROM document_key WHERE document_id = ? AND name IN ('depositor_order_number',"
        " 'shipment_id', 'invoice_number', 'rma_number', 'receipt_id')"
        " ORDER BY name = 'depositor_order_number' DESC, name = 'shipment_id' DESC, name, value LIMIT 1";
    sqlite3_stmt *statement = sql_begin(survey->ledger, select);
    struct bytes number = {NULL, 0};

    sql_number(statement, 1, ordinal);
    if (sql_row(survey->ledger, statement))
        number = arena_copy(&survey->arena, sql_get_text(statement, 0));
    sql_end(statement);
    return number;
}

static bool resolve(struct survey *survey, int64_t ordinal, struct bytes id)
{
    struct journey_orders orders;
    struct bytes own;

    arena_reset(&survey->group);
    if (!journey_find(survey->ledger, &survey->group, id, (struct bytes){NULL, 0}, &orders))
        return false;
    for (size_t i = 0; i < orders.n; i++)
        if (!add_loose(survey, arena_copy(&survey->arena, orders.orders[i].number), ordinal, true, true))
            return false;
    if (orders.n > 0)
        return true;
    own = own_number(survey, ordinal);
    return own.at == NULL || add_loose(survey, own, ordinal, false, true);
}

/* The new ones, and those of earlier runs for which no order was known. */
static bool find_loose(struct survey *survey, int64_t since)
{
    static const char select[] =
        "SELECT d.document_id, d.id FROM document d WHERE d.document_id > ?1 AND d.kind IN"
        " ('shipment', 'shipment_order', 'receipt', 'invoice', 'return') AND NOT EXISTS"
        " (SELECT 1 FROM document_key k WHERE k.document_id = d.document_id AND k.name = 'order_number')"
        " UNION SELECT document_id, d.id FROM review_loose JOIN document d USING(document_id)"
        " WHERE ?1 > 0 AND NOT is_order ORDER BY 1";
    struct unresolved {
        int64_t ordinal;
        char id[33];
    } *all = NULL;
    size_t n = 0, room = 0;
    sqlite3_stmt *statement = sql_begin(survey->ledger, select);
    bool good = true;

    sql_number(statement, 1, since);
    while (good && sql_row(survey->ledger, statement)) {
        struct bytes id = sql_get_text(statement, 1);

        if (n == room) {
            struct unresolved *more = realloc(all, (room = room == 0 ? 64 : room * 2) * sizeof(*all));

            if (more == NULL)
                good = no_memory(survey);
            else
                all = more;
        }
        if (good && id.len < sizeof(all->id)) {
            all[n] = (struct unresolved){.ordinal = sql_get_number(statement, 0)};
            memcpy(all[n++].id, id.at, id.len);
        }
    }
    sql_end(statement);
    for (size_t i = 0; i < n && good; i++)
        good = resolve(survey, all[i].ordinal, bytes_of(all[i].id));
    free(all);
    if (survey->n_loose > 1)
        qsort(survey->loose, survey->n_loose, sizeof(*survey->loose), by_number);
    return good && !ledger_failed(survey->ledger) && (!survey->arena.failed || no_memory(survey));
}

bool survey_keep(struct survey *survey)
{
    static const char clean[] = "DELETE FROM review_loose WHERE document_id = ?";
    static const char insert[] = "INSERT OR REPLACE INTO review_loose(document_id, order_number, is_order)"
                                 " VALUES(?, ?, ?)";

    for (size_t i = 0; i < survey->n_loose; i++)
        if (survey->loose[i].is_new) {
            sqlite3_stmt *statement = sql_begin(survey->ledger, clean);

            sql_number(statement, 1, survey->loose[i].ordinal);
            (void)sql_run(survey->ledger, statement);
        }
    for (size_t i = 0; i < survey->n_loose; i++)
        if (survey->loose[i].is_new) {
            sqlite3_stmt *statement = sql_begin(survey->ledger, insert);

            sql_number(statement, 1, survey->loose[i].ordinal);
            sql_text(statement, 2, survey->loose[i].number);
            sql_number(statement, 3, survey->loose[i].is_order);
            (void)sql_run(survey->ledger, statement);
        }
    return !ledger_failed(survey->ledger);
}

struct survey *survey_open(struct ledger *ledger, const struct survey_time *time, int64_t since)
{
    struct survey *survey = calloc(1, sizeof(*survey));

    if (survey == NULL) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, ledger_path(ledger), "at the start");
        return NULL;
    }
    survey->ledger = ledger;
    survey->time = *time;
    arena_init(&survey->arena, CHUNK, loose_ceiling);
    arena_init(&survey->group, CHUNK, group_ceiling);
    if ((since > 0 && !load_loose(survey)) || !find_loose(survey, since)) {
        survey_close(survey);
        return NULL;
    }
    return survey;
}

struct survey *survey_of(const struct survey *whole, struct ledger *ledger)
{
    struct survey *survey = calloc(1, sizeof(*survey));

    if (survey == NULL) {
        report_say(ledger_report(ledger), TECHNICAL_MEMORY, ledger_path(ledger), "at the start");
        return NULL;
    }
    *survey = (struct survey){.ledger = ledger,
                              .time = whole->time,
                              .loose = whole->loose,
                              .n_loose = whole->n_loose,
                              .is_part = true};
    arena_init(&survey->arena, CHUNK, loose_ceiling);
    arena_init(&survey->group, CHUNK, group_ceiling);
    return survey;
}

void survey_close(struct survey *survey)
{
    if (survey == NULL)
        return;
    arena_release(&survey->arena);
    arena_release(&survey->group);
    if (!survey->is_part)
        free(survey->loose);
    free(survey->documents);
    free(survey);
}

/* --- documents */

/* Columns of a document, with its state now and its state then; ?1: until when. */
#define STATE_THEN                                                                                         \
    "ifnull((SELECT CASE e.what WHEN 'held' THEN 'held' WHEN 'dismissed' THEN 'dismissed' ELSE 'open' END" \
    " FROM event e WHERE e.document_id = d.document_id AND e.consumer_id IS NULL AND e.at <= ?1"           \
    " AND e.what IN ('held', 'released', 'dismissed') ORDER BY e.event_id DESC LIMIT 1), 'open')"
#define DOCUMENT(STATE)                                                                       \
    " d.document_id, d.id, d.kind, d.partner, d.direction, " STATE ", d.number, d.posted_at," \
    " iif(d.kind IN ('order', 'shipment_order'), (SELECT min(v.at) FROM delivery v"           \
    "  WHERE v.document_id = d.document_id AND v.state = 'done' AND v.at <= ?1), NULL), r.line"
#define JOINS                                                                       \
    " CROSS JOIN document d ON d.document_id = k.document_id AND d.posted_at <= ?1" \
    " CROSS JOIN record r ON r.document_id = k.document_id"
#define GROUP_OF(STATE)                     \
    "SELECT k.value," DOCUMENT(             \
        STATE) " FROM document_key k" JOINS \
               " WHERE k.name = 'order_number' AND k.value = ?2 ORDER BY k.document_id"
#define RANGE(STATE)                                                                               \
    "SELECT k.value," DOCUMENT(                                                                    \
        STATE) " FROM document_key k" JOINS                                                        \
               " WHERE k.name = 'order_number' AND k.value >= ?2 AND (?3 IS NULL OR k.value < ?3)" \
               " ORDER BY k.value, k.document_id"
#define ONE(STATE) "SELECT NULL," DOCUMENT(STATE) " FROM (SELECT ?2 AS document_id) k" JOINS

static bool add_document(struct survey *survey, sqlite3_stmt *statement)
{
    struct survey_document *document;

    if (survey->n == survey->documents_room) {
        size_t room = survey->n == 0 ? 16 : survey->n * 2;
        struct survey_document *more = realloc(survey->documents, room * sizeof(*more));

        if (more == NULL)
            return no_memory(survey);
        survey->documents = more;
        survey->documents_room = room;
    }
    document = &survey->documents[survey->n++];
    document->ordinal = sql_get_number(statement, 1);
    {
        struct bytes *const columns[] = {&document->id,        &document->kind,         &document->partner,
                                         &document->direction, &document->state,        &document->number,
                                         &document->posted_at, &document->delivered_at, &document->line};

        for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
            struct bytes text = sql_get_text(statement, (int)i + 2);

            *columns[i] = text.at != NULL ? arena_copy(&survey->group, text) : text;
        }
    }
    return !survey->group.failed || no_memory(survey);
}

static size_t first_loose(const struct survey *survey, struct bytes number)
{
    size_t low = 0, high = survey->n_loose;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (bytes_compare(survey->loose[middle].number, number) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool add_loose_of(struct survey *survey, struct bytes number, bool *is_order)
{
    static const char now[] = ONE("d.state"), then[] = ONE(STATE_THEN);

    for (size_t i = first_loose(survey, number);
         i < survey->n_loose && bytes_equal(survey->loose[i].number, number); i++) {
        sqlite3_stmt *statement = sql_begin(survey->ledger, survey->time.is_past ? then : now);

        *is_order = *is_order || survey->loose[i].is_order;
        sql_text(statement, 1, survey->time.until);
        sql_number(statement, 2, survey->loose[i].ordinal);
        while (sql_row(survey->ledger, statement))
            if (!add_document(survey, statement)) {
                sql_end(statement);
                return false;
            }
    }
    return !ledger_failed(survey->ledger);
}

static int by_ordinal(const void *a, const void *b)
{
    const struct survey_document *left = a, *right = b;

    return (left->ordinal > right->ordinal) - (left->ordinal < right->ordinal);
}

/* What was gathered, with what belongs to it otherwise. */
static bool tell_group(struct survey *survey, struct bytes number,
                       bool (*tell)(void *to, const struct survey_group *group), void *to)
{
    struct survey_group group = {.number = number, .is_order = survey->n > 0};
    size_t named = survey->n;

    if (survey->n_loose > 0 && !add_loose_of(survey, number, &group.is_order))
        return false;
    if (survey->n > named && named > 0)
        qsort(survey->documents, survey->n, sizeof(*survey->documents), by_ordinal);
    group.documents = survey->documents;
    group.n = survey->n;
    return tell(to, &group);
}

static void begin_group(struct survey *survey)
{
    arena_reset(&survey->group);
    survey->n = 0;
}

bool survey_number(struct survey *survey, struct bytes number,
                   bool (*tell)(void *to, const struct survey_group *group), void *to)
{
    static const char now[] = GROUP_OF("d.state"), then[] = GROUP_OF(STATE_THEN);
    sqlite3_stmt *statement = sql_begin(survey->ledger, survey->time.is_past ? then : now);

    begin_group(survey);
    sql_text(statement, 1, survey->time.until);
    sql_text(statement, 2, number);
    while (sql_row(survey->ledger, statement))
        if (!add_document(survey, statement)) {
            sql_end(statement);
            return false;
        }
    return !ledger_failed(survey->ledger) && tell_group(survey, number, tell, to);
}

/* Groups of loose documents alone, up to a number. */
static bool tell_loose(struct survey *survey, size_t *at, struct bytes before,
                       bool (*tell)(void *to, const struct survey_group *group), void *to)
{
    while (*at < survey->n_loose &&
           (before.at == NULL || bytes_compare(survey->loose[*at].number, before) < 0)) {
        struct bytes number = survey->loose[*at].number;

        begin_group(survey);
        if (!tell_group(survey, number, tell, to))
            return false;
        while (*at < survey->n_loose && bytes_equal(survey->loose[*at].number, number))
            ++*at;
    }
    return true;
}

bool survey_range(struct survey *survey, struct bytes from, struct bytes until,
                  bool (*tell)(void *to, const struct survey_group *group), void *to)
{
    static const char now[] = RANGE("d.state"), then[] = RANGE(STATE_THEN);
    sqlite3_stmt *statement = sql_begin(survey->ledger, survey->time.is_past ? then : now);
    size_t loose = from.at != NULL ? first_loose(survey, from) : 0;
    char value[512];
    struct bytes number = {NULL, 0};
    bool good = true;

    begin_group(survey);
    sql_text(statement, 1, survey->time.until);
    sql_text(statement, 2, from.at != NULL ? from : BYTES(""));
    sql_text(statement, 3, until);
    while (good && sql_row(survey->ledger, statement)) {
        struct bytes next = sql_get_text(statement, 0);

        if (number.at == NULL || !bytes_equal(next, number)) {
            if (number.at != NULL)
                good = tell_group(survey, number, tell, to);
            /* Keys are 400 bytes at most. */
            memcpy(value, next.at, next.len < sizeof(value) ? next.len : sizeof(value));
            number = (struct bytes){value, next.len < sizeof(value) ? next.len : sizeof(value)};
            good = good && tell_loose(survey, &loose, number, tell, to);
            while (loose < survey->n_loose && bytes_equal(survey->loose[loose].number, number))
                loose++;
            begin_group(survey);
        }
        good = good && add_document(survey, statement);
    }
    sql_end(statement);
    if (good && number.at != NULL)
        good = tell_group(survey, number, tell, to);
    return good && !ledger_failed(survey->ledger) && tell_loose(survey, &loose, until, tell, to);
}

/* --- shares and changes */

static int by_text(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

size_t survey_shares(struct survey *survey, struct arena *arena, unsigned shares, struct bytes *out)
{
    static const char select[] = "SELECT value FROM document_key WHERE document_id >= ?1"
                                 " AND name = 'order_number' ORDER BY document_id LIMIT 1";
    struct bytes *samples = arena_zalloc(arena, SAMPLES, sizeof(*samples));
    int64_t last = survey_last_document(survey);
    size_t n = 0, parts = 0;

    for (int64_t i = 0; i < SAMPLES && samples != NULL && last >= SAMPLES; i++) {
        sqlite3_stmt *statement = sql_begin(survey->ledger, select);

        sql_number(statement, 1, last / SAMPLES * i);
        if (sql_row(survey->ledger, statement))
            samples[n++] = arena_copy(arena, sql_get_text(statement, 0));
        sql_end(statement);
    }
    if (n < shares || arena->failed)
        return 0;
    qsort(samples, n, sizeof(*samples), by_text);
    for (unsigned i = 1; i < shares; i++) {
        struct bytes value = samples[n * i / shares];

        if (parts == 0 || !bytes_equal(out[parts - 1], value))
            out[parts++] = value;
    }
    return parts;
}

static bool tell_rows(struct ledger *ledger, sqlite3_stmt *statement,
                      bool (*tell)(void *to, struct bytes number), void *to)
{
    while (sql_row(ledger, statement))
        if (!tell(to, sql_get_text(statement, 0))) {
            sql_end(statement);
            return false;
        }
    return !ledger_failed(ledger);
}

bool survey_changed(struct survey *survey, const struct survey_since *since,
                    bool (*tell)(void *to, struct bytes number), void *to)
{
    static const char posted[] = "SELECT value FROM document_key WHERE document_id > ?1"
                                 " AND name = 'order_number'";
    static const char told[] =
        "SELECT k.value FROM event e CROSS JOIN document_key k ON k.document_id = e.document_id"
        " AND k.name = 'order_number' WHERE e.event_id > ?1"
        " UNION ALL SELECT l.order_number FROM event e CROSS JOIN review_loose l ON l.document_id = "
        "e.document_id"
        " WHERE e.event_id > ?1";
    /* Clocks of a second: what was delivered in that of the last run is looked at again. */
    static const char delivered[] =
        "SELECT k.value FROM delivery v JOIN document_key k ON k.document_id = v.document_id"
        " AND k.name = 'order_number' WHERE v.at >= ?1"
        " UNION ALL SELECT l.order_number FROM delivery v JOIN review_loose l"
        " ON l.document_id = v.document_id WHERE v.at >= ?1";
    static const char settled[] =
        "SELECT ifnull(o.value, l.order_number) FROM document d"
        " CROSS JOIN document_key n ON n.document_id = d.document_id AND n.name = 'document_number'"
        " CROSS JOIN document_key i ON i.value = n.value AND i.name = 'invoice_number'"
        " LEFT JOIN document_key o ON o.document_id = i.document_id AND o.name = 'order_number'"
        " LEFT JOIN review_loose l ON l.document_id = i.document_id"
        " WHERE d.document_id > ?1 AND d.kind IN ('payment', 'application_advice')"
        " AND ifnull(o.value, l.order_number) IS NOT NULL";
    sqlite3_stmt *statement = sql_begin(survey->ledger, posted);

    sql_number(statement, 1, since->document);
    if (!tell_rows(survey->ledger, statement, tell, to))
        return false;
    statement = sql_begin(survey->ledger, told);
    sql_number(statement, 1, since->event);
    if (!tell_rows(survey->ledger, statement, tell, to))
        return false;
    statement = sql_begin(survey->ledger, delivered);
    sql_text(statement, 1, since->at);
    if (!tell_rows(survey->ledger, statement, tell, to))
        return false;
    /* What was paid or refused: by the number of the invoice. */
    statement = sql_begin(survey->ledger, settled);
    sql_number(statement, 1, since->document);
    if (!tell_rows(survey->ledger, statement, tell, to))
        return false;
    for (size_t i = 0; i < survey->n_loose; i++)
        if (survey->loose[i].is_new && !tell(to, survey->loose[i].number))
            return false;
    return true;
}

int64_t survey_last_document(struct survey *survey)
{
    static const char select[] = "SELECT max(document_id) FROM document";

    return sql_answer(survey->ledger, sql_begin(survey->ledger, select), 0);
}

int64_t survey_last_event(struct survey *survey)
{
    static const char select[] = "SELECT max(event_id) FROM event";

    return sql_answer(survey->ledger, sql_begin(survey->ledger, select), 0);
}

/* --- deadlines */

bool survey_wait(struct ledger *ledger, struct bytes number, struct bytes due_at)
{
    static const char insert[] = "INSERT OR REPLACE INTO review_due(order_number, due_at) VALUES(?1, ?2)";
    static const char clean[] = "DELETE FROM review_due WHERE order_number = ?1";
    sqlite3_stmt *statement = sql_begin(ledger, due_at.at != NULL ? insert : clean);

    sql_text(statement, 1, number);
    if (due_at.at != NULL)
        sql_text(statement, 2, due_at);
    return sql_run(ledger, statement);
}

bool survey_forget(struct ledger *ledger)
{
    static const char clean[] = "DELETE FROM review_due";

    return sql_run(ledger, sql_begin(ledger, clean));
}

bool survey_overdue(struct ledger *ledger, struct bytes by, bool (*tell)(void *to, struct bytes number),
                    void *to)
{
    static const char select[] = "SELECT order_number FROM review_due WHERE due_at <= ?1";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, by);
    return tell_rows(ledger, statement, tell, to);
}
