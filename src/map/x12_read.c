#include "map/x12_read.h"

#include "base/date.h"
#include "base/decimal.h"
#include "map/x12_bound.h"

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

static void complain(struct x12_read *read, enum complaint complaint, const struct op *op, struct bytes value,
                     const char *expected)
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
            complain(read, MAP_NOT_IN_TABLE, op, value, target->table->name);
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
static bool set_value(struct x12_read *read, struct canon_object *object, const struct op *op,
                      struct bytes value, bool odd)
{
    struct arena *arena = read->record->arena;
    const struct canon_field *field = op->field;
    bool plain = false;

    if (!op->own)
        object = target_object(read, object, op->target);
    if (object == NULL)
        return true; /* out of memory: said once a segment */
    if (!field->is_list && canon_get(object, field) != NULL)
        return false;
    if (odd && charset_decode(read->charset, read->bad_bytes, value, arena, &value) == CHARSET_BAD) {
        complain(read, MAP_BAD_BYTES, op, value, charset_name(read->charset));
        return true;
    }
    switch ((enum conversion)op->conversion) {
    case AS_TEXT: break;
    case AS_TABLE:
        if (!translate(read, object, op, value, &value))
            return true;
        break;
    case AS_DECIMAL:
        if (!decimal_is_canonical(value) && !decimal_from_real(value, arena, &value)) {
            complain(read, MAP_NOT_DECIMAL, op, value, "a decimal number");
            return true;
        }
        plain = true;
        break;
    case AS_IMPLIED:
        if (!decimal_from_implied(value, op->decimals, arena, &value)) {
            complain(read, MAP_NOT_DECIMAL, op, value, "an integer with implied decimals");
            return true;
        }
        plain = true;
        break;
    case AS_INTEGER:
        if (!decimal_from_implied(value, 0, arena, &value)) {
            complain(read, MAP_NOT_INTEGER, op, value, "an integer");
            return true;
        }
        plain = true;
        break;
    case AS_DATE:
        if (!date_from_x12(value, arena, &value)) {
            complain(read, MAP_NOT_DATE, op, value, "a date, CCYYMMDD or YYMMDD");
            return true;
        }
        plain = true;
        break;
    case AS_TIME:
        if (!time_from_x12(value, arena, &value)) {
            complain(read, MAP_NOT_TIME, op, value, "a time, HHMM[SS[d...]]");
            return true;
        }
        plain = true;
        break;
    }
    if (field->is_list)
        canon_append_text(arena, object, field, value.at, value.len);
    else
        canon_add_text(arena, object, field, value.at, value.len, plain);
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

/* Up to eight bytes as one number, as bytes_key: what is behind the value in the window may be read. */
static inline uint64_t key_of(struct bytes value)
{
    uint64_t key;

    if (value.len == 0)
        return 0;
    memcpy(&key, value.at, 8);
    return key << (64 - 8 * value.len) >> (64 - 8 * value.len);
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

    if (!test->single)
        return passes_slowly(read, test);
    return (segment->view.present >> test->element & 1) && value.len <= 8 && key_of(value) == test->key;
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

        if ((segment->view.present & rule->absent) != 0 || (!rule->repeats && rule->state->serial == serial))
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

/* Adds a value where it is quickly told: its segment is plain and nothing is wrong with it.  Returns the
 * end of the values; unchanged when it must be done with care.  `proven`: as in segment_view, of this
 * element. */
static __attribute__((noinline)) struct canon_value *quick_value(struct arena *arena,
                                                                 struct canon_object *object,
                                                                 const struct op *op, struct bytes value,
                                                                 bool proven, struct canon_value *at)
{
    const struct map_target *target = op->target;
    const struct canon_value *first = object->last->values;

    switch ((enum conversion)op->conversion) {
    case AS_TEXT: break;
    case AS_DECIMAL:
        if (!proven && !decimal_is_canonical(value))
            return at;
        break;
    case AS_INTEGER:
        if (!decimal_is_canonical(value) || memchr(value.at, '.', value.len) != NULL)
            return at;
        break;
    case AS_DATE:
        if (proven && value.len == 8) {
            value = (struct bytes){print_date(arena, value.at), DATE_TEXT};
            if (value.at == NULL)
                return at;
        } else if (!date_from_x12(value, arena, &value)) {
            return at;
        }
        break;
    case AS_TABLE: {
        const struct bytes raw = value;

        if (target->table != NULL) {
            const struct map_row *row = map_table_code(target->table, value);

            if (row != NULL ? !row->plain : target->miss == MAP_MISS_ERROR)
                return at;
            if (row != NULL)
                value = row->word;
        }
        if (target->pad > value.len && digits_only(value.at, value.len)) {
            value = pad_quickly(arena, value, target->pad);
            if (value.at == NULL)
                return at;
        }
        if (target->raw != NULL && !bytes_equal(raw, value)) {
            object->held[op->raw_shape.field / 64] |= (uint64_t)1 << op->raw_shape.field % 64;
            canon_set_text(canon_place(first, at++, op->raw_shape.field), op->raw_shape.about, raw.at,
                           (uint32_t)raw.len);
        }
        break;
    }
    default: return at;
    }
    canon_set_text(canon_place(first, at, op->shape.field), op->shape.about, value.at, (uint32_t)value.len);
    return at + 1;
}

static void set_careful(struct x12_read *read, struct canon_object *object, const struct op *op)
{
    const struct x12_segment *segment = read->segment;
    struct bytes value;

    if (!(segment->view.present >> op->element & 1)) {
        if (op->target->fallback.at != NULL)
            (void)set_value(read, object, op, op->target->fallback, false);
        return;
    }
    value = segment->view.element[op->element];
    if (op->component != 0 || segment->view.compound >> op->element & 1) {
        value = component_of(read, value, op->component != 0 ? op->component : 1);
        if (value.len == 0)
            return;
    }
    if (!set_value(read, object, op, value, segment->view.odd))
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

/* Is the field taken, or that of the raw value beside it? */
static inline bool is_held(const struct canon_object *object, const struct op *op)
{
    return (object->held[op->word] & op->bit) != 0 ||
           (op->target->raw != NULL &&
            (object->held[op->raw_shape.field / 64] >> op->raw_shape.field % 64 & 1) != 0);
}

/* Where pairs begin in this segment: a bit at each qualifier's place, when it or its value is there. */
static inline uint64_t pairs_in(const struct pairs *pairs, uint64_t present)
{
    const uint64_t every_second = UINT64_C(0x5555555555555555) << (pairs->from & 1);
    uint64_t within = elements_between(pairs->from, pairs->to) & present;

    return (within | within >> 1) & every_second & elements_between(pairs->from, pairs->to) >> 1;
}

/* The rule's pattern becomes that of these elements. */
static __attribute__((noinline)) void learn(const struct x12_bound_rule *rule, uint64_t present)
{
    struct pattern *pattern = rule->pattern;
    unsigned next = 0;

    *pattern = (struct pattern){.present = present, .steps = pattern->steps, .quick = rule->n_ops < 64};
    if (rule->pairs != NULL)
        pattern->pairs = pairs_in(rule->pairs, present);
    pattern->n_of_pairs = 2 * (uint32_t)__builtin_popcountll(pattern->pairs);
    pattern->unread = (present & ~covered(rule)) != 0;
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct op *op = &rule->ops[i];
        uint32_t at = pattern->n_steps;

        pattern->quick = pattern->quick && op->target->fallback.at == NULL;
        if (!(present >> op->element & 1))
            continue;
        if (!op->simple) {
            pattern->careful |= (uint64_t)1 << (i & 63);
            continue;
        }
        for (; at > 0 && rule->ops[pattern->steps[at - 1].op].shape.field > op->shape.field; at--)
            pattern->steps[at] = pattern->steps[at - 1];
        pattern->steps[at] = (struct step){op->shape.about, op->element, op->conversion, (uint8_t)i};
        pattern->n_steps++;
        pattern->n_values += 1 + (op->target->raw != NULL);
        pattern->held[op->word] |= op->bit;
        pattern->fields[op->word] |= op->bit;
        if (op->target->raw != NULL)
            pattern->fields[op->raw_shape.field / 64] |= (uint64_t)1 << op->raw_shape.field % 64;
    }
    for (uint32_t i = 0; i < pattern->n_steps; i++) {
        const struct op *op = &rule->ops[pattern->steps[i].op];

        pattern->quick = pattern->quick && op->shape.field >= next &&
                         (op->target->raw == NULL || op->raw_shape.field > op->shape.field);
        next = 1u + (op->target->raw != NULL ? op->raw_shape.field : op->shape.field);
    }
    pattern->first_field = pattern->n_steps > 0 ? rule->ops[pattern->steps[0].op].shape.field : UINT16_MAX;
}

/* A pair whose qualifier names no field, or one that is set: to the list of the rest, or unread. */
static void rest_pair(struct x12_read *read, const struct pairs *pairs, struct canon_object *object,
                      unsigned e)
{
    const struct x12_segment *segment = read->segment;
    struct bytes qualifier = segment->view.element[e], value = segment->view.element[e + 1];

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
            if (set_value(read, object, &here, segment->view.element[e + 1], segment->view.odd))
                continue;
        }
        rest_pair(read, pairs, object, e);
    }
}

/* The pairs of a plain segment, added to what the object holds.  Returns those that must be done with
 * care. */
static __attribute__((noinline)) uint64_t
pairs_quickly(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object)
{
    const struct segment_view *view = &read->segment->view;
    const struct pairs *pairs = rule->pairs;
    uint64_t careful = 0;
    struct canon_value *at = canon_open(read->arena, object, rule->pattern->n_of_pairs);

    if (at == NULL)
        return 0;
    for (uint64_t which = rule->pattern->pairs; which != 0; which &= which - 1) {
        const unsigned e = (unsigned)__builtin_ctzll(which);
        const struct op *op = (view->present >> e & 3) == 3 ? pair_op(pairs, view->element[e]) : NULL;
        struct canon_value *behind = at;

        if (op != NULL && op->simple && !is_held(object, op))
            behind = quick_value(read->arena, object, op, view->element[e + 1], view->proven >> (e + 1) & 1,
                                 at);
        if (behind != at)
            object->held[op->word] |= op->bit;
        else
            careful |= (uint64_t)1 << e;
        at = behind;
    }
    canon_close(read->arena, object, at);
    return careful;
}

/* For a round trip without loss: the order of the pairs, where writing would not give the same. */
static __attribute__((noinline)) void keep_order(struct x12_read *read, const struct pairs *pairs,
                                                 struct canon_object *object)
{
    const struct x12_segment *segment = read->segment;
    const struct map_pairs *map = pairs->map;
    const uint64_t which = pairs_in(pairs, segment->view.present);
    uint64_t taken = 0;
    uint32_t next = 0;
    bool usual = true, rest = false;

    for (uint64_t left = which; left != 0 && usual; left &= left - 1) {
        unsigned e = (unsigned)__builtin_ctzll(left);
        const struct op *op = (segment->view.present >> e & 3) == 3 ? pair_op(pairs, segment->view.element[e])
                                                                    : NULL;
        uint32_t i = op != NULL ? (uint32_t)(op - pairs->ops) : 0, first;

        if (op == NULL || (taken >> (first = x12_pair_first(map, i)) & 1)) {
            rest = true;
            continue;
        }
        usual = !rest && first >= next && i == x12_pair_usual(map, i, segment->view.element[e + 1].len);
        taken |= (uint64_t)1 << first;
        next = first;
    }
    for (uint64_t left = usual ? 0 : which; left != 0; left &= left - 1) {
        struct bytes code = segment->view.element[__builtin_ctzll(left)];

        if (segment->view.odd)
            code = to_utf8(read, code);
        if (code.len > 0)
            canon_append_text(read->arena, object, map->order, code.at, code.len);
    }
}

/* The steps of the rule's pattern.  Returns the ops that must be done with care. */
static inline uint64_t steps_quickly(struct x12_read *read, const struct x12_bound_rule *rule,
                                     const struct x12_segment *segment, struct canon_object *object)
{
    const struct pattern *pattern = rule->pattern;
    const struct bytes *const element = segment->view.element;
    const uint64_t proven = segment->view.proven;
    uint64_t careful = pattern->careful;
    struct canon_value *at = canon_open_behind(read->arena, object, pattern->n_values, pattern->first_field);

    if (at == NULL)
        return 0;
    for (unsigned i = 0; i < CANON_MAX_FIELDS / 64; i++)
        object->held[i] |= pattern->held[i];
    for (const struct step *step = pattern->steps, *end = step + pattern->n_steps; step < end; step++) {
        const struct bytes value = element[step->element];
        struct canon_value *behind;

        /* Text as it is, and a decimal that is known to be one. */
        if (step->conversion <= (proven >> step->element & 1)) {
            canon_set_text(at++, step->about, value.at, (uint32_t)value.len);
            continue;
        }
        behind = quick_value(read->arena, object, &rule->ops[step->op], value, proven >> step->element & 1,
                             at);
        if (__builtin_expect(behind == at, 0)) {
            careful |= (uint64_t)1 << step->op;
            object->held[rule->ops[step->op].word] &= ~rule->ops[step->op].bit;
        }
        at = behind;
    }
    canon_close(read->arena, object, at);
    return careful;
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
                (void)set_value(read, each, &op, segment->view.element[e + i], segment->view.odd);
            }
        for (uint32_t i = 0; i < groups->n_also && each != NULL; i++)
            if (segment->view.present >> groups->also[i].element & 1)
                (void)set_value(read, each, &groups->also[i], segment->view.element[groups->also[i].element],
                                segment->view.odd);
    }
}

/* The object that the rule fills from this segment. */
static inline struct canon_object *enter(struct x12_read *read, const struct x12_bound_rule *rule,
                                         const struct x12_frame *frame)
{
    const struct map_rule *map = rule->map;
    struct rule_state *state = rule->state;
    struct canon_object *object = frame->object;

    if (rule->appends) {
        if (state->serial != frame->serial || state->list == NULL)
            state->list = canon_list(read->arena, object, map->enter[0]);
        object = state->list != NULL ? canon_list_append(read->arena, state->list, map->enter[0]->block)
                                     : NULL;
    } else {
        for (unsigned i = 0; i < rule->enters && object != NULL; i++)
            object = map->each && i + 1 == rule->enters ? canon_append(read->arena, object, map->enter[i])
                                                        : canon_enter(read->arena, object, map->enter[i]);
    }
    state->serial = frame->serial;
    return object;
}

static inline void take(struct x12_read *read, const struct x12_bound_rule *rule,
                        const struct x12_segment *segment, struct canon_object *object)
{
    if (rule->pattern->present != segment->view.present)
        learn(rule, segment->view.present);
    if (segment->plain && rule->pattern->quick && are_free(object, rule->pattern->fields)) {
        uint64_t careful = rule->pattern->n_steps > 0 ? steps_quickly(read, rule, segment, object)
                                                      : rule->pattern->careful;

        for (; __builtin_expect(careful != 0, 0); careful &= careful - 1)
            set_careful(read, object, &rule->ops[__builtin_ctzll(careful)]);
        if (rule->pattern->pairs != 0) {
            careful = pairs_quickly(read, rule, object);
            if (careful != 0)
                pairs_carefully(read, rule->pairs, object, careful);
        }
    } else {
        fill_carefully(read, rule, object);
    }
    if (__builtin_expect(read->keep_unread, 0) && rule->pairs != NULL && rule->pairs->map->order != NULL)
        keep_order(read, rule->pairs, object);
    if (rule->groups != NULL)
        read_groups(read, rule->groups, object);
    if (rule->pattern->unread || segment->view.compound != 0)
        find_unread(read, rule, covered(rule));
}

void x12_read_begin(struct x12_read *read, struct x12_binding *binding, struct canon_record *record,
                    const struct x12_delimiters *delimiters)
{
    read->binding = binding;
    read->record = record;
    read->arena = record->arena;
    read->delimiters = delimiters;
    read->unread = 0;
    read->frame = read->frames;
    read->frames[0] = (struct x12_frame){.loop = STANDARD_NO_LOOP,
                                         .children = binding->root.children,
                                         .object = record->body,
                                         .serial = ++read->serial};
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
    if (taken == NULL)
        unread_segment(read);
    else if ((object = enter(read, taken, frame)) != NULL)
        take(read, taken, segment, object);
    if (place.starts_loop && frame + 1 < read->frames + X12_READ_DEPTH) {
        frame++;
        frame->loop = position;
        frame->first = (uint16_t)(position + 1);
        frame->children = object != NULL ? taken->children : NULL;
        frame->object = object;
        frame->serial = ++read->serial;
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
