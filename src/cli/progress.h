/*
 * progress: how far a long work has come, on standard error, for whoever waits for it.
 *
 * On a terminal it is one line, drawn again and again, which gives way to a finding; anywhere else a line for
 * each thing that is done, and one now and then while a large one is under way.
 */
#ifndef CROSSDOCK_CLI_PROGRESS_H
#define CROSSDOCK_CLI_PROGRESS_H

#include "base/bytes.h"
#include "diag/report.h"

struct progress {
    struct report *report; /* its findings go out through this meanwhile */
    void (*write)(void *to, const char *at, size_t len);
    void *to;
    bool redraws, drawn;
    int64_t began, last; /* milliseconds of CLOCK_MONOTONIC */
};

struct progress_step {
    const char *what; /* "acme" */
    uint64_t things, things_done;
    uint64_t bytes, bytes_done;
    struct bytes name; /* of the thing that is done now, foreign; at NULL: none is */
};

/* `redraws`: on a terminal; false: never, for several write there. */
void progress_begin(struct progress *progress, struct report *report, bool redraws);
void progress_show(struct progress *progress, const struct progress_step *step);

/* The line goes away. */
void progress_end(struct progress *progress);

#endif
