#include "translate/tell.h"

void tell_init(struct tell *tell, struct report *report)
{
    tell->report = report;
    arena_init(&tell->arena, 16 * 1024, 64 * 1024 * 1024);
}

void tell_release(struct tell *tell)
{
    arena_release(&tell->arena);
}

struct bytes tell_key(struct arena *arena, const struct canon_record *record)
{
    if (record == NULL || record->body == NULL)
        return (struct bytes){NULL, 0};
    for (unsigned i = 0; i < record->kind->n_keys; i++) {
        const struct canon_key *key = &record->kind->keys[i];
        const struct canon_value *value;

        if (key->n_paths == 0 || key->paths[0].n != 1)
            continue;
        value = canon_get(record->body, key->paths[0].step[0]);
        if (value != NULL && value->held == CANON_HELD_TEXT)
            return bytes_of(arena_format(arena, "%s %.*s", key->name, (int)value->len, value->text));
    }
    return (struct bytes){NULL, 0};
}

void tell_faults(struct tell *tell, const struct fault *first, uint32_t dropped,
                 const struct tell_context *context)
{
    struct fault_context about = {
        .guide = context->guide, .form = context->form, .acknowledged = context->acknowledged};
    struct bytes key;

    if (first == NULL && dropped == 0)
        return;
    arena_reset(&tell->arena);
    key = tell_key(&tell->arena, context->record);
    if (context->release != NULL)
        about.standard = arena_format(&tell->arena, "X12 %s", context->release);
    for (const struct fault *fault = first; fault != NULL; fault = fault->next) {
        struct finding finding = {0};

        fault_finding(fault, &about, &tell->arena, &finding);
        finding.place.file = context->file;
        finding.place.partner = context->partner;
        finding.place.interchange = context->interchange;
        finding.place.group = context->group;
        finding.place.set = context->set;
        finding.place.set_id = context->set_id;
        finding.place.key = key;
        if (context->rejected && fault->severity == SEVERITY_ERROR && finding.consequence == NULL)
            finding.consequence = "the set is rejected";
        report_add(tell->report, &finding);
    }
    if (dropped > 0) {
        struct finding finding = {
            .complaint = FAULTS_DROPPED,
            .place = {.file = context->file,
                      .partner = context->partner,
                      .interchange = context->interchange,
                      .group = context->group,
                      .set = context->set,
                      .set_id = context->set_id,
                      .key = key},
            .detail = arena_format(&tell->arena, "%u more in this set", dropped),
        };

        report_add(tell->report, &finding);
    }
}
