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

static bool take_elements(void *whom, const struct tree_document *tree)
{
    struct flat_in *in = whom;
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
        return false;
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
    flat_in_close_document(in);
    return !in->fatal;
}

static bool take_document(void *whom, const struct tree_document *tree)
{
    struct flat_in *in = whom;
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
        return false;
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
    flat_in_close_document(in);
    return !in->fatal;
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

/* What a reader left of a file that it gave up: its hash and length are those of all of it. */
static void pass_rest(struct flat_in *in, int fd)
{
    char block[16 * 1024];
    size_t n = 0;

    while (file_read(fd, block, sizeof(block), &n) == 0 && n > 0) {
        flat_in_look(in, block, n);
        in->counts.bytes += n;
    }
}

/* What stands outside of documents, and ends the file. Where no document came before, it is one reject. */
static void end_file(struct flat_in *in, const struct tree_reading *reading, int fd)
{
    switch (reading->event) {
    case TREE_END:
    case TREE_STOPPED: return;
    case TREE_NO_MEMORY: flat_in_out_of_memory(in, "while reading"); return;
    case TREE_READ_ERROR:
        report_say(in->report, TECHNICAL_READ, in->file, "%s", file_error(reading->error));
        break;
    case TREE_BROKEN:
    case TREE_REFUSED:
        if (reading->told)
            break;
        arena_reset(&in->arena);
        in->record.body = NULL;
        flat_document_begin(&in->document, 0, 1);
        refuse(in, reading->event == TREE_BROKEN ? READ_MALFORMED : READ_REFUSED_FILE, &reading->trouble);
        in->document.open = false;
        pass_rest(in, fd);
        if (in->counts.read > 0)
            break;
        in->document.length = in->counts.bytes;
        flat_in_end_digest(in);
        in->counts.read++;
        flat_in_reject_file(in, &in->document);
        break;
    }
    if (reading->told)
        pass_rest(in, fd);
    in->counts.broken = true;
}

void flat_in_tree_file(struct flat_in *in, int fd)
{
    struct flat_in_tree *tree = in->tree;
    const bool elements = tree->elements != NULL;
    const struct tree_taker taker = {.document = elements ? take_elements : take_document,
                                     .stray = take_stray,
                                     .look = flat_in_look,
                                     .whom = in};
    const struct tree_layout *layout = elements ? &in->layout->elements->tree
                                                : tree_binding_layout(tree->binding);
    struct tree_names *names = elements ? element_read_names(tree->elements)
                                        : tree_binding_names(tree->binding);
    tree_read_function *const read_tree = layout->json ? json_read : in->settings->read_xml;
    const struct tree_reading reading = read_tree(layout, names, fd, in->settings->max_document, &taker);

    in->counts.bytes = reading.bytes;
    end_file(in, &reading, fd);
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
