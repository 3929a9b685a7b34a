#include "map/x12_order.h"

#include "map/x12_bound.h"

size_t x12_order_text(char text[X12_ORDER_TEXT], struct bytes id, const struct bytes *elements, unsigned n,
                      const struct x12_delimiters *delimiters)
{
    size_t len = 0, end = 0;

    for (unsigned e = 0; e <= n && len < X12_ORDER_TEXT; e++) {
        struct bytes part = e == 0 ? id : elements[e - 1], rest = part;

        if (e > 0)
            text[len++] = '*';
        if (part.len == 0)
            continue;
        if (delimiters->repetition != '\0' && bytes_split(&rest, delimiters->repetition, &part))
            rest = part;
        (void)bytes_split(&rest, delimiters->component, &part);
        if (part.len > X12_ORDER_TEXT - len)
            part.len = X12_ORDER_TEXT - len;
        memcpy(text + len, part.at, part.len);
        end = len += part.len;
    }
    return end;
}

static void set_text(struct arena *arena, struct canon_object *object, const struct canon_field *field,
                     const char *text)
{
    if (field != NULL)
        canon_add_text(arena, object, field, text, strlen(text), true);
}

/* The entry of `extra` that the order is, where the schema has a place for it. */
static struct canon_object *entry_of(struct x12_read *read)
{
    const struct x12_binding *binding = read->binding;
    struct canon_object *object = read->order.object;

    if (object != NULL || binding->extra == NULL || binding->extra_elements == NULL)
        return object;
    object = canon_object_new(read->arena, binding->extra->block);
    if (object == NULL)
        return NULL;
    set_text(read->arena, object, binding->extra_at, "ST");
    set_text(read->arena, object, binding->extra_ordinal, "1");
    set_text(read->arena, object, binding->extra_tag, "ST");
    return read->order.object = object;
}

static void note_text(struct x12_read *read, unsigned level, struct bytes text)
{
    struct canon_object *object = entry_of(read);
    char *copy = object != NULL ? arena_text(read->arena, level + text.len) : NULL;

    if (copy == NULL)
        return;
    memset(copy, '.', level);
    memcpy(copy + level, text.at, text.len);
    canon_append_text(read->arena, object, read->binding->extra_elements, copy, level + text.len);
}

static bool is_first_choice(const struct rule_list *list)
{
    bool first = false;

    for (uint32_t i = 0; i < list->n; i++)
        first |= !list->rules[i]->map->otherwise;
    return first;
}

/* Whether the map has rules for such a segment outside this loop, too, that fill the same object; with
 * `written`, that rather write it, too. */
static bool may_stand_before(const struct x12_read *read, bool written)
{
    const struct x12_binding *binding = read->binding;
    const struct standard_position *positions = binding->set->positions;
    const struct standard_position *here = &positions[read->position];

    for (const struct x12_frame *frame = read->frame;
         frame > read->frames && frame->object == frame[-1].object && frame[-1].children != NULL; frame--)
        for (uint16_t p = frame[-1].first; p < binding->set->n_positions; p++) {
            if (frame[-1].loop != STANDARD_NO_LOOP && p > positions[frame[-1].loop].last)
                break;
            if (positions[p].parent == frame[-1].loop && frame[-1].children[p - frame[-1].first] != NULL &&
                strcmp(positions[p].segment->id, here->segment->id) == 0 &&
                (!written || is_first_choice(frame[-1].children[p - frame[-1].first])))
                return true;
        }
    return false;
}

/* An object or a field at the end of a path, as far as it is there: NULL when not. */
static const struct canon_value *value_at(const struct canon_object *object,
                                          const struct canon_field *const *path, unsigned n)
{
    const struct canon_value *value = NULL;

    for (unsigned i = 0; i < n; i++) {
        value = object != NULL ? canon_get(object, path[i]) : NULL;
        object = value != NULL && value->held == CANON_HELD_OBJECT ? value->object : NULL;
    }
    return value;
}

bool x12_order_may_take(const struct x12_read *read, const struct x12_bound_rule *rule)
{
    const struct map_rule *map = rule->map;
    const struct canon_object *object = read->frame->object;
    bool held = false, unread = false, sets = rule->pairs != NULL || rule->more;

    if (rule->repeats || rule->children != NULL)
        return true;
    if (map->enter_len > 0) {
        const struct canon_value *value = value_at(object, map->enter, map->enter_len);

        object = value != NULL && value->held == CANON_HELD_OBJECT ? value->object : NULL;
    }
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct op *op = &rule->ops[i];
        const struct map_target *target = op->target;
        bool one = op->parts == NULL && !op->field->is_list &&
                   value_at(target->from_root ? read->record->body : object, target->path,
                            target->path_len) != NULL;
        bool here = read->segment->view.present >> op->element & 1;

        held |= one;
        unread |= one && here;
        sets |= !one && here;
    }
    return (!unread || sets) && !(held && may_stand_before(read, false));
}

static bool same_object(const struct map_rule *a, const struct map_rule *b)
{
    if (a->each != b->each || a->enter_len != b->enter_len)
        return false;
    for (unsigned i = 0; i < a->enter_len; i++)
        if (a->enter[i] != b->enter[i])
            return false;
    return true;
}

/* The fields of its object that the rule fills from these elements. */
static void add_fields(const struct x12_bound_rule *rule, uint64_t present,
                       uint64_t fields[CANON_MAX_FIELDS / 64])
{
    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (present >> rule->ops[i].element & 1)
            fields[rule->ops[i].word] |= rule->ops[i].bit;
}

/* Whether other rules, before this one, may fill the same object with all that it fills from the segment:
 * each of them alone for an object of a list, else several together.  Then they might write it. */
static bool has_rivals(const struct x12_read *read, const struct x12_bound_rule *rule)
{
    const struct x12_frame *frame = read->frame;
    uint64_t wanted[CANON_MAX_FIELDS / 64] = {0}, found[CANON_MAX_FIELDS / 64] = {0};
    bool some = false;

    if (rule->groups != NULL || read->binding->alone[rule->number])
        return false;
    add_fields(rule, read->segment->view.present, wanted);
    for (uint16_t p = rule->map->each ? frame->first : read->position; p <= read->position; p++) {
        const struct rule_list *list = frame->children[p - frame->first];

        for (uint32_t i = 0; list != NULL && i < list->n; i++) {
            const struct x12_bound_rule *other = list->rules[i];
            bool all = true;

            if (other == rule) {
                read->binding->alone[rule->number] = !some;
                return false;
            }
            if (other->groups != NULL || !same_object(other->map, rule->map))
                continue;
            some = true;
            if (rule->map->each)
                memset(found, 0, sizeof(found));
            add_fields(other, UINT64_MAX, found);
            for (unsigned w = 0; w < CANON_MAX_FIELDS / 64; w++)
                all &= (wanted[w] & ~found[w]) == 0;
            if (all)
                return true;
        }
    }
    return false;
}

void x12_order_note(struct x12_read *read, const struct x12_bound_rule *rule)
{
    const struct segment_view *view = &read->segment->view;
    struct x12_frame *frame = read->frame;
    char text[X12_ORDER_TEXT];
    unsigned n = view->n_elements < X12_MAX_ELEMENTS ? view->n_elements : X12_MAX_ELEMENTS;

    if (!read->order.unusual)
        read->order.unusual = (frame->place == read->position && rule->number < frame->rule) ||
                              rule->map->otherwise || may_stand_before(read, true) || has_rivals(read, rule);
    frame->place = read->position;
    frame->rule = rule->number;
    note_text(read, (unsigned)(frame - read->frames),
              (struct bytes){
                  text, x12_order_text(text, view->id, view->element, view->odd ? 0 : n, read->delimiters)});
}

void x12_read_end(struct x12_read *read)
{
    struct canon_object *object = read->order.object;
    struct canon_list *list;

    read->order.object = NULL;
    if (!read->keep_unread || !read->order.unusual || object == NULL)
        return;
    list = canon_list(read->arena, read->record->body, read->binding->extra);
    if (list != NULL)
        canon_list_add(list, object);
}
