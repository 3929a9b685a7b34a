/*
 * read_body: the members of a record's objects.
 *
 * The schema leads: at each place it says which names and which kind of value may come, so that nothing is
 * read that is not understood, and depth is bounded by how deep blocks nest.
 */
#include "canon/reader.h"

bool canon_reader_fail_unknown(struct reader *r, const struct canon_block *block, const char *where,
                               const struct scanner_text *name)
{
    const struct canon_field *nearest = canon_block_nearest(block, (struct bytes){name->at, name->len});

    if (nearest != NULL)
        r->error->nearest = nearest->name;
    return reader_fail(r, where, "no such field");
}

static const char *expectation(enum canon_type type)
{
    switch (type) {
    case CANON_STRING:
    case CANON_CODE: return "expected a string";
    case CANON_DECIMAL: return "expected a decimal number in a string, such as \"12.50\"";
    case CANON_INTEGER: return "expected a whole number";
    case CANON_BOOLEAN: return "expected true or false";
    case CANON_DATE: return "expected a date in a string: \"YYYY-MM-DD\"";
    case CANON_TIME: return "expected a time in a string: \"HH:MM\" or \"HH:MM:SS\"";
    case CANON_DATETIME: return "expected a date and time in a string: \"YYYY-MM-DDTHH:MM:SS\"";
    case CANON_OBJECT: break;
    }
    return "expected an object";
}

/* A value that is neither object nor list. */
static inline bool read_scalar(struct reader *r, const struct canon_field *field, struct scanner_text *text)
{
    const char *where = r->scanner.at;

    if (field->type == CANON_INTEGER)
        return scanner_integer(&r->scanner, text);
    if (field->type == CANON_BOOLEAN)
        return scanner_boolean(&r->scanner, text);
    if (!scanner_sees(&r->scanner, '"'))
        return reader_fail(r, where, expectation((enum canon_type)field->type));
    if (!scanner_string(&r->scanner, text))
        return false;
    if (field->type > CANON_CODE && !canon_type_holds((enum canon_type)field->type, text->at, text->len))
        return reader_fail(r, where, expectation((enum canon_type)field->type));
    return true;
}

static inline void hold(struct canon_value *value, const struct scanner_text *text)
{
    value->text = text->at;
    value->len = (uint32_t)text->len;
    value->held = CANON_HELD_TEXT;
    value->plain = text->plain;
}

static bool read_members(struct reader *r, struct canon_object *object);

/* The object of a field, or an element of its list. */
static bool read_object(struct reader *r, struct canon_object *object)
{
    if (!scanner_sees(&r->scanner, '{'))
        return reader_fail(r, r->scanner.at, "expected an object");
    r->scanner.at++;
    return read_members(r, object);
}

/* One element of a list. */
static bool read_element(struct reader *r, const struct canon_field *field, struct canon_list *list)
{
    struct arena *arena = r->scanner.arena;
    struct canon_object *element = canon_object_new(arena, field->block);
    struct scanner_text text;

    if (element == NULL)
        return reader_fail_memory(r);
    if (list->last != NULL)
        list->last->next = element;
    else
        list->first = element;
    list->last = element;
    list->count++;
    if (field->type == CANON_OBJECT)
        return read_object(r, element);
    if (!read_scalar(r, field, &text))
        return false;
    hold(&element->first.values[0], &text);
    element->first.values[0].field = 0;
    element->first.count = 1;
    return true;
}

static bool read_list(struct reader *r, const struct canon_field *field, struct canon_list *list)
{
    struct step *step;

    if (!scanner_sees(&r->scanner, '['))
        return reader_fail(r, r->scanner.at, "expected a list");
    step = reader_enter(r, true);
    r->scanner.at++;
    scanner_blanks(&r->scanner);
    if (scanner_sees(&r->scanner, ']')) {
        r->scanner.at++;
        reader_leave(r);
        return true;
    }
    for (;;) {
        if (!read_element(r, field, list))
            return false;
        r->name = NULL;
        scanner_blanks(&r->scanner);
        if (!scanner_sees(&r->scanner, ','))
            break;
        r->scanner.at++;
        scanner_blanks(&r->scanner);
        step->index++;
    }
    if (!scanner_sees(&r->scanner, ']'))
        return reader_fail(r, r->scanner.at, "expected a comma or the list's end");
    r->scanner.at++;
    reader_leave(r);
    return true;
}

bool canon_reader_value(struct reader *r, struct canon_object *object, const struct canon_field *field)
{
    struct arena *arena = r->scanner.arena;
    struct canon_value *value;
    struct scanner_text text;

    if (field->type != CANON_OBJECT && !field->is_list) {
        if (!read_scalar(r, field, &text))
            return false;
        if (text.len == 0)
            return true; /* an empty text says as much as an absent one */
        value = canon_add(arena, object, field);
        if (value == NULL)
            return reader_fail_memory(r);
        hold(value, &text);
        return true;
    }
    value = canon_add(arena, object, field);
    if (value == NULL)
        return reader_fail_memory(r);
    value->len = 0;
    value->plain = false;
    if (field->is_list) {
        struct canon_list *list = arena_alloc(arena, sizeof(*list));

        if (list == NULL)
            return reader_fail_memory(r);
        *list = (struct canon_list){0};
        value->list = list;
        value->held = CANON_HELD_LIST;
        return read_list(r, field, list);
    }
    value->object = canon_object_new(arena, field->block);
    value->held = CANON_HELD_OBJECT;
    if (value->object == NULL)
        return reader_fail_memory(r);
    object = value->object;
    reader_enter(r, false);
    if (!read_object(r, object))
        return false;
    reader_leave(r);
    return true;
}

static bool read_members(struct reader *r, struct canon_object *object)
{
    uint64_t seen[(CANON_MAX_FIELDS + 63) / 64] = {0};

    if (reader_is_bare(r))
        return true;
    do {
        const char *where = r->scanner.at;
        const struct canon_field *field;
        struct scanner_text name;

        if (!reader_name(r, &name))
            return false;
        field = canon_block_field(object->block, (struct bytes){name.at, name.len});
        if (field == NULL)
            return canon_reader_fail_unknown(r, object->block, where, &name);
        if (seen[field->index / 64] >> field->index % 64 & 1)
            return reader_fail(r, where, "the name stands twice");
        seen[field->index / 64] |= (uint64_t)1 << field->index % 64;
        if (!canon_reader_value(r, object, field))
            return false;
    } while (reader_next(r));
    return r->scanner.what == NULL;
}
