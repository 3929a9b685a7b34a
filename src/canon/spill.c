#include "canon/spill.h"

#include <stdlib.h>

enum {
    WINDOW_SIZE = 256 * 1024,
    KEY_RUN = 64,    /* values that room is made for at once */
    SAME_WITHIN = 4, /* values looked back at for one that is the same */
    CHUNK_SIZE = 64 * 1024,
    PATHS_MAX = 64, /* of all keys of a kind: a bit each */
};

/* A piece of the file: elements, each behind a comma. */
struct range {
    struct range *next;
    uint64_t from, len; /* bytes */
};

struct canon_spilled {
    struct canon_spill *spill;
    struct range *first, *last;
    struct canon_object *keys;
};

/* ---- the file ---- */

static void flush(struct canon_sink *sink)
{
    struct canon_spill *spill = (struct canon_spill *)sink;

    if (spool_add(&spill->file, spill->window, (size_t)(sink->at - spill->window)) != 0)
        sink->failed = true;
    sink->at = spill->window;
}

void canon_spill_init(struct canon_spill *spill, const char *folder)
{
    *spill = (struct canon_spill){.folder = folder, .file = {.fd = -1}};
    arena_init(&spill->arena, CHUNK_SIZE, (size_t)4 << 30);
}

void canon_spill_release(struct canon_spill *spill)
{
    if (spill->window != NULL)
        spool_close(&spill->file);
    free(spill->window);
    spill->window = NULL;
    arena_release(&spill->arena);
}

void canon_spill_clear(struct canon_spill *spill)
{
    if (spill->window == NULL)
        return;
    spool_clear(&spill->file);
    arena_reset(&spill->arena);
    spill->sink.at = spill->window;
    spill->sink.failed = false;
}

static bool begin(struct canon_spill *spill)
{
    if (spill->window != NULL)
        return true;
    if (spool_open(&spill->file, spill->folder) != 0)
        return false;
    spill->window = malloc(WINDOW_SIZE);
    if (spill->window == NULL) {
        spool_close(&spill->file);
        return false;
    }
    spill->sink = (struct canon_sink){spill->window, spill->window + WINDOW_SIZE, false, flush};
    return true;
}

void canon_spilled_write(const struct canon_spilled *spilled, struct canon_sink *sink)
{
    struct spool *file = &spilled->spill->file;
    char mark = '[';

    for (const struct range *range = spilled->first; range != NULL; range = range->next) {
        uint64_t from = range->from, end = range->from + range->len;

        while (from < end) {
            size_t len;

            if ((size_t)(sink->end - sink->at) < CANON_SINK_LEAST)
                sink->flush(sink);
            len = (size_t)(sink->end - sink->at);
            if (len > end - from)
                len = (size_t)(end - from);
            if (spool_read(file, from, sink->at, len) != 0) {
                sink->failed = true;
                return;
            }
            if (mark == '[')
                *sink->at = mark; /* in the place of the first comma */
            mark = ',';
            sink->at += len;
            from += len;
        }
    }
}

/* ---- keys ---- */

const struct canon_object *canon_spilled_keys(const struct canon_spilled *spilled)
{
    return spilled->keys;
}

/* The paths of the kind's keys that go on through this field, of those in `paths`, which came `depth` steps
 * far. */
static uint64_t paths_through(const struct canon_kind *kind, uint64_t paths, unsigned depth, unsigned field)
{
    uint64_t through = 0;
    unsigned bit = 0;

    for (unsigned k = 0; k < kind->n_keys; k++)
        for (unsigned p = 0; p < kind->keys[k].n_paths && bit < PATHS_MAX; p++, bit++) {
            const struct canon_path *path = &kind->keys[k].paths[p];

            if ((paths >> bit & 1) && depth < path->n && path->step[depth]->index == field)
                through |= (uint64_t)1 << bit;
        }
    return through;
}

/* A value behind those the object has: not in the schema's order, for it is never written. */
static struct canon_value *append(struct arena *arena, struct canon_object *object, unsigned field)
{
    struct canon_run *run = object->last;
    struct canon_value *value;

    if (run->count == run->room && (run = canon_grow_by(arena, object, KEY_RUN)) == NULL)
        return NULL;
    value = &run->values[run->count++];
    *value = (struct canon_value){.field = (uint16_t)field};
    object->held[field / 64] |= (uint64_t)1 << field % 64;
    return value;
}

/* Keys are told once: a text that was the field's latest need not be kept again. */
static bool is_latest(const struct canon_object *keys, const struct canon_value *value)
{
    const struct canon_run *run = keys->last;

    for (uint32_t i = run->count; i > 0 && run->count - i < SAME_WITHIN; i--) {
        const struct canon_value *latest = &run->values[i - 1];

        if (latest->field == value->field)
            return latest->held == CANON_HELD_TEXT && latest->len == value->len &&
                   memcmp(latest->text, value->text, value->len) == 0;
    }
    return false;
}

static struct bytes text_copy(struct arena *arena, const struct canon_value *value)
{
    return arena_copy(arena, (struct bytes){value->text, value->len});
}

static void keep_values(struct arena *arena, const struct canon_kind *kind, struct canon_object **keys,
                        const struct canon_object *element, uint64_t paths, unsigned depth);

/* A value of a finished object, where paths go on through it.  As deep as blocks nest. */
static void keep_value(struct arena *arena, const struct canon_kind *kind, struct canon_object **keys,
                       const struct canon_block *block, const struct canon_value *value, uint64_t paths,
                       unsigned depth)
{
    struct canon_object *below = NULL;
    struct canon_list *list = NULL;
    struct canon_value *kept;

    if (value->held == CANON_HELD_TEXT && value->len == 0)
        return;
    if (value->held == CANON_HELD_OBJECT) {
        keep_values(arena, kind, &below, value->object, paths, depth + 1);
        if (below == NULL)
            return;
    } else if (value->held == CANON_HELD_LIST) {
        list = arena_zalloc(arena, 1, sizeof(*list));
        if (list == NULL)
            return;
        for (const struct canon_object *e = value->list->first; e != NULL; e = e->next)
            keep_values(arena, kind, &below, e, paths, depth + 1);
        list->spilled = value->list->spilled;
        list->first = list->last = below;
        if (below == NULL && (list->spilled == NULL || list->spilled->keys == NULL))
            return;
    }
    if (*keys == NULL && (*keys = canon_object_new(arena, block)) == NULL)
        return;
    if (value->held == CANON_HELD_TEXT && is_latest(*keys, value))
        return;
    kept = append(arena, *keys, value->field);
    if (kept == NULL)
        return;
    kept->about = value->about;
    if (value->held == CANON_HELD_TEXT)
        kept->text = text_copy(arena, value).at;
    else if (value->held == CANON_HELD_OBJECT)
        kept->object = below;
    else
        kept->list = list;
}

/* Of a finished element, or an object within it, what keys need: behind what *keys has (NULL: nothing yet).
 * As deep as blocks nest. */
static void keep_values(struct arena *arena, const struct canon_kind *kind, struct canon_object **keys,
                        const struct canon_object *element, uint64_t paths, unsigned depth)
{
    if (paths == 0)
        return;
    for (const struct canon_run *run = &element->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++) {
            const struct canon_value *value = &run->values[i];
            /* An element of a list of texts is a value by itself, where the path ends. */
            uint64_t through = element->block == NULL ? paths
                                                      : paths_through(kind, paths, depth, value->field);

            if (through != 0)
                keep_value(arena, kind, keys, element->block, value, through, depth);
        }
}

/* ---- the tree ---- */

struct mover {
    struct canon_spill *spill;
    const struct canon_kind *kind;
    struct arena *to;
    struct canon_object ***open;
    unsigned n_open;
    unsigned found;
};

/* Elements from `first` up to `end`, which stays, become text. */
static bool write_out(const struct mover *mover, const struct canon_field *field, struct canon_list *list,
                      const struct canon_object *end, uint64_t paths, unsigned depth)
{
    struct canon_spill *spill = mover->spill;
    struct canon_spilled *spilled = list->spilled;
    struct range *range;
    uint64_t from = spill->file.len;

    if (spilled == NULL) {
        spilled = list->spilled = arena_zalloc(&spill->arena, 1, sizeof(*spilled));
        if (spilled == NULL)
            return false;
        spilled->spill = spill;
    }
    canon_write_elements(&spill->sink, field, list->first, end);
    flush(&spill->sink);
    if (spill->sink.failed)
        return false;
    for (const struct canon_object *element = list->first; element != end; element = element->next)
        keep_values(&spill->arena, mover->kind, &spilled->keys, element, paths, depth);
    range = arena_zalloc(&spill->arena, 1, sizeof(*range));
    if (range == NULL)
        return false;
    range->from = from;
    range->len = spill->file.len - from;
    if (spilled->last != NULL)
        spilled->last->next = range;
    else
        spilled->first = range;
    spilled->last = range;
    return !spill->arena.failed;
}

static struct canon_object *move(struct mover *mover, const struct canon_object *object, uint64_t paths,
                                 unsigned depth);

/* A list whose last element alone is still in memory. */
static struct canon_list *move_list(struct mover *mover, const struct canon_field *field,
                                    struct canon_list *list, uint64_t paths, unsigned depth)
{
    struct canon_list *moved = arena_zalloc(mover->to, 1, sizeof(*moved));

    if (moved == NULL ||
        (list->first != list->last && !write_out(mover, field, list, list->last, paths, depth)))
        return NULL;
    moved->spilled = list->spilled;
    moved->count = list->count;
    if (list->last != NULL) {
        moved->first = moved->last = move(mover, list->last, paths, depth);
        if (moved->first == NULL)
            return NULL;
    }
    return moved;
}

static bool move_value(struct mover *mover, const struct canon_field *field, const struct canon_value *value,
                       struct canon_value *moved, uint64_t paths, unsigned depth)
{
    *moved = *value;
    if (value->held == CANON_HELD_TEXT)
        moved->text = text_copy(mover->to, value).at;
    else if (value->held == CANON_HELD_OBJECT)
        moved->object = move(mover, value->object, paths, depth);
    else
        moved->list = move_list(mover, field, value->list, paths, depth);
    return moved->text != NULL;
}

/* The object in fresh memory.  NULL: no memory, or the file failed.  As deep as blocks nest. */
static struct canon_object *move(struct mover *mover, const struct canon_object *object, uint64_t paths,
                                 unsigned depth)
{
    struct canon_object *moved = canon_object_new(mover->to, object->block);

    for (const struct canon_run *run = &object->first; run != NULL && moved != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++) {
            const struct canon_value *value = &run->values[i];
            const struct canon_field *field = object->block != NULL ? &object->block->fields[value->field]
                                                                    : NULL;
            struct canon_value there, *place;
            uint64_t through = field != NULL ? paths_through(mover->kind, paths, depth, value->field) : 0;

            if (!move_value(mover, field, value, &there, through, depth + 1))
                return NULL;
            if (field == NULL) {
                moved->first.values[0] = there;
                moved->first.count = 1;
            } else if ((place = canon_add(mover->to, moved, field)) != NULL) {
                *place = there;
            } else {
                return NULL;
            }
        }
    if (moved == NULL)
        return NULL;
    for (unsigned i = 0; i < mover->n_open; i++)
        if (*mover->open[i] == object) {
            *mover->open[i] = moved;
            mover->found++;
        }
    return moved;
}

bool canon_spill(struct canon_spill *spill, struct canon_record *record, struct canon_object ***open,
                 unsigned n, struct canon_object **aside)
{
    struct arena fresh, *arena = record->arena;
    struct mover mover = {.spill = spill, .kind = record->kind, .to = &fresh, .open = open, .n_open = n};
    struct canon_object *body = NULL, *beside = NULL;

    arena_init(&fresh, arena->chunk_size, arena->ceiling);
    if (begin(spill))
        body = move(&mover, record->body, ~(uint64_t)0, 0);
    if (body != NULL && aside != NULL && *aside != NULL && (beside = move(&mover, *aside, 0, 0)) == NULL)
        body = NULL;
    /* An open object that was not met would be one before the end of its list: this cannot be. */
    if (body == NULL || mover.found != n || arena->failed) {
        arena_release(&fresh);
        return false;
    }
    record->body = body;
    if (beside != NULL)
        *aside = beside;
    arena_release(arena);
    *arena = fresh;
    return true;
}
