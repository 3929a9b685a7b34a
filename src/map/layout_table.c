#include "map/layout_table.h"

#include "map/layout_columns.h"

enum { MAX_WIDTH = 65535, MAX_VERSION = 9 };

/* What every record of the table begins with. */
struct head {
    struct flat_record record;
    uint32_t width;        /* characters of its columns */
    uint32_t whole;        /* characters of a record; 0: as many as its columns have */
    struct bytes rest;     /* the name of what stands behind the columns; at NULL: nothing may */
};

struct table {
    struct layout_keys *keys;
    const struct map *map;
    const struct yaml_node *types; /* other types than the table's, by record; or NULL */
    struct head head;
    uint32_t line;
    uint32_t width;                /* of the record at hand, so far */
    struct flat_record *record;    /* NULL: none yet */
    struct flat_column *columns;   /* of it */
};

static void refuse(struct table *table, const char *expected, struct bytes value)
{
    struct finding finding = {.complaint = SETTING_VALUE,
                              .place = {.file = table->map->layout_table_path,
                                        .line = table->line,
                                        .column = 1},
                              .value = value,
                              .expected = expected};

    report_add(table->keys->report, &finding);
    table->keys->wrong = true;
}

unsigned layout_table_count(const struct map *map)
{
    const struct bytes text = map->layout_table;
    unsigned count = 2;

    for (size_t i = 0; i < text.len; i++)
        count += text.at[i] == '\n';
    return count;
}

/* Lines left of a record, and so columns it may get. */
static unsigned count_columns(struct bytes rest, struct bytes tag)
{
    struct bytes line, cell;
    unsigned count = 0;

    while (bytes_split(&rest, '\n', &line)) {
        if (line.len == 0 || line.at[0] == '#')
            continue;
        if (!bytes_split(&line, '\t', &cell) || !bytes_equal(cell, tag))
            break;
        count++;
    }
    return count;
}

static void add_column(struct table *table, struct bytes name, uint32_t width)
{
    struct flat_record *record = table->record;

    if (flat_column_find(record, name) >= 0) {
        refuse(table, "each column of a record once", name);
        return;
    }
    name = arena_copy(table->keys->arena, name); /* with a NUL behind it, as those of YAML */
    table->columns[record->n_columns++] =
        (struct flat_column){.key = name, .heading = name, .width = width, .pad = ' ',
                             .number = {.point = '.', .sign = table->keys->sign}};
    table->width += width;
}

/* The record is whole: what may stand behind its columns. */
static void end_record(struct table *table)
{
    struct flat_record *record = table->record;
    const uint32_t whole = table->head.whole;

    if (record == NULL)
        return;
    if (whole > 0 && table->width > whole)
        layout_keys_refuse(table->keys, table->map->layout, SETTING_RANGE,
                           "the record %.*s of the table is longer than %u characters, the width of records",
                           BYTES_ARG(record->tag), whole);
    if (table->head.rest.at != NULL && table->width < whole)
        add_column(table, table->head.rest, whole - table->width);
    record->width = whole > table->width ? whole : table->width;
}

/* A record of that tag and type; `n` columns may follow. */
static void begin_record(struct table *table, struct flat_layout *layout, struct flat_record *records,
                         struct bytes tag, struct bytes type, unsigned n)
{
    const struct head *head = &table->head;
    struct flat_record *record = &records[layout->n_records];
    const unsigned n_head = head->record.n_columns;

    end_record(table);
    table->record = record;
    *record = (struct flat_record){.tag = arena_copy(table->keys->arena, tag),
                                   .type = 0,
                                   .least = head->width,
                                   .n_head = n_head};
    table->columns = arena_zalloc(table->keys->arena, n_head + n + 1, sizeof(*table->columns));
    if (table->columns == NULL || n_head == 0) {
        table->record = NULL;
        return;
    }
    if (flat_record_find(layout, tag) >= 0)
        refuse(table, "each record once, and its columns behind it", tag);
    memcpy(table->columns, head->record.columns, n_head * sizeof(*table->columns));
    record->columns = table->columns;
    record->n_columns = n_head;
    table->width = head->width;
    table->columns[0].constant = type;
    if (type.at != NULL && layout->versions > 0)
        record->stem = flat_stem(layout, type);
    layout->n_records++;
}

/* The type that the layout gives a record, be it not the table's. */
static struct bytes type_of(const struct table *table, struct bytes tag, struct bytes type)
{
    const struct yaml_node *own = table->types != NULL ? table->types->first : NULL;

    while (own != NULL && !bytes_equal(own->key, tag))
        own = own->next;
    return own != NULL && own->kind == YAML_SCALAR ? own->text : type;
}

/* RECORD, TYPE, nothing, meaning: a record begins.  RECORD, COLUMN, width, meaning: a column of it. */
static void take_line(struct table *table, struct flat_layout *layout, struct flat_record *records,
                      struct bytes line, struct bytes rest)
{
    struct bytes tag = {NULL, 0}, name = {NULL, 0}, width = {NULL, 0};
    uint64_t characters;

    bytes_split(&line, '\t', &tag);
    bytes_split(&line, '\t', &name);
    bytes_split(&line, '\t', &width);
    if (tag.len == 0 || name.len == 0 || width.at == NULL) {
        refuse(table,
               "record, column, width and meaning, with tabs between; a record's own line has its type and "
               "no width",
               tag);
    } else if (width.len == 0) {
        name = type_of(table, tag, name);
        if (name.len == 0 || flat_characters(name) > table->head.record.columns[0].width)
            refuse(table, "a type that fits its column", name);
        begin_record(table, layout, records, tag, name, count_columns(rest, tag));
    } else if (table->record == NULL || !bytes_equal(table->record->tag, tag)) {
        refuse(table, "the record's own line, with its type, before its columns", tag);
    } else if (!bytes_to_count(width, MAX_WIDTH, &characters) || characters == 0) {
        refuse(table, "how many characters the column has", width);
    } else {
        add_column(table, name, (uint32_t)characters);
    }
}

static bool read_head(struct table *table, const struct yaml_node *node, struct flat_layout *layout)
{
    struct layout_keys *keys = table->keys;
    const struct yaml_node *list = yaml_get(node, "head"), *rest;
    struct head *head = &table->head;

    layout_keys_check(keys, node, "file head width rest");
    if (list == NULL) {
        layout_keys_refuse(keys, node, SETTING_MISSING, "head: the columns that all its records begin with");
        return false;
    }
    layout_columns_read(keys, list, true, &head->record);
    if (keys->wrong || head->record.columns == NULL)
        return false;
    for (unsigned i = 0; i < head->record.n_columns; i++)
        head->width += head->record.columns[i].width;
    head->whole = layout_keys_count(keys, node, "width", MAX_WIDTH, 0);
    rest = layout_keys_scalar(keys, node, "rest");
    if (rest != NULL)
        head->rest = rest->text;
    if (rest != NULL && head->whole <= head->width)
        layout_keys_refuse(keys, rest, SETTING_VALUE,
                           "what stands behind the columns needs a width of records, wider than the head");
    layout->versions = layout_keys_count(keys, table->map->layout, "versions", MAX_VERSION, 0);
    table->types = yaml_get(table->map->layout, "types");
    if (table->types != NULL && table->types->kind != YAML_MAP)
        layout_keys_refuse(keys, table->types, SETTING_TYPE, "types are a record and its type each");
    return !keys->wrong;
}

/* Each of the layout's own types is of a record that there is. */
static void check_types(const struct table *table, const struct flat_layout *layout)
{
    for (const struct yaml_node *own = table->types != NULL ? table->types->first : NULL; own != NULL;
         own = own->next)
        if (flat_record_find(layout, own->key) < 0)
            layout_keys_refuse(table->keys, own, SETTING_VALUE, "the table has no record %.*s",
                               BYTES_ARG(own->key));
}

void layout_table_read(struct layout_keys *keys, const struct yaml_node *node, struct flat_layout *layout,
                       struct flat_record *records)
{
    struct table table = {.keys = keys, .map = keys->map};
    struct bytes rest = keys->map->layout_table, line;

    if (!read_head(&table, node, layout))
        return;
    while (bytes_split(&rest, '\n', &line) && !keys->wrong) {
        table.line++;
        if (line.len > 0 && line.at[line.len - 1] == '\r')
            line.len--;
        if (line.len > 0 && line.at[0] != '#')
            take_line(&table, layout, records, line, rest);
    }
    end_record(&table);
    if (!keys->wrong)
        check_types(&table, layout);
    if (keys->wrong || table.head.rest.at == NULL)
        return;
    /* Of a type that nobody knows: the head, and what stands behind it. */
    layout->other = &records[layout->n_records];
    table.record = NULL;
    begin_record(&table, layout, records, BYTES("*"), (struct bytes){NULL, 0}, 1);
    end_record(&table);
}
