#include "base/date.h"
#include "base/decimal.h"
#include "map/convert.h"
#include "map/x12_put_bound.h"

#include <stdio.h>

struct canon_value *put_find(const struct canon_object *object, const struct canon_field *field)
{
    for (const struct canon_run *run = &object->first; run != NULL; run = run->next)
        for (uint32_t i = 0; i < run->count; i++)
            if (run->values[i].field == field->index)
                return (struct canon_value *)(uintptr_t)&run->values[i];
    return NULL;
}

struct canon_object *put_reach(struct canon_object *from, const struct canon_field *const *path, unsigned n)
{
    for (unsigned i = 0; i < n && from != NULL; i++) {
        const struct canon_value *value = put_holds(from, path[i]) ? put_find(from, path[i]) : NULL;

        from = value != NULL && value->held == CANON_HELD_OBJECT ? value->object : NULL;
    }
    return from;
}

/* The object a target's field stands in; NULL when it is not there. */
static struct canon_object *object_of(const struct putting *putting, const struct map_target *target,
                                      struct canon_object *object)
{
    if (target->from_root)
        object = putting->body;
    return object != NULL ? put_reach(object, target->path, target->path_len - 1U) : NULL;
}

/* The text that a field has; of a list, the first that is left. */
static struct bytes text_of(struct canon_value *value)
{
    if (value == NULL || value->held == CANON_HELD_OBJECT)
        return (struct bytes){NULL, 0};
    if (value->held == CANON_HELD_LIST) {
        const struct canon_object *first = value->list->first;

        if (first == NULL || first->block != NULL)
            return (struct bytes){NULL, 0};
        value = (struct canon_value *)(uintptr_t)&first->first.values[0];
    }
    return (struct bytes){value->text, value->len};
}

static void use_up_value(struct canon_object *object, const struct map_target *target)
{
    struct canon_value *value = put_find(object, target->field);

    if (value->held == CANON_HELD_LIST) {
        value->list->first = value->list->first->next;
        if (value->list->first != NULL)
            return;
    }
    put_use_up(object, target->field);
    if (target->raw != NULL)
        put_use_up(object, target->raw);
}

bool put_has(const struct putting *putting, const struct op *op, struct canon_object *object)
{
    const struct map_target *target = op->target;

    if (op->parts != NULL)
        return put_parts_have(putting, op, object);
    if (target->from_root)
        return false; /* of the header: no reason for a segment of its own */
    object = object_of(putting, target, object);
    return object != NULL && put_holds(object, target->field) &&
           text_of(put_find(object, target->field)).at != NULL;
}

/* --- totals */

struct bytes put_total(struct putting *putting, const struct map_target *target)
{
    const struct canon_value *value = put_find(putting->body, target->of_list);
    const struct canon_list *list = value != NULL && value->held == CANON_HELD_LIST ? value->list : NULL;
    struct decimal total = decimal_of_count(list != NULL ? list->count : 0);
    bool some = list != NULL && list->count > 0 && target->compute == MAP_COUNT;
    char text[DECIMAL_TEXT];
    size_t len;

    if (target->compute == MAP_SUM) {
        total = decimal_of_count(0);
        for (struct canon_object *object = list != NULL ? list->first : NULL; object != NULL;
             object = object->next) {
            struct bytes number = text_of(put_find(object, target->of_field));
            struct decimal one;

            if (number.at == NULL)
                continue;
            if (!decimal_parse(number, &one) || !decimal_add(total, one, &total))
                return (struct bytes){NULL, 0};
            some = true;
        }
    }
    if (!some)
        return (struct bytes){NULL, 0};
    len = decimal_print(total, text);
    return arena_copy(putting->put->arena, (struct bytes){text, len});
}

/* A record that states one total of a segment states all it wants to have there. */
static struct bytes total_of(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                             struct canon_object *object)
{
    for (uint32_t i = 0; i < rule->n_ops; i++) {
        const struct map_target *target = rule->ops[i].target;
        const struct canon_object *other;

        if (target->compute == MAP_COMPUTE_NOTHING)
            continue;
        other = object_of(putting, target, object);
        if (other != NULL && put_find(other, target->field) != NULL)
            return (struct bytes){NULL, 0};
    }
    return put_total(putting, op->target);
}

/* --- forms */

/* The standard's element that the op writes; NULL when the segment has none there. */
static const struct standard_element *element_of(const struct putting *putting,
                                                 const struct x12_bound_rule *rule, const struct op *op)
{
    const struct standard_segment *segment = put_rule_of(putting->putter, rule)->position->segment;
    const struct standard_field *field;
    unsigned component = op->component != 0 ? op->component : 1;

    if (op->element >= segment->n_fields)
        return NULL;
    field = &segment->fields[op->element];
    if (field->composite == NULL)
        return component == 1 ? field->element : NULL;
    return component <= field->composite->n_fields ? field->composite->fields[component - 1].element : NULL;
}

/* X12.6 suppresses leading zeros of R: .99, not 0.99.  (Nothing but zeros keeps one.) */
static void drop_zero(struct arena *arena, struct bytes *text)
{
    bool negative = text->len > 0 && text->at[0] == '-', some = false;
    char *copy;

    if (text->len < negative + 3U || text->at[negative] != '0' || text->at[negative + 1] != '.')
        return;
    for (size_t i = negative + 2U; i < text->len; i++)
        some |= text->at[i] != '0';
    if (!some)
        return;
    if (!negative) {
        *text = (struct bytes){text->at + 1, text->len - 1};
        return;
    }
    copy = arena_text(arena, text->len - 1);
    if (copy == NULL)
        return;
    copy[0] = '-';
    memcpy(copy + 1, text->at + 2, text->len - 2);
    *text = (struct bytes){copy, text->len - 1};
}

/* Zeros in front, up to the element's least length. */
static struct bytes padded(struct arena *arena, struct bytes digits, unsigned min)
{
    bool negative = digits.len > 0 && digits.at[0] == '-';
    size_t count = 0, zeros;
    char *text;

    for (size_t i = 0; i < digits.len; i++)
        count += digits.at[i] >= '0' && digits.at[i] <= '9';
    if (count >= min)
        return digits;
    zeros = min - count;
    text = arena_text(arena, digits.len + zeros);
    if (text == NULL)
        return digits;
    text[0] = '-';
    memset(text + negative, '0', zeros);
    memcpy(text + negative + zeros, digits.at + negative, digits.len - negative);
    return (struct bytes){text, digits.len + zeros};
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

/* The code of a word, or the raw form where reading makes the same of it.  False: there is none, and must
 * be. */
static bool untranslate(const struct map_target *target, struct bytes raw, struct bytes *text)
{
    const struct map_row *row = NULL;

    if (target->table == NULL) {
        if (target->pad > 0 && raw.at != NULL && is_padded(raw, *text))
            *text = raw;
        return true;
    }
    if (raw.at != NULL) {
        row = map_table_code(target->table, raw);
        if (row != NULL && bytes_equal(row->word, *text)) {
            *text = raw;
            return true;
        }
    }
    row = map_table_word(target->table, *text);
    if (row != NULL)
        *text = row->code;
    return row != NULL || (target->miss != MAP_MISS_ERROR && map_table_may_keep(target->table, *text));
}

/* NULL when all is well, else what is wrong. */
static const char *convert(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                           struct bytes raw, struct bytes *text, const char **expected)
{
    const struct standard_element *element = element_of(putting, rule, op);
    struct arena *arena = putting->put->arena;
    const enum conversion conversion = (enum conversion)(op->conversion == AS_CONVERTED ? op->then
                                                                                          : op->conversion);
    bool number = element != NULL && element->type == STANDARD_N;

    switch (conversion) {
    case AS_TEXT:
    case AS_CONVERTED: return NULL;
    case AS_TABLE:
        if (untranslate(op->target, raw, text))
            return NULL;
        *expected = op->target->table->name;
        return "the table has no code for it";
    case AS_IMPLIED:
    case AS_DECIMAL:
        if ((conversion == AS_IMPLIED || number) &&
            !decimal_to_implied(*text, op->decimals, arena, text)) {
            *expected = arena_format(arena, "a number with at most %u decimals", op->decimals);
            return "digits would be lost";
        }
        break;
    case AS_INTEGER: break;
    case AS_DATE:
        if (date_to_x12(*text, element != NULL && element->max == 6 ? 6 : 8, arena, text))
            return NULL;
        *expected = "a date, YYYY-MM-DD";
        return "it cannot be written as a date";
    case AS_TIME:
        if (time_to_x12(*text, arena, text))
            return NULL;
        *expected = "a time, HH:MM[:SS]";
        return "it cannot be written as a time";
    }
    if (element != NULL && element->type == STANDARD_R)
        drop_zero(arena, text);
    if (number || (element != NULL && element->type == STANDARD_R))
        *text = padded(arena, *text, element->min);
    return NULL;
}

struct bytes put_clean(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                       struct canon_object *object, struct bytes text)
{
    struct x12_put *put = putting->put;
    unsigned char byte = 0;
    char what[64], wrong[8];
    struct bytes out = text;

    if (utf8_ascii_prefix(text.at, text.len) != text.len &&
        !charset_encode(put->charset, put->writer->style.replacement, text, put->arena, &out)) {
        snprintf(what, sizeof(what), "the character set %s does not have it", charset_name(put->charset));
        put_tell(putting, WRITE_MISFIT, rule, op, object, text, what, NULL);
        return (struct bytes){NULL, 0};
    }
    if (x12_writer_clean(put->writer, put->arena, out, &out, &byte) != X12_DIRTY)
        return out;
    if (byte < 0x20 || byte == 0x7f)
        snprintf(wrong, sizeof(wrong), "\\x%02x", byte);
    else
        snprintf(wrong, sizeof(wrong), "%c", byte);
    snprintf(what, sizeof(what), "it holds \"%s\", %s", wrong,
             byte < 0x20 || byte == 0x7f ? "a control character" : "a delimiter");
    put_tell(putting, WRITE_MISFIT, rule, op, object, text, what, NULL);
    return (struct bytes){NULL, 0};
}

struct bytes put_text(struct putting *putting, const struct x12_bound_rule *rule, uint32_t i,
                      struct canon_object *object, bool use_up)
{
    const struct map_test *test = put_rule_of(putting->putter, rule)->tests[i];

    if (test == NULL || put_test_takes(test, put_value(putting, rule, &rule->ops[i], object, false)))
        return put_value(putting, rule, &rule->ops[i], object, use_up);
    return test->values[0].len > 0 ? test->values[0] : (struct bytes){NULL, 0};
}

struct bytes put_value(struct putting *putting, const struct x12_bound_rule *rule, const struct op *op,
                       struct canon_object *object, bool use_up)
{
    const struct map_target *target = op->target;
    struct canon_object *from = object_of(putting, target, object);
    struct canon_value *value = NULL;
    struct bytes text = {NULL, 0}, raw = {NULL, 0};
    const char *what, *expected = NULL;

    if (op->parts != NULL)
        return put_parts(putting, rule, op, object, use_up);
    if (from != NULL && (target->from_root || put_holds(from, target->field)))
        value = put_find(from, target->field);
    text = text_of(value);
    if (text.at == NULL) {
        text = target->compute != MAP_COMPUTE_NOTHING ? total_of(putting, rule, op, object)
                                                      : target->write_fallback;
        return text;
    }
    if (target->convert != NULL && target->convert->list)
        return put_list(putting, rule, op, from, value->list, use_up);
    if (target->raw != NULL && put_holds(from, target->raw))
        raw = text_of(put_find(from, target->raw));
    what = convert(putting, rule, op, raw, &text, &expected);
    if (what == NULL && op->conversion == AS_CONVERTED)
        text = put_converted(putting, rule, op, object, raw, text, use_up);
    if (use_up) {
        if (what != NULL)
            put_tell(putting, target->table != NULL ? WRITE_NO_CODE : WRITE_MISFIT, rule, op, object,
                     text_of(value), target->table != NULL ? NULL : what, expected);
        else if (text.at != NULL)
            text = put_clean(putting, rule, op, object, text);
        use_up_value(from, target);
    }
    return text;
}
