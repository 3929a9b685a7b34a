#include "map/x12_check.h"

#include <stdio.h>

#include "map/x12_bound.h"

enum { MAX_SEEN = 256 };

struct checker {
    const struct map *map;
    const struct standard_set *set;
    struct dictionary *dictionary;
    struct report *report;
    const struct map_node *seen[MAX_SEEN]; /* lists looked at: parts are shared by many rules */
    unsigned n_seen;
    bool good;
};


static void complain(struct checker *c, const struct map_mark *mark, enum complaint complaint,
                     const char *detail, const char *hint)
{
    struct finding finding = {
        .complaint = complaint,
        .place = map_place(*mark),
        .detail = detail,
        .hint = hint,
    };

    report_add(c->report, &finding);
    c->good = false;
}

static bool is_of_x12(struct dictionary *dictionary, const char *release, const char *tag)
{
    bool known = dictionary_segment(dictionary, release, bytes_of(tag)) != NULL;
    const char *other;

    for (unsigned n = 0; !known && (other = dictionary_release_at(dictionary, n)) != NULL; n++)
        known = dictionary_segment(dictionary, other, bytes_of(tag)) != NULL;
    return known;
}

/* A part that maps share may have segments that this set does not: it is enough that X12 has them. */
static bool is_of_shared_part(const struct checker *c, const struct map_node *node)
{
    const char *file = node->n_rules > 0 ? node->rules[0].mark.file : NULL;

    return file != NULL && c->map->layout_mark.file != NULL && strcmp(file, c->map->layout_mark.file) != 0 &&
           is_of_x12(c->dictionary, c->set->release, node->tag);
}

static const struct standard_segment *segment_in(const struct standard_set *set, const char *tag)
{
    for (uint16_t p = 0; set != NULL && p < set->n_positions; p++)
        if (strcmp(set->positions[p].segment->id, tag) == 0)
            return set->positions[p].segment;
    return NULL;
}

/* Of the release at hand, or of the next one that has it in the set; *n goes on from release to release. */
static const struct standard_segment *next_segment(struct checker *c, const char *tag, unsigned *n)
{
    const char *release;

    while ((release = dictionary_release_at(c->dictionary, *n)) != NULL) {
        const struct standard_segment *segment;

        (*n)++;
        segment = segment_in(dictionary_set(c->dictionary, release, bytes_of(c->map->set)), tag);
        if (segment != NULL)
            return segment;
    }
    return NULL;
}

static void no_such_segment(struct checker *c, const struct map_rule *rule)
{
    const char *nearest = NULL;
    unsigned best = 2;
    char detail[80], hint[32];

    for (uint16_t p = 0; p < c->set->n_positions; p++) {
        const char *id = c->set->positions[p].segment->id;
        unsigned distance = bytes_distance(bytes_of(rule->tag), bytes_of(id), best);

        if (distance < best) {
            best = distance;
            nearest = id;
        }
    }
    snprintf(detail, sizeof(detail), "\"%.40s\" is no segment of the %s", rule->tag, c->map->set);
    snprintf(hint, sizeof(hint), "did you mean %s?", nearest != NULL ? nearest : "");
    complain(c, &rule->mark, SETTING_UNKNOWN, detail, nearest != NULL ? hint : NULL);
}

static bool has_place(const struct standard_segment *segment, uint8_t element, uint8_t component)
{
    if (element >= segment->n_fields)
        return false;
    return component <= 1 || (segment->fields[element].composite != NULL &&
                              component <= segment->fields[element].composite->n_fields);
}

/* "03" or "04-02", and the segment has such a place in some release. */
static void check_key(struct checker *c, const struct map_rule *rule, const struct map_mark *mark,
                      struct bytes key, const struct standard_segment *segment)
{
    uint8_t element, component;
    unsigned n = 0;
    char detail[120];

    if (!x12_parse_key(key, &element, &component)) {
        snprintf(detail, sizeof(detail), "\"%.*s\"", key.len < 60 ? (int)key.len : 60, key.at);
        complain(
            c, mark, SETTING_UNKNOWN, detail,
            "elements are \"01\" to \"64\", components \"04-02\"; a rule knows when, at, each, then, pairs, "
            "groups and drop, too");
        return;
    }
    while (segment != NULL && !has_place(segment, element, component))
        segment = next_segment(c, rule->tag, &n);
    if (segment == NULL) {
        snprintf(detail, sizeof(detail), "%s has no element %.*s in any release", rule->tag, BYTES_ARG(key));
        complain(c, mark, SETTING_UNKNOWN, detail, NULL);
    }
}

/* from: and to: of pairs and groups: so many elements, `step` at a time. */
static void check_range(struct checker *c, const struct map_rule *rule, const struct map_mark *mark,
                        struct bytes from, struct bytes to, uint32_t step,
                        const struct standard_segment *segment)
{
    uint8_t first, last, none;
    char detail[80];

    check_key(c, rule, mark, from, segment);
    check_key(c, rule, mark, to, segment);
    if (!x12_parse_key(from, &first, &none) || !x12_parse_key(to, &last, &none))
        return;
    if (last < first || (last - first + 1u) % step != 0) {
        snprintf(detail, sizeof(detail), "from %.*s to %.*s are not %u elements some times over",
                 BYTES_ARG(from), BYTES_ARG(to), step);
        complain(c, mark, SETTING_RANGE, detail, NULL);
    }
}

static void check_nodes(struct checker *c, const struct map_node *nodes, uint32_t n_nodes, unsigned depth);

static void check_rule(struct checker *c, const struct map_rule *rule, const struct standard_segment *segment,
                       unsigned depth)
{
    for (uint32_t i = 0; i < rule->n_tests; i++)
        check_key(c, rule, &rule->tests[i].mark, rule->tests[i].key, segment);
    for (uint32_t i = 0; i < rule->n_assigns; i++)
        check_key(c, rule, &rule->assigns[i].target.mark, rule->assigns[i].key, segment);
    if (rule->pairs != NULL) {
        check_range(c, rule, &rule->pairs->mark, rule->pairs->from, rule->pairs->to, 2, segment);
        if (rule->pairs->n_by > PAIR_SLOTS / 2)
            complain(c, &rule->pairs->mark, SETTING_RANGE, "too many qualifiers under by:", NULL);
    }
    if (rule->groups != NULL) {
        check_range(c, rule, &rule->groups->mark, rule->groups->from, rule->groups->to,
                    rule->groups->n_fields, segment);
        for (uint32_t i = 0; i < rule->groups->n_also; i++)
            check_key(c, rule, &rule->groups->also[i].target.mark, rule->groups->also[i].key, segment);
    }
    check_nodes(c, rule->nodes, rule->n_nodes, depth + 1);
}

static bool was_seen(struct checker *c, const struct map_node *nodes)
{
    for (unsigned i = 0; i < c->n_seen; i++)
        if (c->seen[i] == nodes)
            return true;
    if (c->n_seen < MAX_SEEN)
        c->seen[c->n_seen++] = nodes;
    return false;
}

static void check_nodes(struct checker *c, const struct map_node *nodes, uint32_t n_nodes, unsigned depth)
{
    if (was_seen(c, nodes))
        return;
    for (uint32_t i = 0; i < n_nodes && depth <= MAP_MAX_NEST; i++) {
        const struct standard_segment *segment = segment_in(c->set, nodes[i].tag);
        unsigned n = 0;

        if (nodes[i].n_rules == 0 || (segment == NULL && is_of_shared_part(c, &nodes[i])))
            continue;
        if (segment == NULL)
            segment = next_segment(c, nodes[i].tag, &n);
        if (segment == NULL) {
            no_such_segment(c, &nodes[i].rules[0]);
            continue;
        }
        for (uint32_t before = 0; before < i; before++)
            if (strcmp(nodes[before].tag, nodes[i].tag) == 0) {
                char detail[80];

                snprintf(detail, sizeof(detail), "%s stands in this list already, and that takes all of them",
                         nodes[i].tag);
                complain(c, &nodes[i].rules[0].mark, SETTING_VALUE, detail,
                         "give it a list of rules: the first that matches takes the segment");
                break;
            }
        for (uint32_t r = 0; r < nodes[i].n_rules; r++)
            check_rule(c, &nodes[i].rules[r], segment, depth);
    }
}

bool x12_check_map(const struct map *map, const struct standard_set *set, struct dictionary *dictionary,
                   struct report *report)
{
    struct checker c = {.map = map, .set = set, .dictionary = dictionary, .report = report, .good = true};

    check_nodes(&c, map->nodes, map->n_nodes, 0);
    return c.good;
}
