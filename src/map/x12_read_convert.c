/*
 * Reading through converters (map/convert.h): what x12_read.c hands over, as it is rare.
 */
#include "map/convert.h"
#include "map/x12_bound.h"

static void tell(struct x12_read *read, const struct op *op, struct bytes value,
                 const struct convert_fault *fault)
{
    if (!fault->is)
        return;
    x12_read_complain(read, fault->complaint, op, value,
                      fault->expected != NULL ? fault->expected : fault->what);
}

bool x12_read_converted(struct x12_read *read, const struct op *op, struct bytes *value)
{
    struct convert_fault fault;
    struct bytes out = {NULL, 0};
    bool good = convert_in(op->target, *value, read->arena, &out, &fault);

    tell(read, op, *value, &fault);
    *value = out;
    return good;
}

static bool is_free(const struct x12_read *read, struct canon_object *object, const struct op *op)
{
    const struct map_target *target = op->target;

    if (target->from_root)
        object = read->record->body;
    for (unsigned i = 0; i < target->path_len && object != NULL; i++) {
        const struct canon_value *value = canon_get(object, target->path[i]);

        if (value == NULL)
            return true;
        if (i + 1 < target->path_len)
            object = value->held == CANON_HELD_OBJECT ? value->object : NULL;
    }
    return object == NULL;
}

static bool read_list(struct x12_read *read, struct canon_object *object, const struct op *op,
                      struct bytes value)
{
    const struct map_convert *convert = op->target->convert;
    struct op one = *op;
    struct bytes text;

    one.conversion = op->then;
    for (unsigned n = 0; convert_next(convert, &value, &text); n++) {
        if (n == CONVERT_MAX_LIST) {
            x12_read_complain(read, MAP_NOT_IN_TABLE, op, value, "a list of at most 1000 texts");
            break;
        }
        (void)x12_read_value(read, object, &one, text, false);
    }
    return true;
}

bool x12_read_parts(struct x12_read *read, struct canon_object *object, const struct op *op,
                    struct bytes value)
{
    const struct map_convert *convert = op->target->convert;
    struct bytes parts[CONVERT_MAX_PARTS];
    struct convert_fault fault;
    bool good;

    if (convert->list)
        return read_list(read, object, op, value);
    if (!convert_reads(convert))
        return true;
    for (uint32_t i = 0; i < convert->n_parts; i++)
        if (!is_free(read, object, &op->parts[i]))
            return false;
    good = convert_apart(convert, op->target->miss, value, read->arena, parts, &fault);
    tell(read, op, value, &fault);
    for (uint32_t i = 0; good && i < convert->n_parts; i++)
        if (parts[i].at != NULL)
            (void)x12_read_value(read, object, &op->parts[i], parts[i], false);
    return good;
}
