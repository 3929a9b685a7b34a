#include "map/layout_more.h"

static int column_of(struct layout_keys *keys, const struct yaml_node *at, struct bytes name,
                     const struct flat_record *record)
{
    int slot = flat_column_find(record, name);

    if (slot < 0 || (unsigned)slot >= flat_inside(record)) {
        layout_keys_refuse(keys, at, SETTING_VALUE, "\"%.*s\" is no column of %.*s", BYTES_ARG(name),
                           BYTES_ARG(record->tag));
        return -1;
    }
    return slot;
}

/* {column: TDLINE, when: {TDFORMAT: "="}} */
static void read_one(struct layout_keys *keys, const struct yaml_node *node, struct flat_record *record)
{
    struct flat_more *more = arena_zalloc(keys->arena, 1, sizeof(*more));
    const struct yaml_node *column = layout_keys_scalar(keys, node, "column"), *when = yaml_get(node, "when");
    int slot, mark;

    if (more == NULL)
        return;
    layout_keys_check(keys, node, "column when");
    if (column == NULL || when == NULL || when->kind != YAML_MAP || when->n != 1 ||
        when->first->kind != YAML_SCALAR || when->first->text.len == 0) {
        layout_keys_refuse(keys, node, SETTING_MISSING,
                           "column: that holds the text, and when: {COLUMN: VALUE} of what goes on");
        return;
    }
    slot = column_of(keys, column, column->text, record);
    mark = column_of(keys, when->first, when->first->key, record);
    if (slot < 0 || mark < 0)
        return;
    if (record->columns[slot].width == 0 || record->columns[slot].right || record->columns[slot].pad != ' ')
        layout_keys_refuse(keys, column, SETTING_VALUE,
                           "\"%.*s\" must have a width, and blanks behind what is shorter",
                           BYTES_ARG(column->text));
    *more = (struct flat_more){(unsigned)slot, (unsigned)mark, when->first->text};
    record->more = more;
}

static struct flat_record *record_named(struct layout_keys *keys, const struct yaml_node *at,
                                        struct bytes name, const struct flat_layout *layout,
                                        struct flat_record *records)
{
    int tag = flat_record_find(layout, name);

    if (tag < 0)
        layout_keys_refuse(keys, at, SETTING_VALUE, "\"%.*s\" is no record of the layout", BYTES_ARG(name));
    return tag >= 0 ? &records[tag] : NULL;
}

void layout_more_read(struct layout_keys *keys, const struct yaml_node *node,
                      const struct flat_layout *layout, struct flat_record *records)
{
    const struct yaml_node *more = yaml_get(node, "more"), *needs = yaml_get(node, "needs");
    struct flat_record *record;

    if (more != NULL && more->kind != YAML_MAP)
        layout_keys_refuse(keys, more, SETTING_TYPE,
                           "more is a mapping of records: {N: {column: text, when: {mark: C}}}");
    else if (more != NULL)
        for (const struct yaml_node *one = more->first; one != NULL; one = one->next)
            if ((record = record_named(keys, one, one->key, layout, records)) != NULL)
                read_one(keys, one, record);
    if (needs != NULL && needs->kind != YAML_LIST)
        layout_keys_refuse(keys, needs, SETTING_TYPE, "needs is a list of records: [H, T]");
    else if (needs != NULL)
        for (const struct yaml_node *one = needs->first; one != NULL; one = one->next)
            if ((record = record_named(keys, one, one->text, layout, records)) != NULL)
                record->needed = true;
}
