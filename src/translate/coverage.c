#include "translate/coverage.h"

#include <stdio.h>
#include <stdlib.h>

#include "diag/report.h"
#include "translate/coverage_xref.h"
#include "translate/work.h"

enum { MAX_SHOWN = 60 };
static const size_t ceiling = (size_t)512 * 1024 * 1024;

/* Where something was left for the first time. */
struct example {
    const char *file;
    struct bytes interchange, group, set, tag, value;
    uint32_t ordinal;
};

/* An element, or a component of one, at a place of a set. */
struct cell {
    struct cell *next; /* by component */
    uint8_t component; /* from 1; 0: the element has none */
    uint64_t present, unread;
    struct example example;
};

struct place_count {
    struct cell *elements[X12_MAX_ELEMENTS]; /* from 0 */
};

/* Of one work: a set type of a partner in a release. */
struct covered {
    struct covered *next;
    const struct work *work;
    struct place_count **places; /* by position; behind the last: segments without a place */
    const char *set, *map;
    uint64_t sets, present, unread;
};

struct coverage {
    struct arena arena;
    struct covered *covered;
};

struct coverage *coverage_open(void)
{
    struct coverage *coverage = calloc(1, sizeof(*coverage));

    if (coverage != NULL)
        arena_init(&coverage->arena, 64 * 1024, ceiling);
    return coverage;
}

void coverage_close(struct coverage *coverage)
{
    if (coverage == NULL)
        return;
    arena_release(&coverage->arena);
    free(coverage);
}

/* ---- counting ---- */

static struct covered *covered_of(struct coverage *coverage, const struct work *work)
{
    struct covered **at = &coverage->covered;
    struct covered *covered;

    while (*at != NULL && (*at)->work != work)
        at = &(*at)->next;
    if (*at != NULL)
        return *at;
    covered = arena_zalloc(&coverage->arena, 1, sizeof(*covered));
    if (covered == NULL)
        return NULL;
    covered->work = work;
    covered->set = arena_copy(&coverage->arena, work->set_id).at;
    covered->map = arena_copy(&coverage->arena, bytes_of(x12_binding_map(work->binding)->name)).at;
    covered->places = arena_zalloc(&coverage->arena, work->set->n_positions + 1u, sizeof(*covered->places));
    if (covered->places == NULL || covered->map == NULL)
        return NULL;
    *at = covered;
    return covered;
}

static struct cell *cell_of(struct coverage *coverage, struct covered *covered, uint16_t position,
                            unsigned element, unsigned component)
{
    uint16_t last = covered->work->set->n_positions;
    struct place_count **place = &covered->places[position < last ? position : last];
    struct cell **at;

    if (*place == NULL && (*place = arena_zalloc(&coverage->arena, 1, sizeof(**place))) == NULL)
        return NULL;
    at = &(*place)->elements[element];
    while (*at != NULL && (*at)->component < component)
        at = &(*at)->next;
    if (*at == NULL || (*at)->component != component) {
        struct cell *cell = arena_zalloc(&coverage->arena, 1, sizeof(*cell));

        if (cell == NULL)
            return NULL;
        cell->component = (uint8_t)component;
        cell->next = *at;
        *at = cell;
    }
    return *at;
}

/* The document at hand. */
struct counting {
    struct coverage *coverage;
    struct covered *covered;
    const struct inbound_document *document;
};

static void keep_example(struct counting *c, struct cell *cell, const struct segment_view *view,
                         struct bytes value)
{
    const struct canon_source *source = &c->document->record->source;
    struct arena *arena = &c->coverage->arena;

    if (value.len > MAX_SHOWN)
        value.len = MAX_SHOWN;
    cell->example = (struct example){
        .file = arena_copy(arena, bytes_of(c->document->file)).at,
        .interchange = arena_copy(arena, source->interchange),
        .group = arena_copy(arena, source->group),
        .set = arena_copy(arena, source->set),
        .tag = arena_copy(arena, view->id),
        .value = arena_copy(arena, value),
        .ordinal = view->ordinal,
    };
}

/* The values of an element's text: `component` and `repetition` part them (0: nothing does). */
static void count_values(struct counting *c, const struct inbound_segment *segment, unsigned element,
                         struct bytes text, char component, char repetition, bool unread, unsigned only)
{
    struct bytes repeat = text;

    while (repetition != 0 ? bytes_split(&text, repetition, &repeat) : text.at != NULL) {
        struct bytes part = repeat, rest = repeat;
        unsigned n = 0;

        while (component != 0 ? bytes_split(&rest, component, &part) : n == 0) {
            struct cell *cell;

            n++;
            if (part.len == 0)
                continue;
            cell = cell_of(c->coverage, c->covered, segment->position, element,
                           only != 0        ? only
                           : component != 0 ? (n < 255 ? n : 255)
                                            : 0);
            if (cell == NULL)
                return;
            if (!unread) {
                cell->present++;
                c->covered->present++;
                continue;
            }
            if (cell->unread++ == 0)
                keep_example(c, cell, &segment->view, part);
            c->covered->unread++;
        }
        if (repetition == 0)
            return;
    }
}

static bool has_components(const struct segment_view *view, const struct x12_delimiters *delimiters,
                           unsigned element)
{
    struct bytes text = view->element[element];

    return (view->compound >> element & 1) != 0 && text.len > 0 &&
           memchr(text.at, delimiters->component, text.len) != NULL;
}

static uint32_t kept_elements(const struct segment_view *view)
{
    return view->n_elements < X12_MAX_ELEMENTS ? view->n_elements : X12_MAX_ELEMENTS;
}

static void count_segment(struct counting *c, const struct inbound_segment *segment)
{
    const struct x12_delimiters *delimiters = c->document->delimiters;

    for (uint32_t e = 0; e < kept_elements(&segment->view); e++)
        count_values(c, segment, e, segment->view.element[e],
                     has_components(&segment->view, delimiters, e) ? delimiters->component : '\0',
                     (segment->view.compound >> e & 1) != 0 ? delimiters->repetition : '\0', false, 0);
}

static struct bytes text_of(const struct canon_object *object, const char *name)
{
    const struct canon_field *field = canon_block_field(object->block, bytes_of(name));
    const struct canon_value *value = field != NULL ? canon_get(object, field) : NULL;

    return value != NULL && value->held == CANON_HELD_TEXT ? (struct bytes){value->text, value->len}
                                                           : (struct bytes){NULL, 0};
}

static const struct canon_list *list_of(const struct canon_object *object, const char *name)
{
    const struct canon_field *field = canon_block_field(object->block, bytes_of(name));
    const struct canon_value *value = field != NULL ? canon_get(object, field) : NULL;

    return value != NULL && value->held == CANON_HELD_LIST ? value->list : NULL;
}

/* An entry of `extra`: its texts have ":" and "^" where a value holds separators. */
static void count_extra(struct counting *c, const struct canon_object *extra)
{
    const struct x12_delimiters *delimiters = c->document->delimiters;
    const struct canon_list *elements = list_of(extra, "elements");
    const struct inbound_segment *segment;
    struct bytes name = text_of(extra, "element"), first;
    uint64_t ordinal, element, component = 0;

    /* ST is 1, and not among them. */
    if (!bytes_to_count(text_of(extra, "ordinal"), UINT32_MAX, &ordinal) || ordinal < 2 ||
        ordinal - 2 >= c->document->n_segments)
        return;
    segment = &c->document->segments[ordinal - 2];
    if (name.at == NULL) {
        const struct canon_object *at = elements != NULL ? elements->first : NULL;

        for (uint32_t e = 0; at != NULL && e < kept_elements(&segment->view); at = at->next, e++)
            count_values(c, segment, e, (struct bytes){at->first.values[0].text, at->first.values[0].len},
                         has_components(&segment->view, delimiters, e) ? ':' : '\0',
                         (segment->view.compound >> e & 1) != 0 ? '^' : '\0', true, 0);
        return;
    }
    if (!bytes_split(&name, '-', &first) || !bytes_to_count(first, kept_elements(&segment->view), &element) ||
        element == 0 || (name.at != NULL && !bytes_to_count(name, 255, &component)))
        return;
    element--;
    if (!has_components(&segment->view, delimiters, (unsigned)element))
        component = 0; /* a plain value, read or left as a component */
    count_values(c, segment, (unsigned)element, text_of(extra, "value"),
                 component == 0 && has_components(&segment->view, delimiters, (unsigned)element) ? ':' : '\0',
                 (segment->view.compound >> element & 1) != 0 ? '^' : '\0', true, (unsigned)component);
}

bool coverage_take(void *whom, const struct inbound_document *document)
{
    struct counting c = {.coverage = whom, .document = document};
    const struct canon_list *extra = list_of(document->record->body, "extra");

    c.covered = covered_of(c.coverage, document->work);
    if (c.covered == NULL)
        return false;
    c.covered->sets++;
    for (uint32_t i = 0; i < document->n_segments; i++)
        count_segment(&c, &document->segments[i]);
    for (const struct canon_object *at = extra != NULL ? extra->first : NULL; at != NULL; at = at->next)
        count_extra(&c, at);
    return !c.coverage->arena.failed;
}

/* ---- telling ---- */

struct telling {
    const struct coverage *coverage;
    struct canon_sink *sink;
    bool json, all;
    struct buffer text; /* a piece fit to print */
};

/* "98.72", never rounded up. */
static void percent_of(uint64_t read, uint64_t present, char text[32])
{
    uint64_t hundredths = present > 0 ? read * 10000 / present : 10000;

    snprintf(text, 32, "%llu.%02llu", (unsigned long long)(hundredths / 100),
             (unsigned long long)(hundredths % 100));
}

/* "850": the next type behind `last` in the order of their names; NULL: none. */
static const char *next_set(const struct coverage *coverage, const char *last)
{
    const char *next = NULL;

    for (const struct covered *at = coverage->covered; at != NULL; at = at->next)
        if (strcmp(at->set, last) > 0 && (next == NULL || strcmp(at->set, next) < 0))
            next = at->set;
    return next;
}

static const char *printable(struct telling *t, struct bytes text)
{
    buffer_clear(&t->text);
    report_plain(&t->text, text, MAX_SHOWN * 4);
    buffer_add_byte(&t->text, '\0');
    return t->text.failed ? "" : t->text.at;
}

/* Where an element stands, as in other findings: "PO1/PID05-02". */
static void place_text(char into[96], const struct standard_set *set, uint16_t position, unsigned element,
                       unsigned component, const char **name)
{
    const struct standard_position *at = position < set->n_positions ? &set->positions[position] : NULL;
    const struct standard_field *field = at != NULL && element < at->segment->n_fields
                                             ? &at->segment->fields[element]
                                             : NULL;
    int len;

    *name = "";
    if (field != NULL && field->composite != NULL && component > 0 && component <= field->composite->n_fields)
        *name = field->composite->fields[component - 1].element->name;
    else if (field != NULL)
        *name = field->element != NULL ? field->element->name : field->composite->name;
    len = at != NULL
              ? snprintf(into, 80, "%s%s%s%02u", at->path, at->path[0] != '\0' && !at->starts_loop ? "/" : "",
                         at->starts_loop ? "" : at->segment->id, element + 1)
              : snprintf(into, 80, "(no place)%02u", element + 1);
    if (component > 0 && len > 0 && len < 80)
        snprintf(into + len, 16, "-%02u", component);
}

/* One place of a type: of all its works that have it under this name. */
static void tell_cell(struct telling *t, const struct covered *from, uint16_t position, unsigned element,
                      const struct cell *cell)
{
    char place[96], other[96];
    const char *name, *none;
    const struct example *example = &cell->example;
    uint64_t present = 0, unread = 0;

    place_text(place, from->work->set, position, element, cell->component, &name);
    for (const struct covered *at = t->coverage->covered; at != NULL; at = at->next) {
        if (strcmp(at->set, from->set) != 0)
            continue;
        for (uint16_t p = 0; p <= at->work->set->n_positions; p++)
            for (const struct cell *same = at->places[p] != NULL ? at->places[p]->elements[element] : NULL;
                 same != NULL; same = same->next) {
                place_text(other, at->work->set, p, element, same->component, &none);
                if (strcmp(place, other) != 0)
                    continue;
                if (present == 0 && at != from)
                    return; /* told with that one */
                present += same->present;
                unread += same->unread;
                if (example->file == NULL)
                    example = &same->example;
            }
    }
    if (unread == 0 && !t->all)
        return;
    if (t->json) {
        canon_sink_format(t->sink, "{\"place\":\"%s\"", place);
        canon_sink_member(t->sink, "name", bytes_of(name));
        canon_sink_format(t->sink, ",\"set\":\"%s\",\"present\":%llu,\"read\":%llu,\"unread\":%llu",
                          from->set, (unsigned long long)present, (unsigned long long)(present - unread),
                          (unsigned long long)unread);
        if (unread > 0) {
            canon_sink_member(t->sink, "file", bytes_of(example->file));
            canon_sink_member(t->sink, "interchange", example->interchange);
            canon_sink_member(t->sink, "group", example->group);
            canon_sink_member(t->sink, "control", example->set);
            canon_sink_format(t->sink, ",\"segment\":%u", example->ordinal);
            canon_sink_member(t->sink, "tag", example->tag);
            canon_sink_member(t->sink, "value", example->value);
        }
        canon_sink_add(t->sink, BYTES("}\n"));
        return;
    }
    canon_sink_format(t->sink, "  %8llu of %-8llu %s%s%s", (unsigned long long)unread,
                      (unsigned long long)present, place, name[0] != '\0' ? " " : "", name);
    if (unread > 0) {
        canon_sink_format(t->sink, ": \"%s\"", printable(t, example->value));
        canon_sink_format(t->sink, " in %s", printable(t, bytes_of(example->file)));
        canon_sink_format(t->sink, " ISA %s", printable(t, example->interchange));
        canon_sink_format(t->sink, " ST %s", printable(t, example->set));
        canon_sink_format(t->sink, " segment %u %s", example->ordinal, printable(t, example->tag));
    }
    canon_sink_add(t->sink, BYTES("\n"));
}

static void tell_type(struct telling *t, const char *set)
{
    uint64_t sets = 0, present = 0, unread = 0;
    char percent[32];

    for (const struct covered *at = t->coverage->covered; at != NULL; at = at->next)
        if (strcmp(at->set, set) == 0) {
            sets += at->sets;
            present += at->present;
            unread += at->unread;
        }
    percent_of(present - unread, present, percent);
    if (t->json) {
        canon_sink_format(t->sink,
                          "{\"set\":\"%s\",\"sets\":%llu,\"present\":%llu,\"read\":%llu,\"unread\":%llu,"
                          "\"percent\":\"%s\",\"maps\":[",
                          set, (unsigned long long)sets, (unsigned long long)present,
                          (unsigned long long)(present - unread), (unsigned long long)unread, percent);
    } else {
        canon_sink_format(t->sink, "%s: %s %% read: %llu of %llu elements in %llu set%s, by", set, percent,
                          (unsigned long long)(present - unread), (unsigned long long)present,
                          (unsigned long long)sets, sets == 1 ? "" : "s");
    }
    for (const struct covered *at = t->coverage->covered, *n = NULL; at != NULL; at = at->next) {
        const struct covered *before = t->coverage->covered;

        if (strcmp(at->set, set) != 0)
            continue;
        while (before != at && (strcmp(before->set, set) != 0 || strcmp(before->map, at->map) != 0))
            before = before->next;
        if (before != at)
            continue; /* named already */
        canon_sink_format(t->sink, t->json ? "%s\"%s\"" : "%s %s", n != NULL ? "," : "", at->map);
        n = at;
    }
    canon_sink_format(t->sink, t->json ? "]}\n" : "\n");
    for (const struct covered *at = t->coverage->covered; at != NULL; at = at->next)
        for (uint16_t p = 0; strcmp(at->set, set) == 0 && p <= at->work->set->n_positions; p++)
            for (unsigned e = 0; at->places[p] != NULL && e < X12_MAX_ELEMENTS; e++)
                for (const struct cell *cell = at->places[p]->elements[e]; cell != NULL; cell = cell->next)
                    tell_cell(t, at, p, e, cell);
}

/* The cross-references of the maps that read, each map once. */
static void tell_xrefs(struct telling *t)
{
    for (const struct covered *at = t->coverage->covered; at != NULL; at = at->next) {
        const struct map *map = x12_binding_map(at->work->binding);
        const struct covered *before = t->coverage->covered;

        while (before != at && x12_binding_map(before->work->binding) != map)
            before = before->next;
        for (const struct map_xref *xref = before == at ? map->xrefs : NULL; xref != NULL; xref = xref->next)
            coverage_xref_write(xref->xref, at->map, t->sink, t->json, t->all);
    }
}

void coverage_write(const struct coverage *coverage, struct canon_sink *sink, bool json, bool all)
{
    struct telling t = {.coverage = coverage, .sink = sink, .json = json, .all = all};

    buffer_init(&t.text, 64 * 1024);
    for (const char *set = ""; (set = next_set(coverage, set)) != NULL;)
        tell_type(&t, set);
    tell_xrefs(&t);
    buffer_release(&t.text);
}
