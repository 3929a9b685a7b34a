#include "map/lint.h"

#include <stdio.h>

#include "conf/yaml.h"

enum { MAX_BASES = 8 };

/* Does anything below `node` stand under this key with this text? */
static bool names(const struct yaml_node *node, const char *key, struct bytes text)
{
    if (node->kind == YAML_SCALAR)
        return bytes_are(node->key, key) && bytes_equal(node->text, text);
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next)
        if (names(child, key, text))
            return true;
    return false;
}

/* A part is used where a list of nodes has its name, or then: is its name. */
static bool uses_part(const struct yaml_node *node, struct bytes name)
{
    for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
        bool may = node->kind == YAML_LIST || bytes_are(child->key, "then");

        if (child->kind == YAML_SCALAR ? may && bytes_equal(child->text, name) : uses_part(child, name))
            return true;
    }
    return false;
}

struct chain {
    const struct yaml_node *files[MAX_BASES];
    unsigned n;
};

static bool is_used(const struct chain *chain, const char *what, struct bytes name)
{
    for (unsigned i = 0; i < chain->n; i++) {
        static const char *const places[] = {"tree", "parts"};

        for (unsigned p = 0; p < 2; p++) {
            const struct yaml_node *node = yaml_get(chain->files[i], places[p]);

            if (node != NULL && (strcmp(what, "part") == 0    ? uses_part(node, name)
                                 : strcmp(what, "table") == 0 ? names(node, "table", name)
                                                              : names(node, "xref", name)))
                return true;
        }
    }
    return false;
}

/* The file and its bases, the file first; what cannot be read ends it. */
static void read_chain(struct chain *chain, const char *name, struct search *search, struct arena *arena)
{
    struct report silent; /* map_load tells what is wrong */

    report_init(&silent, "");
    chain->n = 0;
    while (name != NULL && chain->n < MAX_BASES) {
        const char *path = search_find(search, arena_format(arena, "maps/%s.yaml", name));
        const struct yaml_node *top = path != NULL ? yaml_load(path, arena, &silent, NULL) : NULL;
        const struct yaml_node *base;

        if (top == NULL)
            break;
        chain->files[chain->n++] = top;
        base = yaml_get(top, "base");
        name = base != NULL && base->kind == YAML_SCALAR ? base->text.at : NULL;
    }
    report_release(&silent);
}

static void tell_at_key(struct lint *lint, const struct yaml_node *node, const char *what)
{
    struct map_mark mark = {node->file, node->key_line, node->key_column};
    char detail[120];

    snprintf(detail, sizeof(detail), "the %s \"%.80s\"", what, node->key.at);
    lint_tell(lint, &mark, LINT_UNUSED, detail, NULL);
}

void lint_names(struct lint *lint, const char *name, struct search *search)
{
    static const char *const kinds[][2] = {
        {"tables", "table"}, {"parts", "part"}, {"xrefs", "cross-reference"}};
    struct chain chain;
    struct arena arena;
    const struct yaml_node *own;

    arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
    read_chain(&chain, name, search, &arena);
    own = chain.n > 0 ? yaml_get(chain.files[0], "map") : NULL;
    if (own != NULL && own->kind == YAML_SCALAR && !bytes_are(own->text, name)) {
        struct map_mark mark = {own->file, own->line, own->column};
        char detail[300];

        snprintf(detail, sizeof(detail), "map: %.80s in maps/%.120s.yaml", own->text.at, name);
        lint_tell(lint, &mark, LINT_NAME, detail, NULL);
    }
    for (unsigned k = 0; k < 3 && chain.n > 0 && yaml_get(chain.files[0], "tree") != NULL; k++) {
        const struct yaml_node *defined = yaml_get(chain.files[0], kinds[k][0]);

        for (const struct yaml_node *child = defined != NULL ? defined->first : NULL; child != NULL;
             child = child->next)
            if (!is_used(&chain, kinds[k][1], child->key))
                tell_at_key(lint, child, kinds[k][1]);
    }
    arena_release(&arena);
}

bool lint_has_tree(const char *name, struct search *search)
{
    struct chain chain;
    struct arena arena;
    bool found;

    arena_init(&arena, 64 * 1024, 64 * 1024 * 1024);
    read_chain(&chain, name, search, &arena);
    found = chain.n == 0;
    for (unsigned i = 0; i < chain.n; i++)
        found = found || yaml_get(chain.files[i], "tree") != NULL;
    arena_release(&arena);
    return found;
}
