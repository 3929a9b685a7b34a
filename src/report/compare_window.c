/* R11: was it shipped when it was to be, and was the buyer told in time? */
#include "report/compare_case.h"

static void see_day(struct order_case *c, enum rule rule, const struct trace_document *shipment,
                    struct bytes want, struct bytes got, const char *field, const char *text)
{
    struct said said = case_said(c, rule, shipment);
    struct date a, b;

    said.expected = compare_text(c->compare, "%s %.*s", field, BYTES_ARG(want));
    said.found = compare_text(c->compare, "shipped %.*s", BYTES_ARG(got));
    if (date_parse_iso(want, &a) && date_parse_iso(got, &b))
        said.difference = compare_text(c->compare, "%d days", date_days(b) - date_days(a));
    said.has_amount = case_total(c, &said.amount);
    said.text = text;
    compare_say(c->compare, &said);
}

static void see_window(struct order_case *c, const struct trace_document *shipment)
{
    const struct canon_object *order = c->order->record.body;
    struct bytes shipped = trace_text(shipment->record.body, "ship_date"),
                 first = trace_text(order, "do_not_ship_before_date"),
                 last = trace_text(order, "do_not_ship_after_date"),
                 cancel = trace_text(order, "cancel_after_date");

    if (last.at == NULL)
        last = trace_text(order, "requested_ship_date");
    if (shipped.at == NULL)
        return;
    if (first.at != NULL && bytes_compare(shipped, first) < 0)
        see_day(c, RULE_SHIP_EARLY, shipment, first, shipped, "not before", "it was shipped too early");
    if (cancel.at != NULL && bytes_compare(shipped, cancel) > 0)
        see_day(c, RULE_SHIP_CXL, shipment, cancel, shipped, "cancelled after",
                "it was shipped after the order was to be cancelled");
    else if (last.at != NULL && bytes_compare(shipped, last) > 0)
        see_day(c, RULE_SHIP_LATE, shipment, last, shipped, "by", "it was shipped too late");
}

/* When the goods arrived, as far as anybody says; false: nobody does. */
static bool arrived(const struct order_case *c, int64_t *out)
{
    for (const struct trace_document *at = case_next(c, NULL, "receipt", false); at != NULL;
         at = case_next(c, at, "receipt", false))
        if (!at->is_posted_time && at->when.len > DATE_TEXT &&
            compare_moment(c->compare, c->partner, at->when, out))
            return true;
    return false;
}

/* The last of the warehouse's confirmations that were there when the notice was made; else the first. */
static const struct trace_document *confirmed_before(const struct order_case *c,
                                                     const struct trace_document *notice)
{
    const struct trace_document *confirmed = NULL;

    for (const struct trace_document *at = case_next(c, NULL, "shipment", true); at != NULL;
         at = case_next(c, at, "shipment", true))
        if (confirmed == NULL || (at->ordinal < notice->ordinal && at->ordinal > confirmed->ordinal))
            confirmed = at;
    return confirmed;
}

/* A notice is late against the warehouse's confirmation, where there is one, else against its own date. */
static void see_late(struct order_case *c, const struct trace_document *notice)
{
    const struct limit_value *limit = compare_limit(c->compare, c->partner, RULE_ASN_LATE, BYTES("shipment"),
                                                    (struct bytes){NULL, 0});
    const struct trace_document *confirmed = confirmed_before(c, notice);
    struct said said = case_said(c, RULE_ASN_LATE, notice);
    int64_t made = case_posted(notice), left, there;

    if (limit->none)
        return;
    if (confirmed != NULL)
        left = case_posted(confirmed);
    else if (!case_shipped(c, notice, true, &left))
        return;
    said.due = compare_after(c->compare, c->partner, left, limit);
    if (arrived(c, &there) && there < said.due)
        said.due = there;
    if (made <= said.due)
        return;
    said.expected = compare_text(c->compare, "by %s", compare_local(c->compare, c->partner, said.due));
    said.found = compare_local(c->compare, c->partner, made);
    said.difference = compare_text(c->compare, "%lld minutes", (long long)(made - said.due) / 60);
    said.limit = limit;
    said.text = "the notice was late";
    compare_say(c->compare, &said);
}

void case_window(struct order_case *c)
{
    if (c->order == NULL || c->is_cancelled)
        return;
    for (const struct trace_document *at = case_next(c, NULL, "shipment", c->shipped == TRACE_PICKED);
         at != NULL; at = case_next(c, at, "shipment", c->shipped == TRACE_PICKED))
        see_window(c, at);
    for (const struct trace_document *at = case_next(c, NULL, "shipment", false); at != NULL;
         at = case_next(c, at, "shipment", false))
        see_late(c, at);
}
