#include "wire/element_read.h"

#include <stdlib.h>

enum { CHUNK = 16 * 1024 };
static const size_t ceiling = (size_t)2 << 30;

struct element_reader {
    const struct flat_layout *layout;
    struct tree_names *names;
    struct arena arena;                   /* one document's texts */
    struct buffer rest;                   /* of one unit */
    const struct tree_document *document;
    const struct tree_node *next;         /* the next record's element; NULL: there is none */
    struct bytes left;                    /* what no column of the unit at hand has a place for */
    /* the unit at hand */
    const struct tree_node *node;
    unsigned n_slots;
    struct bytes *cells;
    const struct tree_node **nodes;       /* by column; NULL: the record's own */
};

struct element_reader *element_read_open(const struct flat_layout *layout)
{
    struct element_reader *reader = calloc(1, sizeof(*reader));

    if (reader == NULL)
        return NULL;
    reader->layout = layout;
    arena_init(&reader->arena, CHUNK, ceiling);
    buffer_init(&reader->rest, ceiling);
    for (unsigned i = 0; i < layout->n_records; i++)
        if (layout->records[i].n_columns > reader->n_slots)
            reader->n_slots = layout->records[i].n_columns;
    reader->n_slots++;
    reader->names = tree_names_open();
    reader->cells = calloc(reader->n_slots, sizeof(*reader->cells));
    reader->nodes = calloc(reader->n_slots, sizeof(*reader->nodes));
    if (reader->names == NULL || reader->cells == NULL || reader->nodes == NULL) {
        element_read_close(reader);
        return NULL;
    }
    return reader;
}

void element_read_close(struct element_reader *reader)
{
    if (reader == NULL)
        return;
    tree_names_close(reader->names);
    buffer_release(&reader->rest);
    arena_release(&reader->arena);
    free(reader->nodes);
    free(reader->cells);
    free(reader);
}

struct tree_names *element_read_names(struct element_reader *reader)
{
    return reader->names;
}

bool element_failed(const struct element_reader *reader)
{
    return reader->arena.failed || reader->rest.failed;
}

/* --- records */

static const struct tree_node *first_element(const struct tree_node *node)
{
    const struct tree_node *child = node->first;

    while (child != NULL && child->kind != TREE_ELEMENT)
        child = child->next;
    return child;
}

/* The attribute that all records have. */
static bool is_mark(const struct element_reader *reader, const struct tree_node *node)
{
    const char *name = reader->layout->elements->record.name;

    return node->kind == TREE_ATTRIBUTE && name != NULL && bytes_are(node->name, name);
}

/* An element with elements in it, or the attribute that records have, is a record, if nobody knows it. */
static bool is_record(const struct element_reader *reader, const struct tree_node *node)
{
    if (node->kind != TREE_ELEMENT)
        return false;
    if (flat_record_find(reader->layout, node->name) >= 0 || first_element(node) != NULL)
        return true;
    for (const struct tree_node *child = node->first; child != NULL; child = child->next)
        if (is_mark(reader, child))
            return true;
    return false;
}

/* The first record among a node and those behind it. */
static const struct tree_node *record_from(const struct element_reader *reader, const struct tree_node *node)
{
    while (node != NULL && !is_record(reader, node))
        node = node->next;
    return node;
}

/* The record behind this one, in the document's order: inside it, behind it, or behind one around it. */
static const struct tree_node *record_after(const struct element_reader *reader, const struct tree_node *node)
{
    const struct tree_node *top = reader->document->top, *found;

    /* What an unknown one holds is told with it. */
    if (flat_record_find(reader->layout, node->name) >= 0 &&
        (found = record_from(reader, node->first)) != NULL)
        return found;
    for (; node != top; node = node->up)
        if ((found = record_from(reader, node->next)) != NULL)
            return found;
    return NULL;
}

void element_read_begin(struct element_reader *reader, const struct tree_document *document)
{
    arena_reset(&reader->arena);
    reader->left = (struct bytes){NULL, 0};
    reader->document = document;
    reader->next = document->top != NULL ? record_from(reader, document->top->first) : NULL;
}

/* --- columns */

static void add_rest(struct element_reader *reader, const struct tree_node *node)
{
    if (node->text.at == NULL || is_mark(reader, node))
        return;
    if (reader->rest.len > 0)
        buffer_add_byte(&reader->rest, ' ');
    buffer_add_format(&reader->rest, "%s%.*s=", node->kind == TREE_ATTRIBUTE ? "@" : "",
                      BYTES_ARG(node->name));
    buffer_add_bytes(&reader->rest, node->text);
}

/* All that stands in an element that nobody knows. */
static void add_all(struct element_reader *reader, const struct tree_node *top)
{
    const struct tree_node *node = top;

    while (node != NULL) {
        add_rest(reader, node);
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node != top && node->next == NULL)
            node = node->up;
        node = node == top ? NULL : node->next;
    }
}

static void take_child(struct element_reader *reader, const struct flat_record *record,
                       const struct tree_node *child)
{
    int slot = -1;

    if (child->kind == TREE_ELEMENT)
        slot = flat_column_find(record, child->name);
    if (slot < (int)record->n_head || slot >= (int)flat_inside(record) || reader->cells[slot].at != NULL) {
        add_rest(reader, child);
        return;
    }
    reader->cells[slot] = bytes_trim(child->text);
    if (reader->cells[slot].len == 0)
        reader->cells[slot] = (struct bytes){NULL, 0};
    reader->nodes[slot] = child;
}

/* The column for the rest: the last that stands in a record of the table.  -1: it has none. */
static int rest_of(const struct flat_layout *layout, const struct flat_record *record)
{
    const unsigned last = flat_inside(record) - 1, other = flat_inside(layout->other) - 1;

    return record->n_head > 0 &&
                   bytes_equal(record->columns[last].key, layout->other->columns[other].key)
               ? (int)last
               : -1;
}

/* What no column is of; where the record has no place for it, it is a record of its own, of nobody's type. */
static void take_rest(struct element_reader *reader, const struct flat_record *record)
{
    const int slot = rest_of(reader->layout, record);

    if (reader->rest.len == 0)
        return;
    if (slot < 0)
        reader->left = arena_copy(&reader->arena, buffer_view(&reader->rest));
    else
        reader->cells[slot] = arena_copy(&reader->arena, buffer_view(&reader->rest));
}

static void begin_unit(struct element_reader *reader, const struct tree_node *node)
{
    memset(reader->cells, 0, reader->n_slots * sizeof(*reader->cells));
    memset(reader->nodes, 0, reader->n_slots * sizeof(*reader->nodes));
    buffer_clear(&reader->rest);
    reader->node = node;
}

static void end_unit(struct element_reader *reader, const struct flat_record *record,
                     struct flat_unit *unit)
{
    if (record->n_head > 0)
        reader->cells[record->type] = reader->node->name;
    *unit = (struct flat_unit){.tag = (int)(record - reader->layout->records),
                               .known = record->n_columns,
                               .cells = reader->cells,
                               .offset = reader->document->begin.offset,
                               .line = tree_place(reader->document, reader->node).line};
}

bool element_next(struct element_reader *reader, struct flat_unit *unit)
{
    const struct tree_node *node = reader->next;
    const struct flat_layout *layout = reader->layout;
    const struct flat_record *record;
    int tag;

    if (reader->left.at != NULL) {
        begin_unit(reader, reader->node);
        reader->cells[rest_of(layout, layout->other)] = reader->left;
        reader->left = (struct bytes){NULL, 0};
        end_unit(reader, layout->other, unit);
        return true;
    }
    if (node == NULL)
        return false;
    tag = flat_record_find(layout, node->name);
    record = tag >= 0 ? &layout->records[tag] : layout->other;
    begin_unit(reader, node);
    if (tag < 0) {
        add_all(reader, node);
    } else {
        add_rest(reader, node);
        for (const struct tree_node *child = node->first; child != NULL; child = child->next)
            if (!is_record(reader, child))
                take_child(reader, record, child);
    }
    take_rest(reader, record);
    reader->next = record_after(reader, node);
    end_unit(reader, record, unit);
    return true;
}

void element_place(const struct element_reader *reader, unsigned slot, uint32_t *line, uint32_t *place)
{
    const struct tree_node *node = reader->nodes[slot] != NULL ? reader->nodes[slot] : reader->node;
    const struct tree_mark mark = tree_place(reader->document, node);

    *line = mark.line;
    *place = mark.column;
}
