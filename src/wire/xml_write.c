#include "wire/xml_write.h"

#include <stdlib.h>

#include <libxml/xmlwriter.h>

#include "base/utf8.h"
#include "wire/tree_write.h"

struct xml_writer {
    struct tree_writer tree; /* must stay first */
    xmlTextWriterPtr writer;
};

static struct xml_writer *self(struct unit_writer *writer)
{
    return (struct xml_writer *)writer;
}

static void tell_known(const struct unit_writer *writer, int tag, struct buffer *into)
{
    (void)writer;
    if (tag < 0)
        buffer_add_string(into, "a path of element names, such as lines/line");
    else
        buffer_add_string(into, "a path such as price, @number or price/@currency, or . for the text");
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

static const char *misfit(const struct tree_writer *writer, const struct tree_path *path,
                          struct unit_value value, const char **expected)
{
    (void)writer, (void)path;
    *expected = "text without control characters";
    return is_xml_text(value.text) ? NULL : "it holds a character that XML does not know";
}

/* --- out */

static const xmlChar *chars(const char *text)
{
    return (const xmlChar *)text;
}

static void take(struct xml_writer *xml, int result)
{
    if (result < 0)
        xml->tree.base.out->failed = true;
}

static void write_namespaces(struct xml_writer *xml)
{
    for (unsigned i = 0; i < xml->tree.layout->n_namespaces; i++)
        take(xml, xmlTextWriterWriteAttribute(xml->writer, chars(xml->tree.layout->namespaces[i].name),
                                              chars(xml->tree.layout->namespaces[i].uri)));
}

/* As deep as the map's nodes nest, which is bounded. */
static void write_element(struct xml_writer *xml, const struct tree_element *element, bool outermost)
{
    take(xml, xmlTextWriterStartElement(xml->writer, chars(element->name)));
    if (outermost)
        write_namespaces(xml);
    for (const struct tree_attribute *a = element->attributes; a != NULL; a = a->next)
        take(xml, xmlTextWriterWriteAttribute(xml->writer, chars(a->name), chars(a->value)));
    if (element->text != NULL)
        take(xml, xmlTextWriterWriteString(xml->writer, chars(element->text)));
    for (const struct tree_element *child = element->first; child != NULL; child = child->next)
        write_element(xml, child, false);
    take(xml, xmlTextWriterEndElement(xml->writer));
}

static bool end_document(struct unit_writer *writer)
{
    struct xml_writer *xml = self(writer);
    const bool alone = tree_layout_is_alone(xml->tree.layout);

    if (!tree_write_is_whole(&xml->tree))
        return false;
    for (const struct tree_element *element = xml->tree.top.first; element != NULL; element = element->next)
        write_element(xml, element, alone);
    take(xml, xmlTextWriterFlush(xml->writer));
    return true;
}

static int write_out(void *context, const char *at, int len)
{
    struct xml_writer *xml = context;

    if (xml->tree.base.out == NULL) /* the writer is closed in the midst of a file */
        return len;
    buffer_add(xml->tree.base.out, at, (size_t)len);
    return xml->tree.base.out->failed ? -1 : len;
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
    xml->tree.documents = 0;
    if (out == NULL || (xml->writer = xmlNewTextWriter(out)) == NULL) {
        if (out != NULL)
            xmlOutputBufferClose(out);
        writer->out->failed = true;
        return;
    }
    if (xml->tree.layout->indent > 0) {
        size_t width = xml->tree.layout->indent < sizeof(blanks) ? xml->tree.layout->indent
                                                                 : sizeof(blanks) - 1;

        memset(blanks, ' ', width);
        blanks[width] = '\0';
        take(xml, xmlTextWriterSetIndent(xml->writer, 1));
        take(xml, xmlTextWriterSetIndentString(xml->writer, chars(blanks)));
    }
    take(xml, xmlTextWriterStartDocument(xml->writer, NULL, "UTF-8", NULL));
    if (xml->tree.layout->root != NULL) {
        take(xml, xmlTextWriterStartElement(xml->writer, chars(xml->tree.layout->root)));
        write_namespaces(xml);
    }
}

static void close_writer(struct unit_writer *writer)
{
    struct xml_writer *xml = self(writer);

    xml->tree.base.out = NULL; /* it may be gone */
    if (xml->writer != NULL)
        xmlFreeTextWriter(xml->writer);
    tree_write_release(&xml->tree);
    free(xml);
}

static const struct unit_format xml_format = {
    .name = "xml",
    .extension = "xml",
    .close = close_writer,
    .tag = tree_write_tag,
    .slot = tree_write_slot,
    .n_slots = tree_write_slots,
    .tell_known = tell_known,
    .begin_file = begin_file,
    .end_file = end_file,
    .begin_document = tree_write_begin_document,
    .end_document = end_document,
    .drop_document = tree_write_begin_document,
    .begin_unit = tree_write_begin_unit,
    .end_unit = tree_write_end_unit,
};

struct unit_writer *xml_write_open(const struct tree_layout *layout, size_t ceiling)
{
    struct xml_writer *xml = calloc(1, sizeof(*xml));

    if (xml == NULL)
        return NULL;
    tree_write_init(&xml->tree, layout, ceiling);
    xml->tree.base.format = &xml_format;
    xml->tree.is_name = xml_is_name;
    xml->tree.misfit = misfit;
    return &xml->tree.base;
}
