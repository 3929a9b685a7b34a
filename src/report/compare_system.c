#include "report/compare_system.h"

#include <stdlib.h>

#include "canon/read.h"
#include "report/compare_case.h"

enum { MAX_VIEWS = 400, /* snapshots looked at, the newest first */ MAX_PARTS = 4096 };

static int64_t integer(const struct canon_object *object, const char *name, int64_t otherwise)
{
    struct bytes text = trace_text(object, name);
    uint64_t number;

    return text.at != NULL && bytes_to_count(text, INT32_MAX, &number) ? (int64_t)number : otherwise;
}

/* --- the newest of each system */

static struct system_view *view_of(struct compare *compare, struct systems *systems, struct bytes system,
                                   struct bytes type)
{
    struct system_view **at = &systems->views;

    for (; *at != NULL; at = &(*at)->next) {
        int order = bytes_compare((*at)->system, system);

        if (order == 0)
            order = bytes_compare((*at)->type, type);
        if (order == 0)
            return *at;
        if (order > 0)
            break;
    }
    {
        struct system_view *view = arena_zalloc(compare->arena, 1, sizeof(*view));

        if (view == NULL)
            return NULL;
        view->bodies = arena_zalloc(compare->arena, MAX_PARTS, sizeof(*view->bodies));
        view->system = system;
        view->type = type;
        view->next = *at;
        *at = view;
        return view->bodies != NULL ? view : NULL;
    }
}

/* Snapshots come with the newest first: another part of that, or an older one, which is passed over. */
static void take_view(struct compare *compare, struct systems *systems, const struct canon_object *body)
{
    struct bytes at = trace_text(body, "snapshot_at");
    struct system_view *view = view_of(compare, systems, trace_text(body, "system_id"),
                                       trace_text(body, "snapshot_type_code"));

    if (view == NULL || (view->parts > 0 && !bytes_equal(view->at, at)) || view->parts == MAX_PARTS)
        return;
    view->at = at;
    (void)compare_moment(compare, (struct bytes){NULL, 0}, at, &view->moment);
    view->is_full = bytes_are(trace_text(body, "is_full_snapshot"), "true");
    view->bodies[view->parts++] = body;
    view->is_whole = view->parts >= integer(body, "part_count", 1);
    for (const struct canon_object *one =
             trace_first(body, bytes_are(view->type, "stock") ? "stocks" : "orders");
         one != NULL; one = one->next)
        view->count++;
}

static int by_number(const void *a, const void *b)
{
    const struct system_order *left = a, *right = b;
    int order = bytes_compare(left->number, right->number);

    if (order == 0)
        order = bytes_compare(left->view->system, right->view->system);
    return order != 0 ? order
                      : bytes_compare(trace_text(left->object, "erp_order_number"),
                                      trace_text(right->object, "erp_order_number"));
}

static bool sort_orders(struct compare *compare, struct systems *systems)
{
    size_t n = 0;

    for (const struct system_view *view = systems->views; view != NULL; view = view->next)
        n += bytes_are(view->type, "orders") ? (size_t)view->count : 0;
    systems->orders = arena_zalloc(compare->arena, n + 1, sizeof(*systems->orders));
    if (systems->orders == NULL)
        return false;
    for (const struct system_view *view = systems->views; view != NULL; view = view->next)
        for (int64_t i = 0; i < view->parts && bytes_are(view->type, "orders"); i++)
            for (const struct canon_object *one = trace_first(view->bodies[i], "orders"); one != NULL;
                 one = one->next)
                systems->orders[systems->n_orders++] = (struct system_order){trace_text(one, "order_number"),
                                                                             one, view};
    if (systems->n_orders > 1)
        qsort(systems->orders, systems->n_orders, sizeof(*systems->orders), by_number);
    return true;
}

bool systems_load(struct compare *compare, int64_t until, struct systems *out)
{
    static const char select[] =
        "SELECT r.line FROM documents d JOIN records r USING(ordinal) WHERE d.kind = 'snapshot'"
        " AND d.direction = 'in' AND d.state = 'open' AND d.posted_at <= ?1"
        " AND d.ordinal <= CAST(?2 AS INTEGER) ORDER BY d.ordinal DESC LIMIT 400";
    const struct bytes values[] = {compare->until, bytes_of(compare_text(compare, "%lld", (long long)until))};
    struct query *query = query_ask(compare->ledger, select, values, 2);

    *out = (struct systems){.views = NULL};
    while (query_row(compare->ledger, query)) {
        struct bytes line = arena_copy(compare->arena, query_text(query, 0));
        struct canon_record record;
        struct canon_read_error error;

        if (line.at == NULL)
            break;
        if (canon_read(&record, compare->schema, line, compare->arena, &error))
            take_view(compare, out, record.body);
    }
    query_end(query);
    return !ledger_failed(compare->ledger) && sort_orders(compare, out) && !compare->arena->failed;
}

const struct system_order *systems_order(const struct systems *systems, struct bytes number, size_t *n)
{
    size_t low = 0, high = systems->n_orders;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (bytes_compare(systems->orders[middle].number, number) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *n = 0;
    while (low + *n < systems->n_orders && bytes_equal(systems->orders[low + *n].number, number))
        ++*n;
    return systems->orders + low;
}

static bool same(const struct system_order *a, size_t n_a, const struct system_order *b, size_t n_b)
{
    static const char *const fields[] = {"erp_order_number", "status_code", "total_amount", "total_quantity"};

    if (n_a != n_b)
        return false;
    for (size_t i = 0; i < n_a; i++)
        for (unsigned j = 0; j < sizeof(fields) / sizeof(fields[0]); j++)
            if (!bytes_equal(trace_text(a[i].object, fields[j]), trace_text(b[i].object, fields[j])))
                return false;
    return true;
}

bool systems_differ(const struct systems *before, const struct systems *now,
                    bool (*tell)(void *to, struct bytes number), void *to)
{
    for (int round = 0; round < 2; round++) {
        const struct systems *from = round == 0 ? now : before, *other = round == 0 ? before : now;

        for (size_t i = 0; i < from->n_orders; i++) {
            size_t n, m;
            const struct system_order *a = systems_order(from, from->orders[i].number, &n),
                                      *b = systems_order(other, from->orders[i].number, &m);

            if (a == &from->orders[i] && !same(a, n, b, m) && !tell(to, from->orders[i].number))
                return false;
        }
    }
    return true;
}

/* --- R6 and R8: the order in them */

static bool is_cancelled_there(const struct system_order *order)
{
    return bytes_are(trace_text(order->object, "status_code"), "cancelled");
}

static void see_absent(struct order_case *c, const struct system_view *view)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_PO_NOTPOST, BYTES("order"),
                                                    (struct bytes){NULL, 0});
    struct said said = case_said(c, RULE_PO_NOTPOST, c->order);

    if (limit->none)
        return;
    said.item = view->system;
    said.limit = limit;
    said.due = compare_after(c->compare, c->partner, case_posted(c->order), limit);
    if (view->moment <= said.due)
        return;
    said.expected = compare_text(c->compare, "in the view of %.*s", BYTES_ARG(view->system));
    said.found = compare_text(c->compare, "not in that of %.*s", BYTES_ARG(view->at));
    said.has_amount = case_total(c, &said.amount);
    said.text = compare_text(c->compare, "%.*s does not have the order", BYTES_ARG(view->system));
    compare_say(c->compare, &said);
}

static void see_difference(struct order_case *c, const struct system_order *there, const char *what,
                           struct decimal want, struct bytes got_text, bool is_money)
{
    struct said said = case_said(c, RULE_PO_LINEDIFF, c->order);
    struct decimal got;

    if (!decimal_parse(got_text, &got) || decimal_compare(want, got) == 0 ||
        !decimal_subtract(got, want, &said.amount))
        return;
    said.item = bytes_of(what);
    said.expected = compare_text(c->compare, "%s %s", what, compare_decimal(c->compare, want));
    said.found = compare_text(c->compare, "%s in %.*s", compare_decimal(c->compare, got),
                              BYTES_ARG(there->view->system));
    said.difference = compare_decimal(c->compare, said.amount);
    said.has_amount = is_money;
    if (is_money) {
        said.limit = compare_limit(c->compare, c->partner, RULE_PO_LINEDIFF, BYTES("order"),
                                   (struct bytes){NULL, 0});
        said.tolerated = limit_holds(said.limit, want, got);
    }
    said.text = "our own system has the order otherwise";
    compare_say(c->compare, &said);
}

static void see_lines(struct order_case *c, const struct system_order *there)
{
    struct decimal sum = decimal_of_count(0), total;
    uint64_t n = 0;
    bool known = true;

    for (size_t i = 0; i < c->trace.n_lines; i++) {
        const struct trace_amount *ordered = &c->trace.lines[i].at[TRACE_ORDERED];

        if (!c->trace.lines[i].ordered)
            continue;
        n++;
        known = known && ordered->n == 1 && decimal_add(sum, ordered->by_unit[0].sum, &sum);
    }
    see_difference(c, there, "lines", decimal_of_count(n), trace_text(there->object, "line_count"), false);
    if (known)
        see_difference(c, there, "quantity", sum, trace_text(there->object, "total_quantity"), false);
    if (case_total(c, &total))
        see_difference(c, there, "total", total, trace_text(there->object, "total_amount"), true);
}

static void see_released(struct order_case *c, const struct system_order *there)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_WH_NOTSENT,
                                                    BYTES("shipment_order"), (struct bytes){NULL, 0});
    struct said said = case_said(c, RULE_WH_NOTSENT, c->order);

    if (limit->none || !bytes_are(trace_text(there->object, "status_code"), "released") ||
        case_next(c, NULL, "shipment_order", false) != NULL || c->has_shipped)
        return;
    said.due = compare_after(c->compare, c->partner, case_posted(c->order), limit);
    if (there->view->moment < said.due)
        return;
    said.expected = compare_text(c->compare, "sent to the warehouse by %s",
                                 compare_local(c->compare, c->partner, said.due));
    said.found = compare_text(c->compare, "released in %.*s, and not sent", BYTES_ARG(there->view->system));
    said.limit = limit;
    said.has_amount = case_total(c, &said.amount);
    said.text = "the order was released, and no order to the warehouse was made";
    compare_say(c->compare, &said);
}

void case_system(struct order_case *c)
{
    const struct systems *systems = c->compare->systems;
    size_t n = 0;
    const struct system_order *there = systems != NULL ? systems_order(systems, c->number, &n) : NULL;

    if (systems == NULL || trace_is_out(c->order))
        return;
    for (const struct system_view *view = systems->views; view != NULL && n == 0; view = view->next)
        if (bytes_are(view->type, "orders") && view->is_full && view->is_whole &&
            case_next(c, NULL, "invoice", false) == NULL)
            see_absent(c, view);
    for (size_t i = 0; i < n; i++) {
        if (is_cancelled_there(&there[i]))
            continue;
        if (i > 0 && there[i].view == there[i - 1].view && !is_cancelled_there(&there[i - 1])) {
            struct said said = case_said(c, RULE_PO_DUP, c->order);

            said.item = trace_text(there[i].object, "erp_order_number");
            said.expected = compare_text(c->compare, "one order, %.*s",
                                         BYTES_ARG(trace_text(there[i - 1].object, "erp_order_number")));
            said.found = compare_text(c->compare, "another one in %.*s, %.*s",
                                      BYTES_ARG(there[i].view->system), BYTES_ARG(said.item));
            said.has_amount = case_total(c, &said.amount);
            said.text = "our own system has the order twice";
            compare_say(c->compare, &said);
            continue;
        }
        see_lines(c, &there[i]);
        see_released(c, &there[i]);
    }
}
