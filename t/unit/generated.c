/*
 * The laws of reading and writing over generated documents, for every map of X12:
 *
 *   X12 -> record -> X12      the same segments in the same order, where the record keeps what no line of the
 *                             map reads; less what the map declares lossy
 *   record -> X12 -> record   the same record; also one drawn from the schema, which no document had, where
 *                             it is not refused
 *   record -> JSON -> record  the same record
 *   what is valid when it is read is valid when it is written
 *
 * CROSSDOCK_DOCUMENTS says how many a map and release (150; 10,000 with CROSSDOCK_SLOW), CROSSDOCK_SEED
 * which, CROSSDOCK_MAP of which map alone; seed and number are printed.  A document that breaks a law is made
 * as small as it can be and printed, with what became of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "canon/compare.h"
#include "canon/read.h"
#include "canon/write.h"
#include "map/x12_put.h"
#include "random_record.h"
#include "random_set.h"
#include "translate/laws_compare.h"
#include "translate/work.h"

static const struct {
    const char *set, *map;
} maps[] = {
    {"850", "x12-850"}, {"855", "x12-855"}, {"856", "x12-856"}, {"810", "x12-810"}, {"860", "x12-860"},
    {"865", "x12-865"}, {"940", "x12-940"}, {"943", "x12-943"}, {"944", "x12-944"}, {"945", "x12-945"},
    {"947", "x12-947"}, {"846", "x12-846"}, {"214", "x12-214"}, {"997", "x12-997"}, {"999", "x12-999"},
};
static const char *const releases[] = {"004010", "005010"};

static struct search search;
static struct report report;
static struct schema *schema;
static struct dictionary *dictionary;
static struct partners *partners;
static uint64_t seed;
static uint32_t documents;

static const char *folder_of(const char *variable)
{
    const char *folder = getenv(variable);

    return folder != NULL ? folder : ".";
}

static uint64_t number_of(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    uint64_t number;

    return text != NULL && bytes_to_count(bytes_of(text), UINT32_MAX, &number) ? number : otherwise;
}

static int open_all(void **state)
{
    char path[4096];
    const char *why = NULL;
    char *wrong = NULL;

    (void)state;
    report_init(&report, "generated");
    if (!search_init(&search, folder_of("CROSSDOCK_SOURCE")))
        return -1;
    snprintf(path, sizeof(path), "%s/maps/canon", folder_of("CROSSDOCK_SOURCE"));
    schema = schema_open(path, &wrong);
    free(wrong);
    snprintf(path, sizeof(path), "%s/maps/x12.image", folder_of("CROSSDOCK_BUILD"));
    dictionary = dictionary_open(path, &why);
    partners = partners_open(&search, &report);
    seed = number_of("CROSSDOCK_SEED", 4);
    documents = (uint32_t)number_of("CROSSDOCK_DOCUMENTS", getenv("CROSSDOCK_SLOW") != NULL ? 10000 : 150);
    return schema != NULL && dictionary != NULL && partners != NULL ? 0 : -1;
}

static int close_all(void **state)
{
    (void)state;
    partners_close(partners);
    dictionary_close(dictionary);
    schema_close(schema);
    search_release(&search);
    report_release(&report);
    return 0;
}

/* --- one map under test */

enum { MOST_SEGMENTS = 4 * RANDOM_SEGMENTS };

struct sink {
    struct canon_sink sink; /* first */
    struct buffer *into;
    char window[2 * CANON_SINK_LEAST];
};

struct trial {
    struct work *work;
    struct x12_putter *putter;
    struct x12_read reading; /* its serial numbers go on from set to set */
    struct x12_style style;
    struct x12_writer writer;
    struct arena life, arena, scratch, compared;
    struct random_set set;
    struct buffer text, again, json, json_again;
    struct sink out;
    uint32_t complaints;
    bool keep;
    bool told; /* why a record was refused */
    char why[8192];
    uint32_t refused, valid, declared;
};

static void flush_sink(struct canon_sink *sink)
{
    struct sink *out = (struct sink *)sink;

    buffer_add(out->into, out->window, (size_t)(sink->at - out->window));
    sink->at = out->window;
}

static void to_json(struct trial *trial, const struct canon_record *record, struct buffer *into)
{
    buffer_clear(into);
    trial->out.into = into;
    canon_write(&trial->out.sink, record);
    flush_sink(&trial->out.sink);
    (void)buffer_reserve(into, 64);
}

static void say(struct trial *trial, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct trial *trial, const char *format, ...)
{
    size_t len = strlen(trial->why);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(trial->why + len, sizeof(trial->why) - len, format, arguments);
    va_end(arguments);
}

/* An interchange of one set, without group. */
static void frame(struct trial *trial, struct buffer *into, uint32_t n, bool made, const struct x12_put *put)
{
    struct bytes isa[16] = {BYTES("00"),        BYTES(""),     BYTES("00"), BYTES(""),
                            BYTES("ZZ"),        BYTES("A"),    BYTES("ZZ"), BYTES("B"),
                            BYTES("261124"),    BYTES("0930"), BYTES("U"),  BYTES("00401"),
                            BYTES("000000001"), BYTES("0"),    BYTES("T"),  BYTES("")};
    struct bytes st[2] = {trial->work->set_id, BYTES("0001")}, se[2] = {BYTES("0"), BYTES("0001")};

    if (trial->style.delimiters.repetition != '\0')
        isa[11] = BYTES("00501");
    buffer_clear(into);
    trial->writer.out = into;
    assert_true(x12_writer_isa(&trial->writer, isa));
    x12_writer_segment(&trial->writer, BYTES("ST"), st, 2);
    for (uint32_t i = 0; i < n; i++)
        if (made)
            x12_writer_segment(&trial->writer, bytes_of(trial->set.segments[i].position->segment->id),
                               trial->set.segments[i].elements, trial->set.segments[i].n);
        else
            x12_writer_segment(&trial->writer, put->segments[i]->id, put->segments[i]->elements,
                               put->segments[i]->n);
    x12_writer_segment(&trial->writer, BYTES("SE"), se, 2);
}

static void complained(void *whom, const struct map_complaint *complaint)
{
    (void)complaint;
    ((struct trial *)whom)->complaints++;
}

/* A set as it was read: its segments, and the record as JSON. */
struct reading {
    struct buffer *json;
    struct law_segment *segments;
    uint32_t n;
};

/* Views are of the reader's window. */
static void keep_segment(struct trial *trial, struct reading *reading, const struct segment_view *view)
{
    struct law_segment *segment = &reading->segments[reading->n++];
    struct bytes elements[X12_MAX_ELEMENTS];
    struct segment_view copy = *view;

    assert_true(reading->n <= MOST_SEGMENTS && view->n_elements <= X12_MAX_ELEMENTS);
    for (uint32_t i = 0; i < view->n_elements; i++)
        elements[i] = arena_copy(&trial->compared, view->element[i]);
    copy.id = arena_copy(&trial->compared, view->id);
    copy.element = elements;
    assert_true(law_segment_make(segment, &copy, NULL, &trial->compared));
}

/* Reads the text.  What is wrong with the set by the standard is told when asked for. */
static bool read_set(struct trial *trial, struct bytes text, struct reading *reading, bool tell)
{
    int fd = memfd_create("set", MFD_CLOEXEC);
    struct x12_reader *reader = fd >= 0 ? x12_open(fd, x12_limits_default()) : NULL;
    struct work *work = trial->work;
    struct x12_segment segment = {.view = {.utf8 = false}};
    struct canon_record record;
    struct faults faults;
    uint32_t ordinal = 0;

    assert_non_null(reader);
    trial->reading.keep_unread = trial->keep;
    trial->reading.charset = partners_generic(partners)->charset;
    trial->reading.complain = complained;
    trial->reading.whom = trial;
    assert_int_equal(file_write(fd, text.at, text.len), 0);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    arena_reset(&trial->arena);
    arena_reset(&trial->scratch);
    reading->segments = arena_zalloc(&trial->compared, MOST_SEGMENTS, sizeof(*reading->segments));
    assert_non_null(reading->segments);
    reading->n = 0;
    trial->complaints = 0;
    faults_init(&faults, &trial->scratch, &work->document->rules);
    faults_begin(&faults, &work->walk, NULL);
    walk_begin(&work->walk);
    balance_begin(&work->balance);
    assert_true(canon_record_init(&record, work->kind, &trial->arena));
    memcpy(record.id, "00112233445566778899aabbccddeeff", 33);
    record.partner = BYTES("somebody");
    while (x12_next(reader, &segment) == X12_SEGMENT) {
        uint16_t position;

        if (bytes_are(segment.view.id, "ISA") || bytes_are(segment.view.id, "SE"))
            continue;
        segment.view.ordinal = ++ordinal;
        if (ordinal == 1) {
            x12_read_begin(&trial->reading, work->binding, &record, x12_delimiters(reader));
            continue;
        }
        keep_segment(trial, reading, &segment.view);
        position = walk_step(&work->walk, &segment.view, &faults);
        if (position == WALK_LOST) {
            x12_read_stray(&trial->reading, &segment, ordinal);
            continue;
        }
        (void)check_segment(&work->check, position, &segment.view, &faults);
        x12_read_segment(&trial->reading, &segment, position, ordinal);
    }
    x12_read_end(&trial->reading);
    for (const struct fault *fault = faults.first; tell && fault != NULL; fault = fault->next)
        if (fault->severity == SEVERITY_ERROR)
            say(trial, "  invalid: segment %u %.*s%02u/%u complaint %u value \"%.*s\"\n", fault->ordinal,
                BYTES_ARG(fault->segment), fault->element, fault->component, fault->complaint,
                BYTES_ARG(fault->value));
    to_json(trial, &record, reading->json);
    x12_close(reader);
    close(fd);
    return faults_worst(&faults) < SEVERITY_ERROR;
}

/* --- comparing */

static void put_complained(void *whom, const struct x12_put_fault *fault)
{
    say(whom, "  cannot be written: %s %.*s%02u \"%.*s\" %s\n", fault->path, BYTES_ARG(fault->segment),
        fault->element, BYTES_ARG(fault->value), fault->what != NULL ? fault->what : "");
}

static void unwritten(void *whom, const char *path, struct bytes value)
{
    say(whom, "  unwritten: %s \"%.*s\"\n", path, BYTES_ARG(value));
}

static void say_difference(struct trial *trial, const char *law, struct bytes a, struct bytes b)
{
    size_t at = 0, from;

    while (at < a.len && at < b.len && a.at[at] == b.at[at])
        at++;
    from = at > 100 ? at - 100 : 0;
    say(trial, "  %s:\n    was %.*s\n    is  %.*s\n", law, (int)(a.len - from < 220 ? a.len - from : 220),
        a.at + from, (int)(b.len - from < 220 ? b.len - from : 220), b.at + from);
}

static void segment_differs(void *whom, enum law_difference difference, const struct law_segment *segment,
                            uint32_t element, struct bytes was, struct bytes became)
{
    static const char *const what[] = {"differs", "lost", "new", "moved"};
    struct trial *trial = whom;
    const struct map *map = x12_binding_map(trial->work->binding);

    if (map_lossy_of(map->lossy, map->n_lossy, segment->id) != NULL) {
        trial->declared++;
        return;
    }
    say(trial, "  segment %s: %.*s", what[difference], BYTES_ARG(segment->id));
    for (uint32_t i = 0; i < segment->n; i++)
        say(trial, "*%.*s", BYTES_ARG(segment->elements[i]));
    if (difference == LAW_DIFFERS)
        say(trial, ": element %u was \"%.*s\", is \"%.*s\"", element, BYTES_ARG(was), BYTES_ARG(became));
    say(trial, "\n");
}

static void field_differs(void *whom, const char *path, struct bytes was, struct bytes became)
{
    say(whom, "  record -> X12 -> record: %s was \"%.*s\", is \"%.*s\"\n", path, BYTES_ARG(was),
        BYTES_ARG(became));
}

static bool read_record(struct trial *trial, struct bytes json, struct arena *arena,
                        struct canon_record *record)
{
    struct canon_read_error error;

    json.len -= json.len > 0 && json.at[json.len - 1] == '\n';
    if (canon_read(record, schema, json, arena, &error))
        return true;
    say(trial, "  the record cannot be read: %s: %s\n    %.*s\n", error.path, error.what,
        (int)(json.len - error.offset < 100 ? json.len - error.offset : 100), json.at + error.offset);
    return false;
}

/* --- the laws, over the set at hand; false: one is broken, trial->why says how */

static bool holds(struct trial *trial)
{
    struct x12_put put = {.writer = &trial->writer,
                          .charset = partners_generic(partners)->charset,
                          .arena = &trial->arena,
                          .tell = put_complained,
                          .whom = trial};
    struct reading first = {.json = &trial->json}, second = {.json = &trial->json_again};
    struct canon_record record, was, became;
    bool valid;

    trial->why[0] = '\0';
    arena_reset(&trial->compared);
    frame(trial, &trial->text, trial->set.n, true, NULL);
    valid = read_set(trial, buffer_view(&trial->text), &first, false);
    if (trial->complaints > 0 || !valid) {
        trial->refused++;
        return true;
    }
    trial->valid++;
    arena_reset(&trial->arena);
    if (!read_record(trial, buffer_view(&trial->json), &trial->arena, &record) ||
        !read_record(trial, buffer_view(&trial->json), &trial->compared, &was))
        return false;
    to_json(trial, &record, &trial->json_again);
    if (!bytes_equal(buffer_view(&trial->json), buffer_view(&trial->json_again))) {
        say_difference(trial, "record -> JSON -> record", buffer_view(&trial->json),
                       buffer_view(&trial->json_again));
        return false;
    }
    (void)x12_put_record(trial->putter, &put, &record);
    x12_put_each_unwritten(&put, &record, unwritten, trial);
    if (trial->why[0] != '\0')
        return false;
    frame(trial, &trial->again, put.n_segments, false, &put);
    if (!read_set(trial, buffer_view(&trial->again), &second, true))
        say(trial, "  what was valid no longer is\n");
    if (trial->keep)
        assert_true(law_compare_segments(first.segments, first.n, second.segments, second.n, &trial->compared,
                                         segment_differs, trial));
    if (read_record(trial, buffer_view(&trial->json_again), &trial->compared, &became))
        (void)canon_compare(&was, &became, false, field_differs, trial);
    return trial->why[0] == '\0';
}

/* --- the law of records, over one that no document had */

/* A record that the map reads from a document.  False: the document is refused. */
static bool draw_record(struct trial *trial, struct arena *into, struct canon_record *record)
{
    struct reading reading = {.json = &trial->json};

    do
        arena_reset(trial->set.arena);
    while (!random_set_make(&trial->set));
    arena_reset(&trial->compared);
    frame(trial, &trial->text, trial->set.n, true, NULL);
    if (!read_set(trial, buffer_view(&trial->text), &reading, false) || trial->complaints > 0)
        return false;
    return read_record(trial, arena_copy(into, buffer_view(&trial->json)), into, record);
}

/* Writes the record and reads it again.  False: it is refused, or not all of it is read, which is told. */
static bool write_and_read(struct trial *trial, struct bytes json, struct reading *again,
                           struct canon_record *became)
{
    struct x12_put put = {.writer = &trial->writer,
                          .charset = partners_generic(partners)->charset,
                          .arena = &trial->arena,
                          .tell = put_complained,
                          .whom = trial};
    struct canon_record record;

    arena_reset(&trial->arena);
    if (!read_record(trial, json, &trial->arena, &record))
        return true;
    (void)x12_put_record(trial->putter, &put, &record);
    x12_put_each_unwritten(&put, &record, unwritten, trial);
    frame(trial, &trial->again, put.n_segments, false, &put);
    if (trial->why[0] != '\0' || !read_set(trial, buffer_view(&trial->again), again, true)) {
        trial->told = true;
        return false;
    }
    if (trial->complaints > 0)
        say(trial, "  what was written cannot be read\n");
    if (trial->reading.unread > 0) { /* a segment that another rule takes, with less in its loop */
        trial->told = true;
        return false;
    }
    return read_record(trial, arena_copy(&trial->compared, buffer_view(again->json)), &trial->compared,
                       became);
}

/*
 * A record may say in a list what has a field of its own, in the order of no segments: once written and read
 * it is as a map reads it.  So: no value is missing then; and written again, it gives the same record.
 */
static bool record_holds(struct trial *trial, struct arena *drawn)
{
    struct reading first = {.json = &trial->json_again}, second = {.json = &trial->json};
    struct canon_record a, b, mixed, once, twice;
    struct bytes missing;

    trial->why[0] = '\0';
    trial->keep = trial->told = false;
    arena_reset(drawn);
    if (!draw_record(trial, drawn, &a) || !draw_record(trial, drawn, &b)) {
        trial->refused++;
        return trial->why[0] == '\0';
    }
    assert_true(random_record_mix(&trial->set.random, drawn, &a, &b, &mixed));
    to_json(trial, &mixed, &trial->json);
    arena_reset(&trial->compared);
    if (!write_and_read(trial, buffer_view(&trial->json), &first, &once)) {
        trial->refused++;
        return trial->told;
    }
    trial->valid++;
    if (trial->why[0] != '\0')
        return false;
    missing = random_record_missing(&trial->compared, &mixed, &once);
    if (missing.at != NULL) {
        say(trial, "  record -> X12 -> record: \"%.*s\" is missing\n", BYTES_ARG(missing));
        return false;
    }
    if (!write_and_read(trial, buffer_view(&trial->json_again), &second, &twice)) {
        say(trial, "  what was written once is refused\n");
        return false;
    }
    (void)canon_compare(&once, &twice, false, field_differs, trial);
    return trial->why[0] == '\0';
}

/* --- making it small */

static void remove_segments(struct random_set *set, uint32_t from, uint32_t n)
{
    memmove(&set->segments[from], &set->segments[from + n], (set->n - from - n) * sizeof(set->segments[0]));
    set->n -= n;
}

/* Segment i and what is in its loop. */
static uint32_t loop_length(const struct random_set *set, uint32_t i)
{
    const struct standard_position *position = set->segments[i].position;
    uint32_t n = 1;

    while (position->starts_loop && i + n < set->n &&
           set->segments[i + n].position->index > position->index &&
           set->segments[i + n].position->index <= position->last)
        n++;
    return n;
}

static void shrink(struct trial *trial)
{
    static struct random_set kept;
    bool smaller = true;

    for (unsigned round = 0; smaller && round < 4; round++) {
        smaller = false;
        for (uint32_t i = 0; i < trial->set.n; i++) {
            if (random_set_has_totals(&trial->set, trial->set.segments[i].position))
                continue;
            kept = trial->set;
            remove_segments(&trial->set, i, loop_length(&trial->set, i));
            if (holds(trial)) {
                trial->set = kept;
                continue;
            }
            smaller = true;
            i--;
        }
        for (uint32_t i = 0; i < trial->set.n; i++)
            for (unsigned e = 0; e < trial->set.segments[i].n; e++) {
                struct bytes was = trial->set.segments[i].elements[e];

                if (was.len == 0 || random_set_has_totals(&trial->set, trial->set.segments[i].position))
                    continue;
                trial->set.segments[i].elements[e] = (struct bytes){NULL, 0};
                if (holds(trial))
                    trial->set.segments[i].elements[e] = was;
                else
                    smaller = true;
            }
    }
    (void)holds(trial);
}

static void print_text(const struct trial *trial, const char *name, struct bytes text)
{
    struct bytes line;

    print_message("# %s\n", name);
    while (bytes_split(&text, trial->style.delimiters.terminator, &line))
        if (line.len > 0 && memcmp(line.at, "ISA", line.len < 3 ? line.len : 3) != 0)
            print_message("#   %.*s\n", BYTES_ARG(line));
}

static void print_failure(struct trial *trial, const char *map, const char *release, uint32_t number,
                          uint64_t state, bool from_set)
{
    const uint32_t refused = trial->refused, valid = trial->valid, declared = trial->declared;

    if (from_set)
        shrink(trial);
    trial->refused = refused;
    trial->valid = valid;
    trial->declared = declared;
    print_message("# map %s, X12 %s, seed %llu, %s %u (state %llu)%s\n", map, release,
                  (unsigned long long)seed, from_set ? "document" : "record", number,
                  (unsigned long long)state, trial->keep ? ", --unmapped=keep" : "");
    for (struct bytes rest = bytes_of(trial->why), line; bytes_split(&rest, '\n', &line);)
        print_message("#%.*s\n", BYTES_ARG(line));
    if (from_set)
        print_text(trial, "the set", buffer_view(&trial->text));
    print_text(trial, "as it was written", buffer_view(&trial->again));
    /* print_message has room for 1,024 bytes. */
    print_message("# the record\n");
    printf("#   %.*s\n", BYTES_ARG(buffer_view(&trial->json)));
}

/* --- a map */

static bool open_trial(struct trial *trial, struct workshop *shop, const char *release, const char *set)
{
    trial->style = x12_style_default;
    if (strcmp(release, "004020") > 0)
        trial->style.delimiters.repetition = '^';
    x12_writer_init(&trial->writer, &trial->style);
    arena_init(&trial->arena, 256 * 1024, (size_t)1 << 28);
    arena_init(&trial->scratch, 256 * 1024, (size_t)1 << 28);
    arena_init(&trial->compared, 256 * 1024, (size_t)1 << 28);
    buffer_init(&trial->text, (size_t)1 << 26);
    buffer_init(&trial->again, (size_t)1 << 26);
    buffer_init(&trial->json, (size_t)1 << 26);
    buffer_init(&trial->json_again, (size_t)1 << 26);
    trial->out.sink = (struct canon_sink){
        .at = trial->out.window, .end = trial->out.window + sizeof(trial->out.window), .flush = flush_sink};
    trial->work = workshop_work(shop, partners_generic(partners), release, bytes_of(set));
    if (trial->work == NULL || trial->work->binding == NULL)
        return false; /* no such set in this release */
    trial->putter = x12_putter_open(trial->work->binding);
    return trial->putter != NULL;
}

static void close_trial(struct trial *trial)
{
    x12_putter_close(trial->putter);
    buffer_release(&trial->json_again);
    buffer_release(&trial->json);
    buffer_release(&trial->again);
    buffer_release(&trial->text);
    arena_release(&trial->compared);
    arena_release(&trial->scratch);
    arena_release(&trial->arena);
}

static uint32_t try_records(struct trial *trial, const char *map, const char *release)
{
    struct arena drawn;
    uint32_t failures = 0, tries = 0;

    arena_init(&drawn, 64 * 1024, (size_t)1 << 28);
    trial->valid = trial->refused = 0;
    for (; trial->valid < documents && tries < 16 * documents && failures < 3; tries++) {
        uint64_t state = trial->set.random.state;

        if (record_holds(trial, &drawn))
            continue;
        print_failure(trial, map, release, tries, state, false);
        failures++;
    }
    print_message("# %-12s %s %6u records,                    %6u written, %5u refused, %u broken\n", map,
                  release, tries, trial->valid, trial->refused, failures);
    assert_true(failures > 0 || trial->valid >= documents);
    arena_release(&drawn);
    return failures;
}

static uint32_t try_map(const char *map, const char *set, const char *release)
{
    static struct trial trial;
    struct arena life, made;
    struct workshop shop = {.search = &search,
                            .dictionary = dictionary,
                            .schema = schema,
                            .report = &report,
                            .map = map,
                            .arena = &life};
    uint32_t failures = 0, n_segments = 0;
    bool exact;

    trial = (struct trial){0};
    arena_init(&life, 64 * 1024, (size_t)1 << 28);
    arena_init(&made, 64 * 1024, (size_t)1 << 28);
    release = dictionary_release(dictionary, bytes_of(release), &exact);
    if (dictionary_set(dictionary, release, bytes_of(set)) == NULL) {
        arena_release(&made);
        arena_release(&life);
        return 0;
    }
    assert_true(open_trial(&trial, &shop, release, set));
    trial.set.binding = trial.work->binding;
    trial.set.writer = &trial.writer;
    trial.set.arena = &made;
    trial.set.random.state = seed * 1000003 + (uint64_t)bytes_key(set, 3) * 31 + (uint64_t)release[2];
    for (uint32_t i = 0; i < documents && failures < 3; i++) {
        uint64_t state = trial.set.random.state;

        arena_reset(&made);
        trial.keep = i % 2 == 0;
        while (!random_set_make(&trial.set))
            arena_reset(&made);
        n_segments += trial.set.n;
        if (holds(&trial))
            continue;
        print_failure(&trial, map, release, i, state, true);
        failures++;
    }
    print_message(
        "# %-12s %s %6u documents of %3u segments, %6u valid, %5u refused, %5u differences declared, "
        "%u broken\n",
        map, release, documents, n_segments / documents, trial.valid, trial.refused, trial.declared,
        failures);
    /* What is refused tests nothing. */
    assert_true(failures > 0 || trial.valid >= documents - documents / 8);
    failures += try_records(&trial, map, release);
    close_trial(&trial);
    workshop_release(&shop);
    arena_release(&made);
    arena_release(&life);
    return failures;
}

static void test_laws(void **state)
{
    const char *only = getenv("CROSSDOCK_MAP");
    uint32_t failures = 0;

    (void)state;
    print_message("# seed %llu, %u documents a map and release\n", (unsigned long long)seed, documents);
    for (size_t m = 0; m < sizeof(maps) / sizeof(maps[0]); m++)
        for (size_t r = 0; r < sizeof(releases) / sizeof(releases[0]); r++)
            if (only == NULL || strcmp(only, maps[m].map) == 0)
                failures += try_map(maps[m].map, maps[m].set, releases[r]);
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_laws)};

    return cmocka_run_group_tests(tests, open_all, close_all);
}
