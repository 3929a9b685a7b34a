/*
 * Which rule writes an object, and whether it has anything to write (x12_put_bound.h).
 */
#include "map/x12_put_bound.h"

bool put_tests_hold(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object)
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);

    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (made->tests[i] != NULL &&
            !put_test_takes(made->tests[i], put_value(putting, rule, &rule->ops[i], object, false)))
            return false;
    return put_more_holds(putting, rule->map, object);
}

bool put_has_content(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object)
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
    return rule->pairs != NULL && put_pairs_have(putting, rule, object);
}

bool put_is_whole(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object)
{
    const struct put_rule *made = put_rule_of(putting->putter, rule);
    uint64_t missing = made->position->segment->mandatory;

    for (uint32_t i = 0; i < made->n_fixed; i++)
        missing &= ~((uint64_t)1 << made->fixed[i].element);
    for (uint32_t i = 0; i < rule->n_ops && missing != 0; i++)
        if ((missing >> rule->ops[i].element & 1) &&
            put_value(putting, rule, &rule->ops[i], object, false).at != NULL)
            missing &= ~((uint64_t)1 << rule->ops[i].element);
    if (rule->pairs != NULL && put_pairs_have(putting, rule, object))
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

const struct put_rival *put_choose(struct putting *putting, const struct put_rule *made,
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

        if (!put_tests_hold(putting, rule, object) || is_spent(putting, rival, in))
            continue;
        for (unsigned w = 0; w < PUT_WORDS; w++)
            if (object->held[w] & ~rival->all[w])
                score = 0;
        if (score > 0 && !codes_hold(putting, rule, object))
            score = 0;
        score += put_is_whole(putting, rule, object);
        if (putting->wanted != NULL && score >= 2 && put_is_wanted(putting, rule, object, false))
            return &made->rivals[i];
        if (score > best_score || (score == best_score && best < after && &made->rivals[i] >= after)) {
            best = &made->rivals[i];
            best_score = score;
        }
    }
    return best;
}

bool put_is_superseded(struct putting *putting, const struct rule_list *list, uint32_t r,
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
        if (within && put_is_left(object, own) &&
            (beyond || (wider && putting->wanted != NULL && put_is_wanted(putting, other, object, false))))
            return true;
    }
    return false;
}
