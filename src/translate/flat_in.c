#include "translate/flat_in.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/hash.h"
#include "map/layout_tree.h"
#include "translate/batch.h"
#include "translate/flat_in_parts.h"

enum { PENDING_CEILING = 16 * 1024 * 1024 };

const struct inbound_counts *flat_in_file_counts(const struct flat_in *in)
{
    return &in->counts;
}

void flat_in_out_of_memory(struct flat_in *in, const char *what)
{
    report_say(in->report, TECHNICAL_MEMORY, in->file, "%s", what);
    in->fatal = true;
}

/* --- files */

/* Headings that the layout does not know may be those that it misses. */
static void tell_headings(struct flat_in *in)
{
    const struct flat_record *record = &in->layout->records[0];
    const struct bytes *names;
    struct buffer missing, others;
    unsigned count;

    in->headed = true;
    if (!in->layout->header)
        return;
    if (!flat_binding_headings(in->binding, in->reader))
        flat_in_out_of_memory(in, "for the header");
    names = flat_headings(in->reader, &count);
    buffer_init(&missing, 4096);
    buffer_init(&others, 4096);
    for (unsigned i = 0; i < record->n_columns; i++)
        if (flat_lacks(in->reader, i) && !record->columns[i].skip)
            buffer_add_format(&missing, "%s%.*s", missing.len > 0 ? ", " : "",
                              BYTES_ARG(record->columns[i].heading));
    for (unsigned i = 0; i < count; i++)
        if (names[i].len > 0)
            buffer_add_format(&others, "%s%.*s", others.len > 0 ? ", " : "", BYTES_ARG(names[i]));
    if (missing.len > 0 && others.len > 0) {
        struct finding finding = {.complaint = READ_HEADINGS,
                                  .place = {.file = in->file, .line = 1},
                                  .value = buffer_view(&others)};

        buffer_add_byte(&missing, '\0');
        finding.expected = missing.at;
        report_add(in->report, &finding);
    }
    buffer_release(&missing);
    buffer_release(&others);
}

/* The last row may be whole, or what was left of one. */
static void tell_line_end(struct flat_in *in, const struct flat_unit *unit)
{
    struct finding finding = {
        .complaint = READ_NO_LINE_END,
        .place = {.file = in->file, .line = unit->line},
        .value = {unit->raw.len > 40 ? unit->raw.at + unit->raw.len - 40 : unit->raw.at,
                  unit->raw.len > 40 ? 40 : unit->raw.len},
    };

    report_add(in->report, &finding);
}

static void read_failed(struct flat_in *in)
{
    in->counts.broken = true;
    report_say(in->report, TECHNICAL_READ, in->file, "%s", strerror(flat_trouble(in->reader)->error));
}

void flat_in_end_digest(struct flat_in *in)
{
    if (in->sha256 != NULL && in->digest[0] == '\0')
        sha256_hex(in->sha256, in->digest);
}

/* Nothing of the file is read: it is one reject, whatever documents it may have held. */
static void refuse_file(struct flat_in *in, struct finding *finding, struct bytes seen)
{
    struct flat_document *document = &in->document;

    arena_reset(&in->arena);
    in->record.body = NULL;
    flat_document_begin(document, 0, 1);
    if (in->settings->rejects)
        buffer_add_bytes(&document->raw, seen);
    flat_in_refuse(in, document, finding);
    document->open = false;
    if (flat_read_rest(in->reader) != FLAT_END)
        read_failed(in);
    document->length = flat_offset(in->reader);
    flat_in_end_digest(in);
    in->counts.read++;
    flat_in_reject_file(in, document);
}

/* Its beginning says so. */
static void refused_beginning(struct flat_in *in, const struct flat_unit *unit)
{
    const struct flat_trouble *trouble = flat_trouble(in->reader);
    struct finding finding = {
        .complaint = READ_REFUSED_FILE,
        .place = {.line = trouble->line, .column = trouble->place},
        .value = trouble->value,
        .detail = trouble->what,
        .expected = trouble->expected[0] != '\0' ? trouble->expected : NULL,
    };

    refuse_file(in, &finding, unit->whole);
}

/* What the file's name should say, it does not. */
static void wrong_name(struct flat_in *in)
{
    struct finding finding = {
        .complaint = READ_REFUSED_FILE,
        .value = bytes_of(in->base),
        .detail = "its name is not of the file_name that is wanted",
    };
    char expected[256];

    snprintf(expected, sizeof(expected), "a name like %.*s", BYTES_ARG(flat_binding_pattern(in->binding)));
    finding.expected = expected;
    refuse_file(in, &finding, (struct bytes){NULL, 0});
}

static void take_unit(struct flat_in *in, const struct flat_unit *unit)
{
    const struct flat_layout *layout = in->layout;

    if (flat_is_totals(layout, unit->tag, unit->cells)) {
        flat_in_totals(in, unit);
        return;
    }
    flat_in_good_unit(in, unit);
    if (layout->n_totals > 0)
        flat_in_tally(in, unit);
}

static void read_all(struct flat_in *in)
{
    struct flat_unit unit = {0};

    while (!in->fatal) {
        enum flat_event event = flat_next(in->reader, &unit);

        if (event == FLAT_UNIT || event == FLAT_BROKEN) {
            in->counts.units++;
            if (!in->headed)
                tell_headings(in);
            if (in->skipped)
                unit.same = 0;
            in->skipped = false;
            if (event == FLAT_BROKEN) {
                in->tally.records++;
                flat_in_broken_unit(in, &unit);
                continue;
            }
            if (in->layout->line_end.len > 0 && unit.whole.at[unit.whole.len - 1] != '\n')
                tell_line_end(in, &unit);
            take_unit(in, &unit);
            continue;
        }
        if (event == FLAT_REFUSED) {
            refused_beginning(in, &unit);
            return;
        }
        if (event == FLAT_NO_MEMORY)
            flat_in_out_of_memory(in, "while reading");
        if (event == FLAT_READ_ERROR)
            read_failed(in);
        flat_in_end(in);
        if (in->layout->n_totals > 0 && event == FLAT_END)
            flat_in_totals_end(in);
        return;
    }
}

void flat_in_look(void *whom, const char *at, size_t len)
{
    struct flat_in *in = whom;

    if (in->sha256 != NULL)
        sha256_add(in->sha256, at, len);
}

static void write_batch(struct flat_in *in)
{
    flat_in_end_digest(in);
    arena_reset(&in->arena);
    batch_write(in->out, in->schema, &in->id, flat_in_format(in), in->base, in->digest, &in->counts,
                &in->arena);
}

static void read_rows(struct flat_in *in, int fd)
{
    in->reader = flat_read_open(in->layout, fd, in->settings->max_row,
                                strcmp(charset_name(in->charset), "utf-8") == 0);
    if (in->reader == NULL || (in->keys != NULL && !flat_keys_begin(in->keys))) {
        flat_in_out_of_memory(in, "while opening");
        flat_read_close(in->reader);
        in->reader = NULL;
        return;
    }
    flat_read_tap(in->reader, flat_in_look, in);
    if (flat_binding_name(in->binding, bytes_of(in->base)))
        read_all(in);
    else
        wrong_name(in);
    in->counts.bytes = flat_offset(in->reader);
    in->counts.blank = flat_blank(in->reader) && in->counts.read == 0 && !in->counts.broken;
    flat_read_close(in->reader);
    in->reader = NULL;
}

bool flat_in_file(struct flat_in *in, int fd, const char *name, const char *base)
{
    in->file = name;
    in->base = base;
    in->counts = (struct inbound_counts){0};
    in->headed = false;
    in->pending.some = false;
    in->tally = (struct flat_tally){0};
    in->documents_before = 0;
    in->said = in->skipped = false;
    in->digest[0] = '\0';
    in->sha256 = NULL;
    if (in->settings->batch || in->settings->rejects) {
        in->sha256 = sha256_open();
        if (in->sha256 == NULL) {
            flat_in_out_of_memory(in, "for the file's SHA-256");
            return false;
        }
        sha256_begin(in->sha256);
    }
    if (in->tree != NULL)
        flat_in_tree_file(in, fd);
    else
        read_rows(in, fd);
    if (in->settings->batch && !in->fatal)
        write_batch(in);
    sha256_close(in->sha256);
    in->sha256 = NULL;
    return !in->fatal;
}

/* --- opening and closing */

static bool open_schema(struct flat_in *in, struct search *search)
{
    const char *path = search_find_folder(search, "maps/canon");
    char *why = NULL;

    if (path != NULL && (in->schema = schema_open(path, &why)) != NULL)
        return true;
    report_say(in->report, TECHNICAL_SCHEMA, path, "%s",
               why != NULL ? why : "maps/canon is in none of the folders searched");
    free(why);
    return false;
}

static bool open_charset(struct flat_in *in)
{
    const char *name = in->settings->charset != NULL  ? in->settings->charset
                       : in->layout->charset != NULL ? in->layout->charset
                                                     : in->settings->usual_charset;

    if (in->layout->elements != NULL)
        name = NULL; /* XML says itself what its letters are, and comes in UTF-8 */
    in->charset = charset_open(bytes_of(name != NULL ? name : "utf-8"));
    if (in->charset != NULL)
        return true;
    report_say(in->report, SETTING_VALUE, in->settings->charset == NULL ? in->map->layout_mark.file : NULL,
               "charset %s: no such one, or its letters are not those of ASCII", name);
    return false;
}

/* The map's rules, bound to its layout. */
static bool open_binding(struct flat_in *in)
{
    if (layout_is_tree(in->map))
        return flat_in_tree_open(in);
    in->binding = flat_binding_open(in->map, in->settings->file_name, in->report);
    if (in->binding == NULL)
        return false;
    in->layout = flat_binding_layout(in->binding);
    return in->layout->elements == NULL || flat_in_tree_open(in);
}

struct flat_in *flat_in_open(const struct flat_in_settings *settings, struct search *search,
                             struct report *report, struct canon_sink *out)
{
    struct flat_in *in = calloc(1, sizeof(*in));

    if (in == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        return NULL;
    }
    in->settings = settings;
    in->report = report;
    in->out = out;
    arena_init(&in->arena, 64 * 1024, (size_t)4 << 30);
    arena_init(&in->pending.arena, 4096, PENDING_CEILING);
    arena_init(&in->stated_arena, 1024, PENDING_CEILING);
    flat_document_init(&in->document, &in->arena);
    flat_document_init(&in->pending.document, &in->pending.arena);
    buffer_init(&in->key, settings->max_row * 2);
    buffer_init(&in->here, settings->max_row * 2);
    buffer_init(&in->pending.key, settings->max_row * 2);
    if (!canon_id_init(&in->id) || !canon_id_init(&in->reject_id)) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        flat_in_close(in);
        return NULL;
    }
    if (!open_schema(in, search) ||
        (in->map = map_load_for(settings->map, settings->xrefs, search, in->schema, report)) == NULL ||
        !open_binding(in)) {
        flat_in_close(in);
        return NULL;
    }
    if (!open_charset(in)) {
        flat_in_close(in);
        return NULL;
    }
    if (in->layout->n_key > 0 && (in->keys = flat_keys_open()) == NULL) {
        report_say(report, TECHNICAL_MEMORY, NULL, "at the start");
        flat_in_close(in);
        return NULL;
    }
    in->fill.charset = in->charset;
    in->fill.keep_unread = settings->unmapped == UNMAPPED_KEEP;
    in->fill.complain = flat_in_complained;
    in->fill.place = flat_in_place;
    in->fill.whom = in;
    return in;
}

void flat_in_close(struct flat_in *in)
{
    if (in == NULL)
        return;
    flat_keys_close(in->keys);
    charset_close(in->charset);
    flat_in_tree_close(in);
    flat_binding_close(in->binding);
    map_close(in->map);
    canon_id_release(&in->id);
    canon_id_release(&in->reject_id);
    schema_close(in->schema);
    buffer_release(&in->pending.key);
    buffer_release(&in->here);
    buffer_release(&in->key);
    flat_document_release(&in->pending.document);
    flat_document_release(&in->document);
    arena_release(&in->stated_arena);
    arena_release(&in->pending.arena);
    arena_release(&in->arena);
    free(in);
}

void flat_in_tell_unread(struct flat_in *in, const char *what, uint64_t count)
{
    struct finding finding = {
        .complaint = MAP_UNREAD,
        .severity = in->settings->unmapped == UNMAPPED_WARN    ? SEVERITY_WARN
                    : in->settings->unmapped == UNMAPPED_ERROR ? SEVERITY_ERROR
                                                               : SEVERITY_INFO,
    };
    char detail[640];

    snprintf(detail, sizeof(detail), "%s, %llu time%s, by map %s", what, (unsigned long long)count,
             count == 1 ? "" : "s", in->map->name);
    finding.detail = detail;
    report_add(in->report, &finding);
}

static void tell_unread(void *whom, struct bytes tag, struct bytes column, uint64_t count)
{
    char what[512];

    snprintf(what, sizeof(what), "%s%.*s%s%.*s", column.at != NULL ? "column " : "", BYTES_ARG(column),
             column.at != NULL ? " of " : "", BYTES_ARG(tag));
    flat_in_tell_unread(whom, what, count);
}

void flat_in_finish(struct flat_in *in)
{
    if (in->settings->unmapped == UNMAPPED_IGNORE)
        return;
    if (in->binding == NULL)
        flat_in_tree_finish(in);
    else
        flat_binding_each_unread(in->binding, tell_unread, in);
}
