#include "map/layout.h"

#include "map/layout_keys.h"
#include "wire/delimited_write.h"
#include "wire/fixed_write.h"
#include "wire/xml_write.h"

enum {
    MAX_WIDTH = 65535,
    MAX_RECORD = 1024 * 1024, /* characters of a fixed record */
    MAX_DECIMALS = 18,
    MAX_INDENT = 8,
    MAX_DOCUMENT = 1024 * 1024 * 1024, /* bytes of an XML document in memory */
};

/* Where to complain: at the key's value, or at the mapping when the default is what is wrong. */
static const struct yaml_node *at(const struct yaml_node *node, const char *key)
{
    const struct yaml_node *child = yaml_get(node, key);

    return child != NULL ? child : node;
}

/* --- columns */

static void read_number_form(struct layout_keys *keys, const struct yaml_node *node, struct number_form *form)
{
    static const enum number_sign signs[] = {NUMBER_SIGN_LEADING, NUMBER_SIGN_TRAILING, NUMBER_SIGN_NONE};
    unsigned point = layout_keys_word(keys, node, "point", "explicit implied comma", 0);

    *form = NUMBER_FORM_DEFAULT;
    form->scaled = yaml_get(node, "decimals") != NULL;
    form->decimals = (uint8_t)layout_keys_count(keys, node, "decimals", MAX_DECIMALS, 0);
    form->implied = point == 1;
    form->point = point == 2 ? ',' : '.';
    form->sign = signs[layout_keys_word(keys, node, "sign", "leading trailing none", 0)];
    if (form->implied && !form->scaled)
        layout_keys_refuse(keys, at(node, "point"), SETTING_VALUE,
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
                                          "required skip split file"
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
        column->right = layout_keys_word(keys, node, "align", "left right", 0) == 1;
        column->pad = layout_keys_byte(keys, node, "pad", ' ');
        if (column->pad == '\0')
            column->pad = ' ';
    } else {
        column->once = !layout_keys_bool(keys, node, "repeat", true);
    }
}

static void read_columns(struct layout_keys *keys, const struct yaml_node *node, bool fixed,
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
    record->n_columns = node->n;
    record->columns = columns;
}

/* --- flat files */

/* By which column a record is known: the one that type names, else the first with a constant. */
static void find_types(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout,
                       struct flat_record *records)
{
    const struct yaml_node *type = layout_keys_scalar(keys, node, "type");

    for (unsigned i = 0; i < layout->n_records; i++) {
        records[i].type = -1;
        if (type != NULL)
            records[i].type = flat_column_find(&records[i], type->text);
        for (unsigned c = 0; type == NULL && layout->n_records > 1 && c < records[i].n_columns; c++)
            if (records[i].columns[c].constant.at != NULL && records[i].type < 0)
                records[i].type = (int)c;
        if (type != NULL &&
            (records[i].type < 0 || records[i].columns[records[i].type].constant.at == NULL)) {
            layout_keys_refuse(keys, type, SETTING_VALUE, "the record %.*s has no column %.*s with a value",
                               BYTES_ARG(records[i].tag), BYTES_ARG(type->text));
            return;
        }
    }
}

static void read_records(struct layout_keys *keys, const struct yaml_node *node, bool fixed,
                         struct flat_layout *layout)
{
    const struct yaml_node *columns = yaml_get(node, "columns"), *list = yaml_get(node, "records");
    struct flat_record *records;
    unsigned i = 0;

    if ((columns != NULL) == (list != NULL)) {
        layout_keys_refuse(keys, node, SETTING_MISSING,
                           "a layout has either columns (all rows are alike) or records (by their tag)");
        return;
    }
    if (columns == NULL && (list->kind != YAML_MAP || list->n == 0)) {
        layout_keys_refuse(keys, list, SETTING_TYPE, "records are named by their tag, as in H: [...]");
        return;
    }
    layout->n_records = columns != NULL ? 1 : list->n;
    layout->records = records = arena_zalloc(keys->arena, layout->n_records, sizeof(*records));
    if (records == NULL)
        return;
    if (columns != NULL) {
        records[0].tag = BYTES("row");
        read_columns(keys, columns, fixed, &records[0]);
    } else {
        for (const struct yaml_node *child = list->first; child != NULL; child = child->next, i++) {
            records[i].tag = child->key;
            read_columns(keys, child, fixed, &records[i]);
        }
    }
    if (!keys->wrong)
        find_types(keys, node, layout, records);
}

static struct bytes read_line_end(struct layout_keys *keys, const struct yaml_node *node)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, "line_end");

    if (child == NULL || bytes_are(child->text, "\n") || bytes_are(child->text, "LF"))
        return BYTES("\n");
    if (bytes_are(child->text, "\r\n") || bytes_are(child->text, "CRLF"))
        return BYTES("\r\n");
    if (bytes_are(child->text, "none"))
        return BYTES("");
    layout_keys_refuse(keys, child, SETTING_VALUE, "line_end is LF, CRLF or none");
    return BYTES("\n");
}

/* The column of rows, or of the first record, that a key of the layout names. */
static int named_column(struct layout_keys *keys, const struct yaml_node *name,
                        const struct flat_layout *layout)
{
    int slot = name->kind == YAML_SCALAR ? flat_column_find(&layout->records[0], name->text) : -1;

    if (slot < 0)
        layout_keys_refuse(keys, name, SETTING_VALUE, "\"%.*s\" is no column of %.*s", BYTES_ARG(name->text),
                           BYTES_ARG(layout->records[0].tag));
    return slot;
}

/* Which rows are one document: those that are alike in these columns, and stand together. */
static void read_key(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout)
{
    const struct yaml_node *key = yaml_get(node, "key");
    const struct yaml_node *first = key != NULL && key->kind == YAML_LIST ? key->first : key;
    unsigned *slots = arena_zalloc(keys->arena, key != NULL ? key->n + 1 : 1, sizeof(*slots));

    layout->key = slots;
    if (key == NULL || slots == NULL)
        return;
    if (yaml_get(node, "records") != NULL) {
        layout_keys_refuse(keys, key, SETTING_VALUE,
                           "key is of rows that are all alike; records have begins");
        return;
    }
    for (const struct yaml_node *name = first; name != NULL;
         name = key->kind == YAML_LIST ? name->next : NULL) {
        int slot = named_column(keys, name, layout);

        if (slot >= 0)
            slots[layout->n_key++] = (unsigned)slot;
    }
}

static void read_begins(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout)
{
    const struct yaml_node *begins = layout_keys_scalar(keys, node, "begins");

    layout->begins = yaml_get(node, "records") != NULL ? 0 : -1;
    if (begins == NULL)
        return;
    layout->begins = flat_record_find(layout, begins->text);
    if (layout->begins < 0 || yaml_get(node, "records") == NULL)
        layout_keys_refuse(keys, begins, SETTING_VALUE, "\"%.*s\" is no record of the layout",
                           BYTES_ARG(begins->text));
}

#define FLAT_KEYS                                                                                           \
    "line_end date time datetime columns records key begins type partner charset ragged file_name"

static struct flat_layout *read_flat(struct layout_keys *keys, const struct yaml_node *node, bool fixed)
{
    struct flat_layout *layout = arena_zalloc(keys->arena, 1, sizeof(*layout));
    const struct yaml_node *partner, *file_name;

    if (layout == NULL)
        return NULL;
    layout->fixed = fixed;
    layout->line_end = read_line_end(keys, node);
    layout->date = layout_keys_date(keys, node, "date");
    layout->time = layout_keys_date(keys, node, "time");
    layout->datetime = layout_keys_date(keys, node, "datetime");
    layout->ragged = layout_keys_bool(keys, node, "ragged", false);
    layout->charset = layout_keys_text(keys, node, "charset", NULL);
    file_name = layout_keys_scalar(keys, node, "file_name");
    if (file_name != NULL)
        layout->file_name = file_name->text;
    layout->partner = -1;
    read_records(keys, node, fixed, layout);
    if (keys->wrong || layout->records == NULL)
        return layout;
    read_key(keys, node, layout);
    read_begins(keys, node, layout);
    partner = layout_keys_scalar(keys, node, "partner");
    if (partner != NULL)
        layout->partner = named_column(keys, partner, layout);
    return layout;
}

static struct flat_layout *read_delimited(struct layout_keys *keys, const struct yaml_node *node)
{
    struct flat_layout *layout;

    layout_keys_check(keys, node, "separator quote quoting header " FLAT_KEYS);
    layout = read_flat(keys, node, false);
    if (layout == NULL)
        return NULL;
    layout->separator = layout_keys_byte(keys, node, "separator", ',');
    layout->quote = layout_keys_byte(keys, node, "quote", '"');
    layout->quote_all = layout_keys_word(keys, node, "quoting", "needed always", 0) == 1;
    layout->header = layout_keys_bool(keys, node, "header", layout->n_records == 1);
    if (layout->separator == '\0' || layout->separator == '\n' || layout->separator == layout->quote)
        layout_keys_refuse(keys, at(node, "separator"), SETTING_VALUE,
                           "the separator is one character, and not the quote");
    if (layout->header && layout->n_records != 1)
        layout_keys_refuse(keys, at(node, "header"), SETTING_VALUE,
                           "a header line needs columns: records of several tags have no common one");
    if (layout->line_end.len == 0)
        layout_keys_refuse(keys, at(node, "line_end"), SETTING_VALUE, "rows end with LF or CRLF");
    return layout;
}

static struct flat_layout *read_fixed(struct layout_keys *keys, const struct yaml_node *node)
{
    layout_keys_check(keys, node, FLAT_KEYS);
    return read_flat(keys, node, true);
}

static struct unit_writer *open_delimited(struct layout_keys *keys, const struct yaml_node *node)
{
    const struct flat_layout *layout = read_delimited(keys, node);

    return layout == NULL || keys->wrong ? NULL : delimited_write_open(layout);
}

static struct unit_writer *open_fixed(struct layout_keys *keys, const struct yaml_node *node)
{
    const struct flat_layout *layout = read_fixed(keys, node);

    return layout == NULL || keys->wrong ? NULL : fixed_write_open(layout);
}

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

static void read_namespaces(struct layout_keys *keys, const struct yaml_node *node, struct xml_layout *layout)
{
    const struct yaml_node *own = layout_keys_scalar(keys, node, "namespace");
    const struct yaml_node *others = yaml_get(node, "namespaces");
    unsigned count = (own != NULL) + (others != NULL ? others->n : 0);
    struct xml_namespace *namespaces = arena_zalloc(keys->arena, count + 1, sizeof(*namespaces));

    if (namespaces == NULL)
        return;
    layout->namespaces = namespaces;
    if (own != NULL)
        namespaces[layout->n_namespaces++] = (struct xml_namespace){"xmlns", own->text.at};
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
        namespaces[layout->n_namespaces++] = (struct xml_namespace){name, child->text.at};
    }
}

static struct unit_writer *open_xml(struct layout_keys *keys, const struct yaml_node *node)
{
    struct xml_layout *layout = arena_zalloc(keys->arena, 1, sizeof(*layout));

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
    return keys->wrong ? NULL : xml_write_open(layout, MAX_DOCUMENT);
}

/* --- which */

static const struct {
    const char *name;
    struct unit_writer *(*open_writer)(struct layout_keys *keys, const struct yaml_node *node);
} formats[] = {
    {"delimited", open_delimited},
    {"fixed", open_fixed},
    {"xml", open_xml},
};

static void tell(struct report *report, const struct map *map, enum complaint complaint, const char *detail,
                 const char *expected)
{
    struct finding finding = {
        .complaint = complaint,
        .place = {.file = map->layout_mark.file,
                  .line = map->layout_mark.line,
                  .column = map->layout_mark.column},
        .detail = detail,
        .expected = expected,
    };

    report_add(report, &finding);
}

struct unit_writer *layout_open_writer(const struct map *map, struct arena *arena, struct report *report)
{
    struct layout_keys keys = {.report = report, .arena = arena};
    struct unit_writer *writer = NULL;
    size_t i = 0;

    while (i < sizeof(formats) / sizeof(formats[0]) && strcmp(formats[i].name, map->format) != 0)
        i++;
    if (i == sizeof(formats) / sizeof(formats[0])) {
        tell(report, map, MAP_FORMAT, map->format, "delimited, fixed or xml");
        return NULL;
    }
    if (map->layout == NULL) {
        tell(report, map, SETTING_MISSING, "layout", NULL);
        return NULL;
    }
    writer = formats[i].open_writer(&keys, map->layout);
    if (writer == NULL && !keys.wrong)
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the layout of %s", map->name);
    /* The writers keep nothing of `keys`. */
    /* cppcheck-suppress returnDanglingLifetime */
    return writer;
}

/* What reading needs of a layout, and writing does not. */
static void check_for_reading(struct layout_keys *keys, const struct yaml_node *node,
                              const struct flat_layout *layout)
{
    for (unsigned i = 0; i < layout->n_records && layout->n_records > 1; i++) {
        const struct flat_record *record = &layout->records[i];

        if (record->type < 0) {
            layout_keys_refuse(keys, node, SETTING_MISSING,
                               "nothing tells records of type %.*s: one of its columns needs a value",
                               BYTES_ARG(record->tag));
            continue;
        }
        for (unsigned j = 0; j < i; j++)
            if (layout->records[j].type == record->type &&
                bytes_equal(layout->records[j].columns[record->type].constant,
                            record->columns[record->type].constant))
                layout_keys_refuse(keys, node, SETTING_VALUE, "the records %.*s and %.*s look alike",
                                   BYTES_ARG(layout->records[j].tag), BYTES_ARG(record->tag));
    }
}

const struct flat_layout *layout_flat(const struct map *map, struct arena *arena, struct report *report)
{
    struct layout_keys keys = {.report = report, .arena = arena};
    const bool fixed = strcmp(map->format, "fixed") == 0;
    const struct flat_layout *layout;

    if (!fixed && strcmp(map->format, "delimited") != 0) {
        tell(report, map, MAP_FORMAT, map->format, "delimited or fixed");
        return NULL;
    }
    if (map->layout == NULL) {
        tell(report, map, SETTING_MISSING, "layout", NULL);
        return NULL;
    }
    layout = fixed ? read_fixed(&keys, map->layout) : read_delimited(&keys, map->layout);
    if (layout != NULL && !keys.wrong)
        check_for_reading(&keys, map->layout, layout);
    if (layout == NULL)
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the layout of %s", map->name);
    return keys.wrong ? NULL : layout;
}
