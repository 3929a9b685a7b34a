#include "map/layout_columns.h"

enum {
    MAX_WIDTH = 65535,
    MAX_RECORD = 1024 * 1024, /* characters of a fixed record */
    MAX_DECIMALS = 18,
};

static void read_number_form(struct layout_keys *keys, const struct yaml_node *node, struct number_form *form)
{
    static const enum number_sign signs[] = {NUMBER_SIGN_LEADING, NUMBER_SIGN_TRAILING, NUMBER_SIGN_NONE};
    unsigned point = layout_keys_word(keys, node, "point", "explicit implied comma", 0);

    *form = NUMBER_FORM_DEFAULT;
    form->scaled = yaml_get(node, "decimals") != NULL;
    form->decimals = (uint8_t)layout_keys_count(keys, node, "decimals", MAX_DECIMALS, 0);
    form->implied = point == 1;
    form->point = point == 2 ? ',' : '.';
    form->sign = yaml_get(node, "sign") != NULL
                     ? signs[layout_keys_word(keys, node, "sign", "leading trailing none", 0)]
                     : keys->sign;
    if (form->implied && !form->scaled)
        layout_keys_refuse(keys, layout_keys_at(node, "point"), SETTING_VALUE,
                           "an implied point needs decimals: how many digits stand behind it");
}

static void read_column(struct layout_keys *keys, const struct yaml_node *node, bool fixed,
                        struct flat_column *column)
{
    const struct yaml_node *name, *from, *constant, *split, *file;

    *column = (struct flat_column){.pad = ' ', .number = NUMBER_FORM_DEFAULT};
    if (node->kind == YAML_SCALAR && !fixed) {
        column->key = column->heading = node->text;
        if (node->text.len == 0)
            layout_keys_refuse(keys, node, SETTING_VALUE, "a column needs a name");
        return;
    }
    layout_keys_check(keys, node, fixed ? "name width align pad decimals sign point value cut date "
                                          "required skip split file counts first"
                                        : "name from width decimals sign point value cut date repeat "
                                          "required skip split file");
    name = layout_keys_scalar(keys, node, "name");
    from = fixed ? NULL : layout_keys_scalar(keys, node, "from");
    if (name == NULL) {
        layout_keys_refuse(keys, node, SETTING_MISSING, "a column needs a name");
        return;
    }
    column->heading = name->text;
    column->key = from != NULL ? from->text : name->text;
    column->width = layout_keys_count(keys, node, "width", MAX_WIDTH, 0);
    if (fixed && column->width == 0 && yaml_get(node, "file") == NULL)
        layout_keys_refuse(keys, node, SETTING_MISSING, "the column %.*s needs a width",
                           BYTES_ARG(name->text));
    column->cut = layout_keys_bool(keys, node, "cut", false);
    column->date = layout_keys_date(keys, node, "date");
    column->required = layout_keys_bool(keys, node, "required", false);
    column->skip = layout_keys_bool(keys, node, "skip", false);
    file = layout_keys_scalar(keys, node, "file");
    if (file != NULL)
        column->file = file->text;
    split = layout_keys_scalar(keys, node, "split");
    if (split != NULL) {
        column->split = split->text;
        if (split->text.len == 0)
            layout_keys_refuse(keys, split, SETTING_VALUE, "split is what stands between two values");
    }
    constant = layout_keys_scalar(keys, node, "value");
    if (constant != NULL) {
        column->constant = constant->text;
        if (column->width > 0 && flat_characters(constant->text) > column->width)
            layout_keys_refuse(keys, constant, SETTING_RANGE, "longer than the column's %u characters",
                               column->width);
    }
    read_number_form(keys, node, &column->number);
    if (fixed) {
        column->counts = (enum flat_count)layout_keys_word(keys, node, "counts",
                                                           "nothing records parent level", 0);
        column->first = layout_keys_count(keys, node, "first", MAX_WIDTH, 1);
        column->skip = column->skip || column->counts != FLAT_COUNTS_NOTHING;
        column->right = layout_keys_word(keys, node, "align", "left right", 0) == 1;
        column->pad = layout_keys_byte(keys, node, "pad", ' ');
        if (column->pad == '\0')
            column->pad = ' ';
    } else {
        column->once = !layout_keys_bool(keys, node, "repeat", true);
    }
}

void layout_columns_read(struct layout_keys *keys, const struct yaml_node *node, bool fixed,
                         struct flat_record *record)
{
    struct flat_column *columns;
    unsigned i = 0;
    uint64_t width = 0;

    if (node->kind != YAML_LIST || node->n == 0) {
        layout_keys_refuse(keys, node, SETTING_TYPE, "a list of columns is wanted here");
        return;
    }
    columns = arena_zalloc(keys->arena, node->n, sizeof(*columns));
    if (columns == NULL)
        return;
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next, i++) {
        read_column(keys, child, fixed, &columns[i]);
        width += columns[i].width;
        record->n_file += columns[i].file.at != NULL;
        if (columns[i].file.at == NULL && record->n_file > 0)
            layout_keys_refuse(keys, child, SETTING_VALUE,
                               "columns of the file's name come last, behind those of the record");
        for (unsigned j = 0; j < i; j++)
            if (columns[i].key.at != NULL && bytes_equal(columns[j].key, columns[i].key))
                layout_keys_refuse(keys, child, SETTING_VALUE, "the column %.*s is there already",
                                   BYTES_ARG(columns[i].key));
    }
    if (fixed && width > MAX_RECORD)
        layout_keys_refuse(keys, node, SETTING_RANGE, "a record of more than %d characters", MAX_RECORD);
    record->width = (uint32_t)width;
    record->n_columns = node->n;
    record->columns = columns;
}
