/*
 * The least that could be done with canonical records: each line is read, and written again. canon2edi is
 * measured against it.
 *
 *   rewrite MAPS FILE     MAPS: the folder maps/canon
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "canon/read.h"
#include "canon/write.h"

enum { WINDOW = 256 * 1024 };

struct out {
    struct canon_sink sink; /* first */
    char window[WINDOW];
};

static void flush(struct canon_sink *sink)
{
    struct out *out = (struct out *)sink;

    if (file_write(STDOUT_FILENO, out->window, (size_t)(sink->at - out->window)) != 0)
        sink->failed = true;
    sink->at = out->window;
}

int main(int argc, char **argv)
{
    static struct out out;
    struct arena file, arena;
    struct bytes text, line;
    struct canon_record record;
    struct canon_read_error error;
    struct schema *schema;
    char *why = NULL;

    if (argc != 3)
        return 2;
    schema = schema_open(argv[1], &why);
    arena_init(&file, 4096, (size_t)4 << 30);
    arena_init(&arena, 256 * 1024, (size_t)1 << 30);
    out.sink = (struct canon_sink){.at = out.window, .end = out.window + WINDOW, .flush = flush};
    if (schema == NULL || file_read_whole(argv[2], (size_t)4 << 30, &file, &text, NULL) != 0)
        return 3;
    while (bytes_split(&text, '\n', &line)) {
        if (line.len == 0)
            continue;
        arena_reset(&arena);
        if (!canon_read(&record, schema, line, &arena, &error)) {
            fprintf(stderr, "rewrite: %s: %s\n", error.path, error.what);
            return 1;
        }
        canon_write(&out.sink, &record);
    }
    flush(&out.sink);
    arena_release(&arena);
    arena_release(&file);
    schema_close(schema);
    return out.sink.failed ? 3 : 0;
}
