#include "map/tree_fill.h"

#include "map/inherit.h"
#include "map/tree_bound.h"

/* --- finding nodes */

/* The next element or attribute of that number, from `node` on among its siblings. */
static struct tree_node *of_number(struct tree_node *node, uint16_t id)
{
    while (node != NULL && node->id != id)
        node = node->next;
    return node;
}

/* Where a walk along a route stands: the node at each step. */
struct way {
    const struct tree_route *route;
    struct tree_node *at[TREE_MAX_STEPS];
};

/* From step `depth` down, its node being known: the first end of the route; NULL: none. */
static struct tree_node *descend(struct way *way, unsigned depth)
{
    const struct tree_route *route = way->route;

    for (;;) {
        if (way->at[depth] == NULL) {
            if (depth == 0)
                return NULL;
            depth--;
            way->at[depth] = of_number(way->at[depth]->next, route->ids[depth]);
            continue;
        }
        if (depth + 1u == route->n)
            return way->at[depth];
        way->at[depth]->entered = true;
        way->at[depth + 1] = of_number(way->at[depth]->first, route->ids[depth + 1]);
        depth++;
    }
}

static struct tree_node *first_node(struct way *way, const struct tree_route *route, struct tree_node *from)
{
    way->route = route;
    if (route->n == 0)
        return from;
    way->at[0] = of_number(from->first, route->ids[0]);
    return descend(way, 0);
}

static struct tree_node *next_node(struct way *way)
{
    const struct tree_route *route = way->route;
    unsigned last;

    if (route->n == 0)
        return NULL;
    last = route->n - 1u;
    way->at[last] = of_number(way->at[last]->next, route->ids[last]);
    return descend(way, last);
}

/* --- what is wrong */

static void on_value(void *whom, const struct flat_complaint *told)
{
    struct tree_fill *fill = whom;
    struct tree_complaint complaint = {.complaint = told->complaint,
                                       .node = fill->node,
                                       .value = told->value,
                                       .what = told->what,
                                       .expected = told->expected};

    if (told->slot < 0) { /* a total, of an earlier node */
        complaint.node = NULL;
        complaint.line = (uint32_t)told->line;
        complaint.column = told->place;
        complaint.path = told->column;
    }
    fill->complain(fill->whom, &complaint);
}

/* --- what a rule takes */

static bool passes(const struct tree_bound_rule *rule, struct tree_node *element)
{
    for (unsigned i = 0; i < rule->n_tests; i++) {
        const struct map_test *test = rule->tests[i].map;
        struct way way;
        struct tree_node *node = first_node(&way, &rule->tests[i].route, element);
        struct bytes text = node != NULL ? node->text : (struct bytes){NULL, 0};
        bool holds = false;

        for (uint32_t v = 0; v < test->n_values && !holds; v++)
            holds = bytes_equal(test->values[v], text);
        if (!holds)
            return false;
    }
    for (unsigned i = 0; i < rule->n_tests; i++) {
        struct way way;
        struct tree_node *node = first_node(&way, &rule->tests[i].route, element);

        if (node != NULL)
            node->read = true;
    }
    return true;
}

static struct tree_bound_rule *choose(const struct tree_bound_node *node, struct tree_node *element,
                                      uint64_t around)
{
    for (uint32_t i = 0; i < node->n_rules; i++) {
        struct tree_bound_rule *rule = node->rules[i];

        if (!rule->map->each && rule->taken_in == around)
            continue;
        if (!rule->map->each && rule->map->enter_len > 0 && !tree_says_something(element))
            continue; /* no object is made of nothing */
        if (passes(rule, element))
            return rule;
    }
    return NULL;
}

static struct canon_object *enter(struct tree_fill *fill, const struct map_rule *map,
                                  struct canon_object *object)
{
    struct arena *arena = fill->values->record->arena;

    for (unsigned i = 0; i < map->enter_len && object != NULL; i++)
        object = map->each && i + 1 == map->enter_len ? canon_append(arena, object, map->enter[i])
                                                      : canon_enter(arena, object, map->enter[i]);
    return object;
}

/* A total, to be compared when the document is whole. */
static void state(struct tree_fill *fill, const struct tree_op *op, const struct tree_node *node)
{
    struct flat_fill *values = fill->values;
    struct arena *arena = values->record->arena;
    struct tree_mark mark;
    struct bytes number;
    char path[240];

    if (values->n_stated == FLAT_MAX_TOTALS ||
        number_form_read(&op->value.column->number, node->text, arena, &number) != NULL)
        return; /* no number: its own field's conversion says so */
    mark = tree_place(fill->document, node);
    tree_path(node, path, sizeof(path));
    values->stated[values->n_stated++] = (struct flat_stated){.target = op->target,
                                                              .value = arena_copy(arena, number),
                                                              .column = arena_copy(arena, bytes_of(path)),
                                                              .line = mark.line,
                                                              .place = mark.column};
}

static void read_op(struct tree_fill *fill, struct tree_op *op, struct tree_node *element,
                    struct canon_object *object)
{
    bool some = false;
    struct way way;

    for (struct tree_node *node = first_node(&way, &op->route, element); node != NULL;
         node = next_node(&way)) {
        if (node->text.at == NULL)
            continue;
        some = true;
        fill->node = node;
        if (op->target->compute != MAP_COMPUTE_NOTHING)
            state(fill, op, node);
        if (!op->set || flat_set(fill->values, object, &op->value, node->text))
            node->read = true;
    }
    if (!some && op->target->fallback.at != NULL && op->target->field != NULL)
        flat_set_default(fill->values, object, &op->value);
}

/* What every object has, where the file says nothing else. */
static void set_fields(struct tree_fill *fill, const struct map_rule *map, struct canon_object *object)
{
    struct arena *arena = fill->values->record->arena;

    for (uint32_t i = 0; i < map->n_set; i++) {
        const struct map_assign *set = &map->set[i];
        struct canon_object *into = flat_target_object(fill->values, object, &set->target);

        if (into != NULL && canon_get(into, set->target.field) == NULL)
            canon_add_text(arena, into, set->target.field, set->key.at, set->key.len, false);
    }
}

static void take(struct tree_fill *fill, const struct tree_bound_node *node, struct tree_node *element,
                 struct canon_object *object, uint64_t around)
{
    struct tree_bound_rule *rule = element->taken || element->read ? NULL : choose(node, element, around);
    const uint64_t serial = ++fill->serial;
    const struct canon_object *around_object;

    if (rule == NULL)
        return;
    rule->taken_in = around;
    element->taken = element->entered = true;
    around_object = object;
    object = enter(fill, rule->map, object);
    if (object == NULL)
        return; /* out of memory: asked for once a document */
    fill->values->ordinal++;
    for (unsigned i = 0; i < rule->n_ops; i++)
        read_op(fill, &rule->ops[i], element, object);
    set_fields(fill, rule->map, object);
    inherit_read(rule->map, fill->values->record->arena, around_object, object);
    for (uint32_t i = 0; i < rule->n_nodes; i++) {
        struct way way;

        for (struct tree_node *inner = first_node(&way, &rule->nodes[i].route, element); inner != NULL;
             inner = next_node(&way))
            take(fill, &rule->nodes[i], inner, object, serial);
    }
}

void tree_fill(struct tree_fill *fill, struct tree_binding *binding, struct canon_record *record,
               const struct tree_document *document)
{
    const uint64_t around = ++fill->serial;

    fill->binding = binding;
    fill->document = document;
    fill->node = NULL;
    fill->values->charset = binding->charset;
    fill->values->complain = on_value;
    fill->values->whom = fill;
    flat_fill_begin(fill->values, &binding->values, record);
    for (uint32_t i = 0; i < binding->n_nodes; i++)
        take(fill, &binding->nodes[i], document->top, record->body, around);
    if (document->top->taken) {
        tree_unread_count(fill, document->top);
    } else {
        fill->node = document->top;
        flat_complain(fill->values, READ_OTHER_DOCUMENT, 0, (struct bytes){NULL, 0}, NULL, NULL);
    }
}
