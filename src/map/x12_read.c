#include "map/x12_read.h"

#include "base/date.h"
#include "base/decimal.h"
#include "map/x12_bound.h"
#include "map/x12_order.h"

/* ---- what no rule reads ---- */

static void count_unread(struct x12_read *read, unsigned element)
{
    struct x12_binding *binding = read->binding;
    const uint16_t position = read->position;

    read->unread++;
    if (position >= binding->set->n_positions)
        return;
    if (binding->unread[position] == NULL) {
        binding->unread[position] = arena_zalloc(&binding->arena, X12_MAX_ELEMENTS + 1, sizeof(uint64_t));
        if (binding->unread[position] == NULL)
            return;
    }
    binding->unread[position][element]++;
}

static struct bytes to_utf8(struct x12_read *read, struct bytes value)
{
    struct bytes out = value;

    (void)charset_decode(read->charset, read->bad_bytes == CHARSET_ERROR ? CHARSET_REPLACE : read->bad_bytes,
                         value, read->record->arena, &out);
    return out;
}

static void add_text(struct arena *arena, struct canon_object *object, const struct canon_field *field,
                     struct bytes text)
{
    if (field != NULL && object != NULL && text.len > 0)
        canon_add_text(arena, object, field, text.at, text.len, false);
}

/* Text of an element as `extra` keeps it: separators are marked : and ^, whatever the file's own are. */
static struct bytes extra_text(struct x12_read *read, unsigned element, struct bytes value)
{
    const struct x12_segment *segment = read->segment;
    const struct x12_delimiters *delimiters = read->delimiters;
    char *text;

    if (segment->view.odd)
        value = to_utf8(read, value);
    if (element >= 64 || !(segment->view.compound >> element & 1) ||
        (text = arena_text(read->arena, value.len)) == NULL)
        return value;
    for (size_t i = 0; i < value.len; i++)
        text[i] = value.at[i] == delimiters->component                                      ? ':'
                  : delimiters->repetition != '\0' && value.at[i] == delimiters->repetition ? '^'
                                                                                            : value.at[i];
    return (struct bytes){text, value.len};
}

static struct canon_object *extra_object(struct x12_read *read)
{
    const struct x12_segment *segment = read->segment;
    struct arena *arena = read->record->arena;
    struct x12_binding *binding = read->binding;
    struct canon_object *object;
    char *text;
    struct bytes at;

    if (binding->extra == NULL)
        return NULL;
    object = canon_append(arena, read->record->body, binding->extra);
    if (object == NULL)
        return NULL;
    /* Where it stood, outermost loop first. */
    text = arena_text(arena, 80);
    if (text == NULL)
        return NULL;
    at = (struct bytes){text, 0};
    for (const struct x12_frame *frame = read->frames + 1; frame <= read->frame; frame++) {
        const char *id = binding->set->positions[frame->loop].segment->id;
        size_t len = strlen(id);

        if (at.len + len + 1 < 70) {
            memcpy(text + at.len, id, len);
            text[at.len + len] = '/';
            at.len += len + 1;
        }
    }
    if (segment->view.id.len <= 8) {
        memcpy(text + at.len, segment->view.id.at, segment->view.id.len);
        at.len += segment->view.id.len;
    }
    add_text(arena, object, binding->extra_at, at);
    if (binding->extra_ordinal != NULL) {
        char *digits = arena_format(arena, "%u", read->ordinal);

        if (digits != NULL)
            canon_add_text(arena, object, binding->extra_ordinal, digits, strlen(digits), true);
    }
    add_text(arena, object, binding->extra_tag,
             segment->view.odd ? to_utf8(read, segment->view.id) : segment->view.id);
    return object;
}

static void unread_element(struct x12_read *read, unsigned element, unsigned component, struct bytes value)
{
    count_unread(read, element + 1);
    if (read->keep_unread) {
        struct canon_object *object = extra_object(read);
        char *name = arena_format(read->record->arena, component != 0 ? "%02u-%u" : "%02u", element + 1,
                                  component);

        if (object != NULL && name != NULL) {
            add_text(read->record->arena, object, read->binding->extra_element, bytes_of(name));
            add_text(read->record->arena, object, read->binding->extra_value,
                     extra_text(read, element, value));
        }
    }
}

static __attribute__((noinline)) void unread_segment(struct x12_read *read)
{
    const struct x12_segment *segment = read->segment;

    count_unread(read, 0);
    if (read->keep_unread) {
        struct canon_object *object = extra_object(read);
        uint32_t n = segment->view.n_elements < X12_MAX_ELEMENTS ? segment->view.n_elements
                                                                 : X12_MAX_ELEMENTS;

        if (object != NULL && read->binding->extra_elements != NULL)
            for (uint32_t i = 0; i < n; i++) {
                struct bytes value = extra_text(read, i, segment->view.element[i]);

                canon_append_text(read->record->arena, object, read->binding->extra_elements, value.at,
                                  value.len);
            }
    }
}

/* ---- values ---- */

void x12_read_complain(struct x12_read *read, enum complaint complaint, const struct op *op,
                       struct bytes value, const char *expected)
{
    struct map_complaint told = {
        .complaint = complaint,
        .mark = &op->target->mark,
        .element = (uint8_t)(op->element + 1),
        .component = op->component,
        .value = value,
        .expected = expected,
    };

    if (read->complain != NULL)
        read->complain(read->whom, &told);
}

/* The object a target with a path stands in. */
static struct canon_object *target_object(struct x12_read *read, struct canon_object *object,
                                          const struct map_target *target)
{
    if (target->from_root)
        object = read->record->body;
    for (unsigned i = 0; i + 1 < target->path_len && object != NULL; i++)
        object = canon_enter(read->record->arena, object, target->path[i]);
    return object;
}

/* With zeros in front, `len` bytes. */
static struct bytes padded(struct arena *arena, struct bytes value, size_t len)
{
    char *text = arena_text(arena, len);
    size_t zeros = len - value.len;

    if (text == NULL)
        return (struct bytes){NULL, 0};
    for (size_t i = 0; i < zeros; i++)
        text[i] = '0';
    memcpy(text + zeros, value.at, value.len);
    return (struct bytes){text, len};
}

/* The same of a value behind which 16 bytes may be read: what is written too much lies behind what the
 * arena has given out. */
static inline struct bytes pad_quickly(struct arena *arena, struct bytes value, size_t len)
{
    char *text;

    if (len > 16)
        return padded(arena, value, len);
    text = arena_text(arena, len);
    if (text == NULL)
        return (struct bytes){NULL, 0};
    memcpy(text, "0000000000000000", 16);
    memcpy(text + len - value.len, value.at, 16);
    return (struct bytes){text, len};
}

/* Through the table, then padded; the raw value is kept beside it where the schema has a place. */
static bool translate(struct x12_read *read, struct canon_object *object, const struct op *op,
                      struct bytes value, struct bytes *out)
{
    const struct map_target *target = op->target;

    *out = value;
    if (target->table != NULL) {
        const struct map_row *row = map_table_code(target->table, value);

        if (row != NULL) {
            *out = row->word;
        } else if (target->miss == MAP_MISS_ERROR) {
            x12_read_complain(read, MAP_NOT_IN_TABLE, op, value, target->table->name);
            return false;
        }
    }
    if (target->pad > out->len && digits_only(out->at, out->len)) {
        *out = padded(read->record->arena, *out, target->pad);
        if (out->at == NULL)
            return false;
    }
    if (target->raw != NULL && !bytes_equal(*out, value) && canon_get(object, target->raw) == NULL)
        add_text(read->record->arena, object, target->raw, value);
    return true;
}

/* Sets one field.  False when the field is taken already: the value is then unread. */
bool x12_read_value(struct x12_read *read, struct canon_object *object, const struct op *op,
                    struct bytes value, bool odd)
{
    struct arena *arena = read->record->arena;
    const struct canon_field *field = op->field;
    enum conversion conversion = (enum conversion)op->conversion;
    struct bytes raw = {NULL, 0};
    bool plain = false;
    struct canon_object *context = object;

    if (!op->own)
        object = target_object(read, object, op->target);
    if (object == NULL)
        return true; /* out of memory: said once a segment */
    if (!field->is_list && canon_get(object, field) != NULL)
        return false;
    if (odd && charset_decode(read->charset, read->bad_bytes, value, arena, &value) == CHARSET_BAD) {
        x12_read_complain(read, MAP_BAD_BYTES, op, value, charset_name(read->charset));
        return true;
    }
    if (conversion == AS_CONVERTED) {
        if (op->parts != NULL || field->is_list)
            return x12_read_parts(read, context, op, value);
        raw = value;
        if (!x12_read_converted(read, op, &value))
            return true;
        conversion = (enum conversion)op->then;
    }
    switch (conversion) {
    case AS_TEXT:
    case AS_CONVERTED: break;
    case AS_TABLE:
        if (!translate(read, object, op, value, &value))
            return true;
        break;
    case AS_DECIMAL:
        if (!decimal_is_canonical(value) && !decimal_from_real(value, arena, &value)) {
            x12_read_complain(read, MAP_NOT_DECIMAL, op, value, "a decimal number");
            return true;
        }
        plain = true;
        break;
    case AS_IMPLIED:
        if (!decimal_from_implied(value, op->decimals, arena, &value)) {
            x12_read_complain(read, MAP_NOT_DECIMAL, op, value, "an integer with implied decimals");
            return true;
        }
        plain = true;
        break;
    case AS_INTEGER:
        if (!decimal_from_implied(value, 0, arena, &value)) {
            x12_read_complain(read, MAP_NOT_INTEGER, op, value, "an integer");
            return true;
        }
        plain = true;
        break;
    case AS_DATE:
        if (!date_from_x12(value, arena, &value)) {
            x12_read_complain(read, MAP_NOT_DATE, op, value, "a date, CCYYMMDD or YYMMDD");
            return true;
        }
        plain = true;
        break;
    case AS_TIME:
        if (!time_from_x12(value, arena, &value)) {
            x12_read_complain(read, MAP_NOT_TIME, op, value, "a time, HHMM[SS[d...]]");
            return true;
        }
        plain = true;
        break;
    }
    if (field->is_list)
        canon_append_text(arena, object, field, value.at, value.len);
    else
        canon_add_text(arena, object, field, value.at, value.len, plain);
    if (raw.at != NULL && op->target->raw != NULL && !bytes_equal(raw, value) &&
        canon_get(object, op->target->raw) == NULL)
        add_text(arena, object, op->target->raw, raw);
    return true;
}

/* Component `n` (from 1) of the first repetition; {NULL, 0} when there is none. */
static struct bytes component_of(const struct x12_read *read, struct bytes value, unsigned n)
{
    struct bytes rest = value, part = {NULL, 0};

    if (read->delimiters->repetition != 0)
        (void)bytes_split(&value, read->delimiters->repetition, &rest);
    for (unsigned i = 0; i < n; i++)
        if (!bytes_split(&rest, read->delimiters->component, &part))
            return (struct bytes){NULL, 0};
    return part;
}

/* bytes_key of a value that is there, at most eight bytes: what is behind it in the window may be read. */
static inline uint64_t key_of(struct bytes value)
{
    return bytes_key_wide(value.at, value.len);
}

static __attribute__((noinline)) bool passes_slowly(const struct x12_read *read, const struct test *test)
{
    const struct x12_segment *segment = read->segment;
    struct bytes value;

    if (!(segment->view.present >> test->element & 1))
        return test->or_none;
    value = segment->view.element[test->element];
    if (test->component != 0)
        value = component_of(read, value, test->component);
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

/* The rule that takes this segment in this frame, or NULL. */
static inline const struct x12_bound_rule *choose(const struct x12_read *read, const struct rule_list *list,
                                                  const struct x12_segment *segment, uint64_t serial)
{
    uint32_t i = 0, passed = 0; /* tests that the table of choices made already */

    if (list->element != NO_CHOICE) {
        struct bytes value = segment->view.element[list->element];

        i = list->otherwise;
        if ((segment->view.present >> list->element & 1) && value.len <= 8) {
            uint64_t key = key_of(value);
            unsigned slot = choice_slot(list, key);

            while (list->choices[slot].taken && list->choices[slot].key != key)
                slot = (slot + 1) & list->mask;
            if (list->choices[slot].taken) {
                i = list->choices[slot].rule;
                passed = 1;
            }
        }
    }
    for (; i < list->n; i++, passed = 0) {
        const struct x12_bound_rule *rule = list->rules[i];
        uint32_t t = passed;

        if ((segment->view.present & rule->absent) != 0 ||
            (rule->wants != 0 && (segment->view.present & rule->wants) == 0) ||
            (!rule->repeats && rule->state->serial == serial))
            continue;
        while (t < rule->n_tests && passes(read, &rule->tests[t], segment))
            t++;
        if (t >= rule->n_tests)
            return rule;
    }
    return NULL;
}

/* Components, repetitions and whole elements that the rule did not ask for. */
static __attribute__((noinline)) void find_unread(struct x12_read *read, const struct x12_bound_rule *rule,
                                                  uint64_t reads)
{
    const struct x12_segment *segment = read->segment;
    uint64_t left = segment->view.present & ~(reads | rule->compounds);
    uint64_t compound = segment->view.compound & (reads | rule->compounds);

    while (left != 0) {
        unsigned e = (unsigned)__builtin_ctzll(left);

        left &= left - 1;
        unread_element(read, e, 0, segment->view.element[e]);
    }
    while (compound != 0) {
        unsigned e = (unsigned)__builtin_ctzll(compound), c = 0;
        struct bytes repeats = segment->view.element[e], first, part;

        compound &= compound - 1;
        if (read->delimiters->repetition == 0)
            first = repeats, repeats = (struct bytes){NULL, 0};
        else if (!bytes_split(&repeats, read->delimiters->repetition, &first))
            continue;
        while (bytes_split(&first, read->delimiters->component, &part)) {
            bool asked = false;

            c++;
            if (part.len == 0)
                continue;
            for (uint32_t i = 0; i < rule->n_ops && !asked; i++)
                asked = rule->ops[i].element == e &&
                        (rule->ops[i].component == c || (rule->ops[i].component == 0 && c == 1));
            for (uint32_t i = 0; i < rule->n_tests && !asked; i++)
                asked = rule->tests[i].element == e && rule->tests[i].component == c;
            if (!asked)
                unread_element(read, e, c, part);
        }
        if (repeats.at != NULL && repeats.len > 0)
            unread_element(read, e, 0, repeats);
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

/* The value of a step in a plain segment, where it is quickly told.  False: it must be done with care.
 * `proven`: as in segment_view, of this element.  *changed is set when a raw value belongs beside it. */
static inline bool convert(struct arena *arena, const struct step *step, bool proven, struct bytes *value,
                           bool *changed)
{
    const struct map_target *target = step->op->target;

    switch ((enum conversion)step->conversion) {
    case AS_TEXT: return true;
    case AS_DECIMAL: return proven || decimal_is_canonical(*value);
    case AS_INTEGER: return decimal_is_canonical(*value) && memchr(value->at, '.', value->len) == NULL;
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
        value = component_of(read, value, op->component != 0 ? op->component : 1);
        if (value.len == 0)
            return;
    }
    if (!x12_read_value(read, object, op, value, segment->view.odd))
        unread_element(read, op->element, op->component, value);
}

static inline uint64_t elements_between(unsigned from, unsigned to)
{
    return (~(uint64_t)0 << from) & (~(uint64_t)0 >> (63 - to));
}

/* The elements that the rule reads whole. */
static inline uint64_t covered(const struct x12_bound_rule *rule)
{
    uint64_t reads = rule->reads;

    if (rule->pairs != NULL)
        reads |= elements_between(rule->pairs->from, rule->pairs->to);
    if (rule->groups != NULL)
        reads |= elements_between(rule->groups->from, rule->groups->to);
    return reads;
}

/* Are all these fields still free? */
static inline bool are_free(const struct canon_object *object, const uint64_t fields[])
{
    uint64_t taken = 0;

    for (unsigned i = 0; i < CANON_MAX_FIELDS / 64; i++)
        taken |= object->held[i] & fields[i];
    return taken == 0;
}

/* Where pairs begin in this segment: a bit at each qualifier's place, when it or its value is there. */
static inline uint64_t pairs_in(const struct pairs *pairs, uint64_t present)
{
    const uint64_t every_second = UINT64_C(0x5555555555555555) << (pairs->from & 1);
    uint64_t within = elements_between(pairs->from, pairs->to) & present;

    return (within | within >> 1) & every_second & elements_between(pairs->from, pairs->to) >> 1;
}

/* A pair whose qualifier names no field, or one that is set: to the list of the rest, or unread. */
static void rest_pair(struct x12_read *read, const struct pairs *pairs, struct canon_object *object,
                      unsigned e)
{
    const struct x12_segment *segment = read->segment;
    const struct bytes none = {NULL, 0};
    /* What is not there is not empty either: the parts behind a segment's last are of those before it. */
    struct bytes qualifier = segment->view.present >> e & 1 ? segment->view.element[e] : none;
    struct bytes value = segment->view.present >> (e + 1) & 1 ? segment->view.element[e + 1] : none;

    if (pairs->map->rest != NULL) {
        struct canon_object *rest = canon_append(read->record->arena, object, pairs->map->rest);

        if (rest != NULL) {
            add_text(read->record->arena, rest, pairs->map->rest_type,
                     segment->view.odd ? to_utf8(read, qualifier) : qualifier);
            add_text(read->record->arena, rest, pairs->map->rest_value,
                     segment->view.odd ? to_utf8(read, value) : value);
        }
        return;
    }
    if (segment->view.present >> e & 1)
        unread_element(read, e, 0, qualifier);
    if (segment->view.present >> (e + 1) & 1)
        unread_element(read, e + 1, 0, value);
}

/* The op of a qualifier, or NULL. */
static inline const struct op *pair_op(const struct pairs *pairs, struct bytes qualifier)
{
    uint64_t key;
    unsigned slot;

    if (qualifier.len > 8)
        return NULL;
    key = key_of(qualifier);
    slot = pair_slot(key);
    while (pairs->slots[slot] != 0 && pairs->keys[pairs->slots[slot] - 1] != key)
        slot = (slot + 1) % PAIR_SLOTS;
    return pairs->slots[slot] != 0 ? &pairs->ops[pairs->slots[slot] - 1] : NULL;
}

/* The pairs of the segment that `which` has a bit for, at the qualifier's place. */
static __attribute__((noinline)) void pairs_carefully(struct x12_read *read, const struct pairs *pairs,
                                                      struct canon_object *object, uint64_t which)
{
    const struct x12_segment *segment = read->segment;

    for (; which != 0; which &= which - 1) {
        unsigned e = (unsigned)__builtin_ctzll(which);
        const struct op *op = (segment->view.present >> e & 3) == 3 ? pair_op(pairs, segment->view.element[e])
                                                                    : NULL;

        if (op != NULL) {
            struct op here = *op;

            here.element = (uint8_t)(e + 1);
            if (x12_read_value(read, object, &here, segment->view.element[e + 1], segment->view.odd))
                continue;
        }
        rest_pair(read, pairs, object, e);
    }
}

static inline bool has_field(const uint64_t fields[], unsigned field)
{
    return fields[field / 64] >> field % 64 & 1;
}

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

/* The rule's pattern becomes that of this segment. */
static __attribute__((noinline)) void learn(const struct x12_bound_rule *rule,
                                            const struct x12_segment *segment)
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
    pattern->first_field = pattern->n_steps > 0 ? pattern->steps[0].op->shape.field : UINT16_MAX;
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
            code = to_utf8(read, code);
        canon_append_text(read->arena, object, map->order, code.at != NULL ? code.at : "", code.len);
    }
}

/* A step whose value is to be looked at or made; NULL: it wants care. */
static inline struct canon_value *convert_step(struct arena *arena, const struct step *step, bool proven,
                                               const struct bytes *raw, struct canon_object *object,
                                               struct canon_value *at)
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

/* What the steps left: those that failed, and what never was one. */
static __attribute__((noinline)) void finish_carefully(struct x12_read *read,
                                                       const struct x12_bound_rule *rule,
                                                       struct canon_object *object, uint64_t failed)
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

static __attribute__((noinline)) void fill_carefully(struct x12_read *read, const struct x12_bound_rule *rule,
                                                     struct canon_object *object)
{
    for (uint32_t i = 0; i < rule->n_ops; i++)
        set_careful(read, object, &rule->ops[i]);
    if (rule->pairs != NULL)
        pairs_carefully(read, rule->pairs, object, pairs_in(rule->pairs, read->segment->view.present));
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
                (void)x12_read_value(read, each, &op, segment->view.element[e + i], segment->view.odd);
            }
        for (uint32_t i = 0; i < groups->n_also && each != NULL; i++)
            if (segment->view.present >> groups->also[i].element & 1)
                (void)x12_read_value(read, each, &groups->also[i],
                                     segment->view.element[groups->also[i].element], segment->view.odd);
    }
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

/* The object that another rule fills. */
static inline struct canon_object *enter(struct x12_read *read, const struct x12_bound_rule *rule,
                                         const struct x12_frame *frame)
{
    const struct map_rule *map = rule->map;
    struct canon_object *object = frame->object;

    for (unsigned i = 0; i < rule->enters && object != NULL; i++)
        object = map->each && i + 1 == rule->enters ? canon_append(read->arena, object, map->enter[i])
                                                    : canon_enter(read->arena, object, map->enter[i]);
    rule->state->serial = frame->serial;
    return object;
}

/* What few segments have: that which is no step, and that which nobody reads. */
static __attribute__((noinline)) void take_rest(struct x12_read *read, const struct x12_bound_rule *rule,
                                                struct canon_object *object)
{
    if (read->keep_unread && rule->pairs != NULL && rule->pairs->map->order != NULL)
        keep_order(read, rule, object);
    if (rule->groups != NULL)
        read_groups(read, rule->groups, object);
    if (rule->more)
        x12_read_more(read, rule, object);
    if (rule->pattern->unread || read->segment->view.compound != 0)
        find_unread(read, rule, covered(rule));
}

/* The object that the rule makes of this segment or fills from it; NULL: the arena failed. */
static inline struct canon_object *take(struct x12_read *read, const struct x12_bound_rule *rule,
                                        const struct x12_segment *segment, const struct x12_frame *frame)
{
    const struct pattern *pattern = rule->pattern;
    struct canon_object *object;
    struct canon_value *at = NULL;
    uint64_t failed = 0;
    bool quick;

    if (!is_known(pattern, &segment->view))
        learn(rule, segment);
    quick = segment->view.plain && pattern->quick;
    if (rule->appends) {
        struct canon_list *list = list_of(read, rule, frame);

        if (list == NULL)
            return NULL;
        object = quick ? canon_list_append_wide(read->arena, list, rule->list->block,
                                                pattern->n_values + rule->spare, pattern->held)
                       : canon_list_append(read->arena, list, rule->list->block);
        if (object == NULL)
            return NULL;
        if (quick)
            at = object->first.values;
    } else {
        object = enter(read, rule, frame);
        if (object == NULL)
            return NULL;
        quick = quick && are_free(object, pattern->fields);
        if (quick) {
            at = canon_open_behind(read->arena, object, pattern->n_values, pattern->first_field);
            if (at == NULL)
                return NULL;
            for (unsigned i = 0; i < CANON_MAX_FIELDS / 64; i++)
                object->held[i] |= pattern->held[i];
        }
    }
    if (quick) {
        at = steps_quickly(read->arena, pattern, segment, object, at, &failed);
        if (rule->spare > 0 && rule->appends)
            object->last->count = (uint32_t)(at - object->last->values);
        else
            canon_close(read->arena, object, at);
        if (__builtin_expect((failed | pattern->rest | read->keep_unread) != 0, 0)) {
            finish_carefully(read, rule, object, failed);
            take_rest(read, rule, object);
        }
    } else {
        fill_carefully(read, rule, object);
        take_rest(read, rule, object);
    }
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
            taken = list->always != NULL ? list->always : choose(read, list, segment, frame->serial);
    }
    if (__builtin_expect(read->keep_unread, 0) && taken != NULL)
        taken = kept(read, taken);
    if (taken == NULL)
        unread_segment(read);
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
    unread_segment(read);
}
