#include "wire/json_read.h"

#include "wire/json_document.h"
#include "wire/tree_input.h"

static const struct bytes nothing = {NULL, 0};

struct reader {
    const struct tree_layout *layout;
    const struct tree_taker *taker;
    struct tree_input input;
    size_t at; /* in the text: what is next */
    size_t ceiling;
    uint16_t document;  /* number of the documents' name */
    struct arena arena; /* of a document */
    struct json_document parsed;
    size_t rest; /* in the text: where what cannot be read begins, once the file's form broke */
    bool told;   /* a document had it as its own */
    struct tree_reading result;
};

/* --- the file's own form */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Reading did. */
static void failed(struct reader *r)
{
    r->result.error = r->input.error;
    r->result.event = r->input.error != 0 ? TREE_READ_ERROR : TREE_NO_MEMORY;
}

/* What is before `keep` goes.  False: nothing came. */
static bool more(struct reader *r, size_t *keep)
{
    if (r->input.ended || r->result.event != TREE_END)
        return false;
    tree_input_drop(&r->input, *keep);
    r->at -= *keep;
    *keep = 0;
    if (tree_input_more(&r->input))
        return !r->input.ended;
    failed(r);
    return false;
}

/* The next byte that is not blank; -1 at the end, or where reading failed. */
static int peek(struct reader *r)
{
    for (;;) {
        size_t keep;

        while (r->at < r->input.text.len && is_blank(r->input.text.at[r->at]))
            r->at++;
        if (r->at < r->input.text.len)
            return (unsigned char)r->input.text.at[r->at];
        keep = r->at;
        if (!more(r, &keep))
            return -1;
    }
}

/* The file is not of its form. */
static void broken(struct reader *r, enum tree_event event, const char *what, const char *expected)
{
    const size_t left = r->input.text.len - r->at;

    if (r->result.event != TREE_END)
        return;
    tree_input_trouble(&r->input, r->at, &r->result.trouble, what,
                       (struct bytes){r->input.text.at + r->at, left < 24 ? left : 24}, expected);
    r->result.event = event;
    r->rest = r->at;
}

static bool expect(struct reader *r, char c, const char *what, const char *expected)
{
    if (peek(r) == c) {
        r->at++;
        return true;
    }
    broken(r, TREE_BROKEN, what, expected);
    return false;
}

/* Where a value ends, of which `begin` to `at` was seen. */
struct extent {
    unsigned long depth;
    bool string, escape, done;
};

static size_t extent_pass(struct extent *extent, const char *text, size_t at, size_t len)
{
    while (at < len && !extent->done) {
        const char c = text[at];

        if (extent->escape) {
            extent->escape = false;
        } else if (extent->string) {
            extent->string = c != '"';
            extent->escape = c == '\\';
            extent->done = c == '"' && extent->depth == 0;
        } else if (c == '"') {
            extent->string = true;
        } else if (c == '{' || c == '[') {
            extent->depth++;
        } else if (c == '}' || c == ']') {
            if (extent->depth == 0) {
                extent->done = true; /* of what is around it */
                return at;
            }
            extent->done = --extent->depth == 0;
        } else if (extent->depth == 0 && (c == ',' || is_blank(c))) {
            extent->done = true;
            return at;
        }
        at++;
    }
    return at;
}

/* A document that is being passed over or read. */
struct piece {
    struct tree_document document;
    size_t begin; /* in the text; of one that is too large, what is left of it */
};

static void begin_piece(struct reader *r, struct piece *piece)
{
    *piece = (struct piece){.begin = r->at, .document = {.begin = tree_input_mark(&r->input, r->at)}};
}

/* The text has got no end yet: reads on.  False: it has none. */
static bool lengthen(struct reader *r, struct piece *piece)
{
    if (piece->document.too_large || r->at - piece->begin > r->ceiling) {
        piece->document.too_large = true;
        piece->begin = r->at;
    }
    return more(r, &piece->begin);
}

/* Up to the end of a value.  False: the file ends before it. */
static bool pass_value(struct reader *r, struct piece *piece)
{
    struct extent extent = {.depth = 0};

    for (;;) {
        r->at = extent_pass(&extent, r->input.text.at, r->at, r->input.text.len);
        if (extent.done)
            return true;
        if (!lengthen(r, piece))
            return extent.depth == 0 && !extent.string;
    }
}

/* Up to the end of the line. */
static void pass_line(struct reader *r, struct piece *piece)
{
    for (;;) {
        const char *text = r->input.text.at + r->at;
        const char *line_end = memchr(text, '\n', r->input.text.len - r->at);

        r->at = line_end != NULL ? (size_t)(line_end - r->input.text.at) : r->input.text.len;
        if (line_end != NULL || !lengthen(r, piece))
            return;
    }
}

/* --- documents */

static void note(struct reader *r, struct piece *piece, size_t at, const char *what, const char *expected)
{
    struct tree_trouble *trouble = &piece->document.trouble;
    const size_t left = r->at - at;

    tree_input_trouble(&r->input, at, trouble, what,
                       (struct bytes){r->input.text.at + at, left < 24 ? left : 24}, expected);
    if (r->parsed.node != NULL)
        tree_path(r->parsed.node, trouble->path, sizeof(trouble->path));
}

/* The text from the piece's beginning is a document: reads it. */
static void read_document(struct reader *r, struct piece *piece)
{
    const struct scanner *scanner = &r->parsed.scanner;
    const struct bytes text = {r->input.text.at + piece->begin, r->at - piece->begin};
    struct tree_document *document = &piece->document;

    document->top = json_document_read(&r->parsed, text, bytes_of(r->layout->document), r->document);
    document->too_large = scanner->memory || r->arena.failed;
    if (scanner->what != NULL && !document->too_large)
        note(r, piece, (size_t)(scanner->where - r->input.text.at), scanner->what, "");
}

/* The file ends within the document: of a quote that is never closed, say, which stands first. */
static void find_cause(struct reader *r, struct piece *piece)
{
    const char *end = r->input.text.at + r->at;

    read_document(r, piece);
    piece->document.top = NULL;
    if (r->parsed.scanner.what == NULL || r->parsed.scanner.where >= end)
        piece->document.trouble = r->result.trouble;
}

/* Hands over what stands between the piece's beginning and `at`.  False: the taker is done. */
static bool take(struct reader *r, struct piece *piece)
{
    struct tree_document *document = &piece->document;

    arena_reset(&r->arena);
    r->parsed.node = NULL;
    if (!document->too_large)
        read_document(r, piece);
    document->length = tree_input_mark(&r->input, r->at).offset - document->begin.offset;
    if (document->too_large)
        document->top = NULL;
    else
        document->raw = (struct bytes){r->input.text.at + piece->begin, r->at - piece->begin};
    if (!r->taker->document(r->taker->whom, document))
        r->result.event = TREE_STOPPED;
    return r->result.event == TREE_END;
}

/* Hands over what cannot be read, as far as the file goes. */
static void take_rest(struct reader *r, const struct tree_document *document, size_t from)
{
    if (!r->taker->document(r->taker->whom, document))
        r->result.event = TREE_STOPPED;
    else if (!tree_input_rest(&r->input, from))
        failed(r);
}

/* The file ends within a document. */
static bool take_cut(struct reader *r, struct piece *piece)
{
    broken(r, TREE_BROKEN, "the file ends within a document", "the rest of it");
    if (r->result.event != TREE_BROKEN)
        return false;
    arena_reset(&r->arena);
    r->parsed.node = NULL;
    if (!piece->document.too_large)
        find_cause(r, piece);
    piece->document.extent = TREE_CUT;
    r->told = true;
    take_rest(r, &piece->document, piece->begin);
    return false;
}

/* The value that is next is a document. */
static bool take_value(struct reader *r)
{
    struct piece piece;

    begin_piece(r, &piece);
    if (!pass_value(r, &piece))
        return take_cut(r, &piece);
    return r->result.event == TREE_END && take(r, &piece);
}

static void read_lines(struct reader *r)
{
    struct piece piece;

    while (peek(r) >= 0) {
        begin_piece(r, &piece);
        pass_line(r, &piece);
        if (r->result.event != TREE_END || !take(r, &piece))
            return;
    }
}

/* Documents up to the array's end. */
static bool read_array(struct reader *r)
{
    r->at++;
    if (peek(r) == ']') {
        r->at++;
        return true;
    }
    do {
        if (peek(r) < 0)
            return expect(r, ']', "the file ends within the array of documents", "the rest of it");
        if (strchr(",]}:", r->input.text.at[r->at]) != NULL)
            return expect(r, '{', "there is no document", "a document");
        if (!take_value(r))
            return false;
    } while (peek(r) == ',' && r->at++ < r->input.text.len);
    return expect(r, ']', "the array of documents does not go on so", "a comma and a document, or the end");
}

static bool read_documents(struct reader *r)
{
    return peek(r) == '[' ? read_array(r) : take_value(r);
}

/* The name of a member of the outermost object. */
static bool read_name(struct reader *r, struct bytes *name)
{
    struct scanner_text text;
    struct scanner scanner;
    struct piece piece;
    bool whole;

    if (peek(r) != '"')
        return expect(r, '"', "the outermost object does not go on so", "a name in quotes");
    begin_piece(r, &piece);
    whole = pass_value(r, &piece);
    arena_reset(&r->arena);
    scanner = (struct scanner){.begin = r->input.text.at + piece.begin, .arena = &r->arena};
    scanner.at = scanner.begin;
    scanner.end = r->input.text.at + r->at;
    if (!whole || piece.document.too_large || !scanner_string(&scanner, &text)) {
        broken(r, TREE_BROKEN, scanner.what != NULL ? scanner.what : "the name does not end", "");
        r->rest = piece.begin;
        return false;
    }
    *name = arena_copy(&r->arena, (struct bytes){text.at, text.len});
    return expect(r, ':', "there is no colon behind the name", "a colon");
}

/* An object with a member that holds the documents. */
static bool read_root(struct reader *r)
{
    bool found = false;

    r->at++;
    if (peek(r) != '}')
        do {
            struct bytes name = nothing;
            struct piece piece;

            if (!read_name(r, &name))
                return false;
            if (bytes_are(name, r->layout->root) && !found) {
                found = true;
                if (!read_documents(r))
                    return false;
                continue;
            }
            r->taker->stray(r->taker->whom, name);
            (void)peek(r);
            begin_piece(r, &piece);
            if (!pass_value(r, &piece)) {
                broken(r, TREE_BROKEN, "the file ends within a member", "the rest of it");
                r->rest = piece.begin;
                return false;
            }
        } while (peek(r) == ',' && r->at++ < r->input.text.len);
    if (!expect(r, '}', "the outermost object does not go on so", "a comma and a member, or its end"))
        return false;
    if (!found)
        broken(r, TREE_REFUSED, "the outermost object lacks the member that holds the documents",
               r->layout->root);
    return found;
}

static void read_file(struct reader *r)
{
    int first = peek(r);
    bool good;

    if (first < 0)
        return;
    if (r->layout->lines) {
        read_lines(r);
        return;
    }
    if ((first != '{' || r->layout->array) && (first != '[' || r->layout->root != NULL)) {
        broken(r, TREE_REFUSED, "the file does not begin as JSON of such a map does",
               r->layout->root != NULL ? "an object"
               : r->layout->array      ? "an array of objects"
                                       : "an object, or an array of them");
        return;
    }
    good = r->layout->root != NULL ? read_root(r) : read_documents(r);
    if (good && peek(r) >= 0)
        broken(r, TREE_BROKEN, "there is text behind the end", "nothing; or lines: yes in the map's layout");
}

/* What is left of a file whose form broke behind its documents, or which is another one. */
static void pass_rest(struct reader *r)
{
    struct tree_document rest = {.extent = TREE_BEHIND, .trouble = r->result.trouble};

    if (r->result.event == TREE_REFUSED && !tree_input_pass(&r->input))
        failed(r);
    if (r->result.event != TREE_BROKEN || r->told)
        return;
    rest.begin = tree_input_mark(&r->input, r->rest);
    take_rest(r, &rest, r->rest);
}

static bool begin_file(struct reader *r)
{
    const struct buffer *text = &r->input.text;
    size_t none = 0;

    while (text->len < 3 && more(r, &none))
        ;
    if (text->len >= 2 && (memcmp(text->at, "\xff\xfe", 2) == 0 || memcmp(text->at, "\xfe\xff", 2) == 0 ||
                           text->at[0] == '\0' || text->at[1] == '\0')) {
        broken(r, TREE_REFUSED, "the file is in UTF-16", "UTF-8");
        r->result.trouble.value_len = 0;
    }
    if (text->len >= 3 && memcmp(text->at, "\xef\xbb\xbf", 3) == 0) {
        tree_input_drop(&r->input, 3);
        r->input.begin.column = r->input.near.column = 1;
    }
    return r->result.event == TREE_END;
}

struct tree_reading json_read(const struct tree_layout *layout, struct tree_names *names, int fd,
                              size_t ceiling, const struct tree_taker *taker)
{
    struct reader r = {
        .layout = layout, .taker = taker, .ceiling = ceiling, .parsed = {.names = names, .arena = &r.arena}};
    struct tree_name name = {.name = bytes_of(layout->document)};

    tree_input_init(&r.input, fd, taker, ceiling + 16 * (size_t)TREE_BLOCK);
    arena_init(&r.arena, TREE_BLOCK, 2 * ceiling + 16 * (size_t)TREE_BLOCK);
    r.document = tree_names_add(names, name);
    if (r.document == 0)
        r.result.event = TREE_NO_MEMORY;
    else if (begin_file(&r))
        read_file(&r);
    pass_rest(&r);
    r.result.bytes = r.input.bytes;
    r.result.blank = r.input.blank;
    arena_release(&r.arena);
    tree_input_release(&r.input);
    return r.result;
}
