#include "translate/inbound.h"

#include <stdlib.h>

#include "base/hash.h"
#include "translate/batch.h"
#include "translate/inbound_nest.h"

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
    arena_init(&in->tree, 256 * 1024, (size_t)4 << 30);
    canon_spill_init(&in->spill, settings->spool);
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
    in->read.complain = inbound_map_complained;
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
    canon_spill_release(&in->spill);
    arena_release(&in->tree);
    arena_release(&in->document);
    arena_release(&in->envelope);
    arena_release(&in->life);
    free(in);
}

/* ---- shared by the levels ---- */

void inbound_out_of_memory(struct inbound *in, const char *what)
{
    report_say(in->report, TECHNICAL_MEMORY, in->file, "%s", what);
    in->fatal = true;
}

/* Tells what was found in an envelope since the last time.  Views are copied: the window moves on, and the
 * acknowledgment still needs the faults. */
void inbound_tell_level(struct inbound *in, struct level *level, bool with_group)
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
void inbound_add_missing(struct inbound *in, struct faults *faults, enum complaint complaint)
{
    struct fault *fault = fault_add(faults, complaint, &in->segment.view);

    if (fault != NULL && in->ended)
        fault->detail = "the file ends here";
}

/* ---- files ---- */

/* One that is of the envelope, or stands outside every set. */
static void one_segment(struct inbound *in)
{
    switch (in->segment.view.key) {
    case 'I' | 'S' << 8 | 'A' << 16:
        inbound_close_interchange(in, false);
        inbound_open_interchange(in);
        break;
    case 'G' | 'S' << 8:
        inbound_close_group(in, false);
        inbound_assume_interchange(in);
        inbound_open_group(in);
        break;
    case 'S' | 'T' << 8:
        inbound_close_set(in, false);
        if (!in->group.level.open && in->interchange.level.open && !in->interchange.assumed)
            inbound_tell_structure(in, "the set stands outside every functional group (GS)");
        inbound_assume_group(in);
        inbound_open_set(in);
        break;
    case 'S' | 'E' << 8:
        if (in->set.level.open)
            inbound_close_set(in, true);
        else
            inbound_loose_segment(in);
        break;
    case 'G' | 'E' << 8:
        if (in->group.level.open)
            inbound_close_group(in, true);
        else
            inbound_loose_segment(in);
        break;
    case 'I' | 'E' << 8 | 'A' << 16:
        if (in->interchange.level.open)
            inbound_close_interchange(in, true);
        else
            inbound_loose_segment(in);
        break;
    default: inbound_loose_segment(in);
    }
}

/* What the reader met that is no segment. */
static void tell_about(struct inbound *in, const struct x12_trouble *trouble, enum complaint complaint,
                       const char *detail, const char *hint)
{
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

static void tell_trouble(struct inbound *in, enum complaint complaint, const char *detail, const char *hint)
{
    tell_about(in, x12_trouble(in->reader), complaint, detail, hint);
}

static void tell_junk(struct inbound *in, const struct x12_trouble *junk)
{
    char detail[64];

    snprintf(detail, sizeof(detail), "%llu bytes passed over", (unsigned long long)junk->length);
    tell_about(in, junk, X12_JUNK_BYTES, detail, NULL);
}

/* Before the first interchange: when none comes it is the whole file, and that is told then. */
static void hold_junk(struct inbound *in, const struct x12_trouble *junk, struct x12_trouble *held)
{
    *held = *junk;
    held->piece = arena_copy(&in->life, junk->piece);
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
static void tell_no_interchange(struct inbound *in, const char *start, size_t len)
{
    struct finding finding = {
        .complaint = X12_NOT_X12,
        .place = {.file = in->file, .has_offset = true, .line = 1},
        .value = {start, len},
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
    else if (len > 0 && start[0] == '\0')
        finding.hint = "it begins with NUL bytes: its content was lost, on a disk or on its way";
    report_add(in->report, &finding);
}

static void hash_block(void *whom, const char *at, size_t len)
{
    sha256_add(whom, at, len);
}

/* Two or three capitals or digits, a letter first, and something that can separate elements. */
static bool looks_like_segment(const char *start)
{
    size_t n = 0;

    if (strncmp(start, "ISA", 3) == 0 || !(start[0] >= 'A' && start[0] <= 'Z'))
        return false;
    while (n < 4 && ((start[n] >= 'A' && start[n] <= 'Z') || (start[n] >= '0' && start[n] <= '9')))
        n++;
    return (n == 2 || n == 3) && start[n] > ' ' && start[n] < 0x7f &&
           strchr("abcdefghijklmnopqrstuvwxyz.,", start[n]) == NULL;
}

static void read_all(struct inbound *in)
{
    char start[40] = "";
    size_t len = x12_peek(in->reader, start, sizeof(start));
    bool junk_only = true;
    struct x12_trouble before = {.length = 0};

    in->fragment = in->settings->check && looks_like_segment(start);
    if (in->fragment) {
        tell_trouble(in, X12_FRAGMENT, "delimiters are guessed from its first segment", NULL);
        x12_assume(in->reader, NULL);
    }
    while (!in->fatal) {
        enum x12_event event = in->set.level.open ? inbound_body(in) : x12_next(in->reader, &in->segment);
        const struct x12_trouble *trouble;

        if (in->fatal)
            break;
        trouble = x12_trouble(in->reader);
        if (event != X12_JUNK && event < X12_END && junk_only) {
            junk_only = false;
            if (before.length > 0)
                tell_junk(in, &before);
        }
        switch (event) {
        case X12_SEGMENT:
            one_segment(in);
            if (!in->set.level.open)
                x12_forget(in->reader);
            if (in->segment.unterminated && !in->set.level.open)
                tell_unterminated(in);
            break;
        case X12_JUNK:
            in->counts.junk += trouble->length;
            if (junk_only)
                hold_junk(in, trouble, &before);
            else
                tell_junk(in, trouble);
            break;
        case X12_BAD_ISA:
            in->segment.view = (struct segment_view){.offset = trouble->offset, .line = trouble->line};
            inbound_close_interchange(in, false);
            tell_trouble(in, X12_ISA_UNREADABLE, trouble->detail, NULL);
            in->counts.junk += trouble->length;
            break;
        case X12_ISA_LENGTH:
            tell_trouble(in, X12_ISA_WIDTH, trouble->detail, NULL);
            in->width_told = true;
            break;
        case X12_TOO_LONG:
            if (in->set.level.open)
                inbound_skip_set(in, X12_SEGMENT_TOO_LONG, "the limit is --max-segment");
            else
                tell_trouble(in, X12_SEGMENT_TOO_LONG, NULL, NULL);
            break;
        case X12_TOO_LARGE:
            inbound_skip_set(in, X12_SET_TOO_LARGE, "the limit is --max-set");
            x12_forget(in->reader);
            break;
        case X12_READ_ERROR:
            in->counts.broken = true;
            report_say(in->report, TECHNICAL_READ, in->file, "%s", strerror(trouble->error));
            break;
        case X12_NO_MEMORY: inbound_out_of_memory(in, "while reading"); break;
        case X12_END: break;
        }
        if (event >= X12_END) {
            in->segment.view = (struct segment_view){.offset = trouble->offset, .line = trouble->line};
            in->ended = true;
            inbound_close_interchange(in, false);
            if (junk_only && len > 0 && start[0] == '\0')
                in->counts.junk = x12_offset(in->reader); /* elsewhere NUL bytes only pad */
            in->counts.blank = junk_only && in->counts.junk == 0;
            if (junk_only && in->counts.junk > 0)
                tell_no_interchange(in, start, len);
            return;
        }
    }
}

static void write_batch(struct inbound *in, struct sha256 *sha256)
{
    char digest[65];

    sha256_hex(sha256, digest);
    arena_reset(&in->document);
    batch_write(in->out, in->schema, &in->id, "x12", in->base, digest, &in->counts, &in->document);
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
        inbound_out_of_memory(in, "while opening");
        return false;
    }
    if (in->settings->batch) {
        sha256 = sha256_open();
        if (sha256 == NULL) {
            inbound_out_of_memory(in, "for the file's SHA-256");
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
