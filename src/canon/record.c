/* record: the tree of a document's values in an arena; see record.h. */
#include "canon/record.h"

#include "canon/spill.h"

enum {
    BODY_ROOM = 24, /* values that a body begins with: what is put there later stands in order, too */
    FIRST_ROOM = 1, /* another object: most are lengthened in place */
    LATER_ROOM = 4, /* of the first run that could not be; doubled from there on */
    MOST_ROOM = 64,
};

static inline struct canon_object *new_object(struct arena *arena, const struct canon_block *block,
                                              uint32_t room)
{
    struct canon_object *object = arena_alloc(arena, sizeof(*object) + room * sizeof(struct canon_value));

    if (object == NULL)
        return NULL;
    object->next = NULL;
    object->block = block;
    memset(object->held, 0, sizeof(object->held));
    object->last = &object->first;
    object->first.next = NULL;
    object->first.count = 0;
    object->first.room = room;
    return object;
}

bool canon_record_init(struct canon_record *record, const struct canon_kind *kind, struct arena *arena)
{
    *record = (struct canon_record){
        .kind = kind,
        .arena = arena,
        .body = new_object(arena, kind->body, BODY_ROOM),
    };
    return record->body != NULL;
}

struct canon_object *canon_object_new(struct arena *arena, const struct canon_block *block)
{
    return new_object(arena, block, FIRST_ROOM);
}

struct canon_run *canon_grow_by(struct arena *arena, struct canon_object *object, uint32_t n)
{
    struct canon_run *run = arena_alloc(arena, sizeof(struct canon_run) + n * sizeof(struct canon_value));

    if (run == NULL)
        return NULL;
    run->next = NULL;
    run->count = 0;
    run->room = n;
    object->last->next = run;
    object->last = run;
    return run;
}

void canon_merge(struct canon_value *values, struct canon_value *from, struct canon_value *end)
{
    for (; from < end; from++) {
        const struct canon_value value = *from;

        *canon_place(values, from, value.field) = value;
    }
}

struct canon_run *canon_grow(struct arena *arena, struct canon_object *object)
{
    uint32_t room = object->last->room < LATER_ROOM ? LATER_ROOM : 2 * object->last->room;

    return canon_grow_by(arena, object, room > MOST_ROOM ? MOST_ROOM : room);
}

static inline bool holds(const struct canon_object *object, const struct canon_field *field)
{
    return (object->held[field->index / 64] >> field->index % 64 & 1) != 0;
}

const struct canon_value *canon_get(const struct canon_object *object, const struct canon_field *field)
{
    const struct canon_run *last = object->last;

    if (!holds(object, field))
        return NULL;
    for (uint32_t i = last->count; i-- > 0;)
        if (last->values[i].field == field->index)
            return &last->values[i];
    for (const struct canon_run *run = &object->first; run != last; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            if (run->values[i].field == field->index)
                return &run->values[i];
    return NULL;
}

/* The same, to change: the record is the caller's. */
static struct canon_value *find(struct canon_object *object, const struct canon_field *field)
{
    return (struct canon_value *)(uintptr_t)canon_get(object, field);
}

struct canon_object *canon_enter(struct arena *arena, struct canon_object *object,
                                 const struct canon_field *field)
{
    struct canon_value *value;
    struct canon_object *child;

    if (object == NULL)
        return NULL;
    value = find(object, field);
    if (value != NULL)
        return value->object;
    /* The place in the parent comes first, so that the child stays the newest thing in the arena. */
    value = canon_add(arena, object, field);
    if (value == NULL)
        return NULL;
    child = canon_object_new(arena, field->block);
    if (child == NULL) {
        object->last->count--;
        return NULL;
    }
    value->object = child;
    value->len = 0;
    value->held = CANON_HELD_OBJECT;
    value->plain = false;
    return child;
}

struct canon_list *canon_list(struct arena *arena, struct canon_object *object,
                              const struct canon_field *field)
{
    struct canon_value *value;
    struct canon_list *list;

    if (object == NULL)
        return NULL;
    value = find(object, field);
    if (value != NULL)
        return value->list;
    value = canon_add(arena, object, field);
    if (value == NULL)
        return NULL;
    list = arena_alloc(arena, sizeof(struct canon_list));
    if (list == NULL) {
        object->last->count--;
        return NULL;
    }
    *list = (struct canon_list){0};
    value->list = list;
    value->len = 0;
    value->held = CANON_HELD_LIST;
    value->plain = false;
    return list;
}

struct canon_object *canon_list_append(struct arena *arena, struct canon_list *list,
                                       const struct canon_block *block)
{
    struct canon_object *element = canon_object_new(arena, block);

    if (element != NULL)
        canon_list_add(list, element);
    return element;
}

struct canon_object *canon_append(struct arena *arena, struct canon_object *object,
                                  const struct canon_field *field)
{
    struct canon_list *list = canon_list(arena, object, field);

    return list != NULL ? canon_list_append(arena, list, field->block) : NULL;
}

void canon_append_text(struct arena *arena, struct canon_object *object, const struct canon_field *field,
                       const char *text, size_t len)
{
    struct canon_list *list = canon_list(arena, object, field);
    struct canon_object *element;

    if (list == NULL)
        return;
    element = canon_object_new(arena, NULL);
    if (element == NULL)
        return;
    element->first.values[0] = (struct canon_value){
        .text = text, .len = (uint32_t)len, .field = 0, .held = CANON_HELD_TEXT, .plain = false};
    element->first.count = 1;
    canon_list_add(list, element);
}

/* What a key's values were told already. */
struct key_window {
    const struct canon_value *told[CANON_KEY_WINDOW];
    unsigned n;    /* told, at most the window's size */
    unsigned next; /* the oldest */
    void (*tell)(void *to, const struct canon_value *value);
    void *to;
};

static inline void tell_once(struct key_window *window, const struct canon_value *value)
{
    if (value->held != CANON_HELD_TEXT || value->len == 0)
        return;
    /* Numbers that are counted upwards differ at their end. */
    for (unsigned i = 0; i < window->n; i++)
        if (window->told[i]->len == value->len &&
            window->told[i]->text[value->len - 1] == value->text[value->len - 1] &&
            memcmp(window->told[i]->text, value->text, value->len) == 0)
            return;
    window->told[window->next] = value;
    window->next = (window->next + 1) % CANON_KEY_WINDOW;
    if (window->n < CANON_KEY_WINDOW)
        window->n++;
    window->tell(window->to, value);
}

/* The keys kept of spilled elements, where a field may be many times.  As deep as a path is long. */
static void walk_kept(struct key_window *window, const struct canon_object *keys,
                      const struct canon_path *path, unsigned step)
{
    for (const struct canon_run *run = keys != NULL ? &keys->first : NULL; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++) {
            const struct canon_value *value = &run->values[i];

            if (keys->block != NULL && (step >= path->n || value->field != path->step[step]->index))
                continue;
            if (value->held == CANON_HELD_TEXT) {
                tell_once(window, value);
            } else if (value->held == CANON_HELD_OBJECT) {
                walk_kept(window, value->object, path, step + 1);
            } else {
                if (value->list->spilled != NULL)
                    walk_kept(window, canon_spilled_keys(value->list->spilled), path, step + 1);
                walk_kept(window, value->list->first, path, step + 1);
            }
        }
}

/* As deep as a path is long: CANON_MAX_PATH. */
static void walk_path(struct key_window *window, const struct canon_object *object,
                      const struct canon_path *path, unsigned step)
{
    const struct canon_value *value = canon_get(object, path->step[step]);

    if (value == NULL)
        return;
    if (value->held == CANON_HELD_TEXT) {
        tell_once(window, value);
    } else if (value->held == CANON_HELD_OBJECT) {
        if (step + 1 < path->n)
            walk_path(window, value->object, path, step + 1);
    } else {
        if (value->list->spilled != NULL)
            walk_kept(window, canon_spilled_keys(value->list->spilled), path, step + 1);
        for (const struct canon_object *element = value->list->first; element != NULL;
             element = element->next) {
            if (element->block == NULL)
                tell_once(window, &element->first.values[0]);
            else if (step + 1 < path->n && holds(element, path->step[step + 1]))
                walk_path(window, element, path, step + 1);
        }
    }
}

void canon_key_each(const struct canon_object *body, const struct canon_key *key,
                    void (*tell)(void *to, const struct canon_value *value), void *to)
{
    struct key_window window;

    if (!key->is_list && key->paths[0].n == 1) { /* mostly: nothing can be told twice */
        const struct canon_value *value = canon_get(body, key->paths[0].step[0]);

        if (value != NULL && value->held == CANON_HELD_TEXT && value->len > 0)
            tell(to, value);
        return;
    }
    window.n = 0;
    window.next = 0;
    window.tell = tell;
    window.to = to;
    for (unsigned i = 0; i < key->n_paths; i++)
        if (holds(body, key->paths[i].step[0]))
            walk_path(&window, body, &key->paths[i], 0);
}
