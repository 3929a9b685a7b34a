#include "wire/tree.h"

#include <stdio.h>
#include <stdlib.h>

/* --- names */

enum { SLOTS = 32768 };

struct known_name {
    struct tree_name name;
    uint32_t hash;
};

struct tree_names {
    struct arena arena;
    uint16_t n;
    struct known_name *known; /* by number, from 1 */
    uint16_t slots[SLOTS];    /* numbers, by hash; 0: free */
};

/* FNV-1a. */
static uint32_t hash_of(const struct tree_name *name)
{
    uint32_t hash = 2166136261u + name->attribute;

    for (size_t i = 0; i < name->name.len; i++)
        hash = (hash ^ (unsigned char)name->name.at[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static bool is_name(const struct known_name *known, uint32_t hash, const struct tree_name *name)
{
    return known->hash == hash && known->name.attribute == name->attribute &&
           bytes_equal(known->name.name, name->name) && bytes_equal(known->name.space, name->space);
}

struct tree_names *tree_names_open(void)
{
    struct tree_names *names = calloc(1, sizeof(*names));

    if (names == NULL)
        return NULL;
    arena_init(&names->arena, 4096, 16 * 1024 * 1024);
    return names;
}

void tree_names_close(struct tree_names *names)
{
    if (names == NULL)
        return;
    free(names->known);
    arena_release(&names->arena);
    free(names);
}

/* The slot of the name, or the free one that it would have. */
static uint32_t slot_of(const struct tree_names *names, uint32_t hash, const struct tree_name *name)
{
    uint32_t slot = hash % SLOTS;

    while (names->slots[slot] != 0 && !is_name(&names->known[names->slots[slot]], hash, name))
        slot = (slot + 1) % SLOTS;
    return slot;
}

uint16_t tree_names_find(const struct tree_names *names, struct tree_name name)
{
    return names->slots[slot_of(names, hash_of(&name), &name)];
}

uint16_t tree_names_add(struct tree_names *names, struct tree_name name)
{
    uint32_t hash = hash_of(&name), slot = slot_of(names, hash, &name);
    struct known_name *known;

    if (names->slots[slot] != 0)
        return names->slots[slot];
    if (names->n + 1 >= TREE_MAX_NAMES)
        return 0;
    if ((names->n & 63) == 0) {
        known = realloc(names->known, (names->n + 65u) * sizeof(*known));
        if (known == NULL)
            return 0;
        names->known = known;
    }
    name.name = arena_copy(&names->arena, name.name);
    name.space = arena_copy(&names->arena, name.space);
    if (names->arena.failed)
        return 0;
    names->known[++names->n] = (struct known_name){name, hash};
    names->slots[slot] = names->n;
    return names->n;
}

bool tree_name_of(const struct tree_layout *layout, struct bytes step, struct tree_name *name)
{
    const char *colon;

    if (layout->json) {
        if (step.len > 2 && memcmp(step.at + step.len - 2, "[]", 2) == 0)
            step.len -= 2;
        *name = (struct tree_name){.name = step};
        return true;
    }
    *name = (struct tree_name){.name = step, .attribute = step.len > 0 && step.at[0] == '@'};
    if (name->attribute)
        name->name = step = (struct bytes){step.at + 1, step.len - 1};
    colon = step.len > 0 ? memchr(step.at, ':', step.len) : NULL;
    if (colon != NULL)
        name->name = (struct bytes){colon + 1, step.len - (size_t)(colon + 1 - step.at)};
    else if (name->attribute)
        return true;
    for (unsigned i = 0; i < layout->n_namespaces; i++) {
        const char *prefix = strchr(layout->namespaces[i].name, ':');
        size_t len = colon != NULL ? (size_t)(colon - step.at) : 0;

        if ((prefix == NULL) != (colon == NULL) ||
            (prefix != NULL && !bytes_equal((struct bytes){step.at, len}, bytes_of(prefix + 1))))
            continue;
        name->space = bytes_of(layout->namespaces[i].uri);
        return true;
    }
    return colon == NULL;
}

/* --- places */

void tree_mark_pass(struct tree_mark *mark, const char *at, size_t len)
{
    const char *end = at + len, *line_end;

    mark->offset += len;
    for (; len > 0 && (line_end = memchr(at, '\n', (size_t)(end - at))) != NULL; at = line_end + 1) {
        mark->line++;
        mark->column = 1;
    }
    for (; at < end; at++)
        mark->column += ((unsigned char)*at & 0xc0) != 0x80;
}

struct tree_mark tree_place(const struct tree_document *document, const struct tree_node *node)
{
    struct tree_mark mark = document->begin;

    tree_mark_pass(&mark, document->raw.at, node->offset < document->raw.len ? node->offset : 0);
    return mark;
}

/* Its place among those of its name, from 1; 0: it is the only one. */
static unsigned index_of(const struct tree_node *node)
{
    unsigned index = 0, count = 0;

    if (node->up == NULL || node->kind != TREE_ELEMENT)
        return 0;
    for (const struct tree_node *other = node->up->first; other != NULL; other = other->next) {
        count += other->kind == TREE_ELEMENT && bytes_equal(other->name, node->name);
        if (other == node)
            index = count;
    }
    return count > 1 ? index : 0;
}

void tree_path(const struct tree_node *node, char *into, size_t size)
{
    const struct tree_node *way[TREE_MAX_DEPTH + 2] = {NULL};
    size_t len = 0;
    unsigned n = 0;

    into[0] = '\0';
    for (; node != NULL && n < sizeof(way) / sizeof(way[0]); node = node->up)
        if (node->kind != TREE_RUN)
            way[n++] = node;
    while (n-- > 0 && len < size) {
        const struct tree_node *step = way[n];
        unsigned index = index_of(step);

        len += (size_t)snprintf(into + len, size - len, "%s%s%.*s", len > 0 ? "/" : "",
                                step->kind == TREE_ATTRIBUTE ? "@" : "",
                                (int)(step->name.len < 80 ? step->name.len : 80), step->name.at);
        if (index > 0 && len < size)
            len += (size_t)snprintf(into + len, size - len, "[%u]", index);
    }
}
