#include "wire/element_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "wire/flat_more.h"
#include "wire/xml_write.h"

enum { CELL_CEILING = 1024 * 1024, CHUNK = 64 * 1024 };

/* A record's element in the inner writer. */
struct element_tag {
    bool made;
    int tag;
    int attribute;          /* slot of the attribute that all records have; -1 */
    int *slots;             /* by column; -1: it is not in XML */
    unsigned n_slots;       /* of the inner writer */
};

struct element_writer {
    struct unit_writer base;
    const struct flat_layout *layout;
    struct unit_writer *inner; /* of XML */
    struct element_tag *tags;  /* by record */
    struct element_tag document;
    struct unit_value *values; /* of one element, by the inner writer's slots */
    struct flat_more_writer *more; /* or NULL */
    struct arena arena;        /* one document's cells */
    struct buffer scratch;
};

static struct element_writer *self(struct unit_writer *writer)
{
    return (struct element_writer *)writer;
}

static const struct element_writer *self_const(const struct unit_writer *writer)
{
    return (const struct element_writer *)writer;
}

static void close_writer(struct unit_writer *writer)
{
    struct element_writer *elements = self(writer);

    for (unsigned i = 0; elements->tags != NULL && i < elements->layout->n_records; i++)
        free(elements->tags[i].slots);
    free(elements->tags);
    free(elements->values);
    if (elements->inner != NULL)
        elements->inner->format->close(elements->inner);
    flat_more_close(elements->more);
    buffer_release(&elements->scratch);
    arena_release(&elements->arena);
    free(elements);
}

/* What is wrong with a document as the inner writer has it. */
static void inner_fault(void *to, const struct unit_fault *fault)
{
    struct element_writer *elements = to;
    struct unit_fault own = *fault;

    own.slot = -1;
    elements->base.fault(elements->base.to, &own);
}

static struct unit_writer *inner(struct unit_writer *writer)
{
    struct element_writer *elements = self(writer);

    elements->inner->out = writer->out;
    return elements->inner;
}

/* --- names */

static int attribute_slot(struct element_writer *elements, int tag, const struct flat_attribute *attribute)
{
    char key[80];
    int len;

    if (attribute->name == NULL)
        return -1;
    len = snprintf(key, sizeof(key), "@%s", attribute->name);
    return elements->inner->format->slot(elements->inner, tag, (struct bytes){key, (size_t)len});
}

/* The record's element, and those of its columns, made when they are asked for. */
static bool make_tag(struct element_writer *elements, int number)
{
    const struct flat_record *record = &elements->layout->records[number];
    const struct unit_format *format = elements->inner->format;
    struct element_tag *tag = &elements->tags[number];

    if (tag->made)
        return true;
    tag->tag = format->tag(elements->inner, record->tag);
    tag->slots = calloc(record->n_columns + 1, sizeof(*tag->slots));
    if (tag->tag < 0 || tag->slots == NULL)
        return false;
    tag->attribute = attribute_slot(elements, tag->tag, &elements->layout->elements->record);
    for (unsigned i = 0; i < record->n_columns; i++)
        tag->slots[i] = i < record->n_head || i >= flat_inside(record)
                            ? -1
                            : format->slot(elements->inner, tag->tag, record->columns[i].key);
    tag->n_slots = format->n_slots(elements->inner, tag->tag);
    tag->made = true;
    return true;
}

static int find_tag(struct unit_writer *writer, struct bytes text)
{
    const int tag = flat_record_find(self(writer)->layout, text);

    return tag >= 0 && make_tag(self(writer), tag) ? tag : -1;
}

static int find_slot(struct unit_writer *writer, int tag, struct bytes key)
{
    return flat_column_find(&self(writer)->layout->records[tag], key);
}

static unsigned count_slots(const struct unit_writer *writer, int tag)
{
    return self_const(writer)->layout->records[tag].n_columns;
}

static struct bytes find_split(const struct unit_writer *writer, int tag, int slot)
{
    return self_const(writer)->layout->records[tag].columns[slot].split;
}

static void tell_known(const struct unit_writer *writer, int tag, struct buffer *into)
{
    flat_tell_known(self_const(writer)->layout, tag, into);
}

/* --- documents */

static void begin_file(struct unit_writer *writer)
{
    struct unit_writer *xml = inner(writer);

    xml->format->begin_file(xml);
}

static void end_file(struct unit_writer *writer)
{
    struct unit_writer *xml = inner(writer);

    xml->format->end_file(xml);
}

static void begin_document(struct unit_writer *writer)
{
    struct element_writer *elements = self(writer);
    struct unit_writer *xml = inner(writer);
    const struct flat_attribute *attribute = &elements->layout->elements->document;
    struct unit_value value = {bytes_of(attribute->value), UNIT_TEXT};

    arena_reset(&elements->arena);
    flat_more_begin_document(elements->more);
    xml->format->begin_document(xml);
    (void)xml->format->begin_unit(xml, elements->document.tag, &value);
}

static bool end_document(struct unit_writer *writer)
{
    struct element_writer *elements = self(writer);
    struct unit_writer *xml = inner(writer);

    xml->format->end_unit(xml, elements->document.tag);
    if (elements->arena.failed)
        writer->out->failed = true;
    return xml->format->end_document(xml);
}

static void drop_document(struct unit_writer *writer)
{
    struct unit_writer *xml = inner(writer);

    xml->format->drop_document(xml);
}

/* --- units */

/* The cell with its sign, as it stands in the file. */
static struct bytes whole(struct element_writer *elements, const struct flat_cell *cell)
{
    const size_t len = cell->text.len + (cell->before != '\0') + (cell->after != '\0');
    char *at = arena_text(&elements->arena, len + 1), *end = at;

    if (at == NULL)
        return (struct bytes){NULL, 0};
    if (cell->before != '\0')
        *end++ = cell->before;
    memcpy(end, cell->text.at, cell->text.len);
    end += cell->text.len;
    if (cell->after != '\0')
        *end++ = cell->after;
    return (struct bytes){at, len};
}

static bool put_element(struct unit_writer *writer, int number, const struct unit_value *values)
{
    struct element_writer *elements = self(writer);
    const struct flat_layout *layout = elements->layout;
    const struct flat_record *record = &layout->records[number];
    const struct element_tag *tag = &elements->tags[number];
    struct unit_writer *xml = inner(writer);
    bool good = true;

    memset(elements->values, 0, tag->n_slots * sizeof(*elements->values));
    if (tag->attribute >= 0)
        elements->values[tag->attribute].text = bytes_of(layout->elements->record.value);
    for (unsigned i = record->n_head; i < flat_inside(record); i++) {
        const struct flat_column *column = &record->columns[i];
        struct unit_value value = flat_given(layout, writer, number, i, values[i]);
        struct flat_cell cell;

        if (value.text.at == NULL && column->constant.at != NULL)
            value = (struct unit_value){column->constant, UNIT_TEXT};
        if (value.text.len == 0)
            continue;
        if (!flat_cell_make(&cell, layout, column, value, false, &elements->scratch) ||
            !flat_can_stand(&cell)) {
            flat_tell(writer, (int)i, column, &cell);
            good = false;
        } else {
            elements->values[tag->slots[i]].text = whole(elements, &cell);
        }
    }
    return xml->format->begin_unit(xml, tag->tag, elements->values) && good;
}

static bool begin_unit(struct unit_writer *writer, int tag, const struct unit_value *values)
{
    return flat_more_put(self(writer)->more, writer, tag, values, put_element);
}

static void end_unit(struct unit_writer *writer, int tag)
{
    struct unit_writer *xml = inner(writer);

    xml->format->end_unit(xml, self(writer)->tags[tag].tag);
}

static const struct unit_format element_format = {
    .name = "xml", .extension = "xml", .close = close_writer,
    .tag = find_tag, .slot = find_slot, .n_slots = count_slots, .split = find_split,
    .tell_known = tell_known,
    .begin_file = begin_file, .end_file = end_file,
    .begin_document = begin_document, .end_document = end_document, .drop_document = drop_document,
    .begin_unit = begin_unit, .end_unit = end_unit,
};

struct unit_writer *element_write_open(const struct flat_layout *layout, size_t ceiling)
{
    struct element_writer *elements = calloc(1, sizeof(*elements));
    unsigned widest = 0;

    if (elements == NULL)
        return NULL;
    elements->base.format = &element_format;
    elements->layout = layout;
    arena_init(&elements->arena, CHUNK, ceiling);
    buffer_init(&elements->scratch, CELL_CEILING);
    for (unsigned i = 0; i < layout->n_records; i++)
        widest = layout->records[i].n_columns > widest ? layout->records[i].n_columns : widest;
    elements->tags = calloc(layout->n_records, sizeof(*elements->tags));
    elements->values = calloc(widest + 2, sizeof(*elements->values));
    elements->inner = xml_write_open(&layout->elements->tree, ceiling);
    if (elements->tags == NULL || elements->values == NULL || elements->inner == NULL ||
        !flat_more_open(&elements->more, layout)) {
        close_writer(&elements->base);
        return NULL;
    }
    elements->inner->fault = inner_fault;
    elements->inner->to = elements;
    elements->document.tag =
        elements->inner->format->tag(elements->inner, bytes_of(layout->elements->tree.document));
    elements->document.attribute =
        attribute_slot(elements, elements->document.tag, &layout->elements->document);
    if (elements->document.tag < 0) {
        close_writer(&elements->base);
        return NULL;
    }
    return &elements->base;
}
