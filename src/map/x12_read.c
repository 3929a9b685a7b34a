#include "map/x12_read.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/decimal.h"

/*
 * A binding is the map's tree with everything looked up: element keys are numbers, tests are eight-byte
 * comparisons, conversions are chosen by the two types, and each rule knows by position what its loop's
 * segments mean.  Rules are bound once per place where they can stand; a part used by many rules of the same
 * loop (the address segments of all N1) is bound once.
 */

enum conversion {
    AS_TEXT,    /* as it came */
    AS_DECIMAL, /* R, or text that must be a decimal */
    AS_IMPLIED, /* Nn: scaled by its implied decimals */
    AS_INTEGER,
    AS_DATE,
    AS_TIME,
    AS_TABLE,   /* through a code table, or padded */
};

struct op {
    uint8_t element;   /* from 0 */
    uint8_t component; /* from 1; 0: the element */
    uint8_t conversion;
    uint8_t decimals;
    bool own;          /* the target is a field of the rule's own object */
    uint16_t index;    /* of the field in its block */
    uint64_t bit;      /* of the field in canon_object.held */
    const struct canon_field *field;
    const struct map_target *target;
};

struct test {
    uint8_t element, component;
    bool keyed;   /* all values have at most 8 bytes: compare keys */
    bool or_none; /* an empty element will do, too */
    uint32_t n_values;
    const uint64_t *keys;
    const struct bytes *values;
};

enum { PAIR_SLOTS = 128 };
struct pairs {
    uint8_t from, to; /* elements, from 0: qualifiers at from, from+2, ... */
    uint8_t slots[PAIR_SLOTS]; /* op + 1, by key of the qualifier */
    const struct map_pairs *map;
    const uint64_t *keys;
    const struct op *ops;
};

/* Fields that repeat along the segment: of each group of elements one object. */
struct groups {
    uint8_t from, to;          /* elements, from 0 */
    uint8_t step;              /* elements in a group */
    const struct map_groups *map;
    const struct op *ops;      /* of a group: element counts from its first */
    uint32_t n_also;
    const struct op *also;     /* elements that every group gets */
};

/* The rules of one place.  Where they begin with a test of one element, its value says where to begin. */
enum { NO_CHOICE = 0xff };
struct choice {
    uint64_t key;
    uint16_t rule;
    bool taken;
};
struct rule_list {
    uint8_t element;      /* that element, from 0; or NO_CHOICE */
    uint16_t otherwise;   /* the first rule that does not test it */
    uint32_t mask;        /* of the slots of `choices` */
    struct choice *choices;
    uint32_t n;
    const struct x12_bound_rule *rules[];
};

struct x12_bound_rule {
    const struct map_rule *map;
    uint32_t n_tests, n_ops;
    uint32_t n_values;                         /* what the ops may add at most, raw values too */
    bool appends;                              /* each: of a list of the context itself */
    const struct test *tests;
    const struct op *ops;
    const struct pairs *pairs;
    const struct groups *groups;
    uint64_t absent;                           /* elements that must be empty */
    uint64_t reads;                            /* elements read whole */
    uint64_t compounds;                        /* elements read by component */
    uint16_t first, last;                      /* positions of the loop this rule opens; 0,0: none */
    const struct rule_list *const *children;   /* by position - first */
};

struct children {
    struct children *next;
    const struct map_node *nodes;
    uint16_t loop;
    const struct rule_list *const *by_position;
};

struct x12_binding {
    const struct map *map;
    const struct standard_set *set;
    struct arena arena;
    struct x12_bound_rule root;
    struct children *made; /* while binding: what is bound already */
    uint64_t *used;        /* by map_rule.index: serial of the frame it last took a segment in */
    struct canon_list **lists; /* by map_rule.index: the list it appended to then */
    uint64_t **unread;     /* by position: counts by element, or NULL */
    struct x12_unread *rows;
    const struct canon_field *extra, *extra_at, *extra_ordinal, *extra_tag, *extra_element, *extra_value,
        *extra_elements;
};

static bool parse_key(struct bytes key, uint8_t *element, uint8_t *component)
{
    struct bytes first;
    uint64_t number;

    *component = 0;
    if (!bytes_split(&key, '-', &first) || !bytes_to_count(first, X12_MAX_ELEMENTS, &number) || number == 0)
        return false;
    *element = (uint8_t)(number - 1);
    if (key.at != NULL) {
        if (!bytes_to_count(key, 64, &number) || number == 0)
            return false;
        *component = (uint8_t)number;
    }
    return true;
}

/* The standard's element at a key of a segment; NULL when it has none there. */
static const struct standard_element *element_at(const struct standard_segment *segment, uint8_t element,
                                                 uint8_t component)
{
    const struct standard_field *field;

    if (element >= segment->n_fields)
        return NULL;
    field = &segment->fields[element];
    if (field->composite == NULL)
        return component <= 1 ? field->element : NULL;
    if (component == 0)
        component = 1;
    return component <= field->composite->n_fields ? field->composite->fields[component - 1].element : NULL;
}

static void bind_op(struct op *op, const struct standard_segment *segment, const struct map_target *target)
{
    const struct standard_element *element = element_at(segment, op->element, op->component);
    enum standard_type type = element != NULL ? (enum standard_type)element->type : STANDARD_AN;

    op->target = target;
    op->field = target->field;
    op->own = target->path_len == 1 && !target->from_root && !target->field->is_list;
    op->index = target->field->index;
    op->bit = (uint64_t)1 << target->field->index % 64;
    if (target->table != NULL || target->pad != 0) {
        op->conversion = AS_TABLE;
        return;
    }
    switch ((enum canon_type)target->field->type) {
    case CANON_DECIMAL:
        op->conversion = type == STANDARD_N && element->decimals > 0 ? AS_IMPLIED : AS_DECIMAL;
        op->decimals = type == STANDARD_N ? element->decimals : 0;
        break;
    case CANON_INTEGER:
        op->conversion = AS_INTEGER;
        break;
    case CANON_DATE:
        op->conversion = AS_DATE;
        break;
    case CANON_TIME:
        op->conversion = AS_TIME;
        break;
    default:
        op->conversion = AS_TEXT;
    }
}

static bool bind_tests(struct x12_binding *binding, struct x12_bound_rule *bound, const struct map_rule *rule)
{
    struct test *tests = arena_zalloc(&binding->arena, rule->n_tests + 1, sizeof(*tests));
    uint32_t n = 0;

    if (tests == NULL)
        return false;
    for (uint32_t t = 0; t < rule->n_tests; t++) {
        const struct map_test *from = &rule->tests[t];
        uint32_t i = n;
        uint64_t *keys = arena_zalloc(&binding->arena, from->n_values, sizeof(*keys));

        if (keys == NULL || !parse_key(from->key, &tests[i].element, &tests[i].component))
            return keys != NULL; /* map_load's caller has told of the key; the rule never matches */
        tests[i].keyed = true;
        for (uint32_t v = 0; v < from->n_values; v++) {
            if (from->values[v].len == 0)
                tests[i].or_none = true;
            if (from->values[v].len > 8)
                tests[i].keyed = false;
            else
                keys[v] = bytes_key(from->values[v].at, from->values[v].len);
        }
        tests[i].keys = keys;
        tests[i].values = from->values;
        tests[i].n_values = from->n_values;
        if (tests[i].component == 0)
            bound->reads |= (uint64_t)1 << tests[i].element;
        else
            bound->compounds |= (uint64_t)1 << tests[i].element;
        if (tests[i].component == 0 && from->n_values == 1 && from->values[0].len == 0)
            bound->absent |= (uint64_t)1 << tests[i].element;
        else
            n++;
    }
    bound->tests = tests;
    bound->n_tests = n;
    return true;
}

static bool bind_pairs(struct x12_binding *binding, struct x12_bound_rule *bound,
                       const struct standard_segment *segment, const struct map_pairs *from)
{
    struct pairs *pairs = arena_zalloc(&binding->arena, 1, sizeof(*pairs));
    struct op *ops = arena_zalloc(&binding->arena, from->n_by + 1, sizeof(*ops));
    uint64_t *keys = arena_zalloc(&binding->arena, from->n_by + 1, sizeof(*keys));
    uint8_t none;

    if (pairs == NULL || ops == NULL || keys == NULL)
        return false;
    pairs->map = from;
    pairs->ops = ops;
    pairs->keys = keys;
    if (!parse_key(from->from, &pairs->from, &none) || !parse_key(from->to, &pairs->to, &none))
        return true;
    for (uint32_t i = 0; i < from->n_by && i < PAIR_SLOTS / 2; i++) {
        uint64_t key = from->by[i].qualifier.len <= 8 ? bytes_key(from->by[i].qualifier.at, from->by[i].qualifier.len) : 0;
        unsigned slot = (unsigned)((key * 0x9E3779B97F4A7C15ULL) >> 57);

        while (pairs->slots[slot] != 0)
            slot = (slot + 1) % PAIR_SLOTS;
        pairs->slots[slot] = (uint8_t)(i + 1);
        keys[i] = key;
        ops[i].element = pairs->from;
        bind_op(&ops[i], segment, &from->by[i].target);
    }
    bound->pairs = pairs;
    return true;
}

static bool bind_groups(struct x12_binding *binding, struct x12_bound_rule *bound,
                        const struct standard_segment *segment, const struct map_groups *from)
{
    struct groups *groups = arena_zalloc(&binding->arena, 1, sizeof(*groups));
    struct op *ops = arena_zalloc(&binding->arena, from->n_fields + 1, sizeof(*ops));
    struct op *also = arena_zalloc(&binding->arena, from->n_also + 1, sizeof(*also));
    uint8_t none;

    if (groups == NULL || ops == NULL || also == NULL)
        return false;
    groups->map = from;
    groups->step = (uint8_t)from->n_fields;
    if (!parse_key(from->from, &groups->from, &none) || !parse_key(from->to, &groups->to, &none))
        return true;
    for (uint32_t i = 0; i < from->n_fields; i++) {
        ops[i].element = (uint8_t)(groups->from + i);
        bind_op(&ops[i], segment, &from->fields[i]);
        ops[i].element = (uint8_t)i;
    }
    for (uint32_t i = 0; i < from->n_also; i++)
        if (parse_key(from->also[i].key, &also[groups->n_also].element, &none)) {
            bind_op(&also[groups->n_also], segment, &from->also[i].target);
            bound->reads |= (uint64_t)1 << also[groups->n_also].element;
            groups->n_also++;
        }
    groups->ops = ops;
    groups->also = also;
    bound->groups = groups;
    return true;
}

static const struct rule_list *const *bind_nodes(struct x12_binding *binding, const struct map_node *nodes,
                                                 uint32_t n_nodes, uint16_t loop, uint16_t first, uint16_t last);

static bool bind_rule(struct x12_binding *binding, struct x12_bound_rule *bound, const struct map_rule *rule,
                      const struct standard_position *position)
{
    struct op *ops = arena_zalloc(&binding->arena, rule->n_assigns + 1, sizeof(*ops));
    uint32_t n = 0;

    if (ops == NULL || !bind_tests(binding, bound, rule))
        return false;
    bound->map = rule;
    for (uint32_t i = 0; i < rule->n_assigns; i++) {
        const struct map_assign *assign = &rule->assigns[i];

        if (!parse_key(assign->key, &ops[n].element, &ops[n].component))
            continue;
        if (ops[n].component == 0)
            bound->reads |= (uint64_t)1 << ops[n].element;
        else
            bound->compounds |= (uint64_t)1 << ops[n].element;
        if (assign->target.field == NULL)
            continue; /* a constant: of writing only */
        bind_op(&ops[n], position->segment, &assign->target);
        bound->n_values += 1 + (assign->target.raw != NULL);
        n++;
    }
    bound->ops = ops;
    bound->n_ops = n;
    bound->appends = rule->each && rule->enter_len == 1;
    if (rule->groups != NULL && !bind_groups(binding, bound, position->segment, rule->groups))
        return false;
    if (rule->pairs != NULL && !bind_pairs(binding, bound, position->segment, rule->pairs))
        return false;
    if (rule->n_nodes > 0 && position->starts_loop) {
        bound->first = (uint16_t)(position->index + 1);
        bound->last = position->last;
        bound->children = bind_nodes(binding, rule->nodes, rule->n_nodes, position->index, bound->first, bound->last);
        if (bound->children == NULL)
            return false;
    }
    return true;
}

static unsigned choice_slot(const struct rule_list *list, uint64_t key)
{
    return (unsigned)((key * 0x9E3779B97F4A7C15ULL) >> 40) & list->mask;
}

/* Where the rules of a list begin with a test of the same element, a table of its values. */
static bool bind_choices(struct x12_binding *binding, struct rule_list *list)
{
    uint32_t n_keys = 0;

    list->element = NO_CHOICE;
    list->otherwise = (uint16_t)list->n;
    if (list->n < 3)
        return true;
    for (uint32_t r = 0; r < list->n; r++) {
        const struct test *test = list->rules[r]->tests;

        if (list->rules[r]->n_tests == 0 || test->component != 0 || !test->keyed || test->or_none ||
            (list->element != NO_CHOICE && test->element != list->element)) {
            if (list->otherwise == list->n)
                list->otherwise = (uint16_t)r;
            continue;
        }
        list->element = test->element;
        n_keys += test->n_values;
    }
    list->mask = 7;
    while (list->mask < n_keys * 2)
        list->mask = list->mask * 2 + 1;
    list->choices = arena_zalloc(&binding->arena, list->mask + 1, sizeof(*list->choices));
    if (list->choices == NULL)
        return false;
    for (uint32_t r = 0; r < list->n && r < list->otherwise; r++) {
        const struct test *test = list->rules[r]->tests;

        for (uint32_t v = 0; v < test->n_values; v++) {
            unsigned slot = choice_slot(list, test->keys[v]);

            while (list->choices[slot].taken && list->choices[slot].key != test->keys[v])
                slot = (slot + 1) & list->mask;
            if (!list->choices[slot].taken)
                list->choices[slot] = (struct choice){test->keys[v], (uint16_t)r, true};
        }
    }
    return true;
}

/* The rules of `nodes` by position first..last, for the members of the loop that starts at `loop`. */
static const struct rule_list *const *bind_nodes(struct x12_binding *binding, const struct map_node *nodes,
                                                 uint32_t n_nodes, uint16_t loop, uint16_t first, uint16_t last)
{
    size_t span = last >= first ? (size_t)(last - first) + 1 : 0;
    struct rule_list const **by_position;
    struct children *made;

    for (made = binding->made; made != NULL; made = made->next)
        if (made->nodes == nodes && made->loop == loop)
            return made->by_position;
    by_position = arena_zalloc(&binding->arena, span + 1, sizeof(*by_position));
    made = arena_zalloc(&binding->arena, 1, sizeof(*made));
    if (by_position == NULL || made == NULL)
        return NULL;
    for (uint16_t p = first; span > 0 && p <= last; p++) {
        const struct standard_position *position = &binding->set->positions[p];

        if (position->parent != loop)
            continue;
        for (uint32_t i = 0; i < n_nodes; i++) {
            struct rule_list *list;
            struct x12_bound_rule *bound;

            if (strcmp(nodes[i].tag, position->segment->id) != 0)
                continue;
            list = arena_zalloc(&binding->arena, 1, sizeof(*list) + nodes[i].n_rules * sizeof(list->rules[0]));
            bound = arena_zalloc(&binding->arena, nodes[i].n_rules, sizeof(*bound));
            if (list == NULL || bound == NULL)
                return NULL;
            list->n = nodes[i].n_rules;
            for (uint32_t r = 0; r < list->n; r++) {
                if (!bind_rule(binding, &bound[r], &nodes[i].rules[r], position))
                    return NULL;
                list->rules[r] = &bound[r];
            }
            if (!bind_choices(binding, list))
                return NULL;
            by_position[p - first] = list;
            break;
        }
    }
    *made = (struct children){binding->made, nodes, loop, by_position};
    binding->made = made;
    return by_position;
}

struct x12_binding *x12_binding_open(const struct map *map, const struct standard_set *set)
{
    struct x12_binding *binding = calloc(1, sizeof(*binding));
    const struct canon_block *body = map->kind->body;

    if (binding == NULL)
        return NULL;
    arena_init(&binding->arena, 64 * 1024, 64 * 1024 * 1024);
    binding->map = map;
    binding->set = set;
    binding->root.last = (uint16_t)(set->n_positions - 1);
    binding->used = arena_zalloc(&binding->arena, map->n_rules + 1, sizeof(*binding->used));
    binding->lists = arena_zalloc(&binding->arena, map->n_rules + 1, sizeof(struct canon_list *));
    binding->unread = arena_zalloc(&binding->arena, set->n_positions + 1, sizeof(*binding->unread));
    binding->root.children = bind_nodes(binding, map->nodes, map->n_nodes, STANDARD_NO_LOOP, 0, binding->root.last);
    binding->extra = canon_block_field(body, BYTES("extra"));
    if (binding->extra != NULL && binding->extra->block != NULL) {
        const struct canon_block *block = binding->extra->block;

        binding->extra_at = canon_block_field(block, BYTES("at"));
        binding->extra_ordinal = canon_block_field(block, BYTES("ordinal"));
        binding->extra_tag = canon_block_field(block, BYTES("tag"));
        binding->extra_element = canon_block_field(block, BYTES("element"));
        binding->extra_value = canon_block_field(block, BYTES("value"));
        binding->extra_elements = canon_block_field(block, BYTES("elements"));
    }
    if (binding->arena.failed) {
        x12_binding_close(binding);
        return NULL;
    }
    return binding;
}

void x12_binding_close(struct x12_binding *binding)
{
    if (binding == NULL)
        return;
    arena_release(&binding->arena);
    free(binding->rows);
    free(binding);
}

const struct map *x12_binding_map(const struct x12_binding *binding)
{
    return binding->map;
}

const struct x12_unread *x12_binding_unread(struct x12_binding *binding, size_t *count)
{
    size_t n = 0;

    for (int fill = 0; fill < 2; fill++) {
        n = 0;
        for (uint16_t p = 0; p < binding->set->n_positions; p++)
            for (unsigned e = 0; binding->unread[p] != NULL && e <= X12_MAX_ELEMENTS; e++)
                if (binding->unread[p][e] > 0) {
                    if (fill)
                        binding->rows[n] = (struct x12_unread){&binding->set->positions[p], (uint8_t)e, binding->unread[p][e]};
                    n++;
                }
        if (!fill) {
            free(binding->rows);
            binding->rows = calloc(n + 1, sizeof(*binding->rows));
            if (binding->rows == NULL)
                n = 0;
            if (n == 0)
                break;
        }
    }
    *count = n;
    return binding->rows;
}

/* ---- what no rule reads ---- */

static void count_unread(struct x12_read *read, uint16_t position, unsigned element)
{
    struct x12_binding *binding = read->binding;

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

    (void)charset_decode(read->charset, read->bad_bytes == CHARSET_ERROR ? CHARSET_REPLACE : read->bad_bytes, value,
                         read->record->arena, &out);
    return out;
}

static void add_text(struct arena *arena, struct canon_object *object, const struct canon_field *field,
                     struct bytes text)
{
    if (field != NULL && object != NULL && text.len > 0)
        canon_add_text(arena, object, field, text.at, text.len, false);
}

static struct canon_object *extra_object(struct x12_read *read, const struct x12_segment *segment, uint32_t ordinal)
{
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
    for (unsigned i = 1; i <= read->depth; i++) {
        const char *id = binding->set->positions[read->frames[i].loop].segment->id;
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
        char *digits = arena_format(arena, "%u", ordinal);

        if (digits != NULL)
            canon_add_text(arena, object, binding->extra_ordinal, digits, strlen(digits), true);
    }
    add_text(arena, object, binding->extra_tag, segment->view.odd ? to_utf8(read, segment->view.id) : segment->view.id);
    return object;
}

static void unread_element(struct x12_read *read, const struct x12_segment *segment, uint16_t position,
                           uint32_t ordinal, unsigned element, unsigned component, struct bytes value)
{
    count_unread(read, position, element + 1);
    if (read->keep_unread) {
        struct canon_object *object = extra_object(read, segment, ordinal);
        char *name = arena_format(read->record->arena, component != 0 ? "%02u-%u" : "%02u", element + 1, component);

        if (object != NULL && name != NULL) {
            add_text(read->record->arena, object, read->binding->extra_element, bytes_of(name));
            add_text(read->record->arena, object, read->binding->extra_value, segment->view.odd ? to_utf8(read, value) : value);
        }
    }
}

static void unread_segment(struct x12_read *read, const struct x12_segment *segment, uint16_t position,
                           uint32_t ordinal)
{
    count_unread(read, position, 0);
    if (read->keep_unread) {
        struct canon_object *object = extra_object(read, segment, ordinal);
        uint32_t n = segment->view.n_elements < X12_MAX_ELEMENTS ? segment->view.n_elements : X12_MAX_ELEMENTS;

        if (object != NULL && read->binding->extra_elements != NULL)
            for (uint32_t i = 0; i < n; i++) {
                struct bytes value = segment->view.odd ? to_utf8(read, segment->element[i]) : segment->element[i];

                canon_append_text(read->record->arena, object, read->binding->extra_elements, value.at, value.len);
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

static bool is_digits(struct bytes value)
{
    for (size_t i = 0; i < value.len; i++)
        if (value.at[i] < '0' || value.at[i] > '9')
            return false;
    return value.len > 0;
}

/* Through the table, then padded; the raw value is kept beside it where the schema has a place. */
static bool translate(struct x12_read *read, struct canon_object *object, const struct op *op, struct bytes value,
                      struct bytes *out)
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
    if (target->pad > out->len && is_digits(*out)) {
        char *padded = arena_text(read->record->arena, target->pad);

        if (padded == NULL)
            return false;
        memset(padded, '0', target->pad - out->len);
        memcpy(padded + target->pad - out->len, out->at, out->len);
        *out = (struct bytes){padded, target->pad};
    }
    if (target->raw != NULL && !bytes_equal(*out, value))
        add_text(read->record->arena, object, target->raw, value);
    return true;
}

/* Sets one field.  False when the field is taken already: the value is then unread. */
static bool set_value(struct x12_read *read, struct canon_object *object, const struct op *op, struct bytes value,
                      bool odd)
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
    case AS_TEXT:
        break;
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

static bool passes(const struct x12_read *read, const struct test *test, const struct x12_segment *segment)
{
    struct bytes value;

    if (!(segment->view.present >> test->element & 1))
        return test->or_none;
    value = segment->element[test->element];
    if (test->component != 0)
        value = component_of(read, value, test->component);
    if (test->keyed && value.len <= 8) {
        uint64_t key = key_of(value);

        for (uint32_t i = 0; i < test->n_values; i++)
            if (test->keys[i] == key)
                return true;
        return false;
    }
    for (uint32_t i = 0; i < test->n_values; i++)
        if (bytes_equal(test->values[i], value))
            return true;
    return false;
}

/* The rule that takes this segment in this frame, or NULL. */
static inline const struct x12_bound_rule *choose(const struct x12_read *read, const struct rule_list *list,
                                                  const struct x12_segment *segment, uint64_t serial)
{
    uint32_t i = 0;

    if (list->element != NO_CHOICE) {
        struct bytes value = segment->element[list->element];

        i = list->otherwise;
        if ((segment->view.present >> list->element & 1) && value.len <= 8) {
            uint64_t key = key_of(value);
            unsigned slot = choice_slot(list, key);

            while (list->choices[slot].taken && list->choices[slot].key != key)
                slot = (slot + 1) & list->mask;
            if (list->choices[slot].taken)
                i = list->choices[slot].rule;
        }
    }
    for (; i < list->n; i++) {
        const struct x12_bound_rule *rule = list->rules[i];
        uint32_t t = 0;

        if ((segment->view.present & rule->absent) != 0 ||
            (!rule->map->each && read->binding->used[rule->map->index] == serial))
            continue;
        while (t < rule->n_tests && passes(read, &rule->tests[t], segment))
            t++;
        if (t == rule->n_tests)
            return rule;
    }
    return NULL;
}

static void read_pairs(struct x12_read *read, const struct pairs *pairs, const struct x12_segment *segment,
                       struct canon_object *object, uint16_t position, uint32_t ordinal)
{
    struct arena *arena = read->record->arena;

    for (unsigned e = pairs->from; e + 1 <= pairs->to && e < X12_MAX_ELEMENTS - 1; e += 2) {
        struct bytes qualifier = segment->element[e], value = segment->element[e + 1];
        bool has_qualifier = segment->view.present >> e & 1, has_value = segment->view.present >> (e + 1) & 1;
        unsigned slot;
        uint64_t key;

        if (!(segment->view.present >> e))
            break;
        if (!has_qualifier && !has_value)
            continue;
        if (has_qualifier && has_value && qualifier.len <= 8) {
            key = key_of(qualifier);
            slot = (unsigned)((key * 0x9E3779B97F4A7C15ULL) >> 57);
            while (pairs->slots[slot] != 0 && pairs->keys[pairs->slots[slot] - 1] != key)
                slot = (slot + 1) % PAIR_SLOTS;
            if (pairs->slots[slot] != 0) {
                struct op op = pairs->ops[pairs->slots[slot] - 1];

                op.element = (uint8_t)(e + 1);
                if (set_value(read, object, &op, value, segment->view.odd))
                    continue;
            }
        }
        if (pairs->map->rest != NULL) {
            struct canon_object *rest = canon_append(arena, object, pairs->map->rest);

            if (rest != NULL) {
                add_text(arena, rest, pairs->map->rest_type, segment->view.odd ? to_utf8(read, qualifier) : qualifier);
                add_text(arena, rest, pairs->map->rest_value, segment->view.odd ? to_utf8(read, value) : value);
            }
            continue;
        }
        if (has_qualifier)
            unread_element(read, segment, position, ordinal, e, 0, qualifier);
        if (has_value)
            unread_element(read, segment, position, ordinal, e + 1, 0, value);
    }
}

/* Components, repetitions and whole elements that the rule did not ask for. */
static void find_unread(struct x12_read *read, const struct x12_bound_rule *rule, const struct x12_segment *segment,
                        uint16_t position, uint32_t ordinal, uint64_t reads)
{
    uint64_t left = segment->view.present & ~(reads | rule->compounds);
    uint64_t compound = segment->view.compound & (reads | rule->compounds);

    while (left != 0) {
        unsigned e = (unsigned)__builtin_ctzll(left);

        left &= left - 1;
        unread_element(read, segment, position, ordinal, e, 0, segment->element[e]);
    }
    while (compound != 0) {
        unsigned e = (unsigned)__builtin_ctzll(compound), c = 0;
        struct bytes repeats = segment->element[e], first, part;

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
                asked = rule->ops[i].element == e && (rule->ops[i].component == c || (rule->ops[i].component == 0 && c == 1));
            for (uint32_t i = 0; i < rule->n_tests && !asked; i++)
                asked = rule->tests[i].element == e && rule->tests[i].component == c;
            if (!asked)
                unread_element(read, segment, position, ordinal, e, c, part);
        }
        if (repeats.at != NULL && repeats.len > 0)
            unread_element(read, segment, position, ordinal, e, 0, repeats);
    }
}

/* One value where it is quickly told: the field is the object's own and not set, the bytes are ASCII, nothing
 * is wrong.  Returns the end of the values; unchanged when it must be done with care. */
static inline struct canon_value *quick_value(struct arena *arena, const struct op *op, struct bytes value,
                                              struct canon_value *at)
{
    bool plain = true;

    switch ((enum conversion)op->conversion) {
    case AS_TEXT:
        plain = false;
        break;
    case AS_DECIMAL:
    case AS_INTEGER:
        if (!decimal_is_canonical(value) || (op->conversion == AS_INTEGER && memchr(value.at, '.', value.len) != NULL))
            return at;
        break;
    case AS_DATE:
        if (!date_from_x12(value, arena, &value))
            return at;
        break;
    case AS_TABLE: {
        const struct map_row *row;

        if (op->target->table == NULL || op->target->pad != 0)
            return at;
        row = map_table_code(op->target->table, value);
        if (row == NULL)
            return at;
        plain = false;
        if (!bytes_equal(row->word, value)) {
            if (op->target->raw != NULL) {
                at->text = value.at;
                at->len = (uint32_t)value.len;
                at->field = op->target->raw->index;
                at->held = CANON_HELD_TEXT;
                at->plain = false;
                at++;
            }
            value = row->word;
        }
        break;
    }
    default:
        return at;
    }
    at->text = value.at;
    at->len = (uint32_t)value.len;
    at->field = op->index;
    at->held = CANON_HELD_TEXT;
    at->plain = plain;
    return at + 1;
}

static void set_careful(struct x12_read *read, struct canon_object *object, const struct op *op,
                        const struct x12_segment *segment, uint16_t position, uint32_t ordinal)
{
    struct bytes value;

    if (!(segment->view.present >> op->element & 1)) {
        (void)set_value(read, object, op, op->target->fallback, false);
        return;
    }
    value = segment->element[op->element];
    if (op->component != 0 || segment->view.compound >> op->element & 1) {
        value = component_of(read, value, op->component != 0 ? op->component : 1);
        if (value.len == 0)
            return;
    }
    if (!set_value(read, object, op, value, segment->view.odd))
        unread_element(read, segment, position, ordinal, op->element, op->component, value);
}

static void take_ops(struct x12_read *read, const struct x12_bound_rule *rule, const struct x12_segment *segment,
                     struct canon_object *object, uint16_t position, uint32_t ordinal)
{
    struct arena *arena = read->record->arena;
    const uint64_t present = segment->view.present, compound = segment->view.compound;
    struct canon_value *at = canon_open(arena, object, rule->n_values);
    uint64_t careful = 0, held = object->held;

    if (at == NULL)
        return;
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct op *op = &rule->ops[i];
        struct canon_value *end;

        if (!(present >> op->element & 1)) {
            if (op->target->fallback.at != NULL)
                careful |= (uint64_t)1 << i;
            continue;
        }
        if (!op->own || op->component != 0 || (compound >> op->element & 1) || (held & op->bit)) {
            careful |= (uint64_t)1 << i;
            continue;
        }
        end = quick_value(arena, op, segment->element[op->element], at);
        if (end == at) {
            careful |= (uint64_t)1 << i;
            continue;
        }
        held |= op->bit;
        if (end != at + 1)
            held |= (uint64_t)1 << op->target->raw->index % 64;
        at = end;
    }
    canon_close(arena, object, at);
    object->held = held;
    while (careful != 0) {
        unsigned i = (unsigned)__builtin_ctzll(careful);

        careful &= careful - 1;
        set_careful(read, object, &rule->ops[i], segment, position, ordinal);
    }
}

static void read_groups(struct x12_read *read, const struct groups *groups, const struct x12_segment *segment,
                        struct canon_object *object)
{
    for (unsigned e = groups->from; e <= groups->to && e < X12_MAX_ELEMENTS && segment->view.present >> e != 0;
         e += groups->step) {
        uint64_t mask = ((uint64_t)1 << groups->step) - 1;
        struct canon_object *each;

        if ((segment->view.present >> e & mask) == 0)
            continue;
        each = canon_append(read->record->arena, object, groups->map->list);
        for (uint32_t i = 0; i < groups->step && each != NULL; i++)
            if (segment->view.present >> (e + i) & 1) {
                struct op op = groups->ops[i];

                op.element = (uint8_t)(e + i);
                (void)set_value(read, each, &op, segment->element[e + i], segment->view.odd);
            }
        for (uint32_t i = 0; i < groups->n_also && each != NULL; i++)
            if (segment->view.present >> groups->also[i].element & 1)
                (void)set_value(read, each, &groups->also[i], segment->element[groups->also[i].element], segment->view.odd);
    }
}

static inline uint64_t elements_between(unsigned from, unsigned to)
{
    return (~(uint64_t)0 << from) & (~(uint64_t)0 >> (63 - to));
}

static struct canon_object *take(struct x12_read *read, const struct x12_bound_rule *rule,
                                 const struct x12_segment *segment, const struct x12_frame *frame, uint16_t position,
                                 uint32_t ordinal)
{
    const struct map_rule *map = rule->map;
    struct x12_binding *binding = read->binding;
    struct arena *arena = read->record->arena;
    struct canon_object *object = frame->object;
    uint64_t reads = rule->reads;

    if (rule->appends) {
        if (binding->used[map->index] != frame->serial || binding->lists[map->index] == NULL)
            binding->lists[map->index] = canon_list(arena, object, map->enter[0]);
        object = binding->lists[map->index] != NULL
                     ? canon_list_append(arena, binding->lists[map->index], map->enter[0]->block)
                     : NULL;
    } else {
        for (unsigned i = 0; i < map->enter_len && object != NULL; i++)
            object = map->each && i + 1 == map->enter_len ? canon_append(arena, object, map->enter[i])
                                                          : canon_enter(arena, object, map->enter[i]);
    }
    binding->used[map->index] = frame->serial;
    if (object == NULL)
        return NULL;
    if (segment->view.odd)
        for (uint32_t i = 0; i < rule->n_ops; i++) {
            if (segment->view.present >> rule->ops[i].element & 1 || rule->ops[i].target->fallback.at != NULL)
                set_careful(read, object, &rule->ops[i], segment, position, ordinal);
        }
    else if (rule->n_ops > 0)
        take_ops(read, rule, segment, object, position, ordinal);
    if (rule->pairs != NULL) {
        read_pairs(read, rule->pairs, segment, object, position, ordinal);
        reads |= elements_between(rule->pairs->from, rule->pairs->to);
    }
    if (rule->groups != NULL) {
        read_groups(read, rule->groups, segment, object);
        reads |= elements_between(rule->groups->from, rule->groups->to);
    }
    if ((segment->view.present & ~reads) != 0 || segment->view.compound != 0)
        find_unread(read, rule, segment, position, ordinal, reads);
    return object;
}

void x12_read_begin(struct x12_read *read, struct x12_binding *binding, struct canon_record *record,
                    const struct x12_delimiters *delimiters)
{
    read->binding = binding;
    read->record = record;
    read->delimiters = delimiters;
    read->unread = 0;
    read->depth = 0;
    read->frames[0] = (struct x12_frame){
        .loop = STANDARD_NO_LOOP, .rule = &binding->root, .object = record->body, .serial = ++read->serial};
}

void x12_read_segment(struct x12_read *read, const struct x12_segment *segment, uint16_t position,
                      uint32_t ordinal)
{
    struct x12_binding *binding = read->binding;
    const struct standard_position *place = &binding->set->positions[position];
    const struct x12_bound_rule *taken = NULL;
    struct canon_object *object = NULL;
    const struct x12_frame *frame;

    while (read->depth > 0 && read->frames[read->depth].loop != place->parent)
        read->depth--;
    frame = &read->frames[read->depth];
    if (frame->loop == place->parent && frame->rule != NULL && frame->rule->children != NULL &&
        position >= frame->rule->first && position <= frame->rule->last) {
        const struct rule_list *list = frame->rule->children[position - frame->rule->first];

        if (list != NULL)
            taken = choose(read, list, segment, frame->serial);
    }
    if (taken != NULL)
        object = take(read, taken, segment, frame, position, ordinal);
    else
        unread_segment(read, segment, position, ordinal);
    if (place->starts_loop && read->depth + 1 < sizeof(read->frames) / sizeof(read->frames[0]))
        read->frames[++read->depth] = (struct x12_frame){
            .loop = position, .rule = object != NULL ? taken : NULL, .object = object, .serial = ++read->serial};
}

void x12_read_stray(struct x12_read *read, const struct x12_segment *segment, uint32_t ordinal)
{
    unread_segment(read, segment, UINT16_MAX, ordinal);
}
