/* R13: what was invoiced, and what was shipped. */
#include "report/compare_case.h"

/* When the last shipment left. */
static bool shipped_at(const struct order_case *c, int64_t *first, int64_t *last)
{
    bool any = false;

    for (const struct trace_document *at = case_next(c, NULL, "shipment", c->shipped == TRACE_PICKED);
         at != NULL; at = case_next(c, at, "shipment", c->shipped == TRACE_PICKED)) {
        int64_t moment;

        if (at->is_posted_time || !compare_moment(c->compare, c->partner, at->when, &moment))
            moment = case_posted(at);
        *first = !any || moment < *first ? moment : *first;
        *last = !any || moment > *last ? moment : *last;
        any = true;
    }
    return any;
}

static void see_early_invoices(struct order_case *c, bool any, int64_t first)
{
    for (const struct trace_document *at = case_next(c, NULL, "invoice", false); at != NULL;
         at = case_next(c, at, "invoice", false)) {
        struct bytes date = trace_text(at->record.body, "invoice_date");
        int64_t until;
        struct said said;

        if (strcmp(at->title, "credit") == 0 || !compare_day_end(c->compare, c->partner, date, &until) ||
            (any && first < until))
            continue;
        said = case_said(c, RULE_INV_BEFORE, at);
        said.expected = "shipped before";
        said.found = any ? compare_text(c->compare, "invoiced %.*s, shipped %s", BYTES_ARG(date),
                                        compare_local(c->compare, c->partner, first))
                         : compare_text(c->compare, "invoiced %.*s, nothing shipped", BYTES_ARG(date));
        said.has_amount = decimal_parse(trace_text(at->record.body, "total_amount"), &said.amount);
        said.text = "it was invoiced before it was shipped";
        compare_say(c->compare, &said);
    }
}

/* What of a line was invoiced, less credits. */
static bool billed(const struct order_case *c, const struct trace_line *line, struct decimal *sum,
                   struct bytes *uom)
{
    struct decimal credited;
    struct bytes other;

    if (!case_quantity(c, line, TRACE_INVOICED, c->shipped, sum, uom))
        return false;
    if (line->at[TRACE_CREDITED].n == 0)
        return true;
    if (!case_quantity(c, line, TRACE_CREDITED, c->shipped, &credited, &other) || !bytes_equal(*uom, other))
        return false;
    /* Some write what they take back with a minus. */
    credited.units = credited.units < 0 ? -credited.units : credited.units;
    return decimal_subtract(*sum, credited, sum);
}

static void see_missing_invoice(struct order_case *c, int64_t last)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_INV_MISS, BYTES("invoice"),
                                                    (struct bytes){NULL, 0});
    struct said said = case_said(c, RULE_INV_MISS,
                                 case_next(c, NULL, "shipment", c->shipped == TRACE_PICKED));
    bool known = true;
    size_t n = 0;
    enum compare_due when;

    if (limit->none)
        return;
    said.amount = decimal_of_count(0);
    for (size_t i = 0; i < c->trace.n_lines; i++) {
        const struct trace_line *line = &c->trace.lines[i];
        struct decimal shipped, invoiced = decimal_of_count(0), rest, amount;
        struct bytes uom, other;

        if (line->at[c->shipped].n == 0 || !case_quantity(c, line, c->shipped, c->shipped, &shipped, &uom) ||
            (c->trace.has[TRACE_INVOICED] &&
             (!case_quantity(c, line, TRACE_INVOICED, c->shipped, &invoiced, &other) ||
              !bytes_equal(uom, other))) ||
            !decimal_subtract(shipped, invoiced, &rest) || decimal_sign(rest) <= 0)
            continue;
        n++;
        known = known && case_amount(line, rest, &amount) && decimal_add(said.amount, amount, &said.amount);
    }
    if (n == 0)
        return;
    said.due = compare_after(c->compare, c->partner, last, limit);
    when = compare_due(c->compare, c->partner, said.due, limit);
    if (when == COMPARE_EARLY)
        return;
    said.severity = when == COMPARE_SOON ? SEVERITY_INFO : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "invoiced by %s",
                                 compare_local(c->compare, c->partner, said.due));
    said.found = compare_text(c->compare, "%zu line%s not invoiced", n, n == 1 ? "" : "s");
    said.limit = limit;
    said.has_amount = known;
    said.text = when == COMPARE_SOON ? "shipped, and not invoiced yet" : "shipped, and not invoiced";
    compare_say(c->compare, &said);
}

void case_invoicing(struct order_case *c)
{
    const struct trace_document *invoice = case_next(c, NULL, "invoice", false);
    int64_t first = 0, last = 0;
    bool any = shipped_at(c, &first, &last);

    for (const struct trace_document *at = invoice; at != NULL; at = case_next(c, at, "invoice", false))
        compare_invoice(c->compare, &c->trace, at);
    if (invoice != NULL && c->order != NULL)
        see_early_invoices(c, any, first);
    if (!any)
        return;
    if (c->order != NULL)
        see_missing_invoice(c, last);
    for (size_t i = 0; i < c->trace.n_lines && invoice != NULL; i++) {
        const struct trace_line *line = &c->trace.lines[i];
        struct decimal shipped, invoiced;
        struct bytes uom, other;

        if (line->at[TRACE_INVOICED].n > 0 && billed(c, line, &invoiced, &uom) &&
            case_quantity(c, line, c->shipped, TRACE_INVOICED, &shipped, &other) && bytes_equal(uom, other) &&
            decimal_compare(invoiced, shipped) > 0)
            case_differs(c, RULE_INV_OVER, invoice, line, shipped, invoiced, uom,
                         "more was invoiced than was shipped");
    }
}
