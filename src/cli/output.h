/*
 * output: a stream that takes large blocks and is asked whether it took them.
 *
 * The writers fill `sink` (canon/write.h); it empties itself when full.  The first failure is kept, what
 * comes after is discarded, and output_finish reports it once.  What goes out ends with a line, whenever the
 * run is interrupted (SIGINT, SIGTERM, SIGHUP).  A reader that closed the pipe is no news to
 * anybody: nothing is printed, but the run did not deliver, so it counts as a technical failure (status 3).
 */
#ifndef CROSSDOCK_CLI_OUTPUT_H
#define CROSSDOCK_CLI_OUTPUT_H

#include <signal.h>

#include "canon/write.h"
#include "diag/report.h"

struct output {
    struct canon_sink sink; /* must stay first: flush finds the output by it */
    int fd;                 /* not owned until output_finish closes it */
    const char *name;       /* for the message: "standard output" */
    char *window;
    size_t size;            /* bytes, of the window */
    uint64_t written;       /* bytes that the system took */
    int error;              /* errno of the first failure, or 0 */
    bool holding;           /* a line is out in part: signals wait */
    sigset_t before;        /* the mask as it was */
};

/* False, and the failure reported, when there is no memory.  Widens the pipe when fd is one. */
bool output_init(struct output *output, int fd, const char *name, struct report *report);

static inline bool output_failed(const struct output *output)
{
    return output->error != 0;
}

void output_add(struct output *output, const char *at, size_t len);
static inline void output_add_bytes(struct output *output, struct bytes view)
{
    output_add(output, view.at, view.len);
}

/* Hands over what is in the window.  False when this output has failed. */
bool output_flush(struct output *output);

/* Flushes, closes (for the errors that only close tells), releases the window and reports the first failure.
 * False when there was one. */
bool output_finish(struct output *output, struct report *report);

/* Sends the report's lines to standard error, each in one write so that runs side by side do not mix them. */
void output_report(struct report *report);

#endif
