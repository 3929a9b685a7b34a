#include "wire/xml_read.h"

#include <errno.h>
#include <stdio.h>

#include "base/utf8.h"
#include "wire/tree_input.h"
#include "wire/xml.h"
#include "wire/xml_load.h"

enum { DECLARATION_MOST = 1024, SHOWN = 24 };

static const struct bytes nothing = {NULL, 0};

static const char xsi[] = "http://www.w3.org/2001/XMLSchema-instance";
static const char xml_space[] = "http://www.w3.org/XML/1998/namespace";

struct reader {
    const struct tree_layout *layout;
    struct tree_names *names;
    const struct tree_taker *taker;
    struct tree_input input;
    struct xml_calls calls;
    xmlParserCtxtPtr parser;
    uint16_t root, document_name; /* numbers; root 0: none */
    size_t ceiling;
    uint64_t fed;          /* bytes of the text, from the file's beginning, that the parser has */
    uint64_t broken_at;    /* where the parser gave up */
    uint64_t skew;         /* of them, what it never had: the byte order mark */
    unsigned depth, level; /* elements open; and when a document's is the innermost */

    struct arena arena; /* of the document */
    struct buffer run;  /* text since the last tag */
    bool open;
    uint64_t begin; /* of the open document */
    struct tree_document document;
    struct tree_node *node;
    struct tree_trouble bad; /* of a character at `bad_at`, the first since the document began */
    uint64_t bad_at;

    struct tree_reading result;
    bool done; /* with the file */
};

/* --- where the parser is */

static uint64_t position(const struct reader *r)
{
    const xmlParserInput *input = r->parser->input;

    return input->consumed + (uint64_t)(input->cur - input->base) + r->skew;
}

/* The same, in the text that is kept. */
static size_t index_of(const struct reader *r, uint64_t at)
{
    uint64_t index = at - r->input.begin.offset;

    return at < r->input.begin.offset ? 0 : index < r->input.text.len ? (size_t)index : r->input.text.len;
}

/* Where the start tag begins that the parser has just read but for its end: "<" cannot stand within one. */
static size_t tag_begin(const struct reader *r)
{
    size_t at = index_of(r, position(r));

    while (at > 0 && r->input.text.at[at - 1] != '<')
        at--;
    return at > 0 ? at - 1 : 0;
}

static void finish(struct reader *r, enum tree_event event)
{
    if (!r->done)
        r->result.event = event;
    r->done = true;
    r->calls.stop_parser(r->parser);
}

/* Something is wrong at a place of the text; where it stands in a document, with its path. */
static void note(struct reader *r, struct tree_trouble *trouble, size_t at, const char *what,
                 struct bytes value, const char *expected)
{
    if (trouble->what[0] != '\0')
        return; /* the first is the cause */
    tree_input_trouble(&r->input, at, trouble, what, value, expected);
    if (r->open && !r->document.too_large)
        tree_path(r->node, trouble->path, sizeof(trouble->path));
}

/* --- documents */

static void begin_document(struct reader *r, size_t at)
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
static void end_document(struct reader *r, uint64_t at)
{
    const size_t end = index_of(r, at);
    const struct tree_mark mark = tree_input_mark(&r->input, end);
    struct tree_document *document = &r->document;

    r->open = false;
    document->too_large = document->too_large || r->arena.failed || r->run.failed;
    document->length = mark.offset - document->begin.offset;
    if (document->too_large)
        document->top = NULL;
    else
        document->raw = (struct bytes){r->input.text.at + index_of(r, r->begin), end - index_of(r, r->begin)};
    if (document->trouble.what[0] == '\0')
        document->trouble = r->bad;
    r->bad.what[0] = '\0';
    if (!r->taker->document(r->taker->whom, document))
        finish(r, TREE_STOPPED);
}

static struct tree_node *add_node(struct reader *r, struct tree_node *up, struct bytes name,
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
static void end_run(struct reader *r)
{
    struct bytes run = buffer_view(&r->run);
    struct tree_node *node = r->node;

    if (run.len == 0)
        return;
    if (!is_blank(run)) {
        if (node->text.at != NULL || (node->last != NULL && node->last->kind != TREE_ATTRIBUTE))
            node = add_node(r, node, (struct bytes){NULL, 0}, TREE_RUN, 0, index_of(r, position(r)));
        if (node != NULL)
            node->text = arena_copy(&r->arena, run);
    }
    buffer_clear(&r->run);
}

/* "&" comes from the parser as "&#38;", for it may look at the value again. */
static struct bytes attribute_value(struct reader *r, const xmlChar *from, const xmlChar *end)
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

static void add_attributes(struct reader *r, struct tree_node *node, int n, const xmlChar **attributes,
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

static void wrong_root(struct reader *r, const struct tree_name *found, const char *wanted)
{
    struct tree_trouble *trouble = &r->result.trouble;
    struct tree_name name;
    char what[100], expected[120];

    (void)tree_name_of(r->layout, bytes_of(wanted), &name);
    tree_input_trouble(&r->input, tag_begin(r), trouble, "", nothing,
                       full_name(&name, expected, sizeof(expected)));
    snprintf(trouble->what, sizeof(trouble->what), "the outermost element is %s",
             full_name(found, what, sizeof(what)));
    finish(r, TREE_REFUSED);
}

/* An element outside of documents. */
static void enter_outer(struct reader *r, struct tree_name name, int n, const xmlChar **attributes)
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
    r->node = add_node(r, NULL, bytes_of(r->layout->document), TREE_ELEMENT, id, index_of(r, r->begin));
    r->document.top = r->node;
    if (r->node != NULL)
        add_attributes(r, r->node, n, attributes, index_of(r, r->begin));
}

/* Whether what the parser says goes into a tree. */
static bool is_wanted(const struct reader *r)
{
    return r->open && !r->document.too_large && !r->arena.failed && r->depth < r->level + TREE_MAX_DEPTH;
}

static void on_start(void *whom, const xmlChar *local, const xmlChar *prefix, const xmlChar *space,
                     int n_namespaces, const xmlChar **namespaces, int n, int n_defaulted,
                     const xmlChar **attributes)
{
    struct reader *r = whom;
    const struct tree_name name = name_of(local, space, false);
    struct tree_node *node;
    size_t at;

    (void)prefix, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
    if (r->done)
        return;
    r->depth++;
    if (!r->open) {
        enter_outer(r, name, n, attributes);
        return;
    }
    if (r->depth == r->level + TREE_MAX_DEPTH)
        note(r, &r->document.trouble, tag_begin(r), "elements are nested too deep", nothing,
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
    struct reader *r = whom;

    (void)local, (void)prefix, (void)space;
    if (r->done)
        return;
    if (is_wanted(r)) {
        end_run(r);
        if (r->depth > r->level)
            r->node = r->node->up;
    }
    if (r->open && r->depth == r->level)
        end_document(r, position(r));
    r->depth--;
}

static void on_text(void *whom, const xmlChar *text, int len)
{
    struct reader *r = whom;

    if (!r->done && is_wanted(r))
        buffer_add(&r->run, (const char *)text, (size_t)len);
}

static void on_doctype(void *whom, const xmlChar *name, const xmlChar *external, const xmlChar *system)
{
    struct reader *r = whom;

    (void)name, (void)external, (void)system;
    note(r, &r->result.trouble, index_of(r, position(r)), "the file has a DOCTYPE", nothing,
         "none: definitions and entities are never read");
    finish(r, TREE_REFUSED);
}

static xmlEntityPtr on_entity(void *whom, const xmlChar *name)
{
    const struct reader *r = whom;

    return r->calls.get_predefined_entity(name);
}

static void give_up(struct reader *r)
{
    if (r->result.event != TREE_BROKEN)
        r->broken_at = position(r);
    r->result.event = TREE_BROKEN;
}

/* What the parser complains of; its words end with a line end. */
static void on_error(void *whom, xmlErrorPtr error)
{
    struct reader *r = whom;
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
    note(r, trouble, index_of(r, position(r)), what, nothing, "");
    if (!of_namespace || !r->open)
        give_up(r);
}

static const xmlSAXHandler handler = {
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

/* --- the beginning of a file */

static bool refuse(struct reader *r, const char *what, struct bytes value, const char *expected)
{
    tree_input_trouble(&r->input, 0, &r->result.trouble, what, value, expected);
    finish(r, TREE_REFUSED);
    return false;
}

static bool more(struct reader *r)
{
    if (tree_input_more(&r->input))
        return true;
    r->result.error = r->input.error;
    finish(r, r->input.error != 0 ? TREE_READ_ERROR : TREE_NO_MEMORY);
    return false;
}

/* What the declaration says of the encoding; at NULL: nothing. */
static struct bytes declared(struct bytes declaration)
{
    static const char key[] = "encoding";
    const char *at = memmem(declaration.at, declaration.len, key, sizeof(key) - 1);
    const char *end = declaration.at + declaration.len, *close;

    if (at == NULL)
        return (struct bytes){NULL, 0};
    for (at += sizeof(key) - 1; at < end && strchr(" \t\r\n=", *at) != NULL; at++)
        ;
    if (at == end || (*at != '"' && *at != '\''))
        return (struct bytes){NULL, 0};
    close = memchr(at + 1, *at, (size_t)(end - at - 1));
    return close != NULL ? (struct bytes){at + 1, (size_t)(close - at - 1)} : (struct bytes){NULL, 0};
}

/* The charset of the declaration, where it is not UTF-8. */
static bool find_charset(struct reader *r, struct bytes name)
{
    const struct charset *charset = name.at != NULL ? charset_open(name) : NULL;

    if (name.at == NULL || (charset != NULL && strcmp(charset_name(charset), "utf-8") == 0))
        return true;
    if (charset == NULL || !charset_is_single(charset)) {
        if (charset != NULL)
            charset_close(charset);
        return refuse(r, "the file says that it is in an encoding that cannot be read", name,
                      "UTF-8, or one byte a character with ASCII in its place");
    }
    if (tree_input_decode(&r->input, charset))
        return true;
    finish(r, TREE_NO_MEMORY);
    return false;
}

static bool begin_file(struct reader *r)
{
    const struct buffer *text = &r->input.text;
    const char *end = NULL;

    do {
        if (!more(r))
            return false;
        if (text->len >= 2 && text->at[0] == '<' && text->at[1] != '?')
            break;
        end = text->len > 0 ? memmem(text->at, text->len, "?>", 2) : NULL;
    } while (end == NULL && text->len < DECLARATION_MOST && !r->input.ended);
    if (text->len >= 2 && (memcmp(text->at, "\xff\xfe", 2) == 0 || memcmp(text->at, "\xfe\xff", 2) == 0 ||
                           memcmp(text->at, "<\0", 2) == 0 || memcmp(text->at, "\0<", 2) == 0))
        return refuse(r, "the file is in UTF-16", nothing, "UTF-8, or one byte a character");
    if (text->len >= 3 && memcmp(text->at, "\xef\xbb\xbf", 3) == 0) {
        tree_input_drop(&r->input, 3);
        r->input.begin.column = r->input.near.column = 1;
        r->skew = r->fed = 3;
        return true;
    }
    if (end != NULL && text->len > 5 && memcmp(text->at, "<?xml", 5) == 0)
        return find_charset(r, declared((struct bytes){text->at, (size_t)(end - text->at)}));
    return true;
}

/* --- the way through a file */

/* What is at the front of a text that the parser can take: UTF-8, and characters of XML; of text that was
 * decoded, none that stands for bytes without a meaning (U+FFFD). */
static size_t good_prefix(const char *at, size_t len, bool decoded)
{
    len = utf8_valid_prefix(at, len);
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)at[i];

        if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
            return i;
        if (c == 0xef && (unsigned char)at[i + 1] == 0xbf &&
            (unsigned char)at[i + 2] >= (decoded ? 0xbd : 0xbe))
            return i;
    }
    return len;
}

/* Whether a character may go on behind the end of what is here. */
static bool is_cut(const char *at, size_t len)
{
    unsigned char c = (unsigned char)*at;
    size_t want = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : c >= 0xc2 ? 2 : 1;

    if (len >= want)
        return false;
    for (size_t i = 1; i < len; i++)
        if (((unsigned char)at[i] & 0xc0) != 0x80)
            return false;
    return true;
}

/* A character that the parser must not see, for it would end the file: its document alone is refused. */
static void bad_character(struct reader *r, size_t at)
{
    const struct bytes rest = {r->input.text.at + at, r->input.text.len - at};
    uint32_t point;
    const bool unknown = r->input.charset == NULL && utf8_character(rest.at, rest.len, &point) > 0;

    if (r->bad.what[0] != '\0' && r->open)
        return;
    r->bad = (struct tree_trouble){.line = 0};
    r->bad_at = r->fed;
    note(r, &r->bad, at,
         unknown                    ? "there is a character that XML does not know"
         : r->input.charset != NULL ? "there is a byte that is no character of the file's encoding"
                                    : "there are bytes that are no UTF-8",
         (struct bytes){rest.at, rest.len < SHOWN ? rest.len : SHOWN},
         unknown ? "text without control characters" : "UTF-8, or the encoding in the file's first line");
}

/* All of the text that is whole, to the parser. */
static void feed(struct reader *r)
{
    size_t at = index_of(r, r->fed);

    while (at < r->input.text.len && !r->done && r->result.event != TREE_BROKEN) {
        const char *text = r->input.text.at + at;
        size_t left = r->input.text.len - at, len = good_prefix(text, left, r->input.charset != NULL);

        if (len == 0) {
            if (!r->input.ended && is_cut(text, left))
                return;
            bad_character(r, at);
            text = "?";
            len = 1;
        }
        r->fed += len;
        at += len;
        (void)r->calls.parse_chunk(r->parser, text, (int)len, 0);
    }
}

/* Keeps the open document, and what the parser has not done with. */
static void forget(struct reader *r)
{
    uint64_t keep = r->open && !r->document.too_large ? r->begin : position(r);

    if (keep > r->fed)
        keep = r->fed;
    tree_input_drop(&r->input, index_of(r, keep));
    if (r->open && !r->document.too_large && (r->input.text.len > r->ceiling || r->arena.failed)) {
        r->document.too_large = true;
        arena_reset(&r->arena);
        r->node = NULL;
        buffer_clear(&r->run);
        forget(r);
    }
}

/* The parser gave up. */
static void broken(struct reader *r)
{
    if (r->open) {
        /* What stands first is the cause. */
        if (r->document.trouble.what[0] == '\0' && (r->bad.what[0] == '\0' || r->bad_at >= r->broken_at))
            r->document.trouble = r->result.trouble;
        r->result.told = true;
        end_document(r, r->broken_at);
    }
    finish(r, TREE_BROKEN);
}

/* No byte comes any more: is all of it there? */
static void end_file(struct reader *r)
{
    if (r->done || r->input.blank)
        return;
    if (r->result.event != TREE_BROKEN)
        (void)r->calls.parse_chunk(r->parser, NULL, 0, 1);
    if (r->depth == 0 || (r->result.event == TREE_BROKEN && r->broken_at < r->fed))
        return;
    /* What the parser misses at the very end is the rest of the file. */
    r->result.trouble.what[0] = '\0';
    note(r, &r->result.trouble, r->input.text.len, "the file ends before its outermost element does", nothing,
         "the rest of it");
    r->result.event = TREE_BROKEN;
    r->broken_at = r->fed;
}

static void read_file(struct reader *r)
{
    if (!begin_file(r))
        return;
    for (;;) {
        feed(r);
        if (r->result.event == TREE_BROKEN && !r->done && r->broken_at >= r->fed && !r->input.ended &&
            !more(r))
            return;
        if (r->input.ended)
            end_file(r);
        if (r->done)
            return;
        if (r->result.event == TREE_BROKEN) {
            broken(r);
            return;
        }
        if (r->input.ended)
            return;
        forget(r);
        if (!more(r))
            return;
    }
}

static uint16_t add_name(struct reader *r, const char *text)
{
    struct tree_name name;

    return text != NULL && tree_name_of(r->layout, bytes_of(text), &name) ? tree_names_add(r->names, name)
                                                                          : 0;
}

struct tree_reading xml_read(const struct tree_layout *layout, struct tree_names *names, int fd,
                             size_t ceiling, const struct tree_taker *taker)
{
    struct reader r = {.layout = layout, .names = names, .taker = taker, .ceiling = ceiling};
    xmlSAXHandler sax = handler;

    r.root = add_name(&r, layout->root);
    r.document_name = add_name(&r, layout->document);
    r.level = layout->root != NULL ? 2 : 1;
    tree_input_init(&r.input, fd, taker, ceiling + 16 * (size_t)TREE_BLOCK);
    arena_init(&r.arena, TREE_BLOCK, 2 * ceiling + 16 * (size_t)TREE_BLOCK);
    buffer_init(&r.run, ceiling + TREE_BLOCK);
    if (!xml_load(&r.calls)) {
        r.result.event = TREE_READ_ERROR;
        r.result.error = ELIBACC;
    } else {
        r.parser = r.calls.create_push_parser(&sax, &r, NULL, 0, NULL);
        if (r.parser == NULL || r.document_name == 0 ||
            r.calls.use_options(r.parser, XML_PARSE_NONET | XML_PARSE_IGNORE_ENC) != 0)
            r.result.event = TREE_NO_MEMORY;
        else
            read_file(&r);
    }
    r.result.bytes = r.input.bytes;
    r.result.blank = r.input.blank;
    if (r.parser != NULL)
        r.calls.free_parser(r.parser);
    charset_close(r.input.charset);
    buffer_release(&r.run);
    arena_release(&r.arena);
    tree_input_release(&r.input);
    return r.result;
}
