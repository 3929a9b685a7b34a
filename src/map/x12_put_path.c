/*
 * The way back from what is written to the record: the path of a value, for messages, and what was left.
 */
#include <stdio.h>

#include "map/x12_put_bound.h"

enum { PATH_CEILING = 1024 };

/* --- paths */

/* The way from `from` to `to`, appended; false when it is not in it. */
static bool find_path(const struct canon_object *from, const struct canon_object *to, struct buffer *path)
{
    size_t len = path->len;

    if (from == to)
        return true;
    for (const struct canon_run *run = &from->first; run != NULL; run = run->next)
        for (uint32_t i = 0; from->block != NULL && i < run->count; i++) {
            const struct canon_value *value = &run->values[i];
            const char *name = from->block->fields[value->field].name;
            uint32_t index = 0;

            if (value->held == CANON_HELD_OBJECT) {
                buffer_add_format(path, "%s%s", len > 0 ? "." : "", name);
                if (find_path(value->object, to, path))
                    return true;
            } else if (value->held == CANON_HELD_LIST) {
                for (const struct canon_object *each = value->list->first; each != NULL; each = each->next) {
                    buffer_add_format(path, "%s%s[%u]", len > 0 ? "." : "", name, index++);
                    if (find_path(each, to, path))
                        return true;
                    path->len = len;
                }
            }
            path->len = len;
        }
    return false;
}

static const char *path_of(struct x12_put *put, const struct canon_object *body,
                           const struct canon_object *object, const struct map_target *target,
                           const struct canon_field *field)
{
    struct buffer path;
    const char *text;

    buffer_init(&path, PATH_CEILING);
    if (target == NULL || !target->from_root)
        (void)find_path(body, object, &path);
    if (target != NULL && target->path_len > 0)
        for (unsigned i = 0; i < target->path_len; i++)
            buffer_add_format(&path, "%s%s", path.len > 0 ? "." : "", target->path[i]->name);
    else if (field != NULL)
        buffer_add_format(&path, "%s%s", path.len > 0 ? "." : "", field->name);
    text = arena_copy(put->arena, buffer_view(&path)).at;
    buffer_release(&path);
    return text != NULL ? text : "";
}

void put_tell(struct putting *putting, enum complaint complaint, const struct x12_bound_rule *rule,
              const struct op *op, const struct canon_object *object, struct bytes value, const char *what,
              const char *expected)
{
    struct x12_put *put = putting->put;
    struct x12_put_fault fault = {.complaint = complaint,
                                  .value = value,
                                  .what = what,
                                  .expected = expected,
                                  .path = path_of(put, putting->body, object, op->target, op->field)};

    fault.segment = bytes_of(rule->map->tag);
    if (op->target->path_len > 0) {
        fault.element = (uint8_t)(op->element + 1);
        fault.component = op->component;
        fault.mark = &op->target->mark;
    }
    put->n_faults += complaint_info(complaint)->severity != SEVERITY_WARN;
    put->tell(put->whom, &fault);
}

const char *x12_put_path(struct x12_put *put, const struct canon_record *record,
                         const struct x12_put_segment *segment, unsigned element, unsigned component)
{
    const struct x12_bound_rule *rule = segment->rule;

    if (rule == NULL)
        return "";
    for (uint32_t i = 0; i < rule->n_ops; i++)
        if (rule->ops[i].element + 1U == element && (component <= 1 || rule->ops[i].component == component))
            return path_of(put, record->body, segment->object, rule->ops[i].target, NULL);
    if (rule->pairs != NULL && element > rule->pairs->from && element <= segment->n)
        for (uint32_t i = 0; i < rule->pairs->map->n_by; i++)
            if (bytes_equal(
                    rule->pairs->map->by[i].qualifier,
                    segment->elements[(element - 1U - rule->pairs->from) / 2 * 2 + rule->pairs->from]))
                return path_of(put, record->body, segment->object, rule->pairs->ops[i].target, NULL);
    return path_of(put, record->body, segment->object, NULL, NULL);
}

static const char *fields_of_list(struct x12_put *put, const struct rule_list *list)
{
    struct buffer names;
    const char *text;

    buffer_init(&names, PATH_CEILING);
    for (uint32_t i = 0; i < list->n; i++) {
        const struct x12_bound_rule *rule = list->rules[i];

        for (unsigned k = 0; k < rule->map->enter_len; k++)
            buffer_add_format(&names, "%s%s",
                              names.len == 0 ? ""
                              : k == 0       ? ", "
                                             : ".",
                              rule->map->enter[k]->name);
        for (uint32_t k = 0; rule->map->enter_len == 0 && k < rule->n_ops && k < 6; k++)
            buffer_add_format(&names, "%s%s", names.len == 0 ? "" : ", ", rule->ops[k].field->name);
    }
    text = names.failed ? "" : arena_copy(put->arena, buffer_view(&names)).at;
    buffer_release(&names);
    return text != NULL ? text : "";
}

const char *x12_put_fields_of(struct x12_put *put, const struct x12_putter *putter,
                              const struct standard_position *position)
{
    const struct x12_binding *binding = putter->binding;
    const struct rule_list *const *lists = binding->root.children;

    if (position->parent == STANDARD_NO_LOOP)
        return lists[position->index] != NULL ? fields_of_list(put, lists[position->index]) : "";
    for (const struct bound_children *made = binding->made; made != NULL; made = made->next)
        if (made->loop == position->parent &&
            made->by_position[position->index - position->parent - 1] != NULL)
            return fields_of_list(put, made->by_position[position->index - position->parent - 1]);
    return "";
}

/* --- what is left */

struct leftover {
    struct x12_put *put;
    const struct canon_field *extra;
    void (*take)(void *whom, const char *path, struct bytes value);
    void *whom;
    struct buffer path;
};

static void tell_left(struct leftover *left, const struct canon_object *object)
{
    size_t len = left->path.len;

    for (const struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++) {
            const struct canon_value *value = &run->values[i];
            const struct canon_field *field = &object->block->fields[value->field];

            if (!put_holds(object, field) || field == left->extra)
                continue;
            buffer_add_string(&left->path, len > 0 ? "." : "");
            buffer_add_string(&left->path, field->name);
            if (value->held == CANON_HELD_OBJECT) {
                tell_left(left, value->object);
            } else if (value->held == CANON_HELD_LIST) {
                for (const struct canon_object *each = value->list->first; each != NULL; each = each->next)
                    if (each->block != NULL)
                        tell_left(left, each);
                    else
                        left->take(left->whom, arena_copy(left->put->arena, buffer_view(&left->path)).at,
                                   (struct bytes){each->first.values[0].text, each->first.values[0].len});
            } else {
                left->take(left->whom, arena_copy(left->put->arena, buffer_view(&left->path)).at,
                           (struct bytes){value->text, value->len});
            }
            left->path.len = len;
        }
}

void x12_put_each_unwritten(struct x12_put *put, const struct canon_record *record,
                            void (*take)(void *whom, const char *path, struct bytes value), void *whom)
{
    struct leftover left = {.put = put,
                            .take = take,
                            .whom = whom,
                            .extra = canon_block_field(record->kind->body, BYTES("extra"))};

    buffer_init(&left.path, PATH_CEILING);
    tell_left(&left, record->body);
    buffer_release(&left.path);
}
