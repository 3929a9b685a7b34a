#include "fuzz.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/utf8.h"

enum { TEXT_MOST = 64 << 20 };

static struct {
    struct bytes left;
    size_t step;
} source;

static char folder[64];
static struct search search;
static bool searching;

void fuzz_fail(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    abort();
}

/* ---- the file that is read ---- */

ssize_t __wrap_read(int fd, void *into, size_t size);
ssize_t __real_read(int fd, void *into, size_t size);

ssize_t __wrap_read(int fd, void *into, size_t size)
{
    if (fd != FUZZ_FD)
        return __real_read(fd, into, size);
    if (size > source.step)
        size = source.step;
    if (size > source.left.len)
        size = source.left.len;
    if (size > 0)
        memcpy(into, source.left.at, size);
    source.left.at += size;
    source.left.len -= size;
    return (ssize_t)size;
}

void fuzz_give(struct bytes bytes, size_t step)
{
    source.left = bytes.at != NULL ? bytes : BYTES("");
    source.step = step;
}

/* ---- files with names ---- */

static const char *const folders[] = {"maps", "partners", "guides"};
static char file[128];

static void leave(void)
{
    static const char *const others[] = {"numbers", "numbers.lock"};

    if (file[0] != '\0')
        (void)unlink(file);
    for (unsigned i = 0; i < sizeof(others) / sizeof(*others); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", folder, others[i]);
        (void)unlink(path);
    }
    for (unsigned i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
        (void)rmdir(path);
    }
    (void)rmdir(folder);
}

const char *fuzz_folder(void)
{
    const char *temporary = getenv("TMPDIR");
    int len;

    if (folder[0] != '\0')
        return folder;
    len = snprintf(folder, sizeof(folder), "%s/fuzz-XXXXXX", temporary != NULL ? temporary : "/tmp");
    if (len < 0 || (size_t)len >= sizeof(folder))
        snprintf(folder, sizeof(folder), "/tmp/fuzz-XXXXXX");
    if (mkdtemp(folder) == NULL)
        fuzz_fail("%s: %s", folder, strerror(errno));
    for (unsigned i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
        char path[128];

        snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
        if (mkdir(path, 0700) != 0)
            fuzz_fail("%s: %s", path, strerror(errno));
    }
    atexit(leave);
    return folder;
}

const char *fuzz_file(const char *name, struct bytes bytes)
{
    FILE *out;

    snprintf(file, sizeof(file), "%s/%s", fuzz_folder(), name);
    out = fopen(file, "w");
    if (out == NULL || fwrite(bytes.at, 1, bytes.len, out) != bytes.len || fclose(out) != 0)
        fuzz_fail("%s: %s", file, strerror(errno));
    return file;
}

struct search *fuzz_search(void)
{
    const char *sources = getenv("CROSSDOCK_SOURCE"), *build = getenv("CROSSDOCK_BUILD");
    char path[8192];

    if (searching)
        return &search;
    if (sources != NULL && build != NULL) {
        snprintf(path, sizeof(path), "%s:%s", build, sources);
        setenv("CROSSDOCK_PATH", path, 1);
    }
    if (!search_init(&search, fuzz_folder()))
        fuzz_fail("no memory for the search");
    searching = true;
    return &search;
}

struct schema *fuzz_schema(void)
{
    static struct schema *schema;

    if (schema == NULL) {
        const char *path = search_find_folder(fuzz_search(), "maps/canon");
        char *why = NULL;

        schema = path != NULL ? schema_open(path, &why) : NULL;
        if (schema == NULL)
            fuzz_fail("%s",
                      why != NULL ? why : "there is no maps/canon: set CROSSDOCK_SOURCE, CROSSDOCK_BUILD");
    }
    return schema;
}

struct dictionary *fuzz_dictionary(void)
{
    static struct dictionary *dictionary;

    if (dictionary == NULL) {
        const char *path = search_find(fuzz_search(), "maps/x12.image"), *why = "there is no maps/x12.image";

        dictionary = path != NULL ? dictionary_open(path, &why) : NULL;
        if (dictionary == NULL)
            fuzz_fail("%s", why);
    }
    return dictionary;
}

/* ---- what comes out ---- */

static void hold_line(void *to, const char *at, size_t len)
{
    (void)to;
    if (len == 0 || at[len - 1] != '\n')
        fuzz_fail("a report that is no line: %.*s", (int)len, at);
    for (size_t i = 0; i < len; i++)
        if (((unsigned char)at[i] < 0x20 && at[i] != '\n') || at[i] == 0x7f)
            fuzz_fail("byte %u is printed: %.*s", (unsigned char)at[i], (int)len, at);
    if (!utf8_valid(at, len))
        fuzz_fail("no UTF-8 is printed: %.*s", (int)len, at);
}

void fuzz_report(struct report *report)
{
    report_init(report, "fuzz");
    report->threshold = SEVERITY_INFO;
    report->print_limit = 0;
    report->write = hold_line;
}

static void keep(struct canon_sink *sink)
{
    struct fuzz_sink *keeping = (struct fuzz_sink *)sink;

    buffer_add(&keeping->text, keeping->window, (size_t)(sink->at - keeping->window));
    sink->at = keeping->window;
}

void fuzz_sink_init(struct fuzz_sink *sink)
{
    sink->sink = (struct canon_sink){sink->window, sink->window + sizeof(sink->window), false, keep};
    buffer_init(&sink->text, TEXT_MOST);
}

struct bytes fuzz_sink_text(struct fuzz_sink *sink)
{
    keep(&sink->sink);
    if (sink->text.failed)
        fuzz_fail("more than %d bytes came out", TEXT_MOST);
    return buffer_view(&sink->text);
}

void fuzz_sink_release(struct fuzz_sink *sink)
{
    buffer_release(&sink->text);
}
