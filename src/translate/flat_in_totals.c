/*
 * What the first or last record of a file says of all of it, held against what was read.  (Files that were
 * put together have one for each part.)
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
        if (cell.at != NULL && number_form_read(&layout->records[unit->tag].columns[total->column].number,
                                                cell, &in->arena, &number) == NULL)
            flat_tally_number(&in->tally, i, number);
    }
}

static void complain(struct flat_in *in, unsigned i, enum complaint complaint, struct bytes value,
                     const char *what, const char *expected)
{
    const struct flat_said *stated = &in->stated[i];
    const struct bytes heading =
        in->layout->records[in->layout->totals_record].columns[in->layout->totals[i].slot].heading;
    struct finding finding = {.complaint = complaint,
                              .place = {.file = in->file,
                                        .partner = in->settings->partner,
                                        .offset = stated->offset,
                                        .line = stated->line,
                                        .column = stated->place,
                                        .segment = flat_in_tag(in, in->layout->totals_record),
                                        .element_name = heading.at},
                              .value = value,
                              .expected = expected};
    char detail[256];

    snprintf(detail, sizeof(detail), "column %.*s%s%s", BYTES_ARG(heading), what != NULL ? ": " : "",
             what != NULL ? what : "");
    finding.detail = detail;
    report_add(in->report, &finding);
    in->counts.broken = true;
}

static void compare(struct flat_in *in, unsigned i)
{
    const struct flat_total *total = &in->layout->totals[i];
    const struct flat_column *column = &in->layout->records[in->layout->totals_record].columns[total->slot];
    struct bytes cell = in->stated[i].cell, number;
    char text[DECIMAL_TEXT], expected[DECIMAL_TEXT + 96];
    const char *what, *found = flat_tally_text(in->layout, &in->tally, i, text);
    struct decimal stated, real;

    if (cell.at == NULL)
        return; /* it states nothing */
    what = number_form_read(&column->number, cell, &in->arena, &number);
    if (what == NULL && (found == NULL || !decimal_parse(number, &stated)))
        what = "there are more digits than can be reckoned with";
    if (what != NULL) {
        complain(in, i, MAP_NOT_DECIMAL, cell, what, NULL);
        return;
    }
    if (!decimal_parse(bytes_of(found), &real) || decimal_compare(stated, real) == 0)
        return;
    snprintf(expected, sizeof(expected), "%s, by the %s of the file", found,
             total->of == FLAT_TOTAL_DOCUMENTS ? "documents" : "records");
    complain(in, i, READ_FILE_TOTAL, number, NULL, expected);
}

static void state(struct flat_in *in, const struct flat_unit *unit)
{
    arena_reset(&in->stated_arena);
    for (unsigned i = 0; i < in->layout->n_totals; i++) {
        const unsigned slot = in->layout->totals[i].slot;
        struct flat_said *stated = &in->stated[i];

        *stated = (struct flat_said){.offset = unit->offset};
        if (unit->cells[slot].at != NULL)
            stated->cell = arena_copy(&in->stated_arena, unit->cells[slot]);
        flat_place(in->reader, slot, &stated->line, &stated->place);
    }
    if (in->stated_arena.failed)
        flat_in_out_of_memory(in, "for the totals of the file");
    in->said = true;
}

/* What was said is of all that was read since the totals before. */
static void compare_all(struct flat_in *in)
{
    in->tally.documents = in->counts.read - in->documents_before;
    arena_reset(&in->arena);
    for (unsigned i = 0; i < in->layout->n_totals; i++)
        compare(in, i);
}

static void tell_missing(struct flat_in *in)
{
    const struct flat_layout *layout = in->layout;
    struct finding finding = {.complaint = READ_NO_FILE_TOTAL,
                              .place = {.file = in->file, .partner = in->settings->partner},
                              .value = layout->totals_mark >= 0 ? layout->totals_says
                                                                : layout->records[layout->totals_record].tag};

    report_add(in->report, &finding);
    in->counts.broken = true;
}

void flat_in_totals(struct flat_in *in, const struct flat_unit *unit)
{
    flat_in_end(in);
    in->skipped = true;
    if (in->layout->totals_first)
        flat_in_totals_end(in);
    state(in, unit);
    if (!in->layout->totals_first)
        compare_all(in);
    in->documents_before = in->counts.read;
    in->tally = (struct flat_tally){0};
}

void flat_in_totals_end(struct flat_in *in)
{
    if (in->layout->totals_first && in->said)
        compare_all(in);
    else if (in->tally.records > 0 && !in->counts.broken)
        tell_missing(in);
}
