#include "map/layout_tree.h"

#include "wire/xml.h"

enum { MAX_INDENT = 8 };

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

static void read_namespaces(struct layout_keys *keys, const struct yaml_node *node, struct tree_layout *layout)
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

const struct tree_layout *layout_read_xml(struct layout_keys *keys, const struct yaml_node *node)
{
    struct tree_layout *layout = arena_zalloc(keys->arena, 1, sizeof(*layout));

    if (layout == NULL)
        return NULL;
    layout_keys_check(keys, node, "root document namespace namespaces indent date time datetime");
    layout->root = read_name(keys, node, "root");
    layout->document = read_name(keys, node, "document");
    layout->indent = layout_keys_count(keys, node, "indent", MAX_INDENT, 2);
    layout->date = layout_keys_date(keys, node, "date");
    layout->time = layout_keys_date(keys, node, "time");
    layout->datetime = layout_keys_date(keys, node, "datetime");
    read_namespaces(keys, node, layout);
    if (layout->document == NULL)
        layout_keys_refuse(keys, node, SETTING_MISSING, "document: the name of the element of one document");
    return layout;
}

const struct tree_layout *layout_tree(const struct map *map, struct arena *arena, struct report *report)
{
    struct layout_keys keys = {.report = report, .arena = arena};
    const struct tree_layout *layout;

    if (map->layout == NULL) {
        struct finding finding = {.complaint = SETTING_MISSING,
                                  .place = {.file = map->layout_mark.file,
                                            .line = map->layout_mark.line,
                                            .column = map->layout_mark.column},
                                  .detail = "layout"};

        report_add(report, &finding);
        return NULL;
    }
    layout = layout_read_xml(&keys, map->layout);
    if (layout == NULL)
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the layout of %s", map->name);
    return keys.wrong ? NULL : layout;
}
