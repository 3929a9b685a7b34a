#include "map/write_bound.h"

#include "base/decimal.h"

static enum unit_type unit_type_of(const struct canon_field *field)
{
    switch (field->type) {
    case CANON_DECIMAL:
    case CANON_INTEGER:
        return UNIT_NUMBER;
    case CANON_DATE:
        return UNIT_DATE;
    case CANON_TIME:
        return UNIT_TIME;
    case CANON_DATETIME:
        return UNIT_DATETIME;
    default:
        return UNIT_TEXT;
    }
}

const struct canon_object *write_reach(const struct canon_object *from, const struct canon_field *const *path,
                                       unsigned len)
{
    for (unsigned i = 0; i < len && from != NULL; i++) {
        const struct canon_value *value = canon_get(from, path[i]);

        from = value != NULL && value->held == CANON_HELD_OBJECT ? value->object : NULL;
    }
    return from;
}

static struct bytes text_at(const struct canon_object *object, const struct canon_field *field)
{
    const struct canon_value *value = object != NULL && field != NULL ? canon_get(object, field) : NULL;

    if (value == NULL || value->held != CANON_HELD_TEXT)
        return (struct bytes){NULL, 0};
    return (struct bytes){value->text, value->len};
}

/* --- computed */

static const struct canon_list *list_of(const struct map_writer *writer, const struct map_target *target)
{
    const struct canon_value *value = canon_get(writer->root, target->of_list);

    return value != NULL && value->held == CANON_HELD_LIST ? value->list : NULL;
}

static void computed(struct map_writer *writer, const struct map_target *target, struct write_value *out)
{
    const struct canon_list *list = list_of(writer, target);
    struct decimal total = decimal_of_count(list != NULL ? list->count : 0);
    bool some = list != NULL && list->count > 0;
    char text[DECIMAL_TEXT];

    if (target->compute == MAP_SUM) {
        total = decimal_of_count(0);
        some = false;
        for (const struct canon_object *object = list != NULL ? list->first : NULL; object != NULL;
             object = object->next) {
            struct bytes number = text_at(object, target->of_field);
            struct decimal one;

            if (number.at == NULL)
                continue;
            some = true;
            if (!decimal_parse(number, &one) || !decimal_add(total, one, &total)) {
                out->missed = true;
                return;
            }
        }
    }
    out->value.type = UNIT_NUMBER;
    if (!some)
        return;
    out->value.text = arena_copy(&writer->scratch, (struct bytes){text, decimal_print(total, text)});
    out->from_record = true;
}

/* --- fields */

/* The code that a word is written as.  What came is written again where the table reads it as the same word:
 * of several codes for a word, the sender's own. */
static void translate(const struct map_target *target, struct bytes raw, struct write_value *out)
{
    const struct map_row *row;

    if (raw.at != NULL) {
        row = map_table_code(target->table, raw);
        if (row != NULL && bytes_equal(row->word, out->value.text)) {
            out->value.text = raw;
            return;
        }
    }
    row = map_table_word(target->table, out->value.text);
    if (row != NULL)
        out->value.text = row->code;
    else
        out->missed = target->miss == MAP_MISS_ERROR || !map_table_may_keep(target->table, out->value.text);
}

/* Whether `raw`, padded with zeros, is `text`. */
static bool is_padded(struct bytes raw, struct bytes text)
{
    size_t zeros = text.len - raw.len;

    if (raw.len > text.len || memcmp(text.at + zeros, raw.at, raw.len) != 0)
        return false;
    for (size_t i = 0; i < zeros; i++)
        if (text.at[i] != '0')
            return false;
    return true;
}

/* --- converters */

/* One element that several fields are put together into. */
static void put_together(struct map_writer *writer, const struct map_target *target,
                         const struct canon_object *context, struct write_value *out)
{
    const struct map_convert *convert = target->convert;
    struct bytes parts[CONVERT_MAX_PARTS];
    bool some = false;

    for (uint32_t i = 0; convert_writes(convert) && i < convert->n_parts; i++) {
        struct write_value part = write_value_of(writer, &convert->parts[i], context);

        if (part.missed || part.fault.is) {
            *out = part;
            return;
        }
        parts[i] = part.value.text;
        some = some || part.from_record;
    }
    if (!some) {
        out->value.text = convert_writes(convert) ? target->write_fallback : (struct bytes){NULL, 0};
        return;
    }
    out->from_record = true;
    if (!convert_together(convert, parts, &writer->scratch, &out->value.text, &out->fault))
        out->value.text = (struct bytes){NULL, 0};
}

static void put_list(struct map_writer *writer, const struct map_target *target,
                     const struct canon_object *object, struct write_value *out)
{
    const struct canon_value *value = object != NULL ? canon_get(object, target->field) : NULL;
    struct bytes texts[CONVERT_MAX_LIST];
    uint32_t n = 0;

    if (value == NULL || value->held != CANON_HELD_LIST)
        return;
    out->from_record = true;
    for (const struct canon_object *each = value->list->first; each != NULL; each = each->next) {
        if (n == CONVERT_MAX_LIST) {
            out->fault = (struct convert_fault){true, WRITE_MISFIT, "the list is too long",
                                                "at most 1000 texts"};
            return;
        }
        texts[n++] = (struct bytes){each->first.values[0].text, each->first.values[0].len};
    }
    if (!convert_list(target->convert, texts, n, &writer->scratch, &out->value.text, &out->fault))
        out->value.text = (struct bytes){NULL, 0};
}

static void put_converted(struct map_writer *writer, const struct map_target *target,
                          const struct canon_object *object, struct write_value *out)
{
    struct bytes text = out->value.text;

    out->value.type = UNIT_TEXT;
    out->from_record = true;
    if (!convert_out(target, text_at(object, target->raw), text, &writer->scratch, &out->value.text,
                     &out->fault))
        out->value.text = (struct bytes){NULL, 0};
}

/* A date with the time beside it, where there is one: in the form of dates, as it is read. */
static void add_time(struct map_writer *writer, const struct map_target *target,
                     const struct canon_object *object, struct write_value *out)
{
    struct bytes time = text_at(object, target->time);
    char *at = time.at != NULL ? arena_format(&writer->scratch, "%.*sT%.*s", BYTES_ARG(out->value.text),
                                              BYTES_ARG(time))
                               : NULL;

    if (at != NULL)
        out->value = (struct unit_value){bytes_of(at), UNIT_DATE};
}

struct write_value write_value_of(struct map_writer *writer, const struct map_target *target,
                                  const struct canon_object *context)
{
    struct write_value out = {.value = {.type = UNIT_TEXT}, .field = target->field};
    const struct canon_object *object;
    struct bytes raw;

    if (target->convert != NULL && target->convert->n_parts > 0) {
        put_together(writer, target, context, &out);
        return out;
    }
    if (target->compute != MAP_COMPUTE_NOTHING) {
        computed(writer, target, &out);
    } else if (target->path_len == 0) {
        out.value.text = target->constant;
        return out;
    } else {
        object = write_reach(target->from_root ? writer->root : context, target->path, target->path_len - 1U);
        if (target->convert != NULL && target->convert->list)
            put_list(writer, target, object, &out);
        else
            out.value.text = text_at(object, target->field);
        out.value.type = unit_type_of(target->field);
        if (out.value.text.at != NULL && target->convert != NULL) {
            if (!target->convert->list)
                put_converted(writer, target, object, &out);
        } else if (out.value.text.at != NULL) {
            out.from_record = true;
            if (target->time != NULL)
                add_time(writer, target, object, &out);
            raw = text_at(object, target->raw);
            if (target->table != NULL) {
                out.value.type = UNIT_TEXT;
                translate(target, raw, &out);
            } else if (target->pad > 0 && raw.at != NULL && is_padded(raw, out.value.text)) {
                out.value.text = raw;
            }
        }
    }
    if (out.value.text.at == NULL && !out.missed && !out.fault.is)
        out.value.text = target->write_fallback;
    return out;
}
