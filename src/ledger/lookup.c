#include "ledger/lookup.h"

#include "canon/sink.h"
#include "ledger/sql.h"

enum { ID_DIGITS = 32 };

static bool is_beginning(struct bytes id)
{
    for (size_t i = 0; i < id.len; i++)
        if ((id.at[i] < '0' || id.at[i] > '9') && (id.at[i] < 'a' || id.at[i] > 'f'))
            return false;
    return id.len > 0 && id.len <= ID_DIGITS;
}

static void not_found(struct ledger *ledger, const char *detail, struct bytes value)
{
    struct finding finding = {.complaint = LEDGER_NOT_FOUND,
                              .place = {.file = ledger_path(ledger)},
                              .detail = detail,
                              .value = value};

    if (!ledger_failed(ledger))
        report_add(ledger_report(ledger), &finding);
}

int64_t lookup_document(struct ledger *ledger, struct bytes id)
{
    static const char select[] =
        "SELECT document_id FROM document WHERE id >= ?1 AND id < ?1 || 'g' ORDER BY id LIMIT 2";
    sqlite3_stmt *statement = is_beginning(id) ? sql_begin(ledger, select) : NULL;
    int64_t document = 0, n = 0;

    sql_text(statement, 1, id);
    for (; sql_row(ledger, statement); n++)
        document = sql_get_number(statement, 0);
    if (n == 1)
        return document;
    not_found(ledger, n == 0 ? "no document has this id" : "ids of several documents begin so", id);
    return 0;
}

bool lookup_show(struct ledger *ledger, struct bytes id, struct canon_sink *out)
{
    static const char select[] = "SELECT line FROM record WHERE document_id = ?";
    int64_t document = lookup_document(ledger, id);
    sqlite3_stmt *statement = document != 0 ? sql_begin(ledger, select) : NULL;
    bool found;

    sql_number(statement, 1, document);
    found = sql_row(ledger, statement);
    if (found) {
        canon_sink_add(out, sql_get_text(statement, 0));
        canon_sink_add(out, BYTES("\n"));
    }
    sql_end(statement);
    return found;
}

static void put_text(struct canon_sink *out, struct bytes text)
{
    size_t start = 0;

    for (size_t i = 0; i < text.len; i++) {
        if ((unsigned char)text.at[i] >= 0x20 && text.at[i] != 0x7F)
            continue;
        canon_sink_add(out, (struct bytes){text.at + start, i - start});
        canon_sink_add(out, BYTES(" "));
        start = i + 1;
    }
    canon_sink_add(out, (struct bytes){text.at + start, text.len - start});
}

void lookup_put_row(struct canon_sink *out, struct sqlite3_stmt *row, int columns)
{
    for (int column = 0; column < columns; column++) {
        struct bytes value = sql_get_text(row, column);

        if (column > 0)
            canon_sink_add(out, BYTES("\t"));
        if (value.len > 0)
            put_text(out, value);
    }
    canon_sink_add(out, BYTES("\n"));
}

uint64_t lookup_find(struct ledger *ledger, struct bytes key, struct canon_sink *out)
{
    static const char select[] =
        "SELECT id, kind, partner, direction, state, number, interchange, file, posted_at FROM documents"
        " WHERE ordinal IN (SELECT document_id FROM document_key WHERE value = ?1"
        " UNION SELECT document_id FROM document WHERE id = ?1) ORDER BY ordinal";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    uint64_t n = 0;

    sql_text(statement, 1, key);
    for (; sql_row(ledger, statement); n++)
        lookup_put_row(out, statement, 9);
    if (n == 0)
        not_found(ledger, "no document has this number", key);
    return n;
}
