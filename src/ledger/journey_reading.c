#include "ledger/journey_reading.h"

#include "base/hash.h"
#include "ledger/journey.h"
#include "ledger/sql.h"

enum { FIRST_SLOTS = 64 };

static bool met_grow(struct met *met, struct arena *arena)
{
    size_t n_slots = met->n_slots == 0 ? FIRST_SLOTS : met->n_slots * 2;
    struct met_entry **slots = arena_zalloc(arena, n_slots, sizeof(struct met_entry *));

    if (slots == NULL)
        return false;
    for (size_t i = 0; i < met->n_slots; i++) {
        size_t slot;

        if (met->slots[i] == NULL)
            continue;
        slot = (size_t)hash_number(met->slots[i]->value) & (n_slots - 1);
        while (slots[slot] != NULL)
            slot = (slot + 1) & (n_slots - 1);
        slots[slot] = met->slots[i];
    }
    met->slots = slots;
    met->n_slots = n_slots;
    return true;
}

struct met_entry *met_find(const struct met *met, struct bytes value)
{
    if (met->n_slots == 0)
        return NULL;
    for (size_t slot = (size_t)hash_number(value) & (met->n_slots - 1); met->slots[slot] != NULL;
         slot = (slot + 1) & (met->n_slots - 1))
        if (bytes_equal(met->slots[slot]->value, value))
            return met->slots[slot];
    return NULL;
}

struct met_entry *met_enter(struct met *met, struct arena *arena, struct bytes value)
{
    struct met_entry *entry = met_find(met, value);
    size_t slot;

    if (entry != NULL)
        return entry;
    if (met->n * 2 >= met->n_slots && !met_grow(met, arena))
        return NULL;
    entry = arena_zalloc(arena, 1, sizeof(*entry));
    if (entry == NULL)
        return NULL;
    entry->value = arena_copy(arena, value);
    slot = (size_t)hash_number(value) & (met->n_slots - 1);
    while (met->slots[slot] != NULL)
        slot = (slot + 1) & (met->n_slots - 1);
    met->slots[slot] = entry;
    met->n++;
    return arena->failed ? NULL : entry;
}

struct met_entry *reading_document(struct reading *reading, int64_t ordinal)
{
    size_t before = reading->documents.n;
    struct met_entry *entry = met_enter(&reading->documents, reading->arena,
                                        (struct bytes){(const char *)&ordinal, sizeof(ordinal)});

    if (entry != NULL && reading->documents.n > before)
        entry->document = journey_document_load(reading->ledger, reading->arena, ordinal);
    return entry;
}

struct sqlite3_stmt *reading_by_value(struct reading *reading, struct bytes value)
{
    static const char select[] =
        "SELECT document_id, name FROM document_key WHERE value = ?1 ORDER BY name, document_id LIMIT ?2";
    sqlite3_stmt *statement = sql_begin(reading->ledger, select);

    sql_text(statement, 1, value);
    sql_number(statement, 2, 2 * JOURNEY_MAX_MEMBERS);
    return statement;
}

bool reading_is_shared(struct reading *reading, struct bytes value)
{
    static const char count[] = "SELECT count(*) FROM (SELECT 1 FROM document_key WHERE value = ?1 LIMIT ?2)";
    sqlite3_stmt *statement;

    statement = sql_begin(reading->ledger, count);
    sql_text(statement, 1, value);
    sql_number(statement, 2, JOURNEY_MAX_SHARED + 1);
    if (sql_answer(reading->ledger, statement, 0) <= JOURNEY_MAX_SHARED)
        return false;
    if (reading->shared.at == NULL || bytes_compare(value, reading->shared) < 0)
        reading->shared = value;
    return true;
}

bool reading_failed(struct reading *reading)
{
    if (reading->arena->failed && !ledger_failed(reading->ledger))
        report_say(ledger_report(reading->ledger), TECHNICAL_MEMORY, ledger_path(reading->ledger),
                   "a journey of too many documents and numbers");
    return reading->arena->failed || ledger_failed(reading->ledger);
}
