#include "wire/json_document.h"

#include <stdlib.h>

enum { FEW_MEMBERS = 16 };

static bool fail(struct json_document *d, const char *where, const char *what)
{
    return scanner_fail(&d->scanner, where, what);
}

static struct tree_node *add_node(struct json_document *d, struct tree_node *up, struct bytes name,
                                  uint16_t id)
{
    struct tree_node *node = arena_alloc(d->arena, sizeof(*node));

    if (node == NULL) {
        d->scanner.memory = true;
        (void)fail(d, d->scanner.at, "out of memory");
        return NULL;
    }
    *node = (struct tree_node){
        .name = name, .up = up, .id = id, .offset = (uint32_t)(d->scanner.at - d->scanner.begin)};
    if (up == NULL)
        return node;
    if (up->last != NULL)
        up->last->next = node;
    else
        up->first = node;
    up->last = node;
    return node;
}

static int by_name(const void *a, const void *b)
{
    return bytes_compare(*(const struct bytes *)a, *(const struct bytes *)b);
}

/* The next member behind this one: elements of one array have the very same name. */
static const struct tree_node *next_member(const struct tree_node *node)
{
    const struct tree_node *next = node->next;

    while (next != NULL && next->name.at == node->name.at)
        next = next->next;
    return next;
}

/* A name that two members have, or NULL. */
static const struct bytes *twice(struct json_document *d, const struct tree_node *object)
{
    struct bytes few[FEW_MEMBERS], *names = few;
    size_t n = 0;

    for (const struct tree_node *node = object->first; node != NULL; node = next_member(node)) {
        if (n < FEW_MEMBERS) {
            for (size_t i = 0; i < n; i++)
                if (bytes_equal(few[i], node->name))
                    return &node->name;
            few[n] = node->name;
        }
        n++;
    }
    if (n <= FEW_MEMBERS)
        return NULL;
    names = arena_alloc(d->arena, n * sizeof(*names));
    n = 0;
    for (const struct tree_node *node = object->first; names != NULL && node != NULL;
         node = next_member(node))
        names[n++] = node->name;
    if (names != NULL)
        qsort(names, n, sizeof(*names), by_name);
    for (size_t i = 1; names != NULL && i < n; i++)
        if (bytes_equal(names[i - 1], names[i]))
            return &names[i];
    return NULL;
}

static bool read_value(struct json_document *d, struct tree_node *up, struct bytes name, uint16_t id,
                       unsigned depth, bool element);

static bool read_members(struct json_document *d, struct tree_node *object, unsigned depth)
{
    struct scanner *scanner = &d->scanner;
    const struct bytes *name = NULL;

    scanner->at++;
    scanner_blanks(scanner);
    if (scanner_sees(scanner, '}')) {
        scanner->at++;
        return true;
    }
    for (;;) {
        struct scanner_text text;
        struct tree_name member;

        if (!scanner_sees(scanner, '"'))
            return fail(d, scanner->at, "expected a name in quotes");
        if (!scanner_string(scanner, &text) ||
            !scanner_take(scanner, ':', "expected a colon behind the name"))
            return false;
        member = (struct tree_name){.name = {text.at, text.len}};
        if (!read_value(d, object, member.name, tree_names_find(d->names, member), depth, false))
            return false;
        d->node = object;
        scanner_blanks(scanner);
        if (scanner_sees(scanner, '}'))
            break;
        if (!scanner_take(scanner, ',', "expected a comma or the object's end"))
            return false;
    }
    name = twice(d, object);
    if (name != NULL)
        return fail(
            d, scanner->at,
            arena_format(d->arena, "the member %.60s stands there twice", arena_copy(d->arena, *name).at));
    scanner->at++;
    return true;
}

/* Each element a child of that name. */
static bool read_elements(struct json_document *d, struct tree_node *up, struct bytes name, uint16_t id,
                          unsigned depth)
{
    struct scanner *scanner = &d->scanner;

    scanner->at++;
    scanner_blanks(scanner);
    if (scanner_sees(scanner, ']')) {
        struct tree_node *node = add_node(d, up, name, 0);

        if (node == NULL)
            return false;
        node->kind = TREE_NOTHING;
        scanner->at++;
        return true;
    }
    for (;;) {
        if (!read_value(d, up, name, id, depth, true))
            return false;
        d->node = up;
        scanner_blanks(scanner);
        if (scanner_sees(scanner, ']'))
            break;
        if (!scanner_take(scanner, ',', "expected a comma or the array's end"))
            return false;
    }
    scanner->at++;
    return true;
}

static bool read_text(struct json_document *d, struct tree_node *node)
{
    struct scanner_text text = {NULL, 0, false};
    bool good;

    if (scanner_sees(&d->scanner, '"'))
        good = scanner_string(&d->scanner, &text);
    else if (scanner_sees(&d->scanner, 't') || scanner_sees(&d->scanner, 'f'))
        good = scanner_boolean(&d->scanner, &text);
    else if (scanner_sees(&d->scanner, 'n'))
        good = scanner_null(&d->scanner);
    else
        good = scanner_number(&d->scanner, &text);
    if (text.len > 0)
        node->text = (struct bytes){text.at, text.len};
    if (good && text.at == NULL) {
        node->kind = TREE_NOTHING;
        node->id = 0;
    }
    return good;
}

/* `element`: of an array. */
static bool read_value(struct json_document *d, struct tree_node *up, struct bytes name, uint16_t id,
                       unsigned depth, bool element)
{
    const bool array = scanner_sees(&d->scanner, '[');
    struct tree_node *node;

    if (depth == TREE_MAX_DEPTH)
        return fail(d, d->scanner.at, "objects and arrays are nested too deep");
    if (array && !element)
        return read_elements(d, up, name, id, depth + 1);
    node = add_node(d, up, name, id);
    if (node == NULL)
        return false;
    d->node = node;
    if (array) /* in an array: its elements have no name that a path could have */
        return read_elements(d, node, BYTES("[]"), 0, depth + 1);
    if (scanner_sees(&d->scanner, '{'))
        return read_members(d, node, depth + 1);
    return read_text(d, node);
}

struct tree_node *json_document_read(struct json_document *d, struct bytes text, struct bytes name,
                                     uint16_t id)
{
    struct scanner *scanner = &d->scanner;
    struct tree_node *top;

    *scanner = (struct scanner){
        .begin = text.at, .at = text.at, .end = text.at + text.len, .arena = d->arena};
    top = add_node(d, NULL, name, id);
    d->node = top;
    if (top == NULL)
        return NULL;
    if (!scanner_sees(scanner, '{'))
        (void)fail(d, text.at, "a document is an object");
    else if (read_members(d, top, 1)) {
        scanner_blanks(scanner);
        if (scanner->at < scanner->end)
            (void)fail(d, scanner->at, "there is text behind the document's end");
    }
    return top;
}
