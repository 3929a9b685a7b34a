#include "wire/fixed_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire/flat_more.h"
#include "wire/flat_once.h"
#include "wire/flat_totals.h"

enum { CELL_CEILING = 1024 * 1024, MAX_DEPTH = 32 /* maps nest less deep */ };

/* A record that is open: others may stand in it. */
struct open_record {
    unsigned number, level; /* as its columns count; of one that has none: of the record around it */
    unsigned parent;
};

struct fixed_writer {
    struct unit_writer base;
    const struct flat_layout *layout;
    struct buffer scratch;
    struct flat_totals *totals; /* or NULL */
    struct flat_more_writer *more; /* or NULL */
    struct flat_once *once;     /* or NULL */
    /* the document */
    unsigned n_records, depth;
    struct open_record open[MAX_DEPTH]; /* by depth; 0: the document */
    struct unit_value *same; /* what the layout's `same` columns hold in the first record */
};

static struct fixed_writer *self(struct unit_writer *writer)
{
    return (struct fixed_writer *)writer;
}

static void close_writer(struct unit_writer *writer)
{
    buffer_release(&self(writer)->scratch);
    free(self(writer)->same);
    flat_totals_close(self(writer)->totals);
    flat_more_close(self(writer)->more);
    flat_once_close(self(writer)->once);
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

static void begin_document(struct unit_writer *writer)
{
    struct fixed_writer *fixed = self(writer);

    fixed->n_records = fixed->depth = 0;
    fixed->open[0] = (struct open_record){0, 0, 0};
    memset(fixed->same, 0, (fixed->layout->n_same + 1) * sizeof(*fixed->same));
    flat_totals_begin_document(fixed->totals);
    flat_more_begin_document(fixed->more);
    flat_once_begin_document(fixed->once);
}

static bool end_document(struct unit_writer *writer)
{
    return flat_once_end_document(self(writer)->once, writer) &&
           flat_totals_end_document(self(writer)->totals, writer);
}

static void begin_file(struct unit_writer *writer)
{
    flat_totals_begin_file(self(writer)->totals);
    flat_once_begin_file(self(writer)->once);
}

static void end_file(struct unit_writer *writer)
{
    flat_totals_end_file(self(writer)->totals, writer);
}

static void write_head(struct unit_writer *writer)
{
    flat_totals_head(self(writer)->totals, writer);
}

static void end_unit(struct unit_writer *writer, int tag)
{
    struct fixed_writer *fixed = self(writer);

    (void)tag;
    fixed->depth -= fixed->depth > 0;
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

/* The record's own number and depth. */
static void enter(struct fixed_writer *fixed, const struct flat_record *record)
{
    const struct open_record around = fixed->open[fixed->depth];
    bool counted = false;

    for (unsigned i = 0; i < flat_inside(record); i++)
        counted = counted || record->columns[i].counts != FLAT_COUNTS_NOTHING;
    if (fixed->depth + 1 < MAX_DEPTH)
        fixed->depth++;
    fixed->open[fixed->depth] = around;
    if (counted)
        fixed->open[fixed->depth] = (struct open_record){++fixed->n_records, around.level + 1, around.number};
}

static struct unit_value count_of(const struct fixed_writer *fixed, const struct flat_column *column,
                                  char text[16])
{
    const struct open_record *here = &fixed->open[fixed->depth];
    unsigned number = here->number;

    if (column->counts == FLAT_COUNTS_PARENT)
        number = here->parent;
    else if (column->counts == FLAT_COUNTS_LEVEL)
        number = here->level - 1 + column->first;
    return (struct unit_value){{text, (size_t)snprintf(text, 16, "%u", number)}, UNIT_TEXT};
}

/* What stands in a column: what the rule gives, what the document as a whole says, or the layout. */
static struct unit_value value_of(struct fixed_writer *fixed, int tag, unsigned slot, struct unit_value value,
                                  char number[16])
{
    const struct flat_layout *layout = fixed->layout;
    const struct flat_record *record = &layout->records[tag];
    const struct flat_column *column = &record->columns[slot];

    value = flat_given(layout, &fixed->base, tag, slot, value);
    if (value.text.at != NULL)
        return value;
    if (column->counts != FLAT_COUNTS_NOTHING)
        return count_of(fixed, column, number);
    for (unsigned i = 0; i < layout->n_same && tag != 0; i++)
        if (record->same[i] == (int)slot)
            return fixed->same[i];
    if (column->constant.at != NULL)
        return (struct unit_value){column->constant, UNIT_TEXT};
    return value;
}

static bool put_record(struct unit_writer *writer, int tag, const struct unit_value *values)
{
    struct fixed_writer *fixed = self(writer);
    const struct flat_record *record = &fixed->layout->records[tag];
    const bool totals = flat_totals_is_row(fixed->totals);
    bool good = flat_totals_unit(fixed->totals, writer, tag, values);
    size_t width = 0;

    enter(fixed, record);
    for (unsigned i = 0; i < flat_inside(record); i++) {
        const struct flat_column *column = &record->columns[i];
        char number[16];
        struct unit_value value = totals ? values[i] : value_of(fixed, tag, i, values[i], number);
        struct flat_cell cell;

        for (unsigned s = 0; s < fixed->layout->n_same && tag == 0; s++)
            if (record->same[s] == (int)i)
                fixed->same[s] = value;
        width += column->width;
        if (bytes_trim(value.text).len == 0) {
            good &= totals || flat_may_be_empty(writer, (int)i, column);
            flat_once_cell(fixed->once, i, BYTES(""));
            fill(writer->out, ' ', column->width);
        } else if (!flat_cell_make(&cell, fixed->layout, column, value, true, &fixed->scratch) ||
                   !flat_can_stand(&cell)) {
            flat_tell(writer, (int)i, column, &cell);
            good = false;
        } else {
            flat_once_cell(fixed->once, i, cell.text);
            add_cell(writer->out, column, &cell);
        }
    }
    flat_once_end_row(fixed->once);
    fill(writer->out, ' ', record->width > width ? record->width - width : 0);
    buffer_add_bytes(writer->out, fixed->layout->line_end);
    return good;
}

static bool begin_unit(struct unit_writer *writer, int tag, const struct unit_value *values)
{
    return flat_more_put(self(writer)->more, writer, tag, values, put_record);
}

static const struct unit_format fixed_format = {
    .name = "fixed", .extension = "txt", .close = close_writer,
    .tag = find_tag, .slot = find_slot, .n_slots = count_slots, .split = find_split,
    .tell_known = tell_known,
    .begin_file = begin_file, .end_file = end_file, .head = write_head,
    .begin_document = begin_document, .end_document = end_document, .drop_document = nothing,
    .begin_unit = begin_unit, .end_unit = end_unit,
};

struct unit_writer *fixed_write_open(const struct flat_layout *layout)
{
    struct fixed_writer *fixed = calloc(1, sizeof(*fixed));

    if (fixed == NULL)
        return NULL;
    fixed->base.format = &fixed_format;
    fixed->base.late = layout->totals_first;
    fixed->layout = layout;
    fixed->same = calloc(layout->n_same + 1, sizeof(*fixed->same));
    buffer_init(&fixed->scratch, CELL_CEILING);
    if (fixed->same == NULL || !flat_totals_open(&fixed->totals, layout) ||
        !flat_once_open(&fixed->once, layout) || !flat_more_open(&fixed->more, layout)) {
        close_writer(&fixed->base);
        return NULL;
    }
    return &fixed->base;
}
