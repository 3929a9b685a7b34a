#include "ledger/transfer.h"

#include "ledger/sql.h"

static const char *const directions[] = {[TRANSFER_IN] = "in", [TRANSFER_OUT] = "out"};
static const char *const states[] = {[TRANSFER_CLAIMED] = "claimed",
                                     [TRANSFER_WHOLE] = "whole",
                                     [TRANSFER_KEPT] = "kept",
                                     [TRANSFER_DONE] = "done"};

#define COLUMNS                                                                                      \
    "SELECT transfer_id, partner, direction, folder, name, byte_count, mtime, sha256, target, state" \
    " FROM transfer"

static struct bytes copy(struct arena *arena, sqlite3_stmt *statement, int column)
{
    struct bytes text = sql_get_text(statement, column);

    return text.at != NULL ? arena_copy(arena, text) : text;
}

static void fill(struct transfer *out, sqlite3_stmt *statement, struct arena *arena)
{
    *out = (struct transfer){
        .row = sql_get_number(statement, 0),
        .partner = copy(arena, statement, 1),
        .direction = bytes_are(sql_get_text(statement, 2), "in") ? TRANSFER_IN : TRANSFER_OUT,
        .folder = copy(arena, statement, 3),
        .name = copy(arena, statement, 4),
        .size = sql_get_number(statement, 5),
        .mtime = sql_get_number(statement, 6),
        .sha256 = copy(arena, statement, 7),
        .target = copy(arena, statement, 8),
    };
    out->state = TRANSFER_CLAIMED;
    while (out->state < TRANSFER_DONE && !bytes_are(sql_get_text(statement, 9), states[out->state]))
        out->state++;
}

bool transfer_find(struct ledger *ledger, const struct transfer *like, struct arena *arena,
                   struct transfer *out)
{
    static const char by_name[] = COLUMNS " WHERE partner = ?1 AND direction = ?2 AND name = ?3"
                                          " AND folder = ?4 ORDER BY transfer_id DESC LIMIT 1";
    static const char by_content[] = COLUMNS " WHERE partner = ?1 AND direction = ?2 AND name = ?3"
                                             " AND folder = ?4 AND sha256 = ?5 AND transfer_id <> ?6"
                                             " ORDER BY transfer_id DESC LIMIT 1";
    bool content = like->sha256.at != NULL, found;
    sqlite3_stmt *statement = sql_begin(ledger, content ? by_content : by_name);

    sql_text(statement, 1, like->partner);
    sql_text(statement, 2, bytes_of(directions[like->direction]));
    sql_text(statement, 3, like->name);
    sql_text(statement, 4, like->folder);
    if (content) {
        sql_text(statement, 5, like->sha256);
        sql_number(statement, 6, like->row);
    }
    found = sql_row(ledger, statement);
    if (found)
        fill(out, statement, arena);
    sql_end(statement);
    return found;
}

bool transfer_each(struct ledger *ledger, struct bytes partner, enum transfer_direction direction,
                   enum transfer_state state, struct arena *arena,
                   bool (*take)(void *whom, struct transfer *transfer), void *whom)
{
    /* One after the other, for they are changed on the way. */
    static const char next[] = COLUMNS " WHERE partner = ?1 AND direction = ?2 AND state = ?3"
                                       " AND transfer_id > ?4 ORDER BY transfer_id LIMIT 1";
    struct transfer transfer = {.row = 0};

    for (;;) {
        sqlite3_stmt *statement = sql_begin(ledger, next);
        bool found;

        sql_text(statement, 1, partner);
        sql_text(statement, 2, bytes_of(directions[direction]));
        sql_text(statement, 3, bytes_of(states[state]));
        sql_number(statement, 4, transfer.row);
        found = sql_row(ledger, statement);
        if (found)
            fill(&transfer, statement, arena);
        sql_end(statement);
        if (!found)
            return !ledger_failed(ledger);
        if (arena->failed || !take(whom, &transfer))
            return false;
    }
}

bool transfer_add(struct ledger *ledger, struct transfer *transfer)
{
    static const char insert[] =
        "INSERT INTO transfer(partner, direction, folder, name, byte_count, mtime, sha256, target, state,"
        " claimed_at, changed_at) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)";
    sqlite3_stmt *statement = sql_begin(ledger, insert);
    char now[24];

    sql_text(statement, 1, transfer->partner);
    sql_text(statement, 2, bytes_of(directions[transfer->direction]));
    sql_text(statement, 3, transfer->folder);
    sql_text(statement, 4, transfer->name);
    sql_number(statement, 5, transfer->size);
    sql_number(statement, 6, transfer->mtime);
    sql_text(statement, 7, transfer->sha256);
    sql_text(statement, 8, transfer->target);
    sql_text(statement, 9, bytes_of(states[transfer->state]));
    sql_text(statement, 10, sql_now(now));
    if (!sql_run(ledger, statement))
        return false;
    transfer->row = sql_last_row(ledger);
    return true;
}

bool transfer_save(struct ledger *ledger, const struct transfer *transfer)
{
    static const char update[] = "UPDATE transfer SET byte_count = ?1, mtime = ?2, sha256 = ?3, target = ?4,"
                                 " state = ?5, changed_at = ?6 WHERE transfer_id = ?7";
    sqlite3_stmt *statement = sql_begin(ledger, update);
    char now[24];

    sql_number(statement, 1, transfer->size);
    sql_number(statement, 2, transfer->mtime);
    sql_text(statement, 3, transfer->sha256);
    sql_text(statement, 4, transfer->target);
    sql_text(statement, 5, bytes_of(states[transfer->state]));
    sql_text(statement, 6, sql_now(now));
    sql_number(statement, 7, transfer->row);
    return sql_run(ledger, statement);
}
