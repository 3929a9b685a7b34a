#include "map/layout.h"

#include "map/layout_columns.h"
#include "map/layout_more.h"
#include "map/layout_table.h"

enum { MAX_INDENT = 8 };

/* --- flat files */

/* By which column a record is known: the one that type names, else the first with a constant.  Of the first
 * `n`: those of a table begin with theirs. */
static void find_types(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout,
                       struct flat_record *records, unsigned n)
{
    const struct yaml_node *type = layout_keys_scalar(keys, node, "type");

    for (unsigned i = 0; i < n; i++) {
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

static struct flat_record *read_records(struct layout_keys *keys, const struct yaml_node *node, bool fixed,
                                        struct flat_layout *layout)
{
    const struct yaml_node *columns = yaml_get(node, "columns"), *list = yaml_get(node, "records");
    const struct yaml_node *table = fixed ? yaml_get(node, "table") : NULL;
    struct flat_record *records;
    unsigned n = list != NULL ? list->n : 1;

    if ((columns != NULL) == (list != NULL || table != NULL)) {
        layout_keys_refuse(keys, node, SETTING_MISSING,
                           "a layout has either columns (all rows are alike) or records (by their tag)");
        return NULL;
    }
    if (list != NULL && (list->kind != YAML_MAP || list->n == 0)) {
        layout_keys_refuse(keys, list, SETTING_TYPE, "records are named by their tag, as in H: [...]");
        return NULL;
    }
    n += table != NULL ? layout_table_count(keys->map) : 0;
    layout->records = records = arena_zalloc(keys->arena, n, sizeof(*records));
    if (records == NULL)
        return NULL;
    if (columns != NULL) {
        records[layout->n_records++].tag = BYTES("row");
        layout_columns_read(keys, columns, fixed, &records[0]);
    }
    for (const struct yaml_node *child = list != NULL ? list->first : NULL; child != NULL;
         child = child->next) {
        records[layout->n_records].tag = child->key;
        layout_columns_read(keys, child, fixed, &records[layout->n_records++]);
    }
    n = layout->n_records;
    if (table != NULL)
        layout_table_read(keys, table, layout, records);
    if (!keys->wrong)
        find_types(keys, node, layout, records, n);
    return records;
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

/* A column of a record that a key of `totals` names; -1: told. */
static int total_column(struct layout_keys *keys, const struct yaml_node *node, struct bytes name,
                        const struct flat_record *record)
{
    int slot = flat_column_find(record, name);

    if (slot < 0 || (unsigned)slot >= flat_inside(record)) {
        layout_keys_refuse(keys, node, SETTING_VALUE, "\"%.*s\" is no column of %.*s", BYTES_ARG(name),
                           BYTES_ARG(record->tag));
        return -1;
    }
    return slot;
}

static void add_total(struct layout_keys *keys, struct flat_layout *layout, struct flat_total *totals,
                      const struct yaml_node *node, struct bytes column, struct flat_total total)
{
    int slot = total_column(keys, node, column, &layout->records[layout->totals_record]);

    if (slot < 0)
        return;
    if (slot == layout->totals_mark) {
        layout_keys_refuse(keys, node, SETTING_VALUE,
                           "the column that says that this is the row has no total");
        return;
    }
    if (layout->n_totals == FLAT_MAX_TOTALS) {
        layout_keys_refuse(keys, node, SETTING_VALUE, "a file has at most %d totals", FLAT_MAX_TOTALS);
        return;
    }
    total.slot = (unsigned)slot;
    totals[layout->n_totals++] = total;
}

/* What a sum is of: TAG.COLUMN, or of rows that are all alike COLUMN.  False: told. */
static bool read_sum(struct layout_keys *keys, const struct yaml_node *node, const struct flat_layout *layout,
                     struct flat_total *total)
{
    struct bytes column = node->text, tag;
    int slot;

    total->of = FLAT_TOTAL_SUM;
    total->record = 0;
    if (layout->totals_mark < 0 &&
        (node->kind != YAML_SCALAR || !bytes_split(&column, '.', &tag) || column.at == NULL ||
         (total->record = flat_record_find(layout, tag)) < 0 || total->record == layout->totals_record)) {
        layout_keys_refuse(keys, node, SETTING_VALUE, "a sum is of TAG.COLUMN, of another record");
        return false;
    }
    slot = total_column(keys, node, column, &layout->records[total->record]);
    total->column = (unsigned)slot;
    return slot >= 0;
}

/* sums: {COLUMN: of what} */
static void read_sums(struct layout_keys *keys, const struct yaml_node *sums, struct flat_layout *layout,
                      struct flat_total *totals)
{
    for (const struct yaml_node *child = sums != NULL && sums->kind == YAML_MAP ? sums->first : NULL;
         child != NULL; child = child->next) {
        struct flat_total total;

        if (read_sum(keys, child, layout, &total))
            add_total(keys, layout, totals, child, child->key, total);
    }
    if (sums != NULL && sums->kind != YAML_MAP)
        layout_keys_refuse(keys, sums, SETTING_TYPE, "sums is a mapping: {pieces: D.quantity}");
}

/* By what the record is known: its type, or of rows that are all alike what stands in a column.  False:
 * told. */
static bool read_totals_mark(struct layout_keys *keys, const struct yaml_node *block,
                             struct flat_layout *layout)
{
    const struct yaml_node *record = layout_keys_scalar(keys, block, "record"),
                           *when = yaml_get(block, "when");

    layout->totals_mark = -1;
    if (layout->begins >= 0) {
        layout->totals_record = record != NULL ? flat_record_find(layout, record->text) : -1;
        if (layout->totals_record >= 0 && layout->totals_record != layout->begins && when == NULL)
            return true;
        layout_keys_refuse(keys, record != NULL ? record : block, SETTING_VALUE,
                           "record: is one of records, and not the one that begins a document");
        return false;
    }
    if (record != NULL || when == NULL || when->kind != YAML_MAP || when->n != 1 ||
        when->first->kind != YAML_SCALAR || when->first->text.len == 0) {
        layout_keys_refuse(keys, block, SETTING_MISSING,
                           "when: {COLUMN: VALUE} of the row that says totals, where all rows are alike");
        return false;
    }
    layout->totals_record = 0;
    layout->totals_says = when->first->text;
    layout->totals_mark = total_column(keys, when->first, when->first->key, &layout->records[0]);
    return layout->totals_mark >= 0;
}

/* The record that speaks of all of a file. */
static void read_totals(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout)
{
    static const char *const names[] = {
        [FLAT_TOTAL_DOCUMENTS] = "documents", [FLAT_TOTAL_RECORDS] = "records"};
    const struct yaml_node *block = yaml_get(node, "totals");
    struct flat_total *totals = arena_zalloc(keys->arena, FLAT_MAX_TOTALS, sizeof(*totals));

    layout->totals = totals;
    if (block == NULL || totals == NULL)
        return;
    if (block->kind != YAML_MAP) {
        layout_keys_refuse(keys, block, SETTING_TYPE, "totals is a mapping: {record: Z, documents: orders}");
        return;
    }
    layout_keys_check(keys, block, "record when at documents records itself sums");
    if (!read_totals_mark(keys, block, layout))
        return;
    layout->totals_first = layout_keys_word(keys, block, "at", "end start", 0) == 1;
    layout->totals_itself = layout_keys_bool(keys, block, "itself", false);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const struct yaml_node *column = layout_keys_scalar(keys, block, names[i]);

        if (column != NULL)
            add_total(keys, layout, totals, column, column->text,
                      (struct flat_total){.of = (enum flat_total_of)i});
    }
    read_sums(keys, yaml_get(block, "sums"), layout, totals);
    if (layout->n_totals == 0 && !keys->wrong)
        layout_keys_refuse(keys, block, SETTING_MISSING, "documents, records or sums: what the record says");
}

#define FLAT_KEYS                                                                                        \
    "line_end date time datetime columns records key begins type partner charset ragged file_name sign " \
    "totals more needs"

/* The plain names of XML: it knows more, which files of records do without. */
static bool is_plain_name(struct bytes name)
{
    for (size_t i = 0; i < name.len; i++) {
        const char c = name.at[i];
        const bool letter = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';

        if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '-' || c == '.')))
            return false;
    }
    return name.len > 0;
}

static const char *element_name(struct layout_keys *keys, const struct yaml_node *node, const char *key)
{
    const struct yaml_node *child = layout_keys_scalar(keys, node, key);

    if (child == NULL)
        return NULL;
    if (!is_plain_name(child->text))
        layout_keys_refuse(keys, child, SETTING_VALUE, "\"%.*s\" cannot be the name of an element",
                           BYTES_ARG(child->text));
    return child->text.at;
}

/* {NAME: VALUE}: an attribute that is always the same. */
static struct flat_attribute read_attribute(struct layout_keys *keys, const struct yaml_node *node,
                                            const char *key)
{
    const struct yaml_node *attribute = yaml_get(node, key);

    if (attribute == NULL)
        return (struct flat_attribute){NULL, NULL};
    if (attribute->kind != YAML_MAP || attribute->n != 1 || attribute->first->kind != YAML_SCALAR ||
        !is_plain_name(attribute->first->key)) {
        layout_keys_refuse(keys, attribute, SETTING_VALUE,
                           "an attribute and its value, as in {SEGMENT: \"1\"}");
        return (struct flat_attribute){NULL, NULL};
    }
    return (struct flat_attribute){attribute->first->key.at, attribute->first->text.at};
}

/* The file's records are elements of XML. */
static void read_elements(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout)
{
    const struct yaml_node *xml = yaml_get(node, "xml");
    struct flat_elements *elements = arena_zalloc(keys->arena, 1, sizeof(*elements));

    if (xml == NULL || elements == NULL)
        return;
    layout_keys_check(keys, xml, "root document indent document_attribute attribute");
    layout->elements = elements;
    elements->tree.root = element_name(keys, xml, "root");
    elements->tree.document = element_name(keys, xml, "document");
    elements->tree.indent = layout_keys_count(keys, xml, "indent", MAX_INDENT, 2);
    elements->document = read_attribute(keys, xml, "document_attribute");
    elements->record = read_attribute(keys, xml, "attribute");
    if (elements->tree.document == NULL)
        layout_keys_refuse(keys, xml, SETTING_MISSING, "document: the name of the element of one document");
    if (layout->other == NULL)
        layout_keys_refuse(keys, xml, SETTING_MISSING,
                           "xml: needs a table with rest: where elements go that it does not know");
}

/* Columns of the first record that say where the document is from. */
static void read_source(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout)
{
    static const char *const names[UNIT_SOURCES] = {[UNIT_INTERCHANGE] = "interchange",
                                                    [UNIT_GROUP] = "group",
                                                    [UNIT_SET] = "set",
                                                    [UNIT_TYPE] = "type",
                                                    [UNIT_RELEASE] = "release",
                                                    [UNIT_CREATED_DATE] = "created_date",
                                                    [UNIT_CREATED_TIME] = "created_time",
                                                    [UNIT_TEST] = "test"};
    const struct yaml_node *source = yaml_get(node, "source");

    int *slots = arena_zalloc(keys->arena, UNIT_SOURCES, sizeof(*slots));

    if (source == NULL || slots == NULL)
        return;
    layout->source = slots;
    layout_keys_check(keys, source, "interchange group set type release created_date created_time test");
    for (unsigned i = 0; i < UNIT_SOURCES && !keys->wrong; i++) {
        const struct yaml_node *name = layout_keys_scalar(keys, source, names[i]);

        slots[i] = name != NULL ? named_column(keys, name, layout) : -1;
    }
    if (!keys->wrong && slots[UNIT_TEST] >= 0 &&
        layout->records[0].columns[slots[UNIT_TEST]].constant.at == NULL)
        layout_keys_refuse(keys, source, SETTING_MISSING,
                           "the column of test needs a value: what stands there in a test");
}

/* Columns that hold in every record of a document what they hold in its first. */
static void read_same(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout,
                      struct flat_record *records)
{
    const struct yaml_node *same = yaml_get(node, "same");
    unsigned n = 0;

    if (same == NULL)
        return;
    if (same->kind != YAML_LIST) {
        layout_keys_refuse(keys, same, SETTING_TYPE, "a list of columns is wanted here");
        return;
    }
    for (unsigned i = 0; i < layout->n_records; i++) {
        int *slots = arena_zalloc(keys->arena, same->n + 1, sizeof(*slots));

        if (slots == NULL)
            return;
        n = 0;
        for (const struct yaml_node *name = same->first; name != NULL; name = name->next)
            slots[n++] = i == 0 ? named_column(keys, name, layout)
                                : flat_column_find(&records[i], name->text);
        records[i].same = slots;
    }
    layout->n_same = n;
}

static struct flat_layout *read_flat(struct layout_keys *keys, const struct yaml_node *node, bool fixed)
{
    struct flat_layout *layout = arena_zalloc(keys->arena, 1, sizeof(*layout));
    const struct yaml_node *partner, *file_name;
    struct flat_record *records;

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
    keys->sign = (enum number_sign)layout_keys_word(keys, node, "sign", "leading trailing none", 0);
    records = read_records(keys, node, fixed, layout);
    if (keys->wrong || layout->records == NULL)
        return layout;
    read_key(keys, node, layout);
    read_begins(keys, node, layout);
    read_totals(keys, node, layout);
    read_source(keys, node, layout);
    read_same(keys, node, layout, records);
    layout_more_read(keys, node, layout, records);
    read_elements(keys, node, layout);
    partner = yaml_get(node, "partner");
    if (partner != NULL && partner->kind == YAML_MAP) /* with a table: map.c */
        partner = layout_keys_scalar(keys, partner, "column");
    else
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
        layout_keys_refuse(keys, layout_keys_at(node, "separator"), SETTING_VALUE,
                           "the separator is one character, and not the quote");
    if (layout->header && layout->n_records != 1)
        layout_keys_refuse(keys, layout_keys_at(node, "header"), SETTING_VALUE,
                           "a header line needs columns: records of several tags have no common one");
    if (layout->line_end.len == 0)
        layout_keys_refuse(keys, layout_keys_at(node, "line_end"), SETTING_VALUE, "rows end with LF or CRLF");
    return layout;
}

static struct flat_layout *read_fixed(struct layout_keys *keys, const struct yaml_node *node)
{
    layout_keys_check(keys, node, "table types versions same source xml " FLAT_KEYS);
    return read_flat(keys, node, true);
}

const struct flat_layout *layout_read_flat(struct layout_keys *keys, const struct yaml_node *node, bool fixed)
{
    return fixed ? read_fixed(keys, node) : read_delimited(keys, node);
}

void layout_tell(struct report *report, const struct map *map, enum complaint complaint, const char *detail,
                 const char *expected)
{
    struct finding finding = {
        .complaint = complaint,
        .place = map_place(map->layout_mark),
        .detail = detail,
        .expected = expected,
    };

    report_add(report, &finding);
}

static bool look_alike(const struct flat_record *a, const struct flat_record *b)
{
    if (a->type != b->type || flat_before_type(a) != flat_before_type(b))
        return false;
    if (a->stem.at != NULL && b->stem.at != NULL)
        return bytes_equal(a->stem, b->stem);
    return bytes_equal(a->columns[a->type].constant, b->columns[b->type].constant);
}

/* What reading needs of a layout, and writing does not. */
static void check_for_reading(struct layout_keys *keys, const struct yaml_node *node,
                              const struct flat_layout *layout)
{
    for (unsigned i = 0; i < layout->n_records && layout->n_records > 1; i++) {
        const struct flat_record *record = &layout->records[i];

        if (record == layout->other)
            continue;
        if (record->type < 0) {
            layout_keys_refuse(keys, node, SETTING_MISSING,
                               "nothing tells records of type %.*s: one of its columns needs a value",
                               BYTES_ARG(record->tag));
            continue;
        }
        for (unsigned j = 0; j < i; j++)
            if (look_alike(&layout->records[j], record))
                layout_keys_refuse(keys, node, SETTING_VALUE, "the records %.*s and %.*s look alike",
                                   BYTES_ARG(layout->records[j].tag), BYTES_ARG(record->tag));
    }
}

const struct flat_layout *layout_flat(const struct map *map, struct arena *arena, struct report *report)
{
    struct layout_keys keys = {.report = report, .arena = arena, .map = map};
    const bool fixed = strcmp(map->format, "fixed") == 0;
    const struct flat_layout *layout;

    if (!fixed && strcmp(map->format, "delimited") != 0) {
        layout_tell(report, map, MAP_FORMAT, map->format, "delimited, fixed, xml or json");
        return NULL;
    }
    if (map->layout == NULL) {
        layout_tell(report, map, SETTING_MISSING, "layout", NULL);
        return NULL;
    }
    layout = layout_read_flat(&keys, map->layout, fixed);
    if (layout != NULL && !keys.wrong)
        check_for_reading(&keys, map->layout, layout);
    if (layout == NULL)
        report_say(report, TECHNICAL_MEMORY, NULL, "no memory for the layout of %s", map->name);
    return keys.wrong ? NULL : layout;
}
