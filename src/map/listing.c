#include "map/listing.h"

#include <stdio.h>
#include <stdlib.h>

#include "map/convert.h"
#include "map/x12_bound.h"

enum { MAX_PLACE = 160 };
static const size_t ceiling = (size_t)256 * 1024 * 1024;

struct path {
    struct path *next;
    const char *text;
};

/* What is read of a position. */
struct reach {
    bool touched;
    uint64_t whole;                        /* elements */
    uint64_t components[X12_MAX_ELEMENTS]; /* bit n-1: component n */
};

/* What does not come back as it came. */
struct loss {
    struct loss *next;
    const char *place, *element, *why;
};

struct lister {
    const struct map *map;
    struct loss *losses, **last_loss;
    const struct standard_set *set; /* or NULL */
    struct canon_sink *sink;
    bool json;
    struct arena arena;
    struct path *carried; /* fields that some line names */
    uint32_t n_carried;
    const char **sorted;
    struct reach *reach; /* by position */
};

/* ---- paths of fields ---- */

static const char *joined(struct lister *l, const char *context, const char *name)
{
    return arena_format(&l->arena, "%s%s%s", context, context[0] != '\0' ? "." : "", name);
}

static const char *entered(struct lister *l, const char *context, const struct canon_field *const *path,
                           unsigned n)
{
    for (unsigned i = 0; i < n && context != NULL; i++)
        context = joined(l, context, path[i]->name);
    return context;
}

static void carry(struct lister *l, const char *path)
{
    struct path *made = arena_zalloc(&l->arena, 1, sizeof(*made));

    if (made == NULL || path == NULL)
        return;
    *made = (struct path){l->carried, path};
    l->carried = made;
    l->n_carried++;
}

static const char *target_path(struct lister *l, const char *context, const struct map_target *target)
{
    return entered(l, target->from_root ? "" : context, target->path, target->path_len);
}

/* ---- lines ---- */

/* What is being listed of a rule. */
struct line {
    const char *place;   /* "PO1/REF" */
    const char *element; /* "02"; "" of the unit */
    const char *name;    /* of the element; "" when nobody knows it */
    const char *context;
    const struct map_rule *rule;
};

static const char *when_text(struct lister *l, const struct map_rule *rule)
{
    const char *text = "";

    for (uint32_t i = 0; i < rule->n_tests && text != NULL; i++) {
        const struct map_test *test = &rule->tests[i];

        text = arena_format(&l->arena, "%s%s%.*s=", text, i > 0 ? ", " : "", BYTES_ARG(test->key));
        for (uint32_t v = 0; v < test->n_values && text != NULL; v++)
            text = arena_format(&l->arena, "%s%s%.*s", text, v > 0 ? "|" : "", BYTES_ARG(test->values[v]));
    }
    return text != NULL ? text : "";
}

static void put_line(struct lister *l, const struct line *line, const char *field, const char *how)
{
    const char *when = when_text(l, line->rule);

    if (field == NULL)
        return;
    if (l->json) {
        canon_sink_format(l->sink, "{\"map\":\"%s\",\"what\":\"carries\"", l->map->name);
        canon_sink_member(l->sink, "place", bytes_of(line->place));
        canon_sink_member(l->sink, "element", bytes_of(line->element));
        canon_sink_member(l->sink, "name", bytes_of(line->name));
        canon_sink_member(l->sink, "field", bytes_of(field));
        canon_sink_member(l->sink, "how", bytes_of(how));
        canon_sink_member(l->sink, "when", bytes_of(when));
        if (line->rule->otherwise)
            canon_sink_add(l->sink, BYTES(",\"write\":\"otherwise\""));
        canon_sink_member(l->sink, "file", bytes_of(line->rule->mark.file));
        canon_sink_format(l->sink, ",\"line\":%u}\n", line->rule->mark.line);
        return;
    }
    canon_sink_format(l->sink, "  %s%s%s  %s%s%s%s%s%s\n", line->place,
                      l->set == NULL && line->element[0] != '\0' ? " " : "", line->element, field,
                      how[0] != '\0' ? "  " : "", how, when[0] != '\0' ? "  when " : "", when,
                      line->rule->otherwise ? "  written otherwise" : "");
}

static void lose(struct lister *l, const char *place, const char *element, const char *why)
{
    struct loss *loss = arena_alloc(&l->arena, sizeof(*loss));

    place = arena_copy(&l->arena, bytes_of(place)).at;
    if (loss == NULL || place == NULL)
        return;
    *loss = (struct loss){NULL, place, element, why};
    *l->last_loss = loss;
    l->last_loss = &loss->next;
}

/* Converters without an inverse. */
static void note_losses(struct lister *l, const struct line *line, const struct map_target *target)
{
    const struct map_convert *convert = target->convert;

    if (convert != NULL && convert->pattern != NULL && convert->written == NULL)
        lose(l, line->place, line->element, "its pattern has no write:, and it is not written");
    if (convert != NULL && convert->pattern == NULL && convert->written != NULL)
        lose(l, line->place, line->element, "it has a write: alone, and is not read");
    if (target->miss == MAP_MISS_DEFAULT)
        lose(l, line->place, line->element,
             "a value that is in no table or cross-reference becomes the default");
}

static void list_target(struct lister *l, const struct line *line, const struct map_target *target)
{
    const char *field = target->field != NULL ? target_path(l, line->context, target) : NULL;
    const char *how = "";

    note_losses(l, line, target);
    if (target->convert != NULL && target->convert->n_parts > 0) {
        for (uint32_t i = 0; i < target->convert->n_parts; i++)
            list_target(l, line, &target->convert->parts[i]);
        return;
    }
    if (target->convert != NULL && target->convert->xref != NULL)
        how = arena_format(&l->arena, "by cross-reference %s", xref_source_of(target->convert->xref)->name);
    else if (target->table != NULL)
        how = arena_format(&l->arena, "by table %s", target->table->name);
    else if (target->compute != MAP_COMPUTE_NOTHING)
        how = arena_format(&l->arena, "%s of %s%s%s", target->compute == MAP_COUNT ? "count" : "sum",
                           target->of_list->name, target->of_field != NULL ? "." : "",
                           target->of_field != NULL ? target->of_field->name : "");
    if (field != NULL) {
        carry(l, field);
        if (target->raw != NULL)
            carry(l, joined(l,
                            entered(l, target->from_root ? "" : line->context, target->path,
                                    target->path_len - 1u),
                            target->raw->name));
        put_line(l, line, field, how != NULL ? how : "");
    } else if (target->constant.at != NULL) {
        put_line(l, line, arena_format(&l->arena, "\"%.*s\"", BYTES_ARG(target->constant)), "a constant");
    } else {
        put_line(l, line, "-", how != NULL ? how : "");
    }
}

static const char *range_text(struct lister *l, struct bytes from, struct bytes to)
{
    const char *text = arena_format(&l->arena, "%.*s..%.*s", BYTES_ARG(from), BYTES_ARG(to));

    return text != NULL ? text : "";
}

/* `name_of` says an element's name, or "". */
static void list_rule(struct lister *l, const struct map_rule *rule, const char *place, const char *context,
                      const char *(*name_of)(const void *whom, struct bytes key), const void *whom)
{
    struct line line = {.place = place, .context = context, .rule = rule};

    for (uint32_t i = 0; i < rule->n_assigns; i++) {
        line.element = arena_copy(&l->arena, rule->assigns[i].key).at;
        line.name = name_of(whom, rule->assigns[i].key);
        if (line.element != NULL)
            list_target(l, &line, &rule->assigns[i].target);
    }
    line.name = "";
    if (rule->pairs != NULL) {
        const struct map_pairs *pairs = rule->pairs;

        for (uint32_t i = 0; i < pairs->n_by; i++) {
            line.element = arena_format(&l->arena, "%s %.*s", range_text(l, pairs->from, pairs->to),
                                        BYTES_ARG(pairs->by[i].qualifier));
            if (line.element != NULL)
                list_target(l, &line, &pairs->by[i].target);
        }
        line.element = range_text(l, pairs->from, pairs->to);
        if (pairs->rest != NULL) {
            const char *rest = joined(l, context, pairs->rest->name);

            if (rest != NULL) {
                carry(l, joined(l, rest, pairs->rest_type->name));
                carry(l, joined(l, rest, pairs->rest_value->name));
                put_line(l, &line, rest, "the other pairs");
            }
        }
        if (pairs->order != NULL)
            carry(l, joined(l, context, pairs->order->name));
    }
    if (rule->groups != NULL) {
        const struct map_groups *groups = rule->groups;

        line.context = joined(l, groups->from_root ? "" : context, groups->list->name);
        line.element = range_text(l, groups->from, groups->to);
        for (uint32_t i = 0; i < groups->n_fields && line.context != NULL; i++)
            list_target(l, &line, &groups->fields[i]);
        for (uint32_t i = 0; i < groups->n_also && line.context != NULL; i++) {
            line.element = arena_copy(&l->arena, groups->also[i].key).at;
            if (line.element != NULL)
                list_target(l, &line, &groups->also[i].target);
        }
    }
}

/* ---- X12: the rules as they are bound ---- */

static const char *element_name(const void *whom, struct bytes key)
{
    const struct standard_position *position = whom;
    const struct standard_field *field;
    uint8_t element, component;

    if (!x12_parse_key(key, &element, &component) || element >= position->segment->n_fields)
        return "";
    field = &position->segment->fields[element];
    if (field->composite == NULL)
        return field->element->name;
    return component > 0 && component <= field->composite->n_fields
               ? field->composite->fields[component - 1].element->name
               : field->composite->name;
}

static void position_text(const struct standard_position *position, char into[MAX_PLACE])
{
    snprintf(into, MAX_PLACE, "%s%s%s", position->path,
             position->path[0] != '\0' && !position->starts_loop ? "/" : "",
             position->starts_loop ? "" : position->segment->id);
}

static uint64_t bits_between(unsigned from, unsigned to)
{
    return (~(uint64_t)0 << from) & (~(uint64_t)0 >> (63 - to));
}

static void note_component(struct reach *reach, unsigned element, unsigned component)
{
    reach->components[element] |= (uint64_t)1 << ((component > 0 ? component - 1 : 0) & 63);
}

static void note_reach(struct reach *reach, const struct x12_bound_rule *rule)
{
    reach->touched = true;
    reach->whole |= rule->reads & ~rule->absent;
    if (rule->pairs != NULL)
        reach->whole |= bits_between(rule->pairs->from, rule->pairs->to);
    if (rule->groups != NULL)
        reach->whole |= bits_between(rule->groups->from, rule->groups->to);
    for (uint32_t i = 0; i < rule->n_ops; i++)
        note_component(reach, rule->ops[i].element, rule->ops[i].component);
    for (uint32_t i = 0; i < rule->n_tests; i++)
        note_component(reach, rule->tests[i].element, rule->tests[i].component);
}

static void list_bound(struct lister *l, const struct rule_list *const *lists, uint16_t first, uint16_t last,
                       const char *context, unsigned depth)
{
    for (uint16_t p = first; lists != NULL && p <= last && depth <= MAP_MAX_NEST; p++) {
        const struct rule_list *list = lists[p - first];
        char place[MAX_PLACE];

        if (list == NULL)
            continue;
        position_text(&l->set->positions[p], place);
        for (uint32_t r = 0; r < list->n; r++) {
            const struct x12_bound_rule *rule = list->rules[r];
            const char *inner = entered(l, context, rule->map->enter, rule->map->enter_len);

            if (inner == NULL)
                return;
            note_reach(&l->reach[p], rule);
            list_rule(l, rule->map, place, inner, element_name, &l->set->positions[p]);
            list_bound(l, rule->children, rule->first, rule->last, inner, depth + 1);
        }
    }
}

static void put_left(struct lister *l, const char *place, const char *element, const char *name)
{
    if (l->json) {
        canon_sink_format(l->sink, "{\"map\":\"%s\",\"what\":\"leaves\"", l->map->name);
        canon_sink_member(l->sink, "place", bytes_of(place));
        canon_sink_member(l->sink, "element", bytes_of(element));
        canon_sink_member(l->sink, "name", bytes_of(name));
        canon_sink_add(l->sink, BYTES("}\n"));
    } else {
        canon_sink_format(l->sink, "  %s%s  %s\n", place, element, name);
    }
}

static void list_left_of(struct lister *l, const struct standard_position *position)
{
    const struct reach *reach = &l->reach[position->index];
    char place[MAX_PLACE], element[16];

    position_text(position, place);
    for (uint8_t e = 0; e < position->segment->n_fields && e < X12_MAX_ELEMENTS; e++) {
        const struct standard_field *field = &position->segment->fields[e];

        snprintf(element, sizeof(element), "%02u", e + 1U);
        if (!(reach->whole >> e & 1) && reach->components[e] == 0) {
            put_left(l, place, element,
                     field->element != NULL ? field->element->name : field->composite->name);
            continue;
        }
        for (uint8_t c = 0; field->composite != NULL && c < field->composite->n_fields; c++)
            if (!(reach->components[e] >> c & 1)) {
                snprintf(element, sizeof(element), "%02u-%02u", e + 1U, c + 1U);
                put_left(l, place, element, field->composite->fields[c].element->name);
            }
    }
}

/* A loop that nobody enters is left as a whole. */
static void list_left(struct lister *l)
{
    for (uint16_t p = 0; p < l->set->n_positions; p++) {
        const struct standard_position *position = &l->set->positions[p];
        char place[MAX_PLACE];

        if (strcmp(position->segment->id, "ST") == 0 || strcmp(position->segment->id, "SE") == 0)
            continue;
        if (l->reach[p].touched) {
            list_left_of(l, position);
            continue;
        }
        position_text(position, place);
        put_left(l, place, "", position->segment->name);
        if (position->starts_loop)
            p = position->last;
    }
}

/* ---- other formats: the rules as they stand ---- */

static const char *no_name(const void *whom, struct bytes key)
{
    (void)whom;
    (void)key;
    return "";
}

static void list_nodes(struct lister *l, const struct map_node *nodes, uint32_t n, const char *prefix,
                       const char *context, unsigned depth)
{
    for (uint32_t i = 0; i < n && depth <= MAP_MAX_NEST; i++)
        for (uint32_t r = 0; r < nodes[i].n_rules; r++) {
            const struct map_rule *rule = &nodes[i].rules[r];
            const char *inner = entered(l, context, rule->enter, rule->enter_len);
            const char *place = arena_format(&l->arena, "%s%s%s", prefix, prefix[0] != '\0' ? "/" : "",
                                             nodes[i].tag);

            if (inner == NULL || place == NULL)
                return;
            list_rule(l, rule, place, inner, no_name, NULL);
            list_nodes(l, rule->nodes, rule->n_nodes, place, inner, depth + 1);
        }
}

/* ---- fields that no line names ---- */

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool sort_carried(struct lister *l)
{
    uint32_t n = 0;

    l->sorted = arena_zalloc(&l->arena, l->n_carried + 1, sizeof(*l->sorted));
    if (l->sorted == NULL)
        return false;
    for (const struct path *path = l->carried; path != NULL; path = path->next)
        l->sorted[n++] = path->text;
    qsort(l->sorted, n, sizeof(*l->sorted), compare_paths);
    return true;
}

/* Is the path carried, or, with `below`, something in the object at it? */
static bool is_carried(const struct lister *l, const char *path, bool below)
{
    size_t len = strlen(path);
    uint32_t low = 0, high = l->n_carried;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strncmp(l->sorted[middle], path, len);

        if (order == 0)
            order = below                            ? (l->sorted[middle][len] == '.'  ? 0
                                                        : l->sorted[middle][len] < '.' ? -1
                                                                                       : 1)
                    : l->sorted[middle][len] == '\0' ? 0
                                                     : 1;
        if (order == 0)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static void list_lacking(struct lister *l, const struct canon_block *block, const char *context,
                         unsigned depth)
{
    for (uint16_t i = 0; i < block->n_fields && depth < CANON_MAX_NEST; i++) {
        const struct canon_field *field = &block->fields[i];
        const char *path = joined(l, context, field->name);

        if (path == NULL || (depth == 0 && strcmp(field->name, "extra") == 0))
            continue;
        if (field->block != NULL && is_carried(l, path, true)) {
            list_lacking(l, field->block, path, depth + 1);
            continue;
        }
        if (field->block == NULL && is_carried(l, path, false))
            continue;
        if (l->json) {
            canon_sink_format(l->sink, "{\"map\":\"%s\",\"what\":\"lacks\"", l->map->name);
            canon_sink_member(l->sink, "field", bytes_of(path));
            canon_sink_member(l->sink, "type", bytes_of(field->type_name));
            canon_sink_member(l->sink, "meaning", bytes_of(field->meaning));
            canon_sink_add(l->sink, BYTES("}\n"));
        } else {
            canon_sink_format(l->sink, "  %s%s%s\n", path, field->meaning[0] != '\0' ? "  " : "",
                              field->meaning);
        }
    }
}

/* ---- all of it ---- */

static void heading(const struct lister *l, const char *text)
{
    if (!l->json)
        canon_sink_format(l->sink, "%s\n", text);
}

static void put_loss(struct lister *l, const char *place, const char *element, const char *why)
{
    if (l->json) {
        canon_sink_format(l->sink, "{\"map\":\"%s\",\"what\":\"loses\"", l->map->name);
        canon_sink_member(l->sink, "place", bytes_of(place));
        canon_sink_member(l->sink, "element", bytes_of(element));
        canon_sink_member(l->sink, "why", bytes_of(why));
        canon_sink_add(l->sink, BYTES("}\n"));
    } else {
        canon_sink_format(l->sink, "  %s%s%s  %s\n", place, l->set == NULL && element[0] != '\0' ? " " : "",
                          element, why);
    }
}

/* Segments that the map declares, and converters without an inverse; mostly there are none. */
static void list_losses(struct lister *l)
{
    const struct map *map = l->map;

    if (map->n_lossy == 0 && l->losses == NULL)
        return;
    heading(l, "does not bring back as it came:");
    for (uint32_t i = 0; i < map->n_lossy; i++) {
        const char *segment = arena_copy(&l->arena, map->lossy[i].segment).at;

        if (segment != NULL)
            put_loss(l, segment, "", map->lossy[i].why);
    }
    for (const struct loss *loss = l->losses; loss != NULL; loss = loss->next)
        put_loss(l, loss->place, loss->element, loss->why);
}

static bool write_all(struct lister *l, struct x12_binding *binding)
{
    const struct map *map = l->map;

    if (l->json) {
        canon_sink_format(l->sink, "{\"map\":\"%s\",\"what\":\"map\"", map->name);
        canon_sink_member(l->sink, "title", bytes_of(map->title));
        canon_sink_member(l->sink, "format", bytes_of(map->format));
        canon_sink_member(l->sink, "set", bytes_of(map->set));
        canon_sink_member(l->sink, "release", bytes_of(l->set != NULL ? l->set->release : NULL));
        canon_sink_member(l->sink, "record", bytes_of(map->kind->name));
        canon_sink_member(l->sink, "stamp", bytes_of(map->stamp));
        canon_sink_add(l->sink, BYTES("}\n"));
    } else {
        canon_sink_format(l->sink, "%s: %s\n%s%s%s%s%s, record %s\n", map->name, map->title, map->format,
                          map->set[0] != '\0' ? " " : "", map->set, l->set != NULL ? " in " : "",
                          l->set != NULL ? l->set->release : "", map->kind->name);
    }
    heading(l, "reads and writes:");
    if (binding != NULL)
        list_bound(l, binding->root.children, 0, binding->root.last, "", 0);
    else
        list_nodes(l, map->nodes, map->n_nodes, "", "", 0);
    if (binding != NULL) {
        heading(l, "leaves unread:");
        list_left(l);
    }
    list_losses(l);
    heading(l, "cannot carry:");
    if (l->arena.failed || !sort_carried(l))
        return false;
    list_lacking(l, map->kind->body, "", 0);
    return !l->arena.failed;
}

bool listing_write(const struct map *map, const struct standard_set *set, struct canon_sink *sink, bool json)
{
    struct lister l = {.map = map, .set = set, .sink = sink, .json = json};
    struct x12_binding *binding = NULL;
    bool good = false;

    arena_init(&l.arena, 256 * 1024, ceiling);
    l.last_loss = &l.losses;
    if (set != NULL) {
        binding = x12_binding_open(map, set);
        l.reach = arena_zalloc(&l.arena, set->n_positions, sizeof(*l.reach));
    }
    if (set == NULL || (binding != NULL && l.reach != NULL))
        good = write_all(&l, binding);
    x12_binding_close(binding);
    arena_release(&l.arena);
    return good;
}
