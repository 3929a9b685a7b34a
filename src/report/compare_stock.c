/* R19 and R20: stock as a warehouse says, as our own system says, and as what moved makes it. */
#include <stdlib.h>

#include "canon/read.h"
#include "report/compare_system.h"
#include "report/stock.h"

static struct bytes item_of(const struct canon_object *line)
{
    static const char *const fields[] = {"seller_item_id", "gtin", "sku", "upc", "buyer_item_id"};
    struct bytes item = {NULL, 0};

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]) && item.at == NULL; i++)
        item = trace_text(line, fields[i]);
    return item;
}

/* --- what is said of stock */

/* What a status is called by all, where anybody says how statuses are called: one that is not among them is
 * called as it is, and what has none is available. */
static struct bytes status_of(const struct limits *limits, struct bytes code)
{
    struct bytes word = limits_status(limits, code);

    for (; limits != NULL && word.at == NULL; limits = limits->above)
        if (limits->n_statuses > 0)
            word = code.at != NULL ? code : BYTES("available");
    return word;
}

/* By qualifiers that are called a status, each for itself. */
static bool add_quantities(struct stock *stock, const struct balance *of, const struct canon_object *line,
                           const struct limits *limits)
{
    bool any = false;

    for (const struct canon_object *one = trace_first(line, "quantities"); one != NULL; one = one->next) {
        struct balance balance = *of;

        balance.status = limits_status(limits, trace_text(one, "type_code"));
        if (balance.status.at == NULL)
            continue;
        if (trace_text(one, "uom").at != NULL)
            balance.uom = trace_text(one, "uom");
        stock_add(stock, &balance, trace_text(one, "quantity"), false);
        any = true;
    }
    return any;
}

/* Qualifier 17 is on hand; where it is not said, what is available for sale (33).  `limits` NULL: statuses
 * are of no interest. */
static void add_report(struct stock *stock, struct bytes warehouse, const struct canon_object *body,
                       const struct limits *limits)
{
    for (const struct canon_object *at = trace_first(body, "lines"); at != NULL; at = at->next) {
        struct bytes quantity = trace_text(at, "quantity"), code = trace_text(at, "stock_status_code");
        struct balance one = {.warehouse = warehouse, .item = item_of(at), .uom = trace_text(at, "uom")};

        if (limits != NULL && add_quantities(stock, &one, at, limits))
            continue;
        if (code.at == NULL && limits_status(limits, trace_text(at, "quantity_type_code")).at != NULL)
            code = trace_text(at, "quantity_type_code");
        one.status = status_of(limits, code);
        for (const struct canon_object *other = trace_first(at, "quantities"); other != NULL;
             other = other->next)
            if (bytes_are(trace_text(other, "type_code"), "17")) {
                quantity = trace_text(other, "quantity");
                one.uom = trace_text(other, "uom").at != NULL ? trace_text(other, "uom") : one.uom;
            }
        stock_add(stock, &one, quantity, false);
    }
}

static void add_view(struct stock *stock, const struct system_view *view, const struct limits *limits)
{
    for (int64_t i = 0; i < view->parts; i++)
        for (const struct canon_object *at = trace_first(view->bodies[i], "stocks"); at != NULL;
             at = at->next) {
            const struct balance one = {.warehouse = trace_text(at, "warehouse_id"),
                                        .item = item_of(at),
                                        .uom = trace_text(at, "uom"),
                                        .status = status_of(limits, trace_text(at, "stock_status_code"))};
            struct bytes kind = trace_text(at, "quantity_type_code");

            if (kind.at == NULL || bytes_are(kind, "on_hand"))
                stock_add(stock, &one, trace_text(at, "quantity"), false);
        }
}

/* --- holding one against another */

struct sides {
    struct compare *compare;
    struct bytes partner;
    const char *ours, *theirs; /* "erp as of ..." */
    enum rule rule;
};

/* "12 EA damaged (erp)" */
static const char *balance_text(const struct sides *sides, const struct balance *known, struct decimal sum,
                                const char *whose)
{
    return compare_text(sides->compare, "%s %.*s%s%.*s (%s)", compare_decimal(sides->compare, sum),
                        BYTES_ARG(known->uom), known->status.at != NULL ? " " : "", BYTES_ARG(known->status),
                        whose);
}

/* One of the two may be NULL; `known`: that side has the item, if under another status. */
static void see_item(const struct sides *sides, const struct balance *ours, const struct balance *theirs,
                     bool known_to_us, bool known_to_them)
{
    const struct balance *known = ours != NULL ? ours : theirs;
    struct decimal want = ours != NULL ? ours->sum : decimal_of_count(0),
                   got = theirs != NULL ? theirs->sum : decimal_of_count(0), difference;
    struct compare *compare = sides->compare;
    struct said said = {.rule = sides->rule,
                        .partner = sides->partner,
                        .item = known->item,
                        .document = BYTES("inventory"),
                        .number = known->warehouse};

    if (decimal_compare(want, got) == 0 || !decimal_subtract(got, want, &difference))
        return;
    if (sides->rule == RULE_STK_QTY && !(known_to_us && known_to_them))
        said.rule = RULE_STK_ITEM;
    else if ((ours != NULL && ours->inexact) || (theirs != NULL && theirs->inexact) ||
             (ours != NULL && theirs != NULL && ours->uom.len > 0 && theirs->uom.len > 0 &&
              !bytes_equal(ours->uom, theirs->uom)))
        return;
    if (known->status.at != NULL)
        said.number = bytes_of(
            compare_text(compare, "%.*s %.*s", BYTES_ARG(known->warehouse), BYTES_ARG(known->status)));
    said.limit = compare_limit(compare, sides->partner, said.rule, BYTES("inventory"), known->item);
    said.expected = said.rule == RULE_STK_ITEM && !known_to_us
                        ? compare_text(compare, "not known to %s", sides->ours)
                        : balance_text(sides, known, want, sides->ours);
    said.found = said.rule == RULE_STK_ITEM && !known_to_them
                     ? compare_text(compare, "not known to %s", sides->theirs)
                     : balance_text(sides, known, got, sides->theirs);
    said.difference = compare_decimal(compare, difference);
    said.tolerated = said.limit != NULL && limit_holds(said.limit, want, got);
    said.text = said.rule == RULE_STK_ITEM  ? "only one of the two knows the item"
                : said.rule == RULE_STK_QTY ? "the balances differ"
                                            : "stock and what moved do not make the next stock";
    compare_say(compare, &said);
}

/* Places that both speak of; whatever stands in one alone is nothing there.  False: no memory. */
static bool hold_against(const struct sides *sides, const struct stock *left, const struct stock *right)
{
    struct stock ours = stock_beside(left, right), theirs = stock_beside(right, left);
    bool good = !ours.failed && !theirs.failed;

    for (size_t i = 0; i < theirs.n && good; i++)
        if (stock_find(&ours, &theirs.all[i], stock_by_warehouse) != NULL)
            see_item(sides, stock_find(&ours, &theirs.all[i], stock_by_status), &theirs.all[i],
                     stock_find(&ours, &theirs.all[i], stock_by_item) != NULL, true);
    for (size_t i = 0; i < ours.n && good; i++)
        if (stock_find(&theirs, &ours.all[i], stock_by_warehouse) != NULL &&
            stock_find(&theirs, &ours.all[i], stock_by_status) == NULL)
            see_item(sides, &ours.all[i], NULL, true,
                     stock_find(&theirs, &ours.all[i], stock_by_item) != NULL);
    free(ours.all);
    free(theirs.all);
    return good;
}

/* --- reports of warehouses: the newest of each partner and place, and the one before */

struct stock_report {
    struct bytes partner, warehouse, when;
    int64_t ordinal, moment;
    const struct canon_object *body;
    struct stock_report *before, *next;
};

static bool load_reports(struct compare *compare, struct stock_report **out)
{
    /* 947s are inventory too, and say adjustments alone. */
    static const char select[] =
        "SELECT d.ordinal, d.partner, d.posted_at, r.line FROM documents d JOIN records r USING(ordinal)"
        " WHERE d.kind = 'inventory' AND d.direction = 'in' AND d.state = 'open' AND d.posted_at <= ?1"
        " AND r.line NOT LIKE '%\"adjustment_quantity\":%' ORDER BY d.ordinal DESC LIMIT 2000";
    struct query *query = query_ask(compare->ledger, select, &compare->until, 1);

    while (query_row(compare->ledger, query)) {
        struct stock_report *report = arena_zalloc(compare->arena, 1, sizeof(*report)), *known = *out;
        struct bytes line = arena_copy(compare->arena, query_text(query, 3));
        struct canon_record record;
        struct canon_read_error error;

        if (report == NULL || line.at == NULL)
            break;
        if (!canon_read(&record, compare->schema, line, compare->arena, &error))
            continue;
        report->ordinal = query_number(query, 0);
        report->partner = arena_copy(compare->arena, query_text(query, 1));
        report->body = record.body;
        report->when = trace_text(record.body, "report_date");
        (void)moment_parse(query_text(query, 2), &zone_utc, &report->moment);
        report->warehouse = trace_text(trace_enter(record.body, "warehouse"), "id");
        while (known != NULL && (!bytes_equal(known->partner, report->partner) ||
                                 !bytes_equal(known->warehouse, report->warehouse)))
            known = known->next;
        if (known == NULL) {
            report->next = *out;
            *out = report;
        } else if (known->before == NULL) {
            known->before = report;
        }
    }
    query_end(query);
    return !ledger_failed(compare->ledger);
}

/* --- R20: what moved between two reports */

static void add_movement(struct stock *stock, struct bytes warehouse, struct bytes kind,
                         const struct canon_object *body)
{
    bool out = bytes_are(kind, "shipment"), receipt = bytes_are(kind, "receipt");

    for (const struct canon_object *at = trace_first(body, "lines"); at != NULL; at = at->next)
        stock_add(
            stock,
            &(struct balance){.warehouse = warehouse, .item = item_of(at), .uom = trace_text(at, "uom")},
            trace_text(at, out       ? "shipped_quantity"
                           : receipt ? "received_quantity"
                                     : "adjustment_quantity"),
            out);
}

static bool roll(struct compare *compare, const struct stock_report *report)
{
    static const char select[] =
        "SELECT d.kind, r.line FROM documents d JOIN records r USING(ordinal)"
        " WHERE d.ordinal > CAST(?1 AS INTEGER) AND d.ordinal < CAST(?2 AS INTEGER) AND d.partner = ?3"
        " AND d.direction = 'in' AND d.state = 'open'"
        " AND (d.kind IN ('shipment', 'receipt') OR (d.kind = 'inventory' AND r.line LIKE"
        "  '%\"adjustment_quantity\":%'))";
    const struct bytes values[] = {
        bytes_of(compare_text(compare, "%lld", (long long)report->before->ordinal)),
        bytes_of(compare_text(compare, "%lld", (long long)report->ordinal)), report->partner};
    struct query *query = query_ask(compare->ledger, select, values, 3);
    struct stock rolled = {.n = 0}, next = {.n = 0};
    const struct sides sides = {
        compare, report->partner,
        compare_text(compare, "of %.*s and what moved", BYTES_ARG(report->before->when)),
        compare_text(compare, "of %.*s", BYTES_ARG(report->when)), RULE_STK_ROLL};
    bool good;

    add_report(&rolled, report->warehouse, report->before->body, NULL);
    while (query_row(compare->ledger, query)) {
        struct bytes line = arena_copy(&compare->scratch, query_text(query, 1));
        struct canon_record record;
        struct canon_read_error error;

        if (canon_read(&record, compare->schema, line, &compare->scratch, &error))
            add_movement(&rolled, report->warehouse, query_text(query, 0), record.body);
    }
    query_end(query);
    add_report(&next, report->warehouse, report->body, NULL);
    good = hold_against(&sides, &rolled, &next);
    free(rolled.all);
    free(next.all);
    return good && !ledger_failed(compare->ledger);
}

/* --- R19 */

static void see_age(struct compare *compare, struct bytes partner, struct bytes name, struct bytes place,
                    int64_t moment, const char *what)
{
    const struct limit_value *limit = compare_limit(compare, partner, RULE_STK_OLD, BYTES("snapshot"),
                                                    (struct bytes){NULL, 0});
    char text[MOMENT_TEXT + 1];

    /* By the clock: a system does not keep working days. */
    if (limit->none || moment == 0 || compare->now - moment <= (int64_t)limit->seconds)
        return;
    compare_say(compare, &(struct said){
                             .rule = RULE_STK_OLD,
                             .partner = partner,
                             .document = BYTES("inventory"),
                             .number = name,
                             .item = place,
                             .expected = compare_text(compare, "not older than %s", limit->text),
                             .found = compare_text(compare, "of %s", moment_print(moment, text).at),
                             .limit = limit,
                             .due = moment + (int64_t)limit->seconds,
                             .text = compare_text(compare, "the newest %s is too old", what),
                         });
}

/* Our own view is the one that is first by name among systems; warehouses are held against it. */
static bool see_views(struct compare *compare, const struct stock_report *reports)
{
    const struct system_view *ours = NULL;
    struct stock own = {.n = 0};
    bool good = true;

    for (const struct system_view *view = compare->systems->views; view != NULL; view = view->next) {
        struct stock stock = {.n = 0};
        struct sides sides;

        if (!bytes_are(view->type, "stock"))
            continue;
        see_age(compare, (struct bytes){NULL, 0}, view->system, (struct bytes){NULL, 0}, view->moment,
                "view of stock");
        if (!view->is_whole)
            continue;
        add_view(&stock, view, compare_limits(compare, view->system));
        if (ours == NULL) {
            ours = view;
            own = stock;
            continue;
        }
        sides = (struct sides){compare, (struct bytes){NULL, 0},
                               compare_text(compare, "%.*s", BYTES_ARG(ours->system)),
                               compare_text(compare, "%.*s", BYTES_ARG(view->system)), RULE_STK_QTY};
        good = hold_against(&sides, &own, &stock) && good;
        free(stock.all);
    }
    for (; reports != NULL && ours != NULL && good; reports = reports->next) {
        struct stock stock = {.n = 0};
        const struct sides sides = {compare, reports->partner,
                                    compare_text(compare, "%.*s", BYTES_ARG(ours->system)),
                                    compare_text(compare, "%.*s", BYTES_ARG(reports->partner)), RULE_STK_QTY};

        add_report(&stock, reports->warehouse, reports->body, compare_limits(compare, reports->partner));
        good = hold_against(&sides, &own, &stock);
        free(stock.all);
    }
    free(own.all);
    return good;
}

bool compare_stock(struct compare *compare)
{
    struct stock_report *reports = NULL;
    bool good = load_reports(compare, &reports);

    compare->scope = BYTES("STK");
    for (const struct stock_report *report = reports; report != NULL && good; report = report->next) {
        arena_reset(&compare->scratch);
        see_age(compare, report->partner, report->partner, report->warehouse, report->moment, "stock report");
        if (report->before != NULL)
            good = roll(compare, report);
    }
    arena_reset(&compare->scratch);
    good = good && see_views(compare, reports);
    return good && !ledger_failed(compare->ledger) && !compare->failed;
}
