/* Canonical JSON: what is read and written is the same when it is read and written again. */
#include "canon/read.h"
#include "fuzz.h"

const char *const fuzz_seeds[] = {"t/fuzz/seeds/canon", "samples/canon", NULL};

/* Writes what the line says; false when it says nothing. */
static bool rewrite(const struct schema *schema, struct bytes line, struct fuzz_sink *out)
{
    struct canon_read_error error = {0};
    struct canon_record record;
    struct arena arena;
    bool good;

    arena_init(&arena, 4096, 64 << 20);
    good = canon_read(&record, schema, line, &arena, &error);
    if (good)
        canon_write(&out->sink, &record);
    else if (error.what == NULL || error.offset > line.len || error.memory || error.schema)
        fuzz_fail("refused without a word: %.*s", BYTES_ARG(line));
    arena_release(&arena);
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct schema *schema = fuzz_schema();
    struct bytes left = {(const char *)data, size}, line;

    while (bytes_split(&left, '\n', &line)) {
        struct fuzz_sink once, twice;
        struct bytes first, second;

        fuzz_sink_init(&once);
        fuzz_sink_init(&twice);
        if (rewrite(schema, line, &once)) {
            first = fuzz_sink_text(&once);
            if (first.len == 0 || first.at[first.len - 1] != '\n')
                fuzz_fail("no line: %.*s", BYTES_ARG(first));
            if (!rewrite(schema, (struct bytes){first.at, first.len - 1}, &twice))
                fuzz_fail("written and not read: %.*s", BYTES_ARG(first));
            second = fuzz_sink_text(&twice);
            if (!bytes_equal(first, second))
                fuzz_fail("once: %.*stwice: %.*s", BYTES_ARG(first), BYTES_ARG(second));
        }
        fuzz_sink_release(&twice);
        fuzz_sink_release(&once);
    }
    return 0;
}
