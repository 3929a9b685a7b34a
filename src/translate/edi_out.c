#include <stdio.h>

#include "canon/read.h"
#include "translate/edi_out_parts.h"

/* --- telling */

static struct place place_of(const struct outbound_place *place)
{
    return (struct place){
        .file = place->file, .line = (uint32_t)place->line, .offset = place->offset, .has_offset = true};
}

void edi_out_tell(struct edi_out *edi, enum complaint complaint, const char *detail, struct bytes value,
                  const char *expected, const char *origin)
{
    bool warns = complaint_info(complaint)->severity == SEVERITY_WARN;
    struct finding finding = {.complaint = complaint,
                              .severity = warns ? SEVERITY_WARN : SEVERITY_ERROR,
                              .place = edi->place,
                              .detail = detail,
                              .value = value,
                              .expected = expected,
                              .origin = origin};

    refusal_tell(&edi->refusal, &finding);
}

static bool refuse(struct edi_out *edi, const struct canon_record *record)
{
    edi->counts.refused++;
    if (edi->settings.folder != NULL && record != NULL && record->id[0] != '\0')
        receipt_refused(edi->out, record, refusal_reasons(&edi->refusal));
    return !edi->out->failed;
}

void edi_out_too_long(struct edi_out *edi, const struct outbound_place *place, struct bytes beginning,
                      uint64_t length, uint64_t most)
{
    struct finding finding = {.complaint = CANON_LONG_RECORD, .place = place_of(place), .value = beginning};
    char detail[96], expected[96];

    snprintf(detail, sizeof(detail), "%llu bytes without a line end", (unsigned long long)length);
    snprintf(expected, sizeof(expected), "at most %llu", (unsigned long long)most);
    finding.detail = detail;
    finding.expected = expected;
    edi->counts.read++;
    edi->unclosed++;
    refusal_begin(&edi->refusal);
    refusal_tell(&edi->refusal, &finding);
    (void)refuse(edi, NULL);
}

static bool no_memory(struct edi_out *edi)
{
    report_say(edi->report, TECHNICAL_MEMORY, edi->place.file, "no memory for the record of line %u",
               edi->place.line);
    edi->counts.failed++;
    return false;
}

/* --- partners and maps */

const struct partner *edi_out_partner(struct edi_out *edi, struct bytes name)
{
    struct known_partner *known = edi->known;

    while (known != NULL && !bytes_equal(known->name, name))
        known = known->next;
    if (known == NULL) {
        known = arena_zalloc(&edi->life, 1, sizeof(*known));
        if (known == NULL)
            return NULL;
        known->name = arena_copy(&edi->life, name);
        known->partner = partners_named(edi->partners, known->name);
        known->next = edi->known;
        edi->known = known;
    }
    return known->partner;
}

struct bytes edi_out_text(const struct canon_object *object, const char *name)
{
    const struct canon_field *field = canon_block_field(object->block, bytes_of(name));
    const struct canon_value *value = field != NULL ? canon_get(object, field) : NULL;

    return value != NULL && value->held == CANON_HELD_TEXT ? (struct bytes){value->text, value->len}
                                                           : (struct bytes){NULL, 0};
}

static struct x12_putter *putter_of(struct edi_out *edi, const struct work *work)
{
    struct known_putter *known = edi->putters;

    while (known != NULL && known->work != work)
        known = known->next;
    if (known == NULL) {
        known = arena_zalloc(&edi->life, 1, sizeof(*known));
        if (known == NULL || (known->putter = x12_putter_open(work->binding)) == NULL)
            return NULL;
        known->work = work;
        known->next = edi->putters;
        edi->putters = known;
    }
    return known->putter;
}

/* Whether the record goes on as it came. */
static bool relays(const struct edi_out *edi, const struct canon_record *record)
{
    return edi->settings.relay && bytes_are(record->source.format, "x12") && record->source.type.len > 0;
}

static bool find_address(struct edi_out *edi, struct edi_job *job, const struct canon_record *record)
{
    bool found = edi_address_find(&job->address, job->partner, job->send, record, relays(edi, record),
                                  &edi->arena);

    job->address.set = job->set;
    job->address.test |= edi->settings.test;
    if (!found)
        edi_out_tell(
            edi, PARTNER_REFUSED, "nobody says who it is from and for, or an id is too long",
            (struct bytes){NULL, 0},
            "send: {from: \"QUALIFIER:ID\", to: \"QUALIFIER:ID\"} in the partner's file, or us and ids",
            job->partner->file);
    return found && edi_address_expect(&job->address, edi->partners, job->partner, job->send,
                                       bytes_of(record->kind->name));
}

/* Whether the record is a document for partners at all; *set is what it goes out as. */
static bool has_set(const struct edi_out *edi, const struct canon_record *record,
                    const struct partner *partner, struct bytes *set)
{
    if (relays(edi, record))
        *set = record->source.type;
    else if (strcmp(record->kind->name, "functional_ack") == 0)
        *set = edi_out_text(record->body, "ack_type_code");
    else if (edi->settings.map != NULL)
        *set = edi->map_set;
    else
        *set = partner_send_set(&partner->defaults.send, record->kind->name);
    return set->at != NULL;
}

/* False: refused, told; with edi->report->misused or failed, or out of memory, the run stops: it says nothing
 * about the document. */
static bool find_job(struct edi_out *edi, struct edi_job *job, const struct canon_record *record)
{
    bool exact;
    const char *release;

    job->document = partner_document(job->partner, job->set);
    job->send = &job->document->send;
    if (!find_address(edi, job, record))
        return false;
    if (bytes_are(job->set, "TA1"))
        return true;
    release = dictionary_release(edi->dictionary, job->address.release, &exact);
    if (release == NULL) {
        edi_out_tell(edi, PARTNER_REFUSED, "no release of X12", job->address.release, "004010, 005010 ...",
                     job->partner->file);
        return false;
    }
    job->work = workshop_work(&edi->shop, job->partner, release, job->set);
    if (job->work == NULL)
        return false;
    if (job->work->binding == NULL) {
        edi_out_tell(edi, MAP_NONE, arena_format(&edi->arena, "no map writes X12 %.*s", BYTES_ARG(job->set)),
                     (struct bytes){NULL, 0}, NULL, NULL);
        return false;
    }
    if (job->work->kind != record->kind) {
        edi_out_tell(edi, WRITE_OTHER_KIND, NULL, bytes_of(record->kind->name), job->work->kind->name, NULL);
        return false;
    }
    job->address.group = bytes_of(job->work->set->group);
    job->putter = putter_of(edi, job->work);
    return job->putter != NULL;
}

/* --- records */

static bool refuse_line(struct edi_out *edi, const struct canon_record *record, struct bytes line,
                        const struct canon_read_error *error)
{
    struct finding finding = {.complaint = CANON_BAD_RECORD, .place = edi->place};
    size_t shown = error->offset < line.len ? error->offset : line.len;
    char detail[256], hint[128];

    snprintf(detail, sizeof(detail), "%s%s%s", error->path, error->path[0] != '\0' ? ": " : "", error->what);
    if (error->nearest != NULL) {
        snprintf(hint, sizeof(hint), "did you mean %s?", error->nearest);
        finding.hint = hint;
    }
    finding.place.column = (uint32_t)error->offset + 1;
    finding.place.offset += error->offset;
    finding.detail = detail;
    finding.value = (struct bytes){line.at + shown, line.len - shown < 40 ? line.len - shown : 40};
    refusal_tell(&edi->refusal, &finding);
    return refuse(edi, record);
}

static struct bytes key_of(const struct canon_record *record, struct arena *arena)
{
    const struct canon_value *value = record->kind->n_identity > 0
                                          ? canon_get(record->body, record->kind->identity[0])
                                          : NULL;

    if (value == NULL || value->held != CANON_HELD_TEXT)
        return (struct bytes){NULL, 0};
    return arena_join(arena, bytes_of(record->kind->name), " ", (struct bytes){value->text, value->len});
}

/* What came from a partner is not sent back to it, unless somebody says to whom.  (X12 says who sent it,
 * other files that they are none.) */
static bool came_in(const struct edi_out *edi, const struct canon_record *record)
{
    const struct canon_source *source = &record->source;

    return record->direction == CANON_IN && edi->settings.partner == NULL && !edi->settings.relay &&
           (source->sender.len > 0 || (source->format.len > 0 && !bytes_are(source->format, "x12")));
}

/* Not for partners, or not of the map's kind. */
static bool pass_over(struct edi_out *edi, const struct canon_record *record)
{
    if (!edi->settings.strict) {
        edi->counts.ignored++;
        return true;
    }
    if (came_in(edi, record))
        edi_out_tell(edi, PARTNER_REFUSED, "it came from this partner; -p says to whom else it goes",
                     (struct bytes){NULL, 0}, NULL, NULL);
    else if (edi->map_kind != NULL)
        edi_out_tell(edi, WRITE_OTHER_KIND, NULL, bytes_of(record->kind->name), edi->map_kind->name, NULL);
    else
        edi_out_tell(edi, MAP_NONE, "no transaction set is known for it", bytes_of(record->kind->name), NULL,
                     NULL);
    return refuse(edi, record);
}

/* Without a folder there is one output: it is X12, or the files of one map.  False: refused, told. */
static bool claim(struct edi_out *edi, const void *stream)
{
    if (edi->stream == NULL || edi->settings.folder != NULL)
        edi->stream = stream;
    if (edi->stream == stream)
        return true;
    edi_out_tell(edi, WRITE_DOCUMENT, "what went to standard output before it is another kind of file",
                 (struct bytes){NULL, 0}, "-o DIR, which keeps them apart", NULL);
    return false;
}

/* The map by which the record goes out as another file than X12, or NULL. */
static const char *file_map(const struct edi_out *edi, const struct canon_record *record,
                            const struct partner *partner)
{
    if (edi->settings.map != NULL)
        return edi->map_set.at == NULL ? edi->settings.map : NULL;
    return relays(edi, record) ? NULL : partner_send_file(&partner->defaults.send, record->kind->name);
}

/* What becomes of the record is counted by the writer. */
static bool write_file(struct edi_out *edi, const struct partner *partner, const char *map,
                       const struct canon_record *record)
{
    const struct outbound_place place = {
        .file = edi->place.file, .line = edi->place.line, .offset = edi->place.offset};
    struct outbound *writer = edi_files_writer(edi->files, partner, map);

    if (writer == NULL) {
        edi->counts.failed++;
        return false;
    }
    return claim(edi, writer) ? outbound_record(writer, &place, record) : refuse(edi, record);
}

/* What a run before this one kept, goes out as it was kept.  False: nothing was; else *going says whether the
 * run goes on. */
static bool go_again(struct edi_out *edi, const struct partner *partner, const struct canon_record *record,
                     bool *going)
{
    bool waits = false;
    enum edi_found found = edi_batches_again(edi->batches, partner->name, record, &waits);

    *going = found != EDI_LOST;
    if (found == EDI_LOST)
        edi->counts.failed++;
    else if (found == EDI_KEPT && waits)
        edi->counts.ignored++;
    else if (found == EDI_KEPT)
        edi->counts.written++;
    return found != EDI_NEW;
}

static bool write_record(struct edi_out *edi, struct canon_record *record)
{
    struct edi_job job = {0};
    struct edi_batch *batch;
    bool going;
    const char *map;

    if ((edi->map_kind != NULL && record->kind != edi->map_kind) || came_in(edi, record))
        return pass_over(edi, record);
    job.partner = edi->settings.partner != NULL ? edi_out_partner(edi, bytes_of(edi->settings.partner))
                  : record->partner.len > 0     ? edi_out_partner(edi, record->partner)
                                                : partners_generic(edi->partners);
    if (job.partner == NULL) {
        if (edi->life.failed)
            return no_memory(edi);
        edi->counts.failed++;
        return false; /* a configuration error, told */
    }
    map = file_map(edi, record, job.partner);
    if (map != NULL)
        return write_file(edi, job.partner, map, record);
    if (!has_set(edi, record, job.partner, &job.set))
        return pass_over(edi, record);
    if (edi->settings.journal == NULL) {
        edi_out_tell(edi, WRITE_DOCUMENT, "an interchange needs control numbers", (struct bytes){NULL, 0},
                     "-l LEDGER and -o DIR, or --control FILE: where they are counted", NULL);
        return refuse(edi, record);
    }
    if (!claim(edi, edi->batches))
        return refuse(edi, record);
    if (edi->settings.journal->remembers && record->id[0] == '\0') {
        edi_out_tell(edi, WRITE_DOCUMENT, "it has no id, by which the ledger knows what was sent",
                     (struct bytes){NULL, 0}, NULL, NULL);
        return refuse(edi, record);
    }
    if (go_again(edi, job.partner, record, &going))
        return going;
    if (!find_job(edi, &job, record)) {
        if (edi->life.failed || edi->report->misused || edi->report->failed) {
            edi->counts.failed++;
            return false;
        }
        return refuse(edi, record);
    }
    batch = edi_batches_for(edi->batches, &job.address);
    if (batch == NULL) {
        edi->counts.failed++;
        return false;
    }
    if (!edi_out_write_set(edi, &job, record, batch))
        return edi->arena.failed ? no_memory(edi) : refuse(edi, record);
    if (edi->arena.failed)
        return no_memory(edi);
    if (!edi_batch_add(edi->batches, batch, record, buffer_view(&edi->set))) {
        edi->counts.failed++;
        return false;
    }
    edi->counts.written++;
    return true;
}

/* Whether it is the record that says that so many came. */
static bool closes(struct edi_out *edi, const struct canon_record *record)
{
    const struct canon_field *field = canon_block_field(record->kind->body, BYTES("read_count"));
    const struct canon_value *value = field != NULL ? canon_get(record->body, field) : NULL;
    uint64_t count;

    if (strcmp(record->kind->name, "batch") != 0)
        return false;
    edi->unclosed--;
    edi->counts.ignored++;
    if (value != NULL && bytes_to_count((struct bytes){value->text, value->len}, INT64_MAX, &count) &&
        count == edi->unclosed)
        edi->unclosed = 0;
    return true;
}

bool edi_out_line(struct edi_out *edi, const struct outbound_place *place, struct bytes line)
{
    struct canon_record *record = &edi->line;
    struct canon_read_error error;

    if (bytes_trim(line).len == 0)
        return true;
    edi->counts.read++;
    edi->unclosed++;
    refusal_begin(&edi->refusal);
    arena_reset(&edi->arena);
    edi->place = place_of(place);
    edi->record = record;
    if (!canon_read(record, edi->schema, line, &edi->arena, &error)) {
        if (error.memory)
            return no_memory(edi);
        if (error.schema) {
            report_say(edi->report, TECHNICAL_SCHEMA, NULL, "%s", schema_error(edi->schema));
            edi->counts.failed++;
            return false;
        }
        if (outbound_breaks_off(place, line, edi->report)) {
            edi->counts.failed++;
            return false;
        }
        return refuse_line(edi, record, line, &error);
    }
    if (edi->settings.closed && closes(edi, record))
        return true;
    if (record->partner.len > 0)
        edi->place.partner = arena_copy(&edi->arena, record->partner).at;
    edi->place.key = key_of(record, &edi->arena);
    return write_record(edi, record);
}
