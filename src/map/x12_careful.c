/* x12_careful: what a rule does with what its pattern cannot tell; see x12_reading.h. */
#include "map/x12_reading.h"

static void set_careful(struct x12_read *read, struct canon_object *object, const struct op *op)
{
    const struct x12_segment *segment = read->segment;
    struct bytes value;

    if (!(segment->view.present >> op->element & 1)) {
        if (op->target->fallback.at != NULL)
            (void)x12_read_value(read, object, op, op->target->fallback, false);
        return;
    }
    value = segment->view.element[op->element];
    if (op->component != 0 || segment->view.compound >> op->element & 1) {
        value = x12_read_component(read, value, op->component != 0 ? op->component : 1);
        if (value.len == 0)
            return;
    }
    if (!x12_read_value(read, object, op, value, segment->view.odd))
        x12_unread_element(read, op->element, op->component, value);
}

/* An element of a pair or a group, which has no components and no repeats; of one that has, the first. */
static struct bytes first_of(const struct x12_read *read, unsigned e)
{
    const struct x12_segment *segment = read->segment;

    return segment->view.compound >> e & 1 ? x12_read_component(read, segment->view.element[e], 1)
                                           : segment->view.element[e];
}

/* A pair whose qualifier names no field, or one that is set: to the list of the rest, or unread. */
static void rest_pair(struct x12_read *read, const struct pairs *pairs, struct canon_object *object,
                      unsigned e)
{
    const struct x12_segment *segment = read->segment;
    const struct bytes none = {NULL, 0};
    /* What is not there is not empty either: the parts behind a segment's last are of those before it. */
    struct bytes qualifier = segment->view.present >> e & 1 ? first_of(read, e) : none;
    struct bytes value = segment->view.present >> (e + 1) & 1 ? first_of(read, e + 1) : none;

    if (pairs->map->rest != NULL) {
        struct canon_object *rest = canon_append(read->record->arena, object, pairs->map->rest);

        if (rest != NULL) {
            add_text(read->record->arena, rest, pairs->map->rest_type,
                     segment->view.odd ? x12_read_utf8(read, qualifier) : qualifier);
            add_text(read->record->arena, rest, pairs->map->rest_value,
                     segment->view.odd ? x12_read_utf8(read, value) : value);
        }
        return;
    }
    if (segment->view.present >> e & 1)
        x12_unread_element(read, e, 0, qualifier);
    if (segment->view.present >> (e + 1) & 1)
        x12_unread_element(read, e + 1, 0, value);
}

/* The pairs of the segment that `which` has a bit for, at the qualifier's place. */
static __attribute__((noinline)) void pairs_carefully(struct x12_read *read, const struct pairs *pairs,
                                                      struct canon_object *object, uint64_t which)
{
    const struct x12_segment *segment = read->segment;

    for (; which != 0; which &= which - 1) {
        unsigned e = (unsigned)__builtin_ctzll(which);
        const struct op *op =
            (segment->view.present >> e & 3) == 3 ? pair_op(pairs, first_of(read, e)) : NULL;

        if (op != NULL) {
            struct op here = *op;

            here.element = (uint8_t)(e + 1);
            if (x12_read_value(read, object, &here, first_of(read, e + 1), segment->view.odd))
                continue;
        }
        rest_pair(read, pairs, object, e);
    }
}

/* Whether the field of a pair has an element, too: that is the one it would be written to. */
static bool has_element(const struct x12_bound_rule *rule, const struct op *pair)
{
    for (uint32_t i = 0; i < rule->n_ops && pair != NULL; i++)
        if (rule->ops[i].field == pair->field && rule->ops[i].own)
            return true;
    return false;
}

/* For a round trip without loss: the order of the pairs, where writing would not give the same. */
static __attribute__((noinline)) void keep_order(struct x12_read *read, const struct x12_bound_rule *rule,
                                                 struct canon_object *object)
{
    const struct pairs *pairs = rule->pairs;
    const struct x12_segment *segment = read->segment;
    const struct map_pairs *map = pairs->map;
    const uint64_t which = pairs_in(pairs, segment->view.present);
    uint64_t taken = 0;
    uint32_t next = 0;
    unsigned expected = pairs->from;
    bool usual = true, rest = false;

    for (uint64_t left = which; left != 0 && usual; left &= left - 1) {
        unsigned e = (unsigned)__builtin_ctzll(left);
        const struct op *op = (segment->view.present >> e & 3) == 3 ? pair_op(pairs, segment->view.element[e])
                                                                    : NULL;
        uint32_t i = op != NULL ? (uint32_t)(op - pairs->ops) : 0, first;

        usual = e == expected && !has_element(rule, op);
        expected = e + 2;
        if (op == NULL || (taken >> (first = x12_pair_first(map, i)) & 1)) {
            rest = true;
            continue;
        }
        usual = usual && !rest && first >= next &&
                i == x12_pair_usual(map, i, segment->view.element[e + 1].len);
        taken |= (uint64_t)1 << first;
        next = first;
    }
    expected = pairs->from;
    for (uint64_t left = usual ? 0 : which; left != 0; left &= left - 1) {
        unsigned e = (unsigned)__builtin_ctzll(left);
        struct bytes code = segment->view.element[e];

        for (; expected < e; expected += 2) /* a gap */
            canon_append_text(read->arena, object, map->order, "", 0);
        expected += 2;
        if (segment->view.odd)
            code = x12_read_utf8(read, code);
        canon_append_text(read->arena, object, map->order, code.at != NULL ? code.at : "", code.len);
    }
}

static __attribute__((noinline)) void read_groups(struct x12_read *read, const struct groups *groups,
                                                  struct canon_object *object)
{
    const struct x12_segment *segment = read->segment;

    for (unsigned e = groups->from;
         e <= groups->to && e < X12_MAX_ELEMENTS && segment->view.present >> e != 0; e += groups->step) {
        uint64_t mask = ((uint64_t)1 << groups->step) - 1;
        struct canon_object *each;

        if ((segment->view.present >> e & mask) == 0)
            continue;
        each = canon_append(read->record->arena, object, groups->map->list);
        for (uint32_t i = 0; i < groups->step && each != NULL; i++)
            if (segment->view.present >> (e + i) & 1) {
                struct op op = groups->ops[i];

                op.element = (uint8_t)(e + i);
                (void)x12_read_value(read, each, &op, first_of(read, e + i), segment->view.odd);
            }
        for (uint32_t i = 0; i < groups->n_also && each != NULL; i++)
            if (segment->view.present >> groups->also[i].element & 1)
                (void)x12_read_value(read, each, &groups->also[i],
                                     segment->view.element[groups->also[i].element], segment->view.odd);
    }
}

void x12_careful_finish(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object,
                        uint64_t failed)
{
    const struct pattern *pattern = rule->pattern;
    uint64_t careful = pattern->careful, careful_pairs = pattern->careful_pairs;

    for (; failed != 0; failed &= failed - 1) {
        const struct step *step = &pattern->steps[__builtin_ctzll(failed)];

        *(step->of_pair ? &careful_pairs : &careful) |= (uint64_t)1 << step->place;
    }
    for (; careful != 0; careful &= careful - 1)
        set_careful(read, object, &rule->ops[__builtin_ctzll(careful)]);
    if (careful_pairs != 0)
        pairs_carefully(read, rule->pairs, object, careful_pairs);
}

void x12_careful_fill(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object)
{
    for (uint32_t i = 0; i < rule->n_ops; i++)
        set_careful(read, object, &rule->ops[i]);
    if (rule->pairs != NULL)
        pairs_carefully(read, rule->pairs, object, pairs_in(rule->pairs, read->segment->view.present));
}

void x12_careful_rest(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object)
{
    if (read->keep_unread && rule->pairs != NULL && rule->pairs->map->order != NULL)
        keep_order(read, rule, object);
    if (rule->groups != NULL)
        read_groups(read, rule->groups, object);
    if (rule->more)
        x12_read_more(read, rule, object);
    if (rule->pattern->unread || read->segment->view.compound != 0)
        x12_unread_rest(read, rule, covered(rule));
}
