#include "map/map.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/digits.h"
#include "base/pattern.h"
#include "map/bind.h"
#include "map/convert.h"
#include "map/inherit.h"

/* Nodes bound already: a part used by many rules with the same kind of object is bound once. */
struct bound {
    struct bound *next;
    const struct draft_node *draft;
    const struct canon_block *context;
    const struct map_node *nodes;
    uint32_t n;
};

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
        test->mark = bind_mark(child, true);
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
    pairs->mark = bind_mark(source, true);
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
            pairs->rest = bind_field_named(b, child, rule->context, child->text);
            if (pairs->rest == NULL || pairs->rest->block == NULL)
                return false;
            pairs->rest_type = bind_field_named(b, child, pairs->rest->block, BYTES("type_code"));
            pairs->rest_value = bind_field_named(b, child, pairs->rest->block, BYTES("value"));
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

/* set: {FIELD: TEXT}: what every object has of which the file says nothing. */
static bool bind_set(struct binder *b, const struct yaml_node *set, const struct canon_block *block,
                     const struct map_assign **into, uint32_t *n)
{
    struct map_assign *assigns = arena_zalloc(b->arena, set->n + 1, sizeof(*assigns));

    if (set->kind != YAML_MAP)
        yaml_complain(b->report, set, false, SETTING_TYPE, NULL, "set is a mapping of fields and texts");
    if (assigns == NULL || set->kind != YAML_MAP)
        return false;
    *into = assigns;
    for (const struct yaml_node *child = set->first; child != NULL; child = child->next) {
        struct map_assign *assign = &assigns[(*n)++];
        struct map_target *target = &assign->target;
        struct bytes name = child->key;

        assign->key = child->text;
        target->mark = bind_mark(child, true);
        target->from_root = name.len > 0 && name.at[0] == '/';
        if (target->from_root)
            name = (struct bytes){name.at + 1, name.len - 1};
        if (!bind_path(b, child, target->from_root ? b->map->kind->body : block, name, target->path,
                       &target->path_len))
            return false;
        target->field = target->path[target->path_len - 1];
        if (child->kind != YAML_SCALAR || target->field->is_list ||
            !canon_type_holds((enum canon_type)target->field->type, child->text.at, child->text.len)) {
            yaml_complain(b->report, child, false, SETTING_VALUE, NULL, "this is no text for \"%s\"",
                          target->field->name);
            return false;
        }
    }
    return true;
}

static bool bind_one_groups(struct binder *b, struct map_rule *rule, const struct yaml_node *source,
                            struct map_groups *groups)
{
    const struct yaml_node *fields = yaml_get(source, "fields"), *also = yaml_get(source, "also");
    const struct yaml_node *each = yaml_get(source, "each"), *from = yaml_get(source, "from"),
                           *to = yaml_get(source, "to"), *set = yaml_get(source, "set");
    const bool flat = bind_is_flat(b);
    struct map_target *targets;
    struct map_assign *assigns;
    struct bytes list;

    groups->mark = bind_mark(source, false);
    for (const struct yaml_node *child = source->first; child != NULL; child = child->next)
        if (child != fields && child != also && child != each && child != from && child != to &&
            (child != set || !flat)) {
            yaml_complain(b->report, child, true, SETTING_UNKNOWN,
                          flat ? "groups knows from, to, each, fields, also and set"
                               : "groups knows from, to, each, fields and also", "\"%.80s\"", child->key.at);
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
    if (list.len > 0 && list.at[0] == '/' && flat) {
        groups->from_root = true;
        list = (struct bytes){list.at + 1, list.len - 1};
    }
    groups->list = bind_field_named(b, each, groups->from_root ? b->map->kind->body : rule->context, list);
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
    return set == NULL || bind_set(b, set, groups->list->block, &groups->set, &groups->n_set);
}

/* One, or (in flat files) a list of them. */
static bool bind_groups(struct binder *b, struct map_rule *rule, const struct yaml_node *source)
{
    const bool many = source->kind == YAML_LIST && bind_is_flat(b);
    const struct map_groups **last = &rule->groups;

    for (const struct yaml_node *one = many ? source->first : source; one != NULL;
         one = many ? one->next : NULL) {
        struct map_groups *groups = arena_zalloc(b->arena, 1, sizeof(*groups));

        if (groups == NULL)
            return false;
        *last = groups;
        last = &groups->next;
        if (!bind_one_groups(b, rule, one, groups))
            return false;
    }
    return true;
}

static const struct map_node *bind_nodes(struct binder *b, const struct draft_node *draft,
                                         const struct canon_block *context, uint32_t *n, unsigned depth);

static bool bind_write(struct binder *b, struct map_rule *rule, const struct yaml_node *value)
{
    if (value->kind != YAML_SCALAR || !bytes_are(value->text, "otherwise")) {
        yaml_complain(b->report, value, true, SETTING_VALUE, NULL, "of a rule, write: is otherwise");
        return false;
    }
    rule->otherwise = true;
    return true;
}

/* Elsewhere than in X12 a column may be called so; no field is called "otherwise". */
static bool is_write(const struct binder *b, const struct yaml_node *value)
{
    return bytes_are(value->key, "write") &&
           (strcmp(b->map->format, "x12") == 0 ||
            (value->kind == YAML_SCALAR && bytes_are(value->text, "otherwise")));
}

/* In X12 elements are numbers: a word is a key of a rule, misspelt.  False: told. */
static bool check_word(struct binder *b, const struct yaml_node *value)
{
    static const char *const words[] = {"when",   "at",  "each",  "then", "pairs",
                                        "groups", "set", "units", "write", "drop"};
    const char *nearest = NULL;
    unsigned best = 3;

    if (strcmp(b->map->format, "x12") != 0 || (value->key.len > 0 && digits_only(value->key.at, 1)))
        return true;
    for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        unsigned distance = bytes_distance(value->key, bytes_of(words[i]), best);

        if (distance < best) {
            best = distance;
            nearest = words[i];
        }
    }
    yaml_complain(b->report, value, true, SETTING_UNKNOWN,
                  nearest != NULL ? arena_format(b->arena, "did you mean \"%s\"?", nearest)
                                  : "elements are \"01\" to \"64\", components \"04-02\"; a rule knows "
                                    "when, at, each, then, pairs, groups, set, units, write and drop, too",
                  "\"%.60s\"", value->key.at);
    return false;
}

/* A total that reading compares is one of the record as a whole. */
static bool add_check(struct binder *b, const struct map_rule *rule, const struct map_target *target)
{
    struct map_total *check = arena_zalloc(b->arena, 1, sizeof(*check));

    if (check == NULL)
        return false;
    if (!target->from_root && rule->context != b->map->kind->body) {
        struct finding finding = {.complaint = SETTING_VALUE,
                                  .place = {.file = target->mark.file,
                                            .line = target->mark.line,
                                            .column = target->mark.column},
                                  .detail = "check is of totals that stand in the record itself"};

        report_add(b->report, &finding);
        return false;
    }
    *check = (struct map_total){b->map->checks, target};
    b->map->checks = check;
    return true;
}

static bool bind_rule(struct binder *b, struct map_rule *rule, const struct draft_rule *draft,
                      const char *tag, const struct canon_block *context, unsigned depth)
{
    struct map_assign *assigns;
    uint32_t count = 0;
    bool good;

    if (draft->dropped) {
        yaml_complain(b->report, draft->where, false, SETTING_VALUE, NULL,
                      "there is no %s with this when: in the base to drop", tag);
        return false;
    }
    rule->tag = tag;
    rule->mark = bind_mark(draft->where, false);
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
    good = bind_tests(b, rule, draft->when);
    assigns = arena_zalloc(b->arena, count + 1, sizeof(*assigns));
    if (assigns == NULL)
        return false;
    rule->assigns = assigns;
    for (const struct draft_entry *entry = draft->entries; entry != NULL; entry = entry->next) {
        const struct yaml_node *value = entry->value;

        if (bytes_are(value->key, "each") || bytes_are(value->key, "at"))
            continue;
        /* What is wrong is passed over, so that one run tells all of it. */
        if (bytes_are(value->key, "pairs")) {
            good &= bind_pairs(b, rule, value);
            continue;
        }
        if (bytes_are(value->key, "units")) {
            good &= bind_units(b, rule, value);
            continue;
        }
        if (bytes_are(value->key, "groups")) {
            good &= bind_groups(b, rule, value);
            continue;
        }
        if (is_write(b, value)) {
            good &= bind_write(b, rule, value);
            continue;
        }
        if (bytes_are(value->key, "set")) {
            good &= bind_set(b, value, rule->context, &rule->set, &rule->n_set);
            continue;
        }
        if (bytes_are(value->key, "inherit") && strcmp(b->map->format, "x12") != 0) {
            good &= inherit_bind(b, rule, value, context);
            continue;
        }
        if (!check_word(b, value)) {
            good = false;
            continue;
        }
        assigns[rule->n_assigns].key = value->key;
        if (!bind_target(b, &assigns[rule->n_assigns].target, value, rule->context)) {
            good = false;
            continue;
        }
        if (assigns[rule->n_assigns].target.check &&
            !add_check(b, rule, &assigns[rule->n_assigns].target)) {
            good = false;
            continue;
        }
        /* A field of an object made for this rule alone, set for the first time, cannot be there yet. */
        assigns[rule->n_assigns].target.shared = !rule->each;
        for (uint32_t i = 0; i < rule->n_assigns; i++)
            if (assigns[i].target.field == assigns[rule->n_assigns].target.field)
                assigns[rule->n_assigns].target.shared = true;
        rule->n_assigns++;
    }
    if (draft->then != NULL) {
        rule->nodes = bind_nodes(b, draft->then, rule->context, &rule->n_nodes, depth + 1);
        good &= rule->nodes != NULL;
    }
    return good;
}

static const struct map_node *bind_nodes(struct binder *b, const struct draft_node *draft,
                                         const struct canon_block *context, uint32_t *n, unsigned depth)
{
    struct bound *bound = b->bound;
    struct map_node *nodes;
    uint32_t count = 0;
    bool good = true;

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
            good &= bind_rule(b, &rules[n_rules++], rule, node->tag, context, depth);
    }
    if (!good)
        nodes = NULL; /* told, once */
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
    map->layout_mark = bind_mark(draft->layout != NULL ? draft->layout : draft->top, false);
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
    if (!bind_layout(b))
        return false;
    return map_lossy_read(draft->lossy, b->arena, b->report, &map->lossy, &map->n_lossy) &&
           map->nodes != NULL;
}

struct map *map_load(const char *name, struct search *search, const struct schema *schema,
                     struct report *report)
{
    return map_load_for(name, NULL, search, schema, report);
}

struct map *map_load_for(const char *name, const struct xref_sources *partner, struct search *search,
                         const struct schema *schema, struct report *report)
{
    struct map *map = calloc(1, sizeof(*map));
    struct hash *hash = hash_open();
    struct draft draft;
    struct binder binder = {.search = search,
                            .schema = schema,
                            .report = report,
                            .draft = &draft,
                            .partner = partner,
                            .hash = hash};
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
        good = bind_map(&binder);
        hash_hex(hash, digest);
        map->stamp = arena_format(&map->arena, "%s@%.12s", name, digest);
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
    for (const struct map_convert *convert = map->converts; convert != NULL; convert = convert->next)
        pattern_close(convert->pattern);
    arena_release(&map->arena);
    free(map);
}
