#include "translate/batch.h"

#include "translate/fill.h"

void batch_write(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                 const char *format, const char *file, const char sha256[65],
                 const struct inbound_counts *counts, struct arena *arena)
{
    const struct canon_kind *kind = schema_kind(schema, BYTES("batch"));
    struct canon_record record;
    struct canon_object *body;
    const bool x12 = strcmp(format, "x12") == 0;

    arena_reset(arena);
    if (kind == NULL || !canon_record_init(&record, kind, arena))
        return;
    body = record.body;
    record.direction = CANON_IN;
    record.source = (struct canon_source){.format = bytes_of(format), .file = bytes_of(file)};
    fill_word(arena, body, "file_name", file);
    fill_word(arena, body, "sha256", sha256);
    fill_count(arena, body, "byte_count", counts->bytes);
    fill_word(arena, body, "format_code", format);
    fill_flag(arena, body, "is_complete", !counts->broken);
    if (x12) {
        fill_count(arena, body, "interchange_count", counts->interchanges);
        fill_count(arena, body, "group_count", counts->groups);
        fill_count(arena, body, "junk_byte_count", counts->junk);
    } else {
        fill_count(arena, body, "segment_count", counts->units);
    }
    fill_count(arena, body, "read_count", counts->read);
    fill_count(arena, body, "translated_count", counts->translated);
    fill_count(arena, body, "held_count", 0);
    fill_count(arena, body, "rejected_count", counts->rejected);
    fill_count(arena, body, "duplicate_count", 0);
    fill_count(arena, body, "ignored_count", counts->ignored);
    canon_id_begin(id, record.partner, record.direction, kind->name);
    canon_id_add(id, bytes_of(sha256));
    canon_id_end(id, record.id);
    if (!arena->failed)
        canon_write(out, &record);
}
