#include "canon/check.h"
#include "translate/fill.h"
#include "translate/flat_in_parts.h"
#include "translate/tell.h"

/* --- telling */

/* Completes a finding, tells it, and keeps it with the document. */
void flat_in_refuse(struct flat_in *in, struct flat_document *document, struct finding *finding)
{
    finding->place.file = in->file;
    if (in->settings->partner != NULL)
        finding->place.partner = in->settings->partner;
    if (document == &in->document && in->record.body != NULL)
        finding->place.key = tell_key(&in->arena, &in->record);
    report_add(in->report, finding);
    flat_document_add(document, finding);
}

struct bytes flat_in_tag(const struct flat_in *in, int tag)
{
    return tag >= 0 && in->layout->n_records > 1 ? in->layout->records[tag].tag : (struct bytes){NULL, 0};
}

void flat_in_place(void *whom, unsigned slot, uint32_t *line, uint32_t *place)
{
    const struct flat_in *in = whom;

    if (in->reader != NULL)
        flat_place(in->reader, slot, line, place);
    else
        flat_in_tree_place(in, slot, line, place);
}

const char *flat_in_format(const struct flat_in *in)
{
    return in->layout != NULL && in->layout->elements != NULL ? "xml" : in->map->format;
}

void flat_in_complained(void *whom, const struct flat_complaint *complaint)
{
    struct flat_in *in = whom;
    const struct flat_record *record = &in->layout->records[in->unit->tag];
    struct bytes column = complaint->column;
    struct finding finding = {
        .complaint = complaint->complaint,
        .place = {.line = (uint32_t)complaint->line, .column = complaint->place, .segment = complaint->tag},
        .value = complaint->value,
        .expected = complaint->expected,
    };

    if (complaint->slot >= 0) {
        flat_in_place(in, (unsigned)complaint->slot, &finding.place.line, &finding.place.column);
        finding.place.segment = record->tag;
        if ((unsigned)complaint->slot < record->n_columns)
            column = record->columns[complaint->slot].heading;
    }
    if (in->layout->n_records == 1)
        finding.place.segment = (struct bytes){NULL, 0};
    finding.place.offset = in->unit->offset;
    finding.place.element_name = column.at;
    finding.detail = arena_format(&in->arena, "column %.*s%s%s", BYTES_ARG(column),
                                  complaint->what != NULL ? ": " : "",
                                  complaint->what != NULL ? complaint->what : "");
    flat_in_refuse(in, &in->document, &finding);
}

static void lacks(void *whom, const char *path, const struct canon_field *field)
{
    struct flat_in *in = whom;
    struct finding finding = {
        .complaint = READ_LACKS,
        .place = {.line = in->document.line, .offset = in->document.offset},
        .detail = arena_format(&in->arena, "%s, %s", path, field->meaning[0] != '\0' ? field->meaning
                                                                                   : field->type_name),
    };

    /* Packages and levels are shipments as X12 has them, known by keys that no flat file holds. */
    if (memcmp(path, "packages", 8) != 0 && memcmp(path, "levels", 6) != 0)
        flat_in_refuse(in, &in->document, &finding);
}

static void lacks_record(struct flat_in *in, struct bytes tag)
{
    struct finding finding = {
        .complaint = READ_NO_RECORD,
        .place = {.line = in->document.line, .offset = in->document.offset, .segment = tag},
        .detail = arena_format(&in->arena, "%.*s", BYTES_ARG(tag)),
    };

    flat_in_refuse(in, &in->document, &finding);
}

/* Records that every document has.  (Trees have none.) */
static void check_records(struct flat_in *in)
{
    const struct flat_record *records = in->layout->records;

    for (unsigned i = 0; records != NULL && i < in->layout->n_records; i++)
        if (records[i].needed && !flat_fill_saw(&in->fill, i))
            lacks_record(in, records[i].tag);
}

/* --- documents */

/* `said`: what the document itself says of it. */
static struct canon_source source_of(const struct flat_in *in, const struct flat_document *document,
                                     const struct canon_source *said)
{
    struct canon_source source = *said;

    source.format = bytes_of(flat_in_format(in));
    source.file = bytes_of(in->base);
    source.offset = document->offset;
    source.length = document->length;
    source.has_offset = true;
    source.map = bytes_of(in->map->stamp);
    return source;
}

static void reject(struct flat_in *in, const struct flat_document *document, const char *level,
                   const char *sha256, const struct canon_record *record)
{
    static const struct canon_source nothing;
    struct canon_source source = source_of(in, document, record != NULL ? &record->source : &nothing);
    struct flat_reject reject = {
        .source = &source,
        .partner = record != NULL ? record->partner : bytes_of(in->settings->partner),
        .direction = in->settings->incoming ? CANON_IN : CANON_OUT,
        .level = level,
        .record = record,
        .sha256 = sha256,
    };

    in->counts.rejected++;
    if (in->settings->rejects)
        flat_document_reject(document, &reject, in->out, in->schema, &in->reject_id);
}

void flat_in_reject(struct flat_in *in, const struct flat_document *document,
                    const struct canon_record *record)
{
    reject(in, document, "message", NULL, record);
}

void flat_in_reject_file(struct flat_in *in, const struct flat_document *document)
{
    reject(in, document, "file", in->digest, NULL);
}

void flat_in_close_document(struct flat_in *in)
{
    struct flat_document *document = &in->document;
    struct canon_record *record = &in->record;
    bool unread = in->settings->unmapped == UNMAPPED_ERROR && in->fill.unread > 0;

    if (!document->open)
        return;
    document->open = false;
    if (!document->bad)
        flat_fill_end(&in->fill); /* totals of what is not whole say nothing */
    if (!document->bad)
        check_records(in);
    if (!document->bad)
        (void)canon_check_needs(record, CANON_REQUIRED, lacks, in);
    if (in->arena.failed && !document->full)
        flat_in_out_of_memory(in, "one document needs more memory than it may have");
    if (document->bad || unread) {
        flat_in_reject(in, document, record);
    } else {
        record->source = source_of(in, document, &record->source);
        canon_id_end(&in->id, record->id);
        if (!in->settings->check)
            canon_write(in->out, record);
        in->counts.translated++;
    }
    in->fatal = in->fatal || in->out->failed;
}

/* The partner's name, by what a file calls it.  at NULL: nobody's. */
static struct bytes partner_called(const struct flat_in *in, struct bytes number)
{
    const struct map_row *row;

    if (in->map->partners == NULL || number.at == NULL)
        return number;
    row = map_table_code(in->map->partners, number);
    if (row != NULL)
        return row->word;
    return in->map->partners_miss == MAP_MISS_ERROR ? (struct bytes){NULL, 0} : number;
}

/* The partner's name, as the unit says it. */
static void find_partner(struct flat_in *in, const struct flat_unit *unit)
{
    const int slot = in->layout->partner;
    struct bytes name = {NULL, 0};

    in->record.partner = bytes_of(in->settings->partner);
    if (in->settings->partner != NULL || slot < 0 || unit->tag != 0)
        return;
    name = partner_called(in, unit->cells[slot]);
    if (name.at != NULL && search_name_is_good(name)) {
        in->record.partner = arena_copy(&in->arena, name);
    } else {
        struct finding finding = {.complaint = READ_PARTNER,
                                  .place = {.line = unit->line, .offset = unit->offset},
                                  .value = unit->cells[slot]};

        if (in->map->partners != NULL)
            finding.expected = arena_format(&in->arena, "a row of the table %s", in->map->partners->name);
        finding.detail = arena_format(&in->arena, "column %.*s",
                                      BYTES_ARG(in->layout->records[0].columns[slot].heading));
        flat_in_refuse(in, &in->document, &finding);
    }
}

/* What the first record says of where the document is from.  Bytes that are no letters are left out: the
 * engine tells those of columns that a rule reads. */
static struct bytes source_cell(struct flat_in *in, const struct flat_unit *unit, enum unit_source which)
{
    const int slot = in->layout->source != NULL ? in->layout->source[which] : -1;
    struct bytes cell = {NULL, 0}, text;

    if (slot >= 0)
        cell = unit->cells[slot];
    if (cell.at == NULL ||
        charset_decode(in->charset, CHARSET_ERROR, cell, &in->arena, &text) == CHARSET_BAD)
        return (struct bytes){NULL, 0};
    return arena_copy(&in->arena, text);
}

/* A date, and its time where it has one.  at NULL: none, or not in the layout's form. */
static struct bytes source_created(struct flat_in *in, const struct flat_unit *unit)
{
    struct bytes date = source_cell(in, unit, UNIT_CREATED_DATE);
    struct bytes time = source_cell(in, unit, UNIT_CREATED_TIME);
    const struct date_form *form = in->layout->date;

    if (date.at == NULL || form == NULL ||
        date_form_read(form, DATE_FORM_DATE, date, &in->arena, &date) != NULL)
        return (struct bytes){NULL, 0};
    form = in->layout->time;
    if (time.at == NULL || form == NULL ||
        date_form_read(form, DATE_FORM_TIME, time, &in->arena, &time) != NULL)
        time = BYTES("00:00:00");
    return bytes_of(arena_format(&in->arena, "%.*sT%.*s", BYTES_ARG(date), BYTES_ARG(time)));
}

static void find_source(struct flat_in *in, const struct flat_unit *unit)
{
    in->record.source = (struct canon_source){0};
    if (unit->tag != 0)
        return;
    in->record.source = (struct canon_source){.interchange = source_cell(in, unit, UNIT_INTERCHANGE),
                                              .group = source_cell(in, unit, UNIT_GROUP),
                                              .set = source_cell(in, unit, UNIT_SET),
                                              .type = source_cell(in, unit, UNIT_TYPE),
                                              .release = source_cell(in, unit, UNIT_RELEASE),
                                              .created = source_created(in, unit),
                                              .test = source_cell(in, unit, UNIT_TEST).len > 0};
}

void flat_in_begin_document(struct flat_in *in, const struct flat_unit *unit)
{
    const enum canon_direction direction = in->settings->incoming ? CANON_IN : CANON_OUT;

    arena_reset(&in->arena);
    flat_document_begin(&in->document, unit->offset, unit->line);
    in->counts.read++;
    in->record.body = NULL;
    if (!canon_record_init(&in->record, in->map->kind, &in->arena)) {
        flat_in_out_of_memory(in, "for a document");
        return;
    }
    in->record.direction = direction;
    in->unit = unit;
    find_partner(in, unit);
    find_source(in, unit);
    canon_id_begin(&in->id, in->record.partner, direction, in->map->kind->name);
    flat_fill_begin(&in->fill, in->binding, &in->record);
}

/* The row's bytes belong to the document. */
void flat_in_add_bytes(struct flat_in *in, struct flat_document *document, const struct flat_unit *unit)
{
    document->length = unit->offset + unit->whole.len - document->offset;
    if (in->settings->rejects)
        buffer_add_bytes(&document->raw, unit->whole);
}

/* Over a bound: what was read of it goes. */
static bool is_too_large(struct flat_in *in)
{
    struct flat_document *document = &in->document;
    struct finding finding = {
        .complaint = READ_TOO_LARGE,
        .place = {.line = document->line, .offset = document->offset},
        .hint = "the limit is --max-document",
    };

    if (document->full)
        return true;
    if (document->length <= in->settings->max_document && !in->arena.failed)
        return false;
    document->full = true;
    flat_in_refuse(in, document, &finding);
    return true;
}

void flat_in_add_unit(struct flat_in *in, const struct flat_unit *unit)
{
    flat_in_add_bytes(in, &in->document, unit);
    if (is_too_large(in))
        return;
    canon_id_add(&in->id, unit->raw);
    in->unit = unit;
    flat_fill_unit(&in->fill, unit);
}
