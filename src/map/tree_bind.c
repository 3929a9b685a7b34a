#include <stdlib.h>

#include "map/layout_tree.h"
#include "map/tree_bound.h"

enum { ARENA_CEILING = 64 * 1024 * 1024 };

struct binder {
    struct tree_binding *binding;
    struct report *report;
    bool wrong;
};

static void complain(struct binder *b, enum complaint complaint, struct map_mark mark, struct bytes value,
                     const char *expected)
{
    struct finding finding = {
        .complaint = complaint,
        .place = map_place(mark),
        .value = value,
        .expected = expected,
    };

    report_add(b->report, &finding);
    b->wrong = true;
}

/* A path of a map: elements down, the last of which may be an attribute; "." is the element itself. */
static struct tree_route find_route(struct binder *b, struct bytes text, struct map_mark mark, bool is_tag)
{
    struct tree_route route = {.n = 0};
    struct bytes rest = text, step;
    struct tree_name name;

    if (!is_tag && bytes_are(text, "."))
        return route;
    while (bytes_split(&rest, '/', &step)) {
        if (bytes_are(step, ".") && route.n == 0 && rest.at != NULL)
            continue; /* "./each": no key of rules */
        if (step.len == 0 || route.n == TREE_MAX_STEPS || !tree_name_of(b->binding->layout, step, &name) ||
            name.name.len == 0 || (name.attribute && (is_tag || rest.at != NULL))) {
            complain(b, MAP_NO_COLUMN, mark, text,
                     b->binding->layout->json
                         ? "a path of members, such as price/amount, or . for the value itself"
                     : is_tag ? "a path of element names, such as lines/line"
                              : "a path such as price, @number or price/@currency, or . for the text");
            break;
        }
        route.ids[route.n] = tree_names_add(b->binding->names, name);
        if (route.ids[route.n++] == 0) {
            complain(b, SETTING_RANGE, mark, text, "fewer names in a map");
            break;
        }
    }
    return route;
}

static void bind_op(struct binder *b, struct tree_op *op, const struct map_assign *assign)
{
    const struct map_target *target = &assign->target;

    op->route = find_route(b, assign->key, target->mark, false);
    op->target = target;
    op->set = target->field != NULL || target->convert != NULL;
    op->value = (struct flat_op){.column = &b->binding->column,
                                 .target = target,
                                 .field = target->field,
                                 .own = target->path_len == 1 && !target->from_root,
                                 .decoded = true};
    if (target->field != NULL && target->field->is_list && target->field->type == CANON_OBJECT)
        complain(b, SETTING_VALUE, target->mark, bytes_of(target->field->name),
                 "a field with a value; each: makes objects of elements");
}

static const struct tree_bound_node *bind_nodes(struct binder *b, const struct map_node *nodes, uint32_t n);

static bool bind_rule(struct binder *b, const struct map_rule *rule)
{
    struct arena *arena = &b->binding->arena;
    struct tree_bound_rule *bound = &b->binding->rules[rule->index];

    if (bound->map != NULL)
        return true; /* of a part that several rules use */
    bound->map = rule;
    bound->ops = arena_zalloc(arena, rule->n_assigns + 1, sizeof(*bound->ops));
    bound->tests = arena_zalloc(arena, rule->n_tests + 1, sizeof(*bound->tests));
    if (bound->ops == NULL || bound->tests == NULL)
        return false;
    for (uint32_t i = 0; i < rule->n_assigns; i++)
        bind_op(b, &bound->ops[bound->n_ops++], &rule->assigns[i]);
    for (uint32_t i = 0; i < rule->n_tests; i++) {
        struct tree_test *test = &bound->tests[bound->n_tests++];

        test->route = find_route(b, rule->tests[i].key, rule->tests[i].mark, false);
        test->map = &rule->tests[i];
    }
    if (rule->units != NULL)
        complain(b, SETTING_VALUE, rule->units->mark, BYTES("units"), "units are of X12");
    if (rule->pairs != NULL)
        complain(b, SETTING_VALUE, rule->pairs->mark, BYTES("pairs"), "pairs are of X12; here when: serves");
    if (rule->groups != NULL)
        complain(b, SETTING_VALUE, rule->groups->mark, BYTES("groups"),
                 "groups are of rows; here each: serves");
    bound->n_nodes = rule->n_nodes;
    bound->nodes = bind_nodes(b, rule->nodes, rule->n_nodes);
    return bound->nodes != NULL;
}

static const struct tree_bound_node *bind_nodes(struct binder *b, const struct map_node *nodes, uint32_t n)
{
    struct arena *arena = &b->binding->arena;
    struct tree_bound_node *bound = arena_zalloc(arena, n + 1, sizeof(*bound));

    for (uint32_t i = 0; i < n && bound != NULL; i++) {
        bound[i].route = find_route(b, bytes_of(nodes[i].tag), nodes[i].rules[0].mark, true);
        bound[i].rules = arena_zalloc(arena, nodes[i].n_rules + 1, sizeof(*bound[i].rules));
        if (bound[i].rules == NULL)
            return NULL;
        for (uint32_t j = 0; j < nodes[i].n_rules; j++) {
            bound[i].rules[bound[i].n_rules++] = &b->binding->rules[nodes[i].rules[j].index];
            if (!bind_rule(b, &nodes[i].rules[j]))
                return NULL;
        }
    }
    return bound;
}

/* The outermost units are documents. */
static void check_top(struct binder *b)
{
    const struct map *map = b->binding->map;

    for (uint32_t i = 0; i < map->n_nodes; i++)
        if (strcmp(map->nodes[i].tag, b->binding->layout->document) != 0)
            complain(b, MAP_NO_COLUMN, map->nodes[i].rules[0].mark, bytes_of(map->nodes[i].tag),
                     arena_format(&b->binding->arena, "%s, the document of the layout",
                                  b->binding->layout->document));
}

static void find_skip(struct tree_binding *binding)
{
    const struct tree_layout *layout = binding->layout;

    binding->skip = arena_zalloc(&binding->arena, TREE_MAX_NAMES, sizeof(*binding->skip));
    for (unsigned i = 0; binding->skip != NULL && i < layout->n_skip; i++) {
        struct tree_name name;
        uint16_t id = tree_name_of(layout, layout->skip[i], &name) ? tree_names_add(binding->names, name) : 0;

        if (id == 0)
            continue;
        binding->skip[id] = true;
        binding->n_skip = id + 1u > binding->n_skip ? id + 1u : binding->n_skip;
    }
}

static void find_keep(struct tree_binding *binding)
{
    const struct canon_block *block;

    binding->keep = canon_block_field(binding->map->kind->body, BYTES("extra"));
    if (binding->keep == NULL || !binding->keep->is_list || (block = binding->keep->block) == NULL) {
        binding->keep = NULL;
        return;
    }
    binding->keep_at = canon_block_field(block, BYTES("at"));
    binding->keep_tag = canon_block_field(block, BYTES("tag"));
    binding->keep_element = canon_block_field(block, BYTES("element"));
    binding->keep_value = canon_block_field(block, BYTES("value"));
}

/* What flat_set asks for. */
static void find_forms(struct tree_binding *binding)
{
    binding->forms = (struct flat_layout){.date = binding->layout->date,
                                          .time = binding->layout->time,
                                          .datetime = binding->layout->datetime,
                                          .partner = -1};
    binding->column = (struct flat_column){.pad = ' ', .number = NUMBER_FORM_DEFAULT};
    binding->charset = charset_open(BYTES("utf-8"));
    binding->values = (struct flat_binding){.map = binding->map, .layout = &binding->forms};
}

struct tree_binding *tree_binding_open(const struct map *map, struct report *report)
{
    struct tree_binding *binding = calloc(1, sizeof(*binding));
    struct binder b = {.binding = binding, .report = report};

    if (binding == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the map %s", map->name);
        return NULL;
    }
    binding->map = map;
    arena_init(&binding->arena, 16 * 1024, ARENA_CEILING);
    binding->names = tree_names_open();
    binding->layout = layout_tree(map, &binding->arena, report);
    binding->rules = arena_zalloc(&binding->arena, map->n_rules + 1, sizeof(*binding->rules));
    if (binding->layout == NULL) {
        tree_binding_close(binding);
        return NULL;
    }
    if (binding->names != NULL && binding->rules != NULL) {
        check_top(&b);
        find_forms(binding);
        find_skip(binding);
        find_keep(binding);
        binding->n_nodes = map->n_nodes;
        binding->nodes = bind_nodes(&b, map->nodes, map->n_nodes);
    }
    if (binding->nodes == NULL || binding->arena.failed)
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the map %s", map->name);
    if (b.wrong || binding->nodes == NULL || binding->arena.failed) {
        tree_binding_close(binding);
        return NULL;
    }
    return binding;
}

void tree_binding_close(struct tree_binding *binding)
{
    if (binding == NULL)
        return;
    tree_names_close(binding->names);
    arena_release(&binding->arena);
    free(binding);
}

const struct tree_layout *tree_binding_layout(const struct tree_binding *binding)
{
    return binding->layout;
}

struct tree_names *tree_binding_names(const struct tree_binding *binding)
{
    return binding->names;
}
