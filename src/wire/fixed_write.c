#include "wire/fixed_write.h"

#include <stdio.h>
#include <stdlib.h>

enum { CELL_CEILING = 1024 * 1024 };

struct fixed_writer {
    struct unit_writer base;
    const struct flat_layout *layout;
    struct buffer scratch;
};

static struct fixed_writer *self(struct unit_writer *writer)
{
    return (struct fixed_writer *)writer;
}

static void close_writer(struct unit_writer *writer)
{
    buffer_release(&self(writer)->scratch);
    free(writer);
}

static int find_tag(struct unit_writer *writer, struct bytes tag)
{
    return flat_record_find(self(writer)->layout, tag);
}

static int find_slot(struct unit_writer *writer, int tag, struct bytes key)
{
    return flat_column_find(&self(writer)->layout->records[tag], key);
}

static unsigned count_slots(const struct unit_writer *writer, int tag)
{
    return ((const struct fixed_writer *)writer)->layout->records[tag].n_columns;
}

static struct bytes find_split(const struct unit_writer *writer, int tag, int slot)
{
    return ((const struct fixed_writer *)writer)->layout->records[tag].columns[slot].split;
}

static void tell_known(const struct unit_writer *writer, int tag, struct buffer *into)
{
    flat_tell_known(((const struct fixed_writer *)writer)->layout, tag, into);
}

static void nothing(struct unit_writer *writer)
{
    (void)writer;
}

static bool end_document(struct unit_writer *writer)
{
    (void)writer;
    return true;
}

static void end_unit(struct unit_writer *writer, int tag)
{
    (void)writer;
    (void)tag;
}

static void fill(struct buffer *out, char pad, size_t count)
{
    if (count > 0 && buffer_reserve(out, count)) {
        memset(out->at + out->len, pad, count);
        out->len += count;
    }
}

static void add_cell(struct buffer *out, const struct flat_column *column, const struct flat_cell *cell)
{
    size_t short_by = column->width - cell->characters;
    /* -0012, but "  -12": a zero belongs to the number, a blank stands before it. */
    bool inside = column->pad >= '0' && column->pad <= '9';

    if (column->right && !inside)
        fill(out, column->pad, short_by);
    if (cell->before != '\0')
        buffer_add_byte(out, cell->before);
    if (column->right && inside)
        fill(out, column->pad, short_by);
    buffer_add_bytes(out, cell->text);
    if (cell->after != '\0')
        buffer_add_byte(out, cell->after);
    if (!column->right)
        fill(out, column->pad, short_by);
}

/* A line end or any other control character in a column would shift the columns after it. */
static bool can_stand(struct flat_cell *cell)
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

static bool begin_unit(struct unit_writer *writer, int tag, const struct unit_value *values)
{
    struct fixed_writer *fixed = self(writer);
    const struct flat_record *record = &fixed->layout->records[tag];
    bool good = true;

    for (unsigned i = 0; i < flat_inside(record); i++) {
        const struct flat_column *column = &record->columns[i];
        struct unit_value value = values[i];
        struct flat_cell cell;

        if (tag == 0 && (int)i == fixed->layout->partner && writer->partner.len > 0)
            value = (struct unit_value){writer->partner, UNIT_TEXT};
        if (value.text.at == NULL && column->constant.at != NULL)
            value = (struct unit_value){column->constant, UNIT_TEXT};
        if (value.text.at == NULL) {
            fill(writer->out, ' ', column->width);
        } else if (!flat_cell_make(&cell, fixed->layout, column, value, true, &fixed->scratch) ||
                   !can_stand(&cell)) {
            flat_tell(writer, (int)i, column, &cell);
            good = false;
        } else {
            add_cell(writer->out, column, &cell);
        }
    }
    buffer_add_bytes(writer->out, fixed->layout->line_end);
    return good;
}

static const struct unit_format fixed_format = {
    .name = "fixed", .extension = "txt", .close = close_writer,
    .tag = find_tag, .slot = find_slot, .n_slots = count_slots, .split = find_split,
    .tell_known = tell_known,
    .begin_file = nothing, .end_file = nothing,
    .begin_document = nothing, .end_document = end_document, .drop_document = nothing,
    .begin_unit = begin_unit, .end_unit = end_unit,
};

struct unit_writer *fixed_write_open(const struct flat_layout *layout)
{
    struct fixed_writer *fixed = calloc(1, sizeof(*fixed));

    if (fixed == NULL)
        return NULL;
    fixed->base.format = &fixed_format;
    fixed->layout = layout;
    buffer_init(&fixed->scratch, CELL_CEILING);
    return &fixed->base;
}
