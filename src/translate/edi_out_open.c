/*
 * What writing to partners opens at its beginning, and how it ends (edi_out_parts.h).
 */
#include <stdlib.h>

#include "base/date.h"
#include "translate/edi_out_parts.h"

enum { RECORD_CHUNK = 256 * 1024 };
static const size_t record_ceiling = (size_t)4 * 1024 * 1024 * 1024;
static const size_t set_ceiling = (size_t)512 * 1024 * 1024;

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
        partner = edi_out_partner(edi, bytes_of(edi->settings.partner));
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
                                             .temporary = edi->settings.temporary,
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

/* Whoever wrote them broke off, and it will write them again with those that are missing. */
static bool is_cut(struct edi_out *edi)
{
    struct finding finding = {
        .complaint = LEDGER_BATCH_MISSING,
        .place = {.file = edi->place.file, .line = edi->place.line},
        .consequence = "none of them is sent, but those of interchanges that were full"};

    if (edi->settings.closed && edi->unclosed > 0)
        report_add(edi->report, &finding);
    return edi->settings.closed && edi->unclosed > 0;
}

bool edi_out_finish(struct edi_out *edi)
{
    bool cut = is_cut(edi);
    bool files = !cut && edi_files_finish(edi->files, &edi->counts);
    bool good = cut || (edi->counts.failed > 0 && edi->report->misused)
                    ? false
                    : edi_batches_finish(edi->batches) && files;
    uint64_t lost = edi_batches_lost(edi->batches);

    edi->counts.written -= lost;
    edi->counts.failed += lost;
    edi_out_tell_unwritten(edi);
    return good;
}

const struct outbound_counts *edi_out_counts(const struct edi_out *edi)
{
    return &edi->counts;
}
