/* The X12 reader: whatever the pieces that read() gives, the same segments at the same places. */
#include "fuzz.h"
#include "wire/x12.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/x12", "samples/x12", NULL};

static bool add_piece(void *whom, struct bytes piece)
{
    buffer_add(whom, piece.at, piece.len);
    return true;
}

static void log_segment(struct buffer *log, const struct x12_segment *segment)
{
    const struct segment_view *view = &segment->view;
    uint32_t n = view->n_elements < X12_MAX_ELEMENTS ? view->n_elements : X12_MAX_ELEMENTS;

    buffer_add_format(log, "%llu:%u %u%u%u%u %llx %llx ", (unsigned long long)view->offset, view->line,
                      view->odd, segment->wrapped, segment->unterminated, view->n_elements,
                      (unsigned long long)view->present, (unsigned long long)view->compound);
    buffer_add(log, segment->raw.at, segment->raw.len);
    buffer_add_byte(log, '|');
    buffer_add(log, view->id.at, view->id.len);
    for (uint32_t i = 0; i < n; i++) {
        buffer_add_byte(log, '|');
        buffer_add(log, view->element[i].at, view->element[i].len);
    }
}

/* All that the reader says of the bytes. */
static void read_all(struct bytes bytes, size_t step, struct buffer *log)
{
    const struct x12_limits limits = {.segment = 300, .held = 2000};
    struct x12_reader *reader;
    struct x12_segment segment;
    enum x12_event event;
    uint64_t last = 0, from = 0;
    unsigned n = 0;

    fuzz_give(bytes, step);
    reader = x12_open(FUZZ_FD, limits);
    if (reader == NULL)
        fuzz_fail("no memory");
    do {
        const struct x12_trouble *trouble = x12_trouble(reader);

        event = x12_next(reader, &segment);
        buffer_add_format(log, "\n%d ", (int)event);
        if (event == X12_SEGMENT)
            log_segment(log, &segment);
        else
            buffer_add_format(log, "%llu+%llu:%u %s", (unsigned long long)trouble->offset,
                              (unsigned long long)trouble->length, trouble->line,
                              event == X12_BAD_ISA || event == X12_ISA_LENGTH ? trouble->detail : "");
        if (x12_offset(reader) < last || x12_offset(reader) > bytes.len)
            fuzz_fail("from byte %llu to byte %llu", (unsigned long long)last,
                      (unsigned long long)x12_offset(reader));
        if (event < X12_END && event != X12_ISA_LENGTH && event != X12_TOO_LARGE &&
            x12_offset(reader) == last)
            fuzz_fail("event %u at byte %llu does not go on", event, (unsigned long long)last);
        last = x12_offset(reader);
        if (event == X12_TOO_LONG)
            from = UINT64_MAX; /* what was passed over is not held */
        if (++n % 5 == 0 || event == X12_TOO_LARGE) {
            struct buffer held;

            buffer_init(&held, 1 << 20);
            if (from <= last) {
                (void)x12_pieces(reader, from, last, add_piece, &held);
                if (!bytes_equal(buffer_view(&held), (struct bytes){bytes.at + from, (size_t)(last - from)}))
                    fuzz_fail("bytes %llu to %llu are not held as they came", (unsigned long long)from,
                              (unsigned long long)last);
            }
            buffer_release(&held);
            x12_forget(reader);
            from = last;
        }
    } while (event < X12_END);
    if (event != X12_END || last != bytes.len)
        fuzz_fail("event %u at byte %llu of %zu", event, (unsigned long long)last, bytes.len);
    x12_close(reader);
}

/* The same text; else shows where the two part. */
static void hold_same(struct bytes whole, struct bytes pieces, size_t step)
{
    struct buffer shown;
    size_t same = 0, from;

    if (bytes_equal(whole, pieces))
        return;
    while (same < whole.len && same < pieces.len && whole.at[same] == pieces.at[same])
        same++;
    from = same > 200 ? same - 200 : 0;
    buffer_init(&shown, 1 << 20);
    buffer_add_string(&shown, "4096 bytes at a time: ");
    report_quote(&shown, (struct bytes){whole.at + from, whole.len - from}, 400);
    buffer_add_format(&shown, "\n%zu at a time: ", step);
    report_quote(&shown, (struct bytes){pieces.at + from, pieces.len - from}, 400);
    fuzz_fail("%.*s", BYTES_ARG(buffer_view(&shown)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t steps[] = {1, 7};
    struct bytes bytes = {(const char *)data, size};
    struct buffer whole, pieces;

    buffer_init(&whole, 64 << 20);
    buffer_init(&pieces, 64 << 20);
    read_all(bytes, 4096, &whole);
    for (unsigned i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        buffer_clear(&pieces);
        read_all(bytes, steps[i], &pieces);
        hold_same(buffer_view(&whole), buffer_view(&pieces), steps[i]);
    }
    buffer_release(&whole);
    buffer_release(&pieces);
    return 0;
}
