#include "translate/flat_in_parts.h"

/* --- whose a row is */

/* The key of the row at hand; whether it has any. */
static bool key_here(struct flat_in *in, const struct flat_unit *unit)
{
    bool some = false;

    buffer_clear(&in->here);
    for (unsigned i = 0; i < in->layout->n_key; i++) {
        struct bytes cell = unit->cells[in->layout->key[i]];

        some = some || cell.at != NULL;
        buffer_add_bytes(&in->here, cell);
        buffer_add_byte(&in->here, '\0');
    }
    return some;
}

static bool same_key(const struct buffer *a, const struct buffer *b)
{
    return bytes_equal(buffer_view(a), buffer_view(b));
}

static void take_key(struct buffer *into, const struct buffer *from)
{
    buffer_clear(into);
    buffer_add_bytes(into, buffer_view(from));
}

/* A key that is left out in the rows after the first. */
static bool key_is_once(const struct flat_layout *layout)
{
    for (unsigned i = 0; i < layout->n_key; i++)
        if (!layout->records[0].columns[layout->key[i]].once)
            return false;
    return true;
}

/* What the `same` columns of a record say. */
static void same_here(struct flat_in *in, const struct flat_unit *unit)
{
    const struct flat_layout *layout = in->layout;

    buffer_clear(&in->here);
    for (unsigned i = 0; i < layout->n_same; i++) {
        const int slot = unit->tag >= 0 ? layout->records[unit->tag].same[i] : -1;

        buffer_add_bytes(&in->here, slot >= 0 ? unit->cells[slot] : (struct bytes){NULL, 0});
        buffer_add_byte(&in->here, '\0');
    }
}

/* The column in which the record is none of the open document, though none begins before it; -1.  What is
 * empty says nothing. */
static int is_of_another(const struct flat_in *in, const struct flat_unit *unit)
{
    struct bytes there = buffer_view(&in->key), here = buffer_view(&in->here), a, b;

    for (unsigned i = 0; i < in->layout->n_same; i++) {
        if (!bytes_split(&there, '\0', &a) || !bytes_split(&here, '\0', &b))
            return -1;
        if (a.len > 0 && b.len > 0 && !bytes_equal(a, b))
            return in->layout->records[unit->tag].same[i];
    }
    return -1;
}

static void outside(struct flat_in *in, const struct flat_unit *unit, const char *what)
{
    struct finding finding = {.complaint = READ_OUTSIDE,
                              .place = {.line = unit->line,
                                        .column = 1,
                                        .offset = unit->offset,
                                        .segment = flat_in_tag(in, unit->tag)},
                              .detail = what};

    flat_in_refuse(in, &in->document, &finding);
}

/* Rows whose document was over already, as far as can be remembered. */
static void check_scattered(struct flat_in *in, const struct flat_unit *unit)
{
    struct finding finding = {.complaint = READ_SCATTERED,
                              .place = {.line = unit->line, .column = 1, .offset = unit->offset}};

    if (in->keys == NULL)
        return;
    if (flat_keys_add(in->keys, buffer_view(&in->key)))
        return;
    finding.value = unit->cells[in->layout->key[0]];
    flat_in_refuse(in, &in->document, &finding);
}

/* The record is of another document, by its column `slot`, and none before it begins that.  It may begin one
 * whose first record was lost, being of the kind that comes second; anything else stands in the midst of the
 * open one, which then may not be whole. */
static void begin_other(struct flat_in *in, const struct flat_unit *unit, int slot)
{
    const char *column = in->layout->records[unit->tag].columns[slot].heading.at;
    struct finding midst = {.complaint = READ_MISPLACED,
                            .place = {.offset = unit->offset,
                                      .segment = flat_in_tag(in, unit->tag),
                                      .element_name = column},
                            .value = unit->cells[slot],
                            .detail = "it is of another document, and this one may not be whole"};
    struct finding finding = midst;

    flat_in_place(in, (unsigned)slot, &midst.place.line, &midst.place.column);
    finding.complaint = READ_OUTSIDE;
    finding.place = midst.place;
    finding.detail = "it is of another document, and no record before it begins one";
    if (unit->tag != in->second)
        flat_in_refuse(in, &in->document, &midst);
    flat_in_close_document(in);
    flat_in_begin_document(in, unit);
    in->second = -1;
    take_key(&in->key, &in->here);
    flat_in_refuse(in, &in->document, &finding);
}

/* A document begins with its first record, and ends before the next one; or where columns that say the same
 * in all records of one say something else. */
static void find_by_records(struct flat_in *in, const struct flat_unit *unit)
{
    const int begins = in->layout->begins;
    const bool open = in->document.open && unit->tag != begins;
    int other = -1;

    same_here(in, unit);
    if (open && (other = is_of_another(in, unit)) >= 0) {
        begin_other(in, unit, other);
        return;
    }
    if (open) {
        if (in->second < 0)
            in->second = unit->tag;
        return;
    }
    flat_in_close_document(in);
    flat_in_begin_document(in, unit);
    in->second = -1;
    take_key(&in->key, &in->here);
    if (unit->tag != begins && unit->tag >= 0)
        outside(in, unit, "no record before it begins a document");
}

/* Opens the unit's document where it begins one. */
static void find_document(struct flat_in *in, const struct flat_unit *unit)
{
    const struct flat_layout *layout = in->layout;
    bool keyed;

    if (layout->begins >= 0) {
        find_by_records(in, unit);
        return;
    }
    if (layout->n_key == 0) {
        flat_in_close_document(in);
        flat_in_begin_document(in, unit);
        return;
    }
    keyed = key_here(in, unit);
    if (in->document.open && (same_key(&in->here, &in->key) || (!keyed && key_is_once(layout))))
        return;
    flat_in_close_document(in);
    flat_in_begin_document(in, unit);
    take_key(&in->key, &in->here);
    if (keyed)
        check_scattered(in, unit);
    else
        outside(in, unit, "the columns of its key are empty");
}

/* --- broken rows */

static struct finding broken(struct flat_in *in, const struct flat_unit *unit)
{
    const struct flat_trouble *trouble = flat_trouble(in->reader);

    return (struct finding){
        .complaint = READ_BROKEN_RECORD,
        .place = {.line = trouble->line,
                  .column = trouble->place,
                  .offset = unit->offset,
                  .segment = flat_in_tag(in, unit->tag)},
        .value = trouble->value,
        .detail = trouble->what,
        .expected = trouble->expected[0] != '\0' ? trouble->expected : NULL,
    };
}

enum { TOLD_OF_A_RUN = 3 };

static void end_run(struct flat_in *in)
{
    struct broken_run *run = &in->run;

    if (run->n > TOLD_OF_A_RUN) {
        run->untold.more = run->n - TOLD_OF_A_RUN - 1;
        report_add(in->report, &run->untold);
    }
    *run = (struct broken_run){0};
}

static void refuse_broken(struct flat_in *in, struct flat_document *document, struct finding *finding)
{
    struct broken_run *run = &in->run;

    if (run->what != NULL && strcmp(run->what, finding->detail) != 0)
        end_run(in);
    run->what = finding->detail;
    if (run->n++ < TOLD_OF_A_RUN) {
        flat_in_refuse(in, document, finding);
        return;
    }
    if (run->n == TOLD_OF_A_RUN + 1)
        run->untold = (struct finding){.complaint = finding->complaint,
                                       .place = {.file = in->file,
                                                 .line = finding->place.line,
                                                 .column = finding->place.column,
                                                 .offset = finding->place.offset,
                                                 .partner = in->settings->partner},
                                       .detail = finding->detail};
    flat_document_add(document, finding);
}

/* What was held is a document of its own. */
static void reject_pending(struct flat_in *in)
{
    in->pending.some = false;
    in->counts.read++;
    if (in->pending.keyed && in->keys != NULL)
        (void)flat_keys_add(in->keys, buffer_view(&in->pending.key));
    flat_in_reject(in, &in->pending.document, NULL);
}

/* Held back, with what is wrong: it is not known yet whose it is. */
static void hold(struct flat_in *in, const struct flat_unit *unit, bool keyed)
{
    struct pending *pending = &in->pending;
    struct finding finding = broken(in, unit);

    if (pending->some && keyed && pending->keyed && !same_key(&in->here, &pending->key))
        reject_pending(in);
    if (!pending->some) {
        arena_reset(&pending->arena);
        flat_document_begin(&pending->document, unit->offset, unit->line);
        pending->keyed = keyed;
        take_key(&pending->key, &in->here);
    } else if (!keyed) {
        pending->keyed = false;
    }
    pending->some = true;
    flat_in_add_bytes(in, &pending->document, unit);
    refuse_broken(in, &pending->document, &finding);
}

/* What was held belongs to the open document. */
static void join_pending(struct flat_in *in)
{
    const struct flat_document *held = &in->pending.document;

    in->pending.some = false;
    flat_document_join(&in->document, held);
    in->document.length = held->offset + held->length - in->document.offset;
    if (in->settings->rejects)
        buffer_add_bytes(&in->document.raw, buffer_view(&held->raw));
}

/* A good row comes, or (NULL) the end: whose were the broken rows before it?  Where their key was read it
 * says so.  Where it was not they may be of the document before, or of this row's. */
static void settle(struct flat_in *in, const struct flat_unit *unit)
{
    struct pending *pending = &in->pending;
    bool next;

    if (!pending->some)
        return;
    if (unit != NULL)
        (void)key_here(in, unit);
    if (in->document.open && ((unit != NULL && same_key(&in->here, &in->key)) ||
                              (pending->keyed && same_key(&pending->key, &in->key)))) {
        join_pending(in);
        return;
    }
    next = unit != NULL && (!pending->keyed || same_key(&pending->key, &in->here));
    if (!pending->keyed && in->document.open) {
        join_pending(in);
    } else if (!next) {
        reject_pending(in);
        return;
    }
    if (!next)
        return;
    find_document(in, unit);
    flat_document_join(&in->document, &pending->document);
    if (pending->some && in->settings->rejects) {
        in->document.offset = pending->document.offset;
        buffer_add_bytes(&in->document.raw, buffer_view(&pending->document.raw));
    }
    pending->some = false;
}

void flat_in_broken_unit(struct flat_in *in, const struct flat_unit *unit)
{
    struct finding finding;

    if (in->layout->begins < 0 && in->layout->n_key > 0) {
        bool keyed = true;

        (void)key_here(in, unit);
        for (unsigned i = 0; i < in->layout->n_key; i++)
            keyed = keyed && unit->cells[in->layout->key[i]].at != NULL;
        if (!keyed || !in->document.open || !same_key(&in->here, &in->key)) {
            hold(in, unit, keyed);
            return;
        }
        if (in->pending.some)
            join_pending(in);
    } else {
        find_document(in, unit);
    }
    finding = broken(in, unit);
    refuse_broken(in, &in->document, &finding);
    flat_in_add_bytes(in, &in->document, unit);
}

void flat_in_good_unit(struct flat_in *in, const struct flat_unit *unit)
{
    end_run(in);
    settle(in, unit);
    find_document(in, unit);
    flat_in_add_unit(in, unit);
}

void flat_in_end(struct flat_in *in)
{
    end_run(in);
    settle(in, NULL);
    flat_in_close_document(in);
}
