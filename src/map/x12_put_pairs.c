/*
 * Pairs of a qualifier and a value along a segment, from their fields and from the list of the rest
 * (x12_put_bound.h).
 */
#include "map/x12_put_bound.h"

bool put_pairs_have(const struct putting *putting, const struct x12_bound_rule *rule,
                    struct canon_object *object)
{
    const struct pairs *pairs = rule->pairs;

    for (uint32_t i = 0; i < pairs->map->n_by; i++)
        if (put_may_have(&pairs->ops[i], object) && put_has(putting, &pairs->ops[i], object))
            return true;
    if (pairs->map->rest != NULL && put_holds(object, pairs->map->rest)) {
        const struct canon_value *value = put_find(object, pairs->map->rest);

        for (const struct canon_object *rest = value->list->first; rest != NULL; rest = rest->next)
            if (rest->held[0] != 0)
                return true;
    }
    return false;
}

static bool is_full(const struct put_pairs *place)
{
    return place->e + 1 > place->pairs->to;
}

static void put_named(struct put_pairs *place, uint32_t i)
{
    const struct pairs *pairs = place->pairs;
    struct op here = pairs->ops[i];

    here.element = (uint8_t)(place->e + 1);
    put_set_element(place->unit, place->e, 0, pairs->map->by[i].qualifier);
    put_set_element(place->unit, place->e + 1, 0,
                    put_value(place->unit->putting, place->unit->rule, &here, place->object, true));
    place->e += 2;
}

static void put_rest(struct put_pairs *place, struct canon_object *rest)
{
    static const struct map_target none;
    const struct canon_field *fields[2] = {place->pairs->map->rest_type, place->pairs->map->rest_value};
    bool some = false;

    for (unsigned i = 0; i < 2; i++) {
        struct op op = {.field = fields[i], .target = &none};
        const struct canon_value *value = put_holds(rest, fields[i]) ? put_find(rest, fields[i]) : NULL;

        if (value == NULL)
            continue;
        put_set_element(place->unit, place->e + i, 0,
                        put_clean(place->unit->putting, place->unit->rule, &op, rest,
                                  (struct bytes){value->text, value->len}));
        put_use_up(rest, fields[i]);
        some = true;
    }
    place->e += some ? 2 : 0;
}

static struct canon_object *first_rest(const struct put_pairs *place)
{
    const struct canon_field *rest = place->pairs->map->rest;

    return rest != NULL && put_holds(place->object, rest) ? put_find(place->object, rest)->list->first : NULL;
}

/* The pair of that qualifier, from its field or from the rest.  Without one: a value alone, or a gap. */
static void put_ordered(struct put_pairs *place, struct bytes qualifier)
{
    const struct map_pairs *map = place->pairs->map;

    if (qualifier.len == 0) {
        for (struct canon_object *rest = first_rest(place); rest != NULL; rest = rest->next)
            if (!put_holds(rest, map->rest_type) && put_holds(rest, map->rest_value)) {
                put_rest(place, rest);
                return;
            }
        place->e += 2;
        return;
    }
    for (uint32_t i = 0; i < map->n_by; i++)
        if (bytes_equal(map->by[i].qualifier, qualifier) && (i >= 64 || !(place->elements >> i & 1)) &&
            put_has(place->unit->putting, &place->pairs->ops[i], place->object)) {
            put_named(place, i);
            return;
        }
    for (struct canon_object *rest = first_rest(place); rest != NULL; rest = rest->next) {
        const struct canon_value *value = put_holds(rest, map->rest_type) ? put_find(rest, map->rest_type)
                                                                          : NULL;

        if (value != NULL && bytes_equal(qualifier, (struct bytes){value->text, value->len})) {
            put_rest(place, rest);
            return;
        }
    }
}

static uint32_t count_codes(const struct canon_object *first, struct bytes code)
{
    uint32_t n = 0;

    for (; first != NULL; first = first->next)
        n += bytes_equal(code, (struct bytes){first->first.values[0].text, first->first.values[0].len});
    return n;
}

/* Whether all pairs of that qualifier are among the rest: the field was an element's then. */
static bool is_of_element(const struct put_pairs *place, uint32_t i, const struct canon_object *codes)
{
    const struct x12_bound_rule *rule = place->unit->rule;
    const struct map_pairs *map = place->pairs->map;
    uint32_t n = 0;
    bool element = false;

    for (uint32_t k = 0; k < rule->n_ops; k++)
        element |= rule->ops[k].field == place->pairs->ops[i].field && rule->ops[k].own;
    for (const struct canon_object *rest = element ? first_rest(place) : NULL; rest != NULL;
         rest = rest->next) {
        const struct canon_value *type = put_find(rest, map->rest_type);

        n += type != NULL && bytes_equal(map->by[i].qualifier, (struct bytes){type->text, type->len});
    }
    return element && n >= count_codes(codes, map->by[i].qualifier);
}

void put_pairs_ordered(struct put_pairs *place)
{
    const struct canon_field *order = place->pairs->map->order;
    const struct canon_object *code;

    if (order == NULL || !put_holds(place->object, order))
        return;
    code = put_find(place->object, order)->list->first;
    for (uint32_t i = 0; i < place->pairs->map->n_by && i < 64; i++)
        place->elements |= (uint64_t)is_of_element(place, i, code) << i;
    for (; code != NULL && !is_full(place); code = code->next)
        put_ordered(place, (struct bytes){code->first.values[0].text, code->first.values[0].len});
    put_use_up(place->object, order);
}

/* The pair that a field which is pair i's is written with, where nothing says otherwise. */
static uint32_t usual_pair(const struct put_pairs *place, const struct put_rule *made, uint32_t i)
{
    const struct map_pairs *map = place->pairs->map;
    struct put_unit *unit = place->unit;

    if (map->by[made->usual[i]].target.pad == 0)
        return made->usual[i];
    return x12_pair_usual(
        map, i, put_value(unit->putting, unit->rule, &place->pairs->ops[i], place->object, false).len);
}

void put_pairs_others(struct put_pairs *place)
{
    const struct put_unit *unit = place->unit;
    const struct put_rule *made = put_rule_of(unit->putting->putter, unit->rule);
    const struct pairs *pairs = place->pairs;

    for (uint32_t i = 0; i < pairs->map->n_by && !is_full(place); i++)
        if (put_may_have(&pairs->ops[i], place->object) &&
            put_has(unit->putting, &pairs->ops[i], place->object))
            put_named(place, usual_pair(place, made, i));
    for (struct canon_object *rest = first_rest(place); rest != NULL && !is_full(place); rest = rest->next)
        put_rest(place, rest);
}

bool put_pairs_take(const struct put_unit *unit, uint32_t i, struct canon_object *object)
{
    const bool *paired = put_rule_of(unit->putting->putter, unit->rule)->paired;
    const struct pairs *pairs = unit->rule->pairs;
    const struct op *op = &unit->rule->ops[i];
    const struct standard_segment *standard = unit->segment->position->segment;
    const struct standard_element *element = op->element < standard->n_fields
                                                 ? standard->fields[op->element].element
                                                 : NULL;
    bool others = pairs->map->rest != NULL && put_holds(object, pairs->map->rest);
    struct bytes text;

    if (paired == NULL || !paired[i] || unit->segment->elements[pairs->from].len > 0)
        return false;
    text = put_value(unit->putting, unit->rule, op, object, false);
    if (text.len > 0 && element != NULL && element->max > 0 && text.len > element->max)
        return true;
    for (uint32_t k = 0; k < pairs->map->n_by && !others; k++)
        others = pairs->ops[k].field != op->field && put_has(unit->putting, &pairs->ops[k], object);
    for (uint8_t c = 0; c < standard->n_conditions && !others; c++) {
        const struct standard_condition *condition = &standard->conditions[c];
        bool met = false;

        if (condition->kind != 'R' || !(condition->fields >> pairs->from & 1))
            continue;
        for (uint32_t k = 0; k < unit->rule->n_ops && !met; k++)
            met = (condition->fields >> unit->rule->ops[k].element & 1) &&
                  (put_has(unit->putting, &unit->rule->ops[k], object) ||
                   unit->segment->elements[unit->rule->ops[k].element].len > 0);
        if (!met)
            return true;
    }
    return false;
}
