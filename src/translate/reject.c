#include "translate/reject.h"

#include "base/base64.h"
#include "base/utf8.h"
#include "translate/fill.h"

enum { SENTENCE_MAX = 4096, VALUE_MAX = 200 };

/* ---- the bytes ---- */

struct raw {
    struct sha256 *sha256;
    char *at;      /* their copy, as far as it has room */
    size_t len, room;
    uint64_t all;  /* bytes seen */
};

static bool take_piece(void *whom, struct bytes piece)
{
    struct raw *raw = whom;
    size_t len = piece.len < raw->room - raw->len ? piece.len : raw->room - raw->len;

    sha256_add(raw->sha256, piece.at, piece.len);
    memcpy(raw->at + raw->len, piece.at, len);
    raw->len += len;
    raw->all += piece.len;
    return true;
}

/* Whether it can be shown as it is: characters, and of the controls CR, LF and TAB alone. */
static bool is_text(struct bytes raw)
{
    for (size_t i = 0; i < raw.len; i++) {
        unsigned char c = (unsigned char)raw.at[i];

        if ((c < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7f)
            return false;
    }
    return utf8_valid(raw.at, raw.len);
}

/* Without the beginning of a character that was cut off at the end. */
static struct bytes whole_characters(struct bytes raw)
{
    size_t valid = utf8_valid_prefix(raw.at, raw.len);

    if (raw.len - valid < 4)
        raw.len = valid;
    return raw;
}

void reject_fill_bytes(struct arena *arena, struct canon_object *body, struct bytes kept, uint64_t length,
                       const char *sha256)
{
    bool truncated = kept.len < length, text;

    if (truncated)
        kept = whole_characters(kept);
    text = is_text(kept);
    fill_text(arena, body, "raw", text ? kept : base64_encode(arena, kept));
    fill_word(arena, body, "raw_encoding", kept.len == 0 ? NULL : text ? "text" : "base64");
    fill_count(arena, body, "raw_length", length);
    fill_word(arena, body, "raw_sha256", sha256);
    if (truncated)
        fill_flag(arena, body, "is_truncated", true);
}

/* False: no memory.  `sha256` is that of all bytes, "" when they are not all here. */
static bool fill_raw(struct canon_record *record, const struct x12_reader *reader,
                     const struct reject *reject, char sha256[65])
{
    const struct canon_source *source = reject->source;
    struct arena *arena = record->arena;
    struct raw raw = {.room = source->length < REJECT_RAW_MAX ? (size_t)source->length : REJECT_RAW_MAX};

    sha256[0] = '\0';
    raw.at = arena_text(arena, raw.room);
    raw.sha256 = sha256_open();
    if (raw.at == NULL || raw.sha256 == NULL) {
        sha256_close(raw.sha256);
        return false;
    }
    if (reject->complete) {
        (void)x12_pieces(reader, source->offset, source->offset + source->length, take_piece, &raw);
        if (raw.all == source->length)
            sha256_hex(raw.sha256, sha256);
    }
    sha256_close(raw.sha256);
    reject_fill_bytes(arena, record->body, (struct bytes){raw.at, raw.len}, source->length, sha256);
    return true;
}

/* ---- the reasons ---- */

/* PO103 "value": what is wrong: more of it. */
static struct bytes sentence(struct arena *arena, const struct finding *finding)
{
    const struct place *place = &finding->place;
    struct buffer made;
    struct bytes copy;

    buffer_init(&made, SENTENCE_MAX);
    if (place->segment.len > 0) {
        report_quote(&made, place->segment, 8);
        if (place->element > 0)
            buffer_add_format(&made, "%02u", place->element);
        if (place->component > 0)
            buffer_add_format(&made, "-%02u", place->component);
        if (finding->value.len > 0) {
            buffer_add_string(&made, " \"");
            report_quote(&made, finding->value, VALUE_MAX);
            buffer_add_byte(&made, '"');
        }
        buffer_add_string(&made, ": ");
    }
    buffer_add_string(&made, complaint_info(finding->complaint)->summary);
    if (finding->detail != NULL && finding->detail[0] != '\0') {
        buffer_add_string(&made, ": ");
        report_plain(&made, bytes_of(finding->detail), SENTENCE_MAX / 2);
    }
    copy = arena_copy(arena, buffer_view(&made));
    buffer_release(&made);
    return copy;
}

struct bytes reject_shown(struct arena *arena, struct bytes value)
{
    struct buffer made;
    struct bytes copy;

    buffer_init(&made, SENTENCE_MAX);
    report_quote(&made, value, VALUE_MAX);
    copy = arena_copy(arena, buffer_view(&made));
    buffer_release(&made);
    return copy;
}

static void fill_nonzero(struct arena *arena, struct canon_object *object, const char *name, uint64_t count)
{
    if (count > 0)
        fill_count(arena, object, name, count);
}

static void fill_reason(struct arena *arena, struct canon_object *body, const struct fault *fault,
                        enum ack_form form, const struct finding *finding)
{
    const struct complaint_info *info = complaint_info(finding->complaint);
    const struct place *place = &finding->place;
    struct canon_object *reason = fill_append(arena, body, "reasons");

    fill_word(arena, reason, "code", info->code);
    fill_word(arena, reason, "rule", info->rule);
    fill_word(arena, reason, "severity", severity_name(finding->severity));
    fill_word(arena, reason, "class_code", complaint_class_name(info->class));
    fill_text(arena, reason, "message", sentence(arena, finding));
    if (finding->value.len > 0)
        fill_text(arena, reason, "value", reject_shown(arena, finding->value));
    fill_word(arena, reason, "expected", finding->expected);
    fill_word(arena, reason, "origin", finding->origin);
    fill_word(arena, reason, "hint", finding->hint);
    fill_count(arena, reason, "offset", place->offset);
    if (place->segment.len > 0)
        fill_text(arena, reason, "segment_id", reject_shown(arena, place->segment));
    fill_nonzero(arena, reason, "segment_position", place->ordinal);
    fill_text(arena, reason, "loop", place->loop);
    fill_nonzero(arena, reason, "element_position", place->element);
    fill_nonzero(arena, reason, "component_position", place->component);
    fill_nonzero(arena, reason, "repeat_position", place->repeat);
    fill_word(arena, reason, "element_ref", place->element_id);
    fill_word(arena, reason, "element_name", place->element_name);
    fill_word(arena, reason, "segment_error_code", fault_segment_code(fault, form));
    fill_word(arena, reason, "element_error_code", fault_element_code(fault, form));
    fill_word(arena, reason, "message_error_code", fault_set_code(fault, form));
    fill_word(arena, reason, "group_error_code", fault_group_code(fault, form));
    fill_word(arena, reason, "interchange_note_code", fault_interchange_code(fault));
}

/* Whoever sent the set must act, unless nothing but our own trouble speaks against it. */
static const char *class_of(const struct faults *faults)
{
    bool ours = false;

    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        if (fault->severity != SEVERITY_ERROR)
            continue;
        if (complaint_info((enum complaint)fault->complaint)->class == CLASS_BUSINESS)
            return "business";
        ours = true;
    }
    return ours ? "technical" : "business";
}

static void fill_reasons(struct canon_record *record, const struct reject *reject)
{
    struct arena *arena = record->arena;
    const struct faults *faults = reject->faults;
    struct fault_context context = {.guide = reject->guide, .form = reject->form};
    enum severity worst = SEVERITY_OFF;
    struct bytes summary = {NULL, 0};
    uint64_t count = faults->dropped;

    if (reject->release != NULL)
        context.standard = arena_format(arena, "X12 %s", reject->release);
    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        struct finding finding;

        fault_finding(fault, &context, arena, &finding);
        fill_reason(arena, record->body, fault, reject->form, &finding);
        count++;
        if (finding.severity > worst) {
            worst = finding.severity;
            summary = sentence(arena, &finding);
        }
    }
    fill_text(arena, record->body, "summary", summary);
    fill_count(arena, record->body, "reason_count", count);
}

/* ---- the record ---- */

/* The first business key, when the set was read that far. */
static void fill_document(struct canon_record *record, const struct canon_record *read)
{
    struct arena *arena = record->arena;

    if (read == NULL || read->body == NULL)
        return;
    fill_word(arena, record->body, "document_kind", read->kind->name);
    for (unsigned i = 0; i < read->kind->n_keys; i++) {
        const struct canon_key *key = &read->kind->keys[i];
        const struct canon_value *value = NULL;

        if (key->n_paths == 1 && key->paths[0].n == 1)
            value = canon_get(read->body, key->paths[0].step[0]);
        if (value != NULL && value->held == CANON_HELD_TEXT) {
            fill_text(arena, record->body, "document_number", (struct bytes){value->text, value->len});
            return;
        }
    }
}

void reject_write(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                  const struct x12_reader *reader, const struct reject *reject, struct arena *arena)
{
    const struct canon_kind *kind = schema_kind(schema, BYTES("reject"));
    struct canon_record record;
    char sha256[65];

    if (kind == NULL || !canon_record_init(&record, kind, arena))
        return;
    record.partner = reject->partner;
    record.direction = CANON_IN;
    record.source = *reject->source;
    fill_source_utf8(arena, &record.source);
    fill_word(arena, record.body, "class_code", class_of(reject->faults));
    fill_word(arena, record.body, "level_code", "message");
    fill_document(&record, reject->record);
    fill_text(arena, record.body, "document_type", record.source.type);
    fill_text(arena, record.body, "acked_group_control_number", record.source.group);
    fill_reasons(&record, reject);
    if (!fill_raw(&record, reader, reject, sha256) || arena->failed)
        return;
    canon_id_begin(id, record.partner, record.direction, kind->name);
    canon_id_add(id, bytes_of(sha256));
    if (sha256[0] == '\0') {
        /* Its bytes went by: it is then the set that stood there. */
        canon_id_add(id, record.source.file);
        canon_id_add(id, record.source.interchange);
        canon_id_add(id, record.source.group);
        canon_id_add(id, record.source.set);
        canon_id_add(id, bytes_of(arena_format(arena, "%llu", (unsigned long long)record.source.offset)));
    }
    canon_id_end(id, record.id);
    canon_write(out, &record);
}
