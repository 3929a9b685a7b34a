/*
 * The whole of edi2canon on a file: every set is counted once, every line is a canonical record, and a record
 * that had to wait in a file is the same.
 */
#include "translate/inbound.h"
#include "canon/read.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/x12", "samples/x12", NULL};

enum { RUNS = 500 }; /* files a run of the tool has, so that what it remembers is remembered wrongly, too */

static const struct inbound_settings all = {
    .unmapped = 3, /* keep */
    .documents = true,
    .acks = true,
    .rejects = true,
    .batch = true,
    .max_segment = 2000,
    .max_set = 20000,
    .spool_above = 8 << 20,
    .spool = "/tmp",
};
static struct inbound_settings spooled, checked;

/* A run of the tool with these settings. */
struct run {
    const struct inbound_settings *settings;
    struct inbound *inbound;
    struct report report;
    struct fuzz_sink out;
    unsigned files;
};

static void begin(struct run *run)
{
    fuzz_report(&run->report);
    fuzz_sink_init(&run->out);
    run->files = 0;
    run->inbound = inbound_open(run->settings, fuzz_search(), &run->report, &run->out.sink);
    if (run->inbound == NULL)
        fuzz_fail("edi2canon does not start: are the maps there?");
}

static void end(struct run *run)
{
    inbound_finish(run->inbound);
    inbound_close(run->inbound);
    fuzz_sink_release(&run->out);
    report_close(&run->report);
    report_release(&run->report);
    run->inbound = NULL;
}

/* What comes out for these bytes. */
static struct bytes translate(struct run *run, struct bytes bytes)
{
    const struct inbound_counts *counts;

    if (run->inbound != NULL && run->files >= RUNS)
        end(run);
    if (run->inbound == NULL)
        begin(run);
    run->files++;
    fuzz_give(bytes, 4096);
    (void)fuzz_sink_text(&run->out);
    buffer_clear(&run->out.text);
    if (!inbound_file(run->inbound, FUZZ_FD, "fuzz.edi", "fuzz.edi"))
        fuzz_fail("the run stops");
    if (run->report.failed || run->report.misused)
        fuzz_fail("the data is not to blame: exit status %d", report_status(&run->report));
    counts = inbound_file_counts(run->inbound);
    if (counts->read != counts->translated + counts->rejected + counts->ignored)
        fuzz_fail("read %llu = translated %llu + rejected %llu + ignored %llu",
                  (unsigned long long)counts->read, (unsigned long long)counts->translated,
                  (unsigned long long)counts->rejected, (unsigned long long)counts->ignored);
    if (counts->bytes != bytes.len)
        fuzz_fail("%llu bytes of %zu", (unsigned long long)counts->bytes, bytes.len);
    return fuzz_sink_text(&run->out);
}

static void hold_records(struct bytes text)
{
    const struct schema *schema = fuzz_schema();
    struct bytes line;
    struct arena arena;

    if (text.len == 0)
        return;
    if (text.at[text.len - 1] != '\n')
        fuzz_fail("no line: %.*s", BYTES_ARG(text));
    text.len--;
    arena_init(&arena, 64 * 1024, 64 << 20);
    while (bytes_split(&text, '\n', &line)) {
        struct canon_read_error error;
        struct canon_record record;
        struct fuzz_sink again;
        struct bytes written;

        arena_reset(&arena);
        if (!canon_read(&record, schema, line, &arena, &error))
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
    static struct run runs[] = {{.settings = &all}, {.settings = &spooled}, {.settings = &checked}};
    struct bytes bytes = {(const char *)data, size}, text, other;

    if (spooled.spool == NULL) {
        checked = spooled = all;
        spooled.spool_above = 1;
        spooled.spool = fuzz_folder();
        checked.check = true;
    }
    text = translate(&runs[0], bytes);
    hold_records(text);
    other = translate(&runs[1], bytes);
    if (!bytes_equal(text, other))
        fuzz_fail("held: %.*s\nspooled: %.*s", BYTES_ARG(text), BYTES_ARG(other));
    (void)translate(&runs[2], bytes);
    return 0;
}
