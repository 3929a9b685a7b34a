/*
 * The order that segments had (x12_order.h): each is put where the record says, loop by loop, by what it
 * begins with.  What the record does not name (totals that were added, values that are new) keeps its place
 * in the standard's order.
 */
#include "map/x12_order.h"
#include "map/x12_put_bound.h"

enum { LOOKED_AT = 4096 }; /* segments, for one that is wanted */

enum likeness { SAME_TEXT, SAME_FIRST, SAME_ID, N_LIKENESSES };

struct wanted {
    unsigned level;
    struct bytes text; /* "N1*ST*DC 12" */
    uint32_t end;      /* behind what is in its loop */
    uint32_t node;     /* that it got, + 1 */
};

/* A segment; with what is in its loop when it starts one. */
struct node {
    struct x12_put_segment *segment;
    unsigned level;
    struct bytes text;
    uint32_t end, parent; /* parent: index + 1, or 0 */
    bool placed;
};

struct ordering {
    struct putting *putting;
    uint32_t n_wanted, n;
    struct wanted *wanted;
    struct node *nodes;
    uint32_t n_out;
    struct x12_put_segment **out;
};

static struct bytes first_of(struct bytes text)
{
    const char *star = memchr(text.at, '*', text.len), *end;

    if (star == NULL)
        return text;
    end = memchr(star + 1, '*', (size_t)(text.at + text.len - star - 1));
    return end != NULL ? (struct bytes){text.at, (size_t)(end - text.at)} : text;
}

static struct bytes id_of(struct bytes text)
{
    struct bytes id;

    (void)bytes_split(&text, '*', &id);
    return id;
}

static bool is_like(struct bytes a, struct bytes b, enum likeness likeness)
{
    if (likeness == SAME_TEXT)
        return bytes_equal(a, b);
    return likeness == SAME_FIRST ? bytes_equal(first_of(a), first_of(b)) : bytes_equal(id_of(a), id_of(b));
}

/* Gives each of the wanted [from, to) of one level one of the nodes [first, last) of one level. */
static void match(struct ordering *ordering, uint32_t from, uint32_t to, uint32_t first, uint32_t last)
{
    struct node *nodes = ordering->nodes;
    struct wanted *wanted = ordering->wanted;

    for (unsigned likeness = SAME_TEXT; likeness < N_LIKENESSES; likeness++)
        for (uint32_t w = from, low = first; w < to; w = wanted[w].end) {
            uint32_t looked_at = 0;

            while (low < last && nodes[low].placed)
                low = nodes[low].end;
            for (uint32_t i = low; i < last && looked_at++ < LOOKED_AT && wanted[w].node == 0;
                 i = nodes[i].end)
                if (!nodes[i].placed && is_like(nodes[i].text, wanted[w].text, likeness)) {
                    nodes[i].placed = true;
                    wanted[w].node = i + 1;
                }
        }
    for (uint32_t w = from; w < to; w = wanted[w].end)
        if (wanted[w].node != 0)
            match(ordering, w + 1, wanted[w].end, wanted[w].node, nodes[wanted[w].node - 1].end);
}

/* Those that stood in another loop. */
static void match_elsewhere(struct ordering *ordering)
{
    uint32_t low = 0;

    for (uint32_t w = 0; w < ordering->n_wanted; w++) {
        uint32_t looked_at = 0;

        while (low < ordering->n && ordering->nodes[low].placed)
            low++;
        for (uint32_t i = low; i < ordering->n && looked_at++ < LOOKED_AT && ordering->wanted[w].node == 0;
             i++)
            if (!ordering->nodes[i].placed && ordering->nodes[i].end == i + 1 &&
                bytes_equal(ordering->nodes[i].text, ordering->wanted[w].text)) {
                ordering->nodes[i].placed = true;
                ordering->wanted[w].node = i + 1;
            }
    }
}

static void take(struct ordering *ordering, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i = ordering->nodes[i].end)
        if (!ordering->nodes[i].placed) {
            ordering->out[ordering->n_out++] = ordering->nodes[i].segment;
            take(ordering, i + 1, ordering->nodes[i].end);
        }
}

/* The nodes [first, last) of one level, as the wanted [from, to) say. */
static void arrange(struct ordering *ordering, uint32_t from, uint32_t to, uint32_t first, uint32_t last)
{
    const struct node *nodes = ordering->nodes;
    uint32_t parent = first > 0 && first < last ? nodes[first].parent : 0;

    for (uint32_t w = from; w < to; w = ordering->wanted[w].end) {
        uint32_t i = ordering->wanted[w].node - 1, others = first;

        if (ordering->wanted[w].node == 0)
            continue;
        while (nodes[i].parent == parent && others < last &&
               nodes[others].segment->position->index < nodes[i].segment->position->index)
            others = nodes[others].end;
        take(ordering, first, others);
        first = others;
        ordering->out[ordering->n_out++] = nodes[i].segment;
        arrange(ordering, w + 1, ordering->wanted[w].end, i + 1, nodes[i].end);
    }
    take(ordering, first, last);
}

static void read_wanted(struct ordering *ordering, const struct canon_list *list)
{
    for (const struct canon_object *each = list->first; each != NULL; each = each->next) {
        struct wanted *wanted = &ordering->wanted[ordering->n_wanted++];

        *wanted = (struct wanted){.text = {each->first.values[0].text, each->first.values[0].len}};
        for (; wanted->text.len > 0 && wanted->text.at[0] == '.' && wanted->level < X12_READ_DEPTH;
             wanted->level++)
            wanted->text = (struct bytes){wanted->text.at + 1, wanted->text.len - 1};
    }
    for (uint32_t w = ordering->n_wanted; w > 0; w--) {
        uint32_t end = w;

        while (end < ordering->n_wanted && ordering->wanted[end].level > ordering->wanted[w - 1].level)
            end = ordering->wanted[end].end;
        ordering->wanted[w - 1].end = end;
    }
}

static bool read_nodes(struct ordering *ordering)
{
    struct x12_put *put = ordering->putting->put;
    uint32_t above[X12_READ_DEPTH + 1] = {0}; /* by level: the last loop, index + 1 */

    for (uint32_t i = 0; i < ordering->n; i++) {
        struct x12_put_segment *segment = put->segments[i];
        struct node *node = &ordering->nodes[i];
        char *text = arena_text(put->arena, X12_ORDER_TEXT);

        if (text == NULL)
            return false;
        *node = (struct node){.segment = segment, .text = {text, 0}};
        node->level = segment->position->depth - (segment->position->starts_loop ? 1U : 0U);
        if (node->level >= X12_READ_DEPTH)
            return false;
        node->text.len = x12_order_text(text, segment->id, segment->elements, segment->n,
                                        &put->writer->style.delimiters);
        node->parent = above[node->level];
        above[node->level + 1] = i + 1;
    }
    for (uint32_t i = ordering->n; i > 0; i--) {
        uint32_t end = i;

        while (end < ordering->n && ordering->nodes[end].level > ordering->nodes[i - 1].level)
            end = ordering->nodes[end].end;
        ordering->nodes[i - 1].end = end;
    }
    return true;
}

void put_order(struct putting *putting, const struct canon_list *list)
{
    struct x12_put *put = putting->put;
    struct ordering ordering = {.putting = putting, .n = put->n_segments};

    ordering.wanted = arena_zalloc(put->arena, list->count + 1, sizeof(*ordering.wanted));
    ordering.nodes = arena_zalloc(put->arena, put->n_segments + 1, sizeof(*ordering.nodes));
    ordering.out = arena_zalloc(put->arena, put->n_segments + 1, sizeof(struct x12_put_segment *));
    if (ordering.wanted == NULL || ordering.nodes == NULL || ordering.out == NULL || !read_nodes(&ordering))
        return;
    read_wanted(&ordering, list);
    match(&ordering, 0, ordering.n_wanted, 0, ordering.n);
    match_elsewhere(&ordering);
    arrange(&ordering, 0, ordering.n_wanted, 0, ordering.n);
    if (ordering.n_out == put->n_segments)
        memcpy(put->segments, ordering.out, ordering.n_out * sizeof(*put->segments));
}
