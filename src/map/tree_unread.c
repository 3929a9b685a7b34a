/*
 * What no rule read of documents, by its path: counted over all of them, and kept in the record where that is
 * wanted.  An element that was not entered is told as a whole.
 */
#include <stdio.h>

#include "map/tree_bound.h"

/* Where the counts of a node are, below that of its parent; the parent's own when there are too many. */
static struct tree_unread *unread_at(struct tree_binding *binding, struct tree_unread *up, struct bytes name,
                                     uint8_t kind)
{
    struct tree_unread **last = &up->first, *unread;

    for (; *last != NULL; last = &(*last)->next)
        if ((*last)->kind == kind && bytes_equal((*last)->name, name))
            return *last;
    unread = binding->n_unread < TREE_MAX_UNREAD ? arena_zalloc(&binding->arena, 1, sizeof(*unread)) : NULL;
    if (unread == NULL)
        return up;
    *unread = (struct tree_unread){.up = up, .name = arena_copy(&binding->arena, name), .kind = kind};
    binding->n_unread++;
    *last = unread;
    return unread;
}

/* Of the node, in its place. */
static struct tree_unread *unread_of(struct tree_binding *binding, const struct tree_node *node)
{
    struct tree_unread *up = node->up != NULL ? unread_of(binding, node->up) : &binding->unread;

    return unread_at(binding, up, node->name, node->kind);
}

/* The next one in the order of the file, `inside` the node or behind it; NULL: it was the last below top. */
static const struct tree_node *next_of(const struct tree_node *node, const struct tree_node *top, bool inside)
{
    if (inside && node->first != NULL)
        return node->first;
    while (node != top && node->next == NULL)
        node = node->up;
    return node == top ? NULL : node->next;
}

bool tree_says_something(const struct tree_node *top)
{
    const struct tree_node *node = top;

    while (node != NULL && node->text.at == NULL)
        node = next_of(node, top, true);
    return node != NULL;
}

static void keep_value(struct tree_fill *fill, const struct tree_node *node)
{
    const struct tree_binding *binding = fill->binding;
    const struct tree_node *around = node->kind == TREE_RUN ? node->up->up : node->up;
    struct arena *arena = fill->values->record->arena;
    struct canon_object *object = canon_append(arena, fill->values->record->body, binding->keep);
    char path[240];
    const struct canon_field *const fields[] = {binding->keep_at, binding->keep_tag, binding->keep_element,
                                                binding->keep_value};
    struct bytes values[4] = {
        {NULL, 0}, {NULL, 0}, node->kind == TREE_RUN ? node->up->name : node->name, node->text};

    if (around != NULL) {
        tree_path(around, path, sizeof(path));
        values[0] = bytes_of(path);
        values[1] = around->name;
    } else {
        values[0] = values[1] = values[2];
    }
    for (unsigned i = 0; i < 4 && object != NULL; i++) {
        struct bytes text = arena_copy(arena, values[i]);

        if (fields[i] != NULL && text.len > 0)
            canon_add_text(arena, object, fields[i], text.at, text.len, false);
    }
}

static void count(struct tree_fill *fill, const struct tree_node *top, bool inside)
{
    const struct tree_node *node = top;

    unread_of(fill->binding, top)->count++;
    fill->values->unread++;
    for (; node != NULL && fill->keep_unread && fill->binding->keep != NULL;
         node = next_of(node, top, inside)) {
        if (node->text.at != NULL)
            keep_value(fill, node);
        if (!inside)
            return;
    }
}

static bool is_skipped(const struct tree_binding *binding, uint16_t id)
{
    return id < binding->n_skip && binding->skip[id];
}

void tree_unread_count(struct tree_fill *fill, const struct tree_node *top)
{
    const struct tree_node *node = top;

    while (node != NULL) {
        const bool inside = node->read || node->entered;

        if (inside && node->text.at != NULL && !node->read)
            count(fill, node, false);
        else if (!inside && !is_skipped(fill->binding, node->id) && tree_says_something(node))
            count(fill, node, true);
        node = next_of(node, top, inside);
    }
}

void tree_binding_stray(struct tree_binding *binding, struct bytes name)
{
    uint16_t id = tree_names_find(binding->names, (struct tree_name){.name = name});

    if (id == 0 || !is_skipped(binding, id))
        unread_at(binding, &binding->unread, name, TREE_ELEMENT)->count++;
}

static const char *path_of(const struct tree_unread *unread, char *into, size_t size)
{
    const struct tree_unread *way[TREE_MAX_DEPTH + 2] = {NULL};
    size_t len = 0;
    unsigned n = 0;

    into[0] = '\0';
    for (; unread->up != NULL && n < sizeof(way) / sizeof(way[0]); unread = unread->up)
        way[n++] = unread;
    while (n-- > 0 && len < size)
        len += (size_t)snprintf(into + len, size - len, "%s%s%.*s", len > 0 ? "/" : "",
                                way[n]->kind == TREE_ATTRIBUTE ? "@"
                                : way[n]->kind == TREE_RUN     ? "."
                                                               : "",
                                (int)(way[n]->name.len < 80 ? way[n]->name.len : 80), way[n]->name.at);
    return into;
}

void tree_binding_each_unread(const struct tree_binding *binding,
                              void (*take)(void *whom, const char *path, uint64_t count), void *whom)
{
    const struct tree_unread *at = &binding->unread;
    char path[512];

    while (at != NULL) {
        if (at->count > 0)
            take(whom, path_of(at, path, sizeof(path)), at->count);
        if (at->first != NULL) {
            at = at->first;
            continue;
        }
        while (at != NULL && at->next == NULL)
            at = at->up;
        at = at != NULL ? at->next : NULL;
    }
}
