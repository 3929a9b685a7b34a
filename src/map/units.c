#include "map/units.h"

#include "base/decimal.h"

static struct bytes text_at(const struct canon_object *object, const struct canon_field *field)
{
    const struct canon_value *value = field != NULL ? canon_get(object, field) : NULL;

    return value != NULL && value->held == CANON_HELD_TEXT ? (struct bytes){value->text, value->len}
                                                           : (struct bytes){NULL, 0};
}

static bool fail(struct convert_fault *fault, enum complaint complaint, const char *what,
                 const char *expected)
{
    *fault = (struct convert_fault){true, complaint, what, expected};
    return false;
}

/* How many base units one of the object's unit holds: of the first of its items that has a row for it.  at
 * NULL: nobody knows. */
static struct bytes contains(const struct map_units *units, const struct canon_object *object,
                             struct units_base *base, struct bytes *item)
{
    const struct bytes unit = text_at(object, units->uom), raw = text_at(object, units->uom_raw);
    struct bytes known = {NULL, 0};

    for (uint32_t i = 0; i < units->n_items; i++) {
        const struct bytes id = text_at(object, units->items[i]);

        if (id.at == NULL)
            continue;
        if (item->at == NULL)
            *item = id;
        known = xref_base(units->xref, id);
        if (known.at == NULL)
            continue;
        *item = id;
        if (bytes_equal(known, unit) || bytes_equal(known, raw)) {
            base->unit = known;
            return BYTES("1");
        }
        return xref_contains(units->xref, id,
                             raw.at != NULL && xref_has_unit(units->xref, id, raw) ? raw : unit, &base->unit);
    }
    /* Of an item without rows a piece is a piece. */
    if (!bytes_are(unit, "EA"))
        return (struct bytes){NULL, 0};
    base->unit = BYTES("EA");
    return BYTES("1");
}

bool units_reckon(const struct map_units *units, const struct canon_object *object, struct arena *arena,
                  struct units_base *base, struct convert_fault *fault, struct bytes *about)
{
    const struct bytes quantity = text_at(object, units->quantity), unit = text_at(object, units->uom);
    struct bytes item = {NULL, 0}, factor;
    struct decimal number, of, product;
    char text[DECIMAL_TEXT];

    *base = (struct units_base){{NULL, 0}, {NULL, 0}};
    fault->is = false;
    *about = quantity;
    if (quantity.at == NULL || unit.at == NULL)
        return true;
    factor = contains(units, object, base, &item);
    if (factor.at == NULL) {
        const enum map_miss miss = units->miss != MAP_MISS_UNSAID ? units->miss
                                                                  : xref_source_of(units->xref)->miss;

        *about = item.at != NULL ? item : unit;
        if (miss == MAP_MISS_ERROR || miss == MAP_MISS_WARN)
            (void)fail(fault, miss == MAP_MISS_WARN ? MAP_MISSED : MAP_NOT_IN_TABLE, NULL,
                       arena_format(arena, "a row for it with the unit %.*s in %s", BYTES_ARG(unit),
                                    xref_file(units->xref)));
        return miss != MAP_MISS_ERROR;
    }
    if (bytes_are(factor, "1")) {
        base->quantity = quantity;
        return true;
    }
    if (!decimal_parse(quantity, &number) || !decimal_parse(factor, &of) ||
        !decimal_multiply(number, of, &product))
        return fail(fault, MAP_UNITS, NULL,
                    arena_format(arena, "at most 38 digits, times %.*s", BYTES_ARG(factor)));
    base->quantity = arena_copy(arena, (struct bytes){text, decimal_print(product, text)});
    return true;
}

static void use_up(struct canon_object *object, const struct canon_field *field)
{
    object->held[field->index / 64] &= ~((uint64_t)1 << field->index % 64);
}

bool units_write(const struct map_units *units, struct canon_object *object, struct arena *arena,
                 struct convert_fault *fault, struct bytes *about)
{
    const struct bytes said = text_at(object, units->base_quantity), unit = text_at(object, units->base_uom);
    struct units_base base;
    bool good = true;

    fault->is = false;
    *about = said;
    if (said.at == NULL)
        return true;
    if (canon_get(object, units->quantity) == NULL) {
        if (unit.at == NULL || canon_get(object, units->uom) != NULL)
            return fail(fault, WRITE_MISFIT,
                        "the unit of a quantity in base units is not said, or said twice",
                        units->base_uom->name);
        canon_add_text(arena, object, units->quantity, said.at, said.len, true);
        canon_add_text(arena, object, units->uom, unit.at, unit.len, false);
    } else if (units_reckon(units, object, arena, &base, fault, about) && base.quantity.at != NULL &&
               (!decimal_same(base.quantity, said) || (unit.at != NULL && !bytes_equal(unit, base.unit)))) {
        *about = said;
        good = fail(fault, WRITE_MISFIT, "it is not what the quantity is in base units",
                    arena_format(arena, "%.*s %.*s", BYTES_ARG(base.quantity), BYTES_ARG(base.unit)));
    } else if (fault->is && fault->complaint != MAP_MISSED) {
        fault->complaint = fault->complaint == MAP_NOT_IN_TABLE ? WRITE_NO_CODE : WRITE_MISFIT;
        good = false;
    } else if (fault->is) {
        fault->complaint = WRITE_MISSED;
    }
    use_up(object, units->base_quantity);
    use_up(object, units->base_uom);
    return good;
}
