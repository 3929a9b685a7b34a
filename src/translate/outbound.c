#include "translate/outbound.h"

#include <stdio.h>
#include <stdlib.h>

#include "canon/read.h"
#include "map/map.h"
#include "map/write.h"
#include "translate/delivery.h"
#include "translate/receipt.h"

enum {
    RECORD_CHUNK = 256 * 1024,
};
static const size_t record_ceiling = (size_t)4 * 1024 * 1024 * 1024;

struct outbound {
    struct outbound_settings settings;
    struct report *report;
    struct schema *schema;
    struct map *map;
    struct map_writer *writer;
    struct delivery *delivery;
    struct arena arena;     /* one record */
    struct refusal refusal; /* of the record */
    struct outbound_counts counts;
};

/* --- refusing */

static void tell(void *whom, const struct finding *finding)
{
    struct outbound *outbound = whom;

    refusal_tell(&outbound->refusal, finding);
}

static void refuse(struct outbound *outbound, const struct canon_record *record)
{
    outbound->counts.refused++;
    if (record != NULL && record->id[0] != '\0')
        delivery_refuse(outbound->delivery, record, refusal_reasons(&outbound->refusal));
}

static struct place place_of(const struct outbound_place *place)
{
    return (struct place){.file = place->file, .line = (uint32_t)place->line, .offset = place->offset,
                          .has_offset = true};
}

bool outbound_breaks_off(const struct outbound_place *place, struct bytes line, struct report *report)
{
    if (!place->is_open || line.len == 0 || line.at[0] != '{')
        return false;
    report_say(report, TECHNICAL_READ, place->file,
               "it ends within the record of line %llu: whoever writes it broke off; that record was not "
               "translated, nor refused",
               (unsigned long long)place->line);
    return true;
}

static void refuse_line(struct outbound *outbound, const struct outbound_place *place,
                        const struct canon_record *record, struct bytes line,
                        const struct canon_read_error *error)
{
    struct finding finding = {.complaint = CANON_BAD_RECORD, .place = place_of(place)};
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
    finding.value = (struct bytes){line.at + shown, line.len - shown};
    if (finding.value.len > 40)
        finding.value.len = 40;
    tell(outbound, &finding);
    refuse(outbound, record);
}

void outbound_too_long(struct outbound *outbound, const struct outbound_place *place, struct bytes beginning,
                       uint64_t length, uint64_t most)
{
    struct finding finding = {.complaint = CANON_LONG_RECORD, .place = place_of(place), .value = beginning};
    char detail[96], expected[96];

    snprintf(detail, sizeof(detail), "%llu bytes without a line end", (unsigned long long)length);
    snprintf(expected, sizeof(expected), "at most %llu", (unsigned long long)most);
    finding.detail = detail;
    finding.expected = expected;
    outbound->counts.read++;
    refusal_begin(&outbound->refusal);
    tell(outbound, &finding);
    refuse(outbound, NULL);
}

/* --- records */

/* "order 4500012345": by which people know it. */
static struct bytes key_of(const struct canon_record *record, struct arena *arena)
{
    const struct canon_value *value = NULL;
    const char *text;

    if (record->kind->n_identity > 0)
        value = canon_get(record->body, record->kind->identity[0]);
    if (value == NULL || value->held != CANON_HELD_TEXT)
        return (struct bytes){NULL, 0};
    text = arena_format(arena, "%s %.*s", record->kind->name, (int)value->len, value->text);
    return bytes_of(text);
}

static bool other_kind(struct outbound *outbound, const struct outbound_place *place,
                       const struct canon_record *record)
{
    struct finding finding = {.complaint = WRITE_OTHER_KIND, .place = place_of(place),
                              .value = bytes_of(record->kind->name), .expected = outbound->map->kind->name};

    finding.place.key = key_of(record, &outbound->arena);
    if (!outbound->settings.strict) {
        outbound->counts.ignored++;
        return true;
    }
    finding.severity = SEVERITY_ERROR;
    tell(outbound, &finding);
    refuse(outbound, record);
    return true;
}

static bool write_record(struct outbound *outbound, const struct outbound_place *place,
                         const struct canon_record *record)
{
    struct map_write write = {.record = record, .tell = tell, .whom = outbound,
                              .refuse_unwritten = outbound->settings.unmapped == OUTBOUND_ERROR};

    if (record->kind != outbound->map->kind)
        return other_kind(outbound, place, record);
    write.place = place_of(place);
    if (record->partner.len > 0)
        write.place.partner = arena_copy(&outbound->arena, record->partner).at;
    write.place.key = key_of(record, &outbound->arena);
    switch (delivery_document(outbound->delivery, &write)) {
    case DELIVERED:
        outbound->counts.written++;
        return true;
    case DELIVERY_REFUSED:
        refuse(outbound, record);
        return true;
    default:
        outbound->counts.failed++;
        return false;
    }
}

bool outbound_record(struct outbound *outbound, const struct outbound_place *place,
                     const struct canon_record *record)
{
    outbound->counts.read++;
    refusal_begin(&outbound->refusal);
    arena_reset(&outbound->arena);
    return write_record(outbound, place, record);
}

bool outbound_line(struct outbound *outbound, const struct outbound_place *place, struct bytes line)
{
    struct canon_record record;
    struct canon_read_error error;

    if (bytes_trim(line).len == 0)
        return true;
    outbound->counts.read++;
    refusal_begin(&outbound->refusal);
    arena_reset(&outbound->arena);
    if (canon_read(&record, outbound->schema, line, &outbound->arena, &error))
        return write_record(outbound, place, &record);
    if (error.memory) {
        report_say(outbound->report, TECHNICAL_MEMORY, place->file, "no memory for the record of line %llu",
                   (unsigned long long)place->line);
        outbound->counts.failed++;
        return false;
    }
    if (error.schema) {
        report_say(outbound->report, TECHNICAL_SCHEMA, NULL, "%s", schema_error(outbound->schema));
        outbound->counts.failed++;
        return false;
    }
    if (outbound_breaks_off(place, line, outbound->report)) {
        outbound->counts.failed++;
        return false;
    }
    refuse_line(outbound, place, &record, line, &error);
    return true;
}

/* --- opening, finishing */

static struct schema *open_schema(struct search *search, struct report *report)
{
    const char *folder = search_find_folder(search, "maps/canon");
    struct schema *schema;
    char *why = NULL;

    if (folder == NULL) {
        report_say(report, TECHNICAL_SCHEMA, NULL, "there is no maps/canon in %s",
                   search_folders_text(search));
        return NULL;
    }
    schema = schema_open(folder, &why);
    if (schema == NULL)
        report_say(report, TECHNICAL_SCHEMA, folder, "%s", why != NULL ? why : "no memory");
    free(why);
    return schema;
}

struct outbound *outbound_open(const struct outbound_settings *settings, struct search *search,
                               struct report *report, struct canon_sink *out)
{
    struct outbound *outbound = calloc(1, sizeof(*outbound));
    struct delivery_settings delivery = {.folder = settings->folder, .single = settings->single,
                                         .temporary = settings->temporary, .out = out, .report = report};

    if (outbound == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    outbound->settings = *settings;
    outbound->report = report;
    arena_init(&outbound->arena, RECORD_CHUNK, record_ceiling);
    refusal_init(&outbound->refusal, report, settings->folder != NULL);
    outbound->schema = settings->schema != NULL ? settings->schema : open_schema(search, report);
    if (outbound->schema != NULL)
        outbound->map = map_load_for(settings->map, settings->xrefs, search, outbound->schema, report);
    if (outbound->map != NULL)
        outbound->writer = delivery.writer = map_writer_open(outbound->map, report);
    if (outbound->writer != NULL)
        outbound->delivery = delivery_open(&delivery);
    if (outbound->delivery == NULL) {
        outbound_close(outbound);
        return NULL;
    }
    return outbound;
}

void outbound_close(struct outbound *outbound)
{
    if (outbound == NULL)
        return;
    delivery_close(outbound->delivery);
    map_writer_close(outbound->writer);
    map_close(outbound->map);
    if (outbound->settings.schema == NULL)
        schema_close(outbound->schema);
    refusal_release(&outbound->refusal);
    arena_release(&outbound->arena);
    free(outbound);
}

static void tell_unwritten(void *whom, const char *path, uint64_t count)
{
    struct outbound *outbound = whom;
    struct finding finding = {.complaint = WRITE_UNWRITTEN, .origin = outbound->map->name};
    char detail[256];

    snprintf(detail, sizeof(detail), "%s, %llu time%s", path, (unsigned long long)count,
             count == 1 ? "" : "s");
    finding.detail = detail;
    if (outbound->settings.unmapped == OUTBOUND_WARN)
        finding.severity = SEVERITY_WARN;
    report_add(outbound->report, &finding);
}

bool outbound_finish(struct outbound *outbound)
{
    bool good = delivery_finish(outbound->delivery);

    if (!good && outbound->settings.single) {
        outbound->counts.failed += outbound->counts.written;
        outbound->counts.written = 0;
    }
    if (outbound->settings.unmapped != OUTBOUND_ERROR)
        map_writer_each_unwritten(outbound->writer, tell_unwritten, outbound);
    return good;
}

const struct outbound_counts *outbound_counts(const struct outbound *outbound)
{
    return &outbound->counts;
}
