#include "fuzz_tree.h"

#include "canon/read.h"
#include "translate/flat_in.h"
#include "wire/xml_read.h"

enum { CEILING = 3000 };

struct log {
    struct buffer text;
    uint64_t behind; /* the latest document */
    size_t size;     /* of the file */
    uint64_t rest;   /* bytes of UTF-8 that nobody reads */
    bool whole;      /* so far */
};

static void log_node(struct buffer *text, const struct tree_node *node)
{
    buffer_add_format(text, "(%u:%u ", node->kind, node->offset);
    buffer_add_bytes(text, node->name);
    buffer_add_byte(text, '=');
    buffer_add_bytes(text, node->text);
    for (const struct tree_node *child = node->first; child != NULL; child = child->next) {
        if (child->up != node)
            fuzz_fail("a node that does not know what it stands in");
        log_node(text, child);
    }
    buffer_add_byte(text, ')');
}

static void log_trouble(struct buffer *text, const struct tree_trouble *trouble)
{
    if (trouble->what[0] != '\0')
        buffer_add_format(text, " %u:%u %s: %s; %s", trouble->line, trouble->column, trouble->path,
                          trouble->what, trouble->expected);
}

static bool take_document(void *whom, const struct tree_document *document)
{
    struct log *log = whom;

    if (document->begin.offset < log->behind)
        fuzz_fail("a document at byte %llu, and the one before it ends at %llu",
                  (unsigned long long)document->begin.offset, (unsigned long long)log->behind);
    if (!log->whole)
        fuzz_fail("a document at byte %llu, behind one that is not whole",
                  (unsigned long long)document->begin.offset);
    log->behind = document->begin.offset + document->length;
    log->whole = document->extent == TREE_WHOLE;
    buffer_add_format(&log->text, "\n%d", (int)document->extent);
    /* Where it is said to be too large depends on the pieces, when it is a little larger. */
    if (document->length > CEILING || (!log->whole && log->size > CEILING)) {
        buffer_add_format(&log->text, "\n%llu large", (unsigned long long)document->begin.offset);
        return true;
    }
    buffer_add_format(&log->text, "\n%llu+%llu %u:%u ", (unsigned long long)document->begin.offset,
                      (unsigned long long)document->length, document->begin.line, document->begin.column);
    if (document->top != NULL && document->trouble.what[0] == '\0')
        log_node(&log->text, document->top);
    log_trouble(&log->text, &document->trouble);
    return true;
}

static void take_rest(void *whom, const char *at, size_t len)
{
    struct log *log = whom;

    (void)at;
    log->rest += len;
}

static void take_stray(void *whom, struct bytes name)
{
    struct log *log = whom;

    buffer_add_byte(&log->text, '\n');
    buffer_add_bytes(&log->text, name);
}

void fuzz_tree_read(tree_read_function *read_tree, const struct tree_layout *layout, struct bytes bytes)
{
    static const size_t steps[] = {4096, 1, 7};
    struct log logs[2];

    for (unsigned i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        struct log *log = &logs[i > 0];
        const struct tree_taker taker = {
            .document = take_document, .rest = take_rest, .stray = take_stray, .whom = log};
        struct tree_names *names = tree_names_open();
        struct tree_reading reading;

        if (names == NULL)
            fuzz_fail("no memory");
        *log = (struct log){.size = bytes.len, .whole = true};
        buffer_init(&log->text, 64 << 20);
        fuzz_give(bytes, steps[i]);
        reading = read_tree(layout, names, FUZZ_FD, CEILING, &taker);
        buffer_add_format(&log->text, "\n%d", (int)reading.event);
        if (bytes.len <= CEILING)
            buffer_add_format(&log->text, " rest %llu", (unsigned long long)log->rest);
        if (reading.event == TREE_REFUSED)
            log_trouble(&log->text, &reading.trouble);
        if (log->whole == (reading.event == TREE_BROKEN))
            fuzz_fail("event %d, and the last document is %swhole", (int)reading.event,
                      log->whole ? "" : "not ");
        if (reading.event > TREE_REFUSED || reading.bytes != bytes.len || log->behind > bytes.len)
            fuzz_fail("event %d at byte %llu of %zu", (int)reading.event, (unsigned long long)reading.bytes,
                      bytes.len);
        tree_names_close(names);
        if (i > 0 && !bytes_equal(buffer_view(&logs[0].text), buffer_view(&log->text)))
            fuzz_fail("4096 bytes at a time: %.*s\n%zu at a time: %.*s",
                      BYTES_ARG(buffer_view(&logs[0].text)), steps[i], BYTES_ARG(buffer_view(&log->text)));
        if (i > 0)
            buffer_release(&log->text);
    }
    buffer_release(&logs[0].text);
}

/* Each line is a record that can be read. */
static void hold_canonical(struct bytes text)
{
    struct canon_read_error error;
    struct canon_record record;
    struct bytes line;
    struct arena arena;

    arena_init(&arena, 64 * 1024, 256 << 20);
    while (text.len > 0 && bytes_split(&text, '\n', &line)) {
        arena_reset(&arena);
        if (!canon_read(&record, fuzz_schema(), line, &arena, &error))
            fuzz_fail("%s at %zu, %s: %.*s", error.what, error.offset, error.path, BYTES_ARG(line));
    }
    arena_release(&arena);
}

/* Made once: a map takes longer to load than an input to read. */
static struct fuzz_sink out;
static struct report report;

static struct flat_in *open_map(const char *map)
{
    static struct flat_in_settings settings = {.partner = "acme",
                                               .unmapped = 3,
                                               .rejects = true,
                                               .max_row = 65536,
                                               .max_document = 1 << 20,
                                               .read_xml = xml_read};
    static struct flat_in *in;

    if (in != NULL)
        return in;
    settings.map = map;
    fuzz_report(&report);
    in = flat_in_open(&settings, fuzz_search(), &report, &out.sink);
    if (in == NULL)
        fuzz_fail("the map %s cannot be had", map);
    return in;
}

void fuzz_tree_translate(const char *map, struct bytes bytes)
{
    struct flat_in *in = open_map(map);
    const struct inbound_counts *counts;

    fuzz_sink_init(&out);
    fuzz_give(bytes, 4096);
    if (!flat_in_file(in, FUZZ_FD, "fuzz", "fuzz") || report.failed || report.misused)
        fuzz_fail("the data is not to blame: exit status %d", report_status(&report));
    counts = flat_in_file_counts(in);
    if (counts->read != counts->translated + counts->rejected + counts->ignored)
        fuzz_fail("read %llu, translated %llu, rejected %llu, ignored %llu", (unsigned long long)counts->read,
                  (unsigned long long)counts->translated, (unsigned long long)counts->rejected,
                  (unsigned long long)counts->ignored);
    hold_canonical(fuzz_sink_text(&out));
    fuzz_sink_release(&out);
}
