#include "map/lint.h"

#include <stdio.h>
#include <stdlib.h>

#include "map/x12_bound.h"

enum { MAX_LISTS = 1024 };

struct told {
    struct told *next;
    const char *file;
    uint32_t line, column;
    enum complaint complaint;
};

struct lint {
    struct dictionary *dictionary;
    struct report *report;
    struct arena arena;
    struct told *told;
};

/* A map at hand. */
struct linter {
    struct lint *lint;
    const struct map *map;
    struct dictionary *dictionary;          /* NULL: the map is not of X12 */
    const struct map_node *seen[MAX_LISTS]; /* parts are shared by many rules */
    unsigned n_seen;
};

struct lint *lint_open(struct dictionary *dictionary, struct report *report)
{
    struct lint *lint = calloc(1, sizeof(*lint));

    if (lint == NULL)
        return NULL;
    lint->dictionary = dictionary;
    lint->report = report;
    arena_init(&lint->arena, 16 * 1024, 64 * 1024 * 1024);
    return lint;
}

void lint_close(struct lint *lint)
{
    if (lint == NULL)
        return;
    arena_release(&lint->arena);
    free(lint);
}

void lint_tell(struct lint *lint, const struct map_mark *mark, enum complaint complaint, const char *detail,
               const char *hint)
{
    struct finding finding = {.complaint = complaint,
                              .place = map_place(*mark),
                              .detail = detail,
                              .hint = hint};
    const struct told *told = lint->told;
    struct told *made;

    while (told != NULL && (told->line != mark->line || told->column != mark->column ||
                            told->complaint != complaint || strcmp(told->file, mark->file) != 0))
        told = told->next;
    if (told != NULL)
        return;
    made = arena_zalloc(&lint->arena, 1, sizeof(*made));
    if (made != NULL) {
        *made = (struct told){lint->told, arena_copy(&lint->arena, bytes_of(mark->file)).at, mark->line,
                              mark->column, complaint};
        if (made->file != NULL)
            lint->told = made;
    }
    report_add(lint->report, &finding);
}

static void tell(struct linter *l, const struct map_mark *mark, enum complaint complaint, const char *detail,
                 const char *hint)
{
    lint_tell(l->lint, mark, complaint, detail, hint);
}

/* "line 41", or "maps/x.yaml:41" when it is in another file. */
static const char *line_of(const struct map_mark *mark, const struct map_mark *here, char into[200])
{
    if (mark->file != NULL && here->file != NULL && strcmp(mark->file, here->file) != 0)
        snprintf(into, 200, "%.150s:%u", mark->file, mark->line);
    else
        snprintf(into, 200, "line %u", mark->line);
    return into;
}

/* ---- rules that never match ---- */

static bool has_value(const struct map_test *test, struct bytes value)
{
    for (uint32_t i = 0; i < test->n_values; i++)
        if (bytes_equal(test->values[i], value))
            return true;
    return false;
}

/* "1" and "01" are one key in X12. */
static bool same_key(const struct linter *l, struct bytes a, struct bytes b)
{
    uint8_t element[2], component[2];

    if (l->dictionary != NULL && x12_parse_key(a, &element[0], &component[0]) &&
        x12_parse_key(b, &element[1], &component[1]))
        return element[0] == element[1] && component[0] == component[1];
    return bytes_equal(a, b);
}

/* Does whatever `later` tests pass `test`, too? */
static bool is_implied(const struct linter *l, const struct map_test *test, const struct map_rule *later)
{
    for (uint32_t i = 0; i < later->n_tests; i++) {
        const struct map_test *other = &later->tests[i];
        bool all = same_key(l, test->key, other->key);

        for (uint32_t v = 0; v < other->n_values && all; v++)
            all = has_value(test, other->values[v]);
        if (all)
            return true;
    }
    return false;
}

static bool takes_all_of(const struct linter *l, const struct map_rule *earlier, const struct map_rule *later)
{
    for (uint32_t i = 0; i < earlier->n_tests; i++)
        if (!is_implied(l, &earlier->tests[i], later))
            return false;
    return true;
}

/* ---- two lines for one place ---- */

static bool same_target(const struct map_target *a, const struct map_target *b)
{
    if (a->field == NULL || a->path_len != b->path_len || a->from_root != b->from_root)
        return false;
    for (unsigned i = 0; i < a->path_len; i++)
        if (a->path[i] != b->path[i])
            return false;
    return true;
}

static bool same_object(const struct map_rule *a, const struct map_rule *b)
{
    if (a->each || b->each || a->enter_len != b->enter_len)
        return false;
    for (unsigned i = 0; i < a->enter_len; i++)
        if (a->enter[i] != b->enter[i])
            return false;
    return true;
}

/* Every field that `later` fills, `earlier` fills, too. */
static bool fills_all_of(const struct map_rule *earlier, const struct map_rule *later)
{
    if (later->n_assigns == 0 || later->pairs != NULL || later->groups != NULL)
        return false;
    for (uint32_t i = 0; i < later->n_assigns; i++) {
        bool found = false;

        for (uint32_t k = 0; k < earlier->n_assigns && !found; k++)
            found = same_target(&later->assigns[i].target, &earlier->assigns[k].target);
        if (!found || later->assigns[i].target.field->is_list)
            return false;
    }
    return true;
}

static void lint_pair_of_rules(struct linter *l, const struct map_rule *earlier, const struct map_rule *later,
                               bool *told)
{
    char detail[300], line[200];

    if (*told || !takes_all_of(l, earlier, later))
        return;
    if (earlier->each || earlier->groups != NULL) {
        snprintf(detail, sizeof(detail), "%s: the rule of %s takes all that it would", later->tag,
                 line_of(&earlier->mark, &later->mark, line));
        tell(l, &later->mark, LINT_UNREACHABLE, detail, NULL);
        *told = true;
    } else if (!later->otherwise && same_object(earlier, later) && takes_all_of(l, later, earlier) &&
               fills_all_of(earlier, later)) {
        snprintf(detail, sizeof(detail),
                 "%s: the rule of %s fills the same fields under the same when:", later->tag,
                 line_of(&earlier->mark, &later->mark, line));
        tell(l, &later->mark, LINT_SAME_PLACE, detail, NULL);
        *told = true;
    }
}

/* An element named twice ("02" and "02-01" are one place), and a field that two elements fill. */
static void lint_assigns(struct linter *l, const struct map_rule *rule)
{
    char detail[300];

    for (uint32_t i = 1; i < rule->n_assigns; i++)
        for (uint32_t k = 0; k < i; k++) {
            const struct map_assign *a = &rule->assigns[k], *b = &rule->assigns[i];
            uint8_t element[2], component[2];

            if (l->dictionary != NULL && x12_parse_key(a->key, &element[0], &component[0]) &&
                x12_parse_key(b->key, &element[1], &component[1]) && element[0] == element[1] &&
                (component[0] == component[1] || component[0] == 0 || component[1] == 0)) {
                snprintf(detail, sizeof(detail), "%s%.*s is the place of %.*s in the same rule", rule->tag,
                         BYTES_ARG(b->key), BYTES_ARG(a->key));
                tell(l, &b->target.mark, LINT_SAME_PLACE, detail, NULL);
            } else if (l->dictionary != NULL && same_target(&a->target, &b->target) &&
                       !a->target.field->is_list) {
                snprintf(detail, sizeof(detail), "%s %.*s fills %s, and so does %.*s", rule->tag,
                         BYTES_ARG(b->key), b->target.field->name, BYTES_ARG(a->key));
                tell(l, &b->target.mark, LINT_SAME_PLACE, detail, NULL);
            }
        }
}

/* Elements named one by one among those of pairs or groups. */
static void lint_range(struct linter *l, const struct map_rule *rule, struct bytes from, struct bytes to,
                       const char *what)
{
    uint8_t first, last, element, none;
    char detail[300];

    if (l->dictionary == NULL || !x12_parse_key(from, &first, &none) || !x12_parse_key(to, &last, &none))
        return;
    for (uint32_t i = 0; i < rule->n_assigns; i++)
        if (x12_parse_key(rule->assigns[i].key, &element, &none) && element >= first && element <= last) {
            snprintf(detail, sizeof(detail), "%s%.*s is among the %s from %.*s to %.*s", rule->tag,
                     BYTES_ARG(rule->assigns[i].key), what, BYTES_ARG(from), BYTES_ARG(to));
            tell(l, &rule->assigns[i].target.mark, LINT_SAME_PLACE, detail, NULL);
        }
}

/* ---- codes ---- */

static const struct standard_element *element_in(const struct standard_set *set, const char *tag,
                                                 uint8_t element, uint8_t component)
{
    for (uint16_t p = 0; set != NULL && p < set->n_positions; p++) {
        const struct standard_segment *segment = set->positions[p].segment;
        const struct standard_field *field;

        if (strcmp(segment->id, tag) != 0 || element >= segment->n_fields)
            continue;
        field = &segment->fields[element];
        if (field->composite == NULL)
            return field->element;
        if (component > field->composite->n_fields)
            return NULL;
        return field->composite->fields[component > 0 ? component - 1 : 0].element;
    }
    return NULL;
}

/* Told when some release of the set has a list there, and none has the code. */
static void lint_code(struct linter *l, const struct map_rule *rule, struct bytes key,
                      const struct map_mark *mark, struct bytes code)
{
    const struct standard_element *listed = NULL;
    const char *release;
    uint8_t element, component;
    char detail[300], codes[200];

    if (l->dictionary == NULL || code.len == 0 || !x12_parse_key(key, &element, &component))
        return;
    for (unsigned n = 0; (release = dictionary_release_at(l->dictionary, n)) != NULL; n++) {
        const struct standard_element *here = element_in(
            dictionary_set(l->dictionary, release, bytes_of(l->map->set)), rule->tag, element, component);

        if (here == NULL)
            continue;
        if (here->codes == NULL || dictionary_has_code(here->codes, code.at, code.len))
            return;
        listed = here;
    }
    if (listed == NULL)
        return;
    snprintf(detail, sizeof(detail), "%s%.*s %s (DE %s): \"%.*s\"", rule->tag, BYTES_ARG(key), listed->name,
             listed->id, code.len < 40 ? (int)code.len : 40, code.at);
    snprintf(codes, sizeof(codes), "the standard has ");
    dictionary_codes_text(listed->codes, codes + strlen(codes), sizeof(codes) - strlen(codes));
    tell(l, mark, LINT_CODE, detail, codes);
}

static void lint_codes(struct linter *l, const struct map_rule *rule)
{
    for (uint32_t i = 0; i < rule->n_tests; i++)
        for (uint32_t v = 0; v < rule->tests[i].n_values; v++)
            lint_code(l, rule, rule->tests[i].key, &rule->tests[i].mark, rule->tests[i].values[v]);
    for (uint32_t i = 0; i < rule->n_assigns; i++)
        if (rule->assigns[i].target.constant.at != NULL)
            lint_code(l, rule, rule->assigns[i].key, &rule->assigns[i].target.mark,
                      rule->assigns[i].target.constant);
    for (uint32_t i = 0; rule->pairs != NULL && i < rule->pairs->n_by; i++)
        lint_code(l, rule, rule->pairs->from, &rule->pairs->by[i].target.mark, rule->pairs->by[i].qualifier);
}

/* ---- the tree ---- */

static bool was_seen(struct linter *l, const struct map_node *nodes)
{
    for (unsigned i = 0; i < l->n_seen; i++)
        if (l->seen[i] == nodes)
            return true;
    if (l->n_seen < MAX_LISTS)
        l->seen[l->n_seen++] = nodes;
    return false;
}

static void lint_nodes(struct linter *l, const struct map_node *nodes, uint32_t n_nodes, unsigned depth)
{
    if (depth > MAP_MAX_NEST || was_seen(l, nodes))
        return;
    for (uint32_t i = 0; i < n_nodes; i++)
        for (uint32_t r = 0; r < nodes[i].n_rules; r++) {
            const struct map_rule *rule = &nodes[i].rules[r];
            bool told = false;

            for (uint32_t before = 0; before < r; before++)
                lint_pair_of_rules(l, &nodes[i].rules[before], rule, &told);
            lint_assigns(l, rule);
            if (rule->pairs != NULL)
                lint_range(l, rule, rule->pairs->from, rule->pairs->to, "pairs");
            if (rule->groups != NULL)
                lint_range(l, rule, rule->groups->from, rule->groups->to, "groups");
            lint_codes(l, rule);
            lint_nodes(l, rule->nodes, rule->n_nodes, depth + 1);
        }
}

void lint_rules(struct lint *lint, const struct map *map)
{
    struct linter l = {
        .lint = lint, .map = map, .dictionary = strcmp(map->format, "x12") == 0 ? lint->dictionary : NULL};

    lint_nodes(&l, map->nodes, map->n_nodes, 0);
}
