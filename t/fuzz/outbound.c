/* The whole of canon2edi on lines of records: each is counted once, and what goes out is X12. */
#include <stdio.h>

#include "fuzz.h"
#include "translate/control.h"
#include "translate/edi_out.h"
#include "wire/x12.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/canon", "samples/canon", NULL};

static void hold_x12(struct bytes text)
{
    struct x12_segment segment;
    struct x12_reader *reader;
    enum x12_event event;

    fuzz_give(text, 4096);
    reader = x12_open(FUZZ_FD, x12_limits_default());
    if (reader == NULL)
        fuzz_fail("no memory");
    while ((event = x12_next(reader, &segment)) != X12_END) {
        if (event != X12_SEGMENT || segment.unterminated || segment.view.id.len < 2)
            fuzz_fail("event %u in: %.*s", event, BYTES_ARG(text));
        x12_forget(reader);
    }
    x12_close(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char control[128];
    static struct control_file numbers;
    static struct edi_journal journal;
    static struct edi_out_settings settings;
    const struct outbound_counts *counts;
    struct outbound_place place = {.file = "fuzz.jsonl", .line = 1};
    struct bytes left = {(const char *)data, size}, line;
    struct report report;
    struct fuzz_sink out;
    struct edi_out *edi;
    uint64_t lines = 0;

    snprintf(control, sizeof(control), "%s/numbers", fuzz_folder());
    fuzz_report(&report);
    numbers = (struct control_file){control, &report};
    journal = control_journal(&numbers);
    settings = (struct edi_out_settings){.temporary = ".",
                                         .journal = &journal,
                                         .time = "2026-11-24T09:30",
                                         .unmapped = OUTBOUND_WARN,
                                         .max_bytes = 1 << 20};
    fuzz_sink_init(&out);
    edi = edi_out_open(&settings, fuzz_search(), &report, &out.sink);
    if (edi == NULL)
        fuzz_fail("canon2edi does not start: are the maps there?");
    while (bytes_split(&left, '\n', &line) && lines < 20) {
        if (line.len == 0)
            continue;
        lines++;
        if (!edi_out_line(edi, &place, line))
            break; /* a partner that has no file, say */
        place.line++;
    }
    if ((!edi_out_finish(edi) && !report.misused) || report.failed)
        fuzz_fail("the data is not to blame: exit status %d", report_status(&report));
    counts = edi_out_counts(edi);
    if (!report.misused &&
        (counts->read != lines || counts->read != counts->written + counts->refused + counts->ignored))
        fuzz_fail("%llu lines: read %llu, written %llu, refused %llu, ignored %llu",
                  (unsigned long long)lines, (unsigned long long)counts->read,
                  (unsigned long long)counts->written, (unsigned long long)counts->refused,
                  (unsigned long long)counts->ignored);
    hold_x12(fuzz_sink_text(&out));
    edi_out_close(edi);
    fuzz_sink_release(&out);
    report_release(&report);
    return 0;
}
