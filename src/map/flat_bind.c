#include <stdio.h>
#include <stdlib.h>

#include "map/flat_bound.h"
#include "map/layout.h"

enum { ARENA_CEILING = 256 * 1024 * 1024 };

struct binder {
    struct flat_binding *binding;
    struct report *report;
    bool wrong;
};

static void complain(struct binder *b, enum complaint complaint, struct map_mark mark, struct bytes value,
                     const char *expected)
{
    struct finding finding = {
        .complaint = complaint,
        .place = map_place(mark),
        .value = value,
        .expected = expected,
    };

    report_add(b->report, &finding);
    b->wrong = true;
}

static void unknown(struct binder *b, struct map_mark mark, int tag, struct bytes name)
{
    struct buffer known;

    buffer_init(&known, 4096);
    flat_tell_known(b->binding->layout, tag, &known);
    known.failed = false;
    buffer_add_byte(&known, '\0');
    complain(b, MAP_NO_COLUMN, mark, name, known.failed ? NULL : known.at);
    buffer_release(&known);
}

static const struct flat_record *record_of(const struct binder *b, int tag)
{
    return &b->binding->layout->records[tag];
}

/* The column of a key.  False: told. */
static bool find_slot(struct binder *b, int tag, struct bytes key, struct map_mark mark, unsigned *slot)
{
    int found = flat_column_find(record_of(b, tag), key);

    if (found < 0)
        unknown(b, mark, tag, key);
    *slot = (unsigned)found;
    return found >= 0;
}

/* What is known of the op's values before any is seen. */
static void bind_value(struct flat_op *op)
{
    const struct map_target *target = op->target;
    const enum canon_type type = (enum canon_type)op->field->type;
    const bool turned = target->convert != NULL || target->table != NULL || target->pad > 0;

    op->plain = type == CANON_INTEGER || type == CANON_BOOLEAN ? CANON_PLAIN : CANON_WIDE;
    op->made = type >= CANON_DECIMAL && type != CANON_BOOLEAN && type != CANON_OBJECT && !turned;
    op->simple = type < CANON_DECIMAL && !turned && !op->total && !op->named && !op->field->is_list &&
                 !target->from_root && target->time == NULL;
}

static void bind_op(struct binder *b, struct flat_op *op, int tag, unsigned slot,
                    const struct map_target *target)
{
    const struct flat_column *column = &record_of(b, tag)->columns[slot];

    *op = (struct flat_op){.slot = slot, .column = column, .target = target, .field = target->field};
    op->own = target->path_len == 1 && !target->from_root;
    op->named = slot >= flat_inside(record_of(b, tag));
    op->total = target->compute != MAP_COMPUTE_NOTHING;
    if (target->field != NULL)
        bind_value(op);
    if (target->field != NULL && target->field->is_list && target->field->type == CANON_OBJECT)
        complain(b, SETTING_VALUE, target->mark, bytes_of(target->field->name),
                 "a field with a value; groups: makes objects of one cell");
}

/* Outside of groups: a column with several values goes to a list of them. */
static void check_split(struct binder *b, const struct flat_op *op)
{
    if (op->field != NULL && op->column->split.at != NULL && !op->field->is_list)
        complain(b, SETTING_VALUE, op->target->mark, bytes_of(op->field->name),
                 "a list: the column holds several values");
}

static bool bind_groups(struct binder *b, struct flat_groups **into, int tag, const struct map_groups *map)
{
    struct arena *arena = &b->binding->arena;
    struct flat_groups *groups = arena_zalloc(arena, 1, sizeof(*groups));
    bool split;

    if (groups == NULL)
        return false;
    groups->map = map;
    groups->step = map->n_fields;
    groups->ops = arena_zalloc(arena, map->n_fields, sizeof(*groups->ops));
    groups->also = arena_zalloc(arena, map->n_also + 1, sizeof(*groups->also));
    groups->seen = arena_zalloc(arena, record_of(b, tag)->n_columns + 1, sizeof(*groups->seen));
    if (groups->ops == NULL || groups->also == NULL || groups->seen == NULL)
        return false;
    if (!find_slot(b, tag, map->from, map->mark, &groups->from) ||
        !find_slot(b, tag, map->to, map->mark, &groups->to))
        return true;
    split = record_of(b, tag)->columns[groups->from].split.at != NULL;
    if (groups->to < groups->from || (groups->to - groups->from + 1) % groups->step != 0 ||
        (split && groups->to != groups->from)) {
        complain(b, SETTING_VALUE, map->mark, map->to,
                 "groups of as many columns as there are fields, or one column with split");
        return true;
    }
    for (unsigned i = 0; i < groups->step; i++) {
        bind_op(b, &groups->ops[i], tag, groups->from + i, &map->fields[i]);
        groups->ops[i].slot = i;
    }
    for (uint32_t i = 0; i < map->n_also; i++) {
        unsigned slot;

        if (find_slot(b, tag, map->also[i].key, map->also[i].target.mark, &slot))
            bind_op(b, &groups->also[groups->n_also++], tag, slot, &map->also[i].target);
    }
    *into = groups;
    return true;
}

static bool same_object(const struct map_target *a, const struct map_target *b)
{
    return a->from_root == b->from_root && a->path_len == b->path_len &&
           memcmp(a->path, b->path, (size_t)(a->path_len - 1) * sizeof(*a->path)) == 0;
}

/* Ops that enter the same object get the same number; and how many they are. */
static void number_places(struct binder *b, struct flat_bound_rule *bound)
{
    uint16_t places = 0;

    for (unsigned i = 0; i < bound->n_ops; i++) {
        struct flat_op *op = &bound->ops[i];
        unsigned before = 0;

        if (op->field == NULL || op->own) {
            bound->room++;
            continue;
        }
        while (before < i &&
               !(bound->ops[before].place > 0 && same_object(bound->ops[before].target, op->target)))
            before++;
        op->place = before < i ? bound->ops[before].place : ++places;
        for (unsigned j = 0; j < bound->n_ops; j++)
            op->room = (uint16_t)(op->room + (bound->ops[j].field != NULL && !bound->ops[j].own &&
                                              same_object(bound->ops[j].target, op->target)));
    }
    bound->room = (uint16_t)(bound->room + bound->map->n_set);
    b->binding->room += places + (bound->map->enter_len > 0 ? 1 : bound->room);
}

/* Whether the layout itself says what a column is for. */
static bool is_of_layout(const struct flat_layout *layout, const struct flat_record *record, int slot)
{
    if (record == layout->records && slot == layout->partner)
        return true;
    for (unsigned i = 0; i < layout->n_same; i++)
        if (record->same[i] == slot)
            return true;
    for (unsigned i = 0; i < UNIT_SOURCES && layout->source != NULL; i++)
        if (record == layout->records && layout->source[i] == slot)
            return true;
    return false;
}

/* Which columns the rule reads; of the others, which must say what, and which are unread. */
static bool bind_columns(struct binder *b, struct flat_bound_rule *bound, const struct flat_record *record)
{
    struct arena *arena = &b->binding->arena;
    bool *reads = arena_zalloc(arena, record->n_columns + 1, sizeof(*reads));

    bound->constants = arena_zalloc(arena, record->n_columns + 1, sizeof(unsigned));
    bound->required = arena_zalloc(arena, record->n_columns + 1, sizeof(unsigned));
    bound->unread = arena_zalloc(arena, record->n_columns + 1, sizeof(unsigned));
    if (reads == NULL || bound->constants == NULL || bound->required == NULL || bound->unread == NULL)
        return false;
    for (unsigned i = 0; i < bound->n_ops; i++)
        reads[bound->ops[i].slot] = true;
    for (unsigned i = 0; i < bound->n_tests; i++)
        reads[bound->tests[i].slot] = true;
    for (uint32_t i = 0; i < bound->map->n_assigns; i++) { /* constants of the map's */
        int slot = flat_column_find(record, bound->map->assigns[i].key);

        if (slot >= 0)
            reads[slot] = true;
    }
    for (const struct flat_groups *groups = bound->groups; groups != NULL; groups = groups->next) {
        for (unsigned i = groups->from; i <= groups->to; i++)
            reads[i] = true;
        for (unsigned i = 0; i < groups->n_also; i++)
            reads[groups->also[i].slot] = true;
    }
    for (unsigned i = 0; i < record->n_columns; i++) {
        const struct flat_column *column = &record->columns[i];

        if (column->required)
            bound->required[bound->n_required++] = i;
        if (reads[i] || column->skip || record->type == (int)i ||
            is_of_layout(b->binding->layout, record, (int)i))
            continue;
        if (column->constant.at != NULL)
            bound->constants[bound->n_constants++] = i;
        else
            bound->unread[bound->n_unread++] = i;
    }
    return true;
}

/* A text that is taken as it stands can be gone on with. */
static void bind_more(struct flat_bound_rule *bound, const struct flat_more *more)
{
    for (unsigned i = 0; more != NULL && i < bound->n_ops; i++)
        if (bound->ops[i].slot == more->column && bound->ops[i].field != NULL && bound->ops[i].simple)
            bound->more = &bound->ops[i];
}

static const struct flat_bound_node *bind_nodes(struct binder *b, const struct map_node *nodes, uint32_t n);

static bool bind_rule(struct binder *b, struct flat_bound_rule *bound, int tag, const struct map_rule *rule)
{
    struct arena *arena = &b->binding->arena;
    const struct flat_layout *layout = b->binding->layout;
    struct flat_groups **last = &bound->groups;

    bound->map = rule;
    bound->ops = arena_zalloc(arena, rule->n_assigns + 1, sizeof(*bound->ops));
    bound->tests = arena_zalloc(arena, rule->n_tests + 1, sizeof(*bound->tests));
    if (bound->ops == NULL || bound->tests == NULL)
        return false;
    for (uint32_t i = 0; i < rule->n_assigns; i++) {
        const struct map_target *target = &rule->assigns[i].target;
        unsigned slot;

        if (!find_slot(b, tag, rule->assigns[i].key, target->mark, &slot))
            continue;
        if (target->field == NULL && target->compute == MAP_COMPUTE_NOTHING)
            continue;
        bind_op(b, &bound->ops[bound->n_ops], tag, slot, target);
        bound->defaults = bound->defaults || (target->fallback.at != NULL && target->field != NULL);
        check_split(b, &bound->ops[bound->n_ops++]);
    }
    number_places(b, bound);
    bind_more(bound, record_of(b, tag)->more);
    for (uint32_t i = 0; i < rule->n_tests; i++) {
        struct flat_test *test = &bound->tests[bound->n_tests];

        if (find_slot(b, tag, rule->tests[i].key, rule->tests[i].mark, &test->slot)) {
            test->map = &rule->tests[i];
            bound->n_tests++;
        }
    }
    if (rule->units != NULL)
        complain(b, SETTING_VALUE, rule->units->mark, BYTES("units"), "units are of X12");
    if (rule->pairs != NULL)
        complain(b, SETTING_VALUE, rule->pairs->mark, BYTES("pairs"), "pairs are of X12; here groups serve");
    if (rule->each && layout->begins < 0 && layout->n_key == 0)
        complain(b, SETTING_MISSING, rule->mark, BYTES("key"),
                 "key: in the layout, so that it is known which rows are one document");
    for (const struct map_groups *groups = rule->groups; groups != NULL; groups = groups->next) {
        if (!bind_groups(b, last, tag, groups))
            return false;
        if (*last != NULL)
            last = &(*last)->next;
    }
    if (!bind_columns(b, bound, record_of(b, tag)))
        return false;
    bound->n_nodes = rule->n_nodes;
    bound->nodes = bind_nodes(b, rule->nodes, rule->n_nodes);
    return bound->nodes != NULL;
}

static const struct flat_bound_node *bind_nodes(struct binder *b, const struct map_node *nodes, uint32_t n)
{
    struct flat_bound_node *bound = arena_zalloc(&b->binding->arena, n + 1, sizeof(*bound));

    for (uint32_t i = 0; i < n && bound != NULL; i++) {
        bound[i].tag = flat_record_find(b->binding->layout, bytes_of(nodes[i].tag));
        bound[i].rules = arena_zalloc(&b->binding->arena, nodes[i].n_rules + 1, sizeof(*bound[i].rules));
        if (bound[i].rules == NULL)
            return NULL;
        if (bound[i].tag < 0) {
            unknown(b, nodes[i].rules[0].mark, -1, bytes_of(nodes[i].tag));
            continue;
        }
        if (b->binding->layout->n_totals > 0 && b->binding->layout->totals_mark < 0 &&
            bound[i].tag == b->binding->layout->totals_record)
            complain(b, SETTING_VALUE, nodes[i].rules[0].mark, bytes_of(nodes[i].tag),
                     "no rule for the record of the layout's totals: it is of no document");
        for (uint32_t j = 0; j < nodes[i].n_rules; j++) {
            if (!bind_rule(b, &bound[i].rules[j], bound[i].tag, &nodes[i].rules[j]))
                return NULL;
            bound[i].n_rules++;
        }
    }
    return bound;
}

/* Where rules take the records of each tag. */
static void find_inside(const struct flat_bound_node *nodes, uint32_t n, int around, int *inside)
{
    for (uint32_t i = 0; i < n; i++) {
        if (nodes[i].tag >= 0 && (inside[nodes[i].tag] == -2 || around < 0))
            inside[nodes[i].tag] = around;
        for (uint32_t j = 0; j < nodes[i].n_rules; j++)
            find_inside(nodes[i].rules[j].nodes, nodes[i].rules[j].n_nodes, nodes[i].tag, inside);
    }
}

static void bind_inside(struct flat_binding *binding)
{
    int *inside = arena_zalloc(&binding->arena, binding->layout->n_records, sizeof(*inside));

    for (unsigned i = 0; inside != NULL && i < binding->layout->n_records; i++)
        inside[i] = -2;
    if (inside != NULL && binding->nodes != NULL)
        find_inside(binding->nodes, binding->n_nodes, -1, inside);
    binding->inside = inside;
}

/* The pattern of the file's name, and that it has the groups that columns want. */
static void bind_file_name(struct binder *b)
{
    const struct flat_layout *layout = b->binding->layout;
    const struct map_mark mark = b->binding->map->layout_mark;
    struct pattern_mistake mistake;

    if (b->binding->pattern.at == NULL)
        b->binding->pattern = layout->file_name;
    if (b->binding->pattern.at != NULL) {
        b->binding->file_name = pattern_open(b->binding->pattern, true, &mistake);
        if (b->binding->file_name == NULL)
            complain(b, SETTING_VALUE, mark, b->binding->pattern, mistake.text);
    }
    for (unsigned i = 0; i < layout->n_records; i++) {
        const struct flat_record *record = &layout->records[i];

        for (unsigned c = flat_inside(record); c < record->n_columns; c++)
            if (b->binding->file_name == NULL ||
                pattern_group(b->binding->file_name, record->columns[c].file.at) == 0)
                complain(b, SETTING_VALUE, mark, record->columns[c].file,
                         "a group of this name in the pattern of the file's name, as in (?<date>[0-9]{8})");
    }
}

bool flat_binding_name(struct flat_binding *binding, struct bytes name)
{
    return binding->file_name == NULL ||
           pattern_match(binding->file_name, name, binding->groups) == PATTERN_YES;
}

struct bytes flat_binding_pattern(const struct flat_binding *binding)
{
    return binding->pattern;
}

static void find_keep(struct flat_binding *binding)
{
    const struct canon_block *block;

    binding->keep = canon_block_field(binding->map->kind->body, BYTES("extra"));
    if (binding->keep == NULL || !binding->keep->is_list || (block = binding->keep->block) == NULL) {
        binding->keep = NULL;
        return;
    }
    binding->keep_at = canon_block_field(block, BYTES("at"));
    binding->keep_ordinal = canon_block_field(block, BYTES("ordinal"));
    binding->keep_tag = canon_block_field(block, BYTES("tag"));
    binding->keep_element = canon_block_field(block, BYTES("element"));
    binding->keep_value = canon_block_field(block, BYTES("value"));
}

/* Counts of what is unread, by record and column. */
static bool make_counts(struct flat_binding *binding)
{
    const struct flat_layout *layout = binding->layout;

    binding->unread = arena_zalloc(&binding->arena, layout->n_records, sizeof(*binding->unread));
    binding->headings = arena_zalloc(&binding->arena, FLAT_MAX_HEADINGS, sizeof(*binding->headings));
    binding->extra = arena_zalloc(&binding->arena, FLAT_MAX_HEADINGS, sizeof(*binding->extra));
    binding->seen_in = arena_zalloc(&binding->arena, layout->n_records + 1, sizeof(*binding->seen_in));
    for (unsigned i = 0; i < layout->n_records && binding->unread != NULL; i++)
        binding->unread[i] = arena_zalloc(&binding->arena, layout->records[i].n_columns + 1,
                                          sizeof(uint64_t));
    return !binding->arena.failed;
}

struct flat_binding *flat_binding_open(const struct map *map, struct bytes file_name, struct report *report)
{
    struct flat_binding *binding = calloc(1, sizeof(*binding));
    struct binder b = {.binding = binding, .report = report};

    if (binding == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the map %s", map->name);
        return NULL;
    }
    binding->map = map;
    binding->pattern = file_name;
    arena_init(&binding->arena, 16 * 1024, ARENA_CEILING);
    binding->layout = layout_flat(map, &binding->arena, report);
    if (binding->layout == NULL) {
        flat_binding_close(binding);
        return NULL;
    }
    binding->n_nodes = map->n_nodes;
    binding->nodes = bind_nodes(&b, map->nodes, map->n_nodes);
    if (!b.wrong)
        bind_inside(binding);
    bind_file_name(&b);
    find_keep(binding);
    if (binding->room > map->kind->body->n_fields)
        binding->room = map->kind->body->n_fields;
    if (!make_counts(binding))
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the map %s", map->name);
    if (b.wrong || binding->nodes == NULL || binding->arena.failed) {
        flat_binding_close(binding);
        return NULL;
    }
    return binding;
}

void flat_binding_close(struct flat_binding *binding)
{
    if (binding == NULL)
        return;
    pattern_close(binding->file_name);
    arena_release(&binding->arena);
    free(binding);
}

const struct flat_layout *flat_binding_layout(const struct flat_binding *binding)
{
    return binding->layout;
}

const struct map *flat_binding_map(const struct flat_binding *binding)
{
    return binding->map;
}

/* The heading's place among those that the layout does not know; the last is for all there is no room for. */
unsigned flat_heading_of(struct flat_binding *binding, struct bytes name)
{
    unsigned known = 0;

    while (known < binding->n_headings && !bytes_equal(binding->headings[known].name, name))
        known++;
    if (known == binding->n_headings && known + 1 < FLAT_MAX_HEADINGS)
        binding->headings[binding->n_headings++].name = arena_copy(&binding->arena, name);
    return known < FLAT_MAX_HEADINGS ? known : FLAT_MAX_HEADINGS - 1;
}

bool flat_binding_headings(struct flat_binding *binding, const struct flat_reader *reader)
{
    unsigned count;
    const struct bytes *names = flat_headings(reader, &count);

    binding->n_extra = count < FLAT_MAX_HEADINGS ? count : FLAT_MAX_HEADINGS;
    for (unsigned i = 0; i < binding->n_extra; i++)
        binding->extra[i] = flat_heading_of(binding, names[i]);
    return !binding->arena.failed;
}

void flat_binding_stray(struct flat_binding *binding, struct bytes name)
{
    binding->headings[flat_heading_of(binding, name)].count++;
}

void flat_binding_each_unread(const struct flat_binding *binding,
                              void (*take)(void *whom, struct bytes tag, struct bytes column, uint64_t count),
                              void *whom)
{
    const struct flat_layout *layout = binding->layout;

    for (unsigned i = 0; i < layout->n_records; i++) {
        const struct flat_record *record = &layout->records[i];

        for (unsigned c = 0; c <= record->n_columns; c++)
            if (binding->unread[i][c] > 0)
                take(whom, record->tag,
                     c < record->n_columns ? record->columns[c].heading : (struct bytes){NULL, 0},
                     binding->unread[i][c]);
    }
    for (unsigned i = 0; i < binding->n_headings; i++)
        if (binding->headings[i].count > 0)
            take(whom, layout->fixed ? binding->headings[i].name : layout->records[0].tag,
                 layout->fixed ? (struct bytes){NULL, 0} : binding->headings[i].name,
                 binding->headings[i].count);
}
