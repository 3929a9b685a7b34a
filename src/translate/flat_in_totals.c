/*
 * What the record at the end of a file says of all of it, held against what was read.  (Files that were put
 * together have one for each part.)
 */
#include <stdio.h>

#include "base/decimal.h"
#include "translate/flat_in_parts.h"

void flat_in_tally(struct flat_in *in, const struct flat_unit *unit)
{
    const struct flat_layout *layout = in->layout;
    struct bytes number;

    in->tally.records++;
    for (unsigned i = 0; i < layout->n_totals; i++) {
        const struct flat_total *total = &layout->totals[i];
        struct bytes cell;

        if (total->of != FLAT_TOTAL_SUM || unit->tag != total->record)
            continue;
        cell = unit->cells[total->column];
        if (cell.at != NULL &&
            number_form_read(&layout->records[unit->tag].columns[total->column].number, cell, &in->arena,
                             &number) == NULL)
            flat_tally_number(&in->tally, i, number);
    }
}

static void complain(struct flat_in *in, const struct flat_unit *unit, enum complaint complaint,
                     unsigned slot, struct bytes value, const char *what, const char *expected)
{
    const struct flat_record *record = &in->layout->records[unit->tag];
    struct finding finding = {.complaint = complaint,
                              .place = {.file = in->file,
                                        .partner = in->settings->partner,
                                        .offset = unit->offset,
                                        .segment = record->tag},
                              .value = value,
                              .expected = expected};
    char detail[256];

    flat_place(in->reader, slot, &finding.place.line, &finding.place.column);
    finding.place.element_name = record->columns[slot].heading.at;
    snprintf(detail, sizeof(detail), "column %.*s%s%s", BYTES_ARG(record->columns[slot].heading),
             what != NULL ? ": " : "", what != NULL ? what : "");
    finding.detail = detail;
    report_add(in->report, &finding);
    in->counts.broken = true;
}

static void compare(struct flat_in *in, const struct flat_unit *unit, unsigned i)
{
    const struct flat_total *total = &in->layout->totals[i];
    const struct flat_column *column = &in->layout->records[unit->tag].columns[total->slot];
    struct bytes cell = unit->cells[total->slot], number;
    char text[DECIMAL_TEXT], expected[DECIMAL_TEXT + 96];
    const char *what, *found = flat_tally_text(in->layout, &in->tally, i, text);
    struct decimal stated, real;

    if (cell.at == NULL)
        return; /* it states nothing */
    what = number_form_read(&column->number, cell, &in->arena, &number);
    if (what == NULL && (found == NULL || !decimal_parse(number, &stated)))
        what = "there are more digits than can be reckoned with";
    if (what != NULL) {
        complain(in, unit, MAP_NOT_DECIMAL, total->slot, cell, what, NULL);
        return;
    }
    if (!decimal_parse(bytes_of(found), &real) || decimal_compare(stated, real) == 0)
        return;
    snprintf(expected, sizeof(expected), "%s, by the %s of the file", found,
             total->of == FLAT_TOTAL_DOCUMENTS ? "documents" : "records");
    complain(in, unit, READ_FILE_TOTAL, total->slot, number, NULL, expected);
}

void flat_in_totals(struct flat_in *in, const struct flat_unit *unit)
{
    flat_in_end(in);
    in->tally.documents = in->counts.read - in->documents_before;
    arena_reset(&in->arena);
    for (unsigned i = 0; i < in->layout->n_totals; i++)
        compare(in, unit, i);
    in->documents_before = in->counts.read;
    in->tally = (struct flat_tally){0};
}

void flat_in_totals_end(struct flat_in *in)
{
    const struct flat_record *record = &in->layout->records[in->layout->totals_record];
    struct finding finding = {.complaint = READ_NO_FILE_TOTAL,
                              .place = {.file = in->file, .partner = in->settings->partner},
                              .value = record->tag};

    if (in->tally.records == 0 || in->counts.broken)
        return;
    report_add(in->report, &finding);
    in->counts.broken = true;
}
