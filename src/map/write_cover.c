/*
 * What no line of a map writes.  The rules are looked at once: where they lead in the record, and which
 * fields they name there; then each record is walked along, and what is not named is counted.
 */
#include "map/inherit.h"
#include "map/write_bound.h"

static struct cover *cover_new(struct arena *arena, const struct canon_field *field,
                               const struct canon_block *block)
{
    struct cover *cover = arena_zalloc(arena, 1, sizeof(*cover));

    if (cover == NULL)
        return NULL;
    cover->field = field;
    cover->block = block;
    cover->written = arena_zalloc(arena, block->n_fields + 1U, sizeof(*cover->written));
    cover->unwritten = arena_zalloc(arena, block->n_fields + 1U, sizeof(*cover->unwritten));
    return cover->written != NULL && cover->unwritten != NULL ? cover : NULL;
}

static struct cover *child_of(struct cover *cover, const struct canon_field *field)
{
    struct cover *child = cover->first;

    while (child != NULL && child->field != field)
        child = child->next;
    return child;
}

/* The cover at the end of a path, made where it is not there yet.  NULL: out of memory. */
static struct cover *descend(struct cover *cover, const struct canon_field *const *path, unsigned len,
                             struct arena *arena)
{
    for (unsigned i = 0; i < len && cover != NULL; i++) {
        struct cover *child = child_of(cover, path[i]);

        if (path[i]->block == NULL)
            return NULL;
        if (child == NULL) {
            child = cover_new(arena, path[i], path[i]->block);
            if (child == NULL)
                return NULL;
            child->next = cover->first;
            cover->first = child;
        }
        cover = child;
    }
    return cover;
}

static void cover_field(struct cover *cover, const struct canon_field *field, enum covered covered)
{
    if (field != NULL && cover->written[field->index] < covered)
        cover->written[field->index] = (uint8_t)covered;
}

static void cover_far(struct map_writer *writer, struct cover *cover, const struct map_target *target,
                      const struct bound_rule *rule)
{
    struct cover_far *far = arena_zalloc(&writer->arena, 1, sizeof(*far));

    if (far != NULL) {
        *far = (struct cover_far){writer->far, cover, target, rule};
        writer->far = far;
    }
}

/* `rule`: whose the target is. */
static void cover_target(struct map_writer *writer, struct cover *root, struct cover *context,
                         const struct map_target *target, const struct bound_rule *rule)
{
    const struct map_convert *convert = target->convert;
    const enum covered covered = target->from_root ? COVERED_FAR : COVERED_OWN;
    struct cover *cover = target->from_root ? root : context;

    if (convert != NULL && convert->n_parts > 0) {
        for (uint32_t i = 0; convert_writes(convert) && i < convert->n_parts; i++)
            cover_target(writer, root, context, &convert->parts[i], rule);
        return;
    }
    if (target->path_len == 0)
        return;
    cover = descend(cover, target->path, target->path_len - 1U, &writer->arena);
    if (cover == NULL)
        return;
    if (covered == COVERED_FAR)
        cover_far(writer, cover, target, rule);
    cover_field(cover, target->field, covered);
    cover_field(cover, target->raw, COVERED_OWN);
    cover_field(cover, target->time, COVERED_OWN);
}

static void cover_groups(struct map_writer *writer, struct cover *root, struct cover *context,
                         const struct bound_groups *groups, const struct bound_rule *rule)
{
    struct cover *cover = descend(groups->map->from_root ? root : context, &groups->map->list, 1,
                                  &writer->arena);

    for (uint32_t i = 0; i < groups->map->n_fields && cover != NULL; i++)
        cover_target(writer, root, cover, &groups->map->fields[i], rule);
    for (uint32_t i = 0; i < groups->map->n_also && cover != NULL; i++)
        cover_target(writer, root, cover, &groups->map->also[i].target, rule);
    for (uint32_t i = 0; i < groups->map->n_set && cover != NULL; i++)
        cover_target(writer, root, cover, &groups->map->set[i].target, rule);
}

static void cover_nodes(struct map_writer *writer, struct cover *root, struct cover *context,
                        const struct map_node *nodes, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < nodes[i].n_rules; j++) {
            const struct map_rule *rule = &nodes[i].rules[j];
            const struct bound_rule *bound = &writer->rules[rule->index];
            struct cover *cover = descend(context, rule->enter, rule->enter_len, &writer->arena);

            if (cover == NULL || bound->tag < 0)
                continue;
            for (unsigned k = 0; k < bound->n_assigns; k++)
                cover_target(writer, root, cover, bound->assigns[k].target, bound);
            for (uint32_t k = 0; k < rule->n_set; k++)
                cover_target(writer, root, cover, &rule->set[k].target, bound);
            for (uint32_t k = 0; k < rule->n_inherits; k++)
                cover_target(writer, root, cover, &rule->inherits[k].target, bound);
            for (const struct bound_groups *groups = bound->groups; groups != NULL; groups = groups->next)
                cover_groups(writer, root, cover, groups, bound);
            cover_nodes(writer, root, cover, rule->nodes, rule->n_nodes);
        }
    }
}

struct cover *cover_of_map(struct map_writer *writer)
{
    const struct map *map = writer->map;
    struct cover *root = cover_new(&writer->arena, NULL, map->kind->body);

    if (root != NULL)
        cover_nodes(writer, root, root, map->nodes, map->n_nodes);
    return root;
}

/* --- counting */

static uint64_t leaves(const struct canon_value *value);

static uint64_t leaves_of(const struct canon_object *object)
{
    uint64_t count = 0;

    for (const struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            count += leaves(&run->values[i]);
    return count;
}

static uint64_t leaves(const struct canon_value *value)
{
    uint64_t count = 0;

    if (value->held == CANON_HELD_TEXT)
        return 1;
    if (value->held == CANON_HELD_OBJECT)
        return leaves_of(value->object);
    for (const struct canon_object *object = value->list->first; object != NULL; object = object->next)
        count += leaves_of(object);
    return count;
}

static void tell_unwritten(struct map_writer *writer, const struct write_frame *up,
                           const struct canon_field *field, const struct canon_value *value)
{
    struct write_frame frame = {.up = up, .field = field};
    struct bytes text = {NULL, 0};

    if (value->held == CANON_HELD_TEXT)
        text = (struct bytes){value->text, value->len};
    write_tell(writer, WRITE_UNWRITTEN, &frame, NULL, NULL, text, NULL);
}

static uint64_t count_object(struct map_writer *writer, struct cover *cover,
                             const struct canon_object *object, const struct write_frame *up);

static uint64_t count_value(struct map_writer *writer, struct cover *cover, const struct canon_value *value,
                            const struct write_frame *up)
{
    const struct canon_field *field = &cover->block->fields[value->field];
    struct cover *child = child_of(cover, field);
    struct write_frame frame = {.up = up, .field = field};
    uint64_t count = 0;

    if (child != NULL && value->held == CANON_HELD_OBJECT)
        return count_object(writer, child, value->object, &frame);
    if (child != NULL && value->held == CANON_HELD_LIST) {
        frame.in_list = true;
        for (const struct canon_object *object = value->list->first; object != NULL; object = object->next) {
            count += count_object(writer, child, object, &frame);
            frame.index++;
        }
        return count;
    }
    if (cover->written[value->field] != COVERED_NOT)
        return 0;
    count = leaves(value);
    cover->unwritten[value->field] += count;
    if (writer->write->refuse_unwritten)
        tell_unwritten(writer, up, field, value);
    return count;
}

static uint64_t count_object(struct map_writer *writer, struct cover *cover,
                             const struct canon_object *object, const struct write_frame *up)
{
    uint64_t count = 0;

    for (const struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            count += count_value(writer, cover, &run->values[i], up);
    return count;
}

uint64_t cover_count(struct map_writer *writer)
{
    return count_object(writer, writer->cover, writer->root, NULL);
}

/* Whether some rule wrote the field along, or it was counted for another rule already. */
static bool is_settled(const struct map_writer *writer, const struct cover_far *far)
{
    bool later = false;

    for (const struct cover_far *other = writer->far; other != NULL; other = other->next) {
        if (other->cover == far->cover && other->target->field == far->target->field &&
            (other->rule->written_in == writer->serial || later))
            return true;
        later |= other == far;
    }
    return false;
}

uint64_t cover_count_left(struct map_writer *writer)
{
    uint64_t count = 0;

    for (struct cover_far *far = writer->far; far != NULL; far = far->next) {
        const struct map_target *target = far->target;
        const struct canon_object *object;
        const struct canon_value *value;
        struct write_frame frames[MAP_MAX_PATH];

        if (far->rule->written_in == writer->serial ||
            far->cover->written[target->field->index] == COVERED_OWN)
            continue;
        object = write_reach(writer->root, target->path, target->path_len - 1U);
        value = object != NULL ? canon_get(object, target->field) : NULL;
        if (value == NULL || is_settled(writer, far))
            continue;
        count += leaves(value);
        far->cover->unwritten[target->field->index] += leaves(value);
        for (unsigned i = 0; i + 1U < target->path_len; i++)
            frames[i] = (struct write_frame){.up = i > 0 ? &frames[i - 1] : NULL, .field = target->path[i]};
        if (writer->write->refuse_unwritten)
            tell_unwritten(writer, target->path_len > 1 ? &frames[target->path_len - 2] : NULL, target->field,
                           value);
    }
    return count;
}

/* --- telling */

static uint64_t total(const struct cover *cover)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < cover->block->n_fields; i++)
        count += cover->unwritten[i];
    for (const struct cover *child = cover->first; child != NULL; child = child->next)
        count += total(child);
    return count;
}

uint64_t map_writer_unwritten(const struct map_writer *writer)
{
    return total(writer->cover);
}

struct teller {
    void (*take)(void *whom, const char *path, uint64_t count);
    void *whom;
    struct buffer path;
};

static void tell_each(struct teller *teller, struct cover *cover)
{
    size_t start = teller->path.len;

    for (unsigned i = 0; i < cover->block->n_fields; i++) {
        const struct canon_field *field = &cover->block->fields[i];
        struct cover *child = child_of(cover, field);

        if (start > 0)
            buffer_add_byte(&teller->path, '.');
        buffer_add_string(&teller->path, field->name);
        if (cover->unwritten[i] > 0) {
            size_t len = teller->path.len;

            buffer_add_byte(&teller->path, '\0');
            if (!teller->path.failed)
                teller->take(teller->whom, teller->path.at, cover->unwritten[i]);
            teller->path.len = len;
        }
        if (child != NULL)
            tell_each(teller, child);
        teller->path.len = start;
    }
}

void map_writer_each_unwritten(const struct map_writer *writer,
                               void (*take)(void *whom, const char *path, uint64_t count), void *whom)
{
    struct teller teller = {.take = take, .whom = whom};

    buffer_init(&teller.path, 4096);
    tell_each(&teller, writer->cover);
    buffer_release(&teller.path);
}
