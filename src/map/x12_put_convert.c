/*
 * Writing through converters (map/convert.h, units.h): what x12_put_value.c hands over.
 */
#include "map/convert.h"
#include "map/units.h"
#include "map/x12_put_bound.h"

static void tell(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                 const struct canon_object *object, struct bytes value, const struct convert_fault *fault)
{
    if (fault->is)
        put_tell(putting, fault->complaint, rule, op, object, value, fault->what, fault->expected);
}

bool put_parts_have(const struct putting *putting, const struct op *op, struct canon_object *object)
{
    const struct map_convert *convert = op->target->convert;

    for (uint32_t i = 0; convert_writes(convert) && i < convert->n_parts; i++)
        if (put_has(putting, &op->parts[i], object))
            return true;
    return false;
}

struct bytes put_parts(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                       struct canon_object *object, bool use_up)
{
    const struct map_convert *convert = op->target->convert;
    struct bytes parts[CONVERT_MAX_PARTS], out = {NULL, 0};
    struct convert_fault fault;

    if (!convert_writes(convert))
        return out;
    if (!put_parts_have(putting, op, object))
        return op->target->write_fallback;
    for (uint32_t i = 0; i < convert->n_parts; i++)
        parts[i] = put_value(putting, rule, &op->parts[i], object, use_up);
    if (!convert_together(convert, parts, putting->put->arena, &out, &fault))
        out = (struct bytes){NULL, 0};
    if (!use_up)
        return out;
    tell(putting, rule, op, object, parts[0], &fault);
    return out.at != NULL ? put_clean(putting, rule, op, object, out) : out;
}

struct bytes put_list(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                      struct canon_object *object, struct canon_list *list, bool use_up)
{
    struct bytes texts[CONVERT_MAX_LIST], out = {NULL, 0};
    struct convert_fault fault = {.is = false};
    const struct canon_object *each = list->first;
    uint32_t n = 0;

    for (; each != NULL && n < CONVERT_MAX_LIST; each = each->next)
        texts[n++] = (struct bytes){each->first.values[0].text, each->first.values[0].len};
    if (each != NULL)
        fault = (struct convert_fault){true, WRITE_MISFIT, "the list is too long", "at most 1000 texts"};
    else if (!convert_list(op->target->convert, texts, n, putting->put->arena, &out, &fault))
        out = (struct bytes){NULL, 0};
    if (!use_up)
        return out;
    tell(putting, rule, op, object, texts[0], &fault);
    put_use_up(object, op->target->field);
    return out.at != NULL ? put_clean(putting, rule, op, object, out) : out;
}

struct bytes put_converted(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                           struct canon_object *object, struct bytes raw, struct bytes text, bool tells)
{
    struct convert_fault fault;
    struct bytes out = {NULL, 0};

    if (!convert_out(op->target, raw, text, putting->put->arena, &out, &fault))
        out = (struct bytes){NULL, 0};
    if (tells)
        tell(putting, rule, op, object, text, &fault);
    return out;
}

/* --- beside the elements */

/* The object that has the constant as reading gives it; NULL when it has it not. */
static struct canon_object *has_constant(struct canon_object *body, struct canon_object *object,
                                         const struct map_assign *set)
{
    const struct map_target *target = &set->target;
    struct canon_object *in = put_reach(target->from_root ? body : object, target->path,
                                        target->path_len - 1U);
    const struct canon_value *value = in != NULL ? canon_get(in, target->field) : NULL;

    return value != NULL && value->held == CANON_HELD_TEXT &&
                   bytes_equal(set->key, (struct bytes){value->text, value->len})
               ? in
               : NULL;
}

bool put_more_holds(const struct putting *putting, const struct map_rule *map, struct canon_object *object)
{
    for (uint32_t i = 0; i < map->n_set; i++)
        if (!map->set[i].target.from_root && has_constant(putting->body, object, &map->set[i]) == NULL)
            return false;
    return true;
}

void put_more(struct putting *putting, const struct x12_bound_rule *rule, struct canon_object *object)
{
    static const struct map_target none;
    const struct map_rule *map = rule->map;
    struct convert_fault fault;
    struct bytes about;

    for (uint32_t i = 0; i < map->n_set; i++) {
        struct canon_object *in = has_constant(putting->body, object, &map->set[i]);

        if (in != NULL)
            put_use_up(in, map->set[i].target.field);
    }
    if (map->units == NULL)
        return;
    (void)units_write(map->units, object, putting->put->arena, &fault, &about);
    if (fault.is) {
        const struct op op = {.field = map->units->base_quantity, .target = &none};

        put_tell(putting, fault.complaint, rule, &op, object, about, fault.what, fault.expected);
    }
}
