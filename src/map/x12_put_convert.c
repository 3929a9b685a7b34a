/*
 * Writing through converters (map/convert.h): what x12_put_value.c hands over.
 */
#include "map/convert.h"
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
