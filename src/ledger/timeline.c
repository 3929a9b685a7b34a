#include "ledger/timeline.h"

#include "base/buffer.h"
#include "ledger/sql.h"

enum { MAX_ROWS = 1000 };

bool timeline_begin(struct ledger *ledger)
{
    return sql_script(ledger, "BEGIN");
}

void timeline_end(struct ledger *ledger)
{
    (void)sql_script(ledger, "COMMIT");
}

size_t timeline_read(struct ledger *ledger, struct arena *arena, int64_t document,
                     const struct timeline_row **rows)
{
    static const char select[] =
        "SELECT at, what, kind, direction, partner, number, id, state, file, consumer, interchange,"
        " group_control, set_control, text FROM document_timeline WHERE ordinal = ?1"
        " ORDER BY what <> 'posted', at, what, consumer LIMIT ?2";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    struct timeline_row row, *copy;
    struct bytes *const columns[] = {&row.at,          &row.what,  &row.kind,  &row.direction, &row.partner,
                                     &row.number,      &row.id,    &row.state, &row.file,      &row.consumer,
                                     &row.interchange, &row.group, &row.set,   &row.text};
    struct buffer all;
    size_t n;

    *rows = NULL;
    buffer_init(&all, MAX_ROWS * sizeof(row));
    sql_number(statement, 1, document);
    sql_number(statement, 2, MAX_ROWS);
    while (sql_row(ledger, statement)) {
        for (unsigned i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
            struct bytes value = sql_get_text(statement, (int)i);

            *columns[i] = value.at != NULL ? arena_copy(arena, value) : value;
        }
        buffer_add(&all, (const char *)&row, sizeof(row));
    }
    n = all.len / sizeof(row);
    copy = arena_zalloc(arena, n + 1, sizeof(row));
    if (copy != NULL && all.len > 0)
        memcpy(copy, all.at, all.len);
    if (all.failed)
        arena->failed = true;
    buffer_release(&all);
    *rows = copy;
    return arena->failed || ledger_failed(ledger) ? 0 : n;
}

struct bytes timeline_record(struct ledger *ledger, struct arena *arena, int64_t document)
{
    static const char select[] = "SELECT line FROM record WHERE document_id = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    struct bytes line = {NULL, 0};

    sql_number(statement, 1, document);
    if (sql_row(ledger, statement))
        line = arena_copy(arena, sql_get_text(statement, 0));
    sql_end(statement);
    return line;
}
