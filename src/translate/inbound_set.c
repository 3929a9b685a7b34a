#include "base/file.h"
#include "map/x12_spill.h"
#include "translate/ack.h"
#include "translate/fill.h"
#include "translate/inbound_nest.h"
#include "translate/reject.h"

static struct canon_source source_of(struct inbound *in)
{
    const struct interchange *interchange = &in->interchange;
    struct canon_source source = {
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

    if (interchange->level.odd || in->group.level.odd || in->set.level.odd)
        fill_source_utf8(&in->document, &source);
    return source;
}

static void spill_failed(struct inbound *in)
{
    if (in->spill.file.error != 0)
        report_say(in->report, TECHNICAL_SPOOL, in->settings->spool, "%s", file_error(in->spill.file.error));
    else
        inbound_out_of_memory(in, "one set needs more memory than it may have");
    in->fatal = true;
}

/* The same for a document: most sets of a group differ in their place and number alone. */
static void set_source(struct inbound *in, struct canon_source *source)
{
    struct group *group = &in->group;

    if (group->source_of == in->set.work && !in->set.level.odd &&
        bytes_equal(group->source.type, in->set.id)) {
        *source = group->source;
        source->offset = in->set.level.offset;
        source->length = in->set.end - in->set.level.offset;
        source->set = in->set.control;
        return;
    }
    *source = source_of(in);
    group->source_of = NULL;
    if (in->interchange.level.odd || group->level.odd || in->set.level.odd ||
        !canon_source_render(&group->source_text, source, &in->envelope))
        return;
    source->text = &group->source_text;
    group->source = *source;
    group->source.type = arena_copy(&in->envelope, source->type);
    group->source_of = in->set.work;
}

static bool add_to_id(void *whom, struct bytes piece)
{
    canon_id_more(whom, piece);
    return true;
}

static void write_document(struct inbound *in)
{
    struct canon_record *record = &in->set.record;

    x12_read_end(&in->read);
    record->partner = bytes_of(in->group.partner->name);
    record->direction = CANON_IN;
    set_source(in, &record->source);
    if (in->set.work->is_ack)
        ack_complete(record, in->set.id, in->group.gs);
    canon_id_begin(&in->id, record->partner, CANON_IN, record->kind->name);
    (void)x12_pieces(in->reader, in->set.level.offset, in->set.end, add_to_id, &in->id);
    canon_id_end(&in->id, record->id);
    canon_write(in->out, record);
    if (in->spill.file.error != 0)
        spill_failed(in);
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
        .record = in->set.mapped ? &in->set.record : NULL,
        .complete = !in->set.skipped,
    };

    reject_write(in->out, in->schema, &in->id, in->reader, &reject, &in->document);
}

/* The segments of a set, for whoever takes it whole. */
static void keep_segment(struct inbound *in, uint16_t position)
{
    struct set *set = &in->set;
    uint32_t n = in->segment.view.n_elements;
    struct bytes *elements;

    if (n > X12_MAX_ELEMENTS)
        n = X12_MAX_ELEMENTS;
    elements = arena_zalloc(&in->document, n + 1, sizeof(*elements));
    if (set->n_segments == set->room) {
        uint32_t room = set->room > 0 ? set->room * 2 : 64;
        struct inbound_segment *segments = arena_zalloc(&in->document, room, sizeof(*segments));

        if (segments == NULL)
            return;
        if (set->n_segments > 0)
            memcpy(segments, set->segments, set->n_segments * sizeof(*segments));
        set->segments = segments;
        set->room = room;
    }
    if (elements == NULL)
        return;
    if (n > 0)
        memcpy(elements, in->segment.view.element, n * sizeof(*elements));
    set->segments[set->n_segments] = (struct inbound_segment){in->segment.view, position};
    set->segments[set->n_segments++].view.element = elements;
}

static bool hand_over(struct inbound *in)
{
    struct inbound_document document = {
        .work = in->set.work,
        .partner = in->group.partner,
        .record = &in->set.record,
        .delimiters = x12_delimiters(in->reader),
        .file = in->file,
        .n_segments = in->set.n_segments,
        .segments = in->set.segments,
        .arena = &in->document,
    };

    x12_read_end(&in->read);
    in->set.record.partner = bytes_of(in->group.partner->name);
    in->set.record.direction = CANON_IN;
    in->set.record.source = source_of(in);
    return in->settings->take(in->settings->whom, &document);
}

/* Why the set's group or interchange lets none through; NULL when it does. */
static const char *refusal_of(const struct inbound *in)
{
    return in->interchange.refusal != NULL ? in->interchange.refusal : in->group.refusal;
}

/* Our own reasons to refuse a set: said like any other finding, and kept for the reject record. */
void inbound_refuse_set(struct inbound *in, enum complaint complaint, const char *why)
{
    struct fault *fault = fault_add(&in->set.refusals, complaint, &in->segment.view);

    if (fault != NULL)
        fault->detail = why;
}

void inbound_open_set(struct inbound *in)
{
    struct set *set = &in->set;
    const struct x12_segment *segment = &in->segment;

    arena_reset(&in->document);
    arena_reset(&in->tree);
    *set = (struct set){.level = {.open = true, .odd = segment->view.odd, .offset = segment->view.offset},
                        .ordinal = 1};
    set->id = inbound_element(segment, 1);
    set->control = inbound_element(segment, 2);
    set->convention = inbound_element(segment, 3);
    in->segment.view.ordinal = 1;
    in->counts.read++;
    in->group.sets++;
    set->work = workshop_work(&in->shop, in->group.partner, in->group.release, bytes_trim(set->id));
    if (set->work == NULL) {
        if (!in->report->misused && !in->report->failed)
            inbound_out_of_memory(in, "for what applies to a set");
        in->fatal = true;
        set->level.open = false;
        return;
    }
    faults_init(&set->level.faults, &in->document, &set->work->document->rules);
    faults_begin(&set->level.faults, set->work->set != NULL ? &set->work->walk : NULL, set->work->guide);
    faults_init(&set->refusals, &in->document, &set->work->document->rules);
    faults_begin(&set->refusals, NULL, NULL);
    envelope_check_st(&segment->view, set->work->set, in->group.kind, in->group.gs[7], &set->level.faults);
    if (!in->fragment && !envelope_seen_add(&in->group.seen, set->control))
        (void)fault_add_element(&set->level.faults, ST_DUPLICATE, &segment->view, 2);
    if (set->work->set == NULL)
        return;
    walk_begin(&set->work->walk);
    balance_begin(&set->work->balance);
    if (set->work->binding != NULL && refusal_of(in) == NULL && !in->settings->check &&
        canon_record_init(&set->record, set->work->kind, &in->tree)) {
        enum unmapped unmapped = in->settings->unmapped >= 0 ? (enum unmapped)in->settings->unmapped
                                                             : set->work->document->unmapped;

        set->mapped = true;
        set->usual = in->settings->take == NULL;
        in->read.charset = in->group.partner->charset;
        in->read.bad_bytes = in->group.partner->bad_bytes;
        in->read.keep_unread = unmapped == UNMAPPED_KEEP;
        x12_read_begin(&in->read, set->work->binding, &set->record, x12_delimiters(in->reader));
    }
}

/* A segment that has a place in the set: every check of it. */
static inline void check_placed(struct inbound *in, struct set *set, struct work *work, uint16_t position)
{
    struct segment_view *view = &in->segment.view;

    (void)check_segment(&work->check, position, view, &set->level.faults);
    balance_feed(&work->balance, position, view, &set->level.faults);
}

static inline void map_placed(struct inbound *in, const struct set *set, uint16_t position)
{
    x12_read_segment(&in->read, &in->segment, position, set->ordinal);
    if (__builtin_expect(in->tree.held > in->settings->spool_above, 0) &&
        !x12_read_spill(&in->read, &in->spill))
        spill_failed(in);
}

static __attribute__((noinline)) void body_slowly(struct inbound *in)
{
    struct set *set = &in->set;
    struct work *work = set->work;
    struct x12_segment *segment = &in->segment;
    uint16_t position;

    if (segment->view.n_elements == 0 && segment->view.id.len == 0) {
        /* Two terminators in a row: no segment, told and not counted. */
        segment->view.ordinal = set->ordinal + 1;
        (void)fault_add(&set->level.faults, SEGMENT_MALFORMED, &segment->view);
        return;
    }
    segment->view.ordinal = ++set->ordinal;
    if (set->skipped)
        x12_forget(in->reader);
    if (work->set == NULL || set->skipped)
        return; /* a set nobody knows, or one over a limit: counted, refused whole */
    position = walk_step(&work->walk, &segment->view, &set->level.faults);
    if (in->settings->take != NULL && set->mapped)
        keep_segment(in, position);
    if (position != WALK_LOST)
        check_placed(in, set, work, position);
    if (!set->mapped)
        return;
    if (position == WALK_LOST)
        x12_read_stray(&in->read, segment, set->ordinal);
    else
        map_placed(in, set, position);
}

static inline bool is_envelope(uint64_t key)
{
    if (key > 0xffff)
        return key == ('I' | 'S' << 8 | 'A' << 16) || key == ('I' | 'E' << 8 | 'A' << 16);
    return key == ('G' | 'S' << 8) || key == ('S' | 'T' << 8) || key == ('S' | 'E' << 8) ||
           key == ('G' | 'E' << 8);
}

enum x12_event inbound_body(struct inbound *in)
{
    struct set *const set = &in->set;
    struct work *const work = set->work;
    struct segment_view *const view = &in->segment.view;
    enum x12_event event;

    while ((event = x12_next(in->reader, &in->segment)) == X12_SEGMENT && !is_envelope(view->key)) {
        if (__builtin_expect(!set->usual || view->key == 0, 0)) {
            body_slowly(in);
        } else {
            uint16_t position;

            view->ordinal = ++set->ordinal;
            position = walk_step(&work->walk, view, &set->level.faults);
            if (__builtin_expect(position == WALK_LOST, 0)) {
                x12_read_stray(&in->read, &in->segment, set->ordinal);
                continue;
            }
            check_placed(in, set, work, position);
            map_placed(in, set, position);
        }
        if (__builtin_expect(in->fatal, 0))
            break;
    }
    return event;
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
        .acknowledged = !in->group.ack.silent && !in->fragment && in->group.answered,
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
    if (in->settings->take != NULL)
        return true;
    return in->set.work->is_ack ? in->settings->acks : in->settings->documents;
}

/* `trailer`: the segment at hand is its SE; else it broke off before this segment. */
void inbound_close_set(struct inbound *in, bool trailer)
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
            if (set->mapped)
                x12_read_whole(&in->read);
        }
        envelope_check_se(&in->segment.view, set->control, faults);
    } else {
        in->counts.broken = true;
        set->end = in->segment.view.offset;
        in->segment.view.ordinal = set->ordinal + 1;
        if (!set->skipped)
            inbound_add_missing(in, faults, SE_MISSING);
    }
    if (work->set != NULL && work->binding == NULL && !in->settings->check && in->settings->documents &&
        faults_worst(faults) < SEVERITY_ERROR)
        inbound_refuse_set(in, MAP_NONE,
                           arena_format(&in->document, "no map reads a %.*s", BYTES_ARG(set->id)));
    if (in->document.failed || in->tree.failed)
        inbound_out_of_memory(in, "one set needs more memory than it may have");
    verdict = in->group.level.open
                  ? ack_group_add(&in->group.ack, set->id, set->control, set->convention, faults)
                  : ack_set_verdict(faults, in->group.ack.form, in->group.ack.policy);
    /* Errors that no acknowledgment speaks of (balances that a partner's rules make errors) reject, too. */
    if (faults_worst(faults) == SEVERITY_ERROR || faults_worst(&set->refusals) == SEVERITY_ERROR ||
        refusal_of(in) != NULL ||
        (set->mapped && in->read.unread > 0 &&
         (in->settings->unmapped >= 0 ? in->settings->unmapped : (int)work->document->unmapped) ==
             UNMAPPED_ERROR))
        verdict = 'R';
    join_faults(faults, &set->refusals);
    if (faults->first != NULL || faults->dropped > 0)
        tell_set(in, verdict);
    /* What refuses all sets of an envelope was told there, once; each reject record says it. */
    if (refusal_of(in) != NULL) {
        faults_begin(&set->refusals, NULL, NULL);
        inbound_refuse_set(in, PARTNER_REFUSED, refusal_of(in));
        join_faults(faults, &set->refusals);
    }
    if (verdict == 'R') {
        in->counts.rejected++;
        if (in->settings->rejects)
            write_reject(in);
        if (in->settings->take_refused && set->mapped && !hand_over(in))
            in->fatal = true;
    } else if (!set->mapped || !wanted(in)) {
        in->counts.ignored++;
    } else if (in->settings->take != NULL) {
        in->counts.translated++;
        if (!hand_over(in))
            in->fatal = true;
    } else {
        write_document(in);
        in->counts.translated++;
    }
    if (in->out != NULL && in->out->failed)
        in->fatal = true;
    canon_spill_clear(&in->spill);
    x12_forget(in->reader);
}

/* The set at hand is over a limit: what was found so far is told while its views are good, the rest is passed
 * over. */
void inbound_skip_set(struct inbound *in, enum complaint complaint, const char *why)
{
    const struct x12_trouble *trouble = x12_trouble(in->reader);
    struct set *set = &in->set;
    struct bytes rest = trouble->piece, id = {NULL, 0};
    struct fault *fault;
    uint32_t ordinal;

    if (!set->level.open)
        return;
    ordinal = set->ordinal + 1;
    if (complaint == X12_SEGMENT_TOO_LONG)
        set->ordinal++; /* passed over, but SE01 counts it */
    if (set->skipped)
        return;
    join_faults(&set->level.faults, &set->refusals);
    tell_set(in, 'R');
    faults_begin(&set->level.faults, NULL, NULL);
    faults_begin(&set->refusals, NULL, NULL);
    set->skipped = true;
    set->mapped = set->usual = false;
    /* From here on every segment is let go of, the ST too. */
    set->id = arena_copy(&in->document, set->id);
    set->control = arena_copy(&in->document, set->control);
    set->convention = arena_copy(&in->document, set->convention);
    in->segment.view = (struct segment_view){
        .ordinal = ordinal, .offset = trouble->offset, .line = trouble->line};
    if (complaint == X12_SEGMENT_TOO_LONG) {
        (void)bytes_split(&rest, x12_delimiters(in->reader)->element, &id);
        in->segment.view.id = arena_copy(&in->document, id);
    }
    fault = fault_add(&set->level.faults, complaint, &in->segment.view);
    if (fault != NULL)
        fault->hint = why;
}

/* The place a map's complaint about a value becomes a fault of the set. */
void inbound_map_complained(void *whom, const struct map_complaint *complaint)
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
    /* Copies: the record that they may lie in moves on. */
    fault->value = arena_copy(&in->document, complaint->value);
    if (complaint->expected != NULL)
        fault->expected = arena_copy(&in->document, bytes_of(complaint->expected)).at;
}
