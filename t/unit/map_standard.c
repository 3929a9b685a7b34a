/* The X12 maps against the standard: every element a rule names exists, and every element of the set has a
 * rule, but for those that are listed here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map/map.h"
#include "standard/dictionary.h"

static struct search search;
static struct report report;
static struct schema *schema;
static struct dictionary *dictionary;

static const char *folder_of(const char *variable)
{
    const char *folder = getenv(variable);

    return folder != NULL ? folder : ".";
}

static int open_all(void **state)
{
    char path[4096];
    const char *why = NULL;
    char *wrong = NULL;

    (void)state;
    report_init(&report, "map_standard");
    if (!search_init(&search, folder_of("CROSSDOCK_SOURCE")))
        return -1;
    snprintf(path, sizeof(path), "%s/maps/canon", folder_of("CROSSDOCK_SOURCE"));
    schema = schema_open(path, &wrong);
    free(wrong);
    snprintf(path, sizeof(path), "%s/maps/x12.image", folder_of("CROSSDOCK_BUILD"));
    dictionary = dictionary_open(path, &why);
    return schema != NULL && dictionary != NULL ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    dictionary_close(dictionary);
    schema_close(schema);
    search_release(&search);
    report_release(&report);
    return 0;
}

/* What the rules of a place read. */
struct reads {
    bool reached;
    uint64_t whole;          /* elements, bit n-1 */
    uint32_t components[64]; /* of each element, bit n-1 */
};

struct walker {
    const struct standard_set *set;
    struct reads *reads; /* by position */
    unsigned wrong;
};

static void complain(struct walker *w, uint16_t position, const char *key, const char *what)
{
    const struct standard_position *at = &w->set->positions[position];

    print_error("%s %s %s, element %s: %s\n", w->set->release, at->path, at->segment->id, key, what);
    w->wrong++;
}

/* Marks "03" or "04-02"; it must be there in this release, unless `newer` may know more. */
static void read_key(struct walker *w, uint16_t position, struct bytes key, bool newer)
{
    const struct standard_segment *segment = w->set->positions[position].segment;
    struct reads *reads = &w->reads[position];
    struct bytes text = key, first;
    uint64_t element, component = 0;

    if (!bytes_split(&text, '-', &first) || !bytes_to_count(first, 64, &element) || element == 0 ||
        (text.at != NULL && (!bytes_to_count(text, 32, &component) || component == 0))) {
        complain(w, position, key.at, "is no element");
        return;
    }
    if (element > segment->n_fields) {
        if (!newer)
            complain(w, position, key.at, "the segment has no such element");
        return;
    }
    if (component == 0) {
        if (segment->fields[element - 1].composite != NULL)
            component = 1;
        reads->whole |= (uint64_t)1 << (element - 1);
    }
    if (component == 0)
        return;
    reads->components[element - 1] |= (uint32_t)1 << (component - 1);
    if (segment->fields[element - 1].composite == NULL)
        reads->whole |= (uint64_t)1 << (element - 1);
    else if (component > segment->fields[element - 1].composite->n_fields && !newer)
        complain(w, position, key.at, "the composite has no such component");
}

static void read_span(struct walker *w, uint16_t position, struct bytes from, struct bytes to, bool newer)
{
    uint64_t first, last;
    char key[8];

    if (!bytes_to_count(from, 64, &first) || !bytes_to_count(to, 64, &last) || last < first) {
        complain(w, position, from.at, "is no span");
        return;
    }
    for (uint64_t e = first; e <= last; e++) {
        snprintf(key, sizeof(key), "%02u", (unsigned)e);
        read_key(w, position, bytes_of(key), newer);
    }
}

static void walk_nodes(struct walker *w, const struct map_node *nodes, uint32_t n_nodes, uint16_t loop,
                       bool newer);

static void walk_rule(struct walker *w, const struct map_rule *rule, uint16_t position, bool newer)
{
    w->reads[position].reached = true;
    for (uint32_t i = 0; i < rule->n_tests; i++)
        if (rule->tests[i].n_values != 1 || rule->tests[i].values[0].len > 0)
            read_key(w, position, rule->tests[i].key, newer);
    for (uint32_t i = 0; i < rule->n_assigns; i++)
        read_key(w, position, rule->assigns[i].key, newer);
    if (rule->pairs != NULL)
        read_span(w, position, rule->pairs->from, rule->pairs->to, newer);
    if (rule->groups != NULL) {
        read_span(w, position, rule->groups->from, rule->groups->to, newer);
        for (uint32_t i = 0; i < rule->groups->n_also; i++)
            read_key(w, position, rule->groups->also[i].key, newer);
    }
    if (rule->n_nodes > 0 && w->set->positions[position].starts_loop)
        walk_nodes(w, rule->nodes, rule->n_nodes, position, newer);
}

static void walk_nodes(struct walker *w, const struct map_node *nodes, uint32_t n_nodes, uint16_t loop,
                       bool newer)
{
    for (uint16_t p = 0; p < w->set->n_positions; p++) {
        if (w->set->positions[p].parent != loop)
            continue;
        for (uint32_t i = 0; i < n_nodes; i++)
            if (strcmp(nodes[i].tag, w->set->positions[p].segment->id) == 0)
                for (uint32_t r = 0; r < nodes[i].n_rules; r++)
                    walk_rule(w, &nodes[i].rules[r], p, newer);
    }
}

/* Of a composite that is a unit of measure the unit is read, not its exponents and factors. */
static bool is_unit_of_measure(const struct standard_field *field)
{
    return field->composite != NULL && field->composite->n_fields == 15;
}

static void tell_unread(struct walker *w, const char *except)
{
    char key[16], name[128];

    for (uint16_t p = 1; p + 1 < w->set->n_positions; p++) {
        const struct standard_position *at = &w->set->positions[p];
        const struct reads *reads = &w->reads[p];

        snprintf(name, sizeof(name), " %s%s%s ", at->path, *at->path != '\0' ? ":" : "", at->segment->id);
        if (!reads->reached) {
            char outer[128];
            bool excused = strstr(except, name) != NULL;

            /* A loop that nothing reads excuses what is in it. */
            for (uint16_t up = at->parent; up != STANDARD_NO_LOOP && !excused;
                 up = w->set->positions[up].parent) {
                snprintf(outer, sizeof(outer), " %s:%s ", w->set->positions[up].path,
                         w->set->positions[up].segment->id);
                excused = strstr(except, outer) != NULL;
            }
            if (!excused)
                complain(w, p, "00", "no rule takes the segment");
            continue;
        }
        for (unsigned e = 0; e < at->segment->n_fields; e++) {
            const struct standard_field *field = &at->segment->fields[e];

            snprintf(key, sizeof(key), "%02u", e + 1);
            if (field->composite == NULL && !(reads->whole >> e & 1))
                complain(w, p, key, "no rule reads it");
            if (field->composite == NULL)
                continue;
            for (unsigned c = 0; c < (is_unit_of_measure(field) ? 1U : field->composite->n_fields); c++)
                if (!(reads->components[e] >> c & 1)) {
                    snprintf(key, sizeof(key), "%02u-%02u", e + 1, c + 1);
                    complain(w, p, key, "no rule reads it");
                }
        }
    }
}

/* `newer`: the map also serves later releases, so it may name elements this one does not have. */
static void hold(const char *name, const char *release, const char *set, bool newer, const char *except)
{
    struct walker w = {.set = dictionary_set(dictionary, release, bytes_of(set))};
    struct map *map = map_load(name, &search, schema, &report);

    assert_non_null(map);
    assert_non_null(w.set);
    w.reads = calloc(w.set->n_positions, sizeof(*w.reads));
    assert_non_null(w.reads);
    walk_nodes(&w, map->nodes, map->n_nodes, STANDARD_NO_LOOP, newer);
    tell_unread(&w, except);
    free(w.reads);
    map_close(map);
    assert_int_equal(w.wrong, 0);
}

static void the_order_of_004010(void **state)
{
    (void)state;
    hold("x12-850", "004010", "850", true, " SPI:SPI ADV:ADV PO1:SPI PO1/SLN:ADV ");
}

static void the_order_of_005010(void **state)
{
    (void)state;
    hold("x12-850", "005010", "850", false, " SPI:SPI ADV:ADV PO1:SPI PO1/SLN:ADV N9:EFI PO1/N9:EFI ");
}

static void the_overlays(void **state)
{
    (void)state;
    hold("acme/850", "004010", "850", true, " SPI:SPI ADV:ADV PO1:SPI PO1/SLN:ADV ");
    hold("zenith/850", "005010", "850", false, " SPI:SPI ADV:ADV PO1:SPI PO1/SLN:ADV N9:EFI PO1/N9:EFI ");
}

/* What is left out on purpose is said at the head of each map. */
static void the_acknowledgment(void **state)
{
    (void)state;
    hold("x12-855", "004010", "855", true, " ADV:ADV PO1/SLN:ADV ");
    hold("x12-855", "005010", "855", false, " ADV:ADV PO1/SLN:ADV N9:EFI PO1/N9:EFI ");
}

static void the_ship_notice(void **state)
{
    (void)state;
    hold("x12-856", "004010", "856", true, "");
    hold("x12-856", "005010", "856", false, "");
}

static void the_change(void **state)
{
    (void)state;
    hold("x12-860", "004010", "860", true, " SPI:SPI ADV:ADV POC:SPI POC/SLN:ADV ");
    hold("x12-860", "005010", "860", false, " SPI:SPI ADV:ADV POC:SPI POC/SLN:ADV N9:EFI POC/N9:EFI ");
}

static void the_answer_to_a_change(void **state)
{
    (void)state;
    hold("x12-865", "004010", "865", true, " ADV:ADV POC:SPI POC/SLN:ADV POC/PD:PD ");
    hold("x12-865", "005010", "865", false, " ADV:ADV POC:SPI POC/SLN:ADV POC/PD:PD N9:EFI POC/N9:EFI ");
}

/* Money, the warehouse and the carrier: left out are people's ages and files. */
static void the_invoice(void **state)
{
    (void)state;
    hold("x12-810", "004010", "810", true, " N1:DMG IT1/N1:DMG ");
    hold("x12-810", "005010", "810", false, " N1:DMG IT1/N1:DMG ");
}

static void the_warehouse_orders(void **state)
{
    (void)state;
    hold("x12-940", "004010", "940", true, "");
    hold("x12-940", "005010", "940", false, "");
    hold("x12-943", "004010", "943", true, "");
    hold("x12-943", "005010", "943", false, "");
}

static void the_warehouse_answers(void **state)
{
    (void)state;
    hold("x12-945", "004010", "945", true, "");
    hold("x12-945", "005010", "945", false, "");
    hold("x12-944", "004010", "944", true, "");
    hold("x12-944", "005010", "944", false, "");
}

static void the_stock(void **state)
{
    (void)state;
    hold("x12-846", "004010", "846", true, "");
    hold("x12-846", "005010", "846", false, "");
    hold("x12-947", "004010", "947", true, "");
    hold("x12-947", "005010", "947", false, "");
}

static void the_carrier_status(void **state)
{
    (void)state;
    hold("x12-214", "004010", "214", true, " LX/EFI:EFI ");
    hold("x12-214", "005010", "214", false, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_004010),
        cmocka_unit_test(the_order_of_005010),
        cmocka_unit_test(the_overlays),
        cmocka_unit_test(the_acknowledgment),
        cmocka_unit_test(the_ship_notice),
        cmocka_unit_test(the_change),
        cmocka_unit_test(the_answer_to_a_change),
        cmocka_unit_test(the_invoice),
        cmocka_unit_test(the_warehouse_orders),
        cmocka_unit_test(the_warehouse_answers),
        cmocka_unit_test(the_stock),
        cmocka_unit_test(the_carrier_status),
    };

    return cmocka_run_group_tests(tests, open_all, close_all);
}
