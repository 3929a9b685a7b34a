#include "translate/ack.h"

#include "base/date.h"
#include "translate/ack_segments.h"
#include "translate/fill.h"

/* ---- the record ---- */

static const struct canon_kind *kind_of(const struct schema *schema)
{
    return schema_kind(schema, BYTES("functional_ack"));
}

static struct bytes created_at(struct arena *arena, struct bytes date, struct bytes time)
{
    struct bytes day, hour;

    if (!date_from_x12(date, arena, &day) || !time_from_x12(time, arena, &hour))
        return (struct bytes){NULL, 0};
    return bytes_of(arena_format(arena, "%.*sT%.*s", BYTES_ARG(day), BYTES_ARG(hour)));
}

/* Begins a record about, or from, the interchange at hand.  False: there is no such kind, or no memory. */
static bool begin(struct canon_record *record, const struct schema *schema, enum canon_direction direction,
                  const struct ack_envelope *envelope, struct arena *arena)
{
    const struct canon_kind *kind = kind_of(schema);

    arena_reset(arena);
    if (kind == NULL || !canon_record_init(record, kind, arena))
        return false;
    record->partner = bytes_of(envelope->partner->name);
    record->direction = direction;
    record->source = (struct canon_source){
        .format = BYTES("x12"),
        .file = bytes_of(envelope->file),
        .sender = fill_utf8(arena, envelope->sender),
        .receiver = fill_utf8(arena, envelope->receiver),
        .interchange = fill_utf8(arena, envelope->isa[12]),
        .created = created_at(arena, envelope->isa[8], envelope->isa[9]),
        .test = envelope->test,
    };
    return true;
}

static void finish(struct canon_sink *out, const struct canon_record *record)
{
    if (!record->arena->failed)
        canon_write(out, record);
}

static void fill_date(struct arena *arena, struct canon_object *object, const char *name, struct bytes date)
{
    struct bytes iso;

    if (date_from_x12(date, arena, &iso))
        fill_text(arena, object, name, iso);
}

static void fill_time(struct arena *arena, struct canon_object *object, const char *name, struct bytes time)
{
    struct bytes iso;

    if (time_from_x12(time, arena, &iso))
        fill_text(arena, object, name, iso);
}

/* ---- identity ---- */

/*
 * An acknowledgment is its content and what it answers.  Control numbers come round again, and the next group
 * of the same number may be answered in the same words: the dates and times in the headers tell them apart.
 */
static void begin_id(struct canon_id *id, const struct canon_record *record,
                     const struct ack_envelope *envelope)
{
    canon_id_begin(id, record->partner, record->direction, record->kind->name);
    canon_id_add(id, envelope->sender);
    canon_id_add(id, envelope->receiver);
    canon_id_add(id, envelope->isa[8]);
    canon_id_add(id, envelope->isa[9]);
    canon_id_add(id, envelope->isa[12]);
}

static void add_to_id(void *whom, struct bytes segment)
{
    canon_id_add(whom, segment);
}

/* ---- 997 and 999 ---- */

static void fill_element(struct arena *arena, struct canon_object *errors, const struct ack_segment *segment,
                         const struct ack_element *element)
{
    struct canon_object *to = fill_append(arena, errors, "elements");

    fill_count(arena, to, "element_position", element->element);
    if (element->component > 0)
        fill_count(arena, to, "component_position", element->component);
    if (element->repeat > 0)
        fill_count(arena, to, "repeat_position", element->repeat);
    fill_word(arena, to, "element_ref", element->element_id);
    fill_word(arena, to, "element_error_code", element->code);
    fill_text(arena, to, "bad_value", element->value);
    if (element->trigger > 0) {
        struct canon_object *context = fill_append(arena, to, "contexts");

        fill_word(arena, context, "name", ACK_SITUATION);
        fill_text(arena, context, "segment_id", segment->id);
        fill_count(arena, context, "segment_position", segment->ordinal);
        fill_word(arena, context, "loop_id", segment->loop);
        fill_count(arena, context, "element_position", element->trigger);
    }
}

static void fill_set(struct arena *arena, struct canon_object *body, const struct ack_set *set)
{
    struct canon_object *message = fill_append(arena, body, "messages");

    /* Blanks at the end are no part of a value (X12.6), and could not be sent back. */
    fill_text(arena, message, "acked_message_type", bytes_trim_end(set->type));
    fill_text(arena, message, "acked_message_control_number", bytes_trim_end(set->control));
    fill_text(arena, message, "acked_message_release", bytes_trim_end(set->convention));
    fill_letter(arena, message, "message_status_code", set->verdict);
    for (unsigned i = 0; i < set->n_codes; i++)
        fill_append_word(arena, message, "message_error_codes", set->codes[i]);
    for (const struct ack_segment *segment = set->segments; segment != NULL; segment = segment->next) {
        struct canon_object *errors = fill_append(arena, message, "errors");

        fill_text(arena, errors, "segment_id", segment->id);
        fill_count(arena, errors, "segment_position", segment->ordinal);
        fill_word(arena, errors, "loop_id", segment->loop);
        fill_word(arena, errors, "segment_error_code", segment->code);
        for (const struct ack_element *element = segment->elements; element != NULL; element = element->next)
            fill_element(arena, errors, segment, element);
    }
}

void ack_write_group(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                     const struct ack_group *ack, const struct ack_envelope *envelope, struct arena *arena)
{
    const struct ack_taker hash = {.take = add_to_id, .whom = id};
    const struct bytes *gs = envelope->gs;
    struct canon_record record;

    /* An answer to an answer would never end; one with sets left out would be untrue. */
    if (ack->silent || ack->broken || !begin(&record, schema, CANON_OUT, envelope, arena))
        return;
    record.source.app_sender = fill_utf8(arena, gs[1]);
    record.source.app_receiver = fill_utf8(arena, gs[2]);
    record.source.group = fill_utf8(arena, gs[5]);
    record.source.release = fill_utf8(arena, gs[7]);

    fill_word(arena, record.body, "ack_type_code", ack->form == ACK_999 ? "999" : "997");
    fill_text(arena, record.body, "acked_interchange_control_number", envelope->isa[12]);
    fill_text(arena, record.body, "acked_group_code", bytes_trim_end(ack->id));
    fill_text(arena, record.body, "acked_group_control_number", bytes_trim_end(ack->control));
    if (ack->late)
        fill_text(arena, record.body, "acked_group_release", bytes_trim_end(ack->release));
    fill_letter(arena, record.body, "group_status_code", ack->verdict);
    for (unsigned i = 0; i < ack->n_codes; i++)
        fill_append_word(arena, record.body, "group_error_codes", ack->codes[i]);
    fill_digits(arena, record.body, "messages_included", ack->included);
    fill_count(arena, record.body, "messages_received", ack->received);
    fill_count(arena, record.body, "messages_accepted", ack->accepted);
    for (const struct ack_set *set = ack->first; set != NULL; set = set->next)
        fill_set(arena, record.body, set);

    begin_id(id, &record, envelope);
    canon_id_add(id, gs[3]);
    canon_id_add(id, gs[4]);
    canon_id_add(id, gs[5]);
    ack_segments_group(ack, &hash);
    canon_id_end(id, record.id);
    finish(out, &record);
}

/* ---- TA1 ---- */

static void fill_ta1(struct canon_record *record, struct bytes control, struct bytes date, struct bytes time,
                     struct bytes status, struct bytes note)
{
    struct arena *arena = record->arena;

    fill_word(arena, record->body, "ack_type_code", "TA1");
    fill_text(arena, record->body, "acked_interchange_control_number", control);
    fill_date(arena, record->body, "acked_interchange_date", date);
    fill_time(arena, record->body, "acked_interchange_time", time);
    fill_text(arena, record->body, "interchange_status_code", status);
    fill_text(arena, record->body, "interchange_note_code", note);
}

void ack_write_interchange(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                           const struct ack_interchange *ack, const struct ack_envelope *envelope,
                           struct arena *arena)
{
    const struct ack_taker hash = {.take = add_to_id, .whom = id};
    struct canon_record record;

    if (!begin(&record, schema, CANON_OUT, envelope, arena))
        return;
    fill_ta1(&record, ack->control, ack->date, ack->time, (struct bytes){&ack->verdict, 1},
             bytes_of(ack->code));
    begin_id(id, &record, envelope);
    ack_segments_interchange(ack, &hash);
    canon_id_end(id, record.id);
    finish(out, &record);
}

/* ---- what came in ---- */

void ack_write_received(struct canon_sink *out, const struct schema *schema, struct canon_id *id,
                        const struct bytes *elements, unsigned n, const struct ack_envelope *envelope,
                        struct arena *arena)
{
    struct canon_record record;
    struct bytes ta1[5] = {{NULL, 0}};

    if (!begin(&record, schema, CANON_IN, envelope, arena))
        return;
    for (unsigned i = 0; i < 5 && i < n; i++)
        ta1[i] = bytes_trim(elements[i]);
    record.source.type = BYTES("TA1");
    fill_date(arena, record.body, "ack_date", envelope->isa[8]);
    fill_time(arena, record.body, "ack_time", envelope->isa[9]);
    fill_ta1(&record, ta1[0], ta1[1], ta1[2], ta1[3], ta1[4]);
    /* Its own bytes alone, as with any document that came in: the same TA1 again is the same. */
    canon_id_begin(id, record.partner, record.direction, record.kind->name);
    for (unsigned i = 0; i < 5; i++)
        canon_id_add(id, ta1[i]);
    canon_id_end(id, record.id);
    finish(out, &record);
}

void ack_complete(struct canon_record *record, struct bytes set_id, const struct bytes *gs)
{
    fill_text(record->arena, record->body, "ack_type_code", set_id);
    if (gs != NULL) {
        fill_date(record->arena, record->body, "ack_date", gs[3]);
        fill_time(record->arena, record->body, "ack_time", gs[4]);
    }
}

/* ---- preview ---- */

static void print(void *whom, struct bytes segment)
{
    struct canon_sink *out = whom;

    if ((size_t)(out->end - out->at) < segment.len + 2)
        out->flush(out);
    memcpy(out->at, segment.at, segment.len);
    out->at += segment.len;
    *out->at++ = '~';
    *out->at++ = '\n';
}

void ack_print_group(struct canon_sink *out, const struct ack_group *ack)
{
    const struct ack_taker taker = {.take = print, .whom = out};

    if (!ack->silent)
        ack_segments_group(ack, &taker);
}

void ack_print_interchange(struct canon_sink *out, const struct ack_interchange *ack)
{
    const struct ack_taker taker = {.take = print, .whom = out};

    ack_segments_interchange(ack, &taker);
}
