#include "translate/laws_trial.h"

#include <stdio.h>

#include "canon/compare.h"
#include "translate/edi_check.h"
#include "translate/set_cut.h"

static struct x12_putter *putter_of(struct laws *laws, const struct work *work)
{
    struct known_putter *known = laws->putters;

    while (known != NULL && known->work != work)
        known = known->next;
    if (known == NULL) {
        known = arena_zalloc(&laws->life, 1, sizeof(*known));
        if (known == NULL || (known->putter = x12_putter_open(work->binding)) == NULL)
            return NULL;
        known->work = work;
        known->next = laws->putters;
        laws->putters = known;
    }
    return known->putter;
}

static struct tally *tally_of(struct laws *laws, const struct work *work)
{
    const char *map = x12_binding_map(work->binding)->name;
    struct tally **at = &laws->tallies;

    while (*at != NULL && (!bytes_are(work->set_id, (*at)->set) || strcmp((*at)->map, map) != 0))
        at = &(*at)->next;
    if (*at == NULL && (*at = arena_zalloc(&laws->life, 1, sizeof(**at))) != NULL) {
        (*at)->set = arena_copy(&laws->life, work->set_id).at;
        (*at)->map = arena_copy(&laws->life, bytes_of(map)).at;
    }
    return *at;
}

static void serialize(struct laws *laws, const struct trial *trial, struct x12_writer *writer,
                      const struct x12_put *put)
{
    char count[12];
    struct bytes st[2] = {trial->work->set_id, BYTES("0001")}, se[2] = {{count, 0}, BYTES("0001")};

    buffer_clear(&laws->set);
    writer->out = &laws->set;
    se[0].len = (size_t)snprintf(count, sizeof(count), "%u", put->n_segments + 2);
    x12_writer_segment(writer, BYTES("ST"), st, 2);
    for (uint32_t i = 0; i < put->n_segments; i++)
        x12_writer_segment(writer, put->segments[i]->id, put->segments[i]->elements, put->segments[i]->n);
    x12_writer_segment(writer, BYTES("SE"), se, 2);
    (void)buffer_reserve(&laws->set, 32);
}

static bool is_utf8(const struct trial *trial)
{
    return strcmp(charset_name(trial->partner->charset), "utf-8") == 0;
}

/* What is written must be as valid as what came. */
static void check_written(struct laws *laws, const struct trial *trial)
{
    struct faults faults;
    struct fault_context context = {.standard = arena_format(&laws->arena, "X12 %s", trial->work->release),
                                    .guide = trial->work->guide};

    faults_init(&faults, &laws->arena, &trial->work->document->rules);
    faults_begin(&faults, &trial->work->walk, trial->work->guide);
    edi_check_set(trial->work, &trial->style, is_utf8(trial), buffer_view(&laws->set), &faults);
    for (const struct fault *fault = faults.first; fault != NULL; fault = fault->next) {
        struct finding finding = {0};
        struct place place = laws->place;

        if (fault->severity != SEVERITY_ERROR)
            continue;
        fault_finding(fault, &context, &laws->arena, &finding);
        place.loop = finding.place.loop;
        place.segment = finding.place.segment;
        place.element = finding.place.element;
        place.component = finding.place.component;
        place.element_id = finding.place.element_id;
        place.element_name = finding.place.element_name;
        finding.place = place;
        finding.consequence = "what is written would be refused";
        laws_tell(laws, &finding);
    }
}

void laws_begin_reading(struct laws *laws, const struct trial *trial, struct canon_record *record,
                        const struct x12_delimiters *delimiters)
{
    laws->read.charset = trial->partner->charset;
    laws->read.bad_bytes = trial->partner->bad_bytes;
    laws->read.keep_unread = true;
    x12_read_begin(&laws->read, trial->work->binding, record, delimiters);
}

void laws_read_segment(struct laws *laws, const struct segment_view *view, uint16_t position)
{
    struct x12_segment segment = {.view = *view, .quoted = true};

    if (position == WALK_LOST)
        x12_read_stray(&laws->read, &segment, view->ordinal);
    else
        x12_read_segment(&laws->read, &segment, position, view->ordinal);
}

const struct standard_position *laws_position(const struct work *work, uint16_t position)
{
    return position < work->set->n_positions ? &work->set->positions[position] : NULL;
}

/* Reads what was written.  False: out of memory. */
static bool read_again(struct laws *laws, struct trial *trial, struct canon_record *record,
                       struct law_segment *segments, uint32_t *n)
{
    struct set_cut cut;
    struct faults faults;

    *n = 0;
    if (!canon_record_init(record, trial->work->kind, &laws->arena))
        return false;
    faults_init(&faults, &laws->arena, &trial->work->document->rules);
    faults_begin(&faults, &trial->work->walk, trial->work->guide);
    walk_begin(&trial->work->walk);
    laws_begin_reading(laws, trial, record, &trial->style.delimiters);
    set_cut_begin(&cut, buffer_view(&laws->set), &trial->style, is_utf8(trial));
    (void)set_cut_next(&cut); /* ST */
    while (set_cut_next(&cut) && cut.rest.len > strlen(trial->style.suffix)) {
        uint16_t position = walk_step(&trial->work->walk, &cut.view, &faults);

        laws_read_segment(laws, &cut.view, position);
        if (!law_segment_make(&segments[(*n)++], &cut.view, laws_position(trial->work, position),
                              &laws->arena))
            return false;
    }
    return !laws->arena.failed;
}

/* False: out of memory, told. */
bool laws_try(struct laws *laws, struct trial *trial)
{
    struct x12_writer writer;
    struct x12_put put = {.writer = &writer,
                          .charset = trial->partner->charset,
                          .arena = &laws->arena,
                          .tell = laws_put_complained,
                          .whom = laws};
    struct x12_putter *putter = putter_of(laws, trial->work);
    struct tally *tally = tally_of(laws, trial->work);
    struct canon_record again;
    struct law_segment *segments;
    uint32_t n;
    bool written;

    if (putter == NULL || tally == NULL)
        return laws_no_memory(laws);
    laws->map = x12_binding_map(trial->work->binding);
    laws->differences = laws->declared = 0;
    x12_writer_init(&writer, &trial->style);
    written = x12_put_record(putter, &put, trial->record);
    x12_put_each_unwritten(&put, trial->record, laws_unwritten, laws);
    segments = arena_zalloc(&laws->arena, put.n_segments + 1, sizeof(*segments));
    if (written)
        serialize(laws, trial, &writer, &put);
    if (segments == NULL || laws->arena.failed || laws->set.failed)
        return laws_no_memory(laws);
    if (written) {
        check_written(laws, trial);
        if (!read_again(laws, trial, &again, segments, &n))
            return laws_no_memory(laws);
        if (trial->segments != NULL && !law_compare_segments(trial->segments, trial->n_segments, segments, n,
                                                             &laws->arena, laws_segment_differs, laws))
            return laws_no_memory(laws);
        (void)canon_compare(trial->as_it_was, &again, trial->segments == NULL, laws_field_differs,
                                  laws);
    }
    tally->documents++;
    tally->declared += laws->declared;
    tally->same += laws->differences == 0;
    return true;
}
