#include "map/inherit.h"

bool inherit_bind(struct binder *b, struct map_rule *rule, const struct yaml_node *source,
                  const struct canon_block *around)
{
    struct map_inherit *inherits = arena_zalloc(b->arena, source->n + 1, sizeof(*inherits));

    if (source->kind != YAML_MAP || rule->enter_len == 0) {
        yaml_complain(b->report, source, true, SETTING_TYPE, NULL,
                      "of a rule with each or at: a mapping of fields and fields of the object around");
        return false;
    }
    if (inherits == NULL)
        return false;
    rule->inherits = inherits;
    for (const struct yaml_node *child = source->first; child != NULL; child = child->next) {
        struct map_inherit *inherit = &inherits[rule->n_inherits];
        struct map_target *target = &inherit->target;

        target->mark = bind_mark(child, true);
        target->field = bind_field_named(b, child, rule->context, child->key);
        inherit->from = child->kind == YAML_SCALAR ? bind_field_named(b, child, around, child->text) : NULL;
        if (target->field == NULL || (inherit->from == NULL && child->kind == YAML_SCALAR))
            return false;
        if (inherit->from == NULL || target->field->type != inherit->from->type || target->field->is_list ||
            inherit->from->is_list || target->field->type == CANON_OBJECT) {
            yaml_complain(b->report, child, false, SETTING_TYPE, NULL,
                          "the name of a field with one value of the same type is expected here");
            return false;
        }
        target->path[0] = target->field;
        target->path_len = 1;
        rule->n_inherits++;
    }
    return true;
}

static struct bytes text_of(const struct canon_object *object, const struct canon_field *field)
{
    const struct canon_value *value = canon_get(object, field);

    return value != NULL && value->held == CANON_HELD_TEXT ? (struct bytes){value->text, value->len}
                                                           : (struct bytes){NULL, 0};
}

void inherit_read(const struct map_rule *rule, struct arena *arena, const struct canon_object *around,
                  struct canon_object *object)
{
    for (uint32_t i = 0; i < rule->n_inherits; i++) {
        const struct map_inherit *inherit = &rule->inherits[i];
        struct bytes text = text_of(around, inherit->from);

        if (text.at != NULL && canon_get(object, inherit->target.field) == NULL)
            canon_add_text(arena, object, inherit->target.field, text.at, text.len, false);
    }
}

const struct map_target *inherit_other(const struct map_rule *rule, const struct canon_object *around,
                                       const struct canon_object *object, struct bytes *value,
                                       struct bytes *expected)
{
    for (uint32_t i = 0; i < rule->n_inherits; i++) {
        *value = text_of(object, rule->inherits[i].target.field);
        *expected = text_of(around, rule->inherits[i].from);
        if (!bytes_equal(*value, *expected))
            return &rule->inherits[i].target;
    }
    return NULL;
}
