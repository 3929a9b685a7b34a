#include "translate/edi_out.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/date.h"
#include "canon/read.h"
#include "map/x12_put.h"
#include "translate/edi_address.h"
#include "translate/edi_check.h"
#include "translate/edi_files.h"
#include "translate/receipt.h"

enum { RECORD_CHUNK = 256 * 1024 };
static const size_t record_ceiling = (size_t)4 * 1024 * 1024 * 1024;
static const size_t set_ceiling = (size_t)512 * 1024 * 1024;

struct known_partner {
    struct known_partner *next;
    struct bytes name;
    const struct partner *partner; /* NULL: there is none, or its file is wrong: told */
};

struct known_putter {
    struct known_putter *next;
    const struct work *work;
    struct x12_putter *putter;
};

/* A path that was not written, over all records. */
struct unwritten {
    struct unwritten *next;
    const char *path;
    uint64_t count;
};

struct edi_out {
    struct edi_out_settings settings;
    struct report *report;
    struct canon_sink *out;
    struct dictionary *dictionary;
    struct schema *schema;
    struct partners *partners;
    struct workshop shop;
    struct edi_batches *batches;
    struct edi_files *files;
    const void *stream; /* what is written to standard output: batches, or the writer of other files */
    struct arena life;  /* the run */
    struct arena arena; /* one record */
    struct buffer set;  /* its set */
    struct refusal refusal;
    struct known_partner *known;
    struct known_putter *putters;
    struct unwritten *unwritten, **last_unwritten;
    struct bytes map_set; /* of -m, when it is of X12 */
    const struct canon_kind *map_kind;
    struct outbound_counts counts;

    /* the record at hand */
    struct place place;
    const struct canon_record *record;
    struct canon_record line; /* of the line at hand */
    bool bad;                 /* something of it was left unwritten, and may not be */
};

/* What a record goes out as. */
struct job {
    const struct partner *partner;
    const struct partner_document *document;
    const struct partner_send *send;
    struct work *work;
    struct x12_putter *putter;
    struct edi_address address;
    struct bytes set;
};

/* --- telling */

static struct place place_of(const struct outbound_place *place)
{
    return (struct place){
        .file = place->file, .line = (uint32_t)place->line, .offset = place->offset, .has_offset = true};
}

static void tell(struct edi_out *edi, enum complaint complaint, const char *detail, struct bytes value,
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

/* What the write engine says of a value. */
static void put_complained(void *whom, const struct x12_put_fault *fault)
{
    struct edi_out *edi = whom;
    struct place place = edi->place;
    char detail[512], origin[512];
    const char *from = NULL;

    edi->place.segment = fault->segment;
    edi->place.element = fault->element;
    edi->place.component = fault->component;
    snprintf(detail, sizeof(detail), "%s%s%s", fault->path,
             fault->path[0] != '\0' && fault->what != NULL ? ": " : "",
             fault->what != NULL ? fault->what : "");
    if (fault->mark != NULL && fault->mark->file != NULL) {
        snprintf(origin, sizeof(origin), "%s:%u:%u", fault->mark->file, fault->mark->line,
                 fault->mark->column);
        from = origin;
    }
    tell(edi, fault->complaint, detail, fault->value, fault->expected, from);
    edi->place = place;
}

/* --- partners and maps */

static const struct partner *partner_named(struct edi_out *edi, struct bytes name)
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

static struct bytes text_at(const struct canon_object *object, const char *name)
{
    const struct canon_field *field = canon_block_field(object->block, bytes_of(name));
    const struct canon_value *value = field != NULL ? canon_get(object, field) : NULL;

    return value != NULL && value->held == CANON_HELD_TEXT ? (struct bytes){value->text, value->len}
                                                           : (struct bytes){NULL, 0};
}

/* Whether the record goes on as it came. */
static bool relays(const struct edi_out *edi, const struct canon_record *record)
{
    return edi->settings.relay && bytes_are(record->source.format, "x12") && record->source.type.len > 0;
}

static bool find_address(struct edi_out *edi, struct job *job, const struct canon_record *record)
{
    bool found = edi_address_find(&job->address, job->partner, job->send, record, relays(edi, record),
                                  &edi->arena);

    job->address.set = job->set;
    job->address.test |= edi->settings.test;
    if (!found)
        tell(edi, PARTNER_REFUSED, "nobody says who it is from and for, or an id is too long",
             (struct bytes){NULL, 0},
             "send: {from: \"QUALIFIER:ID\", to: \"QUALIFIER:ID\"} in the partner's file, or us and ids",
             job->partner->file);
    return found;
}

/* Whether the record is a document for partners at all; *set is what it goes out as. */
static bool has_set(const struct edi_out *edi, const struct canon_record *record,
                    const struct partner *partner, struct bytes *set)
{
    if (relays(edi, record))
        *set = record->source.type;
    else if (strcmp(record->kind->name, "functional_ack") == 0)
        *set = text_at(record->body, "ack_type_code");
    else if (edi->settings.map != NULL)
        *set = edi->map_set;
    else
        *set = partner_send_set(&partner->defaults.send, record->kind->name);
    return set->at != NULL;
}

/* False: refused, told; with edi->report->misused or failed, or out of memory, the run stops: it says nothing
 * about the document. */
static bool find_job(struct edi_out *edi, struct job *job, const struct canon_record *record)
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
        tell(edi, PARTNER_REFUSED, "no release of X12", job->address.release, "004010, 005010 ...",
             job->partner->file);
        return false;
    }
    job->work = workshop_work(&edi->shop, job->partner, release, job->set);
    if (job->work == NULL)
        return false;
    if (job->work->binding == NULL) {
        tell(edi, MAP_NONE, arena_format(&edi->arena, "no map writes X12 %.*s", BYTES_ARG(job->set)),
             (struct bytes){NULL, 0}, NULL, NULL);
        return false;
    }
    if (job->work->kind != record->kind) {
        tell(edi, WRITE_OTHER_KIND, NULL, bytes_of(record->kind->name), job->work->kind->name, NULL);
        return false;
    }
    job->address.group = bytes_of(job->work->set->group);
    job->putter = putter_of(edi, job->work);
    return job->putter != NULL;
}

/* --- unwritten */

static void count_unwritten(void *whom, const char *path, struct bytes value)
{
    struct edi_out *edi = whom;
    struct unwritten *unwritten = edi->unwritten;

    /* Of an acknowledgment, what stands in its envelope, or in no 997 at all. */
    if (path == NULL || (strcmp(edi->record->kind->name, "functional_ack") == 0 &&
                         (strncmp(path, "ack_", 4) == 0 || strncmp(path, "acked_interchange_", 18) == 0)))
        return;
    if (edi->settings.unmapped == OUTBOUND_ERROR) {
        tell(edi, WRITE_UNWRITTEN, path, value, NULL, NULL);
        edi->bad = true;
    }
    while (unwritten != NULL && strcmp(unwritten->path, path) != 0)
        unwritten = unwritten->next;
    if (unwritten == NULL) {
        unwritten = arena_zalloc(&edi->life, 1, sizeof(*unwritten));
        if (unwritten == NULL)
            return;
        unwritten->path = arena_copy(&edi->life, bytes_of(path)).at;
        *edi->last_unwritten = unwritten;
        edi->last_unwritten = &unwritten->next;
    }
    unwritten->count++;
}

static void tell_unwritten(struct edi_out *edi)
{
    if (edi->settings.unmapped == OUTBOUND_ERROR)
        return;
    for (const struct unwritten *unwritten = edi->unwritten; unwritten != NULL; unwritten = unwritten->next) {
        struct finding finding = {.complaint = WRITE_UNWRITTEN};
        char detail[512];

        snprintf(detail, sizeof(detail), "%s, %llu time%s", unwritten->path,
                 (unsigned long long)unwritten->count, unwritten->count == 1 ? "" : "s");
        finding.detail = detail;
        if (edi->settings.unmapped == OUTBOUND_WARN)
            finding.severity = SEVERITY_WARN;
        report_add(edi->report, &finding);
    }
}

/* --- sets */

/* ST03 names the convention where one is followed ("005010X221A1"). */
static void serialize(struct edi_out *edi, const struct job *job, struct x12_writer *writer,
                      const struct x12_put *put, uint32_t number)
{
    char control[12], count[12];
    struct bytes st[3] = {job->set, {control, 0}, {NULL, 0}}, se[2] = {{count, 0}, {control, 0}};

    buffer_clear(&edi->set);
    writer->out = &edi->set;
    st[1].len = se[1].len = (size_t)snprintf(control, sizeof(control), "%04u", number);
    se[0].len = (size_t)snprintf(count, sizeof(count), "%u", put->n_segments + 2);
    if (job->address.release.len > 9 && job->address.release.at[6] == 'X')
        st[2] = job->address.release;
    x12_writer_segment(writer, BYTES("ST"), st, 3);
    for (uint32_t i = 0; i < put->n_segments; i++)
        x12_writer_segment(writer, put->segments[i]->id, put->segments[i]->elements, put->segments[i]->n);
    x12_writer_segment(writer, BYTES("SE"), se, 2);
    (void)buffer_reserve(&edi->set, 16);
}

/* From where in the record a fault comes. */
static const char *cause_of(struct edi_out *edi, const struct job *job, struct x12_put *put,
                            const struct fault *fault)
{
    const char *path = "";

    if (fault->complaint == SEGMENT_MISSING || fault->complaint == LOOP_MISSING) {
        if (fault->position != NULL)
            path = x12_put_fields_of(put, job->putter, fault->position);
        return path[0] != '\0' ? arena_format(&edi->arena, "the record has none of %s", path) : NULL;
    }
    if (fault->ordinal >= 2 && fault->ordinal - 2 < put->n_segments)
        path = x12_put_path(put, edi->record, put->segments[fault->ordinal - 2], fault->element,
                            fault->component);
    return path[0] != '\0' ? path : NULL;
}

/* Checks what would go out.  False: it must not. */
static bool check(struct edi_out *edi, const struct job *job, const struct x12_writer *writer,
                  struct x12_put *put)
{
    struct faults faults;
    struct fault_context context = {.guide = job->work->guide};

    faults_init(&faults, &edi->arena, &job->document->rules);
    faults_begin(&faults, &job->work->walk, job->work->guide);
    edi_check_set(job->work, &writer->style, strcmp(charset_name(job->partner->charset), "utf-8") == 0,
                  buffer_view(&edi->set), &faults);
    if (faults.first != NULL)
        context.standard = arena_format(&edi->arena, "X12 %s", job->work->release);
    for (const struct fault *fault = faults.first; fault != NULL; fault = fault->next) {
        struct finding finding = {0};
        struct place place = edi->place;
        const char *cause = cause_of(edi, job, put, fault);

        fault_finding(fault, &context, &edi->arena, &finding);
        place.set_id = job->set;
        place.loop = finding.place.loop;
        place.ordinal = finding.place.ordinal;
        place.segment = finding.place.segment;
        place.element = finding.place.element;
        place.component = finding.place.component;
        place.repeat = finding.place.repeat;
        place.element_id = finding.place.element_id;
        place.element_name = finding.place.element_name;
        finding.place = place;
        if (cause != NULL)
            finding.detail = finding.detail != NULL
                                 ? arena_format(&edi->arena, "%s; %s", cause, finding.detail)
                                 : cause;
        finding.consequence = fault->severity == SEVERITY_ERROR ? "the document was not written" : NULL;
        refusal_tell(&edi->refusal, &finding);
    }
    return faults_worst(&faults) < SEVERITY_ERROR;
}

/* A TA1: five elements and no set around them. */
static bool put_ta1(struct edi_out *edi, struct x12_writer *writer, const struct canon_record *record)
{
    struct bytes ta1[5] = {text_at(record->body, "acked_interchange_control_number"),
                           {NULL, 0},
                           {NULL, 0},
                           text_at(record->body, "interchange_status_code"),
                           text_at(record->body, "interchange_note_code")};

    buffer_clear(&edi->set);
    writer->out = &edi->set;
    if (!date_to_x12(text_at(record->body, "acked_interchange_date"), 6, &edi->arena, &ta1[1]) ||
        !time_to_x12(text_at(record->body, "acked_interchange_time"), &edi->arena, &ta1[2]) ||
        ta1[3].len == 0) {
        tell(edi, WRITE_DOCUMENT,
             "a TA1 needs acked_interchange_date, acked_interchange_time and interchange_status_code",
             (struct bytes){NULL, 0}, NULL, NULL);
        return false;
    }
    for (unsigned i = 0; i < 5; i++) {
        unsigned char byte;

        if (x12_writer_clean(writer, &edi->arena, ta1[i], &ta1[i], &byte) == X12_DIRTY) {
            tell(edi, WRITE_MISFIT, "it holds a delimiter", ta1[i], NULL, NULL);
            return false;
        }
    }
    x12_writer_segment(writer, BYTES("TA1"), ta1, 5);
    return true;
}

static bool write_set(struct edi_out *edi, struct job *job, struct canon_record *record,
                      const struct edi_batch *batch)
{
    struct x12_writer writer;
    struct x12_put put = {.writer = &writer,
                          .charset = job->partner->charset,
                          .arena = &edi->arena,
                          .tell = put_complained,
                          .whom = edi};

    x12_writer_init(&writer, &job->address.style);
    if (bytes_are(job->set, "TA1"))
        return put_ta1(edi, &writer, record);
    edi->bad = !x12_put_record(job->putter, &put, record);
    x12_put_each_unwritten(&put, record, count_unwritten, edi);
    if (edi->bad || edi->arena.failed)
        return false;
    serialize(edi, job, &writer, &put, edi_batch_next(batch));
    if (edi->set.failed) {
        tell(edi, WRITE_DOCUMENT, "it is too large", (struct bytes){NULL, 0}, NULL, NULL);
        return false;
    }
    return check(edi, job, &writer, &put);
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
        tell(edi, PARTNER_REFUSED, "it came from this partner; -p says to whom else it goes",
             (struct bytes){NULL, 0}, NULL, NULL);
    else if (edi->map_kind != NULL)
        tell(edi, WRITE_OTHER_KIND, NULL, bytes_of(record->kind->name), edi->map_kind->name, NULL);
    else
        tell(edi, MAP_NONE, "no transaction set is known for it", bytes_of(record->kind->name), NULL, NULL);
    return refuse(edi, record);
}

/* Without a folder there is one output: it is X12, or the files of one map.  False: refused, told. */
static bool claim(struct edi_out *edi, const void *stream)
{
    if (edi->stream == NULL || edi->settings.folder != NULL)
        edi->stream = stream;
    if (edi->stream == stream)
        return true;
    tell(edi, WRITE_DOCUMENT, "what went to standard output before it is another kind of file",
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
    struct job job = {0};
    struct edi_batch *batch;
    bool going;
    const char *map;

    if ((edi->map_kind != NULL && record->kind != edi->map_kind) || came_in(edi, record))
        return pass_over(edi, record);
    job.partner = edi->settings.partner != NULL ? partner_named(edi, bytes_of(edi->settings.partner))
                  : record->partner.len > 0     ? partner_named(edi, record->partner)
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
        tell(edi, WRITE_DOCUMENT, "an interchange needs control numbers", (struct bytes){NULL, 0},
             "-l LEDGER and -o DIR, or --control FILE: where they are counted", NULL);
        return refuse(edi, record);
    }
    if (!claim(edi, edi->batches))
        return refuse(edi, record);
    if (edi->settings.journal->remembers && record->id[0] == '\0') {
        tell(edi, WRITE_DOCUMENT, "it has no id, by which the ledger knows what was sent",
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
    if (!write_set(edi, &job, record, batch))
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

bool edi_out_line(struct edi_out *edi, const struct outbound_place *place, struct bytes line)
{
    struct canon_record *record = &edi->line;
    struct canon_read_error error;

    if (bytes_trim(line).len == 0)
        return true;
    edi->counts.read++;
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
        return refuse_line(edi, record, line, &error);
    }
    if (record->partner.len > 0)
        edi->place.partner = arena_copy(&edi->arena, record->partner).at;
    edi->place.key = key_of(record, &edi->arena);
    return write_record(edi, record);
}

/* --- opening, finishing */

/* "2026-11-24T09:30" or with seconds. */
static bool take_time(struct edi_out *edi, struct edi_batch_settings *settings)
{
    struct bytes date, time = bytes_of(edi->settings.time);

    if (!bytes_split(&time, 'T', &date) || time.len < 5 ||
        !date_to_x12(date, 8, &edi->life, &settings->date) ||
        !time_to_x12((struct bytes){time.at, 5}, &edi->life, &settings->time)) {
        report_say(edi->report, USAGE_VALUE, NULL, "--time %.40s: YYYY-MM-DDTHH:MM is expected",
                   edi->settings.time);
        return false;
    }
    return true;
}

static bool open_data(struct edi_out *edi, struct search *search)
{
    const char *path = search_find(search, "maps/x12.image"), *why = NULL;
    char *schema_why = NULL;

    if (path == NULL || (edi->dictionary = dictionary_open(path, &why)) == NULL) {
        report_say(edi->report, TECHNICAL_DICTIONARY, path,
                   path == NULL ? "maps/x12.image is in none of the folders searched" : "%s", why);
        return false;
    }
    path = search_find_folder(search, "maps/canon");
    if (path == NULL || (edi->schema = schema_open(path, &schema_why)) == NULL) {
        report_say(edi->report, TECHNICAL_SCHEMA, path, "%s",
                   schema_why != NULL ? schema_why : "maps/canon is in none of the folders searched");
        free(schema_why);
        return false;
    }
    edi->partners = partners_open(search, edi->report);
    if (edi->partners == NULL)
        report_say(edi->report, TECHNICAL_MEMORY, NULL, "at the start");
    return edi->partners != NULL;
}

/* What -m writes. */
static bool open_map(struct edi_out *edi, struct search *search)
{
    static const struct xref_sources whoever = {.any = true}; /* set and kind are all that is wanted */
    struct map *map;

    if (edi->settings.map == NULL)
        return true;
    map = map_load_for(edi->settings.map, &whoever, search, edi->schema, edi->report);
    if (map == NULL)
        return false;
    if (strcmp(map->format, "x12") == 0)
        edi->map_set = arena_copy(&edi->life, bytes_of(map->set));
    edi->map_kind = map->kind;
    map_close(map);
    return true;
}

/* Control numbers may be wanting where what is asked for may all be other files than X12. */
static bool check_control(struct edi_out *edi)
{
    const struct partner *partner;

    if (edi->settings.journal != NULL || (edi->map_kind != NULL && edi->map_set.at == NULL))
        return true;
    if (edi->settings.partner != NULL) {
        partner = partner_named(edi, bytes_of(edi->settings.partner));
        if (partner == NULL || partner->defaults.send.files != NULL)
            return partner != NULL;
    }
    report_say(edi->report, USAGE_MISSING, NULL,
               "-l LEDGER and -o DIR, or --control FILE: where control numbers are counted");
    return false;
}

static bool open_files(struct edi_out *edi, struct search *search)
{
    const struct outbound_settings common = {.strict = edi->settings.strict,
                                             .unmapped = edi->settings.unmapped,
                                             .folder = edi->settings.folder,
                                             .schema = edi->schema};

    edi->files = edi_files_open(&common, search, edi->report, edi->out);
    if (edi->files == NULL)
        report_say(edi->report, TECHNICAL_MEMORY, NULL, "at the start");
    return edi->files != NULL;
}

struct edi_out *edi_out_open(const struct edi_out_settings *settings, struct search *search,
                             struct report *report, struct canon_sink *out)
{
    struct edi_out *edi = calloc(1, sizeof(*edi));
    struct edi_batch_settings batches = {.folder = settings->folder,
                                         .journal = settings->journal,
                                         .max_sets = settings->max_sets,
                                         .max_bytes = settings->max_bytes,
                                         .out = out,
                                         .report = report};

    if (edi == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    edi->settings = *settings;
    edi->report = report;
    edi->out = out;
    edi->last_unwritten = &edi->unwritten;
    arena_init(&edi->life, 64 * 1024, (size_t)1 << 30);
    arena_init(&edi->arena, RECORD_CHUNK, record_ceiling);
    buffer_init(&edi->set, set_ceiling);
    refusal_init(&edi->refusal, report, settings->folder != NULL);
    if (take_time(edi, &batches) && open_data(edi, search) && open_map(edi, search) && check_control(edi) &&
        open_files(edi, search))
        edi->batches = edi_batches_open(&batches);
    edi->shop = (struct workshop){.search = search,
                                  .dictionary = edi->dictionary,
                                  .schema = edi->schema,
                                  .report = report,
                                  .map = settings->map,
                                  .arena = &edi->life};
    if (edi->batches == NULL) {
        edi_out_close(edi);
        return NULL;
    }
    return edi;
}

void edi_out_close(struct edi_out *edi)
{
    if (edi == NULL)
        return;
    for (const struct known_putter *known = edi->putters; known != NULL; known = known->next)
        x12_putter_close(known->putter);
    edi_batches_close(edi->batches);
    edi_files_close(edi->files);
    workshop_release(&edi->shop);
    partners_close(edi->partners);
    schema_close(edi->schema);
    dictionary_close(edi->dictionary);
    refusal_release(&edi->refusal);
    buffer_release(&edi->set);
    arena_release(&edi->arena);
    arena_release(&edi->life);
    free(edi);
}

bool edi_out_finish(struct edi_out *edi)
{
    bool files = edi_files_finish(edi->files, &edi->counts);
    bool good = edi->counts.failed > 0 && edi->report->misused ? false
                                                               : edi_batches_finish(edi->batches) && files;
    uint64_t lost = edi_batches_lost(edi->batches);

    edi->counts.written -= lost;
    edi->counts.failed += lost;
    tell_unwritten(edi);
    return good;
}

const struct outbound_counts *edi_out_counts(const struct edi_out *edi)
{
    return &edi->counts;
}
