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

static void begin_unit(struct put_unit *unit, struct putting *putting, const struct x12_bound_rule *rule)
{
    unit->putting = putting;
    unit->rule = rule;
    unit->segment = NULL;
    unit->n_compounds = 0;
    unit->joined = 0;
}

static void join_elements(struct put_unit *unit)
{
    for (uint64_t left = unit->joined; left != 0; left &= left - 1) {
        unsigned element = (unsigned)__builtin_ctzll(left), n = 0;
        struct bytes parts[64] = {{NULL, 0}};

        if (unit->segment->elements[element].at != NULL)
            parts[n++] = unit->segment->elements[element]; /* the whole element is its first component */
        for (uint32_t i = 0; i < unit->n_compounds; i++) {
            const struct put_compound *compound = &unit->compounds[i];

            if (compound->element != element || compound->component > 64)
                continue;
            parts[compound->component - 1] = compound->text;
            if (compound->component > n)
                n = compound->component;
        }
        put_set_element(unit, element, 0,
                        x12_writer_join(unit->putting->put->writer, unit->putting->put->arena, parts, n));
    }
}

/* --- the walk */

/* How many values of the record went into segments. */
static uint32_t put_members(struct putting *putting, const struct put_places *places,
                            struct canon_object *object);

/* One segment and what is in its loop.  How many values of the record it took. */
static uint32_t put_unit(struct putting *putting, const struct x12_bound_rule *rule,
                         struct canon_object *object)
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);
    struct x12_put *put = putting->put;
    uint32_t before = put->n_segments, taken;
    struct put_pairs pairs;
    struct put_unit unit;

    if (rule->more)
        put_more(putting, rule, object);
    taken = put_has_content(putting, rule, object);
    begin_unit(&unit, putting, rule);
    unit.segment = put_add(putting, made->position, rule, object);
    if (unit.segment == NULL)
        return 0;
    for (uint32_t i = 0; i < made->n_fixed; i++)
        put_set_element(&unit, made->fixed[i].element, made->fixed[i].component,
                        made->fixed[i].target != NULL ? put_total(putting, made->fixed[i].target)
                                                      : made->fixed[i].text);
    if (rule->pairs != NULL) {
        pairs = (struct put_pairs){&unit, rule->pairs, object, rule->pairs->from, 0};
        put_pairs_ordered(&pairs);
    }
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct op *op = &rule->ops[i];

        if (made->tests[i] == NULL && op->target->compute == MAP_COMPUTE_NOTHING &&
            op->target->write_fallback.at == NULL && !put_may_have(op, object))
            continue;
        if (rule->pairs != NULL && put_pairs_take(&unit, i, object))
            continue;
        put_set_element(&unit, op->element, op->component, put_text(putting, rule, i, object, true));
    }
    if (rule->pairs != NULL)
        put_pairs_others(&pairs);
    if (unit.joined != 0)
        join_elements(&unit);
    if (rule->children != NULL)
        taken += put_members(putting, &made->places, object);
    if (taken == 0 && !made->constant && !rule->map->each)
        put->n_segments = before; /* nothing of the record is in it */
    return taken;
}

static uint32_t put_once(struct putting *putting, const struct rule_list *list, uint32_t r,
                         struct canon_object *object)
{
    const struct x12_bound_rule *rule = list->rules[r];
    const struct put_rule *made = put_rule_of(putting->putter, rule);

    object = put_reach(object, rule->map->enter, rule->map->enter_len);
    if (object == NULL || (!made->constant && !made->totals && !put_is_left(object, made->all)))
        return 0;
    /* Totals that nobody stated are added where they make a segment that can stand. */
    if (made->totals && !put_is_left(object, made->all) && !put_is_whole(putting, rule, object))
        return 0;
    if (list->n > r + 1 && put_is_superseded(putting, list, r, object))
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
            if (!put_is_left(element, all_fields))
                continue;
            rival = put_choose(putting, made, object, element, rival != NULL ? rival : made->rivals);
            if (rival == NULL || rival->rule != rule || !put_is_left(element, made->all))
                continue;
            if (putting->wanted != NULL)
                (void)put_is_wanted(putting, rule, element, true);
        } else if (!put_is_left(element, made->all)) {
            continue;
        } else if (!put_tests_hold(putting, rule, element)) {
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
    struct put_unit unit;
    struct canon_value *value;
    unsigned e = 0;
    uint32_t taken = 0;

    begin_unit(&unit, putting, rule);
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
                put_set_element(&unit, made->fixed[i].element, 0, made->fixed[i].text);
        }
        for (uint32_t i = 0; i < groups->n_also; i++)
            put_set_element(&unit, groups->also[i].element, 0,
                            put_value(putting, rule, &groups->also[i], element, true));
        for (uint32_t i = 0; i < groups->step; i++) {
            struct op here = groups->ops[i];

            here.element = (uint8_t)(e + i);
            put_set_element(&unit, e + i, 0, put_value(putting, rule, &here, element, true));
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

        if (made->instead != NULL && put_is_left(object, made->instead))
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

static uint32_t put_members(struct putting *putting, const struct put_places *places,
                            struct canon_object *object)
{
    uint32_t taken = 0;

    for (const struct put_place *place = places->first, *end = place + places->n; place < end; place++) {
        uint32_t before = putting->put->n_segments;

        if (!place->always && !put_is_left(object, place->here))
            continue;
        taken += put_place(putting, place->list, object);
        if (place->levels)
            put_order_levels(putting, before, place->position);
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
    (void)put_members(&putting, &putter->places, record->body);
    if (binding->extra != NULL && put_holds(record->body, binding->extra))
        put_extras(&putting);
    return put->n_faults == 0 && !put->arena->failed;
}
