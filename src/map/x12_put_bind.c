#include "map/convert.h"
#include "map/x12_put_bound.h"

static void add_field(uint64_t fields[PUT_WORDS], const struct canon_field *field)
{
    fields[field->index / 64] |= (uint64_t)1 << field->index % 64;
}

static void add_target(uint64_t fields[PUT_WORDS], const struct map_target *target)
{
    if (target->from_root || target->path_len == 0)
        return;
    add_field(fields, target->path[0]);
    if (target->path_len == 1 && target->raw != NULL)
        add_field(fields, target->raw);
}

/* Of one element: its field, or the several that it is put together from. */
static void add_targets(uint64_t fields[PUT_WORDS], const struct map_target *target)
{
    const struct map_convert *convert = target->convert;

    if (convert == NULL || convert->n_parts == 0)
        add_target(fields, target);
    else if (convert_writes(convert))
        for (uint32_t i = 0; i < convert->n_parts; i++)
            add_target(fields, &convert->parts[i]);
}

static bool is_key(const struct put_fixed *fixed, const struct op *op)
{
    return fixed->element == op->element && fixed->component == op->component;
}

/* The constants of a rule: `when` where no field is written there, `value`, and totals without a field. */
static bool bind_fixed(struct x12_putter *putter, const struct x12_bound_rule *rule, struct put_rule *made)
{
    const struct map_rule *map = rule->map;
    struct put_fixed *fixed = arena_zalloc(&putter->arena, map->n_tests + map->n_assigns + 1, sizeof(*fixed));
    const struct map_test **tests = arena_zalloc(&putter->arena, rule->n_ops + 1, sizeof(struct map_test *));
    uint32_t n = 0;

    if (fixed == NULL || tests == NULL)
        return false;
    made->fixed = fixed;
    made->tests = tests;
    for (uint32_t i = 0; i < map->n_tests; i++) {
        const struct map_test *test = &map->tests[i];
        bool written = false;

        if (!x12_parse_key(test->key, &fixed[n].element, &fixed[n].component))
            continue;
        for (uint32_t k = 0; k < rule->n_ops; k++)
            if (is_key(&fixed[n], &rule->ops[k])) {
                tests[k] = test;
                written = true;
            }
        if (written || test->n_values == 0 || test->values[0].len == 0)
            continue;
        fixed[n++].text = test->values[0];
    }
    for (uint32_t i = 0; i < map->n_assigns; i++) {
        const struct map_target *target = &map->assigns[i].target;

        if (target->field != NULL ||
            !x12_parse_key(map->assigns[i].key, &fixed[n].element, &fixed[n].component))
            continue;
        if (target->compute != MAP_COMPUTE_NOTHING)
            fixed[n++].target = target;
        else if (target->constant.at != NULL) {
            made->constant = true;
            fixed[n++].text = target->constant;
        }
    }
    made->n_fixed = n;
    return true;
}

static void widen(struct put_rule *made, unsigned element)
{
    if (element + 1 > made->n_elements)
        made->n_elements = (uint8_t)(element + 1);
}

/* What a rule takes of the object of its loop. */
static void add_taken(const struct x12_putter *putter, const struct x12_bound_rule *rule,
                      uint64_t fields[PUT_WORDS])
{
    if (rule->map->enter_len > 0)
        add_field(fields, rule->map->enter[0]);
    else
        for (unsigned w = 0; w < PUT_WORDS; w++)
            fields[w] |= putter->rules[rule->number].all[w];
}

static bool bind_list(struct x12_putter *putter, const struct rule_list *const *lists, uint16_t first,
                      uint16_t last, uint16_t loop, struct put_places *places);

/* The rule's pairs beside its elements. */
static bool bind_pairs(struct x12_putter *putter, const struct x12_bound_rule *rule, struct put_rule *made)
{
    const struct map_pairs *map = rule->pairs->map;
    bool *paired = arena_zalloc(&putter->arena, rule->n_ops + 1, sizeof(*paired));
    uint8_t *usual = arena_zalloc(&putter->arena, map->n_by + 1, sizeof(*usual));

    if (paired == NULL || usual == NULL)
        return false;
    for (uint32_t i = 0; i < map->n_by; i++) {
        add_target(made->own, &map->by[i].target);
        usual[i] = (uint8_t)x12_pair_first(map, i);
        for (uint32_t k = 0; k < rule->n_ops; k++)
            if (rule->pairs->ops[i].field == rule->ops[k].field && rule->ops[k].own) {
                paired[k] = true;
                made->paired = paired;
            }
    }
    if (map->rest != NULL)
        add_field(made->own, map->rest);
    if (map->order != NULL)
        add_field(made->own, map->order);
    made->usual = usual;
    widen(made, rule->pairs->to);
    return true;
}

static bool bind_rule(struct x12_putter *putter, const struct x12_bound_rule *rule,
                      const struct standard_position *position)
{
    struct put_rule *made = &putter->rules[rule->number];
    const struct map_rule *map = rule->map;

    if (made->made)
        return true;
    made->made = true;
    made->position = position;
    if (!bind_fixed(putter, rule, made))
        return false;
    for (uint32_t i = 0; i < made->n_fixed; i++)
        widen(made, made->fixed[i].element);
    for (uint32_t i = 0; i < made->n_fixed; i++)
        made->totals |= made->fixed[i].target != NULL;
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        add_targets(made->own, rule->ops[i].target);
        made->totals |= rule->ops[i].target->compute != MAP_COMPUTE_NOTHING;
        widen(made, rule->ops[i].element);
    }
    if (rule->pairs != NULL && !bind_pairs(putter, rule, made))
        return false;
    for (uint32_t i = 0; map->each && i < map->n_set; i++)
        add_target(made->own, &map->set[i].target);
    if (map->units != NULL) {
        add_field(made->own, map->units->base_quantity);
        add_field(made->own, map->units->base_uom);
    }
    if (rule->groups != NULL) {
        add_field(made->own, rule->groups->map->list);
        widen(made, rule->groups->to);
        for (uint32_t i = 0; i < rule->groups->n_also; i++)
            widen(made, rule->groups->also[i].element);
    }
    made->constant = made->constant && rule->n_ops == 0 && map->n_nodes == 0 && map->enter_len == 0;
    memcpy(made->all, made->own, sizeof(made->all));
    if (rule->children == NULL)
        return true;
    if (!bind_list(putter, rule->children, rule->first, rule->last, position->index, &made->places))
        return false;
    for (uint16_t p = rule->first; p <= rule->last; p++) {
        const struct rule_list *list = rule->children[p - rule->first];

        for (uint32_t i = 0; list != NULL && i < list->n; i++)
            add_taken(putter, list->rules[i], made->all);
    }
    return true;
}

static bool is_rival(const struct map_rule *a, const struct map_rule *b)
{
    if (!a->each || !b->each || a->enter_len != b->enter_len)
        return false;
    for (unsigned i = 0; i < a->enter_len; i++)
        if (a->enter[i] != b->enter[i])
            return false;
    return true;
}

/* The rules of one loop that take from the list of this one. */
static bool find_rivals(struct x12_putter *putter, const struct rule_list *const *lists, uint16_t first,
                        uint16_t last, const struct x12_bound_rule *rule)
{
    struct put_rule *made = &putter->rules[rule->number];
    struct put_rival *rivals = NULL;

    for (int fill = 0; fill < 2; fill++) {
        uint32_t n = 0;

        for (uint16_t p = first; p <= last; p++) {
            const struct rule_list *list = lists[p - first];

            for (uint32_t i = 0; list != NULL && i < list->n; i++)
                if (is_rival(rule->map, list->rules[i]->map)) {
                    if (fill)
                        rivals[n] = (struct put_rival){list->rules[i], &putter->binding->set->positions[p]};
                    n++;
                }
        }
        if (n < 2)
            return true;
        if (!fill && (rivals = arena_zalloc(&putter->arena, n, sizeof(*rivals))) == NULL)
            return false;
        made->n_rivals = n;
        made->rivals = rivals;
    }
    return true;
}

/* For rules with write: otherwise, the fields that open the loop behind that has theirs, too. */
static bool bind_otherwise(struct x12_putter *putter, const struct rule_list *const *lists, uint16_t p,
                           uint16_t first, uint16_t last)
{
    const struct rule_list *list = lists[p - first];
    uint64_t *instead = NULL, own[PUT_WORDS] = {0};

    for (uint32_t i = 0; i < list->n; i++)
        if (list->rules[i]->map->otherwise)
            add_taken(putter, list->rules[i], own);
    for (uint16_t q = (uint16_t)(p + 1); q <= last && instead == NULL; q++)
        for (uint32_t i = 0; lists[q - first] != NULL && i < lists[q - first]->n && instead == NULL; i++) {
            const struct x12_bound_rule *other = lists[q - first]->rules[i];
            const struct put_rule *made = &putter->rules[other->number];
            bool within = other->children != NULL && other->map->enter_len == 0;

            for (unsigned w = 0; w < PUT_WORDS; w++)
                within &= (own[w] & ~made->all[w]) == 0;
            if (!within)
                continue;
            instead = arena_zalloc(&putter->arena, PUT_WORDS, sizeof(*instead));
            if (instead == NULL)
                return false;
            for (unsigned w = 0; w < PUT_WORDS; w++)
                instead[w] = made->all[w] & ~own[w];
        }
    for (uint32_t i = 0; i < list->n; i++)
        if (list->rules[i]->map->otherwise)
            putter->rules[list->rules[i]->number].instead = instead;
    return true;
}

static bool has_otherwise(const struct rule_list *list)
{
    bool has = false;

    for (uint32_t i = 0; list != NULL && i < list->n; i++)
        has |= list->rules[i]->map->otherwise;
    return has;
}

/* The positions of the loop, with what their rules need of an object. */
static bool bind_places(struct x12_putter *putter, const struct rule_list *const *lists, uint16_t first,
                        uint16_t last, uint16_t loop, struct put_places *places)
{
    const struct standard_position *positions = putter->binding->set->positions;
    struct put_place *place = arena_zalloc(&putter->arena, last - first + 2U, sizeof(*place));

    if (place == NULL)
        return false;
    places->first = place;
    for (uint16_t p = first; p <= last; p++) {
        const struct rule_list *list = lists[p - first];

        if (positions[p].parent != loop || list == NULL || list->n == 0)
            continue;
        place->list = list;
        place->position = p;
        place->levels = positions[p].starts_loop && strcmp(positions[p].segment->id, "HL") == 0;
        for (uint32_t i = 0; i < list->n; i++) {
            const struct put_rule *made = &putter->rules[list->rules[i]->number];

            place->always |= made->constant || made->totals;
            add_taken(putter, list->rules[i], place->here);
        }
        place++;
    }
    places->n = (uint32_t)(place - places->first);
    return true;
}

static bool bind_list(struct x12_putter *putter, const struct rule_list *const *lists, uint16_t first,
                      uint16_t last, uint16_t loop, struct put_places *places)
{
    for (uint16_t p = first; p <= last; p++)
        for (uint32_t i = 0; lists[p - first] != NULL && i < lists[p - first]->n; i++)
            if (!bind_rule(putter, lists[p - first]->rules[i], &putter->binding->set->positions[p]))
                return false;
    for (uint16_t p = first; p <= last; p++)
        for (uint32_t i = 0; lists[p - first] != NULL && i < lists[p - first]->n; i++) {
            const struct x12_bound_rule *rule = lists[p - first]->rules[i];

            if (rule->map->each && putter->rules[rule->number].n_rivals == 0 &&
                !find_rivals(putter, lists, first, last, rule))
                return false;
        }
    for (uint16_t p = first; p <= last; p++)
        if (has_otherwise(lists[p - first]) && !bind_otherwise(putter, lists, p, first, last))
            return false;
    return bind_places(putter, lists, first, last, loop, places);
}

bool x12_put_bind(struct x12_putter *putter)
{
    const struct x12_binding *binding = putter->binding;

    putter->rules = arena_zalloc(&putter->arena, binding->n_bound + 1, sizeof(*putter->rules));
    if (putter->rules == NULL)
        return false;
    return bind_list(putter, binding->root.children, 0, binding->root.last, STANDARD_NO_LOOP,
                     &putter->places) &&
           !putter->arena.failed;
}
