/* R14: the price, the allowances and charges, and the terms of an invoice, and those that were agreed. */
#include "report/compare_case.h"

static void see_prices(struct order_case *c, const struct trace_document *invoice)
{
    for (const struct canon_object *at = trace_first(invoice->record.body, "lines"); at != NULL;
         at = at->next) {
        const struct trace_line *line = trace_find_line(&c->trace, invoice, at, false);
        struct decimal agreed, price, difference;
        struct said said = case_said(c, RULE_INV_PRICE, invoice);

        if (line == NULL || !line->ordered || !case_price(c, line, at, &agreed, &price) ||
            decimal_compare(agreed, price) == 0 || !decimal_subtract(price, agreed, &difference))
            continue;
        said.line = line->number;
        said.item = line->item;
        said.expected = compare_decimal(c->compare, agreed);
        said.found = compare_decimal(c->compare, price);
        said.difference = compare_decimal(c->compare, difference);
        said.limit = compare_limit(c->compare, c->partner, RULE_INV_PRICE, BYTES("invoice"), line->item);
        said.tolerated = limit_holds(said.limit, agreed, price);
        said.has_amount = case_times(at, "invoiced_quantity", difference, &said.amount);
        said.text = "another price was invoiced than was agreed";
        compare_say(c->compare, &said);
    }
}

/* --- allowances and charges, by their codes */

static const struct canon_object *find_adjustment(const struct canon_object *body,
                                                  const struct canon_object *like)
{
    for (const struct canon_object *at = trace_first(body, "adjustments"); at != NULL; at = at->next)
        if (bytes_equal(trace_text(at, "indicator"), trace_text(like, "indicator")) &&
            bytes_equal(trace_text(at, "code"), trace_text(like, "code")))
            return at;
    return NULL;
}

static const char *name_of(const struct order_case *c, const struct canon_object *adjustment)
{
    return compare_text(c->compare, "%.*s %.*s", BYTES_ARG(trace_text(adjustment, "indicator")),
                        BYTES_ARG(trace_text(adjustment, "code")));
}

static void say_adjustment(struct order_case *c, const struct trace_document *invoice,
                           const struct canon_object *adjustment, const char *expected, const char *found,
                           struct decimal difference, struct decimal agreed, struct decimal got,
                           const char *text)
{
    struct said said = case_said(c, RULE_INV_SAC, invoice);

    said.item = trace_text(adjustment, "code");
    said.expected = expected;
    said.found = found;
    said.difference = compare_decimal(c->compare, difference);
    said.limit = compare_limit(c->compare, c->partner, RULE_INV_SAC, BYTES("invoice"),
                               (struct bytes){NULL, 0});
    said.tolerated = limit_holds(said.limit, agreed, got);
    said.has_amount = true;
    said.amount = difference;
    said.text = text;
    compare_say(c->compare, &said);
}

static bool counts(const struct canon_object *adjustment)
{
    struct bytes indicator = trace_text(adjustment, "indicator");

    return bytes_are(indicator, "charge") || bytes_are(indicator, "allowance");
}

static void see_adjustments(struct order_case *c, const struct trace_document *invoice, bool only)
{
    const struct decimal nothing = decimal_of_count(0);
    const struct canon_object *order = c->order->record.body, *body = invoice->record.body;

    for (const struct canon_object *at = trace_first(body, "adjustments"); at != NULL; at = at->next) {
        const struct canon_object *agreed = find_adjustment(order, at);
        struct decimal got, want, difference;

        if (!counts(at) || !decimal_parse(trace_text(at, "amount"), &got))
            continue;
        if (agreed == NULL && bytes_are(trace_text(at, "indicator"), "charge"))
            say_adjustment(
                c, invoice, at, "not agreed",
                compare_text(c->compare, "%s %s", name_of(c, at), compare_decimal(c->compare, got)), got,
                nothing, got, "a charge was not agreed");
        /* Of one invoice of several, a part is invoiced. */
        else if (agreed != NULL && only && decimal_parse(trace_text(agreed, "amount"), &want) &&
                 decimal_compare(want, got) != 0 && decimal_subtract(got, want, &difference))
            say_adjustment(
                c, invoice, at,
                compare_text(c->compare, "%s %s", name_of(c, at), compare_decimal(c->compare, want)),
                compare_decimal(c->compare, got), difference, want, got,
                "an allowance or charge is not what was agreed");
    }
    for (const struct canon_object *at = trace_first(order, "adjustments"); at != NULL && only;
         at = at->next) {
        struct decimal want;

        if (bytes_are(trace_text(at, "indicator"), "allowance") && find_adjustment(body, at) == NULL &&
            decimal_parse(trace_text(at, "amount"), &want))
            say_adjustment(
                c, invoice, at,
                compare_text(c->compare, "%s %s", name_of(c, at), compare_decimal(c->compare, want)), "none",
                want, want, nothing, "an allowance that was agreed is missing");
    }
}

/* --- terms */

/* Of the head or of the first of the terms. */
static struct bytes term(const struct canon_object *body, const char *name)
{
    struct bytes text = trace_text(body, name);

    return text.at != NULL ? text : trace_text(trace_first(body, "terms"), name);
}

static void see_terms(struct order_case *c, const struct trace_document *invoice)
{
    static const char *const fields[][2] = {
        {"net_days", "net days"}, {"discount_percent", "discount %"}, {"discount_days", "discount days"}};

    for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct bytes want = term(c->order->record.body, fields[i][0]),
                     got = term(invoice->record.body, fields[i][0]);
        struct said said = case_said(c, RULE_INV_TERMS, invoice);

        if (want.at == NULL || got.at == NULL || decimal_same(want, got))
            continue;
        said.item = bytes_of(fields[i][0]);
        said.expected = compare_text(c->compare, "%s %.*s", fields[i][1], BYTES_ARG(want));
        said.found = compare_text(c->compare, "%.*s", BYTES_ARG(got));
        said.has_amount = decimal_parse(trace_text(invoice->record.body, "total_amount"), &said.amount);
        said.text = "the terms of payment are not those of the order";
        compare_say(c->compare, &said);
    }
}

void case_terms(struct order_case *c)
{
    const struct trace_document *invoice = case_next(c, NULL, "invoice", false);
    bool only = invoice != NULL && case_next(c, invoice, "invoice", false) == NULL;

    for (const struct trace_document *at = invoice; at != NULL && c->order != NULL;
         at = case_next(c, at, "invoice", false)) {
        if (strcmp(at->title, "credit") == 0)
            continue;
        see_prices(c, at);
        see_adjustments(c, at, only);
        see_terms(c, at);
    }
}
