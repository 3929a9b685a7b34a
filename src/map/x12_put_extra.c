/*
 * What no map line read comes back where it stood: records made with --unmapped=keep carry it in `extra`,
 * with the ordinal of the segment in its set.  Whole segments are put between the others first, so that
 * ordinals are right again; then elements go into the segments that lost them.
 */
#include "map/x12_put_bound.h"

static struct bytes text_at(const struct canon_object *object, const struct canon_field *field)
{
    const struct canon_value *value = field != NULL && put_holds(object, field) ? put_find(object, field)
                                                                                : NULL;

    if (value == NULL || value->held != CANON_HELD_TEXT)
        return (struct bytes){NULL, 0};
    return (struct bytes){value->text, value->len};
}

/* The segment's definition, wherever the set has it; NULL. */
static const struct standard_segment *segment_of(const struct standard_set *set, struct bytes id)
{
    for (uint16_t p = 0; p < set->n_positions; p++)
        if (bytes_are(id, set->positions[p].segment->id))
            return set->positions[p].segment;
    return NULL;
}

/* One repetition of a text of `extra`: where the standard has components, colons part them. */
static struct bytes repetition_text(struct putting *putting, const struct standard_segment *segment,
                                 unsigned element, struct bytes text, const struct canon_object *object,
                                 const struct canon_field *field)
{
    static const struct map_rule nothing = {.tag = "extra"};
    static const struct map_target none;
    const struct x12_bound_rule rule = {.map = &nothing};
    const struct op op = {.field = field, .target = &none};
    struct bytes parts[16], part;
    struct canon_object *from = (struct canon_object *)(uintptr_t)object;
    unsigned n = 0;

    if (text.len == 0)
        return text;
    if (segment == NULL || element >= segment->n_fields || segment->fields[element].composite == NULL)
        return put_clean(putting, &rule, &op, from, text);
    while (n < 16 && bytes_split(&text, ':', &part))
        parts[n++] = part.len > 0 ? put_clean(putting, &rule, &op, from, part) : part;
    return x12_writer_join(putting->put->writer, putting->put->arena, parts, n);
}

static bool repeats(const struct x12_put *put, struct bytes text)
{
    return put->writer->style.delimiters.repetition != '\0' && text.len > 0 &&
           memchr(text.at, '^', text.len) != NULL;
}

/* The whole text as an element: ^ parts repetitions. */
static struct bytes element_text(struct putting *putting, const struct standard_segment *segment,
                                 unsigned element, struct bytes text, const struct canon_object *object,
                                 const struct canon_field *field)
{
    const struct x12_put *put = putting->put;
    struct bytes part, made = {NULL, 0};

    if (!repeats(put, text))
        return repetition_text(putting, segment, element, text, object, field);
    for (bool first = true; bytes_split(&text, '^', &part); first = false) {
        struct bytes next = repetition_text(putting, segment, element, part, object, field);

        made = bytes_of(first ? arena_format(put->arena, "%.*s", BYTES_ARG(next))
                              : arena_format(put->arena, "%.*s%c%.*s", BYTES_ARG(made),
                                             put->writer->style.delimiters.repetition, BYTES_ARG(next)));
    }
    return made;
}

static void insert(struct putting *putting, struct canon_object *extra, uint64_t ordinal)
{
    const struct x12_binding *binding = putting->putter->binding;
    struct x12_put *put = putting->put;
    struct bytes tag = text_at(extra, binding->extra_tag);
    const struct standard_segment *standard = segment_of(binding->set, tag);
    const struct canon_value *value = put_find(extra, binding->extra_elements);
    struct x12_put_segment *segment = put_add(putting, NULL, NULL, NULL);
    uint32_t at = ordinal >= 2 && ordinal - 2 < put->n_segments ? (uint32_t)(ordinal - 2)
                                                                : put->n_segments - 1;

    if (segment == NULL)
        return;
    segment->id = tag;
    for (const struct canon_object *each = value->list->first; each != NULL && segment->n < X12_MAX_ELEMENTS;
         each = each->next) {
        struct bytes text = {each->first.values[0].text, each->first.values[0].len};

        segment->elements[segment->n] = element_text(putting, standard, segment->n, text, extra,
                                                     binding->extra_elements);
        segment->n++;
    }
    memmove(put->segments + at + 1, put->segments + at, (put->n_segments - 1 - at) * sizeof(*put->segments));
    put->segments[at] = segment;
}

/* Whether an element, or a component of it (from 1), is there. */
static bool is_there(const struct x12_put *put, const struct x12_put_segment *segment, unsigned element,
                     unsigned component)
{
    struct bytes rest = element < segment->n ? segment->elements[element] : (struct bytes){NULL, 0},
                 part = rest;

    for (unsigned i = 0; i < component; i++)
        if (!bytes_split(&rest, put->writer->style.delimiters.component, &part))
            return false;
    return part.len > 0;
}

/* The segment that lost an element: where it stood, or the nearest of its kind where that place is empty; of
 * the rest of one that repeats, where it is not. */
static struct x12_put_segment *loser_of(const struct x12_put *put, struct bytes tag, uint64_t ordinal,
                                        unsigned element, unsigned component, bool rest)
{
    struct x12_put_segment *best = NULL;
    uint64_t nearest = UINT64_MAX;

    for (uint32_t i = 0; i < put->n_segments; i++) {
        struct x12_put_segment *segment = put->segments[i];
        uint64_t distance = i + 2 > ordinal ? i + 2 - ordinal : ordinal - (i + 2);

        if (distance >= nearest || !bytes_equal(segment->id, tag) ||
            is_there(put, segment, element, component) != rest)
            continue;
        best = segment;
        nearest = distance;
    }
    return best;
}

static void add_element(struct putting *putting, struct canon_object *extra, uint64_t ordinal)
{
    const struct x12_binding *binding = putting->putter->binding;
    struct x12_put *put = putting->put;
    struct bytes tag = text_at(extra, binding->extra_tag), text = text_at(extra, binding->extra_value);
    const struct standard_segment *standard = segment_of(binding->set, tag);
    struct x12_put_segment *segment;
    struct bytes *elements;
    uint8_t element, component;
    bool rest;

    if (!x12_parse_key(text_at(extra, binding->extra_element), &element, &component))
        return;
    rest = component == 0 && repeats(put, text) && text.at[0] == '^';
    segment = loser_of(put, tag, ordinal, element, component, rest);
    if (segment == NULL && rest) /* the first of them was empty */
        segment = loser_of(put, tag, ordinal, element, component, rest = false);
    if (segment == NULL) {
        static const struct map_rule nothing = {.tag = "extra"};
        static const struct map_target none;
        const struct x12_bound_rule rule = {.map = &nothing};
        const struct op op = {.field = binding->extra_value, .target = &none};

        put_tell(putting, WRITE_MISFIT, &rule, &op, extra, text, "no segment is written that could have it",
                 NULL);
        return;
    }
    /* The segment may have had room for fewer elements. */
    elements = arena_zalloc(put->arena, X12_MAX_ELEMENTS, sizeof(*elements));
    if (elements == NULL)
        return;
    memcpy(elements, segment->elements, segment->n * sizeof(*elements));
    segment->elements = elements;
    if (rest) {
        struct bytes others = element_text(putting, standard, element, text, extra, binding->extra_value);

        elements[element] =
            bytes_of(arena_format(put->arena, "%.*s%.*s", BYTES_ARG(elements[element]), BYTES_ARG(others)));
    } else if (component == 0) {
        elements[element] = element_text(putting, standard, element, text, extra, binding->extra_value);
    } else {
        struct bytes parts[16] = {{NULL, 0}}, left = elements[element];
        unsigned n = 0;

        while (n < 16 && bytes_split(&left, put->writer->style.delimiters.component, &parts[n]))
            n++;
        if (component > 16)
            return;
        parts[component - 1] = element_text(putting, NULL, element, text, extra, binding->extra_value);
        elements[element] = x12_writer_join(put->writer, put->arena, parts, component > n ? component : n);
    }
    if (element + 1 > segment->n)
        segment->n = (uint8_t)(element + 1);
}

/* The order of the segments, not one of them. */
static bool is_order(const struct x12_binding *binding, const struct canon_object *extra)
{
    return bytes_are(text_at(extra, binding->extra_tag), "ST") && put_holds(extra, binding->extra_elements);
}

const struct canon_list *put_order_of(const struct putting *putting)
{
    const struct x12_binding *binding = putting->putter->binding;
    const struct canon_value *value = binding->extra != NULL && put_holds(putting->body, binding->extra)
                                          ? put_find(putting->body, binding->extra)
                                          : NULL;

    for (const struct canon_object *extra = value != NULL ? value->list->first : NULL; extra != NULL;
         extra = extra->next)
        if (is_order(binding, extra))
            return put_find(extra, binding->extra_elements)->list;
    return NULL;
}

void put_extras(struct putting *putting)
{
    const struct x12_binding *binding = putting->putter->binding;
    const struct canon_value *value = put_find(putting->body, binding->extra);
    const struct canon_list *order = put_order_of(putting);

    if (order != NULL)
        put_order(putting, order);
    for (int elements = 0; elements < 2; elements++)
        for (struct canon_object *extra = value->list->first; extra != NULL; extra = extra->next) {
            uint64_t ordinal = 0;

            if (text_at(extra, binding->extra_tag).at == NULL ||
                !bytes_to_count(text_at(extra, binding->extra_ordinal), UINT32_MAX, &ordinal))
                continue;
            if (is_order(binding, extra) || put_holds(extra, binding->extra_elements) != (elements == 0))
                continue;
            if (elements == 0)
                insert(putting, extra, ordinal);
            else
                add_element(putting, extra, ordinal);
        }
}
