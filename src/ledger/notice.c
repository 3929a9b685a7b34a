#include "ledger/notice.h"

#include "base/hash.h"
#include "base/scanner.h"

/* --- from the line to nodes */

/* What levels are called, and the number each gets. */
struct level_names {
    struct bytes *slots; /* a power of two of them; at NULL: free */
    uint32_t *numbers;
    size_t n_slots;
    uint32_t n;
};

struct notice_reader {
    struct scanner scanner;
    struct notice *notice;
    struct level_names names;
    size_t room; /* of nodes */
};

static size_t slot_of(const struct level_names *names, struct bytes name)
{
    size_t slot = (size_t)hash_number(name) & (names->n_slots - 1);

    while (names->slots[slot].at != NULL && !bytes_equal(names->slots[slot], name))
        slot = (slot + 1) & (names->n_slots - 1);
    return slot;
}

static bool grow_names(struct level_names *names, struct arena *arena)
{
    struct level_names more = {.n_slots = names->n_slots == 0 ? 64 : names->n_slots * 2, .n = names->n};

    more.slots = arena_zalloc(arena, more.n_slots, sizeof(*more.slots));
    more.numbers = arena_zalloc(arena, more.n_slots, sizeof(*more.numbers));
    if (more.slots == NULL || more.numbers == NULL)
        return false;
    for (size_t i = 0; i < names->n_slots; i++)
        if (names->slots[i].at != NULL) {
            size_t slot = slot_of(&more, names->slots[i]);

            more.slots[slot] = names->slots[i];
            more.numbers[slot] = names->numbers[i];
        }
    *names = more;
    return true;
}

/* 0 for no name, and when the arena failed. */
static uint32_t level_of(struct notice_reader *r, struct bytes name)
{
    size_t slot;

    if (name.at == NULL || ((size_t)r->names.n * 2 >= r->names.n_slots &&
                            !grow_names(&r->names, r->scanner.arena)))
        return 0;
    slot = slot_of(&r->names, name);
    if (r->names.slots[slot].at == NULL) {
        r->names.slots[slot] = name;
        r->names.numbers[slot] = ++r->names.n;
    }
    return r->names.numbers[slot];
}

static struct notice_node *add_node(struct notice_reader *r)
{
    struct notice *notice = r->notice;

    if (notice->n == r->room) {
        size_t room = r->room == 0 ? 64 : r->room * 2;
        struct notice_node *more = arena_zalloc(r->scanner.arena, room, sizeof(*more));

        if (more == NULL)
            return NULL;
        if (notice->n > 0)
            memcpy(more, notice->nodes, notice->n * sizeof(*more));
        notice->nodes = more;
        r->room = room;
    }
    return &notice->nodes[notice->n++];
}

/* Whether another member or element stands behind this one; the end is taken.  False also when neither
 * stands there, which scanner.what tells. */
static bool is_more(struct scanner *scanner, char end)
{
    scanner_blanks(scanner);
    if (scanner_sees(scanner, end)) {
        scanner->at++;
        return false;
    }
    return scanner_take(scanner, ',', "expected a comma or the end");
}

/* Takes the beginning of an object or list, and of one that is empty its end; false then, and when there is
 * none. */
static bool begins(struct scanner *scanner, char begin, char end)
{
    if (!scanner_take(scanner, begin, "expected an object or a list"))
        return false;
    if (!scanner_sees(scanner, end))
        return true;
    scanner->at++;
    return false;
}

static bool read_name(struct scanner *scanner, struct bytes *name)
{
    struct scanner_text text;

    if (!scanner_sees(scanner, '"'))
        return scanner_fail(scanner, scanner->at, "expected a name in quotes");
    if (!scanner_string(scanner, &text))
        return false;
    *name = (struct bytes){text.at, text.len};
    return scanner_take(scanner, ':', "expected a colon behind the name");
}

static bool read_node(struct notice_reader *r, const char *level_name)
{
    struct scanner *scanner = &r->scanner;
    struct notice_node *node = add_node(r);
    struct bytes name, level = {NULL, 0}, parent = {NULL, 0}, container = {NULL, 0};

    if (node == NULL)
        return false;
    if (begins(scanner, '{', '}'))
        do {
            struct bytes *into;
            struct scanner_text text;

            if (!read_name(scanner, &name))
                return false;
            into = bytes_are(name, level_name)            ? &level
                   : bytes_are(name, "parent_level_id")   ? &parent
                   : bytes_are(name, "parent_package_id") ? &container
                   : bytes_are(name, "order_number")      ? &node->number
                   : bytes_are(name, "tracking_number")   ? &node->tracking
                   : bytes_are(name, "sscc")              ? &node->sscc
                                                          : NULL;
            if (into == NULL || !scanner_sees(scanner, '"')) {
                if (!scanner_pass(scanner))
                    return false;
                continue;
            }
            if (!scanner_string(scanner, &text))
                return false;
            *into = (struct bytes){text.at, text.len};
        } while (is_more(scanner, '}'));
    node->level = level_of(r, level);
    node->parent = level_of(r, parent.at != NULL ? parent : container);
    return scanner->what == NULL && !scanner->arena->failed;
}

static bool read_nodes(struct notice_reader *r, const char *level_name)
{
    if (!scanner_sees(&r->scanner, '['))
        return scanner_pass(&r->scanner);
    if (begins(&r->scanner, '[', ']'))
        do {
            if (!read_node(r, level_name))
                return false;
        } while (is_more(&r->scanner, ']'));
    return r->scanner.what == NULL;
}

static bool read_record(struct notice_reader *r)
{
    struct bytes name;

    if (begins(&r->scanner, '{', '}'))
        do {
            if (!read_name(&r->scanner, &name))
                return false;
            if (bytes_are(name, "orders") || bytes_are(name, "levels")
                    ? !read_nodes(r, "level_id")
                    : bytes_are(name, "packages") ? !read_nodes(r, "package_id") : !scanner_pass(&r->scanner))
                return false;
        } while (is_more(&r->scanner, '}'));
    return r->scanner.what == NULL;
}

/* Who lies below whom, and who has one name; from the end, so that the lists are in the record's order. */
static bool link_nodes(struct notice *notice, struct arena *arena)
{
    notice->children = arena_zalloc(arena, notice->n_levels + 1, sizeof(*notice->children));
    notice->namesakes = arena_zalloc(arena, notice->n_levels + 1, sizeof(*notice->namesakes));
    if (notice->children == NULL || notice->namesakes == NULL)
        return false;
    for (size_t i = notice->n; i > 0; i--) {
        struct notice_node *node = &notice->nodes[i - 1];

        node->next_child = notice->children[node->parent];
        notice->children[node->parent] = (uint32_t)i;
        node->next_namesake = notice->namesakes[node->level];
        notice->namesakes[node->level] = (uint32_t)i;
    }
    return true;
}

bool notice_read(struct notice *notice, struct bytes line, struct arena *arena)
{
    const char *begin = line.len > 0 ? line.at : "";
    struct notice_reader r = {
        .scanner = {.begin = begin, .at = begin, .end = begin + line.len, .arena = arena},
        .notice = notice,
    };

    *notice = (struct notice){.n = 0};
    if (!read_record(&r) || arena->failed)
        return false;
    notice->n_levels = r.names.n;
    return link_nodes(notice, arena);
}

/* --- up and down the tree */

/* Things that were met, each waiting once to be gone on from. */
struct frontier {
    bool *met;
    uint32_t *waiting;
    size_t n, done;
};

static bool frontier_init(struct frontier *frontier, struct arena *arena, size_t highest)
{
    *frontier = (struct frontier){.met = arena_zalloc(arena, highest + 1, sizeof(bool)),
                                  .waiting = arena_zalloc(arena, highest + 1, sizeof(uint32_t))};
    return frontier->met != NULL && frontier->waiting != NULL;
}

static void meet(struct frontier *frontier, uint32_t which)
{
    if (which == 0 || frontier->met[which])
        return;
    frontier->met[which] = true;
    frontier->waiting[frontier->n++] = which;
}

static uint32_t next_of(struct frontier *frontier)
{
    return frontier->done < frontier->n ? frontier->waiting[frontier->done++] : 0;
}

/* Those that name no order go with what they lie in; or all of them. */
static void go_below(const struct notice *notice, struct frontier *levels, bool all)
{
    uint32_t level;

    while ((level = next_of(levels)) != 0)
        for (uint32_t i = notice->children[level]; i != 0; i = notice->nodes[i - 1].next_child)
            if (all || notice->nodes[i - 1].number.at == NULL)
                meet(levels, notice->nodes[i - 1].level);
}

static void go_above(const struct notice *notice, struct frontier *levels)
{
    uint32_t level;

    while ((level = next_of(levels)) != 0)
        for (uint32_t i = notice->namesakes[level]; i != 0; i = notice->nodes[i - 1].next_namesake)
            meet(levels, notice->nodes[i - 1].parent);
}

bool notice_packages(const struct notice *notice, struct arena *arena, struct bytes order,
                     void (*tell)(void *to, const struct notice_node *package), void *to)
{
    struct frontier below, above;

    if (!frontier_init(&below, arena, notice->n_levels) || !frontier_init(&above, arena, notice->n_levels))
        return false;
    for (size_t i = 0; i < notice->n; i++)
        if (notice->nodes[i].number.at != NULL && bytes_equal(notice->nodes[i].number, order)) {
            meet(&below, notice->nodes[i].level);
            meet(&above, notice->nodes[i].parent);
        }
    go_below(notice, &below, false);
    go_above(notice, &above);
    for (size_t i = 0; i < notice->n; i++) {
        const struct notice_node *node = &notice->nodes[i];

        if ((below.met[node->level] || above.met[node->level]) &&
            (node->tracking.at != NULL || node->sscc.at != NULL) &&
            (node->number.at == NULL || bytes_equal(node->number, order)))
            tell(to, node);
    }
    return true;
}

static bool is_package(const struct notice_node *node, struct bytes package)
{
    return (node->tracking.at != NULL && bytes_equal(node->tracking, package)) ||
           (node->sscc.at != NULL && bytes_equal(node->sscc, package));
}

/* Up from node to node until one names an order. */
static void climb(const struct notice *notice, struct frontier *nodes)
{
    uint32_t at;

    while ((at = next_of(nodes)) != 0) {
        const struct notice_node *node = &notice->nodes[at - 1];

        if (node->number.at != NULL || node->level == 0)
            continue;
        for (uint32_t i = notice->namesakes[node->level]; i != 0; i = notice->nodes[i - 1].next_namesake) {
            uint32_t parent = notice->nodes[i - 1].parent;

            for (uint32_t j = parent != 0 ? notice->namesakes[parent] : 0; j != 0;
                 j = notice->nodes[j - 1].next_namesake)
                meet(nodes, j);
        }
    }
}

bool notice_orders(const struct notice *notice, struct arena *arena, struct bytes package,
                   void (*tell)(void *to, struct bytes order), void *to)
{
    struct frontier below, above;

    if (!frontier_init(&below, arena, notice->n_levels) || !frontier_init(&above, arena, notice->n))
        return false;
    for (size_t i = 0; i < notice->n; i++)
        if (is_package(&notice->nodes[i], package)) {
            meet(&below, notice->nodes[i].level);
            meet(&above, (uint32_t)i + 1);
        }
    go_below(notice, &below, true);
    climb(notice, &above);
    for (size_t i = 0; i < notice->n; i++)
        if (notice->nodes[i].number.at != NULL && (below.met[notice->nodes[i].level] || above.met[i + 1]))
            tell(to, notice->nodes[i].number);
    return true;
}
