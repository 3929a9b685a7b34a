#include "map/write_bound.h"

#include "map/layout.h"

struct binder {
    struct map_writer *writer;
    struct report *report;
    bool own_layout; /* the map's own: what its base has beyond that is not written */
    bool wrong;
};

static void complain(struct binder *binder, enum complaint complaint, struct map_mark mark,
                     struct bytes value, const char *expected)
{
    struct finding finding = {
        .complaint = complaint,
        .place = {.file = mark.file, .line = mark.line, .column = mark.column},
        .value = value,
        .expected = expected,
    };

    report_add(binder->report, &finding);
    binder->wrong = true;
}

/* A tag or (tag >= 0) a key that the format has no place for.  An overlay with a layout of its own may have
 * less than its base: then the base's rules speak of more. */
static void unknown(struct binder *binder, struct map_mark mark, int tag, struct bytes name)
{
    struct unit_writer *units = binder->writer->units;
    struct buffer known;

    if (binder->own_layout && strcmp(mark.file, binder->writer->map->layout_mark.file) != 0)
        return;
    buffer_init(&known, 4096);
    units->format->tell_known(units, tag, &known);
    known.failed = false; /* a list cut short is good enough */
    buffer_add_byte(&known, '\0');
    complain(binder, MAP_NO_COLUMN, mark, name, known.failed ? NULL : known.at);
    buffer_release(&known);
}

static int find_slot(struct binder *binder, int tag, struct bytes key, struct map_mark mark)
{
    struct unit_writer *units = binder->writer->units;
    int slot = units->format->slot(units, tag, key);

    if (slot < 0)
        unknown(binder, mark, tag, key);
    return slot;
}

static void bind_assign(struct binder *binder, const struct map_assign *assign, struct bound_rule *bound)
{
    const struct map_target *target = &assign->target;
    struct bound_assign *into = &bound->assigns[bound->n_assigns];

    if (target->field != NULL &&
        (target->field->is_list != (target->convert != NULL && target->convert->list) ||
         target->field->type == CANON_OBJECT))
        complain(binder, MAP_CANNOT_WRITE, target->mark, bytes_of(target->field->name),
                 "a field with one value; each: takes the elements of a list");
    if (target->path_len > 0 || target->compute != MAP_COMPUTE_NOTHING)
        bound->constant = false;
    bound->own = bound->own || (target->path_len > 0 && !target->from_root);
    into->target = target;
    into->slot = find_slot(binder, bound->tag, assign->key, target->mark);
    if (into->slot >= 0)
        bound->n_assigns++;
}

static void bind_test(struct binder *binder, const struct map_test *test, struct bound_rule *bound)
{
    struct bound_test *into = &bound->tests[bound->n_tests];

    into->test = test;
    into->slot = find_slot(binder, bound->tag, test->key, test->mark);
    if (into->slot < 0)
        return;
    for (unsigned i = 0; i < bound->n_assigns; i++)
        if (bound->assigns[i].slot == into->slot && bound->assigns[i].target->path_len > 0)
            into->target = bound->assigns[i].target;
    bound->n_tests++;
}

static struct bound_groups *bind_groups(struct binder *binder, const struct map_groups *map,
                                        struct bound_rule *bound)
{
    struct arena *arena = &binder->writer->arena;
    struct unit_writer *units = binder->writer->units;
    struct bound_groups *groups = arena_zalloc(arena, 1, sizeof(*groups));
    int *also = arena_zalloc(arena, map->n_also + 1, sizeof(*also));

    if (groups == NULL || also == NULL)
        return NULL;
    groups->map = map;
    groups->also = also;
    groups->from = find_slot(binder, bound->tag, map->from, map->mark);
    groups->to = find_slot(binder, bound->tag, map->to, map->mark);
    if (groups->from < 0 || groups->to < 0)
        return NULL;
    if (units->format->split != NULL)
        groups->split = units->format->split(units, bound->tag, groups->from);
    if (groups->to < groups->from || (unsigned)(groups->to - groups->from + 1) % map->n_fields != 0 ||
        (groups->split.at != NULL && groups->to != groups->from)) {
        complain(binder, SETTING_VALUE, map->mark, map->to,
                 "groups of as many columns as there are fields, or one column with split");
        return NULL;
    }
    for (uint32_t i = 0; i < map->n_also; i++) {
        also[i] = find_slot(binder, bound->tag, map->also[i].key, map->also[i].target.mark);
        if (also[i] == groups->from && groups->split.at != NULL)
            also[i] = -1;
    }
    bound->constant = false;
    return groups;
}

static void bind_nodes(struct binder *binder, const struct map_node *nodes, uint32_t count);

static void bind_rule(struct binder *binder, const struct map_rule *rule)
{
    struct map_writer *writer = binder->writer;
    struct bound_rule *bound = &writer->rules[rule->index];
    struct bytes tag = bytes_of(rule->tag);
    struct bound_groups **last = &bound->groups;

    if (bound->assigns != NULL)
        return; /* of a part that several rules use: bound already */
    bound->assigns = arena_zalloc(&writer->arena, rule->n_assigns + 1, sizeof(*bound->assigns));
    bound->tests = arena_zalloc(&writer->arena, rule->n_tests + 1, sizeof(*bound->tests));
    if (bound->assigns == NULL || bound->tests == NULL)
        return;
    bound->constant = rule->enter_len == 0;
    bound->tag = writer->units->format->tag(writer->units, tag);
    if (bound->tag < 0) {
        unknown(binder, rule->mark, -1, tag);
        return;
    }
    for (uint32_t i = 0; i < rule->n_assigns; i++)
        bind_assign(binder, &rule->assigns[i], bound);
    for (uint32_t i = 0; i < rule->n_tests; i++)
        bind_test(binder, &rule->tests[i], bound);
    if (rule->pairs != NULL)
        complain(binder, MAP_CANNOT_WRITE, rule->pairs->mark, BYTES("pairs"), NULL);
    for (const struct map_groups *groups = rule->groups; groups != NULL; groups = groups->next)
        if ((*last = bind_groups(binder, groups, bound)) != NULL)
            last = &(*last)->next;
    if (rule->units != NULL)
        complain(binder, MAP_CANNOT_WRITE, rule->units->mark, BYTES("units"), NULL);
    bind_nodes(binder, rule->nodes, rule->n_nodes);
}

static void bind_nodes(struct binder *binder, const struct map_node *nodes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t j = 0; j < nodes[i].n_rules; j++)
            bind_rule(binder, &nodes[i].rules[j]);
}

/* Room for the widest unit; the format knows its slots when all rules are bound. */
static bool make_values(struct map_writer *writer)
{
    for (uint32_t i = 0; i < writer->map->n_rules; i++) {
        unsigned count = 0;

        if (writer->rules[i].tag >= 0)
            count = writer->units->format->n_slots(writer->units, writer->rules[i].tag);
        if (count > writer->n_values)
            writer->n_values = count;
    }
    writer->values = arena_zalloc(&writer->arena, writer->n_values + 1, sizeof(*writer->values));
    return writer->values != NULL;
}

/* "maps/acme/orders.yaml" is the file of the map "acme/orders". */
static bool is_file_of(const char *file, const char *name)
{
    static const char suffix[] = ".yaml";
    size_t file_len = strlen(file), name_len = strlen(name), len = name_len + sizeof(suffix) - 1;

    return file_len >= len && memcmp(file + file_len - len, name, name_len) == 0 &&
           strcmp(file + file_len - sizeof(suffix) + 1, suffix) == 0;
}

bool write_bind(struct map_writer *writer, struct report *report)
{
    struct binder binder = {.writer = writer, .report = report};
    const struct map *map = writer->map;

    writer->units = layout_open_writer(map, &writer->arena, report);
    if (writer->units == NULL)
        return false;
    binder.own_layout = is_file_of(map->layout_mark.file, map->name);
    writer->rules = arena_zalloc(&writer->arena, map->n_rules + 1, sizeof(*writer->rules));
    if (writer->rules != NULL) {
        bind_nodes(&binder, map->nodes, map->n_nodes);
        writer->cover = cover_of_map(writer);
    }
    if (binder.wrong)
        return false;
    if (!writer->arena.failed && make_values(writer))
        return true;
    report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the map %s", map->name);
    return false;
}
