#include "report/compare_case.h"

const struct trace_document *case_next(const struct order_case *c, const struct trace_document *from,
                                       const char *kind, bool warehouse)
{
    const struct trace_document *document = from != NULL ? from + 1 : c->trace.documents;

    for (; document < c->trace.documents + c->trace.n_documents; document++)
        if (document->counts && !document->is_cancel && trace_is(document, kind) &&
            trace_is_warehouse(document) == warehouse)
            return document;
    return NULL;
}

int64_t case_posted(const struct trace_document *document)
{
    int64_t moment = 0;

    (void)moment_parse(document->rows[0].at, &zone_utc, &moment);
    return moment;
}

bool case_delivered(const struct trace_document *document, int64_t *out)
{
    for (size_t i = 1; i < document->n_rows; i++)
        if (bytes_are(document->rows[i].what, "delivered"))
            return moment_parse(document->rows[i].at, &zone_utc, out);
    return false;
}

/* a / b with six decimals, halves away from zero. */
static bool divide(struct decimal a, struct decimal b, struct decimal *out)
{
    static const struct decimal million = {1000000, 0};
    struct decimal scaled;
    __int128 quotient;

    if (decimal_sign(b) <= 0 || a.scale < b.scale || !decimal_multiply(a, million, &scaled))
        return false;
    quotient = scaled.units / b.units;
    quotient += scaled.units % b.units * 2 >= b.units ? 1 : scaled.units % b.units * 2 <= -b.units ? -1 : 0;
    *out = (struct decimal){quotient, scaled.scale - b.scale + 6};
    return out->scale <= DECIMAL_MAX_SCALE;
}

bool case_amount(const struct trace_line *line, struct decimal quantity, struct decimal *out)
{
    struct decimal price;

    if (!decimal_parse(line->unit_price, &price) || !decimal_multiply(quantity, price, out))
        return false;
    return line->pack_uom.at == NULL || divide(*out, line->pack, out);
}

bool case_quantity(const struct order_case *c, const struct trace_line *line, enum trace_stage stage,
                   enum trace_stage like, struct decimal *sum, struct bytes *uom)
{
    const struct trace_amount *amount = &line->at[stage];

    if (amount->n == 0 && c->trace.has[stage] && line->at[like].n == 1) {
        *sum = decimal_of_count(0);
        *uom = line->at[like].by_unit[0].uom;
        return true;
    }
    if (amount->n != 1 || amount->inexact)
        return false;
    *sum = amount->by_unit[0].sum;
    *uom = amount->by_unit[0].uom;
    return true;
}

bool case_price(const struct order_case *c, const struct trace_line *line, const struct canon_object *object,
                struct decimal *agreed, struct decimal *said)
{
    struct bytes uom = trace_text(object, "uom"), ordered = {NULL, 0};

    for (const struct canon_object *at = c->order != NULL ? trace_first(c->order->record.body, "lines")
                                                          : NULL;
         at != NULL; at = at->next)
        if (bytes_equal(trace_text(at, "line_number"), line->number))
            ordered = trace_text(at, "uom");
    return bytes_equal(uom, ordered) &&
           bytes_equal(trace_text(object, "price_base_quantity"), (struct bytes){NULL, 0}) &&
           decimal_parse(line->unit_price, agreed) && decimal_parse(trace_text(object, "unit_price"), said);
}

bool case_times(const struct canon_object *object, const char *quantity, struct decimal by,
                struct decimal *out)
{
    struct decimal number;

    return decimal_parse(trace_text(object, quantity), &number) && decimal_multiply(number, by, out);
}

bool case_shipped(const struct order_case *c, const struct trace_document *shipment, bool end, int64_t *out)
{
    struct bytes date = trace_text(shipment->record.body, "ship_date"),
                 time = trace_text(shipment->record.body, "ship_time");

    if (date.at == NULL)
        return false;
    if (time.at != NULL)
        return compare_moment(
            c->compare, c->partner,
            bytes_of(compare_text(c->compare, "%.*sT%.*s", BYTES_ARG(date), BYTES_ARG(time))), out);
    return end ? compare_day_end(c->compare, c->partner, date, out)
               : compare_moment(c->compare, c->partner, date, out);
}

struct said case_said(const struct order_case *c, enum rule rule, const struct trace_document *document)
{
    return (struct said){
        .rule = rule,
        .partner = c->partner,
        .order = c->number,
        .document = document != NULL ? document->rows[0].kind : (struct bytes){NULL, 0},
        .number = document != NULL ? document->rows[0].number : (struct bytes){NULL, 0},
        .currency = c->trace.currency,
        .text = "",
    };
}

void case_differs(struct order_case *c, enum rule rule, const struct trace_document *document,
                  const struct trace_line *line, struct decimal expected, struct decimal found,
                  struct bytes uom, const char *text)
{
    struct said said = case_said(c, rule, document);
    struct decimal difference;

    said.limit = compare_limit(c->compare, c->partner, rule, said.document, line->item);
    if (decimal_compare(expected, found) == 0 || !decimal_subtract(found, expected, &difference))
        return;
    said.line = line->number;
    said.item = line->item;
    said.expected = compare_text(c->compare, "%s %.*s", compare_decimal(c->compare, expected),
                                 BYTES_ARG(uom));
    said.found = compare_text(c->compare, "%s %.*s", compare_decimal(c->compare, found), BYTES_ARG(uom));
    said.difference = compare_decimal(c->compare, difference);
    said.has_amount = case_amount(line, difference, &said.amount);
    said.tolerated = said.limit != NULL && limit_holds(said.limit, expected, found);
    said.text = text;
    compare_say(c->compare, &said);
}

bool case_total(const struct order_case *c, struct decimal *out)
{
    struct decimal amount;
    bool any = false;

    if (decimal_parse(c->trace.total, out))
        return true;
    *out = decimal_of_count(0);
    for (size_t i = 0; i < c->trace.n_lines; i++) {
        const struct trace_amount *ordered = &c->trace.lines[i].at[TRACE_ORDERED];

        if (ordered->n > 1 ||
            (ordered->n == 1 && (!case_amount(&c->trace.lines[i], ordered->by_unit[0].sum, &amount) ||
                                 !decimal_add(*out, amount, out))))
            return false;
        any = any || ordered->n == 1;
    }
    return any;
}
