#include "translate/laws.h"

#include <stdio.h>
#include <stdlib.h>

#include "canon/read.h"
#include "translate/edi_address.h"
#include "translate/laws_trial.h"

static const size_t arena_ceiling = (size_t)4 << 30, set_ceiling = (size_t)512 << 20;

/* Serials of our own readings of a binding that somebody else reads with, too. */
static const uint64_t own_serials = (uint64_t)1 << 40;

/* ---- opening ---- */

struct laws *laws_open(const struct laws_settings *settings, struct search *search, struct report *report)
{
    struct laws *laws = calloc(1, sizeof(*laws));
    const char *path, *why = NULL;
    char *schema_why = NULL;

    if (laws == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    laws->settings = *settings;
    laws->report = report;
    laws->read.serial = own_serials;
    arena_init(&laws->life, 64 * 1024, (size_t)1 << 30);
    arena_init(&laws->arena, 256 * 1024, arena_ceiling);
    buffer_init(&laws->set, set_ceiling);
    path = search_find(search, "maps/x12.image");
    if (path == NULL || (laws->dictionary = dictionary_open(path, &why)) == NULL) {
        report_say(report, TECHNICAL_DICTIONARY, path,
                   path == NULL ? "maps/x12.image is in none of the folders searched" : "%s", why);
        laws_close(laws);
        return NULL;
    }
    path = search_find_folder(search, "maps/canon");
    if (path == NULL || (laws->schema = schema_open(path, &schema_why)) == NULL) {
        report_say(report, TECHNICAL_SCHEMA, path, "%s",
                   schema_why != NULL ? schema_why : "maps/canon is in none of the folders searched");
        free(schema_why);
        laws_close(laws);
        return NULL;
    }
    laws->partners = partners_open(search, report);
    if (laws->partners == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        laws_close(laws);
        return NULL;
    }
    laws->shop = (struct workshop){.search = search,
                                   .dictionary = laws->dictionary,
                                   .schema = laws->schema,
                                   .report = report,
                                   .map = settings->map,
                                   .arena = &laws->life};
    return laws;
}

void laws_end_inbound(struct laws *laws)
{
    for (const struct known_putter *known = laws->putters; known != NULL; known = known->next)
        x12_putter_close(known->putter);
    laws->putters = NULL;
}

void laws_close(struct laws *laws)
{
    if (laws == NULL)
        return;
    laws_end_inbound(laws);
    workshop_release(&laws->shop);
    partners_close(laws->partners);
    schema_close(laws->schema);
    dictionary_close(laws->dictionary);
    buffer_release(&laws->set);
    arena_release(&laws->arena);
    arena_release(&laws->life);
    free(laws);
}

/* ---- sets ---- */

bool laws_take(void *whom, const struct inbound_document *document)
{
    struct laws *laws = whom;
    const struct canon_source *source = &document->record->source;
    struct trial trial = {.work = document->work,
                          .partner = document->partner,
                          .style = {.delimiters = *document->delimiters},
                          .record = document->record,
                          .n_segments = document->n_segments};
    struct canon_record as_it_was;

    arena_reset(&laws->arena);
    laws->place = (struct place){.file = document->file,
                                 .partner = document->partner->name,
                                 .interchange = source->interchange,
                                 .group = source->group,
                                 .set = source->set,
                                 .set_id = source->type};
    trial.as_it_was = &as_it_was;
    trial.segments = arena_zalloc(&laws->arena, document->n_segments + 1, sizeof(*trial.segments));
    if (trial.segments == NULL || !canon_record_init(&as_it_was, document->work->kind, &laws->arena))
        return laws_no_memory(laws);
    laws_begin_reading(laws, &trial, &as_it_was, document->delimiters);
    for (uint32_t i = 0; i < document->n_segments; i++) {
        const struct inbound_segment *segment = &document->segments[i];

        laws_read_segment(laws, &segment->view, segment->position);
        if (!law_segment_make(&trial.segments[i], &segment->view,
                              laws_position(document->work, segment->position), &laws->arena))
            return laws_no_memory(laws);
    }
    return laws_try(laws, &trial);
}

/* ---- records ---- */

static bool refuse(struct laws *laws, enum complaint complaint, const char *detail, struct bytes value)
{
    struct finding finding = {.complaint = complaint,
                              .severity = SEVERITY_ERROR,
                              .place = laws->place,
                              .detail = detail,
                              .value = value};

    laws_tell(laws, &finding);
    return true;
}

/* What the record goes out as.  False: told, or the run must stop (misused, or out of memory). */
static bool find_work(struct laws *laws, struct trial *trial)
{
    const struct canon_record *record = trial->record;
    bool relayed = bytes_are(record->source.format, "x12") && record->source.type.len > 0, exact;
    const struct partner *partner;
    const struct partner_document *document;
    struct edi_address address;
    const char *release;
    struct bytes set;

    partner = laws->settings.partner != NULL
                  ? partners_named(laws->partners, bytes_of(laws->settings.partner))
              : record->partner.len > 0 ? partners_named(laws->partners, record->partner)
                                        : partners_generic(laws->partners);
    if (partner == NULL)
        return false;
    set = relayed ? record->source.type : partner_send_set(&partner->defaults.send, record->kind->name);
    if (set.at == NULL || bytes_are(set, "TA1")) {
        refuse(laws, MAP_NONE, "no transaction set is known for it", bytes_of(record->kind->name));
        return false;
    }
    document = partner_document(partner, set);
    (void)edi_address_find(&address, partner, &document->send, record, relayed, &laws->arena);
    release = dictionary_release(laws->dictionary, address.release, &exact);
    if (release == NULL) {
        refuse(laws, PARTNER_REFUSED, "no release of X12", address.release);
        return false;
    }
    trial->partner = partner;
    trial->style = address.style;
    trial->work = workshop_work(&laws->shop, partner, release, set);
    if (trial->work == NULL)
        return false;
    if (trial->work->binding == NULL || trial->work->kind != record->kind) {
        refuse(laws, trial->work->binding == NULL ? MAP_NONE : WRITE_OTHER_KIND,
               arena_format(&laws->arena, "X12 %.*s", BYTES_ARG(set)), bytes_of(record->kind->name));
        return false;
    }
    return true;
}

bool laws_line(struct laws *laws, const struct outbound_place *place, struct bytes line)
{
    struct canon_record record, as_it_was;
    struct canon_read_error error;
    struct trial trial = {.record = &record, .as_it_was = &as_it_was};

    if (bytes_trim(line).len == 0)
        return true;
    arena_reset(&laws->arena);
    laws->place = (struct place){
        .file = place->file, .line = (uint32_t)place->line, .offset = place->offset, .has_offset = true};
    if (!canon_read(&record, laws->schema, line, &laws->arena, &error) ||
        !canon_read(&as_it_was, laws->schema, line, &laws->arena, &error)) {
        if (error.memory)
            return laws_no_memory(laws);
        if (error.schema) {
            report_say(laws->report, TECHNICAL_SCHEMA, NULL, "%s", schema_error(laws->schema));
            return false;
        }
        return refuse(
            laws, CANON_BAD_RECORD,
            arena_format(&laws->arena, "%s%s%s", error.path, error.path[0] != '\0' ? ": " : "", error.what),
            (struct bytes){NULL, 0});
    }
    if (record.partner.len > 0)
        laws->place.partner = arena_copy(&laws->arena, record.partner).at;
    if (!find_work(laws, &trial)) {
        if (laws->arena.failed || laws->life.failed)
            return laws_no_memory(laws);
        return !laws->report->misused;
    }
    laws->place.set_id = trial.work->set_id;
    return laws_try(laws, &trial);
}

void laws_too_long(struct laws *laws, const struct outbound_place *place, struct bytes beginning)
{
    laws->place = (struct place){
        .file = place->file, .line = (uint32_t)place->line, .offset = place->offset, .has_offset = true};
    (void)refuse(laws, CANON_LONG_RECORD, NULL, beginning);
}

/* ---- the end ---- */

void laws_write(const struct laws *laws, struct canon_sink *sink, bool json)
{
    const struct tally *last = NULL;

    /* By type and map. */
    for (;;) {
        const struct tally *next = NULL;

        for (const struct tally *at = laws->tallies; at != NULL; at = at->next) {
            int behind = last == NULL ? 1 : strcmp(at->set, last->set);
            int before = next == NULL ? -1 : strcmp(at->set, next->set);

            if (behind == 0)
                behind = strcmp(at->map, last->map);
            if (before == 0)
                before = strcmp(at->map, next->map);
            if (behind > 0 && before < 0)
                next = at;
        }
        if (next == NULL)
            return;
        if (json)
            canon_sink_format(
                sink,
                "{\"set\":\"%s\",\"map\":\"%s\",\"documents\":%llu,\"same\":%llu,\"differ\":%llu,"
                "\"declared\":%llu}\n",
                next->set, next->map, (unsigned long long)next->documents, (unsigned long long)next->same,
                (unsigned long long)(next->documents - next->same), (unsigned long long)next->declared);
        else
            canon_sink_format(
                sink,
                "%s by %s: of %llu document%s %llu come%s back, %llu differ%s; %llu differences as the map "
                "declares\n",
                next->set, next->map, (unsigned long long)next->documents, next->documents == 1 ? "" : "s",
                (unsigned long long)next->same, next->same == 1 ? "s" : "",
                (unsigned long long)(next->documents - next->same),
                next->documents - next->same == 1 ? "s" : "", (unsigned long long)next->declared);
        last = next;
    }
}
