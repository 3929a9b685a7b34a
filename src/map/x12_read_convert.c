/*
 * Reading through converters (map/convert.h, units.h, total.h): what x12_read.c hands over, as it is rare.
 */
#include "map/convert.h"
#include "map/total.h"
#include "map/units.h"
#include "map/x12_reading.h"

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

/* --- beside the elements */

static void tell_of(struct x12_read *read, const struct map_mark *mark, enum complaint complaint,
                    struct bytes value, const char *expected)
{
    struct map_complaint told = {.complaint = complaint, .mark = mark, .value = value, .expected = expected};

    if (read->complain != NULL)
        read->complain(read->whom, &told);
}

static void read_units(struct x12_read *read, const struct map_units *units, struct canon_object *object)
{
    struct convert_fault fault;
    struct units_base base;
    struct bytes about;

    if (canon_get(object, units->base_quantity) != NULL || canon_get(object, units->base_uom) != NULL)
        return;
    if (!units_reckon(units, object, read->arena, &base, &fault, &about))
        base.quantity.at = NULL;
    if (fault.is)
        tell_of(read, &units->mark, fault.complaint, about, fault.expected);
    if (base.quantity.at == NULL)
        return;
    canon_add_text(read->arena, object, units->base_quantity, base.quantity.at, base.quantity.len, true);
    canon_add_text(read->arena, object, units->base_uom, base.unit.at, base.unit.len, false);
}

/* What the object has where no segment says something else. */
static void apply(struct x12_read *read, const struct map_rule *map, struct canon_object *object)
{
    for (uint32_t i = 0; i < map->n_set; i++) {
        const struct map_target *target = &map->set[i].target;
        struct canon_object *in = target->from_root ? read->record->body : object;

        for (unsigned k = 0; k + 1 < target->path_len && in != NULL; k++)
            in = canon_enter(read->arena, in, target->path[k]);
        if (in != NULL && canon_get(in, target->field) == NULL)
            canon_add_text(read->arena, in, target->field, map->set[i].key.at, map->set[i].key.len, false);
    }
}

void x12_read_more(struct x12_read *read, const struct x12_bound_rule *rule, struct canon_object *object)
{
    if (!rule->late)
        apply(read, rule->map, object);
    if (rule->map->units != NULL)
        read_units(read, rule->map->units, object);
}

static void compare(struct x12_read *read, const struct map_target *target)
{
    const struct canon_object *object = read->record->body;
    const struct canon_value *value = NULL, *list;
    struct decimal total, stated;
    struct bytes text;
    char reckoned[DECIMAL_TEXT] = "more than 38 digits";

    for (unsigned i = 0; i < target->path_len && object != NULL; i++) {
        value = canon_get(object, target->path[i]);
        object = value != NULL && value->held == CANON_HELD_OBJECT ? value->object : NULL;
    }
    if (value == NULL || value->held != CANON_HELD_TEXT)
        return;
    list = canon_get(read->record->body, target->of_list);
    if (list != NULL && list->held == CANON_HELD_LIST && list->list->spilled != NULL)
        return; /* the most of it is in a file */
    text = (struct bytes){value->text, value->len};
    if (!decimal_parse(text, &stated))
        return; /* its own conversion says so */
    if (map_total(read->record->body, target, &total)) {
        if (decimal_compare(total, stated) == 0)
            return;
        decimal_print(total, reckoned);
    }
    tell_of(read, &target->mark, MAP_TOTAL, text,
            arena_format(read->arena, "%s: %s is the %s of %s%s%s", reckoned, target->field->name,
                         target->compute == MAP_COUNT ? "count" : "sum", target->of_list->name,
                         target->compute == MAP_COUNT ? "" : ".",
                         target->compute == MAP_COUNT ? "" : target->of_field->name));
}

void x12_read_whole(struct x12_read *read)
{
    for (const struct x12_late *late = read->binding->late; late != NULL; late = late->next) {
        const struct map_rule *map = late->rule->map;
        struct canon_object *object = read->record->body;

        if (late->rule->state->serial != read->frames[0].serial)
            continue;
        for (unsigned i = 0; i < map->enter_len && object != NULL; i++)
            object = canon_enter(read->arena, object, map->enter[i]);
        if (object != NULL)
            apply(read, map, object);
    }
    for (const struct map_total *check = read->binding->map->checks; check != NULL; check = check->next)
        compare(read, check->target);
}
