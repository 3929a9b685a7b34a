#include "wire/xml_read.h"

#include <errno.h>

#include "base/utf8.h"
#include "wire/xml.h"
#include "wire/xml_reading.h"

enum { DECLARATION_MOST = 1024, SHOWN = 24 };

static const struct bytes nothing = {NULL, 0};

/* --- the beginning of a file */

static bool refuse(struct xml_reader *r, const char *what, struct bytes value, const char *expected)
{
    tree_input_trouble(&r->input, 0, &r->result.trouble, what, value, expected);
    xml_finish(r, TREE_REFUSED);
    return false;
}

static bool more(struct xml_reader *r)
{
    if (tree_input_more(&r->input))
        return true;
    r->result.error = r->input.error;
    xml_finish(r, r->input.error != 0 ? TREE_READ_ERROR : TREE_NO_MEMORY);
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
static bool find_charset(struct xml_reader *r, struct bytes name)
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
    xml_finish(r, TREE_NO_MEMORY);
    return false;
}

static bool begin_file(struct xml_reader *r)
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
static void bad_character(struct xml_reader *r, size_t at)
{
    const struct bytes rest = {r->input.text.at + at, r->input.text.len - at};
    uint32_t point;
    const bool unknown = r->input.charset == NULL && utf8_character(rest.at, rest.len, &point) > 0;

    if (r->bad.what[0] != '\0' && r->open)
        return;
    r->bad = (struct tree_trouble){.line = 0};
    r->bad_at = r->fed;
    xml_note(r, &r->bad, at,
             unknown                    ? "there is a character that XML does not know"
             : r->input.charset != NULL ? "there is a byte that is no character of the file's encoding"
                                        : "there are bytes that are no UTF-8",
             (struct bytes){rest.at, rest.len < SHOWN ? rest.len : SHOWN},
             unknown ? "text without control characters" : "UTF-8, or the encoding in the file's first line");
}

/* All of the text that is whole, to the parser. */
static void feed(struct xml_reader *r)
{
    size_t at = xml_index_of(r, r->fed);

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

/* Keeps the open document, or what stands behind the latest, unless that is large; and what the parser has
 * not done with. */
static void forget(struct xml_reader *r)
{
    const bool inside = r->open && !r->document.too_large;
    uint64_t keep = inside ? r->begin : r->behind, position = xml_position(r);

    if (!inside && (r->open || position - keep > r->ceiling))
        r->behind = keep = position;
    if (keep > r->fed)
        keep = r->fed;
    tree_input_drop(&r->input, xml_index_of(r, keep));
    if (inside && (r->input.text.len > r->ceiling || r->arena.failed)) {
        r->document.too_large = true;
        arena_reset(&r->arena);
        r->node = NULL;
        buffer_clear(&r->run);
        forget(r);
    }
}

static void failed(struct xml_reader *r)
{
    r->result.error = r->input.error;
    r->result.event = r->input.error != 0 ? TREE_READ_ERROR : TREE_NO_MEMORY;
}

/* The parser gave up: the rest is a document that is not whole, or what stands behind the last one. */
static void broken(struct xml_reader *r)
{
    struct tree_document behind = {.extent = TREE_BEHIND, .trouble = r->result.trouble};
    struct tree_document *document = r->open ? &r->document : &behind;
    const size_t from = xml_index_of(r, r->open ? r->begin : r->behind);

    xml_finish(r, TREE_BROKEN);
    if (r->open) {
        document->extent = TREE_CUT;
        document->top = NULL;
        document->too_large = document->too_large || r->arena.failed || r->run.failed;
        /* What stands first is the cause. */
        if (document->trouble.what[0] == '\0')
            document->trouble = r->bad.what[0] == '\0' || r->bad_at >= r->broken_at ? r->result.trouble
                                                                                    : r->bad;
    } else {
        document->begin = tree_input_mark(&r->input, from);
    }
    if (!r->taker->document(r->taker->whom, document))
        r->result.event = TREE_STOPPED;
    else if (!tree_input_rest(&r->input, from))
        failed(r);
}

/* Whether what the parser gave up at is the end of all that was read: there may be more to say of that. */
static bool is_broken_at_end(const struct xml_reader *r)
{
    return r->broken_at >= r->input.begin.offset + r->input.text.len;
}

/* No byte comes any more: is all of it there? */
static void end_file(struct xml_reader *r)
{
    if (r->done || r->input.blank)
        return;
    if (r->result.event != TREE_BROKEN)
        (void)r->calls.parse_chunk(r->parser, NULL, 0, 1);
    if (r->done || r->depth == 0 || (r->result.event == TREE_BROKEN && !is_broken_at_end(r)))
        return;
    /* What the parser misses at the very end is the rest of the file. */
    r->result.trouble.what[0] = '\0';
    xml_note(r, &r->result.trouble, r->input.text.len, "the file ends before its outermost element does",
             nothing, "the rest of it");
    r->result.event = TREE_BROKEN;
    r->broken_at = r->fed;
}

static void read_file(struct xml_reader *r)
{
    if (!begin_file(r))
        return;
    for (;;) {
        feed(r);
        if (r->result.event == TREE_BROKEN && !r->done && is_broken_at_end(r) && !r->input.ended && !more(r))
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

static uint16_t add_name(struct xml_reader *r, const char *text)
{
    struct tree_name name;

    return text != NULL && tree_name_of(r->layout, bytes_of(text), &name) ? tree_names_add(r->names, name)
                                                                          : 0;
}

struct tree_reading xml_read(const struct tree_layout *layout, struct tree_names *names, int fd,
                             size_t ceiling, const struct tree_taker *taker)
{
    struct xml_reader r = {.layout = layout, .names = names, .taker = taker, .ceiling = ceiling};
    xmlSAXHandler sax = xml_tree_handler;

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
    if (r.result.event == TREE_REFUSED && !tree_input_pass(&r.input))
        failed(&r);
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
