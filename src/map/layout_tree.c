#include "map/layout_tree.h"

#include "wire/xml.h"

enum { MAX_INDENT = 8 };

/* --- XML */

static const char *read_name(struct layout_keys *keys, const struct yaml_node *node, const char *key)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);

    if (child == NULL)
        return NULL;
    if (!xml_is_name(child->text.at))
        layout_keys_refuse(keys, child, SETTING_VALUE, "\"%.*s\" cannot be the name of an element",
                           BYTES_ARG(child->text));
    return child->text.at;
}

static void read_namespaces(struct layout_keys *keys, const struct yaml_node *node,
                            struct tree_layout *layout)
{
    const struct yaml_node *own = layout_keys_scalar(keys, node, "namespace");
    const struct yaml_node *others = yaml_get(node, "namespaces");
    unsigned count = (own != NULL) + (others != NULL ? others->n : 0);
    struct tree_namespace *namespaces = arena_zalloc(keys->arena, count + 1, sizeof(*namespaces));

    if (namespaces == NULL)
        return;
    layout->namespaces = namespaces;
    if (own != NULL)
        namespaces[layout->n_namespaces++] = (struct tree_namespace){"xmlns", own->text.at};
    if (others == NULL)
        return;
    if (others->kind != YAML_MAP) {
        layout_keys_refuse(keys, others, SETTING_TYPE, "namespaces are prefixes and their names");
        return;
    }
    for (const struct yaml_node *child = others->first; child != NULL; child = child->next) {
        const char *name = arena_format(keys->arena, "xmlns:%s", child->key.at);

        if (name == NULL)
            return;
        if (child->kind != YAML_SCALAR || !xml_is_name(name))
            layout_keys_refuse(keys, child, SETTING_VALUE, "a prefix and its namespace are wanted");
        namespaces[layout->n_namespaces++] = (struct tree_namespace){name, child->text.at};
    }
}

static void read_dates(struct layout_keys *keys, const struct yaml_node *node, struct tree_layout *layout)
{
    layout->date = layout_keys_date(keys, node, "date");
    layout->time = layout_keys_date(keys, node, "time");
    layout->datetime = layout_keys_date(keys, node, "datetime");
}

/* skip: names of elements, attributes and members that are not counted as unread. */
static void read_skip(struct layout_keys *keys, const struct yaml_node *node, struct tree_layout *layout)
{
    const struct yaml_node *skip = yaml_get(node, "skip");
    struct bytes *names = arena_zalloc(keys->arena, skip != NULL ? skip->n + 1 : 1, sizeof(*names));

    if (skip == NULL || names == NULL)
        return;
    layout->skip = names;
    if (skip->kind != YAML_LIST)
        layout_keys_refuse(keys, skip, SETTING_TYPE, "skip is a list of names");
    for (const struct yaml_node *child = skip->first; skip->kind == YAML_LIST && child != NULL;
         child = child->next) {
        struct tree_name name;

        if (child->kind != YAML_SCALAR || child->text.len == 0 || !tree_name_of(layout, child->text, &name))
            layout_keys_refuse(keys, child, SETTING_VALUE, "a name is expected here");
        else
            names[layout->n_skip++] = child->text;
    }
}

static const struct tree_layout *read_xml(struct layout_keys *keys, const struct yaml_node *node)
{
    struct tree_layout *layout = arena_zalloc(keys->arena, 1, sizeof(*layout));

    if (layout == NULL)
        return NULL;
    layout_keys_check(keys, node, "root document namespace namespaces indent skip date time datetime");
    layout->root = read_name(keys, node, "root");
    layout->document = read_name(keys, node, "document");
    layout->indent = layout_keys_count(keys, node, "indent", MAX_INDENT, 2);
    read_dates(keys, node, layout);
    read_namespaces(keys, node, layout);
    read_skip(keys, node, layout);
    if (layout->document == NULL)
        layout_keys_refuse(keys, node, SETTING_MISSING, "document: the name of the element of one document");
    return layout;
}

/* --- JSON */

/* types: members by their name, and how they are written. */
static void read_types(struct layout_keys *keys, const struct yaml_node *node, struct tree_layout *layout)
{
    const struct yaml_node *types = yaml_get(node, "types");
    struct tree_member *members = arena_zalloc(keys->arena, types != NULL ? types->n + 1 : 1,
                                               sizeof(*members));

    if (types == NULL || members == NULL)
        return;
    layout->members = members;
    if (types->kind != YAML_MAP) {
        layout_keys_refuse(keys, types, SETTING_TYPE, "types are members and string, number or boolean");
        return;
    }
    for (const struct yaml_node *child = types->first; child != NULL; child = child->next)
        members[layout->n_members++] = (struct tree_member){
            child->key,
            (enum tree_type)layout_keys_word(keys, types, child->key.at, "string number boolean", 0)};
}

static const struct tree_layout *read_json(struct layout_keys *keys, const struct yaml_node *node)
{
    struct tree_layout *layout = arena_zalloc(keys->arena, 1, sizeof(*layout));

    if (layout == NULL)
        return NULL;
    layout_keys_check(keys, node, "root document lines types indent skip date time datetime");
    layout->json = true;
    layout->root = layout_keys_text(keys, node, "root", NULL);
    layout->array = layout->root != NULL && strcmp(layout->root, "[]") == 0;
    if (layout->array)
        layout->root = NULL;
    layout->lines = layout_keys_bool(keys, node, "lines", false);
    if (layout->lines && (layout->root != NULL || layout->array))
        layout_keys_refuse(keys, yaml_get(node, "root"), SETTING_VALUE, "lines have no root around them");
    layout->document = layout_keys_text(keys, node, "document", NULL);
    layout->indent = layout_keys_count(keys, node, "indent", MAX_INDENT, 2);
    read_dates(keys, node, layout);
    read_types(keys, node, layout);
    read_skip(keys, node, layout);
    if (layout->document == NULL)
        layout_keys_refuse(keys, node, SETTING_MISSING, "document: what the map's tree calls a document");
    return layout;
}

/* --- which */

const struct tree_layout *layout_read_tree(struct layout_keys *keys, const struct yaml_node *node, bool json)
{
    return json ? read_json(keys, node) : read_xml(keys, node);
}

const struct tree_layout *layout_tree(const struct map *map, struct arena *arena, struct report *report)
{
    struct layout_keys keys = {.report = report, .arena = arena};
    const struct tree_layout *layout;

    if (map->layout == NULL) {
        layout_tell(report, map, SETTING_MISSING, "layout", NULL);
        return NULL;
    }
    layout = layout_read_tree(&keys, map->layout, strcmp(map->format, "json") == 0);
    if (layout == NULL)
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the layout of %s", map->name);
    return keys.wrong ? NULL : layout;
}
