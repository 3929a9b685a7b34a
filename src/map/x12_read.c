#include "map/x12_read.h"

#include "base/date.h"
#include "base/decimal.h"
#include "map/x12_order.h"
#include "map/x12_reading.h"

/* The same of a value behind which 16 bytes may be read: what is written too much lies behind what the
 * arena has given out. */
static inline struct bytes pad_quickly(struct arena *arena, struct bytes value, size_t len)
{
    char *text;

    if (len > 16)
        return x12_read_padded(arena, value, len);
    text = arena_text(arena, len);
    if (text == NULL)
        return (struct bytes){NULL, 0};
    memcpy(text, "0000000000000000", 16);
    memcpy(text + len - value.len, value.at, 16);
    return (struct bytes){text, len};
}

static __attribute__((noinline)) bool passes_slowly(const struct x12_read *read, const struct test *test)
{
    const struct x12_segment *segment = read->segment;
    struct bytes value;

    if (!(segment->view.present >> test->element & 1))
        return test->or_none;
    value = segment->view.element[test->element];
    if (test->component != 0)
        value = x12_read_component(read, value, test->component);
    for (uint32_t i = 0; i < test->n_values; i++)
        if (bytes_equal(test->values[i], value))
            return true;
    return false;
}

static inline bool passes(const struct x12_read *read, const struct test *test,
                          const struct x12_segment *segment)
{
    const struct bytes value = segment->view.element[test->element];
    uint64_t key;

    if (!test->keyed)
        return passes_slowly(read, test);
    if (!(segment->view.present >> test->element & 1))
        return test->or_none;
    if (value.len > 8)
        return false;
    key = key_of(value);
    for (const uint64_t *wanted = test->keys, *end = wanted + test->n_values; wanted < end; wanted++)
        if (*wanted == key)
            return true;
    return false;
}

/* What the value of the element that the list looks at says; NULL: nothing. */
static inline const struct choice *choice_of(const struct rule_list *list, const struct segment_view *view)
{
    const struct bytes value = view->element[list->element];
    uint64_t key;
    unsigned slot;

    if (!(view->present >> list->element & 1) || value.len > 8)
        return NULL;
    key = key_of(value);
    slot = choice_slot(list, key);
    while (list->choices[slot].rule != NULL && list->choices[slot].key != key)
        slot = (slot + 1) & list->mask;
    return list->choices[slot].rule != NULL ? &list->choices[slot] : NULL;
}

static inline bool takes(const struct x12_read *read, const struct x12_bound_rule *rule, uint32_t passed,
                         const struct x12_segment *segment, uint64_t serial)
{
    const uint64_t present = segment->view.present;

    if ((present & rule->absent) != 0 || (rule->wants != 0 && (present & rule->wants) == 0) ||
        (!rule->repeats && rule->state->serial == serial))
        return false;
    for (uint32_t t = passed; t < rule->n_tests; t++)
        if (!passes(read, &rule->tests[t], segment))
            return false;
    return true;
}

static __attribute__((noinline)) const struct x12_bound_rule *
choose_from(const struct x12_read *read, const struct rule_list *list, uint32_t from, uint64_t serial)
{
    for (uint32_t i = from; i < list->n; i++)
        if (takes(read, list->rules[i], 0, read->segment, serial))
            return list->rules[i];
    return NULL;
}

/* The rule that takes this segment in this frame, or NULL: mostly the first that comes into question. */
static inline const struct x12_bound_rule *choose(const struct x12_read *read, const struct rule_list *list,
                                                  const struct x12_segment *segment, uint64_t serial)
{
    if (list->element == NO_CHOICE) {
        if (takes(read, list->rules[0], 0, segment, serial))
            return list->rules[0];
        return choose_from(read, list, 1, serial);
    } else {
        const struct choice *choice = choice_of(list, &segment->view);

        if (choice == NULL)
            return choose_from(read, list, list->otherwise, serial);
        if (takes(read, choice->rule, 1, segment, serial)) /* that test is made */
            return choice->rule;
        return choose_from(read, list, choice->index + 1, serial);
    }
}

/* CCYYMMDD as CCYY-MM-DD; the caller knows that it is a date. */
static inline const char *print_date(struct arena *arena, const char *from)
{
    char *to = arena_text(arena, DATE_TEXT);

    if (to != NULL) {
        memcpy(to, from, 4);
        to[4] = '-';
        memcpy(to + 5, from + 4, 2);
        to[7] = '-';
        memcpy(to + 8, from + 6, 2);
    }
    return to;
}

/* Digits with the point that is implied before the last `decimals` of them; from the value's beginning on 16
 * bytes may be read.  NULL: another form. */
static inline const char *print_implied(struct arena *arena, struct bytes value, unsigned decimals)
{
    const size_t whole = value.len - decimals;
    char *to;

    if (decimals > 8 || value.len <= decimals || whole > 8 || value.at[0] == '0' ||
        !digits_only(value.at, value.len))
        return NULL;
    to = arena_text(arena, value.len + 1);
    if (to != NULL) {
        memcpy(to, value.at, 8);
        to[whole] = '.';
        memcpy(to + whole + 1, value.at + whole, 8);
    }
    return to;
}

/* A whole number in its canonical form, mostly: else it must be looked at with care. */
static inline bool is_few_digits(struct bytes value)
{
    uint64_t number;

    return value.len <= 8 && (value.at[0] != '0' || value.len == 1) &&
           digits_short(digits_load8(value.at), value.len, &number);
}

/* The value of a step in a plain segment, where it is quickly told.  False: it must be done with care.
 * `proven`: as in segment_view, of this element.  *changed is set when a raw value belongs beside it. */
static inline bool convert(struct arena *arena, const struct step *step, bool proven, struct bytes *value,
                           bool *changed)
{
    const struct map_target *target = step->op->target;

    switch ((enum conversion)step->conversion) {
    case AS_TEXT: return true;
    case AS_DECIMAL: return proven || decimal_is_canonical(*value);
    case AS_INTEGER: return is_few_digits(*value);
    case AS_IMPLIED: {
        const char *printed = print_implied(arena, *value, step->op->decimals);

        if (printed != NULL)
            *value = (struct bytes){printed, value->len + 1};
        return printed != NULL;
    }
    case AS_DATE:
        if (!proven || value->len != 8)
            return date_from_x12(*value, arena, value);
        *value = (struct bytes){print_date(arena, value->at), DATE_TEXT};
        return value->at != NULL;
    case AS_TABLE:
        if (target->table != NULL) {
            const struct map_row *row = value->len <= 8 ? map_table_key(target->table, key_of(*value))
                                                        : map_table_long_code(target->table, *value);

            if (row != NULL ? !row->plain : target->miss == MAP_MISS_ERROR)
                return false;
            if (row != NULL && !row->same) {
                *value = row->word;
                *changed = true;
            }
        }
        if (target->pad > value->len && digits_only(value->at, value->len)) {
            *value = pad_quickly(arena, *value, target->pad);
            *changed = true;
            return value->at != NULL;
        }
        return true;
    default: return false;
    }
}

/* Are all these fields still free? */
static inline bool are_free(const struct canon_object *object, const uint64_t fields[])
{
    uint64_t taken = 0;

    for (unsigned i = 0; i < CANON_MAX_FIELDS / 64; i++)
        taken |= object->held[i] & fields[i];
    return taken == 0;
}

/* Is the segment made as the pattern has it? */
static inline bool is_known(const struct pattern *pattern, const struct segment_view *view)
{
    if (pattern->present != view->present)
        return false;
    for (const struct known *known = pattern->known, *end = known + pattern->n_known; known < end; known++)
        if (view->element[known->element].len > 8 || key_of(view->element[known->element]) != known->key)
            return false;
    return true;
}

/* A step whose value is to be looked at or made; NULL: it wants care.  (Apart, so that it takes no registers
 * from those that need nothing of the kind.) */
static __attribute__((noinline)) struct canon_value *
convert_step(struct arena *arena, const struct step *step, bool proven, const struct bytes *raw,
             struct canon_object *object, struct canon_value *at)
{
    const struct op *op = step->op;
    struct bytes value = *raw;
    bool changed = false;

    if (!convert(arena, step, proven, &value, &changed))
        return NULL;
    canon_set_text(at++, step->about, value.at, (uint32_t)value.len);
    if (changed && op->target->raw != NULL) {
        object->held[op->raw_shape.field / 64] |= (uint64_t)1 << op->raw_shape.field % 64;
        canon_set_text(at++, op->raw_shape.about, raw->at, (uint32_t)raw->len);
    }
    return at;
}

/* The steps of the rule's pattern, from `at` on, where the object has room for them.  Returns the end of what
 * was filled; *failed: a bit for each step that wants care. */
static inline __attribute__((always_inline)) struct canon_value *
steps_quickly(struct arena *arena, const struct pattern *pattern, const struct x12_segment *segment,
              struct canon_object *object, struct canon_value *at, uint64_t *failed)
{
    const struct bytes *const element = segment->view.element;
    const uint64_t proven = segment->view.proven, unproven = ~proven | STEP_NEVER;

    for (const struct step *step = pattern->steps, *end = step + pattern->n_steps; step < end; step++) {
        const struct bytes *const raw = &element[step->element];
        struct canon_value *next;

        if ((step->unless & unproven) == 0) {
            canon_set_text(at++, step->about, raw->at, (uint32_t)raw->len);
            continue;
        }
        next = convert_step(arena, step, proven >> step->element & 1, raw, object, at);
        if (__builtin_expect(next != NULL, 1)) {
            at = next;
        } else {
            *failed |= (uint64_t)1 << (step - pattern->steps);
            object->held[step->op->word] &= ~step->op->bit;
        }
    }
    return at;
}

/* The list that the rule appends to, of what the frame fills. */
static inline struct canon_list *list_of(struct x12_read *read, const struct x12_bound_rule *rule,
                                         const struct x12_frame *frame)
{
    struct rule_state *state = rule->state;

    if (state->serial != frame->serial || state->list == NULL)
        state->list = canon_list(read->arena, frame->object, rule->list);
    state->serial = frame->serial;
    return state->list;
}

/* The object that another rule fills, where that is not the frame's own. */
static __attribute__((noinline)) struct canon_object *
enter(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object)
{
    const struct map_rule *map = rule->map;

    for (unsigned i = 0; i < rule->enters && object != NULL; i++)
        object = map->each && i + 1 == rule->enters ? canon_append(read->arena, object, map->enter[i])
                                                    : canon_enter(read->arena, object, map->enter[i]);
    return object;
}

/* What the steps leave of a segment, and what they could not do. */
static __attribute__((noinline)) void finish(struct x12_read *read, const struct x12_bound_rule *rule,
                                             struct canon_object *object, uint64_t failed)
{
    x12_careful_finish(read, rule, object, failed);
    x12_careful_rest(read, rule, object);
}

/* A segment that no pattern tells everything of, into this object; an appending rule makes one. */
static __attribute__((noinline)) struct canon_object *take_carefully(struct x12_read *read,
                                                                     const struct x12_bound_rule *rule,
                                                                     const struct x12_frame *frame,
                                                                     struct canon_object *object)
{
    if (rule->appends) {
        struct canon_list *list = list_of(read, rule, frame);

        object = list != NULL ? canon_list_append(read->arena, list, rule->list->block) : NULL;
    }
    if (object == NULL)
        return NULL;
    x12_careful_fill(read, rule, object);
    x12_careful_rest(read, rule, object);
    return object;
}

/* The object that the rule makes of this segment or fills from it; NULL: the arena failed. */
static inline struct canon_object *take(struct x12_read *read, const struct x12_bound_rule *rule,
                                        const struct x12_segment *segment, const struct x12_frame *frame)
{
    const struct pattern *const pattern = rule->pattern;
    struct arena *const arena = read->arena;
    struct canon_object *object;
    struct canon_value *at;
    uint64_t failed = 0;

    if (!is_known(pattern, &segment->view))
        x12_pattern_learn(rule, segment);
    if (rule->appends) {
        struct canon_list *list;

        if (!segment->view.plain || !pattern->quick)
            return take_carefully(read, rule, frame, NULL);
        list = list_of(read, rule, frame);
        if (list == NULL)
            return NULL;
        object = canon_list_append_wide(arena, list, rule->list->block, pattern->n_values + rule->spare,
                                        pattern->held);
        if (object == NULL)
            return NULL;
        at = object->first.values;
    } else {
        object = frame->object;
        if (rule->enters > 0)
            object = enter(read, rule, object);
        rule->state->serial = frame->serial;
        if (object == NULL)
            return NULL;
        if (!segment->view.plain || !pattern->quick || !are_free(object, pattern->fields))
            return take_carefully(read, rule, frame, object);
        at = canon_open(arena, object, pattern->n_values);
        if (at == NULL)
            return NULL;
        for (unsigned i = 0; i < CANON_MAX_FIELDS / 64; i++)
            object->held[i] |= pattern->held[i];
    }
    at = steps_quickly(arena, pattern, segment, object, at, &failed);
    if (rule->appends && rule->spare > 0)
        object->last->count = (uint32_t)(at - object->last->values);
    else
        canon_close(arena, object, at);
    if (__builtin_expect((failed | pattern->rest | read->keep_unread) != 0, 0))
        finish(read, rule, object, failed);
    return object;
}

void x12_read_begin(struct x12_read *read, struct x12_binding *binding, struct canon_record *record,
                    const struct x12_delimiters *delimiters)
{
    read->binding = binding;
    read->record = record;
    read->arena = record->arena;
    read->delimiters = delimiters;
    read->unread = 0;
    read->order = (struct x12_order){.object = NULL};
    read->frame = read->frames;
    read->frames[0] = (struct x12_frame){.loop = STANDARD_NO_LOOP,
                                         .children = binding->root.children,
                                         .object = record->body,
                                         .serial = ++read->serial};
}

/* The rule, where the segment at hand can come back from what it sets; its place is noted. */
static __attribute__((noinline)) const struct x12_bound_rule *kept(struct x12_read *read,
                                                                   const struct x12_bound_rule *rule)
{
    if (!x12_order_may_take(read, rule))
        return NULL;
    x12_order_note(read, rule);
    return rule;
}

void x12_read_segment(struct x12_read *read, const struct x12_segment *segment, uint16_t position,
                      uint32_t ordinal)
{
    const struct bound_place place = read->binding->places[position];
    const struct x12_bound_rule *taken = NULL;
    struct canon_object *object = NULL;
    struct x12_frame *frame = read->frame;

    read->segment = segment;
    read->position = position;
    read->ordinal = ordinal;
    while (frame->loop != place.parent && frame > read->frames)
        read->frame = --frame;
    /* The children of a rule are those of the loop that starts at its place: position is among them. */
    if (frame->children != NULL && frame->loop == place.parent) {
        const struct rule_list *list = frame->children[position - frame->first];

        if (list != NULL)
            taken = choose(read, list, segment, frame->serial);
    }
    if (__builtin_expect(read->keep_unread, 0) && taken != NULL)
        taken = kept(read, taken);
    if (taken == NULL)
        x12_unread_segment(read);
    else
        object = take(read, taken, segment, frame);
    if (place.starts_loop && frame + 1 < read->frames + X12_READ_DEPTH) {
        frame++;
        frame->loop = position;
        frame->first = (uint16_t)(position + 1);
        frame->children = object != NULL ? taken->children : NULL;
        frame->object = object;
        frame->serial = ++read->serial;
        frame->place = position;
        frame->rule = 0;
        read->frame = frame;
    }
}

void x12_read_stray(struct x12_read *read, const struct x12_segment *segment, uint32_t ordinal)
{
    read->segment = segment;
    read->position = UINT16_MAX;
    read->ordinal = ordinal;
    x12_unread_segment(read);
}
