/* R19 and R20: stock as a warehouse says, as our own system says, and as what moved makes it. */
#include <stdlib.h>

#include "canon/read.h"
#include "report/compare_system.h"

struct balance {
    struct bytes warehouse, item, uom;
    struct decimal sum;
    bool inexact;
};

/* Of one view, by warehouse and item; sorted before it is looked into. */
struct stock {
    struct balance *all; /* allocated */
    size_t n, room;
    bool failed;
};

static int by_place(const void *a, const void *b)
{
    const struct balance *left = a, *right = b;
    int order = bytes_compare(left->warehouse, right->warehouse);

    return order != 0 ? order : bytes_compare(left->item, right->item);
}

static void stock_add(struct stock *stock, struct bytes warehouse, struct bytes item, struct bytes uom,
                      struct bytes quantity, bool minus)
{
    struct balance one = {.warehouse = warehouse, .item = item, .uom = uom};

    if (item.at == NULL || quantity.at == NULL)
        return;
    one.inexact = !decimal_parse(quantity, &one.sum);
    if (minus)
        one.sum.units = -one.sum.units;
    if (stock->n == stock->room) {
        size_t room = stock->room == 0 ? 256 : stock->room * 2;
        struct balance *more = realloc(stock->all, room * sizeof(*more));

        if (more == NULL) {
            stock->failed = true;
            return;
        }
        stock->all = more;
        stock->room = room;
    }
    stock->all[stock->n++] = one;
}

/* Sorted, and one balance an item. */
static void stock_sum(struct stock *stock)
{
    size_t n = 0;

    if (stock->n > 1)
        qsort(stock->all, stock->n, sizeof(*stock->all), by_place);
    for (size_t i = 0; i < stock->n; i++) {
        struct balance *last = n > 0 ? &stock->all[n - 1] : NULL;

        if (last == NULL || by_place(last, &stock->all[i]) != 0) {
            stock->all[n++] = stock->all[i];
            continue;
        }
        if (last->uom.len == 0)
            last->uom = stock->all[i].uom;
        last->inexact = last->inexact || stock->all[i].inexact ||
                        (stock->all[i].uom.len > 0 && !bytes_equal(last->uom, stock->all[i].uom)) ||
                        !decimal_add(last->sum, stock->all[i].sum, &last->sum);
    }
    stock->n = n;
}

static const struct balance *stock_find(const struct stock *stock, const struct balance *like)
{
    return stock->n > 0 ? bsearch(like, stock->all, stock->n, sizeof(*like), by_place) : NULL;
}

static bool stock_has_place(const struct stock *stock, struct bytes warehouse)
{
    for (size_t i = 0; i < stock->n; i++)
        if (bytes_equal(stock->all[i].warehouse, warehouse))
            return true;
    return false;
}

static struct bytes item_of(const struct canon_object *line)
{
    static const char *const fields[] = {"seller_item_id", "gtin", "sku", "upc", "buyer_item_id"};
    struct bytes item = {NULL, 0};

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]) && item.at == NULL; i++)
        item = trace_text(line, fields[i]);
    return item;
}

/* --- what is said of stock */

/* X12 673: 17 is on hand; where it is not said, what is available for sale (33). */
static void add_report(struct stock *stock, struct bytes warehouse, const struct canon_object *body)
{
    for (const struct canon_object *at = trace_first(body, "lines"); at != NULL; at = at->next) {
        struct bytes quantity = trace_text(at, "quantity"), uom = trace_text(at, "uom");

        for (const struct canon_object *one = trace_first(at, "quantities"); one != NULL; one = one->next)
            if (bytes_are(trace_text(one, "type_code"), "17")) {
                quantity = trace_text(one, "quantity");
                uom = trace_text(one, "uom").at != NULL ? trace_text(one, "uom") : uom;
            }
        stock_add(stock, warehouse, item_of(at), uom, quantity, false);
    }
}

static void add_view(struct stock *stock, const struct system_view *view)
{
    for (int64_t i = 0; i < view->parts; i++)
        for (const struct canon_object *at = trace_first(view->bodies[i], "stocks"); at != NULL;
             at = at->next) {
            struct bytes kind = trace_text(at, "quantity_type_code");

            if (kind.at == NULL || bytes_are(kind, "on_hand"))
                stock_add(stock, trace_text(at, "warehouse_id"), item_of(at), trace_text(at, "uom"),
                          trace_text(at, "quantity"), false);
        }
}

/* --- holding one against another */

struct sides {
    struct compare *compare;
    struct bytes partner;
    const char *ours, *theirs; /* "erp as of ..." */
    enum rule rule;
};

static void see_item(const struct sides *sides, const struct balance *ours, const struct balance *theirs)
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
    const char *unit = compare_text(compare, "%.*s", BYTES_ARG(known->uom));

    if (decimal_compare(want, got) == 0 || !decimal_subtract(got, want, &difference))
        return;
    if (sides->rule == RULE_STK_QTY && (ours == NULL || theirs == NULL))
        said.rule = RULE_STK_ITEM;
    else if ((ours != NULL && ours->inexact) || (theirs != NULL && theirs->inexact) ||
             (ours != NULL && theirs != NULL && ours->uom.len > 0 && theirs->uom.len > 0 &&
              !bytes_equal(ours->uom, theirs->uom)))
        return;
    said.limit = compare_limit(compare, sides->partner, said.rule, BYTES("inventory"), known->item);
    said.expected = ours == NULL && said.rule == RULE_STK_ITEM
                        ? compare_text(compare, "not known to %s", sides->ours)
                        : compare_text(compare, "%s %s (%s)", compare_decimal(compare, want), unit,
                                       sides->ours);
    said.found = theirs == NULL && said.rule == RULE_STK_ITEM
                     ? compare_text(compare, "not known to %s", sides->theirs)
                     : compare_text(compare, "%s %s (%s)", compare_decimal(compare, got), unit,
                                    sides->theirs);
    said.difference = compare_decimal(compare, difference);
    said.tolerated = said.limit != NULL && limit_holds(said.limit, want, got);
    said.text = said.rule == RULE_STK_ITEM  ? "only one of the two knows the item"
                : said.rule == RULE_STK_QTY ? "the balances differ"
                                            : "stock and what moved do not make the next stock";
    compare_say(compare, &said);
}

/* Places that both speak of; whatever stands in one alone is nothing there. */
static void hold_against(const struct sides *sides, const struct stock *ours, const struct stock *theirs)
{
    for (size_t i = 0; i < theirs->n; i++)
        if (stock_has_place(ours, theirs->all[i].warehouse))
            see_item(sides, stock_find(ours, &theirs->all[i]), &theirs->all[i]);
    for (size_t i = 0; i < ours->n; i++)
        if (stock_has_place(theirs, ours->all[i].warehouse) && stock_find(theirs, &ours->all[i]) == NULL)
            see_item(sides, &ours->all[i], NULL);
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
        stock_add(stock, warehouse, item_of(at), trace_text(at, "uom"),
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

    add_report(&rolled, report->warehouse, report->before->body);
    while (query_row(compare->ledger, query)) {
        struct bytes line = arena_copy(&compare->scratch, query_text(query, 1));
        struct canon_record record;
        struct canon_read_error error;

        if (canon_read(&record, compare->schema, line, &compare->scratch, &error))
            add_movement(&rolled, report->warehouse, query_text(query, 0), record.body);
    }
    query_end(query);
    add_report(&next, report->warehouse, report->body);
    stock_sum(&rolled);
    stock_sum(&next);
    hold_against(&sides, &rolled, &next);
    free(rolled.all);
    free(next.all);
    return !ledger_failed(compare->ledger) && !rolled.failed && !next.failed;
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
        add_view(&stock, view);
        stock_sum(&stock);
        good = good && !stock.failed;
        if (ours == NULL) {
            ours = view;
            own = stock;
            continue;
        }
        sides = (struct sides){compare, (struct bytes){NULL, 0},
                               compare_text(compare, "%.*s", BYTES_ARG(ours->system)),
                               compare_text(compare, "%.*s", BYTES_ARG(view->system)), RULE_STK_QTY};
        hold_against(&sides, &own, &stock);
        free(stock.all);
    }
    for (; reports != NULL && ours != NULL && good; reports = reports->next) {
        struct stock stock = {.n = 0};
        const struct sides sides = {compare, reports->partner,
                                    compare_text(compare, "%.*s", BYTES_ARG(ours->system)),
                                    compare_text(compare, "%.*s", BYTES_ARG(reports->partner)), RULE_STK_QTY};

        add_report(&stock, reports->warehouse, reports->body);
        stock_sum(&stock);
        hold_against(&sides, &own, &stock);
        good = !stock.failed;
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
