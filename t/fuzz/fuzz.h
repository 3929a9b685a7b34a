/*
 * fuzz: what the fuzz targets share. A target is a file of this folder with LLVMFuzzerTestOneInput in it:
 * linked with libFuzzer by "make fuzz", and with replay.c, which gives it the seeds, for "make check".
 */
#ifndef CROSSDOCK_T_FUZZ_H
#define CROSSDOCK_T_FUZZ_H

#include "base/buffer.h"
#include "canon/write.h"
#include "conf/search.h"
#include "diag/report.h"
#include "standard/dictionary.h"

/* The target. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Folders of the sources whose files are its seeds, up to a NULL; on one line, for t/fuzz/run reads it. */
extern const char *const fuzz_seeds[];

/* Says what is wrong and ends the process by a signal, as a sanitizer would. */
_Noreturn void fuzz_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reading FUZZ_FD gives these bytes, at most `step` at a time. */
enum { FUZZ_FD = -7 };
void fuzz_give(struct bytes bytes, size_t step);

/* The bytes as a file NAME below a folder that is ours alone, and that folder. Both live to the end. */
const char *fuzz_file(const char *name, struct bytes bytes);
const char *fuzz_folder(void);

/* Where the maps are: first our folder, then those of the sources and the build. Lives to the end. */
struct search *fuzz_search(void);

/* The kinds of records, and the dictionary; to the end. */
struct schema *fuzz_schema(void);
struct dictionary *fuzz_dictionary(void);

/* A report that holds every line to what may be printed (no control characters, UTF-8), and keeps nothing. */
void fuzz_report(struct report *report);

/* A sink to a buffer. */
struct fuzz_sink {
    struct canon_sink sink; /* must stay the first member */
    struct buffer text;
    char window[2 * CANON_SINK_LEAST];
};
void fuzz_sink_init(struct fuzz_sink *sink);
struct bytes fuzz_sink_text(struct fuzz_sink *sink); /* all of it so far */
void fuzz_sink_release(struct fuzz_sink *sink);

#endif
