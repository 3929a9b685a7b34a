/* R12: what was shipped in all, and what was ordered. */
#include "report/compare_case.h"

/* The last day for the order to be shipped; false: it names none. */
static bool last_day(const struct order_case *c, int64_t *out, const char **name)
{
    static const char *const fields[] = {"cancel_after_date", "do_not_ship_after_date",
                                         "do_not_deliver_after_date", "requested_ship_date",
                                         "requested_delivery_date"};

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct bytes date = trace_text(c->order->record.body, fields[i]);

        if (date.at != NULL && compare_day_end(c->compare, c->partner, date, out)) {
            *name = fields[i];
            return true;
        }
    }
    return false;
}

/* Everything of it was refused. */
static bool is_refused(const struct order_case *c)
{
    struct bytes code = c->answer != NULL ? trace_text(c->answer->record.body, "ack_type_code")
                                          : (struct bytes){NULL, 0};
    bool refused = c->trace.has[TRACE_REJECTED];

    for (size_t i = 0; i < c->trace.n_lines && refused; i++)
        refused = !c->trace.lines[i].ordered ||
                  (c->trace.lines[i].at[TRACE_REJECTED].n > 0 && c->trace.lines[i].at[TRACE_ACCEPTED].n == 0);
    return refused || bytes_are(code, "RJ") || bytes_are(code, "RD");
}

/* Nothing was shipped, and its last day has passed. */
static void see_stale(struct order_case *c)
{
    struct said said = case_said(c, RULE_PO_STALE, c->order);
    const char *name = "";
    enum compare_due when;

    if (is_refused(c) || !last_day(c, &said.due, &name))
        return;
    when = compare_due(c->compare, c->partner, said.due, NULL);
    if (when == COMPARE_EARLY)
        return;
    said.severity = when == COMPARE_SOON ? SEVERITY_INFO : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "shipped by %s (%s)",
                                 compare_local(c->compare, c->partner, said.due), name);
    said.found = "nothing shipped";
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "nothing was shipped yet, and its last day ends"
                                     : "nothing was shipped, and its last day has passed";
    compare_say(c->compare, &said);
}

void case_shipping(struct order_case *c)
{
    const struct trace_document *shipment = case_next(c, NULL, "shipment", c->shipped == TRACE_PICKED);
    const char *name = "";
    int64_t last = 0;
    bool is_over;

    if (c->order == NULL || c->is_cancelled)
        return;
    if (!c->has_shipped) {
        see_stale(c);
        return;
    }
    is_over = case_next(c, NULL, "invoice", false) != NULL ||
              (last_day(c, &last, &name) && compare_due(c->compare, c->partner, last, NULL) == COMPARE_LATE);
    for (size_t i = 0; i < c->trace.n_lines; i++) {
        const struct trace_line *line = &c->trace.lines[i];
        struct decimal ordered, shipped, rejected;
        struct bytes uom, other;

        if (!line->ordered || !case_quantity(c, line, TRACE_ORDERED, TRACE_ORDERED, &ordered, &uom) ||
            !case_quantity(c, line, c->shipped, TRACE_ORDERED, &shipped, &other) || !bytes_equal(uom, other))
            continue;
        /* What was refused is not waited for. */
        if (case_quantity(c, line, TRACE_REJECTED, TRACE_ORDERED, &rejected, &other) &&
            bytes_equal(uom, other) && !decimal_subtract(ordered, rejected, &ordered))
            continue;
        if (decimal_compare(shipped, ordered) > 0)
            case_differs(c, RULE_QTY_OVER, shipment, line, ordered, shipped, uom,
                         "more was shipped than was ordered");
        else if (is_over)
            case_differs(c, RULE_QTY_SHORT, shipment, line, ordered, shipped, uom,
                         "less was shipped than was ordered");
    }
}
