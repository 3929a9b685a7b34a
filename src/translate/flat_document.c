#include "translate/flat_document.h"

#include "base/hash.h"
#include "translate/fill.h"
#include "translate/reject.h"

enum { REASONS_MAX = 1000 };

struct flat_reason {
    struct flat_reason *next;
    enum complaint complaint;
    enum severity severity;
    uint64_t offset;
    uint32_t line, place;
    struct bytes tag, column, value, detail, expected;
};

void flat_document_init(struct flat_document *document, struct arena *arena)
{
    *document = (struct flat_document){.arena = arena};
    buffer_init(&document->raw, REJECT_RAW_MAX);
}

void flat_document_release(struct flat_document *document)
{
    buffer_release(&document->raw);
}

void flat_document_begin(struct flat_document *document, uint64_t offset, uint32_t line)
{
    buffer_clear(&document->raw);
    *document = (struct flat_document){
        .arena = document->arena, .open = true, .offset = offset, .line = line, .raw = document->raw};
}

static void append(struct flat_document *document, struct flat_reason *reason)
{
    if (document->last != NULL)
        document->last->next = reason;
    else
        document->first = reason;
    document->last = reason;
}

void flat_document_add(struct flat_document *document, const struct finding *finding)
{
    enum severity severity = finding->severity != SEVERITY_OFF ? finding->severity
                                                               : complaint_info(finding->complaint)->severity;
    struct flat_reason *reason;

    document->bad = document->bad || severity == SEVERITY_ERROR;
    if (document->n_reasons++ >= REASONS_MAX)
        return;
    reason = arena_zalloc(document->arena, 1, sizeof(*reason));
    if (reason == NULL)
        return;
    *reason = (struct flat_reason){
        .complaint = finding->complaint,
        .severity = severity,
        .offset = finding->place.offset,
        .line = finding->place.line,
        .place = finding->place.column,
        .tag = arena_copy(document->arena, finding->place.segment),
        .column = arena_copy(document->arena, bytes_of(finding->place.element_name)),
        .value = finding->value.len > 0 ? reject_shown(document->arena, finding->value)
                                        : (struct bytes){NULL, 0},
        .detail = arena_copy(document->arena, bytes_of(finding->detail)),
        .expected = arena_copy(document->arena, bytes_of(finding->expected)),
    };
    append(document, reason);
}

void flat_document_join(struct flat_document *document, const struct flat_document *held)
{
    struct arena *arena = document->arena;

    document->bad = document->bad || held->bad;
    document->n_reasons += held->n_reasons;
    for (const struct flat_reason *from = held->first; from != NULL; from = from->next) {
        struct flat_reason *reason = arena_zalloc(arena, 1, sizeof(*reason));

        if (reason == NULL)
            return;
        *reason = *from;
        reason->next = NULL;
        reason->tag = arena_copy(arena, from->tag);
        reason->column = arena_copy(arena, from->column);
        reason->value = arena_copy(arena, from->value);
        reason->detail = arena_copy(arena, from->detail);
        reason->expected = arena_copy(arena, from->expected);
        append(document, reason);
    }
}

/* "what is wrong: more of it". */
static const char *sentence(struct arena *arena, const struct flat_reason *reason)
{
    const char *summary = complaint_info(reason->complaint)->summary;

    if (reason->detail.len == 0)
        return summary;
    return arena_format(arena, "%s: %.*s", summary, BYTES_ARG(reason->detail));
}

static void fill_reasons(const struct flat_document *document, struct canon_object *body)
{
    struct arena *arena = document->arena;

    for (const struct flat_reason *reason = document->first; reason != NULL; reason = reason->next) {
        const struct complaint_info *info = complaint_info(reason->complaint);
        struct canon_object *object = fill_append(arena, body, "reasons");
        const char *message = sentence(arena, reason);

        if (reason == document->first)
            fill_word(arena, body, "summary", message);
        fill_word(arena, object, "code", info->code);
        fill_word(arena, object, "rule", info->rule);
        fill_word(arena, object, "severity", severity_name(reason->severity));
        fill_word(arena, object, "class_code", complaint_class_name(info->class));
        fill_word(arena, object, "message", message);
        fill_text(arena, object, "value", reason->value);
        fill_text(arena, object, "expected", reason->expected);
        fill_count(arena, object, "offset", reason->offset);
        fill_count(arena, object, "line", reason->line);
        if (reason->place > 0)
            fill_count(arena, object, "place", reason->place);
        fill_text(arena, object, "column_name", reason->column);
        fill_text(arena, object, "segment_id", reason->tag);
    }
    fill_count(arena, body, "reason_count", document->n_reasons);
}

static void fill_number(struct arena *arena, struct canon_object *body, const struct canon_record *read)
{
    fill_word(arena, body, "document_kind", read->kind->name);
    for (unsigned i = 0; i < read->kind->n_keys; i++) {
        const struct canon_key *key = &read->kind->keys[i];
        const struct canon_value *value = NULL;

        if (key->n_paths == 1 && key->paths[0].n == 1)
            value = canon_get(read->body, key->paths[0].step[0]);
        if (value != NULL && value->held == CANON_HELD_TEXT) {
            fill_text(arena, body, "document_number", (struct bytes){value->text, value->len});
            return;
        }
    }
}

/* "" when not all bytes are here. */
static void digest(const struct flat_document *document, char out[65])
{
    struct sha256 *sha256 = document->raw.len == document->length ? sha256_open() : NULL;

    out[0] = '\0';
    if (sha256 == NULL)
        return;
    sha256_begin(sha256);
    sha256_add(sha256, document->raw.at, document->raw.len);
    sha256_hex(sha256, out);
    sha256_close(sha256);
}

void flat_document_reject(const struct flat_document *document, const struct flat_reject *reject,
                          struct canon_sink *out, const struct schema *schema, struct canon_id *id)
{
    const struct canon_kind *kind = schema_kind(schema, BYTES("reject"));
    struct arena *arena = document->arena;
    struct canon_record record;
    char sha256[65];

    if (kind == NULL || !canon_record_init(&record, kind, arena))
        return;
    record.partner = reject->partner;
    record.direction = reject->direction;
    record.source = *reject->source;
    fill_source_utf8(arena, &record.source);
    fill_word(arena, record.body, "class_code", "business");
    fill_word(arena, record.body, "level_code", reject->level);
    if (reject->record != NULL)
        fill_number(arena, record.body, reject->record);
    fill_reasons(document, record.body);
    if (reject->sha256 != NULL)
        memcpy(sha256, reject->sha256, sizeof(sha256));
    else
        digest(document, sha256);
    reject_fill_bytes(arena, record.body, buffer_view(&document->raw), document->length, sha256);
    canon_id_begin(id, record.partner, record.direction, kind->name);
    canon_id_add(id, bytes_of(sha256));
    if (sha256[0] == '\0') {
        /* Not all its bytes are here: it is then the document that stood there. */
        canon_id_add(id, record.source.file);
        canon_id_add(id, bytes_of(arena_format(arena, "%llu", (unsigned long long)document->offset)));
    }
    canon_id_end(id, record.id);
    if (!arena->failed)
        canon_write(out, &record);
}
