/* R7: the order and its acknowledgment. */
#include "report/compare_case.h"

static void see_missing_answer(struct order_case *c)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_POA_MISS, BYTES("order_ack"),
                                                    (struct bytes){NULL, 0});
    struct said said;
    enum compare_due when;
    int64_t due;

    if (limit->none)
        return;
    due = compare_after(c->compare, c->partner, case_posted(c->order), limit);
    when = compare_due(c->compare, c->partner, due, limit);
    if (when == COMPARE_EARLY)
        return;
    said = case_said(c, RULE_POA_MISS, c->order);
    said.severity = when == COMPARE_SOON ? SEVERITY_INFO : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "acknowledged by %s",
                                 compare_local(c->compare, c->partner, due));
    said.found = "no acknowledgment";
    said.limit = limit;
    said.due = due;
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "the order is not acknowledged yet" : "the order was not acknowledged";
    compare_say(c->compare, &said);
}

static void see_unit(struct order_case *c, const struct trace_line *line, struct bytes uom,
                     struct bytes other)
{
    struct said said = case_said(c, RULE_POA_UOM, c->answer);

    said.line = line->number;
    said.item = line->item;
    said.expected = compare_text(c->compare, "%.*s", BYTES_ARG(uom));
    said.found = compare_text(c->compare, "%.*s", BYTES_ARG(other));
    said.has_amount = line->at[TRACE_ORDERED].n == 1 &&
                      case_amount(line, line->at[TRACE_ORDERED].by_unit[0].sum, &said.amount);
    said.text = "another unit of measure was acknowledged";
    compare_say(c->compare, &said);
}

/* The price that a line of the answer says. */
static void see_price(struct order_case *c, const struct trace_line *line, const struct canon_object *object)
{
    struct decimal agreed, said_price, difference;
    struct said said = case_said(c, RULE_POA_PRICE, c->answer);

    if (!case_price(c, line, object, &agreed, &said_price) || decimal_compare(agreed, said_price) == 0 ||
        !decimal_subtract(said_price, agreed, &difference))
        return;
    said.line = line->number;
    said.item = line->item;
    said.expected = compare_decimal(c->compare, agreed);
    said.found = compare_decimal(c->compare, said_price);
    said.difference = compare_decimal(c->compare, difference);
    said.limit = compare_limit(c->compare, c->partner, RULE_POA_PRICE, BYTES("order_ack"), line->item);
    said.tolerated = limit_holds(said.limit, agreed, said_price);
    said.has_amount = case_times(object, "quantity", difference, &said.amount);
    said.text = "another price was acknowledged";
    compare_say(c->compare, &said);
}

/* The latest date that a line of the answer promises, or the answer itself. */
static bool promised(const struct order_case *c, const struct canon_object *object, struct bytes *date)
{
    static const char *const fields[] = {"promised_delivery_date", "promised_ship_date"};

    *date = (struct bytes){NULL, 0};
    for (const struct canon_object *at = trace_first(object, "acks"); at != NULL; at = at->next) {
        struct bytes one = trace_text(at, "ack_date");

        if (one.at != NULL && (date->at == NULL || bytes_compare(one, *date) > 0))
            *date = one;
    }
    for (unsigned i = 0; i < 2 && date->at == NULL; i++)
        *date = trace_text(object, fields[i]);
    for (unsigned i = 0; i < 2 && date->at == NULL; i++)
        *date = trace_text(c->answer->record.body, fields[i]);
    return date->at != NULL;
}

/* What was asked for: of the line, else of the order. */
static struct bytes requested(const struct order_case *c, const struct trace_line *line)
{
    static const char *const fields[] = {"requested_delivery_date", "requested_ship_date",
                                         "do_not_deliver_after_date", "do_not_ship_after_date"};
    struct bytes date = {NULL, 0};

    for (const struct canon_object *at = trace_first(c->order->record.body, "lines"); at != NULL;
         at = at->next)
        for (unsigned i = 0;
             i < 4 && date.at == NULL && bytes_equal(trace_text(at, "line_number"), line->number); i++)
            date = trace_text(at, fields[i]);
    for (unsigned i = 0; i < 4 && date.at == NULL; i++)
        date = trace_text(c->order->record.body, fields[i]);
    return date;
}

static void see_date(struct order_case *c, const struct trace_line *line, const struct canon_object *object)
{
    struct bytes want = requested(c, line), got;
    struct said said = case_said(c, RULE_POA_DATE, c->answer);
    struct date a, b;
    int32_t days;

    if (!promised(c, object, &got) || !date_parse_iso(want, &a) || !date_parse_iso(got, &b))
        return;
    days = date_days(b) - date_days(a);
    said.limit = compare_limit(c->compare, c->partner, RULE_POA_DATE, BYTES("order_ack"), line->item);
    if (days <= 0 || said.limit->none)
        return;
    said.line = line->number;
    said.item = line->item;
    said.expected = compare_text(c->compare, "%.*s", BYTES_ARG(want));
    said.found = compare_text(c->compare, "%.*s", BYTES_ARG(got));
    said.difference = compare_text(c->compare, "%d day%s", days, days == 1 ? "" : "s");
    said.tolerated = (uint64_t)days * 24 * 3600 <= said.limit->seconds;
    said.has_amount = line->at[TRACE_ORDERED].n == 1 &&
                      case_amount(line, line->at[TRACE_ORDERED].by_unit[0].sum, &said.amount);
    said.text = "a later date was promised than was asked for";
    compare_say(c->compare, &said);
}

/* True: the order was changed after it was answered, and what differs by that is no news. */
static bool see_version(struct order_case *c)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_POA_VER, BYTES("order_ack"),
                                                    (struct bytes){NULL, 0});
    const struct trace_document *change = NULL;
    struct said said;
    enum compare_due when;

    for (const struct trace_document *at = case_next(c, NULL, "order_change", false); at != NULL;
         at = case_next(c, at, "order_change", false))
        if (change == NULL || at->ordinal > change->ordinal)
            change = at;
    if (change == NULL)
        return false;
    for (const struct trace_document *at = case_next(c, NULL, "order_ack", false); at != NULL;
         at = case_next(c, at, "order_ack", false))
        if (at->ordinal > change->ordinal)
            return false;
    if (limit->none)
        return true;
    said = case_said(c, RULE_POA_VER, change);
    said.due = compare_after(c->compare, c->partner, case_posted(change), limit);
    when = compare_due(c->compare, c->partner, said.due, limit);
    if (when == COMPARE_EARLY)
        return true;
    said.severity = when == COMPARE_SOON ? SEVERITY_INFO : SEVERITY_OFF;
    said.expected = compare_text(c->compare, "acknowledged by %s",
                                 compare_local(c->compare, c->partner, said.due));
    said.found = "the acknowledgment is older than the change";
    said.limit = limit;
    said.has_amount = case_total(c, &said.amount);
    said.text = when == COMPARE_SOON ? "the change is not acknowledged yet"
                                     : "an old version of the order is acknowledged";
    compare_say(c->compare, &said);
    return true;
}

/* A line that was ordered, and what was answered. */
static void see_answered_line(struct order_case *c, const struct trace_line *line)
{
    struct decimal ordered, accepted, rejected = decimal_of_count(0), expected;
    struct bytes uom, other;

    if (!case_quantity(c, line, TRACE_ORDERED, TRACE_ORDERED, &ordered, &uom))
        return;
    if (line->at[TRACE_REJECTED].n > 0 &&
        (!case_quantity(c, line, TRACE_REJECTED, TRACE_ORDERED, &rejected, &other) ||
         !bytes_equal(uom, other)))
        return;
    if (decimal_sign(rejected) > 0) {
        struct said said = case_said(c, RULE_POA_REJ, c->answer);

        said.line = line->number;
        said.item = line->item;
        said.expected = compare_text(c->compare, "%s %.*s", compare_decimal(c->compare, ordered),
                                     BYTES_ARG(uom));
        said.found = compare_text(c->compare, "%s %.*s refused", compare_decimal(c->compare, rejected),
                                  BYTES_ARG(uom));
        said.difference = compare_decimal(c->compare, rejected);
        said.has_amount = case_amount(line, rejected, &said.amount);
        said.text = "the line was refused";
        compare_say(c->compare, &said);
    }
    if (line->at[TRACE_ACCEPTED].n == 0) {
        accepted = decimal_of_count(0);
        other = uom;
    } else if (!case_quantity(c, line, TRACE_ACCEPTED, TRACE_ORDERED, &accepted, &other)) {
        return;
    }
    if (!bytes_equal(uom, other)) {
        see_unit(c, line, uom, other);
        return;
    }
    if (!decimal_subtract(ordered, rejected, &expected))
        return;
    case_differs(c, RULE_POA_QTY, c->answer, line, expected, accepted, uom,
                 line->at[TRACE_BACKORDERED].n > 0 ? "a part is on back order"
                 : line->at[TRACE_ACCEPTED].n == 0 ? "the line was not answered"
                                                   : "another quantity was promised");
}

void case_answer(struct order_case *c)
{
    if (c->order == NULL || c->is_cancelled)
        return;
    if (c->answer == NULL) {
        see_missing_answer(c);
        return;
    }
    if (see_version(c))
        return;
    /* Without lines it speaks of all of them. */
    if (trace_first(c->answer->record.body, "lines") == NULL) {
        struct bytes code = trace_text(c->answer->record.body, "ack_type_code");

        if (bytes_are(code, "RJ") || bytes_are(code, "RD")) {
            struct said said = case_said(c, RULE_POA_REJ, c->answer);

            said.expected = "accepted";
            said.found = "refused";
            said.has_amount = case_total(c, &said.amount);
            said.text = "the order was refused";
            compare_say(c->compare, &said);
        }
        return;
    }
    for (size_t i = 0; i < c->trace.n_lines; i++)
        if (c->trace.lines[i].ordered)
            see_answered_line(c, &c->trace.lines[i]);
    for (const struct canon_object *at = trace_first(c->answer->record.body, "lines"); at != NULL;
         at = at->next) {
        const struct trace_line *line = trace_find_line(&c->trace, c->answer, at, true);

        if (line == NULL || !line->ordered)
            continue;
        see_price(c, line, at);
        see_date(c, line, at);
    }
}
