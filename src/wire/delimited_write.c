#include "wire/delimited_write.h"

#include <stdio.h>
#include <stdlib.h>

#include "wire/flat_more.h"
#include "wire/flat_once.h"
#include "wire/flat_totals.h"

enum { CELL_CEILING = 1024 * 1024 };

struct delimited_writer {
    struct unit_writer base;
    const struct flat_layout *layout;
    struct buffer scratch;
    struct flat_totals *totals; /* or NULL */
    struct flat_more_writer *more; /* or NULL */
    struct flat_once *once;     /* or NULL */
    bool rows; /* the document has some already */
};

static struct delimited_writer *self(struct unit_writer *writer)
{
    return (struct delimited_writer *)writer;
}

static void close_writer(struct unit_writer *writer)
{
    buffer_release(&self(writer)->scratch);
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
    return ((const struct delimited_writer *)writer)->layout->records[tag].n_columns;
}

static struct bytes find_split(const struct unit_writer *writer, int tag, int slot)
{
    return ((const struct delimited_writer *)writer)->layout->records[tag].columns[slot].split;
}

static void tell_known(const struct unit_writer *writer, int tag, struct buffer *into)
{
    flat_tell_known(((const struct delimited_writer *)writer)->layout, tag, into);
}

/* Would end its cell or row. */
static bool breaks(const struct flat_layout *layout, struct bytes text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];

        if (c == layout->separator || c == layout->quote || c == '\n' || c == '\r')
            return true;
    }
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Blanks at the ends are quoted too: readers, ours among them, strip them otherwise. */
static bool needs_quotes(const struct flat_layout *layout, struct bytes text)
{
    return text.len > 0 && (is_blank(text.at[0]) || is_blank(text.at[text.len - 1]) || breaks(layout, text));
}

static void add_quoted(struct buffer *out, char quote, struct bytes text)
{
    buffer_add_byte(out, quote);
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == quote)
            buffer_add_byte(out, quote);
        buffer_add_byte(out, text.at[i]);
    }
    buffer_add_byte(out, quote);
}

/* What quotes cannot help: NUL, and without quotes whatever would end the cell or the row. */
static bool can_stand(const struct flat_layout *layout, struct flat_cell *cell)
{
    struct bytes text = cell->text;

    if (text.len > 0 && memchr(text.at, '\0', text.len) != NULL) {
        snprintf(cell->what, sizeof(cell->what), "it holds a NUL");
        cell->expected[0] = '\0';
        return false;
    }
    if (layout->quote == '\0' && breaks(layout, text)) {
        snprintf(cell->what, sizeof(cell->what), "it holds the separator or a line end");
        snprintf(cell->expected, sizeof(cell->expected), "a value without them, or a layout with quotes");
        return false;
    }
    return true;
}

static void add_cell(struct buffer *out, const struct flat_layout *layout, struct bytes text)
{
    if (layout->quote != '\0' && (layout->quote_all || needs_quotes(layout, text)))
        add_quoted(out, layout->quote, text);
    else
        buffer_add_bytes(out, text);
}

/* A number's digits stand alone in the scratch buffer: puts its sign to them. */
static void add_sign(struct flat_cell *cell, struct buffer *scratch)
{
    if (!buffer_reserve(scratch, 1))
        return;
    if (cell->before != '\0') {
        memmove(scratch->at + 1, scratch->at, scratch->len++);
        scratch->at[0] = cell->before;
    } else {
        scratch->at[scratch->len++] = cell->after;
    }
    cell->text = buffer_view(scratch);
}

static void add_header(struct unit_writer *writer)
{
    const struct flat_layout *layout = self(writer)->layout;
    const struct flat_record *record = &layout->records[0];

    if (!layout->header)
        return;
    for (unsigned i = 0; i < flat_inside(record); i++) {
        if (i > 0)
            buffer_add_byte(writer->out, layout->separator);
        add_cell(writer->out, layout, record->columns[i].heading);
    }
    buffer_add_bytes(writer->out, layout->line_end);
}

static void begin_file(struct unit_writer *writer)
{
    flat_totals_begin_file(self(writer)->totals);
    flat_once_begin_file(self(writer)->once);
    if (!writer->late)
        add_header(writer);
}

static void write_head(struct unit_writer *writer)
{
    add_header(writer);
    flat_totals_head(self(writer)->totals, writer);
}

static void end_file(struct unit_writer *writer)
{
    flat_totals_end_file(self(writer)->totals, writer);
}

static void begin_document(struct unit_writer *writer)
{
    self(writer)->rows = false;
    flat_totals_begin_document(self(writer)->totals);
    flat_more_begin_document(self(writer)->more);
    flat_once_begin_document(self(writer)->once);
}

static bool end_document(struct unit_writer *writer)
{
    return flat_once_end_document(self(writer)->once, writer) &&
           flat_totals_end_document(self(writer)->totals, writer);
}

static void drop_document(struct unit_writer *writer)
{
    (void)writer;
}

static bool put_row(struct unit_writer *writer, int tag, const struct unit_value *values)
{
    struct delimited_writer *delimited = self(writer);
    const struct flat_layout *layout = delimited->layout;
    const struct flat_record *record = &layout->records[tag];
    const bool totals = flat_totals_is_row(delimited->totals);
    bool good = flat_totals_unit(delimited->totals, writer, tag, values);

    for (unsigned i = 0; i < flat_inside(record); i++) {
        const struct flat_column *column = &record->columns[i];
        struct unit_value value = values[i];
        struct flat_cell cell;

        if (i > 0)
            buffer_add_byte(writer->out, layout->separator);
        if (tag == 0 && (int)i == layout->partner && writer->partner.len > 0 && !totals)
            value = (struct unit_value){writer->partner, UNIT_TEXT};
        if (value.text.at == NULL && column->constant.at != NULL && !totals)
            value = (struct unit_value){column->constant, UNIT_TEXT};
        if (value.text.at == NULL || (column->once && delimited->rows && !totals)) {
            good &= totals || (column->once && delimited->rows) ||
                    flat_may_be_empty(writer, (int)i, column);
            flat_once_cell(delimited->once, i, BYTES(""));
            if (layout->quote_all)
                add_cell(writer->out, layout, BYTES(""));
            continue;
        }
        if (!flat_cell_make(&cell, layout, column, value, false, &delimited->scratch) ||
            !can_stand(layout, &cell)) {
            flat_tell(writer, (int)i, column, &cell);
            good = false;
            continue;
        }
        if (cell.before != '\0' || cell.after != '\0')
            add_sign(&cell, &delimited->scratch);
        flat_once_cell(delimited->once, i, cell.text);
        add_cell(writer->out, layout, cell.text);
    }
    buffer_add_bytes(writer->out, layout->line_end);
    flat_once_end_row(delimited->once);
    delimited->rows = true;
    return good;
}

static bool begin_unit(struct unit_writer *writer, int tag, const struct unit_value *values)
{
    return flat_more_put(self(writer)->more, writer, tag, values, put_row);
}

static void end_unit(struct unit_writer *writer, int tag)
{
    (void)writer;
    (void)tag;
}

static const struct unit_format delimited_format = {
    .name = "delimited", .extension = "csv", .close = close_writer,
    .tag = find_tag, .slot = find_slot, .n_slots = count_slots, .split = find_split,
    .tell_known = tell_known,
    .begin_file = begin_file, .end_file = end_file, .head = write_head,
    .begin_document = begin_document, .end_document = end_document, .drop_document = drop_document,
    .begin_unit = begin_unit, .end_unit = end_unit,
};

struct unit_writer *delimited_write_open(const struct flat_layout *layout)
{
    struct delimited_writer *delimited = calloc(1, sizeof(*delimited));

    if (delimited == NULL)
        return NULL;
    delimited->base.format = &delimited_format;
    delimited->base.late = layout->totals_first;
    delimited->layout = layout;
    buffer_init(&delimited->scratch, CELL_CEILING);
    if (!flat_totals_open(&delimited->totals, layout) || !flat_once_open(&delimited->once, layout) ||
        !flat_more_open(&delimited->more, layout)) {
        close_writer(&delimited->base);
        return NULL;
    }
    return &delimited->base;
}
