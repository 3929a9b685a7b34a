/*
 * A guide's file: the places of its segments, and the segments it adds.
 */
#include <stdio.h>

#include "standard/guide_settings.h"

/* --- places */

/* How a place is named: "N1" (a loop's first segment too), "N1/N3". */
static void name_place(const struct standard_position *position, char *into, size_t size)
{
    if (position->starts_loop || position->path[0] == '\0')
        snprintf(into, size, "%s", position->starts_loop ? position->path : position->segment->id);
    else
        snprintf(into, size, "%s/%s", position->path, position->segment->id);
}

/* Whether `position` is at the place `name`.  A star for the loops means every place of the segment; "#2" the
 * second of a name, which *nth counts. */
static bool is_place(const struct standard_position *position, struct bytes name, unsigned *nth)
{
    char place[256];
    size_t mark;
    uint64_t wanted = 1;

    name_place(position, place, sizeof(place));
    if (bytes_are(name, place) && position->starts_loop)
        return true;
    if (name.len > 2 && memcmp(name.at, "*/", 2) == 0)
        return bytes_are((struct bytes){name.at + 2, name.len - 2}, position->segment->id);
    mark = name.len;
    while (mark > 0 && name.at[mark - 1] != '#' && name.at[mark - 1] != '/')
        mark--;
    if (mark > 0 && name.at[mark - 1] == '#' &&
        bytes_to_count((struct bytes){name.at + mark, name.len - mark}, 99, &wanted))
        name.len = mark - 1;
    return bytes_are(name, place) && ++*nth == wanted;
}

/* The next position at the place, from `from` on; the number of positions when there is none. */
static uint16_t find_place(const struct guide *guide, struct bytes name, uint16_t from, unsigned *nth)
{
    while (from < guide->set.n_positions && !is_place(&guide->positions[from], name, nth))
        from++;
    return from;
}

/* Where the segment of a place that does not exist is to be found, for a hint. */
static const char *suggest(struct guide_reading *reading, struct bytes name)
{
    size_t start = name.len;
    const char *list = NULL;
    unsigned n = 0;
    struct bytes id;

    while (start > 0 && name.at[start - 1] != '/')
        start--;
    id = (struct bytes){name.at + start, name.len - start};
    for (uint16_t i = 0; i < reading->guide->set.n_positions && n < 6; i++) {
        char place[256];

        if (!bytes_are(id, reading->guide->positions[i].segment->id))
            continue;
        name_place(&reading->guide->positions[i], place, sizeof(place));
        list = arena_format(reading->arena, "%s%s%s", list != NULL ? list : "the set has ", n > 0 ? ", " : "",
                            place);
        n++;
    }
    return list;
}

static void refuse_place(struct guide_reading *reading, const struct yaml_node *node, bool at_key,
                         struct bytes name)
{
    guide_refuse(reading, node, at_key, GUIDE_PLACE, suggest(reading, name),
                 arena_format(reading->arena, "%.*s in %s %s", BYTES_ARG(name), reading->guide->set.id,
                              reading->guide->set.release));
}

/* --- segments */

static void change_segment(struct guide_reading *reading, const struct yaml_node *node, uint16_t index,
                           const struct guide_segment *values)
{
    struct standard_position *position = &reading->guide->positions[index];
    struct overlay_segment *segment;

    if (values->need >= 0) {
        position->need = (uint8_t)values->need;
        overlay_mark(reading->guide, position, GUIDE_NEED, node, "need");
    }
    if (values->max != GUIDE_UNSAID) {
        position->max_use = (uint32_t)values->max;
        overlay_mark(reading->guide, position, GUIDE_MAX, node, "max");
    }
    if (values->elements == NULL && values->conditions.drop.n == 0 && values->conditions.add.n == 0)
        return;
    segment = overlay_segment(reading->guide, index);
    if (segment == NULL) {
        reading->good = false;
        return;
    }
    if (values->elements != NULL)
        guide_elements_read(reading, values->elements, segment);
    guide_conditions_read(reading, yaml_get(node, "conditions"), segment, &values->conditions);
}

static void read_segments(struct guide_reading *reading, const struct yaml_node *segments)
{
    if (segments->kind != YAML_MAP) {
        guide_refuse(reading, segments, false, SETTING_TYPE, NULL, "a mapping of places, as N1/N3: required");
        return;
    }
    for (const struct yaml_node *node = segments->first; node != NULL; node = node->next) {
        struct guide_segment values = {.need = -1, .max = GUIDE_UNSAID};
        unsigned nth = 0, found = 0;
        bool is_word;

        if (!guide_word_read(reading, node, &values.need, &is_word) ||
            (!is_word && !guide_settings_read(reading, node, &guide_segment_settings, &values)))
            continue;
        for (uint16_t i = 0;
             (i = find_place(reading->guide, node->key, i, &nth)) < reading->guide->set.n_positions; i++) {
            change_segment(reading, node, i, &values);
            found++;
        }
        if (found == 0)
            refuse_place(reading, node, true, node->key);
    }
}

/* An added segment: the standard's of that name, or one without elements yet. */
static const struct standard_segment *added_segment(struct guide_reading *reading,
                                                    const struct guide_segment *values)
{
    struct bytes id = bytes_of(values->segment);
    const struct standard_segment *known = NULL;
    struct standard_segment *made;

    if (reading->guide->dictionary != NULL)
        known = dictionary_segment(reading->guide->dictionary, reading->guide->set.release, id);
    if (known != NULL)
        return known;
    made = arena_zalloc(reading->arena, 1, sizeof(*made));
    if (made == NULL)
        return NULL;
    made->id = values->segment;
    made->name = values->name != NULL ? values->name : "";
    made->key = bytes_key(id.at, id.len);
    return made;
}

static void read_added(struct guide_reading *reading, const struct yaml_node *node)
{
    struct guide_segment values = {.need = -1, .max = GUIDE_UNSAID};
    const struct standard_segment *segment;
    const char *name;
    unsigned nth = 0;
    uint16_t at, parent;

    if (!guide_settings_read(reading, node, &guide_added_settings, &values))
        return;
    if ((values.before == NULL) == (values.after == NULL)) {
        guide_refuse(reading, node, false, SETTING_MISSING, NULL, "before or after, one of them");
        return;
    }
    name = values.before != NULL ? values.before : values.after;
    at = find_place(reading->guide, bytes_of(name), 0, &nth);
    if (at == reading->guide->set.n_positions) {
        refuse_place(reading, yaml_get(node, values.before != NULL ? "before" : "after"), false,
                     bytes_of(name));
        return;
    }
    parent = reading->guide->positions[at].parent;
    if (values.after != NULL) {
        if (reading->guide->positions[at].starts_loop)
            parent = at;
        at++;
    }
    segment = added_segment(reading, &values);
    at = segment != NULL ? overlay_insert(reading->guide, at, parent, segment) : 0;
    if (at == 0) {
        guide_refuse(reading, node, false, SETTING_VALUE, NULL,
                     "nothing can stand there: before ST, after SE, or too many");
        return;
    }
    overlay_mark(reading->guide, &reading->guide->positions[at], GUIDE_NEED | GUIDE_MAX, node, NULL);
    change_segment(reading, node, at, &values);
}

struct guide *guide_read(const struct yaml_node *root, struct dictionary *dictionary,
                         const struct standard_set *set, struct arena *arena, struct report *report)
{
    struct guide_reading reading = {.arena = arena, .report = report, .good = true};
    struct guide_file values = {0};

    reading.guide = overlay_open(set, dictionary, arena);
    if (reading.guide == NULL || !guide_settings_read(&reading, root, &guide_file_settings, &values))
        return NULL;
    if (strcmp(values.set, set->id) != 0)
        guide_refuse(&reading, yaml_get(root, "set"), false, SETTING_VALUE, NULL,
                     arena_format(arena, "the partner file uses it for %s", set->id));
    if (values.release != NULL && strcmp(values.release, set->release) != 0)
        guide_refuse(&reading, yaml_get(root, "release"), false, SETTING_VALUE, NULL,
                     arena_format(arena, "the set is of %s", set->release));
    /* Added segments first, so that the others can name them; then what is said of all, then of places. */
    if (values.add != NULL && values.add->kind != YAML_LIST)
        guide_refuse(&reading, values.add, false, SETTING_TYPE, NULL, "a list");
    else if (values.add != NULL)
        for (const struct yaml_node *node = values.add->first; node != NULL; node = node->next)
            read_added(&reading, node);
    if (values.elements != NULL)
        guide_everywhere_read(&reading, values.elements);
    if (values.segments != NULL)
        read_segments(&reading, values.segments);
    return reading.good && !arena->failed ? reading.guide : NULL;
}
