#include "map/convert.h"
#include "map/flat_bound.h"

#include "base/decimal.h"

void flat_complain(struct flat_fill *fill, enum complaint complaint, int slot, struct bytes value,
                   const char *what, const char *expected)
{
    struct flat_complaint told = {
        .complaint = complaint, .slot = slot, .value = value, .what = what, .expected = expected};

    fill->clean = false;
    fill->complain(fill->whom, &told);
}

bool flat_value_utf8(struct flat_fill *fill, int slot, struct bytes cell, struct bytes *out)
{
    if (charset_decode(fill->charset, CHARSET_ERROR, cell, fill->record->arena, out) != CHARSET_BAD)
        return true;
    flat_complain(fill, MAP_BAD_BYTES, slot, cell, NULL, charset_name(fill->charset));
    return false;
}

struct canon_object *flat_target_object(struct flat_fill *fill, struct canon_object *object,
                                        const struct map_target *target)
{
    if (target->from_root)
        object = fill->record->body;
    for (unsigned i = 0; i + 1 < target->path_len && object != NULL; i++)
        object = canon_enter(fill->record->arena, object, target->path[i]);
    return object;
}

/* --- conversions: NULL, or what is wrong */

/* AS/400 files and their like say so that there is none. */
static bool is_zeros(struct bytes text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] != '0')
            return false;
    return true;
}

static const char *moment(struct flat_fill *fill, const struct flat_op *op, enum date_form_want want,
                          struct bytes *text)
{
    const struct flat_layout *layout = fill->binding->layout;
    const struct date_form *form = op->column->date != NULL   ? op->column->date
                                   : want == DATE_FORM_TIME   ? layout->time
                                   : want == DATE_FORM_BOTH   ? layout->datetime
                                                              : layout->date;

    if (form != NULL) {
        struct bytes time, came = *text;
        const char *what = date_form_read(form, want, came, fill->record->arena, text);

        /* A time of day is not lost in silence. */
        if (what == NULL && want == DATE_FORM_DATE && op->target->time == NULL &&
            date_form_read(form, DATE_FORM_TIME, came, fill->record->arena, &time) == NULL &&
            !bytes_are(time, "00:00") && !bytes_are(time, "00:00:00"))
            return "it has a time of day, and the map has no time: for it";
        return what;
    }
    *text = bytes_trim(*text);
    return canon_type_holds((enum canon_type)op->field->type, text->at, text->len)
               ? NULL
               : "it is not in the form of ISO 8601, and the layout names no other";
}

static const char *integer(struct flat_fill *fill, struct bytes *text)
{
    static const struct number_form plain = {.scaled = true, .implied = true, .point = '.'};
    const char *what = number_form_read(&plain, *text, fill->record->arena, text);

    if (what != NULL)
        return what;
    return canon_type_holds(CANON_INTEGER, text->at, text->len) ? NULL : "it has more than 18 digits";
}

/* Through the table, and padded with zeros. */
static bool translate(struct flat_fill *fill, const struct flat_op *op, struct bytes *text)
{
    const struct map_target *target = op->target;

    if (target->table != NULL) {
        const struct map_row *row = map_table_code(target->table, *text);

        if (row != NULL) {
            *text = row->word;
        } else if (target->miss == MAP_MISS_ERROR) {
            flat_complain(fill, MAP_NOT_IN_TABLE, (int)op->slot, *text, NULL, target->table->name);
            return false;
        }
    }
    if (target->pad > text->len && digits_only(text->at, text->len)) {
        size_t zeros = target->pad - text->len;
        char *at = arena_text(fill->record->arena, target->pad);

        if (at == NULL)
            return false;
        memset(at, '0', zeros);
        memcpy(at + zeros, text->at, text->len);
        *text = (struct bytes){at, target->pad};
    }
    return true;
}

static enum complaint complaint_of(const struct canon_field *field)
{
    switch ((enum canon_type)field->type) {
    case CANON_DECIMAL: return MAP_NOT_DECIMAL;
    case CANON_INTEGER: return MAP_NOT_INTEGER;
    case CANON_TIME: return MAP_NOT_TIME;
    case CANON_BOOLEAN: return READ_NOT_BOOLEAN;
    default: return MAP_NOT_DATE;
    }
}

/* The value in canonical form, wherever it stands.  False: told; or there is none (at NULL). */
static bool convert(struct flat_fill *fill, const struct flat_op *op, struct bytes *text)
{
    const char *what = NULL;
    struct bytes came;

    if (!op->decoded && (!fill->plain || op->named) && !flat_value_utf8(fill, (int)op->slot, *text, text))
        return false;
    came = *text;
    if (op->target->convert != NULL && !op->target->convert->list) {
        if (!flat_converted(fill, op, text))
            return false;
        if (op->target->convert->form.code != NULL)
            return true; /* as the record wants it */
    } else if (!translate(fill, op, text)) {
        return false;
    }
    switch ((enum canon_type)op->field->type) {
    case CANON_DECIMAL:
        what = number_form_read(&op->column->number, *text, fill->record->arena, text);
        break;
    case CANON_INTEGER: what = integer(fill, text); break;
    case CANON_DATE:
    case CANON_TIME:
    case CANON_DATETIME:
        if (op->field->type != CANON_TIME && is_zeros(*text)) {
            *text = (struct bytes){NULL, 0};
            return true;
        }
        what = moment(fill, op,
                      op->field->type == CANON_DATE   ? DATE_FORM_DATE
                      : op->field->type == CANON_TIME ? DATE_FORM_TIME
                                                      : DATE_FORM_BOTH,
                      text);
        break;
    case CANON_BOOLEAN:
        what = bytes_are(*text, "true") || bytes_are(*text, "false") ? NULL : "it is neither true nor false";
        break;
    default: break;
    }
    if (what != NULL)
        flat_complain(fill, complaint_of(op->field), (int)op->slot, came, what, NULL);
    return what == NULL;
}

/* A copy that lives as long as the record. */
static struct bytes kept(struct flat_fill *fill, struct bytes text)
{
    char *at = arena_text(fill->record->arena, text.len);

    if (at == NULL)
        return (struct bytes){NULL, 0};
    memcpy(at, text.at, text.len);
    return (struct bytes){at, text.len};
}

/* --- setting */

static void append_parts(struct flat_fill *fill, struct canon_object *object, const struct flat_op *op,
                         struct bytes cell)
{
    const struct bytes by = op->column->split.at != NULL    ? op->column->split
                            : op->target->convert != NULL ? op->target->convert->by
                                                          : (struct bytes){NULL, 0};
    struct bytes part;

    while (cell.at != NULL) {
        const char *end = by.at != NULL ? memmem(cell.at, cell.len, by.at, by.len) : NULL;

        part = (struct bytes){cell.at, end != NULL ? (size_t)(end - cell.at) : cell.len};
        cell = end != NULL ? (struct bytes){end + by.len, cell.len - part.len - by.len}
                           : (struct bytes){NULL, 0};
        part = bytes_trim(part);
        if (part.len == 0 || !convert(fill, op, &part) || part.at == NULL)
            continue;
        part = kept(fill, part);
        canon_append_text(fill->record->arena, object, op->field, part.at, part.len);
    }
}

/* The field is taken.  What an earlier unit of the document said must be what this one says; false: two
 * columns of one unit want it, and the first has it. */
static bool set_again(struct flat_fill *fill, struct canon_object *object, struct flat_op *op,
                      struct bytes cell)
{
    const struct canon_value *value = canon_get(object, op->field);
    const struct bytes there = {value->text, value->len};
    const bool document = object == fill->record->body;
    struct bytes text = cell;
    const bool other = !op->target->from_root &&
                       (!document || fill->set_by[op->field->index] == fill->ordinal);

    if (value->held != CANON_HELD_TEXT || !convert(fill, op, &text) || text.at == NULL)
        return true;
    if (bytes_equal(text, there) || (op->field->type == CANON_DECIMAL && decimal_same(text, there))) {
        if (!other) { /* of the document: in the next unit it is quickly told */
            op->seen = kept(fill, cell);
            op->seen_in = fill->binding->serials;
        }
    } else if (other) {
        return false;
    } else {
        flat_complain(fill, READ_ROWS_DIFFER, (int)op->slot, text, NULL,
                      arena_format(fill->record->arena, "%.*s", (int)there.len, there.at));
    }
    return true;
}

/* The time of a date that has one. */
static void set_time(struct flat_fill *fill, struct canon_object *object, const struct flat_op *op,
                     struct bytes cell)
{
    const struct flat_layout *layout = fill->binding->layout;
    const struct date_form *form = op->column->date != NULL ? op->column->date : layout->date;
    struct bytes time;

    if (form != NULL && canon_get(object, op->target->time) == NULL &&
        date_form_read(form, DATE_FORM_TIME, cell, fill->record->arena, &time) == NULL)
        canon_add_text(fill->record->arena, object, op->target->time, time.at, time.len, true);
}

/* A value that needs no JSON escaping is quickly written. */
static void add(struct arena *arena, struct canon_object *object, const struct flat_op *op,
                struct bytes text, bool plain)
{
    struct canon_value *value = canon_add(arena, object, op->field);

    if (value == NULL)
        return;
    value->text = text.at;
    value->len = (uint32_t)text.len;
    value->held = CANON_HELD_TEXT;
    value->plain = plain && text.len > 0 ? (uint8_t)op->plain : op->field->type >= CANON_DECIMAL;
}

bool flat_set(struct flat_fill *fill, struct canon_object *object, struct flat_op *op, struct bytes cell)
{
    struct arena *arena = fill->record->arena;
    const bool every = op->target->from_root; /* stands in every row, mostly */
    struct bytes text = cell;
    bool plain = op->made;

    if (op->target->convert != NULL && op->target->convert->n_parts > 0)
        return flat_set_parts(fill, object, op, cell);
    object = flat_op_object(fill, object, op);
    if (object == NULL)
        return true; /* out of memory: asked for once a document */
    if (op->field->is_list) {
        append_parts(fill, object, op, cell);
        return true;
    }
    if (flat_has(object, op->field))
        return set_again(fill, object, op, cell);
    if (!convert(fill, op, &text) || text.at == NULL)
        return true;
    /* What conversion made is in the arena already; what it left alone is in the reader's window. */
    if (text.at >= cell.at && text.at <= cell.at + cell.len) {
        text = kept(fill, text);
        plain = plain || (fill->plain && !op->named);
    }
    if (op->target->raw != NULL &&
        (op->target->table != NULL || op->target->pad > 0 || op->target->convert != NULL) &&
        !bytes_equal(text, cell) && canon_get(object, op->target->raw) == NULL) {
        struct bytes raw;

        if (flat_value_utf8(fill, (int)op->slot, cell, &raw)) {
            raw = kept(fill, raw);
            canon_add_text(arena, object, op->target->raw, raw.at, raw.len, false);
        }
    }
    add(arena, object, op, text, plain);
    if (op->target->time != NULL)
        set_time(fill, object, op, cell);
    if (object == fill->record->body)
        fill->set_by[op->field->index] = fill->ordinal;
    if (every) {
        op->seen = kept(fill, cell);
        op->seen_in = fill->binding->serials;
    }
    return true;
}

void flat_set_default(struct flat_fill *fill, struct canon_object *object, const struct flat_op *op)
{
    struct arena *arena = fill->record->arena;
    struct bytes text = op->target->fallback;

    object = flat_target_object(fill, object, op->target);
    if (object == NULL || canon_get(object, op->field) != NULL)
        return;
    if (op->field->is_list)
        canon_append_text(arena, object, op->field, text.at, text.len);
    else
        canon_add_text(arena, object, op->field, text.at, text.len, false);
}
