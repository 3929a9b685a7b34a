#include "map/map.h"

#include <stdio.h>
#include <stdlib.h>

#include "map/draft.h"

/* Nodes bound already: a part used by many rules with the same kind of object is bound once. */
struct bound {
    struct bound *next;
    const struct draft_node *draft;
    const struct canon_block *context;
    const struct map_node *nodes;
    uint32_t n;
};

struct named_table {
    struct named_table *next;
    const char *name;
    const struct map_table *table;
};

struct binder {
    struct map *map;
    struct arena *arena;
    struct search *search;
    const struct schema *schema;
    struct report *report;
    const struct draft *draft;
    struct bound *bound;
    struct named_table *tables; /* loaded so far */
};

static struct map_mark mark_of(const struct yaml_node *node, bool at_key)
{
    at_key = at_key && node->key.at != NULL;
    return (struct map_mark){node->file, at_key ? node->key_line : node->line,
                             at_key ? node->key_column : node->column};
}

/* ---- fields ---- */

static const struct canon_field *field_named(struct binder *b, const struct yaml_node *at,
                                             const struct canon_block *block, struct bytes name)
{
    const struct canon_field *field = block != NULL ? canon_block_field(block, name) : NULL;

    if (field == NULL) {
        const struct canon_field *nearest = block != NULL ? canon_block_nearest(block, name) : NULL;

        yaml_complain(b->report, at, false, FIELD_UNKNOWN,
                      nearest != NULL ? arena_format(b->arena, "did you mean \"%s\"?", nearest->name) : NULL,
                      "\"%.*s\" in %s", BYTES_ARG(name), block != NULL ? block->name : "a text");
    }
    return field;
}

/* A dotted path from `block`; all but the last step are objects. */
static bool bind_path(struct binder *b, const struct yaml_node *at, const struct canon_block *block,
                      struct bytes text, const struct canon_field *path[MAP_MAX_PATH], uint8_t *len)
{
    struct bytes part;

    *len = 0;
    while (bytes_split(&text, '.', &part)) {
        const struct canon_field *field = field_named(b, at, block, part);

        if (field == NULL)
            return false;
        if (*len == MAP_MAX_PATH || (text.at != NULL && (field->type != CANON_OBJECT || field->is_list))) {
            yaml_complain(b->report, at, false, SETTING_VALUE, NULL, "\"%.*s\" is no object to go into",
                          BYTES_ARG(part));
            return false;
        }
        path[(*len)++] = field;
        block = field->block;
    }
    return *len > 0;
}

static const struct map_table *table_named(struct binder *b, const struct yaml_node *at)
{
    const struct draft_tables *source = b->draft->tables;
    struct named_table *named = b->tables;

    while (named != NULL && !bytes_are(at->text, named->name))
        named = named->next;
    if (named != NULL)
        return named->table;
    while (source != NULL && !bytes_equal(source->table->key, at->text))
        source = source->next;
    if (source == NULL) {
        yaml_complain(b->report, at, false, SETTING_VALUE, NULL, "there is no table named \"%.80s\"",
                      at->text.at);
        return NULL;
    }
    named = arena_zalloc(b->arena, 1, sizeof(*named));
    if (named == NULL)
        return NULL;
    named->table = map_table_load(source->table, b->search, b->arena, b->report);
    if (named->table == NULL)
        return NULL;
    named->name = source->table->key.at;
    named->next = b->tables;
    b->tables = named;
    return named->table;
}

static bool bind_compute(struct binder *b, struct map_target *target, const struct yaml_node *value,
                         enum map_compute compute)
{
    const struct canon_block *root = b->map->kind->body;
    struct bytes rest = value->text, list;

    target->compute = compute;
    if (!bytes_split(&rest, '.', &list))
        return false;
    target->of_list = field_named(b, value, root, list);
    if (target->of_list == NULL)
        return false;
    if (!target->of_list->is_list || (compute == MAP_SUM) != (rest.at != NULL)) {
        yaml_complain(b->report, value, false, SETTING_VALUE, NULL,
                      compute == MAP_COUNT ? "count takes a list: lines"
                                           : "sum takes a field of a list: lines.quantity");
        return false;
    }
    if (compute == MAP_SUM) {
        target->of_field = field_named(b, value, target->of_list->block, rest);
        return target->of_field != NULL;
    }
    return true;
}

static bool is_text_field(const struct canon_field *field)
{
    return field->type != CANON_OBJECT;
}

static bool bind_field(struct binder *b, struct map_target *target, const struct yaml_node *at,
                       const struct canon_block *context)
{
    struct bytes name = at->text;
    char raw[CANON_MAX_NAME + 8];
    const struct canon_block *block;

    if (name.len > 0 && name.at[0] == '/') {
        target->from_root = true;
        context = b->map->kind->body;
        name.at++;
        name.len--;
    }
    if (!bind_path(b, at, context, name, target->path, &target->path_len))
        return false;
    target->field = target->path[target->path_len - 1];
    if (!is_text_field(target->field)) {
        yaml_complain(b->report, at, false, SETTING_VALUE, "use at: or each: to go into it",
                      "\"%.*s\" is an object", BYTES_ARG(name));
        return false;
    }
    block = target->path_len > 1 ? target->path[target->path_len - 2]->block : context;
    snprintf(raw, sizeof(raw), "%s_raw", target->field->name);
    target->raw = canon_block_field(block, bytes_of(raw));
    return true;
}

static bool bind_target_key(struct binder *b, struct map_target *target, const struct yaml_node *child,
                            const struct canon_block *context)
{
    uint64_t number;

    if (child->kind != YAML_SCALAR) {
        yaml_complain(b->report, child, true, SETTING_TYPE, NULL, "a word is expected here");
        return false;
    }
    if (bytes_are(child->key, "field"))
        return bind_field(b, target, child, context);
    if (bytes_are(child->key, "table")) {
        target->table = table_named(b, child);
        return target->table != NULL;
    }
    if (bytes_are(child->key, "count"))
        return bind_compute(b, target, child, MAP_COUNT);
    if (bytes_are(child->key, "sum"))
        return bind_compute(b, target, child, MAP_SUM);
    if (bytes_are(child->key, "default")) {
        target->fallback = child->text;
        return true;
    }
    if (bytes_are(child->key, "value")) {
        target->constant = child->text;
        return true;
    }
    if (bytes_are(child->key, "pad")) {
        if (bytes_to_count(child->text, 64, &number)) {
            target->pad = (uint8_t)number;
            return true;
        }
        yaml_complain(b->report, child, false, SETTING_RANGE, NULL, "pad is a number of digits, 64 at most");
        return false;
    }
    if (bytes_are(child->key, "miss")) {
        if (bytes_are(child->text, "error"))
            target->miss = MAP_MISS_ERROR;
        else if (!bytes_are(child->text, "pass")) {
            yaml_complain(b->report, child, false, SETTING_VALUE, NULL, "miss is pass or error");
            return false;
        }
        return true;
    }
    yaml_complain(b->report, child, true, SETTING_UNKNOWN,
                  "a target knows field, table, miss, pad, count, sum, default and value", "\"%.80s\"",
                  child->key.at);
    return false;
}

static bool bind_target(struct binder *b, struct map_target *target, const struct yaml_node *value,
                        const struct canon_block *context)
{
    *target = (struct map_target){.mark = mark_of(value, false)};
    if (value->kind == YAML_SCALAR)
        return bind_field(b, target, value, context);
    if (value->kind != YAML_MAP) {
        yaml_complain(b->report, value, true, SETTING_TYPE, NULL,
                      "a field's name or {field: NAME, ...} is expected here");
        return false;
    }
    for (const struct yaml_node *child = value->first; child != NULL; child = child->next)
        if (!bind_target_key(b, target, child, context))
            return false;
    if (target->field == NULL && target->constant.at == NULL && target->compute == MAP_COMPUTE_NOTHING) {
        yaml_complain(b->report, value, true, SETTING_MISSING, NULL, "field, value, count or sum is missing");
        return false;
    }
    return true;
}

/* Of pairs and groups, where a constant has no place. */
static bool bind_field_target(struct binder *b, struct map_target *target, const struct yaml_node *value,
                              const struct canon_block *context)
{
    if (!bind_target(b, target, value, context))
        return false;
    if (target->field == NULL)
        yaml_complain(b->report, value, true, SETTING_MISSING, NULL, "field is missing");
    return target->field != NULL;
}

/* ---- rules ---- */

static bool bind_tests(struct binder *b, struct map_rule *rule, const struct yaml_node *when)
{
    struct map_test *tests;

    if (when == NULL)
        return true;
    if (when->kind != YAML_MAP || when->n == 0) {
        yaml_complain(b->report, when, true, SETTING_TYPE, NULL,
                      "when is {\"01\": VALUE} or {\"01\": [VALUES]}");
        return false;
    }
    tests = arena_zalloc(b->arena, when->n, sizeof(*tests));
    if (tests == NULL)
        return false;
    rule->tests = tests;
    for (const struct yaml_node *child = when->first; child != NULL; child = child->next) {
        struct map_test *test = &tests[rule->n_tests++];
        const struct yaml_node *from = child->kind == YAML_LIST ? child->first : child;
        struct bytes *values = arena_zalloc(b->arena, child->kind == YAML_LIST ? child->n : 1,
                                            sizeof(*values));

        test->key = child->key;
        test->mark = mark_of(child, true);
        test->values = values;
        if (from == NULL) {
            yaml_complain(b->report, child, false, SETTING_VALUE, NULL, "the list of values is empty");
            return false;
        }
        for (; from != NULL && values != NULL; from = child->kind == YAML_LIST ? from->next : NULL) {
            if (from->kind != YAML_SCALAR) {
                yaml_complain(b->report, from, false, SETTING_TYPE, NULL,
                              "a value or a list of values is expected here");
                return false;
            }
            values[test->n_values++] = from->text;
        }
    }
    return true;
}

/* The list that keeps the order of pairs is named after that of the rest: item_id_order beside item_ids. */
static const struct canon_field *order_beside(const struct canon_block *block, const struct canon_field *rest)
{
    char name[CANON_MAX_NAME + 8];
    const struct canon_field *field;

    snprintf(name, sizeof(name), "%.*s_order", rest->name_len - 1, rest->name);
    field = canon_block_field(block, bytes_of(name));
    return field != NULL && field->is_list && field->block == NULL ? field : NULL;
}

static bool bind_pairs(struct binder *b, struct map_rule *rule, const struct yaml_node *source)
{
    struct map_pairs *pairs = arena_zalloc(b->arena, 1, sizeof(*pairs));
    struct map_pair *by;

    if (pairs == NULL)
        return false;
    pairs->mark = mark_of(source, true);
    rule->pairs = pairs;
    for (const struct yaml_node *child = source->first; child != NULL; child = child->next) {
        if (bytes_are(child->key, "from") && child->kind == YAML_SCALAR) {
            pairs->from = child->text;
        } else if (bytes_are(child->key, "to") && child->kind == YAML_SCALAR) {
            pairs->to = child->text;
        } else if (bytes_are(child->key, "by") && child->kind == YAML_MAP) {
            by = arena_zalloc(b->arena, child->n + 1, sizeof(*by));
            if (by == NULL)
                return false;
            pairs->by = by;
            for (const struct yaml_node *pair = child->first; pair != NULL; pair = pair->next) {
                by[pairs->n_by].qualifier = pair->key;
                if (!bind_field_target(b, &by[pairs->n_by++].target, pair, rule->context))
                    return false;
            }
        } else if (bytes_are(child->key, "rest") && child->kind == YAML_SCALAR) {
            pairs->rest = field_named(b, child, rule->context, child->text);
            if (pairs->rest == NULL || pairs->rest->block == NULL)
                return false;
            pairs->rest_type = field_named(b, child, pairs->rest->block, BYTES("type_code"));
            pairs->rest_value = field_named(b, child, pairs->rest->block, BYTES("value"));
            if (pairs->rest_type == NULL || pairs->rest_value == NULL)
                return false;
            pairs->order = order_beside(rule->context, pairs->rest);
        } else {
            yaml_complain(b->report, child, true, SETTING_UNKNOWN, "pairs knows from, to, by and rest",
                          "\"%.80s\"", child->key.at);
            return false;
        }
    }
    if (pairs->from.at == NULL || pairs->to.at == NULL) {
        yaml_complain(b->report, source, true, SETTING_MISSING, NULL, "from and to are missing");
        return false;
    }
    return true;
}

static bool bind_groups(struct binder *b, struct map_rule *rule, const struct yaml_node *source)
{
    struct map_groups *groups = arena_zalloc(b->arena, 1, sizeof(*groups));
    const struct yaml_node *fields = yaml_get(source, "fields"), *also = yaml_get(source, "also");
    const struct yaml_node *each = yaml_get(source, "each"), *from = yaml_get(source, "from"),
                           *to = yaml_get(source, "to");
    struct map_target *targets;
    struct map_assign *assigns;
    struct bytes list;

    if (groups == NULL)
        return false;
    rule->groups = groups;
    groups->mark = mark_of(source, true);
    for (const struct yaml_node *child = source->first; child != NULL; child = child->next)
        if (child != fields && child != also && child != each && child != from && child != to) {
            yaml_complain(b->report, child, true, SETTING_UNKNOWN,
                          "groups knows from, to, each, fields and also", "\"%.80s\"", child->key.at);
            return false;
        }
    if (fields == NULL || fields->kind != YAML_LIST || fields->n == 0 || each == NULL || from == NULL ||
        to == NULL) {
        yaml_complain(b->report, source, true, SETTING_MISSING, NULL,
                      "groups needs from, to, each and a list of fields");
        return false;
    }
    groups->from = from->text;
    groups->to = to->text;
    list = each->text;
    if (list.len > 0 && list.at[0] == '/' && strcmp(b->map->format, "x12") != 0) {
        groups->from_root = true;
        list = (struct bytes){list.at + 1, list.len - 1};
    }
    groups->list = field_named(b, each, groups->from_root ? b->map->kind->body : rule->context, list);
    if (groups->list == NULL)
        return false;
    if (!groups->list->is_list || groups->list->block == NULL) {
        yaml_complain(b->report, each, false, SETTING_VALUE, NULL, "\"%s\" is no list of objects",
                      groups->list->name);
        return false;
    }
    targets = arena_zalloc(b->arena, fields->n, sizeof(*targets));
    assigns = arena_zalloc(b->arena, (also != NULL ? also->n : 0) + 1, sizeof(*assigns));
    if (targets == NULL || assigns == NULL)
        return false;
    groups->fields = targets;
    groups->also = assigns;
    for (const struct yaml_node *child = fields->first; child != NULL; child = child->next)
        if (!bind_field_target(b, &targets[groups->n_fields++], child, groups->list->block))
            return false;
    for (const struct yaml_node *child = also != NULL ? also->first : NULL; child != NULL;
         child = child->next) {
        assigns[groups->n_also].key = child->key;
        if (!bind_field_target(b, &assigns[groups->n_also++].target, child, groups->list->block))
            return false;
    }
    return true;
}

static const struct map_node *bind_nodes(struct binder *b, const struct draft_node *draft,
                                         const struct canon_block *context, uint32_t *n, unsigned depth);

static bool bind_rule(struct binder *b, struct map_rule *rule, const struct draft_rule *draft,
                      const char *tag, const struct canon_block *context, unsigned depth)
{
    struct map_assign *assigns;
    uint32_t count = 0;

    if (draft->dropped) {
        yaml_complain(b->report, draft->where, false, SETTING_VALUE, NULL,
                      "there is no %s with this when: in the base to drop", tag);
        return false;
    }
    rule->tag = tag;
    rule->mark = mark_of(draft->where, false);
    rule->index = b->map->n_rules++;
    rule->context = context;
    /* Where it goes comes first: everything else is relative to that. */
    for (const struct draft_entry *entry = draft->entries; entry != NULL; entry = entry->next) {
        bool each = bytes_are(entry->value->key, "each");
        const struct canon_field *last;

        count++;
        if (!each && !bytes_are(entry->value->key, "at"))
            continue;
        if (entry->value->kind != YAML_SCALAR || rule->enter_len > 0) {
            yaml_complain(b->report, entry->value, true, SETTING_TYPE, NULL,
                          "one at: FIELD or each: LIST a rule");
            return false;
        }
        if (!bind_path(b, entry->value, context, entry->value->text, rule->enter, &rule->enter_len))
            return false;
        last = rule->enter[rule->enter_len - 1];
        if (last->type != CANON_OBJECT || last->is_list != each) {
            yaml_complain(b->report, entry->value, false, SETTING_VALUE, NULL, "\"%s\" is %s", last->name,
                          last->type != CANON_OBJECT ? "a text"
                          : last->is_list            ? "a list: use each:"
                                                     : "no list: use at:");
            return false;
        }
        rule->each = each;
        rule->context = last->block;
    }
    if (!bind_tests(b, rule, draft->when))
        return false;
    assigns = arena_zalloc(b->arena, count + 1, sizeof(*assigns));
    if (assigns == NULL)
        return false;
    rule->assigns = assigns;
    for (const struct draft_entry *entry = draft->entries; entry != NULL; entry = entry->next) {
        const struct yaml_node *value = entry->value;

        if (bytes_are(value->key, "each") || bytes_are(value->key, "at"))
            continue;
        if (bytes_are(value->key, "pairs")) {
            if (!bind_pairs(b, rule, value))
                return false;
            continue;
        }
        if (bytes_are(value->key, "groups")) {
            if (!bind_groups(b, rule, value))
                return false;
            continue;
        }
        assigns[rule->n_assigns].key = value->key;
        if (!bind_target(b, &assigns[rule->n_assigns].target, value, rule->context))
            return false;
        /* A field of an object made for this rule alone, set for the first time, cannot be there yet. */
        assigns[rule->n_assigns].target.shared = !rule->each;
        for (uint32_t i = 0; i < rule->n_assigns; i++)
            if (assigns[i].target.field == assigns[rule->n_assigns].target.field)
                assigns[rule->n_assigns].target.shared = true;
        rule->n_assigns++;
    }
    if (draft->then != NULL) {
        rule->nodes = bind_nodes(b, draft->then, rule->context, &rule->n_nodes, depth + 1);
        return rule->nodes != NULL;
    }
    return true;
}

static const struct map_node *bind_nodes(struct binder *b, const struct draft_node *draft,
                                         const struct canon_block *context, uint32_t *n, unsigned depth)
{
    struct bound *bound = b->bound;
    struct map_node *nodes;
    uint32_t count = 0;

    for (; bound != NULL; bound = bound->next)
        if (bound->draft == draft && bound->context == context) {
            *n = bound->n;
            return bound->nodes;
        }
    if (depth > MAP_MAX_NEST) {
        report_say(b->report, SETTING_VALUE, b->map->layout_mark.file, "then: nested more than %d deep",
                   MAP_MAX_NEST);
        return NULL;
    }
    for (const struct draft_node *node = draft; node != NULL; node = node->next)
        count++;
    nodes = arena_zalloc(b->arena, count + 1, sizeof(*nodes));
    bound = arena_zalloc(b->arena, 1, sizeof(*bound));
    if (nodes == NULL || bound == NULL)
        return NULL;
    count = 0;
    for (const struct draft_node *node = draft; node != NULL; node = node->next, count++) {
        struct map_rule *rules;
        uint32_t n_rules = 0;

        for (const struct draft_rule *rule = node->rules; rule != NULL; rule = rule->next)
            n_rules++;
        rules = arena_zalloc(b->arena, n_rules + 1, sizeof(*rules));
        if (rules == NULL)
            return NULL;
        nodes[count] = (struct map_node){node->tag, n_rules, rules};
        n_rules = 0;
        for (const struct draft_rule *rule = node->rules; rule != NULL; rule = rule->next)
            if (!bind_rule(b, &rules[n_rules++], rule, node->tag, context, depth))
                return NULL;
    }
    *bound = (struct bound){b->bound, draft, context, nodes, count};
    b->bound = bound;
    *n = count;
    return nodes;
}

static const char *word_of(struct binder *b, const struct yaml_node *node, const char *key, bool required)
{
    if (node == NULL) {
        if (required)
            yaml_complain(b->report, b->draft->top, false, SETTING_MISSING, NULL,
                          "the map does not say %s:", key);
        return required ? NULL : "";
    }
    if (node->kind != YAML_SCALAR || node->text.len == 0) {
        yaml_complain(b->report, node, true, SETTING_TYPE, NULL, "%s: takes a word", key);
        return NULL;
    }
    return node->text.at;
}

static bool bind_map(struct binder *b)
{
    struct map *map = b->map;
    const struct draft *draft = b->draft;

    map->title = word_of(b, draft->title, "title", false);
    map->format = word_of(b, draft->format, "format", true);
    map->set = word_of(b, draft->set, "set", false);
    if (map->title == NULL || map->format == NULL || map->set == NULL ||
        word_of(b, draft->record, "record", true) == NULL)
        return false;
    map->layout = draft->layout;
    map->layout_mark = mark_of(draft->layout != NULL ? draft->layout : draft->top, false);
    map->kind = schema_kind(b->schema, draft->record->text);
    if (map->kind == NULL) {
        if (schema_error(b->schema) != NULL)
            report_say(b->report, TECHNICAL_SCHEMA, NULL, "%s", schema_error(b->schema));
        else
            yaml_complain(b->report, draft->record, false, SETTING_VALUE, NULL,
                          "there is no kind of record named \"%.60s\"", draft->record->text.at);
        return false;
    }
    if (draft->nodes == NULL) {
        yaml_complain(b->report, draft->top, false, SETTING_MISSING, NULL, "the map has no tree:");
        return false;
    }
    map->nodes = bind_nodes(b, draft->nodes, map->kind->body, &map->n_nodes, 0);
    return map->nodes != NULL;
}

struct map *map_load(const char *name, struct search *search, const struct schema *schema,
                     struct report *report)
{
    struct map *map = calloc(1, sizeof(*map));
    struct hash *hash = hash_open();
    struct draft draft;
    struct binder binder = {.search = search, .schema = schema, .report = report, .draft = &draft};
    char digest[33];
    bool good = false;

    if (map == NULL || hash == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "for the map %s", name);
        free(map);
        hash_close(hash);
        return NULL;
    }
    arena_init(&map->arena, 256 * 1024, 256 * 1024 * 1024);
    binder.map = map;
    binder.arena = &map->arena;
    map->name = arena_copy(&map->arena, bytes_of(name)).at;
    hash_begin(hash);
    if (draft_load(&draft, name, search, &map->arena, hash, report)) {
        hash_hex(hash, digest);
        map->stamp = arena_format(&map->arena, "%s@%.12s", name, digest);
        good = bind_map(&binder);
    }
    hash_close(hash);
    if (map->arena.failed)
        report_say(report, TECHNICAL_MEMORY, NULL, "for the map %s", name);
    if (!good || map->arena.failed) {
        map_close(map);
        return NULL;
    }
    return map;
}

void map_close(struct map *map)
{
    if (map == NULL)
        return;
    arena_release(&map->arena);
    free(map);
}
