#include "ledger/consumer.h"

#include <stdio.h>

#include "ledger/sql.h"

static bool refuse(struct ledger *ledger, const char *name, const char *what)
{
    report_say(ledger_report(ledger), LEDGER_CONSUMER, ledger_path(ledger), "%s: %s", name, what);
    return false;
}

static bool read_row(struct ledger *ledger, const char *name, struct consumer *out)
{
    static const char select[] = "SELECT consumer_id, partner, direction FROM consumer WHERE name = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);
    bool found;

    sql_text(statement, 1, bytes_of(name));
    found = sql_row(ledger, statement);
    if (found) {
        struct bytes partner = sql_get_text(statement, 1);

        out->row = sql_get_number(statement, 0);
        (void)snprintf(out->partner, sizeof(out->partner), "%.*s", BYTES_ARG(partner));
        out->outward = bytes_are(sql_get_text(statement, 2), "out");
    }
    sql_end(statement);
    return found;
}

/* Is what was asked for what it is? */
static bool agrees(const struct consumer_wish *wish, const struct consumer *is)
{
    if (wish->partner != NULL && strcmp(wish->partner, is->partner) != 0)
        return false;
    return wish->direction == CONSUMER_BY_NAME || (wish->direction == CONSUMER_OUT) == is->outward;
}

static bool is_partner(struct search *search, const char *name)
{
    char path[300];
    int len = snprintf(path, sizeof(path), "partners/%s.yaml", name);

    return len > 0 && (size_t)len < sizeof(path) && search_find(search, path) != NULL;
}

static bool add(struct ledger *ledger, const char *name, struct consumer *out)
{
    static const char insert[] = "INSERT INTO consumer(name, partner, direction) VALUES(?, nullif(?, ''), ?)";
    sqlite3_stmt *statement = sql_begin(ledger, insert);

    sql_text(statement, 1, bytes_of(name));
    sql_text(statement, 2, bytes_of(out->partner));
    sql_text(statement, 3, out->outward ? BYTES("out") : BYTES("in"));
    if (!sql_run(ledger, statement))
        return false;
    out->row = sql_last_row(ledger);
    return true;
}

bool consumer_open(struct ledger *ledger, const struct consumer_wish *wish, struct search *search,
                   struct consumer *out)
{
    const char *partner = wish->partner;

    if (!search_name_is_good(bytes_of(wish->name)) || strchr(wish->name, '/') != NULL)
        return refuse(ledger, wish->name, "a consumer's name has letters, digits, \".\", \"-\" and \"_\"");
    if (read_row(ledger, wish->name, out))
        return agrees(wish, out) || refuse(ledger, wish->name,
                                           "it takes other documents since it was first called "
                                           "(--partner, --direction)");
    if (ledger_failed(ledger))
        return false;
    if (partner == NULL && is_partner(search, wish->name))
        partner = wish->name;
    else if (partner != NULL && !is_partner(search, partner))
        return refuse(ledger, wish->name, "there is no partner file for --partner");
    (void)snprintf(out->partner, sizeof(out->partner), "%s", partner != NULL ? partner : "");
    out->outward = wish->direction == CONSUMER_OUT ||
                   (wish->direction == CONSUMER_BY_NAME && partner != NULL);
    return add(ledger, wish->name, out);
}

int64_t consumer_row(struct ledger *ledger, struct bytes name)
{
    static const char select[] = "SELECT consumer_id FROM consumer WHERE name = ?";
    sqlite3_stmt *statement = sql_begin(ledger, select);

    sql_text(statement, 1, name);
    return sql_answer(ledger, statement, 0);
}

void consumer_unknown(struct ledger *ledger, const char *name)
{
    (void)refuse(ledger, name, "it has taken nothing yet");
}
