#include "wire/flat.h"

#include <stdarg.h>
#include <stdio.h>

int flat_record_find(const struct flat_layout *layout, struct bytes tag)
{
    for (unsigned i = 0; i < layout->n_records; i++)
        if (bytes_equal(layout->records[i].tag, tag))
            return (int)i;
    return -1;
}

int flat_column_find(const struct flat_record *record, struct bytes key)
{
    for (unsigned i = 0; i < record->n_columns; i++)
        if (bytes_equal(record->columns[i].key, key))
            return (int)i;
    return -1;
}

void flat_tell_known(const struct flat_layout *layout, int tag, struct buffer *into)
{
    unsigned count = tag < 0 ? layout->n_records : layout->records[tag].n_columns;

    if (tag < 0)
        buffer_add_string(into, "a record of the layout:");
    else
        buffer_add_format(into, "a column of %.*s:", BYTES_ARG(layout->records[tag].tag));
    for (unsigned i = 0; i < count; i++) {
        struct bytes name = tag < 0 ? layout->records[i].tag : layout->records[tag].columns[i].key;

        buffer_add_format(into, "%s %.*s", i > 0 ? "," : "", BYTES_ARG(name));
    }
}

uint32_t flat_before_type(const struct flat_record *record)
{
    uint32_t before = 0;

    for (int i = 0; i < record->type; i++)
        before += record->columns[i].width;
    return before;
}

struct bytes flat_stem(const struct flat_layout *layout, struct bytes type)
{
    size_t digits = 0;

    while (digits < type.len && digits < layout->versions && type.at[type.len - digits - 1] >= '0' &&
           type.at[type.len - digits - 1] <= '9')
        digits++;
    if (digits == layout->versions)
        type.len -= digits < type.len ? digits : 0;
    return type;
}

size_t flat_characters(struct bytes text)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++)
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
    return count;
}

/* The first `characters` of a text. */
static struct bytes cut(struct bytes text, size_t characters)
{
    size_t count = 0;

    for (size_t i = 0; i < text.len; i++) {
        count += ((unsigned char)text.at[i] & 0xc0) != 0x80;
        if (count > characters)
            return (struct bytes){text.at, i};
    }
    return text;
}

static bool misfit(struct flat_cell *cell, const char *what, const char *expected, ...)
    __attribute__((format(printf, 3, 4)));
static bool misfit(struct flat_cell *cell, const char *what, const char *expected, ...)
{
    va_list arguments;

    snprintf(cell->what, sizeof(cell->what), "%s", what);
    va_start(arguments, expected);
    vsnprintf(cell->expected, sizeof(cell->expected), expected, arguments);
    va_end(arguments);
    return false;
}

static bool make_number(struct flat_cell *cell, const struct flat_column *column, struct bytes number,
                        bool fixed, struct buffer *scratch)
{
    const struct number_form *form = &column->number;
    bool negative;
    const char *what = number_form_write(form, number, scratch, &negative);

    if (what != NULL) {
        if (form->scaled)
            return misfit(cell, what, "a number with at most %u decimals%s", form->decimals,
                          form->sign == NUMBER_SIGN_NONE ? ", not negative" : "");
        return misfit(cell, what, "a number%s", form->sign == NUMBER_SIGN_NONE ? ", not negative" : "");
    }
    if (form->sign == NUMBER_SIGN_TRAILING)
        cell->after = negative ? '-' : (fixed && column->right ? ' ' : '\0');
    else if (negative)
        cell->before = '-';
    return true;
}

static const struct date_form *form_of(const struct flat_layout *layout, const struct flat_column *column,
                                       enum unit_type type)
{
    if (column->date != NULL)
        return column->date;
    if (type == UNIT_TIME)
        return layout->time;
    if (type == UNIT_DATETIME)
        return layout->datetime;
    return layout->date;
}

bool flat_cell_make(struct flat_cell *cell, const struct flat_layout *layout,
                    const struct flat_column *column, struct unit_value value, bool fixed,
                    struct buffer *scratch)
{
    const struct date_form *form;
    const char *what;

    cell->before = cell->after = '\0';
    cell->text = value.text;
    buffer_clear(scratch);
    if (value.type == UNIT_NUMBER) {
        if (!make_number(cell, column, value.text, fixed, scratch))
            return false;
        cell->text = buffer_view(scratch);
    } else if (value.type != UNIT_TEXT) {
        form = form_of(layout, column, value.type);
        if (form != NULL) {
            what = date_form_write(form, value.text, scratch);
            if (what != NULL)
                return misfit(cell, what, "a date or time that fits the layout's form");
            cell->text = buffer_view(scratch);
        }
    }
    if (scratch->failed)
        return misfit(cell, "it is too long", "a value of at most %zu bytes", scratch->ceiling);
    cell->characters = flat_characters(cell->text) + (cell->before != '\0') + (cell->after != '\0');
    if (column->width > 0 && cell->characters > column->width) {
        if (!column->cut || value.type == UNIT_NUMBER) {
            char found[64];

            snprintf(found, sizeof(found), "%zu characters are too many", cell->characters);
            return misfit(cell, found, "at most %u characters", column->width);
        }
        cell->text = cut(cell->text, column->width);
        cell->characters = column->width;
    }
    return true;
}

bool flat_can_stand(struct flat_cell *cell)
{
    for (size_t i = 0; i < cell->text.len; i++) {
        if ((unsigned char)cell->text.at[i] < 0x20 || cell->text.at[i] == 0x7f) {
            snprintf(cell->what, sizeof(cell->what), "it holds a line end or another control character");
            snprintf(cell->expected, sizeof(cell->expected), "text of one line");
            return false;
        }
    }
    return true;
}

struct unit_value flat_given(const struct flat_layout *layout, const struct unit_writer *writer, int tag,
                             unsigned slot, struct unit_value value)
{
    if (tag != 0)
        return value;
    if ((int)slot == layout->partner && writer->partner.len > 0)
        return (struct unit_value){writer->partner, UNIT_TEXT};
    for (unsigned i = 0; i < UNIT_SOURCES && layout->source != NULL; i++) {
        struct bytes text = writer->source[i];

        if (layout->source[i] != (int)slot)
            continue;
        if (i == UNIT_TEST)
            return (struct unit_value){text.len > 0 ? layout->records[0].columns[slot].constant : BYTES(""),
                                       UNIT_TEXT};
        if (text.len > 0)
            return (struct unit_value){text, i == UNIT_CREATED_DATE   ? UNIT_DATE
                                             : i == UNIT_CREATED_TIME ? UNIT_TIME
                                                                      : UNIT_TEXT};
    }
    return value;
}

void flat_tell(struct unit_writer *writer, int slot, const struct flat_column *column,
               const struct flat_cell *cell)
{
    struct unit_fault fault = {.slot = slot, .column = column->key, .what = cell->what,
                               .expected = cell->expected[0] != '\0' ? cell->expected : NULL};

    writer->fault(writer->to, &fault);
}

bool flat_may_be_empty(struct unit_writer *writer, int slot, const struct flat_column *column)
{
    struct flat_cell cell = {.what = "it has no value", .expected = "one: the column is required"};

    if (column->required)
        flat_tell(writer, slot, column, &cell);
    return !column->required;
}
