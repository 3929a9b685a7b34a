/* R8 to R10: what a warehouse was asked to ship, what it says that it shipped, and what we told the buyer. */
#include "report/compare_case.h"

/* An order to ship, not a notice of what will arrive. */
static const struct trace_document *next_asked(const struct order_case *c, const struct trace_document *from)
{
    do
        from = case_next(c, from, "shipment_order", false);
    while (from != NULL && trace_is_expected(from));
    return from;
}

static const struct trace_document *next_confirmed(const struct order_case *c,
                                                   const struct trace_document *from)
{
    return case_next(c, from, "shipment", true);
}

/* --- R8 */

static void see_not_sent(struct order_case *c, const struct trace_document *asked)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_WH_NOTSENT,
                                                    BYTES("shipment_order"), (struct bytes){NULL, 0});
    struct said said;
    enum compare_due when;
    int64_t delivered;

    if (limit->none || !trace_is_out(asked) || case_delivered(asked, &delivered) ||
        next_confirmed(c, NULL) != NULL)
        return;
    said = case_said(c, RULE_WH_NOTSENT, asked);
    said.due = compare_after(c->compare, c->partner, case_posted(asked), limit);
    when = compare_due(c->compare, c->partner, said.due, limit);
    if (when == COMPARE_EARLY)
        return;
    said.severity = when == COMPARE_SOON ? SEVERITY_WARN : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "sent by %s", compare_local(c->compare, c->partner, said.due));
    said.found = "not sent";
    said.limit = limit;
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "the order to the warehouse has not left yet"
                                     : "the order to the warehouse has not left";
    compare_say(c->compare, &said);
}

/* The order was changed after it was sent to the warehouse, which is asked for something else now. */
static void see_stale(struct order_case *c, const struct trace_document *asked)
{
    const struct trace_document *change = NULL;

    for (const struct trace_document *at = case_next(c, NULL, "order_change", false); at != NULL;
         at = case_next(c, at, "order_change", false))
        if (at->ordinal > asked->ordinal)
            change = at;
    for (size_t i = 0; i < c->trace.n_lines && change != NULL && next_confirmed(c, NULL) == NULL; i++) {
        const struct trace_line *line = &c->trace.lines[i];
        struct decimal ordered, requested;
        struct bytes uom, other;

        if (line->ordered && case_quantity(c, line, TRACE_ORDERED, TRACE_ORDERED, &ordered, &uom) &&
            case_quantity(c, line, TRACE_REQUESTED, TRACE_ORDERED, &requested, &other) &&
            bytes_equal(uom, other))
            case_differs(c, RULE_WH_STALE, asked, line, ordered, requested, uom,
                         "the order was changed after it was sent to the warehouse");
    }
}

/* --- R9 */

static bool confirm_due(struct order_case *c, const struct trace_document *asked,
                        const struct limit_value *limit, int64_t *due)
{
    struct bytes date = trace_text(asked->record.body, "requested_ship_date");
    int64_t from;

    /* Without a day to ship, a working day after it was asked. */
    if (date.at == NULL || !compare_day_end(c->compare, c->partner, date, &from))
        from = calendar_add(limits_calendar(compare_limits(c->compare, c->partner)), case_posted(asked),
                            24 * 3600);
    *due = compare_after(c->compare, c->partner, from, limit);
    return !limit->none;
}

static void see_unconfirmed(struct order_case *c, const struct trace_document *asked, int64_t due,
                            const struct limit_value *limit)
{
    struct said said = case_said(c, RULE_WH_UNCONF, asked);
    enum compare_due when = compare_due(c->compare, c->partner, due, limit);

    if (when == COMPARE_EARLY)
        return;
    said.severity = when == COMPARE_SOON ? SEVERITY_INFO : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "confirmed by %s", compare_local(c->compare, c->partner, due));
    said.found = "no confirmation";
    said.limit = limit;
    said.due = due;
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "the warehouse has not confirmed yet"
                                     : "the warehouse has not confirmed";
    compare_say(c->compare, &said);
}

/* Line by line the same item and quantity. */
static bool same_lines(const struct trace_document *a, const struct trace_document *b)
{
    static const char *const fields[] = {"shipped_quantity", "uom",           "gtin",
                                         "seller_item_id",   "buyer_item_id", "lot_number"};
    const struct canon_object *left = trace_first(a->record.body, "lines"),
                              *right = trace_first(b->record.body, "lines");

    if (left == NULL)
        return false;
    for (; left != NULL && right != NULL; left = left->next, right = right->next)
        for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
            if (!bytes_equal(trace_text(left, fields[i]), trace_text(right, fields[i])))
                return false;
    return left == NULL && right == NULL;
}

/* More than was asked for was confirmed of some line. */
static bool is_over(const struct order_case *c)
{
    for (size_t i = 0; i < c->trace.n_lines; i++) {
        struct decimal requested, picked;
        struct bytes uom, other;

        if (case_quantity(c, &c->trace.lines[i], TRACE_REQUESTED, TRACE_PICKED, &requested, &uom) &&
            case_quantity(c, &c->trace.lines[i], TRACE_PICKED, TRACE_REQUESTED, &picked, &other) &&
            bytes_equal(uom, other) && decimal_compare(picked, requested) > 0)
            return true;
    }
    return false;
}

static bool see_twice(struct order_case *c)
{
    for (const struct trace_document *a = next_confirmed(c, NULL); a != NULL; a = next_confirmed(c, a))
        for (const struct trace_document *b = next_confirmed(c, a); b != NULL; b = next_confirmed(c, b)) {
            struct said said;

            if (!same_lines(a, b) || !is_over(c))
                continue;
            said = case_said(c, RULE_WH_DUPCONF, b);
            said.expected = compare_text(c->compare, "one confirmation, %.*s", BYTES_ARG(a->rows[0].number));
            said.found = compare_text(c->compare, "another one, %.*s", BYTES_ARG(b->rows[0].number));
            said.has_amount = case_total(c, &said.amount);
            said.text = "two confirmations say the same, and together more than was asked for";
            compare_say(c->compare, &said);
            return true;
        }
    return false;
}

static void see_confirmed(struct order_case *c, bool late)
{
    const struct trace_document *confirmed = next_confirmed(c, NULL);
    bool twice = see_twice(c);

    for (size_t i = 0; i < c->trace.n_lines; i++) {
        const struct trace_line *line = &c->trace.lines[i];
        struct decimal requested, picked;
        struct bytes uom, other;

        if (line->at[TRACE_REQUESTED].n == 0 && line->at[TRACE_PICKED].n == 1 && !line->ordered) {
            struct said said = case_said(c, RULE_WH_SUBST, confirmed);

            said.line = line->number;
            said.item = line->item;
            said.expected = "nothing";
            said.found = compare_text(c->compare, "%s",
                                      trace_amount_text(c->trace.arena, &line->at[TRACE_PICKED]));
            said.text = "an item was confirmed that was not asked for";
            compare_say(c->compare, &said);
        }
        if (line->at[TRACE_REQUESTED].n == 0 ||
            !case_quantity(c, line, TRACE_REQUESTED, TRACE_REQUESTED, &requested, &uom) ||
            !case_quantity(c, line, TRACE_PICKED, TRACE_REQUESTED, &picked, &other) ||
            !bytes_equal(uom, other))
            continue;
        if (decimal_compare(picked, requested) > 0 && !twice)
            case_differs(c, RULE_WH_OVER, confirmed, line, requested, picked, uom,
                         "the warehouse shipped more than it was to");
        else if (decimal_compare(picked, requested) < 0 && late)
            case_differs(c, RULE_WH_SHORT, confirmed, line, requested, picked, uom,
                         "the warehouse shipped less than it was to");
    }
}

void case_warehouse(struct order_case *c)
{
    const struct trace_document *asked = next_asked(c, NULL);
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_WH_UNCONF,
                                                    BYTES("shipment_order"), (struct bytes){NULL, 0});
    int64_t due = 0;
    bool waits;

    if (asked == NULL || c->is_cancelled)
        return;
    for (const struct trace_document *at = asked; at != NULL; at = next_asked(c, at))
        see_not_sent(c, at);
    see_stale(c, asked);
    waits = confirm_due(c, asked, limit, &due);
    if (next_confirmed(c, NULL) != NULL)
        see_confirmed(c, !waits || compare_due(c->compare, c->partner, due, limit) == COMPARE_LATE);
    else if (waits)
        see_unconfirmed(c, asked, due, limit);
}

/* --- R10: the notice */

static size_t count_cartons(const struct trace_document *shipment)
{
    size_t n = 0;

    for (const struct canon_object *at = trace_first(shipment->record.body, "packages"); at != NULL;
         at = at->next)
        n += trace_text(at, "sscc").at != NULL;
    return n;
}

static bool has_carton(const struct order_case *c, bool warehouse, struct bytes sscc)
{
    for (const struct trace_document *at = case_next(c, NULL, "shipment", warehouse); at != NULL;
         at = case_next(c, at, "shipment", warehouse))
        for (const struct canon_object *package = trace_first(at->record.body, "packages"); package != NULL;
             package = package->next)
            if (bytes_equal(trace_text(package, "sscc"), sscc))
                return true;
    return false;
}

/* Cartons that one says and the other does not. */
static size_t strange_cartons(const struct order_case *c, bool warehouse, struct bytes *first)
{
    size_t n = 0;

    for (const struct trace_document *at = case_next(c, NULL, "shipment", warehouse); at != NULL;
         at = case_next(c, at, "shipment", warehouse))
        for (const struct canon_object *package = trace_first(at->record.body, "packages"); package != NULL;
             package = package->next) {
            struct bytes sscc = trace_text(package, "sscc");

            if (sscc.at == NULL || has_carton(c, !warehouse, sscc))
                continue;
            if (n++ == 0)
                *first = sscc;
        }
    return n;
}

static void see_cartons(struct order_case *c, const struct trace_document *notice)
{
    enum { MAX_CARTONS = 2000 };
    size_t said_here = 0, said_there = 0, more, less;
    struct bytes first = {NULL, 0}, other = {NULL, 0};
    struct said said;

    for (const struct trace_document *at = notice; at != NULL; at = case_next(c, at, "shipment", false)) {
        said_here += count_cartons(at);
        /* A notice of several orders: their cartons are not this order's. */
        if (trace_first(at->record.body, "orders") != NULL &&
            trace_first(at->record.body, "orders")->next != NULL)
            return;
    }
    for (const struct trace_document *at = next_confirmed(c, NULL); at != NULL; at = next_confirmed(c, at))
        said_there += count_cartons(at);
    if (said_here == 0 || said_there == 0 || said_here > MAX_CARTONS || said_there > MAX_CARTONS)
        return;
    more = strange_cartons(c, false, &first);
    less = strange_cartons(c, true, &other);
    if (more + less == 0)
        return;
    said = case_said(c, RULE_ASN_SSCC, notice);
    said.expected = compare_text(c->compare, "%zu cartons", said_there);
    said.found = compare_text(c->compare, "%zu cartons", said_here);
    said.difference = compare_text(c->compare, "%zu not shipped%s%.*s, %zu not in the notice%s%.*s", more,
                                   more > 0 ? " such as " : "", BYTES_ARG(first), less,
                                   less > 0 ? " such as " : "", BYTES_ARG(other));
    said.text = "cartons of notice and warehouse differ";
    compare_say(c->compare, &said);
}

static void see_missing_notice(struct order_case *c)
{
    const struct trace_document *confirmed = next_confirmed(c, NULL);
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_ASN_MISS, BYTES("shipment"),
                                                    (struct bytes){NULL, 0});
    struct said said = case_said(c, RULE_ASN_MISS, confirmed);
    enum compare_due when;

    if (limit->none)
        return;
    said.due = compare_after(c->compare, c->partner, case_posted(confirmed), limit);
    when = compare_due(c->compare, c->partner, said.due, limit);
    if (when == COMPARE_EARLY)
        return;
    said.severity = when == COMPARE_SOON ? SEVERITY_WARN : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "told by %s", compare_local(c->compare, c->partner, said.due));
    said.found = compare_text(c->compare, "no notice, confirmed %s",
                              compare_local(c->compare, c->partner, case_posted(confirmed)));
    said.limit = limit;
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "shipped, and the buyer is not told yet"
                                     : "shipped, and the buyer was not told";
    compare_say(c->compare, &said);
}

void case_notice(struct order_case *c)
{
    const struct trace_document *notice = case_next(c, NULL, "shipment", false);

    if (c->order == NULL || c->is_cancelled || next_confirmed(c, NULL) == NULL)
        return;
    if (notice == NULL) {
        see_missing_notice(c);
        return;
    }
    for (size_t i = 0; i < c->trace.n_lines; i++) {
        const struct trace_line *line = &c->trace.lines[i];
        struct decimal picked, told;
        struct bytes uom, other;

        if (case_quantity(c, line, TRACE_PICKED, TRACE_SHIPPED, &picked, &uom) &&
            case_quantity(c, line, TRACE_SHIPPED, TRACE_PICKED, &told, &other) && bytes_equal(uom, other))
            case_differs(c, RULE_ASN_QTY, notice, line, picked, told, uom,
                         "the notice does not say what the warehouse shipped");
    }
    see_cartons(c, notice);
}
