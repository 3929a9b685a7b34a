/* R18: what was to arrive at a warehouse, and what was received. */
#include "report/compare_case.h"

static const struct trace_document *next_expected(const struct order_case *c,
                                                  const struct trace_document *from)
{
    do
        from = case_next(c, from, "shipment_order", false);
    while (from != NULL && !trace_is_expected(from));
    return from;
}

static void see_missing(struct order_case *c, const struct trace_document *expected)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_RCV_MISS, BYTES("receipt"),
                                                    (struct bytes){NULL, 0});
    struct bytes date = trace_text(expected->record.body, "expected_date");
    struct said said = case_said(c, RULE_RCV_MISS, expected);
    enum compare_due when;
    int64_t day;

    if (limit->none)
        return;
    if (date.at == NULL || !compare_day_end(c->compare, c->partner, date, &day))
        day = calendar_add(limits_calendar(compare_limits(c->compare, c->partner)), case_posted(expected),
                           7 * 24 * 3600);
    said.due = compare_after(c->compare, c->partner, day, limit);
    when = compare_due(c->compare, c->partner, said.due, limit);
    if (when == COMPARE_EARLY)
        return;
    said.severity = when == COMPARE_SOON ? SEVERITY_INFO : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "received by %s",
                                 compare_local(c->compare, c->partner, said.due));
    said.found = "no receipt";
    said.limit = limit;
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "nothing was received yet" : "nothing was received";
    compare_say(c->compare, &said);
}

/* Conditions that are not about how much: damaged, of low quality, wrong, refused, on hold. */
static const char *condition(struct bytes code)
{
    static const char *const words[][2] = {{"01", "damaged"},
                                           {"04", "of low quality"},
                                           {"05", "the wrong product"},
                                           {"08", "refused"},
                                           {"09", "on hold"}};

    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (bytes_are(code, words[i][0]))
            return words[i][1];
    return NULL;
}

static void see_damage(struct order_case *c, const struct trace_document *receipt,
                       const struct canon_object *object, const struct canon_object *exception)
{
    const struct trace_line *line = trace_find_line(&c->trace, receipt, object, false);
    const char *word = condition(trace_text(exception, "condition_code"));
    struct bytes quantity = trace_text(exception, "quantity"), uom = trace_text(exception, "uom");
    struct said said = case_said(c, RULE_RCV_DMG, receipt);
    struct decimal number;

    if (word == NULL || !decimal_parse(quantity, &number) || decimal_sign(number) <= 0)
        return;
    said.line = line != NULL ? line->number : trace_text(object, "line_number");
    said.item = line != NULL ? line->item : trace_text(object, "seller_item_id");
    said.expected = "in good order";
    said.found = compare_text(c->compare, "%.*s %.*s %s", BYTES_ARG(quantity),
                              BYTES_ARG(uom.at != NULL ? uom : trace_text(object, "uom")), word);
    said.difference = compare_decimal(c->compare, number);
    said.has_amount = line != NULL && case_amount(line, number, &said.amount);
    said.text = compare_text(c->compare, "goods were received %s", word);
    compare_say(c->compare, &said);
}

static void see_condition(struct order_case *c, const struct trace_document *receipt)
{
    for (const struct canon_object *at = trace_first(receipt->record.body, "lines"); at != NULL;
         at = at->next)
        for (const struct canon_object *exception = trace_first(at, "exceptions"); exception != NULL;
             exception = exception->next)
            see_damage(c, receipt, at, exception);
}

void case_receipt(struct order_case *c)
{
    const struct trace_document *expected = next_expected(c, NULL),
                                *receipt = case_next(c, NULL, "receipt", false);

    for (const struct trace_document *at = receipt; at != NULL; at = case_next(c, at, "receipt", false))
        see_condition(c, at);
    if (expected == NULL)
        return;
    if (receipt == NULL) {
        see_missing(c, expected);
        return;
    }
    for (size_t i = 0; i < c->trace.n_lines; i++) {
        const struct trace_line *line = &c->trace.lines[i];
        struct decimal want, got;
        struct bytes uom, other;

        if ((line->at[TRACE_REQUESTED].n > 0 || line->at[TRACE_RECEIVED].n > 0) &&
            case_quantity(c, line, TRACE_REQUESTED, TRACE_RECEIVED, &want, &uom) &&
            case_quantity(c, line, TRACE_RECEIVED, TRACE_REQUESTED, &got, &other) && bytes_equal(uom, other))
            case_differs(c, RULE_RCV_QTY, receipt, line, want, got, uom,
                         "what was received is not what was to arrive");
    }
}
