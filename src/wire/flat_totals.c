#include "wire/flat_totals.h"

#include <stdio.h>
#include <stdlib.h>

void flat_tally_number(struct flat_tally *tally, unsigned total, struct bytes number)
{
    struct decimal *sum = &tally->sums[total], one;

    if (!decimal_parse(number, &one) || !decimal_add(*sum, one, sum))
        tally->lost[total] = true;
}

const char *flat_tally_text(const struct flat_layout *layout, const struct flat_tally *tally, unsigned i,
                            char text[DECIMAL_TEXT])
{
    const struct flat_total *total = &layout->totals[i];

    if (total->of == FLAT_TOTAL_SUM && tally->lost[i])
        return NULL;
    decimal_print(total->of == FLAT_TOTAL_DOCUMENTS ? decimal_of_count(tally->documents)
                  : total->of == FLAT_TOTAL_RECORDS ? decimal_of_count(tally->records + layout->totals_itself)
                                                    : tally->sums[i],
                  text);
    return text;
}

/* --- writing */

struct flat_totals {
    const struct flat_layout *layout;
    struct flat_tally file, document; /* the document's begins with that of the file before it */
    bool writing;                     /* the record itself */
    char texts[FLAT_MAX_TOTALS][DECIMAL_TEXT];
    struct unit_value values[]; /* by column of the record */
};

bool flat_totals_open(struct flat_totals **totals, const struct flat_layout *layout)
{
    *totals = NULL;
    if (layout->n_totals == 0)
        return true;
    *totals = calloc(1, sizeof(**totals) + layout->records[layout->totals_record].n_columns *
                                               sizeof(struct unit_value));
    if (*totals == NULL)
        return false;
    (*totals)->layout = layout;
    return true;
}

void flat_totals_close(struct flat_totals *totals)
{
    free(totals);
}

void flat_totals_begin_file(struct flat_totals *totals)
{
    if (totals != NULL)
        totals->file = (struct flat_tally){0};
}

void flat_totals_begin_document(struct flat_totals *totals)
{
    if (totals == NULL)
        return;
    totals->document = totals->file;
    totals->document.documents++;
}

/* A row of the document that says what marks the row of the totals. */
static bool is_mistaken(const struct flat_totals *totals, struct unit_writer *writer,
                        const struct unit_value *values)
{
    const struct flat_layout *layout = totals->layout;
    const int slot = layout->totals_mark;
    struct unit_fault fault = {.slot = slot, .what = "the row would be taken for that of the file's totals",
                               .expected = "another value"};

    if (slot < 0 || !bytes_equal(bytes_trim(values[slot].text), layout->totals_says))
        return false;
    fault.column = layout->records[0].columns[slot].key;
    writer->fault(writer->to, &fault);
    return true;
}

bool flat_totals_is_row(const struct flat_totals *totals)
{
    return totals != NULL && totals->writing && totals->layout->totals_mark >= 0;
}

bool flat_totals_unit(struct flat_totals *totals, struct unit_writer *writer, int tag,
                      const struct unit_value *values)
{
    if (totals == NULL || totals->writing ||
        (totals->layout->totals_mark < 0 && tag == totals->layout->totals_record))
        return true;
    if (is_mistaken(totals, writer, values))
        return false;
    totals->document.records++;
    for (unsigned i = 0; i < totals->layout->n_totals; i++) {
        const struct flat_total *total = &totals->layout->totals[i];

        if (total->of == FLAT_TOTAL_SUM && total->record == tag && values[total->column].text.len > 0)
            flat_tally_number(&totals->document, i, values[total->column].text);
    }
    return true;
}

/* Who hears of faults meanwhile: of the document as a whole, for no rule writes the record. */
struct hearer {
    void (*fault)(void *to, const struct unit_fault *fault);
    void *to;
};

static void tell(void *to, const struct unit_fault *fault)
{
    const struct hearer *hearer = to;
    char what[256];
    const struct unit_fault told = {.slot = -1, .column = fault->column, .what = what,
                                    .expected = fault->expected};

    snprintf(what, sizeof(what), "with it the file's total in column %.*s would not fit: %s",
             BYTES_ARG(fault->column), fault->what);
    hearer->fault(hearer->to, &told);
}

static bool write_record(struct flat_totals *totals, struct unit_writer *writer,
                         const struct flat_tally *tally)
{
    const struct flat_layout *layout = totals->layout;
    struct hearer hearer = {writer->fault, writer->to};
    bool good = true;

    writer->fault = tell;
    writer->to = &hearer;
    for (unsigned i = 0; i < layout->n_totals; i++) {
        const struct flat_column *column =
            &layout->records[layout->totals_record].columns[layout->totals[i].slot];
        const struct unit_fault lost = {.column = column->key,
                                        .what = "there are more digits than can be reckoned with"};
        const char *text = flat_tally_text(layout, tally, i, totals->texts[i]);

        if (text == NULL)
            tell(&hearer, &lost);
        good = good && text != NULL;
        totals->values[layout->totals[i].slot] = (struct unit_value){bytes_of(text), UNIT_NUMBER};
    }
    if (layout->totals_mark >= 0)
        totals->values[layout->totals_mark] = (struct unit_value){layout->totals_says, UNIT_TEXT};
    if (good) {
        totals->writing = true;
        good = writer->format->begin_unit(writer, layout->totals_record, totals->values);
        writer->format->end_unit(writer, layout->totals_record);
        totals->writing = false;
    }
    writer->fault = hearer.fault;
    writer->to = hearer.to;
    return good;
}

bool flat_totals_end_document(struct flat_totals *totals, struct unit_writer *writer)
{
    size_t before = writer->out->len;
    bool good;

    if (totals == NULL)
        return true;
    /* What is written when the file is over must fit then: it is tried now. */
    good = write_record(totals, writer, &totals->document);
    if (writer->out->len > before)
        writer->out->len = before;
    if (good)
        totals->file = totals->document;
    return good;
}

void flat_totals_end_file(struct flat_totals *totals, struct unit_writer *writer)
{
    if (totals != NULL && !totals->layout->totals_first)
        (void)write_record(totals, writer, &totals->file);
}

void flat_totals_head(struct flat_totals *totals, struct unit_writer *writer)
{
    (void)write_record(totals, writer, &totals->file);
}
