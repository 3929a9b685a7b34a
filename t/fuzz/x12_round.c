/* X12 written and read again: the elements that went in. */
#include "fuzz.h"
#include "wire/x12.h"
#include "wire/x12_write.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/x12", "samples/x12", NULL};

static const struct bytes isa[16] = {
    {"00", 2},     {"", 0},     {"00", 2}, {"", 0},      {"ZZ", 2},        {"US", 2}, {"ZZ", 2}, {"THEM", 4},
    {"261124", 6}, {"0930", 4}, {"U", 1},  {"00501", 5}, {"000000001", 9}, {"0", 1},  {"T", 1},  {"", 0}};

/* What of an element is written: without empty parts at the end, and cleaned. */
static bool put(struct x12_writer *writer, struct arena *arena, const struct x12_segment *segment,
                struct buffer *want)
{
    struct bytes elements[X12_MAX_ELEMENTS];
    const struct segment_view *view = &segment->view;
    unsigned n = view->n_elements < X12_MAX_ELEMENTS ? view->n_elements : X12_MAX_ELEMENTS, last = 0;

    if (view->id.len < 2 || view->id.len > 3)
        return false;
    for (unsigned i = 0; i < view->id.len; i++)
        if (!((view->id.at[i] >= 'A' && view->id.at[i] <= 'Z') ||
              (i > 0 && view->id.at[i] >= '0' && view->id.at[i] <= '9')))
            return false;
    if (bytes_are(view->id, "ISA") || bytes_are(view->id, "IEA"))
        return false;
    /* Where an ISA begins within a segment, the reader takes it for one. */
    if (memmem(segment->raw.at, segment->raw.len, "ISA", 3) != NULL)
        return false;
    for (unsigned i = 0; i < n; i++) {
        unsigned char byte;

        if (x12_writer_clean(writer, arena, view->element[i], &elements[i], &byte) == X12_DIRTY)
            fuzz_fail("byte %u was not replaced", byte);
        if (elements[i].len > 0)
            last = i + 1;
    }
    x12_writer_segment(writer, view->id, elements, n);
    buffer_add(want, view->id.at, view->id.len);
    for (unsigned i = 0; i < last; i++) {
        buffer_add_byte(want, 0);
        buffer_add(want, elements[i].at, elements[i].len);
    }
    buffer_add_byte(want, 1);
    return true;
}

static void take(const struct x12_segment *segment, struct buffer *got)
{
    const struct segment_view *view = &segment->view;

    buffer_add(got, view->id.at, view->id.len);
    for (unsigned i = 0; i < view->n_elements && i < X12_MAX_ELEMENTS; i++) {
        buffer_add_byte(got, 0);
        buffer_add(got, view->element[i].at, view->element[i].len);
    }
    buffer_add_byte(got, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const suffixes[] = {"", "\n", "\r\n"};
    struct x12_style style = x12_style_default;
    struct buffer out, want, got;
    struct x12_writer writer;
    struct x12_segment segment;
    struct x12_reader *reader;
    struct arena arena;
    enum x12_event event;

    arena_init(&arena, 4096, 16 << 20);
    buffer_init(&out, 16 << 20);
    buffer_init(&want, 16 << 20);
    buffer_init(&got, 16 << 20);
    style.replacement = ' ';
    memcpy(style.suffix, suffixes[size % 3], strlen(suffixes[size % 3]) + 1);
    x12_writer_init(&writer, &style);
    writer.out = &out;
    if (!x12_writer_isa(&writer, isa))
        fuzz_fail("our own ISA was refused");

    fuzz_give((struct bytes){(const char *)data, size}, 4096);
    reader = x12_open(FUZZ_FD, x12_limits_default());
    if (reader == NULL)
        fuzz_fail("no memory");
    while ((event = x12_next(reader, &segment)) < X12_END)
        if (event == X12_SEGMENT)
            (void)put(&writer, &arena, &segment, &want);
    x12_close(reader);

    fuzz_give(buffer_view(&out), 4096);
    reader = x12_open(FUZZ_FD, x12_limits_default());
    if (reader == NULL || x12_next(reader, &segment) != X12_SEGMENT || !bytes_are(segment.view.id, "ISA"))
        fuzz_fail("our own ISA was not read");
    while ((event = x12_next(reader, &segment)) != X12_END) {
        if (event != X12_SEGMENT)
            fuzz_fail("event %u in: %.*s", event, BYTES_ARG(buffer_view(&out)));
        take(&segment, &got);
    }
    x12_close(reader);
    if (!bytes_equal(buffer_view(&want), buffer_view(&got)))
        fuzz_fail("written: %.*s\nread: %.*s\nout: %.*s", BYTES_ARG(buffer_view(&want)),
                  BYTES_ARG(buffer_view(&got)), BYTES_ARG(buffer_view(&out)));
    buffer_release(&got);
    buffer_release(&want);
    buffer_release(&out);
    arena_release(&arena);
    return 0;
}
