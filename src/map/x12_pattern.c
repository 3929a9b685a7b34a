/* x12_pattern: what a rule does with segments that are made like one; see x12_bound.h, x12_reading.h. */
#include "map/x12_reading.h"

static struct step step_of(const struct op *op, unsigned element, unsigned place, bool of_pair)
{
    return (struct step){.about = op->shape.about,
                         .unless = op->conversion == AS_TEXT      ? 0
                                   : op->conversion == AS_DECIMAL ? UINT64_C(1) << element
                                                                  : STEP_NEVER,
                         .op = op,
                         .element = (uint8_t)element,
                         .conversion = op->conversion,
                         .place = (uint8_t)place,
                         .of_pair = of_pair};
}

/* A step more in the pattern, where its field belongs. */
static void add_step(struct pattern *pattern, struct step step)
{
    const struct op *op = step.op;
    uint32_t at = pattern->n_steps++;

    for (; at > 0 && pattern->steps[at - 1].op->shape.field > op->shape.field; at--)
        pattern->steps[at] = pattern->steps[at - 1];
    pattern->steps[at] = step;
    pattern->n_values += 1 + (op->target->raw != NULL);
    pattern->held[op->word] |= op->bit;
    pattern->fields[op->word] |= op->bit;
    if (op->target->raw != NULL)
        pattern->fields[op->raw_shape.field / 64] |= (uint64_t)1 << op->raw_shape.field % 64;
}

/* The pairs of a segment: each whose field is free a step, the others with care. */
static void learn_pairs(const struct x12_bound_rule *rule, const struct x12_segment *segment)
{
    const struct segment_view *view = &segment->view;
    struct pattern *pattern = rule->pattern;

    for (uint64_t which = pairs_in(rule->pairs, view->present); which != 0; which &= which - 1) {
        const unsigned e = (unsigned)__builtin_ctzll(which);
        const bool whole = (view->present >> e & 3) == 3;
        const struct op *op = whole ? pair_op(rule->pairs, view->element[e]) : NULL;

        if (whole && view->element[e].len > 8)
            pattern->quick = false;
        else if (whole)
            pattern->known[pattern->n_known++] = (struct known){key_of(view->element[e]), (uint8_t)e};
        if (op != NULL && op->simple && !has_field(pattern->fields, op->shape.field) &&
            (op->target->raw == NULL || !has_field(pattern->fields, op->raw_shape.field)))
            add_step(pattern, step_of(op, e + 1, e, true));
        else
            pattern->careful_pairs |= (uint64_t)1 << e;
    }
}

void x12_pattern_learn(const struct x12_bound_rule *rule, const struct x12_segment *segment)
{
    const uint64_t present = segment->view.present;
    struct pattern *pattern = rule->pattern;
    uint64_t careful_fields[CANON_MAX_FIELDS / 64] = {0};
    unsigned next = 0;

    *pattern = (struct pattern){.present = present,
                                .steps = pattern->steps,
                                .known = pattern->known,
                                .quick = rule->n_ops < 64,
                                .unread = (present & ~covered(rule)) != 0};
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct op *op = &rule->ops[i];

        pattern->quick = pattern->quick && op->target->fallback.at == NULL;
        if (!(present >> op->element & 1))
            continue;
        if (op->simple) {
            add_step(pattern, step_of(op, op->element, i, false));
        } else {
            pattern->careful |= (uint64_t)1 << (i & 63);
            careful_fields[op->word] |= op->bit;
        }
    }
    if (rule->pairs != NULL)
        learn_pairs(rule, segment);
    pattern->quick = pattern->quick && pattern->n_steps <= 64;
    for (uint32_t i = 0; i < pattern->n_steps; i++) {
        const struct op *op = pattern->steps[i].op;

        /* An op that is done with care, later, comes before the pairs all the same. */
        pattern->quick = pattern->quick && op->shape.field >= next &&
                         (op->target->raw == NULL || op->raw_shape.field > op->shape.field) &&
                         !(pattern->steps[i].of_pair && has_field(careful_fields, op->shape.field));
        next = 1u + (op->target->raw != NULL ? op->raw_shape.field : op->shape.field);
    }
    pattern->rest = (pattern->careful | pattern->careful_pairs) != 0 || pattern->unread ||
                    rule->groups != NULL || rule->more;
}
