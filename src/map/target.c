#include <stdio.h>

#include "map/bind.h"
#include "map/convert.h"

struct named_table {
    struct named_table *next;
    const char *name;
    const struct map_table *table;
};

struct map_mark bind_mark(const struct yaml_node *node, bool at_key)
{
    at_key = at_key && node->key.at != NULL;
    return (struct map_mark){node->file, at_key ? node->key_line : node->line,
                             at_key ? node->key_column : node->column};
}

const struct canon_field *bind_field_named(struct binder *b, const struct yaml_node *at,
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

bool bind_path(struct binder *b, const struct yaml_node *at, const struct canon_block *block,
               struct bytes text, const struct canon_field *path[MAP_MAX_PATH], uint8_t *len)
{
    struct bytes part;

    *len = 0;
    while (bytes_split(&text, '.', &part)) {
        const struct canon_field *field = bind_field_named(b, at, block, part);

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

const struct map_table *bind_table(struct binder *b, const struct yaml_node *at)
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
    target->of_list = bind_field_named(b, value, root, list);
    if (target->of_list == NULL)
        return false;
    if (!target->of_list->is_list || (compute == MAP_SUM) != (rest.at != NULL)) {
        yaml_complain(b->report, value, false, SETTING_VALUE, NULL,
                      compute == MAP_COUNT ? "count takes a list: lines"
                                           : "sum takes a field of a list: lines.quantity");
        return false;
    }
    if (compute == MAP_SUM) {
        target->of_field = bind_field_named(b, value, target->of_list->block, rest);
        return target->of_field != NULL;
    }
    return true;
}

static bool is_text_field(const struct canon_field *field)
{
    return field->type != CANON_OBJECT;
}

bool bind_named(struct binder *b, struct map_target *target, const struct yaml_node *at, struct bytes name,
                const struct canon_block *context)
{
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

/* {read: TEXT, write: TEXT}; a text alone is written. */
static bool bind_default(struct binder *b, struct map_target *target, const struct yaml_node *value)
{
    if (value->kind == YAML_SCALAR) {
        target->write_fallback = value->text;
        return true;
    }
    for (const struct yaml_node *child = value->first; child != NULL; child = child->next) {
        bool read = bytes_are(child->key, "read");

        if (value->kind != YAML_MAP || child->kind != YAML_SCALAR || child->text.len == 0 ||
            (!read && !bytes_are(child->key, "write"))) {
            yaml_complain(b->report, child, value->kind == YAML_MAP, SETTING_TYPE, NULL,
                          "default is a text, which is written, or {read: TEXT, write: TEXT}");
            return false;
        }
        *(read ? &target->fallback : &target->write_fallback) = child->text;
    }
    return true;
}

static bool bind_target_key(struct binder *b, struct map_target *target, const struct yaml_node *child,
                            const struct canon_block *context)
{
    uint64_t number;
    bool known = false;

    if (bytes_are(child->key, "default"))
        return bind_default(b, target, child);
    if (!convert_bind_key(b, target, child, &known))
        return false;
    if (known)
        return true;
    if (child->kind != YAML_SCALAR) {
        yaml_complain(b->report, child, true, SETTING_TYPE, NULL, "a word is expected here");
        return false;
    }
    if (bytes_are(child->key, "field"))
        return bind_named(b, target, child, child->text, context);
    if (bytes_are(child->key, "table")) {
        target->table = bind_table(b, child);
        return target->table != NULL;
    }
    if (bytes_are(child->key, "count"))
        return bind_compute(b, target, child, MAP_COUNT);
    if (bytes_are(child->key, "sum"))
        return bind_compute(b, target, child, MAP_SUM);
    if (bytes_are(child->key, "check")) {
        if (yaml_bool(child, &target->check))
            return true;
        yaml_complain(b->report, child, false, SETTING_TYPE, NULL, "check is yes or no");
        return false;
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
    if (bytes_are(child->key, "miss"))
        return map_miss_read(child, &target->miss, b->report);
    yaml_complain(b->report, child, true, SETTING_UNKNOWN,
                  "a target knows field, table, xref, miss, form, fill, pad, fields, by, read, write, count, "
                  "sum, check, default and value",
                  "\"%.80s\"", child->key.at);
    return false;
}

bool bind_is_flat(const struct binder *b)
{
    return strcmp(b->map->format, "delimited") == 0 || strcmp(b->map->format, "fixed") == 0;
}

/* time: the field beside a date that gets the time of day. */
static bool bind_time(struct binder *b, struct map_target *target, const struct yaml_node *at,
                      const struct canon_block *context)
{
    const struct canon_block *block = target->path_len > 1 ? target->path[target->path_len - 2]->block
                                      : target->from_root  ? b->map->kind->body
                                                           : context;

    target->time = bind_field_named(b, at, block, at->text);
    if (target->time == NULL)
        return false;
    if (target->field != NULL && target->field->type == CANON_DATE && target->time->type == CANON_TIME)
        return true;
    yaml_complain(b->report, at, false, SETTING_VALUE, NULL,
                  "time: is of a date, and names a time beside it");
    return false;
}

bool bind_target(struct binder *b, struct map_target *target, const struct yaml_node *value,
                 const struct canon_block *context)
{
    const struct yaml_node *time = NULL;

    *target = (struct map_target){.mark = bind_mark(value, false)};
    if (value->kind == YAML_SCALAR)
        return bind_named(b, target, value, value->text, context);
    if (value->kind != YAML_MAP) {
        yaml_complain(b->report, value, true, SETTING_TYPE, NULL,
                      "a field's name or {field: NAME, ...} is expected here");
        return false;
    }
    for (const struct yaml_node *child = value->first; child != NULL; child = child->next) {
        if (bytes_are(child->key, "time") && strcmp(b->map->format, "x12") != 0)
            time = child;
        else if (!bind_target_key(b, target, child, context))
            return false;
    }
    if (time != NULL && !bind_time(b, target, time, context))
        return false;
    if (!convert_bind_end(b, target, value, context))
        return false;
    if (target->field == NULL && target->constant.at == NULL && target->compute == MAP_COMPUTE_NOTHING) {
        yaml_complain(b->report, value, true, SETTING_MISSING, NULL, "field, value, count or sum is missing");
        return false;
    }
    return true;
}

bool bind_field_target(struct binder *b, struct map_target *target, const struct yaml_node *value,
                       const struct canon_block *context)
{
    if (!bind_target(b, target, value, context))
        return false;
    if (target->field == NULL)
        yaml_complain(b->report, value, true, SETTING_MISSING, NULL, "field is missing");
    else if (target->convert != NULL && (target->convert->n_parts > 0 || target->convert->list))
        yaml_complain(b->report, value, true, SETTING_VALUE, NULL,
                      "a pair or a group's element has one field");
    else
        return true;
    return false;
}
