/* R15: does an invoice add up? */
#include "report/compare.h"

static bool add(struct decimal *sum, struct bytes text, bool minus)
{
    struct decimal more;

    if (text.at == NULL)
        return true;
    return decimal_parse(text, &more) &&
           (minus ? decimal_subtract(*sum, more, sum) : decimal_add(*sum, more, sum));
}

/* Allowances and charges of the invoice or a line.  False: one says no amount. */
static bool add_adjustments(struct decimal *sum, const struct canon_object *object)
{
    for (const struct canon_object *at = trace_first(object, "adjustments"); at != NULL; at = at->next) {
        struct bytes indicator = trace_text(at, "indicator"), amount = trace_text(at, "amount");
        bool less = bytes_are(indicator, "allowance"), more = bytes_are(indicator, "charge");

        if (!less && !more)
            continue;
        if (amount.at == NULL || !add(sum, amount, less))
            return false;
    }
    return true;
}

static bool add_taxes(struct decimal *sum, const struct canon_object *object)
{
    for (const struct canon_object *at = trace_first(object, "taxes"); at != NULL; at = at->next) {
        /* O: for information. */
        if (bytes_are(trace_text(at, "relationship_code"), "O"))
            continue;
        if (trace_text(at, "amount").at == NULL || !add(sum, trace_text(at, "amount"), false))
            return false;
    }
    return true;
}

/* What the lines come to.  False: cannot be calculated. */
static bool add_line(struct decimal *sum, const struct canon_object *line)
{
    struct bytes amount = trace_text(line, "line_amount"), basis = trace_text(line, "price_basis_code");
    struct decimal quantity, price, product;

    if (amount.at != NULL)
        return add(sum, amount, false);
    if (trace_text(line, "price_base_quantity").at != NULL ||
        (basis.at != NULL && !bytes_are(basis, "PE") && !bytes_are(basis, "NT")))
        return false;
    if (!decimal_parse(trace_text(line, "invoiced_quantity"), &quantity) ||
        !decimal_parse(trace_text(line, "unit_price"), &price) || !decimal_multiply(quantity, price, &product))
        return false;
    return decimal_add(*sum, product, sum);
}

void compare_invoice(struct compare *compare, const struct trace *trace,
                     const struct trace_document *document)
{
    const struct canon_object *body = document->record.body;
    struct bytes partner = document->rows[0].partner, currency = trace_text(body, "currency");
    struct decimal sum = decimal_of_count(0), total, difference, cents;
    const struct limit_value *limit =
        compare_limit(compare, partner, RULE_INV_SUM, BYTES("invoice"), (struct bytes){NULL, 0});
    bool tolerated;

    if (trace_first(body, "lines") == NULL || !decimal_parse(trace_text(body, "total_amount"), &total))
        return;
    for (const struct canon_object *at = trace_first(body, "lines"); at != NULL; at = at->next)
        if (!add_line(&sum, at) || !add_adjustments(&sum, at) || !add_taxes(&sum, at))
            return;
    if (!add_adjustments(&sum, body) || !add_taxes(&sum, body))
        return;
    /* A credit may be written with either sign. */
    if (decimal_sign(total) < 0 && decimal_sign(sum) > 0)
        total.units = -total.units;
    /* What is paid is in cents: halves of one are nobody's error. */
    if (!decimal_round(sum, 2, &cents) || decimal_compare(cents, total) == 0 ||
        !decimal_subtract(total, cents, &difference))
        return;
    tolerated = limit_holds(limit, cents, total);
    compare_say(compare, &(struct said){
                             .rule = RULE_INV_SUM,
                             .partner = partner,
                             .order = trace->order.number,
                             .document = BYTES("invoice"),
                             .number = document->rows[0].number,
                             .expected = compare_decimal(compare, cents),
                             .found = compare_decimal(compare, total),
                             .difference = compare_decimal(compare, difference),
                             .limit = limit,
                             .has_amount = true,
                             .amount = difference,
                             .currency = currency,
                             .tolerated = tolerated,
                             .text = "the total is not what lines, allowances, charges and taxes come to",
                         });
}
