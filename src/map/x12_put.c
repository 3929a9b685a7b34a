#include "map/x12_put.h"

#include <stdlib.h>

#include "map/x12_put_bound.h"

enum { FIRST_ROOM = 64 };

struct x12_putter *x12_putter_open(const struct x12_binding *binding)
{
    struct x12_putter *putter = calloc(1, sizeof(*putter));

    if (putter == NULL)
        return NULL;
    putter->binding = binding;
    arena_init(&putter->arena, 64 * 1024, 64 * 1024 * 1024);
    if (!x12_put_bind(putter)) {
        x12_putter_close(putter);
        return NULL;
    }
    return putter;
}

void x12_putter_close(struct x12_putter *putter)
{
    if (putter == NULL)
        return;
    arena_release(&putter->arena);
    free(putter);
}

/* --- segments */

struct x12_put_segment *put_add(struct putting *putting, const struct standard_position *position,
                                const struct x12_bound_rule *rule, const struct canon_object *object)
{
    struct x12_put *put = putting->put;
    struct x12_put_segment *segment;

    if (put->n_segments == putting->room) {
        uint32_t room = putting->room > 0 ? putting->room * 2 : FIRST_ROOM;
        struct x12_put_segment **more = arena_zalloc(put->arena, room, sizeof(*more));

        if (more == NULL)
            return NULL;
        if (put->n_segments > 0)
            memcpy(more, put->segments, put->n_segments * sizeof(*more));
        put->segments = more;
        putting->room = room;
    }
    segment = arena_zalloc(put->arena, 1, sizeof(*segment));
    if (segment == NULL)
        return NULL;
    segment->elements = arena_zalloc(
        put->arena, rule != NULL ? put_rule_of(putting->putter, rule)->n_elements + 1U : X12_MAX_ELEMENTS,
        sizeof(*segment->elements));
    if (segment->elements == NULL)
        return NULL;
    segment->position = position;
    segment->rule = rule;
    segment->object = object;
    if (position != NULL)
        segment->id = bytes_of(position->segment->id);
    put->segments[put->n_segments++] = segment;
    return segment;
}

/* Components wait here until the element is whole. */
struct compound {
    uint8_t element, component;
    struct bytes text;
};

struct unit {
    struct putting *putting;
    const struct x12_bound_rule *rule;
    struct x12_put_segment *segment;
    uint32_t n_compounds;
    struct compound compounds[X12_MAX_ELEMENTS];
    uint64_t joined; /* elements that have components */
};

static void set_element(struct unit *unit, unsigned element, unsigned component, struct bytes text)
{
    struct x12_put_segment *segment = unit->segment;

    if (text.at == NULL)
        return;
    if (component != 0) {
        if (unit->n_compounds < X12_MAX_ELEMENTS)
            unit->compounds[unit->n_compounds++] = (struct compound){(uint8_t)element, (uint8_t)component,
                                                                     text};
        unit->joined |= (uint64_t)1 << element;
        return;
    }
    segment->elements[element] = text;
    if (element + 1 > segment->n)
        segment->n = (uint8_t)(element + 1);
}

static void join_elements(struct unit *unit)
{
    for (uint64_t left = unit->joined; left != 0; left &= left - 1) {
        unsigned element = (unsigned)__builtin_ctzll(left), n = 0;
        struct bytes parts[64] = {{NULL, 0}};

        if (unit->segment->elements[element].at != NULL)
            parts[n++] = unit->segment->elements[element]; /* the whole element is its first component */
        for (uint32_t i = 0; i < unit->n_compounds; i++) {
            const struct compound *compound = &unit->compounds[i];

            if (compound->element != element || compound->component > 64)
                continue;
            parts[compound->component - 1] = compound->text;
            if (compound->component > n)
                n = compound->component;
        }
        set_element(unit, element, 0,
                    x12_writer_join(unit->putting->put->writer, unit->putting->put->arena, parts, n));
    }
}

/* --- what a rule takes */

/* Whether reading the segment that the rule would write of this object comes back to the rule. */
static bool tests_hold(struct putting *putting, const struct x12_bound_rule *rule,
                       struct canon_object *object)
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);

    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (made->tests[i] != NULL &&
            !put_test_takes(made->tests[i], put_value(putting, rule, &rule->ops[i], object, false)))
            return false;
    return put_more_holds(putting, rule->map, object);
}

static bool has_pairs(const struct putting *putting, const struct pairs *pairs, struct canon_object *object)
{
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

static bool has_content(struct putting *putting, const struct x12_bound_rule *rule,
                        struct canon_object *object)
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);

    for (uint32_t i = 0; i < rule->n_ops; i++) {
        if (put_may_have(&rule->ops[i], object) && put_has(putting, &rule->ops[i], object))
            return true;
        if (rule->ops[i].target->compute != MAP_COMPUTE_NOTHING &&
            put_value(putting, rule, &rule->ops[i], object, false).at != NULL)
            return true;
    }
    for (uint32_t i = 0; i < made->n_fixed; i++)
        if (made->fixed[i].target != NULL && put_total(putting, made->fixed[i].target).at != NULL)
            return true;
    return rule->pairs != NULL && has_pairs(putting, rule->pairs, object);
}

static bool is_left(const struct canon_object *object, const uint64_t fields[PUT_WORDS])
{
    for (unsigned i = 0; i < PUT_WORDS; i++)
        if (object->held[i] & fields[i])
            return true;
    return false;
}

/* No mandatory element of the segment would stay empty. */
static bool is_whole(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object)
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);
    uint64_t missing = made->position->segment->mandatory;

    for (uint32_t i = 0; i < made->n_fixed; i++)
        missing &= ~((uint64_t)1 << made->fixed[i].element);
    for (uint32_t i = 0; i < rule->n_ops && missing != 0; i++)
        if ((missing >> rule->ops[i].element & 1) &&
            put_value(putting, rule, &rule->ops[i], object, false).at != NULL)
            missing &= ~((uint64_t)1 << rule->ops[i].element);
    if (rule->pairs != NULL && has_pairs(putting, rule->pairs, object))
        missing &= ~((uint64_t)3 << rule->pairs->from);
    return missing == 0;
}

/* The codes that the object has are of the lists that the segment's elements take. */
static bool codes_hold(struct putting *putting, const struct x12_bound_rule *rule,
                       struct canon_object *object)
{
    const struct standard_segment *segment = put_rule_of(putting->putter, rule)->position->segment;

    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct op *op = &rule->ops[i];
        const struct standard_element *element = op->element < segment->n_fields
                                                     ? segment->fields[op->element].element
                                                     : NULL;
        struct bytes text;

        if (element == NULL || element->codes == NULL || op->component != 0)
            continue;
        text = put_value(putting, rule, op, object, false);
        if (text.len > 0 && !dictionary_has_code(element->codes, text.at, text.len))
            return false;
    }
    return true;
}

/* The rule has written as many segments as the set takes there. */
static bool is_spent(const struct putting *putting, const struct put_rule *rival,
                     const struct canon_object *in)
{
    return rival->used_by == putting->putter->serial && rival->used_in == in &&
           rival->position->max_use > 0 && rival->used >= rival->position->max_use;
}

/* The rule that writes an object of a list of `in` that several rules take from; of two that are as good,
 * one not before that of the object before it, `after`: the list keeps its order. */
static const struct put_rival *choose(struct putting *putting, const struct put_rule *made,
                                      const struct canon_object *in, struct canon_object *object,
                                      const struct put_rival *after)
{
    const struct put_rival *best = NULL;
    int best_score = -1;

    for (uint32_t i = 0; i < made->n_rivals && (best_score < 3 || best < after || putting->wanted != NULL);
         i++) {
        const struct x12_bound_rule *rule = made->rivals[i].rule;
        const struct put_rule *rival = put_rule_of(putting->putter, rule);
        int score = 2;

        if (!tests_hold(putting, rule, object) || is_spent(putting, rival, in))
            continue;
        for (unsigned w = 0; w < PUT_WORDS; w++)
            if (object->held[w] & ~rival->all[w])
                score = 0;
        if (score > 0 && !codes_hold(putting, rule, object))
            score = 0;
        score += is_whole(putting, rule, object);
        if (putting->wanted != NULL && score >= 2 && put_is_wanted(putting, rule, object, false))
            return &made->rivals[i];
        if (score > best_score || (score == best_score && best < after && &made->rivals[i] >= after)) {
            best = &made->rivals[i];
            best_score = score;
        }
    }
    return best;
}

/* --- the walk */

/* How many values of the record went into segments. */
static uint32_t put_members(struct putting *putting, const struct rule_list *const *lists, uint16_t first,
                            uint16_t last, uint16_t loop, struct canon_object *object);

/* Where the next pair goes. */
struct pair_place {
    struct unit *unit;
    const struct pairs *pairs;
    struct canon_object *object;
    unsigned e;
    uint64_t elements; /* pairs, by number, whose field is for an element of the segment */
};

static bool is_full(const struct pair_place *place)
{
    return place->e + 1 > place->pairs->to;
}

static void put_named(struct pair_place *place, uint32_t i)
{
    const struct pairs *pairs = place->pairs;
    struct op here = pairs->ops[i];

    here.element = (uint8_t)(place->e + 1);
    set_element(place->unit, place->e, 0, pairs->map->by[i].qualifier);
    set_element(place->unit, place->e + 1, 0,
                put_value(place->unit->putting, place->unit->rule, &here, place->object, true));
    place->e += 2;
}

static void put_rest(struct pair_place *place, struct canon_object *rest)
{
    static const struct map_target none;
    const struct canon_field *fields[2] = {place->pairs->map->rest_type, place->pairs->map->rest_value};
    bool some = false;

    for (unsigned i = 0; i < 2; i++) {
        struct op op = {.field = fields[i], .target = &none};
        const struct canon_value *value = put_holds(rest, fields[i]) ? put_find(rest, fields[i]) : NULL;

        if (value == NULL)
            continue;
        set_element(place->unit, place->e + i, 0,
                    put_clean(place->unit->putting, place->unit->rule, &op, rest,
                              (struct bytes){value->text, value->len}));
        put_use_up(rest, fields[i]);
        some = true;
    }
    place->e += some ? 2 : 0;
}

static struct canon_object *first_rest(const struct pair_place *place)
{
    const struct canon_field *rest = place->pairs->map->rest;

    return rest != NULL && put_holds(place->object, rest) ? put_find(place->object, rest)->list->first : NULL;
}

/* The pair of that qualifier, from its field or from the rest.  Without one: a value alone, or a gap. */
static void put_ordered(struct pair_place *place, struct bytes qualifier)
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
static bool is_of_element(const struct pair_place *place, uint32_t i, const struct canon_object *codes)
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

/* Those whose order is known: before the elements, of which one may have the same field. */
static void put_first_pairs(struct pair_place *place)
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

static void put_other_pairs(struct pair_place *place)
{
    struct unit *unit = place->unit;
    const struct pairs *pairs = place->pairs;

    for (uint32_t i = 0; i < pairs->map->n_by && !is_full(place); i++)
        if (put_may_have(&pairs->ops[i], place->object) &&
            put_has(unit->putting, &pairs->ops[i], place->object))
            put_named(place,
                      x12_pair_usual(
                          pairs->map, i,
                          put_value(unit->putting, unit->rule, &pairs->ops[i], place->object, false).len));
    for (struct canon_object *rest = first_rest(place); rest != NULL && !is_full(place); rest = rest->next)
        put_rest(place, rest);
}

/* Whether a field that has an element and a pair, too, goes to the pair: it is too long for the element, or
 * the standard wants a pair and there is no other. */
static bool goes_to_pair(const struct unit *unit, const struct op *op, struct canon_object *object)
{
    const struct pairs *pairs = unit->rule->pairs;
    const struct standard_segment *standard = unit->segment->position->segment;
    const struct standard_element *element = op->element < standard->n_fields
                                                 ? standard->fields[op->element].element
                                                 : NULL;
    bool own = false, others = pairs->map->rest != NULL && put_holds(object, pairs->map->rest);
    struct bytes text;

    for (uint32_t i = 0; i < pairs->map->n_by; i++)
        if (pairs->ops[i].field == op->field)
            own |= op->own;
        else
            others |= put_has(unit->putting, &pairs->ops[i], object);
    if (!own || unit->segment->elements[pairs->from].len > 0)
        return false;
    text = put_value(unit->putting, unit->rule, op, object, false);
    if (text.len > 0 && element != NULL && element->max > 0 && text.len > element->max)
        return true;
    for (uint8_t c = 0; c < standard->n_conditions && !others; c++) {
        const struct standard_condition *condition = &standard->conditions[c];
        bool met = false;

        if (condition->kind != 'R' || !(condition->fields >> pairs->from & 1))
            continue;
        for (uint32_t i = 0; i < unit->rule->n_ops && !met; i++)
            met = (condition->fields >> unit->rule->ops[i].element & 1) &&
                  (put_has(unit->putting, &unit->rule->ops[i], object) ||
                   unit->segment->elements[unit->rule->ops[i].element].len > 0);
        if (!met)
            return true;
    }
    return false;
}

/* One segment and what is in its loop.  How many values of the record it took. */
static uint32_t put_unit(struct putting *putting, const struct x12_bound_rule *rule,
                         struct canon_object *object)
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);
    struct x12_put *put = putting->put;
    uint32_t before = put->n_segments, taken;
    struct pair_place pairs;
    struct unit unit;

    if (rule->more)
        put_more(putting, rule, object);
    taken = has_content(putting, rule, object);
    unit.putting = putting;
    unit.rule = rule;
    unit.n_compounds = 0;
    unit.joined = 0;
    unit.segment = put_add(putting, made->position, rule, object);
    if (unit.segment == NULL)
        return 0;
    for (uint32_t i = 0; i < made->n_fixed; i++)
        set_element(&unit, made->fixed[i].element, made->fixed[i].component,
                    made->fixed[i].target != NULL ? put_total(putting, made->fixed[i].target)
                                                  : made->fixed[i].text);
    if (rule->pairs != NULL) {
        pairs = (struct pair_place){&unit, rule->pairs, object, rule->pairs->from, 0};
        put_first_pairs(&pairs);
    }
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct op *op = &rule->ops[i];

        if (made->tests[i] == NULL && op->target->compute == MAP_COMPUTE_NOTHING &&
            op->target->fallback.at == NULL && !put_may_have(op, object))
            continue;
        if (rule->pairs != NULL && goes_to_pair(&unit, op, object))
            continue;
        set_element(&unit, op->element, op->component, put_text(putting, rule, i, object, true));
    }
    if (rule->pairs != NULL)
        put_other_pairs(&pairs);
    if (unit.joined != 0)
        join_elements(&unit);
    if (rule->children != NULL)
        taken += put_members(putting, rule->children, rule->first, rule->last, made->position->index, object);
    if (taken == 0 && !made->constant && !rule->map->each)
        put->n_segments = before; /* nothing of the record is in it */
    return taken;
}

/* Is what this rule would take taken by a later one of the same place that has room for more, where nobody
 * else has, or where the record says so? */
static bool is_superseded(struct putting *putting, const struct rule_list *list, uint32_t r,
                          struct canon_object *object)
{
    const struct x12_bound_rule *rule = list->rules[r];
    const uint64_t *own = put_rule_of(putting->putter, rule)->own;
    uint64_t covered[PUT_WORDS];

    memcpy(covered, own, sizeof(covered));
    for (uint32_t i = r + 1; i < list->n; i++) {
        const struct x12_bound_rule *other = list->rules[i];
        const uint64_t *more = put_rule_of(putting->putter, other)->own;
        bool within = true, beyond = false, wider = false;

        if (other->map->each || other->groups != NULL || other->map->enter_len != rule->map->enter_len ||
            (rule->map->enter_len > 0 && other->map->enter[0] != rule->map->enter[0]))
            continue;
        for (unsigned w = 0; w < PUT_WORDS; w++) {
            within &= (object->held[w] & own[w] & ~more[w]) == 0;
            beyond |= (object->held[w] & more[w] & ~covered[w]) != 0;
            wider |= (object->held[w] & more[w] & ~own[w]) != 0;
            covered[w] |= more[w];
        }
        if (within && is_left(object, own) &&
            (beyond || (wider && putting->wanted != NULL && put_is_wanted(putting, other, object, false))))
            return true;
    }
    return false;
}

static uint32_t put_once(struct putting *putting, const struct rule_list *list, uint32_t r,
                         struct canon_object *object)
{
    const struct x12_bound_rule *rule = list->rules[r];
    const struct put_rule *made = put_rule_of(putting->putter, rule);

    object = put_reach(object, rule->map->enter, rule->map->enter_len);
    if (object == NULL || (!made->constant && !made->totals && !is_left(object, made->all)))
        return 0;
    /* Totals that nobody stated are added where they make a segment that can stand. */
    if (made->totals && !is_left(object, made->all) && !is_whole(putting, rule, object))
        return 0;
    if (list->n > r + 1 && is_superseded(putting, list, r, object))
        return 0;
    if (putting->wanted != NULL && r > 0)
        (void)put_is_wanted(putting, rule, object, true);
    return put_unit(putting, rule, object);
}

static struct canon_list *list_of(const struct map_rule *map, struct canon_object *object)
{
    const struct canon_field *field = map->enter[map->enter_len - 1];
    struct canon_object *in = put_reach(object, map->enter, map->enter_len - 1U);
    struct canon_value *value = in != NULL && put_holds(in, field) ? put_find(in, field) : NULL;

    return value != NULL && value->held == CANON_HELD_LIST ? value->list : NULL;
}

static uint32_t put_each(struct putting *putting, const struct x12_bound_rule *rule,
                         struct canon_object *object)
{
    static const uint64_t all_fields[PUT_WORDS] = {UINT64_MAX, UINT64_MAX, UINT64_MAX};
    struct put_rule *made = &putting->putter->rules[rule->number];
    struct canon_list *list = list_of(rule->map, object);
    const struct put_rival *rival = NULL;
    uint32_t taken = 0;

    made->used_by = putting->putter->serial;
    made->used_in = object;
    made->used = 0;

    for (struct canon_object *element = list != NULL ? list->first : NULL; element != NULL;
         element = element->next) {
        if (made->n_rivals > 0) {
            if (!is_left(element, all_fields))
                continue;
            rival = choose(putting, made, object, element, rival != NULL ? rival : made->rivals);
            if (rival == NULL || rival->rule != rule || !is_left(element, made->all))
                continue;
            if (putting->wanted != NULL)
                (void)put_is_wanted(putting, rule, element, true);
        } else if (!is_left(element, made->all)) {
            continue;
        } else if (!tests_hold(putting, rule, element)) {
            continue;
        }
        (void)put_unit(putting, rule, element);
        made->used_in = object; /* the loop's own rules may have been at it */
        made->used++;
        taken++;
    }
    return taken;
}

static bool same_also(struct putting *putting, const struct x12_bound_rule *rule, const struct groups *groups,
                      struct canon_object *element, const struct x12_put_segment *segment)
{
    for (uint32_t i = 0; i < groups->n_also; i++) {
        struct bytes value = put_value(putting, rule, &groups->also[i], element, false);

        if (!bytes_equal(value, segment->elements[groups->also[i].element]))
            return false;
    }
    return true;
}

static uint32_t put_groups(struct putting *putting, const struct x12_bound_rule *rule,
                           struct canon_object *object)
{
    const struct groups *groups = rule->groups;
    const struct put_rule *made = put_rule_of(putting->putter, rule);
    struct unit unit = {.putting = putting, .rule = rule};
    struct canon_value *value;
    unsigned e = 0;
    uint32_t taken = 0;

    object = put_reach(object, rule->map->enter, rule->map->enter_len);
    value = object != NULL && put_holds(object, groups->map->list) ? put_find(object, groups->map->list)
                                                                   : NULL;
    for (struct canon_object *element = value != NULL ? value->list->first : NULL; element != NULL;
         element = element->next, e += groups->step) {
        if (unit.segment == NULL || e + groups->step > groups->to + 1U ||
            !same_also(putting, rule, groups, element, unit.segment)) {
            unit.segment = put_add(putting, made->position, rule, element);
            if (unit.segment == NULL)
                return taken;
            e = groups->from;
            for (uint32_t i = 0; i < made->n_fixed; i++)
                set_element(&unit, made->fixed[i].element, 0, made->fixed[i].text);
        }
        for (uint32_t i = 0; i < groups->n_also; i++)
            set_element(&unit, groups->also[i].element, 0,
                        put_value(putting, rule, &groups->also[i], element, true));
        for (uint32_t i = 0; i < groups->step; i++) {
            struct op here = groups->ops[i];

            here.element = (uint8_t)(e + i);
            set_element(&unit, e + i, 0, put_value(putting, rule, &here, element, true));
        }
        taken++;
    }
    return taken;
}

/* All segments of one place: the rules in the map's order. */
static uint32_t put_place(struct putting *putting, const struct rule_list *list, struct canon_object *object)
{
    uint32_t taken = 0;

    for (uint32_t i = 0; i < list->n; i++) {
        const struct x12_bound_rule *rule = list->rules[i];
        const struct put_rule *made = put_rule_of(putting->putter, rule);

        if (made->instead != NULL && is_left(object, made->instead))
            continue;
        if (rule->map->each)
            taken += put_each(putting, rule, object);
        else if (rule->groups != NULL)
            taken += put_groups(putting, rule, object);
        else
            taken += put_once(putting, list, i, object);
    }
    return taken;
}

static bool may_take(const struct putting *putting, const struct rule_list *list,
                     const struct canon_object *object)
{
    const struct put_rule *head;

    if (list->n == 0)
        return false;
    head = put_rule_of(putting->putter, list->rules[0]);
    return head->always || is_left(object, head->here);
}

static uint32_t put_members(struct putting *putting, const struct rule_list *const *lists, uint16_t first,
                            uint16_t last, uint16_t loop, struct canon_object *object)
{
    const struct standard_position *positions = putting->putter->binding->set->positions;
    uint32_t taken = 0;

    for (uint16_t p = first; p <= last; p++) {
        uint32_t before = putting->put->n_segments;

        if (positions[p].parent != loop || lists[p - first] == NULL ||
            !may_take(putting, lists[p - first], object))
            continue;
        taken += put_place(putting, lists[p - first], object);
        if (positions[p].starts_loop && strcmp(positions[p].segment->id, "HL") == 0)
            put_order_levels(putting, before, p);
    }
    return taken;
}

bool x12_put_record(struct x12_putter *putter, struct x12_put *put, struct canon_record *record)
{
    struct putting putting = {.putter = putter, .put = put, .record = record, .body = record->body};
    const struct x12_binding *binding = putter->binding;
    const struct canon_list *order;

    put->segments = NULL;
    put->n_segments = put->n_faults = 0;
    putter->serial++;
    order = put_order_of(&putting);
    if (order != NULL)
        putting.wanted = put_wanted_of(put, order);
    (void)put_members(&putting, binding->root.children, 0, binding->root.last, STANDARD_NO_LOOP,
                      record->body);
    if (binding->extra != NULL && put_holds(record->body, binding->extra))
        put_extras(&putting);
    return put->n_faults == 0 && !put->arena->failed;
}
