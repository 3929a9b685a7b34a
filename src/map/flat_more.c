/* flat_more: records whose text goes on with that of the record before (map/flat_bound.h). */
#include "map/flat_bound.h"

/* The text with more behind it.  It grows by doubling, so that many pieces cost no more than their length. */
static void lengthen(struct flat_fill *fill, struct canon_value *value, struct bytes more)
{
    struct flat_gone_on *gone_on = &fill->gone_on;
    const size_t len = value->len + more.len;
    char *at;

    if (len > gone_on->room) {
        at = len < UINT32_MAX / 2 ? arena_alloc(fill->record->arena, 2 * len) : NULL;
        if (at == NULL)
            return; /* asked for once a document */
        memcpy(at, value->text, value->len);
        gone_on->room = 2 * len;
    } else {
        at = (char *)(uintptr_t)value->text; /* made here, in the arena */
    }
    memcpy(at + value->len, more.at, more.len);
    value->text = at;
    value->len = (uint32_t)len;
    value->plain = 0;
}

static struct canon_value *value_in(struct canon_object *object, const struct canon_field *field)
{
    for (struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            if (run->values[i].field == field->index)
                return &run->values[i];
    return NULL;
}

/* Whatever else such a unit says, nobody reads. */
static void rest_unread(struct flat_fill *fill, const struct flat_unit *unit,
                        const struct flat_record *record)
{
    for (unsigned i = 0; i < flat_inside(record); i++) {
        const struct flat_column *column = &record->columns[i];

        if (unit->cells[i].at != NULL && i != record->more->column && i != record->more->mark &&
            record->type != (int)i && !column->skip && column->constant.at == NULL &&
            column->counts == FLAT_COUNTS_NOTHING)
            flat_unread_cell(fill, unit, i);
    }
}

bool flat_goes_on(struct flat_fill *fill, const struct flat_unit *unit)
{
    const struct flat_record *record = &fill->binding->layout->records[unit->tag];
    const struct flat_gone_on *before = &fill->gone_on;
    struct bytes text = unit->cells[record->more->column];
    struct canon_object *object;
    struct canon_value *value;
    struct flat_op *op;

    if (before->rule == NULL || before->rule->more == NULL || before->tag != unit->tag ||
        !bytes_equal(unit->cells[record->more->mark], record->more->says))
        return false;
    op = before->rule->more;
    object = flat_op_object(fill, before->object, op);
    fill->latest = NULL;
    rest_unread(fill, unit, record);
    if (object == NULL || text.at == NULL)
        return true;
    value = flat_has(object, op->field) ? value_in(object, op->field) : NULL;
    if (value == NULL)
        (void)flat_set(fill, object, op, text);
    else if (value->held == CANON_HELD_TEXT &&
             (unit->plain || flat_value_utf8(fill, (int)op->slot, text, &text)))
        lengthen(fill, value, text);
    return true;
}
