/* x12_value: one value of an element into its field; see x12_reading.h. */
#include "base/date.h"
#include "base/decimal.h"
#include "map/x12_reading.h"

struct bytes x12_read_utf8(struct x12_read *read, struct bytes value)
{
    struct bytes out = value;

    (void)charset_decode(read->charset, read->bad_bytes == CHARSET_ERROR ? CHARSET_REPLACE : read->bad_bytes,
                         value, read->record->arena, &out);
    return out;
}

void x12_read_complain(struct x12_read *read, enum complaint complaint, const struct op *op,
                       struct bytes value, const char *expected)
{
    struct map_complaint told = {
        .complaint = complaint,
        .mark = &op->target->mark,
        .element = (uint8_t)(op->element + 1),
        .component = op->component,
        .value = value,
        .expected = expected,
    };

    if (read->complain != NULL)
        read->complain(read->whom, &told);
}

/* The object a target with a path stands in. */
static struct canon_object *target_object(struct x12_read *read, struct canon_object *object,
                                          const struct map_target *target)
{
    if (target->from_root)
        object = read->record->body;
    for (unsigned i = 0; i + 1 < target->path_len && object != NULL; i++)
        object = canon_enter(read->record->arena, object, target->path[i]);
    return object;
}

struct bytes x12_read_padded(struct arena *arena, struct bytes value, size_t len)
{
    char *text = arena_text(arena, len);
    size_t zeros = len - value.len;

    if (text == NULL)
        return (struct bytes){NULL, 0};
    for (size_t i = 0; i < zeros; i++)
        text[i] = '0';
    memcpy(text + zeros, value.at, value.len);
    return (struct bytes){text, len};
}

/* Through the table, then padded; the raw value is kept beside it where the schema has a place. */
static bool translate(struct x12_read *read, struct canon_object *object, const struct op *op,
                      struct bytes value, struct bytes *out)
{
    const struct map_target *target = op->target;

    *out = value;
    if (target->table != NULL) {
        const struct map_row *row = map_table_code(target->table, value);

        if (row != NULL) {
            *out = row->word;
        } else if (target->miss == MAP_MISS_ERROR) {
            x12_read_complain(read, MAP_NOT_IN_TABLE, op, value, target->table->name);
            return false;
        }
    }
    if (target->pad > out->len && digits_only(out->at, out->len)) {
        *out = x12_read_padded(read->record->arena, *out, target->pad);
        if (out->at == NULL)
            return false;
    }
    if (target->raw != NULL && !bytes_equal(*out, value) && canon_get(object, target->raw) == NULL)
        add_text(read->record->arena, object, target->raw, value);
    return true;
}

/* Sets one field.  False when the field is taken already: the value is then unread. */
bool x12_read_value(struct x12_read *read, struct canon_object *object, const struct op *op,
                    struct bytes value, bool odd)
{
    struct arena *arena = read->record->arena;
    const struct canon_field *field = op->field;
    enum conversion conversion = (enum conversion)op->conversion;
    struct bytes raw = {NULL, 0};
    bool plain = false;
    struct canon_object *context = object;

    if (!op->own)
        object = target_object(read, object, op->target);
    if (object == NULL)
        return true; /* out of memory: said once a segment */
    if (!field->is_list && canon_get(object, field) != NULL)
        return false;
    if (odd && charset_decode(read->charset, read->bad_bytes, value, arena, &value) == CHARSET_BAD) {
        x12_read_complain(read, MAP_BAD_BYTES, op, value, charset_name(read->charset));
        return true;
    }
    if (conversion == AS_CONVERTED) {
        if (op->parts != NULL || field->is_list)
            return x12_read_parts(read, context, op, value);
        raw = value;
        if (!x12_read_converted(read, op, &value))
            return true;
        conversion = (enum conversion)op->then;
    }
    switch (conversion) {
    case AS_TEXT:
    case AS_CONVERTED: break;
    case AS_TABLE:
        if (!translate(read, object, op, value, &value))
            return true;
        break;
    case AS_DECIMAL:
        if (!decimal_is_canonical(value) && !decimal_from_real(value, arena, &value)) {
            x12_read_complain(read, MAP_NOT_DECIMAL, op, value, "a decimal number");
            return true;
        }
        plain = true;
        break;
    case AS_IMPLIED:
        if (!decimal_from_implied(value, op->decimals, arena, &value)) {
            x12_read_complain(read, MAP_NOT_DECIMAL, op, value, "an integer with implied decimals");
            return true;
        }
        plain = true;
        break;
    case AS_INTEGER:
        if (!decimal_from_implied(value, 0, arena, &value)) {
            x12_read_complain(read, MAP_NOT_INTEGER, op, value, "an integer");
            return true;
        }
        plain = true;
        break;
    case AS_DATE:
        if (!date_from_x12(value, arena, &value)) {
            x12_read_complain(read, MAP_NOT_DATE, op, value, "a date, CCYYMMDD or YYMMDD");
            return true;
        }
        plain = true;
        break;
    case AS_TIME:
        if (!time_from_x12(value, arena, &value)) {
            x12_read_complain(read, MAP_NOT_TIME, op, value, "a time, HHMM[SS[d...]]");
            return true;
        }
        plain = true;
        break;
    }
    if (field->is_list)
        canon_append_text(arena, object, field, value.at, value.len);
    else
        canon_add_text(arena, object, field, value.at, value.len, plain);
    if (raw.at != NULL && op->target->raw != NULL && !bytes_equal(raw, value) &&
        canon_get(object, op->target->raw) == NULL)
        add_text(arena, object, op->target->raw, raw);
    return true;
}

struct bytes x12_read_component(const struct x12_read *read, struct bytes value, unsigned n)
{
    struct bytes rest = value, part = {NULL, 0};

    if (read->delimiters->repetition != 0)
        (void)bytes_split(&value, read->delimiters->repetition, &rest);
    for (unsigned i = 0; i < n; i++)
        if (!bytes_split(&rest, read->delimiters->component, &part))
            return (struct bytes){NULL, 0};
    return part;
}
