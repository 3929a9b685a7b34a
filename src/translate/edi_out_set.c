/*
 * A record as a transaction set: written by its map, put between ST and SE, and checked as a partner's would
 * be before it goes (edi_out_parts.h).
 */
#include <stdio.h>

#include "base/date.h"
#include "translate/edi_check.h"
#include "translate/edi_out_parts.h"

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
    edi_out_tell(edi, fault->complaint, detail, fault->value, fault->expected, from);
    edi->place = place;
}

static void count_unwritten(void *whom, const char *path, struct bytes value)
{
    struct edi_out *edi = whom;
    struct unwritten *unwritten = edi->unwritten;

    /* Of an acknowledgment, what stands in its envelope, or in no 997 at all. */
    if (path == NULL || (strcmp(edi->record->kind->name, "functional_ack") == 0 &&
                         (strncmp(path, "ack_", 4) == 0 || strncmp(path, "acked_interchange_", 18) == 0)))
        return;
    if (edi->settings.unmapped == OUTBOUND_ERROR) {
        edi_out_tell(edi, WRITE_UNWRITTEN, path, value, NULL, NULL);
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

void edi_out_tell_unwritten(struct edi_out *edi)
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

/* ST03 names the convention where one is followed ("005010X221A1"). */
static void serialize(struct edi_out *edi, const struct edi_job *job, struct x12_writer *writer,
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
static const char *cause_of(struct edi_out *edi, const struct edi_job *job, struct x12_put *put,
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
static bool check(struct edi_out *edi, const struct edi_job *job, const struct x12_writer *writer,
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
    struct bytes ta1[5] = {edi_out_text(record->body, "acked_interchange_control_number"),
                           {NULL, 0},
                           {NULL, 0},
                           edi_out_text(record->body, "interchange_status_code"),
                           edi_out_text(record->body, "interchange_note_code")};

    buffer_clear(&edi->set);
    writer->out = &edi->set;
    if (!date_to_x12(edi_out_text(record->body, "acked_interchange_date"), 6, &edi->arena, &ta1[1]) ||
        !time_to_x12(edi_out_text(record->body, "acked_interchange_time"), &edi->arena, &ta1[2]) ||
        ta1[3].len == 0) {
        edi_out_tell(edi, WRITE_DOCUMENT,
                     "a TA1 needs acked_interchange_date, acked_interchange_time and interchange_status_code",
                     (struct bytes){NULL, 0}, NULL, NULL);
        return false;
    }
    for (unsigned i = 0; i < 5; i++) {
        unsigned char byte;

        if (x12_writer_clean(writer, &edi->arena, ta1[i], &ta1[i], &byte) == X12_DIRTY) {
            edi_out_tell(edi, WRITE_MISFIT, "it holds a delimiter", ta1[i], NULL, NULL);
            return false;
        }
    }
    x12_writer_segment(writer, BYTES("TA1"), ta1, 5);
    return true;
}

bool edi_out_write_set(struct edi_out *edi, struct edi_job *job, struct canon_record *record,
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
        edi_out_tell(edi, WRITE_DOCUMENT, "it is too large", (struct bytes){NULL, 0}, NULL, NULL);
        return false;
    }
    return check(edi, job, &writer, &put);
}
