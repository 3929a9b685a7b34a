/*
 * A month of orders with all their documents, as canonical records, and disagreements planted among them.
 *
 *     month ORDERS SEED [PLANTED]
 *
 * prints a line a document: the time it is posted, a tab, the record.  Sorted by time they are what a ledger
 * is given.  With PLANTED, which scenario is on which order is drawn by SEED, each of the table below
 * twice, and what reconcile is to find goes to the file PLANTED: a line a finding, "CODE ORDER" (or CODE and
 * what stands for the order).  Without it every order is clean, and has five documents.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/zone.h"

enum { DAY = 86400, PARTNERS = 12, WORKDAYS = 20 /* of the month */, FIRST_YEAR = 2025 };

/* Everything that can be otherwise of an order; quantities in pieces of line 1, prices in cents. */
struct plan {
    unsigned number;
    char po[16];
    const char *partner;
    int64_t at;                   /* posted */
    int quantity, price;          /* ordered */
    int answered, refused, later; /* 0: as ordered */
    int answered_price;
    int answered_days; /* later than asked */
    bool no_answer, answered_uom, changed, change_answered, header_refused;
    int asked, picked, told, billed; /* 0: as the stage before */
    int billed_price;
    int total_off; /* cents */
    bool no_asked, no_picked, no_told, no_bill, split;
    bool picked_twice, substituted, other_carton;
    int ship_days;    /* later than asked */
    int told_minutes; /* after it was picked */
    int billed_days;  /* after it was shipped */
    int charge, net_days;
    bool bill_number_again, bill_again;
    int paid_less; /* cents; with pays */
    bool pays, again, asked_again;
    bool refused_bill, taken_after_all; /* by an application advice, and by another one after it */
    /* In our own system's view: otherwise by so many lines, pieces, cents; or twice, or released. */
    bool there, there_twice, released;
    int there_lines, there_quantity, there_cents;
    bool packs; /* ordered in cases of ten */
    bool expects, received, damaged;
    int received_quantity;
};

static uint64_t state;

static unsigned drawn(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

/* --- records */

static void begin(int64_t at, const char *kind, const char *partner, const char *direction,
                  const struct plan *plan, unsigned which)
{
    char text[MOMENT_TEXT + 1];

    (void)moment_print(at, text);
    printf("%s\t{\"canon\":1,\"kind\":\"%s\",\"id\":\"%08x%08x%016" PRIx64
           "\",\"partner\":\"%s\",\"direction\":\"%s\","
           "\"source\":{\"format\":\"x12\",\"created\":\"%.19s\",\"test\":false,\"map\":\"x12\"},",
           text, kind, plan->number, which, (uint64_t)plan->number * 2654435761u + which, partner, direction,
           text);
}

static const char *date_of(int64_t at, int days)
{
    static char rooms[8][DATE_TEXT + 1];
    static unsigned next;
    char *room = rooms[next++ % 8];

    date_print_iso(date_of_days((int32_t)(at / DAY) + days), room);
    room[DATE_TEXT] = '\0';
    return room;
}

static const char *money(int cents)
{
    static char rooms[8][24];
    static unsigned next;
    char *room = rooms[next++ % 8];

    (void)snprintf(room, sizeof(rooms[0]), "%d.%02d", cents / 100, cents % 100);
    return room;
}

/* Working days behind a day. */
static int working(int64_t at, int days)
{
    int32_t day = (int32_t)(at / DAY), then = day;

    while (days > 0) {
        then++;
        days -= (then + 4) % 7 != 0 && (then + 4) % 7 != 6;
    }
    return then - day;
}

enum { EXTRA = 24 /* pieces of line 2, which is always as it should be */, EXTRA_PRICE = 350 };

static void order_lines(const struct plan *plan)
{
    if (plan->packs)
        printf("\"lines\":[{\"line_number\":\"1\",\"quantity\":\"%d\",\"uom\":\"CA\",\"unit_price\":\"%s\","
               "\"pack_quantity\":\"10\",\"buyer_item_id\":\"A-%u\"},",
               plan->quantity / 10, money(plan->price * 10), plan->number % 500);
    else
        printf("\"lines\":[{\"line_number\":\"1\",\"quantity\":\"%d\",\"uom\":\"EA\",\"unit_price\":\"%s\","
               "\"buyer_item_id\":\"A-%u\"},",
               plan->quantity, money(plan->price), plan->number % 500);
    printf("{\"line_number\":\"2\",\"quantity\":\"%d\",\"uom\":\"EA\",\"unit_price\":\"%s\","
           "\"buyer_item_id\":\"B-%u\"}],"
           "\"line_count\":2}\n",
           EXTRA, money(EXTRA_PRICE), plan->number % 300);
}

static void put_order(const struct plan *plan, int64_t at, unsigned which)
{
    int ship = working(plan->at, 2);

    begin(at, "order", plan->partner, "in", plan, which);
    printf("\"order_number\":\"%s\",\"purpose_code\":\"original\",\"order_type_code\":\"SA\","
           "\"order_date\":\"%s\","
           "\"currency\":\"USD\",\"requested_ship_date\":\"%s\",\"do_not_ship_before_date\":\"%s\","
           "\"cancel_after_date\":\"%s\",\"vendor_number\":\"%u\",\"terms\":[{\"type_code\":\"01\","
           "\"net_days\":30}],",
           plan->po, date_of(plan->at, 0), date_of(plan->at, ship), date_of(plan->at, working(plan->at, 1)),
           date_of(plan->at, working(plan->at, 5)), which);
    order_lines(plan);
}

static void put_answer(const struct plan *plan, int64_t at, bool of_change, int quantity)
{
    int price = plan->answered_price > 0 ? plan->answered_price : plan->price;
    int answered = plan->answered > 0 ? plan->answered : quantity - plan->refused - plan->later;
    const char *code = "", *uom = plan->answered_uom ? "CA" : "EA";

    begin(at, "order_ack", plan->partner, "out", plan, of_change ? 3 : 2);
    printf("\"order_number\":\"%s\",\"ack_type_code\":\"%s\",\"order_date\":\"%s\",\"ack_date\":\"%s\",",
           plan->po, plan->header_refused ? "RJ" : "AD", date_of(plan->at, 0), date_of(at, 0));
    if (of_change)
        printf("\"change_sequence\":\"1\",");
    if (plan->header_refused) {
        printf("\"line_count\":0}\n");
        return;
    }
    printf("\"lines\":[{\"line_number\":\"1\",\"quantity\":\"%d\",\"uom\":\"%s\",\"unit_price\":\"%s\","
           "\"acks\":[",
           quantity, uom, money(price));
    if (answered > 0 || plan->refused + plan->later == 0) {
        printf("{\"line_status_code\":\"IA\",\"ack_quantity\":\"%d\",\"ack_uom\":\"%s\","
               "\"ack_date_type_code\":\"068\","
               "\"ack_date\":\"%s\"}",
               answered, uom, date_of(plan->at, working(plan->at, 2) + plan->answered_days));
        code = ",";
    }
    if (plan->refused > 0)
        printf("%s{\"line_status_code\":\"IR\",\"ack_quantity\":\"%d\",\"ack_uom\":\"EA\"}", code,
               plan->refused);
    if (plan->later > 0)
        printf("%s{\"line_status_code\":\"IB\",\"ack_quantity\":\"%d\",\"ack_uom\":\"EA\"}", code,
               plan->later);
    printf("],\"buyer_item_id\":\"A-%u\"},{\"line_number\":\"2\",\"quantity\":\"%d\",\"uom\":\"EA\","
           "\"unit_price\":\"%s\","
           "\"acks\":[{\"line_status_code\":\"IA\",\"ack_quantity\":\"%d\",\"ack_uom\":\"EA\"}],"
           "\"buyer_item_id\":\"B-%u\"}],\"line_count\":2}\n",
           plan->number % 500, EXTRA, money(EXTRA_PRICE), EXTRA, plan->number % 300);
}

static void put_change(const struct plan *plan, int64_t at, int quantity)
{
    begin(at, "order_change", plan->partner, "in", plan, 4);
    printf(
        "\"order_number\":\"%s\",\"change_sequence\":\"1\",\"purpose_code\":\"change\",\"order_date\":\"%s\","
        "\"change_date\":\"%s\",\"lines\":[{\"line_number\":\"1\",\"change_code\":\"QD\",\"quantity\":\"%d\","
        "\"uom\":\"EA\",\"unit_price\":\"%s\",\"buyer_item_id\":\"A-%u\"}],\"line_count\":1}\n",
        plan->po, date_of(plan->at, 0), date_of(at, 0), quantity, money(plan->price), plan->number % 500);
}

static void put_asked(const struct plan *plan, int64_t at, int quantity)
{
    begin(at, "shipment_order", "whse", "out", plan, 5);
    printf(
        "\"depositor_order_number\":\"D%s\",\"order_number\":\"%s\",\"status_code\":\"original\","
        "\"requested_ship_date\":\"%s\",\"lines\":[{\"line_number\":\"1\",\"quantity\":\"%d\",\"uom\":\"EA\","
        "\"order_line_number\":\"1\",\"buyer_item_id\":\"A-%u\"},{\"line_number\":\"2\",\"quantity\":\"%d\","
        "\"uom\":\"EA\",\"order_line_number\":\"2\",\"buyer_item_id\":\"B-%u\"}]}\n",
        plan->po, plan->po, date_of(plan->at, working(plan->at, 2)), quantity, plan->number % 500, EXTRA,
        plan->number % 300);
}

static void put_picked(const struct plan *plan, int64_t at, int quantity, bool extra, unsigned which)
{
    char minutes[MOMENT_TEXT + 1];

    (void)moment_print(at - 600, minutes);
    begin(at, "shipment", "whse", "in", plan, which);
    printf("\"shipment_id\":\"W%s-%u\",\"depositor_order_number\":\"D%s\",\"order_number\":\"%s\","
           "\"ship_date\":\"%.10s\","
           "\"ship_time\":\"%.5s\",\"packages\":[{\"package_id\":\"1\",\"sscc\":\"0095%010u%04u00\"}],"
           "\"lines\":[",
           plan->po, which, plan->po, plan->po, minutes, minutes + 11, plan->number, plan->split ? which : 0);
    printf("{\"line_number\":\"1\",\"order_line_number\":\"1\",\"shipped_quantity\":\"%d\",\"uom\":\"EA\","
           "\"buyer_item_id\":\"A-%u\"}",
           quantity, plan->number % 500);
    if (extra)
        printf(
            ",{\"line_number\":\"2\",\"order_line_number\":\"2\",\"shipped_quantity\":\"%d\",\"uom\":\"EA\","
            "\"buyer_item_id\":\"B-%u\"}",
            EXTRA, plan->number % 300);
    if (plan->substituted)
        printf(
            ",{\"line_number\":\"9\",\"shipped_quantity\":\"5\",\"uom\":\"EA\",\"buyer_item_id\":\"Z-1\"}");
    printf("]}\n");
}

static void put_told(const struct plan *plan, int64_t at, int64_t picked, int quantity, bool extra,
                     unsigned which)
{
    char minutes[MOMENT_TEXT + 1];

    (void)moment_print(picked - 600, minutes);
    begin(at, "shipment", plan->partner, "out", plan, which);
    printf("\"shipment_id\":\"S%s-%u\",\"purpose_code\":\"original\",\"ship_date\":\"%.10s\","
           "\"ship_time\":\"%.5s\","
           "\"orders\":[{\"level_id\":\"2\",\"order_number\":\"%s\"}],"
           "\"packages\":[{\"package_id\":\"1\",\"order_number\":\"%s\",\"sscc\":\"0095%010u%04u%02u\"}],"
           "\"lines\":[",
           plan->po, which, minutes, minutes + 11, plan->po, plan->po, plan->number,
           plan->split ? which - 4 : 0, plan->other_carton ? 7u : 0u);
    printf("{\"line_number\":\"1\",\"order_number\":\"%s\",\"order_line_number\":\"1\","
           "\"shipped_quantity\":\"%d\","
           "\"uom\":\"EA\",\"buyer_item_id\":\"A-%u\"}",
           plan->po, quantity, plan->number % 500);
    if (extra)
        printf(",{\"line_number\":\"2\",\"order_number\":\"%s\",\"order_line_number\":\"2\","
               "\"shipped_quantity\":\"%d\","
               "\"uom\":\"EA\",\"buyer_item_id\":\"B-%u\"}",
               plan->po, EXTRA, plan->number % 300);
    if (plan->substituted)
        printf(",{\"line_number\":\"9\",\"order_number\":\"%s\",\"shipped_quantity\":\"5\",\"uom\":\"EA\","
               "\"buyer_item_id\":\"Z-1\"}",
               plan->po);
    printf("]}\n");
}

static void put_bill(const struct plan *plan, int64_t at, int quantity, bool extra, unsigned which,
                     const char *suffix)
{
    int price = plan->billed_price > 0 ? plan->billed_price : plan->price;
    int total = quantity * price + (extra ? EXTRA * EXTRA_PRICE : 0) + plan->charge + plan->total_off;

    begin(at, "invoice", plan->partner, "out", plan, which);
    printf(
        "\"invoice_number\":\"I%s%s\",\"invoice_date\":\"%s\",\"order_number\":\"%s\",\"currency\":\"USD\",",
        plan->po, suffix, date_of(at, 0), plan->po);
    if (plan->net_days > 0)
        printf("\"terms\":[{\"type_code\":\"01\",\"net_days\":%d}],", plan->net_days);
    if (plan->charge > 0)
        printf("\"adjustments\":[{\"indicator\":\"charge\",\"code\":\"D240\",\"amount\":\"%s\"}],",
               money(plan->charge));
    printf(
        "\"lines\":[{\"line_number\":\"1\",\"invoiced_quantity\":\"%d\",\"uom\":\"EA\",\"unit_price\":\"%s\","
        "\"buyer_item_id\":\"A-%u\"}",
        quantity, money(price), plan->number % 500);
    if (extra)
        printf(",{\"line_number\":\"2\",\"invoiced_quantity\":\"%d\",\"uom\":\"EA\",\"unit_price\":\"%s\","
               "\"buyer_item_id\":\"B-%u\"}",
               EXTRA, money(EXTRA_PRICE), plan->number % 300);
    printf("],\"total_amount\":\"%s\"}\n", money(total));
    if (plan->pays && which == 8) {
        begin(at + DAY, "payment", plan->partner, "in", plan, 12);
        printf("\"payment_id\":\"Y%s\",\"handling_code\":\"I\",\"amount\":\"%s\",\"payment_date\":\"%s\","
               "\"lines\":["
               "{\"document_type_code\":\"IV\",\"document_number\":\"I%s%s\",\"paid_amount\":\"%s\"}]}\n",
               plan->po, money(total - plan->paid_less), date_of(at + DAY, 0), plan->po, suffix,
               money(total - plan->paid_less));
    }
}

static void put_arrival(const struct plan *plan)
{
    int quantity = plan->received_quantity > 0 ? plan->received_quantity : 50;

    begin(plan->at, "shipment_order", "whse", "out", plan, 13);
    printf("\"depositor_order_number\":\"T%s\",\"shipment_id\":\"N%s\",\"direction_code\":\"in\","
           "\"expected_date\":\"%s\","
           "\"lines\":[{\"line_number\":\"1\",\"quantity\":\"50\",\"uom\":\"EA\","
           "\"seller_item_id\":\"R-1\"}]}\n",
           plan->po, plan->po, date_of(plan->at, working(plan->at, 2)));
    if (!plan->received)
        return;
    begin(plan->at + 2 * DAY, "receipt", "whse", "in", plan, 14);
    printf("\"receipt_id\":\"R%s\",\"receipt_date\":\"%s\",\"depositor_order_number\":\"T%s\","
           "\"shipment_id\":\"N%s\","
           "\"lines\":[{\"line_number\":\"1\",\"received_quantity\":\"%d\",\"uom\":\"EA\","
           "\"seller_item_id\":\"R-1\"",
           plan->po, date_of(plan->at + 2 * DAY, 0), plan->po, plan->po, quantity);
    if (plan->damaged)
        printf(",\"exceptions\":[{\"quantity\":\"2\",\"uom\":\"EA\",\"condition_code\":\"01\"}]");
    printf("}]}\n");
}

/* What the customer's application says of the invoice. */
static void put_advice(const struct plan *plan, int64_t at, const char *status, unsigned which)
{
    begin(at, "application_advice", plan->partner, "in", plan, which);
    printf("\"advice_id\":\"V%s-%u\",\"purpose_code\":\"original\",\"advice_date\":\"%s\",\"advices\":["
           "{\"status_code\":\"%s\",\"document_number_type_code\":\"IV\",\"document_number\":\"I%s\"}]}\n",
           plan->po, which, date_of(at, 0), status, plan->po);
}

/* --- our own system's view of some orders: one record, at the end */

enum { MAX_VIEWED = 1000 };

static struct plan viewed[MAX_VIEWED];
static unsigned n_viewed;

static void put_viewed(const struct plan *plan, unsigned which, const char *comma)
{
    printf("%s{\"order_number\":\"%s\",\"erp_order_number\":\"S%s-%u\",\"status_code\":\"%s\","
           "\"line_count\":%d,\"total_quantity\":\"%d\",\"total_amount\":\"%s\"}",
           comma, plan->po, plan->po, which, plan->released ? "released" : "open", 2 + plan->there_lines,
           plan->quantity + EXTRA + plan->there_quantity,
           money(plan->quantity * plan->price + EXTRA * EXTRA_PRICE + plan->there_cents));
}

static void put_view(void)
{
    const struct plan none = {.number = 0};
    unsigned n = 0;

    begin((int64_t)date_days((struct date){FIRST_YEAR, 12, 31}) * DAY + 2 * 3600, "snapshot", "", "in", &none,
          1);
    printf("\"system_id\":\"erp\",\"snapshot_type_code\":\"orders\",\"snapshot_at\":\"%d-12-31T02:00:00Z\","
           "\"is_full_snapshot\":false,\"orders\":[",
           FIRST_YEAR);
    for (unsigned i = 0; i < n_viewed; i++)
        for (unsigned which = 0; which < (viewed[i].there_twice ? 2u : 1u); which++)
            put_viewed(&viewed[i], which, n++ == 0 ? "" : ",");
    printf("],\"order_count\":%u}\n", n);
}

/* A half of the pieces, then the rest. */
static void put_parts(const struct plan *plan, int64_t shipped, int picked, int told, int billed)
{
    for (unsigned i = 0; i < 2; i++) {
        int64_t at = shipped + (i == 0 ? 0 : 3600);
        int part = i == 0 ? picked / 2 : picked - picked / 2;

        put_picked(plan, at, part, i == 1, 6 + i);
        put_told(plan, at + 1800, at, i == 0 ? told / 2 : told - told / 2, i == 1, 10 + i);
        put_bill(plan, at + DAY, i == 0 ? billed / 2 : billed - billed / 2, i == 1, i == 0 ? 8 : 9,
                 i == 0 ? "-1" : "-2");
    }
}

static void put_case(const struct plan *plan, bool with_asked)
{
    int now = plan->changed ? plan->quantity + 20 : plan->quantity;
    int asked = plan->asked > 0 ? plan->asked : now, picked = plan->picked > 0 ? plan->picked : asked;
    int told = plan->told > 0 ? plan->told : picked, billed = plan->billed > 0 ? plan->billed : told;
    int64_t ship_day = plan->at / DAY * DAY + (int64_t)working(plan->at, 2 + plan->ship_days) * DAY;
    int64_t shipped = ship_day + 15 * 3600 + plan->at % 3600;
    int64_t notice = shipped + (plan->told_minutes > 0 ? plan->told_minutes : 30) * 60;
    int64_t bill = plan->billed_days != 0 ? shipped / DAY * DAY + (int64_t)plan->billed_days * DAY + 9 * 3600
                                          : shipped + 3600;

    if (plan->expects) {
        put_arrival(plan);
        return;
    }
    put_order(plan, plan->at, 1);
    if (plan->again)
        put_order(plan, plan->at + 60, 15);
    if (!plan->no_answer)
        put_answer(plan, plan->at + 7200, false, plan->quantity);
    if (plan->changed)
        put_change(plan, plan->at + 4 * 3600, now);
    if (plan->change_answered)
        put_answer(plan, plan->at + 5 * 3600, true, now);
    if (with_asked && !plan->no_asked)
        put_asked(plan, plan->at + (plan->asked_again ? 3 * 3600 : 6 * 3600), asked);
    if (plan->no_picked)
        return;
    if (plan->split) {
        put_parts(plan, shipped, picked, told, billed);
        return;
    }
    put_picked(plan, shipped, picked, true, 6);
    if (plan->picked_twice)
        put_picked(plan, shipped + 60, picked, true, 7);
    if (!plan->no_told)
        put_told(plan, notice, shipped, told, true, 10);
    if (!plan->no_bill)
        put_bill(plan, bill, billed, true, 8, "");
    if (plan->refused_bill)
        put_advice(plan, bill + DAY, "TR", 16);
    if (plan->taken_after_all)
        put_advice(plan, bill + 2 * DAY, "TA", 17);
    if (plan->bill_number_again)
        put_bill(plan, bill + DAY, billed, true, 9, "");
    if (plan->bill_again)
        put_bill(plan, bill, billed, true, 9, "X");
}

/* --- scenarios.  Limits are those of bench/month.yaml: near each is one that is within it. */

static const struct scenario {
    const char *codes; /* what is to be found, with blanks between; "": nothing */
    struct plan plan;  /* what is otherwise */
} scenarios[] = {
    {"PO-NOTPOST", {.number = 1}}, /* told by its name: whoever makes deliveries leaves it out */
    {"PO-DUP", {.again = true}},
    {"PO-DUP", {.there = true, .there_twice = true}},
    {"", {.there = true}},
    {"PO-LINEDIFF", {.there = true, .there_lines = 1}},
    {"PO-LINEDIFF", {.there = true, .there_quantity = -1}},
    {"PO-LINEDIFF", {.there = true, .there_cents = 110}},
    {"", {.there = true, .there_cents = 108}},
    {"WH-NOTSENT PO-STALE", {.there = true, .released = true, .no_asked = true, .no_picked = true}},
    {"WH-NOTSENT WH-UNCONF PO-STALE", {.no_picked = true}}, /* likewise left out */
    {"POA-MISS", {.no_answer = true}},
    {"POA-REJ PO-STALE", {.refused = 100, .no_picked = true, .no_asked = true}},
    {"POA-REJ", {.header_refused = true, .no_picked = true, .no_asked = true}},
    {"POA-QTY", {.answered = 97}},
    {"", {.answered = 98}},
    {"POA-QTY", {.later = 3}},
    {"POA-PRICE", {.answered_price = 1006}},
    {"", {.answered_price = 1005}},
    {"", {.answered_price = 995}},
    {"POA-PRICE", {.answered_price = 994}},
    {"POA-DATE", {.answered_days = 2}},
    {"", {.answered_days = 1}},
    {"POA-UOM", {.answered_uom = true}},
    {"POA-VER", {.changed = true}},
    {"", {.changed = true, .change_answered = true}},
    {"WH-STALE POA-VER PO-STALE WH-UNCONF",
     {.changed = true, .asked_again = true, .asked = 100, .no_picked = true}},
    {"WH-UNCONF PO-STALE", {.no_picked = true}},
    {"WH-SHORT QTY-SHORT", {.picked = 97}},
    {"", {.picked = 98}},
    {"WH-OVER QTY-OVER", {.picked = 103}},
    {"", {.picked = 102}},
    {"WH-SUBST INV-MISS", {.substituted = true}},
    {"WH-DUPCONF ASN-QTY ASN-QTY", {.picked_twice = true}},
    {"ASN-MISS", {.no_told = true}},
    {"ASN-QTY", {.told = 98}},
    {"", {.told = 99}},
    {"ASN-QTY", {.told = 102, .billed = 102}},
    {"ASN-SSCC", {.other_carton = true}},
    {"ASN-LATE", {.told_minutes = 61}},
    {"", {.told_minutes = 60}},
    {"SHIP-LATE", {.ship_days = 1}},
    {"SHIP-LATE", {.ship_days = 3}},
    {"SHIP-CXL", {.ship_days = 4}},
    {"SHIP-EARLY", {.ship_days = -2}},
    {"", {.ship_days = -1}},
    {"INV-BEFORE", {.billed_days = -1}},
    {"", {.billed_days = 3}},
    {"INV-MISS", {.no_bill = true}},
    {"INV-OVER", {.billed = 102}},
    {"", {.billed = 101}},
    {"INV-MISS", {.billed = 99}},
    {"INV-PRICE", {.billed_price = 1006}},
    {"", {.billed_price = 1005}},
    {"INV-SAC", {.charge = 2000}},
    {"INV-TERMS", {.net_days = 20}},
    {"", {.net_days = 30}},
    {"INV-SUM", {.total_off = 110}},
    {"", {.total_off = 100}},
    {"INV-DUP", {.bill_number_again = true}},
    {"INV-LIKELYDUP INV-OVER INV-OVER", {.bill_again = true}},
    {"INV-824", {.pays = true, .paid_less = 110}},
    {"", {.pays = true, .paid_less = 100}},
    {"", {.pays = true}},
    {"INV-824", {.refused_bill = true}},
    {"", {.refused_bill = true, .taken_after_all = true}},
    {"", {.split = true}},
    {"", {.packs = true}},
    {"WH-SHORT QTY-SHORT", {.split = true, .picked = 97}},
    {"WH-SHORT QTY-SHORT", {.packs = true, .picked = 97}},
    {"RCV-MISS", {.expects = true}},
    {"", {.expects = true, .received = true}},
    {"RCV-QTY", {.expects = true, .received = true, .received_quantity = 48}},
    {"", {.expects = true, .received = true, .received_quantity = 49}},
    {"RCV-DMG", {.expects = true, .received = true, .damaged = true}},
};
enum { SCENARIOS = sizeof(scenarios) / sizeof(scenarios[0]), TIMES = 2 };

static void put_expected(FILE *to, const char *codes, const char *po)
{
    char word[32];
    int used;

    while (sscanf(codes, "%31s%n", word, &used) == 1) {
        fprintf(to, "%s %s\n", word, po);
        codes += used;
    }
}

int main(int argc, char **argv)
{
    static const char *const partners[PARTNERS] = {"north", "south", "east",  "west",  "upper", "lower",
                                                   "inner", "outer", "first", "third", "fifth", "ninth"};
    unsigned orders = argc > 2 ? (unsigned)strtoul(argv[1], NULL, 10) : 0, every = 0, next = 0;
    FILE *planted = NULL;

    if (orders == 0) {
        fprintf(stderr, "usage: month ORDERS SEED [PLANTED]\n");
        return 2;
    }
    state = strtoull(argv[2], NULL, 10) * 2 + 1;
    if (argc > 3) {
        if (orders < SCENARIOS * TIMES || (planted = fopen(argv[3], "w")) == NULL) {
            fprintf(stderr, "month: at least %d orders, and a file that can be written\n", SCENARIOS * TIMES);
            return 2;
        }
        every = orders / (SCENARIOS * TIMES);
    }
    for (unsigned i = 0; i < orders; i++) {
        const struct scenario *scenario = NULL;
        int32_t day = date_days((struct date){FIRST_YEAR, 10, 6}) +
                      (int32_t)((uint64_t)i * WORKDAYS / orders) % 5 +
                      (int32_t)((uint64_t)i * WORKDAYS / orders) / 5 * 7;
        struct plan plan = {.number = 0};

        /* One among so many, in its turn; which of them is drawn. */
        if (planted != NULL && i % every == 0)
            next = i + drawn(every);
        if (planted != NULL && i == next && i / every < SCENARIOS * TIMES) {
            scenario = &scenarios[i / every % SCENARIOS];
            plan = scenario->plan;
        }
        plan.number = i + 1;
        plan.partner = partners[drawn(PARTNERS)];
        plan.at = (int64_t)day * DAY + 9 * 3600 + drawn(5 * 3600);
        plan.quantity = 100;
        plan.price = 1000;
        (void)snprintf(plan.po, sizeof(plan.po), "P%08u", plan.number);
        if (scenario == NULL && planted != NULL && drawn(10) == 0)
            plan.split = true;
        put_case(&plan, planted != NULL);
        if (plan.there && n_viewed < MAX_VIEWED)
            viewed[n_viewed++] = plan;
        if (scenario != NULL)
            put_expected(planted, scenario->codes, plan.po);
    }
    if (planted != NULL)
        put_view();
    return ferror(stdout) != 0 || fflush(stdout) != 0 || (planted != NULL && fclose(planted) != 0) ? 3 : 0;
}
