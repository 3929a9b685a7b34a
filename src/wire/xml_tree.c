#include "wire/xml_reading.h"

#include <stdio.h>

static const struct bytes nothing = {NULL, 0};
static const char xsi[] = "http://www.w3.org/2001/XMLSchema-instance";
static const char xml_space[] = "http://www.w3.org/XML/1998/namespace";

/* --- where the parser is */

uint64_t xml_position(const struct xml_reader *r)
{
    const xmlParserInput *input = r->parser->input;

    return input->consumed + (uint64_t)(input->cur - input->base) + r->skew;
}

size_t xml_index_of(const struct xml_reader *r, uint64_t at)
{
    uint64_t index = at - r->input.begin.offset;

    return at < r->input.begin.offset ? 0 : index < r->input.text.len ? (size_t)index : r->input.text.len;
}

/* Where the start tag begins that the parser has just read but for its end: "<" cannot stand within one. */
static size_t tag_begin(const struct xml_reader *r)
{
    size_t at = xml_index_of(r, xml_position(r));

    while (at > 0 && r->input.text.at[at - 1] != '<')
        at--;
    return at > 0 ? at - 1 : 0;
}

void xml_finish(struct xml_reader *r, enum tree_event event)
{
    if (!r->done)
        r->result.event = event;
    r->done = true;
    r->calls.stop_parser(r->parser);
}

void xml_note(struct xml_reader *r, struct tree_trouble *trouble, size_t at, const char *what,
              struct bytes value, const char *expected)
{
    if (trouble->what[0] != '\0')
        return;
    tree_input_trouble(&r->input, at, trouble, what, value, expected);
    if (r->open && !r->document.too_large)
        tree_path(r->node, trouble->path, sizeof(trouble->path));
}

/* --- documents */

static void begin_document(struct xml_reader *r, size_t at)
{
    arena_reset(&r->arena);
    buffer_clear(&r->run);
    r->document = (struct tree_document){.begin = tree_input_mark(&r->input, at)};
    r->begin = r->input.begin.offset + at;
    r->open = true;
    r->node = NULL;
    if (r->bad_at < r->begin)
        r->bad.what[0] = '\0';
}

/* Hands it over, as far as `at`. */
static void end_document(struct xml_reader *r, uint64_t at)
{
    const size_t end = xml_index_of(r, at);
    const struct tree_mark mark = tree_input_mark(&r->input, end);
    struct tree_document *document = &r->document;

    r->open = false;
    document->too_large = document->too_large || r->arena.failed || r->run.failed;
    document->length = mark.offset - document->begin.offset;
    if (document->too_large)
        document->top = NULL;
    else
        document->raw = (struct bytes){r->input.text.at + xml_index_of(r, r->begin),
                                       end - xml_index_of(r, r->begin)};
    if (document->trouble.what[0] == '\0')
        document->trouble = r->bad;
    r->bad.what[0] = '\0';
    if (!r->taker->document(r->taker->whom, document))
        xml_finish(r, TREE_STOPPED);
}

static struct tree_node *add_node(struct xml_reader *r, struct tree_node *up, struct bytes name,
                                  enum tree_kind kind, uint16_t id, size_t at)
{
    struct tree_node *node = arena_alloc(&r->arena, sizeof(*node));

    if (node == NULL)
        return NULL;
    *node = (struct tree_node){.name = name,
                               .up = up,
                               .kind = (uint8_t)kind,
                               .id = id,
                               .offset = (uint32_t)(r->input.begin.offset + at - r->begin)};
    if (up == NULL)
        return node;
    if (up->last != NULL)
        up->last->next = node;
    else
        up->first = node;
    up->last = node;
    return node;
}

static bool is_blank(struct bytes text)
{
    return bytes_trim(text).len == 0;
}

/* What stood between two tags. */
static void end_run(struct xml_reader *r)
{
    struct bytes run = buffer_view(&r->run);
    struct tree_node *node = r->node;

    if (run.len == 0)
        return;
    if (!is_blank(run)) {
        if (node->text.at != NULL || (node->last != NULL && node->last->kind != TREE_ATTRIBUTE))
            node = add_node(r, node, (struct bytes){NULL, 0}, TREE_RUN, 0, xml_index_of(r, xml_position(r)));
        if (node != NULL)
            node->text = arena_copy(&r->arena, run);
    }
    buffer_clear(&r->run);
}

/* "&" comes from the parser as "&#38;", for it may look at the value again. */
static struct bytes attribute_value(struct xml_reader *r, const xmlChar *from, const xmlChar *end)
{
    static const char escaped[] = "&#38;";
    const size_t len = (size_t)(end - from);
    char *value = arena_text(&r->arena, len), *to = value;

    if (value == NULL)
        return nothing;
    while (from < end) {
        *to++ = (char)*from;
        from += end - from >= 5 && memcmp(from, escaped, 5) == 0 ? 5 : 1;
    }
    return (struct bytes){value, (size_t)(to - value)};
}

/* --- what the parser says */

static struct tree_name name_of(const xmlChar *name, const xmlChar *space, bool attribute)
{
    return (struct tree_name){
        .space = bytes_of((const char *)space), .name = bytes_of((const char *)name), .attribute = attribute};
}

static void add_attributes(struct xml_reader *r, struct tree_node *node, int n, const xmlChar **attributes,
                           size_t at)
{
    for (int i = 0; i < n; i++, attributes += 5) {
        const char *space = (const char *)attributes[2];
        struct tree_name name = name_of(attributes[0], attributes[2], true);
        struct tree_node *attribute;

        /* Hints for validators, and of XML itself, are no data. */
        if (space != NULL && (strcmp(space, xsi) == 0 || strcmp(space, xml_space) == 0))
            continue;
        attribute = add_node(r, node, name.name, TREE_ATTRIBUTE, tree_names_find(r->names, name), at);
        if (attribute != NULL && attributes[4] > attributes[3])
            attribute->text = attribute_value(r, attributes[3], attributes[4]);
    }
}

/* "orders of urn:example" */
static const char *full_name(const struct tree_name *name, char *into, size_t size)
{
    snprintf(into, size, "%.*s%s%.*s", BYTES_ARG(name->name), name->space.len > 0 ? " of " : "",
             BYTES_ARG(name->space));
    return into;
}

static void wrong_root(struct xml_reader *r, const struct tree_name *found, const char *wanted)
{
    struct tree_trouble *trouble = &r->result.trouble;
    struct tree_name name;
    char what[100], expected[120];

    (void)tree_name_of(r->layout, bytes_of(wanted), &name);
    tree_input_trouble(&r->input, tag_begin(r), trouble, "", nothing,
                       full_name(&name, expected, sizeof(expected)));
    snprintf(trouble->what, sizeof(trouble->what), "the outermost element is %s",
             full_name(found, what, sizeof(what)));
    xml_finish(r, TREE_REFUSED);
}

/* An element outside of documents. */
static void enter_outer(struct xml_reader *r, struct tree_name name, int n, const xmlChar **attributes)
{
    const uint16_t id = tree_names_find(r->names, name);

    if (r->depth == 1 && id != (r->root != 0 ? r->root : r->document_name)) {
        wrong_root(r, &name, r->root != 0 ? r->layout->root : r->layout->document);
        return;
    }
    if (r->depth != r->level)
        return;
    if (id != r->document_name) {
        r->taker->stray(r->taker->whom, name.name);
        return;
    }
    begin_document(r, tag_begin(r));
    r->node = add_node(r, NULL, bytes_of(r->layout->document), TREE_ELEMENT, id, xml_index_of(r, r->begin));
    r->document.top = r->node;
    if (r->node != NULL)
        add_attributes(r, r->node, n, attributes, xml_index_of(r, r->begin));
}

/* Whether what the parser says is said in vain: not all that is wrong stops it, and how far it goes on
 * depends on the pieces that it gets. */
static bool is_over(const struct xml_reader *r)
{
    return r->done || r->result.event == TREE_BROKEN;
}

/* Whether what the parser says goes into a tree. */
static bool is_wanted(const struct xml_reader *r)
{
    return r->open && !r->document.too_large && !r->arena.failed && r->depth < r->level + TREE_MAX_DEPTH;
}

static void on_start(void *whom, const xmlChar *local, const xmlChar *prefix, const xmlChar *space,
                     int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
                     const xmlChar **attributes)
{
    struct xml_reader *r = whom;
    const struct tree_name name = name_of(local, space, false);
    struct tree_node *node;
    size_t at;

    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (is_over(r))
        return;
    r->depth++;
    r->beside = false;
    if (!r->open) {
        r->behind = r->input.begin.offset + tag_begin(r);
        enter_outer(r, name, n, attributes);
        return;
    }
    if (r->depth == r->level + TREE_MAX_DEPTH)
        xml_note(r, &r->document.trouble, tag_begin(r), "elements are nested too deep", nothing,
                 "at most 99 levels");
    if (!is_wanted(r))
        return;
    end_run(r);
    at = tag_begin(r);
    node = add_node(r, r->node, name.name, TREE_ELEMENT, tree_names_find(r->names, name), at);
    if (node == NULL)
        return;
    r->node = node;
    add_attributes(r, node, n, attributes, at);
}

static void on_end(void *whom, const xmlChar *local, const xmlChar *prefix, const xmlChar *space)
{
    struct xml_reader *r = whom;

    (void)local, (void)prefix, (void)space;
    if (is_over(r))
        return;
    r->beside = false;
    if (is_wanted(r)) {
        end_run(r);
        if (r->depth > r->level)
            r->node = r->node->up;
    }
    if (r->open && r->depth == r->level)
        end_document(r, xml_position(r));
    if (!r->open)
        r->behind = xml_position(r);
    r->depth--;
}

static void on_text(void *whom, const xmlChar *text, int len)
{
    struct xml_reader *r = whom;

    if (is_over(r))
        return;
    if (is_wanted(r)) {
        buffer_add(&r->run, (const char *)text, (size_t)len);
    } else if (!r->open && r->depth < r->level && !r->beside &&
               !is_blank((struct bytes){(const char *)text, (size_t)len})) {
        r->beside = true;
        r->taker->stray(r->taker->whom, BYTES("text outside of every document"));
    }
}

static void on_doctype(void *whom, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    struct xml_reader *r = whom;

    (void)name, (void)external, (void)system;
    xml_note(r, &r->result.trouble, xml_index_of(r, xml_position(r)), "the file has a DOCTYPE", nothing,
             "none: definitions and entities are never read");
    xml_finish(r, TREE_REFUSED);
}

static xmlEntityPtr on_entity(void *whom, const xmlChar *name)
{
    const struct xml_reader *r = whom;

    return r->calls.get_predefined_entity(name);
}

/* `ended`: at all that it has; it then does not count what may go on. */
static void give_up(struct xml_reader *r, bool ended)
{
    if (r->result.event != TREE_BROKEN)
        r->broken_at = ended ? r->fed : xml_position(r);
    r->result.event = TREE_BROKEN;
}

/* What the parser complains of; its words end with a line end. */
static void on_error(void *whom, xmlErrorPtr error)
{
    struct xml_reader *r = whom;
    const bool of_namespace = error->domain == XML_FROM_NAMESPACE;
    struct tree_trouble *trouble = of_namespace && r->open ? &r->document.trouble : &r->result.trouble;
    struct bytes said = bytes_trim_end(bytes_of(error->message));
    char what[160];

    if (r->done || error->level < XML_ERR_ERROR)
        return;
    if (error->code == XML_ERR_DOCUMENT_EMPTY)
        said = BYTES("this is no XML: it does not begin with an element");
    if (error->code == XML_ERR_INTERNAL_ERROR && memmem(said.at, said.len, "Huge input", 10) != NULL)
        said = BYTES("a name or a value is longer than ten million bytes");
    snprintf(what, sizeof(what), "%.*s", BYTES_ARG(said));
    xml_note(r, trouble, xml_index_of(r, xml_position(r)), what, nothing, "");
    if (!of_namespace || !r->open)
        give_up(r, error->code == XML_ERR_DOCUMENT_END && r->depth > 0);
}

const xmlSAXHandler xml_tree_handler = {
    .initialized = XML_SAX2_MAGIC,
    .startElementNs = on_start,
    .endElementNs = on_end,
    .characters = on_text,
    .ignorableWhitespace = on_text,
    .cdataBlock = on_text,
    .internalSubset = on_doctype,
    .getEntity = on_entity,
    .serror = on_error,
};
