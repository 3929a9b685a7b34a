/* journey: what belongs to an order is the same whatever came first, and is that order's alone. */
#include "canon_fixture.h"

#include <unistd.h>

#include "canon/read.h"
#include "ledger/document.h"
#include "ledger/journey.h"

/* Acme's orders O1 and O2, of which a warehouse ships the first; one notice for both, each with a parcel of
 * its own; what carriers say of the trailer and of the second parcel; an invoice for O2 and a credit that
 * names the invoice alone.  Zenith has an order O1, too. */
enum { ORDER, TO_WAREHOUSE, FROM_WAREHOUSE, TRAILER, NOTICE, PARCEL, INVOICE, CREDIT, NAMESAKE, N_DOCUMENTS };

static const char *const lines[N_DOCUMENTS] = {
    [ORDER] = "\"kind\":\"order\",\"partner\":\"acme\",\"direction\":\"in\",\"order_number\":\"O1\","
              "\"erp_order_number\":\"E1\"",
    [TO_WAREHOUSE] = "\"kind\":\"shipment_order\",\"partner\":\"polar\",\"direction\":\"out\","
                     "\"depositor_order_number\":\"D1\",\"order_number\":\"O1\",\"erp_order_number\":\"E1\"",
    [FROM_WAREHOUSE] = "\"kind\":\"shipment\",\"partner\":\"polar\",\"direction\":\"in\","
                       "\"shipment_id\":\"W1\",\"depositor_order_number\":\"D1\",\"pro_number\":\"P1\"",
    [TRAILER] = "\"kind\":\"status_event\",\"partner\":\"northern\",\"direction\":\"in\","
                "\"event_id\":\"1\",\"carrier_reference\":\"P1\",\"shipment_id\":\"unheard of\"",
    [NOTICE] = "\"kind\":\"shipment\",\"partner\":\"acme\",\"direction\":\"out\",\"shipment_id\":\"S1\","
               "\"orders\":[{\"level_id\":\"2\",\"order_number\":\"O1\"},"
               "{\"level_id\":\"3\",\"order_number\":\"O2\"}],\"packages\":["
               "{\"package_id\":\"4\",\"parent_level_id\":\"2\",\"tracking_number\":\"T1\"},"
               "{\"package_id\":\"5\",\"parent_level_id\":\"3\",\"tracking_number\":\"T2\","
               "\"sscc\":\"000952000000000000\"}]",
    [PARCEL] = "\"kind\":\"status_event\",\"partner\":\"northern\",\"direction\":\"in\","
               "\"event_id\":\"2\",\"carrier_reference\":\"T2\"",
    [INVOICE] = "\"kind\":\"invoice\",\"partner\":\"acme\",\"direction\":\"out\","
                "\"invoice_number\":\"I2\",\"order_number\":\"O2\",\"shipment_id\":\"S1\"",
    [CREDIT] = "\"kind\":\"invoice\",\"partner\":\"acme\",\"direction\":\"out\","
               "\"invoice_number\":\"C2\",\"original_invoice_number\":\"I2\"",
    [NAMESAKE] = "\"kind\":\"order\",\"partner\":\"zenith\",\"direction\":\"in\",\"order_number\":\"O1\"",
};

#define BIT(document) (1u << (document))

static const struct {
    const char *partner, *number;
    unsigned has;
} orders[] = {
    {"acme", "O1", BIT(ORDER) | BIT(TO_WAREHOUSE) | BIT(FROM_WAREHOUSE) | BIT(TRAILER) | BIT(NOTICE)},
    {"acme", "O2", BIT(NOTICE) | BIT(PARCEL) | BIT(INVOICE) | BIT(CREDIT)},
    {"zenith", "O1", BIT(NAMESAKE)},
};
enum { N_ORDERS = sizeof(orders) / sizeof(orders[0]) };

static struct report the_report;
static struct ledger *the_ledger;
static int64_t ordinals[N_DOCUMENTS]; /* 0: not there */

static void print(void *to, const char *at, size_t len)
{
    (void)to;
    print_error("%.*s", (int)len, at);
}

static int open_ledger(void **state)
{
    char path[] = "journey-XXXXXX";

    if (open_schema(state) != 0 || mkdtemp(path) == NULL || chdir(path) != 0)
        return -1;
    report_init(&the_report, "journey");
    the_report.write = print;
    the_ledger = ledger_open("test.ledger", LEDGER_CREATE, &the_report);
    return the_ledger != NULL ? 0 : -1;
}

/* What a test that failed left open. */
static int begin_journeys(void **state)
{
    ledger_rollback(the_ledger);
    memset(ordinals, 0, sizeof(ordinals));
    return begin_test(state);
}

static int close_ledger(void **state)
{
    char here[4096], *name = getcwd(here, sizeof(here));

    ledger_close(the_ledger);
    report_release(&the_report);
    unlink("test.ledger");
    unlink("test.ledger-wal");
    unlink("test.ledger-shm");
    unlink("test.ledger-lock");
    if (name == NULL || chdir("..") != 0 || rmdir(name) != 0)
        return -1;
    return close_schema(state);
}

static void add_line(const char *body, unsigned n, int64_t *ordinal)
{
    static const struct partner_duplicates policy = {.document = DUPLICATE_ACCEPT};
    struct canon_record record;
    struct canon_read_error error;
    char *line = arena_format(&the_arena, "{\"canon\":1,\"id\":\"%032x\",%s}", n, body);

    assert_true(canon_read(&record, the_schema, bytes_of(line), &the_arena, &error));
    document_add(the_ledger, &(struct document_context){.run = 1, .policy = &policy, .arena = &the_arena},
                 &record, bytes_of(line));
    *ordinal = document_row(the_ledger, bytes_of(record.id));
    assert_true(*ordinal > 0);
}

/* The documents as bits. */
static unsigned walked(const char *partner, const char *number)
{
    struct journey_order order = {bytes_of(partner), bytes_of(number)};
    struct journey journey;
    unsigned bits = 0;

    assert_true(journey_walk(the_ledger, &the_arena, &order, &journey));
    for (size_t i = 0; i < journey.n; i++)
        for (unsigned j = 0; j < N_DOCUMENTS; j++)
            if (journey.documents[i] == ordinals[j])
                bits |= BIT(j);
    assert_int_equal(__builtin_popcount(bits), journey.n);
    return bits;
}

static void swap(unsigned *a, unsigned *b)
{
    unsigned t = *a;

    *a = *b;
    *b = t;
}

/* The next one in the order of a dictionary. */
static bool next_permutation(unsigned *order, unsigned n)
{
    unsigned pivot = n - 1, other = n - 1;

    while (pivot > 0 && order[pivot - 1] > order[pivot])
        pivot--;
    if (pivot == 0)
        return false;
    while (order[other] < order[pivot - 1])
        other--;
    swap(&order[pivot - 1], &order[other]);
    for (unsigned a = pivot, b = n - 1; a < b; a++, b--)
        swap(&order[a], &order[b]);
    return true;
}

/* Whatever came first, the journeys are the same.  `order` ascends. */
static void permute(unsigned *order, unsigned n, unsigned count)
{
    unsigned permutations = 0, there = 0;

    for (unsigned i = 0; i < n; i++)
        there |= BIT(order[i]);
    do {
        arena_reset(&the_arena);
        memset(ordinals, 0, sizeof(ordinals));
        assert_true(ledger_begin(the_ledger));
        for (unsigned i = 0; i < n; i++)
            add_line(lines[order[i]], order[i] + 1, &ordinals[order[i]]);
        for (unsigned i = 0; i < N_ORDERS; i++)
            assert_int_equal(walked(orders[i].partner, orders[i].number), orders[i].has & there);
        ledger_rollback(the_ledger);
        permutations++;
    } while (next_permutation(order, n));
    assert_int_equal(permutations, count);
}

static void shipped_in_any_order(void **state)
{
    unsigned all[] = {ORDER, TO_WAREHOUSE, FROM_WAREHOUSE, TRAILER, NOTICE, PARCEL, NAMESAKE};

    (void)state;
    permute(all, 7, 5040);
}

static void invoiced_in_any_order(void **state)
{
    unsigned all[] = {ORDER, TO_WAREHOUSE, NOTICE, PARCEL, INVOICE, CREDIT, NAMESAKE};

    (void)state;
    permute(all, 7, 5040);
}

/* The orders that a key leads to, as "acme/O1 zenith/O1". */
static const char *found(const char *key, const char *partner)
{
    struct journey_orders found;
    const char *text = "";

    assert_true(journey_find(the_ledger, &the_arena, bytes_of(key), bytes_of(partner), &found));
    for (size_t i = 0; i < found.n; i++)
        text = arena_format(&the_arena, "%s%s%.*s/%.*s", text, i > 0 ? " " : "",
                            BYTES_ARG(found.orders[i].partner), BYTES_ARG(found.orders[i].number));
    return text;
}

static void found_by_any_number(void **state)
{
    static const struct {
        const char *key, *partner, *orders;
    } cases[] = {
        {"O1", "", "acme/O1 zenith/O1"},
        {"O1", "zenith", "zenith/O1"},
        {"O1", "polar", "acme/O1"},
        {"O2", "", "acme/O2"},
        {"E1", "", "acme/O1"},
        {"D1", "", "acme/O1"},
        {"W1", "", "acme/O1"},
        {"P1", "", "acme/O1"},
        {"S1", "", "acme/O1 acme/O2"},
        {"T1", "", "acme/O1"},
        {"T2", "", "acme/O2"},
        {"000952000000000000", "", "acme/O2"},
        {"I2", "", "acme/O2"},
        {"C2", "", "acme/O2"},
        {"00000000000000000000000000000004", "", "acme/O1"},
        {"00000000000000000000000000000008", "", "acme/O2"},
        {"O1", "nobody", ""},
        {"O3", "", ""},
        {"", "", ""},
    };

    (void)state;
    assert_true(ledger_begin(the_ledger));
    for (unsigned i = 0; i < N_DOCUMENTS; i++)
        add_line(lines[i], i + 1, &ordinals[i]);
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(found(cases[i].key, cases[i].partner), cases[i].orders);
    ledger_rollback(the_ledger);
}

/* A notice of a thousand orders, with a parcel and a status each, melts nothing. */
static void consolidated(void **state)
{
    enum { N = 1000 };
    struct buffer line;
    int64_t notice, status[N];

    (void)state;
    buffer_init(&line, 1 << 20);
    assert_true(ledger_begin(the_ledger));
    buffer_add_string(&line, "\"kind\":\"shipment\",\"partner\":\"acme\",\"direction\":\"out\","
                             "\"shipment_id\":\"S\",\"pro_number\":\"P\",\"orders\":[");
    for (unsigned i = 0; i < N; i++)
        buffer_add_format(&line, "%s{\"level_id\":\"o%u\",\"order_number\":\"N%u\"}", i > 0 ? "," : "", i, i);
    buffer_add_string(&line, "],\"packages\":[");
    for (unsigned i = 0; i < N; i++)
        buffer_add_format(
            &line, "%s{\"package_id\":\"p%u\",\"parent_level_id\":\"o%u\",\"tracking_number\":\"Z%u\"}",
            i > 0 ? "," : "", i, i, i);
    buffer_add_format(&line, "]%c", '\0');
    add_line(line.at, 1, &notice);
    buffer_release(&line);
    for (unsigned i = 0; i < N; i++)
        add_line(arena_format(&the_arena,
                              "\"kind\":\"status_event\",\"partner\":\"northern\",\"direction\":\"in\","
                              "\"event_id\":\"%u\",\"carrier_reference\":\"Z%u\"",
                              i, i),
                 i + 2, &status[i]);
    for (unsigned i = 0; i < N; i += 333) {
        struct journey_order order = {BYTES("acme"), bytes_of(arena_format(&the_arena, "N%u", i))};
        struct journey journey;

        assert_true(journey_walk(the_ledger, &the_arena, &order, &journey));
        assert_int_equal(journey.n, 2);
        assert_int_equal(journey.documents[0], notice);
        assert_int_equal(journey.documents[1], status[i]);
        assert_string_equal(found(arena_format(&the_arena, "Z%u", i), ""),
                            arena_format(&the_arena, "acme/N%u", i));
    }
    ledger_rollback(the_ledger);
}

/* A number that everybody sends links nothing, and that is said. */
static void shared_by_too_many(void **state)
{
    struct journey_order order = {BYTES("acme"), BYTES("O2")};
    struct journey journey;
    int64_t ordinal;

    (void)state;
    assert_true(ledger_begin(the_ledger));
    for (unsigned i = 0; i <= JOURNEY_MAX_SHARED; i++)
        add_line(arena_format(&the_arena,
                              "\"kind\":\"status_event\",\"partner\":\"northern\",\"direction\":\"in\","
                              "\"event_id\":\"%u\",\"shipment_id\":\"S1\"",
                              i),
                 i + 100, &ordinal);
    for (unsigned i = 0; i < N_DOCUMENTS; i++)
        add_line(lines[i], i + 1, &ordinals[i]);
    assert_int_equal(walked("acme", "O2"), orders[1].has);
    assert_true(journey_walk(the_ledger, &the_arena, &order, &journey));
    assert_true(bytes_are(journey.shared, "S1"));
    ledger_rollback(the_ledger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(found_by_any_number, begin_journeys),
        cmocka_unit_test_setup(consolidated, begin_journeys),
        cmocka_unit_test_setup(shared_by_too_many, begin_journeys),
        cmocka_unit_test_setup(shipped_in_any_order, begin_journeys),
        cmocka_unit_test_setup(invoiced_in_any_order, begin_journeys),
    };

    return cmocka_run_group_tests(tests, open_ledger, close_ledger);
}
