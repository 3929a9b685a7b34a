/*
 * IDocs, flat and as XML, through all of erp2canon: every document is counted once, every line is a canonical
 * record, and flat ones say the same whether read() gives 7 or 4096 bytes.
 */
#include "canon/read.h"
#include "fuzz.h"
#include "translate/flat_in.h"
#include "wire/xml_read.h"

const char *const fuzz_seeds[] = {"samples/idoc", NULL};

enum { RUNS = 500 }; /* files a run of the tool has */

/* A run of the tool with this map. */
struct run {
    const char *map;
    size_t step;
    struct flat_in_settings settings;
    struct flat_in *in;
    struct report report;
    struct fuzz_sink out;
    unsigned files;
};

static void begin(struct run *run)
{
    run->settings = (struct flat_in_settings){.map = run->map,
                                              .unmapped = 3, /* keep */
                                              .rejects = true,
                                              .batch = true,
                                              .max_row = 20000,
                                              .max_document = 200000,
                                              .read_xml = xml_read};
    fuzz_report(&run->report);
    fuzz_sink_init(&run->out);
    run->files = 0;
    run->in = flat_in_open(&run->settings, fuzz_search(), &run->report, &run->out.sink);
    if (run->in == NULL)
        fuzz_fail("erp2canon does not start: are the maps there?");
}

static void end(struct run *run)
{
    flat_in_finish(run->in);
    flat_in_close(run->in);
    fuzz_sink_release(&run->out);
    report_close(&run->report);
    report_release(&run->report);
    run->in = NULL;
}

/* What comes out for these bytes. */
static struct bytes translate(struct run *run, struct bytes bytes)
{
    const struct inbound_counts *counts;

    if (run->in != NULL && run->files >= RUNS)
        end(run);
    if (run->in == NULL)
        begin(run);
    run->files++;
    fuzz_give(bytes, run->step);
    (void)fuzz_sink_text(&run->out);
    buffer_clear(&run->out.text);
    if (!flat_in_file(run->in, FUZZ_FD, "fuzz.idoc", "fuzz.idoc"))
        fuzz_fail("the run stops");
    if (run->report.failed || run->report.misused)
        fuzz_fail("the data is not to blame: exit status %d", report_status(&run->report));
    counts = flat_in_file_counts(run->in);
    if (counts->read != counts->translated + counts->rejected + counts->ignored)
        fuzz_fail("read %llu = translated %llu + rejected %llu + ignored %llu",
                  (unsigned long long)counts->read, (unsigned long long)counts->translated,
                  (unsigned long long)counts->rejected, (unsigned long long)counts->ignored);
    return fuzz_sink_text(&run->out);
}

static void hold_records(struct bytes text)
{
    struct bytes line;
    struct arena arena;

    if (text.len == 0)
        return;
    text.len--;
    arena_init(&arena, 64 * 1024, 64 << 20);
    while (bytes_split(&text, '\n', &line)) {
        struct canon_read_error error;
        struct canon_record record;
        struct fuzz_sink again;
        struct bytes written;

        arena_reset(&arena);
        if (!canon_read(&record, fuzz_schema(), line, &arena, &error))
            fuzz_fail("%s at %zu, %s: %.*s", error.what, error.offset, error.path, BYTES_ARG(line));
        fuzz_sink_init(&again);
        canon_write(&again.sink, &record);
        written = fuzz_sink_text(&again);
        if (written.len != line.len + 1 || memcmp(written.at, line.at, line.len) != 0)
            fuzz_fail("written: %.*s\nread and written: %.*s", BYTES_ARG(line), BYTES_ARG(written));
        fuzz_sink_release(&again);
    }
    arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct run wide = {.map = "idoc-orders", .step = 4096};
    static struct run narrow = {.map = "idoc-orders", .step = 7};
    static struct run delivery = {.map = "idoc-shipments", .step = 4096};
    static struct run xml = {.map = "idoc-orders-xml", .step = 4096};
    struct bytes bytes = {(const char *)data, size}, text, other;

    text = translate(&wide, bytes);
    hold_records(text);
    other = translate(&narrow, bytes);
    if (!bytes_equal(text, other))
        fuzz_fail("in blocks: %.*s\nin pieces: %.*s", BYTES_ARG(text), BYTES_ARG(other));
    hold_records(translate(&delivery, bytes));
    hold_records(translate(&xml, bytes));
    return 0;
}
