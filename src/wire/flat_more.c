#include "wire/flat_more.h"

#include <stdio.h>
#include <stdlib.h>

struct flat_more_writer {
    const struct flat_layout *layout;
    struct unit_value *piece; /* of the widest record */
    int latest;               /* the tag of the unit before, in its document; -1: none */
};

bool flat_more_open(struct flat_more_writer **into, const struct flat_layout *layout)
{
    struct flat_more_writer *more;
    unsigned widest = 0;

    *into = NULL;
    for (unsigned i = 0; i < layout->n_records; i++)
        if (layout->records[i].more != NULL && layout->records[i].n_columns > widest)
            widest = layout->records[i].n_columns;
    if (widest == 0)
        return true;
    more = calloc(1, sizeof(*more));
    if (more == NULL)
        return false;
    more->piece = calloc(widest, sizeof(*more->piece));
    if (more->piece == NULL) {
        free(more);
        return false;
    }
    more->layout = layout;
    more->latest = -1;
    *into = more;
    return true;
}

void flat_more_close(struct flat_more_writer *more)
{
    if (more == NULL)
        return;
    free(more->piece);
    free(more);
}

void flat_more_begin_document(struct flat_more_writer *more)
{
    if (more != NULL)
        more->latest = -1;
}

static bool continues_letter(char c)
{
    return ((unsigned char)c & 0xc0) == 0x80;
}

/* Bytes of the longest beginning of at most `width` characters that ends within a word; or, of words too
 * short for that, before a blank.  0: there is none. */
static size_t find_cut(struct bytes text, uint32_t width)
{
    uint32_t characters = 0;
    size_t within = 0, before = 0;

    for (size_t at = 0; at < text.len; at++) {
        if (continues_letter(text.at[at]))
            continue;
        if (at > 0 && text.at[at - 1] != ' ')
            *(text.at[at] != ' ' ? &within : &before) = at;
        if (characters++ == width)
            break;
    }
    return within > 0 ? within : before;
}

/* The value would mark this record as more of the one before. */
static bool tell_marked(struct unit_writer *writer, const struct flat_record *record)
{
    const struct flat_column *mark = &record->columns[record->more->mark];
    struct unit_fault fault = {.slot = (int)record->more->mark,
                               .column = mark->heading,
                               .what = "it would be read as more of the text before it",
                               .expected = NULL};

    writer->fault(writer->to, &fault);
    return false;
}

bool flat_more_put(struct flat_more_writer *more, struct unit_writer *writer, int tag,
                   const struct unit_value *values,
                   bool (*put)(struct unit_writer *writer, int tag, const struct unit_value *values))
{
    const struct flat_record *record = more != NULL ? &more->layout->records[tag] : NULL;
    bool good = true;
    struct bytes rest;
    uint32_t width;
    size_t cut;

    if (record == NULL)
        return put(writer, tag, values);
    if (record->more != NULL && more->latest == tag &&
        bytes_equal(values[record->more->mark].text, record->more->says))
        good = tell_marked(writer, record);
    more->latest = tag;
    if (record->more == NULL)
        return put(writer, tag, values);
    rest = values[record->more->column].text;
    width = record->columns[record->more->column].width;
    memcpy(more->piece, values, record->n_columns * sizeof(*values));
    while (flat_characters(rest) > width && (cut = find_cut(rest, width)) > 0) {
        more->piece[record->more->column].text = (struct bytes){rest.at, cut};
        good = put(writer, tag, more->piece) && good;
        writer->format->end_unit(writer, tag);
        rest = (struct bytes){rest.at + cut, rest.len - cut};
        memset(more->piece, 0, record->n_columns * sizeof(*values));
        more->piece[record->more->mark] = (struct unit_value){record->more->says, UNIT_TEXT};
    }
    more->piece[record->more->column] = (struct unit_value){rest, UNIT_TEXT};
    return put(writer, tag, more->piece) && good;
}
