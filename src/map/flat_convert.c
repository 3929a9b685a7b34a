#include "map/convert.h"
#include "map/flat_bound.h"

static void tell(struct flat_fill *fill, const struct flat_op *op, struct bytes value,
                 const struct convert_fault *fault)
{
    if (fault->is)
        flat_complain(fill, fault->complaint, (int)op->slot, value, fault->what, fault->expected);
}

bool flat_converted(struct flat_fill *fill, const struct flat_op *op, struct bytes *text)
{
    struct convert_fault fault;
    struct bytes out = {NULL, 0};
    bool good = convert_in(op->target, *text, fill->record->arena, &out, &fault);

    tell(fill, op, *text, &fault);
    *text = out;
    return good;
}

bool flat_set_parts(struct flat_fill *fill, struct canon_object *object, const struct flat_op *op,
                    struct bytes cell)
{
    const struct map_convert *convert = op->target->convert;
    struct bytes parts[CONVERT_MAX_PARTS];
    struct convert_fault fault;
    bool good;

    if (!convert_reads(convert) || !flat_value_utf8(fill, (int)op->slot, cell, &cell))
        return true;
    good = convert_apart(convert, op->target->miss, cell, fill->record->arena, parts, &fault);
    tell(fill, op, cell, &fault);
    for (uint32_t i = 0; good && i < convert->n_parts; i++) {
        const struct map_target *target = &convert->parts[i];
        struct flat_op part = {.slot = op->slot,
                               .column = op->column,
                               .target = target,
                               .field = target->field,
                               .own = target->path_len == 1 && !target->from_root,
                               .decoded = true};

        if (parts[i].at != NULL)
            good = flat_set(fill, object, &part, parts[i]);
    }
    return good;
}
