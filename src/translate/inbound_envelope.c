#include "base/date.h"
#include "translate/ack.h"
#include "translate/inbound_nest.h"

static void copy_elements(struct arena *arena, const struct x12_segment *segment, struct bytes *into,
                          unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        into[i] = arena_copy(arena, inbound_element(segment, i + 1));
}

static struct bytes joined(struct arena *arena, struct bytes qualifier, struct bytes id)
{
    char *text;

    qualifier = bytes_trim(qualifier);
    id = bytes_trim(id);
    text = arena_format(arena, "%.*s:%.*s", BYTES_ARG(qualifier), BYTES_ARG(id));
    return bytes_of(text);
}

/* ---- groups ---- */

/* What the partner's file says of the documents of this group: of the set type whose group GS01 names. */
static const struct partner_document *document_of_group(struct inbound *in, const struct group *group)
{
    bool exact;
    const char *release = dictionary_release(in->dictionary, group->gs[7], &exact);

    for (uint32_t i = 0; release != NULL && i < group->partner->n_documents; i++) {
        const struct partner_document *document = &group->partner->documents[i];
        const struct standard_set *set = dictionary_set(in->dictionary, release, bytes_of(document->set));

        if (set != NULL && bytes_are(group->gs[0], set->group))
            return document;
    }
    return &group->partner->defaults;
}

static bool has_fault(const struct faults *faults, enum complaint complaint)
{
    const struct fault *fault = faults->first;

    while (fault != NULL && fault->complaint != complaint)
        fault = fault->next;
    return fault != NULL;
}

void inbound_open_group(struct inbound *in)
{
    struct group *group = &in->group;
    const struct partner_document *document;
    const struct partner *by_group, *nearest;
    struct ack_policy policy;

    group->partner = in->interchange.partner;
    if (in->given == NULL) {
        enum partner_match match =
            partners_match(in->partners, in->interchange.isa[4], in->interchange.isa[5],
                           inbound_element(&in->segment, 2), &by_group, &nearest);

        if (match == PARTNER_MATCHED)
            group->partner = by_group;
        in->fatal = in->fatal || match == PARTNER_UNUSABLE;
    }
    copy_elements(&in->envelope, &in->segment, group->gs, 8);
    document = document_of_group(in, group);
    policy = (struct ack_policy){.detail = document->detail,
                                 .implementation = document->ack == PARTNER_ACK_999,
                                 .release = bytes_of(group->partner->ack_release)};
    group->answered = document->ack != PARTNER_ACK_NONE;
    group->level = (struct level){
        .open = true, .odd = in->segment.view.odd, .offset = in->segment.view.offset};
    group->sets = 0;
    group->source_of = NULL;
    envelope_seen_begin(&group->seen, &in->envelope);
    in->counts.groups++;
    in->interchange.groups++;
    in->segment.view.ordinal = 0;
    faults_init(&group->level.faults, &in->envelope, &group->partner->defaults.rules);
    faults_begin(&group->level.faults, NULL, NULL);
    group->release = envelope_check_gs(&in->segment.view, in->dictionary, &group->level.faults);
    if (group->release == NULL)
        group->release = "004010";
    /* A code that nobody knows was told: then it is not also every set's that is in the wrong group. */
    group->kind = has_fault(&group->level.faults, GROUP_UNKNOWN) ? (struct bytes){NULL, 0} : group->gs[0];
    if (!envelope_seen_add(&in->interchange.seen, group->gs[5]))
        (void)fault_add_element(&group->level.faults, GS_DUPLICATE, &in->segment.view, 6);
    group->refusal = faults_worst(&group->level.faults) == SEVERITY_ERROR ? "its GS is wrong, as told" : NULL;
    inbound_tell_level(in, &group->level, true);
    (void)ack_group_open(&group->ack, &in->envelope, policy, group->gs[0], group->gs[5], group->gs[7]);
}

void inbound_close_group(struct inbound *in, bool trailer)
{
    struct group *group = &in->group;
    struct faults *faults = &group->level.faults;

    bool broke_off = in->set.level.open;

    inbound_close_set(in, false);
    if (!group->level.open)
        return;
    group->level.open = false;
    in->segment.view.ordinal = 0;
    in->counts.broken |= !trailer;
    if (trailer) {
        envelope_check_ge(&in->segment.view, group->gs[5], group->sets, faults);
    } else {
        inbound_add_missing(in, faults, GE_MISSING);
        if (broke_off)
            group->level.told = faults->last;
    }
    (void)ack_group_close(&group->ack, trailer ? inbound_element(&in->segment, 1) : (struct bytes){NULL, 0},
                          faults);
    inbound_tell_level(in, &group->level, true);
    if (!group->ack.silent && group->answered && in->interchange.refusal == NULL) {
        struct ack_envelope envelope = {.file = in->base,
                                        .partner = group->partner,
                                        .sender = in->interchange.sender,
                                        .receiver = in->interchange.receiver,
                                        .gs = group->gs,
                                        .isa = in->interchange.isa,
                                        .test = in->interchange.test};

        if (in->settings->check)
            ack_print_group(in->out, &group->ack);
        else if (in->settings->acks)
            ack_write_group(in->out, in->schema, &in->id, &group->ack, &envelope, &in->document);
    }
    x12_forget(in->reader);
}

/* ---- interchanges ---- */

/* ISA09/10 as a datetime: no century and no zone were sent (the century is windowed). */
static struct bytes created_at(struct arena *arena, struct bytes date, struct bytes time)
{
    struct bytes day, hour;
    char *text;

    if (!date_from_x12(date, arena, &day) || !time_from_x12(time, arena, &hour))
        return (struct bytes){NULL, 0};
    text = arena_format(arena, "%.*sT%.*s", BYTES_ARG(day), BYTES_ARG(hour));
    return bytes_of(text);
}

/* By a setting: it is not answered either. */
static struct fault *refuse_interchange(struct inbound *in, const char *why, unsigned element)
{
    struct interchange *interchange = &in->interchange;
    struct fault *fault = fault_add_element(&interchange->level.faults, PARTNER_REFUSED, &in->segment.view,
                                            element);

    interchange->refusal = why;
    interchange->silent = true;
    if (fault != NULL)
        fault->detail = why;
    return fault;
}

static void find_partner(struct inbound *in)
{
    struct interchange *interchange = &in->interchange;
    const struct partner *nearest = NULL;
    struct fault *fault;
    enum partner_match match;

    if (in->given != NULL) {
        interchange->partner = in->given;
        return;
    }
    match = partners_match(in->partners, interchange->isa[4], interchange->isa[5], (struct bytes){NULL, 0},
                           &interchange->partner, &nearest);
    if (match == PARTNER_UNUSABLE) {
        in->fatal = true;
        return;
    }
    if (match == PARTNER_NOBODY && in->settings->known_partners_only) {
        fault = refuse_interchange(in, "the sender is no known partner (--known-partners-only)", 6);
    } else {
        if (match == PARTNER_MATCHED || bytes_equal(in->told_sender, interchange->sender))
            return;
        in->told_sender = arena_copy(&in->life, interchange->sender);
        fault = fault_add_element(&interchange->level.faults,
                                  match == PARTNER_NOBODY ? PARTNER_SENDER_UNKNOWN : PARTNER_QUALIFIER,
                                  &in->segment.view, match == PARTNER_NOBODY ? 6 : 5);
    }
    if (fault != NULL) {
        fault->value = interchange->sender;
        if (nearest != NULL && nearest->n_identities > 0)
            fault->hint = arena_format(&in->envelope, "the nearest is partner %s, %s:%.*s (%s)",
                                       nearest->name,
                                       nearest->identities[0].qualifier.at != NULL
                                           ? arena_copy(&in->envelope, nearest->identities[0].qualifier).at
                                           : "any",
                                       BYTES_ARG(nearest->identities[0].id), nearest->file);
    }
}

/* What an ISA13 is unique among: sender, receiver and usage; as one text. */
static struct bytes interchange_name(struct inbound *in)
{
    const struct interchange *interchange = &in->interchange;

    return bytes_of(arena_format(&in->life, "%.*s %.*s %.*s %.*s", BYTES_ARG(interchange->sender),
                                 BYTES_ARG(interchange->receiver), BYTES_ARG(interchange->isa[14]),
                                 BYTES_ARG(interchange->isa[12])));
}

/* Is it for us?  Only where the partner's file says who we are. */
static void check_receiver(struct inbound *in)
{
    const struct interchange *interchange = &in->interchange;
    const struct partner *partner = interchange->partner;
    struct bytes qualifier = bytes_trim(interchange->isa[6]), id = bytes_trim(interchange->isa[7]);

    for (uint32_t i = 0; i < partner->n_us; i++)
        if (bytes_equal(partner->us[i].id, id) &&
            (partner->us[i].qualifier.at == NULL || bytes_equal(partner->us[i].qualifier, qualifier)))
            return;
    if (partner->n_us > 0)
        (void)fault_add_element(&in->interchange.level.faults, ISA_RECEIVER, &in->segment.view, 8);
}

void inbound_open_interchange(struct inbound *in)
{
    struct interchange *interchange = &in->interchange;

    arena_reset(&in->envelope);
    *interchange = (struct interchange){
        .level = {.open = true, .odd = in->segment.view.odd, .offset = in->segment.view.offset}};
    copy_elements(&in->envelope, &in->segment, interchange->isa, 16);
    interchange->sender = joined(&in->envelope, interchange->isa[4], interchange->isa[5]);
    interchange->receiver = joined(&in->envelope, interchange->isa[6], interchange->isa[7]);
    interchange->created = created_at(&in->envelope, interchange->isa[8], interchange->isa[9]);
    interchange->test = bytes_are(interchange->isa[14], "T");
    envelope_seen_begin(&interchange->seen, &in->envelope);
    in->counts.interchanges++;
    in->segment.view.ordinal = 0;
    faults_init(&interchange->level.faults, &in->envelope, &in->rules);
    faults_begin(&interchange->level.faults, NULL, NULL);
    interchange->partner = partners_generic(in->partners);
    find_partner(in);
    interchange->level.faults.rules = &interchange->partner->defaults.rules;
    if (!in->width_told)
        envelope_check_isa(&in->segment.view, x12_delimiters(in->reader)->element,
                           x12_delimiters(in->reader)->terminator, &interchange->level.faults);
    in->width_told = false;
    if (!envelope_seen_add(&in->seen, interchange_name(in)))
        (void)fault_add_element(&interchange->level.faults, ISA_DUPLICATE, &in->segment.view, 13);
    check_receiver(in);
    if (interchange->refusal == NULL && faults_worst(&interchange->level.faults) == SEVERITY_ERROR)
        interchange->refusal = "its ISA is wrong, as told";
    if (interchange->refusal == NULL && interchange->test && interchange->partner->test_data == TEST_REFUSE)
        (void)refuse_interchange(
            in, "test data (ISA15 is T), and the partner's file says test_data: refuse", 15);
    inbound_tell_level(in, &interchange->level, false);
}

void inbound_close_interchange(struct inbound *in, bool trailer)
{
    struct interchange *interchange = &in->interchange;
    struct faults *faults = &interchange->level.faults;
    struct ack_interchange ack;

    bool broke_off = in->group.level.open || in->set.level.open;

    inbound_close_group(in, false);
    if (!interchange->level.open)
        return;
    interchange->level.open = false;
    in->segment.view.ordinal = 0;
    in->counts.broken |= !trailer && !interchange->assumed;
    if (trailer) {
        envelope_check_iea(&in->segment.view, interchange->isa[12], interchange->groups, faults);
    } else if (!interchange->assumed) {
        inbound_add_missing(in, faults, IEA_MISSING);
        if (broke_off)
            interchange->level.told = faults->last;
    }
    inbound_tell_level(in, &interchange->level, false);
    ack_interchange(&ack, interchange->isa[12], interchange->isa[8], interchange->isa[9], faults);
    /* One that brought a TA1 and nothing else is not answered by another. */
    if (ack_interchange_due(&ack, interchange->partner->ta1, interchange->isa[13]) && !interchange->silent &&
        !interchange->assumed && (interchange->groups > 0 || !interchange->answer)) {
        struct ack_envelope envelope = {.file = in->base,
                                        .partner = interchange->partner,
                                        .sender = interchange->sender,
                                        .receiver = interchange->receiver,
                                        .gs = in->group.gs,
                                        .isa = interchange->isa,
                                        .test = interchange->test};

        if (in->settings->check)
            ack_print_interchange(in->out, &ack);
        else if (in->settings->acks)
            ack_write_interchange(in->out, in->schema, &in->id, &ack, &envelope, &in->document);
    }
    x12_forget(in->reader);
}

/* ---- what stands outside ---- */

/* A fragment has no ISA: what is missing of the nest is opened without a header. */
void inbound_assume_interchange(struct inbound *in)
{
    struct interchange *interchange = &in->interchange;

    if (interchange->level.open)
        return;
    arena_reset(&in->envelope);
    *interchange = (struct interchange){.level = {.open = true, .offset = in->segment.view.offset},
                                        .assumed = true};
    interchange->partner = in->given != NULL ? in->given : partners_generic(in->partners);
    envelope_seen_begin(&interchange->seen, &in->envelope);
    faults_init(&interchange->level.faults, &in->envelope, &interchange->partner->defaults.rules);
    faults_begin(&interchange->level.faults, NULL, NULL);
}

/* The release of a set without a GS is what its ST03 says, if anything. */
void inbound_assume_group(struct inbound *in)
{
    struct group *group = &in->group;
    bool exact;

    inbound_assume_interchange(in);
    if (group->level.open)
        return;
    *group = (struct group){.partner = in->interchange.partner};
    if (!in->interchange.assumed)
        group->refusal = "the set stands outside every functional group (GS)";
    group->release = dictionary_release(in->dictionary, inbound_element(&in->segment, 3), &exact);
    if (group->release == NULL)
        group->release = "004010";
    envelope_seen_begin(&group->seen, &in->envelope);
    faults_init(&group->level.faults, &in->envelope, &group->partner->defaults.rules);
    faults_begin(&group->level.faults, NULL, NULL);
}

/* A segment of a fragment that has not even an ST: its elements are checked, its place cannot be. */
static void check_lone_segment(struct inbound *in)
{
    const struct standard_segment *standard;
    struct faults *faults = &in->interchange.level.faults;

    inbound_assume_group(in);
    in->segment.view.ordinal = 0;
    standard = dictionary_segment(in->dictionary, in->group.release, in->segment.view.id);
    if (standard == NULL)
        (void)fault_add(faults, SEGMENT_UNKNOWN, &in->segment.view);
    else
        (void)check_loose(standard, &in->segment.view, faults);
    inbound_tell_level(in, &in->interchange.level, false);
}

void inbound_tell_structure(struct inbound *in, const char *hint)
{
    struct level *level = in->group.level.open ? &in->group.level : &in->interchange.level;
    struct fault *fault;

    in->segment.view.ordinal = 0;
    if (fault_again(&level->faults, ENVELOPE_STRUCTURE, NULL))
        return;
    fault = fault_add(&level->faults, ENVELOPE_STRUCTURE, &in->segment.view);
    if (fault != NULL)
        fault->hint = hint;
    inbound_tell_level(in, level, in->group.level.open);
}

/* A TA1 that came in: by the release the envelope follows. */
static void check_ta1(struct inbound *in)
{
    bool exact;
    const char *release = dictionary_release(in->dictionary, in->interchange.isa[11], &exact);
    const struct standard_segment *standard;

    in->interchange.answer = true;
    standard = dictionary_segment(in->dictionary, release != NULL ? release : "004010", in->segment.view.id);
    in->segment.view.ordinal = 0;
    if (standard != NULL && !check_loose(standard, &in->segment.view, &in->interchange.level.faults))
        inbound_tell_level(in, &in->interchange.level, false);
}

/* A segment that belongs to no set: TA1, or something lost. */
void inbound_loose_segment(struct inbound *in)
{
    if (in->segment.view.key == bytes_key("TA1", 3) && in->interchange.level.open && !in->group.level.open) {
        check_ta1(in);
        if (in->settings->acks && !in->settings->check) {
            struct ack_envelope envelope = {.file = in->base,
                                            .partner = in->interchange.partner,
                                            .sender = in->interchange.sender,
                                            .receiver = in->interchange.receiver,
                                            .gs = NULL,
                                            .isa = in->interchange.isa,
                                            .test = in->interchange.test};

            ack_write_received(in->out, in->schema, &in->id, in->segment.view.element,
                               in->segment.view.n_elements, &envelope, &in->document);
        }
        x12_forget(in->reader);
        return;
    }
    if (in->fragment && !in->set.level.open) {
        check_lone_segment(in);
        return;
    }
    if (in->interchange.level.open)
        inbound_tell_structure(in, "it stands outside every transaction set");
}
