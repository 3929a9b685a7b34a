#include <stdlib.h>

#include "map/convert.h"
#include "map/x12_bound.h"

enum { SPARE = 2 }; /* values: mostly a text or two and a list */

bool x12_parse_key(struct bytes key, uint8_t *element, uint8_t *component)
{
    struct bytes first;
    uint64_t number;

    *component = 0;
    if (!bytes_split(&key, '-', &first) || !bytes_to_count(first, X12_MAX_ELEMENTS, &number) || number == 0)
        return false;
    *element = (uint8_t)(number - 1);
    if (key.at != NULL) {
        if (!bytes_to_count(key, 64, &number) || number == 0)
            return false;
        *component = (uint8_t)number;
    }
    return true;
}

/* The standard's element at a key of a segment; NULL when it has none there. */
static const struct standard_element *element_at(const struct standard_segment *segment, uint8_t element,
                                                 uint8_t component)
{
    const struct standard_field *field;

    if (element >= segment->n_fields)
        return NULL;
    field = &segment->fields[element];
    if (field->composite == NULL)
        return component <= 1 ? field->element : NULL;
    if (component == 0)
        component = 1;
    return component <= field->composite->n_fields ? field->composite->fields[component - 1].element : NULL;
}

/* What the read engine takes quickly needs no escaping; a JSON number and a word have no quotes, though. */
static uint8_t plain_of(const struct canon_field *field)
{
    return field->type == CANON_INTEGER || field->type == CANON_BOOLEAN ? CANON_PLAIN : CANON_WIDE;
}

static bool bind_op(struct arena *arena, struct op *op, const struct standard_segment *segment,
                    const struct map_target *target);

/* The fields that one element is taken apart into. */
static bool bind_parts(struct arena *arena, struct op *op, const struct standard_segment *segment,
                       const struct map_convert *convert)
{
    struct op *parts = arena_zalloc(arena, convert->n_parts + 1, sizeof(*parts));

    if (parts == NULL)
        return false;
    for (uint32_t i = 0; i < convert->n_parts; i++) {
        parts[i].element = op->element;
        parts[i].component = op->component;
        if (!bind_op(arena, &parts[i], segment, &convert->parts[i]))
            return false;
    }
    op->parts = parts;
    return true;
}

static bool bind_op(struct arena *arena, struct op *op, const struct standard_segment *segment,
                    const struct map_target *target)
{
    const struct standard_element *element = element_at(segment, op->element, op->component);
    enum standard_type type = element != NULL ? (enum standard_type)element->type : STANDARD_AN;

    op->target = target;
    op->field = target->field;
    op->own = target->path_len == 1 && !target->from_root && !target->field->is_list;
    op->shape = (struct canon_value){
        .field = target->field->index, .held = CANON_HELD_TEXT, .plain = plain_of(target->field)};
    if (target->raw != NULL)
        op->raw_shape = (struct canon_value){
            .field = target->raw->index, .held = CANON_HELD_TEXT, .plain = plain_of(target->raw)};
    op->word = (uint8_t)(target->field->index / 64);
    op->bit = (uint64_t)1 << target->field->index % 64;
    if (target->convert == NULL && (target->table != NULL || target->pad != 0)) {
        op->conversion = AS_TABLE;
        return true;
    }
    switch ((enum canon_type)target->field->type) {
    case CANON_DECIMAL:
        op->conversion = type == STANDARD_N && element->decimals > 0 ? AS_IMPLIED : AS_DECIMAL;
        op->decimals = type == STANDARD_N ? element->decimals : 0;
        break;
    case CANON_INTEGER: op->conversion = AS_INTEGER; break;
    case CANON_DATE: op->conversion = AS_DATE; break;
    case CANON_TIME: op->conversion = AS_TIME; break;
    default: op->conversion = AS_TEXT;
    }
    if (target->convert == NULL)
        return true;
    /* What a form gave is as the record wants it. */
    op->then = target->convert->form.code != NULL ? AS_TEXT : op->conversion;
    op->conversion = AS_CONVERTED;
    return target->convert->n_parts == 0 || bind_parts(arena, op, segment, target->convert);
}

static bool bind_tests(struct x12_binding *binding, struct x12_bound_rule *bound, const struct map_rule *rule)
{
    struct test *tests = arena_zalloc(&binding->arena, rule->n_tests + 1, sizeof(*tests));
    uint32_t n = 0;

    if (tests == NULL)
        return false;
    for (uint32_t t = 0; t < rule->n_tests; t++) {
        const struct map_test *from = &rule->tests[t];
        uint32_t i = n;
        uint64_t *keys = arena_zalloc(&binding->arena, from->n_values, sizeof(*keys));

        if (keys == NULL || !x12_parse_key(from->key, &tests[i].element, &tests[i].component))
            return keys != NULL; /* x12_check_map tells of the key */
        tests[i].keyed = tests[i].component == 0;
        for (uint32_t v = 0; v < from->n_values; v++) {
            if (from->values[v].len == 0)
                tests[i].or_none = true;
            if (from->values[v].len > 8)
                tests[i].keyed = false;
            else
                keys[v] = bytes_key(from->values[v].at, from->values[v].len);
        }
        tests[i].keys = keys;
        tests[i].values = from->values;
        tests[i].n_values = from->n_values;
        if (tests[i].component == 0)
            bound->reads |= (uint64_t)1 << tests[i].element;
        else
            bound->compounds |= (uint64_t)1 << tests[i].element;
        if (tests[i].component == 0 && from->n_values == 1 && from->values[0].len == 0)
            bound->absent |= (uint64_t)1 << tests[i].element;
        else
            n++;
    }
    bound->tests = tests;
    bound->n_tests = n;
    return true;
}

static bool same_target(const struct map_target *a, const struct map_target *b)
{
    return a->field == b->field && a->path_len == b->path_len && a->from_root == b->from_root;
}

uint32_t x12_pair_first(const struct map_pairs *pairs, uint32_t i)
{
    uint32_t first = 0;

    while (!same_target(&pairs->by[first].target, &pairs->by[i].target))
        first++;
    return first;
}

uint32_t x12_pair_usual(const struct map_pairs *pairs, uint32_t i, size_t len)
{
    const char *wanted = len == 12 ? "UP" : len == 13 || len == 8 ? "EN" : len == 14 ? "UK" : "";
    uint32_t first = x12_pair_first(pairs, i);

    if (pairs->by[first].target.pad > 0)
        for (uint32_t k = first; k < pairs->n_by; k++)
            if (same_target(&pairs->by[k].target, &pairs->by[i].target) &&
                bytes_are(pairs->by[k].qualifier, wanted))
                return k;
    return first;
}

static bool bind_pairs(struct x12_binding *binding, struct x12_bound_rule *bound,
                       const struct standard_segment *segment, const struct map_pairs *from)
{
    struct pairs *pairs = arena_zalloc(&binding->arena, 1, sizeof(*pairs));
    struct op *ops = arena_zalloc(&binding->arena, from->n_by + 1, sizeof(*ops));
    uint64_t *keys = arena_zalloc(&binding->arena, from->n_by + 1, sizeof(*keys));
    uint8_t none;

    if (pairs == NULL || ops == NULL || keys == NULL)
        return false;
    pairs->map = from;
    pairs->ops = ops;
    pairs->keys = keys;
    if (!x12_parse_key(from->from, &pairs->from, &none) || !x12_parse_key(from->to, &pairs->to, &none))
        return true;
    for (uint32_t i = 0; i < from->n_by && i < PAIR_SLOTS / 2; i++) {
        uint64_t key = from->by[i].qualifier.len <= 8
                           ? bytes_key(from->by[i].qualifier.at, from->by[i].qualifier.len)
                           : 0;
        unsigned slot = pair_slot(key);

        while (pairs->slots[slot] != 0)
            slot = (slot + 1) % PAIR_SLOTS;
        pairs->slots[slot] = (uint8_t)(i + 1);
        keys[i] = key;
        ops[i].element = pairs->from;
        if (!bind_op(&binding->arena, &ops[i], segment, &from->by[i].target))
            return false;
        ops[i].simple = ops[i].own;
    }
    bound->pairs = pairs;
    return true;
}

static bool bind_groups(struct x12_binding *binding, struct x12_bound_rule *bound,
                        const struct standard_segment *segment, const struct map_groups *from)
{
    struct groups *groups = arena_zalloc(&binding->arena, 1, sizeof(*groups));
    struct op *ops = arena_zalloc(&binding->arena, from->n_fields + 1, sizeof(*ops));
    struct op *also = arena_zalloc(&binding->arena, from->n_also + 1, sizeof(*also));
    uint8_t none;

    if (groups == NULL || ops == NULL || also == NULL)
        return false;
    groups->map = from;
    groups->step = (uint8_t)from->n_fields;
    if (!x12_parse_key(from->from, &groups->from, &none) || !x12_parse_key(from->to, &groups->to, &none))
        return true;
    for (uint32_t i = 0; i < from->n_fields; i++) {
        ops[i].element = (uint8_t)(groups->from + i);
        if (!bind_op(&binding->arena, &ops[i], segment, &from->fields[i]))
            return false;
        ops[i].element = (uint8_t)i;
    }
    for (uint32_t i = 0; i < from->n_also; i++)
        if (x12_parse_key(from->also[i].key, &also[groups->n_also].element, &none)) {
            if (!bind_op(&binding->arena, &also[groups->n_also], segment, &from->also[i].target))
                return false;
            bound->reads |= (uint64_t)1 << also[groups->n_also].element;
            groups->n_also++;
        }
    groups->ops = ops;
    groups->also = also;
    bound->groups = groups;
    return true;
}

static const struct rule_list *const *bind_nodes(struct x12_binding *binding, const struct map_node *nodes,
                                                 uint32_t n_nodes, uint16_t loop, uint16_t first,
                                                 uint16_t last);

/* Finds the ops that may be simple. */
static bool bind_pattern(struct x12_binding *binding, struct x12_bound_rule *bound, struct op *ops)
{
    uint64_t taken[CANON_MAX_FIELDS / 64] = {0};
    struct pattern *pattern = arena_zalloc(&binding->arena, 1, sizeof(*pattern));

    if (pattern == NULL)
        return false;
    pattern->steps = arena_zalloc(&binding->arena, bound->n_ops + X12_MAX_ELEMENTS, sizeof(*pattern->steps));
    pattern->known = arena_zalloc(&binding->arena, X12_MAX_ELEMENTS, sizeof(*pattern->known));
    bound->pattern = pattern;
    for (uint32_t i = 0; i < bound->n_ops; i++) {
        struct op *op = &ops[i];
        const struct canon_field *raw = op->target->raw;

        if (!op->own || op->parts != NULL || op->component != 0 || (op->bit & taken[op->word]) != 0 ||
            (raw != NULL && (taken[raw->index / 64] >> raw->index % 64 & 1)))
            continue;
        op->simple = true;
        taken[op->word] |= op->bit;
        if (raw != NULL)
            taken[raw->index / 64] |= (uint64_t)1 << raw->index % 64;
    }
    return pattern->steps != NULL && pattern->known != NULL;
}

/* A rule with nothing but fields, or one that tests a segment, takes none that has none of its fields: what
 * such a segment says would be lost. */
static uint64_t wanted_of(const struct map_rule *rule, const struct op *ops, uint32_t n)
{
    uint64_t wanted = 0;

    if (rule->each || rule->groups != NULL || rule->pairs != NULL ||
        (rule->n_nodes > 0 && (rule->n_tests == 0 || rule->enter_len > 0)))
        return 0;
    for (uint32_t i = 0; i < n; i++) {
        if (ops[i].target->fallback.at != NULL)
            return 0;
        wanted |= (uint64_t)1 << ops[i].element;
    }
    return wanted;
}

static bool bind_rule(struct x12_binding *binding, struct x12_bound_rule *bound, const struct map_rule *rule,
                      const struct standard_position *position)
{
    struct op *ops = arena_zalloc(&binding->arena, rule->n_assigns + 1, sizeof(*ops));
    uint32_t n = 0;

    if (ops == NULL || !bind_tests(binding, bound, rule))
        return false;
    bound->map = rule;
    bound->state = &binding->states[rule->index];
    bound->number = binding->n_bound++;
    for (uint32_t i = 0; i < rule->n_assigns; i++) {
        const struct map_assign *assign = &rule->assigns[i];

        if (!x12_parse_key(assign->key, &ops[n].element, &ops[n].component))
            continue;
        if (ops[n].component == 0)
            bound->reads |= (uint64_t)1 << ops[n].element;
        else
            bound->compounds |= (uint64_t)1 << ops[n].element;
        if (assign->target.field == NULL)
            continue; /* a constant: of writing only */
        if (!bind_op(&binding->arena, &ops[n], position->segment, &assign->target))
            return false;
        n++;
    }
    bound->ops = ops;
    bound->n_ops = n;
    bound->wants = wanted_of(rule, ops, n);
    if (!bind_pattern(binding, bound, ops))
        return false;
    bound->enters = rule->enter_len;
    bound->appends = rule->each && rule->enter_len == 1;
    bound->list = bound->appends ? rule->enter[0] : NULL;
    bound->spare = bound->appends && rule->n_nodes > 0 ? SPARE : 0;
    bound->repeats = rule->each || rule->groups != NULL;
    bound->more = rule->n_set > 0 || rule->units != NULL;
    if (rule->n_set > 0 && !rule->each && position->parent == STANDARD_NO_LOOP) {
        struct x12_late *late = arena_alloc(&binding->arena, sizeof(*late));

        if (late == NULL)
            return false;
        *late = (struct x12_late){binding->late, bound};
        binding->late = late;
        bound->late = true;
    }
    if (rule->groups != NULL && !bind_groups(binding, bound, position->segment, rule->groups))
        return false;
    if (rule->pairs != NULL && !bind_pairs(binding, bound, position->segment, rule->pairs))
        return false;
    if (rule->n_nodes > 0 && position->starts_loop) {
        bound->first = (uint16_t)(position->index + 1);
        bound->last = position->last;
        bound->children = bind_nodes(binding, rule->nodes, rule->n_nodes, position->index, bound->first,
                                     bound->last);
        if (bound->children == NULL)
            return false;
    }
    return true;
}

/* Where the rules of a list begin with a test of the same element, a table of its values. */
static bool bind_choices(struct x12_binding *binding, struct rule_list *list)
{
    uint32_t n_keys = 0;

    list->element = NO_CHOICE;
    list->otherwise = list->n;
    if (list->n < 3)
        return true;
    for (uint32_t r = 0; r < list->n; r++) {
        const struct test *test = list->rules[r]->tests;

        if (list->rules[r]->n_tests == 0 || test->component != 0 || !test->keyed || test->or_none ||
            (list->element != NO_CHOICE && test->element != list->element)) {
            if (list->otherwise == list->n)
                list->otherwise = r;
            continue;
        }
        list->element = test->element;
        n_keys += test->n_values;
    }
    if (n_keys == 0 || list->otherwise == 0) {
        list->element = NO_CHOICE;
        return true;
    }
    list->mask = 7;
    while (list->mask < n_keys * 2)
        list->mask = list->mask * 2 + 1;
    list->choices = arena_zalloc(&binding->arena, list->mask + 1, sizeof(*list->choices));
    if (list->choices == NULL)
        return false;
    for (uint32_t r = 0; r < list->n && r < list->otherwise; r++) {
        const struct test *test = list->rules[r]->tests;

        for (uint32_t v = 0; v < test->n_values; v++) {
            unsigned slot = choice_slot(list, test->keys[v]);

            while (list->choices[slot].rule != NULL && list->choices[slot].key != test->keys[v])
                slot = (slot + 1) & list->mask;
            if (list->choices[slot].rule == NULL)
                list->choices[slot] = (struct choice){test->keys[v], list->rules[r], r};
        }
    }
    return true;
}

/* The rules of `nodes` by position first..last, for the members of the loop that starts at `loop`. */
static const struct rule_list *const *bind_nodes(struct x12_binding *binding, const struct map_node *nodes,
                                                 uint32_t n_nodes, uint16_t loop, uint16_t first,
                                                 uint16_t last)
{
    size_t span = last >= first ? (size_t)(last - first) + 1 : 0;
    struct rule_list const **by_position;
    struct bound_children *made;

    for (made = binding->made; made != NULL; made = made->next)
        if (made->nodes == nodes && made->loop == loop)
            return made->by_position;
    by_position = arena_zalloc(&binding->arena, span + 1, sizeof(*by_position));
    made = arena_zalloc(&binding->arena, 1, sizeof(*made));
    if (by_position == NULL || made == NULL)
        return NULL;
    for (uint16_t p = first; span > 0 && p <= last; p++) {
        const struct standard_position *position = &binding->set->positions[p];

        if (position->parent != loop)
            continue;
        for (uint32_t i = 0; i < n_nodes; i++) {
            struct rule_list *list;
            struct x12_bound_rule *bound;

            if (strcmp(nodes[i].tag, position->segment->id) != 0)
                continue;
            list = arena_zalloc(&binding->arena, 1,
                                sizeof(*list) + nodes[i].n_rules * sizeof(list->rules[0]));
            bound = arena_zalloc(&binding->arena, nodes[i].n_rules, sizeof(*bound));
            if (list == NULL || bound == NULL)
                return NULL;
            list->n = nodes[i].n_rules;
            for (uint32_t r = 0; r < list->n; r++) {
                if (!bind_rule(binding, &bound[r], &nodes[i].rules[r], position))
                    return NULL;
                list->rules[r] = &bound[r];
            }
            if (!bind_choices(binding, list))
                return NULL;
            if (list->n > 0)
                by_position[p - first] = list;
            break;
        }
    }
    *made = (struct bound_children){binding->made, nodes, loop, by_position};
    binding->made = made;
    return by_position;
}

static const struct bound_place *bind_places(struct arena *arena, const struct standard_set *set)
{
    struct bound_place *places = arena_zalloc(arena, set->n_positions + 1u, sizeof(*places));

    for (uint16_t p = 0; places != NULL && p < set->n_positions; p++)
        places[p] = (struct bound_place){set->positions[p].parent, set->positions[p].starts_loop};
    return places;
}

struct x12_binding *x12_binding_open(const struct map *map, const struct standard_set *set)
{
    struct x12_binding *binding = calloc(1, sizeof(*binding));
    const struct canon_block *body = map->kind->body;

    if (binding == NULL)
        return NULL;
    arena_init(&binding->arena, 64 * 1024, 64 * 1024 * 1024);
    binding->map = map;
    binding->set = set;
    binding->places = bind_places(&binding->arena, set);
    binding->root.last = (uint16_t)(set->n_positions - 1);
    binding->states = arena_zalloc(&binding->arena, map->n_rules + 1, sizeof(*binding->states));
    binding->unread = arena_zalloc(&binding->arena, set->n_positions + 1, sizeof(*binding->unread));
    binding->root.children = bind_nodes(binding, map->nodes, map->n_nodes, STANDARD_NO_LOOP, 0,
                                        binding->root.last);
    binding->alone = arena_zalloc(&binding->arena, binding->n_bound + 1, sizeof(*binding->alone));
    binding->extra = canon_block_field(body, BYTES("extra"));
    if (binding->extra != NULL && binding->extra->block != NULL) {
        const struct canon_block *block = binding->extra->block;

        binding->extra_at = canon_block_field(block, BYTES("at"));
        binding->extra_ordinal = canon_block_field(block, BYTES("ordinal"));
        binding->extra_tag = canon_block_field(block, BYTES("tag"));
        binding->extra_element = canon_block_field(block, BYTES("element"));
        binding->extra_value = canon_block_field(block, BYTES("value"));
        binding->extra_elements = canon_block_field(block, BYTES("elements"));
    }
    if (binding->arena.failed) {
        x12_binding_close(binding);
        return NULL;
    }
    return binding;
}

void x12_binding_close(struct x12_binding *binding)
{
    if (binding == NULL)
        return;
    arena_release(&binding->arena);
    free(binding->rows);
    free(binding);
}

const struct map *x12_binding_map(const struct x12_binding *binding)
{
    return binding->map;
}

const struct x12_unread *x12_binding_unread(struct x12_binding *binding, size_t *count)
{
    size_t n = 0;

    for (int fill = 0; fill < 2; fill++) {
        n = 0;
        for (uint16_t p = 0; p < binding->set->n_positions; p++)
            for (unsigned e = 0; binding->unread[p] != NULL && e <= X12_MAX_ELEMENTS; e++)
                if (binding->unread[p][e] > 0) {
                    if (fill)
                        binding->rows[n] = (struct x12_unread){&binding->set->positions[p], (uint8_t)e,
                                                               binding->unread[p][e]};
                    n++;
                }
        if (!fill) {
            free(binding->rows);
            binding->rows = calloc(n + 1, sizeof(*binding->rows));
            if (binding->rows == NULL)
                n = 0;
            if (n == 0)
                break;
        }
    }
    *count = n;
    return binding->rows;
}
