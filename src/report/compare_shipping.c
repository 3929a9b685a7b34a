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

void case_shipping(struct order_case *c)
{
    const struct trace_document *shipment = case_next(c, NULL, "shipment", c->shipped == TRACE_PICKED);
    const char *name = "";
    int64_t last = 0;
    bool is_over;

    if (c->order == NULL || c->is_cancelled || !c->has_shipped)
        return;
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
