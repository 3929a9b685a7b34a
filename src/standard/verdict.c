#include "standard/verdict.h"

#include "standard/types.h"

enum { VALUE_MAX = 99, ID_MIN = 2, ID_MAX = 3 }; /* lengths of elements 724 and 721 */

bool ack_group_open(struct ack_group *group, struct arena *arena, struct ack_policy policy, struct bytes id,
                    struct bytes control, struct bytes release)
{
    struct bytes own = policy.release.at != NULL ? policy.release : release;

    *group = (struct ack_group){.arena = arena, .policy = policy};
    group->form = ack_form_of(own, policy.implementation);
    group->late = own.len >= 6 && memcmp(own.at, "005010", 6) >= 0;
    group->silent = bytes_are(id, "FA");
    group->id = arena_copy(arena, id);
    group->control = arena_copy(arena, control);
    group->release = arena_copy(arena, release);
    group->broken = arena->failed;
    return !group->broken;
}

char ack_set_verdict(const struct faults *faults, enum ack_form form, struct ack_policy policy)
{
    char verdict = 'A';

    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        if (fault->severity < SEVERITY_WARN || fault_set_code(fault, form) == NULL)
            continue;
        if (fault->severity == SEVERITY_ERROR && !policy.accept_errors)
            return 'R';
        if (fault->severity == SEVERITY_ERROR || !policy.hide_warnings)
            verdict = 'E';
    }
    return verdict;
}

/* Adds a code to a list of at most ACK_CODES different ones. */
static uint8_t add_code(const char **codes, uint8_t n, const char *code)
{
    for (uint8_t i = 0; i < n; i++)
        if (strcmp(codes[i], code) == 0)
            return n;
    if (n < ACK_CODES)
        codes[n++] = code;
    return n;
}

/* A segment id that AK301 can carry, whatever was found: two or three printable characters. */
static struct bytes carry_id(struct arena *arena, struct bytes id)
{
    char made[ID_MAX];
    size_t len = id.len < ID_MAX ? id.len : ID_MAX;

    for (size_t i = 0; i < len; i++)
        made[i] = id.at[i] > ' ' && id.at[i] < 0x7f ? id.at[i] : '?';
    while (len < ID_MIN)
        made[len++] = '?';
    return arena_copy(arena, (struct bytes){made, len});
}

/* A copy of a bad value for AK404; {NULL, 0} when it cannot be carried. */
static struct bytes carry_value(struct arena *arena, struct bytes value)
{
    if (value.len > VALUE_MAX)
        value.len = VALUE_MAX;
    while (value.len > 0 && value.at[value.len - 1] == ' ')
        value.len--;
    if (value.len == 0 || types_control(value.at, value.len) < value.len ||
        types_beyond_ascii(value.at, value.len) < value.len)
        return (struct bytes){NULL, 0};
    return arena_copy(arena, value);
}

/* The loop of AK303: X12 names loops there that stand between LS and LE. */
static const char *bounded_loop(struct arena *arena, const struct standard_position *position)
{
    const char *at = position != NULL ? position->path : "";
    size_t len;

    if (strncmp(at, "LS/", 3) != 0) {
        at = strstr(at, "/LS/");
        if (at == NULL)
            return NULL;
        at++;
    }
    at += 3;
    len = strcspn(at, "/#");
    return len > 0 ? arena_copy(arena, (struct bytes){at, len}).at : NULL;
}

static bool all_digits(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

static void add_element(struct ack_group *group, struct ack_segment *segment, const struct fault *fault,
                        const char *code)
{
    struct ack_element *element = arena_zalloc(group->arena, 1, sizeof(*element)), **at = &segment->elements;

    if (element == NULL)
        return;
    element->element = fault->element;
    element->component = fault->component;
    element->repeat = group->late ? fault->repeat : 0;
    if (fault->condition != NULL && group->form == ACK_999)
        element->trigger = fault->other;
    if (fault->field != NULL && fault->field->element != NULL && all_digits(fault->field->element->id))
        element->element_id = fault->field->element->id;
    element->code = code;
    element->value = carry_value(group->arena, fault->value);
    while (*at != NULL)
        at = &(*at)->next;
    *at = element;
}

/* Element faults of one segment share an AK3; a fault of the segment itself has its own.  Segments come in
 * the order of the set; a few faults are found late (missing, then out of order) and are sorted in. */
static void add_segment(struct ack_group *group, struct ack_set *set, struct ack_segment **last,
                        const struct fault *fault)
{
    const char *code = fault_segment_code(fault, group->form);
    const char *element = fault_element_code(fault, group->form);
    struct ack_segment *segment = *last, **at;

    if (code == NULL)
        return;
    if (element == NULL || segment == NULL || segment->elements == NULL ||
        segment->ordinal != fault->ordinal) {
        segment = arena_zalloc(group->arena, 1, sizeof(*segment));
        if (segment == NULL)
            return;
        segment->id = carry_id(group->arena, fault->segment);
        segment->ordinal = fault->ordinal;
        segment->loop = bounded_loop(group->arena, fault->position);
        segment->code = code;
        at = *last != NULL && (*last)->ordinal <= fault->ordinal ? &(*last)->next : &set->segments;
        while (*at != NULL && (*at)->ordinal <= fault->ordinal)
            at = &(*at)->next;
        segment->next = *at;
        *at = segment;
        *last = segment;
    }
    if (element != NULL)
        add_element(group, segment, fault, element);
}

static void describe(struct ack_group *group, struct ack_set *set, const struct faults *faults)
{
    struct ack_segment *last = NULL;

    set->codes = arena_zalloc(group->arena, ACK_CODES, sizeof(set->codes[0]));
    if (set->codes == NULL)
        return;
    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        const char *code = fault_set_code(fault, group->form);

        if (code == NULL || fault->severity < SEVERITY_WARN ||
            (fault->severity == SEVERITY_WARN && group->policy.hide_warnings))
            continue;
        set->n_codes = add_code(set->codes, set->n_codes, code);
        add_segment(group, set, &last, fault);
    }
}

/* A copy, or the last set's when it is the same: the sets of a group are mostly of one kind. */
static struct bytes share(struct arena *arena, struct bytes before, struct bytes view)
{
    if (view.at == NULL || (before.at != NULL && bytes_equal(before, view)))
        return view.at == NULL ? view : before;
    return arena_copy(arena, view);
}

char ack_group_add(struct ack_group *group, struct bytes type, struct bytes control, struct bytes convention,
                   const struct faults *faults)
{
    char verdict = ack_set_verdict(faults, group->form, group->policy);
    const struct ack_set *before = group->last;
    struct ack_set *set;

    group->received++;
    group->accepted += verdict != 'R';
    group->noted += verdict == 'E';
    if (group->broken || group->silent || group->policy.detail == ACK_DETAIL_NONE ||
        (group->policy.detail == ACK_DETAIL_REJECTED && verdict == 'A'))
        return verdict;
    set = arena_zalloc(group->arena, 1, sizeof(*set));
    if (set == NULL) {
        group->broken = true;
        return verdict;
    }
    set->verdict = verdict;
    set->type = share(group->arena, before != NULL ? before->type : (struct bytes){NULL, 0}, type);
    set->control = arena_copy(group->arena, control);
    if (group->late)
        set->convention = share(group->arena, before != NULL ? before->convention : (struct bytes){NULL, 0},
                                convention);
    if (verdict != 'A')
        describe(group, set, faults);
    if (group->last != NULL)
        group->last->next = set;
    else
        group->first = set;
    group->last = set;
    group->broken = group->arena->failed;
    return verdict;
}

static bool is_count(struct bytes text)
{
    uint64_t number;

    return bytes_to_count(text, 999999, &number);
}

/* Found when the sets were accepted and handed on already: what is wrong with a trailer is noted (E), for
 * an R would have the sender send again what was taken.  Practice differs; many reject. */
static bool is_of_trailer(const struct fault *fault)
{
    switch (fault->complaint) {
    case IEA_MISSING:
    case IEA_CONTROL:
    case IEA_COUNT:
    case ENVELOPE_STRUCTURE:
    case GE_MISSING:
    case GE_CONTROL:
    case GE_COUNT: return true;
    default: return false;
    }
}

char ack_group_close(struct ack_group *group, struct bytes included, const struct faults *faults)
{
    bool noted = group->noted > 0;

    if (is_count(included)) {
        group->included = arena_copy(group->arena, included);
    } else {
        const char *counted = arena_format(group->arena, "%u", group->received);

        group->included = bytes_of(counted);
    }
    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        const char *code = fault_group_code(fault, group->form);

        if (code == NULL || fault->severity < SEVERITY_WARN ||
            (fault->severity == SEVERITY_WARN && group->policy.hide_warnings))
            continue;
        group->n_codes = add_code(group->codes, group->n_codes, code);
        noted = true;
        if (fault->severity == SEVERITY_ERROR && !is_of_trailer(fault))
            group->refused = true;
    }
    if (group->refused)
        group->accepted = 0;
    if (group->refused || (group->received > 0 && group->accepted == 0))
        group->verdict = 'R';
    else if (group->accepted < group->received)
        group->verdict = 'P';
    else
        group->verdict = noted ? 'E' : 'A';
    group->broken = group->arena->failed;
    return group->verdict;
}

void ack_interchange(struct ack_interchange *ack, struct bytes control, struct bytes date, struct bytes time,
                     const struct faults *faults)
{
    enum severity worst = SEVERITY_INFO;

    *ack = (struct ack_interchange){
        .control = control, .date = date, .time = time, .verdict = 'A', .code = "000"};
    for (const struct fault *fault = faults->first; fault != NULL; fault = fault->next) {
        const char *code = fault_interchange_code(fault);

        if (code == NULL || fault->severity <= worst)
            continue;
        worst = (enum severity)fault->severity;
        ack->code = code;
        ack->verdict = worst == SEVERITY_ERROR && !is_of_trailer(fault) ? 'R' : 'E';
    }
}

bool ack_interchange_due(const struct ack_interchange *ack, enum ack_ta1_policy policy, struct bytes isa14)
{
    switch (policy) {
    case ACK_TA1_ALWAYS: return true;
    case ACK_TA1_ON_ERROR: return ack->verdict != 'A';
    case ACK_TA1_AS_ASKED: return bytes_are(isa14, "1");
    default: return false;
    }
}
