#include "standard/guide_overlay.h"

enum { POSITIONS_MAX = 4000, FIELDS_MAX = 64, CONDITIONS_MAX = 64 };

/* A copy of an array, with room for one more. */
static void *copy_of(struct arena *arena, const void *from, size_t count, size_t size)
{
    void *to = arena_zalloc(arena, count + 1, size);

    if (to != NULL && count > 0)
        memcpy(to, from, count * size);
    return to;
}

/* Lines of the guide that spoke of the `count` things at `from` speak of their copies at `to`. */
static void follow(struct guide *guide, const void *from, const void *to, size_t count, size_t size)
{
    const char *begin = from, *copy = to;

    for (struct guide_rule *rule = guide->rules; rule != NULL; rule = rule->next) {
        const char *at = rule->rule;

        if (at >= begin && at < begin + count * size)
            rule->rule = copy + (at - begin);
    }
}

struct guide *overlay_open(const struct standard_set *set, struct dictionary *dictionary, struct arena *arena)
{
    struct guide *guide = arena_zalloc(arena, 1, sizeof(*guide));

    if (guide == NULL)
        return NULL;
    guide->arena = arena;
    guide->dictionary = dictionary;
    guide->set = *set;
    guide->positions = copy_of(arena, set->positions, set->n_positions, sizeof(guide->positions[0]));
    guide->owned = arena_zalloc(arena, set->n_positions + 1u, sizeof(guide->owned[0]));
    guide->set.positions = guide->positions;
    return guide->positions != NULL && guide->owned != NULL ? guide : NULL;
}

void overlay_mark(struct guide *guide, const void *rule, unsigned aspect, const struct yaml_node *node,
                  const char *key)
{
    struct guide_rule *made = arena_zalloc(guide->arena, 1, sizeof(*made));
    const struct yaml_node *child = key != NULL ? yaml_get(node, key) : NULL;

    if (made == NULL)
        return;
    if (child != NULL)
        node = child;
    made->rule = rule;
    made->aspect = aspect;
    made->origin = arena_format(guide->arena, "%s:%u", node->file != NULL ? node->file : "guide",
                                node->key_line != 0 ? node->key_line : node->line);
    made->next = guide->rules;
    guide->rules = made;
}

struct overlay_segment *overlay_segment(struct guide *guide, uint16_t position)
{
    const struct standard_segment *from = guide->positions[position].segment;
    struct overlay_segment *to = guide->owned[position];

    if (to != NULL)
        return to;
    to = arena_zalloc(guide->arena, 1, sizeof(*to));
    if (to == NULL)
        return NULL;
    to->standard = *from;
    to->fields = copy_of(guide->arena, from->fields, from->n_fields, sizeof(to->fields[0]));
    to->conditions = copy_of(guide->arena, from->conditions, from->n_conditions, sizeof(to->conditions[0]));
    if (to->fields == NULL || to->conditions == NULL)
        return NULL;
    to->standard.fields = to->fields;
    to->standard.conditions = to->conditions;
    guide->owned[position] = to;
    guide->positions[position].segment = &to->standard;
    return to;
}

struct standard_field *overlay_field(struct guide *guide, struct overlay_segment *segment, unsigned element,
                                     unsigned component, struct standard_composite **composite)
{
    const struct standard_composite *from;
    struct standard_composite *to;
    struct standard_field *fields;

    *composite = NULL;
    if (element < 1 || element > segment->standard.n_fields)
        return NULL;
    if (component == 0)
        return &segment->fields[element - 1];
    from = segment->fields[element - 1].composite;
    if (from == NULL || component > from->n_fields)
        return NULL;
    to = copy_of(guide->arena, from, 1, sizeof(*to));
    fields = copy_of(guide->arena, from->fields, from->n_fields, sizeof(fields[0]));
    if (to == NULL || fields == NULL)
        return NULL;
    follow(guide, from->fields, fields, from->n_fields, sizeof(fields[0]));
    to->fields = fields;
    segment->fields[element - 1].composite = to;
    *composite = to;
    return &fields[component - 1];
}

struct standard_element *overlay_element(struct guide *guide, struct standard_field *field)
{
    struct standard_element *element;

    if (field->element == NULL)
        return NULL;
    element = copy_of(guide->arena, field->element, 1, sizeof(*element));
    if (element != NULL)
        field->element = element;
    return element;
}

struct standard_field *overlay_add_field(struct guide *guide, struct overlay_segment *segment)
{
    unsigned n = segment->standard.n_fields;
    struct standard_field *fields;

    if (n >= FIELDS_MAX)
        return NULL;
    fields = copy_of(guide->arena, segment->fields, n, sizeof(*fields));
    if (fields == NULL)
        return NULL;
    follow(guide, segment->fields, fields, n, sizeof(*fields));
    fields[n].repeat_max = 1;
    segment->fields = fields;
    segment->standard.fields = fields;
    segment->standard.n_fields++;
    return &fields[n];
}

/* Conditions in a new array: all of the segment's but the one at `without`, and room for one more. */
static bool renew_conditions(struct guide *guide, struct overlay_segment *segment, unsigned without)
{
    unsigned n = segment->standard.n_conditions, to = 0;
    struct standard_condition *conditions = arena_zalloc(guide->arena, n + 1u, sizeof(*conditions));

    if (conditions == NULL)
        return false;
    for (unsigned i = 0; i < n; i++) {
        if (i == without)
            continue;
        follow(guide, &segment->conditions[i], &conditions[to], 1, sizeof(*conditions));
        conditions[to++] = segment->conditions[i];
    }
    segment->conditions = conditions;
    segment->standard.conditions = conditions;
    segment->standard.n_conditions = (uint8_t)to;
    return true;
}

bool overlay_drop_condition(struct guide *guide, struct overlay_segment *segment, struct bytes note)
{
    for (unsigned i = 0; i < segment->standard.n_conditions; i++)
        if (bytes_are(note, segment->conditions[i].note))
            return renew_conditions(guide, segment, i);
    return false;
}

const struct standard_condition *overlay_add_condition(struct guide *guide, struct overlay_segment *segment,
                                                       const struct standard_condition *condition)
{
    unsigned n = segment->standard.n_conditions;

    if (n >= CONDITIONS_MAX || !renew_conditions(guide, segment, n))
        return NULL;
    segment->conditions[n] = *condition;
    segment->standard.n_conditions++;
    return &segment->conditions[n];
}

/* Index and `last` of each position from the parents of all. */
static void close_loops(struct guide *guide)
{
    for (uint16_t i = 0; i < guide->set.n_positions; i++) {
        guide->positions[i].index = i;
        guide->positions[i].last = i;
        for (uint16_t loop = guide->positions[i].parent; loop != STANDARD_NO_LOOP;
             loop = guide->positions[loop].parent)
            guide->positions[loop].last = i;
    }
}

uint16_t overlay_insert(struct guide *guide, uint16_t at, uint16_t parent,
                        const struct standard_segment *segment)
{
    uint16_t n = guide->set.n_positions;
    struct standard_position *positions;
    struct overlay_segment **owned;

    if (n >= POSITIONS_MAX || at == 0 || at >= n)
        return 0;
    positions = arena_zalloc(guide->arena, n + 2u, sizeof(*positions));
    owned = arena_zalloc(guide->arena, n + 2u, sizeof(owned[0]));
    if (positions == NULL || owned == NULL)
        return 0;
    for (uint16_t i = 0; i < n; i++) {
        uint16_t to = i < at ? i : (uint16_t)(i + 1);

        positions[to] = guide->positions[i];
        owned[to] = guide->owned[i];
        if (positions[to].parent != STANDARD_NO_LOOP && positions[to].parent >= at)
            positions[to].parent++;
        follow(guide, &guide->positions[i], &positions[to], 1, sizeof(*positions));
    }
    positions[at] = (struct standard_position){.segment = segment,
                                               .parent = parent,
                                               .area = positions[at - 1].area,
                                               .max_use = 1,
                                               .loop = "",
                                               .path = ""};
    if (parent != STANDARD_NO_LOOP) {
        positions[at].depth = positions[parent].depth;
        positions[at].area = positions[parent].area;
        positions[at].loop = positions[parent].loop;
        positions[at].path = positions[parent].path;
    }
    guide->positions = positions;
    guide->owned = owned;
    guide->set.positions = positions;
    guide->set.n_positions++;
    close_loops(guide);
    return at;
}
