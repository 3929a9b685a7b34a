/*
 * Files of documents of XML and JSON: each document is read into a tree, and from there into its record.
 */
#include <stdlib.h>

#include "base/file.h"
#include "map/tree_fill.h"
#include "translate/flat_in_parts.h"
#include "wire/element_read.h"
#include "wire/json_read.h"

/* More findings of a document are counted, and not told: each costs a look at the document for its place. */
enum { TOLD_MOST = 1000 };

struct flat_in_tree {
    struct element_reader *elements; /* of layouts whose records are elements; or NULL, and these two: */
    struct tree_binding *binding;
    struct tree_fill fill;
    const struct tree_document *document;
    enum tree_extent extent; /* of a document that is open, and not whole */
    bool some;               /* there is more to its text than blanks */
};

/* --- what is wrong */

static void complained(void *whom, const struct tree_complaint *complaint)
{
    struct flat_in *in = whom;
    const struct tree_document *document = in->tree->document;
    struct tree_mark mark = document->begin;
    struct finding finding = {
        .complaint = complaint->complaint,
        .place = {.line = complaint->line, .column = complaint->column, .offset = document->begin.offset},
        .value = complaint->value,
        .expected = complaint->expected,
    };
    char path[240] = "";

    if (in->document.n_reasons >= TOLD_MOST) {
        in->document.bad |= complaint_info(complaint->complaint)->severity == SEVERITY_ERROR;
        in->document.n_reasons++;
        return;
    }
    if (complaint->node != NULL) {
        mark = tree_place(document, complaint->node);
        tree_path(complaint->node, path, sizeof(path));
        finding.place.line = mark.line;
        finding.place.column = mark.column;
    }
    finding.place.element_name = complaint->node != NULL ? path : complaint->path.at;
    finding.detail = arena_format(&in->arena, "%s%s%s", finding.place.element_name,
                                  complaint->what != NULL ? ": " : "",
                                  complaint->what != NULL ? complaint->what : "");
    flat_in_refuse(in, &in->document, &finding);
}

/* A document, or the file, is not what such a file is made of. */
static void refuse(struct flat_in *in, enum complaint complaint, const struct tree_trouble *trouble)
{
    struct finding finding = {
        .complaint = complaint,
        .place = {.line = trouble->line,
                  .column = trouble->column,
                  .offset = in->document.offset,
                  .element_name = trouble->path[0] != '\0' ? trouble->path : NULL},
        .value = {trouble->value_len > 0 ? trouble->value : NULL, trouble->value_len},
        .expected = trouble->expected[0] != '\0' ? trouble->expected : NULL,
    };

    finding.detail = arena_format(&in->arena, "%s%s%s", trouble->path, trouble->path[0] != '\0' ? ": " : "",
                                  trouble->what);
    flat_in_refuse(in, &in->document, &finding);
}

/* Too large, not what XML is, or without anything in it. */
static void refuse_unreadable(struct flat_in *in, const struct tree_document *tree)
{
    struct finding finding = {.complaint = READ_TOO_LARGE,
                              .place = {.line = tree->begin.line, .offset = tree->begin.offset},
                              .hint = "the limit is --max-document"};

    in->document.full = tree->too_large; /* its text is not all here: none of it is kept */
    if (!tree->too_large && tree->trouble.what[0] != '\0') {
        refuse(in, READ_MALFORMED, &tree->trouble);
        return;
    }
    if (!tree->too_large) {
        finding.complaint = READ_OUTSIDE;
        finding.detail = "there is no record in it";
        finding.hint = NULL;
    }
    flat_in_refuse(in, &in->document, &finding);
}

/* --- documents */

/* The units of a document whose elements are records. */
static void add_units(struct flat_in *in, struct flat_unit *unit)
{
    struct finding outside = {
        .complaint = READ_OUTSIDE,
        .place = {.line = unit->line, .offset = unit->offset, .segment = flat_in_tag(in, unit->tag)},
        .detail = "no record before it begins a document"};

    if (unit->tag != in->layout->begins)
        flat_in_refuse(in, &in->document, &outside);
    do {
        in->unit = unit;
        in->counts.units++;
        flat_fill_unit(&in->fill, unit);
    } while (element_next(in->tree->elements, unit));
    if (element_failed(in->tree->elements))
        flat_in_out_of_memory(in, "for a document");
}

static void take_elements(struct flat_in *in, const struct tree_document *tree)
{
    struct flat_unit unit = {.tag = -1, .offset = tree->begin.offset, .line = tree->begin.line};
    const bool readable = !tree->too_large && tree->trouble.what[0] == '\0';
    bool some = false;

    in->tree->document = tree;
    if (readable) {
        element_read_begin(in->tree->elements, tree);
        some = element_next(in->tree->elements, &unit);
    }
    flat_in_begin_document(in, &unit);
    if (in->fatal)
        return;
    in->document.offset = tree->begin.offset;
    in->document.line = tree->begin.line;
    in->document.length = tree->length;
    if (in->settings->rejects)
        buffer_add_bytes(&in->document.raw, tree->raw);
    canon_id_add(&in->id, tree->raw);
    if (some)
        add_units(in, &unit);
    else
        refuse_unreadable(in, tree);
    if (tree->extent == TREE_WHOLE)
        flat_in_close_document(in);
}

static void take_document(struct flat_in *in, const struct tree_document *tree)
{
    struct flat_document *document = &in->document;
    const enum canon_direction direction = in->settings->incoming ? CANON_IN : CANON_OUT;

    in->tree->document = tree;
    arena_reset(&in->arena);
    flat_document_begin(document, tree->begin.offset, tree->begin.line);
    document->length = tree->length;
    in->counts.read++;
    in->counts.units++;
    in->record.body = NULL;
    if (!canon_record_init(&in->record, in->map->kind, &in->arena)) {
        flat_in_out_of_memory(in, "for a document");
        return;
    }
    in->record.direction = direction;
    in->record.partner = bytes_of(in->settings->partner);
    if (in->settings->rejects)
        buffer_add_bytes(&document->raw, tree->raw);
    canon_id_begin(&in->id, in->record.partner, direction, in->map->kind->name);
    canon_id_add(&in->id, tree->raw);
    if (tree->too_large || tree->trouble.what[0] != '\0')
        refuse_unreadable(in, tree);
    else
        tree_fill(&in->tree->fill, in->tree->binding, &in->record, tree);
    if (tree->extent == TREE_WHOLE)
        flat_in_close_document(in);
}

/* What stands behind the documents, where the file's form breaks. */
static void take_behind(struct flat_in *in, const struct tree_document *tree)
{
    arena_reset(&in->arena);
    in->record.body = NULL;
    flat_document_begin(&in->document, tree->begin.offset, tree->begin.line);
    refuse(in, READ_MALFORMED, &tree->trouble);
}

static bool take(void *whom, const struct tree_document *tree)
{
    struct flat_in *in = whom;

    in->tree->extent = tree->extent;
    in->tree->some = false;
    if (tree->extent == TREE_BEHIND)
        take_behind(in, tree);
    else if (in->tree->elements != NULL)
        take_elements(in, tree);
    else
        take_document(in, tree);
    return !in->fatal;
}

static void take_rest(void *whom, const char *at, size_t len)
{
    struct flat_in *in = whom;
    const struct bytes text = {at, len};

    in->tree->some = in->tree->some || bytes_trim(text).len > 0;
    if (in->document.open && in->settings->rejects && !in->document.full)
        buffer_add_bytes(&in->document.raw, text);
}

static void take_stray(void *whom, struct bytes name)
{
    struct flat_in *in = whom;

    if (in->tree->elements != NULL)
        flat_binding_stray(in->binding, name);
    else
        tree_binding_stray(in->tree->binding, name);
}

/* --- files */

/* Nothing of the file is read: it is one reject, known by its hash. */
static void reject_file(struct flat_in *in)
{
    struct flat_document *document = &in->document;

    buffer_clear(&document->raw);
    document->offset = 0;
    document->line = 1;
    document->length = in->counts.bytes;
    flat_in_end_digest(in);
    in->counts.read++;
    flat_in_reject_file(in, document);
}

/* The file's form broke, and the last document is all that could not be read of it; it is open still. */
static void end_broken(struct flat_in *in)
{
    struct flat_document *document = &in->document;

    document->length = in->counts.bytes - document->offset;
    if (in->tree->extent == TREE_CUT) {
        flat_in_close_document(in);
        return;
    }
    document->open = false;
    if (in->counts.read == 0) {
        reject_file(in);
    } else if (in->tree->some) {
        in->counts.read++;
        flat_in_reject(in, document, NULL);
    }
}

static void end_file(struct flat_in *in, const struct tree_reading *reading)
{
    switch (reading->event) {
    case TREE_END:
    case TREE_STOPPED: return;
    case TREE_NO_MEMORY: flat_in_out_of_memory(in, "while reading"); return;
    case TREE_READ_ERROR:
        report_say(in->report, TECHNICAL_READ, in->file, "%s", file_error(reading->error));
        if (in->document.open)
            end_broken(in);
        break;
    case TREE_BROKEN: end_broken(in); break;
    case TREE_REFUSED:
        arena_reset(&in->arena);
        in->record.body = NULL;
        flat_document_begin(&in->document, 0, 1);
        refuse(in, READ_REFUSED_FILE, &reading->trouble);
        in->document.open = false;
        reject_file(in);
        break;
    }
    in->counts.broken = true;
}

void flat_in_tree_file(struct flat_in *in, int fd)
{
    struct flat_in_tree *tree = in->tree;
    const bool elements = tree->elements != NULL;
    const struct tree_taker taker = {
        .document = take, .rest = take_rest, .stray = take_stray, .look = flat_in_look, .whom = in};
    const struct tree_layout *layout = elements ? &in->layout->elements->tree
                                                : tree_binding_layout(tree->binding);
    struct tree_names *names = elements ? element_read_names(tree->elements)
                                        : tree_binding_names(tree->binding);
    tree_read_function *const read_tree = layout->json ? json_read : in->settings->read_xml;
    const struct tree_reading reading = read_tree(layout, names, fd, in->settings->max_document, &taker);

    in->counts.bytes = reading.bytes;
    end_file(in, &reading);
    in->counts.blank = reading.blank && !in->counts.broken;
}

/* --- opening and closing */

bool flat_in_tree_open(struct flat_in *in)
{
    /* What documents have of a layout of rows: nothing. */
    static const struct flat_layout no_layout = {.n_records = 1, .begins = -1, .partner = -1};

    if (in->settings->read_xml == NULL && strcmp(flat_in_format(in), "json") != 0) {
        report_say(in->report, SETTING_VALUE, in->map->layout_mark.file,
                   "the map %s reads %s, and this tool does not", in->map->name, flat_in_format(in));
        return false;
    }
    in->tree = calloc(1, sizeof(*in->tree));
    if (in->tree != NULL && in->binding != NULL)
        in->tree->elements = element_read_open(in->layout);
    if (in->tree == NULL || (in->binding != NULL && in->tree->elements == NULL)) {
        report_say(in->report, TECHNICAL_MEMORY, NULL, "at the start");
        return false;
    }
    if (in->binding != NULL)
        return true;
    in->layout = &no_layout;
    in->tree->binding = tree_binding_open(in->map, in->report);
    if (in->tree->binding == NULL)
        return false;
    in->tree->fill = (struct tree_fill){.values = &in->fill,
                                        .keep_unread = in->settings->unmapped == UNMAPPED_KEEP,
                                        .complain = complained,
                                        .whom = in};
    return true;
}

void flat_in_tree_close(struct flat_in *in)
{
    if (in->tree != NULL) {
        tree_binding_close(in->tree->binding);
        element_read_close(in->tree->elements);
    }
    free(in->tree);
    in->tree = NULL;
}

static void tell_unread(void *whom, const char *path, uint64_t count)
{
    flat_in_tell_unread(whom, path, count);
}

void flat_in_tree_finish(struct flat_in *in)
{
    tree_binding_each_unread(in->tree->binding, tell_unread, in);
}

void flat_in_tree_place(const struct flat_in *in, unsigned slot, uint32_t *line, uint32_t *column)
{
    element_place(in->tree->elements, slot, line, column);
}
