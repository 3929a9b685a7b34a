#include "wire/xml_write.h"

#include <stdio.h>
#include <stdlib.h>

#include <libxml/xmlwriter.h>

#include "base/arena.h"
#include "base/utf8.h"

enum { MAX_STEPS = 8, CELL_CEILING = 4096 };

/* A tag's or field's place. */
struct path {
    struct bytes text;       /* as the map has it */
    unsigned n_steps;        /* elements to go down; 0: the unit itself */
    const char *steps[MAX_STEPS];
    const char *attribute;   /* of the last, or NULL: its text */
};

struct tag {
    struct path path;
    unsigned n_slots;
    struct path *slots;
};

struct attribute {
    struct attribute *next;
    const char *name, *value;
};

struct element {
    const char *name;
    const char *text;        /* NULL: none */
    struct attribute *attributes, *last_attribute;
    struct element *first, *last, *next, *previous;
    struct element *outer;   /* the unit around this unit */
};

struct xml_writer {
    struct unit_writer base;
    const struct tree_layout *layout;
    struct arena names;      /* paths: live as long as the writer */
    struct arena document;   /* elements: live as long as the document */
    struct tag *tags;
    unsigned n_tags;
    struct element top;      /* its children are the document's outermost elements */
    struct element *unit;
    struct buffer scratch;
    xmlTextWriterPtr writer;
    unsigned documents;      /* in this file */
};

static struct xml_writer *self(struct unit_writer *writer)
{
    return (struct xml_writer *)writer;
}

/* --- paths */

static bool path_parse(struct path *path, struct bytes text, struct arena *names, bool is_tag)
{
    struct bytes rest = text, step;

    *path = (struct path){.text = arena_copy(names, text)};
    if (!is_tag && bytes_are(text, "."))
        return path->text.at != NULL;
    while (bytes_split(&rest, '/', &step)) {
        bool attribute = step.len > 0 && step.at[0] == '@';
        struct bytes name;

        if (attribute) {
            step.at++;
            step.len--;
        }
        name = arena_copy(names, step);
        if (name.at == NULL || memchr(step.at, '\0', step.len) != NULL || !xml_is_name(name.at))
            return false;
        if (attribute) {
            path->attribute = name.at;
            return !is_tag && rest.at == NULL;
        }
        if (path->n_steps == MAX_STEPS)
            return false;
        path->steps[path->n_steps++] = name.at;
    }
    return path->n_steps > 0;
}

static int find_tag(struct unit_writer *writer, struct bytes text)
{
    struct xml_writer *xml = self(writer);
    struct tag *tags;
    struct path path;

    for (unsigned i = 0; i < xml->n_tags; i++)
        if (bytes_equal(xml->tags[i].path.text, text))
            return (int)i;
    if (!path_parse(&path, text, &xml->names, true))
        return -1;
    tags = realloc(xml->tags, (xml->n_tags + 1) * sizeof(*tags));
    if (tags == NULL)
        return -1;
    tags[xml->n_tags] = (struct tag){.path = path};
    xml->tags = tags;
    return (int)xml->n_tags++;
}

static int find_slot(struct unit_writer *writer, int number, struct bytes key)
{
    struct xml_writer *xml = self(writer);
    struct tag *tag = &xml->tags[number];
    struct path *slots, path;

    for (unsigned i = 0; i < tag->n_slots; i++)
        if (bytes_equal(tag->slots[i].text, key))
            return (int)i;
    if (!path_parse(&path, key, &xml->names, false))
        return -1;
    slots = realloc(tag->slots, (tag->n_slots + 1) * sizeof(*slots));
    if (slots == NULL)
        return -1;
    slots[tag->n_slots] = path;
    tag->slots = slots;
    return (int)tag->n_slots++;
}

static unsigned count_slots(const struct unit_writer *writer, int tag)
{
    return ((const struct xml_writer *)writer)->tags[tag].n_slots;
}

static void tell_known(const struct unit_writer *writer, int tag, struct buffer *into)
{
    (void)writer;
    if (tag < 0)
        buffer_add_string(into, "a path of element names, such as lines/line");
    else
        buffer_add_string(into, "a path such as price, @number or price/@currency, or . for the text");
}

/* --- the document in memory */

/* arena_zalloc's failure is sticky in the arena, which end_document asks. */
static struct element *add_element(struct xml_writer *xml, struct element *parent, const char *name)
{
    struct element *element = arena_zalloc(&xml->document, 1, sizeof(*element));

    if (element == NULL)
        return NULL;
    element->name = name;
    element->previous = parent->last;
    if (parent->last != NULL)
        parent->last->next = element;
    else
        parent->first = element;
    parent->last = element;
    return element;
}

/* The last child of that name, made when there is none. */
static struct element *enter(struct xml_writer *xml, struct element *parent, const char *name)
{
    for (struct element *child = parent->last; child != NULL; child = child->previous)
        if (strcmp(child->name, name) == 0)
            return child;
    return add_element(xml, parent, name);
}

static void add_value(struct xml_writer *xml, struct element *unit, const struct path *path,
                      struct bytes text)
{
    struct element *element = unit;
    struct attribute *attribute;
    const char *copy = arena_copy(&xml->document, text).at;

    for (unsigned i = 0; i < path->n_steps && element != NULL; i++)
        element = enter(xml, element, path->steps[i]);
    if (element == NULL || copy == NULL)
        return;
    if (path->attribute == NULL) {
        element->text = copy;
        return;
    }
    attribute = arena_zalloc(&xml->document, 1, sizeof(*attribute));
    if (attribute == NULL)
        return;
    attribute->name = path->attribute;
    attribute->value = copy;
    if (element->last_attribute != NULL)
        element->last_attribute->next = attribute;
    else
        element->attributes = attribute;
    element->last_attribute = attribute;
}

static void tell(struct xml_writer *xml, int slot, struct bytes column, const char *what,
                 const char *expected)
{
    struct unit_fault fault = {.slot = slot, .column = column, .what = what, .expected = expected};

    xml->base.fault(xml->base.to, &fault);
}

static bool is_xml_text(struct bytes text)
{
    size_t at = 0;

    while (at < text.len) {
        uint32_t point;
        unsigned len = utf8_character(text.at + at, text.len - at, &point);

        if (len == 0 || point == 0xfffe || point == 0xffff)
            return false;
        if (point < 0x20 && point != '\t' && point != '\n' && point != '\r')
            return false;
        at += len;
    }
    return true;
}

static bool turn_date(struct xml_writer *xml, struct unit_value *value, const char **what)
{
    const struct date_form *form = NULL;

    if (value->type == UNIT_DATE)
        form = xml->layout->date;
    else if (value->type == UNIT_TIME)
        form = xml->layout->time;
    else if (value->type == UNIT_DATETIME)
        form = xml->layout->datetime;
    if (form == NULL)
        return true;
    buffer_clear(&xml->scratch);
    *what = date_form_write(form, value->text, &xml->scratch);
    value->text = buffer_view(&xml->scratch);
    return *what == NULL;
}

static bool begin_unit(struct unit_writer *writer, int number, const struct unit_value *values)
{
    struct xml_writer *xml = self(writer);
    struct tag *tag = &xml->tags[number];
    struct element *element = xml->unit;
    bool good = true;

    for (unsigned i = 0; i + 1 < tag->path.n_steps && element != NULL; i++)
        element = enter(xml, element, tag->path.steps[i]);
    if (element != NULL)
        element = add_element(xml, element, tag->path.steps[tag->path.n_steps - 1]);
    if (element == NULL)
        return true; /* end_document tells */
    element->outer = xml->unit;
    xml->unit = element;
    for (unsigned i = 0; i < tag->n_slots; i++) {
        struct unit_value value = values[i];
        const char *what = NULL;

        if (value.text.at == NULL)
            continue;
        if (!turn_date(xml, &value, &what)) {
            tell(xml, (int)i, tag->slots[i].text, what, NULL);
            good = false;
        } else if (!is_xml_text(value.text)) {
            tell(xml, (int)i, tag->slots[i].text, "it holds a character that XML does not know",
                 "text without control characters");
            good = false;
        } else {
            add_value(xml, element, &tag->slots[i], value.text);
        }
    }
    return good;
}

static void end_unit(struct unit_writer *writer, int tag)
{
    struct xml_writer *xml = self(writer);

    (void)tag;
    if (xml->unit->outer != NULL)
        xml->unit = xml->unit->outer;
}

static void begin_document(struct unit_writer *writer)
{
    struct xml_writer *xml = self(writer);

    memset(&xml->top, 0, sizeof(xml->top));
    xml->unit = &xml->top;
    arena_reset(&xml->document);
}

static void drop_document(struct unit_writer *writer)
{
    begin_document(writer);
}

/* --- out */

static const xmlChar *chars(const char *text)
{
    return (const xmlChar *)text;
}

static void take(struct xml_writer *xml, int result)
{
    if (result < 0)
        xml->base.out->failed = true;
}

static void write_namespaces(struct xml_writer *xml)
{
    for (unsigned i = 0; i < xml->layout->n_namespaces; i++)
        take(xml, xmlTextWriterWriteAttribute(xml->writer, chars(xml->layout->namespaces[i].name),
                                              chars(xml->layout->namespaces[i].uri)));
}

/* As deep as the map's nodes nest, which is bounded. */
static void write_element(struct xml_writer *xml, const struct element *element, bool outermost)
{
    take(xml, xmlTextWriterStartElement(xml->writer, chars(element->name)));
    if (outermost)
        write_namespaces(xml);
    for (const struct attribute *a = element->attributes; a != NULL; a = a->next)
        take(xml, xmlTextWriterWriteAttribute(xml->writer, chars(a->name), chars(a->value)));
    if (element->text != NULL)
        take(xml, xmlTextWriterWriteString(xml->writer, chars(element->text)));
    for (const struct element *child = element->first; child != NULL; child = child->next)
        write_element(xml, child, false);
    take(xml, xmlTextWriterEndElement(xml->writer));
}

static bool end_document(struct unit_writer *writer)
{
    struct xml_writer *xml = self(writer);
    static const struct bytes none = {NULL, 0};
    bool alone = xml->layout->root == NULL;

    if (xml->document.failed) {
        tell(xml, -1, none, "it is too large to be put together in memory", NULL);
        return false;
    }
    if (alone && (xml->documents > 0 || xml->top.first == NULL || xml->top.first->next != NULL)) {
        tell(xml, -1, none, "a file without a root element holds one document of one element",
             "a root in the layout, or one file a document");
        return false;
    }
    for (const struct element *element = xml->top.first; element != NULL; element = element->next)
        write_element(xml, element, alone);
    take(xml, xmlTextWriterFlush(xml->writer));
    xml->documents++;
    return true;
}

static int write_out(void *context, const char *at, int len)
{
    struct xml_writer *xml = context;

    buffer_add(xml->base.out, at, (size_t)len);
    return xml->base.out->failed ? -1 : len;
}

static int close_out(void *context)
{
    (void)context;
    return 0;
}

static void end_file(struct unit_writer *writer)
{
    struct xml_writer *xml = self(writer);

    if (xml->writer == NULL)
        return;
    take(xml, xmlTextWriterEndDocument(xml->writer));
    take(xml, xmlTextWriterFlush(xml->writer));
    xmlFreeTextWriter(xml->writer);
    xml->writer = NULL;
}

static void begin_file(struct unit_writer *writer)
{
    struct xml_writer *xml = self(writer);
    xmlOutputBufferPtr out = xmlOutputBufferCreateIO(write_out, close_out, xml, NULL);
    char blanks[16];

    end_file(writer);
    xml->documents = 0;
    if (out == NULL || (xml->writer = xmlNewTextWriter(out)) == NULL) {
        if (out != NULL)
            xmlOutputBufferClose(out);
        writer->out->failed = true;
        return;
    }
    if (xml->layout->indent > 0) {
        size_t width = xml->layout->indent < sizeof(blanks) ? xml->layout->indent : sizeof(blanks) - 1;

        memset(blanks, ' ', width);
        blanks[width] = '\0';
        take(xml, xmlTextWriterSetIndent(xml->writer, 1));
        take(xml, xmlTextWriterSetIndentString(xml->writer, chars(blanks)));
    }
    take(xml, xmlTextWriterStartDocument(xml->writer, NULL, "UTF-8", NULL));
    if (xml->layout->root != NULL) {
        take(xml, xmlTextWriterStartElement(xml->writer, chars(xml->layout->root)));
        write_namespaces(xml);
    }
}

static void close_writer(struct unit_writer *writer)
{
    struct xml_writer *xml = self(writer);

    if (xml->writer != NULL)
        xmlFreeTextWriter(xml->writer);
    for (unsigned i = 0; i < xml->n_tags; i++)
        free(xml->tags[i].slots);
    free(xml->tags);
    buffer_release(&xml->scratch);
    arena_release(&xml->document);
    arena_release(&xml->names);
    free(xml);
}

static const struct unit_format xml_format = {
    .name = "xml", .extension = "xml", .close = close_writer,
    .tag = find_tag, .slot = find_slot, .n_slots = count_slots, .tell_known = tell_known,
    .begin_file = begin_file, .end_file = end_file,
    .begin_document = begin_document, .end_document = end_document, .drop_document = drop_document,
    .begin_unit = begin_unit, .end_unit = end_unit,
};

struct unit_writer *xml_write_open(const struct tree_layout *layout, size_t ceiling)
{
    struct xml_writer *xml = calloc(1, sizeof(*xml));

    if (xml == NULL)
        return NULL;
    xml->base.format = &xml_format;
    xml->layout = layout;
    xml->unit = &xml->top;
    arena_init(&xml->names, 4096, 1024 * 1024);
    arena_init(&xml->document, 64 * 1024, ceiling);
    buffer_init(&xml->scratch, CELL_CEILING);
    return &xml->base;
}
