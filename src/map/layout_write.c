/*
 * Layouts for writing: one row a format.  Apart from layout.c, so that who only reads rows is not linked to
 * the library for XML.
 */
#include "map/layout.h"
#include "map/layout_keys.h"
#include "map/layout_tree.h"
#include "wire/delimited_write.h"
#include "wire/element_write.h"
#include "wire/fixed_write.h"
#include "wire/json_write.h"
#include "wire/xml_write.h"

enum {
    MAX_DOCUMENT = 1024 * 1024 * 1024, /* bytes of a document in memory */
};

static struct unit_writer *open_delimited(struct layout_keys *keys, const struct yaml_node *node)
{
    const struct flat_layout *layout = layout_read_flat(keys, node, false);

    return layout == NULL || keys->wrong ? NULL : delimited_write_open(layout);
}

static struct unit_writer *open_fixed(struct layout_keys *keys, const struct yaml_node *node)
{
    const struct flat_layout *layout = layout_read_flat(keys, node, true);

    if (layout == NULL || keys->wrong)
        return NULL;
    return layout->elements != NULL ? element_write_open(layout, MAX_DOCUMENT) : fixed_write_open(layout);
}

static struct unit_writer *open_xml(struct layout_keys *keys, const struct yaml_node *node)
{
    const struct tree_layout *layout = layout_read_tree(keys, node, false);

    return layout == NULL || keys->wrong ? NULL : xml_write_open(layout, MAX_DOCUMENT);
}

static struct unit_writer *open_json(struct layout_keys *keys, const struct yaml_node *node)
{
    const struct tree_layout *layout = layout_read_tree(keys, node, true);

    return layout == NULL || keys->wrong ? NULL : json_write_open(layout, MAX_DOCUMENT);
}

static const struct {
    const char *name;
    struct unit_writer *(*open_writer)(struct layout_keys *keys, const struct yaml_node *node);
} formats[] = {
    {"delimited", open_delimited},
    {"fixed", open_fixed},
    {"xml", open_xml},
    {"json", open_json},
};

struct unit_writer *layout_open_writer(const struct map *map, struct arena *arena, struct report *report)
{
    struct layout_keys keys = {.report = report, .arena = arena, .map = map};
    struct unit_writer *writer = NULL;
    size_t i = 0;

    while (i < sizeof(formats) / sizeof(formats[0]) && strcmp(formats[i].name, map->format) != 0)
        i++;
    if (i == sizeof(formats) / sizeof(formats[0])) {
        layout_tell(report, map, MAP_FORMAT, map->format, "delimited, fixed, xml or json");
        return NULL;
    }
    if (map->layout == NULL) {
        layout_tell(report, map, SETTING_MISSING, "layout", NULL);
        return NULL;
    }
    writer = formats[i].open_writer(&keys, map->layout);
    if (writer == NULL && !keys.wrong)
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the layout of %s", map->name);
    /* The writers keep nothing of `keys`. */
    /* cppcheck-suppress returnDanglingLifetime */
    return writer;
}
