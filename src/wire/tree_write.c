#include "wire/tree_write.h"

#include <stdlib.h>

enum { CELL_CEILING = 4096 };

struct tree_tag {
    struct tree_path path;
    unsigned n_slots;
    struct tree_path *slots;
};

static struct tree_writer *self(struct unit_writer *writer)
{
    return (struct tree_writer *)writer;
}

/* --- paths */

/* One step, its marks taken away: "@" before an attribute of XML, "[]" behind an array of JSON. */
static bool step_parse(struct tree_writer *tree, struct bytes step, struct tree_step *into, bool *attribute)
{
    const bool json = tree->layout->json;
    struct tree_name name;
    struct bytes text = step;

    if (!tree_name_of(tree->layout, step, &name) || memchr(step.at, '\0', step.len) != NULL)
        return false;
    *attribute = name.attribute;
    if (name.attribute)
        text = (struct bytes){step.at + 1, step.len - 1};
    if (json)
        text = name.name;
    into->many = json && text.len < step.len;
    into->name = arena_copy(&tree->names, text).at;
    return into->name != NULL && tree->is_name(into->name);
}

static bool path_parse(struct tree_writer *tree, struct tree_path *path, struct bytes text, bool is_tag)
{
    struct bytes rest = text, step;

    *path = (struct tree_path){.text = arena_copy(&tree->names, text)};
    if (!is_tag && bytes_are(text, "."))
        return path->text.at != NULL;
    while (bytes_split(&rest, '/', &step)) {
        struct tree_step parsed;
        bool attribute;

        if (bytes_are(step, ".") && path->n_steps == 0 && rest.at != NULL)
            continue;
        if (!step_parse(tree, step, &parsed, &attribute))
            return false;
        if (attribute) {
            path->attribute = parsed.name;
            return !is_tag && rest.at == NULL;
        }
        if (path->n_steps == TREE_MAX_STEPS)
            return false;
        path->steps[path->n_steps++] = parsed;
    }
    return path->n_steps > 0;
}

int tree_write_tag(struct unit_writer *writer, struct bytes text)
{
    struct tree_writer *tree = self(writer);
    struct tree_tag *tags;
    struct tree_path path;

    for (unsigned i = 0; i < tree->n_tags; i++)
        if (bytes_equal(tree->tags[i].path.text, text))
            return (int)i;
    if (!path_parse(tree, &path, text, true))
        return -1;
    tags = realloc(tree->tags, (tree->n_tags + 1) * sizeof(*tags));
    if (tags == NULL)
        return -1;
    tags[tree->n_tags] = (struct tree_tag){.path = path};
    tree->tags = tags;
    return (int)tree->n_tags++;
}

int tree_write_slot(struct unit_writer *writer, int number, struct bytes key)
{
    struct tree_writer *tree = self(writer);
    struct tree_tag *tag = &tree->tags[number];
    struct tree_path *slots, path;

    for (unsigned i = 0; i < tag->n_slots; i++)
        if (bytes_equal(tag->slots[i].text, key))
            return (int)i;
    if (!path_parse(tree, &path, key, false))
        return -1;
    slots = realloc(tag->slots, (tag->n_slots + 1) * sizeof(*slots));
    if (slots == NULL)
        return -1;
    slots[tag->n_slots] = path;
    tag->slots = slots;
    return (int)tag->n_slots++;
}

unsigned tree_write_slots(const struct unit_writer *writer, int tag)
{
    return ((const struct tree_writer *)writer)->tags[tag].n_slots;
}

/* --- the document in memory */

/* arena_zalloc's failure is sticky in the arena, which tree_write_is_whole asks. */
static struct tree_element *add_element(struct tree_writer *tree, struct tree_element *parent,
                                        const struct tree_step *step)
{
    struct tree_element *element = arena_zalloc(&tree->document, 1, sizeof(*element));

    if (element == NULL)
        return NULL;
    element->name = step->name;
    element->many = step->many;
    element->previous = parent->last;
    if (parent->last != NULL)
        parent->last->next = element;
    else
        parent->first = element;
    parent->last = element;
    return element;
}

/* The last child of that name, made when there is none. */
static struct tree_element *enter(struct tree_writer *tree, struct tree_element *parent,
                                  const struct tree_step *step)
{
    for (struct tree_element *child = parent->last; child != NULL; child = child->previous)
        if (strcmp(child->name, step->name) == 0)
            return child;
    return add_element(tree, parent, step);
}

static void add_value(struct tree_writer *tree, struct tree_element *unit, const struct tree_path *path,
                      struct unit_value value)
{
    struct tree_element *element = unit;
    struct tree_attribute *attribute;
    const char *copy = arena_copy(&tree->document, value.text).at;

    for (unsigned i = 0; i < path->n_steps && element != NULL; i++)
        element = enter(tree, element, &path->steps[i]);
    if (element == NULL || copy == NULL)
        return;
    if (path->attribute == NULL) {
        element->text = copy;
        element->type = value.type;
        return;
    }
    attribute = arena_zalloc(&tree->document, 1, sizeof(*attribute));
    if (attribute == NULL)
        return;
    attribute->name = path->attribute;
    attribute->value = copy;
    if (element->last_attribute != NULL)
        element->last_attribute->next = attribute;
    else
        element->attributes = attribute;
    element->last_attribute = attribute;
}

void tree_write_tell(struct tree_writer *tree, int slot, struct bytes column, const char *what,
                     const char *expected)
{
    struct unit_fault fault = {.slot = slot, .column = column, .what = what, .expected = expected};

    tree->base.fault(tree->base.to, &fault);
}

static bool turn_date(struct tree_writer *tree, struct unit_value *value, const char **what)
{
    const struct date_form *form = NULL;

    if (value->type == UNIT_DATE)
        form = tree->layout->date;
    else if (value->type == UNIT_TIME)
        form = tree->layout->time;
    else if (value->type == UNIT_DATETIME)
        form = tree->layout->datetime;
    if (form == NULL)
        return true;
    buffer_clear(&tree->scratch);
    *what = date_form_write(form, value->text, &tree->scratch);
    value->text = buffer_view(&tree->scratch);
    return *what == NULL;
}

bool tree_write_begin_unit(struct unit_writer *writer, int number, const struct unit_value *values)
{
    struct tree_writer *tree = self(writer);
    struct tree_tag *tag = &tree->tags[number];
    struct tree_element *element = tree->unit;
    bool good = true;

    for (unsigned i = 0; i + 1 < tag->path.n_steps && element != NULL; i++)
        element = enter(tree, element, &tag->path.steps[i]);
    if (element != NULL)
        element = add_element(tree, element, &tag->path.steps[tag->path.n_steps - 1]);
    if (element == NULL)
        return true; /* end_document tells */
    element->outer = tree->unit;
    tree->unit = element;
    for (unsigned i = 0; i < tag->n_slots; i++) {
        struct unit_value value = values[i];
        const char *what = NULL, *expected = NULL;

        if (value.text.at == NULL)
            continue;
        if (turn_date(tree, &value, &what))
            what = tree->misfit(tree, &tag->slots[i], value, &expected);
        if (what == NULL)
            add_value(tree, element, &tag->slots[i], value);
        else
            tree_write_tell(tree, (int)i, tag->slots[i].text, what, expected);
        good = good && what == NULL;
    }
    return good;
}

void tree_write_end_unit(struct unit_writer *writer, int tag)
{
    struct tree_writer *tree = self(writer);

    (void)tag;
    if (tree->unit->outer != NULL)
        tree->unit = tree->unit->outer;
}

void tree_write_begin_document(struct unit_writer *writer)
{
    struct tree_writer *tree = self(writer);

    memset(&tree->top, 0, sizeof(tree->top));
    tree->unit = &tree->top;
    arena_reset(&tree->document);
}

bool tree_write_is_whole(struct tree_writer *tree)
{
    static const struct bytes none = {NULL, 0};
    const struct tree_element *first = tree->top.first;

    if (tree->document.failed) {
        tree_write_tell(tree, -1, none, "it is too large to be put together in memory", NULL);
        return false;
    }
    if (tree_layout_is_alone(tree->layout) && (tree->documents > 0 || first == NULL || first->next != NULL)) {
        tree_write_tell(tree, -1, none, "a file without a root holds one document",
                        "a root in the layout, or one file a document");
        return false;
    }
    tree->documents++;
    return true;
}

/* --- opening and closing */

void tree_write_init(struct tree_writer *tree, const struct tree_layout *layout, size_t ceiling)
{
    tree->layout = layout;
    tree->unit = &tree->top;
    arena_init(&tree->names, 4096, 1024 * 1024);
    arena_init(&tree->document, 64 * 1024, ceiling);
    buffer_init(&tree->scratch, CELL_CEILING);
}

void tree_write_release(struct tree_writer *tree)
{
    for (unsigned i = 0; i < tree->n_tags; i++)
        free(tree->tags[i].slots);
    free(tree->tags);
    buffer_release(&tree->scratch);
    arena_release(&tree->document);
    arena_release(&tree->names);
}
