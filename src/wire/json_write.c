#include "wire/json_write.h"

#include <stdlib.h>

#include "base/scanner.h"
#include "wire/tree_write.h"

static struct tree_writer *self(struct unit_writer *writer)
{
    return (struct tree_writer *)writer;
}

static void tell_known(const struct unit_writer *writer, int tag, struct buffer *into)
{
    (void)writer;
    if (tag < 0)
        buffer_add_string(into, "a path of members, such as order/lines[]");
    else
        buffer_add_string(into, "a path such as price or price/amount, or . for the value itself");
}

static bool is_name(const char *name)
{
    return name[0] != '\0';
}

/* --- values */

static enum tree_type type_of(const struct tree_layout *layout, const char *name, enum unit_type type)
{
    for (unsigned i = 0; i < layout->n_members; i++)
        if (bytes_are(layout->members[i].name, name))
            return layout->members[i].type;
    return type == UNIT_NUMBER ? TREE_NUMBER : TREE_STRING;
}

static bool is_number(struct bytes text)
{
    struct scanner scanner = {.begin = text.at, .at = text.at, .end = text.at + text.len};
    struct scanner_text number;

    return scanner_number(&scanner, &number) && scanner.at == scanner.end;
}

static const char *misfit(const struct tree_writer *writer, const struct tree_path *path,
                          struct unit_value value, const char **expected)
{
    const char *name = path->n_steps > 0 ? path->steps[path->n_steps - 1].name : "";

    switch (type_of(writer->layout, name, value.type)) {
    case TREE_STRING: return NULL;
    case TREE_NUMBER:
        *expected = "digits as JSON has them, without zeros in front";
        return is_number(value.text) ? NULL : "the layout makes it a number, and it is none";
    case TREE_BOOLEAN: break;
    }
    *expected = "true or false";
    return bytes_are(value.text, "true") || bytes_are(value.text, "false")
               ? NULL
               : "the layout makes it true or false, and it is neither";
}

static void put_string(struct buffer *out, const char *text)
{
    static const char escapes[] = "\b\t\n\v\f\r\"\\", letters[] = "btn\0fr\"\\";

    buffer_add_byte(out, '"');
    for (const char *at = text; *at != '\0'; at++) {
        const char *escape = memchr(escapes, *at, sizeof(escapes) - 1);

        if (escape != NULL && letters[escape - escapes] != '\0') {
            buffer_add_byte(out, '\\');
            buffer_add_byte(out, letters[escape - escapes]);
        } else if ((unsigned char)*at < 0x20) {
            buffer_add_format(out, "\\u%04x", (unsigned)*at);
        } else {
            buffer_add_byte(out, *at);
        }
    }
    buffer_add_byte(out, '"');
}

/* --- documents */

/* A line end and blanks, or nothing in one line. */
static void put_break(const struct tree_writer *json, unsigned level)
{
    if (json->layout->lines || json->layout->indent == 0)
        return;
    buffer_add_byte(json->base.out, '\n');
    for (unsigned i = 0; i < level * json->layout->indent; i++)
        buffer_add_byte(json->base.out, ' ');
}

static void put_name(const struct tree_writer *json, const char *name)
{
    put_string(json->base.out, name);
    buffer_add_string(json->base.out, json->layout->lines || json->layout->indent == 0 ? ":" : ": ");
}

static void put_object(const struct tree_writer *json, struct tree_element *object, unsigned level);

static void put_value(const struct tree_writer *json, struct tree_element *element, unsigned level)
{
    if (element->text == NULL)
        put_object(json, element, level);
    else if (type_of(json->layout, element->name, element->type) == TREE_STRING)
        put_string(json->base.out, element->text);
    else
        buffer_add_string(json->base.out, element->text);
}

/* The next element of that name, from `element` on. */
static struct tree_element *same_name(struct tree_element *element, const char *name)
{
    while (element != NULL && strcmp(element->name, name) != 0)
        element = element->next;
    return element;
}

/* All of one name, wherever they stand. */
static void put_array(const struct tree_writer *json, struct tree_element *first, unsigned level)
{
    buffer_add_byte(json->base.out, '[');
    for (struct tree_element *element = first; element != NULL;
         element = same_name(element->next, first->name)) {
        if (element != first)
            buffer_add_byte(json->base.out, ',');
        put_break(json, level + 1);
        put_value(json, element, level + 1);
        element->written = true;
    }
    put_break(json, level);
    buffer_add_byte(json->base.out, ']');
}

/* As deep as the map's nodes nest, which is bounded. */
static void put_object(const struct tree_writer *json, struct tree_element *object, unsigned level)
{
    bool some = false;

    buffer_add_byte(json->base.out, '{');
    for (struct tree_element *element = object->first; element != NULL; element = element->next) {
        if (element->written)
            continue;
        if (some)
            buffer_add_byte(json->base.out, ',');
        some = true;
        put_break(json, level + 1);
        put_name(json, element->name);
        if (element->many || same_name(element->next, element->name) != NULL)
            put_array(json, element, level + 1);
        else
            put_value(json, element, level + 1);
    }
    if (some)
        put_break(json, level);
    buffer_add_byte(json->base.out, '}');
}

/* An element that has a value of its own has no members. */
static const struct tree_element *find_mixed(const struct tree_element *element)
{
    const struct tree_element *mixed = element->text != NULL && element->first != NULL ? element : NULL;

    for (const struct tree_element *child = element->first; child != NULL && mixed == NULL;
         child = child->next)
        mixed = find_mixed(child);
    return mixed;
}

/* Levels around a document. */
static unsigned outer_levels(const struct tree_layout *layout)
{
    return layout->root != NULL ? 2 : layout->array ? 1 : 0;
}

static bool end_document(struct unit_writer *writer)
{
    struct tree_writer *json = self(writer);
    const unsigned level = outer_levels(json->layout);
    const struct tree_element *mixed = find_mixed(&json->top);

    if (mixed != NULL) {
        tree_write_tell(json, -1, bytes_of(mixed->name), "a member would have a value and members, too",
                        "one path for the value, and others beside it");
        return false;
    }
    if (!tree_write_is_whole(json))
        return false;
    for (struct tree_element *element = json->top.first; element != NULL; element = element->next) {
        if (level > 0 && json->documents > 1)
            buffer_add_byte(writer->out, ',');
        if (level > 0)
            put_break(json, level);
        put_value(json, element, level);
        if (level == 0)
            buffer_add_byte(writer->out, '\n');
    }
    return true;
}

/* --- files */

static void begin_file(struct unit_writer *writer)
{
    struct tree_writer *json = self(writer);

    json->documents = 0;
    if (json->layout->root != NULL) {
        buffer_add_byte(writer->out, '{');
        put_break(json, 1);
        put_name(json, json->layout->root);
    }
    if (outer_levels(json->layout) > 0)
        buffer_add_byte(writer->out, '[');
}

static void end_file(struct unit_writer *writer)
{
    struct tree_writer *json = self(writer);
    const unsigned level = outer_levels(json->layout);

    if (level == 0)
        return;
    if (json->documents > 0)
        put_break(json, level - 1);
    buffer_add_byte(writer->out, ']');
    if (level == 2) {
        put_break(json, 0);
        buffer_add_byte(writer->out, '}');
    }
    buffer_add_byte(writer->out, '\n');
}

static void close_writer(struct unit_writer *writer)
{
    tree_write_release(self(writer));
    free(writer);
}

static const struct unit_format json_format = {
    .name = "json",
    .extension = "json",
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

struct unit_writer *json_write_open(const struct tree_layout *layout, size_t ceiling)
{
    struct tree_writer *json = calloc(1, sizeof(*json));

    if (json == NULL)
        return NULL;
    tree_write_init(json, layout, ceiling);
    json->base.format = &json_format;
    json->is_name = is_name;
    json->misfit = misfit;
    return &json->base;
}
