#include "translate/inbound.h"

#include <stdlib.h>

#include "base/date.h"
#include "base/hash.h"
#include "canon/id.h"
#include "partner/partner.h"
#include "standard/envelope.h"
#include "translate/ack.h"
#include "translate/batch.h"
#include "translate/reject.h"
#include "translate/tell.h"
#include "translate/work.h"
#include "wire/x12.h"

/*
 * The file is a nest: interchanges hold groups, groups hold sets, sets hold segments.  Each level opens at its
 * header and closes at its trailer, or, when the trailer is missing, at whatever shows that it is over: the
 * close_ functions take the trailer or NULL and close what is inside first.
 */

enum { CLOSED = 0, OPEN };

struct level {
    bool open;
    struct faults faults;
    struct fault *told; /* the latest fault that was told */
    uint64_t offset;    /* of the header segment */
};

struct interchange {
    struct level level;
    struct bytes isa[16];          /* copied: ISA01..ISA16 */
    struct bytes sender, receiver; /* "ZZ:ACME", trimmed */
    struct bytes created;
    const struct partner *partner;
    uint32_t groups;           /* found */
    struct envelope_seen seen; /* GS06 */
    const char *refusal;       /* why nothing of it is translated; NULL: it is */
    bool test;
};

struct group {
    struct level level;
    struct bytes gs[8];            /* copied: GS01..GS08 */
    const struct partner *partner; /* of the interchange, or the one GS02 names among those of one identity */
    const char *release;           /* of the tables */
    uint32_t sets;                 /* found */
    struct ack_group ack;
    const char *refusal;       /* why none of its sets is translated; NULL: they are */
    struct envelope_seen seen; /* ST02 */
};

struct set {
    struct level level;
    uint64_t end;                         /* offset behind SE */
    uint32_t ordinal;                     /* of the latest segment */
    struct bytes id, control, convention; /* ST01..ST03: views in the window */
    struct work *work;
    struct canon_record record;
    bool mapped;            /* a record is being filled */
    bool skipped;           /* over a limit: the rest is passed over up to its end */
    struct faults refusals; /* why we cannot take what the standard could: no acknowledgment says it */
};

struct inbound {
    const struct inbound_settings *settings;
    struct search *search;
    struct report *report;
    struct canon_sink *out;
    struct dictionary *dictionary;
    struct schema *schema;
    struct partners *partners;
    const struct partner *given; /* -p */
    struct rules rules;          /* for the envelope before a partner is known */
    struct workshop shop;
    struct arena life;     /* the run */
    struct arena envelope; /* an interchange: its header, its groups, their acknowledgments */
    struct arena document; /* a set: its record and its faults */
    struct x12_read read;
    struct canon_id id;
    struct tell tell;
    struct x12_reader *reader;
    struct x12_segment segment;
    const char *file; /* for messages */
    const char *base; /* for records: without folders, so that they are the same everywhere */
    bool fragment;    /* no envelope: --check of a piece */
    bool ended;       /* the file is: what is missing now never comes */
    bool fatal;       /* the run must stop */
    struct interchange interchange;
    struct group group;
    struct set set;
    struct inbound_counts counts, total;
    struct envelope_seen seen; /* ISA13 of this file, by sender and receiver */
    struct bytes told_sender;  /* the unknown one that was told last */
    bool width_told;           /* the ISA at hand has not its fixed lengths: told */
};

const struct inbound_counts *inbound_file_counts(const struct inbound *in)
{
    return &in->counts;
}

const struct inbound_counts *inbound_counts(const struct inbound *in)
{
    return &in->total;
}

/* ---- opening ---- */

static void *fail(struct inbound *in)
{
    inbound_close(in);
    return NULL;
}

/* The place a map's complaint about a value becomes a fault of the set. */
static void map_complained(void *whom, const struct map_complaint *complaint)
{
    struct inbound *in = whom;
    const struct faults *faults = &in->set.level.faults;
    struct fault *fault;

    /* What the standard's checks said of this element already is the same root cause. */
    for (fault = faults->first; fault != NULL; fault = fault->next)
        if (fault->ordinal == in->segment.view.ordinal && fault->element == complaint->element &&
            fault->severity == SEVERITY_ERROR)
            return;
    fault = fault_add(&in->set.refusals, complaint->complaint, &in->segment.view);
    if (fault == NULL)
        return;
    fault->element = complaint->element;
    fault->component = complaint->component;
    fault->value = complaint->value;
    fault->expected = complaint->expected;
}

struct inbound *inbound_open(const struct inbound_settings *settings, struct search *search,
                             struct report *report, struct canon_sink *out)
{
    struct inbound *in = calloc(1, sizeof(*in));
    const char *path, *why = NULL;
    char *schema_why = NULL;

    if (in == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    in->settings = settings;
    in->search = search;
    in->report = report;
    in->out = out;
    arena_init(&in->life, 64 * 1024, (size_t)1 << 30);
    arena_init(&in->envelope, 64 * 1024, (size_t)1 << 30);
    arena_init(&in->document, 256 * 1024, (size_t)4 << 30);
    rules_init(&in->rules);
    path = search_find(search, "maps/x12.image");
    if (path == NULL || (in->dictionary = dictionary_open(path, &why)) == NULL) {
        report_say(report, TECHNICAL_DICTIONARY, path,
                   path == NULL ? "maps/x12.image is in none of the folders searched" : "%s", why);
        return fail(in);
    }
    path = search_find_folder(search, "maps/canon");
    if (path == NULL || (in->schema = schema_open(path, &schema_why)) == NULL) {
        report_say(report, TECHNICAL_SCHEMA, path, "%s",
                   schema_why != NULL ? schema_why : "maps/canon is in none of the folders searched");
        free(schema_why);
        return fail(in);
    }
    in->partners = partners_open(search, report);
    if (in->partners == NULL || !canon_id_init(&in->id)) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return fail(in);
    }
    if (settings->partner != NULL) {
        in->given = partners_named(in->partners, bytes_of(settings->partner));
        if (in->given == NULL)
            return fail(in);
    }
    in->shop = (struct workshop){.search = search,
                                 .dictionary = in->dictionary,
                                 .schema = in->schema,
                                 .report = report,
                                 .map = settings->map,
                                 .arena = &in->life};
    in->read.complain = map_complained;
    in->read.whom = in;
    tell_init(&in->tell, report);
    return in;
}

void inbound_close(struct inbound *in)
{
    if (in == NULL)
        return;
    workshop_release(&in->shop);
    tell_release(&in->tell);
    canon_id_release(&in->id);
    partners_close(in->partners);
    schema_close(in->schema);
    dictionary_close(in->dictionary);
    arena_release(&in->document);
    arena_release(&in->envelope);
    arena_release(&in->life);
    free(in);
}

/* ---- shared by the levels ---- */

static void out_of_memory(struct inbound *in, const char *what)
{
    report_say(in->report, TECHNICAL_MEMORY, in->file, "%s", what);
    in->fatal = true;
}

static struct bytes element(const struct x12_segment *segment, unsigned n)
{
    return n <= segment->view.n_elements && n <= X12_MAX_ELEMENTS ? segment->view.element[n - 1]
                                                                  : (struct bytes){NULL, 0};
}

static void copy_elements(struct arena *arena, const struct x12_segment *segment, struct bytes *into,
                          unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        into[i] = arena_copy(arena, element(segment, i + 1));
}

static struct bytes joined(struct arena *arena, struct bytes qualifier, struct bytes id)
{
    char *text;

    qualifier = bytes_trim(qualifier);
    id = bytes_trim(id);
    text = arena_format(arena, "%.*s:%.*s", BYTES_ARG(qualifier), BYTES_ARG(id));
    return bytes_of(text);
}

/* Tells what was found in an envelope since the last time.  Views are copied: the window moves on, and the
 * acknowledgment still needs the faults. */
static void tell_level(struct inbound *in, struct level *level, bool with_group)
{
    struct tell_context context = {
        .file = in->file,
        .partner = in->interchange.partner != NULL ? in->interchange.partner->name : NULL,
        .interchange = in->interchange.isa[12],
        .group = with_group ? in->group.gs[5] : (struct bytes){NULL, 0},
        .release = with_group ? in->group.release : NULL,
        .form = in->group.ack.form,
    };
    struct fault *fault = level->told != NULL ? level->told->next : level->faults.first;

    tell_faults(&in->tell, fault, 0, &context);
    for (; fault != NULL; fault = fault->next) {
        fault->segment = arena_copy(&in->envelope, fault->segment);
        fault->value = arena_copy(&in->envelope, fault->value);
        level->told = fault;
    }
}

/* A trailer that never came.  Where a set or a group broke off, the levels around it mostly did so, too: the
 * acknowledgment says each, the report the innermost. */
static void add_missing(struct inbound *in, struct faults *faults, enum complaint complaint)
{
    struct fault *fault = fault_add(faults, complaint, &in->segment.view);

    if (fault != NULL && in->ended)
        fault->detail = "the file ends here";
}

/* ---- sets ---- */

static struct canon_source source_of(const struct inbound *in)
{
    const struct interchange *interchange = &in->interchange;

    return (struct canon_source){
        .format = BYTES("x12"),
        .file = bytes_of(in->base),
        .offset = in->set.level.offset,
        .length = in->set.end - in->set.level.offset,
        .has_offset = true,
        .sender = interchange->sender,
        .receiver = interchange->receiver,
        .app_sender = in->group.gs[1],
        .app_receiver = in->group.gs[2],
        .interchange = interchange->isa[12],
        .group = in->group.gs[5],
        .set = in->set.control,
        .type = in->set.id,
        .release = in->group.gs[7],
        .map = in->set.work->binding != NULL ? bytes_of(x12_binding_map(in->set.work->binding)->stamp)
                                             : (struct bytes){NULL, 0},
        .created = interchange->created,
        .test = interchange->test,
    };
}

static bool add_to_id(void *whom, struct bytes piece)
{
    canon_id_more(whom, piece);
    return true;
}

static void write_document(struct inbound *in)
{
    struct canon_record *record = &in->set.record;

    record->partner = bytes_of(in->group.partner->name);
    record->direction = CANON_IN;
    record->source = source_of(in);
    canon_id_begin(&in->id, record->partner, CANON_IN, record->kind->name);
    (void)x12_pieces(in->reader, in->set.level.offset, in->set.end, add_to_id, &in->id);
    canon_id_end(&in->id, record->id);
    canon_write(in->out, record);
}

static void write_reject(struct inbound *in)
{
    struct canon_source source = source_of(in);
    struct reject reject = {
        .source = &source,
        .partner = bytes_of(in->group.partner->name),
        .faults = &in->set.level.faults,
        .release = in->group.release,
        .guide = in->set.work->guide,
        .form = in->group.ack.form,
        .complete = !in->set.skipped,
    };

    reject_write(in->out, in->schema, &in->id, in->reader, &reject, &in->document);
}

/* Why the set's group or interchange lets none through; NULL when it does. */
static const char *refusal_of(const struct inbound *in)
{
    return in->interchange.refusal != NULL ? in->interchange.refusal : in->group.refusal;
}

/* Our own reasons to refuse a set: said like any other finding, and kept for the reject record. */
static void refuse_set(struct inbound *in, enum complaint complaint, const char *why)
{
    struct fault *fault = fault_add(&in->set.refusals, complaint, &in->segment.view);

    if (fault != NULL)
        fault->detail = why;
}

static void open_set(struct inbound *in)
{
    struct set *set = &in->set;
    const struct x12_segment *segment = &in->segment;

    arena_reset(&in->document);
    *set = (struct set){.level = {.open = true, .offset = segment->view.offset}, .ordinal = 1};
    set->id = element(segment, 1);
    set->control = element(segment, 2);
    set->convention = element(segment, 3);
    in->segment.view.ordinal = 1;
    in->counts.read++;
    in->group.sets++;
    set->work = workshop_work(&in->shop, in->group.partner, in->group.release, bytes_trim(set->id));
    if (set->work == NULL) {
        in->fatal = true;
        set->level.open = false;
        return;
    }
    faults_init(&set->level.faults, &in->document, &set->work->document->rules);
    faults_begin(&set->level.faults, set->work->set != NULL ? &set->work->walk : NULL, set->work->guide);
    faults_init(&set->refusals, &in->document, &set->work->document->rules);
    faults_begin(&set->refusals, NULL, NULL);
    envelope_check_st(&segment->view, set->work->set, in->group.gs[0], in->group.gs[7], &set->level.faults);
    if (!in->fragment && !envelope_seen_add(&in->group.seen, set->control))
        (void)fault_add_element(&set->level.faults, ST_DUPLICATE, &segment->view, 2);
    if (set->work->set == NULL)
        return;
    walk_begin(&set->work->walk);
    balance_begin(&set->work->balance);
    if (set->work->binding != NULL && refusal_of(in) == NULL && !in->settings->check &&
        canon_record_init(&set->record, set->work->kind, &in->document)) {
        enum unmapped unmapped = in->settings->unmapped >= 0 ? (enum unmapped)in->settings->unmapped
                                                             : set->work->document->unmapped;

        set->mapped = true;
        in->read.charset = in->group.partner->charset;
        in->read.bad_bytes = in->group.partner->bad_bytes;
        in->read.keep_unread = unmapped == UNMAPPED_KEEP;
        x12_read_begin(&in->read, set->work->binding, &set->record, x12_delimiters(in->reader));
    }
}

static void body_segment(struct inbound *in)
{
    struct set *set = &in->set;
    struct work *work = set->work;
    struct x12_segment *segment = &in->segment;
    uint16_t position;

    segment->view.ordinal = ++set->ordinal;
    if (set->skipped)
        x12_forget(in->reader);
    if (work->set == NULL || set->skipped)
        return; /* a set nobody knows, or one over a limit: counted, refused whole */
    position = walk_step(&work->walk, &segment->view, &set->level.faults);
    if (position == WALK_LOST) {
        if (set->mapped)
            x12_read_stray(&in->read, segment, set->ordinal);
        return;
    }
    (void)check_segment(&work->check, position, &segment->view, &set->level.faults);
    balance_feed(&work->balance, position, &segment->view, &set->level.faults);
    if (set->mapped)
        x12_read_segment(&in->read, segment, position, set->ordinal);
}

/* Says every fault of the set, and what becomes of it. */
static void tell_set(struct inbound *in, char verdict)
{
    const struct set *set = &in->set;
    struct tell_context context = {
        .file = in->file,
        .partner = in->group.partner->name,
        .interchange = in->interchange.isa[12],
        .group = in->group.gs[5],
        .set = set->control,
        .set_id = set->id,
        .release = in->group.release,
        .guide = set->work->guide,
        .form = in->group.ack.form,
        .acknowledged = !in->group.ack.silent && !in->fragment &&
                        set->work->document->ack != PARTNER_ACK_NONE,
        .rejected = verdict == 'R',
        .record = set->mapped ? &set->record : NULL,
    };

    tell_faults(&in->tell, set->level.faults.first, set->level.faults.dropped, &context);
}

static void join_faults(struct faults *faults, const struct faults *more)
{
    faults->dropped += more->dropped;
    if (more->first == NULL)
        return;
    if (faults->last != NULL)
        faults->last->next = more->first;
    else
        faults->first = more->first;
    faults->last = more->last;
}

/* Acknowledgments that came in are records of --acks; everything else is a document. */
static bool wanted(const struct inbound *in)
{
    return strcmp(in->set.work->kind->name, "functional_ack") == 0 ? in->settings->acks
                                                                   : in->settings->documents;
}

/* `trailer`: the segment at hand is its SE; else it broke off before this segment. */
static void close_set(struct inbound *in, bool trailer)
{
    struct set *set = &in->set;
    struct work *work = set->work;
    struct faults *faults = &set->level.faults;
    char verdict;

    if (!set->level.open)
        return;
    set->level.open = false;
    if (trailer) {
        set->end = x12_offset(in->reader);
        in->segment.view.ordinal = ++set->ordinal;
        if (work->set != NULL && !set->skipped) {
            (void)walk_step(&work->walk, &in->segment.view, faults);
            balance_end(&work->balance, faults);
        }
        envelope_check_se(&in->segment.view, set->control, faults);
    } else {
        set->end = in->segment.view.offset;
        in->segment.view.ordinal = set->ordinal + 1;
        if (!set->skipped)
            add_missing(in, faults, SE_MISSING);
    }
    if (work->set != NULL && work->binding == NULL && !in->settings->check && in->settings->documents &&
        faults_worst(faults) < SEVERITY_ERROR)
        refuse_set(in, MAP_NONE, arena_format(&in->document, "no map reads a %.*s", BYTES_ARG(set->id)));
    if (refusal_of(in) != NULL)
        refuse_set(in, PARTNER_REFUSED, refusal_of(in));
    if (in->document.failed)
        out_of_memory(in, "one set needs more memory than it may have");
    verdict = in->group.level.open
                  ? ack_group_add(&in->group.ack, set->id, set->control, set->convention, faults)
                  : ack_set_verdict(faults, in->group.ack.form, in->group.ack.policy);
    if (faults_worst(&set->refusals) == SEVERITY_ERROR ||
        (set->mapped && in->read.unread > 0 &&
         (in->settings->unmapped >= 0 ? in->settings->unmapped : (int)work->document->unmapped) ==
             UNMAPPED_ERROR))
        verdict = 'R';
    join_faults(faults, &set->refusals);
    if (faults->first != NULL || faults->dropped > 0)
        tell_set(in, verdict);
    if (verdict == 'R') {
        in->counts.rejected++;
        if (in->settings->rejects)
            write_reject(in);
    } else if (!set->mapped || !wanted(in)) {
        in->counts.ignored++;
    } else {
        write_document(in);
        in->counts.translated++;
    }
    if (in->out->failed)
        in->fatal = true;
    x12_forget(in->reader);
}

/* ---- groups ---- */

static void open_group(struct inbound *in)
{
    struct group *group = &in->group;
    const struct partner_document *defaults;
    const struct partner *by_group, *nearest;
    struct ack_policy policy;

    group->partner = in->interchange.partner;
    if (in->given == NULL && partners_match(in->partners, in->interchange.isa[4], in->interchange.isa[5],
                                            element(&in->segment, 2), &by_group, &nearest) == PARTNER_MATCHED)
        group->partner = by_group;
    defaults = &group->partner->defaults;
    policy = (struct ack_policy){.detail = defaults->detail,
                                 .implementation = defaults->ack == PARTNER_ACK_999};
    group->level = (struct level){.open = true, .offset = in->segment.view.offset};
    group->sets = 0;
    envelope_seen_begin(&group->seen, &in->envelope);
    copy_elements(&in->envelope, &in->segment, group->gs, 8);
    in->counts.groups++;
    in->interchange.groups++;
    in->segment.view.ordinal = 0;
    faults_init(&group->level.faults, &in->envelope, &defaults->rules);
    faults_begin(&group->level.faults, NULL, NULL);
    group->release = envelope_check_gs(&in->segment.view, in->dictionary, &group->level.faults);
    if (group->release == NULL)
        group->release = "004010";
    if (!envelope_seen_add(&in->interchange.seen, group->gs[5]))
        (void)fault_add_element(&group->level.faults, GS_DUPLICATE, &in->segment.view, 6);
    group->refusal = faults_worst(&group->level.faults) == SEVERITY_ERROR ? "its GS is wrong, as told" : NULL;
    tell_level(in, &group->level, true);
    (void)ack_group_open(&group->ack, &in->envelope, policy, group->gs[0], group->gs[5], group->gs[7]);
}

static void close_group(struct inbound *in, bool trailer)
{
    struct group *group = &in->group;
    struct faults *faults = &group->level.faults;

    bool broke_off = in->set.level.open;

    close_set(in, false);
    if (!group->level.open)
        return;
    group->level.open = false;
    in->segment.view.ordinal = 0;
    if (trailer) {
        envelope_check_ge(&in->segment.view, group->gs[5], group->sets, faults);
    } else {
        add_missing(in, faults, GE_MISSING);
        if (broke_off)
            group->level.told = faults->last;
    }
    (void)ack_group_close(&group->ack, trailer ? element(&in->segment, 1) : (struct bytes){NULL, 0}, faults);
    tell_level(in, &group->level, true);
    if (!group->ack.silent && group->partner->defaults.ack != PARTNER_ACK_NONE &&
        in->interchange.refusal == NULL) {
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
    if (match == PARTNER_NOBODY && in->settings->known_partners_only) {
        interchange->refusal = "the sender is no known partner (--known-partners-only)";
    }
    if (match == PARTNER_MATCHED || bytes_equal(in->told_sender, interchange->sender))
        return;
    in->told_sender = arena_copy(&in->life, interchange->sender);
    fault = fault_add_element(&interchange->level.faults,
                              match == PARTNER_NOBODY ? PARTNER_SENDER_UNKNOWN : PARTNER_QUALIFIER,
                              &in->segment.view, match == PARTNER_NOBODY ? 6 : 5);
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

static void open_interchange(struct inbound *in)
{
    struct interchange *interchange = &in->interchange;

    arena_reset(&in->envelope);
    *interchange = (struct interchange){.level = {.open = true, .offset = in->segment.view.offset}};
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
        interchange->refusal = "test data (ISA15 is T), and the partner's file says test_data: refuse";
    tell_level(in, &interchange->level, false);
}

static void close_interchange(struct inbound *in, bool trailer)
{
    struct interchange *interchange = &in->interchange;
    struct faults *faults = &interchange->level.faults;
    struct ack_interchange ack;

    bool broke_off = in->group.level.open || in->set.level.open;

    close_group(in, false);
    if (!interchange->level.open)
        return;
    interchange->level.open = false;
    in->segment.view.ordinal = 0;
    if (trailer) {
        envelope_check_iea(&in->segment.view, interchange->isa[12], interchange->groups, faults);
    } else {
        add_missing(in, faults, IEA_MISSING);
        if (broke_off)
            interchange->level.told = faults->last;
    }
    tell_level(in, &interchange->level, false);
    ack_interchange(&ack, interchange->isa[12], interchange->isa[8], interchange->isa[9], faults);
    if (ack_interchange_due(&ack, interchange->partner->ta1, interchange->isa[13]) &&
        interchange->refusal == NULL) {
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

/* ---- files ---- */

/* A fragment has no ISA: what is missing of the nest is opened without a header. */
static void assume_levels(struct inbound *in, bool group_too)
{
    if (!in->interchange.level.open) {
        arena_reset(&in->envelope);
        in->interchange = (struct interchange){.level = {.open = true, .offset = in->segment.view.offset}};
        in->interchange.partner = in->given != NULL ? in->given : partners_generic(in->partners);
        faults_init(&in->interchange.level.faults, &in->envelope, &in->interchange.partner->defaults.rules);
        faults_begin(&in->interchange.level.faults, NULL, NULL);
    }
    if (group_too && !in->group.level.open) {
        in->group.release = "004010";
        in->group.refusal = NULL;
        in->group.partner = in->interchange.partner;
        memset(in->group.gs, 0, sizeof(in->group.gs));
        faults_init(&in->group.level.faults, &in->envelope, &in->interchange.partner->defaults.rules);
        faults_begin(&in->group.level.faults, NULL, NULL);
        memset(&in->group.ack, 0, sizeof(in->group.ack));
    }
}

/* A segment that belongs to no set: TA1, or something lost. */
static void loose_segment(struct inbound *in)
{
    struct faults *faults;

    if (in->segment.view.key == bytes_key("TA1", 3) && in->interchange.level.open && !in->group.level.open) {
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
    faults = in->group.level.open ? &in->group.level.faults : &in->interchange.level.faults;
    if (in->interchange.level.open) {
        in->segment.view.ordinal = 0;
        if (!fault_again(faults, ENVELOPE_STRUCTURE, NULL)) {
            struct fault *fault = fault_add(faults, ENVELOPE_STRUCTURE, &in->segment.view);

            if (fault != NULL)
                fault->hint = "it stands outside every transaction set";
            tell_level(in, in->group.level.open ? &in->group.level : &in->interchange.level,
                       in->group.level.open);
        }
    }
}

static void one_segment(struct inbound *in)
{
    bool loose;

    switch (in->segment.view.key) {
    case 'I' | 'S' << 8 | 'A' << 16:
        close_interchange(in, false);
        open_interchange(in);
        break;
    case 'G' | 'S' << 8:
        close_group(in, false);
        if (!in->interchange.level.open)
            assume_levels(in, false);
        open_group(in);
        break;
    case 'S' | 'T' << 8:
        close_set(in, false);
        loose = !in->group.level.open;
        if (loose)
            assume_levels(in, true);
        open_set(in);
        if (loose && !in->fragment && in->set.level.open)
            refuse_set(in, ENVELOPE_STRUCTURE, "the set stands outside every functional group (GS)");
        break;
    case 'S' | 'E' << 8:
        if (in->set.level.open)
            close_set(in, true);
        else
            loose_segment(in);
        break;
    case 'G' | 'E' << 8:
        if (in->group.level.open)
            close_group(in, true);
        else
            loose_segment(in);
        break;
    case 'I' | 'E' << 8 | 'A' << 16:
        if (in->interchange.level.open)
            close_interchange(in, true);
        else
            loose_segment(in);
        break;
    default:
        if (in->set.level.open)
            body_segment(in);
        else
            loose_segment(in);
    }
}

/* The set at hand is over a limit: what was found so far is told while its views are good, the rest is passed
 * over. */
static void skip_set(struct inbound *in, enum complaint complaint, const char *why)
{
    struct set *set = &in->set;
    struct fault *fault;

    if (!set->level.open || set->skipped)
        return;
    tell_set(in, 'R');
    faults_begin(&set->level.faults, NULL, NULL);
    set->skipped = true;
    set->mapped = false;
    in->segment.view = (struct segment_view){.ordinal = set->ordinal + 1,
                                             .offset = x12_trouble(in->reader)->offset,
                                             .line = x12_trouble(in->reader)->line};
    fault = fault_add(&set->level.faults, complaint, &in->segment.view);
    if (fault != NULL)
        fault->hint = why;
}

/* What the reader met that is no segment. */
static void tell_trouble(struct inbound *in, enum complaint complaint, const char *detail, const char *hint)
{
    const struct x12_trouble *trouble = x12_trouble(in->reader);
    struct finding finding = {
        .complaint = complaint,
        .place = {.file = in->file, .offset = trouble->offset, .has_offset = true, .line = trouble->line},
        .value = trouble->piece,
        .detail = detail,
        .hint = hint,
    };

    if (in->interchange.level.open) {
        finding.place.partner = in->interchange.partner->name;
        finding.place.interchange = in->interchange.isa[12];
    }
    if (in->set.level.open) {
        finding.place.group = in->group.gs[5];
        finding.place.set = in->set.control;
        finding.place.set_id = in->set.id;
        finding.place.ordinal = in->set.ordinal + 1;
    }
    report_add(in->report, &finding);
}

static void tell_unterminated(struct inbound *in)
{
    struct finding finding = {
        .complaint = X12_LAST_TERMINATOR,
        .place = {.file = in->file,
                  .offset = in->segment.view.offset,
                  .has_offset = true,
                  .line = in->segment.view.line,
                  .segment = in->segment.view.id},
    };

    report_add(in->report, &finding);
}

/* Without any ISA the file is no X12; what it looks like decides the hint. */
static void tell_no_interchange(struct inbound *in, const char *start)
{
    struct finding finding = {
        .complaint = X12_NOT_X12,
        .place = {.file = in->file, .has_offset = true, .line = 1},
        .value = bytes_of(start),
        .expected = "ISA",
    };

    if (memcmp(start, "ST", 2) == 0 || memcmp(start, "GS", 2) == 0 || memcmp(start, "BEG", 3) == 0)
        finding.hint = "a fragment without its envelope can be checked with --check";
    else if (memcmp(start, "UN", 2) == 0)
        finding.hint = "it looks like EDIFACT";
    else if (memcmp(start, "\xff\xfe", 2) == 0 || memcmp(start, "\xfe\xff", 2) == 0)
        finding.hint = "it looks like UTF-16; have it sent in ASCII or UTF-8";
    else if (memcmp(start, "<", 1) == 0 || memcmp(start, "{", 1) == 0)
        finding.hint = "it looks like XML or JSON";
    else if (memcmp(start, "\xc9\xe2\xc1", 3) == 0)
        finding.hint = "it is in EBCDIC; fetch it in ASCII mode";
    report_add(in->report, &finding);
}

static void hash_block(void *whom, const char *at, size_t len)
{
    sha256_add(whom, at, len);
}

static void read_all(struct inbound *in)
{
    char start[40] = "";
    bool junk_only = true;

    x12_peek(in->reader, start, sizeof(start));
    in->fragment = in->settings->check && start[0] != '\0' && strncmp(start, "ISA", 3) != 0;
    if (in->fragment) {
        tell_trouble(in, X12_FRAGMENT, "delimiters are guessed from its first segment", NULL);
        x12_assume(in->reader, NULL);
    }
    while (!in->fatal) {
        enum x12_event event = x12_next(in->reader, &in->segment);
        const struct x12_trouble *trouble = x12_trouble(in->reader);

        switch (event) {
        case X12_SEGMENT:
            junk_only = false;
            one_segment(in);
            if (!in->set.level.open)
                x12_forget(in->reader);
            if (in->segment.unterminated && !in->set.level.open)
                tell_unterminated(in);
            break;
        case X12_JUNK:
            in->counts.junk += trouble->length;
            if (in->counts.interchanges > 0 || !junk_only || strncmp(start, "ISA", 3) == 0)
                tell_trouble(in, X12_JUNK_BYTES,
                             arena_format(&in->envelope, "%llu bytes passed over",
                                          (unsigned long long)trouble->length),
                             NULL);
            break;
        case X12_BAD_ISA:
            junk_only = false;
            close_interchange(in, false);
            tell_trouble(in, X12_ISA_UNREADABLE, trouble->detail, NULL);
            in->counts.junk += trouble->length;
            break;
        case X12_ISA_LENGTH:
            tell_trouble(in, X12_ISA_WIDTH, trouble->detail, NULL);
            in->width_told = true;
            break;
        case X12_TOO_LONG:
            if (in->set.level.open)
                skip_set(in, X12_SEGMENT_TOO_LONG, "the limit is --max-segment");
            else
                tell_trouble(in, X12_SEGMENT_TOO_LONG, NULL, NULL);
            break;
        case X12_TOO_LARGE:
            skip_set(in, X12_SET_TOO_LARGE, "the limit is --max-set");
            x12_forget(in->reader);
            break;
        case X12_READ_ERROR:
            report_say(in->report, TECHNICAL_READ, in->file, "%s", strerror(trouble->error));
            break;
        case X12_NO_MEMORY: out_of_memory(in, "while reading"); break;
        case X12_END: break;
        }
        if (event >= X12_END) {
            in->segment.view = (struct segment_view){.offset = trouble->offset, .line = trouble->line};
            in->ended = true;
            close_interchange(in, false);
            if (junk_only && in->counts.junk > 0)
                tell_no_interchange(in, start);
            return;
        }
    }
}

static void write_batch(struct inbound *in, struct sha256 *sha256)
{
    char digest[65];

    sha256_hex(sha256, digest);
    arena_reset(&in->document);
    batch_write(in->out, in->schema, &in->id, in->base, digest, &in->counts, &in->document);
}

bool inbound_file(struct inbound *in, int fd, const char *name, const char *base)
{
    struct x12_limits limits = x12_limits_default();
    struct sha256 *sha256 = NULL;

    if (in->settings->max_segment > 0)
        limits.segment = in->settings->max_segment;
    if (in->settings->max_set > 0)
        limits.held = in->settings->max_set;
    in->file = name;
    in->base = base;
    in->counts = (struct inbound_counts){0};
    in->ended = false;
    envelope_seen_begin(&in->seen, &in->life);
    in->reader = x12_open(fd, limits);
    if (in->reader == NULL) {
        out_of_memory(in, "while opening");
        return false;
    }
    if (in->settings->batch) {
        sha256 = sha256_open();
        if (sha256 == NULL) {
            out_of_memory(in, "for the file's SHA-256");
        } else {
            sha256_begin(sha256);
            x12_tap(in->reader, hash_block, sha256);
        }
    }
    if (!in->fatal)
        read_all(in);
    in->counts.bytes = x12_offset(in->reader);
    if (sha256 != NULL && !in->fatal)
        write_batch(in, sha256);
    sha256_close(sha256);
    x12_close(in->reader);
    in->reader = NULL;
    in->total.interchanges += in->counts.interchanges;
    in->total.groups += in->counts.groups;
    in->total.read += in->counts.read;
    in->total.translated += in->counts.translated;
    in->total.rejected += in->counts.rejected;
    in->total.ignored += in->counts.ignored;
    in->total.bytes += in->counts.bytes;
    in->total.junk += in->counts.junk;
    return !in->fatal;
}

void inbound_finish(struct inbound *in)
{
    if (!in->settings->check)
        workshop_tell_unread(&in->shop, in->settings->unmapped);
}
