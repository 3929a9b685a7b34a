#include "random_set.h"

#include <stdio.h>

enum { SOME = 24 };

/* --- values */

static struct bytes text_value(struct random_set *set, unsigned min, unsigned max)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789abcdefgh -/.,#\"\\";
    unsigned most = max > SOME && !random_chance(&set->random, 5) ? SOME : max;
    unsigned len = most > min ? min + random_below(&set->random, most - min + 1) : min;
    char *text;

    len = len > 0 ? len : 1;
    text = arena_text(set->arena, len);
    for (unsigned i = 0; i < len; i++)
        text[i] = letters[random_below(&set->random, i == 0 || i + 1 == len ? 36 : sizeof(letters) - 1)];
    if (text[0] == '0')
        text[0] = '7'; /* it may have to be a number */
    return (struct bytes){text, len};
}

static struct bytes digits_value(struct random_set *set, unsigned min, unsigned max)
{
    unsigned len = min + random_below(&set->random, (max < 9 ? max : 9) - (min < 9 ? min : 9) + 1);
    char *text = arena_text(set->arena, len > 0 ? len : 1);

    for (unsigned i = 0; i < len; i++)
        text[i] = (char)('0' + random_below(&set->random, 10));
    if (len > min && text[0] == '0')
        text[0] = '7';
    return (struct bytes){text, len};
}

/* Type R in its shortest form, as X12.6 wants it: no zero before the point. */
static struct bytes decimal_value(struct random_set *set, unsigned min, unsigned max)
{
    struct bytes whole = digits_value(set, min > 1 ? min : 1, max > 6 ? 6 : max);
    unsigned decimals;

    if (whole.len > 1 && whole.at[0] == '0')
        whole = BYTES("10400");
    decimals = whole.len + 3 <= max ? random_below(&set->random, 4) : 0;
    if (decimals == 0)
        return whole;
    if (whole.len == 1 && whole.at[0] == '0')
        whole.len = 0;
    return bytes_of(arena_format(set->arena, "%.*s.%0*u", BYTES_ARG(whole), (int)decimals,
                                 1 + random_below(&set->random, 9)));
}

static struct bytes code_value(struct random_set *set, const struct standard_element *element)
{
    const char *meaning;
    char code[9];
    bool taken;

    for (unsigned tries = 0; tries < 40; tries++)
        if (dictionary_code_at(element->codes, random_below(&set->random, element->codes->n_order), code,
                               &meaning, &taken) &&
            taken && strlen(code) >= element->min && (element->max == 0 || strlen(code) <= element->max))
            return arena_copy(set->arena, bytes_of(code));
    return (struct bytes){NULL, 0};
}

static struct bytes value_of(struct random_set *set, const struct standard_element *element)
{
    unsigned max = element->max > 0 ? element->max : 20;
    struct random *random = &set->random;

    if (element->codes != NULL && element->codes->n_order > 0)
        return code_value(set, element);
    switch (element->type) {
    case STANDARD_DT: {
        unsigned date = (2020 + random_below(random, 9)) * 10000 + (1 + random_below(random, 12)) * 100 + 1 +
                        random_below(random, 28);

        return bytes_of(max == 6 ? arena_format(set->arena, "%06u", date % 1000000)
                                 : arena_format(set->arena, "%u", date));
    }
    case STANDARD_TM:
        return bytes_of(
            arena_format(set->arena, max > 4 && random_chance(random, 40) ? "%02u%02u%02u" : "%02u%02u",
                         random_below(random, 24), random_below(random, 60), random_below(random, 60)));
    case STANDARD_R: return decimal_value(set, element->min, max);
    case STANDARD_N: return digits_value(set, element->min, max);
    default: return text_value(set, element->min, max);
    }
}

/* --- relational conditions */

static bool is_met(const struct standard_condition *condition, uint64_t want)
{
    uint64_t has = want & condition->fields, rest = condition->fields & ~condition->first;

    switch (condition->kind) {
    case 'P': return has == 0 || has == condition->fields;
    case 'R': return has != 0;
    case 'E': return (has & (has - 1)) == 0;
    case 'C': return (want & condition->first) == 0 || (want & rest) == rest;
    default: return (want & condition->first) == 0 || (want & rest) != 0;
    }
}

/* With what these elements ask for; where one of several will do, one at random. */
static uint64_t completed(struct random *random, const struct standard_condition *conditions, unsigned n,
                          uint64_t want)
{
    for (unsigned round = 0; round < 6; round++)
        for (unsigned i = 0; i < n; i++) {
            uint64_t fields = conditions[i].fields, rest = fields & ~conditions[i].first, one = fields;

            if (is_met(&conditions[i], want) || conditions[i].kind == 'E')
                continue;
            if (conditions[i].kind == 'P' || conditions[i].kind == 'C') {
                want |= conditions[i].kind == 'P' ? fields : rest;
                continue;
            }
            if (conditions[i].kind != 'R')
                one = rest;
            for (uint32_t skip = random_below(random, (uint32_t)__builtin_popcountll(one)); skip > 0; skip--)
                one &= one - 1;
            want |= one & -one;
        }
    return want;
}

/* Of the wanted elements (or components) as many as the conditions let stand together, those of `fixed`
 * first. */
static void settle(struct random *random, const struct standard_condition *conditions, unsigned n,
                   uint64_t *want, uint64_t mandatory, uint64_t fixed)
{
    uint64_t settled = 0;

    for (unsigned tries = 0; tries < 8; tries++) {
        bool good = true;

        settled = completed(random, conditions, n, mandatory);
        for (unsigned i = 0; i < n; i++)
            good &= is_met(&conditions[i], settled);
        if (good)
            break;
    }
    for (int others = 0; others < 2; others++)
        for (uint64_t left = *want & (others ? ~fixed : fixed) & ~settled; left != 0; left &= left - 1) {
            uint64_t with = completed(random, conditions, n, settled | (left & -left));
            bool good = true;

            for (unsigned i = 0; i < n; i++)
                good &= is_met(&conditions[i], with);
            if (good)
                settled = with;
        }
    *want = settled;
}

/* --- segments */

static struct bytes composite_value(struct random_set *set, const struct standard_composite *composite,
                                    const struct bytes hints[32])
{
    struct bytes parts[32] = {{NULL, 0}};
    uint64_t want = composite->mandatory, fixed = composite->mandatory;

    for (unsigned c = 0; c < composite->n_fields && c < 32; c++)
        if (hints[c].len > 0 || random_chance(&set->random, 30)) {
            want |= (uint64_t)1 << c;
            fixed |= hints[c].len > 0 ? (uint64_t)1 << c : 0;
        }
    if (want == 0)
        want = 1;
    settle(&set->random, composite->conditions, composite->n_conditions, &want, composite->mandatory, fixed);
    if (want == 0)
        want = 1;
    for (unsigned c = 0; c < composite->n_fields && c < 32; c++)
        if (want >> c & 1)
            parts[c] = hints[c].len > 0 ? hints[c] : value_of(set, composite->fields[c].element);
    return x12_writer_join(set->writer, set->arena, parts,
                           composite->n_fields < 32 ? composite->n_fields : 32);
}

struct hints {
    struct bytes whole[X12_MAX_ELEMENTS];
    struct bytes parts[8][32]; /* of the first elements that have some */
    uint8_t part_of[X12_MAX_ELEMENTS];
    unsigned n_parts;
    uint64_t want, avoid;
    uint64_t number; /* texts that the record has as numbers */
};

static void hint_component(struct hints *hints, unsigned element, unsigned component, struct bytes value)
{
    if (hints->part_of[element] == 0 && hints->n_parts < 8)
        hints->part_of[element] = (uint8_t)++hints->n_parts;
    if (hints->part_of[element] > 0 && component <= 32) {
        hints->parts[hints->part_of[element] - 1][component - 1] = value;
        hints->want |= (uint64_t)1 << element;
    }
}

/* What a rule of the map would like to find. */
static void hint_rule(struct random_set *set, const struct x12_bound_rule *rule, struct hints *hints)
{
    for (uint32_t i = 0; i < rule->n_tests; i++) {
        const struct test *test = &rule->tests[i];
        struct bytes value = test->values[random_below(&set->random, test->n_values)];

        if (value.len == 0)
            hints->avoid |= (uint64_t)1 << test->element;
        else if (test->component > 0)
            hint_component(hints, test->element, test->component, value);
        else {
            hints->whole[test->element] = value;
            hints->want |= (uint64_t)1 << test->element;
        }
    }
    hints->avoid |= rule->absent;
    for (uint32_t i = 0; i < rule->map->n_assigns; i++) {
        const struct map_target *target = &rule->map->assigns[i].target;
        uint8_t element, component;

        if (target->field == NULL && target->constant.at != NULL &&
            x12_parse_key(rule->map->assigns[i].key, &element, &component) && component == 0) {
            hints->whole[element] = target->constant;
            hints->want |= (uint64_t)1 << element;
        }
    }
    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (rule->ops[i].component == 0 && hints->whole[rule->ops[i].element].len == 0 &&
            (rule->ops[i].conversion == AS_INTEGER || rule->ops[i].conversion == AS_DECIMAL))
            hints->number |= (uint64_t)1 << rule->ops[i].element;
    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (rule->ops[i].target->compute != MAP_COMPUTE_NOTHING || random_chance(&set->random, 50)) {
            if (rule->ops[i].component > 1)
                hint_component(hints, rule->ops[i].element, rule->ops[i].component, (struct bytes){NULL, 0});
            hints->want |= (uint64_t)1 << rule->ops[i].element;
        }
    if (rule->pairs != NULL) {
        unsigned n = random_below(&set->random, 5), e = rule->pairs->from;

        for (; n > 0 && e + 1 <= rule->pairs->to && rule->pairs->map->n_by > 0; n--, e += 2) {
            if (random_chance(&set->random, 80))
                hints->whole[e] =
                    rule->pairs->map->by[random_below(&set->random, rule->pairs->map->n_by)].qualifier;
            hints->want |= (uint64_t)3 << e;
        }
    }
}

static const struct rule_list *rules_at(const struct x12_binding *binding,
                                        const struct standard_position *position)
{
    if (position->parent == STANDARD_NO_LOOP)
        return binding->root.children[position->index];
    for (const struct bound_children *made = binding->made; made != NULL; made = made->next)
        if (made->loop == position->parent &&
            made->by_position[position->index - position->parent - 1] != NULL)
            return made->by_position[position->index - position->parent - 1];
    return NULL;
}

/* HL: numbered, each below the last level that is above its kind. */
static void make_level(struct random_set *set, struct random_segment *segment)
{
    static const char order[] = "SOTPI";
    const char *at = segment->elements[2].len == 1
                         ? memchr(order, segment->elements[2].at[0], sizeof(order) - 1)
                         : NULL;
    unsigned depth = at != NULL ? (unsigned)(at - order) : 4, parent = 0;

    if (set->levels == 0)
        depth = 0;
    set->level_codes[set->levels] = (char)depth;
    for (unsigned i = set->levels; i > 0 && parent == 0; i--)
        if (set->level_codes[i - 1] < set->level_codes[set->levels])
            parent = i;
    set->levels++;
    if (set->levels == 1 && at != NULL)
        segment->elements[2] = BYTES("S");
    segment->elements[0] = bytes_of(arena_format(set->arena, "%u", set->levels));
    segment->elements[1] = parent > 0 ? bytes_of(arena_format(set->arena, "%u", parent)) : (struct bytes){0};
    segment->elements[3] = (struct bytes){NULL, 0};
    segment->n = segment->n > 3 ? segment->n : 3;
}

/* LS and LE: what they hold is not for us to choose. */
static bool has_constant(const struct rule_list *rules)
{
    for (uint32_t i = 0; i < rules->rules[0]->map->n_assigns; i++)
        if (rules->rules[0]->map->assigns[i].target.constant.at != NULL)
            return true;
    return false;
}

static uint64_t between(unsigned from, unsigned to)
{
    return (~(uint64_t)0 << from) & (~(uint64_t)0 >> (63 - to));
}

/* Pairs and groups stand without gaps, and groups fill their segment: other ways are not kept. */
static void close_gaps(struct random *random, const struct x12_bound_rule *rule, uint64_t *want)
{
    unsigned from, to, step, n;
    uint64_t list = 0;

    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (rule->ops[i].field->is_list)
            list |= (uint64_t)1 << rule->ops[i].element;
    for (uint64_t left = list, n_left = (unsigned)__builtin_popcountll(*want & list); left != 0;
         left &= left - 1)
        *want = n_left > 0 ? *want | (left & -left) : *want & ~(left & -left), n_left -= n_left > 0;
    if (rule->pairs != NULL)
        from = rule->pairs->from, to = rule->pairs->to, step = 2;
    else if (rule->groups != NULL)
        from = rule->groups->from, to = rule->groups->to, step = rule->groups->step;
    else
        return;
    n = (*want & between(from, to)) == 0 ? 0 : rule->groups != NULL ? 64 : 1 + random_below(random, 4);
    n = n > (to - from + 1) / step ? (to - from + 1) / step : n;
    *want &= ~between(from, to);
    if (n > 0)
        *want |= between(from, from + n * step - 1);
}

static bool make_segment(struct random_set *set, const struct standard_position *position)
{
    const struct standard_segment *standard = position->segment;
    const struct rule_list *rules = rules_at(set->binding, position);
    struct random_segment *segment;
    struct hints hints = {0};
    uint64_t want = standard->mandatory;

    if (set->n == RANDOM_SEGMENTS) {
        set->full = true;
        return false;
    }
    segment = &set->segments[set->n++];
    *segment = (struct random_segment){.position = position};
    if (rules != NULL && (random_chance(&set->random, 85) || has_constant(rules)))
        hint_rule(set, rules->rules[random_below(&set->random, rules->n)], &hints);
    want |= hints.want;
    for (unsigned e = 0; e < standard->n_fields; e++)
        if (random_chance(&set->random, rules != NULL ? 12 : 30))
            want |= (uint64_t)1 << e;
    want &= ~(hints.avoid & ~standard->mandatory);
    for (uint32_t i = 0; rules != NULL && i < rules->n; i++)
        close_gaps(&set->random, rules->rules[i], &want);
    settle(&set->random, standard->conditions, standard->n_conditions, &want, standard->mandatory,
           hints.want);
    for (unsigned e = 0; e < standard->n_fields && want == 0; e++) {
        want = (uint64_t)1 << e;
        settle(&set->random, standard->conditions, standard->n_conditions, &want, 0, want);
    }
    for (unsigned e = 0; e < standard->n_fields && e < X12_MAX_ELEMENTS; e++) {
        const struct standard_field *field = &standard->fields[e];
        static const struct bytes nothing[32];

        if (!(want >> e & 1) || field->need == STANDARD_UNUSED)
            continue;
        if (field->composite != NULL)
            segment->elements[e] = composite_value(
                set, field->composite, hints.part_of[e] > 0 ? hints.parts[hints.part_of[e] - 1] : nothing);
        else
            segment->elements[e] = hints.whole[e].len > 0 ? hints.whole[e]
                                   : (hints.number >> e & 1) && field->element->type == STANDARD_AN
                                       ? digits_value(set, field->element->min, field->element->max)
                                       : value_of(set, field->element);
        if (segment->elements[e].len > 0)
            segment->n = e + 1;
    }
    if (strcmp(standard->id, "HL") == 0)
        make_level(set, segment);
    return true;
}

/* Totals that a set does not state are added when it is written: ours all state them. */
bool random_set_has_totals(const struct random_set *set, const struct standard_position *position)
{
    const struct rule_list *rules = rules_at(set->binding, position);

    for (uint32_t i = 0; rules != NULL && i < rules->n; i++)
        for (uint32_t k = 0; k < rules->rules[i]->map->n_assigns; k++)
            if (rules->rules[i]->map->assigns[k].target.compute != MAP_COMPUTE_NOTHING)
                return true;
    return false;
}

static void make_members(struct random_set *set, uint16_t first, uint16_t last, uint16_t loop)
{
    const struct standard_position *positions = set->binding->set->positions;

    for (uint16_t p = first; p <= last; p++) {
        const struct standard_position *position = &positions[p];
        bool read = rules_at(set->binding, position) != NULL;
        uint32_t n = 0, most = position->max_use > 0 && position->max_use < 4 ? position->max_use : 4;

        if (position->parent != loop || strcmp(position->segment->id, "ST") == 0 ||
            strcmp(position->segment->id, "SE") == 0)
            continue;
        if (strcmp(position->segment->id, "HL") == 0)
            n = 1 + random_below(&set->random, 6);
        else if (random_chance(&set->random, read ? 40 : 5))
            n = 1 + random_below(&set->random, random_chance(&set->random, 50) ? most : 1);
        if (n == 0 && (position->need == STANDARD_MANDATORY || random_set_has_totals(set, position)))
            n = 1;
        for (uint32_t i = 0; i < n; i++) {
            if (!make_segment(set, position))
                return;
            if (position->starts_loop)
                make_members(set, (uint16_t)(p + 1), position->last, p);
        }
    }
}

bool random_set_make(struct random_set *set)
{
    set->n = 0;
    set->levels = 0;
    set->full = false;
    make_members(set, 0, (uint16_t)(set->binding->set->n_positions - 1), STANDARD_NO_LOOP);
    return !set->full;
}
