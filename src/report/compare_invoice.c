/* R15 to R17: an invoice in itself, against other invoices, and against what was paid or refused. */
#include "canon/read.h"
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
        !decimal_parse(trace_text(line, "unit_price"), &price) ||
        !decimal_multiply(quantity, price, &product))
        return false;
    return decimal_add(*sum, product, sum);
}

static void see_sum(struct compare *compare, const struct trace *trace, const struct trace_document *document)
{
    const struct canon_object *body = document->record.body;
    struct bytes partner = document->rows[0].partner, currency = trace_text(body, "currency");
    struct decimal sum = decimal_of_count(0), total, difference, cents;
    const struct limit_value *limit = compare_limit(compare, partner, RULE_INV_SUM, BYTES("invoice"),
                                                    (struct bytes){NULL, 0});
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

static struct said about(const struct trace *trace, const struct trace_document *document, enum rule rule)
{
    const struct canon_object *body = document->record.body;
    struct said said = {.rule = rule,
                        .partner = document->rows[0].partner,
                        .order = trace->order.number,
                        .document = BYTES("invoice"),
                        .number = document->rows[0].number,
                        .currency = trace_text(body, "currency")};

    said.has_amount = decimal_parse(trace_text(body, "total_amount"), &said.amount);
    return said;
}

/* --- R17: what was paid of it */

static void see_payment(struct compare *compare, const struct trace *trace,
                        const struct trace_document *document, struct bytes line)
{
    struct canon_record payment;
    struct canon_read_error error;

    if (line.at == NULL || !canon_read(&payment, compare->schema, line, &compare->scratch, &error))
        return;
    for (const struct canon_object *at = trace_first(payment.body, "lines"); at != NULL; at = at->next) {
        struct said said = about(trace, document, RULE_INV_824);
        struct decimal total = said.amount, paid, discount;

        if (!bytes_equal(trace_text(at, "document_number"), document->rows[0].number) || !said.has_amount ||
            !decimal_parse(trace_text(at, "paid_amount"), &paid))
            continue;
        if (decimal_parse(trace_text(at, "discount_amount"), &discount) &&
            !decimal_add(paid, discount, &paid))
            continue;
        if (decimal_compare(paid, total) >= 0 || !decimal_subtract(total, paid, &said.amount))
            continue;
        said.limit = compare_limit(compare, said.partner, RULE_INV_824, BYTES("payment"),
                                   (struct bytes){NULL, 0});
        said.tolerated = limit_holds(said.limit, total, paid);
        said.item = trace_text(payment.body, "payment_id");
        said.expected = compare_decimal(compare, total);
        said.found = compare_text(compare, "%s paid%s%.*s", compare_decimal(compare, paid),
                                  trace_text(at, "adjustment_reason_code").at != NULL ? ", reason " : "",
                                  BYTES_ARG(trace_text(at, "adjustment_reason_code")));
        said.difference = compare_decimal(compare, said.amount);
        said.text = "the customer paid less than was invoiced";
        compare_say(compare, &said);
    }
}

/* --- R17: what the customer's application says of it */

/* "MN IT1 at 9: 4.75", of the first error. */
static const char *advice_text(struct compare *compare, const struct canon_object *advice)
{
    const struct canon_object *error = trace_first(advice, "errors");
    struct bytes segment = trace_text(error, "segment_id"), position = trace_text(error, "segment_position"),
                 text = trace_text(error, "text"), bad = trace_text(error, "bad_value");
    const char *said = compare_text(compare, "refused (%.*s)", BYTES_ARG(trace_text(advice, "status_code")));

    if (error == NULL)
        return said;
    said = compare_text(compare, "%s: %.*s", said, BYTES_ARG(trace_text(error, "error_code")));
    if (text.at != NULL)
        said = compare_text(compare, "%s, %.*s", said, BYTES_ARG(text));
    if (segment.at != NULL)
        said = compare_text(compare, "%s, %.*s%s%.*s", said, BYTES_ARG(segment),
                            position.at != NULL ? " at " : "", BYTES_ARG(position));
    return bad.at != NULL ? compare_text(compare, "%s: \"%.*s\"", said, BYTES_ARG(bad)) : said;
}

/* Of the newest advice about the invoice: what came before it does not hold any more. */
static void see_advice(struct compare *compare, const struct trace *trace,
                       const struct trace_document *document, struct bytes line)
{
    struct canon_record advice;
    struct canon_read_error error;

    if (line.at == NULL || !canon_read(&advice, compare->schema, line, &compare->scratch, &error))
        return;
    for (const struct canon_object *at = trace_first(advice.body, "advices"); at != NULL; at = at->next) {
        struct said said = about(trace, document, RULE_INV_824);
        struct bytes status = trace_text(at, "status_code"),
                     type = trace_text(at, "document_number_type_code");

        /* TR, GR, BR, IR: refused; TP, GP ...: in part. */
        if (!bytes_equal(trace_text(at, "document_number"), document->rows[0].number) ||
            (!bytes_are(type, "IV") && !bytes_are(type, "IK")) || status.len != 2 ||
            (status.at[1] != 'R' && status.at[1] != 'P'))
            continue;
        said.item = trace_text(advice.body, "advice_id");
        said.expected = "taken";
        said.found = advice_text(compare, at);
        said.text = "the customer's application refused the invoice";
        compare_say(compare, &said);
        return;
    }
}

/* --- R16: other invoices of the number, and of the same content */

static void see_number(struct compare *compare, const struct trace *trace,
                       const struct trace_document *document)
{
    static const char select[] =
        "SELECT k.id, k.kind, r.line, d.state FROM document_keys k JOIN records r ON r.ordinal = k.ordinal"
        " JOIN documents d ON d.ordinal = k.ordinal WHERE k.value = ?1 AND k.ordinal <> CAST(?4 AS INTEGER)"
        " AND k.partner = ?2 AND d.posted_at <= ?3 AND ((k.name = 'invoice_number' AND k.kind = 'invoice'"
        "   AND k.ordinal < CAST(?4 AS INTEGER) AND d.direction = ?5)"
        "  OR (k.name = 'document_number' AND k.kind IN ('payment', 'application_advice')))"
        " ORDER BY k.ordinal";
    const struct bytes ordinal = bytes_of(compare_text(compare, "%lld", (long long)document->ordinal));
    const struct bytes values[] = {document->rows[0].number, document->rows[0].partner, compare->until,
                                   ordinal, document->rows[0].direction};
    struct query *query = query_ask(compare->ledger, select, values, 5);
    struct bytes advice = {NULL, 0};

    while (query_row(compare->ledger, query)) {
        struct bytes id = arena_copy(&compare->scratch, query_text(query, 0));

        if (bytes_are(query_text(query, 1), "payment")) {
            see_payment(compare, trace, document, arena_copy(&compare->scratch, query_text(query, 2)));
        } else if (bytes_are(query_text(query, 1), "application_advice")) {
            advice = arena_copy(&compare->scratch, query_text(query, 2));
        } else if (bytes_are(query_text(query, 3), "open")) {
            struct said said = about(trace, document, RULE_INV_DUP);

            said.item = id;
            said.expected = "a number of its own";
            said.found = compare_text(compare, "also of %.*s", BYTES_ARG(id));
            said.text = "two invoices have the same number";
            compare_say(compare, &said);
        }
    }
    query_end(query);
    see_advice(compare, trace, document, advice);
}

static bool same_lines(const struct trace_document *a, const struct trace_document *b)
{
    static const char *const fields[] = {"invoiced_quantity", "uom",          "unit_price", "gtin",
                                         "seller_item_id",    "buyer_item_id"};
    const struct canon_object *left = trace_first(a->record.body, "lines"),
                              *right = trace_first(b->record.body, "lines");

    for (; left != NULL && right != NULL; left = left->next, right = right->next)
        for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
            if (!bytes_equal(trace_text(left, fields[i]), trace_text(right, fields[i])))
                return false;
    return left == NULL && right == NULL;
}

static void see_likely(struct compare *compare, const struct trace *trace,
                       const struct trace_document *document)
{
    for (const struct trace_document *at = trace->documents; at < document; at++) {
        struct said said = about(trace, document, RULE_INV_LIKELYDUP);

        if (!at->counts || !trace_is(at, "invoice") || strcmp(at->title, document->title) != 0 ||
            bytes_equal(at->rows[0].number, document->rows[0].number) ||
            !bytes_equal(trace_text(at->record.body, "invoice_date"),
                         trace_text(document->record.body, "invoice_date")) ||
            !decimal_same(trace_text(at->record.body, "total_amount"),
                          trace_text(document->record.body, "total_amount")) ||
            !same_lines(at, document))
            continue;
        said.item = at->rows[0].number;
        said.expected = "invoiced once";
        said.found = compare_text(compare, "the same in invoice %.*s", BYTES_ARG(at->rows[0].number));
        said.text = "two invoices of one order, day and total say the same";
        compare_say(compare, &said);
        return;
    }
}

void compare_invoice(struct compare *compare, const struct trace *trace,
                     const struct trace_document *document)
{
    see_sum(compare, trace, document);
    see_number(compare, trace, document);
    see_likely(compare, trace, document);
}
