#include <stdio.h>

#include "translate/laws_trial.h"

bool laws_no_memory(struct laws *laws)
{
    report_say(laws->report, TECHNICAL_MEMORY, laws->place.file, "for a document");
    return false;
}

void laws_tell(struct laws *laws, struct finding *finding)
{
    if (finding->severity == SEVERITY_OFF)
        finding->severity = complaint_info(finding->complaint)->severity;
    if (finding->severity == SEVERITY_ERROR)
        laws->differences++;
    report_add(laws->report, finding);
}

/* "DTM*002*20261124" */
static struct bytes segment_text(struct laws *laws, const struct law_segment *segment)
{
    size_t len = segment->id.len, at = 0;
    char *text;

    for (uint32_t i = 0; i < segment->n; i++)
        len += 1 + segment->texts[i].len;
    text = arena_text(&laws->arena, len + 1);
    if (text == NULL)
        return segment->id;
    memcpy(text, segment->id.at, segment->id.len);
    at = segment->id.len;
    for (uint32_t i = 0; i < segment->n; i++) {
        text[at++] = '*';
        if (segment->texts[i].len > 0)
            memcpy(text + at, segment->texts[i].at, segment->texts[i].len);
        at += segment->texts[i].len;
    }
    return (struct bytes){text, len};
}

static void place_element(struct place *place, const struct law_segment *segment, uint32_t element)
{
    const struct standard_segment *standard = segment->position != NULL ? segment->position->segment : NULL;
    const struct standard_field *field = standard != NULL && element > 0 && element <= standard->n_fields
                                             ? &standard->fields[element - 1]
                                             : NULL;

    place->ordinal = segment->ordinal;
    place->segment = segment->id;
    place->element = (uint8_t)element;
    if (segment->position != NULL)
        place->loop = bytes_of(segment->position->path);
    if (field != NULL) {
        place->element_name = field->element != NULL ? field->element->name : field->composite->name;
        place->element_id = field->element != NULL ? field->element->id : field->composite->id;
    }
}

void laws_segment_differs(void *whom, enum law_difference difference, const struct law_segment *segment,
                          uint32_t element, struct bytes was, struct bytes became)
{
    static const enum complaint complaints[] = {[LAW_DIFFERS] = LAW_ELEMENT,
                                                [LAW_LOST] = LAW_SEGMENT_LOST,
                                                [LAW_NEW] = LAW_SEGMENT_NEW,
                                                [LAW_MOVED] = LAW_SEGMENT_MOVED,
                                                [LAW_FORM] = LAW_DECLARED};
    struct laws *laws = whom;
    const struct map_lossy *lossy = map_lossy_of(laws->map->lossy, laws->map->n_lossy, segment->id);
    const char *why = difference == LAW_FORM ? "numbers come back in the form of the standard"
                      : lossy != NULL        ? lossy->why
                                             : NULL;
    struct finding finding = {.complaint = complaints[difference], .place = laws->place};

    place_element(&finding.place, segment, element);
    if (difference == LAW_DIFFERS || difference == LAW_FORM) {
        finding.value = was.at != NULL ? was : BYTES("");
        finding.detail = became.len > 0 ? arena_format(&laws->arena, "it became \"%.*s\"",
                                                       became.len < 100 ? (int)became.len : 100, became.at)
                                        : "it became empty";
    } else {
        finding.value = segment_text(laws, segment);
        if (difference == LAW_NEW)
            finding.place.ordinal = 0; /* of the new set: that helps nobody */
        if (difference == LAW_MOVED)
            finding.detail = arena_format(&laws->arena, "it comes back as segment %u",
                                          segment->twin->ordinal);
    }
    if (why != NULL) {
        laws->declared++;
        finding.complaint = LAW_DECLARED;
        finding.origin = difference != LAW_FORM ? laws->map->name : NULL;
        finding.detail = finding.detail != NULL ? arena_format(&laws->arena, "%s; %s", finding.detail, why)
                                                : why;
    }
    laws_tell(laws, &finding);
}

void laws_field_differs(void *whom, const char *path, struct bytes was, struct bytes became)
{
    struct laws *laws = whom;
    struct finding finding = {.complaint = LAW_RECORD, .place = laws->place, .value = was};

    if (was.at == NULL)
        finding.detail = arena_format(&laws->arena, "%s was not there, and became \"%.*s\"", path,
                                      became.len < 100 ? (int)became.len : 100, became.at);
    else if (became.at == NULL)
        finding.detail = arena_format(&laws->arena, "%s is not there any more", path);
    else
        finding.detail = arena_format(&laws->arena, "%s became \"%.*s\"", path,
                                      became.len < 100 ? (int)became.len : 100, became.at);
    laws_tell(laws, &finding);
}

void laws_put_complained(void *whom, const struct x12_put_fault *fault)
{
    struct laws *laws = whom;
    struct finding finding = {.complaint = fault->complaint,
                              .severity = SEVERITY_ERROR,
                              .place = laws->place,
                              .value = fault->value,
                              .expected = fault->expected};
    char detail[512], origin[512];

    finding.place.segment = fault->segment;
    finding.place.element = fault->element;
    finding.place.component = fault->component;
    snprintf(detail, sizeof(detail), "%s%s%s", fault->path,
             fault->path[0] != '\0' && fault->what != NULL ? ": " : "",
             fault->what != NULL ? fault->what : "");
    finding.detail = detail;
    if (fault->mark != NULL && fault->mark->file != NULL) {
        snprintf(origin, sizeof(origin), "%s:%u:%u", fault->mark->file, fault->mark->line,
                 fault->mark->column);
        finding.origin = origin;
    }
    laws_tell(laws, &finding);
}

void laws_unwritten(void *whom, const char *path, struct bytes value)
{
    struct laws *laws = whom;
    struct finding finding = {.complaint = WRITE_UNWRITTEN,
                              .severity = SEVERITY_ERROR,
                              .place = laws->place,
                              .value = value,
                              .detail = path};

    if (path != NULL)
        laws_tell(laws, &finding);
}
